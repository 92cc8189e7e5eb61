"""Pane 1, behind Changes: the stashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.model import Stash
from dolt_tui.ui import commands
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.main_view.stash import StashView
from dolt_tui.ui.panes.read_pane import SidePane
from dolt_tui.ui.present.lists import STASH_COLUMNS, stash_rows
from dolt_tui.ui.session import reads
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.ui.session.reads import Reading
    from dolt_tui.ui.session.state import State


ONLY_BY_APPLYING = "Dolt shows what a stash holds only by applying it"


class StashesPane(SidePane):
    """Uncommitted changes that were put away."""

    NUMBER, TITLE, KIND = "1", "Stashes", commands.STASHES
    COLUMNS = STASH_COLUMNS
    SCOPES = frozenset({reads.CHANGES, reads.BRANCHES})
    _number = 0

    def __init__(self) -> None:
        super().__init__()
        self._opened: set[Stash] = set()
        self._newest_wanted = False

    def open(self, stash: Stash) -> None:
        """Let the main pane show what ``stash`` holds: reading that writes, so the cursor alone does not do it."""
        self._opened.add(stash)

    def select_newest(self) -> None:
        """Put the cursor on the stash that was just made, once it is read."""
        self._newest_wanted = True

    def read(self, reading: Reading) -> tuple[Stash, ...]:
        return reading.repository.stashes.stashes(reading.branch)

    def show(self, found: tuple[Stash, ...], state: State) -> None:
        self._number = len(found)
        self.grid.empty_text = f"No stashes: {key_of('stash.now')} in Changes stashes uncommitted changes."
        self.grid.set_rows(stash_rows(found, state.clock.now()))
        if self._newest_wanted and found:
            self._newest_wanted = False
            self.grid.home()
        self.filtered()

    def filtered(self) -> None:
        self.set_footnote(plural(self._number, "stash", "stashes") if self._number else "")

    @property
    def selected(self) -> Stash | None:
        """The stash under the cursor."""
        return self.under_cursor(Stash)

    def view(self, state: State) -> StashView | str:
        reason = state.repository.info.lacks("stash")
        if reason is not None:
            return f"{reason}."
        stash = self.selected
        if stash is None:
            return "No stash is selected."
        if state.repository.info.read_only:
            return f"{ONLY_BY_APPLYING}, and the database is opened read-only."
        if stash not in self._opened:
            how = f"{ONLY_BY_APPLYING}: that is done on a new branch, which is deleted again"
            return f"{key_of('stash.open')} reads what it holds. {how}."
        return StashView(stash)
