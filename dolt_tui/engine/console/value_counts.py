"""How often values occur in a result that is here already, and what is true of them: counted row by row.

The statement is not run again, as it might answer otherwise by now. Values are told apart as they were read: texts
letter by letter, whatever a collation says.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Protocol

from ..core.cancellation import current
from ..errors import EngineError
from ..model import ColumnInfo, Value
from ..model.column_stats import Facts, Frequency, FrequencyOrder, Lengths, Profile, Totals, ValueCount

_COMMON = 10
_MOST_DISTINCT = 2_000_000
"""More different values are not told apart: they would fill the memory."""
_LONG = 64
"""Longer values are remembered by a digest, and by the row that had them first."""
_PART = 1000


class Rows(Protocol):
    """A result, as far as it is needed here."""

    @property
    def columns(self) -> Any: ...

    def page(self, start: int, size: int) -> Any:
        """The rows from ``start`` on, fewer than ``size`` only at the end."""


class _Counts:
    """How often each value was seen, and in which row first."""

    def __init__(self, rows: Rows, column: int) -> None:
        self._rows, self._column = rows, column
        self.number = self.nulls = 0
        self.seen: dict[object, list[Any]] = {}
        for value in self.values():
            key = _key(value)
            found = self.seen.get(key)
            if found is None:
                if len(self.seen) >= _MOST_DISTINCT:
                    raise EngineError(f"There are more than {_MOST_DISTINCT:,} different values.", "Group them in SQL.")
                self.seen[key] = [1, self.number]
            else:
                found[0] += 1
            self.number += 1
            self.nulls += value is None

    def values(self) -> Iterator[Value]:
        start, cancellation = 0, current()
        while page := self._rows.page(start, _PART):
            if cancellation is not None:
                cancellation.check()
            yield from (row[self._column] for row in page)
            start += len(page)

    @property
    def info(self) -> ColumnInfo:
        info: ColumnInfo = self._rows.columns[self._column]
        return info

    @property
    def totals(self) -> Totals:
        return Totals(self.number, self.nulls, len(self.seen) - bool(self.nulls))

    def listed(self, most: int, order: FrequencyOrder) -> tuple[ValueCount, ...]:
        if order is FrequencyOrder.VALUE:
            every = sorted((self._counted(one) for one in self.seen.values()), key=lambda one: _sortable(one.value))
            return tuple(every[:most])
        sign = 1 if order is FrequencyOrder.FEWEST else -1
        chosen = sorted(self.seen.values(), key=lambda one: (sign * one[0], one[1]))[:most]
        return tuple(map(self._counted, chosen))

    def _counted(self, one: list[Any]) -> ValueCount:
        number, row = one
        return ValueCount(self._rows.page(row, 1)[0][self._column], number)


def frequency_of(rows: Rows, column: int, most: int, order: FrequencyOrder = FrequencyOrder.MOST) -> Frequency:
    """At most ``most`` values of a column of a result, which is read to its end. About 1 µs for each row."""
    counts = _Counts(rows, column)
    return Frequency(counts.info, counts.listed(most, order), len(counts.seen), counts.totals)


def profile_of(rows: Rows, column: int) -> Profile:
    """What is true of a column of a result, which is read to its end."""
    counts = _Counts(rows, column)
    least = greatest = None
    numbers, total, lengths, empty = 0, 0.0, [0, 0, 0, 0], 0
    for value in counts.values():
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
            first = not lengths[3]
            lengths = [
                size if first else min(lengths[0], size),
                lengths[1] + size,
                max(lengths[2], size),
                lengths[3] + 1,
            ]
            empty += not size
    facts = Facts(
        counts.totals,
        least,
        greatest,
        total / numbers if numbers else None,
        Lengths(lengths[0], lengths[1] / lengths[3], lengths[2]) if lengths[3] else None,
        empty if lengths[3] else None,
    )
    return Profile(counts.info, facts, common=counts.listed(_COMMON, FrequencyOrder.MOST))


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
