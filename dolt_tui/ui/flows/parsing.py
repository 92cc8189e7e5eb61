"""What people type into a filter, understood: conditions on rows, kinds of changes, commits. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from dolt_tui.engine.browsing.filters import Filters
from dolt_tui.engine.browsing.query import Condition, DiffFilter, Query
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
    text, kinds, changed = text.strip(), set[ChangeKind](), ""
    while text:
        part, rest = _partition(text)
        words = {word.lower() for word in re.split(r"[\s,]+", part) if word} - {"or", "only"}
        match = re.fullmatch(r"(.+?)\s+changed", part, re.IGNORECASE | re.DOTALL)
        if words and words <= _KINDS.keys():
            kinds |= {_KINDS[word] for word in words}
        elif match is not None and not changed:
            changed = next((column.name for column in columns if column.name.lower() == match[1].lower()), "")
            if not changed and columns and re.fullmatch(r"\w+", match[1]):
                raise Filters(table, [(column.name, column.type) for column in columns], style).missing(match[1])
            if not changed:
                break
        else:
            break
        text = rest
    if not text:
        return DiffFilter(frozenset(kinds), column=changed)
    sides = [(f"to_{column.name}", column.type) for column in columns if column.in_new]
    sides += [(f"from_{column.name}", column.type) for column in columns if column.in_old]
    found = Filters(table, sides, style).understand(text)
    if found.contains:
        raise InvalidFilter("Say in which column: to_COLUMN contains …", " ")
    return DiffFilter(frozenset(kinds), found.where, changed, found.conditions)


_KINDS = {kind.value: kind for kind in ChangeKind}


def _partition(text: str) -> tuple[str, str]:
    """What precedes the first ``and``, and what follows it."""
    found = re.search(r"\s+and\s+", text, re.IGNORECASE)
    return (text[: found.start()], text[found.end() :]) if found else (text, "")


def typed_filter(query: Query) -> str:
    """The filter of a query as it would be typed."""
    return _joined(
        [*map(_typed, query.conditions)], query.where, f"contains {query.contains}" if query.contains else ""
    )


def typed_change_filter(wanted: DiffFilter) -> str:
    """A filter on a diff as it would be typed."""
    parts = [" ".join(sorted(wanted.kinds)), f"{wanted.column} changed" if wanted.column else ""]
    return _joined([*parts, *map(_typed, wanted.conditions)], wanted.where)


_LONGEST = 4096
"""Signs of a condition on a value that are put where it can be typed again; of more, what is left out is told."""


def _typed(condition: Condition) -> str:
    text = condition.typed
    return str(condition) if not text or len(text) > _LONGEST else text


def _joined(conditions: Sequence[str], where: str, last: str = "") -> str:
    """Conditions that all have to hold; ``where`` may be several that ``or`` joins."""
    others = [condition for condition in conditions if condition]
    if where and (others or last) and re.search(r"\bor\b", where, re.IGNORECASE) and not _enclosed(where):
        where = f"({where})"
    return " and ".join(filter(None, (*others, where, last)))


def _enclosed(text: str) -> bool:
    """Whether a condition certainly stands in parentheses as a whole."""
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth < 1 or sign in "'\"`":
            return at == len(text) - 1 and depth == 0
    return False


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
