"""Records into a table: many rows in each statement, all of them in the transaction of one session.

A statement for many rows takes a fraction of the time that one with bound values takes: values stand in it as
literals, made by `dolt_tui.engine.transfer.converting`. While the database works on one, the next is made.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from enum import StrEnum

from ...frozen import Frozen
from ..core.cancellation import current
from ..core.connections import Session
from ..core.literals import quoted_name
from ..errors import NO_ANSWER, BadLine, BranchNotFound, Busy, EngineError, PermissionDenied, Serialization
from ..model import Call, ColumnInfo, SqlStyle
from .converting import Unfit, column_converter, converter
from .reading import Record

_BYTES = {SqlStyle.MYSQL: 512 * 1024, SqlStyle.SQLITE: 256 * 1024}
"""Characters of a statement: larger ones are not faster."""
_ROWS = {SqlStyle.MYSQL: 20_000, SqlStyle.SQLITE: 5_000}
_AT_ONCE, _CHARACTERS = 500, 256 * 1024
"""Records that are converted together."""
_SHOWN = 60
"""Characters of a value that a message shows."""
_NO_ROW = (*NO_ANSWER, BranchNotFound, Busy, PermissionDenied, Serialization)
"""These are no row's fault."""


class Mode(StrEnum):
    """What happens to a row whose key is in the table already."""

    INSERT = "insert"
    """It is an error."""
    UPDATE = "update"
    """The table's row gets the values of the file's columns, and keeps its others."""
    REPLACE = "replace"
    """The table's row goes: columns that the file lacks get their defaults."""


class _Part(Frozen):
    """Some rows, ready for a statement."""

    rows: list[str]
    lines: list[int]


class Loader:
    """Writes records into a table within a session's transaction."""

    def __init__(
        self,
        session: Session,
        table: str,
        columns: Sequence[ColumnInfo | None],
        mode: Mode,
        file: str,
        keys: Sequence[str] = (),
    ) -> None:
        """``columns`` are those of the table for each field of a record, None for fields that are left out.

        ``keys`` are the table's primary key; ``file`` is what messages call the file.
        """
        self._session, self._file = session, file
        self._style = style = session.dialect.traits.sql
        self._columns = columns
        self._by_column = [None if column is None else column_converter(column, style) for column in columns]
        self._converters = [None if column is None else converter(column, style) for column in columns]
        kept = [column.name for column in columns if column is not None]
        names = ", ".join(quoted_name(name, style) for name in kept)
        verb = "REPLACE" if mode is Mode.REPLACE else "INSERT"
        self._head = f"{verb} INTO {quoted_name(table, style)} ({names}) VALUES\n"
        self._tail = _updating(kept, keys, style) if mode is Mode.UPDATE else ""

    def load(self, records: Generator[Record, None, None], progress: Callable[[int], None]) -> int:
        """Write all records; returns how many. ``progress`` is told how many are written, and may raise.

        Raises `BadLine` for the first record that cannot be written: the caller rolls all back then.
        """
        parts: queue.Queue[_Part | BaseException | None] = queue.Queue(2)
        stop = threading.Event()
        worker = threading.Thread(target=self._prepare, args=(records, parts, stop), name="import", daemon=True)
        worker.start()
        written = 0
        try:
            while (part := parts.get()) is not None:
                if isinstance(part, BaseException):
                    raise part
                self._write(part)
                written += len(part.rows)
                progress(written)
        finally:
            stop.set()
            while worker.is_alive():  # it may be waiting to hand over a part
                with suppress(queue.Empty):
                    parts.get(timeout=0.01)
            worker.join()
        return written

    def _prepare(
        self,
        records: Generator[Record, None, None],
        parts: queue.Queue[_Part | BaseException | None],
        stop: threading.Event,
    ) -> None:
        """Make parts of the records, on a thread of its own; an error is handed over as the last part."""
        try:
            most, most_rows = _BYTES[self._style], _ROWS[self._style]
            rows, lines, size = list[str](), list[int](), 0
            while True:
                found, error = _some(records)
                made = self._made(found)
                if error is not None:
                    raise error
                if not found:
                    break
                rows += made
                lines += [line for line, _ in found]
                size += sum(map(len, made))
                if size > most or len(rows) >= most_rows:
                    parts.put(_Part(rows, lines))
                    rows, lines, size = [], [], 0
                    if stop.is_set():
                        return
            if rows:
                parts.put(_Part(rows, lines))
            parts.put(None)
        except BaseException as error:
            parts.put(error)
        finally:
            records.close()

    def _made(self, found: Sequence[Record]) -> list[str]:
        """Some records as SQL, column by column. Raises `BadLine`."""
        if not found:
            return []
        try:
            fields = zip(*(fields for _, fields in found), strict=True)
            columns = [
                convert(one) for convert, one in zip(self._by_column, fields, strict=True) if convert is not None
            ]
        except Unfit:
            return [self._values(line, fields) for line, fields in found]
        return [f"({','.join(values)})" for values in zip(*columns, strict=True)]

    def _values(self, line: int, fields: Sequence[str | None]) -> str:
        try:
            return (
                "("
                + ",".join([convert(field) for convert, field in zip(self._converters, fields, strict=True) if convert])
                + ")"
            )
        except Unfit:
            for column, convert, field in zip(self._columns, self._converters, fields, strict=True):
                if convert is None or column is None:
                    continue
                try:
                    convert(field)
                except Unfit as error:
                    raise BadLine(self._file, line, f"{column.name}: {cut(field)} {error}") from None
            raise

    def _write(self, part: _Part) -> None:
        cancellation = current()
        if cancellation is not None:
            cancellation.check()
        self._savepoint()
        try:
            self._insert(part.rows)
            if self._style is SqlStyle.SQLITE:  # where it would stay beneath the next one
                self._session.execute("RELEASE SAVEPOINT dolt_tui_import")
        except _NO_ROW:
            raise
        except EngineError as error:
            self._locate(part, error)

    def _insert(self, rows: Sequence[str]) -> None:
        text = self._head + ",\n".join(rows) + self._tail
        self._session.execute(self._session.dialect.sql(Call((text,), (), self._style)))

    def _locate(self, part: _Part, error: EngineError) -> None:
        """Find the row that cannot be written, by halves. Raises `BadLine`."""
        rows, lines = part.rows, part.lines
        self._back()
        while len(rows) > 1:
            half = len(rows) // 2
            self._savepoint()
            try:
                self._insert(rows[:half])
            except _NO_ROW:
                raise
            except EngineError as found:
                error = found
                self._back()
                rows, lines = rows[:half], lines[:half]
            else:
                rows, lines = rows[half:], lines[half:]
        try:
            self._insert(rows)
        except _NO_ROW:
            raise
        except EngineError as found:
            error = found
        text = error.message if len(error.message) <= 300 else f"{error.message[:300]}…"
        raise BadLine(self._file, lines[0], text.rstrip(".")) from error

    def _savepoint(self) -> None:
        self._session.execute("SAVEPOINT dolt_tui_import")

    def _back(self) -> None:
        self._session.execute("ROLLBACK TO SAVEPOINT dolt_tui_import")


def _some(records: Iterator[Record]) -> tuple[list[Record], Exception | None]:
    """The next records, none at the end; and the error of the one behind them, which may not be the first."""
    found: list[Record] = []
    size = 0
    try:
        for record in records:
            found.append(record)
            size += sum(map(len, filter(None, record[1])))
            if len(found) >= _AT_ONCE or size > _CHARACTERS:
                break
    except Exception as error:
        return found, error
    return found, None


def cut(field: str | None) -> str:
    """A value as a message shows it."""
    text = field or ""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


def _updating(columns: Sequence[str], keys: Sequence[str], style: SqlStyle) -> str:
    """What makes an INSERT update the rows whose key is there."""
    rest = [name for name in columns if name not in keys] or list(columns)
    if style is SqlStyle.MYSQL:
        sets = ", ".join(f"{quoted_name(name, style)} = VALUES({quoted_name(name, style)})" for name in rest)
        return f"\nON DUPLICATE KEY UPDATE {sets}"
    sets = ", ".join(f"{quoted_name(name, style)} = excluded.{quoted_name(name, style)}" for name in rest)
    by = ", ".join(quoted_name(name, style) for name in keys)
    return f"\nON CONFLICT ({by}) DO UPDATE SET {sets}"
