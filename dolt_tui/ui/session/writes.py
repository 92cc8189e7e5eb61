"""Everything that changes something goes through here, in order: first in, first out; only ``esc`` cancels it.

A write is recorded for undo, and the panes are read again when it is done. Keys wait for it. A transfer (fetch, push,
clone) takes as long as the network does: no key waits for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, Unpack

from dolt_tui.engine.errors import CannotUndo, ChangedMeanwhile, ServerLost, TransactionLost, Unanswered
from dolt_tui.engine.undo.steps import Reach, UndoStep
from dolt_tui.ui.present.remedies import advice_of
from dolt_tui.ui.session.events import NoWayBack, Progress, StepsChanged
from dolt_tui.ui.session.jobs import TRANSFER, WRITE

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.session.session import Session

T = TypeVar("T")


class How(TypedDict, total=False):
    """How a write is recorded for undo."""

    label: str
    """What it is called in the list of steps; else it is what the header says while it runs."""
    branch: str
    """The branch that it changes; else the current one."""
    reach: Reach
    """How far it goes at most; else everywhere. The less, the fewer snapshots are taken of uncommitted changes."""
    also: Sequence[str]
    """Other branches whose working sets it deletes, renames or changes."""
    undoable: bool
    """False for what undo does not concern, such as the list of remotes."""
    stand_on: str | Callable[[Any], str]
    """The branch to be on afterwards, where the current one goes or gets another name; told from the result."""
    in_transaction: bool
    """Whether it belongs to the open transaction of the console, or ends it; else that is asked about first."""
    again: Callable[[], None]
    """What shows the preview again where another session changed something after it was made."""


class Writes:
    """Writes for a session; all methods run on the event loop."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def write(
        self,
        what: str,
        work: Callable[[Repository], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[Exception], bool] | None = None,
        *,
        anyway: bool = False,
        **how: Unpack[How],
    ) -> None:
        """Change something, then read what it may have changed, then ``done``; keys wait until all is shown.

        It is a step that can be undone. Where it would destroy uncommitted changes that cannot be kept, the user is
        asked first; ``anyway`` does it without asking. ``done`` gets what ``work`` returned; ``failed`` tells whether
        it dealt with an error.
        """
        session, state = self._session, self._session.state
        if not how.get("in_transaction") and session.transaction is not None:
            go = partial(self.write, what, work, done, failed, anyway=anyway, **how)
            session.runs.ask_about_transaction(what, go)
            return
        session.staging.flush()  # what was pressed before comes before
        repository, branch = state.repository, how.get("branch") or state.home
        undoable = how.get("undoable", True)
        session.jobs.drop("poll", "panes")
        hold = session.hold(what)

        def job() -> tuple[T, tuple[UndoStep, ...]]:
            undo = repository.undo
            if undoable:
                result, _ = undo.perform(
                    branch,
                    how.get("label") or what,
                    lambda: work(repository),
                    reach=how.get("reach", Reach.WORKING),
                    also=how.get("also", ()),
                    anyway=anyway,
                )
            else:
                result = work(repository)
            try:
                return result, undo.steps() if not repository.info.read_only else ()
            except ServerLost:  # it is done; the panes, which are read next, find that out too
                return result, state.steps

        def succeeded(found: tuple[T, tuple[UndoStep, ...]]) -> None:
            result, state.steps = found
            report = None if done is None else partial(done, result)
            wanted = how.get("stand_on") or state.branch
            stand_on = wanted if isinstance(wanted, str) else wanted(result)
            if stand_on != state.branch:
                session.switch(stand_on)
                if report is not None:
                    session.refresh.after(report)
            else:
                session.refresh.read_changed(report, what)

        def went_wrong(error: Exception) -> None:
            if undoable and not anyway and isinstance(error, CannotUndo):
                anyhow = partial(self.write, what, work, done, failed, anyway=True, **how)
                session.events.tell(NoWayBack(what, error, anyhow, partial(failed or _nothing, error)))
                return
            again = how.get("again") if isinstance(error, ChangedMeanwhile) else None
            if failed is None or not failed(error):
                session.failed(what, _unanswered(what, error), again)
            self.look()
            session.refresh.read_changed(None, what)

        session.jobs.run(WRITE, what, job, succeeded, went_wrong, hold.release)

    def transfer(
        self,
        what: str,
        work: Callable[[Repository], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[Exception], bool] | None = None,
        *,
        progress: Callable[[], str] | None = None,
        undoable: bool = False,
        anyway: bool = False,
    ) -> None:
        """What takes long, while no key waits: send to a remote or fetch from one, import or export. Then read what it
        changed, and then ``done``.

        ``done`` gets what ``work`` returned; ``failed`` tells whether it dealt with an error. ``esc`` cancels it.
        ``progress`` tells how far it has come, in words. With ``undoable`` it is a step, as in `write`.
        """
        session = self._session
        reads = progress is not None and not undoable  # as an export does
        if session.transaction is not None and not reads:
            again = partial(
                self.transfer, what, work, done, failed, progress=progress, undoable=undoable, anyway=anyway
            )
            session.runs.ask_about_transaction(what, again)
            return
        session.staging.flush()
        repository, branch = session.repository, session.state.home

        def job() -> T:
            if not undoable:
                return work(repository)
            return repository.undo.perform(branch, what, lambda: work(repository), anyway=anyway)[0]

        def succeeded(result: T) -> None:
            if undoable:
                self.look()
            session.refresh.read_changed(None if done is None else partial(done, result))

        def went_wrong(error: Exception) -> None:
            if undoable and not anyway and isinstance(error, CannotUndo):
                again = partial(self.transfer, what, work, done, failed, progress=progress, undoable=True, anyway=True)
                session.events.tell(NoWayBack(what, error, again, partial(failed or _nothing, error)))
                return
            if failed is None or not failed(error):
                session.failed(what, _unanswered(what, error))
            if undoable:
                self.look()
            session.refresh.read_changed()

        running = session.jobs.run(TRANSFER, what, job, succeeded, went_wrong)
        if progress is not None:
            running.progress = progress
        session.events.tell(Progress())

    def look(self) -> None:
        """Find out which steps there are, and what became of commands that the connection was lost during."""
        session, state = self._session, self._session.state
        if state.repository.info.read_only:
            return
        undo = state.repository.undo

        def work() -> tuple[tuple[Unanswered, ...], tuple[UndoStep, ...]]:
            return undo.outcomes(), undo.steps()

        def found(answer: tuple[tuple[Unanswered, ...], tuple[UndoStep, ...]]) -> None:
            outcomes, state.steps = answer
            for outcome in outcomes:
                session.tell(f"{outcome.message} {advice_of(outcome)}", "warning")
            session.events.tell(StepsChanged())

        session.quietly("undo", "", work, found)


def _nothing(_error: Exception) -> bool:
    """Nobody waits for it."""
    return False


def _unanswered(what: str, error: Exception) -> Exception:
    """An error of a write; where the connection was lost, and nobody looks what became of it, one that says so."""
    if isinstance(error, ServerLost) and not isinstance(error, Unanswered | TransactionLost):
        return Unanswered(what, None, error.message, looked_up=False)
    return error
