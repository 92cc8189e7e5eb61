"""Pane 1: unstaged and staged tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.model import HEAD, STAGED, WORKING, Changes, Comparison, Status, TableChange
from dolt_tui.ui import commands
from dolt_tui.ui.main_view.diff import DiffView
from dolt_tui.ui.panes.read_pane import SidePane
from dolt_tui.ui.present.lists import CHANGES_COLUMNS, changes_rows, table_changes_rows
from dolt_tui.ui.session import reads
from dolt_tui.ui.session.reads import Reading
from dolt_tui.words import count, plural

if TYPE_CHECKING:
    from dolt_tui.ui.session.state import Pair, State


class ChangesPane(SidePane):
    """The working set: what changed, staged and unstaged apart."""

    NUMBER, TITLE, KIND = "1", "Changes", commands.CHANGES
    COLUMNS = CHANGES_COLUMNS
    SCOPES = frozenset({reads.CHANGES})
    _compared = ""
    """The title of the comparison that is shown; empty where it is the working set."""

    def read(self, reading: Reading) -> Changes | Comparison:
        if reading.pair is None:
            return reading.changes
        reading.attempt(Reading.changes)  # the header tells of them
        return reading.comparison

    def show(self, found: Changes | Comparison, state: State) -> None:
        """Show the status of the branch, or what differs between the two that are compared."""
        if isinstance(found, Comparison):
            self._show_comparison(found, str(state.pair))
        else:
            empty = "No changes" if state.came_from is None else f"At {state.at}: nothing can change here"
            self._show_changes(found, empty)

    def _show_changes(self, changes: Changes, empty: str) -> None:
        # Counts of before stay until the new ones come; the cursor stays on its table.
        self.grid.empty_text = empty
        self.set_title()
        self._compared = ""
        self._changes = changes
        # A table that was just staged or unstaged is followed to the other list.
        row = self.grid.cursor_row
        self.grid.set_rows(changes_rows(changes))
        if row is not None and isinstance(row.key, tuple) and (new := self.grid.cursor_row) is not None:
            staged, table, *_ = row.key
            if new.key != row.key and not any(
                change.table == table and change.staged == staged for change in (*changes.unstaged, *changes.staged)
            ):
                self.grid.move_to_key((not staged, table))
        self.filtered()

    def _show_comparison(self, comparison: Comparison, title: str) -> None:
        """Show the tables that differ between two revisions."""
        self.grid.empty_text = "Nothing differs." if comparison.old else "They have no commit in common."
        self._changes = Changes()
        self.grid.set_rows(table_changes_rows(comparison.changes), keep=title == self._compared)
        self._compared = title
        self.set_title(title)
        self.set_footnote(plural(len(comparison.changes), "table"))

    def could_not_read(self, what: str, error: Exception) -> None:
        self._changes = Changes()
        super().could_not_read(what, error)

    @property
    def comparable(self) -> tuple[str, str] | None:
        return "the working set", WORKING

    def filtered(self) -> None:
        changes = getattr(self, "_changes", Changes())
        parts = []
        if changes.unstaged:
            parts.append(f"{count(len(changes.unstaged))} unstaged")
        if changes.staged:
            parts.append(f"{count(len(changes.staged))} staged")
        self.set_footnote(" · ".join(parts))

    def view(self, state: State) -> DiffView | str:
        """The diff of the selected table, or why there is none.

        A staged change is that from HEAD to the staged set; one that is not staged goes from there to the working set,
        or from HEAD where nothing of the table is staged. While two revisions are compared, it goes from one to the
        other.
        """
        change = self.selected
        if state.pair is not None:
            return self._compared_view(state, state.pair)
        if state.came_from is not None:
            return f"At {state.at} there are no changes: it is a commit. esc goes back to {state.came_from}."
        if "changes" in state.unread:
            return f"What has changed on {state.branch} could not be read."
        if change is None:
            return f"Nothing has changed on {state.branch} since its last commit."
        if change.staged:
            return DiffView(change.table, HEAD, STAGED, change=change)
        if any(item.table == change.table for item in state.changes.staged):
            return DiffView(change.table, STAGED, WORKING, change=change)
        plain = change.status is Status.MODIFIED and change.counts is not None and not change.schema_changed
        return DiffView(change.table, HEAD, WORKING, plain=plain, change=change)

    def _compared_view(self, state: State, pair: Pair) -> DiffView | str:
        change = self.selected
        if "comparison" in state.unread:
            return f"What differs between {pair.base} and {pair.name} could not be read."
        if change is None or state.comparison is None:
            return f"Nothing differs: {pair}."
        return DiffView(change.table, state.comparison.old, pair.hash, change=change)

    @property
    def chosen(self) -> tuple[TableChange, ...]:
        """The tables of the range, or the one under the cursor."""
        return tuple(row.value for row in self.grid.selected_rows if isinstance(row.value, TableChange))

    @property
    def selected(self) -> TableChange | None:
        """The table under the cursor."""
        return self.under_cursor(TableChange)
