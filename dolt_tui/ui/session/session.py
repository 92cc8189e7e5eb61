"""The session: what is open, what is known of it, and what is being asked or changed just now.

It knows no screen: it tells (`events`) what happened, and whoever shows it listens. Everything here is called on the
event loop, which `Jobs` is told how to get back to; the engine's calls block, on database threads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from dolt_tui.ui.session.clock import Clock
from dolt_tui.ui.session.events import Events, Failed, HoldChanged, Severity, Told
from dolt_tui.ui.session.holds import Hold, Holds
from dolt_tui.ui.session.jobs import Job, Jobs, was_cancelled
from dolt_tui.ui.session.settings import Settings
from dolt_tui.ui.session.state import State

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.session.refresh import Live
    from dolt_tui.ui.session.statistics import Statistics
    from dolt_tui.ui.session.watch import Liveness
    from dolt_tui.ui.session.writes import Writes

T = TypeVar("T")


class Session:
    """One database, from when it is asked for."""

    refresh: Live
    writes: Writes
    stop_reading: Callable[[], None]
    """Drop all reads: they are about a branch that is left, or that no connection of ours may use."""

    def __init__(self, jobs: Jobs, clock: Clock | None = None, settings: Settings | None = None) -> None:
        self.jobs = jobs
        self.clock = clock or Clock()
        self.settings = settings or Settings()
        self.events = Events()
        self.holds = Holds(lambda: self.events.tell(HoldChanged()))
        self._state: State | None = None

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

    @property
    def statistics(self) -> Statistics:
        """What is counted after the panes are filled."""
        return self.refresh.statistics

    @property
    def watch(self) -> Liveness:
        """Whether what is shown is as it is in the database."""
        return self.refresh.liveness

    def open(self, repository: Repository) -> None:
        """The database is open: begin on the branch that it was opened on."""
        self._state = State(repository, repository.start_branch)

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
        """Ask the engine something before a dialog can open: the keys that are typed until then wait for it."""
        hold = self.hold(label)
        self.jobs.run("preview", label, work, done, lambda error: self.failed(label, error), hold.release)

    # telling

    def tell(self, text: str, severity: Severity = "information") -> None:
        """A quiet message."""
        self.events.tell(Told(text, severity))

    def failed(self, what: str, error: Exception, then: Callable[[], None] | None = None) -> None:
        """Tell that something failed which the user waits for; ``then`` goes on once it was read."""
        if was_cancelled(error):
            self.tell(f"{str(error).rstrip('.')}: {what}", "warning")
        elif not self.lost(error):
            self.events.tell(Failed(what, error, then))

    def lost(self, error: Exception) -> bool:
        """Whether an error means that the server is lost; it is told then, and the connection is tried again."""
        return self.refresh.lost(error)

    def ignore(self, error: Exception) -> None:
        """A failure in the background: only a lost server is worth telling."""
        self.lost(error)

    # changing

    def write(self, what: str, work: Callable[[Repository], T], *parameters: Any, **how: Any) -> None:
        """Change something; see `Writes.write`."""
        self.writes.write(what, work, *parameters, **how)

    def transfer(self, what: str, work: Callable[[Repository], T], *parameters: Any, **how: Any) -> None:
        """Send to a remote or fetch from one; see `Writes.transfer`."""
        self.writes.transfer(what, work, *parameters, **how)
