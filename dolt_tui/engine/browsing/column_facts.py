"""What is asked about all values of columns, as their types have it, and what was answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...frozen import Frozen
from ..core.connections import Session
from ..model import ColumnInfo, SqlStyle
from ..model.column_stats import Facts, Lengths, Totals
from .column_sides import Side
from .column_values import Of, classify

_LEAST, _GREATEST, _MEAN, _SHORTEST, _LENGTH, _LONGEST, _EMPTY, _DISTINCT = [
    "least",
    "greatest",
    "mean",
    "shortest",
    "length",
    "longest",
    "empty",
    "distinct",
]


class Asked(Frozen):
    """The statement that asks for what is true of some columns on a side: one row."""

    sql: str
    binds: tuple[object, ...]
    parts: tuple[tuple[str, ...] | None, ...]
    """For each column what is asked, behind how many values are not NULL; None where the side has no such column."""

    @property
    def width(self) -> int:
        return 1 + sum(1 + len(one) for one in self.parts if one is not None)

    @classmethod
    def of(cls, session: Session, side: Side, columns: Sequence[str], *, distinct: bool = False) -> Asked:
        """``distinct``: how many different values there are, too."""
        select, binds, parts = ["count(*)"], list[object](), list[tuple[str, ...] | None]()
        for name in columns:
            info = side.column(name)
            if info is None:
                parts.append(None)
                continue
            spelt = side.spelt[name]
            asked = _measures(session, info, spelt)
            if distinct:
                asked[_DISTINCT] = (
                    f"(SELECT count(*) FROM (SELECT {spelt} FROM {side.source} GROUP BY {spelt}) AS counted)"
                )
                binds += side.binds
            select += [f"count({spelt})", *asked.values()]
            parts.append(tuple(asked))
        named = ", ".join(f"{text} AS f{at}" for at, text in enumerate(select))
        return cls(f"SELECT {named} FROM {side.source}", (*binds, *side.binds), tuple(parts))

    def facts(self, row: Sequence[Any], distinct: Sequence[int] = ()) -> list[Facts | None]:
        """What was answered, for each column; ``distinct`` where that was not asked."""
        rows, at, found = whole_number(row[0]), 1, list[Facts | None]()
        for number, part in enumerate(self.parts):
            if part is None:
                found.append(None)
                continue
            known = whole_number(row[at])
            told = dict(zip(part, row[at + 1 : at + 1 + len(part)], strict=True))
            at += 1 + len(part)
            nulls = rows - known
            different = whole_number(told[_DISTINCT]) - bool(nulls) if _DISTINCT in told else distinct[number]
            lengths = None
            if told.get(_LENGTH) is not None:
                lengths = Lengths(whole_number(told[_SHORTEST]), float(told[_LENGTH]), whole_number(told[_LONGEST]))
            mean = told.get(_MEAN)
            found.append(
                Facts(
                    Totals(rows, nulls, different),
                    told.get(_LEAST),
                    told.get(_GREATEST),
                    None if mean is None else float(mean),
                    lengths,
                    whole_number(told[_EMPTY]) if _EMPTY in told else None,
                )
            )
        return found


def _measures(session: Session, info: ColumnInfo, spelt: str) -> dict[str, str]:
    """What is asked of a column, as its type has it."""
    of, dolt = classify(info.type), session.dialect.traits.sql is SqlStyle.MYSQL
    shown = session.dialect.column(info.name, info.type).removesuffix(f" AS {session.dialect.quote(info.name)}")
    value = shown if shown != session.dialect.quote(info.name) else spelt
    found = {} if of is Of.OTHER else {_LEAST: f"min({value})", _GREATEST: f"max({value})"}
    number, text, data = of in (Of.NUMBER, Of.ANY), of in (Of.TEXT, Of.ANY), of is Of.BYTES
    if number:
        # Columns hold values of any kind on DoltLite.
        found[_MEAN] = (
            f"avg({value})" if dolt else f"avg(CASE WHEN typeof({value}) IN ('integer', 'real') THEN {value} END)"
        )
    if text or data:
        length = f"char_length({value})" if dolt and text else f"length({value})"
        if not dolt:
            length = f"CASE WHEN typeof({value}) IN ('text', 'blob') THEN {length} END"
        found |= {_SHORTEST: f"min({length})", _LENGTH: f"avg({length})", _LONGEST: f"max({length})"}
        found[_EMPTY] = f"sum(CASE WHEN {length} = 0 THEN 1 ELSE 0 END)"
    return found


def beside(asked: Sequence[Asked | None]) -> tuple[str, list[object]]:
    """What is asked of each side as one relation of one row, and what it binds."""
    there = [one for one in asked if one is not None]
    relation = " CROSS JOIN ".join(f"({one.sql}) AS facts{at}" for at, one in enumerate(there))
    return relation, [value for one in there for value in one.binds]


def answers(
    asked: Sequence[Asked | None], row: Sequence[Any], distinct: Sequence[Sequence[int]]
) -> list[list[Facts | None]]:
    """What was answered, for each side and each column."""
    found, start = list[list[Facts | None]](), 0
    width = max(len(one.parts) for one in asked if one is not None)
    for one, numbers in zip(asked, distinct, strict=True):
        if one is None:
            found.append([None] * width)
            continue
        found.append(one.facts(row[start : start + one.width], numbers))
        start += one.width
    return found


def whole_number(number: Any) -> int:
    """A sum, which Dolt gives in floating point; exact up to 2**53 rows."""
    return int(number or 0)
