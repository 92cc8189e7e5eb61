"""Values on their way into the database, and text on its way in and out."""

from __future__ import annotations

import codecs
import datetime
from decimal import Decimal
from typing import Any

from dolt_tui.engine.backends.embedded.library import TRANSIENT, UTF8, DataError, Library, ProgrammingError

LOSSLESS = "dolt_tui.lossless"
"""Error handler for UTF-8: any `str` can be written, and any bytes can be read and written back unchanged."""


def _keep_surrogates(error: UnicodeError) -> tuple[str | bytes, int]:
    """Codec error handler: `surrogateescape` for stray bytes, `surrogatepass` for every other lone surrogate."""
    if isinstance(error, UnicodeEncodeError):
        written = bytearray()
        for character in error.object[error.start : error.end]:
            number = ord(character)
            if 0xDC80 <= number <= 0xDCFF:
                written.append(number - 0xDC00)
            else:
                written += character.encode("utf-8", "surrogatepass")
        return bytes(written), error.end
    if isinstance(error, UnicodeDecodeError):
        start, raw = error.start, error.object
        if raw[start] == 0xED and len(raw) >= start + 3 and 0xA0 <= raw[start + 1] <= 0xBF and raw[start + 2] >> 6 == 2:
            character = raw[start : start + 3].decode("utf-8", "surrogatepass")
            if not 0xDC80 <= ord(character) <= 0xDCFF:
                return character, start + 3
        return "".join(chr(0xDC00 + byte) for byte in raw[start : error.end]), error.end
    raise error


codecs.register_error(LOSSLESS, _keep_surrogates)


def bind(library: Library, statement: int, index: int, value: Any) -> int:
    """Bind one parameter, counted from 1; return SQLite's result code.

    Raise DataError for an integer beyond 64 bits, ProgrammingError for a type that cannot be stored.
    """
    if value is None:
        return library.bind_null(statement, index)
    if isinstance(value, Decimal):
        value = str(value)
    elif isinstance(value, datetime.datetime):
        value = value.isoformat(" ")
    elif isinstance(value, datetime.date | datetime.time):
        value = value.isoformat()
    if isinstance(value, str):
        raw = value.encode("utf-8", LOSSLESS)
        return library.bind_text64(statement, index, raw, len(raw), TRANSIENT, UTF8)
    if isinstance(value, int):
        if not -(2**63) <= value < 2**63:
            raise DataError(f"Parameter {index} does not fit into 64 bits.")
        return library.bind_int64(statement, index, value)
    if isinstance(value, float):
        return library.bind_double(statement, index, value)
    if isinstance(value, bytes | bytearray | memoryview):
        raw = bytes(value)
        return library.bind_blob64(statement, index, raw, len(raw), TRANSIENT)
    raise ProgrammingError(f"Parameter {index} has a type that cannot be stored: {type(value).__name__}.")
