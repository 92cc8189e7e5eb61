"""Statements as texts that can be pasted into a SQL shell: with their values filled in as the engine was given them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeAlias

from ..model import SqlStyle, Statement
from ..model.calls import literal as spelt
from ..model.calls import without_password
from .literals import literal

Values: TypeAlias = Sequence[object] | Mapping[str, object]

OUT_OF_DATE = "--out-of-date"
"""An option that no procedure has, and whose first letter none takes for a short one: see `core.compare_and_write`."""
_FORMATTED = re.compile(r"%%|%s|%\((\w+)\)s")
_MARKED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/|\?", re.DOTALL)
"""Question marks, and what they are not looked for in."""
_SPELT = str.maketrans("", "", "\n\r\t")
"""Controls that previews spell."""
_GUARD = re.compile(rf"CASE WHEN (.*) THEN (%s|\?) ELSE '{OUT_OF_DATE}' END", re.DOTALL)


def statement_text(statement: Statement, style: SqlStyle, *, exact: bool = False) -> str:
    """A statement as it can be run again, and as its preview told it; ``exact``: with what it compared before it ran.

    Passwords in URLs are masked. Of one that is not `whole` what is kept, for reading only.
    """
    sql, values = statement.sql, statement.values
    if not statement.whole:
        return f"{sql.replace('%%', '%')}  -- {statement.parameters}" if statement.parameters else sql
    if values is not None and not exact:
        sql, values = without_guard(sql, values)
    return filled(sql, values, style)


def beginning(statement: Statement, style: SqlStyle, most: int) -> str:
    """About the first ``most`` characters of `statement_text`, quickly also where it has a million."""
    values = statement.values
    if isinstance(values, Mapping):
        values = {name: _cut(value, most) for name, value in values.items()}
    elif values is not None:
        values = [_cut(value, most) for value in values[:most]]
    text = statement_text(replace(statement, sql=statement.sql[: 2 * most], values=values), style)
    return text[:most]


def _cut(value: object, most: int) -> object:
    return value[:most] if isinstance(value, str | bytes | bytearray | memoryview) else value


def filled(sql: str, values: Values | None, style: SqlStyle) -> str:
    """A statement as it was given to the driver, with its values; None for one that takes none, as it was typed.

    Passwords in URLs are masked.
    """
    if values is None:
        return sql
    given = iter(values.values() if isinstance(values, Mapping) else values)

    def value(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        name = match[1] if match.re is _FORMATTED else None
        if name is not None and isinstance(values, Mapping):
            return bound_literal(values[name], style)
        if match[0] in ("%s", "?"):
            found = next(given, match)
            return match[0] if found is match else bound_literal(found, style)  # more signs: some are in names
        return match[0]

    return (_FORMATTED if style is SqlStyle.MYSQL else _MARKED).sub(value, sql)


def without_guard(sql: str, values: Values) -> tuple[str, Values]:
    """A statement without the comparison that keeps it from running where somebody changed what it was made of."""
    found = _GUARD.search(sql)
    if found is None or isinstance(values, Mapping):
        return sql, values
    pattern = _FORMATTED if found[2] == "%s" else _MARKED
    before, compared = (
        sum(one[0] == found[2] for one in pattern.finditer(text)) for text in (sql[: found.start()], found[1])
    )
    return sql[: found.start()] + found[2] + sql[found.end() :], (*values[:before], *values[before + compared :])


def bound_literal(value: Any, style: SqlStyle) -> str:
    """A value as SQL that means what the driver makes of it; texts as previews show them, where they can be."""
    if isinstance(value, str):
        if "://" in value:
            value = without_password(value)
        if value.translate(_SPELT).isprintable():
            return spelt(value, style)
    if isinstance(value, float) and style is SqlStyle.MYSQL:
        text = literal(value, "", style)
        return text if "e" in text else f"{text}e0"  # without it would be a decimal number
    if isinstance(value, Decimal) and style is SqlStyle.SQLITE:
        return f"'{value}'"  # so it is bound
    return literal(value, "", style)
