"""Conditions on columns in SQL; and those that a column has a value that was read of it, exact for every type.

Equality is the column's own, as GROUP BY, indexes and foreign keys have it: where its collation takes texts for the
same that are spelt in different ways, they are, and the condition says so (`Condition.folds`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..core.binding import bound, single
from ..core.column_types import parsed
from ..core.literals import literal, quoted_name
from ..core.wildcards import literally
from ..errors import InvalidFilter
from ..model import ABSENT, ColumnInfo, Condition, DiffColumn, Operator, SqlStyle, Value

if TYPE_CHECKING:
    from ..core.dialect import Dialect

_PLAIN = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_COLLATION = re.compile(r"\bcollate\s+(\w+)", re.IGNORECASE)
_SAID = 48
"""Signs of a value that are told to people."""


def same_value(
    column: ColumnInfo | DiffColumn, value: Value, style: SqlStyle, *, other: bool = False, prefix: str = ""
) -> Condition:
    """The condition that a column has a ``value`` that was read of it (NULL too), or with ``other``: another one.

    Several of them in `Query.conditions` have to hold together, as for a composite key. With ``prefix``, ``to_`` or
    ``from_``, it is about a side of a diff, for `DiffFilter.conditions`. Rows in which the column is NULL have another
    value than any. Raises `InvalidFilter` where nothing was read, so that there is nothing to compare with.
    """
    name = prefix + column.name
    if value is ABSENT:
        raise InvalidFilter(f"The diff does not hold the value of {column.name} here.", " ")
    if value is None:
        operator = Operator.NOT_NULL if other else Operator.NULL
        return Condition(name, operator, typed=f"{_written(name, style)} {operator}")
    text = _literal(value, column.type, style)
    return Condition(
        name,
        Operator.OTHER if other else Operator.SAME,
        value,
        _tested(_written(name, style), text, style, other=other),
        text if len(text) <= _SAID else f"{text[: _SAID - 8]}…{text[-7:]}",
        isinstance(value, str) and folds(column),
    )


def folds(column: ColumnInfo | DiffColumn) -> bool:
    """Whether a column takes upper and lower case for the same, as far as its definition tells."""
    found = _COLLATION.search(column.type)
    collation = found[1] if found else column.collation if isinstance(column, ColumnInfo) else ""
    return collation.lower().endswith("_ci") or collation.lower() == "nocase"


def condition_sql(dialect: Dialect, expression: str, type_name: str, condition: Condition) -> tuple[str, list[object]]:
    """A condition on a quoted column of this type, in SQL, and what it binds."""
    from .text_search import like  # only now: what only says conditions needs nothing of the database

    match condition.operator:
        case Operator.NULL:
            return f"{expression} IS NULL", []
        case Operator.NOT_NULL:
            return f"{expression} IS NOT NULL", []
        case Operator.CONTAINS:
            return like(dialect, expression), [f"%{literally(str(condition.value))}%"]
        case Operator.STARTS:
            return like(dialect, expression), [f"{literally(str(condition.value))}%"]
        case Operator.SAME | Operator.OTHER:
            style = dialect.traits.sql
            text, value = bound(condition.value, type_name, style, dialect.placeholder)
            if _is_json(type_name, style):  # else a text would be compared: engine-facts.md#json-is-no-text
                text = f"CAST({text} AS JSON)"
            return _tested(expression, text, style, other=condition.operator is Operator.OTHER), [value]
    return f"{expression} {condition.operator} {dialect.placeholder}", [condition.value]


def _tested(expression: str, value: str, style: SqlStyle, *, other: bool) -> str:
    if not other:
        return f"{expression} = {value}"
    return f"NOT ({expression} <=> {value})" if style is SqlStyle.MYSQL else f"{expression} IS NOT {value}"


def _is_json(type_name: str, style: SqlStyle) -> bool:
    return style is SqlStyle.MYSQL and parsed(type_name).word == "json"


def _literal(value: Value, type_name: str, style: SqlStyle) -> str:
    if style is SqlStyle.MYSQL and isinstance(value, float) and parsed(type_name).word == "float":
        value = single(value)
    text = literal(value, type_name, style)
    return f"CAST({text} AS JSON)" if _is_json(type_name, style) else text


def _written(name: str, style: SqlStyle) -> str:
    return name if _PLAIN.fullmatch(name) else quoted_name(name, style)
