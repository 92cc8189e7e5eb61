"""Rules in SQL: what they compare and compute, over rows whose columns are called ``base_x``, ``our_x``, ``their_x``.

The engine compares, so that times, decimals and collations mean what they mean everywhere else.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..browsing.column_values import Of, classify
from ..core.column_types import parsed
from ..model import ColumnInfo
from ..model.conflicts import Rule, RuleKind, Side
from .relation import HAS_BASE, Relation

OURS, THEIRS, EQUAL, NULL, NO = "o", "t", "=", "n", "-"
"""Verdicts about a cell: a side, or why none."""
_ORDERED = frozenset({Of.NUMBER, Of.DATE, Of.MOMENT, Of.TIME})


def is_number(column: ColumnInfo) -> bool:
    """Whether values of a column can be added."""
    return classify(column.type) is Of.NUMBER and parsed(column.type).word not in ("bit", "year", "bool", "boolean")


def is_ordered(column: ColumnInfo) -> bool:
    """Whether the greater of two values means something."""
    return classify(column.type) in _ORDERED and parsed(column.type).word != "bit"


def is_json(column: ColumnInfo) -> bool:
    return parsed(column.type).word == "json"


def is_text(column: ColumnInfo) -> bool:
    """Whether letters are compared, under a collation."""
    return any(word in column.type.lower() for word in ("char", "text", "enum", "set"))


def common(relation: Relation) -> tuple[ColumnInfo, ...]:
    """The columns that both sides have: others are no question."""
    theirs = {column.name for column in relation.of(Side.THEIRS)}
    return tuple(column for column in relation.of(Side.OURS) if column.name in theirs)


def together(relation: Relation, flags: Sequence[str]) -> str:
    """Some letters as one text."""
    return relation.session.by_engine(dolt=f"CONCAT({', '.join(flags)})", doltlite=f"({' || '.join(flags)})")


def open_flag(relation: Relation, column: ColumnInfo) -> str:
    """``1`` where both sides changed a cell in different ways, else ``0``."""
    text = is_text(column)

    def differ(one: Side, other: Side) -> str:
        sides = (relation.comparable(side, column) for side in (one, other))
        return relation.session.dialect.differ(*sides, text=text)

    condition = differ(Side.OURS, Side.THEIRS)
    if column in relation.of(Side.BASE):
        base = f"{differ(Side.OURS, Side.BASE)} AND {differ(Side.THEIRS, Side.BASE)}"
        condition += f" AND ({added(relation)} OR ({base}))"
    return f"CASE WHEN {condition} THEN '1' ELSE '0' END"


def added(relation: Relation) -> str:
    """The condition that the base has no such row."""
    return f"NOT {relation.session.dialect.quote(HAS_BASE)}"


def greater(relation: Relation, column: str, *, less: bool = False) -> str:
    """The side whose value in a column is greater, or less."""
    ours, theirs = relation.quoted(Side.OURS, column), relation.quoted(Side.THEIRS, column)
    one, other = ("<", ">") if less else (">", "<")
    return (
        f"CASE WHEN {ours} IS NULL OR {theirs} IS NULL THEN '{NULL}' WHEN {ours} {one} {theirs} THEN '{OURS}'"
        f" WHEN {ours} {other} {theirs} THEN '{THEIRS}' ELSE '{EQUAL}' END"
    )


def not_null(relation: Relation, column: str) -> str:
    """The side that has a value where the other one has none."""
    ours, theirs = relation.quoted(Side.OURS, column), relation.quoted(Side.THEIRS, column)
    return (
        f"CASE WHEN {ours} IS NULL AND {theirs} IS NOT NULL THEN '{THEIRS}'"
        f" WHEN {theirs} IS NULL AND {ours} IS NOT NULL THEN '{OURS}' ELSE '{NO}' END"
    )


def total(relation: Relation, column: ColumnInfo) -> str:
    """The base and what both sides added to it; NULL where one of them has no number."""
    lite = relation.session.by_engine(dolt=False, doltlite=True)
    if column not in relation.of(Side.BASE) or not (lite or is_number(column)):  # Dolt takes any text for 0
        return "NULL"
    parts = [relation.quoted(side, column.name) for side in (Side.OURS, Side.THEIRS, Side.BASE)]
    if lite:  # a column holds texts, too, whatever it is declared
        numbers = " AND ".join(f"typeof({part}) IN ('integer', 'real')" for part in parts)
        return f"CASE WHEN {numbers} THEN {parts[0]} + {parts[1]} - {parts[2]} END"
    type_ = parsed(column.type)
    if type_.unsigned and type_.word not in ("float", "double", "real"):
        scale = type_.numbers[1] if len(type_.numbers) == 2 else 0
        parts = [f"CAST({part} AS DECIMAL(65, {scale}))" for part in parts]  # below zero it would be an error
    return f"{parts[0]} + {parts[1]} - {parts[2]}"


def as_side(relation: Relation, value: str, column: ColumnInfo) -> str:
    """The side that has the value of an expression, which is not NULL; else `NO`."""
    ours, theirs = relation.comparable(Side.OURS, column), relation.comparable(Side.THEIRS, column)
    differ, text = relation.session.dialect.differ, is_text(column)
    return (
        f"CASE WHEN {differ(value, ours, text=text)} THEN CASE WHEN {differ(value, theirs, text=text)}"
        f" THEN '{NO}' ELSE '{THEIRS}' END ELSE '{OURS}' END"
    )


def suits(rule: Rule, column: ColumnInfo) -> bool:
    """Whether a rule that names no columns decides cells of this one."""
    if column.generated:
        return False
    match rule.kind:
        case RuleKind.GREATER | RuleKind.LESS:
            return is_ordered(column)
        case RuleKind.SUM:
            return is_number(column)
        case RuleKind.UNION:
            return is_json(column)
        case RuleKind.NOT_NULL:
            return column.nullable
        case RuleKind.EXPRESSION:
            return False
    return True
