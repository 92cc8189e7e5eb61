"""What rows occupy: values of unique keys, of which each is taken once, and values that foreign keys name. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Hashable, Sequence

from ..model import DEFAULT, ColumnInfo, Edit, Editable, EditKind, Value
from ..model.editing import hashable


def folded(value: Value, column: ColumnInfo) -> Hashable:
    """A value so that those which the column's collation takes for the same are equal."""
    if isinstance(value, str) and column.collation.endswith("_ci"):
        text = value.casefold()
        if "_ai_" in column.collation or "_as_" not in column.collation:
            text = "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
        return text
    found: Hashable = hashable(value)
    return found


def held(edit: Edit, table: Editable, columns: Sequence[str]) -> tuple[Hashable, ...] | None:
    """What the row has in these columns before the edit; None where it has nothing whole: NULL, or no row."""
    if edit.kind is EditKind.ADDED:
        return None
    return _whole([edit.before.get(name) for name in columns], table, columns)


def wanted(edit: Edit, table: Editable, columns: Sequence[str]) -> tuple[Hashable, ...] | None:
    """What the row has in these columns after the edit; None where it is NULL or not known before it is written."""
    if edit.kind is EditKind.REMOVED:
        return None
    return _whole([edit.value(name) for name in columns], table, columns)


def _whole(values: list[Value], table: Editable, columns: Sequence[str]) -> tuple[Hashable, ...] | None:
    if any(value is None or value is DEFAULT for value in values):
        return None
    return tuple(folded(value, table.column(name)) for value, name in zip(values, columns, strict=True))
