"""Finding and loading libdoltlite, and the names of its errors.

A wrong call through ctypes is a crash, so everything that knows C types is in this one module.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

ENVIRONMENT_VARIABLE = "DOLTLITE_LIB"
NOT_AVAILABLE = (
    "The embedded engine is not available for this platform (Linux x86_64/aarch64 and macOS arm64 only). "
    "Connect to a Dolt server: dolt-tui mysql://..."
)

SQLITE_BUSY = 5
SQLITE_INTERRUPT = 9
SQLITE_ROW = 100
SQLITE_DONE = 101

OPEN_READONLY = 0x01
OPEN_READWRITE = 0x02
OPEN_CREATE = 0x04
OPEN_URI = 0x40

TYPE_INTEGER = 1
TYPE_FLOAT = 2
TYPE_TEXT = 3
TYPE_NULL = 5

TRANSIENT = -1
"""Destructor that makes SQLite copy a bound value before the call returns."""
UTF8 = 1
"""SQLite's number for the UTF-8 encoding."""


class Warning(Exception):  # noqa: A001 - the name is PEP 249's
    """An important warning (PEP 249); never raised by this driver."""


class Error(Exception):
    """Base of every error of the driver."""

    sqlite_errorcode: int = 0
    """SQLite's extended result code, or 0 when the error did not come from SQLite."""
    sqlite_offset: int = -1
    """Where in the statement the error is, in bytes of UTF-8; -1 where SQLite does not tell."""


class InterfaceError(Error):
    """The driver itself, or its use, is at fault."""


class DatabaseError(Error):
    """The database is at fault."""


class DataError(DatabaseError):
    """A value does not fit."""


class OperationalError(DatabaseError):
    """The statement failed: SQL errors, locks, interrupts, version control."""


class IntegrityError(DatabaseError):
    """A constraint was violated."""


class InternalError(DatabaseError):
    """SQLite met an inconsistency of its own."""


class ProgrammingError(DatabaseError):
    """The driver was called wrongly, e.g. after close."""


class NotSupportedError(DatabaseError):
    """The driver does not offer this; never raised."""


_ERROR_CLASSES: dict[int, type[Error]] = {
    **dict.fromkeys((1, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16, 17), OperationalError),
    **dict.fromkeys((2, 12), InternalError),
    **dict.fromkeys((19, 20), IntegrityError),
    **dict.fromkeys((21, 25), InterfaceError),
    18: DataError,
}


def error_for(code: int, message: str) -> Error:
    """The exception for SQLite's (extended) result code, with `sqlite_errorcode` set."""
    error = _ERROR_CLASSES.get(code & 0xFF, DatabaseError)(message)
    error.sqlite_errorcode = code
    return error


_POINTER, _INT, _INT64, _UINT64 = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64, ctypes.c_uint64
_BYTES, _DOUBLE, _OUT = ctypes.c_char_p, ctypes.c_double, ctypes.POINTER(ctypes.c_void_p)

# name: (result, arguments). These may read the disk or wait for a lock, so they release the GIL.
_SLOW: dict[str, tuple[Any, ...]] = {
    "open_v2": (_INT, _BYTES, _OUT, _INT, _BYTES),
    "close_v2": (_INT, _POINTER),
    "prepare_v2": (_INT, _POINTER, _BYTES, _INT, _OUT, ctypes.POINTER(_BYTES)),
    "step": (_INT, _POINTER),
    "reset": (_INT, _POINTER),
    "finalize": (_INT, _POINTER),
}
# These only read or set memory; keeping the GIL makes them several times cheaper.
_FAST: dict[str, tuple[Any, ...]] = {
    "libversion": (_BYTES,),
    "busy_timeout": (_INT, _POINTER, _INT),
    "interrupt": (None, _POINTER),
    "get_autocommit": (_INT, _POINTER),
    "db_config": (_INT, _POINTER, _INT),
    "errmsg": (_BYTES, _POINTER),
    "errstr": (_BYTES, _INT),
    "extended_errcode": (_INT, _POINTER),
    "error_offset": (_INT, _POINTER),
    "changes64": (_INT64, _POINTER),
    "last_insert_rowid": (_INT64, _POINTER),
    "stmt_readonly": (_INT, _POINTER),
    "bind_parameter_count": (_INT, _POINTER),
    "bind_null": (_INT, _POINTER, _INT),
    "bind_int64": (_INT, _POINTER, _INT, _INT64),
    "bind_double": (_INT, _POINTER, _INT, _DOUBLE),
    "bind_text64": (_INT, _POINTER, _INT, _BYTES, _UINT64, _POINTER, ctypes.c_ubyte),
    "bind_blob64": (_INT, _POINTER, _INT, _BYTES, _UINT64, _POINTER),
    "column_count": (_INT, _POINTER),
    "column_name": (_BYTES, _POINTER, _INT),
    "column_decltype": (_BYTES, _POINTER, _INT),
    "column_type": (_INT, _POINTER, _INT),
    "column_int64": (_INT64, _POINTER, _INT),
    "column_double": (_DOUBLE, _POINTER, _INT),
    "column_text": (_BYTES, _POINTER, _INT),
    "column_blob": (_POINTER, _POINTER, _INT),
    "column_bytes": (_INT, _POINTER, _INT),
}


class Library:
    """The C functions in use, by their names without `sqlite3_`. Pointers are integers."""

    open_v2: Callable[[bytes, Any, int, None], int]
    close_v2: Callable[[int], int]
    prepare_v2: Callable[[int, bytes, int, Any, Any], int]
    step: Callable[[int], int]
    reset: Callable[[int], int]
    finalize: Callable[[int], int]
    libversion: Callable[[], bytes]
    busy_timeout: Callable[[int, int], int]
    interrupt: Callable[[int], None]
    get_autocommit: Callable[[int], int]
    db_config: Callable[..., int]
    """Takes more than two arguments, as the second one demands."""
    errmsg: Callable[[int], bytes | None]
    errstr: Callable[[int], bytes]
    extended_errcode: Callable[[int], int]
    error_offset: Callable[[int], int]
    changes64: Callable[[int], int]
    last_insert_rowid: Callable[[int], int]
    stmt_readonly: Callable[[int], int]
    bind_parameter_count: Callable[[int], int]
    bind_null: Callable[[int, int], int]
    bind_int64: Callable[[int, int, int], int]
    bind_double: Callable[[int, int, float], int]
    bind_text64: Callable[[int, int, bytes, int, int, int], int]
    bind_blob64: Callable[[int, int, bytes, int, int], int]
    column_count: Callable[[int], int]
    column_name: Callable[[int, int], bytes]
    column_decltype: Callable[[int, int], bytes | None]
    column_type: Callable[[int, int], int]
    column_int64: Callable[[int, int], int]
    column_double: Callable[[int, int], float]
    column_text: Callable[[int, int], bytes]
    column_blob: Callable[[int, int], int]
    column_bytes: Callable[[int, int], int]

    def __init__(self, path: Path) -> None:
        """Load the library at `path`; raise InterfaceError when it is not one."""
        # DEEPBIND: on Pythons that export sqlite3_* themselves the library must still call its own functions.
        mode = ctypes.RTLD_LOCAL | getattr(os, "RTLD_DEEPBIND", 0)
        try:
            slow = ctypes.CDLL(str(path), mode=mode)
            fast = ctypes.PyDLL(str(path), mode=mode, handle=slow._handle)
            for library, prototypes in ((slow, _SLOW), (fast, _FAST)):
                for name, (result, *arguments) in prototypes.items():
                    function = getattr(library, f"sqlite3_{name}")
                    function.restype, function.argtypes = result, arguments
                    setattr(self, name, function)
        except (OSError, AttributeError) as error:
            raise InterfaceError(f"The embedded engine's library could not be loaded: {error}") from error

    @property
    def version(self) -> str:
        """The version of SQLite that the library is built on, e.g. '3.54.0'."""
        return self.libversion().decode()


def find_library() -> Path:
    """Where libdoltlite is: $DOLTLITE_LIB, else inside the installed `doltlite` package.

    The package is found but never imported: its import replaces Python's `sqlite3` or restarts the process.
    Raise InterfaceError when there is none, or when $DOLTLITE_LIB names no file.
    """
    if chosen := os.environ.get(ENVIRONMENT_VARIABLE):
        if not Path(chosen).is_file():
            raise InterfaceError(f"{ENVIRONMENT_VARIABLE} names no file: {chosen}")
        return Path(chosen)
    spec = importlib.util.find_spec("doltlite")
    name = "libdoltlite.dylib" if sys.platform == "darwin" else "libdoltlite.so"
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder, "_lib", name)
        if path.is_file():
            return path
    raise InterfaceError(NOT_AVAILABLE)


@lru_cache(maxsize=1)
def load() -> Library:
    """The loaded library, found on the first call; raise InterfaceError when it is absent or unusable."""
    return Library(find_library())
