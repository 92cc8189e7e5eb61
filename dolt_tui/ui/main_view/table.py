"""The rows of a table, in a filter's choice and in an order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING

from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.model import ColumnInfo, Page, Position, SqlStyle, Value
from dolt_tui.engine.transfer.requests import Export, TableExport
from dolt_tui.ui.main_view.pages import KeyedPages
from dolt_tui.ui.main_view.view import (
    Frame,
    Known,
    Loaded,
    ReadCell,
    Record,
    RowKey,
    Seen,
    View,
    columns_said,
    revision_label,
)
from dolt_tui.ui.present.data_rows import page_columns, page_rows, sort_sign
from dolt_tui.ui.present.draft_rows import DraftedRow, TableOverlay
from dolt_tui.ui.present.export import Copied, with_columns
from dolt_tui.ui.present.grid_rows import PAGE_SIZE, Count, Match, Overlay, Row
from dolt_tui.words import count, plural

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository


class TableView(View):
    """The rows of a table."""

    table: str
    query: Query | None = None
    """The rows that are wanted and their order, where that is not all of them by the key."""
    revision: str | None = None
    """A commit; None: the working set."""
    called: str = field(default="", compare=False)
    """What that commit is called, where one came by a name."""

    @property
    def title(self) -> str:
        _, called = self.revision_shown
        return f"{self.table} · rows{f' at {called}' if called else ''}"

    @property
    def about(self) -> str:
        return self.table

    @property
    def revision_shown(self) -> tuple[str, str]:
        if self.revision is None:
            return "", ""
        return self.revision, self.called or revision_label(self.revision)

    @property
    def wanted(self) -> Query:
        """What to ask for."""
        return self.query or Query(self.table, self.revision)

    @property
    def settings(self) -> str:
        query = self.query
        if query is None:
            return ""
        parts = [f"sorted by {query.sort} {sort_sign(query.descending)}"] if query.sort is not None else []
        conditions = [*map(str, query.conditions), query.where, f"contains {query.contains}" if query.contains else ""]
        found = " and ".join(filter(None, conditions))
        return " · ".join([*parts, *([f"filter: {found}"] if found else [])])

    @property
    def is_filtered(self) -> bool:
        """Whether some rows may be left out."""
        query = self.query
        return query is not None and bool(query.conditions or query.where or query.contains)

    @property
    def way_back(self) -> str:
        sorted_ = self.query is not None and self.query.sort is not None
        if self.is_filtered:
            return "esc clears both" if sorted_ else "esc clears it"
        return "esc: original order"

    def same_rows(self, other: View) -> bool:
        return isinstance(other, TableView) and replace(self, query=None) == replace(other, query=None)

    def load(self, repository: Repository, branch: str) -> LoadedTable:
        return LoadedTable(self, branch, repository.rows.page(branch, self.wanted, PAGE_SIZE))


class LoadedTable(Loaded):
    """The first page of a table's rows."""

    view: TableView

    def __init__(self, view: TableView, branch: str, page: Page, number: int | None = None) -> None:
        """``number`` is how many rows there are, where they are counted."""
        super().__init__(view, branch)
        self.page, self.number = page, number
        self._overlay: TableOverlay | None = None

    def present(self, known: Known, frame: Frame) -> TablePages:
        number = known.rows_of(self.view.table) if self.number is None and self.view.query is None else self.number
        return TablePages(known.repository, self, number)

    @property
    def empty_text(self) -> str:
        return "No rows match." if self.view.settings else "The table is empty."

    def foot(self, known: Known, seen: Seen) -> str:
        """How many rows a filter lets through of how many, where both are known."""
        number, view = self.number, self.view
        total = known.rows_of(view.table) if view.is_filtered and view.revision is None else None
        if number is None or total is None or total < number:
            return self.subtitle(seen.hidden)
        return f"{count(number)} of {plural(total, 'row')} · {self._columns(seen.hidden)}"

    def subtitle(self, hidden: int) -> str:
        rows = "" if self.number is None else plural(self.number, "row")
        return " · ".join(filter(None, (rows, self._columns(hidden))))

    def _columns(self, hidden: int) -> str:
        number = len(self.page.columns)
        return columns_said(number, hidden) or plural(number, "column")

    def load_counts(self, repository: Repository) -> LoadedTable:
        page = self.page
        number = repository.rows.count(self.branch, self.view.wanted) if page.more else len(page.rows)
        return LoadedTable(self.view, self.branch, page, number)

    def row_key(self, row: Row) -> RowKey | None:
        values = _read(row)
        return tuple((self.page.columns[at].name, values[at]) for at in self.page.key) or None if values else None

    def record(self, row: Row) -> Record | None:
        if not isinstance(row.value, tuple):
            return None
        old = _read(row) if isinstance(row.value, DraftedRow) else None
        named = [(column.name, column.type) for column in self.page.columns]
        return Record(named, tuple(row.value), old, key=frozenset(self.page.key))

    def at(self, row: Row) -> str | None:
        return self.view.revision

    @property
    def has_keys(self) -> bool:
        return True

    def read_cell(self, row: Row, position: int, *, old: bool) -> ReadCell | None:
        values = _read(row)
        return None if values is None else ReadCell(self.page.columns[position], values[position])

    def drafted(self, known: Known) -> bool:
        return self.view.revision is None and bool(known.row_draft.of(self.view.table))

    def overlay(self, known: Known) -> Overlay | None:
        if not self.drafted(known):
            return None
        draft = known.row_draft
        edits, wrong, after = draft.of(self.view.table), draft.wrong(self.view.table), draft.after
        if self.view.is_filtered:
            # The row that one was added at may be filtered out: then it stands behind all.
            here = {row.key for row in page_rows(self.page, 0)} if after else set()
            after = {new: at for new, at in after.items() if at in here}
        self._overlay = TableOverlay(self.page.columns, edits, after, wrong, self._overlay)
        return self._overlay

    def shown_row(self, row: Row) -> tuple[tuple[str, Value], ...] | None:
        values = _read(row) if self.page.key and self.view.revision is None else None
        return None if values is None else tuple((c.name, v) for c, v in zip(self.page.columns, values, strict=True))

    @property
    def export(self) -> Export:
        return TableExport(self.view.wanted)

    @property
    def table(self) -> str:
        return self.view.table

    @property
    def columns(self) -> Sequence[ColumnInfo]:
        return self.page.columns

    def copied(self, rows: Iterable[Row], style: SqlStyle) -> Copied:
        values = tuple(row.value if isinstance(row.value, tuple) else () for row in rows)
        titles = tuple(column.name for column in self.page.columns)
        return with_columns(Copied(self.table, titles, values, style), self.page.columns)

    def definition(self, repository: Repository) -> Sequence[ColumnInfo]:
        return self.page.columns


def _read(row: Row) -> tuple[Value, ...] | None:
    """The values of a row as they were read; None for one that was not."""
    found = (row.base or row).value if not row.extra else None
    return found if isinstance(found, tuple) else None


class TablePages(KeyedPages[Page]):
    """The pages of a table's rows."""

    def __init__(self, repository: Repository, loaded: LoadedTable, number: int | None) -> None:
        """``number`` is how many rows there are, as far as known."""
        super().__init__(loaded.page)
        self._repository, self._branch, self._query = repository, loaded.branch, loaded.view.wanted
        query, sign = self._query, sort_sign(self._query.descending)
        order = {at: sign for at, one in enumerate(loaded.page.columns) if one.name == query.sort}
        self.columns = page_columns(loaded.page, order)
        self._number = number

    def count(self) -> Count | None:
        if self.whole:
            return Count(len(self.first.rows), True)
        return None if self._number is None else Count(self._number, True)

    def counted(self, loaded: Loaded) -> None:
        if isinstance(loaded, LoadedTable):
            self._number = loaded.number

    def read(self, size: int, position: Position) -> Page:
        return self._repository.rows.page(self._branch, self._query, size, position)

    def rows(self, page: Page, start: int) -> list[Row]:
        return page_rows(page, start)

    def find(self, text: str, row: Row | None, index: int, *, backward: bool) -> Match | None:
        position = self.beyond(row, index, backward=backward)
        return self.match(self._repository.rows.find(self._branch, self._query, text, position))
