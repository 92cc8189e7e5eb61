"""Values of cells as statements bind them, by the types of their columns; rows found by their keys."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from ..errors import TableNotFound
from ..model import ColumnInfo, SqlStyle, Value
from .column_types import parsed
from .literals import duration, geometric, reference_system

if TYPE_CHECKING:  # with SQLAlchemy, which the screen is drawn without
    from .session import Session

_BATCH = 500
"""Keys for each statement."""

T = TypeVar("T")


def bound(value: Value, type_name: str, style: SqlStyle, placeholder: str) -> tuple[str, object]:
    """The expression that stands for a value of a column, and what it binds."""
    if style is SqlStyle.MYSQL:
        if isinstance(value, float) and parsed(type_name).word == "float":
            return placeholder, single(value)  # by its fewest digits the largest one would be out of range
        if isinstance(value, timedelta):  # the driver spells those below zero wrongly
            return f"CAST({placeholder} AS TIME(6))", duration(value)  # engine-facts.md#times-in-lists
        if isinstance(value, str) and geometric(type_name):
            known, system = reference_system(value)
            return f"ST_GeomFromText({placeholder}, {system})", known
        if isinstance(value, str) and type_name.lower().startswith("vector"):
            return f"STRING_TO_VECTOR({placeholder})", value
    return placeholder, value


def located(value: Value, column: ColumnInfo, style: SqlStyle) -> Value:
    """A value of a key as it has to be asked for: a FLOAT is stored in single precision."""
    if style is SqlStyle.MYSQL and isinstance(value, float) and parsed(column.type).word == "float":
        return single(value)
    return value


def single(value: float) -> float:
    """The number of single precision that is stored for one; others never equal it."""
    return float(struct.unpack("f", struct.pack("f", value))[0])


def batches(items: Sequence[T], size: int = _BATCH) -> Iterator[Sequence[T]]:
    """Some items at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def among(
    session: Session,
    columns: Sequence[ColumnInfo],
    keys: Sequence[Sequence[Value]],
    prefix: str = "",
    *,
    spelt: Sequence[str] = (),
) -> tuple[str, list[object]]:
    """The condition that some columns have one of these combinations of values, and what it binds; NULL is none.

    ``spelt`` are the expressions for the columns; without it they are their names, quoted, behind ``prefix``.
    """
    style, placeholder = session.dialect.traits.sql, session.dialect.placeholder
    names = spelt or [prefix + session.dialect.quote(column.name) for column in columns]
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


def equal(
    session: Session, columns: Sequence[ColumnInfo], wanted: Sequence[tuple[str, Value]]
) -> tuple[str, list[object]]:
    """The condition that columns, named in upper or lower case, have these values, and what it binds; NULL is none.

    Raises `TableNotFound` for a column that is none of ``columns``.
    """
    style, placeholder = session.dialect.traits.sql, session.dialect.placeholder
    known = {column.name.lower(): column for column in columns}
    parts, values = [], list[object]()
    for name, value in wanted:
        column = known.get(name.lower())
        if column is None:
            raise TableNotFound(f"There is no column {name} (any more).")
        text, one = bound(located(value, column, style), column.type, style, placeholder)
        parts.append(f"{session.dialect.quote(column.name)} = {text}")
        values.append(one)
    return " AND ".join(parts), values
