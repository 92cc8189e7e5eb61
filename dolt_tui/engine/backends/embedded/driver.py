"""A DB-API 2.0 driver for DoltLite.

It follows Python's `sqlite3` where that defines something (rows, descriptions, row counts, error classes), but

* nothing begins a transaction but `Connection.begin` or a BEGIN of one's own: statements outside one commit themselves;
* `connect` never creates a file unless told to: `x.db@branch` opens a branch of `x.db`, and where `x.db` is missing
  SQLite would otherwise create a file literally named `x.db@branch`;
* any `str` can be stored, lone surrogates too, and any stored text can be read, valid UTF-8 or not;
* connections and cursors may be shared by threads, and `Connection.interrupt` may be called at any time.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Sequence
from typing import Any

from dolt_tui.engine.backends.embedded.cursor import Cursor
from dolt_tui.engine.backends.embedded.handle import Handle
from dolt_tui.engine.backends.embedded.library import (
    SQLITE_BUSY,
    SQLITE_INTERRUPT,
    DatabaseError,
    DataError,
    Error,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    Warning,  # noqa: A004 - the name is PEP 249's
    load,
)

__all__ = [
    "SQLITE_BUSY",
    "SQLITE_INTERRUPT",
    "Binary",
    "Connection",
    "Cursor",
    "DataError",
    "DatabaseError",
    "Date",
    "Error",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
    "Time",
    "Timestamp",
    "Warning",
    "apilevel",
    "connect",
    "paramstyle",
    "threadsafety",
]

apilevel = "2.0"
threadsafety = 3
paramstyle = "qmark"
Binary = bytes
Date = datetime.date
Time = datetime.time
Timestamp = datetime.datetime


def __getattr__(name: str) -> Any:
    """`sqlite_version` and `sqlite_version_info`, which SQLAlchemy asks for: known only once the library is loaded."""
    if name == "sqlite_version":
        return load().version
    if name == "sqlite_version_info":
        return tuple(int(part) for part in load().version.split("."))
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def connect(
    database: str | os.PathLike[str],
    *,
    timeout: float = 5.0,
    create: bool = False,
    read_only: bool = False,
    uri: bool = False,
) -> Connection:
    """Open `database`: a path, a path with `@branch`, `@tag` or `@commit` behind it, or `:memory:`.

    `timeout` is how many seconds a statement waits for another writer. `create` makes a missing file, but only one
    whose name holds no `@`. `uri` lets `database` be a `file:` URI.
    Raise OperationalError when the file, or the branch, is not there; InterfaceError when there is no library.
    A plain SQLite file opens as what it is: ask `doltlite_engine()`, which returns 'prolly' for a DoltLite file.
    """
    return Connection(os.fspath(database), timeout=timeout, create=create, read_only=read_only, uri=uri)


class Connection(Handle):
    """An open database; by default every statement commits itself (see `begin`).

    `autocommit` belongs to the SQLAlchemy dialect, which leaves out `begin` when it is set.
    """

    autocommit = False

    def cursor(self) -> Cursor:
        """A new cursor; raise ProgrammingError after close."""
        self._handle()
        return Cursor(self)

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Cursor:
        """Run one statement on a new cursor; errors as in `Cursor.execute`."""
        return self.cursor().execute(sql, parameters)

    def begin(self) -> None:
        """Begin a transaction unless one is open.

        Only in a transaction begun like this does a merge with conflicts leave them there to be resolved.
        Raise OperationalError when the database refuses, ProgrammingError after close.
        """
        with self._lock:
            if not self.in_transaction:
                self.execute("BEGIN").close()

    def commit(self) -> None:
        """Commit the open transaction, if there is one.

        Raise IntegrityError while conflicts are unresolved (everything has then been rolled back), OperationalError
        while another connection writes, ProgrammingError after close.
        """
        with self._lock:
            if self.in_transaction:
                self.execute("COMMIT").close()

    def rollback(self) -> None:
        """Undo the open transaction, if there is one; raise ProgrammingError after close."""
        with self._lock:
            if self.in_transaction:
                self.execute("ROLLBACK").close()
