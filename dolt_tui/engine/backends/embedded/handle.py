"""An open database file: the library's handle, the locks around it, and the statements that are compiled on it."""

from __future__ import annotations

import os
import re
import sys
import threading
from ctypes import byref, c_char_p, c_int, c_void_p

from dolt_tui.engine.backends.embedded.library import (
    OPEN_CREATE,
    OPEN_READONLY,
    OPEN_READWRITE,
    OPEN_URI,
    DataError,
    Error,
    ProgrammingError,
    error_for,
    load,
)
from dolt_tui.engine.backends.embedded.values import LOSSLESS

FILLER = r"(?>\s++|;|--[^\n]*+(?:\n|\Z)|/\*.*?(?:\*/|\Z))*+"
"""What may surround one statement: blanks, semicolons, comments (an unfinished one runs to the end)."""
_only_filler = re.compile(FILLER.encode(), re.DOTALL).fullmatch
_ENABLE_TRIGGER = 1003
"""SQLITE_DBCONFIG_ENABLE_TRIGGER."""
_MAX_SQL = 1_000_000_000
_CLOSED = "Cannot operate on a closed database."  # SQLAlchemy knows this text


class Handle:
    """What cursors and their connection share; `dolt_tui.engine.backends.embedded.driver.Connection` is one."""

    _db: int | None = None

    def __init__(self, path: str, *, timeout: float, create: bool, read_only: bool, uri: bool) -> None:
        """Open the file; see `dolt_tui.engine.backends.embedded.driver.connect`."""
        if "\0" in path:
            raise ProgrammingError("A path cannot hold a null character.")
        if create and read_only:
            raise ProgrammingError("A database cannot be created read-only.")
        sys.audit("doltlite.connect", path)  # as Python's sqlite3 tells its own
        self._lib = lib = load()
        # Two locks. `_lock` is held while a statement is prepared, stepped, read or finalised, so nobody frees what
        # another thread uses. `_handle_lock` is held only for moments: whoever holds it may use or take away the
        # handle, so an interrupt neither waits for the running statement nor meets a closed handle.
        self._lock = threading.RLock()
        self._handle_lock = threading.Lock()
        self._statements: set[int] = set()
        self._orphans: list[int] = []
        flags = OPEN_READONLY if read_only else OPEN_READWRITE
        if create and "@" not in os.path.basename(path):
            flags |= OPEN_CREATE
        if uri:
            flags |= OPEN_URI
        handle = c_void_p()
        code = lib.open_v2(os.fsencode(path), byref(handle), flags, None)
        if code:
            error = self._error(handle.value, code, path)
            if handle.value is not None:
                lib.close_v2(handle.value)
            raise error
        assert handle.value is not None
        lib.busy_timeout(handle.value, max(0, int(timeout * 1000)))
        self._db = handle.value

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open; raise ProgrammingError after close."""
        with self._handle_lock:
            return not self._lib.get_autocommit(self._handle())

    def run_triggers(self, on: bool) -> None:
        """Whether triggers run when rows are written through this connection; they do unless they are turned off."""
        with self._handle_lock:
            if self._lib.db_config(self._handle(), _ENABLE_TRIGGER, c_int(on), c_void_p()):
                raise ProgrammingError("Triggers cannot be turned on or off.")

    def interrupt(self) -> None:
        """Make the running statements fail soon with SQLITE_INTERRUPT; callable from any thread, at any time.

        Nothing happens when none runs or when the connection is closed. A statement waiting for a lock notices it
        only when its wait is over.
        """
        with self._handle_lock:
            if self._db is not None:
                self._lib.interrupt(self._db)

    def close(self) -> None:
        """Close, undoing an open transaction; wait for a statement of another thread. Closing twice is fine."""
        if self._db is None:
            return
        with self._lock:
            while self._statements:
                self._lib.finalize(self._statements.pop())
            self._orphans.clear()
            with self._handle_lock:
                handle, self._db = self._db, None
            if handle is not None:
                self._lib.close_v2(handle)

    def __del__(self) -> None:
        self.close()

    def _handle(self) -> int:
        if self._db is None:
            raise ProgrammingError(_CLOSED)
        return self._db

    def _error(self, handle: int | None, code: int, path: str = "") -> Error:
        """The error a call has just ended in."""
        lib = self._lib
        message = lib.errstr(code) if handle is None else lib.errmsg(handle) or lib.errstr(code)
        offset = -1
        if handle is not None:
            code = lib.extended_errcode(handle) or code
            offset = lib.error_offset(handle)
        error = error_for(code, message.decode("utf-8", "replace") + (f": {path}" if path else ""))
        error.sqlite_offset = offset
        return error

    def _prepare(self, sql: str) -> int | None:
        """Compile one statement (with `_lock` held); None when the text holds none."""
        handle, lib = self._handle(), self._lib
        while self._orphans:
            self._finalize(self._orphans.pop())
        raw = sql.encode("utf-8", LOSSLESS)
        if b"\0" in raw:
            raise ProgrammingError("A statement cannot hold a null character.")
        if len(raw) > _MAX_SQL:
            raise DataError("The statement is too long.")
        statement, tail = c_void_p(), c_char_p()
        code = lib.prepare_v2(handle, raw, len(raw), byref(statement), byref(tail))
        if code:
            raise self._error(handle, code)
        pointer = statement.value
        if pointer is not None:
            self._statements.add(pointer)
        if tail.value and not _only_filler(tail.value):
            if pointer is not None:
                self._finalize(pointer)
            raise ProgrammingError("You can only execute one statement at a time.")
        return pointer

    def _finalize(self, statement: int) -> None:
        """Free a statement (with `_lock` held) unless closing has done so."""
        if statement in self._statements:
            self._statements.remove(statement)
            self._lib.finalize(statement)

    def _abandon(self, statement: int) -> None:
        """Free the statement of a cursor that is being collected, without waiting for another thread's statement."""
        if self._lock.acquire(blocking=False):
            try:
                self._finalize(statement)
            finally:
                self._lock.release()
        else:
            self._orphans.append(statement)
