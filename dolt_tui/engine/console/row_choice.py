"""Some rows of a result, by their numbers."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence

from ...frozen import Frozen
from ..model import Value


class HasValue(Frozen):
    """What a row of a result has to have to be among some rows."""

    column: int
    """The position of the column."""
    value: Value
    """As it was read; NULL is one, too."""
    other: bool = False
    """Whether another value is wanted instead."""

    def passes(self, value: Value) -> bool:
        """Whether a row with this value in the column is wanted. Texts are the same only letter by letter."""
        same = value == self.value or (value != value and self.value != self.value)  # no number is none, too
        return bool(same) is not self.other


class RowChoice:
    """Numbers of rows: 4 bytes for each."""

    def __init__(self, numbers: Iterable[int]) -> None:
        self._numbers = array("I", numbers)

    def __len__(self) -> int:
        return len(self._numbers)

    def numbers(self, start: int, size: int) -> Sequence[int]:
        """The numbers of the rows from one of them on."""
        return self._numbers[start : start + size].tolist()

    def close(self) -> None:
        """Nothing is kept outside of memory."""
