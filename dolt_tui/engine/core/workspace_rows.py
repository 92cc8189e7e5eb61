"""Statements that stage, unstage and discard rows: each changes the rows of one half of ``dolt_workspace_<table>``.

A row is found by its primary key, or without one by its values: ids change with every write.
See engine-facts.md#workspace-rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from ..model import ChangeKind, ColumnInfo, RowKey
from ..model.editing import hashable
from .binding import among, batches, bound, located
from .column_types import parsed
from .session import Session

MOST_KEYS = 20_000
"""Keys for each statement: it looks at all changed rows, however many it is about."""
LOOKED_UP = 200
"""Keys for each statement that asks Dolt for rows of a diff: the time grows with their square.
engine-facts.md#lists-of-keys"""
_MOST_VALUES = 30_000
"""Values that a statement can bind, on DoltLite."""
_PANICS = frozenset(
    {"blob", "tinyblob", "mediumblob", "longblob", "binary", "varbinary", "vector", "geometry", "linestring", "polygon"}
    | {"multipoint", "multilinestring", "multipolygon", "geometrycollection", "geomcollection"}
)


def panics(columns: Iterable[ColumnInfo]) -> bool:
    """Whether Dolt panics when single rows of such a table are staged. engine-facts.md#workspace-panics"""
    return any(parsed(column.type).word in _PANICS for column in columns)


def of_keys(
    session: Session, key: Sequence[ColumnInfo], keys: Sequence[RowKey], prefix: str = ""
) -> tuple[str, list[object]]:
    """The condition that a row has one of these keys, in columns behind ``prefix``, and what it binds."""
    return _of(session, key, keys, [session.dialect.quote(prefix + column.name) for column in key])


def of_changes(session: Session, key: Sequence[ColumnInfo], keys: Sequence[RowKey]) -> tuple[str, list[object]]:
    """The condition that a changed row has one of these keys, whether it is there still or was removed."""
    quote = session.dialect.quote
    if session.dialect.traits.server:
        parts = [of_keys(session, key, keys, prefix) for prefix in ("to_", "from_")]
        return f"({' OR '.join(part for part, _ in parts)})", [value for _, values in parts for value in values]
    both = [f"coalesce({quote(f'to_{column.name}')}, {quote(f'from_{column.name}')})" for column in key]
    return _of(session, key, keys, both)  # engine-facts.md#doltlite-staging


def _of(
    session: Session, key: Sequence[ColumnInfo], keys: Sequence[RowKey], names: Sequence[str]
) -> tuple[str, list[object]]:
    if len(keys) > 1:
        return among(session, key, keys, spelt=names)
    style, placeholder = session.dialect.traits.sql, session.dialect.placeholder
    tests, values = list[str](), list[object]()
    for column, name, value in zip(key, names, keys[0], strict=True):  # engine-facts.md#doltlite-rows-at-a-revision
        text, one = bound(located(value, column, style), column.type, style, placeholder)
        tests.append(f"{name} = {text}")
        values.append(one)
    return f"({' AND '.join(tests)})", values


def some_keys(key: Sequence[ColumnInfo], keys: Sequence[RowKey], most: int = MOST_KEYS) -> Iterator[Sequence[RowKey]]:
    """As many keys at a time as a statement can be about, and not more than ``most``."""
    return batches(keys, max(1, min(most, _MOST_VALUES // len(key))))


def workspace(session: Session, table: str) -> str:
    """The relation of a table's changed rows, as SQL."""
    return session.dialect.quote(f"dolt_workspace_{table}")


def move(session: Session, table: str, condition: str, bound: Sequence[object], *, staged: bool) -> int:
    """Stage the changed rows for which a condition holds (or unstage them); how many there were."""
    return session.execute(
        f"UPDATE {workspace(session, table)} SET staged = {int(staged)}"
        f" WHERE staged = {int(not staged)} AND {condition}",
        *bound,
    )


def discard(session: Session, table: str, condition: str, bound: Sequence[object]) -> int:
    """Set the rows for which a condition holds back to what is staged; how many there were."""
    return session.execute(f"DELETE FROM {workspace(session, table)} WHERE staged = 0 AND {condition}", *bound)


def ids(
    session: Session, table: str, columns: Sequence[ColumnInfo], rows: Iterable[RowKey], *, staged: bool
) -> list[int]:
    """The ids of changed rows that have these values: of a table without a key. A row that is given twice is two of
    them. They hold until something is written. The cost is that of all changes (10 µs each)."""
    wanted = Counter(tuple(map(hashable, row)) for row in rows)
    names = [
        session.dialect.column(prefix + column.name, column.type) for prefix in ("to_", "from_") for column in columns
    ]
    width, found = len(columns), list[int]()
    for id_, kind, *values in session.rows(
        f"SELECT id, diff_type, {', '.join(names)} FROM {workspace(session, table)} WHERE staged = {int(staged)}"
    ):
        row = tuple(map(hashable, values[width:] if kind == ChangeKind.REMOVED else values[:width]))
        if wanted[row] > 0:
            wanted[row] -= 1
            found.append(int(id_))
    return found


def of_ids(found: Sequence[int]) -> str:
    """The condition that a changed row has one of these ids."""
    return f"id IN ({', '.join(map(str, found))})"
