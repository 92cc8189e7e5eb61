"""The rows of a table that conflict, with what is decided about them; and one of them with all of its columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from dolt_tui.engine.conflicts.deciding import decision_of
from dolt_tui.engine.model import RowKey
from dolt_tui.engine.model.conflicts import ConflictKind, ConflictRow, TablePlan
from dolt_tui.ui.main_view.view import FirstPageKnown, Frame, Known, Listing, Loaded, View
from dolt_tui.ui.present.conflict_record import record_columns, record_rows
from dolt_tui.ui.present.conflict_rows import (
    ROOM,
    Decided,
    Line,
    Shape,
    base_row,
    grid_columns,
    key_text,
    line_key,
    lines_of,
    shape_of,
)
from dolt_tui.ui.present.grid_rows import Count, Match, PageOf, Request, Row
from dolt_tui.ui.present.text import plain

if TYPE_CHECKING:
    from dolt_tui.engine.conflicts.rows import ConflictRows
    from dolt_tui.engine.repository import Repository

_PAGE = 100
"""Rows of a page; each of them has a line or more."""


class ConflictsView(View):
    """The rows of a table that conflict."""

    table: str
    commit: str
    """The commit that conflicts; of several the one that is decided now."""
    sides: str
    """What ours and theirs are, for people."""
    rows: ConflictRows = field(compare=False)
    plan: Callable[[], TablePlan] = field(compare=False)
    """What is decided about the table by now; called on the event loop."""

    @property
    def title(self) -> str:
        return f"{self.table} · {self.sides}"

    def load(self, repository: Repository, branch: str) -> LoadedConflicts:
        keys = self.rows.keys(self.table)
        shape = shape_of(self.table, self.rows.columns(self.table), keys)
        return LoadedConflicts(self, branch, shape, keys, self.rows.page(self.table, 0, _PAGE))


class LoadedConflicts(Loaded):
    """The keys of all rows that conflict, and the first of these rows."""

    view: ConflictsView

    def __init__(
        self, view: ConflictsView, branch: str, shape: Shape, keys: Sequence[RowKey], first: Sequence[ConflictRow]
    ) -> None:
        super().__init__(view, branch)
        self.shape, self.keys, self.first = shape, keys, first
        self.room = ROOM
        """How many characters of a text have room in a column."""
        self.shown: Decided | None = None
        """The lines of the rows, under the plan for which they were made last."""

    def present(self, known: Known, frame: Frame) -> ConflictPages:
        return ConflictPages(self)

    @property
    def empty_text(self) -> str:
        return "No rows of this table conflict."

    def overlay(self, known: Known) -> Decided:
        self.shown = Decided(self.shape, self.view.plan(), len(self.keys), self.shown, self.room)
        return self.shown


class ConflictPages(FirstPageKnown):
    """The pages of the rows: their cursors are numbers of rows."""

    page_size = _PAGE
    backward = True

    def __init__(self, loaded: LoadedConflicts) -> None:
        self.loaded = loaded
        self.columns = grid_columns(loaded.shape)

    @property
    def whole(self) -> bool:
        return len(self.loaded.keys) <= len(self.loaded.first)

    def count(self) -> Count:
        return Count(len(self.loaded.keys), self.whole)  # how many lines these have is not known before they are read

    def fetch(self, request: Request) -> PageOf:
        total = len(self.loaded.keys)
        start, size = request.place(total)
        if request.before is not None:
            start, size = max(start, start + size - _PAGE), min(size, _PAGE)
        size = min(size, _PAGE)
        rows = self._page(start, size)
        found = tuple(base_row(row, start + at) for at, row in enumerate(rows))
        stop = start + len(found)
        return PageOf(found, start == 0, stop >= total, stop, start)

    def _page(self, start: int, size: int) -> Sequence[ConflictRow]:
        first, view = self.loaded.first, self.loaded.view
        if start + size <= len(first) or self.whole:
            return first[start : start + size]
        return view.rows.page(view.table, start, size)

    def match_of(self, position: int, line: object = None) -> Match:
        """How a grid gets to a row by its number, and to a line of it."""
        key = self.loaded.keys[position]
        keys = (line_key(key, line.column),) if isinstance(line, Line) else ()
        if not position:
            return Match(keys, index=0)
        extra = self.loaded.shown.extra if self.loaded.shown is not None else 0
        start = position + position * extra // len(self.loaded.keys)  # about where its first line is
        return Match(keys, request=Request(start, _PAGE, after=position))

    def find(self, text: str, row: Row | None, index: int, *, backward: bool) -> Match | None:
        """The next row with a line that contains the text. It reads row by row what is not held."""
        wanted, total = text.lower(), len(self.loaded.keys)
        here = row.value.position if row is not None and isinstance(row.value, Line) else None
        step = -1 if backward else 1
        at = here + step if here is not None else total - 1 if backward else 0
        shape, plan = self.loaded.shape, self.loaded.shown.plan if self.loaded.shown is not None else TablePlan()
        while 0 <= at < total:
            start = max(0, at - _PAGE + 1) if backward else at
            page = list(enumerate(self._page(start, min(_PAGE, total - start)), start))
            for position, conflict in reversed(page) if backward else page:
                if (backward and position > at) or (not backward and position < at) or not _may_hold(conflict, wanted):
                    continue
                for line in lines_of(shape, conflict, decision_of(plan, conflict), position):
                    if wanted in " ".join(map(plain, line.cells)).lower():
                        return self.match_of(position, line.value)
            at = start - 1 if backward else start + len(page)
        return None


def _may_hold(row: ConflictRow, wanted: str) -> bool:
    """Whether a line of a row may contain a text: to make lines of all rows takes ten times as long."""
    if row.kind is not ConflictKind.CHANGED:
        return True
    sides = [values for values in (row.base, row.ours, row.theirs) if values is not None]
    text = " ".join(str(value) for values in sides for value in values.values())
    return wanted in text.lower() or "{" in text or any(wanted in name.lower() for name in sides[0])


class RecordView(View):
    """A row that conflicts, with all of its columns."""

    table: str
    key: RowKey
    position: int
    commit: str
    shape: Shape = field(compare=False)
    rows: ConflictRows = field(compare=False)
    plan: Callable[[], TablePlan] = field(compare=False)
    called: str = field(compare=False, default="")
    """What the row is called, for people."""

    @property
    def title(self) -> str:
        return f"{self.table} {self.called}"

    def load(self, repository: Repository, branch: str) -> LoadedRecord:
        return LoadedRecord(self, branch, self.rows.row(self.table, self.key))


class LoadedRecord(Loaded):
    """The row."""

    view: RecordView

    def __init__(self, view: RecordView, branch: str, row: ConflictRow) -> None:
        super().__init__(view, branch)
        self.row = row

    def present(self, known: Known, frame: Frame) -> Listing:
        view = self.view
        decision = decision_of(view.plan(), self.row)
        rows = record_rows(view.shape, self.row, decision, view.position, frame.width)
        return Listing(rows, record_columns(frame.width), titles=True)

    @property
    def title(self) -> str:
        return f"{self.view.table} {key_text(self.view.shape, self.row)}"
