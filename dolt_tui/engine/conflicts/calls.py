"""What applying a plan runs, as it is shown before. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.connections import Connections
from ..model import UNKNOWN, Call
from ..model.conflicts import (
    Incoming,
    IncomingKind,
    ResolutionPlan,
    SchemaConflict,
    SchemaKind,
    SchemaWay,
    Side,
    StepPlan,
)
from ..model.rewriting import merge_message
from .schema import DEFINITIONS


def merge_calls(
    db: Connections, incoming: Incoming, plan: ResolutionPlan, schema: Sequence[SchemaConflict] = ()
) -> tuple[Call, ...]:
    """What a merge or a squash runs; ``schema`` says what the plan's decisions about definitions are about."""
    squash = incoming.kind is IncomingKind.SQUASH
    how, step = "--squash" if squash else "--no-ff", plan.step(incoming.tip)
    kinds = {conflict.table: conflict.kind for conflict in schema}
    taken = {
        name: decision.side
        for name, decision in step.schema.items()
        if decision.way is SchemaWay.FORCE and kinds.get(name, SchemaKind.TABLE) is SchemaKind.TABLE
    }
    definitions = {decision.side for name, decision in step.schema.items() if name not in taken}
    calls = [db.procedure("dolt_merge", how, "--no-commit", incoming.tip)]
    calls += [db.procedure("dolt_checkout", incoming.tip, "--", name) for name in taken if taken[name] is Side.THEIRS]
    calls += [
        db.dialect.statement(f"DELETE FROM {db.dialect.quote(f'dolt_conflicts_{DEFINITIONS}')}")
        if taken
        else db.procedure("dolt_conflicts_resolve", f"--{side}", "--", DEFINITIONS)
        for side in sorted(definitions)
    ]
    calls += step_calls(db, step, forced=bool(taken))
    if not squash:
        text = incoming.message.strip() or merge_message(incoming.source, incoming.branch)
        calls.append(db.procedure("dolt_commit", *(("-f",) if taken else ()), "--allow-empty", "-m", text))
    return tuple(calls)


def step_calls(db: Connections, step: StepPlan, *, forced: bool = False) -> tuple[Call, ...]:
    """What is run between bringing something in and its commit; ``forced``: the definition of a table conflicts.

    Rows are written by statements for many of them: one of each kind stands for all. What else was changed is staged
    as well, which is known only then.
    """
    dialect = db.dialect
    calls: list[Call] = []
    decided = [name for name, table in step.tables.items() if table.rows or table.whole is not None]
    for name, table in step.tables.items():
        quoted = dialect.quote(name)
        if table.whole is Side.THEIRS and not table.rows:
            calls.append(db.procedure("dolt_conflicts_resolve", "--theirs", "--", name))
        elif table.rows or table.whole is Side.BASE:
            calls.append(dialect.statement(f"DELETE FROM {quoted} WHERE {UNKNOWN}"))
            calls.append(dialect.statement(f"UPDATE {quoted} SET {UNKNOWN} WHERE {UNKNOWN}"))
            calls.append(dialect.statement(f"INSERT INTO {quoted} VALUES ({UNKNOWN})"))
        for values in table.mends.values():
            sql = f"DELETE FROM {quoted} WHERE {UNKNOWN}" if values is None else f"UPDATE {quoted} SET {UNKNOWN}"
            calls.append(dialect.statement(sql))
    calls += [
        dialect.statement(f"DELETE FROM {dialect.quote(f'dolt_conflicts_{name}')}")
        if forced  # no table can be resolved then
        else db.procedure("dolt_conflicts_resolve", "--ours", "--", name)
        for name in decided
    ]
    differing = "--output-only" if dialect.traits.server else "--all"
    calls.append(db.procedure("dolt_verify_constraints", differing))
    calls += [db.procedure("dolt_add", "-f", "--", name) for name in step.tables]
    return tuple(dict.fromkeys(calls))
