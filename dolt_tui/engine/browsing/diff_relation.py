"""Pages of a diff's rows, filtered: after a key where the engine pushes one down, else by offset.

A key is pushed down on one side only, so rows that are there now and rows that were removed are asked for
separately. Filters are added to both. They are not pushed down: a page costs as many rows of the diff as have to be
looked at until it is full.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any

from ...frozen import Frozen
from ..core.connections import Session
from ..core.workspace_rows import LOOKED_UP, of_changes, of_keys, some_keys
from ..errors import EngineError
from ..model import ChangeKind, ColumnInfo, Operator, Value
from .column_conditions import condition_sql
from .diff_layout import as_declared
from .diff_sides import Sides, relation_of
from .keyset import Key, Keyset, where
from .query import DiffFilter, DiffQuery, binary
from .row_stream import RowStream

_TEXTS = ("char", "text")


class DiffRelation(Frozen):
    """The diff of one table as a relation in SQL, with its filter."""

    session: Session
    relation: str
    values: tuple[object, ...]
    """What ``relation`` binds."""
    names: tuple[str, ...]
    """Its columns, as the engine calls them."""
    select: str
    filter: DiffFilter
    condition: str
    """The filter in SQL; empty where there is none."""
    bound: tuple[object, ...]
    """What ``condition`` binds."""

    @classmethod
    def of(cls, session: Session, query: DiffQuery, sides: Sides) -> DiffRelation:
        """The rows of a diff whose sides are known.

        Raises `EngineError` for a column that is on neither side, `RowsNotPaired`.
        """
        relation, values, described = relation_of(session, sides, query.table, query.old, query.new)
        names = [str(item[0]) for item in described]
        unique = len({name.lower() for name in names}) == len(names)
        select = ", ".join(session.dialect.selected(item) for item in described) if unique else "*"
        condition, bound = _condition(session, query.filter, names, sides)
        return cls(session, relation, values, tuple(names), select, query.filter, condition, bound)

    def also(self, condition: str, bound: Sequence[object]) -> DiffRelation:
        """Only those of its rows for which another condition holds, too."""
        glue = " AND " if self.condition else ""
        return replace(
            self,
            # Counted as a filter: all rows have to be looked at to find out how many pass.
            filter=replace(self.filter, where=self.filter.where or condition),
            condition=f"{self.condition}{glue}{condition}",
            bound=(*self.bound, *bound),
        )

    def keyed(self, keys: Sequence[str]) -> bool:
        """Whether the rows can be addressed by ``keys``: both sides have them, under names of their own."""
        present = {name.lower() for name in self.names}
        needed = {f"{side}_{key}".lower() for key in keys for side in ("to", "from")}
        return bool(keys) and len(present) == len(self.names) and needed <= present

    def searched(self, columns: Sequence[ColumnInfo], others: Sequence[ColumnInfo]) -> list[str]:
        """The columns of both sides in which a text may be found: those of the table on one side and on the other."""
        types = {column.name: column.type for column in (*others, *columns)}
        split = next(position for position, name in enumerate(self.names) if name.startswith("from_"))
        spelt = [name.lower() for name in self.names]
        found = []
        for position, declared in enumerate(self._declared(columns)):
            if split - 2 <= position < split or position >= len(self.names) - 3:
                continue  # Dolt's own
            type_ = types.get(declared.removeprefix("to_" if position < split else "from_"))
            if type_ is not None and not binary(type_) and spelt.count(spelt[position]) == 1:
                found.append(self.names[position])
        return found

    def stream(self, columns: Sequence[ColumnInfo], others: Sequence[ColumnInfo]) -> RowStream:
        """All rows, without Dolt's own columns but ``diff_type``; ``columns`` and ``others`` are those of the table on
        the newer side and on the older one."""
        split = next(position for position, name in enumerate(self.names) if name.startswith("from_"))
        ends = len(self.names)
        kept = [*range(split - 2), *range(split, ends - 3), ends - 1]
        new, old = ({column.name: column.type for column in side} for side in (columns, others))
        found = []
        for position, declared in enumerate(self._declared(columns)):
            types = new if position < split else old
            name = declared.removeprefix("to_" if position < split else "from_")
            found.append(ColumnInfo(declared, types.get(name, "")))
        parts = self.session.stream(
            f"SELECT {self.select} FROM {self.relation}{where(self.condition)}", *self.values, *self.bound
        )
        chosen = itemgetter(*kept)
        return RowStream([found[at] for at in kept], None, (list(map(chosen, part)) for part in parts))

    def spelt(self, name: str, columns: Sequence[ColumnInfo]) -> str | None:
        """A column such as ``to_id`` of a table with these ``columns``, quoted; None where it cannot be told apart."""
        declared = self._declared(columns)
        found = self.names[declared.index(name)] if declared.count(name) == 1 else None
        return self.session.dialect.quote(found) if found is not None and self.names.count(found) == 1 else None

    def _declared(self, columns: Sequence[ColumnInfo]) -> list[str]:
        """Its columns, as the table calls them."""
        return (
            as_declared(list(self.names), columns)
            if self.session.dialect.traits.diff_renames_columns
            else list(self.names)
        )

    def key_of(self, row: Sequence[Value], keys: Sequence[str]) -> tuple[Value, ...]:
        """The key of one of its rows."""
        lower = [name.lower() for name in self.names]
        removed = row[-1] == ChangeKind.REMOVED
        return tuple(row[lower.index(f"{'from' if removed else 'to'}_{key}".lower())] for key in keys)

    def keys(self, key: Sequence[ColumnInfo], limit: int | None = None) -> list[tuple[Value, ...]]:
        """The keys of all rows, or of the first ones."""
        values = [*self.values, *self.bound]
        sides = [self.session.dialect.column(f"{side}_{one.name}", one.type) for side in ("to", "from") for one in key]
        sql = f"SELECT {', '.join(sides)}, diff_type FROM {self.relation}{where(self.condition)}"
        if limit is not None:
            sql += f" LIMIT {self.session.dialect.placeholder}"
            values.append(limit)
        width = len(key)
        rows = self.session.rows(sql, *values)
        return [row[width : 2 * width] if row[-1] == ChangeKind.REMOVED else row[:width] for row in rows]

    def of_keys(self, key: Sequence[ColumnInfo], keys: Sequence[Key]) -> list[Any]:
        """The rows that have these keys."""
        rows: list[Any] = []
        names = [column.name for column in key]
        for some in some_keys(key, [tuple(one) for one in keys], LOOKED_UP):
            sides = [("to_", "diff_type <> 'removed'"), ("from_", "diff_type = 'removed'")]
            left = list(some)
            for prefix, kind in sides if self.session.dialect.traits.server else [("", "")]:
                if not left:
                    break
                if prefix:
                    condition, bound = of_keys(self.session, key, left, prefix)
                else:
                    condition, bound = of_changes(self.session, key, left)
                restricted = where(condition, kind, self.condition)
                sql = f"SELECT {self.select} FROM {self.relation}{restricted}"
                part = self.session.rows(sql, *self.values, *bound, *self.bound)
                found = {self.key_of(row, names) for row in part}
                left = [one for one in left if one not in found]
                rows += part
        return rows

    def by_offset(self, size: int, skip: int) -> list[Any]:
        """``size`` rows after the first ``skip`` ones."""
        placeholder = self.session.dialect.placeholder
        return self.session.rows(
            f"SELECT {self.select} FROM {self.relation}{where(self.condition)}"
            f" LIMIT {placeholder} OFFSET {placeholder}",
            *self.values,
            *self.bound,
            size,
            skip,
        )

    def count(self, limit: int | None = None) -> int:
        """How many rows there are, up to ``limit``."""
        return self._counted(where(self.condition), self.bound, limit)

    def _counted(self, restricted: str, bound: Sequence[object], limit: int | None) -> int:
        rows, values = f"SELECT 1 FROM {self.relation}{restricted}", [*self.values, *bound]
        if limit is not None:
            rows += f" LIMIT {self.session.dialect.placeholder}"
            values.append(limit)
        return int(self.session.scalar(f"SELECT count(*) FROM ({rows}) AS found", *values))

    def first(self, keys: Sequence[str], after: Sequence[Value] | None) -> tuple[Value, ...] | None:
        """The key of the first row, or of the first one after a key."""
        found: tuple[Value, ...] | None = None
        for side in self._wanted:
            condition, bound = self._side(side, keys, after, found)
            names = ", ".join(self._keyset(side, keys).columns)
            row = self.session.first(
                f"SELECT {names} FROM {self.relation} WHERE {condition} LIMIT 1", *self.values, *bound
            )
            found = row or found  # a row that was removed precedes the one found before
        return found

    def marked(self, condition: str, bound: Sequence[object], size: int, skip: int) -> list[bool]:
        """Of ``size`` rows after the first ``skip`` ones, whether a condition holds."""
        placeholder = self.session.dialect.placeholder
        rows = self.session.rows(
            f"SELECT {condition} FROM {self.relation}{where(self.condition)} LIMIT {placeholder} OFFSET {placeholder}",
            *bound,
            *self.values,
            *self.bound,
            size,
            skip,
        )
        return [bool(row[0]) for row in rows]

    def between(self, keys: Sequence[str], low: Key | None, high: Key | None, size: int, skip: int) -> list[Any]:
        """``size`` rows from the key ``low`` on that precede ``high``, in order, after the first ``skip`` ones."""
        sides = [self._side(side, keys, low, high, including_low=True) for side in self._wanted]
        return self._in_order(keys, sides, size, skip)

    def after(self, keys: Sequence[str], after: Key, size: int) -> list[Any]:
        """``size`` rows after a key: those that are there now, and between them those that were removed."""
        last: Key | None = None
        if len(self._wanted) == 2:
            condition, bound = self._side("to", keys, after)
            last = self.session.first(
                f"SELECT {', '.join(self._keyset('to', keys).columns)} FROM {self.relation} WHERE {condition}"
                f" LIMIT 1 OFFSET {self.session.dialect.placeholder}",
                *self.values,
                *bound,
                size - 1,
            )
        sides = [self._side(side, keys, after, last, including_high=True) for side in self._wanted]
        return self._in_order(keys, sides, size)

    def _in_order(
        self, keys: Sequence[str], sides: Sequence[tuple[str, list[object]]], size: int, skip: int = 0
    ) -> list[Any]:
        """The rows of some sides, each given by its condition and what that binds, in the order of the key."""
        placeholder = self.session.dialect.placeholder
        offset, skipped = (f" OFFSET {placeholder}", [skip]) if skip else ("", [])
        # No side has to give more rows than are skipped and wanted together.
        select = f"SELECT {self.select} FROM {self.relation} WHERE"
        if len(sides) == 1:
            condition, bound = sides[0]
            limit = f"LIMIT {placeholder}{offset}"
            return self.session.rows(f"{select} {condition} {limit}", *self.values, *bound, size, *skipped)
        parts = [f"({select} {condition} LIMIT {placeholder})" for condition, _ in sides]
        values = [value for _, bound in sides for value in (*self.values, *bound, size + skip)]
        both = zip(*(self._keyset(side, keys).columns for side in ("to", "from")), strict=True)
        order = ", ".join(f"coalesce({new}, {old})" for new, old in both)
        return self.session.rows(
            f"SELECT * FROM ({' UNION ALL '.join(parts)}) AS changes ORDER BY {order} LIMIT {placeholder}{offset}",
            *values,
            size,
            *skipped,
        )

    def count_between(
        self,
        keys: Sequence[str],
        low: Key | None,
        high: Key | None,
        limit: int | None = None,
        *,
        removed: bool = True,
    ) -> int:
        """How many rows there are from the key ``low`` on that precede ``high``, up to about ``limit``.

        Those that were removed are left out where they are not wanted, or there are as many others.
        """
        if low is None and high is None and removed:
            return self.count(limit)
        found = 0
        for side in self._wanted:
            if side == "to" or (removed and (limit is None or found < limit)):
                condition, bound = self._side(side, keys, low, high, including_low=True)
                found += self._counted(where(condition), bound, limit)
        return found

    @property
    def _wanted(self) -> list[str]:
        """The sides that have wanted rows: those that are there now, and those that were removed."""
        present = self.filter.wants(ChangeKind.ADDED, ChangeKind.MODIFIED)
        return [*(["to"] if present else []), *(["from"] if self.filter.wants(ChangeKind.REMOVED) else [])]

    def _keyset(self, side: str, keys: Sequence[str]) -> Keyset:
        dialect = self.session.dialect
        return Keyset(tuple(dialect.quote(f"{side}_{key}") for key in keys), dialect.placeholder)

    def _side(
        self,
        side: str,
        keys: Sequence[str],
        low: Key | None,
        high: Key | None = None,
        *,
        including_low: bool = False,
        including_high: bool = False,
    ) -> tuple[str, list[object]]:
        """The condition of the wanted rows of a side between two keys, and what it binds."""
        keyset = self._keyset(side, keys)
        parts, bound = list[str](), list[object]()
        for key, backward, including in ((low, False, including_low), (high, True, including_high)):
            if key is not None:
                text, values = keyset.beyond(key, backward=backward, including=including)
                parts.append(f"({text})")
                bound += values
        if side == "from" or not parts:
            parts.append("diff_type = 'removed'" if side == "from" else "diff_type <> 'removed'")
        if self.condition:
            parts.append(self.condition)
        return " AND ".join(parts), [*bound, *self.bound]


def _condition(
    session: Session, filter_: DiffFilter, names: Sequence[str], sides: Sides
) -> tuple[str, tuple[object, ...]]:
    """A filter in SQL, and what it binds."""
    dialect, columns = session.dialect, sides.columns
    declared = as_declared(list(names), columns) if dialect.traits.diff_renames_columns else list(names)
    parts: list[str] = []
    bound: tuple[object, ...] = ()
    if filter_.kinds:
        kinds = sorted(filter_.kinds)
        parts.append(f"diff_type IN ({dialect.placeholders(len(kinds))})")
        bound = tuple(str(kind) for kind in kinds)
    if filter_.column:
        spelt = [
            dialect.quote(names[declared.index(name)])
            for name in (f"to_{filter_.column}", f"from_{filter_.column}")
            if name in declared
        ]
        if not spelt:
            raise EngineError(f"There is no column {filter_.column} on either side.")
        if any(filter_.column in side for side in sides.unheld):
            raise _not_held(filter_.column)
        type_ = next((column.type.lower() for column in columns if column.name == filter_.column), "")
        if len(spelt) == 2:
            parts.append(dialect.differ(*spelt, text=any(word in type_ for word in _TEXTS)))
        else:
            parts.append(f"{spelt[0]} IS NOT NULL")
    for condition in filter_.conditions:
        side, _, name = condition.column.partition("_")
        of = next((column for column in (sides.new if side == "to" else sides.old) if column.name == name), None)
        if of is None or condition.column not in declared:
            raise EngineError(f"There is no column {name} on the {'newer' if side == 'to' else 'older'} side.")
        if any(name in unheld for unheld in sides.unheld):
            raise _not_held(name)
        quoted = dialect.quote(names[declared.index(condition.column)])
        text, values = condition_sql(dialect, quoted, of.type, condition)
        if condition.operator in (Operator.NULL, Operator.NOT_NULL):  # a side that is not there has no NULL in it
            absent = "removed" if side == "to" else "added"
            null = condition.operator is Operator.NULL
            text = f"({text} AND diff_type <> '{absent}')" if null else f"({text} OR diff_type = '{absent}')"
        parts.append(text)
        bound += tuple(values)
    if filter_.where:
        for name in frozenset().union(*sides.unheld):  # they are NULL there, so no row would match
            if re.search(rf"(?<!\w)(to|from)_{re.escape(name)}(?!\w)", filter_.where, re.IGNORECASE):
                raise _not_held(name)
        parts.append(dialect.condition(filter_.where))
    return " AND ".join(parts), bound


def _not_held(column: str) -> EngineError:
    return EngineError(f"{column} is computed when the table is read: the diff does not hold its values.")
