"""Sending a statement as it was typed, on either engine, and taking its answers as streams."""

from __future__ import annotations

from typing import Any

from ..core.held import Held
from ..core.session import Session
from .streams import DoltStream, LiteStream, RowStream


class Answer:
    """One answer of a statement: rows that arrive, or the number of rows that it changed."""

    def __init__(self, stream: RowStream | None, changed: int | None, warnings: int = 0) -> None:
        self.stream = stream
        self._changed = changed
        self.warnings = warnings

    @property
    def changed(self) -> int | None:
        """How many rows it changed; None for a statement that changes none, and while rows arrive."""
        return self._changed


class _LiteAnswer(Answer):
    """The driver counts when all rows of RETURNING were read."""

    def __init__(self, cursor: Any) -> None:
        super().__init__(LiteStream(cursor) if cursor.description else None, None)
        self._cursor = cursor

    @property
    def changed(self) -> int | None:
        return None if self._cursor.rowcount < 0 else int(self._cursor.rowcount)


def send(held: Held, sql: str) -> Answer:
    """Send a statement, and wait until its answer begins; the caller is alone with the connection."""
    run = held.session.by_engine(dolt=_on_dolt, doltlite=_on_doltlite)
    answer: Answer = held.ask(sql, lambda: run(held.session, sql))
    return answer


def _on_dolt(session: Session, sql: str) -> Answer:
    session.raw.query(sql, unbuffered=True)
    return _dolt_answer(session.raw)


def _dolt_answer(raw: Any) -> Answer:
    result = raw._result
    if result.field_count:
        return Answer(DoltStream(raw), None)
    return Answer(None, int(result.affected_rows), int(result.warning_count))


def _on_doltlite(session: Session, sql: str) -> Answer:
    cursor = session.raw.cursor()
    cursor.tells_types = True
    cursor.execute(sql)
    return _LiteAnswer(cursor)


def next_answer(held: Held, sql: str, stream: RowStream) -> Answer | None:
    """The answer after one whose rows have all arrived: a procedure may give several."""
    if not stream.more:
        return None
    raw = held.session.raw

    def work() -> Answer:
        raw.next_result(unbuffered=True)
        return _dolt_answer(raw)

    return held.ask(sql, work)


def in_transaction(held: Held) -> bool:
    """Whether a transaction is open on the connection, as the engine told last; False where it is lost.

    See engine-facts.md#in-transaction-flag.
    """
    if not held.usable:
        return False
    raw = held.session.raw
    return bool(held.session.by_engine(dolt=_open_on_dolt, doltlite=_open_on_doltlite)(raw))


def _open_on_dolt(raw: Any) -> bool:
    return bool(raw.server_status & _IN_TRANSACTION)


def _open_on_doltlite(raw: Any) -> bool:
    return bool(raw.in_transaction)


_IN_TRANSACTION = 1
"""A flag of the protocol."""
