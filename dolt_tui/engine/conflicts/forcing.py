"""Schema conflicts decided within the merge commit itself, on Dolt: a definition is taken whole from one side.

Dolt commits a merge with a schema conflict only by force, and resolves no other table meanwhile. What it commits is
exact: two parents, and nothing of the conflict is left behind. See engine-facts.md#commits-by-force.
"""

from __future__ import annotations

from ..core.connections import Session
from ..errors import EngineError
from ..model.conflicts import ConflictSet, SchemaConflict, SchemaKind, Side, StepPlan
from .schema import DEFINITIONS


def forces(found: ConflictSet) -> bool:
    """Whether the commit has to be forced: a table is among what conflicts by its definition."""
    return any(conflict.kind is SchemaKind.TABLE for conflict in found.schema)


def taken_from(step: StepPlan, conflict: SchemaConflict) -> Side | None:
    """The side that a definition is taken from; None where that is not decided."""
    decision = step.schema.get(conflict.table)
    return decision.side if decision is not None else None


def take_definitions(session: Session, found: ConflictSet, step: StepPlan) -> None:
    """Take tables, views and triggers from the sides that were decided on, in the open transaction of a merge.

    A table comes with its rows. Raises `EngineError` where views and triggers are to come from different sides.
    """
    sides = set()
    for conflict in found.schema:
        side = step.schema[conflict.table].side
        if conflict.kind is not SchemaKind.TABLE:
            sides.add(side)
        elif side is Side.THEIRS:
            session.call("dolt_checkout", found.theirs, "--", conflict.table)
    if len(sides) > 1:
        raise EngineError(
            "Views and triggers cannot be taken from different sides in the merge commit.",
            "Align some of them instead.",
        )
    if Side.THEIRS in sides:
        if forces(found):
            raise EngineError(
                "Views and triggers cannot be taken from theirs together with tables whose definition conflicts.",
                "Align them instead.",
            )
        session.call("dolt_conflicts_resolve", "--theirs", "--", DEFINITIONS)
    elif sides:
        clear_conflicts(session, DEFINITIONS, forced=forces(found))


def clear_conflicts(session: Session, table: str, *, forced: bool) -> None:
    """Let what stands in a table be its resolution."""
    if forced:  # resolving refuses all tables while the definition of one conflicts; this takes some 25 µs for each row
        session.execute(f"DELETE FROM {session.dialect.quote(f'dolt_conflicts_{table}')}")
    else:
        session.call("dolt_conflicts_resolve", "--ours", "--", table)


def refuse_left(session: Session) -> None:
    """Raise `EngineError` where a row still conflicts: a commit by force would store that in the history."""
    if rows := session.rows("SELECT `table` FROM dolt_conflicts WHERE num_conflicts > 0"):
        raise EngineError(f"Rows of {', '.join(str(row[0]) for row in rows)} still conflict. Nothing was changed.")
