"""What has changed since the last commit, what is put away, what is ignored."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from .log import Commit
from .refs import Expected


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


@dataclass(frozen=True, slots=True)
class RowCounts:
    """Rows (and cells) that differ between two revisions of a table; None: not known yet."""

    added: int = 0
    modified: int = 0
    removed: int = 0
    cells_modified: int = 0
    old_rows: int | None = None
    new_rows: int | None = None

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


@dataclass(frozen=True, slots=True)
class TableChange:
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
    uncounted: str = ""
    """Why its rows cannot be counted; empty where they can, or nobody has tried."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The working set of a branch: one table may stand in both lists."""

    unstaged: tuple[TableChange, ...] = ()
    staged: tuple[TableChange, ...] = ()

    @property
    def tables(self) -> int:
        """How many different tables are changed."""
        return len({c.table for c in (*self.unstaged, *self.staged)})


class ResetKind(StrEnum):
    """How far a reset goes."""

    SOFT = "soft"
    MIXED = "mixed"
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class ResetPreview:
    """What a reset of the branch to ``commit`` would do; reading only."""

    branch: str
    commit: Commit
    lost: int
    """Commits that the branch has and ``commit`` lacks."""
    gained: int
    """Commits that ``commit`` has and the branch lacks."""
    uncommitted: tuple[TableChange, ...]
    """Changed tables (HEAD to working) that a hard reset discards."""
    kept: tuple[str, ...] = ()
    """Untracked tables, which a hard reset leaves alone."""
    seen: Expected | None = None
    """What it was made of: to be given to the reset."""


@dataclass(frozen=True, slots=True)
class AmendPreview:
    """What amending the last commit of a branch would change; reading only."""

    commit: Commit
    """The last commit, which is replaced."""
    changes: tuple[TableChange, ...]
    """What it changed already, with its rows counted."""
    published: tuple[str, ...]
    """Remote branches that have it: they keep the old one."""


@dataclass(frozen=True, slots=True)
class Stash:
    """Uncommitted changes that were put away."""

    name: str
    id: str
    """Its place among those of the same name: ``stash@{0}`` is the newest."""
    branch: str
    hash: str
    """The commit that the changes were made on."""
    message: str
    """The first line of that commit's message."""
    among: int = 1
    """How many there were of its name: with another number of them its place is another one's."""
    made: dt.datetime | None = None
    """When it was made, where its name ends in that (``-20260131T140500Z``); the engine does not tell."""

    @property
    def title(self) -> str:
        """The name without the time."""
        return self.name[: -len("-20260131T140500Z")] if self.made is not None else self.name


class StashScope(StrEnum):
    """What a stash takes."""

    TRACKED = "tracked"
    """Changes of tables that are committed or staged; new tables stay."""
    UNTRACKED = "new tables too"
    ALL = "ignored tables too"


@dataclass(frozen=True, slots=True)
class StashPreview:
    """What stashing the changes of a branch would take, leave and lose; reading only."""

    changes: Changes
    ignored: tuple[str, ...]
    """New tables that a pattern ignores: ``UNTRACKED`` would delete them."""
    rekeyed: tuple[str, ...]
    """Tables whose primary key changed: a stash that holds one can never be applied again."""

    @property
    def untracked(self) -> tuple[str, ...]:
        """New tables of which nothing is staged."""
        staged = {change.table for change in self.changes.staged}
        return tuple(c.table for c in self.changes.unstaged if c.status is Status.NEW and c.table not in staged)

    @property
    def renamed(self) -> tuple[tuple[str, str], ...]:
        """Old and new names of renamed tables: ``TRACKED`` leaves them behind, half taken."""
        every = (*self.changes.unstaged, *self.changes.staged)
        return tuple(dict.fromkeys((c.old_name, c.table) for c in every if c.old_name is not None))

    @property
    def unstages(self) -> tuple[str, ...]:
        """Tables that come back unstaged; new tables keep their place."""
        again = {change.table for change in self.changes.unstaged}
        return tuple(c.table for c in self.changes.staged if c.status is not Status.NEW or c.table in again)

    def trouble(self, scope: StashScope) -> str:
        """Why such a stash would lose something, or has nothing to take; empty where it is safe."""
        tracked = len({c.table for c in (*self.changes.unstaged, *self.changes.staged)}) - len(self.untracked)
        taken = tracked + (scope is not StashScope.TRACKED) * len(self.untracked)
        if not taken + (scope is StashScope.ALL) * len(self.ignored):
            return "there is nothing to stash"
        if self.rekeyed:
            return f"the primary key of {', '.join(self.rekeyed)} changed: Dolt cannot bring it back"
        if scope is StashScope.TRACKED and self.renamed:
            names = ", ".join(f"{old} → {new}" for old, new in self.renamed)
            return f"half of {names} would stay behind"
        if scope is StashScope.UNTRACKED and self.ignored:
            return f"Dolt would delete {', '.join(self.ignored)}, which a pattern ignores"
        return ""


@dataclass(frozen=True, slots=True)
class StashContent:
    """What a stash holds: two commits that can be compared like any others."""

    stash: Stash
    base: str
    tip: str
    changes: tuple[TableChange, ...]


@dataclass(frozen=True, slots=True)
class IgnorePattern:
    """A line of ``dolt_ignore``: ``*`` and ``%`` stand for any characters, ``?`` for one."""

    pattern: str
    ignored: bool
    """False for a pattern that makes an exception."""
