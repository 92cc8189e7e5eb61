"""Conditions in SQL that people type: cut into words by each engine's rules, and checked before they are sent.

A condition is wrapped into a statement of ours, in parentheses and with more conditions behind it. So it has to be
complete: what would close our parenthesis, or swallow it like a comment or an unfinished text, is refused here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...frozen import Frozen
from ..errors import InvalidFilter, Remedy
from ..model import SqlStyle


class Word(Frozen):
    """A piece of SQL."""

    kind: str
    """``text``, ``name`` (quoted), ``word``, ``number``, ``comment``, ``mark`` (a placeholder) or ``sign``."""
    text: str
    at: int
    """Where it begins."""
    closed: bool = True
    """Whether the quotation mark or comment that it begins with is closed."""

    @property
    def end(self) -> int:
        return self.at + len(self.text)


_NUMBER = re.compile(r"0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_WORD = re.compile(r"[^\W\d][\w$]*")
_VARIABLE = re.compile(r"@{1,2}[\w$.]+")
_MARK = re.compile(r"\?\d*|:\w+|[@$#][^\W\d][\w$]*")
_SIGN = re.compile(r"<=>|<>|!=|<=|>=|<<|>>|\|\||&&|->>|->|:=|==|\S")


_LOCKS = frozenset({"get_lock", "release_lock", "release_all_locks"})
_READS = re.compile(
    r"dolt_(?:hashof|merge_base|version|log|diff|history_|at_|blame_|patch|schema_diff|reflog|branch_status|preview_|"
    r"query_diff|test_run|has_ancestor|workspace_|conflicts_(?!resolve)|commit_diff_|column_diff)"
)


def words(text: str, style: SqlStyle) -> Iterator[Word]:
    """The pieces of a condition, without the blanks between them."""
    mysql = style is SqlStyle.MYSQL
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        word = _quoted(text, at, mysql) or _comment(text, at, mysql) or _plain(text, at, mysql)
        yield word
        at = word.end


def _quoted(text: str, at: int, mysql: bool) -> Word | None:
    mark = text[at]
    if mark == "[" and not mysql:
        end = text.find("]", at)
        return Word("name", text[at:] if end < 0 else text[at : end + 1], at, end >= 0)
    if mark not in "'\"`":
        return None
    kind = "text" if mark == "'" or (mark == '"' and mysql) else "name"
    place = at + 1
    while place < len(text):
        if text[place] == "\\" and mysql and mark != "`":
            place += 2
        elif text[place] != mark:
            place += 1
        elif text[place + 1 : place + 2] == mark:
            place += 2
        else:
            return Word(kind, text[at : place + 1], at)
    return Word(kind, text[at:], at, closed=False)


def _comment(text: str, at: int, mysql: bool) -> Word | None:
    if text.startswith("/*", at):
        end = text.find("*/", at + 2)
        return Word("comment", text[at:] if end < 0 else text[at : end + 2], at, end >= 0)
    # Dolt too takes two dashes for a comment, whatever follows them.
    if text.startswith("--", at) or (mysql and text[at] == "#"):
        end = text.find("\n", at)
        return Word("comment", text[at:] if end < 0 else text[at:end], at)
    return None


def _plain(text: str, at: int, mysql: bool) -> Word:
    # Which of ``@name``, ``$name`` and ``:name`` are placeholders differs; where they are not, they are words.
    kinds = [("number", _NUMBER), ("word", _WORD), ("word", _VARIABLE), ("mark", _MARK), ("sign", _SIGN)]
    if not mysql:
        kinds[2], kinds[3] = kinds[3], kinds[2]
    for kind, pattern in kinds:
        match = pattern.match(text, at)
        if match is not None:
            return Word(kind, match[0], at)
    raise AssertionError("not reached")


def checked_condition(text: str, style: SqlStyle, what: str = "filter") -> str:
    """``text``, if it is one whole condition; what it means is the engine's business. Raises `InvalidFilter`.

    Messages call it ``what``.
    """
    one = f"{'An' if what[0] in 'aeiou' else 'A'} {what}"
    open_: list[int] = []
    last: Word | None = None
    for word in words(text, style):
        place = f"at position {word.at + 1}"
        if word.kind == "comment":
            raise InvalidFilter(f"{one} cannot hold a comment: {word.text[:2]} {place} begins one.", " ")
        if not word.closed:
            raise InvalidFilter(
                f"The {word.text[0]} {place} is never closed.", "Double a quotation mark that belongs to the text."
            )
        if word.kind == "mark":
            raise InvalidFilter(
                f"{word.text} {place} is a placeholder, and {one.lower()} has no values to put there.",
                "Put times and texts in quotation marks.",
            )
        if word.text in (";", ":="):
            kind = "condition" if what == "filter" else "value"
            raise InvalidFilter(f"{one} is a single {kind}: it cannot hold {word.text} ({place}).", " ")
        if word.text == "…":
            raise InvalidFilter(
                f"… {place} stands for what was left out.",
                remedy=Remedy.SEE_WHOLE_VALUE,
            )
        if word.text.startswith("@") and not word.text.startswith("@@"):
            raise InvalidFilter(f"{one} cannot use variables: {word.text} {place}.", " ")
        if word.text == "(":
            if last is not None and last.kind in ("word", "name") and _acts(last.text):
                raise InvalidFilter(f"{one} only reads: it cannot call {last.text}.", " ")
            open_.append(word.at)
        elif word.text == ")":
            if not open_:
                raise InvalidFilter(f"The ) {place} closes nothing.", f"{one} has to be complete.")
            open_.pop()
        last = word
    if open_:
        raise InvalidFilter(f"The ( at position {open_[-1] + 1} is never closed.", " ")
    if last is None:
        raise InvalidFilter(f"The {what} is empty.", " ")
    if "\0" in text or not _encodes(text):
        raise InvalidFilter(f"The {what} holds a character that no statement can hold.", " ")
    return text


def _acts(name: str) -> bool:
    """Whether a function does something: it takes a lock, or it is one of Dolt's that does not only read."""
    name = name.strip('`"[]').lower()
    return name in _LOCKS or (name.startswith("dolt_") and not _READS.match(name))


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
