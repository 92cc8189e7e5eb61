"""Conflicts found by comparing what both sides changed, without a merge: where the engine's own list is wrong, or the
merge itself fails.

Dolt reads a row with a virtual column from wrong places: when it merges, so that it misses conflicts, and when it lists
them. And a merge of rows with computed columns may panic. See engine-facts.md#computed-columns-and-merges.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from ..core.connections import Session
from ..core.table_changes import summarise
from ..editing.reading import batches
from ..errors import EngineError
from ..model import ColumnInfo, ConflictCount, RowKey, Status, TableChange, key_of
from ..model.conflicts import ConflictRow, ConflictSet, Incoming, Side, TableConflicts
from ..model.editing import hashable
from .deciding import open_columns
from .json_keys import is_object, merge_objects
from .sides import SideTable, columns_at, read_rows, renames, side_tables

_OF = (Side.OURS, Side.THEIRS)
Changed: TypeAlias = Mapping[str, tuple[tuple[ColumnInfo, ...], list[ConflictRow]]]
"""The columns of tables, and their rows that both sides changed."""


def conflicts_by_comparing(
    session: Session, incoming: Incoming, base: str, ours: str, theirs: str
) -> ConflictSet | None:
    """What conflicts where a merge fails at rows with computed columns; None where it must fail for another reason.

    The session only reads; only on Dolt. The cost grows with the rows that differ. Whether constraints would be broken
    is not reported.
    """
    changed = changed_by_both(session, base, ours, theirs)
    found = None if changed is None else conflicts_among(changed, incoming, base, ours, theirs)
    return found if found is not None and found.tables else None


def conflicts_among(changed: Changed, incoming: Incoming, base: str, ours: str, theirs: str) -> ConflictSet:
    """What conflicts of the rows that both sides changed."""
    found: dict[str, TableConflicts] = {}
    for table, (columns, rows) in changed.items():
        if keys := tuple(row.key for row in rows if open_columns(row) and merged_by_keys(row, columns) is None):
            found[table] = TableConflicts(columns, keys)
    counts = tuple(ConflictCount(table, len(conflicts.keys)) for table, conflicts in found.items())
    return ConflictSet(incoming, incoming.tip, base, ours, theirs, counts, found=found)


def changed_by_both(session: Session, base: str, ours: str, theirs: str) -> Changed | None:
    """The columns and the rows that both sides changed of all tables that both did, with a computed column in one.

    None where there is no such column, or a table that cannot be compared so: without a key, or with another definition
    on one side.
    """
    if not session.dialect.traits.reads_as_of or not base:
        return None
    commits = {Side.BASE: base, Side.OURS: ours, Side.THEIRS: theirs}
    mine = {name: change for change in summarise(session, base, ours) for name in _names(change)}
    found: dict[str, tuple[tuple[ColumnInfo, ...], list[ConflictRow]]] = {}
    for change in summarise(session, base, theirs):
        other = next((mine[name] for name in _names(change) if name in mine), None)
        if other is None:
            continue
        sides = {side: columns_at(session, change.table, commit) for side, commit in commits.items()}
        columns = sides[Side.OURS]
        if not (change.status is other.status is Status.MODIFIED and key_of(columns)):
            return None
        if any([(c.name, c.type) for c in side] != [(c.name, c.type) for c in columns] for side in sides.values()):
            return None
        tables = side_tables(columns, sides)
        found[change.table] = columns, list(_changed_by_both(session, change.table, commits, tables))
    if not any(column.generated for columns, _ in found.values() for column in columns):
        return None
    return found


def compared(session: Session, base: str, ours: str, theirs: str) -> tuple[str, ...]:
    """The tables with virtual columns that both sides changed: their conflicts are found here only.

    Some milliseconds, and two for each table that both changed.
    """
    if not (session.dialect.traits.reads_as_of and base):
        return ()
    sides = [summarise(session, base, side) for side in (ours, theirs)]
    mine, others = ({c.table for c in side if c.status is Status.MODIFIED and c.data_changed} for side in sides)
    columns = {table: columns_at(session, table, ours) for table in sorted(mine & others)}
    return tuple(table for table, of in columns.items() if any(column.virtual for column in of) and key_of(of))


def missed(session: Session, base: str, ours: str, theirs: str) -> bool:
    """Whether something conflicts in these tables, so that what is brought in without a conflict is not whole."""
    commits = {Side.BASE: base, Side.OURS: ours, Side.THEIRS: theirs}
    return any(
        keys_by_comparing(session, table, columns_at(session, table, ours), commits)
        for table in compared(session, base, ours, theirs)
    )


def _names(change: TableChange) -> set[str]:
    return {name for name in (change.table, change.old_name) if name}


def keys_by_comparing(
    session: Session, table: str, columns: Sequence[ColumnInfo], commits: Mapping[Side, str], number: int | None = None
) -> tuple[RowKey, ...]:
    """The keys of the rows that conflict, in the key's order; ``columns`` are the merged table's.

    ``number`` is how many there are, where that is known: JSON objects of which the sides changed different keys are
    no conflict to Dolt, unless another cell of the row is one.
    """
    sides = {side: columns_at(session, table, commit) for side, commit in commits.items()}
    base = commits[Side.BASE]
    tables = side_tables(columns, sides, lambda side: renames(session, table, base, commits[side]))
    found = [row for row in _changed_by_both(session, table, commits, tables) if open_columns(row)]
    if len(found) != number:
        found = [row for row in found if merged_by_keys(row, columns) is None]
    return tuple(row.key for row in found)


def merged_by_keys(row: ConflictRow, columns: Sequence[ColumnInfo]) -> Mapping[str, str] | None:
    """The cells that are open in a row as Dolt merges them; None where one is no JSON object, or cannot be merged."""
    names, json = open_columns(row), {column.name for column in columns if column.type.lower() == "json"}
    if row.base is None or row.ours is None or row.theirs is None or not json.issuperset(names):
        return None
    found: dict[str, str] = {}
    for name in names:
        base, ours, theirs = row.base.get(name), row.ours[name], row.theirs[name]
        try:
            merged = merge_objects(base, ours, theirs)[0] if is_object(ours) and is_object(theirs) else None
        except ValueError:
            merged = None
        if merged is None:
            return None
        found[name] = merged
    return found


def _changed_by_both(
    session: Session, table: str, commits: Mapping[Side, str], tables: Mapping[Side, SideTable]
) -> Iterator[ConflictRow]:
    """The rows that both sides changed, or added; those that both removed are left out."""
    dialect, quote = session.dialect, session.dialect.quote
    sources, keys, bound = [], [], list[str]()
    for side in _OF:
        own, before = (tables[at].key for at in (side, Side.BASE))
        parts = [
            f"coalesce({quote('to_' + a.name)}, {quote('from_' + b.name)})" for a, b in zip(own, before, strict=True)
        ]
        named = ", ".join(f"{part} AS k{place}" for place, part in enumerate(parts))
        sources.append(f"(SELECT {named}, diff_type FROM {dialect.diff(table)}) AS {side}")
        bound += dialect.diff_values(commits[Side.BASE], commits[side], table)
        keys = [(f"k{place}", column) for place, column in enumerate(own)]
    on = " AND ".join(f"ours.{name} = theirs.{name}" for name, _ in keys)
    # Under a name without a side: what reads a column cannot be told whose it is.
    selected = ", ".join(f"ours.{name} AS {name}" for name, _ in keys)
    shown = ", ".join(dialect.column(name, column.type) for name, column in keys)
    rows = session.rows(
        f"SELECT {shown} FROM (SELECT {selected} FROM {' JOIN '.join(sources)} ON {on}"
        f" WHERE NOT (ours.diff_type = 'removed' AND theirs.diff_type = 'removed')) AS changed"
        f" ORDER BY {', '.join(name for name, _ in keys)}",
        *bound,
    )
    every = [tuple(hashable(value) for value in row) for row in rows]
    for some in batches(every):
        base, ours, theirs = (
            read_rows(session, table, tables[side], some, f" AS OF {dialect.placeholder}", (commits[side],))
            for side in Side
        )
        yield from (ConflictRow(key, base.get(key), ours.get(key), theirs.get(key)) for key in some)


def refuses(error: EngineError) -> bool:
    """Whether a merge failed at a row with computed columns: in the engine's words it is a panic, or a wrong value."""
    return any(words in f"{error.message} {error.detail}" for words in _FAULTS)


_FAULTS = ("panic", "Truncated incorrect", "malformed tuple", "unable to find field with index", "This is a bug")
