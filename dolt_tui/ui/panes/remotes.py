"""The remotes and their branches, behind the branches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dolt_tui.engine.model import AheadBehind, Branch, Remote, RemoteBranch
from dolt_tui.ui import commands
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.main_view.compare import CompareView
from dolt_tui.ui.panes.read_pane import SidePane
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Cell, Style, age, cell, count, join, plural
from dolt_tui.ui.session import reads

if TYPE_CHECKING:
    from dolt_tui.ui.session.reads import Reading
    from dolt_tui.ui.session.state import State

REMOTE_COLUMNS = (
    Column("name", flex=True, separator=False),
    Column("state", min_width=5, separator=False),
    Column("age", numeric=True, separator=False),
)
_COMPARED = 200
"""How many branches are compared with the local ones."""


@dataclass(frozen=True)
class Remotes:
    """What the pane shows."""

    remotes: tuple[Remote, ...]
    branches: tuple[RemoteBranch, ...]
    locals: dict[str, Branch]
    """The local branch of each remote one that has one, by ``origin/main``."""
    ahead_behind_pairs: dict[tuple[str, str], AheadBehind]
    """How local branches stand to remote ones, by both hashes."""


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

    def read(self, reading: Reading) -> Remotes:
        remotes, branches = reading.remotes
        own = reading.branches if branches else ()
        found = {item.tracking: local for item in branches if (local := local_of(item, own)) is not None}
        pairs = [(found[item.tracking].hash, item.hash) for item in branches if item.tracking in found]
        refs = reading.repository.refs
        standings = refs.ahead_behind_pairs(reading.branch, pairs[:_COMPARED]) if pairs else {}
        return Remotes(remotes, branches, found, standings)

    def show(self, found: Remotes, state: State) -> None:
        self.grid.empty_text = f"No remotes yet: {key_of('remotes.new')} adds one."
        self._found, moment = found, state.clock.now()
        rows = []
        for remote in found.remotes:
            name = join(cell(remote.name, Style.BOLD), cell(f"  {remote.url}", Style.DIM))
            rows.append(Row(("remote", remote.name), (name,), value=remote))
            for item in found.branches:
                if item.remote == remote.name:
                    cells = (cell(f"  {item.name}"), self._standing(item), cell(age(item.date, moment), Style.DIM))
                    rows.append(Row(item.tracking, cells, value=item))
        self.grid.set_rows(rows)
        if self._wanted and self.grid.move_to_key(self._wanted):
            self._wanted = ""
        self.filtered()

    def go_to(self, tracking: str) -> None:
        """Put the cursor on a remote branch, as soon as it is shown."""
        self._wanted = "" if self.grid.move_to_key(tracking) else tracking

    def standing(self, item: RemoteBranch) -> AheadBehind | None:
        """How the local branch stands to a remote one; None where there is none."""
        local = self._found.locals.get(item.tracking)
        return self._found.ahead_behind_pairs.get((local.hash, item.hash)) if local is not None else None

    def _standing(self, item: RemoteBranch) -> Cell:
        """How the local branch stands to the remote one."""
        local = self._found.locals.get(item.tracking)
        if local is None:
            return cell("no local", Style.DIM)
        standing = self.standing(item)
        if standing is None:
            return ()
        ahead = f"⇡{count(standing.ahead)}" if standing.ahead else ""
        behind = f"⇣{count(standing.behind)}" if standing.behind else ""
        return cell(ahead + behind, Style.ACCENT) if ahead or behind else cell("✓", Style.SUCCESS)

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
        row = self.grid.cursor_row
        return row.value if row is not None and isinstance(row.value, RemoteBranch) else None

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
