"""Rebases that conflict, with what a plan decides about each commit.

A rebase is run on a temporary branch, from its first step on; then the real branch moves to what came of it, in one
step. A conflict that nobody has decided breaks it off, and nothing of it is ever continued: after a conflict was rolled
back both engines would go on with the next commit, and the one that conflicted would be lost.
See engine-facts.md#rebase-conflicts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from ..core.compare_and_write import expect, look, run
from ..core.connections import Connections, Session
from ..core.revisions import resolve
from ..core.scratch_branch import scratch
from ..errors import ChangedMeanwhile, Conflicts, EngineError, LocalChanges, NothingChanged
from ..model import HEAD, UNKNOWN, Call, Commit, Expected
from ..model.conflicts import Applied, Incoming, ResolutionPlan
from ..model.rewriting import REBASE_BRANCH, Action, RebaseStep
from ..versioning.replaying import CONTINUE, INTERACTIVE, paused, plan_calls, replay
from ..versioning.rewriting import MOST_COMMITS
from ..versioning.working_set import WorkingSet
from .applying import unchecked
from .calls import step_calls
from .commit_conflicts import Bringing, Replayer, StoppedAt, about_a_definition, about_left_out

_LEADS = (Action.PICK, Action.REWORD, Action.EDIT)
_JOINS = (Action.SQUASH, Action.FIXUP)


class Rebases(Replayer):
    """Foresees and makes rebases."""

    def _try(self, bringing: Bringing) -> None:
        incoming = bringing.incoming
        self._refuse(incoming)
        with scratch(self._db, incoming.branch, incoming.head) as name:
            self._run(name, bringing, until_edited(incoming.steps))

    def apply(self, incoming: Incoming, plan: ResolutionPlan) -> Applied:
        """Rebase the branch. Commits that change nothing, with what was decided, are left out.

        Where a commit is to be edited the rebase waits there, on the branch that `Applied.paused` names.
        """
        self._refuse(incoming)
        branch, seen = incoming.branch, self._seen(incoming)
        if any(step.action is Action.EDIT for step in incoming.steps):
            return self._pausing(incoming, plan, seen)
        bringing = Bringing(self._db, incoming, plan)
        with scratch(self._db, branch, incoming.head) as name:
            self._run(name, bringing, incoming.steps)
            with self._db.read(name, "rebase") as session:
                tip = resolve(session, HEAD)
                number = self._made(session, incoming.onto, tip)
            if tip == incoming.head:
                raise NothingChanged(f"{branch} is based on it already.")
            move, *_ = self._moving(tip)

            def work(session: Session) -> None:
                expect(session, seen)
                run(session, [seen.ref_only], move)

            self._db.write(branch, work, "rebase")
        wanted = sum(step.action in _LEADS for step in incoming.steps) or len(incoming.commits)
        return Applied(tip, number, notes=(*bringing.notes, *about_left_out(wanted - number)))

    def calls(self, incoming: Incoming, plan: ResolutionPlan) -> tuple[Call, ...]:
        """What `apply` runs; all but the last on a branch of its own."""
        procedure = self._db.procedure
        found = [procedure("dolt_rebase", *INTERACTIVE, incoming.onto)]
        found += plan_calls(self._db.dialect, incoming.steps) if incoming.steps else ()
        found.append(procedure("dolt_rebase", *CONTINUE))
        for commit in incoming.commits:
            if commit in plan.steps:
                found += step_calls(self._db, plan.steps[commit])
                found.append(procedure("dolt_rebase", *CONTINUE))
        edits = any(step.action is Action.EDIT for step in incoming.steps)
        return (*found, *(() if edits else self._moving(UNKNOWN)))

    def _moving(self, tip: str) -> tuple[Call, ...]:
        return (self._db.procedure("dolt_reset", "--hard", tip),)

    def _pausing(self, incoming: Incoming, plan: ResolutionPlan, seen: Expected) -> Applied:
        """Rebase up to a commit that is to be edited.

        All up to that is made on a temporary branch. Then the rebase is begun on the branch itself, with what came of
        that commit as its first step: no conflict is left that it could lose. A step that conflicts would not be
        stopped at, either. See engine-facts.md#edit-that-conflicts.
        """
        branch, steps = incoming.branch, incoming.steps
        at = next(number for number, step in enumerate(steps) if step.action is Action.EDIT)
        bringing = Bringing(self._db, incoming, plan)
        with scratch(self._db, branch, incoming.head) as name:
            self._run(name, bringing, until_edited(steps))
            with self._db.read(name, "rebase") as session:
                commit = edited(session, steps[at])
                number = self._made(session, incoming.onto, commit.hash)
            begin = [replace(steps[at], hash=commit.hash), *steps[at + 1 :]]

            def work(session: Session) -> str:
                expect(session, seen)
                return replay(session, commit.parents[0], lambda _: begin, seen.ref_only, others=True)

            try:
                said = self._db.write(branch, work, "rebase")
            finally:
                self._db.forget(REBASE_BRANCH + branch)
                self._db.schema_cache.forget(REBASE_BRANCH + branch)
        on = REBASE_BRANCH + branch
        return Applied(incoming.head, number, paused=on if paused(said) else "", notes=tuple(bringing.notes))

    def _made(self, session: Session, onto: str, tip: str) -> int:
        """How many commits were made on top of ``onto``."""
        lost, made = session.dialect.distance(session, onto, tip)
        if lost:
            raise EngineError("The rebase would have changed commits that it goes onto; nothing was done.")
        return made

    def _seen(self, incoming: Incoming) -> Expected:
        with self._db.read(incoming.branch, "rebase") as session:
            expect(session, Expected(incoming.branch, incoming.head))
            return look(session)

    def _refuse(self, incoming: Incoming) -> None:
        refuse_changes(self._db, incoming)

    def _run(self, name: str, bringing: Bringing, steps: Sequence[RebaseStep]) -> None:
        run_rebase(self._db, name, bringing, steps, bringing.incoming.head)


def refuse_changes(db: Connections, incoming: Incoming) -> None:
    """Raise `LocalChanges` where anything is uncommitted, and `ChangedMeanwhile` where the branch has moved."""
    with db.read(incoming.branch, "rebase") as session:
        expect(session, Expected(incoming.branch, incoming.head))
        status = WorkingSet.read_status(session)
    tables = sorted({change.table for change in (*status.unstaged, *status.staged)})
    if tables:
        raise LocalChanges(f"Uncommitted changes in {', '.join(tables)} are in the way.")


def run_rebase(
    db: Connections, name: str, bringing: Bringing, steps: Sequence[RebaseStep], head: str, *, others: bool = False
) -> None:
    """Rebase the temporary branch ``name``, which is at ``head``; without ``steps`` each commit is picked.

    ``others``: the steps may be some of its commits only.
    """
    onto = bringing.incoming.onto
    with db.read(name, "rebase") as session:
        found = session.dialect.range(session, onto, head, MOST_COMMITS)
    running = _Running(bringing, {commit.hash: commit for commit in found})

    def work(session: Session) -> str:
        unchecked(session)
        return replay(
            session, onto, lambda default: running.begin(steps or default), decide=running.decide, others=others
        )

    try:
        db.write(name, work, "rebase")
    except Conflicts as error:
        raise about_a_definition("Rebasing", error) from error


def go_on(db: Connections, incoming: Incoming, work: Callable[[Session], str]) -> tuple[str, str]:
    """Continue a rebase on its own branch, by ``work``, which returns what the engine says.

    Returns the commit it is at then, and the branch on which it waits; that is empty where the rebase has ended.
    """
    own, branch = incoming.branch, incoming.branch.removeprefix(REBASE_BRANCH)
    try:
        waits = paused(db.write(own, work, "continue"))
    finally:
        db.forget(own)
        for name in (own, branch):
            db.schema_cache.forget(name)
    with db.read(own if waits else branch, "rebase") as session:
        return resolve(session, HEAD), own if waits and own != branch else ""


def edited(session: Session, step: RebaseStep) -> Commit:
    """What came of a step that is to be edited, which is the last one that was made on the session's branch.

    Raises `NothingChanged` where nothing is left of it.
    """
    commit = session.dialect.log_page(session, (resolve(session, HEAD),), 1).commits[0]
    known = {item.message.strip() for item in session.dialect.commits(session, [step.hash])}
    if commit.message.strip() not in known | {step.message.strip()}:
        raise NothingChanged(f"Nothing is left of {step.hash[:7]} ({step.summary}) to be edited.")
    return commit


class _Running:
    """A rebase that runs, as far as it stops at conflicts."""

    def __init__(self, bringing: Bringing, commits: Mapping[str, Commit]) -> None:
        self._bringing, self._commits = bringing, commits
        self._steps: list[RebaseStep] = []

    def begin(self, steps: Sequence[RebaseStep]) -> Sequence[RebaseStep]:
        """The steps that are replayed, which are those of the plan that is written."""
        self._steps = [step for step in steps if step.action is not Action.DROP]
        return steps

    def decide(self, session: Session, hash_: str) -> None:
        """Resolve the commit that the rebase has stopped at. Raises `Undecided`, `ConstraintsBroken`."""
        commit, every = self._commits.get(hash_), self._bringing.incoming.commits
        number = next((at for at, step in enumerate(self._steps) if step.hash == hash_), None)
        if commit is None or number is None or hash_ not in every:
            raise ChangedMeanwhile("The rebase has stopped at another commit than those of its plan.")
        if session.dialect.traits.keeps_conflicts:  # elsewhere the transaction is open already
            session.execute(session.dialect.begin)
        ours = resolve(session, HEAD)
        at = StoppedAt(commit, commit.parents[0], ours, hash_, every.index(hash_) + 1, len(every))
        if not self._bringing.resolve(session, at):
            leave_out(session, self._steps, number)


def leave_out(session: Session, steps: list[RebaseStep], number: int) -> None:
    """A step that changes nothing is left out: what was to be joined to it must not be joined to the one before.

    The engines would do so, even where that is one of the commits that the rebase goes onto.
    See engine-facts.md#squash-into-upstream.
    """
    step, *later = steps[number:]
    if step.action not in _LEADS or not later or later[0].action not in _JOINS:
        return
    following = later[0]
    message = step.message.strip()
    if following.action is Action.SQUASH:
        message += "\n\n" + following.message.strip()
    steps[number + 1] = replace(following, action=Action.REWORD, message=message)
    update = session.dialect.statement(
        "UPDATE dolt_rebase SET action = 'reword', commit_message = ",
        " WHERE commit_hash = ",
        "",
        values=(message, following.hash),
    )
    session.run(update)


def until_edited(steps: Sequence[RebaseStep]) -> tuple[RebaseStep, ...]:
    """The steps up to one that is to be edited, which is only picked: what comes after it nobody can know."""
    found, edited = [], False
    for step in steps:
        if edited:
            step = replace(step, action=Action.DROP)
        elif step.action is Action.EDIT:
            step, edited = replace(step, action=Action.PICK), True
        found.append(step)
    return tuple(found)
