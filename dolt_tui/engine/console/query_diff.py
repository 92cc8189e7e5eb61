"""The result of a query at two revisions, compared: two ordered streams that are merged here, in constant memory.

Rows are sorted by their key columns on both sides, and read side by side. Equal ones go by as they came; what differs
is kept outside of memory, and read on as somebody looks at it. Where several rows have one key they are compared as
multisets: equal ones cancel out, the rest is paired in its order. Each side has a connection of its own, until its rows
are read or nobody wants them any more.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

from ...frozen import Frozen
from ..core.cancellation import current
from ..core.connections import Connections
from ..errors import Cancelled, EngineError, Lacking
from ..model import STAGED, ChangeKind, ColumnInfo, DiffColumn, RowChange, RowCounts, Value
from ..model import key_of as key_of_table
from .query_order import first_rows, key_of_query, ordered, query_of, sortable
from .query_side import CHUNK, Revision, Side, told
from .row_store import RowStore
from .sending import send
from .words import Words

_STEP_SECONDS = 0.05
"""So long rows are read before somebody else has a turn."""
_PURPOSE = "query diff"
_KINDS = (ChangeKind.ADDED, ChangeKind.MODIFIED, ChangeKind.REMOVED)


class QueryPlan(Frozen):
    """A query to be compared: its columns on both sides."""

    query: str
    old: Revision
    new: Revision
    old_columns: tuple[ColumnInfo, ...]
    new_columns: tuple[ColumnInfo, ...]
    columns: tuple[DiffColumn, ...]
    """Those of both."""
    old_places: tuple[int | None, ...]
    """Where each of them is on the older side."""
    new_places: tuple[int | None, ...]
    key: tuple[int, ...] | None
    """The positions of the columns by which rows are paired; None where they have to be told."""

    def keys(self) -> tuple[int, ...]:
        """The positions of the columns by which rows can be paired: those of both sides."""
        return tuple(
            at
            for at, (old, new) in enumerate(zip(self.old_places, self.new_places, strict=True))
            if old is not None
            and new is not None
            and sortable(self.old_columns[old])
            and sortable(self.new_columns[new])
        )


class QueryDiffs:
    """Queries at two revisions."""

    def __init__(self, db: Connections) -> None:
        self._db = db

    def plan(self, branch: str, text: str, old: Revision, new: Revision) -> QueryPlan:
        """Find out about a query what has to be known to compare it.

        Raises `EngineError` where it is no query, and with the revision's name where it cannot be run at one.
        """
        style = self._db.dialect.traits.sql
        query = query_of(text, style)
        for side in (old, new):
            if side.place == STAGED:
                raise Lacking("Queries cannot be run on the staged set: compare with the working set or a commit.", " ")
        old_columns, new_columns = (self._columns(query, side) for side in (old, new))
        columns, old_places, new_places = _both(old_columns, new_columns)
        keys = self._keys(branch, query, new)
        key = key_of_query(query, style, [column.name for column in columns], keys)
        plan = QueryPlan(query, old, new, old_columns, new_columns, columns, old_places, new_places, None)
        if key is not None and not set(key) <= set(plan.keys()):
            key = None
        return QueryPlan(query, old, new, old_columns, new_columns, columns, old_places, new_places, key)

    def _columns(self, query: str, side: Revision) -> tuple[ColumnInfo, ...]:
        with told(side):
            held = self._db.hold(side.place, _PURPOSE, writes=False)
            try:
                with held.using():
                    answer = send(held, first_rows(query))
                    assert answer.stream is not None
                    answer.stream.read(1, [])
                    return answer.stream.columns
            finally:
                held.close()

    def _keys(self, branch: str, query: str, side: Revision) -> dict[str, tuple[str, ...]]:
        """The primary keys of the tables that a query names."""
        words = Words(query, self._db.dialect.traits.sql)
        names = {words.name(at).lower() for at in range(len(words)) if words.name(at)}
        with self._db.read(side.place, _PURPOSE) as session:
            tables = [table.name for table in session.dialect.tables(session) if table.name.lower() in names]
            found = {}
            for table in tables:
                key = key_of_table(session.dialect.columns(session, table, None))
                found[table.lower()] = tuple(column.name for column in key)
            return found

    def _begin(self, side: Side, query: str, columns: Sequence[ColumnInfo], key: Sequence[int]) -> None:
        for cast in (False, True):
            sql = ordered(query, columns, key, self._db.dialect.traits.sql, self._quoted, cast=cast)
            place = side.revision.place
            running = self._db.statements.start(sql, None, revision=place, purpose=_PURPOSE, writes=False)
            try:
                with side.held.using():
                    side.begin(sql)
            except EngineError as error:
                running.failed(error.message)
                if cast or "CHARACTER SET" not in error.message:
                    raise
                continue
            running.done(None)
            return

    def _quoted(self, name: str) -> str:
        return self._db.dialect.statement(self._db.dialect.quote(name)).parts[0]  # nothing is bound: no %% for %

    def compare(self, plan: QueryPlan, key: Sequence[int]) -> QueryDiff:
        """Begin to compare: by the columns at these positions of the plan's. Raises what the engine refuses."""
        sides = []
        try:
            for side, columns, places in (
                (plan.old, plan.old_columns, plan.old_places),
                (plan.new, plan.new_columns, plan.new_places),
            ):
                here = [place for at in key if (place := places[at]) is not None]
                with told(side):
                    held = self._db.hold(side.place, _PURPOSE, writes=False)
                    sides.append(Side(side, held, here, places))
                    self._begin(sides[-1], plan.query, columns, here)
        except BaseException:
            for one in sides:
                one.close()
            raise
        return QueryDiff(plan, tuple(key), *sides)


def _both(
    old: Sequence[ColumnInfo], new: Sequence[ColumnInfo]
) -> tuple[tuple[DiffColumn, ...], tuple[int | None, ...], tuple[int | None, ...]]:
    """The columns of both sides, those of the newer one first, and where they are on each."""

    def numbered(columns: Sequence[ColumnInfo]) -> dict[tuple[str, int], int]:
        seen: Counter[str] = Counter()
        found = {}
        for at, column in enumerate(columns):
            name = column.name.lower()
            found[name, seen[name]] = at
            seen[name] += 1
        return found

    olds, news = numbered(old), numbered(new)
    columns, old_places, new_places = [], [], []
    for each in dict.fromkeys((*news, *olds)):
        before, after = olds.get(each), news.get(each)
        column = new[after] if after is not None else old[before or 0]
        columns.append(DiffColumn(column.name, before is not None, after is not None, False, column.type))
        old_places.append(before)
        new_places.append(after)
    return tuple(columns), tuple(old_places), tuple(new_places)


class QueryDiff:
    """What differs: rows that are read on as they are wanted; all but the properties may block."""

    def __init__(self, plan: QueryPlan, key: tuple[int, ...], old: Side, new: Side) -> None:
        self.plan, self.key = plan, key
        self.columns = tuple(
            DiffColumn(one.name, one.in_old, one.in_new, at in key, one.type) for at, one in enumerate(plan.columns)
        )
        self.cut_short = ""
        """Why not all rows were compared; empty where they were, or will be."""
        self.repeated = 0
        """How many keys were met that several rows of one side have."""
        self.complete = False
        self._old, self._new = old, new
        self._store = RowStore()
        self._counts = [0, 0, 0]
        self._cells = 0
        self._lock = threading.RLock()
        self._alike = plan.old_columns == plan.new_columns

    @property
    def known(self) -> int:
        """How many differences have been found so far."""
        return len(self._store)

    @property
    def counts(self) -> RowCounts:
        """What has been counted so far; with the rows of both sides once it is complete."""
        added, modified, removed = self._counts
        whole = self.complete and not self.cut_short
        rows = (self._old.rows, self._new.rows) if whole else (None, None)
        return RowCounts(added, modified, removed, self._cells, *rows)

    def page(self, start: int, size: int) -> tuple[RowChange, ...]:
        """The differences from ``start`` on; fewer than ``size`` only at the end. Reads on as far as it has to."""
        self._read_until(start + size)
        return tuple(self._change(row) for row in self._store.rows(start, size))

    def first(self, size: int, seconds: float) -> tuple[RowChange, ...]:
        """The first differences, at most ``size``: as many as are found in some seconds, but one if there is any."""
        until = time.monotonic() + seconds
        while not self.complete and self.known < size and (not self.known or time.monotonic() < until):
            self._read_until(self.known + 1)
        return tuple(self._change(row) for row in self._store.rows(0, size))

    def read_all(self, progress: Callable[[int], None] | None = None) -> None:
        """Compare all rows; ``progress`` is told how many differences there are."""
        self._read_until(None, progress)

    def find(self, text: str, start: int, backward: bool) -> int | None:
        """The number of the next difference from ``start`` on, or the previous one, that has ``text`` in a value."""
        wanted, size = text.lower(), 256
        cancellation = current()
        while start >= 0:
            if cancellation is not None:
                cancellation.check()
            first = max(0, start - size + 1) if backward else start
            rows = self.page(first, start - first + 1 if backward else size)
            for at in range(len(rows) - 1, -1, -1) if backward else range(len(rows)):
                values = (*(rows[at].old or ()), *(rows[at].new or ()))
                if any(wanted in _text(value) for value in values):
                    return first + at
            if first == 0 if backward else len(rows) < size:
                return None
            start = first - 1 if backward else start + size
        return None

    def close(self) -> None:
        """End what still arrives; what was found stays. Idempotent."""
        if not self.complete:
            self.cut_short = self.cut_short or "It was ended before all rows were compared."
            self.complete = True
        self._old.close()
        self._new.close()

    def __del__(self) -> None:
        self.close()

    # comparing

    def _read_until(self, wanted: int | None, progress: Callable[[int], None] | None = None) -> None:
        cancellation = current()
        while not self.complete and (wanted is None or self.known < wanted):
            if cancellation is not None:
                cancellation.check()
            with self._lock, ExitStack() as stack:
                if self.complete:
                    return
                for side in (self._old, self._new):
                    if side.held.usable:
                        stack.enter_context(side.held.using(patient=True))
                self._step(wanted)
            if progress is not None:
                progress(self.known)

    def _step(self, wanted: int | None) -> None:
        """Compare for a while."""
        until = time.monotonic() + _STEP_SECONDS
        found: list[Any] = []
        try:
            while time.monotonic() < until and (wanted is None or self.known + len(found) < wanted):
                if not self._compare(found):
                    self.complete = True
                    break
            self._keep(found)
        except Cancelled:
            self._keep(found)
            raise
        except EngineError as error:
            self._keep(found)
            self.cut_short = error.message
            self.complete = True
            if not self.known:
                raise

    def _keep(self, found: list[Any]) -> None:
        try:
            self._store.add(found)
        except OSError as error:
            self.cut_short = f"There is no room for more differences: {error.strerror}."
            self.complete = True

    def _compare(self, found: list[Any]) -> bool:
        """Compare some rows; False where there are none any more."""
        old, new = self._old, self._new
        for _ in range(CHUNK):
            one, other = old.head(), new.head()
            if one is None and other is None:
                return False
            if self._alike and one is not None and one == other:
                old.pop()
                new.pop()
                continue
            before = old.place(one) if one is not None else None
            after = new.place(other) if other is not None else None
            if before is None or (after is not None and after < before):
                new.pop()
                self._found(found, 0, None, other)
            elif after is None or before < after:
                old.pop()
                self._found(found, 2, one, None)
            else:
                self._groups(found, before)
        return True

    def _groups(self, found: list[Any], place: tuple[Any, ...]) -> None:
        """Compare all rows of one key."""
        olds, news = self._old.group(place), self._new.group(place)
        if len(olds) > 1 or len(news) > 1:
            self.repeated += 1
            rest = Counter(map(self._new_values, news))
            left = []
            for row in olds:
                values = self._old_values(row)
                if rest[values] > 0:
                    rest[values] -= 1
                else:
                    left.append(row)
            unmatched = []
            for row in reversed(news):
                values = self._new_values(row)
                if rest[values] > 0:
                    rest[values] -= 1
                    unmatched.append(row)
            olds, news = left, unmatched[::-1]
        for one, other in zip(olds, news, strict=False):
            if cells := self._differ(self._old.values(one), self._new.values(other)):
                self._cells += len(cells)
                self._found(found, 1, one, other)
        for one in olds[len(news) :]:
            self._found(found, 2, one, None)
        for other in news[len(olds) :]:
            self._found(found, 0, None, other)

    def _old_values(self, row: Any) -> tuple[Any, ...]:
        return tuple(map(_hashable, self._old.values(row)))

    def _new_values(self, row: Any) -> tuple[Any, ...]:
        return tuple(map(_hashable, self._new.values(row)))

    def _found(self, found: list[Any], kind: int, old: Any, new: Any) -> None:
        self._counts[kind] += 1
        found.append((kind, old, new))

    @staticmethod
    def _differ(old: Sequence[Value], new: Sequence[Value]) -> frozenset[int]:
        return frozenset(at for at, one in enumerate(old) if one != new[at])

    def _change(self, row: Any) -> RowChange:
        kind, one, other = row
        old = self._old.values(one) if one is not None else None
        new = self._new.values(other) if other is not None else None
        changed = self._differ(old, new) if old is not None and new is not None else frozenset[int]()
        return RowChange(_KINDS[kind], old, new, changed)


def _hashable(value: Value) -> Any:
    """A value so that equal ones are equal: neither 1 and '1', nor a text and its bytes."""
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    return value


def _text(value: Value) -> str:
    return "null" if value is None else value.hex() if isinstance(value, bytes) else str(value).lower()
