"""What the interface knows about the database: the last answers, all of one branch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.model import (
    WORKING,
    AheadBehind,
    Branch,
    BranchFingerprint,
    Changes,
    Commit,
    Comparison,
    Expected,
    LogFilter,
    MergeState,
    Remote,
    RemoteBranch,
    Table,
    Tag,
)
from dolt_tui.engine.model.rewriting import Operation
from dolt_tui.engine.undo.steps import UndoStep
from dolt_tui.frozen import Frozen
from dolt_tui.ui.present.draft_rows import NO_DRAFT, RowDraft
from dolt_tui.ui.present.lists import refs_by_hash
from dolt_tui.ui.present.text import Style
from dolt_tui.ui.session.clock import Clock
from dolt_tui.ui.session.draft import Draft
from dolt_tui.ui.session.table_looks import TableLooks
from dolt_tui.words import count

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.present.staged_rows import Staged


class Pair(Frozen):
    """Two revisions that every pane compares, by the names that people chose and by hash."""

    base: str
    base_hash: str
    name: str
    hash: str
    """May be `WORKING`."""
    direct: bool = False
    """All that differs between them, not only what the second one changed since they diverged."""

    def where(self, branch: str) -> str:
        """Where the tables of the second one are read, for somebody on ``branch``."""
        return branch if self.hash == WORKING else self.hash

    def __str__(self) -> str:
        return f"{self.base}{'..' if self.direct else '...'}{self.name}"


class Unfinished(Frozen):
    """Conflicts that somebody has begun to resolve."""

    source: str
    """What is brought in, for people."""
    title: str
    """``merging feature into main``"""
    left: int | None
    """How many are not decided; None: not known yet, as it was left by a program that was killed."""
    of: int = 0

    @property
    def progress(self) -> str:
        """How far it has come, in words."""
        if self.left is None:
            return "from before"
        return f"{count(self.left)} of {count(self.of)} left" if self.left else "all decided"


@dataclass
class State:
    """Changed on the event loop only; the panes are handed parts of it."""

    repository: Repository
    branch: str
    clock: Clock = field(default_factory=Clock)
    """What ages are told by."""
    fingerprint: BranchFingerprint | None = None
    changes: Changes = field(default_factory=Changes)
    branches: tuple[Branch, ...] = ()
    tags: tuple[Tag, ...] = ()
    remotes: tuple[Remote, ...] = ()
    remote_branches: tuple[RemoteBranch, ...] = ()
    ahead_behind: dict[str, AheadBehind] = field(default_factory=dict)
    ahead_behind_pairs: dict[tuple[str, str], AheadBehind] = field(default_factory=dict)
    """How commits stand to others, by both hashes: true for ever."""
    by_date: bool = False
    """Whether the branches are sorted by the date of their last commit instead of by name."""
    previous: str = ""
    """The branch that one stood on before."""
    tables: tuple[Table, ...] = ()
    merging: MergeState | None = None
    operation: Operation | None = None
    """What is in progress on the branch, or a rebase of another one."""
    link: str | None = None
    """The link table of the summary that was chosen; None: the tutorial's, or the first one."""
    unread: dict[str, str] = field(default_factory=dict)
    """Of the questions of `dolt_tui.ui.session.reads.QUESTIONS` those that were not answered, each with why."""
    gone: bool = False
    """The branch was deleted by another session."""
    lost: bool = False
    """The server cannot be reached just now."""
    loaded: bool = False
    """Every pane has been filled at least once for this branch."""
    looks: TableLooks = field(default_factory=TableLooks)
    """How tables were looked at last, on whichever branch."""
    schema_shown: bool = False
    """Whether the selected table's definition is shown instead of its rows."""
    log_goes_on: bool = False
    """Whether the log has more commits than its first page."""
    log_filter: LogFilter | None = None
    """Which commits the log shows; None: all."""
    pair: Pair | None = None
    """What all panes compare; None: they show the branch."""
    comparison: Comparison | None = None
    """What the engine found out about `pair`."""
    marked: tuple[str, str] | None = None
    """Name and hash of what another branch or commit is to be compared with."""
    copied: tuple[Commit, ...] = ()
    """The commits that were copied for pasting, oldest first; they stay when one switches."""
    steps: tuple[UndoStep, ...] = ()
    """What can be undone, and redone, as far as known."""
    draft: Draft = field(default_factory=Draft)
    """The commit message as far as it was written."""
    row_drafts: dict[str, RowDraft] = field(default_factory=dict)
    """Edits of rows that are not written yet, by branch."""
    staged: list[Staged] = field(default_factory=list)
    """What was staged and unstaged of single rows, the newest last: rows may be shown that were read before."""
    resolving: dict[str, Unfinished] = field(default_factory=dict)
    """What is being resolved, by branch."""
    amending: tuple[str, Draft] | None = None
    """The hash of the commit that was last to be amended, and its new message as far as it was written."""
    came_from: str | None = None
    """The branch to go back to, while a commit is open: `branch` is its hash then."""
    at: str = ""
    """The commit that is open, for people: a tag's name, or a short hash."""

    _named: tuple[tuple[Branch, ...], dict[str, Branch]] = field(
        default_factory=lambda: ((), {}), init=False, repr=False
    )
    """The branches, and the same by name: each of a thousand is looked up whenever they are shown."""
    _tracked: tuple[tuple[RemoteBranch, ...], dict[str, RemoteBranch]] = field(
        default_factory=lambda: ((), {}), init=False, repr=False
    )
    """The remote branches, and the same by what a branch that follows them says."""

    def leave(self, branch: str, *, came_from: str | None = None, at: str = "") -> None:
        """Stand on another branch, or at a commit: nothing that is known of the old one stays."""
        stood_on = self.came_from or self.branch
        if came_from is None and branch != stood_on:
            self.previous = stood_on
        self.branch = branch
        self.came_from, self.at = came_from, at
        self.fingerprint = None
        self.changes = Changes()
        self.ahead_behind = {}
        self.tables = ()
        self.merging = self.operation = None
        self.unread = {}
        self.schema_shown = False
        self.log_filter = None
        self.pair = self.comparison = None
        self.staged = []
        self.gone = self.loaded = False

    @property
    def row_draft(self) -> RowDraft:
        """The edits of rows of the current branch that are not written yet."""
        return self.row_drafts.get(self.branch, NO_DRAFT)

    @property
    def unfinished(self) -> Unfinished | None:
        """What is being resolved on the current branch."""
        return self.resolving.get(self.branch)

    def staged_since(self, table: str, number: int) -> list[Staged]:
        """What was staged and unstaged of a table's rows after the one with this number, the oldest first."""
        return [one for one in self.staged if one.number > number and one.table == table]

    @property
    def home(self) -> str:
        """The current branch, or the one to go back to: commits cannot be written to."""
        return self.came_from if self.came_from is not None else self.branch

    @property
    def place(self) -> str:
        """The current branch or commit, for people."""
        return self.at if self.came_from is not None else self.branch

    @property
    def refs(self) -> dict[str, list[tuple[str, Style]]]:
        """The names of branches and tags at each commit."""
        refs = refs_by_hash(self.branches, self.tags, self.remote_branches)
        for commit in self.copied:
            refs.setdefault(commit.hash, []).insert(0, ("copied", Style.ACCENT))
        return refs

    @property
    def copied_hashes(self) -> frozenset[str]:
        """The commits that are copied for pasting."""
        return frozenset(commit.hash for commit in self.copied)

    def refs_at(self, hash_: str) -> list[tuple[str, Style]]:
        """The names of branches and tags at a commit."""
        return self.refs.get(hash_, [])

    @property
    def ordered_branches(self) -> tuple[Branch, ...]:
        """The branches in the order that is wanted."""
        if not self.by_date:
            return self.branches
        return tuple(sorted(self.branches, key=lambda branch: branch.date, reverse=True))

    def branch_named(self, name: str) -> Branch | None:
        """A branch, where there is one of that name."""
        if self._named[0] is not self.branches:
            self._named = self.branches, {branch.name: branch for branch in self.branches}
        return self._named[1].get(name)

    def upstream_of(self, name: str) -> RemoteBranch | None:
        """The upstream of a branch, as it was last seen; None where it has none or it is gone."""
        branch = self.branch_named(name)
        if branch is None or not branch.tracking:
            return None
        if self._tracked[0] is not self.remote_branches:
            self._tracked = self.remote_branches, {item.tracking: item for item in self.remote_branches}
        return self._tracked[1].get(branch.tracking)

    def upstream_ahead_behind(self, name: str) -> AheadBehind | None:
        """How a branch stands to its upstream; None where that is unknown or it has none."""
        branch, upstream = self.branch_named(name), self.upstream_of(name)
        if branch is None or upstream is None:
            return None
        return self.ahead_behind_pairs.get((branch.hash, upstream.hash))

    @property
    def seen(self) -> Expected | None:
        """The current branch as it is shown, to be compared when something is lost by a change."""
        return Expected.of(self.branch, self.fingerprint) if self.fingerprint is not None else None

    @property
    def head(self) -> str:
        """The hash of the branch's last commit; empty while it is unknown."""
        return self.fingerprint.head if self.fingerprint is not None else ""

    @property
    def tables_at(self) -> str | None:
        """The revision whose tables are shown, to be read with `Tables.schema` and `TableRows.page`; None: the branch's
        working set."""
        return self.pair.hash if self.pair is not None and self.pair.hash != WORKING else None

    def rows_of(self, table: str) -> int | None:
        """The number of rows of a table, where it is known."""
        return next((item.rows for item in self.tables if item.name == table), None)

    def keep_query(self, table: str, query: Query | None) -> None:
        """Let a table's rows be shown so whenever it is selected again; None: all of them, by the key."""
        self.looks.want(table, query)

    def query_of(self, table: str) -> Query | None:
        """How a table's rows are wanted where one stands; None: all of them, by the key."""
        return self.looks.query(table, self.tables_at or self.branch, self.tables_at)
