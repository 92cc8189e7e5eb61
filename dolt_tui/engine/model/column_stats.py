"""How often the values of a column occur, and what is true of all of them."""

from __future__ import annotations

from enum import StrEnum

from ...frozen import Frozen
from .base import Value
from .tables import ColumnInfo


class FrequencyOrder(StrEnum):
    """In which order values are listed; equal ones by value."""

    MOST = "most frequent first"
    FEWEST = "least frequent first"
    VALUE = "by value"
    CHANGE = "greatest difference first"
    """Only where two revisions are compared."""


class ValueCount(Frozen):
    """A value, and how many rows have it."""

    value: Value
    """Where the column takes several texts for the same, one of them."""
    count: int
    """On the newer side, where two revisions are compared."""
    old: int | None = None
    """On the older side; None where one revision is looked at."""

    @property
    def difference(self) -> int:
        return self.count - (self.old or 0)


class Totals(Frozen):
    """How many rows there are, and of how many kinds."""

    rows: int
    nulls: int
    """Rows that have NULL there."""
    distinct: int
    """Different values, NULL not counted."""


class Frequency(Frozen):
    """The values of a column in some order, as many as were wanted, and how many rows have each."""

    column: ColumnInfo
    values: tuple[ValueCount, ...]
    number: int
    """How many values there are in all, NULL among them."""
    totals: Totals
    """On the newer side, where two revisions are compared."""
    old: Totals | None = None
    """On the older side; None where one revision is looked at."""
    note: str = ""
    """What people should know about the values, one note on each line."""

    @property
    def more(self) -> int:
        """How many values were left out."""
        return self.number - len(self.values)


class Lengths(Frozen):
    """How long the values of a column are: texts in characters, others in bytes."""

    least: int
    mean: float
    greatest: int


class Facts(Frozen):
    """What is true of all values of a column in some rows."""

    totals: Totals
    least: Value = None
    greatest: Value = None
    """Both None where the values have no order that means something, or there are none."""
    mean: float | None = None
    """Of numbers; rounded, as the engine computes it."""
    lengths: Lengths | None = None
    empty: int | None = None
    """Texts or bytes of no length; None for other types."""


class Profile(Frozen):
    """What is true of a column."""

    column: ColumnInfo
    facts: Facts | None
    """On the newer side, where two revisions are compared; None where that does not have the column."""
    old: Facts | None = None
    """On the older side; None where that does not have it, or one revision is looked at."""
    both: bool = False
    """Whether two revisions are compared."""
    common: tuple[ValueCount, ...] = ()
    """The commonest values, on both sides together."""
    note: str = ""
    """What people should know about it, one note on each line."""
