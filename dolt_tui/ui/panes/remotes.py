"""The remotes and their branches, behind the branches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.model import AheadBehind, Branch, Remote, RemoteBranch
from dolt_tui.frozen import Frozen
from dolt_tui.ui import commands
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.main_view.compare import CompareView
from dolt_tui.ui.panes.read_pane import SidePane
from dolt_tui.ui.present.lists import REMOTE_COLUMNS, remote_rows
from dolt_tui.ui.session import reads
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.ui.session.reads import Reading
    from dolt_tui.ui.session.state import State

_COMPARED = 200
"""How many branches are compared with the local ones."""


class Remotes(Frozen):
    """What the pane shows."""

    remotes: tuple[Remote, ...]
    branches: tuple[RemoteBranch, ...]
    locals: dict[str, Branch]
    """The local branch of each remote one that has one, by ``origin/main``."""
    ahead_behind_pairs: dict[tuple[str, str], AheadBehind]
    """What local branches have and lack against remote ones, by both hashes."""


def local_of(item: RemoteBranch, branches: tuple[Branch, ...]) -> Branch | None:
    """The branch that follows a remote one, or else the one of its name."""
    following = [branch for branch in branches if branch.tracking == item.tracking]
    named = [branch for branch in branches if branch.name == item.name]
    return next(iter([branch for branch in following if branch in named] + following + named), None)


class RemotesPane(SidePane):
    """Each remote with its URL, and below it its branches as they were last seen."""

    NUMBER, TITLE, KIND = "2", "Remotes", commands.REMOTES
    COLUMNS = REMOTE_COLUMNS
    SCOPES = reads.REFS
    _found = Remotes((), (), {}, {})
    _wanted = ""

    def known_empty(self, state: State) -> bool:
        return state.loaded and not state.remotes

    def read(self, reading: Reading) -> Remotes:
        remotes, branches = reading.remotes
        own = reading.branches if branches else ()
        found = {item.tracking: local for item in branches if (local := local_of(item, own)) is not None}
        pairs = [(found[item.tracking].hash, item.hash) for item in branches if item.tracking in found]
        refs = reading.repository.refs
        known = refs.ahead_behind_pairs(reading.branch, pairs[:_COMPARED]) if pairs else {}
        return Remotes(remotes, branches, found, known)

    def show(self, found: Remotes, state: State) -> None:
        self.grid.empty_text = f"No remotes yet: {key_of('remotes.new')} adds one."
        self._found = found
        rows = remote_rows(found.remotes, found.branches, found.locals, self.ahead_behind, state.clock.now())
        self.grid.set_rows(rows)
        if self._wanted and self.grid.move_to_key(self._wanted):
            self._wanted = ""
        self.filtered()

    def go_to(self, tracking: str) -> None:
        """Put the cursor on a remote branch, as soon as it is shown."""
        self._wanted = "" if self.grid.move_to_key(tracking) else tracking

    def ahead_behind(self, item: RemoteBranch) -> AheadBehind | None:
        """What the local branch of a remote one has and lacks against it; None where that is unknown."""
        local = self._found.locals.get(item.tracking)
        return self._found.ahead_behind_pairs.get((local.hash, item.hash)) if local is not None else None

    def filtered(self) -> None:
        found = self._found
        self.set_footnote(plural(len(found.branches), "remote branch", "remote branches") if found.remotes else "")

    def blank(self) -> None:
        """The list is the same on every branch: keep them, and the cursor."""

    def view(self, state: State) -> CompareView | str:
        item, remote = self.selected, self.remote
        if item is not None:
            return CompareView(item.tracking, item.hash, state.branch, state.head)
        if remote is None:
            return f"No remotes yet: {key_of('remotes.new')} adds one."
        number = sum(item.remote == remote.name for item in self._found.branches)
        known = plural(number, "branch", "branches") if number else "no branch"
        return f"{remote.name} is {remote.url}: {known} there when it was last fetched."

    @property
    def selected(self) -> RemoteBranch | None:
        """The remote branch under the cursor."""
        return self.under_cursor(RemoteBranch)

    @property
    def remote(self) -> Remote | None:
        """The remote under the cursor, or that of the branch there."""
        row, item = self.grid.cursor_row, self.selected
        if row is not None and isinstance(row.value, Remote):
            return row.value
        return next((r for r in self._found.remotes if item is not None and r.name == item.remote), None)

    def local(self, item: RemoteBranch) -> Branch | None:
        """The local branch of a remote one."""
        return self._found.locals.get(item.tracking)

    @property
    def comparable(self) -> tuple[str, str] | None:
        item = self.selected
        return (item.tracking, item.hash) if item is not None else None
