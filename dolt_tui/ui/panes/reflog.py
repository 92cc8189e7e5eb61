"""Pane 3, behind the Log: where the branch was before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.model import ReflogEntry
from dolt_tui.ui import commands
from dolt_tui.ui.main_view.commit import CommitView
from dolt_tui.ui.panes.read_pane import SidePane
from dolt_tui.ui.present.lists import REFLOG_COLUMNS, reflog_rows
from dolt_tui.ui.session import reads
from dolt_tui.words import count, plural

if TYPE_CHECKING:
    from dolt_tui.ui.session.reads import Reading
    from dolt_tui.ui.session.state import State

REFLOG_MOST = 500
"""Entries that are shown: the engine reads them all each time."""


class ReflogPane(SidePane):
    """The commits that the branch was at, the newest first."""

    NUMBER, TITLE, KIND = "3", "Reflog", commands.REFLOG
    COLUMNS = REFLOG_COLUMNS
    SCOPES = frozenset({reads.LOG})
    _found: tuple[ReflogEntry, ...] = ()

    def __init__(self) -> None:
        super().__init__()
        self.grid.newest_first = True

    def read(self, reading: Reading) -> tuple[ReflogEntry, ...]:
        return reading.repository.reflog.entries(reading.branch, reading.home, REFLOG_MOST)

    def show(self, found: tuple[ReflogEntry, ...], state: State) -> None:
        self._found = found
        self.grid.empty_text = "The reflog is empty: garbage collection empties it."
        self.grid.set_rows(reflog_rows(found, state.clock.now(), state.copied_hashes))
        self.filtered()

    def filtered(self) -> None:
        number = len(self._found)
        text = (
            f"last {count(number)}" if number == REFLOG_MOST else plural(number, "entry", "entries") if number else ""
        )
        self.set_footnote(text)

    @property
    def selected(self) -> ReflogEntry | None:
        """The entry under the cursor."""
        return self.under_cursor(ReflogEntry)

    @property
    def comparable(self) -> tuple[str, str] | None:
        entry = self.selected
        return (entry.hash[:7], entry.hash) if entry is not None else None

    def view(self, state: State) -> CommitView | str:
        reason = state.repository.info.lacks("reflog")
        if reason is not None:
            return f"{reason}."
        entry = self.selected
        return CommitView(entry.hash) if entry is not None else "Nothing is selected."
