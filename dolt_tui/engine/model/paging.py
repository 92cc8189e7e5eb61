"""Where a page of rows begins or ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, TypeAlias

from ...frozen import Frozen
from .base import Value

Cursor: TypeAlias = Sequence[Value] | int
"""A place between two rows: the values of the columns that are paged by, or how many rows precede it."""


class First(Frozen):
    """The first rows."""

    cursor: ClassVar[None] = None
    backward: ClassVar[bool] = False


class Last(Frozen):
    """The last rows."""

    cursor: ClassVar[None] = None
    backward: ClassVar[bool] = True


class After(Frozen):
    """The rows that follow a cursor."""

    cursor: Cursor
    backward: ClassVar[bool] = False


class Before(Frozen):
    """The rows that precede a cursor."""

    cursor: Cursor
    backward: ClassVar[bool] = True


Position: TypeAlias = First | Last | After | Before

FIRST, LAST = First(), Last()


def following(cursor: Cursor | None) -> First | After:
    """What follows a cursor, or all rows from the first one on."""
    return FIRST if cursor is None else After(cursor)


def preceding(cursor: Cursor | None) -> Last | Before:
    """What precedes a cursor, or all rows up to the last one."""
    return LAST if cursor is None else Before(cursor)
