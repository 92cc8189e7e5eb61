"""Rows that differ between two revisions, and the history of one row."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from ...frozen import Frozen
from .base import Value
from .conditions import Condition
from .paging import Cursor


class ChangeKind(StrEnum):
    """What happened to a row."""

    ADDED = "added"
    MODIFIED = "modified"
    REMOVED = "removed"

    @property
    def sign(self) -> str:
        return {"added": "+", "modified": "~", "removed": "−"}[self.value]


class DiffFilter(Frozen):
    """Which rows of a diff are wanted; without arguments, all of them."""

    kinds: frozenset[ChangeKind] = frozenset()
    """What happened to them; empty: anything."""
    where: str = ""
    """A condition in SQL over ``to_<column>`` and ``from_<column>``, of the sides' own names."""
    column: str = ""
    """A column whose value changed, or that is on one side only and not NULL there."""
    conditions: tuple[Condition, ...] = ()
    """What ``to_<column>`` and ``from_<column>``, of the sides' own names, have to be."""

    @property
    def empty(self) -> bool:
        return not (self.kinds or self.where or self.column or self.conditions)

    def wants(self, *kinds: ChangeKind) -> bool:
        """Whether rows of one of these kinds may pass."""
        return not self.kinds or bool(self.kinds & {*kinds})


ALL_CHANGES = DiffFilter()


class DiffColumn(Frozen):
    """A column of a diff: on one side only where it was added or dropped."""

    name: str
    in_old: bool = True
    in_new: bool = True
    primary_key: bool = False
    type: str = ""


class RowChange(Frozen):
    """A row that differs; ``old`` and ``new`` are as long as the diff's columns (None where a side lacks one)."""

    kind: ChangeKind
    old: tuple[Value, ...] | None
    new: tuple[Value, ...] | None
    changed: frozenset[int] = frozenset()
    """Positions of the columns whose values differ; only for modified rows."""


class RowVersion(Frozen):
    """A change of one row, and the commit that made it."""

    commit: str
    """Its hash, or `WORKING` for a change that is not committed."""
    author: str
    """Who made it; empty for `WORKING`."""
    date: dt.datetime
    """When it was committed; for `WORKING` when it was read."""
    message: str
    change: RowChange
    """In the columns of the whole history: `ABSENT` stands for a column that its side did not have."""
    above: str = ""
    """How the table's definition was different from here on back, for people; empty where it was not."""


class RowHistory(Frozen):
    """A page of the changes of one row, newest first."""

    versions: tuple[RowVersion, ...]
    columns: tuple[DiffColumn, ...]
    """Those that the table has now, then those that it had before."""
    more: bool
    """Whether there are older ones."""
    ending: str = ""
    """Why nothing is told from before the last of them, where there should be something; only without ``more``."""


class SchemaChange(Frozen):
    """What happened to a table's definition between two revisions."""

    table: str
    old_ddl: str
    new_ddl: str
    statements: tuple[str, ...] = ()
    """The DDL that leads from the old one to the new one, where the engine can tell."""
    counter_only: bool = False
    """Whether nothing but AUTO_INCREMENT differs, as after every insertion."""


class DiffPage(Frozen):
    """A page of the rows that differ between two revisions of a table."""

    table: str
    old: str
    new: str
    columns: tuple[DiffColumn, ...]
    rows: tuple[RowChange, ...]
    more: bool
    after: Cursor | None = None
    """The next page is `After` it; None where nothing follows."""
    note: str = ""
    """What is true but cannot be shown as rows, e.g. a changed primary key."""
    before: Cursor | None = None
    """The previous page is `Before` it; None where nothing precedes."""
    first: bool = True
    """Whether nothing precedes the first row."""
    order: tuple[int, ...] = ()
    """Positions in ``columns`` of the key that it pages by, in the key's order; empty where that is an offset."""

    def cursor(self, row: RowChange) -> tuple[Value, ...] | None:
        """The cursor of one of its rows; None where only offsets tell rows apart."""
        values = row.new if row.new is not None else row.old
        assert values is not None
        return tuple(values[position] for position in self.order) if self.order else None
