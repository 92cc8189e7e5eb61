"""The first rows of a table that would conflict in a merge, for its preview."""

from __future__ import annotations

from ..core.connections import Connections, Session
from ..errors import NO_ANSWER, EngineError
from ..model import ColumnInfo, ConflictCount, key_of
from ..model.conflicts import ConflictRow, ConflictSet, Incoming, Side, TableConflicts
from .comparing import keys_by_comparing
from .reading import foresee, keys_of, rows_of
from .relation import Relation, named
from .rows import ConflictRows
from .sides import columns_at


def preview_rows(db: Connections, incoming: Incoming, table: str, size: int) -> tuple[ConflictRow, ...]:
    """The first rows of a table that would conflict, in the key's order; none where none would.

    On Dolt a read of what both sides changed, up to these rows, where both sides define the table alike. Else it is
    what `foresee` takes, and raises.
    """
    found = None
    if db.dialect.traits.reads_as_of:
        with db.read(incoming.branch, "conflicts of a merge") as session:
            try:
                found = _first(session, incoming, table, size)
            except NO_ANSWER:
                raise
            except EngineError:
                if session.connection.invalidated:
                    raise  # what cannot be read would not be read otherwise
    if found is None:
        found = foresee(db, incoming)
    if found is None or table not in found.found:
        return ()
    return ConflictRows(db, found).page(table, 0, size)


def _first(session: Session, incoming: Incoming, table: str, size: int) -> ConflictSet | None:
    """The first rows as Dolt foresees them; None where it does not say what the merged table is like."""
    head, tip = incoming.head, incoming.tip
    columns = columns_at(session, table, head)
    if not columns or _shape(columns) != _shape(columns_at(session, table, tip)):
        return None
    base = str(session.scalar("SELECT dolt_merge_base(%s, %s)", head, tip) or "")
    if not base or _shape(columns) != _shape(columns_at(session, table, base)):
        return None
    rows: tuple[ConflictRow, ...] = ()
    if key_of(columns) and any(column.virtual for column in columns):
        keys = keys_by_comparing(session, table, columns, {Side.BASE: base, Side.OURS: head, Side.THEIRS: tip})[:size]
    else:
        source, bound = "SELECT * FROM dolt_preview_merge_conflicts(%s, %s, %s)", (head, tip, table)
        described, _ = session.described(f"{source} LIMIT 0", *bound)
        names = named([str(item[0]) for item in described], [column.name for column in columns], dict)
        relation = Relation(session, table, columns, names, f"{source} LIMIT {int(size)}", bound)
        if relation.key:
            keys = keys_of(relation)
        else:
            rows = rows_of(relation)
            keys = tuple(row.key for row in rows)
    counts = (ConflictCount(table, len(keys)),)
    return ConflictSet(incoming, tip, base, head, tip, counts, found={table: TableConflicts(columns, keys, rows)})


def _shape(columns: tuple[ColumnInfo, ...]) -> list[tuple[str, str]]:
    return [(column.name, column.type.lower()) for column in columns]
