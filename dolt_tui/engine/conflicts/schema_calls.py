"""What resolving a schema conflict runs, for people: the procedures, not the copying of rows."""

from __future__ import annotations

from ..core.connections import Connections
from ..model import Call
from ..model.conflicts import Incoming, IncomingKind, SchemaConflict, SchemaDecision, SchemaKind, SchemaWay, Side
from ..model.rewriting import merge_message
from .definitions_first import alignment_message
from .schema import DEFINITIONS

_BRANCH = "throw_away"
"""What short-lived branches are called here."""


def schema_calls(
    db: Connections, incoming: Incoming, conflict: SchemaConflict, decision: SchemaDecision
) -> tuple[Call, ...]:
    """The calls of one way, in their order."""
    call, quote = db.procedure, db.dialect.quote
    ours, aligned = decision.side is Side.OURS, decision.way is SchemaWay.ALIGN
    text = incoming.message or merge_message(incoming.source, incoming.branch)
    if not aligned:
        merge = call("dolt_merge", "--no-ff", "--no-commit", incoming.tip)
        if conflict.kind is not SchemaKind.TABLE:
            return (
                merge,
                call("dolt_conflicts_resolve", f"--{decision.side}", DEFINITIONS),
                call("dolt_commit", "-m", text),
            )
        taken = () if ours else (call("dolt_checkout", incoming.tip, "--", conflict.table),)
        return (merge, *taken, call("dolt_commit", "-f", "-m", text))
    start, wanted = (incoming.tip, incoming.head) if ours else (incoming.head, incoming.tip)
    own, other = (Side.THEIRS, Side.OURS) if ours else (Side.OURS, Side.THEIRS)
    name, new = conflict.name(own), conflict.name(other)
    found = [call("dolt_branch", "--", _BRANCH, start)]
    if conflict.kind is not SchemaKind.TABLE:
        kind = conflict.kind.upper()
        found += [db.dialect.statement(f"DROP {kind} {quote(name)}")] if conflict.definition(own) else []
        found += [db.dialect.statement(conflict.definition(other))] if conflict.definition(other) else []
    elif not conflict.definition(other):
        found.append(db.dialect.statement(f"DROP TABLE {quote(name)}"))
    elif name != new:
        found.append(db.dialect.statement(f"ALTER TABLE {quote(name)} RENAME TO {quote(new)}"))
    else:
        found.append(call("dolt_checkout", wanted, "--", conflict.table))
        if conflict.definition(own):
            copied = f"{quote(conflict.table)} AS OF '{start}'"
            if not db.dialect.traits.reads_as_of:
                copied = f"{quote(f'dolt_at_{conflict.table}')}('{start}')"
            found.append(db.dialect.statement(f"INSERT INTO {quote(conflict.table)} SELECT … FROM {copied}"))
    found.append(call("dolt_commit", "-m", alignment_message(incoming, [conflict.table], decision.side)))
    squash = incoming.kind is IncomingKind.SQUASH
    if not ours:
        found.append(call("dolt_merge", "--no-ff", "-m", text, incoming.tip))
    if squash:
        return (*found, call("dolt_merge", "--squash", "--no-commit", _BRANCH))
    return (*found, call("dolt_merge", *(("--no-ff", "-m", text) if ours else ()), _BRANCH))
