"""A rebase that waits for a commit to be edited, and would conflict where it goes on; on DoltLite.

There no conflict can stand, and one that is rolled back is lost when the rebase continues. So what is left is made on a
temporary branch first; then the rebase goes on with what came of it, which cannot conflict any more.
On Dolt it stops at the conflict, and is resolved there (`dolt_tui.engine.conflicts.standing_rebases`).
"""

from __future__ import annotations

from dataclasses import replace

from ..core.compare_and_write import expect, look
from ..core.connections import Session
from ..core.revisions import resolve
from ..core.scratch_branch import scratch
from ..errors import Unmergeable
from ..model import HEAD, UNKNOWN, Call
from ..model.conflicts import Applied, Incoming, ResolutionPlan
from ..model.rewriting import REBASE_BRANCH, Action, RebaseStep
from ..versioning.replaying import CONTINUE, plan_calls, resume, write_plan
from ..versioning.rewriting import MOST_COMMITS
from .commit_conflicts import Bringing, Replayer
from .rebase_plans import edited, go_on, refuse_changes, run_rebase, until_edited

_JOINS = (Action.SQUASH, Action.FIXUP)


class ContinuedRebases(Replayer):
    """Foresees and continues them. The branch of such an `Incoming` is the engine's own one; its tip is the commit that
    the rebased branch is at, and its steps are those that are left."""

    def _try(self, bringing: Bringing) -> None:
        self._made(bringing)

    def apply(self, incoming: Incoming, plan: ResolutionPlan) -> Applied:
        """Go on, to the end or to the next commit that is to be edited."""
        bringing = Bringing(self._db, incoming, plan)
        with self._db.read(incoming.branch, "rebase") as session:
            seen = look(session)
        branch = incoming.branch.removeprefix(REBASE_BRANCH)
        with scratch(self._db, branch, incoming.tip) as name:  # the other one is gone at the end
            steps = self._made(bringing, name)

            def work(session: Session) -> str:
                expect(session, seen)
                write_plan(session, steps)
                return resume(session)

            tip, waits = go_on(self._db, incoming, work)
        return Applied(tip, len(steps), paused=waits, notes=tuple(bringing.notes))

    def calls(self, incoming: Incoming, plan: ResolutionPlan) -> tuple[Call, ...]:
        """What `apply` runs on the branch itself: each commit is replaced by what came of it."""
        steps = [replace(step, hash=UNKNOWN) for step in incoming.steps]
        return (*plan_calls(self._db.dialect, steps), self._db.procedure("dolt_rebase", *CONTINUE))

    def _made(self, bringing: Bringing, name: str = "") -> list[RebaseStep]:
        """What is left to be done, with what came of it on the branch ``name``, up to a commit that is to be edited."""
        incoming = bringing.incoming
        refuse_changes(self._db, incoming)
        if not name:
            with scratch(self._db, incoming.branch, incoming.tip) as name:
                return self._made(bringing, name)
        steps = incoming.steps
        kept = next((step for step in steps if step.action is not Action.DROP), None)
        if kept is None or kept.action in _JOINS:
            raise Unmergeable(
                "What is joined to the commit that was edited cannot be resolved while the rebase waits.",
                "Abort the rebase and begin it again, or leave the commit out.",
            )
        run_rebase(self._db, name, bringing, until_edited(steps), incoming.tip, others=True)
        at = next((number for number, step in enumerate(steps) if step.action is Action.EDIT), None)
        with self._db.read(name, "rebase") as session:
            last = edited(session, steps[at]) if at is not None else None
            made = session.dialect.range(session, incoming.onto, resolve(session, HEAD), MOST_COMMITS)
        picked = [RebaseStep(Action.PICK, commit.hash, commit.message) for commit in reversed(made)]
        if last is not None and at is not None:
            return [*picked[:-1], replace(steps[at], hash=last.hash), *steps[at + 1 :]]
        return picked or [replace(step, action=Action.DROP) for step in steps]
