"""What the keys of the Reflog do: opening a commit, resetting to it, branching from it."""

from __future__ import annotations

from dolt_tui.engine.model import ReflogEntry
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import REFLOG, command
from dolt_tui.ui.flows.new_branch import new_branch
from dolt_tui.ui.flows.reset import reset


class ReflogActions(Actions):
    """Commands on the places where a branch stood."""

    def none_here(self) -> str:
        return "" if self.context.panes.reflog.selected is not None else "there is nothing here"

    def already_there(self) -> str:
        return f"you are already looking at {self.state.at}" if self._chosen.hash == self.state.branch else ""

    def merging(self) -> str:
        return "a merge is in progress" if self.state.merging is not None else ""

    @property
    def _chosen(self) -> ReflogEntry:
        entry = self.context.panes.reflog.selected
        assert entry is not None
        return entry

    @command(
        "reflog.open",
        "enter",
        "tables",
        "Diff of the commit: its tables",
        REFLOG,
        footer=True,
        feature="reflog",
        unless=none_here,
        synonyms=("show", "diff"),
    )
    def open(self) -> None:
        self.context.go_to(self.context.main)

    @command(
        "reflog.at",
        "space",
        "view",
        "Open the database at the commit, read-only",
        REFLOG,
        footer=True,
        feature="reflog",
        unless=(none_here, already_there),
        synonyms=("checkout", "view", "time travel"),
    )
    def at(self) -> None:
        self.context.open_at(self._chosen.hash)

    @command(
        "reflog.new",
        "n",
        "branch…",
        "New branch at the commit…",
        REFLOG,
        footer=True,
        writes=True,
        from_commits=True,
        feature="reflog",
        rank=1,
        unless=none_here,
        synonyms=("recover", "lost commits"),
    )
    def new(self) -> None:
        entry = self._chosen
        new_branch(self.context, f"commit {entry.hash[:7]}", entry.hash)

    @command(
        "reflog.reset",
        "g",
        "reset…",
        "Reset the branch to where it was…",
        REFLOG,
        footer=True,
        writes=True,
        feature="reflog",
        unless=(none_here, merging),
        synonyms=("git reset", "reset --hard", "recover", "lost commits"),
        about="Shows what becomes of the changes. It can be undone.",
        destroys=True,
    )
    def reset(self) -> None:
        entry = self._chosen
        reset(self.context, entry.hash[:7], entry.hash, entry.message)
