"""What the engine layer answers: frozen values, safe to hand from a database thread to the screen.

Nothing here holds a connection or a cursor, and nothing here imports anything of ours. Times are
aware datetimes in UTC; hashes are the engine's own texts (32 characters of ``0-9a-v`` on Dolt,
40 hexadecimal ones on DoltLite); counts are exact unless a docstring says otherwise.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

Value = Any
"""A value of a cell as the driver gives it: None, int, float, Decimal, str, bytes, date, datetime, timedelta.

Also `ABSENT`, in a diff and in a row's history.
"""


class _Absent:
    """The type of `ABSENT`."""

    def __repr__(self) -> str:
        return "ABSENT"

    def __copy__(self) -> _Absent:
        return self

    def __deepcopy__(self, _memo: object) -> _Absent:
        return self


ABSENT: Any = _Absent()
"""Stands where there is no value, not even NULL: the column did not exist, or what was read does not hold it."""

WORKING = "WORKING"
"""The working set as a revision; upper case is required by both engines."""
STAGED = "STAGED"
"""The staged set as a revision."""
HEAD = "HEAD"
"""The last commit of the branch as a revision."""


class EngineKind(StrEnum):
    """Which engine answers."""

    DOLT = "Dolt"
    DOLTLITE = "DoltLite"


@dataclass(frozen=True, slots=True)
class RepositoryInfo:
    """What is open: constant while the program runs."""

    engine: EngineKind
    version: str
    database: str
    where: str
    """For people: ``root@127.0.0.1:3306``, or the path of the file or directory; never a password."""
    default_branch: str
    read_only: bool
    user: str = ""
    encrypted: bool | None = None
    """Whether connections have TLS; None where they have none and it does not matter: on this machine, in a file."""
    unavailable: tuple[tuple[str, str], ...] = ()
    """What this engine cannot do: pairs of a capability's name and the reason."""

    def lacks(self, capability: str) -> str | None:
        """The reason why ``capability`` is unavailable, or None where it is available."""
        return dict(self.unavailable).get(capability)


@dataclass(frozen=True, slots=True)
class Token:
    """The state of one branch in a few hashes: equal tokens mean that nothing changed."""

    branch: str | None
    """None when the branch no longer exists, or the revision isn't a branch."""
    head: str
    staged: str
    working: str
    refs: str = ""
    """A digest of all branches and tags with their hashes; empty when it was not asked for."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A branch or tag as it was when it was looked at, in hashes: what must still be so when a change is written.

    What is empty is not compared.
    """

    name: str
    hash: str = ""
    """The commit."""
    staged: str = ""
    """The root hash of the staged set. Like the next two, only a session on the branch itself can compare it."""
    working: str = ""
    """The root hash of the working set."""
    tables: tuple[tuple[str, str], ...] = ()
    """Tables of the working set with their hashes; an empty hash for one that is not there."""
    tag: bool = False

    @classmethod
    def of(cls, branch: str, token: Token) -> Self:
        """All that a token tells of ``branch``."""
        return cls(branch, token.head, token.staged, token.working)

    @property
    def ref_only(self) -> Self:
        """The branch or tag itself, without its staged and working set."""
        return replace(self, staged="", working="", tables=())


@dataclass(frozen=True, slots=True)
class MergeState:
    """A merge (or cherry-pick, or revert) in progress on the branch, whoever began it."""

    source: str
    source_commit: str
    target: str
    unmerged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch of the database."""

    name: str
    hash: str
    dirty: bool
    """Whether its working set holds uncommitted changes."""
    author: str
    date: dt.datetime
    message: str
    """The first line of its last commit's message."""
    remote: str = ""
    """The remote that its upstream belongs to; empty where it has none."""
    upstream: str = ""
    """The name of its upstream on that remote."""
    shadowed_by: str = ""
    """The branch that Dolt opens instead of this one, as it ignores case; empty where it opens this one."""
    ignored_only: bool = False
    """Whether its working set differs in nothing but ignored tables: that is nothing to commit."""

    @property
    def tracking(self) -> str:
        """Its upstream as ``origin/main``; empty where it has none."""
        return f"{self.remote}/{self.upstream}" if self.remote and self.upstream else ""


@dataclass(frozen=True, slots=True)
class Divergence:
    """How a branch stands to another one, in commits."""

    ahead: int
    behind: int


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag and the commit it names."""

    name: str
    hash: str
    tagger: str = ""
    date: dt.datetime | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Remote:
    """Another place where branches are kept."""

    name: str
    url: str
    """Where it is, without a password."""


@dataclass(frozen=True, slots=True)
class RemoteBranch:
    """A branch of a remote, as it was when it was last fetched or pushed."""

    remote: str
    name: str
    hash: str
    author: str
    date: dt.datetime
    message: str
    """The first line of its last commit's message."""

    @property
    def tracking(self) -> str:
        """``origin/main``."""
        return f"{self.remote}/{self.name}"


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit; ``parents`` in order, the merged one second."""

    hash: str
    author: str
    email: str
    date: dt.datetime
    message: str
    parents: tuple[str, ...]

    @property
    def summary(self) -> str:
        """The first line of the message."""
        return self.message.strip().split("\n", 1)[0]

    @property
    def body(self) -> str:
        """The message after its first line, without the blank line between."""
        return self.message.strip().partition("\n")[2].strip("\n")


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which commits are wanted; what is left empty lets all of them through."""

    author: str = ""
    """A part of the author's ``name <email>``, in upper or lower case."""
    message: str = ""
    """A part of the message, in upper or lower case."""
    table: str = ""
    """A table that the commit changed."""
    since: dt.datetime | None = None
    """The earliest date; one without a time zone is in UTC, as everywhere here."""
    until: dt.datetime | None = None
    """The date before which: not itself included."""

    @property
    def empty(self) -> bool:
        """Whether everything is let through."""
        return self == LogFilter()

    def __str__(self) -> str:
        parts = [f"author contains {self.author}"] if self.author else []
        parts += [f"message contains {self.message}"] if self.message else []
        parts += [f"table {self.table}"] if self.table else []
        parts += [f"since {self.first}"] if self.since else []
        parts += [f"until {self.last}"] if self.until else []
        return " · ".join(parts)

    @property
    def first(self) -> str:
        """The first day, minute or second that is wanted, in local time; empty where there is none."""
        return "" if self.since is None else _short(_local(self.since))

    @property
    def last(self) -> str:
        """The last one."""
        if self.until is None:
            return ""
        end = _local(self.until)
        if end.time() == dt.time():
            return f"{end - dt.timedelta(days=1):%Y-%m-%d}"
        if not end.second:
            return f"{end - dt.timedelta(minutes=1):%Y-%m-%d %H:%M}"
        return f"{end - dt.timedelta(seconds=1):%Y-%m-%d %H:%M:%S}"


def _local(time: dt.datetime) -> dt.datetime:
    """What the clock on the wall shows; without a zone a time is in UTC."""
    return (time if time.tzinfo is not None else time.replace(tzinfo=dt.UTC)).astimezone().replace(tzinfo=None)


def _short(time: dt.datetime) -> str:
    """A time for people, without what is zero at its end."""
    if time.time() == dt.time():
        return f"{time:%Y-%m-%d}"
    return f"{time:%Y-%m-%d %H:%M:%S}" if time.second or time.microsecond else f"{time:%Y-%m-%d %H:%M}"


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of the log in the engine's own order (children before parents)."""

    commits: tuple[Commit, ...]
    frontier: tuple[str, ...]
    """The revisions from which the next page goes on; empty at the end of history."""


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


class ChangeKind(StrEnum):
    """What happened to a row."""

    ADDED = "added"
    MODIFIED = "modified"
    REMOVED = "removed"

    @property
    def sign(self) -> str:
        return {"added": "+", "modified": "~", "removed": "−"}[self.value]


@dataclass(frozen=True, slots=True)
class DiffColumn:
    """A column of a diff: on one side only where it was added or dropped."""

    name: str
    in_old: bool = True
    in_new: bool = True
    primary_key: bool = False
    type: str = ""


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that differs; ``old`` and ``new`` are as long as the diff's columns (None where a side lacks one)."""

    kind: ChangeKind
    old: tuple[Value, ...] | None
    new: tuple[Value, ...] | None
    changed: frozenset[int] = frozenset()
    """Positions of the columns whose values differ; only for modified rows."""


@dataclass(frozen=True, slots=True)
class RowVersion:
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


@dataclass(frozen=True, slots=True)
class RowHistory:
    """A page of the changes of one row, newest first."""

    versions: tuple[RowVersion, ...]
    columns: tuple[DiffColumn, ...]
    """Those that the table has now, then those that it had before."""
    more: bool
    """Whether there are older ones."""
    ending: str = ""
    """Why nothing is told from before the last of them, where there should be something; only without ``more``."""


@dataclass(frozen=True, slots=True)
class BlameRow:
    """A row of a table's last commit by its primary key, and the commit that changed it last."""

    key: tuple[Value, ...]
    commit: str
    author: str
    date: dt.datetime
    message: str


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """What happened to a table's definition between two revisions."""

    table: str
    old_ddl: str
    new_ddl: str
    statements: tuple[str, ...] = ()
    """The DDL that leads from the old one to the new one, where the engine can tell."""
    counter_only: bool = False
    """Whether nothing but AUTO_INCREMENT differs, as after every insertion."""


@dataclass(frozen=True, slots=True)
class DiffPage:
    """A page of the rows that differ between two revisions of a table."""

    table: str
    old: str
    new: str
    columns: tuple[DiffColumn, ...]
    rows: tuple[RowChange, ...]
    more: bool
    after: Sequence[Value] | int | None = None
    note: str = ""
    """What is true but cannot be shown as rows, e.g. a changed primary key."""
    before: Sequence[Value] | int | None = None
    """What to give to get the page before; None where nothing precedes."""
    first: bool = True
    """Whether nothing precedes the first row."""
    order: tuple[int, ...] = ()
    """Positions in ``columns`` of the key that it pages by, in the key's order; empty where that is an offset."""

    def cursor(self, row: RowChange) -> tuple[Value, ...] | None:
        """What to give as ``after`` or ``before`` to go on from one of its rows; None where only an offset will do."""
        values = row.new if row.new is not None else row.old
        assert values is not None
        return tuple(values[position] for position in self.order) if self.order else None


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
class FoundCommit:
    """A commit that contains a text."""

    hash: str
    before: int
    """How many commits of the log, as it was searched, lie before it."""


@dataclass(frozen=True, slots=True)
class CommitDetail:
    """A commit with what it changed against its first parent."""

    commit: Commit
    changes: tuple[TableChange, ...]
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one revision has and another lacks, by commits and tables."""

    base: str
    other: str
    merge_base: str
    ours: int
    """Commits of ``base`` that ``other`` lacks."""
    theirs: int
    """Commits of ``other`` that ``base`` lacks."""
    commits: tuple[Commit, ...]
    """The newest of those of ``other``."""
    changes: tuple[TableChange, ...]
    """What differs between ``old`` and ``other``."""
    old: str = ""
    """What ``other`` is held against: the merge base (three-dot), or ``base`` itself; empty where there is nothing."""


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


class MergeKind(StrEnum):
    """How to merge."""

    FAST_FORWARD = "fast-forward"
    COMMIT = "merge commit"
    SQUASH = "squash"


@dataclass(frozen=True, slots=True)
class ConflictCount:
    """Conflicts of one table."""

    table: str
    rows: int
    schema: int = 0


@dataclass(frozen=True, slots=True)
class Violation:
    """A constraint that a merge would break."""

    kind: str
    """In Dolt's words: ``foreign key``, ``unique index``, ``check constraint`` or ``not null``."""
    table: str = ""
    """Empty where the engine does not tell."""
    name: str = ""
    """The constraint's own name; empty where it has none."""
    columns: tuple[str, ...] = ()
    expression: str = ""
    """What a check constraint demands."""
    refers_to: str = ""
    """The table that a foreign key refers to."""
    rows: int = 0
    """How many rows break it; 0 where the engine does not tell."""
    samples: tuple[str, ...] = ()
    """The keys of some of these rows."""

    def __str__(self) -> str:
        """``foreign key c_p of c (p, refers to people): 1 row, id 7``."""
        name = f" {self.name}" if self.name else ""
        parts = [", ".join(self.columns)] if self.columns else []
        parts += [f"refers to {self.refers_to}"] if self.refers_to else []
        parts += [self.expression] if self.expression else []
        about = f" ({', '.join(parts)})" if parts else ""
        rows = f": {self.rows} {'row' if self.rows == 1 else 'rows'}" if self.rows else ""
        more = " …" if len(self.samples) < self.rows else ""
        samples = f", {'; '.join(self.samples)}{more}" if self.samples and rows else ""
        return f"{self.kind}{name}{f' of {self.table}' if self.table else ''}{about}{rows}{samples}"


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What a merge of ``source`` into ``target`` would do; reading only."""

    source: str
    target: str
    base: str
    ours: int
    theirs: int
    changes: tuple[TableChange, ...]
    """What ``source`` changed since the base."""
    conflicts: tuple[ConflictCount, ...]
    in_the_way: tuple[str, ...]
    """Tables with uncommitted changes that forbid the merge."""
    dirty: tuple[str, ...] = ()
    """Tables with uncommitted changes that do not stand in the way."""
    conflicts_known: bool = True
    """False where the engine cannot tell conflicts without merging."""
    trouble: str = ""
    """Why the preview could not be made in full, in the engine's words."""
    seen: tuple[Expected, ...] = ()
    """What it was made of, both sides: to be given to the merge."""
    tip: str = ""
    """The commit that would be merged."""
    violations: tuple[Violation, ...] = ()
    """Constraints that would be broken, where that is known before."""
    violations_known: bool = True
    """False where only merging shows whether constraints are kept."""

    @property
    def up_to_date(self) -> bool:
        return self.theirs == 0

    @property
    def can_fast_forward(self) -> bool:
        return self.ours == 0 and self.theirs > 0


@dataclass(frozen=True, slots=True)
class MergeResult:
    """What a merge did."""

    hash: str | None
    """The new HEAD; None when nothing was merged (up to date) or only staged (squash)."""
    fast_forward: bool
    message: str


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
class BranchLoss:
    """What is lost when a branch is deleted."""

    branch: Branch
    unmerged: int
    """Commits that no other branch and no tag has."""
    uncommitted: tuple[TableChange, ...]
    """Uncommitted changes in its working set."""
    seen: Expected | None = None
    """What it was made of: to be given to the deletion."""


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
class ReflogEntry:
    """Where a branch stood at some time."""

    hash: str
    date: dt.datetime
    """When the branch came to stand there."""
    message: str
    """The first line of the commit's message."""


@dataclass(frozen=True, slots=True)
class IgnorePattern:
    """A line of ``dolt_ignore``: ``*`` and ``%`` stand for any characters, ``?`` for one."""

    pattern: str
    ignored: bool
    """False for a pattern that makes an exception."""


@dataclass(frozen=True, slots=True)
class Author:
    """The author of a commit."""

    name: str
    email: str

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as it was run; kept for the command log."""

    sql: str
    parameters: str
    """The bound values as text, shortened; never a password."""
    started: dt.datetime
    seconds: float
    rows: int | None
    """Rows read or affected; None where the engine does not tell."""
    error: str = ""
    writes: bool = False
    revision: str = ""
    purpose: str = ""
    """What it was run for, in a word or two."""
    number: int = field(default=0, compare=False)
