"""Rows outside of memory: in the order in which they came, in a file that nobody else sees and that ends with us.

Rows are kept as they came from the driver, many to a block; what they mean is found out when a block is read. The file
is unlinked from the start (or kept in memory while it is small), so that nothing is left behind, whatever happens.
"""

from __future__ import annotations

import marshal
import tempfile
import threading
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Any

from ..core.lru import Lru
from ..errors import EngineError

_IN_MEMORY = 1 << 20
"""Bytes of rows that are not worth a file."""
_FEW, _MANY, _BYTES = 16, 256, 64 << 10
"""A block has as many rows as take about so many bytes, by what those before took."""
_BLOCKS_READ = 8
CLOSED = "These rows are not kept any more."


class RowStore:
    """Rows by their number; any thread may read while one adds."""

    def __init__(self) -> None:
        """A row is anything that `marshal` can write."""
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY, prefix="dolt-tui-")  # noqa: SIM115 - ours
        self._lock = threading.Lock()
        self._starts: list[int] = []
        """The number of the first row of each block in the file."""
        self._offsets = [0]
        """Where each block begins, and where the next one will."""
        self._last: list[Any] = []
        """The rows that are in no block yet."""
        self._written = 0
        self._count = 0
        """All rows: one number, so that nobody who looks while rows are moved into a block counts some twice."""
        self._rows = _FEW
        """How many the next block will have."""
        self._read: Lru[int, list[Any]] = Lru(_BLOCKS_READ)

    def __len__(self) -> int:
        return self._count

    @property
    def bytes(self) -> int:
        """How many bytes the rows take, without those that are in no block yet."""
        return self._offsets[-1]

    def add(self, rows: Sequence[Any]) -> None:
        """Add rows at the end; none once this is closed. Raises `OSError` where there is no room for them."""
        with self._lock:
            if self._file.closed:
                return  # by another thread: whoever reads finds that nobody wants the rest
            self._last += rows
            self._count += len(rows)
            while len(self._last) >= self._rows:
                self._write(self._last[: self._rows])

    def _write(self, rows: list[Any]) -> None:
        block = marshal.dumps(rows)
        self._file.seek(self._offsets[-1])
        self._file.write(block)
        self._starts.append(self._written)
        self._offsets.append(self._offsets[-1] + len(block))
        self._written += len(rows)
        del self._last[: len(rows)]
        self._rows = max(1, min(_MANY, _BYTES * len(rows) // len(block)))

    def rows(self, start: int, size: int) -> list[Any]:
        """Rows from number ``start`` on, as many as there are. Raises `EngineError` once this is closed."""
        found: list[Any] = []
        if self._file.closed:
            raise EngineError(CLOSED)
        end = min(start + size, len(self))
        while start < end:
            first, block = self.block(start)
            part = block[start - first : end - first]
            found += part
            start += len(part)
        return found

    def block(self, row: int) -> tuple[int, list[Any]]:
        """The block that has a row, and the number of its first row.

        Raises IndexError, and `EngineError` once this is closed: the rows did not just end.
        """
        with self._lock:
            if self._file.closed:
                raise EngineError(CLOSED)
            if row >= self._written:
                if row >= self._count:
                    raise IndexError(row)
                return self._written, list(self._last)
            number = bisect_right(self._starts, row) - 1
            known = self._read.get(number)
            if known is None:
                self._file.seek(self._offsets[number])
                known = marshal.loads(self._file.read(self._offsets[number + 1] - self._offsets[number]))
                self._read.put(number, known)
            return self._starts[number], known

    def blocks(self, start: int = 0) -> Iterator[tuple[int, list[Any]]]:
        """The blocks from the one on that has row ``start``, with the number of each one's first row."""
        while start < len(self):
            first, block = self.block(start)
            yield first, block
            start = first + len(block)

    def __del__(self) -> None:
        self._file.close()  # without a warning: whoever drops a result does not have to close it

    def close(self) -> None:
        """Give back what it takes. Idempotent."""
        with self._lock:
            self._file.close()
            self._last = []
            self._read.clear()
