"""The statement log: what was sent to the database, with its values, time and rows, and for which step."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace

from ..model import Statement
from ..model.calls import without_password
from .statement_text import Values

_MAX_VALUE = 60
_MAX_VALUES = 12
_MAX_READ, _MAX_WRITTEN = 20_000, 500_000
"""Characters and bytes of a statement with its values that are kept: an import has thousands of rows in each."""
_MAX_BYTES = 32 << 20
"""So much is kept of all together."""

_step: ContextVar[tuple[int, str]] = ContextVar("step", default=(0, ""))
_steps = itertools.count(1)


@contextmanager
def step(what: str) -> Iterator[None]:
    """What the statements inside are run for, as people call it: they are one step of the log."""
    token = _step.set((next(_steps), what))
    try:
        yield
    finally:
        _step.reset(token)


def describe_values(values: Iterable[object]) -> str:
    """Bound values as a short text; long ones are cut, many are counted."""
    shown = []
    rest = 0
    for index, value in enumerate(values):
        if index >= _MAX_VALUES:
            rest += 1
            continue
        if isinstance(value, str) and "://" in value:
            value = without_password(value)
        if isinstance(value, str | bytes) and len(value) > _MAX_VALUE:
            value = value[:_MAX_VALUE]
            text = repr(value)[:-1] + "…'"
        else:
            text = repr(value)
        shown.append(text)
    if rest:
        shown.append(f"… {rest} more")
    return ", ".join(shown)


def _size(value: object) -> int:
    return len(value) if isinstance(value, str | bytes | bytearray | memoryview) else 16


class Running:
    """A statement that was sent; ``done`` or ``failed`` records how it ended."""

    __slots__ = ("_log", "size", "statement", "whole")

    def __init__(
        self, log: StatementLog, sql: str, values: Values | None, revision: str, purpose: str, writes: bool
    ) -> None:
        """``values`` are None for a statement as it was typed."""
        self._log = log
        flat = list(values.values()) if isinstance(values, Mapping) else values or ()
        most = _MAX_WRITTEN if writes else _MAX_READ
        self.size = len(sql) + sum(map(_size, flat))
        whole = self.size <= most
        if not whole:
            self.size = 2 * _MAX_VALUE * _MAX_VALUES
            if len(sql) > _MAX_READ:
                sql = f"{sql[:_MAX_READ]}… ({len(sql):,} characters)"
                self.size += _MAX_READ
        number, what = _step.get()
        self.statement = Statement(
            sql,
            describe_values(flat),
            dt.datetime.now(dt.UTC),
            0.0,
            None,
            writes=writes,
            revision=revision,
            purpose=purpose,
            step=what,
            step_number=number,
            values=values if whole else (),
            whole=whole,
        )

    def done(self, rows: int | None) -> None:
        """The statement succeeded; ``rows`` read or affected where known."""
        self._log.add(self, rows, "")

    def failed(self, error: str) -> None:
        """The statement failed with ``error``, the engine's words."""
        self._log.add(self, None, error)


class StatementLog:
    """The last statements, newest last; safe to use from any thread."""

    def __init__(self, limit: int = 2000) -> None:
        self._entries: deque[tuple[Statement, int]] = deque()
        self._limit = limit
        self._size = 0
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def start(self, sql: str, values: Values | None, *, revision: str, purpose: str, writes: bool) -> Running:
        """Note that a statement is being sent, with its values; None where it is sent as it was typed."""
        return Running(self, sql, values, revision, purpose, writes)

    def add(self, running: Running, rows: int | None, error: str) -> None:
        """Record a statement that ended."""
        begun = running.statement
        seconds = (dt.datetime.now(dt.UTC) - begun.started).total_seconds()
        with self._lock:
            ended = replace(begun, seconds=seconds, rows=rows, error=error, number=next(self._numbers))
            self._entries.append((ended, running.size))
            self._size += running.size
            while len(self._entries) > self._limit or (self._size > _MAX_BYTES and len(self._entries) > 1):
                self._size -= self._entries.popleft()[1]

    def entries(self, after: int = 0) -> tuple[Statement, ...]:
        """The statements with a number above ``after``, oldest first."""
        with self._lock:
            return tuple(entry for entry, _ in self._entries if entry.number > after)
