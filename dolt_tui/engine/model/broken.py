"""Constraints that are broken where something is brought in, with their rows."""

from __future__ import annotations

from ...frozen import Frozen
from .editing import RowKey, RowValues
from .merging import Violation


class Related(Frozen):
    """A row that has to do with one that breaks a constraint."""

    what: str
    """For people: ``the same code``, ``parents, deleted by us``."""
    table: str
    key: RowKey
    values: RowValues
    there: bool = True
    """Whether the table holds it now; a parent that is gone can be put back."""


class BrokenRow(Frozen):
    """A row that breaks a constraint."""

    table: str
    key: RowKey
    """In a table without a primary key all of its values; empty on DoltLite, where it cannot be mended then."""
    values: RowValues
    """The row as the merge makes it, also where the table does not hold it (not null, on Dolt)."""
    related: tuple[Related, ...] = ()
    """The other rows of a unique index, a parent that was deleted."""
    there: bool = True
    """Whether the table holds it; one with a NULL that is not allowed is left out by Dolt, and is lost unless it is
    put back."""
    sides: tuple[RowValues | None, RowValues | None, RowValues | None] = (None, None, None)
    """The row at base, ours and theirs."""


class Broken(Frozen):
    """A constraint that is broken, with its rows."""

    violation: Violation
    rows: tuple[BrokenRow, ...]
    more: bool = False
    """Whether there are more rows than these."""
