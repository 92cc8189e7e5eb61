"""Rows that conflict written through Dolt's list of the conflicts, by which no trigger runs: as rows are merged.

Only unique keys and types are looked at; what else is broken is found when constraints are verified.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from ..core.binding import bound
from ..core.connections import Session
from ..editing.reading import batches
from ..errors import NO_VERDICT, EngineError
from ..model import DEFAULT, Edit, Editable, EditKind, RowKey
from ..model.editing import hashable

_ROWS = 200
"""Rows for each statement, which looks through all conflicts of the table."""
_SIDES = ("our_", "their_", "base_")


def write_entries(session: Session, table: Editable, edits: Sequence[Edit]) -> list[Edit]:
    """Write rows that conflict, in an open transaction; returns the edits that are left: those that delete rows, of
    rows that do not conflict, and what the engine does not take this way.

    A statement for 200 rows that are changed in the same columns; it takes some 25 µs for each conflict of the table.
    """
    listed = session.dialect.quote(f"dolt_conflicts_{table.table}")
    names = [str(column[0]) for column in session.described(f"SELECT * FROM {listed} LIMIT 0")[0]]
    written = [column.name for column in table.columns if not column.generated]
    if len(written) < len(table.columns) or any(names.count(f"our_{name}") != 1 for name in written):
        return list(edits)  # the list is wrong, or a column is called otherwise on our side
    ids = _ids(session, table, listed, set(names))
    # Values that are copied from a side are written into the table.
    copied = {column.name for column in table.columns if session.dialect.unread(column.type)}
    left, groups = list[Edit](), defaultdict[tuple[str, ...], list[Edit]](list)
    for edit in edits:
        wanted = edit.key in ids and edit.kind is not EditKind.REMOVED and copied.isdisjoint(edit.after)
        if wanted and DEFAULT not in edit.after.values():
            groups[tuple(edit.after)].append(edit)
        else:
            left.append(edit)
    for columns, alike in groups.items():
        for some in batches(alike, _ROWS):
            if not _write(session, table, listed, columns, some, ids):
                left += some
    return left


def _ids(session: Session, table: Editable, listed: str, names: set[str]) -> Mapping[RowKey, str]:
    """What the engine calls each conflict, by the keys of the rows."""
    dialect, width = session.dialect, len(table.key)
    sides = [side for side in _SIDES if all(f"{side}{name}" in names for name in table.key)]
    selected = [dialect.column(f"{side}{name}", table.column(name).type) for side in sides for name in table.key]
    found = {}
    for *values, id_ in session.rows(f"SELECT {', '.join(selected)}, dolt_conflict_id FROM {listed}"):
        keys = (tuple(map(hashable, values[at : at + width])) for at in range(0, len(values), width))
        key = next((key for key in keys if None not in key), None)
        if key is not None:
            found[key] = str(id_)
    return found


def _write(
    session: Session,
    table: Editable,
    listed: str,
    columns: Sequence[str],
    edits: Sequence[Edit],
    ids: Mapping[RowKey, str],
) -> bool:
    dialect = session.dialect
    sets, values = list[str](), list[object]()
    for name in columns:
        cases = []
        for edit in edits:
            text, value = bound(edit.after[name], table.column(name).type, table.style, dialect.placeholder)
            cases.append(f"WHEN {dialect.placeholder} THEN {text}")
            values += [ids[edit.key], value]
        sets.append(f"{dialect.quote(f'our_{name}')} = CASE dolt_conflict_id {' '.join(cases)} END")
    condition = f"dolt_conflict_id IN ({dialect.placeholders(len(edits))})"
    try:
        session.execute(
            f"UPDATE {listed} SET {', '.join(sets)} WHERE {condition}", *values, *(ids[edit.key] for edit in edits)
        )
    except NO_VERDICT:
        raise
    except EngineError:
        return False
    return True
