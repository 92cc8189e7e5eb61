"""How often values occur in a result that is here already, and what is true of them: counted row by row.

The statement is not run again, as it might answer otherwise by now. Values are told apart as they were read: texts
letter by letter, whatever a collation says.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import heapq
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Protocol

from ..core.cancellation import current
from ..errors import EngineError
from ..model import ColumnInfo, DiffColumn, Value
from ..model.column_stats import Facts, Frequency, FrequencyOrder, Lengths, Profile, Totals, ValueCount

_COMMON = 10
_MOST_DISTINCT = 2_000_000
"""More different values are not told apart: they would fill the memory."""
_LONG = 64
"""Longer values are remembered by a digest, and by the row that had them first."""
_PART = 1000
ONLY_CHANGES = "Only the rows that differ are counted."


class Rows(Protocol):
    """A result, as far as it is needed here."""

    @property
    def columns(self) -> Any: ...

    def page(self, start: int, size: int) -> Any:
        """The rows from ``start`` on, fewer than ``size`` only at the end."""


Values = Iterator[tuple[int, Value]]
"""Values with the numbers of their rows."""


class _Counts:
    """How often each value was seen, and in which row first."""

    def __init__(self, values: Values) -> None:
        self.number = self.nulls = 0
        self.seen: dict[object, list[int]] = {}
        for row, value in values:
            found = self.seen.setdefault(_key(value), [0, row])
            found[0] += 1
            self.number += 1
            self.nulls += value is None
            if len(self.seen) > _MOST_DISTINCT:
                raise EngineError(f"There are more than {_MOST_DISTINCT:,} different values.", "Group them in SQL.")

    @property
    def totals(self) -> Totals:
        return Totals(self.number, self.nulls, len(self.seen) - bool(self.nulls))


def _rows(rows: Rows) -> Iterator[tuple[int, Any]]:
    """All rows with their numbers."""
    start, cancellation = 0, current()
    while page := rows.page(start, _PART):
        if cancellation is not None:
            cancellation.check()
        yield from enumerate(page, start)
        start += len(page)


def _values(rows: Rows, column: int) -> Values:
    return ((at, row[column]) for at, row in _rows(rows))


def _side(changes: Rows, column: int, *, old: bool) -> Values:
    """The values on a side of row changes; none where that does not have the column."""
    info: DiffColumn = changes.columns[column]
    if not (info.in_old if old else info.in_new):
        return iter(())
    sides = ((at, change.old if old else change.new) for at, change in _rows(changes))
    return ((at, values[column]) for at, values in sides if values is not None)


def frequency_of(rows: Rows, column: int, most: int, order: FrequencyOrder = FrequencyOrder.MOST) -> Frequency:
    """At most ``most`` values of a column of a result, which is read to its end. About 1 µs for each row."""
    return _frequency(rows, column, _Counts(_values(rows, column)), most, order)


def _frequency(rows: Rows, column: int, counts: _Counts, most: int, order: FrequencyOrder) -> Frequency:
    found = [(number, None, row) for number, row in counts.seen.values()]
    chosen = _chosen(found, most, order, lambda row: rows.page(row, 1)[0][column])
    return Frequency(rows.columns[column], chosen, len(found), counts.totals)


def frequency_of_changes(
    changes: Rows, column: int, most: int, order: FrequencyOrder = FrequencyOrder.CHANGE
) -> Frequency:
    """The same of row changes, which are read to their end: on their older side and on the newer one."""
    old, new = (_Counts(_side(changes, column, old=side)) for side in (True, False))
    return _frequency_of_changes(changes, column, old, new, most, order)


def _frequency_of_changes(
    changes: Rows, column: int, old: _Counts, new: _Counts, most: int, order: FrequencyOrder
) -> Frequency:
    found = []
    for key in {**old.seen, **new.seen}:
        before, after = old.seen.get(key), new.seen.get(key)
        row = after[1] if after is not None else -1 - (before or [0, 0])[1]
        found.append((after[0] if after is not None else 0, before[0] if before is not None else 0, row))

    def value(row: int) -> Value:
        (change,) = changes.page(row if row >= 0 else -1 - row, 1)
        held: Value = (change.new if row >= 0 else change.old)[column]
        return held

    chosen = _chosen(found, most, order, value)
    return Frequency(_info(changes, column), chosen, len(found), new.totals, old.totals, ONLY_CHANGES)


def _chosen(
    found: Sequence[tuple[int, int | None, int]], most: int, order: FrequencyOrder, value: Callable[[int], Value]
) -> tuple[ValueCount, ...]:
    """Numbers of rows, on the newer side and on the older one, with the row to look the value up in: the first ones."""

    def place(one: tuple[int, int | None, int]) -> tuple[int, int]:
        number, old, row = one
        both = number + (old or 0)
        first = -abs(number - (old or 0)) if order is FrequencyOrder.CHANGE else -both
        return (both if order is FrequencyOrder.FEWEST else first, row)

    if order is FrequencyOrder.VALUE:
        every = (ValueCount(value(row), number, old) for number, old, row in found)
        return tuple(heapq.nsmallest(most, every, key=lambda one: _sortable(one.value)))
    first = heapq.nsmallest(most, found, key=place)
    return tuple(ValueCount(value(row), number, old) for number, old, row in first)


def profile_of(rows: Rows, column: int) -> Profile:
    """What is true of a column of a result, which is read to its end."""
    counts = _Counts(_values(rows, column))
    common = _frequency(rows, column, counts, _COMMON, FrequencyOrder.MOST).values
    return Profile(rows.columns[column], _facts(_values(rows, column), counts.totals), common=common)


def profile_of_changes(changes: Rows, column: int) -> Profile:
    """The same of row changes: on both of their sides."""
    before, after = (_Counts(_side(changes, column, old=side)) for side in (True, False))
    common = _frequency_of_changes(changes, column, before, after, _COMMON, FrequencyOrder.MOST).values
    old = _facts(_side(changes, column, old=True), before.totals)
    new = _facts(_side(changes, column, old=False), after.totals)
    return Profile(_info(changes, column), new, old, True, common, ONLY_CHANGES)


def _info(changes: Rows, column: int) -> ColumnInfo:
    return ColumnInfo(changes.columns[column].name, changes.columns[column].type)


def _facts(values: Values, totals: Totals) -> Facts:
    least = greatest = None
    numbers, total, empty = 0, 0.0, 0
    texts, shortest, longest, length = 0, 0, 0, 0
    for _, value in values:
        if value is None:
            continue
        if least is None or _sortable(value) < _sortable(least):
            least = value
        if greatest is None or _sortable(value) > _sortable(greatest):
            greatest = value
        if isinstance(value, int | float | Decimal):
            numbers, total = numbers + 1, total + float(value)
        elif isinstance(value, str | bytes):
            size = len(value)
            shortest = size if not texts else min(shortest, size)
            texts, longest, length, empty = texts + 1, max(longest, size), length + size, empty + (not size)
    return Facts(
        totals,
        least,
        greatest,
        total / numbers if numbers else None,
        Lengths(shortest, length / texts, longest) if texts else None,
        empty if texts else None,
    )


def _key(value: Value) -> object:
    """What tells values apart; small."""
    if isinstance(value, str | bytes):
        if len(value) <= _LONG:
            return value
        data = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
        return type(value), hashlib.blake2b(data, digest_size=16).digest()
    try:
        hash(value)
    except TypeError:
        return repr(value)
    return value


_RANKS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (int | float | Decimal, lambda value: value),
    (dt.datetime, lambda value: value.isoformat()),
    (dt.date | dt.time, lambda value: value.isoformat()),
    (dt.timedelta, lambda value: value),
    (str, lambda value: value),
    (bytes, lambda value: value),
)


def _sortable(value: Value) -> tuple[int, Any]:
    """Values in an order, NULL first, those of different kinds apart."""
    if value is None:
        return (-1, 0)
    for rank, (kind, key) in enumerate(_RANKS):
        if isinstance(value, kind):
            return (rank, key(value))
    return (len(_RANKS), str(value))
