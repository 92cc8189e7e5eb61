"""The rows of a result in another order: sorted in parts that fit into memory, which are then merged."""

from __future__ import annotations

import datetime as dt
import heapq
import pickle
import sys
import tempfile
import threading
from array import array
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import IO, Any

from ..errors import EngineError
from .row_store import CLOSED

_PART = 32 << 20
"""Bytes of values that are sorted at once."""
_CHUNK = 1024
_IN_MEMORY = 1 << 20
_WIDTH = 8

Keyed = tuple[Any, int]
"""What a row is sorted by, and its number."""


def sort_key(value: Any) -> tuple[Any, ...]:
    """What to compare two values by, whatever their types are: NULL is first, then numbers, then all else by type."""
    if value is None:
        return (0,)
    if isinstance(value, int | float | Decimal):
        return (1, value) if value == value else (0, 1)  # no number equals nothing, not even itself
    if isinstance(value, str):
        return (3, value)
    if isinstance(value, bytes):
        return (4, value)
    if isinstance(value, dt.datetime):
        return (2, "date", value.replace(tzinfo=None))
    if isinstance(value, dt.date):
        return (2, "date", dt.datetime(value.year, value.month, value.day))
    if isinstance(value, dt.timedelta):
        return (2, "time", value)
    return (5, str(value))


class RowOrder:
    """Numbers of rows in an order, outside of memory where they are many."""

    def __init__(self, values: Iterable[Any], *, descending: bool, check: Callable[[], None]) -> None:
        """Sort ``values``, of which each belongs to the row of its number; equal ones stay in the order of the rows.

        ``check`` is called now and then; whatever it raises ends the sorting.
        """
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY, prefix="dolt-tui-")  # noqa: SIM115 - ours
        self._lock = threading.Lock()
        self._length = 0
        parts: list[IO[bytes]] = []
        try:
            rest = self._sorted_parts(values, descending, parts, check)
            merged: Iterable[Keyed] = rest
            if parts:
                merged = heapq.merge(*map(_read, parts), rest, key=lambda keyed: keyed[0], reverse=descending)
            self._write(merged, check)
        except BaseException:
            self._file.close()
            raise
        finally:
            for part in parts:
                part.close()

    def _sorted_parts(
        self, values: Iterable[Any], descending: bool, parts: list[IO[bytes]], check: Callable[[], None]
    ) -> list[Keyed]:
        """Sort what fits into memory and write it to a file, again and again; the last part is returned."""
        part: list[Keyed] = []
        size = 0
        for number, value in enumerate(values):
            part.append((sort_key(value), number))
            size += 200 + sys.getsizeof(value)
            if number % _CHUNK == 0:
                check()
            if size >= _PART:
                part.sort(key=lambda keyed: keyed[0], reverse=descending)
                file = tempfile.TemporaryFile(prefix="dolt-tui-")  # noqa: SIM115 - closed by the caller
                parts.append(file)
                for start in range(0, len(part), _CHUNK):
                    pickle.dump(part[start : start + _CHUNK], file, pickle.HIGHEST_PROTOCOL)
                part, size = [], 0
        part.sort(key=lambda keyed: keyed[0], reverse=descending)
        return part

    def _write(self, merged: Iterable[Keyed], check: Callable[[], None]) -> None:
        numbers = array("q")
        for _, number in merged:
            numbers.append(number)
            if len(numbers) == _CHUNK:
                check()
                self._file.write(numbers.tobytes())
                self._length += len(numbers)
                numbers = array("q")
        self._file.write(numbers.tobytes())
        self._length += len(numbers)

    def __len__(self) -> int:
        return self._length

    def numbers(self, start: int, size: int) -> array[int]:
        """The numbers of the rows from place ``start`` on. Raises `EngineError` once this is closed."""
        found = array("q")
        with self._lock:
            if self._file.closed:
                raise EngineError(CLOSED)
            self._file.seek(start * _WIDTH)
            found.frombytes(self._file.read(max(0, min(size, self._length - start)) * _WIDTH))
        return found

    def __del__(self) -> None:
        self._file.close()  # without a warning: whoever drops a result does not have to close it

    def close(self) -> None:
        """Give back what it takes. Idempotent."""
        with self._lock:
            self._file.close()


def _read(file: IO[bytes]) -> Iterator[Keyed]:
    """What was written of a part."""
    file.seek(0)
    while True:
        try:
            yield from pickle.load(file)
        except EOFError:
            return
