"""A plan applied where Dolt cannot merge rows with computed columns that both sides changed.

On a temporary branch from theirs these rows are made what ours has, by a commit of its own; merging that branch
changes none of them, and they are then made what was decided. See engine-facts.md#computed-columns-and-merges.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from ..core.connections import Connections, Session
from ..core.scratch_branch import scratch
from ..errors import NO_ANSWER, EngineError, Undecided
from ..model import RowKey, RowValues
from ..model.conflicts import Applied, ConflictSet, Incoming, IncomingKind, ResolutionPlan, Side, StepPlan, TablePlan
from ..model.rewriting import merge_message
from . import merges
from .applying import expect_head, names_of_status, settle, taken_back
from .comparing import Changed, changed_by_both, conflicts_among, merged_by_keys, refuses
from .deciding import decision_of, outcome
from .merges import about_others, commits_of_others
from .plans import is_decided
from .putting_aside import put_aside
from .reading import merge
from .writing_rows import Goal, write_rows

_NOTE = (
    "Dolt cannot merge rows with computed columns that both sides changed: a commit on top of theirs makes them agree"
    " first, and is the second parent."
)


def apply(db: Connections, incoming: Incoming, plan: ResolutionPlan) -> Applied:
    """Merge or squash with what a plan decides, as `merges.apply` does; around the engine's fault where it has to be.

    Raises what that raises.
    """
    try:
        return merges.apply(db, incoming, plan)
    except NO_ANSWER:
        raise
    except EngineError as error:
        if not refuses(error) or not db.dialect.traits.reads_as_of:
            raise
        made = _apply_around(db, incoming, plan)
        if made is None:
            raise
        return made


def _apply_around(db: Connections, incoming: Incoming, plan: ResolutionPlan) -> Applied | None:
    """None where the merge fails for another reason."""
    with db.read(incoming.branch, "what both sides changed") as session:
        expect_head(session, incoming)
        base = str(session.scalar("SELECT dolt_merge_base(%s, %s)", incoming.head, incoming.tip) or "")
        changed = changed_by_both(session, base, incoming.head, incoming.tip)
    if changed is None:
        return None
    sides = {Side.BASE: base, Side.OURS: incoming.head, Side.THEIRS: incoming.tip}
    found = ConflictSet(incoming, incoming.tip, base, incoming.head, incoming.tip)
    step = plan.step(incoming.tip)
    left = partial(conflicts_among, changed, incoming, base, incoming.head, incoming.tip)
    wanted = decided_rows(changed, step, left)
    step = replace(step, tables=wanted)

    def agree(session: Session) -> str:
        make_ours(session, changed, sides)
        text = f"Let rows agree with {incoming.branch}, as they cannot be merged"
        return str(session.call("dolt_commit", "-a", "-m", text)[0])

    def work(session: Session) -> str:
        expect_head(session, incoming)
        dirty = names_of_status(session)
        merge(session, replace(incoming, tip=agreed))
        settle(db, session, found, step, dirty)
        if squash:
            return incoming.head
        text = incoming.message.strip() or merge_message(incoming.source, incoming.branch)
        return str(session.call("dolt_commit", "-m", text)[0])

    squash = incoming.kind is IncomingKind.SQUASH
    with put_aside(db, incoming.branch, keep=squash) as aside, taken_back(db, incoming.branch):
        with scratch(db, incoming.branch, incoming.tip) as name:
            agreed = db.write(name, agree, "rows that cannot be merged")
            made = db.write(incoming.branch, work, str(incoming.kind), retry=True)
    others = () if squash else commits_of_others(db, incoming, made)
    return Applied(made, 0 if squash else 1, aside.staged, others, (_NOTE, *about_others(incoming, others)))


def make_ours(session: Session, changed: Changed, sides: Mapping[Side, str]) -> None:
    """Make rows what ours has, on a branch from theirs; foreign keys are not looked at."""
    session.execute("SET foreign_key_checks = 0")
    write_rows(
        session, {name: {row.key: Goal(row.ours, row) for row in rows} for name, (_, rows) in changed.items()}, sides
    )


def decided_rows(changed: Changed, step: StepPlan, left: Callable[[], ConflictSet]) -> dict[str, TablePlan]:
    """What becomes of the rows that both sides changed, as values. Raises `Undecided` with what is ``left``."""
    wanted: dict[str, TablePlan] = {}
    for table, (columns, rows) in changed.items():
        decided = step.table(table)
        values: dict[RowKey, RowValues | None] = {}
        for row in rows:
            cells = merged_by_keys(row, columns) if decision_of(decided, row).row is None else None
            if cells is None and not is_decided(decided, row):
                raise Undecided("Not all rows are decided yet.", left())
            values[row.key] = outcome(row, decision_of(decided, row)).values
            if cells:
                values[row.key] = {**(values[row.key] or {}), **cells}
        for key, mend in decided.mends.items():
            values[key] = None if mend is None else {**(values.get(key) or {}), **mend}
        # What a mend does not name stays, so it stands for any row.
        wanted[table] = TablePlan(mends=values)
    return wanted
