"""Rows by their keys, read as they are shown, many with one statement."""

from __future__ import annotations

from collections.abc import Iterable

from ..core.binding import among as among
from ..core.binding import batches as batches
from ..core.connections import Session
from ..model import Editable, RowKey, RowValues
from ..model.editing import hashable


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
