"""Rows that contain a text: the condition, and how to find one where only offsets tell rows apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..core.dialect import Dialect
from ..core.wildcards import literally

_FIRST, _MOST = 1_000, 100_000
"""How many rows are looked at first, and at most, with one statement."""


def like(dialect: Dialect, column: str) -> str:
    """The condition that a quoted column is like a pattern, upper or lower case as its collation has it."""
    return f"CAST({column} AS CHAR) LIKE {dialect.placeholder} ESCAPE '!'"


def containing(dialect: Dialect, columns: Sequence[str], text: str) -> tuple[str, list[object]]:
    """The condition that one of some quoted columns contains a text, and what it binds."""
    condition = " OR ".join(like(dialect, column) for column in columns) or "1 = 0"
    return f"({condition})", [f"%{literally(text)}%"] * len(columns)


def scan(marked: Callable[[int, int], Sequence[bool]], *, start: int = 0, stop: int | None = None) -> int | None:
    """The first row from ``start`` on that is marked, or the last one that precedes ``stop``; None: there is none.

    ``marked(size, skip)`` tells it of ``size`` rows after the first ``skip`` ones, or of as many as there are. It is
    asked for more rows each time, so that what is skipped costs no more than what is looked at.
    """
    size = _FIRST
    if stop is not None:
        while stop > 0:
            low = max(0, stop - size)
            found = marked(stop - low, low)
            for offset in range(len(found) - 1, -1, -1):
                if found[offset]:
                    return low + offset
            stop, size = low, min(2 * size, _MOST)
        return None
    while True:
        found = marked(size, start)
        for offset, is_marked in enumerate(found):
            if is_marked:
                return start + offset
        if len(found) < size:
            return None
        start, size = start + size, min(2 * size, _MOST)
