"""Where two changes of the same rows would conflict, found by reading only.

Dolt foresees the conflicts of a merge, but not those of a revert or a cherry-pick. These are three-way merges too,
of a base, of what the branch made of it and of what is to be applied; so the rows that both sides changed tell.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..core.connections import Session
from ..core.table_changes import summarise
from ..errors import NO_ANSWER, EngineError
from ..model import ConflictCount, Status, TableChange

MOST_ROWS = 5000
"""With more changed rows than these in a table, on either side, they are not compared."""

Row = tuple[str, dict[str, Any], dict[str, Any]]
"""What happened to a row, its old and its new values by column."""


def clashes(session: Session, base: str, ours: str, theirs: str) -> tuple[tuple[ConflictCount, ...], bool]:
    """The conflicts that are to be expected, and whether all tables could be compared.

    ``base``, ``ours`` and ``theirs`` are commits. The cost grows with the rows that both sides changed.
    """
    mine = {name: change for change in summarise(session, base, ours) for name in _names(change)}
    found: list[ConflictCount] = []
    known = True
    for change in summarise(session, base, theirs):
        other = next((mine[name] for name in _names(change) if name in mine), None)
        if other is None:
            continue
        gone = Status.DELETED in (change.status, other.status)
        if gone and change.status is not other.status:
            found.append(ConflictCount(change.table, 0, 1))
        elif Status.MODIFIED is change.status is other.status and change.data_changed and other.data_changed:
            try:
                number = _rows_in_conflict(session, change.table, base, ours, theirs)
            except NO_ANSWER:
                raise
            except EngineError:
                if session.connection.invalidated:  # by values that the driver cannot read
                    return tuple(found), False
                number = None
            known = known and number is not None
            if number:
                found.append(ConflictCount(change.table, number))
        elif not gone:
            known = False
    return tuple(found), known


def with_missed(
    session: Session, found: tuple[ConflictCount, ...], base: str, ours: str, theirs: str
) -> tuple[ConflictCount, ...]:
    """The conflicts that Dolt foresees in a merge, and those that it misses in tables with virtual columns.

    Merged, they would be ours without a word. See engine-facts.md#computed-columns-and-merges.
    """
    if not session.dialect.traits.reads_as_of or not base:
        return found
    sides = [summarise(session, base, side) for side in (ours, theirs)]
    mine, others = ({c.table for c in side if c.status is Status.MODIFIED and c.data_changed} for side in sides)
    counts = {count.table: count for count in found}
    for table in sorted(mine & others):
        if any(column.virtual for column in session.dialect.columns(session, table, ours)):
            known = counts.get(table, ConflictCount(table, 0))
            number = _rows_in_conflict(session, table, base, ours, theirs) or 0
            if number > known.rows:
                counts[table] = replace(known, rows=number)
    return tuple(counts.values())


def _names(change: TableChange) -> set[str]:
    return {name for name in (change.table, change.old_name) if name}


def _rows_in_conflict(session: Session, table: str, base: str, ours: str, theirs: str) -> int | None:
    """How many rows both sides changed to different ends; None where that cannot be determined."""
    key = [column.name for column in session.dialect.columns(session, table, None) if column.primary_key]
    if not key:
        return None
    applied, own = _changed(session, table, base, theirs, key), _changed(session, table, base, ours, key)
    if applied is None or own is None:
        return None
    return sum(_conflict(row, own[at]) for at, row in applied.items() if at in own)


def _changed(session: Session, table: str, old: str, new: str, key: list[str]) -> dict[tuple[Any, ...], Row] | None:
    """The changed rows by their key; None where they are too many or their key is not the same on both sides."""
    dialect = session.dialect
    described, rows = session.described(
        f"SELECT * FROM {dialect.diff(table)} LIMIT {MOST_ROWS + 1}", *dialect.diff_values(old, new, table)
    )
    if len(rows) > MOST_ROWS:
        return None
    names = [column[0] for column in described]
    # By position: a table may have a column named commit (to_…, to_commit, to_commit_date, from_…, …, diff_type).
    # engine-facts.md#columns-named-like-dolts
    middle = next(i for i, name in enumerate(names) if name.startswith("from_"))
    new_names = [name[3:] for name in names[: middle - 2]]
    old_names = [name[5:] for name in names[middle:-3]]
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        after = dict(zip(new_names, row, strict=False))
        before = dict(zip(old_names, row[middle:], strict=False))
        side = before if row[-1] == "removed" else after
        if any(name not in side for name in key):
            return None
        found[tuple(side[name] for name in key)] = (row[-1], before, after)
    return found


def _conflict(applied: Row, own: Row) -> bool:
    """Whether one row cannot be changed in both ways."""
    (kind, before, after), (own_kind, _, own_after) = applied, own
    if kind != own_kind:
        return True
    if kind == "removed":
        return False
    if kind == "added":
        return after != own_after
    return any(
        name in before
        and name in own_after
        and len({repr(before[name]), repr(after[name]), repr(own_after[name])}) == 3
        for name in after
    )
