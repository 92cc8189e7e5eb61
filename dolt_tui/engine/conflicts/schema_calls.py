"""What resolving a schema conflict runs, for people: the procedures, not the copying of rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ..core.connections import Connections
from ..model import Call
from ..model.conflicts import (
    Incoming,
    IncomingKind,
    ResolutionPlan,
    SchemaConflict,
    SchemaDecision,
    SchemaKind,
    SchemaWay,
    Side,
)
from ..model.rewriting import merge_message
from .definitions_first import Tables, alignment_message, rest_of
from .keeping import goes_with, stays_with
from .schema import DEFINITIONS

_BRANCH = "throw_away"
"""What temporary branches are called here."""


def schema_calls(
    db: Connections, incoming: Incoming, conflict: SchemaConflict, decision: SchemaDecision
) -> tuple[Call, ...]:
    """The calls of one way, in their order."""
    call = db.procedure
    ours, aligned = decision.side is Side.OURS, decision.way is SchemaWay.ALIGN
    text = incoming.message or merge_message(incoming.source, incoming.branch)
    if not aligned:
        merge = call("dolt_merge", "--no-ff", "--no-commit", incoming.tip)
        if conflict.kind is not SchemaKind.TABLE:
            return (
                merge,
                call("dolt_conflicts_resolve", f"--{decision.side}", "--", DEFINITIONS),
                call("dolt_commit", "-m", text),
            )
        taken = () if ours else (call("dolt_checkout", incoming.tip, "--", conflict.table),)
        return (merge, *taken, call("dolt_commit", "-f", "-m", text))
    start = incoming.tip if ours else incoming.head
    found = [call("dolt_branch", "--", _BRANCH, start), *_alignment(db, incoming, conflict, decision.side)]
    found.append(call("dolt_commit", "-m", alignment_message(incoming, [conflict.table], decision.side)))
    if not ours:
        found.append(call("dolt_merge", "--no-ff", "-m", text, incoming.tip))
    if incoming.kind is IncomingKind.SQUASH:
        return (*found, call("dolt_merge", "--squash", "--no-commit", _BRANCH))
    return (*found, call("dolt_merge", *(("--no-ff", "-m", text) if ours else ()), _BRANCH))


def around(
    db: Connections,
    incoming: Incoming,
    conflicts: Sequence[SchemaConflict],
    tables: Tables,
    merge: Callable[[Incoming, ResolutionPlan], tuple[Call, ...]],
    plan: ResolutionPlan,
) -> tuple[Call, ...]:
    """What a merge runs before which ``tables`` are aligned; ``merge`` says what is run then."""
    call, by_name = db.procedure, {conflict.table: conflict for conflict in conflicts}
    found: list[Call] = []
    for side, branch, start in ((Side.THEIRS, _BRANCH, incoming.head), (Side.OURS, f"{_BRANCH}_2", incoming.tip)):
        names = [name for name, one in tables if one is side]
        if not names and side is Side.OURS:
            continue
        found.append(call("dolt_branch", "--", branch, start))
        for name in names:
            if name in by_name:
                found += _alignment(db, incoming, by_name[name], side)
        if names:
            found.append(call("dolt_commit", "-m", alignment_message(incoming, names, side)))
    aligned = any(side is Side.OURS for _, side in tables)
    inner = replace(incoming, kind=IncomingKind.MERGE, tip=f"{_BRANCH}_2" if aligned else incoming.tip)
    merged = merge(inner, ResolutionPlan(inner, {inner.tip: rest_of(plan.step(incoming.tip))}))
    squash = ("--squash", "--no-commit") if incoming.kind is IncomingKind.SQUASH else ()
    return (*found, *merged, call("dolt_merge", *squash, _BRANCH))


def _alignment(db: Connections, incoming: Incoming, conflict: SchemaConflict, side: Side) -> list[Call]:
    """What gives one definition to a branch that is at the other side's commit."""
    call, quote, statement = db.procedure, db.dialect.quote, db.dialect.statement
    ours = side is Side.OURS
    start, wanted = (incoming.tip, incoming.head) if ours else (incoming.head, incoming.tip)
    own, other = (Side.THEIRS, Side.OURS) if ours else (Side.OURS, Side.THEIRS)
    name, new = conflict.name(own), conflict.name(other)
    if conflict.kind is not SchemaKind.TABLE:
        kind = conflict.kind.upper()
        found = [statement(f"DROP {kind} {quote(name)}")] if conflict.definition(own) else []
        return [*found, statement(conflict.definition(other))] if conflict.definition(other) else found
    if not conflict.definition(other):
        return [statement(f"DROP TABLE {quote(name)}")]
    found = [statement(f"ALTER TABLE {quote(name)} RENAME TO {quote(new)}")] if name != new else []
    if name != new and not goes_with(conflict, side, db.dialect.traits.sql):
        return found
    found.append(call("dolt_checkout", wanted, "--", new))
    found += [statement(sql) for sql in stays_with(conflict, side, db.dialect.traits.sql)]
    if conflict.definition(own):
        copied = f"{quote(name)} AS OF '{start}'"
        if not db.dialect.traits.reads_as_of:
            copied = f"{quote(f'dolt_at_{name}')}('{start}')"
        found.append(statement(f"INSERT INTO {quote(new)} SELECT … FROM {copied}"))
    return found
