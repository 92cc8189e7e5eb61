"""Whether what is decided can break a constraint at all: it is told by definitions, without trying it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..browsing.foreign_keys import foreign_keys
from ..core.auto_increment import without_counter
from ..core.connections import Connections, Session
from ..errors import NO_ANSWER, EngineError
from ..model.conflicts import ConflictSet, Edited, IncomingKind, Side, StepPlan, TablePlan
from .sides import Sides

_CONSTRAINT = re.compile(r"\b(?:UNIQUE|CHECK|REFERENCES|FOREIGN)\b", re.IGNORECASE)
"""Names may be spelt so, too: then it is tried for nothing."""
_ELSE = {
    True: "SELECT count(*) FROM information_schema.triggers"
    " WHERE event_object_schema = DATABASE() AND event_object_table = %s",
    False: "SELECT count(*) FROM pragma_index_list(?) WHERE \"unique\" AND origin <> 'pk'",
}
"""What else could break something, by whether it is a server: triggers, and indexes beside the table's definition."""


def breakable(db: Connections, found: ConflictSet, step: StepPlan) -> bool:
    """Whether a constraint could be broken by what is decided about rows, or by how the conflicts leave them.

    It cannot where the tables have no constraint and nothing refers to them, on either side, and only cells are
    decided. Some statements for each table; in doubt it could.
    """
    tables = {*step.tables, *(count.table for count in found.tables)}
    if found.schema or found.broken or found.incoming.kind is IncomingKind.STANDING:
        return True
    if any(table.lower().startswith("dolt_") or table not in found.found for table in tables):
        return True
    if any(_by_values(found, table, step.table(table)) for table in tables):
        return True
    sides, seen = Sides(db, found), dict[str, str]()
    if not all(sides.commit(side) for side in Side):
        return True
    try:
        return any(_constrained(db, sides.commit(side), tables, seen) for side in Side)
    except NO_ANSWER:
        raise
    except EngineError:  # a side calls a table otherwise
        return True


def _by_values(found: ConflictSet, table: str, plan: TablePlan) -> bool:
    """Whether values of a table are decided that no side has, and that its columns or its key may forbid."""
    if plan.mends:
        return True
    columns = {column.name: column for column in found.found[table].columns}
    edited = (
        (columns.get(name), choice.value)
        for row in plan.rows.values()
        for name, choice in row.cells.items()
        if isinstance(choice, Edited)
    )
    return any(
        column is None or column.primary_key or (value is None and not column.nullable) for column, value in edited
    )


def _constrained(db: Connections, commit: str, tables: Iterable[str], seen: dict[str, str]) -> bool:
    """Whether a table has a constraint at a commit, or another definition than was ``seen`` at others."""
    with db.read(commit, "constraints") as session:
        for table in tables:
            ddl = without_counter(session.dialect.ddl(session, table, None))
            if seen.setdefault(table, ddl) != ddl or _CONSTRAINT.search(ddl) or _more(session, table):
                return True
        names = {table.lower() for table in tables}
        return any(key.referred.lower() in names for key in foreign_keys(session))


def _more(session: Session, table: str) -> bool:
    return bool(session.scalar(_ELSE[session.dialect.traits.server], table))
