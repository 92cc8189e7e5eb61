"""What a statement returned: rows that are read when somebody wants them, and kept outside of memory.

The first rows are there at once. Whoever asks for more reads on; what was read stays, in a file that is bounded and
that nobody else sees, so that a million rows can be scrolled to and fro. While rows arrive, their connection takes
no other statement: see `Held.arriving`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from ...words import plural
from ..core.cancellation import current, uncancelled
from ..core.held import Held
from ..errors import Cancelled, EngineError, ServerLost
from ..model import ColumnInfo, Value
from .row_choice import HasValue, RowChoice
from .row_order import RowOrder
from .row_store import RowStore
from .streams import RowStream

MOST_BYTES = 1 << 30
"""More of a result is not kept."""
_FIRST, _MOST = 16, 2048
"""Rows that are read at a time: as many as come in the time below."""
_STEP_SECONDS = 0.02
_PART = 256
_MOST_SORTED, _SORTED_BYTES = 32_768, 4 << 20
"""How many rows of a sorted result are taken at a time where all are gone through, and about how many bytes."""
_FINISH_SECONDS, _FINISH_ROWS = 5.0, 1_000_000
"""How far a result is read on when its connection is needed."""
_DISCARD_SECONDS = 120.0
"""How long to take the rest of a result that nobody wants, where its connection would be lost otherwise."""


class _Rows:
    """The rows of an answer, those that have arrived and those that will."""

    def __init__(self, stream: RowStream, held: Held | None, most_bytes: int) -> None:
        self.stream = stream
        self.store = RowStore()
        self.complete = False
        self.cut_short = ""
        self._ended = False
        """Whether nothing of it arrives any more; until then it is the connection's."""
        self._held = held
        self._owned = False
        self._most_bytes = most_bytes
        self._step = _FIRST
        if held is not None:
            held.arriving = self

    @property
    def known(self) -> int:
        return len(self.store)

    def own(self) -> None:
        """The connection is for these rows only from now on: it is closed after them."""
        self._owned = True
        if self._held is not None and self._ended:
            self._held.close()

    def read_until(self, wanted: int | None, progress: Callable[[int], None] | None = None) -> None:
        """Read on until so many rows are known, or all. Where that is cancelled, it can be gone on with later."""
        cancellation = current()
        while not self.complete and (wanted is None or self.known < wanted):
            if cancellation is not None:
                cancellation.check()
            if self._held is None:
                self._read_step(wanted)
            else:
                with self._held.using(patient=True):
                    if not self.complete:
                        self._held.ask("", lambda: self._read_step(wanted))
            if progress is not None:
                progress(self.known)

    def _read_step(self, wanted: int | None) -> None:
        number = self._step if wanted is None else max(1, min(self._step, wanted - self.known))
        began = time.monotonic()
        rows: list[Any] = []
        more = False
        try:
            more = self.stream.read(number, rows)
        except BaseException as error:
            with suppress(OSError):
                self.store.add(rows)
            self._broke(error)
            raise
        try:
            self.store.add(rows)
        except OSError as error:
            self.cut(f"There is no room for more rows: {error.strerror}.")
            return
        if not more:
            self._end()
        elif self.store.bytes > self._most_bytes:
            self.cut(f"Only the first {self.known:,} rows are kept: they take {self._most_bytes >> 20:,} MB.")
        elif time.monotonic() - began < _STEP_SECONDS:
            self._step = min(self._step * 2, _MOST)
        elif time.monotonic() - began > 2 * _STEP_SECONDS:
            self._step = max(self._step // 2, 1)

    def _broke(self, error: BaseException) -> None:
        """The statement failed in the middle, or was ended."""
        cancellation = current()
        if cancellation is not None and cancellation.cancelled:
            self.cut_short = f"Cancelled after {plural(self.known, 'row')}."
        else:
            self.cut_short = f"It ended after {plural(self.known, 'row')}: {error}"
        self._end()

    def _end(self) -> None:
        self.complete = self._ended = True
        held = self._held
        if held is not None:
            if held.arriving is self:
                held.arriving = None
            if self._owned:
                held.close()

    def finish(self) -> None:
        """Read on within bounds; what is beyond them is cut off, which is told."""
        began = time.monotonic()
        while not self.complete:
            if self.known >= _FINISH_ROWS or time.monotonic() - began > _FINISH_SECONDS:
                self.cut(f"Only the first {self.known:,} rows are here: another statement needed the connection.")
                return
            try:
                self.read_until(self.known + _MOST)
            except (Cancelled, ServerLost):
                raise
            except EngineError:
                return  # it is told with the rows that are here
        self._leave()

    def cut(self, reason: str) -> None:
        """End it, with the rows that are here."""
        if not self.complete:
            self.complete, self.cut_short = True, reason
            self._leave()

    def _leave(self) -> None:
        """End the statement, where it has not ended; where the connection matters, take what it still sends.

        A statement that is ended while it sends rows may take the connection with it: engine-facts.md#kill-query.
        Raises `Cancelled`; what still arrives is taken by the next call then.
        """
        held = self._held
        if held is None:
            self.stream.stop()
            return
        with held.alone():
            if self._ended:
                return
            if held.usable and (held.stateful or held.in_transaction):
                self._discard(held)
            elif held.usable:
                held.end_statement()
            if not self.stream.stop():
                held.lose()
            self._end()

    def _discard(self, held: Held) -> None:
        """Read to the end, without keeping anything."""
        began = time.monotonic()
        cancellation = current()
        with suppress(EngineError):  # it is of no interest any more
            while time.monotonic() - began < _DISCARD_SECONDS:
                if cancellation is not None:
                    cancellation.check()
                if not held.ask("", lambda: self.stream.read(_MOST, [])):
                    return

    def close(self) -> None:
        held = self._held
        if held is not None and held.usable and (held.stateful or held.in_transaction):
            # What still arrives is taken when the connection is needed.
            self.complete, self.cut_short = True, self.cut_short or "Closed."
        else:
            with uncancelled():
                self.cut("Closed.")
        self.store.close()


class ResultSet:
    """The rows that a statement returned, in the order in which they came, or sorted by a column.

    Methods that may have to read on block, and stop where the thread's job is cancelled: what was read stays, and it
    can be gone on with later, unless the statement had to be ended for that (`cut_short`).
    """

    def __init__(
        self, stream: RowStream, held: Held | None = None, *, most_bytes: int = MOST_BYTES, _rows: _Rows | None = None
    ) -> None:
        self._rows = _rows if _rows is not None else _Rows(stream, held, most_bytes)
        self._order: RowOrder | RowChoice | None = None
        self.columns: tuple[ColumnInfo, ...] = stream.columns
        """By their place: several may have the same name."""

    @property
    def known(self) -> int:
        """How many rows are here so far."""
        return self._rows.known if self._order is None else len(self._order)

    @property
    def complete(self) -> bool:
        """Whether no more rows come."""
        return self._rows.complete

    @property
    def cut_short(self) -> str:
        """Why rows are missing at the end, as a sentence; empty where none are."""
        return self._rows.cut_short

    @property
    def warnings(self) -> int:
        """How many warnings the statement has, once all rows are here."""
        return self._rows.stream.warnings

    def begin(self) -> None:
        """Wait for the first row, and take what has arrived with it."""
        self._rows.read_until(1)
        if not self.complete and (more := self._rows.stream.waiting()):
            self._rows.read_until(self.known + more)

    def page(self, start: int, size: int) -> tuple[tuple[Value, ...], ...]:
        """Rows from number ``start`` on: as many as there are, at most ``size``. Reads on as far as it has to."""
        return tuple(map(self._rows.stream.values, self._raw_read(start, size)))

    def _raw_read(self, start: int, size: int) -> list[Any]:
        if self._order is None:
            self._rows.read_until(start + size)
        return self._raw(start, size)

    def _raw(self, start: int, size: int) -> list[Any]:
        store = self._rows.store
        if self._order is None:
            return store.rows(start, size)
        numbers = self._order.numbers(start, size)
        found: list[Any] = [None] * len(numbers)
        for at in sorted(range(len(numbers)), key=numbers.__getitem__):  # each block is taken once
            first, block = store.block(numbers[at])
            found[at] = block[numbers[at] - first]
        return found

    def _many(self) -> int:
        """How many rows to take at a time where all are gone through: of sorted ones as many as fit into some MB, as
        they are from all over the file."""
        if self._order is None:
            return _PART
        return max(_PART, min(_MOST_SORTED, _SORTED_BYTES * self.known // (self._rows.store.bytes + 1)))

    def rows(self) -> Iterator[tuple[Value, ...]]:
        """All rows, one after the other; reads on as it goes."""
        start, many = 0, self._many()
        while page := self._raw_read(start, many):
            yield from map(self._rows.stream.values, page)
            start += len(page)

    def read_all(self, progress: Callable[[int], None] | None = None) -> None:
        """Read to the end; ``progress`` is told again and again how many rows are here."""
        self._rows.read_until(None, progress)

    def sorted(self, column: int, descending: bool = False) -> ResultSet:
        """The same rows by the values of a column, NULL first; the rows are shared. Reads to the end.

        Some µs for each row. Where the values take more than 32 MB they are sorted in parts, outside of memory.
        """
        self.read_all()
        found = ResultSet(self._rows.stream, _rows=self._rows)
        cancellation = current()
        rows, value = self._rows, self._rows.stream.value
        values = (value(row, column) for _, block in rows.store.blocks() for row in block)
        check = cancellation.check if cancellation is not None else _nothing
        found._order = RowOrder(values, descending=descending, check=check)
        return found

    def having(self, tests: Sequence[HasValue]) -> ResultSet:
        """Those of the same rows that pass all tests, in their order; the rows are shared. Reads to the end.

        Some µs for each row.
        """
        self.read_all()
        found = ResultSet(self._rows.stream, _rows=self._rows)
        found._order = RowChoice(self._passing(tests))
        return found

    def _passing(self, tests: Sequence[HasValue]) -> Iterator[int]:
        cancellation, value = current(), self._rows.stream.value
        start, many = 0, self._many()
        while rows := self._raw(start, many):
            if cancellation is not None:
                cancellation.check()
            end = start + len(rows)
            numbers = range(start, end) if self._order is None else self._order.numbers(start, len(rows))
            for number, row in zip(numbers, rows, strict=True):
                if all(test.passes(value(row, test.column)) for test in tests):
                    yield number
            start = end

    def find(self, text: str, start: int = 0, backward: bool = False) -> int | None:
        """The number of the first row from ``start`` on that has ``text`` in a value, in upper or lower case.

        ``backward``: before ``start``, the last one. Reads on as far as it has to. None where there is none.
        """
        wanted = text.lower()
        cancellation, stream = current(), self._rows.stream
        for first, rows in self._parts(start, backward):
            if cancellation is not None:
                cancellation.check()
            if not stream.may_have(rows, wanted):
                continue
            for number in range(len(rows) - 1, -1, -1) if backward else range(len(rows)):
                if any(wanted in _text(value) for value in stream.values(rows[number])):
                    return first + number
        return None

    def _parts(self, start: int, backward: bool) -> Iterator[tuple[int, list[Any]]]:
        """Rows as they are kept, from ``start`` on or back from before it, with the number of each part's first one."""
        size, most = _PART, self._many()
        if backward:
            while start > 0:
                first = max(0, start - size)
                yield first, self._raw(first, start - first)
                start, size = first, min(most, 2 * size)
            return
        while rows := self._raw_read(start, size):
            yield start, rows
            start, size = start + len(rows), min(most, 2 * size)

    def close(self) -> None:
        """Free the rows, and end what still arrives; of a sorted result only the order. Idempotent."""
        if self._order is not None:
            self._order.close()
        else:
            self._rows.close()


def _text(value: Value) -> str:
    """A value as a text in lower case, to look for something in it."""
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.hex()
    return str(value).lower()


def _nothing() -> None:
    """There is no job that could be cancelled."""
