"""Rows that are read as they are needed, for as long as their session is open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from ..model import ColumnInfo, Value


class RowStream:
    """Columns, and rows that come one after the other."""

    def __init__(
        self, columns: Sequence[ColumnInfo], number: int | None, parts: Iterator[Sequence[Sequence[Value]]]
    ) -> None:
        """``number`` is how many rows there are, where that is known; ``parts`` gives some of them at a time."""
        self.columns, self.number = tuple(columns), number
        self._parts = parts

    def rows(self) -> Iterator[Sequence[Value]]:
        """The rows; to be called once."""
        return chain.from_iterable(self._parts)
