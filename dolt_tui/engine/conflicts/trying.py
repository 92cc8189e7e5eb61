"""A plan tried as far as it goes, while somebody still decides: what it breaks, and what the database becomes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from ..core.connections import Connections, Session
from ..core.scratch_branch import drop_scratch, kept_scratch
from ..errors import NO_ANSWER, ConstraintsBroken, EngineError, NotChecked
from ..model import HEAD
from ..model.conflicts import (
    Broken,
    ConflictSet,
    Incoming,
    IncomingKind,
    ResolutionPlan,
    Side,
    StepPlan,
    TablePlan,
    WhatIf,
)
from .applying import decide, lost_rows, stage, unchecked, with_unseen
from .comparing import refuses
from .constraints import after_broken, broken_in, verified
from .deciding import open_columns
from .definitions_first import DefinitionsFirst, Tables, aligned_tables, rest_of
from .forcing import forces
from .listed_rows import ListedRows
from .reading import conflicts_in, foresee, merge
from .rows import ConflictRows
from .schema import undecided

MOST_BROKEN = 2000
"""With more rows that break constraints DoltLite is not asked: it needs a minute for 8,000. See
engine-facts.md#doltlite-entries-are-quadratic"""
LONGEST = 10.0
"""Seconds that nobody else can write on DoltLite because a plan is checked."""
_AGAIN = 0.05
"""Seconds after which what runs is ended again."""


def check(db: Connections, found: ConflictSet, step: StepPlan) -> tuple[Broken, ...]:
    """The constraints that would be broken by a merge or squash with what is decided so far.

    All of it is done and taken back: it costs what applying the plan does, and on DoltLite nobody else can write
    meanwhile. As long as a definition is not decided, this is what the merge itself breaks.
    Raises `NotChecked` where it takes too long there.
    """
    if any(conflict.table not in step.schema for conflict in found.schema):
        return found.broken
    incoming = found.again

    def begin(session: Session) -> ConflictSet | None:
        unchecked(session)
        if session.dialect.traits.server:
            session.execute(session.dialect.begin)
        if not merge(session, incoming) and not step.tables:
            return None
        _refuse_many(session)
        return conflicts_in(session, incoming, found.base, found.ours, found.theirs, commit=found.commit)

    try:
        return broken_when_tried(db, incoming.branch, begin, found, step)
    except EngineError as error:
        if not refuses(error):
            raise
        return found.broken  # Dolt cannot merge rows with computed columns: it shows when the plan is applied


def broken_when_tried(
    db: Connections,
    branch: str,
    begin: Callable[[Session], ConflictSet | None],
    found: ConflictSet,
    step: StepPlan,
) -> tuple[Broken, ...]:
    """The constraints that are broken with what is decided so far, in a transaction that is taken back.

    ``begin`` opens it and returns what conflicts in it, or None where there is nothing to look at.
    """
    undone = False
    with db.trial(branch, "what would be broken") as session:
        session.within_transaction()
        try:
            with _in_time(session):
                now = begin(session)
                if now is None:
                    return ()
                lost = lost_rows(now, step)
                rows = ListedRows(db, session, now)
                now, step = as_far_as_decided(db, now, step, rows)
                decide(db, session, replace(now, broken=()), step, rows)
                if verified(session):
                    return lost
                undone = True
                return (*broken_in(session, (found.base, found.ours, found.theirs)), *lost)
        except ConstraintsBroken as error:
            return with_unseen(error.broken, found.broken)
        finally:
            session.dialect.rollback(session)
            if undone:
                after_broken(session)


@contextmanager
def _in_time(session: Session) -> Iterator[None]:
    """End what is done within on DoltLite when it takes too long; raises `NotChecked` then."""
    if session.dialect.traits.server:
        yield
        return
    late, done = threading.Event(), threading.Event()

    def end() -> None:
        if done.wait(LONGEST):
            return
        late.set()
        session.raw.interrupt()
        while not done.wait(_AGAIN):  # between two statements nothing is ended
            session.raw.interrupt()

    watch = threading.Thread(target=end, name="in time", daemon=True)
    watch.start()
    try:
        yield
    except EngineError as error:
        if late.is_set():
            raise NotChecked("Checking constraints takes too long while others wait to write.") from error
        raise
    finally:
        done.set()
        watch.join()


def _refuse_many(session: Session) -> None:
    """Raise `NotChecked` where DoltLite would take too long to forget what the merge breaks."""
    if session.dialect.traits.server:
        return
    rows = int(session.scalar("SELECT SUM(num_violations) FROM dolt_constraint_violations") or 0)
    if rows > MOST_BROKEN:
        raise NotChecked(f"{rows:,} rows break constraints, too many to try what is decided about them.")


def as_far_as_decided(
    db: Connections, found: ConflictSet, step: StepPlan, listed: ListedRows | None = None
) -> tuple[ConflictSet, StepPlan]:
    """What conflicts without the rows that nothing is decided about, which stay as ours has them; and a plan that
    leaves nothing open. The cost grows with the rows that are decided in part."""
    rows = ConflictRows(db, found)
    tables, reduced = dict(step.tables), dict(found.found)
    for count in found.tables:
        plan, all_of = step.table(count.table), found.found[count.table]
        if plan.whole is not None:
            continue
        keys = tuple(key for key in all_of.keys if key in plan.rows)
        in_part = [key for key in keys if plan.rows[key].row is None and plan.rows[key].cells]
        completed = dict(plan.rows)
        known = listed.of(count.table, len(in_part)) if listed is not None and in_part else None
        for row in map(known.__getitem__, in_part) if known is not None else rows.rows(count.table, in_part):
            cells = plan.rows[row.key].cells
            if row.ours is not None and row.theirs is not None:
                open_ = dict.fromkeys(open_columns(row), Side.OURS)
                completed[row.key] = replace(plan.rows[row.key], cells={**open_, **cells})
        reduced[count.table] = replace(
            all_of, keys=keys, rows=tuple(row for row in all_of.rows if row.key in plan.rows)
        )
        tables[count.table] = TablePlan(None, completed, plan.mends)
    return replace(found, found=reduced), replace(step, tables=tables)


def what_if(db: Connections, incoming: Incoming, step: StepPlan, branch: str) -> WhatIf:
    """A temporary branch with the database as it would be after a merge or squash with what is decided.

    What is not decided is as ours has it there, and constraints may be broken. ``branch`` is the current one. It costs
    what applying the plan does. Raises `Undecided` where a definition is not decided, and what the merge raises.
    """
    name = kept_scratch(db, branch, incoming.head)
    here = replace(incoming, branch=name, kind=IncomingKind.MERGE)

    def work(session: Session) -> str:
        unchecked(session)
        base = str(session.scalar(f"SELECT dolt_merge_base({session.dialect.placeholders(2)})", HEAD, incoming.tip))
        force = False
        if merge(session, here) or step.tables:
            found = conflicts_in(session, here, base, incoming.head, incoming.tip)
            rows = ListedRows(db, session, found)
            now, partly = as_far_as_decided(db, replace(found, broken=()), step, rows)
            decide(db, session, now, partly, rows)
            force = forces(found)
        stage(session, ())
        options = ("-f",) if force else ("--allow-empty",)
        return str(session.call("dolt_commit", *options, "-m", f"What if: {incoming.title}")[0])

    try:
        return WhatIf(name, db.write(name, work, "what if"))
    except BaseException:
        drop_scratch(db, branch, name)
        raise


def looked_at(db: Connections, first: DefinitionsFirst, incoming: Incoming, plan: ResolutionPlan) -> WhatIf:
    """`what_if`, where definitions that are not decided are as ours has them."""
    step, tables = plan.step(incoming.tip), aligned_tables(incoming, plan)

    def made(tables: Tables) -> WhatIf:
        merge = replace(first.prepared(incoming, tables), source=incoming.source) if tables else incoming
        return what_if(db, merge, rest_of(step), incoming.branch)

    try:
        return made(tables)
    except NO_ANSWER:
        raise
    except EngineError:
        found = foresee(db, incoming)
        ours = undecided(found.schema, step.schema) if found is not None else ()
        if not ours:
            raise
        return made(tuple(sorted((*tables, *((conflict.table, Side.OURS) for conflict in ours)))))
