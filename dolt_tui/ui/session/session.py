"""The session: what is open, what is known of it, and what is being asked or changed just now.

It knows no screen: it tells what happened (`dolt_tui.ui.session.events`), and screens listen. Everything here is called
on the event loop; the engine's calls block, on the threads of `Jobs`, which brings their answers back to the loop.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeVar

from dolt_tui.engine.errors import BranchShadowed, TransactionLost
from dolt_tui.ui.session.clock import Clock
from dolt_tui.ui.session.drafts import Drafts
from dolt_tui.ui.session.events import Events, Failed, HoldChanged, Left, Severity, Switched, Told
from dolt_tui.ui.session.holds import Hold, Holds
from dolt_tui.ui.session.jobs import Job, Jobs, was_cancelled
from dolt_tui.ui.session.leaving import Leaving
from dolt_tui.ui.session.names import LANE, Names
from dolt_tui.ui.session.reads import Reader
from dolt_tui.ui.session.refresh import Refresh
from dolt_tui.ui.session.settings import Settings
from dolt_tui.ui.session.staging import Staging
from dolt_tui.ui.session.state import State
from dolt_tui.ui.session.statistics import LANES, Statistics
from dolt_tui.ui.session.watch import Watch
from dolt_tui.ui.session.writes import Writes

if TYPE_CHECKING:
    from dolt_tui.engine.console.console import Transaction
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.session.console import Runs
    from dolt_tui.ui.session.resolving import Resolving
    from dolt_tui.ui.session.what_if import WhatIfs

T = TypeVar("T")


class Shown(Protocol):
    """What the session has to know of the screen: what is to be read."""

    def readers(self) -> Sequence[Reader]:
        """The panes that are read again when their scopes change, the most looked-at first."""

    @property
    def branches_in_view(self) -> Sequence[str]:
        """The branches for which ahead and behind are worth counting."""


class Session:
    """One database, from when it is asked for."""

    def __init__(self, jobs: Jobs, shown: Shown, clock: Clock | None = None, settings: Settings | None = None) -> None:
        self.jobs, self.shown = jobs, shown
        self.clock = clock or Clock()
        self.settings = settings or Settings()
        self.events = Events()
        self.holds = Holds(lambda: self.events.tell(HoldChanged()), self.clock)
        self.watch = Watch(jobs, self.holds, lambda: self.state, self.clock, self.settings)
        """Whether what is shown is as it is in the database."""
        self.statistics = Statistics(self)
        """What is counted after the panes are filled."""
        self.refresh = Refresh(self)
        self.writes = Writes(self)
        self.names = Names(self)
        """What can be completed while SQL is typed."""
        self.drafts = Drafts(self)
        """Edits of rows that are not written yet."""
        self.leaving = Leaving()
        """Who is asked before somebody leaves what is open."""
        self.staging = Staging(self)
        """Rows that are staged beside the keys."""
        self.left_at = 0.0
        """When another branch was left for the current one, in monotonic seconds."""
        self._state: State | None = None

    @cached_property
    def runs(self) -> Runs:
        """The statements of the console; what runs them is imported when that is first opened."""
        from dolt_tui.ui.session.console import Runs

        return Runs(self)

    @cached_property
    def resolving(self) -> Resolving:
        """Conflicts that are being resolved; what does that is imported when there are some."""
        from dolt_tui.ui.session.resolving import Resolving

        return Resolving(self)

    @cached_property
    def what_ifs(self) -> WhatIfs:
        """Merges that are looked at before they are done."""
        from dolt_tui.ui.session.what_if import WhatIfs

        return WhatIfs(self)

    @property
    def transaction(self) -> Transaction | None:
        """The transaction of the console that is open."""
        return self.runs.transaction if "runs" in vars(self) else None

    @property
    def is_open(self) -> bool:
        """Whether the database is open: before that there is no state."""
        return self._state is not None

    @property
    def state(self) -> State:
        """What is known of the database."""
        assert self._state is not None, "nothing is open yet"
        return self._state

    @property
    def repository(self) -> Repository:
        """The database."""
        return self.state.repository

    def open(self, repository: Repository) -> None:
        """The database is open: read it, on the branch that it was opened on."""
        self._state = State(repository, repository.start_branch, self.clock)
        self.refresh.read_all("read the database")
        self.writes.look()

    def end(self) -> None:
        """The program ends: what is still on its way to a file of the user's is written."""
        if "resolving" in vars(self):
            self.resolving.keep_now()

    # where it is

    def switch(self, branch: str) -> None:
        """Go to another branch: every pane is read again from it, and nothing of the old one stays."""
        found = self.state.branch_named(branch)
        if found is not None and found.shadowed_by:
            self.failed(f"switch to {branch}", BranchShadowed(branch, found.shadowed_by))
            return
        comes_back = self.state.came_from == branch
        self._leave_for(branch)
        if not comes_back:
            self.refresh.after(lambda: self.events.tell(Switched(branch)))

    def renamed(self, old: str, new: str) -> None:
        """A branch has another name now: what is unfinished on it goes with it."""
        self.drafts.renamed(old, new)
        if "resolving" in vars(self):
            self.resolving.renamed(old, new)

    def open_at(self, hash_: str, name: str = "") -> None:
        """Be at a commit, read-only, which a tag or another name may have led to."""
        self._leave_for(hash_, came_from=self.state.home, at=name or hash_[:7])

    def _leave_for(self, branch: str, *, came_from: str | None = None, at: str = "") -> None:
        self.stop_reading()
        self.left_at = self.clock.monotonic()
        self.state.leave(branch, came_from=came_from, at=at)
        self.events.tell(Left())
        self.refresh.read_all(f"switch to {at or branch}")

    def stop_reading(self) -> None:
        """Drop all reads: they are about a branch that is left, or that no connection of ours may use."""
        lanes = ("main", "main pages", "main statistics", "log pages", "poll", "panes", LANE, *LANES)
        self.jobs.drop(*lanes, *(reader.lane for reader in self.shown.readers()))

    # keys that wait

    def hold(self, reason: str) -> Hold:
        """Let keys wait until the hold is released: what they are meant for is not there yet."""
        return self.holds.take(reason)

    @property
    def busy(self) -> str:
        """What the keys have waited for longest; empty when they need not wait."""
        oldest = self.holds.oldest
        return oldest.reason if oldest is not None else ""

    # asking

    def job(self, lane: str, label: str, work: Callable[[], T], done: Callable[[T], None]) -> Job:
        """Ask the engine something; a failure is told."""
        return self.jobs.run(lane, label, work, done, lambda error: self.failed(label, error))

    def quietly(self, lane: str, label: str, work: Callable[[], T], done: Callable[[T], None]) -> Job:
        """Ask the engine something in the background; of failures only a lost server is told."""
        return self.jobs.run(lane, label, work, done, self.ignore)

    def look(self, label: str, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Ask the engine for what a handler needs before it can go on, as to open a dialog; keys wait until then.

        ``done`` gets what ``work`` returned, on the event loop; an error is shown to the user.
        """
        hold = self.hold(label)
        self.jobs.run("preview", label, work, done, lambda error: self.failed(label, error), hold.release)

    # telling

    def tell(self, text: str, severity: Severity = "information") -> None:
        """Show a quiet message."""
        self.events.tell(Told(text, severity))

    def failed(self, what: str, error: Exception, then: Callable[[], None] | None = None) -> None:
        """Tell that something failed which the user waits for; ``then`` goes on once it was read."""
        if was_cancelled(error):
            self.tell(f"{str(error).rstrip('.')}: {what}", "warning")
        elif isinstance(error, TransactionLost) or not self.lost(error):  # with its connection only
            self.events.tell(Failed(what, error, then))

    def lost(self, error: Exception) -> bool:
        """Whether an error means that the server is lost; it is told then, and the connection is tried again."""
        return self.refresh.lost(error)

    def ignore(self, error: Exception) -> None:
        """A failure in the background: only a lost server is worth telling."""
        self.lost(error)
