"""Pages by key: the rows beyond a key as ranges, each of which an index answers. Pure.

Descending order is the exact reverse of ascending order, and NULL comes before all values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from ...frozen import Frozen
from ..model import Value

Key: TypeAlias = Sequence[Value]
"""The values of the columns that are paged by, in their order."""


def where(*conditions: str) -> str:
    """The WHERE of a statement; nothing where all of the conditions are empty."""
    wanted = [condition for condition in conditions if condition]
    return f" WHERE {' AND '.join(wanted)}" if wanted else ""


class KeyRange(Frozen):
    """Rows that have the first values of a key, and of the next column one beyond the key's."""

    condition: str
    """In SQL; empty for all rows."""
    bound: tuple[Value, ...]
    """What ``condition`` binds."""
    order: str
    """What ORDER BY takes: the columns whose values differ here."""


class Keyset(Frozen):
    """Columns whose values tell all rows apart and order them: a primary key, or a column to sort by before one."""

    columns: tuple[str, ...]
    """As SQL: quoted."""
    placeholder: str
    """Stands for a bound value."""
    nullable: tuple[bool, ...] = ()
    """Whether each of the columns can be NULL; empty: none can."""
    first_is_enough: bool = False
    """Whether rows that are ordered by the first column alone come in the order of all: an index gives them so."""

    def ranges(self, key: Key | None, *, backward: bool = False) -> list[KeyRange]:
        """What follows a key (None: all rows), in pieces that follow each other; ``backward`` what precedes it.

        First come the rows that share all but the last value of the key, then those that share one less, at last those
        beyond its first value. Within each piece, rows are ordered ascending, or descending where it goes backward.
        """
        if key is None:
            return [KeyRange("", (), self._order(0, backward=backward))]
        found = []
        for same in range(len(self.columns) - 1, -1, -1):
            shared = [self._equal(column, value) for column, value in zip(self.columns[:same], key, strict=False)]
            bound = tuple(value for value in key[:same] if value is not None)
            order = self._order(same, backward=backward)
            for condition, values in self._beyond(same, key[same], backward=backward):
                found.append(KeyRange(" AND ".join([*shared, condition]), (*bound, *values), order))
        return found

    def read(
        self, page: Callable[[KeyRange, int], Sequence[Any]], key: Key | None, size: int, *, backward: bool = False
    ) -> list[Any]:
        """``size`` rows of those in `ranges`; ``page`` returns the first rows of a range, as many as it is told."""
        rows: list[Any] = []
        for part in self.ranges(key, backward=backward):
            rows += page(part, size - len(rows))
            if len(rows) >= size:
                break
        return rows

    def beyond(self, key: Key, *, backward: bool = False, including: bool = False) -> tuple[str, list[Value]]:
        """The rows that follow a key (or precede it, or have it) as one condition, and what that binds.

        It has the OR form that Dolt pushes down into diffs. None of the columns may be NULL.
        """
        sign, parts, bound = "<" if backward else ">", list[str](), list[Value]()
        for length in range(1, len(self.columns) + 1):
            last = f"{sign}=" if including and length == len(self.columns) else sign
            tests = [f"{column} = {self.placeholder}" for column in self.columns[: length - 1]]
            parts.append(" AND ".join([*tests, f"{self.columns[length - 1]} {last} {self.placeholder}"]))
            bound += key[:length]
        return " OR ".join(f"({part})" for part in parts), bound

    def _equal(self, column: str, value: Value) -> str:
        return f"{column} IS NULL" if value is None else f"{column} = {self.placeholder}"

    def _beyond(self, at: int, value: Value, *, backward: bool) -> list[tuple[str, tuple[Value, ...]]]:
        """The conditions that a column's value lies beyond ``value``, with what they bind."""
        column = self.columns[at]
        if value is None:
            return [] if backward else [(f"{column} IS NOT NULL", ())]
        test: tuple[str, tuple[Value, ...]] = (f"{column} {'<' if backward else '>'} {self.placeholder}", (value,))
        nulls = backward and self.nullable and self.nullable[at]
        return [test, (f"{column} IS NULL", ())] if nulls else [test]

    def _order(self, same: int, *, backward: bool) -> str:
        columns = self.columns[:1] if self.first_is_enough and same == 0 else self.columns[same:]
        return ", ".join(f"{column} DESC" if backward else column for column in columns)
