"""Where in a statement an error is, by what the engine says of it."""

from __future__ import annotations

import re

from ..errors import EngineError
from ..model import SqlStyle
from .scanner import TokenKind, tokens

_BYTES = re.compile(r"syntax error at position (\d+)(?: near '(.*)')?", re.DOTALL)
_NAMES = (
    re.compile(r'column "(?P<name>.*)" could not be found'),
    re.compile(r'table "(?P<before>.*)" does not have column "(?P<name>.*)"'),
    re.compile(r"Unknown column '(?P<name>.*)' in "),
    re.compile(r"table not found: (?P<name>[^\s,]+)"),
    re.compile(r"(?:function|procedure): '(?P<name>.*)' not found"),
    re.compile(r'stored procedure "(?P<name>.*)" does not exist'),
    re.compile(r"no such (?:column|table|function|collation sequence): (?P<name>\S+)"),
    re.compile(r"table \S+ has no column named (?P<name>\S+)"),
    re.compile(r"branch not found: (?P<name>\S+)"),
    re.compile(r'near "(?P<name>.*?)": syntax error'),
    re.compile(r"table with name (?P<name>\S+) already exists"),
)
_NAMING = ((TokenKind.WORD, TokenKind.QUOTED_NAME), (TokenKind.STRING,))


def place_of(error: EngineError, sql: str, style: SqlStyle) -> int | None:
    """The position in ``sql`` of what an error is about, in characters; None where it does not tell."""
    cause = error.__cause__
    offset = getattr(cause, "sqlite_offset", None)
    if isinstance(offset, int) and offset >= 0:
        return len(sql.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "ignore"))
    text = error.detail or error.message
    found = _BYTES.search(text)
    if found is not None:
        return _before(sql, int(found[1]), found[2] or "")
    for pattern in _NAMES:
        match = pattern.search(text)
        if match is not None:
            return _token(match["name"], sql, style)
    return None


def _before(sql: str, position: int, near: str) -> int:
    """The place of a word that Dolt tells. See engine-facts.md#error-places."""
    end = len(sql.encode("utf-8", "surrogatepass")[: position - 1].decode("utf-8", "ignore"))
    if near:
        start = sql.rfind(near, 0, end)
        if start >= 0 and end - start - len(near) <= 2:  # quotes are not counted
            return start
    return max(0, min(end, len(sql)) - 1)


def _token(name: str, sql: str, style: SqlStyle) -> int | None:
    """The first word that is a name, or the last part of one; else the first text that is."""
    wanted = name.lower()
    found = tokens(sql, style)
    for kinds in _NAMING:
        for one in (wanted, wanted.rpartition(".")[2]):
            for token in found:
                if token.kind in kinds and token.text.strip("`\"'[]").lower() == one:
                    return token.start
    return None
