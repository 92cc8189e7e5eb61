"""Which tables differ between two revisions."""

from __future__ import annotations

from ..model import HEAD, STAGED, WORKING, Status, TableChange
from .auto_increment import counters
from .connections import Session

_SUMMARY_STATUS = {
    "added": Status.NEW,
    "dropped": Status.DELETED,
    "modified": Status.MODIFIED,
    "renamed": Status.RENAMED,
}


def summarise(session: Session, old: str, new: str, table: str | None = None) -> tuple[TableChange, ...]:
    """The tables that differ between two revisions, by name; the cost grows with the number of tables only."""
    old, new = session.dialect.known(session, old, new)
    values = (old, new) if table is None else (old, new, table)
    rows = session.rows(
        "SELECT from_table_name, to_table_name, diff_type, data_change, schema_change"
        f" FROM dolt_diff_summary({session.dialect.placeholders(len(values))})",
        *values,
    )
    changes = []
    for from_name, to_name, kind, data, schema in rows:
        name = to_name or from_name
        status = _SUMMARY_STATUS.get(kind, Status.OTHER)
        if schema and data and status is Status.MODIFIED and session.dialect.traits.counter_in_definition:
            schema = counters(session, old, new, name) is None
        changes.append(
            TableChange(
                name,
                status,
                old_name=from_name if status is Status.RENAMED else None,
                schema_changed=bool(schema),
                data_changed=bool(data),
            )
        )
    if table is None and session.dialect.traits.summary_leaves_out_rekeyed:
        changes += _rekeyed(session, old, new, {name for change in changes for name in (change.table, change.old_name)})
    changes.sort(key=lambda change: change.table)
    return tuple(changes)


def _rekeyed(session: Session, old: str, new: str, known: set[str | None]) -> list[TableChange]:
    """The tables whose primary key changed: Dolt leaves them out of its summary, with nothing but a warning."""
    placeholder = session.dialect.placeholder
    rows = session.rows(
        f"SELECT from_table_name, to_table_name FROM dolt_schema_diff({placeholder}, {placeholder})", old, new
    )
    return [
        TableChange(
            to_name,
            Status.MODIFIED if from_name == to_name else Status.RENAMED,
            old_name=None if from_name == to_name else from_name,
            schema_changed=True,
            data_changed=True,  # whether it did is not told: rows cannot be paired
        )
        for from_name, to_name in rows
        if from_name and to_name and to_name not in known
    ]


def uncommitted_changes(session: Session, table: str) -> tuple[TableChange | None, TableChange | None]:
    """How a table differs between HEAD and what is staged, and between that and the working set; None where it does
    not. Unlike for `summarise`, a counter of AUTO_INCREMENT is a part of its definition. One statement."""
    parts, bound = list[str](), list[str]()
    for half, revisions in enumerate(((HEAD, STAGED), (STAGED, WORKING))):
        parts.append(
            f"SELECT {half}, from_table_name, to_table_name, diff_type, data_change, schema_change"
            f" FROM dolt_diff_summary({session.dialect.placeholders(3)})"
        )
        bound += [*session.dialect.known(session, *revisions), table]
    found: list[TableChange | None] = [None, None]
    for half, from_name, to_name, kind, data, schema in session.rows(" UNION ALL ".join(parts), *bound):
        status = _SUMMARY_STATUS.get(kind, Status.OTHER)
        found[half] = TableChange(
            to_name or from_name,
            status,
            old_name=from_name if status is Status.RENAMED else None,
            schema_changed=bool(schema),
            data_changed=bool(data),
        )
    return found[0], found[1]
