"""How often each value of a column occurs, and what is true of all of them: one statement for each question.

Values are put together as the engine groups them: where the column's collation takes texts for the same, they are one
value. Of a diff both revisions are counted side by side, whole tables; with a filter the rows of the changes that pass.

The cost grows with the rows, and with how many different values they have: see benchmarks/README.md. So the last few
answers are kept while the branch has the hashes that it had, where the engine tells those.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Hashable, Sequence
from typing import Any, TypeAlias, TypeVar

from ...frozen import Frozen
from ..core.column_types import parsed
from ..core.connections import Connections, Session
from ..core.lru import Lru
from ..core.validation import is_hash
from ..errors import Lacking
from ..model import ColumnInfo
from ..model.column_stats import Facts, Frequency, FrequencyOrder, Profile, Totals, ValueCount
from .column_conditions import folds
from .column_facts import Asked, answers, beside, whole_number
from .column_sides import Sides, sides_for
from .query import DiffQuery, Query
from .tables import Tables

T = TypeVar("T")

Source: TypeAlias = Query | DiffQuery
"""Rows of a table, or two revisions of one."""

COMMON = 10
"""So many of the commonest values a profile has."""
_MOST_BYTES = 16 << 20
"""About so much of the values is kept in memory."""
_KEPT = 4
"""Answers that are kept."""


class ColumnStats:
    """Questions about the values of columns."""

    def __init__(self, db: Connections, tables: Tables) -> None:
        self._db, self._tables = db, tables
        self._kept: Lru[Hashable, Any] = Lru(_KEPT)
        self._lock = threading.Lock()

    def frequency(
        self,
        branch: str,
        source: Source,
        column: str,
        most: int,
        order: FrequencyOrder = FrequencyOrder.MOST,
    ) -> Frequency:
        """At most ``most`` values of a column in an order, each with the number of the rows that have it.

        Fewer where they take more than some MB. Raises `ColumnNotFound`, and what reading the rows raises.
        """
        what = ("frequency", column, most, order)
        return self._ask(branch, source, what, lambda session, at: _frequency(session, at, source, column, most, order))

    def profile(self, branch: str, source: Source, column: str) -> Profile:
        """What is true of a column, with its commonest values. Raises what `frequency` raises."""
        return self._ask(
            branch, source, ("profile", column), lambda session, at: _column_profile(session, at, source, column)
        )

    def profiles(self, branch: str, source: Source, columns: Sequence[str]) -> tuple[Profile, ...]:
        """What is true of each of some columns, without values, by one statement. Raises what `frequency` raises.

        The rows are grouped once for each column.
        """
        what = ("profile of all columns", *columns)
        return self._ask(branch, source, what, lambda session, at: _profiles(session, at, source, columns))

    def _ask(
        self, branch: str, source: Source, what: tuple[Hashable, ...], find: Callable[[Session, str | None], T]
    ) -> T:
        """What ``find`` returns, or returned a little before about the same state of the branch."""
        if isinstance(source, Query):
            place, as_of = self._tables.place(branch, source.revision)
            revisions: list[str | None] = [source.revision]
        else:
            # Where a connection sees its own revision only, the newer side's definition is the one that is shown.
            commit = not self._db.dialect.traits.reads_as_of and is_hash(source.new)
            place, as_of, revisions = source.new if commit else branch, None, [source.old, source.new]
        with self._db.read(place, str(what[0])) as session:
            # The same object each time, as long as nothing has changed.
            state, again = (session.recall(revisions, ("state",), object) for _ in range(2))
            if state is not again:
                return find(session, as_of)
            key = (state, place, source, what)
            with self._lock:
                kept: T | None = self._kept.get(key)
            if kept is None:
                kept = find(session, as_of)
                with self._lock:
                    self._kept.put(key, kept)
            return kept


def _frequency(
    session: Session, as_of: str | None, source: Source, column: str, most: int, order: FrequencyOrder
) -> Frequency:
    sides = sides_for(session, source, as_of, [column])
    counted = _Counted.of(session, sides, column)
    totals = ["count(*) OVER ()"]
    for count in counted.counts:
        totals += [f"sum({count}) OVER ()", f"sum({counted.nulls(count)}) OVER ()", counted.distinct(count)]
    sql = (
        f"SELECT {', '.join([counted.shown, *counted.counts, *totals])} FROM {counted.relation}"
        f" ORDER BY {counted.order(order)} LIMIT {session.dialect.placeholder}"
    )
    rows, size = list[Any](), 0
    for part in session.stream(sql, *counted.binds, most):
        rows += part
        size += sum(len(row[0]) for row in part if isinstance(row[0], str | bytes))
        if size > _MOST_BYTES:
            break
    session.end_stream()
    width = len(counted.counts)
    values = tuple(_value_count(row[: 1 + width]) for row in rows)
    number, *sums = rows[0][1 + width :] if rows else [0] * (1 + 3 * width)
    found = [Totals(*map(whole_number, sums[at : at + 3])) for at in range(0, 3 * width, 3)]
    return Frequency(counted.info, values, number, found[-1], found[0] if sides.both else None, _note(sides, column))


def _column_profile(session: Session, as_of: str | None, source: Source, column: str) -> Profile:
    sides = sides_for(session, source, as_of, [column])
    counted = _Counted.of(session, sides, column)
    distinct = [f"{counted.distinct(count)} AS d{at}" for at, count in enumerate(counted.counts)]
    common = (
        f"SELECT {', '.join([counted.shown, *counted.counts, *distinct])} FROM {counted.relation}"
        f" ORDER BY {counted.order(FrequencyOrder.MOST)} LIMIT {COMMON}"
    )
    asked = [None if side is None else Asked.of(session, side, [column]) for side in sides.each]
    relation, binds = beside(asked)
    sql = f"SELECT * FROM {relation} LEFT JOIN ({common}) AS common ON 1 = 1"
    rows = session.rows(sql, *binds, *counted.binds)
    width = len(counted.counts)
    first, *others = [row[-1 - 2 * width :] for row in rows]
    values = [_value_count(row[: 1 + width]) for row in (first, *others) if row[1] is not None]
    values.sort(key=lambda one: one.count + (one.old or 0), reverse=True)
    facts = answers(asked, rows[0], [[whole_number(number)] for number in first[1 + width :]])
    return _profile(sides, column, [found[0] for found in facts], tuple(values))


def _profiles(session: Session, as_of: str | None, source: Source, columns: Sequence[str]) -> tuple[Profile, ...]:
    sides = sides_for(session, source, as_of, columns)
    asked = [None if side is None else Asked.of(session, side, columns, distinct=True) for side in sides.each]
    relation, binds = beside(asked)
    row = session.first(f"SELECT * FROM {relation}", *binds)
    assert row is not None
    facts = answers(asked, row, [()] * len(asked))
    return tuple(_profile(sides, name, [one[at] for one in facts], ()) for at, name in enumerate(columns))


class _Counted(Frozen):
    """The values of a column with their numbers, as a relation in SQL."""

    relation: str
    binds: tuple[object, ...]
    info: ColumnInfo
    value: str
    """The quoted name of its column with the values."""
    shown: str
    """What to select for that."""
    counts: tuple[str, ...]
    """The quoted names of its columns with the numbers of rows: on the older side where there are two, on the newer."""

    @classmethod
    def of(cls, session: Session, sides: Sides, column: str) -> _Counted:
        """Raises `ColumnNotFound`; `Lacking` where the column's types are not comparable."""
        info, both = sides.column(column), sides.both
        there = [side for side in sides.each if side is not None and side.column(column) is not None]
        types = {parsed(one.type).word for side in there if (one := side.column(column)) is not None}
        if len(types) > 1 and any(session.dialect.unread(word) for word in types):
            raise Lacking(f"{column} was {' and is '.join(sorted(types))}: its values cannot be compared.", " ")
        taken = {name.lower() for side in there for name in side.spelt}
        names = [_free(name, taken) for name in ("value", *(["old"] if both else []), "number")]
        value, *counts = map(session.dialect.quote, names)
        parts = []
        for side in there:
            pairs = zip(sides.each, counts, strict=True)
            numbers = [f"{'count(*)' if one is side else '0'} AS {count}" for one, count in pairs]
            spelt = side.spelt[column]
            parts.append(f"SELECT {spelt} AS {value}, {', '.join(numbers)} FROM {side.source} GROUP BY {spelt}")
        inner = parts[0]
        if both:
            sums = ", ".join(f"sum({count}) AS {count}" for count in counts)
            inner = f"SELECT {value}, {sums} FROM ({' UNION ALL '.join(parts)}) AS sides GROUP BY {value}"
        binds = tuple(bound for side in there for bound in side.binds)
        return cls(
            f"({inner}) AS counted", binds, info, value, session.dialect.column(names[0], info.type), tuple(counts)
        )

    def nulls(self, count: str) -> str:
        return f"CASE WHEN {self.value} IS NULL THEN {count} ELSE 0 END"

    def distinct(self, count: str) -> str:
        return f"sum(CASE WHEN {self.value} IS NOT NULL AND {count} > 0 THEN 1 ELSE 0 END) OVER ()"

    def order(self, order: FrequencyOrder) -> str:
        both, new = " + ".join(self.counts), self.counts[-1]
        return {
            FrequencyOrder.MOST: f"{both} DESC, {self.value}",
            FrequencyOrder.FEWEST: f"{both}, {self.value}",
            FrequencyOrder.VALUE: self.value,
            FrequencyOrder.CHANGE: f"abs({new} - {self.counts[0]}) DESC, {both} DESC, {self.value}",
        }[order]


def _profile(sides: Sides, column: str, facts: Sequence[Facts | None], values: tuple[ValueCount, ...]) -> Profile:
    old, new = facts if sides.both else (None, *facts)
    return Profile(sides.column(column), new, old, sides.both, values, _note(sides, column))


def _note(sides: Sides, column: str) -> str:
    """What people should know about the values of a column."""
    info = sides.column(column)
    notes = [sides.note]
    if folds(info):
        notes.append("Upper and lower case are the same to this column: they are one value here.")
    if sides.both:
        there = [side is not None and side.column(column) is not None for side in (sides.old, sides.new)]
        if there == [True, False]:
            notes.append("The newer side does not have this column.")
        if there == [False, True]:
            notes.append("The older side does not have this column.")
    return "\n".join(filter(None, notes))


def _value_count(row: Sequence[Any]) -> ValueCount:
    value, *counts = row
    return ValueCount(value, whole_number(counts[-1]), whole_number(counts[0]) if len(counts) > 1 else None)


def _free(name: str, taken: Collection[str]) -> str:
    """A name that no column has."""
    while name in taken:
        name += "_"
    return name
