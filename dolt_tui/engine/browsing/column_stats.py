"""How often each value of a column occurs, and what is true of all of them: one statement for each question.

Values are put together as the engine groups them: where the column's collation takes texts for the same, they are one
value. Of a diff both revisions are counted side by side, whole tables; with a filter the rows of the changes that pass.

The cost grows with the rows, and with how many different values they have: see benchmarks/README.md.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, TypeAlias

from ...frozen import Frozen
from ..core.column_types import parsed
from ..core.connections import Connections, Session
from ..core.literals import quoted_text
from ..core.validation import is_hash
from ..errors import NO_ANSWER, BranchNotFound, ColumnNotFound, EngineError, Lacking
from ..model import WORKING, ChangeKind, ColumnInfo, SqlStyle
from ..model.column_stats import Facts, Frequency, FrequencyOrder, Lengths, Profile, Totals, ValueCount
from .column_conditions import folds
from .column_values import Of, classify
from .diff_relation import DiffRelation
from .diff_sides import Sides, sides_of
from .keyset import where
from .query import DiffQuery, Query
from .table_rows import wanted
from .tables import Tables

Source: TypeAlias = Query | DiffQuery
"""Rows of a table, or two revisions of one."""

COMMON = 10
"""So many of the commonest values a profile has."""
_MOST_BYTES = 16 << 20
"""About so much of the values is kept in memory."""


class _Side(Frozen):
    """The rows of one revision."""

    relation: str
    values: tuple[object, ...]
    """What ``relation`` binds."""
    condition: str
    bound: tuple[object, ...]
    """What ``condition`` binds."""
    columns: tuple[ColumnInfo, ...]
    spelt: dict[str, str]
    """The quoted expressions for the columns."""

    @property
    def source(self) -> str:
        return f"{self.relation}{where(self.condition)}"

    @property
    def binds(self) -> tuple[object, ...]:
        return (*self.values, *self.bound)

    def column(self, name: str) -> ColumnInfo | None:
        return next((column for column in self.columns if column.name == name and name in self.spelt), None)


class _Sides(Frozen):
    """The rows that are asked about: of one revision, or of two."""

    new: _Side | None
    """The newer side, or the only one; None where a diff's table is not there."""
    old: _Side | None
    both: bool
    """Whether two revisions are compared."""
    note: str = ""

    def column(self, name: str) -> ColumnInfo:
        """The column on the newer side, else on the older one. Raises `ColumnNotFound`."""
        for side in (self.new, self.old):
            if side is not None and (found := side.column(name)) is not None:
                return found
        raise ColumnNotFound(f"The table has no column {name}.")

    @property
    def each(self) -> list[_Side | None]:
        """The newer side behind the older one, or the only one."""
        return [self.old, self.new] if self.both else [self.new]


class ColumnStats:
    """Questions about the values of columns."""

    def __init__(self, db: Connections, tables: Tables) -> None:
        self._db, self._tables = db, tables

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
        place, as_of = self._place(branch, source)
        with self._db.read(place, "frequency") as session:
            sides = _sides(session, source, as_of, [column])
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
        found = [Totals(*map(_whole, sums[at : at + 3])) for at in range(0, 3 * width, 3)]
        return Frequency(
            counted.info, values, number, found[-1], found[0] if sides.both else None, _note(sides, column)
        )

    def profile(self, branch: str, source: Source, column: str) -> Profile:
        """What is true of a column, with its commonest values. Raises what `frequency` raises."""
        place, as_of = self._place(branch, source)
        with self._db.read(place, "profile") as session:
            sides = _sides(session, source, as_of, [column])
            counted = _Counted.of(session, sides, column)
            distinct = [f"{counted.distinct(count)} AS d{at}" for at, count in enumerate(counted.counts)]
            common = (
                f"SELECT {', '.join([counted.shown, *counted.counts, *distinct])} FROM {counted.relation}"
                f" ORDER BY {counted.order(FrequencyOrder.MOST)} LIMIT {COMMON}"
            )
            asked = [None if side is None else _Asked.of(session, side, [column]) for side in sides.each]
            relation, binds = _beside(asked)
            sql = f"SELECT * FROM {relation} LEFT JOIN ({common}) AS common ON 1 = 1"
            rows = session.rows(sql, *binds, *counted.binds)
        width = len(counted.counts)
        first, *others = [row[-1 - 2 * width :] for row in rows]
        values = [_value_count(row[: 1 + width]) for row in (first, *others) if row[1] is not None]
        values.sort(key=lambda one: one.count + (one.old or 0), reverse=True)
        facts = _answers(asked, rows[0], [[_whole(number)] for number in first[1 + width :]])
        return _profile(sides, column, [found[0] for found in facts], tuple(values))

    def profiles(self, branch: str, source: Source, columns: Sequence[str]) -> tuple[Profile, ...]:
        """What is true of each of some columns, without values, by one statement. Raises what `frequency` raises.

        The rows are grouped once for each column.
        """
        place, as_of = self._place(branch, source)
        with self._db.read(place, "profile") as session:
            sides = _sides(session, source, as_of, columns)
            asked = [None if side is None else _Asked.of(session, side, columns, distinct=True) for side in sides.each]
            relation, binds = _beside(asked)
            row = session.first(f"SELECT * FROM {relation}", *binds)
        assert row is not None
        facts = _answers(asked, row, [()] * len(asked))
        return tuple(_profile(sides, name, [one[at] for one in facts], ()) for at, name in enumerate(columns))

    def _place(self, branch: str, source: Source) -> tuple[str, str | None]:
        """The revision to connect to, and what stands after ``AS OF``."""
        if isinstance(source, Query):
            return self._tables.place(branch, source.revision)
        # Where a connection sees its own revision only, the newer side's definition is the one that is shown.
        commit = not self._db.dialect.traits.reads_as_of and is_hash(source.new)
        return (source.new if commit else branch), None


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
    def of(cls, session: Session, sides: _Sides, column: str) -> _Counted:
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


_LEAST, _GREATEST, _MEAN, _SHORTEST, _LENGTH, _LONGEST, _EMPTY, _DISTINCT = [
    "least",
    "greatest",
    "mean",
    "shortest",
    "length",
    "longest",
    "empty",
    "distinct",
]


class _Asked(Frozen):
    """The statement that asks for what is true of some columns on a side: one row."""

    sql: str
    binds: tuple[object, ...]
    parts: tuple[tuple[str, ...] | None, ...]
    """For each column what is asked, behind how many values are not NULL; None where the side has no such column."""

    @property
    def width(self) -> int:
        return 1 + sum(1 + len(one) for one in self.parts if one is not None)

    @classmethod
    def of(cls, session: Session, side: _Side, columns: Sequence[str], *, distinct: bool = False) -> _Asked:
        """``distinct``: how many different values there are, too."""
        select, binds, parts = ["count(*)"], list[object](), list[tuple[str, ...] | None]()
        for name in columns:
            info = side.column(name)
            if info is None:
                parts.append(None)
                continue
            spelt = side.spelt[name]
            asked = _measures(session, info, spelt)
            if distinct:
                asked[_DISTINCT] = (
                    f"(SELECT count(*) FROM (SELECT {spelt} FROM {side.source} GROUP BY {spelt}) AS counted)"
                )
                binds += side.binds
            select += [f"count({spelt})", *asked.values()]
            parts.append(tuple(asked))
        named = ", ".join(f"{text} AS f{at}" for at, text in enumerate(select))
        return cls(f"SELECT {named} FROM {side.source}", (*binds, *side.binds), tuple(parts))

    def facts(self, row: Sequence[Any], distinct: Sequence[int] = ()) -> list[Facts | None]:
        """What was answered, for each column; ``distinct`` where that was not asked."""
        rows, at, found = _whole(row[0]), 1, list[Facts | None]()
        for number, part in enumerate(self.parts):
            if part is None:
                found.append(None)
                continue
            known = _whole(row[at])
            told = dict(zip(part, row[at + 1 : at + 1 + len(part)], strict=True))
            at += 1 + len(part)
            nulls = rows - known
            different = _whole(told[_DISTINCT]) - bool(nulls) if _DISTINCT in told else distinct[number]
            lengths = None
            if told.get(_LENGTH) is not None:
                lengths = Lengths(_whole(told[_SHORTEST]), float(told[_LENGTH]), _whole(told[_LONGEST]))
            mean = told.get(_MEAN)
            found.append(
                Facts(
                    Totals(rows, nulls, different),
                    told.get(_LEAST),
                    told.get(_GREATEST),
                    None if mean is None else float(mean),
                    lengths,
                    _whole(told[_EMPTY]) if _EMPTY in told else None,
                )
            )
        return found


def _measures(session: Session, info: ColumnInfo, spelt: str) -> dict[str, str]:
    """What is asked of a column, as its type has it."""
    of, dolt = classify(info.type), session.dialect.traits.sql is SqlStyle.MYSQL
    shown = session.dialect.column(info.name, info.type).removesuffix(f" AS {session.dialect.quote(info.name)}")
    value = shown if shown != session.dialect.quote(info.name) else spelt
    found = {} if of is Of.OTHER else {_LEAST: f"min({value})", _GREATEST: f"max({value})"}
    number, text, data = of in (Of.NUMBER, Of.ANY), of in (Of.TEXT, Of.ANY), of is Of.BYTES
    if number:
        # Columns hold values of any kind on DoltLite.
        found[_MEAN] = (
            f"avg({value})" if dolt else f"avg(CASE WHEN typeof({value}) IN ('integer', 'real') THEN {value} END)"
        )
    if text or data:
        length = f"char_length({value})" if dolt and text else f"length({value})"
        if not dolt:
            length = f"CASE WHEN typeof({value}) IN ('text', 'blob') THEN {length} END"
        found |= {_SHORTEST: f"min({length})", _LENGTH: f"avg({length})", _LONGEST: f"max({length})"}
        found[_EMPTY] = f"sum(CASE WHEN {length} = 0 THEN 1 ELSE 0 END)"
    return found


def _beside(asked: Sequence[_Asked | None]) -> tuple[str, list[object]]:
    """What is asked of each side as one relation of one row, and what it binds."""
    there = [one for one in asked if one is not None]
    relation = " CROSS JOIN ".join(f"({one.sql}) AS facts{at}" for at, one in enumerate(there))
    return relation, [value for one in there for value in one.binds]


def _answers(
    asked: Sequence[_Asked | None], row: Sequence[Any], distinct: Sequence[Sequence[int]]
) -> list[list[Facts | None]]:
    """What was answered, for each side and each column."""
    found, start = list[list[Facts | None]](), 0
    width = max(len(one.parts) for one in asked if one is not None)
    for one, numbers in zip(asked, distinct, strict=True):
        if one is None:
            found.append([None] * width)
            continue
        found.append(one.facts(row[start : start + one.width], numbers))
        start += one.width
    return found


def _sides(session: Session, source: Source, as_of: str | None, columns: Sequence[str]) -> _Sides:
    """The rows that are asked about. Raises `ColumnNotFound` where no side has one of the columns."""
    quote = session.dialect.quote
    if isinstance(source, Query):
        relation, values, condition, bound, there = wanted(session, source, as_of)
        found = _Sides(
            _Side(relation, values, condition, bound, there, {one.name: quote(one.name) for one in there}), None, False
        )
    else:
        found = _of_diff(session, source)
    for name in columns:
        found.column(name)
    return found


def _of_diff(session: Session, query: DiffQuery) -> _Sides:
    sides = sides_of(session, query.table, query.old, query.new, noted=False)
    if not query.filter.empty:
        return _of_changes(session, query, sides)
    one, other = session.dialect.known(session, query.old, query.new)
    before = _at(session, sides.old_name, one, sides.old)
    after = _at(session, sides.new_name, other, sides.new)
    return _Sides(after, before, True)


def _at(session: Session, table: str, revision: str, columns: tuple[ColumnInfo, ...]) -> _Side | None:
    """A table at a revision; None where it is not there."""
    quote = session.dialect.quote
    if session.dialect.traits.reads_as_of:
        if not columns:
            return None
        return _side(session, f"{quote(table)} AS OF {session.dialect.placeholder}", (revision,), columns)
    if revision == WORKING:
        return _side(session, quote(table), (), columns) if columns else None
    # Bound, it would have the columns of the branch: engine-facts.md#doltlite-at
    relation = f"{quote('dolt_at_' + table)}({quoted_text(revision, SqlStyle.SQLITE)}) AS there"
    try:
        described, _ = session.described(f"SELECT * FROM {relation} LIMIT 1")
    except (BranchNotFound, *NO_ANSWER):
        raise
    except EngineError:
        return None
    known = {column.name: column for column in columns}
    columns = tuple(known.get(item[0]) or ColumnInfo(item[0], "") for item in described)
    return _side(session, relation, (), columns, "there.")  # else a name that is unknown would be a text


def _side(
    session: Session, relation: str, values: tuple[object, ...], columns: tuple[ColumnInfo, ...], before: str = ""
) -> _Side:
    spelt = {column.name: before + session.dialect.quote(column.name) for column in columns}
    return _Side(relation, values, "", (), columns, spelt)


def _of_changes(session: Session, query: DiffQuery, sides: Sides) -> _Sides:
    """The two sides of the changes that a filter lets pass."""
    relation = DiffRelation.of(session, query, sides)
    found = []
    for prefix, columns, without in (("to_", sides.new, ChangeKind.REMOVED), ("from_", sides.old, ChangeKind.ADDED)):
        held = [one for one in columns if not one.virtual]
        spelt = {one.name: name for one in held if (name := relation.spelt(prefix + one.name, sides.columns))}
        condition = " AND ".join(filter(None, (f"diff_type <> '{without}'", relation.condition)))
        found.append(_Side(relation.relation, relation.values, condition, relation.bound, tuple(held), spelt))
    return _Sides(found[0], found[1], True, "Only the changes that are shown are counted.")


def _profile(sides: _Sides, column: str, facts: Sequence[Facts | None], values: tuple[ValueCount, ...]) -> Profile:
    old, new = facts if sides.both else (None, *facts)
    return Profile(sides.column(column), new, old, sides.both, values, _note(sides, column))


def _note(sides: _Sides, column: str) -> str:
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
    return ValueCount(value, _whole(counts[-1]), _whole(counts[0]) if len(counts) > 1 else None)


def _whole(number: Any) -> int:
    """A sum, which Dolt gives in floating point; exact up to 2**53 rows."""
    return int(number or 0)


def _free(name: str, taken: Collection[str]) -> str:
    """A name that no column has."""
    while name in taken:
        name += "_"
    return name
