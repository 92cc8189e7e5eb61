"""The rows of a table that differ between two revisions."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING

from dolt_tui.engine.browsing.query import ALL_CHANGES, DiffFilter, DiffQuery
from dolt_tui.engine.errors import NotAskedAgain, RowsNotPaired
from dolt_tui.engine.model import (
    HEAD,
    STAGED,
    WORKING,
    ChangeKind,
    ColumnInfo,
    DiffColumn,
    DiffPage,
    Position,
    RowChange,
    RowCounts,
    SchemaChange,
    SqlStyle,
    TableChange,
    Value,
)
from dolt_tui.engine.transfer.requests import DiffExport, Export
from dolt_tui.ui.main_view.pages import KeyedPages
from dolt_tui.ui.main_view.row_in_diff import find_in, locate
from dolt_tui.ui.main_view.view import (
    Frame,
    Known,
    Loaded,
    ReadCell,
    Record,
    RowKey,
    View,
    change_record,
    columns_changed,
    columns_said,
    defined,
    revision_label,
)
from dolt_tui.ui.present.data_rows import change_row, change_rows, diff_columns, is_old_line
from dolt_tui.ui.present.draft_rows import DiffOverlay
from dolt_tui.ui.present.export import Copied, copied_changes
from dolt_tui.ui.present.grid_rows import PAGE_SIZE, Count, Match, Overlay, PageOf, Request, Row
from dolt_tui.ui.present.lists import diff_counts_text
from dolt_tui.ui.present.text import sanitise
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository

COUNTED_MOST = 100_000
"""Changes that are counted at most where a filter has to be asked about each of them."""


class DiffView(View):
    """The rows of a table that differ between two revisions."""

    table: str
    old: str
    new: str
    filter: DiffFilter = ALL_CHANGES
    plain: bool = field(default=False, compare=False)
    """Whether the reflected ``dolt_diff_<table>`` is true for it."""
    change: TableChange | None = field(default=None, compare=False)
    between: str = field(default="", compare=False)
    """What the two revisions are called, as ``main...feature``, where one came by names; empty: by their hashes."""
    newer: str = field(default="", compare=False)
    """What the newer one is called."""
    row: RowKey = field(default=(), compare=False)
    """The row that the cursor begins on; empty: the first one."""

    @property
    def title(self) -> str:
        return f"{self.table} · {self.between or f'{revision_label(self.old)} → {revision_label(self.new)}'}"

    @property
    def revision_shown(self) -> tuple[str, str]:
        if self.new in (WORKING, STAGED, HEAD):
            return "", ""
        return self.new, self.newer or revision_label(self.new)

    @property
    def about(self) -> str:
        return self.table

    @property
    def settings(self) -> str:
        wanted = self.filter
        parts = [" or ".join(sorted(wanted.kinds)), f"{wanted.column} changed" if wanted.column else ""]
        found = " and ".join(filter(None, (*parts, *map(str, wanted.conditions), wanted.where)))
        return f"filter: {found}" if found else ""

    @property
    def unfiltered(self) -> DiffView:
        """All rows that differ."""
        return replace(self, filter=ALL_CHANGES)

    def same_rows(self, other: View) -> bool:
        return isinstance(other, DiffView) and (self.table, self.old, self.new) == (other.table, other.old, other.new)

    def as_before(self, shown: View) -> View:
        if not isinstance(shown, DiffView) or not self.same_rows(shown):
            return self
        return replace(self, filter=shown.filter)

    @property
    def query(self) -> DiffQuery:
        """What to ask for."""
        return DiffQuery(self.table, self.old, self.new, self.filter, self.plain)

    def load(self, repository: Repository, branch: str) -> LoadedDiff:
        page = repository.diffs.page(branch, self.query, PAGE_SIZE)
        loaded = LoadedDiff(self, branch, page, repository.diffs.schema(branch, self.table, self.old, self.new))
        loaded.row_at = locate(repository, branch, self.query, page, self.row) if self.row else None
        return loaded


class LoadedDiff(Loaded):
    """The first rows that differ, and what happened to the table's definition."""

    view: DiffView
    row_at: Match | None = None
    """How to get to the row that the cursor begins on, where it is not among the first."""

    def __init__(
        self,
        view: DiffView,
        branch: str,
        page: DiffPage,
        schema: SchemaChange | None,
        counts: RowCounts | int | str | None = None,
    ) -> None:
        """``counts``: the statistics; with a filter the number of changes that it lets through, at most
        ``COUNTED_MOST`` and one; or a text that says why nothing was counted."""
        super().__init__(view, branch)
        self.page, self.schema, self.counts = page, schema, counts

    def present(self, known: Known, frame: Frame) -> DiffPages | str:
        if not self.page.columns:
            return self.page.note or "No rows differ."
        return DiffPages(known.repository, self, two_lines=frame.two_lines)

    @property
    def notes(self) -> str:
        schema = self.schema
        # A counter that moves with every insertion is told only where nothing else is.
        untold = schema is None or (schema.counter_only and self.page.rows)
        ddl = "" if schema is None or untold else ddl_text(schema)
        # Where there are no columns there are no rows, and the note is in their place.
        note = sanitise(self.page.note, one_line=False) if self.page.columns else ""
        return "\n".join(filter(None, (ddl, note)))

    @property
    def empty_text(self) -> str:
        schema = self.schema
        if self.view.settings:
            return "No changes match."
        if schema is None:
            return "No rows differ."
        if schema.counter_only:
            return "Only the counter of AUTO_INCREMENT changed: no rows differ."
        if not (schema.old_ddl and schema.new_ddl):
            return "The table had no rows." if schema.old_ddl else "The table has no rows yet."
        return "Only the definition changed: no rows differ."

    @property
    def changed(self) -> frozenset[int]:
        return columns_changed(self.page.rows, self.page.columns)

    @property
    def begins_on(self) -> Hashable | None:
        at = find_in(self.page, self.view.row)
        return None if at is None else change_row(self.page.rows[at], self.page.columns, at).key

    @property
    def begins_at(self) -> Match | None:
        return self.row_at

    def subtitle(self, hidden: int) -> str:
        return " · ".join(filter(None, (self._counted, columns_said(len(self.page.columns), hidden))))

    @property
    def _counted(self) -> str:
        """How many rows differ, as far as that is known."""
        counts = self.counts
        if isinstance(counts, int):
            return f"more than {plural(COUNTED_MOST, 'change')}" if counts > COUNTED_MOST else plural(counts, "change")
        if isinstance(counts, RowCounts):
            known = [number for number in (counts.old_rows, counts.new_rows) if number is not None]
            return diff_counts_text(counts, max(known) if known else None)
        return counts or ""

    @property
    def export(self) -> Export:
        return DiffExport(self.view.query)

    def load_counts(self, repository: Repository) -> LoadedDiff:
        return LoadedDiff(self.view, self.branch, self.page, self.schema, self._counts(repository))

    def _counts(self, repository: Repository) -> RowCounts | int | str | None:
        view = self.view
        if view.settings and not self.page.more:
            return len(self.page.rows)
        if view.settings:
            return repository.diffs.count(self.branch, view.query, COUNTED_MOST + 1)
        try:
            return repository.diffs.statistics(self.branch, view.table, view.old, view.new)
        except RowsNotPaired:
            return None  # the note in the pane says so
        except NotAskedAgain as error:
            return f"? {error.message}"

    def row_key(self, row: Row) -> RowKey | None:
        record = self.record(row)
        if record is None:
            return None
        keyed = zip(self.page.columns, record.values, strict=True)
        return tuple((column.name, value) for column, value in keyed if column.primary_key) or None

    def record(self, row: Row) -> Record | None:
        if not isinstance(row.value, RowChange):
            return None
        return change_record(row.value, self.page.columns)

    def read_cell(self, row: Row, position: int, *, old: bool) -> ReadCell | None:
        change = (row.base or row).value
        if not isinstance(change, RowChange):
            return None
        column = self.page.columns[position]
        new = change.new if column.in_new else None
        before = change.old if column.in_old else None
        if new is None or (old and before is not None):
            return ReadCell(column, before[position], "from_") if before is not None else None
        return ReadCell(column, new[position], "to_")

    def at(self, row: Row) -> str | None:
        change = (row.base or row).value
        gone = isinstance(change, RowChange) and change.new is None
        revision = self.view.old if gone or is_old_line(row) else self.view.new
        return None if revision in (WORKING, STAGED) else revision  # no table can be read as it is staged

    def before(self, row: Row) -> str | None:
        return self.view.old

    @property
    def has_keys(self) -> bool:
        return True

    def drafted(self, known: Known) -> bool:
        return self.view.new == WORKING and bool(known.row_draft.of(self.view.table))

    def overlay(self, known: Known) -> Overlay | None:
        if not self.drafted(known):
            return None
        table, draft = self.view.table, known.row_draft
        return DiffOverlay(self.page.columns, draft.of(table), draft.wrong(table))

    def shown_row(self, row: Row) -> tuple[tuple[str, Value], ...] | None:
        change = (row.base or row).value
        if self.view.new != WORKING or not isinstance(change, RowChange) or change.new is None:
            return None
        named = zip(self.page.columns, change.new, strict=True)
        return tuple((column.name, value) for column, value in named if column.in_new)

    @property
    def table(self) -> str:
        return self.view.table

    @property
    def columns(self) -> Sequence[DiffColumn]:
        return self.page.columns

    def copied(self, rows: Iterable[Row], style: SqlStyle) -> Copied:
        return copied_changes(self.table, self.page.columns, rows, style)

    def definition(self, repository: Repository) -> Sequence[ColumnInfo]:
        # As it is after the changes, or else before.
        return defined(repository, self.branch, self.table, (self.view.new, self.view.old, HEAD))


def ddl_text(change: SchemaChange, most: int = 12) -> str:
    """What happened to a table's definition, as statements; cut after ``most`` lines."""
    lines = sanitise("\n".join(change.statements) or change.new_ddl, one_line=False).split("\n")
    if len(lines) > most:
        lines = [*lines[: most - 1], f"… {len(lines) - most + 1} more lines"]
    return "\n".join(lines)


class DiffPages(KeyedPages[DiffPage]):
    """The pages of a diff."""

    def __init__(self, repository: Repository, loaded: LoadedDiff, *, two_lines: bool = False) -> None:
        """``two_lines`` shows the old values of a row above the new ones."""
        super().__init__(loaded.page)
        self._repository, self._branch, self._view = repository, loaded.branch, loaded.view
        self._two_lines = two_lines
        self._counts = loaded.counts
        self.columns = diff_columns(loaded.page.columns, loaded.page.rows)
        self.offsets = self.offsets and not two_lines

    def count(self) -> Count | None:
        if self.whole:
            changes = self.first.rows
            pairs = sum(change.kind is ChangeKind.MODIFIED for change in changes)
            return Count(len(changes) + pairs * self._two_lines, True)
        if not isinstance(self._counts, RowCounts):
            return None
        return Count(self._counts.total + self._counts.modified * self._two_lines, True)

    def counted(self, loaded: Loaded) -> None:
        if isinstance(loaded, LoadedDiff):
            self._counts = loaded.counts

    def read(self, size: int, position: Position) -> DiffPage:
        return self._repository.diffs.page(self._branch, self._view.query, size, position)

    def fetch(self, request: Request) -> PageOf:
        page = super().fetch(request)
        self.changed |= columns_changed(row.value for row in page.rows if isinstance(row.value, RowChange))
        return page

    def rows(self, page: DiffPage, start: int) -> list[Row]:
        if not self._two_lines:
            return [change_row(change, page.columns, start + at) for at, change in enumerate(page.rows)]
        return [row for at, change in enumerate(page.rows) for row in change_rows(change, page.columns, start + at)]

    def find(self, text: str, row: Row | None, index: int, *, backward: bool) -> Match | None:
        position = self.beyond(row, index, backward=backward)
        found = self._repository.diffs.find(self._branch, self._view.query, text, position)
        return self.match(found, tuple(ChangeKind))
