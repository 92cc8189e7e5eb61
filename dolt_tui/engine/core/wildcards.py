"""Patterns: of LIKE, and of table names, as `dolt_ignore` has them."""

from __future__ import annotations

import re


def matches(pattern: str, table: str) -> bool:
    """Whether a pattern is about a table, as Dolt sees it: ``*`` and ``%`` any characters, ``?`` one."""
    parts = re.split(r"([*%?])", pattern)
    expression = "".join({"*": ".*", "%": ".*", "?": "."}.get(part, re.escape(part)) for part in parts)
    return re.fullmatch(expression, table, re.DOTALL) is not None


def literally(text: str) -> str:
    """A text as a part of a pattern that stands for itself, under ``LIKE … ESCAPE '!'``."""
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
