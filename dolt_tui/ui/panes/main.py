"""Pane 0: the main pane, which follows the selection and goes in and out like a stack."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.content import Content as TextualContent
from textual.widgets import Static

from dolt_tui.engine.model import BlameRow, Commit, RowChange, RowCounts, SchemaChange, TableChange
from dolt_tui.ui import commands
from dolt_tui.ui.main_view.sources import DiffSource, TableSource, source_of
from dolt_tui.ui.main_view.views import (
    CommitView,
    CompareView,
    Content,
    DiffView,
    TableView,
    View,
    revision_label,
    subtitle,
)
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.present.data_rows import is_old_line
from dolt_tui.ui.present.grid_rows import Column, Request, Row
from dolt_tui.ui.present.lists import commit_detail_rows, comparison_rows, now, stash_content_rows, wrap
from dolt_tui.ui.present.text import Style, cell, sanitise
from dolt_tui.ui.widgets.grid_place import Place

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository

LIST_COLUMNS = (
    Column("sign", separator=False),
    Column("name", shrink=True, max_width=80, separator=False),
    Column("counts", max_width=60, separator=False),
)
TEXT_COLUMNS = (Column("text", flex=True, separator=False),)


class MainPane(Pane):
    """What the selection is about: rows that differ, a commit, a branch, a table."""

    NUMBER, TITLE, KIND = "0", "Main pane", commands.MAIN
    HEADER = True

    def __init__(self) -> None:
        super().__init__()
        self.notes = Static(id="notes", markup=False)
        self.stack: list[tuple[View, Place]] = []
        """The views behind the one that is shown, each with where one stood in it."""
        self.view: View | None = None
        self.content: Content | None = None
        self.two_lines = False
        """Whether the old values of a changed row stand on a line of their own."""
        self._counts: RowCounts | None = None
        self._rows: int | None = None
        self._return_to: Place | None = None
        self._before: Content | None = None
        """What was shown when another view was asked for; its rows stay until the new ones come."""
        self._asked_at = 0.0
        """When that was, by time.monotonic()."""

    def compose(self) -> ComposeResult:
        yield self.notes
        yield self.grid

    def on_mount(self) -> None:
        self.notes.display = False

    def expect(self, view: View) -> None:
        """Another view was asked for: what is shown no longer belongs to the selection."""
        if view == self.view:
            return
        if self.content is not None:
            self._before, self._asked_at = self.content, time.monotonic()
        self.view = view
        self.content = self._return_to = None
        self._counts = self._rows = None
        self.set_title(view.title)
        self.set_footnote("")

    def blank(self) -> None:
        self.stack.clear()
        self.view = self.content = self._counts = self._rows = None
        self._return_to = self._before = None
        self.notes.display = False
        self.set_title()
        super().blank()

    def nothing(self, title: str, text: str) -> None:
        """There is nothing to show, and ``text`` says why."""
        self.blank()
        self.set_title(title)
        self._header(False)
        self.grid.clear(sanitise(text))

    def restore(self) -> View | None:
        """What was asked for was cancelled: be again about what is still shown; None where that is nothing."""
        if self.content is not None or self._before is None:
            return None
        self.content, self._before = self._before, None
        self.view = self.content.view
        self.set_title(self.view.title)
        self._show_notes(self.content)
        self.filtered()
        return self.view

    @property
    def rearranged(self) -> bool:
        """Whether what was asked for is what is still shown, through another filter or in another order."""
        view, before = self.view, self._before.view if self._before is not None else None
        if self.content is not None:
            return False
        if isinstance(view, DiffView) and isinstance(before, DiffView):
            return view.same_rows(before)
        if isinstance(view, TableView) and isinstance(before, TableView):
            return replace(view, query=None) == replace(before, query=None)
        return False

    def mark_old(self, after: float) -> None:
        """Say so where the rows that are shown belong to what was asked for before, ``after`` so many seconds."""
        before = self._before if self.content is None else None
        old = before is not None and time.monotonic() - self._asked_at >= after
        if old != self.has_class("old"):
            self.set_class(old, "old")
            if before is not None:
                self.set_footnote(f"still showing {before.view.title}" if old else "")

    def failed(self, text: str) -> None:
        """What was wanted could not be read, and ``text`` says why."""
        self.content = self._before = None
        self.set_footnote("")
        self._show_settings("")
        self._header(False)
        self.grid.clear(sanitise(text))

    def push(self, view: View) -> None:
        """Go into a view; `pop` comes back."""
        if self.view is not None and self.view != view:
            self.stack.append((self.view, self.grid.place))
        self.expect(view)

    def pop(self) -> View | None:
        """The view to come back to, or None at the bottom of the stack."""
        if not self.stack:
            return None
        view, return_to = self.stack.pop()
        self.expect(view)
        self._return_to = return_to
        return view

    def show(
        self, repository: Repository, content: Content, refs: list[tuple[str, Style]], total: int | None = None
    ) -> None:
        """Show what the engine answered for the view that is expected."""
        if content.view != self.view:
            return
        again = self.content is not None and self.content.view == content.view
        self.content, self._before = content, None
        # Both are told of the current branch, whichever one led there.
        whose = f" on {revision_label(content.branch)}" if content.history or content.blamed is not None else ""
        self.set_title(content.view.title + whose)
        self._show_notes(content)
        place, self._return_to = self._return_to, None
        keep = again or place is not None
        grid = self.grid
        if place is not None:
            grid.adopt_columns(place)
        if content.commit is not None:
            rows = commit_detail_rows(content.commit, refs, self.size.width - 3)
            self._list(rows, keep)
        elif content.stash is not None:
            self._list(stash_content_rows(content.stash), keep)
        elif content.comparison is not None and isinstance(content.view, CompareView):
            self._list(comparison_rows(content.comparison, content.view.name, content.view.base, now()), keep)
        elif content.schema is not None:
            lines = wrap(content.schema.ddl, max(20, self.size.width - 4))  # DoltLite writes it on one line
            self._list([Row(i, (cell(line),)) for i, line in enumerate(lines)], keep, columns=TEXT_COLUMNS)
        else:
            source = source_of(repository, content, now(), total, two_lines=self.two_lines)
            if source is None:
                note = content.diff.note if content.diff is not None else ""
                self._header(False)
                grid.clear(note or "No rows differ.")
            elif self._whole(content):
                page = source.fetch(Request(0, source.page_size))
                grid.empty_text = self._empty(content)
                self._header(True)
                grid.set_rows(page.rows, source.columns, keep=keep)
            elif again and isinstance(grid.source, type(source)):
                grid.replace(source)
            else:
                self._header(True)
                grid.show(source, place, keep=again)
        if place is not None and place.row is not None:
            grid.move_to_key(place.row.key)
        self.filtered()

    @staticmethod
    def _whole(content: Content) -> bool:
        page = content.diff or content.page
        return not (content.more if page is None else page.more)

    def _list(self, rows: list[Row], keep: bool, columns: tuple[Column, ...] = LIST_COLUMNS) -> None:
        self.grid.empty_text = ""
        self._header(False)
        self.grid.set_rows(rows, columns, keep=keep)

    @property
    def SEARCHED(self) -> bool:  # type: ignore[override]
        return self.grid.show_header

    def _header(self, shown: bool) -> None:
        """Show rows with titles above them, and a cursor that stands on a cell; or lines of a list."""
        self.grid.show_header = shown
        self.grid.cursor_kind = "cell" if shown else "row"

    @staticmethod
    def _empty(content: Content) -> str:
        if content.diff is not None:
            if isinstance(content.view, DiffView) and content.view.settings:
                return "No changes match."
            if content.schema_change is not None and content.schema_change.counter_only:
                return "Only the counter of AUTO_INCREMENT changed: no rows differ."
            if content.schema_change is None:
                return "No rows differ."
            if not (content.schema_change.old_ddl and content.schema_change.new_ddl):
                return "The table had no rows." if content.schema_change.old_ddl else "The table has no rows yet."
            return "Only the definition changed: no rows differ."
        if content.history is not None:
            return "No commit changed this row."
        return (
            "No rows match." if isinstance(content.view, TableView) and content.view.settings else "The table is empty."
        )

    def _show_notes(self, content: Content) -> None:
        # Where there are no columns there are no rows, and the note stands in their place.
        note = content.diff.note if content.diff is not None and content.diff.columns else ""
        self._show_settings("\n".join(filter(None, (_ddl(content), sanitise(note, one_line=False)))))

    def _show_settings(self, text: str) -> None:
        """Tell above the rows which of them are shown, below ``text``."""
        settings = self.view.settings if isinstance(self.view, TableView | DiffView) else ""
        if settings:
            query = self.view.query if isinstance(self.view, TableView) else None
            sorted_only = query is not None and not (query.conditions or query.where or query.contains)
            back = "esc restores the order" if sorted_only else "esc shows all rows again"
            text = "\n".join(filter(None, (text, sanitise(f"{settings}  ·  {back}"))))
        self.notes.display = bool(text)
        self.notes.update(TextualContent(text))

    def set_counts(self, counts: RowCounts | int | None) -> None:
        """The statistics of the diff, or the number of rows of the table, that is shown."""
        source = self.grid.source
        if isinstance(counts, int):
            self._rows = counts
            if isinstance(source, TableSource):
                source.total = counts
        else:
            self._counts = counts
            if isinstance(source, DiffSource):
                source.counts = counts
        self.grid.recount()
        self.filtered()

    @property
    def counts(self) -> RowCounts | int | None:
        """The statistics that were set."""
        return self._counts if self._counts is not None else self._rows

    def filtered(self) -> None:
        hidden = sum(column.key in self.grid.hidden for column in self.grid.columns)
        text = subtitle(self.content, self._counts, self._rows, hidden) if self.content is not None else ""
        self.set_footnote(text)

    def entered(self) -> View | None:
        """The view behind the row under the cursor: a table's rows where it is one of a list of tables."""
        row = self.grid.cursor_row
        if row is None or self.content is None:
            return None
        if isinstance(row.value, Commit) and isinstance(self.view, CompareView):
            return CommitView(row.value.hash)
        if isinstance(row.value, BlameRow):
            return CommitView(row.value.commit)
        if not isinstance(row.value, TableChange):
            return None
        if self.content.commit is not None and self.content.commit.commit.parents:
            commit = self.content.commit.commit
            return DiffView(row.value.table, commit.parents[0], commit.hash, change=row.value)
        if self.content.stash is not None:
            return DiffView(row.value.table, self.content.stash.base, self.content.stash.tip, change=row.value)
        if self.content.comparison is not None:
            comparison = self.content.comparison
            return DiffView(row.value.table, comparison.old, comparison.other, change=row.value)
        return None

    @property
    def row_key(self) -> tuple[tuple[str, object], ...] | None:
        """Names and values of the primary key of the row under the cursor; None where it has none."""
        row, content = self.grid.cursor_row, self.content
        if row is None or content is None:
            return None
        names: list[tuple[str, object]] = []
        if isinstance(row.value, RowChange) and content.diff is not None:
            values = row.value.new if row.value.new is not None else row.value.old
            assert values is not None
            keyed = enumerate(content.diff.columns)
            names = [(column.name, values[position]) for position, column in keyed if column.primary_key]
        elif content.page is not None and isinstance(row.value, tuple):
            names = [(content.page.columns[position].name, row.value[position]) for position in content.page.key]
        elif isinstance(row.value, BlameRow):
            names = [(c.name, v) for c, v in zip(content.blamed_key, row.value.key, strict=True)]
        return tuple(names) or None

    @property
    def column(self) -> int | None:
        """The position of the table's column under the cursor; None where it is not one of a table."""
        column = self.grid.cursor_column
        return int(column.key) if column is not None and column.key.isdecimal() else None

    @property
    def cell(self) -> tuple[str, object] | None:
        """Name and value of the cell under the cursor: of a change the newer one, unless the line is the older."""
        record, position, row = self.record, self.column, self.grid.cursor_row
        if record is None or position is None or row is None:
            return None
        columns, values, old = record
        if old is not None and is_old_line(row):
            values = old
        return columns[position][0], values[position]

    @property
    def record(self) -> tuple[list[tuple[str, str]], tuple[object, ...], tuple[object, ...] | None] | None:
        """The row under the cursor as a record: columns with their types, values, and the old values if they differ."""
        row = self.grid.cursor_row
        if row is None or self.content is None:
            return None
        if isinstance(row.value, RowChange) and self.content.diff is not None:
            columns = [(column.name, column.type) for column in self.content.diff.columns]
            values = row.value.new if row.value.new is not None else row.value.old
            assert values is not None
            return columns, values, row.value.old if row.value.new is not None else None
        if isinstance(row.value, RowChange) and self.content.history is not None:
            columns = [(column.name, column.type) for column in self.content.history.columns]
            values = row.value.new if row.value.new is not None else row.value.old
            assert values is not None
            return columns, values, row.value.old if row.value.new is not None else None
        if self.content.page is not None and isinstance(row.value, tuple):
            return [(column.name, column.type) for column in self.content.page.columns], row.value, None
        return None


def _ddl(content: Content) -> str:
    """What happened to the definition; a counter that moves with every insertion is told only where nothing else is."""
    change, diff = content.schema_change, content.diff
    if change is None or (change.counter_only and diff is not None and diff.rows):
        return ""
    return ddl_text(change)


def ddl_text(change: SchemaChange, most: int = 12) -> str:
    """What happened to a table's definition, as statements; cut after ``most`` lines."""
    lines = sanitise("\n".join(change.statements) or change.new_ddl, one_line=False).split("\n")
    if len(lines) > most:
        lines = [*lines[: most - 1], f"… {len(lines) - most + 1} more lines"]
    return "\n".join(lines)
