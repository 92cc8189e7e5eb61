"""Rows in memory behind a grid, with a filter. Pure: no Textual."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Protocol

from dolt_tui.ui.present.grid_rows import Count, Overlay, Row
from dolt_tui.ui.present.text import plain


class Rows(Protocol):
    """What a grid shows: rows by index, some of them perhaps not there yet."""

    @property
    def total(self) -> int:
        """How many lines there are, including rows that are only supposed."""

    def get(self, index: int) -> Row | None:
        """The row, or None while it is on its way."""

    def index(self, key: Hashable) -> int | None:
        """Where the row with this key is, as far as known."""

    def count(self) -> Count: ...


def covered(rows: Iterable[Row], overlay: Overlay | None, last: bool = True) -> tuple[Row, ...]:
    """Rows under an overlay, whatever they were under before; ``last``: none follow them."""
    found = tuple(row.base or row for row in rows if not row.extra)
    return found if overlay is None else overlay.over(found, last)


class MemoryRows:
    """All rows in memory; the filter keeps those whose text holds it, and the headings above them."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self.all: tuple[Row, ...] = tuple(rows)
        self.filter_text = ""
        self.rows: tuple[Row, ...] = self.all
        self._indices: dict[Hashable, int] | None = None

    def set_filter(self, text: str) -> None:
        self.filter_text = text
        self._indices = None
        if not text:
            self.rows = self.all
            return
        wanted = text.casefold()
        kept: list[Row] = []
        headings: list[Row] = []
        for row in self.all:
            if not row.selectable:
                headings.append(row)
            elif wanted in " ".join(map(plain, row.cells)).casefold():
                kept += headings[-1:]
                headings.clear()
                kept.append(row)
        self.rows = tuple(kept)

    @property
    def total(self) -> int:
        return len(self.rows)

    def get(self, index: int) -> Row | None:
        return self.rows[index] if 0 <= index < len(self.rows) else None

    def index(self, key: Hashable) -> int | None:
        if self._indices is None:
            self._indices = {row.key: i for i, row in enumerate(self.rows)}
        return self._indices.get(key)

    @property
    def unfiltered(self) -> int:
        """Rows that aren't headings, those included that the filter leaves out."""
        return sum(row.selectable for row in self.all)

    @property
    def selectable(self) -> int:
        """Rows that aren't headings."""
        return sum(row.selectable for row in self.rows)

    def count(self) -> Count:
        return Count(self.selectable, True)
