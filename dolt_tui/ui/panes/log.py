"""Pane 3: the commit log with its graph, by pages of ancestry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from dolt_tui.engine.model import Commit, LogFilter, LogPage
from dolt_tui.ui import commands
from dolt_tui.ui.main_view.commit import CommitView
from dolt_tui.ui.main_view.log_pages import FoundSource, LogSource
from dolt_tui.ui.panes.read_pane import SidePane
from dolt_tui.ui.present.grid_rows import Request
from dolt_tui.ui.present.lists import LOG_COLUMNS
from dolt_tui.ui.session import reads
from dolt_tui.ui.session.reads import Found
from dolt_tui.ui.widgets.grid import Grid
from dolt_tui.words import count, plural

if TYPE_CHECKING:
    from dolt_tui.ui.session.reads import Reading
    from dolt_tui.ui.session.state import State

WITH_AUTHORS = 60
"""Cells from which on the authors of commits are shown."""


class LogPane(SidePane):
    """The history of the branch."""

    NUMBER, TITLE, KIND = "3", "Log", commands.LOG
    COLUMNS = LOG_COLUMNS
    PAGES = "log pages"
    SCOPES = frozenset({reads.LOG})
    LANES = ("log pages", "main", "copy", "search")
    _total: int | None = None
    _wanted = ""
    """What the log is filtered by, for people."""

    def __init__(self) -> None:
        super().__init__()
        self.grid.newest_first = True

    def on_resize(self) -> None:
        """Say who made the commits where there is room for it."""
        self.grid.fold_columns(frozenset() if self.size.width >= WITH_AUTHORS else frozenset({"author"}))

    def read(self, reading: Reading) -> LogPage | Found:
        return reading.log

    def show(self, found: LogPage | Found, state: State) -> None:
        """Show the log of the branch, filtered or not, or what is only in one of the two that are compared."""
        repository, branch, refs, now = state.repository, state.branch, state.refs, state.clock.now
        if isinstance(found, Found):
            wanted = state.log_filter or LogFilter()
            filtered = FoundSource(repository, branch, state.head, wanted, found.commits, found.more, refs, now)
            self._show(filtered, str(wanted))
            self.set_title(f"Log · {wanted}")
            return
        title = f"Log · only in {state.pair.name}" if state.pair is not None else ""
        without = state.pair.base_hash if state.pair is not None else ""
        self._show(LogSource(repository, branch, found, refs, now, without), title)
        self.set_title(title)

    def _show(self, source: LogSource | FoundSource, wanted: str) -> None:
        row, others = self.grid.cursor_row, wanted != self._wanted
        self._wanted = wanted
        self.grid.empty_text = "No commits match." if isinstance(source, FoundSource) else "No commits."
        self._total = source.total
        if source.total is not None:
            self.grid.set_rows(source.fetch(Request(0, source.page_size)).rows, LOG_COLUMNS)
            if others:
                if row is None or not self.grid.move_to_key(row.key):
                    self.grid.home()
                self.grid.none_above()
        elif others:
            self.grid.show(source, keep=True)  # the cursors of the pages before mean nothing here
        else:
            self.grid.replace(source)
        self.filtered()

    def could_not_read(self, what: str, error: Exception) -> None:
        self._total = None
        super().could_not_read(what, error)

    def counted(self, found: int, state: State) -> None:
        """The number of commits is known now."""
        self._total = found
        self.filtered()

    def filtered(self) -> None:
        parts = [f"↑ {count(self.grid.above)} new"] if self.grid.above else []
        parts += [plural(self._total, "commit")] if self._total is not None else []
        self.set_footnote(" · ".join(parts))

    @on(Grid.CameAbove)
    def _came_above(self, event: Grid.CameAbove) -> None:
        event.stop()
        self.filtered()

    def view(self, state: State) -> CommitView | str:
        commit = self.selected
        return CommitView(commit.hash) if commit is not None else "No commit is selected."

    @property
    def tally(self) -> int | None:
        return self._total

    @property
    def searched(self) -> bool:
        return True

    @property
    def selected(self) -> Commit | None:
        """The commit under the cursor."""
        return self.under_cursor(Commit)

    @property
    def comparable(self) -> tuple[str, str] | None:
        commit = self.selected
        return (commit.hash[:7], commit.hash) if commit is not None else None
