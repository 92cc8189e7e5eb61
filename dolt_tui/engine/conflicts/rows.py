"""The rows that conflict, page by page: base, ours and theirs as each side's commit has them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence

from ..core.connections import Connections
from ..core.lru import Lru
from ..editing.reading import batches
from ..model import ColumnInfo, RowKey, RowValues
from ..model.conflicts import ConflictRow, ConflictSet, Side
from .sides import Sides, read_rows

_KEPT = 20_000
"""Rows that are kept in memory."""
_BLOCK = 200
"""Where single rows are asked for, so many are read."""


class ConflictRows:
    """The rows of a `ConflictSet`; from any thread. Nothing is open between two questions."""

    def __init__(self, db: Connections, found: ConflictSet) -> None:
        self.found = found
        self.sides = Sides(db, found)
        self._kept: Lru[tuple[str, RowKey], ConflictRow] = Lru(_KEPT)
        self._places: dict[str, dict[RowKey, int]] = {}
        """Where the rows are in the key's order, by table."""
        self._lock = threading.Lock()

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables of which rows conflict."""
        return tuple(count.table for count in self.found.tables)

    def count(self, table: str) -> int:
        """How many rows of a table conflict."""
        return len(self.keys(table))

    def keys(self, table: str) -> Sequence[RowKey]:
        """The keys of all rows of a table that conflict, in the key's order."""
        return self.found.found[table].keys

    def columns(self, table: str) -> tuple[ColumnInfo, ...]:
        """The columns of a table as the merge defines it."""
        return self.found.found[table].columns

    def row(self, table: str, key: RowKey) -> ConflictRow:
        """One row. Raises `KeyError` where it does not conflict."""
        return self.rows(table, [key])[0]

    def page(self, table: str, start: int, size: int) -> tuple[ConflictRow, ...]:
        """Rows in the key's order; a statement for each side, less where they were read before."""
        return self.rows(table, self.keys(table)[start : start + size])

    def every(self, table: str) -> Iterator[ConflictRow]:
        """All rows of a table, some hundred at a time; they are not kept."""
        for keys in batches(self.keys(table)):
            yield from self._read(table, keys).values()

    def rows(self, table: str, keys: Sequence[RowKey]) -> tuple[ConflictRow, ...]:
        """The rows with these keys, in this order. Raises `KeyError`."""
        whole = self.found.found[table].rows
        if whole:
            by_key = {row.key: row for row in whole}
            return tuple(by_key[key] for key in keys)
        with self._lock:
            found = {key: row for key in keys if (row := self._kept.get((table, key))) is not None}
        missing = [key for key in keys if key not in found]
        if missing:
            read = self._read(table, self._around(table, missing[0]) if len(keys) == 1 else missing)
            found |= read
            with self._lock:
                for key, row in read.items():
                    self._kept.put((table, key), row)
        return tuple(found[key] for key in keys)

    def _around(self, table: str, key: RowKey) -> Sequence[RowKey]:
        """The key and those beside it: whoever asks for single rows asks for more of them. Raises `KeyError`."""
        keys = self.keys(table)
        places = self._places.get(table)
        if places is None:
            places = self._places[table] = {each: place for place, each in enumerate(keys)}
        start = places[key] // _BLOCK * _BLOCK
        return keys[start : start + _BLOCK]

    def _read(self, table: str, keys: Sequence[RowKey]) -> dict[RowKey, ConflictRow]:
        sides = {side: self._side(table, side, keys) for side in Side}
        base, ours, theirs = (sides[side] for side in Side)
        return {key: ConflictRow(key, base.get(key), ours.get(key), theirs.get(key)) for key in keys}

    def _side(self, table: str, side: Side, keys: Sequence[RowKey]) -> Mapping[RowKey, RowValues]:
        """The rows that a side has, by their keys."""
        there = self.sides.tables(table)[side]
        if not there.columns:
            return {}
        with self.sides.at(side) as (session, as_of, bound):
            return read_rows(session, table, there, keys, as_of, bound)
