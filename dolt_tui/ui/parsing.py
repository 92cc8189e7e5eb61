"""What people type into a filter, understood: conditions on rows, kinds of changes, commits. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from dolt_tui.engine.model import ChangeKind, LogFilter
from dolt_tui.engine.queries import Condition, Operator, Query

_CONDITION = re.compile(
    r"^(?P<column>.+?)\s+(?:(?P<null>is\s+(?:not\s+)?null)|(?P<word>contains|starts\s+with)\s+(?P<text>.*))$",
    re.IGNORECASE | re.DOTALL,
)
_ANYWHERE = re.compile(r"^contains\s+(.+)$", re.IGNORECASE | re.DOTALL)
_COMPARISON = re.compile(r"^(?P<column>[^<>=!]+?)\s*(?P<sign><=|>=|<>|!=|=|<|>)\s*(?P<value>[^'\"(),]*)$", re.DOTALL)
_SQL_GOES_ON = re.compile(r"\b(and|or|not|null)\b|[-+*/%]\s*\w", re.IGNORECASE)
_WORD = re.compile(r'(author|message|table|since|until):("[^"]*"|\S+)', re.IGNORECASE)


def with_condition(query: Query, text: str, columns: Sequence[str]) -> Query:
    """``query`` with a condition as a person types it: on a column where that is plain, else in SQL."""
    text = text.strip()
    bare = replace(query, conditions=(), where="", contains="")
    if not text:
        return bare
    if (anywhere := _ANYWHERE.match(text)) is not None:
        return replace(bare, contains=anywhere[1])
    known = {name.lower(): name for name in columns}
    match = _CONDITION.match(text)
    if match is not None and match["column"].lower() in known:
        name = known[match["column"].lower()]
        if match["null"]:
            operator = Operator.NOT_NULL if "not" in match["null"].lower() else Operator.NULL
            return replace(bare, conditions=(Condition(name, operator),))
        operator = Operator.CONTAINS if match["word"].lower() == "contains" else Operator.STARTS
        return replace(bare, conditions=(Condition(name, operator, match["text"]),))
    match = _COMPARISON.match(text)
    if match is not None and match["column"].lower() in known and not _SQL_GOES_ON.search(match["value"]):
        sign = "<>" if match["sign"] == "!=" else match["sign"]
        return replace(bare, conditions=(Condition(known[match["column"].lower()], Operator(sign), match["value"]),))
    return replace(bare, where=text)


def change_filter(text: str, columns: Iterable[str]) -> tuple[frozenset[ChangeKind], str, str]:
    """Kinds, condition and changed column of a filter on a diff: ``added removed``, ``price changed``, or SQL."""
    text = text.strip()
    words = {word.lower() for word in re.split(r"[\s,]+", text) if word} - {"and", "or", "only"}
    kinds = {kind.value: kind for kind in ChangeKind}
    if words and words <= kinds.keys():
        return frozenset(kinds[word] for word in words), "", ""
    match = re.fullmatch(r"(.+?)\s+changed", text, re.IGNORECASE | re.DOTALL)
    if match is not None:
        for name in columns:
            if name.lower() == match[1].lower():
                return frozenset(), "", name
    return frozenset(), text, ""


def log_filter(text: str) -> LogFilter:
    """``author:ann table:people since:2026-01-31 some words``: which commits are wanted.

    Words without a name are looked for in the message. Raises ValueError for a date that is none.
    """
    found: dict[str, str] = {}
    rest = text
    for match in _WORD.finditer(text):
        found[match[1].lower()] = match[2].strip('"')
        rest = rest.replace(match[0], " ", 1)
    message = " ".join([found.get("message", ""), *rest.split()]).strip()
    return LogFilter(
        found.get("author", ""), message, found.get("table", ""), _date(found.get("since")), _date(found.get("until"))
    )


def _date(text: str | None) -> dt.datetime | None:
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text} is not a date like 2026-01-31") from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=dt.UTC)


def typed_log_filter(wanted: LogFilter) -> str:
    """A filter as it would be typed."""

    def quoted(value: str) -> str:
        return f'"{value}"' if " " in value else value

    parts = [f"author:{quoted(wanted.author)}"] if wanted.author else []
    parts += [f"table:{quoted(wanted.table)}"] if wanted.table else []
    parts += [f"since:{wanted.since:%Y-%m-%d}"] if wanted.since else []
    parts += [f"until:{wanted.until:%Y-%m-%d}"] if wanted.until else []
    return " ".join([*parts, wanted.message]).strip()
