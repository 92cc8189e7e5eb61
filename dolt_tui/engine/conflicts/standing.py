"""Conflicts that stand on a branch of a Dolt server, whoever left them there: resolved in place, and concluded.

Those of a rebase are resolved by `dolt_tui.engine.conflicts.standing_rebases`.
"""

from __future__ import annotations

from dataclasses import replace

from ...frozen import Frozen
from ..core.connections import Connections, Session
from ..core.revisions import resolve
from ..core.table_changes import summarise
from ..errors import ChangedMeanwhile, NothingInProgress
from ..model import HEAD, Call
from ..model.conflicts import Applied, Broken, ConflictSet, Incoming, ResolutionPlan, StepPlan, TableConflicts
from ..model.rewriting import Operation, OperationKind
from ..versioning.in_progress import InProgress
from ..versioning.log import History
from ..versioning.refs import Refs
from ..versioning.working_set import WorkingSet
from .applying import decide, expect_head, names_of_status, stage, taken_back, verify
from .calls import step_calls
from .incoming import Incomings
from .reading import conflicts_in, conflicts_of, rows_of
from .trying import broken_when_tried

_KINDS = {OperationKind.CHERRY_PICK, OperationKind.REVERT}


class _Sides(Frozen):
    """The commits at which the sides can be read; empty where that is not known, as after a squash."""

    base: str = ""
    theirs: str = ""


def foresee(db: Connections, incoming: Incoming) -> ConflictSet | None:
    """What conflicts on a branch by now; None where nothing does (any more). Reading only.

    Raises `ChangedMeanwhile` where the branch has moved.
    """
    operation = _operation(db, incoming)
    if operation is None:
        return None
    with db.read(incoming.branch, "what conflicts") as session:
        expect_head(session, incoming)
        found = _found(session, incoming, operation)
    return found if found.tables or found.schema or found.broken else None


def apply(db: Connections, incoming: Incoming, plan: ResolutionPlan) -> Applied:
    """Write what a plan decides, in one transaction that ends in the commit that the operation makes.

    A squash makes none: its result is left uncommitted. Errors are those of `Resolver.apply`; where one is raised, the
    conflicts stand as before.
    """
    operation = _operation(db, incoming)
    if operation is None:
        raise NothingInProgress("The conflicts were resolved by another session.")
    notes: list[str] = []
    progress = _progress(db)

    def work(session: Session) -> str:
        notes.clear()
        expect_head(session, incoming)
        found = _found(session, incoming, operation)
        notes.extend(decide(db, session, found, plan.step(found.commit)))
        verify(session, found)
        if operation.kind is OperationKind.CONFLICTS:
            return incoming.head
        stage(session, names_of_status(session) - _brought(session, found))
        return str(progress.conclude(session, replace(operation, seen=None), incoming.message)[0])

    with taken_back(db, incoming.branch):
        made = db.write(incoming.branch, work, "resolve", retry=True)
    commits = int(operation.kind is not OperationKind.CONFLICTS)
    return Applied(made, commits, notes=tuple(notes))


def abort(db: Connections, incoming: Incoming) -> None:
    """Take the conflicts back, with what they are part of; see `Resolver.abort`."""
    progress = _progress(db)
    operation = progress.find(incoming.branch)
    if operation is None:
        return
    now = Incomings(db, History(db)).standing(operation)
    if replace(now, source="", message="") != replace(incoming, source="", message=""):
        raise ChangedMeanwhile(f"Something else is in progress on {incoming.branch}. Nothing was done.")
    progress.abort(operation)


def check(db: Connections, found: ConflictSet, step: StepPlan) -> tuple[Broken, ...]:
    """The constraints that would be broken with what is decided so far; all of it is done and taken back."""
    operation = _operation(db, found.incoming)
    if operation is None or any(conflict.table not in step.schema for conflict in found.schema):
        return found.broken

    def begin(session: Session) -> ConflictSet:
        session.execute(session.dialect.begin)
        return _found(session, found.incoming, operation)

    return broken_when_tried(db, found.incoming.branch, begin, found, step)


def apply_calls(db: Connections, incoming: Incoming, plan: ResolutionPlan) -> tuple[Call, ...]:
    """What `apply` runs."""
    operation = _operation(db, incoming)
    calls = [call for step in plan.steps.values() for call in step_calls(db, step)]
    if operation is not None and operation.kind is not OperationKind.CONFLICTS:
        calls += _progress(db).go_on_calls(operation)[-1:]
    return tuple(calls)


def _operation(db: Connections, incoming: Incoming) -> Operation | None:
    found = _progress(db).find(incoming.branch)
    return found if found is not None and found.on == incoming.branch else None


def _progress(db: Connections) -> InProgress:
    return InProgress(db, Refs(db), WorkingSet(db))


def _found(session: Session, incoming: Incoming, operation: Operation) -> ConflictSet:
    sides = _sides(session, operation)
    commit = sides.theirs and str(session.scalar("SELECT source_commit FROM dolt_merge_status"))
    found = conflicts_in(session, incoming, sides.base, incoming.head, sides.theirs, commit=commit or incoming.tip)
    if sides.theirs:
        return found
    return replace(found, found={name: _as_listed(session, name) for name in found.found})


def _as_listed(session: Session, table: str) -> TableConflicts:
    """The rows of a table as the engine lists them, where no commits are known at which they could be read."""
    relation = conflicts_of(session, table, {})
    rows = rows_of(relation)
    return TableConflicts(relation.columns, tuple(row.key for row in rows), rows)


def _sides(session: Session, operation: Operation) -> _Sides:
    state = session.first("SELECT is_merging, source, source_commit FROM dolt_merge_status")
    if state is None or not state[0]:
        return _Sides()
    commit = str(state[2])
    if operation.kind not in _KINDS:
        query = f"SELECT dolt_merge_base({session.dialect.placeholders(2)})"
        base = session.scalar(query, resolve(session, HEAD), commit)
        return _Sides(str(base or ""), commit)
    (about,) = session.dialect.log_page(session, (commit,), 1).commits
    parent = about.parents[0] if about.parents else ""
    return _Sides(commit, parent) if operation.kind is OperationKind.REVERT else _Sides(parent, commit)


def _brought(session: Session, found: ConflictSet) -> frozenset[str]:
    """The tables that were brought in; other changes are not part of the commit."""
    changes = summarise(session, found.base, found.theirs) if found.base and found.theirs else ()
    names = {name for change in changes for name in (change.table, change.old_name) if name}
    return frozenset(names | set(found.found) | {conflict.table for conflict in found.schema})
