"""A query's result at two revisions: the rows that differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from dolt_tui.engine.model import ColumnInfo, DiffColumn, RowChange, SqlStyle
from dolt_tui.engine.transfer.requests import BothSides, Export, ResultExport
from dolt_tui.ui.main_view.view import (
    FirstPageKnown,
    Frame,
    Known,
    Loaded,
    Record,
    View,
    change_record,
    columns_changed,
    columns_said,
)
from dolt_tui.ui.present.data_rows import change_row, change_rows, diff_columns
from dolt_tui.ui.present.export import Copied, copied_changes
from dolt_tui.ui.present.grid_rows import PAGE_SIZE, Count, Match, PageOf, Request, Row
from dolt_tui.ui.present.lists import diff_counts_text
from dolt_tui.ui.present.text import sanitise
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.engine.console.query_diff import QueryDiff
    from dolt_tui.engine.repository import Repository

_FIRST_SECONDS = 0.3
"""So long it is waited for a full page, once there is something to show."""
_LONGEST = 40
"""Characters of a query in the title, which names the two revisions behind it."""


class QueryDiffView(View):
    """What differs in a query's result between two revisions; it is not run again to be shown again."""

    diff: QueryDiff
    query: str
    """The query, on one line, for people."""

    @property
    def title(self) -> str:
        plan = self.diff.plan
        query = self.query if len(self.query) <= _LONGEST else f"{self.query[: _LONGEST - 1]}…"
        return f"{query} · {plan.old.label} → {plan.new.label}"

    def load(self, repository: Repository, branch: str) -> LoadedQueryDiff:
        return LoadedQueryDiff(self, branch, self.diff.first(PAGE_SIZE, _FIRST_SECONDS))


class LoadedQueryDiff(Loaded):
    """The first rows that differ."""

    view: QueryDiffView

    def __init__(self, view: QueryDiffView, branch: str, first: tuple[RowChange, ...]) -> None:
        super().__init__(view, branch)
        self.diff, self.first = view.diff, first

    def present(self, known: Known, frame: Frame) -> QueryDiffPages | str:
        return QueryDiffPages(self, two_lines=frame.two_lines)

    @property
    def notes(self) -> str:
        diff = self.diff
        names = [diff.columns[at].name for at in diff.key]
        said = f"Rows are paired by {', '.join(names)}." if names else "The query gives one row."
        if len(names) == len(diff.columns):
            said = "Rows are paired as a whole: a changed one is removed and added."
        parts = [said]
        plan = diff.plan
        parts += [f"Only {plan.new.label} has {one.name}." for one in diff.columns if not one.in_old]
        parts += [f"Only {plan.old.label} has {one.name}." for one in diff.columns if not one.in_new]
        if diff.repeated:
            keys = plural(diff.repeated, "key")
            parts.append(f"Several rows have the same key ({keys}): they are compared as multisets.")
        if diff.cut_short:
            parts.append(diff.cut_short)
        return sanitise(" ".join(parts))

    @property
    def empty_text(self) -> str:
        return "No rows differ."

    def subtitle(self, hidden: int) -> str:
        counts = self.diff.counts
        rows = [number for number in (counts.old_rows, counts.new_rows) if number is not None]
        text = diff_counts_text(counts, max(rows) if rows else None)
        columns = columns_said(len(self.diff.columns), hidden)
        return " · ".join(filter(None, (text if self.diff.complete else f"{text} so far", columns)))

    @property
    def changed(self) -> frozenset[int]:
        return columns_changed(self.first, self.diff.columns)

    def load_counts(self, repository: Repository) -> LoadedQueryDiff | None:
        if self.diff.complete:
            return None
        self.diff.read_all()
        return LoadedQueryDiff(self.view, self.branch, self.first)

    def record(self, row: Row) -> Record | None:
        return change_record(row.value, self.diff.columns) if isinstance(row.value, RowChange) else None

    @property
    def export(self) -> Export:
        return ResultExport(BothSides(self.diff), "result")

    @property
    def table(self) -> str:
        return "result"

    @property
    def columns(self) -> Sequence[DiffColumn]:
        return self.diff.columns

    def copied(self, rows: Iterable[Row], style: SqlStyle) -> Copied:
        return copied_changes(self.table, self.diff.columns, rows, style)

    def definition(self, repository: Repository) -> Sequence[ColumnInfo]:
        return [ColumnInfo(column.name, column.type) for column in self.diff.columns]


class QueryDiffPages(FirstPageKnown):
    """The pages of what differs: by number."""

    backward = True

    def __init__(self, loaded: LoadedQueryDiff, *, two_lines: bool = False) -> None:
        """``two_lines`` shows the old values of a row above the new ones."""
        self._diff, self._first, self._two_lines = loaded.diff, loaded.first, two_lines
        self.columns = diff_columns(loaded.diff.columns, loaded.first)
        self.offsets = not two_lines

    @property
    def whole(self) -> bool:
        return self._diff.complete and self._diff.known <= len(self._first)

    def count(self) -> Count | None:
        counts = self._diff.counts
        return Count(counts.total + counts.modified * self._two_lines, self._diff.complete)

    def _rows(self, changes: Sequence[RowChange], start: int) -> list[Row]:
        columns = self._diff.columns
        if not self._two_lines:
            return [change_row(change, columns, start + at) for at, change in enumerate(changes)]
        return [row for at, change in enumerate(changes) for row in change_rows(change, columns, start + at)]

    def fetch(self, request: Request) -> PageOf:
        diff = self._diff
        if request.from_end:
            diff.read_all()
        start, size = request.place(diff.known)
        ready = start == 0 and self._first and request.after is None and request.before is None
        found = self._first if ready and not request.from_end else diff.page(start, size)
        end = start + len(found)
        last = diff.complete and end >= diff.known
        self.changed |= columns_changed(found)
        return PageOf(tuple(self._rows(found, start)), start == 0, last, end, start)

    def find(self, text: str, row: Row | None, index: int, *, backward: bool) -> Match | None:
        diff = self._diff
        if row is not None:
            start = index - 1 if backward else index + 1
        elif backward:
            diff.read_all()
            start = diff.known - 1
        else:
            start = 0
        at = diff.find(text, start, backward) if start >= 0 else None
        if at is None:
            return None
        (change,) = diff.page(at, 1)
        return Match((change_row(change, diff.columns, at).key,), index=at, request=Request(at, self.page_size))
