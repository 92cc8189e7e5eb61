"""What people type into a filter, understood: conditions on rows, kinds of changes, commits. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from dolt_tui.engine.browsing.filters import Filters
from dolt_tui.engine.browsing.query import DiffFilter, Query, rendered
from dolt_tui.engine.errors import InvalidFilter
from dolt_tui.engine.model import ChangeKind, DiffColumn, LogFilter, SqlStyle

Columns: TypeAlias = Sequence[tuple[str, str]]
"""Names and types."""

_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:(?P<minute>\d\d)(?::(?P<second>\d\d))?(?:Z|[+-]\d\d:?\d\d)?)?")
_WORD = re.compile(r'(author|message|table|since|until):("[^"]*"|\S+)', re.IGNORECASE)


def with_condition(query: Query, text: str, columns: Columns, style: SqlStyle) -> Query:
    """``query`` with the conditions that a person typed. Raises `InvalidFilter`."""
    found = Filters(query.table, columns, style).understand(text)
    return replace(query, conditions=found.conditions, where=found.where, contains=found.contains)


def change_filter(text: str, table: str, columns: Sequence[DiffColumn], style: SqlStyle) -> DiffFilter:
    """A filter on a diff that a person typed: ``added removed``, ``price changed``, or a condition on ``to_price`` and
    ``from_price``. Raises `InvalidFilter`."""
    text = text.strip()
    words = {word.lower() for word in re.split(r"[\s,]+", text) if word} - {"and", "or", "only"}
    kinds = {kind.value: kind for kind in ChangeKind}
    if words and words <= kinds.keys():
        return DiffFilter(frozenset(kinds[word] for word in words))
    match = re.fullmatch(r"(.+?)\s+changed", text, re.IGNORECASE | re.DOTALL)
    if match is not None:
        for column in columns:
            if column.name.lower() == match[1].lower():
                return DiffFilter(column=column.name)
        if columns and re.fullmatch(r"\w+", match[1]):
            raise Filters(table, [(column.name, column.type) for column in columns], style).missing(match[1])
    sides = [(f"to_{column.name}", column.type) for column in columns if column.in_new]
    sides += [(f"from_{column.name}", column.type) for column in columns if column.in_old]
    found = Filters(table, sides, style).understand(text)
    if found.contains:
        raise InvalidFilter("Say in which column: to_COLUMN contains …", " ")
    where = found.where or " AND ".join(rendered(condition, style) for condition in found.conditions)
    return DiffFilter(where=where)


def log_filter(text: str) -> LogFilter:
    """``author:ann table:people since:2026-01-31 until:2026-02-01 some words``: which commits are wanted.

    Dates are local ones, as those on the screen, and the day, minute or second that ``until`` names belongs to it.
    Words without a name are looked for in the message. Raises ValueError for a date that is none.
    """
    found: dict[str, str] = {}
    rest = text
    for match in _WORD.finditer(text):
        found[match[1].lower()] = match[2].strip('"')
        rest = rest.replace(match[0], " ", 1)
    message = " ".join([found.get("message", ""), *rest.split()]).strip()
    since, until = _moment(found.get("since")), _moment(found.get("until"), behind=True)
    return LogFilter(found.get("author", ""), message, found.get("table", ""), since, until)


def _moment(text: str | None, *, behind: bool = False) -> dt.datetime | None:
    """The moment at which what a text names begins, or the one ``behind`` it; without a zone it is local."""
    if not text:
        return None
    match = _DATE.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        moment = dt.datetime.fromisoformat(text)
        if behind:  # reckoned by the clock on the wall: a day may have 23 hours
            unit = "seconds" if match["second"] else "minutes" if match["minute"] else "days"
            moment += dt.timedelta(**{unit: 1})
        return moment.astimezone(dt.UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ValueError(f"{text} is not a date like 2026-01-31, or 2026-01-31T14:05") from error


def typed_log_filter(wanted: LogFilter) -> str:
    """A filter as it would be typed."""

    def quoted(value: str) -> str:
        return f'"{value}"' if " " in value else value

    parts = [f"author:{quoted(wanted.author)}"] if wanted.author else []
    parts += [f"table:{quoted(wanted.table)}"] if wanted.table else []
    parts += [f"since:{wanted.first.replace(' ', 'T')}"] if wanted.since else []
    parts += [f"until:{wanted.last.replace(' ', 'T')}"] if wanted.until else []
    return " ".join([*parts, wanted.message]).strip()
