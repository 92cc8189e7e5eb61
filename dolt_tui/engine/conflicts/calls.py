"""What applying a plan runs, as it is shown before. Pure."""

from __future__ import annotations

from ..core.connections import Connections
from ..model import UNKNOWN, Call
from ..model.conflicts import Incoming, IncomingKind, ResolutionPlan, Side, StepPlan
from ..model.rewriting import merge_message


def merge_calls(db: Connections, incoming: Incoming, plan: ResolutionPlan) -> tuple[Call, ...]:
    """What a merge or a squash runs."""
    squash = incoming.kind is IncomingKind.SQUASH
    how = "--squash" if squash else "--no-ff"
    calls = [db.procedure("dolt_merge", how, "--no-commit", incoming.tip), *step_calls(db, plan.step(incoming.tip))]
    if not squash:
        text = incoming.message.strip() or merge_message(incoming.source, incoming.branch)
        calls.append(db.procedure("dolt_commit", "--allow-empty", "-m", text))
    return tuple(calls)


def step_calls(db: Connections, step: StepPlan) -> tuple[Call, ...]:
    """What is run between bringing something in and its commit.

    Rows are written by statements for many of them: one of each kind stands for all. What else was changed is staged
    as well, which is known only then.
    """
    dialect = db.dialect
    calls: list[Call] = []
    decided = [name for name, table in step.tables.items() if table.rows or table.whole is not None]
    for name, table in step.tables.items():
        quoted = dialect.quote(name)
        if table.whole is Side.THEIRS and not table.rows:
            calls.append(db.procedure("dolt_conflicts_resolve", "--theirs", name))
        elif table.rows or table.whole is Side.BASE:
            calls.append(dialect.statement(f"DELETE FROM {quoted} WHERE {UNKNOWN}"))
            calls.append(dialect.statement(f"UPDATE {quoted} SET {UNKNOWN} WHERE {UNKNOWN}"))
            calls.append(dialect.statement(f"INSERT INTO {quoted} VALUES ({UNKNOWN})"))
        for values in table.mends.values():
            sql = f"DELETE FROM {quoted} WHERE {UNKNOWN}" if values is None else f"UPDATE {quoted} SET {UNKNOWN}"
            calls.append(dialect.statement(sql))
    calls += [db.procedure("dolt_conflicts_resolve", "--ours", name) for name in decided]
    differing = "--output-only" if dialect.traits.server else "--all"
    calls.append(db.procedure("dolt_verify_constraints", differing))
    calls += [db.procedure("dolt_add", "-f", "--", name) for name in step.tables]
    return tuple(dict.fromkeys(calls))
