"""Rows by their keys, read as they are shown, many with one statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from ..core.connections import Session
from ..model import ColumnInfo, Editable, RowKey, RowValues, Value
from ..model.editing import hashable
from .row_statements import bound, located

_BATCH = 500
"""Keys for each statement."""

T = TypeVar("T")


def batches(items: Sequence[T], size: int = _BATCH) -> Iterator[Sequence[T]]:
    """Some items at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def among(
    session: Session, columns: Sequence[ColumnInfo], keys: Sequence[Sequence[Value]], prefix: str = ""
) -> tuple[str, list[object]]:
    """The condition that some columns have one of these combinations of values, and what it binds; NULL is none."""
    style, placeholder = session.dialect.traits.sql, session.dialect.placeholder
    names = [prefix + session.dialect.quote(column.name) for column in columns]
    values: list[object] = []
    rows = []
    for key in keys:
        parts = []
        for value, column in zip(key, columns, strict=True):
            text, one = bound(located(value, column, style), column.type, style, placeholder)
            parts.append(text)
            values.append(one)
        rows.append(parts)
    if len(names) == 1:
        return f"{names[0]} IN ({', '.join(parts[0] for parts in rows)})", values
    listed = ", ".join(f"({', '.join(parts)})" for parts in rows)
    return f"({', '.join(names)}) IN ({session.by_engine(dolt='', doltlite='VALUES ')}{listed})", values


def rows_by_key(session: Session, table: Editable, keys: Iterable[RowKey]) -> dict[RowKey, RowValues]:
    """The rows that are there, all columns; a statement for some hundred of them."""
    found: dict[RowKey, RowValues] = {}
    select = ", ".join(session.dialect.column(column.name, column.type) for column in table.columns)
    names = [column.name for column in table.columns]
    key = table.key
    key_columns = [table.column(name) for name in key]
    for some in batches(list(keys)):
        condition, values = among(session, key_columns, some)
        rows = session.rows(f"SELECT {select} FROM {session.dialect.quote(table.table)} WHERE {condition}", *values)
        for row in rows:
            whole = dict(zip(names, row, strict=True))
            found[tuple(hashable(whole[name]) for name in key)] = whole
    return found
