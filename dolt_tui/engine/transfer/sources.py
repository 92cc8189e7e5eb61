"""What can be exported: columns, and rows that come one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from ..model import ColumnInfo, Value


class Source(Protocol):
    """Rows to export. A result of the console is one, too."""

    @property
    def columns(self) -> Sequence[ColumnInfo]:
        """In the order of the rows' values; without types where they are not known."""

    @property
    def number(self) -> int | None:
        """How many rows there are, where that is known."""

    def rows(self) -> Iterator[Sequence[Value]]:
        """The rows; to be called once. Blocks, and raises what the engine raises."""


class Rows:
    """A source made of its parts."""

    def __init__(
        self, columns: Sequence[ColumnInfo], rows: Iterable[Sequence[Value]], number: int | None = None
    ) -> None:
        self.columns, self.number = tuple(columns), number
        self._rows = rows

    def rows(self) -> Iterator[Sequence[Value]]:
        return iter(self._rows)
