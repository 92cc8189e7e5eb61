"""Which rows of a table are staged: the changes from HEAD to the staged set, and from there to the working set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..core.connections import Session
from ..core.workspace_rows import of_keys, some_keys
from ..model import HEAD, STAGED, WORKING, ColumnInfo, Halves, RowKey, Value
from ..model.editing import hashable
from .query import inexact

_FEW = 3
"""Keys up to which a row is read at three revisions, where a diff has to be looked at as a whole otherwise."""


def present(session: Session, table: str) -> Halves:
    """Whether anything of a table is staged, and whether anything is not. Remembered until either set changes."""
    return session.recall([STAGED, WORKING], ("halves", table), lambda: _present(session, table))


def _present(session: Session, table: str) -> Halves:
    found = {True: False, False: False}
    for name, staged in session.rows("SELECT table_name, staged FROM dolt_status"):
        if name == table or table in name.split(" -> "):
            found[bool(staged)] = True
    return Halves(found[True], found[False])


def exact(key: Sequence[ColumnInfo]) -> bool:
    """Whether a row is found by the values that were read of its key."""
    return bool(key) and not any(inexact(column.type) for column in key)


def halves(
    session: Session, table: str, key: Sequence[ColumnInfo], keys: Iterable[RowKey], known: Halves | None = None
) -> dict[RowKey, Halves]:
    """Which changes the rows of these keys have; ``known`` tells which ones the table has, where that is known.

    The key has to be `exact`. The cost is that of the keys where the engine pushes them down into a diff (10 µs each),
    else that of all changes (0.5 µs each), for up to three keys that of the keys.
    """
    wanted = list(dict.fromkeys(tuple(map(hashable, one)) for one in keys))
    known = present(session, table) if known is None else known
    if not wanted:
        return {}
    if session.dialect.traits.reads_as_of or len(wanted) > _FEW:
        found = _by_diffs(session, table, key, wanted, known)
    else:
        found = _by_sides(session, table, key, wanted)
    return {one: Halves(one in found[0], one in found[1]) for one in wanted}


def _by_diffs(
    session: Session, table: str, key: Sequence[ColumnInfo], wanted: Sequence[RowKey], known: Halves
) -> tuple[set[RowKey], set[RowKey]]:
    """The keys that the staged changes have, and those that the others have, of those that are wanted."""
    dialect = session.dialect
    found: tuple[set[RowKey], set[RowKey]] = (set(), set())
    relation = dialect.diff(table)
    for some in some_keys(key, wanted):
        parts: list[str] = []
        bound: list[object] = []
        for half, (there, old, new) in enumerate(((known.staged, HEAD, STAGED), (known.unstaged, STAGED, WORKING))):
            if not there:
                continue
            for prefix, sign in (("to_", "<>"), ("from_", "=")):
                condition, values = of_keys(session, key, some, (prefix,))
                names = ", ".join(dialect.quote(prefix + column.name) for column in key)
                parts.append(f"SELECT {half}, {names} FROM {relation} WHERE {condition} AND diff_type {sign} 'removed'")
                one, other = dialect.known(session, old, new)
                bound += [*dialect.diff_values(one, other, table), *values]
        for half, *values in session.rows(" UNION ALL ".join(parts), *bound) if parts else ():
            found[half].add(tuple(map(hashable, values)))
    return found


def _by_sides(
    session: Session, table: str, key: Sequence[ColumnInfo], wanted: Sequence[RowKey]
) -> tuple[set[RowKey], set[RowKey]]:
    """The same, by the rows themselves."""
    condition, values = of_keys(session, key, wanted, ("",))
    relation = session.dialect.quote(f"dolt_at_{table}")
    names = ", ".join(session.dialect.quote(column.name) for column in key)
    head, staged, working = (
        {
            tuple(map(hashable, row[: len(key)])): _typed(row[len(key) :])
            for row in session.rows(f"SELECT {names}, * FROM {relation}(?) WHERE {condition}", revision, *values)
        }
        for revision in session.dialect.known(session, HEAD, STAGED, WORKING)
    )
    return (
        {one for one in wanted if head.get(one) != staged.get(one)},
        {one for one in wanted if staged.get(one) != working.get(one)},
    )


def _typed(values: Iterable[Value]) -> list[tuple[type, Value]]:
    """Values with their types: 1 and 1.0 are stored in different ways."""
    return [(type(value), value) for value in values]
