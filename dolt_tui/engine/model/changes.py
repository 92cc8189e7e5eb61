"""Tables that differ between two revisions, by kind of change and by rows."""

from __future__ import annotations

from enum import StrEnum

from ...frozen import Frozen


class Status(StrEnum):
    """The state of a table as ``dolt_status`` tells it."""

    NEW = "new table"
    MODIFIED = "modified"
    DELETED = "deleted"
    RENAMED = "renamed"
    CONFLICT = "conflict"
    SCHEMA_CONFLICT = "schema conflict"
    VIOLATION = "constraint violation"
    MERGED = "merged"
    """Its definition conflicted, and that is settled."""
    OTHER = "other"

    @property
    def sign(self) -> str:
        """One letter that tells the state without colour."""
        return _SIGNS[self.value]

    @property
    def differs(self) -> bool:
        """Whether it tells how the table differs; the others tell what keeps a merge from being finished."""
        return self.value in ("new table", "modified", "deleted", "renamed")


_SIGNS = {
    "new table": "A",
    "modified": "M",
    "deleted": "D",
    "renamed": "R",
    "conflict": "!",
    "schema conflict": "#",
    "constraint violation": "×",
    "merged": "✓",
    "other": "?",
}


class RowCounts(Frozen):
    """Rows (and cells) that differ between two revisions of a table, and how many rows each revision has."""

    added: int = 0
    modified: int = 0
    removed: int = 0
    cells_modified: int = 0
    """The cells of the modified rows that differ; those of added and removed rows are not counted."""
    old_rows: int | None = None
    """All rows on the older side; None where that is not known."""
    new_rows: int | None = None
    """All rows on the newer side; None where that is not known."""

    @property
    def total(self) -> int:
        return self.added + self.modified + self.removed

    def __add__(self, other: RowCounts) -> RowCounts:
        return RowCounts(
            self.added + other.added,
            self.modified + other.modified,
            self.removed + other.removed,
            self.cells_modified + other.cells_modified,
        )


class TableChange(Frozen):
    """A table that differs between two revisions."""

    table: str
    """Its name on the newer side; the old one where it is deleted."""
    status: Status
    staged: bool = False
    old_name: str | None = None
    """Its former name where it is renamed."""
    schema_changed: bool = False
    data_changed: bool = True
    counts: RowCounts | None = None
    """None: not counted yet, or ``uncounted`` says why not."""
    uncounted: str = ""
    """Why its rows cannot be counted; empty where they can, or nobody has tried."""


class Changes(Frozen):
    """The working set of a branch: a table may be in both lists."""

    unstaged: tuple[TableChange, ...] = ()
    staged: tuple[TableChange, ...] = ()

    @property
    def tables(self) -> int:
        """How many different tables are changed."""
        return len({c.table for c in (*self.unstaged, *self.staged)})

    @property
    def staged_in_part(self) -> tuple[str, ...]:
        """The names of the tables that are staged and have changes that are not."""
        unstaged = {name for change in self.unstaged for name in (change.table, change.old_name) if name}
        staged = dict.fromkeys(n for change in self.staged for n in (change.old_name, change.table) if n)
        return tuple(name for name in staged if name in unstaged)
