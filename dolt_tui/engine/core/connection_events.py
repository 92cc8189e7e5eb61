"""What happens at each event of a revision's connections: they are prepared, checked, and their statements noted."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from ..errors.translation import translate
from .dialect import Dialect
from .session import POLL
from .statement_log import StatementLog

_FRESH_SECONDS = 2.0
"""A connection that was used so recently is not asked whether it is still alive: that would cost a round trip each
time."""


def listen(engine: sa.Engine, revision: str, dialect: Dialect, statements: StatementLog) -> None:
    """Prepare and check the engine's connections, and note its statements."""

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, positional: list[Any], named: dict[str, Any]) -> Any:
        connection = dialect.connect(engine, positional, named)
        try:
            if revision:
                dialect.verify(connection, revision)
            dialect.on_connect(connection)
        except BaseException:
            with suppress(Exception):  # it may have closed itself
                connection.close()
            raise
        return connection

    @event.listens_for(engine, "connect")
    def _connected(_connection: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkin")
    def _back(_connection: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _out(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info["used"] > _FRESH_SECONDS and not dialect.alive(connection):
            raise sa.exc.DisconnectionError

    @event.listens_for(engine, "before_cursor_execute")
    def _before(connection: sa.Connection, _c: Any, sql: str, values: Any, context: Any, _many: bool) -> None:
        purpose = connection.info.get("purpose", "")
        if context is not None and purpose != POLL:
            context.dolt_tui_statement = statements.start(
                sql, values or (), revision=revision, purpose=purpose, writes=connection.info.get("writes", False)
            )

    @event.listens_for(engine, "after_cursor_execute")
    def _after(_connection: sa.Connection, cursor: Any, _s: str, _v: Any, context: Any, _many: bool) -> None:
        running = getattr(context, "dolt_tui_statement", None)
        if running is not None:
            running.done(cursor.rowcount if cursor.rowcount >= 0 else None)

    @event.listens_for(engine, "handle_error")
    def _failed(failure: sa.ExceptionContext) -> None:
        running = getattr(failure.execution_context, "dolt_tui_statement", None)
        if running is not None:
            running.failed(translate(failure.original_exception).message)
