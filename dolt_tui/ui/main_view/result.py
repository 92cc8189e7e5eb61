"""The rows that a statement of the console returned."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from dolt_tui.engine.browsing.column_conditions import same_value
from dolt_tui.engine.model import ColumnInfo, Page, SqlStyle, Value
from dolt_tui.engine.transfer.requests import Export, ResultExport
from dolt_tui.ui.main_view.view import FirstPageKnown, Frame, Known, Loaded, ReadCell, Record, View
from dolt_tui.ui.present.data_rows import page_columns, page_rows, sort_sign
from dolt_tui.ui.present.export import Copied, with_columns
from dolt_tui.ui.present.grid_rows import PAGE_SIZE, Count, Match, PageOf, Request, Row
from dolt_tui.words import count, plural

if TYPE_CHECKING:
    from dolt_tui.engine.console.row_choice import HasValue
    from dolt_tui.engine.repository import Repository


class Results(Protocol):
    """Rows that are read on as they are wanted; its methods block."""

    @property
    def columns(self) -> Sequence[ColumnInfo]: ...

    @property
    def known(self) -> int:
        """How many rows have been read so far."""

    @property
    def complete(self) -> bool:
        """Whether those are all."""

    def page(self, start: int, size: int) -> Sequence[tuple[Value, ...]]:
        """The rows from ``start`` on, fewer than ``size`` only at the end."""

    @property
    def cut_short(self) -> str:
        """Why rows are missing at the end, as a sentence; empty where none are."""

    def sorted(self, column: int, *, descending: bool = False) -> Results:
        """The same rows in the order of a column."""

    def having(self, tests: Sequence[HasValue]) -> Results:
        """Those of the same rows that pass all tests."""

    def find(self, text: str, start: int = 0, *, backward: bool = False) -> int | None:
        """The first row from ``start`` on, or the last one before it, that contains ``text``."""

    def read_all(self, progress: Callable[[int], None] | None = None) -> None:
        """Read on to the end."""


class ResultView(View):
    """What a statement returned: it is not run again for it to be shown again."""

    result: Results
    """The rows as they came."""
    statement: str
    """The statement, on one line, for people."""
    note: str = ""
    """How long it took, where and when it was run, for people."""
    source: str = ""
    """The table that the rows are of, as far as known."""
    text: str = ""
    """The statement as it was written."""
    at: str = ""
    """The revision at which it was run, where that is not the branch shown."""
    sort: int | None = None
    """The position of the column that they are sorted by."""
    descending: bool = False
    tests: tuple[HasValue, ...] = ()
    """What the rows have to have that are shown: it is not asked for again, they are looked through."""

    @property
    def title(self) -> str:
        return f"at {self.at}: {self.statement}" if self.at else self.statement

    @property
    def settings(self) -> str:
        columns, sign = self.result.columns, sort_sign(self.descending)
        parts = [f"sorted by {columns[self.sort].name} {sign}"] if self.sort is not None else []
        conditions = [
            str(same_value(columns[one.column], one.value, SqlStyle.SQLITE, other=one.other)) for one in self.tests
        ]
        return " · ".join([*parts, *([f"filter: {' and '.join(conditions)}"] if conditions else [])])

    @property
    def way_back(self) -> str:
        if not self.tests:
            return "esc: original order"
        return "esc clears it" if self.sort is None else "esc clears both"

    @property
    def unsorted(self) -> ResultView:
        """The same in the order in which the rows came."""
        return replace(self, sort=None, descending=False)

    @property
    def whole(self) -> ResultView:
        """All rows, in that order."""
        return replace(self.unsorted, tests=())

    def sorted_by(self, column: int) -> ResultView:
        """The same by a column; the other way round where it is sorted by that already."""
        return replace(self, sort=column, descending=column == self.sort and not self.descending)

    def same_rows(self, other: View) -> bool:
        return isinstance(other, ResultView) and other.result is self.result

    def load(self, repository: Repository, branch: str) -> LoadedResult:
        result = self.result if self.sort is None else self.result.sorted(self.sort, descending=self.descending)
        result = result.having(self.tests) if self.tests else result
        return LoadedResult(self, branch, result, tuple(result.page(0, PAGE_SIZE)))


class LoadedResult(Loaded):
    """The first page of what a statement returned."""

    view: ResultView

    def __init__(self, view: ResultView, branch: str, result: Results, first: tuple[tuple[Value, ...], ...]) -> None:
        """``result`` is in the order in which it is shown."""
        super().__init__(view, branch)
        self.result, self.first = result, first

    def present(self, known: Known, frame: Frame) -> ResultPages | str:
        return ResultPages(self)

    @property
    def empty_text(self) -> str:
        return "No rows match." if self.view.tests else "No rows."

    def subtitle(self, hidden: int) -> str:
        return " · ".join(filter(None, (self.counted(), self.view.note, self.result.cut_short)))

    def counted(self) -> str:
        """How many rows there are, as far as known."""
        result = self.result
        if self.view.tests:
            return f"{count(result.known)} of {plural(self.view.result.known, 'row')}"
        return plural(result.known, "row") if result.complete else f"{count(result.known)} rows so far"

    def record(self, row: Row) -> Record | None:
        if not isinstance(row.value, tuple):
            return None
        return Record([(column.name, column.type) for column in self.columns], row.value)

    def read_cell(self, row: Row, position: int, *, old: bool) -> ReadCell | None:
        return ReadCell(self.columns[position], row.value[position]) if isinstance(row.value, tuple) else None

    @property
    def export(self) -> Export:
        return ResultExport(self.result, self.table)

    @property
    def table(self) -> str:
        return self.view.source or "result"

    @property
    def columns(self) -> Sequence[ColumnInfo]:
        return self.result.columns

    def copied(self, rows: Iterable[Row], style: SqlStyle) -> Copied:
        values = tuple(row.value if isinstance(row.value, tuple) else () for row in rows)
        titles = tuple(column.name for column in self.columns)
        return with_columns(Copied(self.table, titles, values, style), self.columns)

    def definition(self, repository: Repository) -> Sequence[ColumnInfo]:
        return self.columns


class ResultPages(FirstPageKnown):
    """The pages of what a statement returned: by number."""

    backward = offsets = True

    def __init__(self, loaded: LoadedResult) -> None:
        self._loaded = loaded
        view = loaded.view
        order = {view.sort: sort_sign(view.descending)} if view.sort is not None else {}
        self.columns = page_columns(self._page(loaded.first), order)

    def _page(self, rows: tuple[tuple[Value, ...], ...]) -> Page:
        return Page(tuple(self._loaded.columns), rows, more=False)

    @property
    def whole(self) -> bool:
        result = self._loaded.result
        return result.complete and result.known <= len(self._loaded.first)

    def count(self) -> Count | None:
        result = self._loaded.result
        return Count(result.known, result.complete)

    def fetch(self, request: Request) -> PageOf:
        result = self._loaded.result
        if request.from_end:
            result.read_all()
        start, size = request.place(result.known)
        first = self._loaded.first
        found = first[:size] if start == 0 and size <= len(first) else tuple(result.page(start, size))
        end = start + len(found)
        rows = tuple(page_rows(self._page(found), start))
        last = len(found) < size or (result.complete and end >= result.known)
        return PageOf(rows, start == 0, last, end, start)

    def find(self, text: str, row: Row | None, index: int, *, backward: bool) -> Match | None:
        result = self._loaded.result
        if row is not None:
            start = index if backward else index + 1
        elif backward:
            result.read_all()
            start = result.known
        else:
            start = 0
        at = result.find(text, start, backward=backward)
        return None if at is None else Match((at,), index=at, request=Request(at, self.page_size))
