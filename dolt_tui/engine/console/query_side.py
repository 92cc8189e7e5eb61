"""One side of a query that is compared at two revisions: its rows as they arrive, in the order of their key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ...frozen import Frozen
from ..core.held import Held
from ..errors import Cancelled, EngineError, ServerLost
from ..model import Value
from .query_order import place_of
from .sending import send
from .streams import RowStream

CHUNK = 512
"""So many rows are taken at a time."""
_MOST_OF_A_KEY = 100_000


class Revision(Frozen):
    """A revision at which a query is run."""

    label: str
    """What people call it."""
    place: str
    """What is connected to: a branch, for its working set; or a commit."""


@contextmanager
def told(side: Revision) -> Iterator[None]:
    """Say of an error at which revision it was."""
    try:
        yield
    except (Cancelled, ServerLost):
        raise
    except EngineError as error:
        raise EngineError(f"At {side.label}: {error.message}", error.advice, detail=error.detail) from error


class Side:
    """The rows of one side as they arrive."""

    def __init__(self, revision: Revision, held: Held, key: Sequence[int], places: Sequence[int | None]) -> None:
        self.revision, self.held = revision, held
        self._key, self._places = key, places
        self._stream: RowStream | None = None
        self._rows: list[Any] = []
        self._at = 0
        self._ended = False
        self._last: tuple[Any, ...] | None = None
        self._placed = False
        """Whether ``_last`` is the next row's place."""
        self.rows = 0
        """How many rows have gone by."""

    def begin(self, sql: str) -> None:
        self._stream = send(self.held, sql).stream
        assert self._stream is not None

    def head(self) -> Any:
        """The next row, as it came; None after the last one."""
        if self._at < len(self._rows):
            return self._rows[self._at]
        if self._ended:
            return None
        stream = self._stream
        assert stream is not None
        rows: list[Any] = []
        with told(self.revision):
            more = self.held.ask("", lambda: stream.read(CHUNK, rows))
        self._rows, self._at = rows, 0
        if not more:
            self._ended = True
            self.held.close()
        return rows[0] if rows else self.head()

    def pop(self) -> None:
        self._at += 1
        self.rows += 1
        self._placed = False

    def place(self, row: Any) -> tuple[Any, ...]:
        """Where the next row stands in the order. Raises `EngineError` where rows do not come in it."""
        if self._placed and self._last is not None:
            return self._last
        stream = self._stream
        assert stream is not None
        found = place_of([stream.value(row, at) for at in self._key])
        if self._last is not None and found < self._last:
            raise EngineError(
                f"At {self.revision.label} the rows do not come in the order of their key: pair them by other columns."
            )
        self._last, self._placed = found, True
        return found

    def values(self, row: Any) -> tuple[Value, ...]:
        """A row in the columns of both sides; None where it has no such column."""
        stream = self._stream
        assert stream is not None
        values = stream.values(row)
        return tuple(None if at is None else values[at] for at in self._places)

    def group(self, place: tuple[Any, ...]) -> list[Any]:
        """The rows of one key, from the next one on."""
        found = []
        while (row := self.head()) is not None and self.place(row) == place:
            found.append(row)
            self.pop()
            if len(found) > _MOST_OF_A_KEY:
                raise EngineError(f"More than {_MOST_OF_A_KEY:,} rows have the same key: pair them by more columns.")
        return found

    def close(self) -> None:
        self._ended = True
        if self._stream is not None:
            self._stream.stop()
        self.held.close()
