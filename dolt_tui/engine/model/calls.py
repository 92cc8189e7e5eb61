"""Statements that change something, as values: what a dialog shows before it is done is what is run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import field
from typing import Any

from ...frozen import Frozen
from .traits import SqlStyle

UNKNOWN = "…"
"""In the place of a value that is known only when the statement runs, such as the hash of a commit that it makes."""

_SECRET = re.compile(r"(\w://[^\s/:@'\"]*):[^\s/@'\"]*@")
_ESCAPES = str.maketrans(
    {"\\": "\\\\", "'": "''", "\0": "\\0", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\x1a": "\\Z"}
)  # fmt: skip


def without_password(text: str) -> str:
    """``text`` with ``***`` in the place of the password of each URL in it."""
    return _SECRET.sub(r"\1:***@", text)


class Call(Frozen):
    """One statement of an operation. As a text it is SQL with its values filled in, for people.

    A comparison that keeps the statement from running on a branch that has moved (`core.compare_and_write`) is not
    part of it.
    """

    parts: tuple[str, ...]
    """The SQL around the values: one part more than there are values."""
    values: tuple[Any, ...] = field(default=(), repr=False)  # a URL among them may have a password
    style: SqlStyle = SqlStyle.MYSQL

    def __str__(self) -> str:
        texts = [self.parts[0]]
        for value, part in zip(self.values, self.parts[1:], strict=True):
            texts += [literal(value, self.style), part]
        return "".join(texts)


def script(calls: Iterable[Call]) -> str:
    """Some calls for people, one on each line."""
    return "\n".join(map(str, calls))


def literal(value: object, style: SqlStyle) -> str:
    """A value as the engine reads it, on one line; the password of a URL is masked."""
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"X'{value.hex()}'"
    if not isinstance(value, str):
        return str(value)
    if "://" in value:
        value = without_password(value)
    if style is SqlStyle.MYSQL:
        return f"'{value.translate(_ESCAPES)}'"
    quoted = value.replace("'", "''")
    return "'" + re.sub("[\r\n]", lambda found: f"' || char({ord(found[0])}) || '", quoted) + "'"
