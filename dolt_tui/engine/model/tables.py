"""Tables: their columns, their definitions, their rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .base import Value


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """A column of a table or of a result."""

    name: str
    type: str
    nullable: bool = True
    primary_key: bool = False
    default: str | None = None
    extra: str = ""
    """MySQL's words for what else is special: ``auto_increment``, ``VIRTUAL GENERATED``, ``STORED GENERATED`` …"""
    key_position: int = 0
    """Its place in the primary key, from 1 on; 0 outside of it."""
    collation: str = ""

    @property
    def generated(self) -> bool:
        """Whether it is computed from others, so that nobody can write it."""
        return "GENERATED" in self.extra and "DEFAULT" not in self.extra

    @property
    def virtual(self) -> bool:
        """Whether it is computed when it is read: diffs do not hold its values."""
        return self.generated and "VIRTUAL" in self.extra


def key_of(columns: Iterable[ColumnInfo]) -> tuple[ColumnInfo, ...]:
    """The columns of the primary key, in the key's order."""
    return tuple(sorted((column for column in columns if column.primary_key), key=lambda column: column.key_position))


@dataclass(frozen=True, slots=True)
class Table:
    """A table or view of the database."""

    name: str
    is_view: bool = False
    rows: int | None = None
    """Its number of rows; None for views and while unknown."""
    non_local: str = ""
    """The branch, tag or commit that it really belongs to, by ``dolt_nonlocal_tables``; empty for the branch's own."""


@dataclass(frozen=True, slots=True)
class DropPreview:
    """What dropping a table or view would do; reading only."""

    committed: bool
    """Whether the last commit has it exactly as it is."""
    referenced_by: tuple[str, ...] = ()
    """Tables with foreign keys to it, because of which it cannot be dropped."""
    cascades: tuple[str, ...] = ()
    """Tables whose rows that refer to it would be deleted or changed with it."""


@dataclass(frozen=True, slots=True)
class Schema:
    """The definition of a table at a revision."""

    table: str
    columns: tuple[ColumnInfo, ...]
    ddl: str
    """The statement(s) that create it, in the engine's own words."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of rows of a table or of a query."""

    columns: tuple[ColumnInfo, ...]
    rows: tuple[tuple[Value, ...], ...]
    more: bool
    """Whether rows follow after the last one."""
    after: Sequence[Value] | int | None = None
    """What to give to get the next page: the last row's key, or an offset for a keyless table."""
    key: tuple[int, ...] = ()
    """Positions in ``columns`` of the primary key, in the key's own order."""
    before: Sequence[Value] | int | None = None
    """What to give to get the page before; None where nothing precedes."""
    first: bool = True
    """Whether nothing precedes the first row."""
    order: tuple[int, ...] = ()
    """Positions in ``columns`` of what it pages by; empty where that is an offset."""

    def cursor(self, row: Sequence[Value]) -> tuple[Value, ...] | None:
        """What to give as ``after`` or ``before`` to go on from one of its rows; None where only an offset will do."""
        return tuple(row[position] for position in self.order) if self.order else None


@dataclass(frozen=True, slots=True)
class BlameRow:
    """A row of a table's last commit by its primary key, and the commit that changed it last."""

    key: tuple[Value, ...]
    commit: str
    author: str
    date: dt.datetime
    message: str


@dataclass(frozen=True, slots=True)
class Found:
    """A row that contains a text, and how to go on from it."""

    key: tuple[Value, ...]
    """Its primary key, in the key's order; empty for a table without one."""
    page_after: Sequence[Value] | int | None
    """What to give as ``after`` to get a page that begins with it; None where it is the first of all rows."""
    after: Sequence[Value] | int
    """What to give as ``after`` to find the next one, or to get the page that follows it."""
    before: Sequence[Value] | int
    """What to give as ``before`` to find the one before it, or to get the page that precedes it."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A join of a link table with the tables it links."""

    title: str
    tables: tuple[str, ...]
    """In the order of the join; empty where there is none."""
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    more: bool = False
    missing: tuple[str, ...] = ()
    """Tables that it would join and that are absent."""
