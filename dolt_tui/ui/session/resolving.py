"""What is being resolved: what conflicts where something is brought into the branch, and what is decided about it.

What is decided is a value, kept in a file at each change; nothing is written before it is concluded. Each branch has
one at most. Everything here is called on the event loop; a screen listens to `ResolvingOpened` to show it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from dolt_tui.engine.conflicts.plans import with_trial
from dolt_tui.engine.errors import ChangedMeanwhile, ConstraintsBroken, NothingInProgress, Undecided
from dolt_tui.engine.model.conflicts import (
    Applied,
    Broken,
    ConflictRow,
    ConflictSet,
    Incoming,
    IncomingKind,
    ResolutionPlan,
    Rule,
    RuleTrial,
    StepPlan,
)
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.session.events import Left, ResolvingChanged, ResolvingEnded, ResolvingOpened
from dolt_tui.ui.session.kept_rules import KeptRules
from dolt_tui.ui.session.resolution import Background, Resolution
from dolt_tui.ui.session.resolving_work import (
    Counter,
    Foreseen,
    concluded,
    foresee,
    look,
    put_aside,
    same_incoming,
    verb,
    where_after,
)
from dolt_tui.ui.session.state import Unfinished

if TYPE_CHECKING:
    from dolt_tui.engine.conflicts.rows import ConflictRows
    from dolt_tui.ui.session.session import Session

KEEPING = "keep the plan"
"""The lane of `Jobs` that keeps the plan in its file."""


class Resolving:
    """What is being resolved on the branch that one is on."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._all: dict[str, Resolution] = {}
        self._from_before: dict[str, ResolutionPlan] = {}
        """Plans of programs that were killed, by branch: they wait until somebody goes on with them."""
        self.kept_rules = KeptRules(session)
        """The rules of the configuration."""
        self._background = Background(session, lambda: self.now, self.kept_rules)
        session.events.listen(Left, lambda _: self._background.stop())

    # what it is about

    @property
    def now(self) -> Resolution | None:
        """What is being resolved on the branch; None: nothing."""
        return self._all.get(self._session.state.home)

    @property
    def _now(self) -> Resolution:
        now = self.now
        assert now is not None, "nothing is being resolved"
        return now

    @property
    def incoming(self) -> Incoming:
        """What is brought in."""
        return self._now.incoming

    @property
    def found(self) -> ConflictSet | None:
        """What conflicts: of several commits, at the one that is to be decided. None: nothing is being resolved."""
        return self.now.found if self.now is not None else None

    @property
    def rows(self) -> ConflictRows:
        """The rows in conflict."""
        return self._now.rows

    @property
    def plan(self) -> ResolutionPlan:
        """What is decided so far."""
        return self._now.plan

    @property
    def step(self) -> StepPlan:
        """What is decided about the commit that is shown."""
        return self._now.step

    @property
    def trials(self) -> tuple[RuleTrial, ...]:
        """Rules, and what each would decide of what is left; the best first."""
        return self._now.trials

    @property
    def broken(self) -> tuple[Broken, ...]:
        """Constraints that are broken, by the merge or by what is decided; as it was found last (`checked`)."""
        return self._now.broken

    @property
    def checked(self) -> bool:
        """Whether `broken` is about the plan as it is now."""
        return self._now.checked is self._now.plan

    def left_of(self, table: str) -> int:
        """How many rows of a table are not decided."""
        return self._now.left_of(table)

    @property
    def left(self) -> int:
        """How many rows and definitions are not decided."""
        return self._now.undecided

    @property
    def of(self) -> int:
        """How many rows and definitions conflict."""
        return self._now.of

    @property
    def can_take_back(self) -> str:
        """What `take_back` would take back; empty for nothing."""
        now = self.now
        return now.before[-1][1] if now is not None and now.before else ""

    # beginning

    def open(
        self,
        incoming: Incoming,
        *,
        plan: ResolutionPlan | None = None,
        nothing: Callable[[], None] | None = None,
    ) -> None:
        """Find out what conflicts where ``incoming`` is brought in, and let it be decided: `ResolvingOpened` is told.

        What was decided before about the same commits is taken up: ``plan``, that of a screen that was left, or that
        of a program that was killed. Rules that are applied by themselves are. Where nothing conflicts (any more),
        ``nothing`` is called; without it, it is brought in. Keys wait, and ``esc`` ends it.
        """
        session = self._session
        if session.transaction is not None:
            again = partial(self.open, incoming, plan=plan, nothing=nothing)
            session.runs.ask_about_transaction("resolve conflicts", again)
            return
        now = self._all.get(incoming.branch)
        before = now if now is not None and same_incoming(now.incoming, incoming) else None
        if before is not None and plan is None:
            plan = before.plan
        self._foresee(incoming, plan, before, nothing or partial(self._bring_in, incoming))

    def found_left(self, plan: ResolutionPlan) -> None:
        """A program that was killed has left a plan: it waits until `resume`, or `discard`."""
        incoming, state = plan.incoming, self._session.state
        if incoming.branch not in self._all:
            self._from_before[incoming.branch] = plan
            state.resolving[incoming.branch] = Unfinished(incoming.source, incoming.title, None)
            self._session.events.tell(ResolvingChanged())

    def resume(self) -> None:
        """Show again what was left, as it is by now."""
        if self.now is None:
            plan = self._from_before[self._session.state.home]
            self._foresee(plan.incoming, plan, None, partial(self._settled, plan.incoming))
            return
        now = self._now
        self._foresee(now.incoming, now.plan, now, partial(self._settled, now.incoming))

    def _foresee(
        self, incoming: Incoming, plan: ResolutionPlan | None, before: Resolution | None, nothing: Callable[[], None]
    ) -> None:
        """Look at it on a database thread. What others have changed since is reported, and what still fits is kept."""
        session, repository = self._session, self._session.repository
        label, rules = "look for conflicts", self.kept_rules.rules
        hold = session.hold(label)
        last, old = (before.found, before.shown) if before is not None else (None, None)

        def work() -> Foreseen:
            return look(repository, incoming, plan, rules, last, old)

        def done(answer: Foreseen) -> None:
            for text in answer.said:
                session.tell(text)
            if answer.found is None:
                nothing()
            else:
                assert answer.rows is not None
                self._show(answer, answer.found, answer.rows, before)

        def failed(error: Exception) -> None:
            known = before is not None or incoming.branch in self._from_before
            if known and isinstance(error, ChangedMeanwhile | NothingInProgress):
                self._forget(incoming, None)
                session.tell(f"What was decided about {incoming.title} no longer fits: it was dropped", "warning")
            session.failed(label, error)

        session.jobs.run("preview", label, work, done, failed, hold.release)

    def _show(self, answer: Foreseen, found: ConflictSet, rows: ConflictRows, before: Resolution | None) -> None:
        incoming = answer.plan.incoming
        self._from_before.pop(incoming.branch, None)
        other = self._all.get(incoming.branch)
        if before is None and other is not None:
            self._session.tell(put_aside(other.incoming))
        now = self._all[incoming.branch] = Resolution(
            incoming, answer.plan, found, rows, Counter(found, rows), left=answer.left
        )
        now.aligned, now.shown = now.step.schema, {found.commit: rows}
        if before is not None:
            now.said = before.said
            if before.incoming == incoming:
                now.before, now.shown = before.before, {**before.shown, **now.shown}
        self._changed(now, keep=False)
        self._session.events.tell(ResolvingOpened())

    def _bring_in(self, incoming: Incoming) -> None:
        """Nothing conflicts: it is brought in as it is."""
        self._apply(incoming, ResolutionPlan(incoming), None, None)

    def _settled(self, incoming: Incoming) -> None:
        """Nothing conflicts any more of what was being resolved."""
        self._session.tell(f"Nothing conflicts any more: {incoming.title}")
        self._forget(incoming, None)

    # deciding

    def decide(self, plan: ResolutionPlan, label: str) -> None:
        """Something else is decided from now on; ``label`` says what was done, for taking it back."""
        now = self._now
        if plan == now.plan:
            return
        now.before.append((now.plan, label))
        now.plan = plan
        self._changed(now)

    def take_back(self) -> str:
        """Take back what was decided last, at the commit that it was about; returns what that was, or an empty text."""
        now = self._now
        if not now.before:
            return ""
        (plan, label), here = now.before.pop(), now.found.commit
        if plan.with_step(here, now.step) == now.plan.with_step(here, now.step):
            now.plan = plan
            self._changed(now)
        else:
            self._keep(plan)
            self._foresee(now.incoming, plan, now, partial(self._settled, now.incoming))
        return label

    def apply_trial(self, trial: RuleTrial) -> None:
        """Let a rule decide what it was found to decide."""
        now = self._now
        now.count_solved(trial)
        self.decide(with_trial(now.plan, now.found.commit, trial), trial.rule.title)

    def know(self, table: str, rows: Iterable[ConflictRow]) -> None:
        """Rows that were read: they need not be read again to be counted."""
        self._now.counter.know(table, rows)

    def _changed(self, now: Resolution, *, keep: bool = True) -> None:
        """The plan is another one: keep it, and find out what is left and broken."""
        if keep:
            self._keep(now.plan)
        self._background.tell(now)
        if now.step.schema != now.aligned:
            self._foresee(now.incoming, now.plan, now, partial(self._settled, now.incoming))
        else:
            self._background.begin()

    def _keep(self, plan: ResolutionPlan) -> None:
        keep = partial(self._session.repository.kept_plans.keep, plan, partial(self._is_wanted, plan.incoming))
        self._session.quietly(KEEPING, "", keep, lambda _: None)

    def _is_wanted(self, incoming: Incoming) -> bool:
        """Whether it is still being resolved, or waits; asked on a database thread."""
        both = self._all.get(incoming.branch), self._from_before.get(incoming.branch)
        return any(each is not None and same_incoming(each.incoming, incoming) for each in both)

    def keep_now(self) -> None:
        """Keep what was decided last, unless that is done already; blocks for as long as writing a file takes."""
        if self._session.jobs.active(KEEPING):
            for now in self._all.values():
                self._session.repository.kept_plans.keep(now.plan)

    def try_rule(self, rule: Rule, done: Callable[[RuleTrial], None]) -> None:
        """Find out what a rule would decide; keys wait."""
        now, repository = self._now, self._session.repository
        found, plan = now.found, now.plan

        def tried(trial: RuleTrial) -> None:
            if now.plan is plan:
                done(trial)

        self._session.look(f"try {rule.title}", lambda: repository.resolver.try_rule(found, plan, rule), tried)

    def check(self) -> None:
        """Find out in the background which constraints are broken, as it is done after each change."""
        self._background.check()

    # ending

    def conclude(self, message: str = "", done: Callable[[Applied], None] | None = None) -> None:
        """Bring it in with what is decided, as one step of undo; `ResolvingEnded` is told then.

        ``message`` is that of the merge commit. What is not decided, and what is broken, is shown instead.
        """
        now = self._now
        incoming = replace(now.incoming, message=message) if message else now.incoming
        self._apply(incoming, replace(now.plan, incoming=incoming), now, done)

    def _apply(
        self,
        incoming: Incoming,
        plan: ResolutionPlan,
        now: Resolution | None,
        done: Callable[[Applied], None] | None,
    ) -> None:
        session = self._session

        def applied(result: Applied) -> None:
            self._forget(incoming, result)
            said = concluded(incoming, result, now is not None)
            session.tell(said, "warning" if result.others else "information")
            for note in result.notes:
                session.tell(note)
            if done is not None:
                done(result)

        def failed(error: Exception) -> bool:
            if isinstance(error, Undecided):
                self._next(incoming, plan, error.found, now)
            elif isinstance(error, ConstraintsBroken) and now is not None:
                now.broken, now.checked = error.broken, now.plan
                self._session.events.tell(ResolvingChanged())
                session.tell(f"{error.message} {error.advice}", "warning")
            elif isinstance(error, ChangedMeanwhile | NothingInProgress) and now is not None:
                session.tell(error.message, "warning")
                self._foresee(now.incoming, now.plan, now, partial(self._settled, now.incoming))
            else:
                return False
            return True

        session.writes.write(
            verb(incoming),
            lambda repository: repository.resolver.apply(incoming, plan),
            applied,
            failed,
            branch=incoming.branch,
            label=incoming.title if incoming.kind is IncomingKind.STANDING else verb(incoming),
            stand_on=lambda result: where_after(incoming, result),
        )

    def _next(self, incoming: Incoming, plan: ResolutionPlan, found: ConflictSet, now: Resolution | None) -> None:
        """Something conflicts that is not decided: at another commit, or since somebody changed something."""
        if incoming.kind is IncomingKind.STANDING:
            self._session.repository.kept_plans.drop(incoming)  # that is done
            incoming = found.incoming  # a rebase stands at another commit by now
        session, repository = self._session, self._session.repository
        rules = self.kept_rules.rules

        def work() -> Foreseen:
            return foresee(repository, incoming, plan, rules, found)

        def done(answer: Foreseen) -> None:
            assert answer.found is not None
            assert answer.rows is not None
            if found.of > 1:
                summary = f" ({found.summary})" if found.summary else ""
                session.tell(f"Commit {found.number} of {found.of} conflicts: {found.commit[:7]}{summary}")
            elif now is not None:
                session.tell("Something else conflicts, and is not decided yet", "warning")
            for text in answer.said:
                session.tell(text)
            self._show(answer, answer.found, answer.rows, now)

        session.look("look for conflicts", work, done)

    def abort(self) -> None:
        """Bring nothing in, and forget what was decided; conflicts that stand on a branch are taken back there."""
        incoming, session = self.incoming, self._session
        if incoming.kind is not IncomingKind.STANDING:
            self._forget(incoming, None)
            session.tell(f"Aborted {incoming.title}: nothing was changed")
            return

        def done(_: None) -> None:
            self._forget(incoming, None)
            session.tell(f"Aborted {incoming.title}")

        session.writes.write(
            "abort", lambda repo: repo.resolver.abort(incoming), done, label=incoming.title, branch=incoming.branch
        )

    def discard(self) -> None:
        """Forget what was decided; conflicts that stand on a branch stay there."""
        before = self._from_before.get(self._session.state.home)
        self._forget(before.incoming if before is not None else self.incoming, None)

    def leave(self) -> None:
        """The screen is left: what is decided is kept, and that is said once. Nothing is kept where nothing is."""
        now = self.now
        if now is None:
            return
        if not any(step.tables or step.schema for step in now.plan.steps.values()):
            self._forget(now.incoming, None)
            return
        self._background.stop()
        if not now.said and not self._session.what_ifs.coming_back:
            now.said = True
            self._session.tell(f"What you decided is kept ({now.left_text}): {key_of('progress')} goes back to it")
        self._background.tell(now)

    def renamed(self, old: str, new: str) -> None:
        """A branch has another name now: its plan goes with it."""
        now, left = self._all.pop(old, None), self._from_before.pop(old, None)
        if (plan := now.plan if now is not None else left) is not None:
            self._session.state.resolving.pop(old, None)
            self._session.repository.kept_plans.drop(plan.incoming)
            plan = replace(plan, incoming=replace(plan.incoming, branch=new))
            self.found_left(plan)  # what conflicts is looked at again
            self._keep(plan)

    def _forget(self, incoming: Incoming, result: Applied | None) -> None:
        self._background.stop()
        self._session.jobs.drop(KEEPING)
        now = self._all.pop(incoming.branch, None)
        self._from_before.pop(incoming.branch, None)
        state = self._session.state
        if now is not None and now.found.on:
            leave, nobody_asks = state.repository.resolver.leave, lambda _: None
            self._session.quietly(f"leave {incoming.branch}", "", lambda: leave(incoming), nobody_asks)
        state.resolving.pop(incoming.branch, None)
        state.repository.kept_plans.drop(incoming)  # at once, as the program may end now: a file is removed
        self._session.events.tell(ResolvingEnded(incoming, result))
