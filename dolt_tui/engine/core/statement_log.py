"""The statement log: what was sent to the database, with its values, time and rows."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from collections import deque
from collections.abc import Iterable

from ..model import Statement
from ..model.calls import without_password

_MAX_VALUE = 60
_MAX_VALUES = 12
_MAX_SQL = 20_000
"""Characters of a statement that are kept: an import has thousands of rows in each."""


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


class Running:
    """A statement that was sent; ``done`` or ``failed`` records how it ended."""

    __slots__ = ("_log", "parameters", "purpose", "revision", "sql", "started", "writes")

    def __init__(self, log: StatementLog, sql: str, parameters: str, revision: str, purpose: str, writes: bool) -> None:
        self._log = log
        self.sql, self.parameters, self.revision, self.purpose, self.writes = sql, parameters, revision, purpose, writes
        self.started = dt.datetime.now(dt.UTC)

    def done(self, rows: int | None) -> None:
        """The statement succeeded; ``rows`` read or affected where known."""
        self._log.add(self, rows, "")

    def failed(self, error: str) -> None:
        """The statement failed with ``error``, the engine's words."""
        self._log.add(self, None, error)


class StatementLog:
    """The last statements, newest last; safe to use from any thread."""

    def __init__(self, limit: int = 2000) -> None:
        self._entries: deque[Statement] = deque(maxlen=limit)
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def start(self, sql: str, values: Iterable[object], *, revision: str, purpose: str, writes: bool) -> Running:
        """Note that a statement is being sent."""
        if len(sql) > _MAX_SQL:
            sql = f"{sql[:_MAX_SQL]}… ({len(sql):,} characters)"
        return Running(self, sql, describe_values(values), revision, purpose, writes)

    def add(self, running: Running, rows: int | None, error: str) -> None:
        """Record a statement that ended."""
        seconds = (dt.datetime.now(dt.UTC) - running.started).total_seconds()
        with self._lock:
            self._entries.append(
                Statement(
                    running.sql,
                    running.parameters,
                    running.started,
                    seconds,
                    rows,
                    error,
                    running.writes,
                    running.revision,
                    running.purpose,
                    next(self._numbers),
                )
            )

    def entries(self, after: int = 0) -> tuple[Statement, ...]:
        """The statements with a number above ``after``, oldest first."""
        with self._lock:
            return tuple(entry for entry in self._entries if entry.number > after)
