"""Rows that are staged and unstaged beside the keys: at once on the screen, one after another in the database.

Staging a row of many that changed takes as long as looking at all of them, and keys come faster than that. So what is
pressed is kept in the state, to be shown over the rows (`dolt_tui.ui.present.staged_rows`), and goes to the database
in the lane of writes; what piles up meanwhile goes in one statement. Whatever else changes something, or leaves the
branch, waits for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from dolt_tui.engine.errors import CannotUndo, ServerLost
from dolt_tui.engine.model import RowCount, RowSet
from dolt_tui.engine.undo.steps import Reach, UndoStep
from dolt_tui.ui.present.staged_rows import Staged, UncommittedRow
from dolt_tui.ui.session.events import NoWayBack, Progress, StagingChanged, StepsChanged
from dolt_tui.ui.session.holds import Hold
from dolt_tui.ui.session.jobs import WRITE
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.ui.session.session import Session

KEPT = 50
"""So many of what was staged last are kept, whether they are still needed or not."""


@dataclass
class _Batch:
    """What goes to the database in one step."""

    branch: str
    rows: RowSet
    stage: bool
    number: int | None
    """How many rows these are, where that is known."""
    anyway: bool
    """Whether it is done also where it could not be undone exactly."""
    done: list[Staged]
    """What was pressed."""

    @property
    def what(self) -> str:
        rows = plural(self.number, "row") if self.number is not None else "all rows that match"
        if self.rows.all:
            rows = "all rows"
        return f"{'stage' if self.stage else 'unstage'} {rows} of {self.rows.table}"

    def takes(self, other: _Batch) -> bool:
        """Whether another one that comes right after it can be a part of it."""
        named = self.rows.keys is not None and other.rows.keys is not None
        alike = self.rows.table == other.rows.table and self.stage == other.stage
        return named and alike and self.anyway == other.anyway

    def add(self, other: _Batch) -> None:
        """Let another one be a part of it."""
        keys = (*(self.rows.keys or ()), *(other.rows.keys or ()))  # of equal rows without a key the same twice
        self.rows = replace(self.rows, keys=keys, shown={**self.rows.shown, **other.rows.shown})
        self.number = len(keys)
        self.done += other.done


class Staging:
    """What was pressed and is not in the database yet; all methods run on the event loop."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._number = 0
        self.flushed = 0
        """The number of the last that is in the database: rows that are read from now on are as it left them."""
        self._waiting: list[_Batch] = []
        self._running: list[_Batch] = []
        self._after: list[tuple[Callable[[], None], str, Hold]] = []
        """What goes on once all is in the database and was read again."""
        session.leaving.ask_first(self._before_leaving)

    @property
    def busy(self) -> bool:
        """Whether something that was pressed is not in the database yet."""
        return bool(self._waiting or self._running)

    def put(
        self,
        rows: RowSet,
        before: RowCount,
        *,
        stage: bool,
        anyway: bool = False,
        these: tuple[UncommittedRow, ...] = (),
    ) -> None:
        """Stage rows, or unstage them; ``before``: what is staged of them, as far as that is known; ``these``: the rows
        as they are shown, where others may have the same keys.

        Where an undo of it could not be exact the user is asked first; ``anyway`` does it without asking.
        """
        session = self._session
        number = before.total if before.total or rows.keys is None else len(rows.keys)
        one = _Batch(session.state.branch, rows, stage, number or None, anyway, [])
        if session.transaction is not None:
            again = partial(self.put, rows, before, stage=stage, anyway=anyway, these=these)
            session.runs.ask_about_transaction(one.what, again)
            return
        state = session.state
        self._number += 1
        keys = frozenset(rows.keys) if rows.keys is not None else None
        one.done.append(Staged(self._number, rows.table, stage, keys, rows.filter, before, these))
        if not self.busy:
            del state.staged[:-KEPT]
        state.staged += one.done
        if self._waiting and self._waiting[-1].takes(one):
            self._waiting[-1].add(one)
        else:
            self._waiting.append(one)
        session.events.tell(StagingChanged())
        if not self._running:
            self._submit()

    def flush(self) -> None:
        """Let all that was pressed be before whatever is put into the lane of writes next."""
        while self._waiting:
            self._submit()

    def after(self, what: str, go: Callable[[], None]) -> None:
        """Do ``go`` once all that was pressed is in the database, and shown; keys wait until then.

        It is not done where something fails: what was pressed counted on that.
        """
        if not self.busy:
            go()
            return
        self._after.append((go, what, self._session.hold(what)))
        self.flush()

    def cancel(self) -> bool:
        """End what takes long, and all that waits for it; whether there was something."""
        session = self._session
        long = session.clock.monotonic() - session.settings.overdue_after
        if self._running and any(0 < job.started < long for job in session.jobs.active(WRITE)):
            self.flush()
            return session.jobs.cancel(WRITE)
        return False

    def _before_leaving(self, what: str, go: Callable[[], None]) -> bool:
        if not self.busy:
            return False
        self.after(what, go)
        return True

    def _submit(self) -> None:
        """Hand the next one to the lane of writes."""
        session, state = self._session, self._session.state
        repository, one = state.repository, self._waiting.pop(0)
        self._running.append(one)
        session.jobs.drop("poll", "panes")  # they would tell what was so before

        def job() -> tuple[UndoStep, ...]:
            change = repository.row_staging.stage if one.stage else repository.row_staging.unstage
            work = partial(change, one.branch, one.rows)
            repository.undo.perform(one.branch, one.what, work, reach=Reach.ROWS, anyway=one.anyway)
            try:
                return repository.undo.steps()
            except ServerLost:  # it is done; the panes, which are read next, find that out too
                return state.steps

        def succeeded(steps: tuple[UndoStep, ...]) -> None:
            state.steps = steps
            self.flushed = max(self.flushed, *(item.number for item in one.done))
            session.events.tell(StepsChanged())
            self._ended(one)

        session.jobs.run(WRITE, one.what, job, succeeded, partial(self._failed, one))
        session.events.tell(Progress())

    def _failed(self, one: _Batch, error: Exception) -> None:
        """What was pressed did not happen: the rows are shown as they are, and what waited for it is forgotten."""
        session, state = self._session, self._session.state
        gone = {item.number for item in one.done}
        state.staged[:] = [item for item in state.staged if item.number not in gone]
        session.events.tell(StagingChanged())
        waited, self._after = self._after, []
        for _go, _what, hold in waited:
            hold.release()
        if isinstance(error, CannotUndo):
            these = tuple(row for item in one.done for row in item.these)
            again = partial(self.put, one.rows, one.done[0].before, stage=one.stage, anyway=True, these=these)
            session.events.tell(NoWayBack(one.what, error, again, lambda: None))
        else:
            session.failed(one.what, error)
        session.writes.look()
        self._ended(one)

    def _ended(self, one: _Batch) -> None:
        session = self._session
        if one in self._running:  # else the branch was left
            self._running.remove(one)
        if self._waiting and not self._running:
            self._submit()
        if self.busy:
            return
        waited, self._after = self._after, []
        session.refresh.read_changed()
        for go, what, hold in waited:
            session.refresh.read_changed(go, what)
            hold.release()
