"""Tables: their columns, their definitions, their rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from ...frozen import Frozen
from .base import Value
from .paging import Cursor


class ColumnInfo(Frozen):
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


class Table(Frozen):
    """A table or view of the database."""

    name: str
    is_view: bool = False
    rows: int | None = None
    """Its number of rows; None for views and while unknown."""
    non_local: str = ""
    """The branch, tag or commit that it really belongs to, by ``dolt_nonlocal_tables``; empty for the branch's own."""
    uncounted: str = ""
    """Why its rows cannot be counted; empty where they can, or nobody has tried."""


class ForeignKey(Frozen):
    """A foreign key: columns of one table that refer to those of another, or of the same one."""

    table: str
    name: str
    """Unique within the table; on DoltLite a number."""
    columns: tuple[str, ...]
    """In the key's order, as are those referred to."""
    referred: str
    """The table referred to, as the key spells it."""
    referred_columns: tuple[str, ...]
    on_delete: str = ""
    """What happens to a row when the one that it refers to is deleted: ``CASCADE``, ``SET NULL``, ``SET DEFAULT``;
    empty where that is refused."""
    on_update: str = ""
    """The same, when the key of the row that it refers to changes."""


class DropPreview(Frozen):
    """What dropping a table or view would do; reading only."""

    committed: bool
    """Whether the last commit has it exactly as it is."""
    referenced_by: tuple[str, ...] = ()
    """Tables with foreign keys to it, because of which it cannot be dropped."""
    cascades: tuple[str, ...] = ()
    """Tables whose rows that refer to it would be deleted or changed with it."""


class Schema(Frozen):
    """The definition of a table at a revision."""

    table: str
    columns: tuple[ColumnInfo, ...]
    ddl: str
    """The statement(s) that create it, in the engine's own words."""


class Page(Frozen):
    """A page of rows of a table or of a query."""

    columns: tuple[ColumnInfo, ...]
    rows: tuple[tuple[Value, ...], ...]
    more: bool
    """Whether rows follow after the last one."""
    after: Cursor | None = None
    """The next page is `After` it; None where nothing follows."""
    key: tuple[int, ...] = ()
    """Positions in ``columns`` of the primary key, in the key's own order."""
    before: Cursor | None = None
    """The previous page is `Before` it; None where nothing precedes."""
    first: bool = True
    """Whether nothing precedes the first row."""
    order: tuple[int, ...] = ()
    """Positions in ``columns`` of what it pages by; empty where that is an offset."""

    def cursor(self, row: Sequence[Value]) -> tuple[Value, ...] | None:
        """The cursor of one of its rows; None where only offsets tell rows apart."""
        return tuple(row[position] for position in self.order) if self.order else None


class BlameRow(Frozen):
    """A row of a table's last commit by its primary key, and the commit that changed it last."""

    key: tuple[Value, ...]
    commit: str
    author: str
    date: dt.datetime
    message: str


class Found(Frozen):
    """A row that contains a text, and how to continue from it."""

    key: tuple[Value, ...]
    """Its primary key, in the key's order; empty for a table without one."""
    page_after: Cursor | None
    """The page `After` it begins with the row; None where that is the first of all rows."""
    after: Cursor
    """The next row that contains the text is `After` it, and so is the page that follows this row."""
    before: Cursor
    """The row before it that contains the text is `Before` it, and so is the page that precedes this row."""


class Summary(Frozen):
    """A join of a link table with the tables it links."""

    title: str
    tables: tuple[str, ...]
    """In the order of the join; empty where there is none."""
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    more: bool = False
    missing: tuple[str, ...] = ()
    """Tables that it would join and that are absent."""
