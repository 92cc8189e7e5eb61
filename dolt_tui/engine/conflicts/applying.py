"""What is decided written into the open transaction in which something was brought in, whatever brought it in."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace

from ...words import plural
from ..core.cancellation import uncancelled
from ..core.connections import Connections, Session
from ..errors import (
    NO_VERDICT,
    ChangedMeanwhile,
    ConstraintsBroken,
    EngineError,
    RowRefused,
    Undecided,
)
from ..model import RowKey, Violation
from ..model.conflicts import (
    Broken,
    BrokenRow,
    ConflictRow,
    ConflictSet,
    Incoming,
    IncomingKind,
    Side,
    StepPlan,
    TablePlan,
)
from ..versioning.working_set import WorkingSet
from .constraints import after_broken, broken_in, verified
from .deciding import decision_of, kept, outcome
from .forcing import clear_conflicts, forces, take_definitions, taken_from
from .keyless_rows import write_counts
from .listed_rows import ListedRows
from .rows import ConflictRows
from .writing_rows import Goal, write_rows

_NOTHING: frozenset[str] = frozenset()


@contextmanager
def taken_back(db: Connections, branch: str) -> Iterator[None]:
    """After a transaction that was rolled back as constraints were broken, take the failure that Dolt has ready."""
    try:
        yield
    except ConstraintsBroken:
        with uncancelled(), suppress(EngineError):
            db.write(branch, after_broken, "after broken constraints")
        raise


def expect_head(session: Session, incoming: Incoming) -> None:
    """Raise `ChangedMeanwhile` where the branch is not at the commit that the plan was made for."""
    if str(session.scalar("SELECT dolt_hashof('HEAD')")) != incoming.head:
        raise ChangedMeanwhile(f"Branch {incoming.branch} has moved since then. Nothing was done.")


def unchecked(session: Session) -> None:
    """Begin the session's transaction again, which has to be empty yet, so that on DoltLite neither foreign keys are
    followed nor triggers run in it, as none do when rows are merged. All constraints are verified at its end.

    Deleting a row would delete others too, by a cascade that nobody has decided.
    """
    if session.dialect.traits.server:
        return
    session.dialect.rollback(session)  # within a transaction the pragma does nothing
    session.execute("PRAGMA foreign_keys = OFF")
    session.raw.run_triggers(False)
    session.execute(session.dialect.begin)


def names_of_status(session: Session) -> frozenset[str]:
    """The tables that differ from HEAD, staged or not; renamed ones by both names."""
    changes = WorkingSet.read_status(session)
    return frozenset(
        name for change in (*changes.unstaged, *changes.staged) for name in (change.table, change.old_name) if name
    )


# in an open transaction


def settle(
    db: Connections, session: Session, found: ConflictSet, step: StepPlan, dirty: Collection[str]
) -> tuple[str, ...]:
    """In the open transaction in which something was brought in: write what is decided about all that conflicts, clear
    the conflicts, verify all constraints, and stage what was changed: all tables but those in ``dirty``.

    `unchecked` comes before the transaction's first statement, and `taken_back` around it. Returns what is
    worth knowing, in sentences. Raises `Undecided` and `ConstraintsBroken`.
    """
    notes = decide(db, session, found, step)
    verify(session, found)
    # Dolt lists a table that stays deleted as changed, and does not know it when it is to be staged.
    gone = {
        conflict.table for conflict in found.schema if not conflict.ours and taken_from(step, conflict) is Side.OURS
    }
    stage(session, {*dirty, *gone})
    return notes


def verify(session: Session, found: ConflictSet) -> None:
    """Raise `ConstraintsBroken` unless all constraints are kept by now."""
    if not verified(session):
        raise _broken(broken_in(session, (found.base, found.ours, found.theirs)))


def stage(session: Session, dirty: Collection[str]) -> None:
    """Stage all that is not staged yet, but for the tables in ``dirty``."""
    unstaged = WorkingSet.read_status(session).unstaged
    for name in dict.fromkeys(name for change in unstaged for name in (change.old_name, change.table) if name):
        if name not in dirty:
            session.call("dolt_add", "-f", "--", name)


def decide(
    db: Connections, session: Session, found: ConflictSet, step: StepPlan, there: ListedRows | None = None
) -> tuple[str, ...]:
    """The first half of `settle`: write and clear, without verifying. Raises `Undecided` and `ConstraintsBroken`.

    ``there`` has the rows in conflict, where they were read in the transaction already.
    """
    if any(conflict.table not in step.schema for conflict in found.schema):
        raise Undecided("Definitions of tables conflict.", found)
    if lost := lost_rows(found, step):
        raise _broken(lost)
    if found.schema:
        take_definitions(session, found, step)
    listed = {str(row[0]) for row in session.rows(f"SELECT {session.dialect.quote('table')} FROM dolt_conflicts")}
    goals, counts, taken = _goals(db, found, step, listed, there or ListedRows(db, session, found))
    sides = {Side.BASE: found.base, Side.OURS: found.ours, Side.THEIRS: found.theirs}
    try:
        with _foreign_keys_off(session):
            for table in taken:
                if not _take_theirs(session, table):
                    theirs = _row_goals(ConflictRows(db, found), table, TablePlan(Side.THEIRS))
                    goals[table] = {**theirs, **goals.get(table, {})}
            triggered = write_rows(session, goals, sides)
            for table, rows in counts.items():
                write_counts(session, table, rows)
    except RowRefused as error:
        raise _refused(error, goals, found.broken) from error
    for conflict in found.tables:
        if conflict.table in listed:
            clear_conflicts(session, conflict.table, forced=forces(found))
    for (name,) in session.rows(f"SELECT {session.dialect.quote('table')} FROM dolt_constraint_violations"):
        session.execute(f"DELETE FROM {session.dialect.quote(f'dolt_constraint_violations_{name}')}")
    return (*_about_triggers(triggered), *_about_gone(found, step))


@contextmanager
def _foreign_keys_off(session: Session) -> Iterator[None]:
    """Let Dolt write rows in any order, and no others with them; on DoltLite `unchecked` has seen to it."""
    if not session.dialect.traits.server:
        yield
        return
    session.execute("SET foreign_key_checks = 0")
    yield  # where it fails the connection is thrown away
    session.execute("SET foreign_key_checks = 1")


def _take_theirs(session: Session, table: str) -> bool:
    """Take all rows that conflict as theirs has them; False where the engine does not do so by itself."""
    if table == ".":  # that would be all tables
        return False
    try:
        session.call("dolt_conflicts_resolve", "--theirs", "--", table)
    except NO_VERDICT:
        raise
    except EngineError:
        return False
    return True


def _goals(
    db: Connections, found: ConflictSet, step: StepPlan, listed: Collection[str], there: ListedRows
) -> tuple[dict[str, dict[RowKey, Goal]], dict[str, list[tuple[ConflictRow, int]]], list[str]]:
    """What rows are to be, how many equal rows there are to be, and the tables that are taken from theirs whole.

    The engine can take those only whose conflicts it has ``listed``, and lists not all where columns are computed.
    """
    rows = ConflictRows(db, found)
    goals: dict[str, dict[RowKey, Goal]] = {}
    counts: dict[str, list[tuple[ConflictRow, int]]] = {}
    taken: list[str] = []
    open_, fresh = 0, found.incoming.kind is not IncomingKind.STANDING
    for table in rows.tables:
        plan = step.table(table)
        side = _one_side(table, plan, rows)
        if side is Side.THEIRS and table in listed and not any(c.generated for c in rows.columns(table)):
            taken.append(table)
            continue
        if side is Side.OURS:
            continue
        known = there.of(table, rows.count(table)) if table in listed and rows.count(table) else None
        for row in map(known.__getitem__, rows.keys(table)) if known is not None else every(rows, table):
            decision = decision_of(plan, row)
            result = outcome(row, decision)
            open_ += not result.decided
            if result.count is not None:
                counts.setdefault(table, []).append((row, result.count))
            elif row.counts is None:
                goals.setdefault(table, {})[row.key] = Goal(
                    result.values, row, (fresh and kept(row, decision, result)) or _NOTHING, known is not None
                )
    if open_:
        raise Undecided(f"{plural(open_, 'row')} {'is' if open_ == 1 else 'are'} not decided yet.", found)
    for table, plan in step.tables.items():
        for key, values in plan.mends.items():
            mine = goals.setdefault(table, {})
            mine[key] = _mended(mine.get(key), values)
    return goals, counts, taken


def _row_goals(rows: ConflictRows, table: str, plan: TablePlan) -> dict[RowKey, Goal]:
    return {row.key: Goal(outcome(row, decision_of(plan, row)).values, row) for row in every(rows, table)}


def every(rows: ConflictRows, table: str) -> Iterable[ConflictRow]:
    """All rows of a table that conflict, those without a key too."""
    return rows.found.found[table].rows or rows.every(table)


def _one_side(table: str, plan: TablePlan, rows: ConflictRows) -> Side | None:
    """The side that all rows of a table are taken from, where the engine can do that by itself: ours, or theirs."""
    if any(column.virtual for column in rows.columns(table)):
        return None  # it does not know all conflicts. engine-facts.md#computed-columns-and-merges
    side = plan.whole
    if table.lower().startswith("dolt_") and side is None and plan.rows.keys() >= set(rows.keys(table)):
        sides = {
            decision.row if not decision.cells and not decision.delete else None for decision in plan.rows.values()
        }
        side = sides.pop() if len(sides) == 1 else None
    elif plan.rows:
        return None
    return side if side in (Side.OURS, Side.THEIRS) else None


def _mended(goal: Goal | None, values: Mapping[str, object] | None) -> Goal:
    goal = goal or Goal(None)
    if values is None:
        return replace(goal, values=None, kept=_NOTHING)
    return replace(goal, values={**(goal.values or {}), **values}, kept=goal.kept - set(values))


# what is told


def lost_rows(found: ConflictSet, step: StepPlan) -> tuple[Broken, ...]:
    """The rows that Dolt has left out as a column of them must not be NULL, and that nothing is decided about: they
    would be lost without a word."""
    lost = []
    for broken in found.broken:
        mends = step.table(broken.violation.table).mends
        rows = tuple(row for row in broken.rows if not row.there and row.key not in mends)
        if rows:
            lost.append(replace(broken, rows=rows))
    return tuple(lost)


def _broken(found: tuple[Broken, ...]) -> ConstraintsBroken:
    what = "constraints" if len(found) > 1 else "a constraint"
    return ConstraintsBroken(
        f"What was decided breaks {what}: {'; '.join(str(each.violation) for each in found)}. Nothing was changed.",
        found,
    )


_REFUSALS = (
    (r"duplicate|unique", "unique index"),
    (r"check constraint", "check constraint"),
    (r"null", "not null"),
    (r"foreign key", "foreign key"),
)


def with_unseen(told: tuple[Broken, ...], merged: tuple[Broken, ...]) -> tuple[Broken, ...]:
    """With what the merge itself breaks: a row that was refused ended it all before that was looked at again."""
    known = {(each.violation.table, each.violation.kind) for each in told}
    return (*told, *(each for each in merged if (each.violation.table, each.violation.kind) not in known))


def _refused(
    error: RowRefused, goals: Mapping[str, Mapping[RowKey, Goal]], merged: tuple[Broken, ...]
) -> ConstraintsBroken:
    """A row that the database does not take, as a constraint that is broken."""
    edit = error.edit
    kind = next((kind for words, kind in _REFUSALS if re.search(words, error.message, re.IGNORECASE)), "constraint")
    named = re.search(r"[Cc]heck constraint \W?(\w+)", error.message)
    goal = goals.get(edit.table, {}).get(edit.key, Goal(None))
    row = goal.row
    sides = (row.base, row.ours, row.theirs) if row is not None else (None, None, None)
    values = {**edit.before, **edit.after}
    violation = Violation(kind, edit.table, named[1] if named else "", rows=1)
    return ConstraintsBroken(
        f"What was decided about a row of {edit.table} is refused: {error.message}",
        with_unseen((Broken(violation, (BrokenRow(edit.table, edit.key, values, sides=sides),)),), merged),
        error.detail,
    )


def _about_triggers(tables: Collection[str]) -> list[str]:
    if not tables:
        return []
    return [f"Triggers ran for the rows that were written: those of {', '.join(tables)}."]


def _about_gone(found: ConflictSet, step: StepPlan) -> list[str]:
    gone = 0
    for table, plan in step.tables.items():
        if plan.rows:
            gone += len(plan.rows.keys() - set(found.found[table].keys if table in found.found else ()))
    if not gone:
        return []
    verb = "do not conflict" if gone > 1 else "does not conflict"
    return [
        f"{plural(gone, 'row')} {verb} any more: what was decided about {'them' if gone > 1 else 'it'} was left out."
    ]
