"""Pane 3: the commit log with its graph, by pages of ancestry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from textual import on

from dolt_tui.engine.model import Commit, LogFilter, LogPage
from dolt_tui.ui import commands
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.present.grid_rows import Column, Count, Match, PageOf, Request, Row, Source
from dolt_tui.ui.present.lists import LOG_COLUMNS, commit_row, now
from dolt_tui.ui.present.text import Style, cell, count, plural
from dolt_tui.ui.widgets.graph import Graph, State
from dolt_tui.ui.widgets.grid import Grid

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository

LOG_PAGE = 100


class LogSource:
    """The log from a commit on; the first page is there already."""

    page_size = LOG_PAGE
    backward = False
    offsets = False
    columns: Sequence[Column] = LOG_COLUMNS

    def __init__(
        self,
        repository: Repository,
        branch: str,
        first: LogPage,
        refs: Mapping[str, Sequence[tuple[str, Style]]],
        without: str = "",
    ) -> None:
        """``without`` leaves out the commits that this one has too."""
        self._repository, self._branch, self._without = repository, branch, without
        self._first, self.refs = first, refs
        self.total: int | None = None if first.frontier else len(first.commits)

    def count(self) -> Count | None:
        return None if self.total is None else Count(self.total, True)

    def fetch(self, request: Request) -> PageOf:
        history = self._repository.history
        commits: tuple[Commit, ...] = ()
        if request.after is None:
            page, start, graph = self._first, 0, Graph()
            if page.frontier and request.size > len(page.commits):  # whoever comes back wants to stand where he stood
                commits, rest = page.commits, request.size - len(page.commits)
                page = history.page(self._branch, page.frontier, rest, without=self._without)
        else:
            start, frontier, state = cast("tuple[int, tuple[str, ...], State]", request.after)
            page, graph = history.page(self._branch, frontier, request.size, without=self._without), Graph(state)
        commits += page.commits
        lines = graph.extend((commit.hash, commit.parents) for commit in commits)
        moment = now()
        rows = tuple(
            commit_row(commit, line, self.refs.get(commit.hash, ()), self._branch, moment)
            for commit, line in zip(commits, lines, strict=True)
        )
        end = start + len(rows)
        more = bool(page.frontier)
        return PageOf(rows, start == 0, not more, (end, page.frontier, graph.state) if more else None)

    def find(self, text: str, row: Row | None, index: int, *, backward: bool) -> Match | None:
        if not self._first.commits:
            return None
        tip = self._first.commits[0].hash
        start = f"{self._without}..{tip}" if self._without else tip
        return _found(self._repository, self._branch, start, LogFilter(), text, index if row else None, backward)


class FoundSource:
    """The commits that a filter lets through; the first page is there already."""

    page_size = LOG_PAGE
    backward = False
    offsets = False
    columns: Sequence[Column] = LOG_COLUMNS

    def __init__(
        self,
        repository: Repository,
        branch: str,
        head: str,
        wanted: LogFilter,
        first: tuple[Commit, ...],
        more: bool,
        refs: Mapping[str, Sequence[tuple[str, Style]]],
    ) -> None:
        self._repository, self._branch, self._head, self._wanted = repository, branch, head, wanted
        self._first, self._more, self.refs = first, more, refs
        self.total: int | None = None if more else len(first)

    def count(self) -> Count | None:
        return None if self.total is None else Count(self.total, True)

    def fetch(self, request: Request) -> PageOf:
        if request.after is None:
            commits, more, start = self._first, self._more, 0
        else:
            start = cast("int", request.after)
            commits, more = self._repository.history.search(
                self._branch, self._head, self._wanted, request.size, skip=start
            )
        moment = now()
        line = cell("○", Style.LANE0)
        rows = tuple(
            commit_row(commit, line, self.refs.get(commit.hash, ()), self._branch, moment) for commit in commits
        )
        end = start + len(rows)
        return PageOf(rows, start == 0, not more, end if more else None)

    def find(self, text: str, row: Row | None, index: int, *, backward: bool) -> Match | None:
        return _found(self._repository, self._branch, self._head, self._wanted, text, index if row else None, backward)


def _found(
    repository: Repository, branch: str, start: str, wanted: LogFilter, text: str, index: int | None, backward: bool
) -> Match | None:
    """The commit beyond a line that contains a text; without a line the first one, or the last one."""
    history = repository.history
    if backward:
        found = history.find(branch, start, text, before=-1 if index is None else index, filter=wanted)
    else:
        found = history.find(branch, start, text, after=0 if index is None else index + 1, filter=wanted)
    return None if found is None else Match((found.hash,), found.before)


def replace_source(grid: Grid, source: Source) -> None:
    """Show a source of the same rows as before, a little older or newer: the cursor and the scrolling stay."""
    if grid.source is None or tuple(grid.source.columns) != tuple(source.columns):
        grid.show(source)
    else:
        grid.source = source
        grid.reload()


class LogPane(Pane):
    """The history of the branch."""

    NUMBER, TITLE, KIND = "3", "Log", commands.LOG
    COLUMNS = LOG_COLUMNS
    SEARCHED = True
    _total: int | None = None
    _wanted = ""
    """What the log is filtered by, for people."""

    def __init__(self) -> None:
        super().__init__()
        self.grid.newest_first = True

    def show_found(self, source: FoundSource, wanted: str) -> None:
        """Show the commits that a filter lets through."""
        self._show(source, wanted)
        self.set_title(f"Log · {wanted}")

    def show(self, source: LogSource, what: str = "") -> None:
        """Show the log of a branch, or ``what`` it is; the cursor stays on its commit."""
        self._show(source, what)
        self.set_title(what)

    def _show(self, source: LogSource | FoundSource, wanted: str) -> None:
        row, others = self.grid.cursor_row, wanted != self._wanted
        self._wanted = wanted
        self.grid.empty_text = "No commits match." if isinstance(source, FoundSource) else "No commits."
        self._total = source.total
        if source.total is not None:
            self.grid.set_rows(source.fetch(Request(0, LOG_PAGE)).rows, LOG_COLUMNS)
            if others:
                if row is None or not self.grid.move_to_key(row.key):
                    self.grid.home()
                self.grid.none_above()
        elif others:
            self.grid.show(source, keep=True)  # the cursors of the pages before mean nothing here
        else:
            replace_source(self.grid, source)
        self.filtered()

    def could_not_read(self, what: str, error: Exception) -> None:
        self._total = None
        super().could_not_read(what, error)

    def set_total(self, total: int) -> None:
        """The number of commits is known now."""
        self._total = total
        self.filtered()

    def filtered(self) -> None:
        parts = [f"↑ {count(self.grid.above)} new"] if self.grid.above else []
        parts += [plural(self._total, "commit")] if self._total is not None else []
        self.set_footnote(" · ".join(parts))

    @on(Grid.CameAbove)
    def _came_above(self, event: Grid.CameAbove) -> None:
        event.stop()
        self.filtered()

    @property
    def selected(self) -> Commit | None:
        """The commit under the cursor."""
        row = self.grid.cursor_row
        return row.value if row is not None and isinstance(row.value, Commit) else None

    @property
    def comparable(self) -> tuple[str, str] | None:
        commit = self.selected
        return (commit.hash[:7], commit.hash) if commit is not None else None
