"""The statement that counts what another one would change."""

from __future__ import annotations

from .scanner import TokenKind
from .words import Words

_ENDS = ("ORDER", "LIMIT", "RETURNING")


def count_of(words: Words, at: int, verb: str, behind: int, after: int) -> str | None:
    """A statement that counts the rows of a change: of an UPDATE or DELETE of one table, or an INSERT … SELECT.

    ``behind`` is where the name of the table begins, ``after`` what stands behind it. None where the count needs more
    than the text has.
    """
    if words.executable or any(words.kind(index) is TokenKind.PARAMETER for index in range(at, len(words))):
        return None
    if ":=" in words.plain(at):
        return None
    before = words.text[words.start(0) : words.start(at)] if at else ""
    if verb in ("UPDATE", "DELETE"):
        return _of_where(words, verb, before, behind, after)
    return _of_query(words, before, after)


def _text(words: Words, start: int, end: int) -> str:
    """What is written from one token to before another one."""
    return words.text[words.start(start) : words.end(end - 1)] if end > start else ""


def _of_where(words: Words, verb: str, before: str, behind: int, after: int) -> str | None:
    size = len(words)
    ends = [found for word in _ENDS if (found := words.find(word, after)) is not None]
    end = min(ends, default=size)
    where = words.find("WHERE", after)
    named = words.find("SET", after) if verb == "UPDATE" else end if where is None else where
    if named is None or "PARTITION" in words.plain(after)[: named - after]:
        return None
    source = _text(words, behind, named)
    condition = f" {_text(words, where, end)}" if where is not None else ""
    limit = words.find("LIMIT", after)
    if limit is None:
        return f"{before}SELECT count(*) FROM {source}{condition}"
    stop = min((found for found in ends if found > limit), default=size)
    return f"{before}SELECT count(*) FROM (SELECT 1 FROM {source}{condition} {_text(words, limit, stop)}) AS counted"


def _of_query(words: Words, before: str, after: int) -> str | None:
    start = after
    if words[start] == "AS" and words.name(start + 1):  # SQLite: INSERT INTO t AS x
        start += 2
    if words[start] == "(" and words[start + 1] not in ("SELECT", "WITH", "("):
        while start < len(words) and words[start] != ")":
            start += 1
        start += 1
    opened = start
    while words[opened] == "(":
        opened += 1
    if words[opened] not in ("SELECT", "WITH", "TABLE"):
        return None
    end = len(words)
    for index in range(start, len(words) - 1):
        following = words[index + 1]
        if words[index] == "ON" and following in ("DUPLICATE", "CONFLICT") and words.find("ON", index) == index:
            end = index
            break
    returning = words.find("RETURNING", start)
    end = min(end, returning) if returning is not None else end
    return f"{before}SELECT count(*) FROM ({_text(words, start, end)}) AS counted"
