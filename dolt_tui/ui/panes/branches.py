"""Pane 2: the branches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dolt_tui.engine.model import Branch
from dolt_tui.ui import commands
from dolt_tui.ui.main_view.compare import CompareView
from dolt_tui.ui.panes.read_pane import SidePane
from dolt_tui.ui.present.lists import BRANCH_COLUMNS, branch_rows, upstream_cell
from dolt_tui.ui.session import reads
from dolt_tui.ui.session.reads import Reading
from dolt_tui.words import count

if TYPE_CHECKING:
    from dolt_tui.ui.session.state import State


class BranchesPane(SidePane):
    """The branches; the current one marked."""

    NUMBER, TITLE, KIND = "2", "Branches", commands.BRANCHES
    COLUMNS = BRANCH_COLUMNS
    SCOPES = reads.REFS
    _branches: Sequence[Branch] = ()

    def read(self, reading: Reading) -> tuple[Branch, ...]:
        for question in (Reading.branches, Reading.tags, Reading.remotes):
            reading.attempt(question)  # the log names all of them, also where one could not be read
        return reading.branches

    def show(self, found: tuple[Branch, ...], state: State) -> None:
        """Show all branches with what is known of them; the cursor stays, and starts on the current one."""
        first = not self._branches
        self._branches = branches = state.ordered_branches
        upstreams = {
            branch.name: upstream_cell(branch, state.upstream_of(branch.name), state.upstream_ahead_behind(branch.name))
            for branch in branches
            if branch.tracking
        }
        self.grid.empty_text = ""
        self.grid.set_rows(branch_rows(branches, state.branch, state.ahead_behind, upstreams, state.clock.now()))
        if first:
            self.grid.move_to_key(state.branch)
        self.filtered()

    def could_not_read(self, what: str, error: Exception) -> None:
        self._branches = ()
        super().could_not_read(what, error)

    def filtered(self) -> None:
        index = self.grid.cursor_index + 1
        total = len(self._branches)
        self.set_footnote(f"{count(index)} of {count(total)}" if total else "")

    def blank(self) -> None:
        """The list is the same on every branch: keep them, and the cursor."""

    def view(self, state: State) -> CompareView | str:
        branch = self.selected
        if branch is None:
            return "No branch is selected."
        if branch.name != state.branch:
            return CompareView(branch.name, branch.hash, state.place, state.head)
        default = state.branch_named(state.repository.info.default_branch)
        if default is None or default.name == branch.name:
            return f"{branch.name} is the current branch. Select another branch to compare it with {branch.name}."
        return CompareView(branch.name, state.head, default.name, default.hash)

    @property
    def selected(self) -> Branch | None:
        """The branch under the cursor."""
        return self.under_cursor(Branch)

    @property
    def comparable(self) -> tuple[str, str] | None:
        branch = self.selected
        return (branch.name, branch.hash) if branch is not None else None

    @property
    def in_view(self) -> list[str]:
        """The branches around the visible ones, for which ahead and behind are worth counting."""
        top = self.grid.scroll_offset.y
        return [branch.name for branch in self._branches[max(0, top - 20) : top + 80]]
