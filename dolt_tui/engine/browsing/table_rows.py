"""The rows of a table in any order and through any filter, by pages forward, backward and from the end.

The cost of a page does not grow with its depth where the order has a key to page by: the primary key, or the sort
column before it. Descending order is the exact reverse of ascending, NULL comes first.
Tables without a key, views, and sort columns whose values do not compare exactly page by offset.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from ...frozen import Frozen
from ..core.binding import equal
from ..core.connections import Connections, Session
from ..errors import ColumnNotFound, TableNotFound
from ..model import FIRST, ColumnInfo, Found, Page, Position, Value
from .column_conditions import condition_sql
from .keyset import Key, KeyRange, Keyset, where
from .query import Query, binary, inexact
from .row_stream import RowStream
from .tables import Tables
from .text_search import containing, scan


class _Plan(Frozen):
    """How a query is read, as the table's definition requires."""

    columns: tuple[ColumnInfo, ...]
    select: str
    relation: str
    values: tuple[object, ...]
    order: tuple[str, ...]
    """The columns to page by, unquoted; empty where only an offset will do."""
    key: tuple[int, ...]
    keyset: Keyset
    """``order`` as SQL."""
    condition: str
    """Which rows are wanted, as SQL; empty where all are."""
    bound: tuple[object, ...]

    @property
    def order_at(self) -> tuple[int, ...]:
        """The positions in ``columns`` of the columns to page by."""
        return tuple(next(i for i, c in enumerate(self.columns) if c.name == name) for name in self.order)


class TableRows:
    """Questions about the rows of tables."""

    def __init__(self, db: Connections, tables: Tables) -> None:
        self._db, self._tables = db, tables

    def page(self, branch: str, query: Query, size: int, position: Position = FIRST) -> Page:
        """``size`` rows at a position, in the query's order: cursors are those of earlier pages of the same query.

        Raises `TableNotFound`, and what the condition's SQL raises.
        """
        place, as_of = self._tables.place(branch, query.revision)
        return self._db.remembering(place, lambda: self._page(place, as_of, query, size, position))

    def _page(self, place: str, as_of: str | None, query: Query, size: int, position: Position) -> Page:
        backward, cursor = position.backward, position.cursor
        with self._db.read(place, "rows") as session:
            plan = _plan(session, query, as_of)
            if not plan.order or isinstance(cursor, int):
                return self._by_offset(session, query, plan, size, position)
            rows = _read(session, plan, cursor, size + 1, backward=backward is not query.descending)
        more = len(rows) > size
        rows = rows[:size]
        if backward:
            rows.reverse()
        first = not more if backward else cursor is None
        last = cursor is None if backward else not more
        return self._paged(plan, rows, first=first, last=last)

    def find(self, branch: str, query: Query, text: str, position: Position = FIRST) -> Found | None:
        """The first row that `page` would show at a position of which some column contains ``text``; the last one where
        the position is `Last`, or `Before` a cursor; None where there is none.

        Cursors are those of `page`, of `Page.cursor`, or of an earlier `Found`; a text is contained in the same sense
        as for `Query.contains`. Raises what `page` raises. The cost is that of the rows looked at.
        """
        return self._find(branch, query, position, "search", lambda session, plan: _containing(session, plan, text))

    def locate(self, branch: str, query: Query, wanted: Sequence[tuple[str, Value]]) -> Found | None:
        """The first row in which columns have these values, none of which is NULL; None where there is none.

        Quick where a key or an index leads to it. Raises what `page` raises, and `TableNotFound` for a column that is
        not there.
        """
        return self._find(branch, query, FIRST, "row", lambda session, plan: _equal(session, plan, wanted))

    def _find(
        self,
        branch: str,
        query: Query,
        position: Position,
        purpose: str,
        wanted: Callable[[Session, _Plan], tuple[str, Sequence[object]]],
    ) -> Found | None:
        """The first row at a position that meets a condition, which comes with what it binds."""
        place, as_of = self._tables.place(branch, query.revision)
        backward, cursor = position.backward, position.cursor
        with self._db.read(place, purpose) as session:
            plan = _plan(session, query, as_of)
            condition, bound = wanted(session, plan)
            if not plan.order or isinstance(cursor, int):
                return self._find_by_offset(session, query, plan, (condition, bound), position)
            both = f"{plan.condition} AND {condition}" if plan.condition else condition
            only = replace(plan, condition=both, bound=(*plan.bound, *bound))
            rows = _read(session, only, cursor, 1, backward=backward is not query.descending)
            if not rows:
                return None
            found = tuple(rows[0][at] for at in plan.order_at)
            ahead = _read(session, plan, found, 1, backward=not query.descending)
        page_after = tuple(ahead[0][at] for at in plan.order_at) if ahead else None
        return Found(tuple(rows[0][at] for at in plan.key), page_after, found, found)

    @staticmethod
    def _find_by_offset(
        session: Session,
        query: Query,
        plan: _Plan,
        condition: tuple[str, Sequence[object]],
        position: Position,
    ) -> Found | None:
        placeholder, order = session.dialect.placeholder, _order(session, query)
        offset = position.cursor if isinstance(position.cursor, int) else None

        def marked(size: int, skip: int) -> list[bool]:
            rows = session.rows(
                f"SELECT {condition[0]} FROM {plan.relation}{where(plan.condition)}{order}"
                f" LIMIT {placeholder} OFFSET {placeholder}",
                *condition[1],
                *plan.values,
                *plan.bound,
                size,
                skip,
            )
            return [bool(row[0]) for row in rows]

        if position.backward:
            at = scan(marked, stop=_count(session, plan) if offset is None else offset)
        else:
            at = scan(marked, start=offset or 0)
        if at is None:
            return None
        key: tuple[Value, ...] = ()
        if plan.key:
            select = ", ".join(
                session.dialect.column(plan.columns[position].name, plan.columns[position].type)
                for position in plan.key
            )
            key = session.rows(
                f"SELECT {select} FROM {plan.relation}{where(plan.condition)}{order} LIMIT 1 OFFSET {placeholder}",
                *plan.values,
                *plan.bound,
                at,
            )[0]
        return Found(key, at or None, at + 1, at)

    @staticmethod
    def _paged(plan: _Plan, rows: list[Any], *, first: bool, last: bool) -> Page:
        at = plan.order_at

        def cursor(row: Sequence[Value]) -> tuple[Value, ...]:
            return tuple(row[position] for position in at)

        return Page(
            plan.columns,
            tuple(rows),
            more=not last,
            after=cursor(rows[-1]) if rows and not last else None,
            key=plan.key,
            before=cursor(rows[0]) if rows and not first else None,
            first=first,
            order=at,
        )

    def _by_offset(self, session: Session, query: Query, plan: _Plan, size: int, position: Position) -> Page:
        placeholder = session.dialect.placeholder
        offset = position.cursor if isinstance(position.cursor, int) else None
        start = offset or 0
        if position.backward:
            end = _count(session, plan) if offset is None else offset
            start = max(0, end - size)
            size = end - start
        rows = session.rows(
            f"SELECT {plan.select} FROM {plan.relation}{where(plan.condition)}{_order(session, query)}"
            f" LIMIT {placeholder} OFFSET {placeholder}",
            *plan.values,
            *plan.bound,
            size + 1,
            start,
        )
        more = len(rows) > size
        rows = rows[:size]
        stop = start + len(rows)
        return Page(
            plan.columns, tuple(rows), more, stop if more else None, plan.key, start if start else None, start == 0
        )

    @contextmanager
    def streamed(self, branch: str, query: Query) -> Iterator[RowStream]:
        """All rows that the query has, in its order and as one statement sees them; they are read within the block.

        Their number is known where all rows of the table are wanted. Raises what `page` raises.
        """
        place, as_of = self._tables.place(branch, query.revision)
        with self._db.read(place, "export") as session:
            yield stream_of(session, query, as_of)

    def count(self, branch: str, query: Query) -> int:
        """How many rows the query has; free for a whole keyed table on Dolt, else the cost grows with the table."""
        place, as_of = self._tables.place(branch, query.revision)
        with self._db.read(place, "number of rows") as session:
            return _count(session, _plan(session, query, as_of))


def stream_of(session: Session, query: Query, as_of: str | None) -> RowStream:
    """The rows of a query as a session sees them; ``as_of`` is what stands after ``AS OF``."""
    plan = _plan(session, query, as_of)
    order = _order(session, query)
    if plan.order:
        order = f" ORDER BY {plan.keyset.ranges(None, backward=query.descending)[0].order}"
    number = None if plan.condition else _count(session, plan)
    sql = f"SELECT {plan.select} FROM {plan.relation}{where(plan.condition)}{order}"
    return RowStream(plan.columns, number, session.stream(sql, *plan.values, *plan.bound))


def wanted(
    session: Session, query: Query, as_of: str | None
) -> tuple[str, tuple[object, ...], str, tuple[object, ...], tuple[ColumnInfo, ...]]:
    """The rows of a query in no order: the relation in SQL and what it binds, the condition and what that binds, and
    the columns of the table."""
    plan = _plan(session, replace(query, sort=None), as_of)
    return plan.relation, plan.values, plan.condition, plan.bound, plan.columns


def _order(session: Session, query: Query) -> str:
    """The order of a query that pages by offset."""
    if query.sort is None:
        return ""
    return f" ORDER BY {session.dialect.quote(query.sort)}{' DESC' if query.descending else ''}"


def _containing(session: Session, plan: _Plan, text: str) -> tuple[str, list[object]]:
    """The condition that some column contains a text, and what it binds."""
    return _any_contains(session, plan.columns, text)


def _any_contains(session: Session, columns: Sequence[ColumnInfo], text: str) -> tuple[str, list[object]]:
    quote = session.dialect.quote
    return containing(session.dialect, [quote(column.name) for column in columns if not binary(column.type)], text)


def _equal(session: Session, plan: _Plan, wanted: Sequence[tuple[str, Value]]) -> tuple[str, list[object]]:
    """The condition that columns have some values, and what it binds."""
    return equal(session, plan.columns, wanted)


def _plan(session: Session, query: Query, as_of: str | None) -> _Plan:
    dialect = session.dialect
    values: tuple[object, ...] = () if as_of is None else (as_of,)
    relation = dialect.quote(query.table) + ("" if as_of is None else f" AS OF {dialect.placeholder}")
    columns = session.columns(query.table, as_of)
    if not columns:  # DoltLite tells nothing of a table that isn't there
        raise TableNotFound(f"There is no table {query.table}.")
    known = {column.name: column for column in columns}
    keyed = [(column.key_position, position) for position, column in enumerate(columns) if column.primary_key]
    key = tuple(position for _, position in sorted(keyed))
    names = [columns[position].name for position in key]
    single = False
    order: list[str] = list(names)
    if query.sort is not None:
        column = known.get(query.sort)
        if column is None:
            raise ColumnNotFound(f"{query.table} has no column {query.sort}.")
        if not names or inexact(column.type):
            order = []
        elif names[0] != query.sort:
            # A condition may lead through another index, which gives ties in its own order.
            # engine-facts.md#order-by-the-key-only
            by = query.sort
            single = not (query.conditions or query.where or query.contains) and session.recall(
                [None], ("indexed", query.table, by), lambda: dialect.indexed(session, query.table, by)
            )
            order = [query.sort, *(name for name in names if name != query.sort)]
    if any(inexact(known[name].type) for name in names):
        order = []
    conditions, bound = [], []
    for condition in query.conditions:
        of = known.get(condition.column)
        if of is None:
            raise ColumnNotFound(f"{query.table} has no column {condition.column}.")
        text, value = condition_sql(dialect, dialect.quote(condition.column), of.type, condition)
        conditions.append(text)
        bound += value
    if query.where:
        conditions.append(dialect.condition(query.where))
    if query.contains:
        text, value = _any_contains(session, columns, query.contains)
        conditions.append(text)
        bound += value
    select = ", ".join(dialect.column(column.name, column.type) for column in columns)
    keyset = Keyset(
        tuple(dialect.quote(name) for name in order),
        dialect.placeholder,
        tuple(known[name].nullable for name in order),
        first_is_enough=single,
    )
    return _Plan(columns, select, relation, values, tuple(order), key, keyset, " AND ".join(conditions), tuple(bound))


def _count(session: Session, plan: _Plan) -> int:
    return int(
        session.scalar(f"SELECT count(*) FROM {plan.relation}{where(plan.condition)}", *plan.values, *plan.bound)
    )


def _read(session: Session, plan: _Plan, key: Key | None, size: int, *, backward: bool) -> list[Any]:
    """Rows beyond a key in the plan's ascending order, or before it in descending order."""

    def page(part: KeyRange, number: int) -> list[Any]:
        return session.rows(
            f"SELECT {plan.select} FROM {plan.relation}{where(plan.condition, part.condition)}"
            f" ORDER BY {part.order} LIMIT {session.dialect.placeholder}",
            *plan.values,
            *plan.bound,
            *part.bound,
            number,
        )

    return plan.keyset.read(page, key, size, backward=backward)
