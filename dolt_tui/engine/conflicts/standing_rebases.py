"""A rebase that stands at a commit that conflicts, whoever began it: resolved there, and continued. Dolt only.

What is decided is written in one transaction, which ends by continuing. Where another commit conflicts then, the rebase
stands at that one: what was decided before it is done.
"""

from __future__ import annotations

from dataclasses import replace

from ..core.compare_and_write import expect
from ..core.connections import Session
from ..core.revisions import resolve
from ..errors import ChangedMeanwhile, NothingInProgress
from ..model import HEAD, Call, Commit, Expected
from ..model.conflicts import Applied, Incoming, ResolutionPlan
from ..model.rewriting import Action, RebaseStep
from ..versioning.replaying import CONTINUE, PAUSED, read_plan, resume
from .applying import unchecked
from .calls import step_calls
from .commit_conflicts import Bringing, Replayer, StoppedAt, committed_again
from .rebase_plans import go_on, leave_out


class StandingRebases(Replayer):
    """Foresees and continues them; the branch of such an `Incoming` is Dolt's own one."""

    def _try(self, bringing: Bringing) -> None:
        with self._db.trial(bringing.incoming.branch, "what conflicts") as session:
            session.within_transaction()
            session.execute(session.dialect.begin)
            try:
                _Standing(session, bringing).resolve()
            finally:
                session.dialect.rollback(session)

    def apply(self, incoming: Incoming, plan: ResolutionPlan) -> Applied:
        """Resolve it, and continue. `Undecided` holds the next commit that conflicts, at which it stands then."""
        bringing = Bringing(self._db, incoming, plan)
        tip, waits = go_on(self._db, incoming, lambda session: _Standing(session, bringing).go_on())
        return Applied(tip, paused=waits, notes=tuple(bringing.notes))

    def calls(self, incoming: Incoming, plan: ResolutionPlan) -> tuple[Call, ...]:
        """What `apply` runs, as far as the first commit."""
        return (*step_calls(self._db, plan.step(incoming.tip)), self._db.procedure("dolt_rebase", *CONTINUE))


class _Standing:
    """The rebase of a session's branch, in an open transaction."""

    def __init__(self, session: Session, bringing: Bringing) -> None:
        self._session, self._bringing = session, bringing
        unchecked(session)
        expect(session, Expected(bringing.incoming.branch, bringing.incoming.head))
        session.dialect.keep_conflicts(session, broken=True)
        self._steps = [step for step in read_plan(session) if step.action is not Action.DROP]

    def resolve(self) -> tuple[RebaseStep, Commit | None]:
        """Resolve the commit at which it stands; the step that this is, and the commit unless nothing is left of it."""
        session, incoming = self._session, self._bringing.incoming
        state = session.first("SELECT source_commit FROM dolt_merge_status WHERE is_merging")
        if state is None:
            raise NothingInProgress("The rebase does not stand at a conflict (any more).")
        hash_, ours = str(state[0]), resolve(session, HEAD)
        number = next((at for at, step in enumerate(self._steps) if step.hash == hash_), None)
        if number is None:
            raise ChangedMeanwhile("The rebase stands at another commit than those of its plan.")
        (commit,) = session.dialect.log_page(session, (hash_,), 1).commits
        at = StoppedAt(commit, commit.parents[0], ours, hash_, number + 1, len(self._steps))
        here = replace(incoming, head=ours, tip=hash_, source=hash_[:7])
        step = self._steps[number]
        if not self._bringing.resolve(session, at, here):
            leave_out(session, self._steps, number)
            return step, None
        return step, commit

    def go_on(self) -> str:
        """Resolve it, and continue, and so on at each commit that conflicts; what the engine says in the end."""

        def again(session: Session, _: str) -> None:
            session.execute(session.dialect.begin)
            self._resolve_or_wait()

        try:
            self._resolve_or_wait()
            return resume(self._session, again)
        except _ToBeEdited:
            return PAUSED

    def _resolve_or_wait(self) -> None:
        """Resolve the commit. One that is to be edited is committed, as it would not be stopped at any more."""
        step, commit = self.resolve()
        if step.action is Action.EDIT:
            # engine-facts.md#edit-that-conflicts
            if commit is not None:
                self._session.run(committed_again(self._session, commit))
            raise _ToBeEdited


class _ToBeEdited(Exception):
    """The commit that was resolved is to be edited."""
