"""The rows of a diff by pages: through filters, behind a key where the engine pushes one down, else by offset.

A key is pushed down on one side only, so the rows that are there and those that were removed are asked for
separately. Filters are added to both; they are not pushed down, so that a page costs as many rows of the diff as have
to be looked at until it is full.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..core.connections import Session
from ..errors import EngineError
from ..model import ChangeKind, ColumnInfo, Value
from .diff_layout import as_declared
from .diff_sides import Sides, relation_of
from .query import DiffFilter, DiffQuery, binary

_TEXTS = ("char", "text")


@dataclass(frozen=True)
class DiffRelation:
    """A diff of one table, as it is asked for."""

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
        """The rows of it for which a condition holds, too."""
        glue = " AND " if self.condition else ""
        return replace(
            self,
            # A condition as a filter: it costs all rows to find out how many are let through.
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

    def by_offset(self, size: int, skip: int) -> list[Any]:
        """``size`` rows after the first ``skip`` ones."""
        placeholder = self.session.dialect.placeholder
        where = f" WHERE {self.condition}" if self.condition else ""
        return self.session.rows(
            f"SELECT {self.select} FROM {self.relation}{where} LIMIT {placeholder} OFFSET {placeholder}",
            *self.values,
            *self.bound,
            size,
            skip,
        )

    def count(self, limit: int | None = None) -> int:
        """How many rows there are, up to ``limit``."""
        return self._counted(f" WHERE {self.condition}" if self.condition else "", self.bound, limit)

    def _counted(self, where: str, bound: Sequence[object], limit: int | None) -> int:
        rows, values = f"SELECT 1 FROM {self.relation}{where}", [*self.values, *bound]
        if limit is not None:
            rows += f" LIMIT {self.session.dialect.placeholder}"
            values.append(limit)
        return int(self.session.scalar(f"SELECT count(*) FROM ({rows}) AS found", *values))

    def first(self, keys: Sequence[str], after: Sequence[Value] | None) -> tuple[Value, ...] | None:
        """The key of the first row, or of the first one behind a key."""
        found: tuple[Value, ...] | None = None
        for side in self._wanted:
            condition, bound = self._side(side, keys, after, found, equal=False)
            names = ", ".join(self.session.dialect.quote(f"{side}_{key}") for key in keys)
            row = self.session.first(
                f"SELECT {names} FROM {self.relation} WHERE {condition} LIMIT 1", *self.values, *bound
            )
            found = row or found  # a row that was removed precedes the one found before
        return found

    def marked(self, condition: str, bound: Sequence[object], size: int, skip: int) -> list[bool]:
        """Of ``size`` rows after the first ``skip`` ones, whether a condition holds."""
        placeholder = self.session.dialect.placeholder
        where = f" WHERE {self.condition}" if self.condition else ""
        rows = self.session.rows(
            f"SELECT {condition} FROM {self.relation}{where} LIMIT {placeholder} OFFSET {placeholder}",
            *bound,
            *self.values,
            *self.bound,
            size,
            skip,
        )
        return [bool(row[0]) for row in rows]

    def between(
        self, keys: Sequence[str], low: Sequence[Value] | None, high: Sequence[Value] | None, size: int, skip: int
    ) -> list[Any]:
        """``size`` rows after the first ``skip`` ones of those from the key ``low`` on that precede ``high``."""
        if low is None and high is None:
            return self.by_offset(size, skip)
        quote, placeholder = self.session.dialect.quote, self.session.dialect.placeholder
        parts, values = [], list[object]()
        for condition, bound in (self._side(side, keys, low, high) for side in self._wanted):
            # Beyond what is skipped and wanted in all nobody needs any of this side.
            parts.append(f"SELECT {self.select} FROM {self.relation} WHERE {condition} LIMIT {placeholder}")
            values += [*self.values, *bound, size + skip]
        if len(parts) == 1:
            return self.session.rows(f"{parts[0]} OFFSET {placeholder}", *values[:-1], size, skip)
        new, old = [quote(f"to_{key}") for key in keys], [quote(f"from_{key}") for key in keys]
        order = ", ".join(f"coalesce({a}, {b})" for a, b in zip(new, old, strict=True))
        return self.session.rows(
            f"SELECT * FROM ({' UNION ALL '.join(f'({part})' for part in parts)}) AS changes"
            f" ORDER BY {order} LIMIT {placeholder} OFFSET {placeholder}",
            *values,
            size,
            skip,
        )

    def count_between(
        self,
        keys: Sequence[str],
        low: Sequence[Value] | None,
        high: Sequence[Value] | None,
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
                condition, bound = self._side(side, keys, low, high)
                found += self._counted(f" WHERE {condition}", bound, limit)
        return found

    @property
    def _wanted(self) -> list[str]:
        """The sides that have wanted rows: those that are there now, and those that were removed."""
        present = self.filter.wants(ChangeKind.ADDED, ChangeKind.MODIFIED)
        return [*(["to"] if present else []), *(["from"] if self.filter.wants(ChangeKind.REMOVED) else [])]

    def _side(
        self,
        side: str,
        keys: Sequence[str],
        low: Sequence[Value] | None,
        high: Sequence[Value] | None,
        *,
        equal: bool = True,
    ) -> tuple[str, list[object]]:
        """The condition of the wanted rows of a side that precede ``high`` and follow ``low`` (or ``equal`` it), and
        what it binds."""
        names = [self.session.dialect.quote(f"{side}_{key}") for key in keys]
        parts, bound = list[str](), list[object]()
        for key, sign in ((low, ">"), (high, "<")):
            if key is not None:
                text, values = beyond(names, key, self.session.dialect.placeholder, sign, equal=equal and sign == ">")
                parts.append(f"({text})")
                bound += values
        if side == "from" or not parts:
            parts.append("diff_type = 'removed'" if side == "from" else "diff_type <> 'removed'")
        if self.condition:
            parts.append(self.condition)
        return " AND ".join(parts), [*bound, *self.bound]

    def behind(self, keys: Sequence[str], after: Sequence[Value], size: int) -> list[Any]:
        """``size`` rows behind a key: those that are there now, and between them those that were removed."""
        quote, placeholder = self.session.dialect.quote, self.session.dialect.placeholder
        new, old = [quote(f"to_{key}") for key in keys], [quote(f"from_{key}") for key in keys]
        above_new, bound = beyond(new, after, placeholder, ">")
        above_old, _ = beyond(old, after, placeholder, ">")
        also = f" AND {self.condition}" if self.condition else ""
        present = self.filter.wants(ChangeKind.ADDED, ChangeKind.MODIFIED)
        removed = self.filter.wants(ChangeKind.REMOVED)
        below_new, below_old = "", ""
        limit: list[Value] = []
        if present and removed:
            last = self.session.first(
                f"SELECT {', '.join(new)} FROM {self.relation} WHERE ({above_new}){also} LIMIT 1 OFFSET {placeholder}",
                *self.values,
                *bound,
                *self.bound,
                size - 1,
            )
            if last is not None:
                text, limit = beyond(new, last, placeholder, "<", equal=True)
                below_new, below_old = f" AND ({text})", f" AND ({beyond(old, last, placeholder, '<', equal=True)[0]})"
        select = f"SELECT {self.select} FROM {self.relation}"
        parts = [f"{select} WHERE ({above_new}){below_new}{also} LIMIT {placeholder}"] if present else []
        if removed:
            parts.append(f"{select} WHERE ({above_old}){below_old} AND diff_type = 'removed'{also} LIMIT {placeholder}")
        values = [*self.values, *bound, *limit, *self.bound, size]
        if len(parts) == 1:
            return self.session.rows(parts[0], *values)
        order = ", ".join(f"coalesce({a}, {b})" for a, b in zip(new, old, strict=True))
        return self.session.rows(
            f"SELECT * FROM (({parts[0]}) UNION ALL ({parts[1]})) AS changes ORDER BY {order} LIMIT {placeholder}",
            *values,
            *values,
            size,
        )


def _condition(
    session: Session, filter_: DiffFilter, names: Sequence[str], sides: Sides
) -> tuple[str, tuple[object, ...]]:
    """A filter in SQL, and what it binds."""
    dialect, columns = session.dialect, sides.columns
    parts: list[str] = []
    bound: tuple[object, ...] = ()
    if filter_.kinds:
        kinds = sorted(filter_.kinds)
        parts.append(f"diff_type IN ({dialect.placeholders(len(kinds))})")
        bound = tuple(str(kind) for kind in kinds)
    if filter_.column:
        declared = as_declared(list(names), columns) if dialect.traits.diff_renames_columns else list(names)
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
    if filter_.where:
        for name in frozenset().union(*sides.unheld):  # they read NULL there, so no row would be like that
            if re.search(rf"(?<!\w)(to|from)_{re.escape(name)}(?!\w)", filter_.where, re.IGNORECASE):
                raise _not_held(name)
        parts.append(dialect.condition(filter_.where))
    return " AND ".join(parts), bound


def _not_held(column: str) -> EngineError:
    return EngineError(f"{column} is computed when the table is read: the diff does not hold its values.")


def beyond(
    names: Sequence[str], key: Sequence[Value], placeholder: str, sign: str, *, equal: bool = False
) -> tuple[str, list[Value]]:
    """The condition that a composite key lies beyond ``key``, in the OR form that Dolt pushes down."""
    parts, bound = [], []
    for length in range(1, len(names) + 1):
        last = f"{sign}=" if equal and length == len(names) else sign
        parts.append(
            " AND ".join(
                [
                    *(f"{name} = {placeholder}" for name in names[: length - 1]),
                    f"{names[length - 1]} {last} {placeholder}",
                ]
            )
        )
        bound += list(key[:length])
    return " OR ".join(f"({part})" for part in parts), bound


def key_page(
    session: Session,
    select: str,
    relation: str,
    names: list[str],
    after: Sequence[Value] | None,
    size: int,
) -> list[Any]:
    """A page behind a key: one range for each prefix of it, which the key's index answers."""
    placeholder = session.dialect.placeholder
    order = ", ".join(names)
    if after is None:
        return session.rows(f"SELECT {select} FROM {relation} ORDER BY {order} LIMIT {placeholder}", size)
    parts, bound = [], []
    for length in range(len(names), 0, -1):
        conditions = [f"{name} = {placeholder}" for name in names[: length - 1]] + [
            f"{names[length - 1]} > {placeholder}"
        ]
        parts.append(
            f"SELECT {select} FROM {relation} WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT {placeholder}"
        )
        bound.append((*after[:length], size))
    if len(parts) == 1:
        return session.rows(parts[0], *bound[0])
    rows: list[Any] = []
    for part, part_values in zip(parts, bound, strict=True):
        rows += session.rows(part, *part_values[:-1], size - len(rows))
        if len(rows) >= size:
            break
    return rows
