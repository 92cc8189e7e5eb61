"""How many rows of a table differ between two revisions: the one place that counts them.

They are counted with the same ``dolt_diff()`` that shows them, so that both agree. Dolt's ``dolt_diff_stat`` takes a
quarter of the time but is not used: on a table with a virtual column before the last one it crashes the server.
See engine-facts.md#diff-stat-is-not-asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..core.connections import Session
from ..core.table_changes import summarise
from ..errors import BranchNotFound, Cancelled, EngineError, ServerLost
from ..model import ChangeKind, ColumnInfo, RowCounts, Status, TableChange
from .diff_layout import as_declared
from .diff_sides import Sides, relation_of, sides_of
from .view_definitions import definition_counts, without_rows

_TEXTS = ("char", "text", "enum", "set")


def changes_between(session: Session, old: str, new: str, *, counts: bool = False) -> tuple[TableChange, ...]:
    """The tables that differ between two revisions, by name; with ``counts`` their rows too.

    Without counts the cost grows with the number of tables only; with them, with the rows that differ.
    """
    changes = summarise(session, old, new)
    return counted(session, old, new, changes) if counts else changes


def counted(session: Session, old: str, new: str, changes: Sequence[TableChange]) -> tuple[TableChange, ...]:
    """The changes with their rows, or with why those cannot be counted: that costs no other its count.

    The cost grows with the rows that differ (4 µs each), and by 2 ms for each table.
    """
    numbers = _numbers(session, old, new, changes)
    result = []
    for change in changes:
        number = numbers[change.table]
        if isinstance(number, str):
            result.append(replace(change, counts=None, uncounted=number))
        else:
            result.append(replace(change, counts=number, uncounted=""))
    return tuple(result)


def _numbers(session: Session, old: str, new: str, changes: Sequence[TableChange]) -> dict[str, RowCounts | str]:
    """The rows of each of these tables that differ, or why they cannot be counted."""
    found: dict[str, RowCounts | str] = {}
    with session.pinned(old, new):
        for change in changes:
            if change.table in found:
                continue
            try:
                found[change.table] = _count(session, old, new, change)
            except (BranchNotFound, Cancelled, ServerLost):
                raise  # nothing else can be counted either
            except EngineError as error:
                if session.connection.invalidated:
                    raise
                found[change.table] = error.message
    return found


def _count(session: Session, old: str, new: str, change: TableChange) -> RowCounts:
    if without_rows(session.dialect.traits, change.table):
        return definition_counts(session, old, new)
    if not change.data_changed:
        return RowCounts()
    if session.dialect.traits.reads_as_of and change.status in (Status.NEW, Status.DELETED):
        names = ("", change.table) if change.status is Status.NEW else (change.table, "")
        before, after = session.dialect.row_numbers(session, (names[0], old), (names[1], new))
        return RowCounts(added=after or 0, removed=before or 0, old_rows=before, new_rows=after)
    return row_counts(session, sides_of(session, change.table, old, new, noted=False), change.table, old, new)


def row_counts(session: Session, sides: Sides, table: str, old: str, new: str) -> RowCounts:
    """The rows of a table that differ, and the cells of those that were modified.

    Raises `RowsNotPaired` where the rows of both sides cannot be compared.
    """
    relation, values, described = relation_of(session, sides, table, old, new)
    differing = _differing(session, sides, [str(item[0]) for item in described])
    numbers = {str(kind): (0, 0) for kind in ChangeKind}
    for kind, rows, changed in session.rows(
        f"SELECT diff_type, count(*), sum({differing}) FROM {relation} GROUP BY diff_type", *values
    ):
        numbers[kind] = int(rows), int(changed or 0)
    added, modified, removed = (numbers[kind] for kind in (ChangeKind.ADDED, ChangeKind.MODIFIED, ChangeKind.REMOVED))
    totals = session.dialect.row_numbers(session, (sides.old_name, old), (sides.new_name, new))
    return RowCounts(added[0], modified[0], removed[0], modified[1], *totals)


def _differing(session: Session, sides: Sides, spelt: list[str]) -> str:
    """The number of the cells of a row of a diff that differ: of columns on one side only those that are not NULL."""
    dialect = session.dialect
    if len({name.lower() for name in spelt}) < len(spelt):
        return "0"  # a column is called like one of Dolt's own: it is not clear which one is meant
    declared = as_declared(spelt, sides.columns) if dialect.traits.diff_renames_columns else spelt
    at = {name: dialect.quote(name_spelt) for name, name_spelt in zip(declared, spelt, strict=True)}
    unheld_old, unheld_new = sides.unheld
    old = {c.name: c for c in sides.old if c.name not in unheld_old and f"from_{c.name}" in at}
    new = {c.name: c for c in sides.new if c.name not in unheld_new and f"to_{c.name}" in at}
    parts = []
    for name in {**new, **old}:
        to, from_ = at.get(f"to_{name}", ""), at.get(f"from_{name}", "")
        if name in old and name in new:
            parts.append(f"({dialect.differ(to, from_, text=_text(new[name]))})")
        else:
            parts.append(f"({to if name in new else from_} IS NOT NULL)")
    return " + ".join(parts) or "0"


def _text(column: ColumnInfo) -> bool:
    return any(word in column.type.lower() for word in _TEXTS)
