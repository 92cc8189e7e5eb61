"""Running statements of the console: one after another, each in the way that what it does needs.

What only reads runs while keys come; what may change something goes through `Writes`, as one step of undo, however many
statements of a script that is. A statement that leads to another branch takes the program with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from dolt_tui.engine.console.statements import StatementKind, TransactionStep, describe
from dolt_tui.engine.errors import CannotUndo, EngineError, TransactionLost
from dolt_tui.engine.versioning.destinations import Destination, destination
from dolt_tui.ui.present.grid_rows import PAGE_SIZE
from dolt_tui.ui.present.runs import Ran, entry_of, summary
from dolt_tui.ui.session.destinations import go
from dolt_tui.ui.session.events import ConsoleRan, Failed, Progress, TransactionOpen
from dolt_tui.ui.session.jobs import CONSOLE, TRANSFER
from dolt_tui.ui.session.run import Run, Step, Watcher
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.engine.console.console import Transaction
    from dolt_tui.engine.console.results import ResultSet
    from dolt_tui.engine.console.scanner import Statement
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.session.session import Session

_KEPT = 1000
"""How many of the statements that were run are listed."""
_LONG_SCRIPT = 100
"""Statements of a script from which on only the one that fails is kept in the history: the others would push all that
was typed out of it."""


def _nothing() -> None:
    """Nobody waits for it."""


class Runs:
    """What the console of a session runs, and what it ran; all methods run on the event loop."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.autocommit = True
        """Whether each statement that writes is committed when it is done."""
        self.ran: list[Ran] = []
        """What was run, the oldest first."""
        self.results: list[ResultSet] = []
        """What statements returned, as long as it is not closed."""
        self.current: Run | None = None
        self._number = 0
        session.leaving.ask_first(self.ask_about_transaction)

    @property
    def transaction(self) -> Transaction | None:
        """The transaction that is open."""
        return self._session.repository.console.transaction if self._session.is_open else None

    def steps(self, statements: Sequence[Statement]) -> list[Step]:
        """What statements do, without those that are only comments; may run on any thread."""
        style = self._session.repository.info.traits.sql
        found = (Step(statement, describe(statement.text, style), style) for statement in statements)
        return [step for step in found if step.described.kind is not StatementKind.EMPTY]

    def why_not(self, steps: Sequence[Step]) -> str:
        """Why statements cannot be run; empty where they can."""
        state = self._session.state
        if self.current is not None:
            return "a statement is running"
        if all(step.reads or self._switches(step) for step in steps):
            return ""
        if state.repository.info.read_only:
            return "opened read-only"
        return f"read-only at {state.at}" if state.came_from is not None else ""

    def run(self, steps: Sequence[Step], watcher: Watcher, branch: str = "", at: str = "") -> None:
        """Run statements, one after another, on ``branch`` or on the current one, until one fails.

        What only reads can be run at a commit, too: ``at`` is what people call it.
        """
        assert self.current is None
        session = self._session
        self.current = Run(steps, branch or session.state.branch, watcher, session.clock.monotonic(), at)
        self._go_on(self.current)

    @property
    def progress(self) -> str:
        """What is being run and for how long, for people; empty for nothing."""
        run = self.current
        if run is None or run.waits:
            return ""
        seconds = self._session.clock.monotonic() - run.started
        which = (
            f"statement {min(len(run.done) + 1, len(run.steps))} of {len(run.steps)}"
            if len(run.steps) > 1
            else "running"
        )
        return f"{which}… {seconds:.1f} s"

    def look(self) -> None:
        """Take notice of what has been run meanwhile."""
        run = self.current
        if run is None or run.told == len(run.done):
            return
        new = run.done[run.told :]
        run.told += len(new)
        self.results += [result for ran in new if ran.outcome is not None for result in ran.outcome.results]
        self.ran = [*(ran.without_results() for ran in self.ran), *new][-_KEPT:]
        self._session.events.tell(ConsoleRan(tuple(new)))

    # one part of a run after another

    def _go_on(self, run: Run) -> None:
        self.look()
        rest = run.rest
        if not rest or (run.done and run.done[-1].error is not None):
            self.current = None
            self._session.events.tell(Progress())
            run.watcher.ended(tuple(run.done))
            return
        if self._switches(rest[0]):
            self._use(run, rest[0])
            return
        if self._removes(rest[0]) and run.agreed != len(run.done):
            self._ask_first(run, rest[0])
            return
        part = [rest[0]]
        if not self._steers(rest[0]):
            for step in rest[1:]:
                if self._steers(step) or self._removes(step):
                    break
                part.append(step)
        if all(step.reads for step in part):
            self._read(run, part)
        else:
            self._write(run, part)

    @staticmethod
    def _steers(step: Step) -> bool:
        """Whether it leads to another branch, or opens or ends a transaction: what follows is run in another way."""
        described = step.described
        return described.kind is StatementKind.USE or described.transaction not in (None, TransactionStep.SAVEPOINT)

    def _removes(self, step: Step) -> bool:
        """Whether a statement is asked about before it is run: it drops or empties something, and commits that."""
        kept_open = not self.autocommit or self.transaction is not None
        asks = self._session.settings.ask_above is not None
        return asks and step.described.removal is not None and (step.described.ends_transaction or not kept_open)

    def _ask_first(self, run: Run, step: Step) -> None:
        """Ask about a statement that drops or empties something, if there is something to lose."""
        repository = self._session.repository

        def agreed(go_on: bool) -> None:
            run.agreed = len(run.done)
            self._settled(run, go_on)

        def found(answer: tuple[bool, int | None]) -> None:
            anything, rows = answer
            if anything:
                run.waits = True
                run.watcher.removing(step, rows, agreed)
            else:
                agreed(True)

        self._session.jobs.run(
            CONSOLE,
            f"look at {step.label}",
            lambda: repository.console.removes(run.branch, step.statement),
            found,
            partial(self._could_not_read, run),
        )

    def _switches(self, step: Step) -> bool:
        """Whether a statement does no more than to go somewhere: other checkouts make a branch, or restore a table."""
        described, text = step.described, step.statement.text
        if described.kind is not StatementKind.USE or described.verb == "USE":
            return described.kind is StatementKind.USE
        known = self._session.state.branch_named(described.goes_to or "") is not None
        return known and "'-" not in text and '"-' not in text

    def _use(self, run: Run, step: Step) -> None:
        """Take the program to another branch, to a commit, or to another database."""
        session = self._session
        repository = session.repository

        def work() -> Destination:
            number, moment, started = self._number + 1, session.clock.local(), time.monotonic()
            try:
                found = destination(repository.refs, repository.info, run.branch, step.described)
                outcome = repository.console.run(run.branch, step.statement)
            except EngineError as error:
                seconds = time.monotonic() - started
                self._add(repository, run, Ran(number, step.statement, run.branch, moment, seconds, None, error))
                raise
            self._add(repository, run, Ran(number, step.statement, run.branch, moment, outcome.seconds, outcome))
            return found

        def found(place: Destination) -> None:
            rest = run.rest
            run.steps = run.steps[: len(run.done)]
            self._go_on(run)  # it ends here: whoever is asked about something unfinished may stay where he is

            def leave() -> None:
                go(session, place)
                if rest and not place.database:
                    branch = place.branch or place.commit
                    session.refresh.after(lambda: self.run(rest, run.watcher, branch))

            session.leaving.leave(f"go to {place}", leave)

        session.jobs.run(CONSOLE, f"run {step.label}", work, found, partial(self._could_not_read, run))

    def _read(self, run: Run, part: Sequence[Step]) -> None:
        session = self._session
        session.jobs.run(
            CONSOLE,
            f"run {part[0].label}" if len(part) == 1 else f"run {plural(len(part), 'statement')}",
            partial(self._work, run, part, session.repository),
            lambda _: self._went(run),
            partial(self._could_not_read, run),
        )

    def _write(self, run: Run, part: Sequence[Step]) -> None:
        session = self._session
        label = part[0].label if len(part) == 1 else f"script of {plural(len(part), 'statement')}"
        before = len(run.done)

        def work(repository: Repository) -> None:
            # Where it is done again, without a way back, it goes on with the first statement that was not run.
            self._work(run, part[len(run.done) - before :], repository)

        session.writes.write(
            f"run {label}",
            work,
            lambda _: self._went(run),
            lambda error: self._failed(run, error),
            label=label,
            branch=run.branch,
            in_transaction=True,
            stand_on=lambda _: self._led_to(run),
        )

    def _led_to(self, run: Run) -> str:
        """The branch on which the program is to be after what was run."""
        outcome = run.done[-1].outcome if run.done else None
        if outcome is None or outcome.goes_to is None:
            return self._session.state.branch
        run.branch = outcome.goes_to
        return outcome.goes_to

    def _work(self, run: Run, part: Sequence[Step], repository: Repository) -> None:
        """Run some statements; on a database thread."""
        clock, settings = self._session.clock, self._session.settings
        for step in part:
            number, moment, started = self._number + 1, clock.local(), time.monotonic()
            run.asks = self.autocommit and step.described.transaction is None and self.transaction is None
            outcome, failure = None, None
            try:
                outcome = repository.console.run(
                    run.branch, step.statement, ask_above=settings.ask_above, autocommit=self.autocommit
                )
                for result in outcome.results:  # what is looked at first, and maybe whether that is all
                    result.page(0, PAGE_SIZE)
            except CannotUndo:  # nothing was done: it may be run when the user was asked
                raise
            except EngineError as error:
                failure = error
            seconds = time.monotonic() - started if outcome is None else outcome.seconds
            self._add(repository, run, Ran(number, step.statement, run.branch, moment, seconds, outcome, failure))
            if failure is not None:
                raise failure
            if outcome is not None and (outcome.goes_to is not None or (outcome.pending is not None and run.asks)):
                return

    def _add(self, repository: Repository, run: Run, ran: Ran) -> None:
        """A statement was run; on a database thread."""
        self._number = ran.number
        ran = replace(ran, at=run.at)
        run.done.append(replace(ran, said=summary(ran)))  # its results may be closed later
        if len(run.steps) <= _LONG_SCRIPT or ran.error is not None:
            repository.statement_history.add(entry_of(ran, repository.info.database))

    def _went(self, run: Run) -> None:
        """A part is done."""
        last = run.done[-1].outcome if run.done else None
        step = last.described.transaction if last is not None else None
        if step in (TransactionStep.AUTOCOMMIT_ON, TransactionStep.AUTOCOMMIT_OFF):
            self.autocommit = step is TransactionStep.AUTOCOMMIT_ON
        if last is not None and last.pending is not None and run.asks:
            self.look()
            run.waits = True
            run.watcher.pending(run.done[-1], last.pending, partial(self._settled, run))
        else:
            self._go_on(run)

    def _settled(self, run: Run, go_on: bool) -> None:
        run.waits = False
        if not go_on:
            run.steps = run.steps[: len(run.done)]
        self._go_on(run)

    def _failed(self, run: Run, error: Exception) -> bool:
        """A statement failed, or the part before it could be run; told by the watcher, but for a lost server."""
        if run.rest and (not run.done or run.done[-1].error is None):
            self._number += 1
            step, clock = run.rest[0], self._session.clock
            run.done.append(Ran(self._number, step.statement, run.branch, clock.local(), 0.0, None, error))
        if isinstance(error, TransactionLost):
            self._session.failed(f"run {run.done[-1].statement.text[:60]}", error)
        else:
            self._session.lost(error)
        self._go_on(run)
        return True

    def _could_not_read(self, run: Run, error: Exception) -> None:
        self._failed(run, error)

    def close_results(self, shown: Container[object]) -> None:
        """Free the rows of all results but those that are shown; some may still arrive, on connections of their own."""
        if self._session.jobs.active(TRANSFER):
            return  # one of them may be exported
        unseen = [result for result in self.results if result not in shown]

        def work() -> None:
            for result in unseen:
                result.close()

        def closed(_: None) -> None:
            self.results = [result for result in self.results if result not in unseen]

        if unseen:  # of a job that another one replaces, that other one closes what is left
            self._session.jobs.run("close results", "", work, closed, self._session.ignore)

    # the transaction

    def commit(self, done: Callable[[], None] = _nothing, failed: Callable[[], None] = _nothing) -> None:
        """Commit what is open, as one step of undo; ``failed`` is called where it is not committed, which is told."""
        self._end(True, done, failed)

    def roll_back(self, done: Callable[[], None] = _nothing, failed: Callable[[], None] = _nothing) -> None:
        """Take back what is open; ``failed`` as in `commit`."""
        self._end(False, done, failed)

    def _end(self, commits: bool, done: Callable[[], None], failed: Callable[[], None]) -> None:
        transaction = self.transaction
        if transaction is None:  # it was lost while somebody was asked about it, and that is told already
            failed()
            return

        def went_wrong(_error: Exception) -> bool:
            failed()
            return False

        rows = plural(transaction.rows, "row")
        self._session.writes.write(
            f"commit {rows}" if commits else f"roll back {rows}",
            lambda repository: repository.console.commit() if commits else repository.console.roll_back(),
            lambda _: done(),
            went_wrong,
            branch=transaction.branch,
            in_transaction=True,
        )

    def look_whether_lost(self) -> None:
        """Find out whether the connection with the open transaction is lost; that is told."""
        session = self._session
        if self.transaction is None or self.current is not None or session.jobs.active("transaction"):
            return

        def lost(error: Exception) -> None:
            session.events.tell(Failed("keep the transaction open", error))
            session.events.tell(Progress())

        session.jobs.run("transaction", "", session.repository.console.look, lambda _: None, lost)

    def ask_about_transaction(self, what: str, go: Callable[[], None]) -> bool:
        """Where a transaction is open, ask about that before ``what``; ``go`` is called once it has ended."""
        if self.transaction is None:
            return False
        self._session.events.tell(TransactionOpen(what, go))
        return True
