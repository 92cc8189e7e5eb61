"""Pane 1: unstaged and staged tables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dolt_tui.engine.model import HEAD, STAGED, WORKING, Changes, Comparison, Halves, Status, TableChange
from dolt_tui.ui import commands
from dolt_tui.ui.main_view.diff import DiffView
from dolt_tui.ui.main_view.uncommitted import UncommittedView
from dolt_tui.ui.panes.read_pane import SidePane
from dolt_tui.ui.present.first_steps import unchanged
from dolt_tui.ui.present.lists import CHANGES_COLUMNS, changes_rows, table_changes_rows
from dolt_tui.ui.session import reads
from dolt_tui.ui.session.reads import Reading
from dolt_tui.words import count, plural

if TYPE_CHECKING:
    from dolt_tui.ui.main_view.view import View
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

        A staged change is that from HEAD to the staged set, one that is not staged that from HEAD to the working set,
        where each row shows whether it is staged. While two revisions are compared, it goes from one to the other.
        """
        change = self.selected
        if state.pair is not None:
            return self._compared_view(state, state.pair)
        if state.came_from is not None:
            return f"At {state.at} there are no changes: it is a commit. esc goes back to {state.came_from}."
        if "changes" in state.unread:
            return f"What has changed on {state.branch} could not be read."
        if change is None:
            read_only = state.repository.info.read_only
            return unchanged(state.branch, tables=bool(state.tables) or "tables" in state.unread, read_only=read_only)
        known = _known(change.table, state.changes)
        if change.staged:
            return UncommittedView(change.table, HEAD, STAGED, change=change, known=known)
        plain = change.status is Status.MODIFIED and change.counts is not None and not change.schema_changed
        return UncommittedView(
            change.table, HEAD, WORKING, plain=plain and not known.staged, change=change, known=known
        )

    @staticmethod
    def kept(view: View | None, state: State) -> UncommittedView | None:
        """What is shown of a table's uncommitted rows, with what is known by now; None where there are none.

        Somebody who is in these rows stays there also where the last of them was staged, and the selection is about
        another list by that.
        """
        if not isinstance(view, UncommittedView) or "changes" in state.unread or state.pair is not None:
            return None
        known = _known(view.table, state.changes)
        if not (known.staged if view.staged else known.sign):
            return None
        return replace(view, known=known, plain=view.plain and not known.staged)

    def _compared_view(self, state: State, pair: Pair) -> DiffView | str:
        change = self.selected
        if "comparison" in state.unread:
            return f"What differs between {pair.base} and {pair.name} could not be read."
        if change is None or state.comparison is None:
            return f"Nothing differs: {pair}."
        between, newer = f"{pair.base}{' → ' if pair.direct else '...'}{pair.name}", pair.name
        return DiffView(change.table, state.comparison.old, pair.hash, change=change, between=between, newer=newer)

    @property
    def chosen(self) -> tuple[TableChange, ...]:
        """The tables of the range, or the one under the cursor."""
        return tuple(row.value for row in self.grid.selected_rows if isinstance(row.value, TableChange))

    @property
    def selected(self) -> TableChange | None:
        """The table under the cursor."""
        return self.under_cursor(TableChange)


def _known(table: str, changes: Changes) -> Halves:
    """Which changes a table has."""
    staged, unstaged = (
        any(change.table == table for change in listed) for listed in (changes.staged, changes.unstaged)
    )
    return Halves(staged, unstaged)
