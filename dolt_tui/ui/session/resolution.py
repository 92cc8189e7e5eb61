"""What is known about conflicts that are being resolved, and what is found out about them in the background."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Event
from typing import TYPE_CHECKING

from dolt_tui.engine.errors import Busy, Cancelled, EngineError, NotChecked
from dolt_tui.engine.model.conflicts import (
    Broken,
    ConflictSet,
    Incoming,
    ResolutionPlan,
    RuleKind,
    RuleTrial,
    SchemaDecision,
    StepPlan,
)
from dolt_tui.ui.session.events import ResolvingChanged
from dolt_tui.ui.session.state import Unfinished
from dolt_tui.words import count, plural

if TYPE_CHECKING:
    from dolt_tui.engine.conflicts.rows import ConflictRows
    from dolt_tui.ui.session.kept_rules import KeptRules
    from dolt_tui.ui.session.resolving_work import Counter
    from dolt_tui.ui.session.session import Session

COUNTING, CHECKING, TRYING = "count conflicts", "check the plan", "try rules"
"""Lanes of `Jobs`."""
_QUIET = 0.15
"""Seconds without another decision before what is decided is checked."""
_EITHER_SIDE = (RuleKind.OURS, RuleKind.THEIRS)
"""Rules that solve everything, whatever the rows hold: they come last."""
_REST, _AFTER_BUSY = 1.5, 3.0
"""Seconds: how long a check waits at most for a plan to rest, and until it is tried again while somebody writes."""


@dataclass
class Resolution:
    """All about one thing that is brought into a branch."""

    incoming: Incoming
    plan: ResolutionPlan
    found: ConflictSet
    rows: ConflictRows
    counter: Counter
    before: list[tuple[ResolutionPlan, str]] = field(default_factory=list)
    """The plans of before, with what was done to each: the newest last."""
    left: Mapping[str, int] = field(default_factory=dict)
    """How many rows of each table are not decided."""
    shown: Mapping[str, ConflictRows] = field(default_factory=dict)
    """The rows that conflicted at each commit that was shown until now, this one's too."""
    trials: tuple[RuleTrial, ...] = ()
    broken: tuple[Broken, ...] = ()
    checked: ResolutionPlan | None = None
    """The plan that ``broken`` is about."""
    check_failed: str = ""
    """Why it could not be found out."""
    never_checked: bool = False
    """Whether it takes too long to find that out."""
    aligned: Mapping[str, SchemaDecision] = field(default_factory=dict)
    """What was decided about definitions when it was looked at: with others, other rows conflict."""
    said: bool = False
    """Whether it was said that it is kept."""

    @property
    def unknown(self) -> str:
        """Why it is not known whether the plan as it is now breaks constraints; empty where it is, or may be soon."""
        return "" if self.checked is self.plan else self.check_failed

    @property
    def step(self) -> StepPlan:
        """What is decided about the commit that is shown."""
        return self.plan.step(self.found.commit)

    def left_of(self, table: str) -> int:
        """How many rows of a table are not decided."""
        return self.left.get(table, next((one.rows for one in self.found.tables if one.table == table), 0))

    @property
    def undecided(self) -> int:
        """How many rows and definitions are not decided."""
        rows = sum(self.left_of(count.table) for count in self.found.tables)
        return rows + sum(one.table not in self.step.schema for one in self.found.schema)

    @property
    def of(self) -> int:
        """How many rows and definitions conflict."""
        return self.found.rows + len(self.found.schema)

    @property
    def left_text(self) -> str:
        """What is not decided, in words."""
        left = self.undecided
        return f"{count(left)} of {plural(self.of, 'conflict')} left" if left else "everything is decided"

    def count_solved(self, trial: RuleTrial) -> None:
        """Take from what is left what a rule solves, where that is known before the rows are counted again."""
        tables = [table for table, decisions in trial.decisions.items() if decisions]
        if len(tables) == 1:
            (table,) = tables
            self.left = {**self.left, table: max(0, self.left_of(table) - trial.solved)}


def rested(plan: Callable[[], ResolutionPlan], pause: float, stopped: Event) -> ResolutionPlan:
    """The plan, as soon as it was the same for ``pause`` seconds, or after four times as long; blocks.

    Raises `Cancelled` where it is ``stopped`` meanwhile.
    """
    now, until = plan(), time.monotonic() + 4 * pause
    while pause:
        if stopped.wait(pause):
            raise Cancelled("Nobody looks any more.")
        before, now = now, plan()
        if now is before or time.monotonic() >= until:
            break
    return now


class Background:
    """Counts what is left, checks constraints and tries rules, one after another; to be used on the event loop only."""

    def __init__(self, session: Session, current: Callable[[], Resolution | None], rules: KeptRules) -> None:
        self._session, self._current, self._rules = session, current, rules
        self._again: set[str] = set()
        """What has to be done once more, as the plan changed meanwhile."""
        self._stopped = Event()
        self._took = 0.0
        """How many seconds the last check took."""

    def begin(self) -> None:
        """The plan is another one."""
        self._stopped.clear()
        self.count()
        self.check()
        self.try_rules()

    def stop(self) -> None:
        """Nobody looks any more."""
        self._stopped.set()
        self._again.clear()
        self._session.jobs.drop(COUNTING, CHECKING, TRYING)

    def tell(self, now: Resolution) -> None:
        """More is known."""
        state, incoming = self._session.state, now.incoming
        state.resolving[incoming.branch] = Unfinished(incoming.source, incoming.title, now.undecided, now.of)
        self._session.events.tell(ResolvingChanged())

    def count(self) -> None:
        """Count what is left."""
        now = self._current()
        if now is None:
            return
        counter, step = now.counter, now.step

        def done(left: Mapping[str, int]) -> None:
            if self._current() is now and left != now.left:
                now.left = left
                self.tell(now)

        self._session.quietly(COUNTING, "", lambda: counter.left(step), done)

    def check(self, pause: float = 0.0) -> None:
        """Find out which constraints are broken: a merge that is taken back is never ended in its middle for that.

        But for the first one, it waits until the plan rests for as long as a check takes, as others cannot write
        meanwhile on DoltLite; ``pause``: for so many seconds.
        """
        now, session = self._current(), self._session
        if now is None or now.never_checked:
            return
        if any(conflict.table not in now.step.schema for conflict in now.found.schema):
            now.checked = None  # nothing can be said of rows before it is known what they are rows of
            return
        if self._busy(CHECKING):
            return
        repository, found = session.repository, now.found
        if not pause and (now.checked is not None or now.check_failed):
            pause = max(_QUIET, min(self._took, _REST))

        def work() -> tuple[ResolutionPlan, tuple[Broken, ...]]:
            plan = rested(lambda: now.plan, pause, self._stopped)
            begun = time.monotonic()
            broken = repository.resolver.check(found, plan)
            self._took = time.monotonic() - begun
            return plan, broken

        def done(answer: tuple[ResolutionPlan, tuple[Broken, ...]]) -> None:
            now.checked, now.broken = answer
            now.check_failed = ""
            if now.checked is now.plan:
                self._again.discard(CHECKING)
            self._through(CHECKING, now, self.check)

        def failed(error: Exception) -> None:
            now.check_failed = error.message if isinstance(error, EngineError) else str(error)
            if isinstance(error, NotChecked):
                now.never_checked = True
                session.tell(f"{error} Nothing is brought in that breaks one", "warning")
            session.ignore(error)
            again = CHECKING in self._again
            self._through(CHECKING, now, self.check)
            if isinstance(error, Busy) and not again and self._current() is now:
                self.check(_AFTER_BUSY)

        session.jobs.run(CHECKING, "", work, done, failed)

    def try_rules(self) -> None:
        """Try the rules that are kept, and those that seem worth it."""
        now, session = self._current(), self._session
        if now is None or self._busy(TRYING):
            return
        repository, found, plan, kept = session.repository, now.found, now.plan, self._rules.rules

        def work() -> tuple[RuleTrial, ...]:
            resolver, tried = repository.resolver, list[RuleTrial]()
            suggested = resolver.suggest(found, plan)
            for rule in dict.fromkeys(replace(rule, automatic=False) for rule in kept):
                if rule not in suggested:
                    with suppress(EngineError):  # it may be about other tables
                        tried.append(resolver.try_rule(found, plan, rule))
            tried += resolver.try_rules(found, plan, suggested)
            tried = [trial for trial in tried if any(trial.decisions.values())]
            return tuple(sorted(tried, key=lambda trial: (trial.rule.kind in _EITHER_SIDE, -trial.solved)))

        def done(trials: tuple[RuleTrial, ...]) -> None:
            now.trials = trials
            self._through(TRYING, now, self.try_rules)

        def failed(error: Exception) -> None:
            session.ignore(error)
            self._through(TRYING, now, self.try_rules)

        session.jobs.run(TRYING, "", work, done, failed)

    def _busy(self, lane: str) -> bool:
        """Whether it is being done, and has to be done once more then."""
        if not self._session.jobs.active(lane):
            return False
        self._again.add(lane)
        return True

    def _through(self, lane: str, now: Resolution, work: Callable[[], None]) -> None:
        if self._current() is now:
            self._session.events.tell(ResolvingChanged())
        if lane in self._again:
            self._again.discard(lane)
            work()
