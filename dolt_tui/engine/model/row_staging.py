"""Rows that are staged, or are not: sets of rows, and pages that show which of a row's changes are staged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from ...frozen import Frozen
from .base import Value
from .diffs import ALL_CHANGES, DiffFilter, DiffPage
from .editing import RowKey, RowValues


class Halves(Frozen):
    """Which of the two changes a row has: from HEAD to what is staged, and from there to the working set."""

    staged: bool = False
    unstaged: bool = False

    @property
    def both(self) -> bool:
        """Whether the row was changed again after it was staged."""
        return self.staged and self.unstaged

    @property
    def sign(self) -> str:
        """``●`` staged, ``○`` not staged, ``◐`` both; empty for a row without changes."""
        if self.both:
            return "◐"
        return "●" if self.staged else "○" if self.unstaged else ""


class RowSet(Frozen):
    """Some rows of a table: those of some keys, or all changed rows that a filter meets."""

    table: str
    keys: tuple[RowKey, ...] | None = None
    """None: what ``filter`` says. Of a table without a primary key a row's key are the values of all of its columns, in
    their order; a key that is given twice means two equal rows."""
    filter: DiffFilter = ALL_CHANGES
    """Of the changes from HEAD to the working set."""
    shown: Mapping[RowKey, RowValues | None] = field(default=MappingProxyType({}))
    """Rows by their keys as they were shown in the working set (None: it has no such row): what must still be so.
    Rows and columns that are not named are not compared."""
    key: tuple[str, ...] = ()
    """The columns of the primary key, to show people statements that name the rows; empty: the rows are left out."""

    @property
    def all(self) -> bool:
        """Whether these are all changed rows of the table."""
        return self.keys is None and self.filter.empty


class RowCount(Frozen):
    """How many changed rows of a table are staged."""

    staged: int = 0
    """``●``: with all of their changes."""
    partly: int = 0
    """``◐``: and changed again afterwards."""
    unstaged: int = 0
    """``○``: not at all."""

    @property
    def total(self) -> int:
        return self.staged + self.partly + self.unstaged


class GoingAlong(Frozen):
    """Tables with rows that follow when rows of another table are deleted, as their foreign keys say."""

    deleted: tuple[str, ...] = ()
    """Those whose rows are deleted too: ``ON DELETE CASCADE``, also by way of other tables."""
    changed: tuple[str, ...] = ()
    """Those whose rows then refer to nothing, or to something else: ``SET NULL``, ``SET DEFAULT``."""


RowState = tuple[Value, ...] | None
"""A row's values in the order of a page's columns; None where it is not there."""


class StagedDiffPage(DiffPage):
    """A page of a table's uncommitted changes. From HEAD to the working set it also has the rows that were staged, and
    then set back to what they are at HEAD: they are `ChangeKind.MODIFIED`, without a changed column; one that was
    inserted, staged and deleted again is `ChangeKind.REMOVED`, with what is staged as its old values."""

    halves: tuple[Halves, ...] = ()
    """Of each of ``rows``; without a sign where ``why_not`` has a reason and that is not known."""
    states: tuple[tuple[RowState, RowState, RowState], ...] = ()
    """Of each of ``rows``: at HEAD, as it is staged, in the working set. In the order of ``columns``; empty
    where ``why_not`` has a reason and that is not known."""
    why_not: str = ""
    """Why rows of the table cannot be staged one by one; empty where they can."""
