"""The driver's cursor: running statements and reading rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from ctypes import string_at
from typing import Any, TypeAlias

from dolt_tui.engine.backends.embedded.handle import FILLER, Handle
from dolt_tui.engine.backends.embedded.library import (
    SQLITE_DONE,
    SQLITE_ROW,
    TYPE_FLOAT,
    TYPE_INTEGER,
    TYPE_NULL,
    TYPE_TEXT,
    ProgrammingError,
)
from dolt_tui.engine.backends.embedded.values import LOSSLESS, bind

Row: TypeAlias = tuple[Any, ...]
Description: TypeAlias = tuple[tuple[str, None, None, None, None, None, None], ...]

_changes_rows = re.compile(FILLER + r"(?:insert|update|delete|replace|with)\b", re.DOTALL | re.IGNORECASE).match


class Cursor:
    """Runs statements and reads their rows one by one, as they are fetched.

    `description`, `rowcount` and `lastrowid` mean what they mean in `sqlite3`: `rowcount` is -1 for anything but
    INSERT, UPDATE, DELETE and REPLACE (here also behind WITH), and counts only once all rows of RETURNING are read.
    """

    arraysize = 1
    _statement: int | None = None

    def __init__(self, connection: Handle) -> None:
        """A cursor of this connection; use `Connection.cursor`."""
        self.connection = connection
        self.description: Description | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.tells_types = False
        """Whether `types` is wanted."""
        self.types: tuple[str, ...] = ()
        """The types with which the columns' tables declare them; "" for what is computed."""
        self._width = 0
        self._counts = False
        self._closed = False

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Cursor:
        """Run one statement with `?` parameters, up to its first row; return this cursor.

        Rows of an earlier statement are dropped. Raise the DB-API errors: OperationalError for bad SQL, locks,
        interrupts and version control; IntegrityError for constraints; DataError for an integer beyond 64 bits;
        ProgrammingError for a wrong number or type of parameters, several statements, and after close.
        """
        with self.connection._lock:
            statement = self._start(sql)
            if statement is None:
                return self
            self._bind(statement, parameters)
            lib = self.connection._lib
            code = lib.step(statement)
            if code in (SQLITE_ROW, SQLITE_DONE):
                self._describe(statement)
                self.lastrowid = lib.last_insert_rowid(self.connection._handle())
            if code != SQLITE_ROW:
                self._end(code)
            return self

    def executemany(self, sql: str, seq_of_parameters: Iterable[Sequence[Any]]) -> Cursor:
        """Run one data-changing statement for every set of parameters; `rowcount` is the sum; return this cursor.

        Rows of RETURNING are dropped. Errors as in `execute`; ProgrammingError also for a statement that only reads.
        Outside a transaction every set commits itself.
        """
        with self.connection._lock:
            statement, lib, changed = self._start(sql), self.connection._lib, 0
            if statement is None or lib.stmt_readonly(statement):
                self._release()
                raise ProgrammingError("executemany() can only execute DML statements.")
            self._describe(statement)
            try:
                for parameters in seq_of_parameters:
                    self._bind(statement, parameters)
                    while (code := lib.step(statement)) == SQLITE_ROW:
                        pass
                    if code != SQLITE_DONE:
                        self._end(code)
                    changed += lib.changes64(self.connection._handle())
                    lib.reset(statement)
            finally:
                self._release()
            if self._counts:
                self.rowcount = changed
            return self

    def fetchone(self) -> Row | None:
        """The next row, or None after the last; errors as in `execute`."""
        rows = self._read(1)
        return rows[0] if rows else None

    def fetchmany(self, size: int | None = None) -> list[Row]:
        """The next `size` (default `arraysize`) rows, or what is left; errors as in `execute`."""
        count = self.arraysize if size is None else size
        return self._read(count) if count > 0 else []

    def fetchall(self) -> list[Row]:
        """All rows that are left; errors as in `execute`."""
        return self._read(-1)

    def __iter__(self) -> Iterator[Row]:
        return self

    def __next__(self) -> Row:
        rows = self._read(1)
        if not rows:
            raise StopIteration
        return rows[0]

    def close(self) -> None:
        """Free the statement; later use raises ProgrammingError. Closing twice is fine."""
        with self.connection._lock:
            self._release()
            self._closed = True

    def setinputsizes(self, sizes: Sequence[Any]) -> None:
        """Do nothing (PEP 249)."""

    def setoutputsize(self, size: int, column: int | None = None) -> None:
        """Do nothing (PEP 249)."""

    def __del__(self) -> None:
        statement = self._statement
        if statement is not None:
            self.connection._abandon(statement)

    def _check(self) -> None:
        self.connection._handle()
        if self._closed:
            raise ProgrammingError("Cannot operate on a closed cursor.")

    def _start(self, sql: str) -> int | None:
        """Forget the last statement and compile the next (with the lock held, as all that follow)."""
        self._check()
        self._release()
        self.description, self.rowcount, self._counts = None, -1, False
        self._statement = statement = self.connection._prepare(sql)
        if statement is not None and _changes_rows(sql) and not self.connection._lib.stmt_readonly(statement):
            self._counts, self.rowcount = True, 0
        return statement

    def _describe(self, statement: int) -> None:
        """Name the columns: only after the first step, which may compile the statement again for a changed schema."""
        lib = self.connection._lib
        self._width = width = lib.column_count(statement)
        if width:
            names = [lib.column_name(statement, index).decode("utf-8", LOSSLESS) for index in range(width)]
            self.description = tuple((name, None, None, None, None, None, None) for name in names)
            if self.tells_types:
                declared = (lib.column_decltype(statement, index) for index in range(width))
                self.types = tuple((one or b"").decode("utf-8", LOSSLESS) for one in declared)

    def _bind(self, statement: int, parameters: Sequence[Any]) -> None:
        lib = self.connection._lib
        try:
            if isinstance(parameters, Mapping):
                raise ProgrammingError("Parameters must be a sequence, not a mapping.")
            wanted = lib.bind_parameter_count(statement)
            if wanted != len(parameters):
                raise ProgrammingError(f"The statement takes {wanted} parameters, and {len(parameters)} are given.")
            for index, value in enumerate(parameters, 1):
                code = bind(lib, statement, index, value)
                if code:
                    raise self.connection._error(self.connection._handle(), code)
        except BaseException:
            self._release()
            raise

    def _read(self, limit: int) -> list[Row]:
        """Up to `limit` rows (all of them when negative). The hot path: hence the local names."""
        connection = self.connection
        with connection._lock:
            self._check()
            statement = self._statement
            if statement is None:
                return []
            lib = connection._lib
            step, column_type, column_bytes = lib.step, lib.column_type, lib.column_bytes
            column_int64, column_double = lib.column_int64, lib.column_double
            column_text, column_blob = lib.column_text, lib.column_blob
            columns = range(self._width)
            rows: list[Row] = []
            while True:
                row: list[Any] = []
                add = row.append
                for index in columns:
                    kind = column_type(statement, index)
                    if kind == TYPE_TEXT:
                        text = column_text(statement, index)  # up to the first NUL, mostly all of it
                        size = column_bytes(statement, index)
                        if len(text) != size:
                            text = string_at(column_blob(statement, index), size)
                        add(text.decode("utf-8", LOSSLESS))
                    elif kind == TYPE_INTEGER:
                        add(column_int64(statement, index))
                    elif kind == TYPE_NULL:
                        add(None)
                    elif kind == TYPE_FLOAT:
                        add(column_double(statement, index))
                    else:
                        pointer = column_blob(statement, index)
                        add(string_at(pointer, column_bytes(statement, index)) if pointer else b"")
                rows.append(tuple(row))
                code = step(statement)
                if code != SQLITE_ROW:
                    self._end(code)
                    return rows
                if len(rows) == limit:
                    return rows

    def _end(self, code: int) -> None:
        """Free a statement that ended with `code`; raise its error unless it is done."""
        connection = self.connection
        if code == SQLITE_DONE:
            if self._counts:
                self.rowcount = connection._lib.changes64(connection._handle())
            self._release()
            return
        error = connection._error(connection._handle(), code)
        self._release()
        raise error

    def _release(self) -> None:
        statement, self._statement = self._statement, None
        if statement is not None:
            self.connection._finalize(statement)
