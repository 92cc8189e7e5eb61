"""What the keys of the Log do: opening a commit, resetting to it, branching from it."""

from __future__ import annotations

from dataclasses import replace

from dolt_tui.engine.errors import InvalidName
from dolt_tui.engine.model import LogFilter
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import LOG, Offer, command
from dolt_tui.ui.dialogs.name import NameDialog
from dolt_tui.ui.flows.log import show_log
from dolt_tui.ui.flows.merge import in_progress
from dolt_tui.ui.flows.new_branch import new_branch
from dolt_tui.ui.flows.parsing import log_filter, typed_log_filter
from dolt_tui.ui.flows.reset import reset
from dolt_tui.ui.present.text import Style, cell


class LogActions(Actions):
    """Commands on commits."""

    def none_here(self) -> str:
        return "" if self.context.panes.log.selected is not None else "there is no commit here"

    def comparing(self) -> str:
        return "a comparison is shown" if self.state.pair is not None else ""

    def already_there(self) -> str:
        commit = self.context.panes.log.selected
        here = commit is not None and commit.hash == self.state.branch
        return f"you are already looking at {self.state.at}" if here else ""

    def operating(self) -> str:
        return in_progress(self.state)

    @command(
        "log.range",
        "v",
        "range",
        "Range: select several commits",
        LOG,
        rank=5,
        unless=none_here,
        synonyms=("select range", "visual mode", "mark commits"),
    )
    def range(self) -> None:
        self.context.panes.log.grid.toggle_range()

    @command(
        "log.open",
        "enter",
        "tables",
        "Diff of the commit: its tables",
        LOG,
        footer=True,
        rank=-3,
        unless=none_here,
        synonyms=("show", "git show", "diff", "inspect commit"),
        about="Goes to the tables that the commit changed, then to their rows.",
    )
    def open(self) -> None:
        self.context.go_to(self.context.main)

    @command(
        "log.new",
        "n",
        "branch…",
        "New branch at the commit…",
        LOG,
        footer=True,
        writes=True,
        from_commits=True,
        rank=7,
        unless=none_here,
        synonyms=("branch from commit",),
    )
    def new(self) -> None:
        commit = self.context.panes.log.selected
        assert commit is not None
        new_branch(self.context, f"commit {commit.hash[:7]}", commit.hash)

    @command(
        "log.filter",
        "f",
        "filter…",
        "Filter the log: author, message, table, date…",
        LOG,
        footer=True,
        rank=5,
        unless=comparing,
        synonyms=("log --author", "log --grep", "log --since", "search commits", "find commit"),
        about="Shows only the commits that match, on all pages.",
    )
    def filter(self) -> None:
        """Only the commits that one is looking for."""
        body = [
            cell("Show the commits of this branch with", Style.BOLD),
            cell("author:NAME  table:NAME  since:2026-01-31  until:2026-12-31", Style.DIM),
            cell("or words of the message. Empty: all commits.", Style.DIM),
        ]

        def check(text: str) -> None:
            try:
                log_filter(text)
            except ValueError as error:
                raise InvalidName(str(error)) from error

        now = typed_log_filter(self.state.log_filter) if self.state.log_filter is not None else ""
        dialog = NameDialog("Filter the log", body, value=now, check=check, hint="show", empty=True)

        def typed(text: str | None) -> None:
            if text is not None:
                show_log(self.context, log_filter(text))

        self.context.ask(dialog, typed)

    @command(
        "log.author",
        "equals_sign",
        "this author",
        "Filter the log by the author of the commit",
        LOG,
        rank=6,
        unless=(comparing, none_here),
        synonyms=("log --author", "commits by", "who committed"),
        about="Adds to the filter that is there.",
    )
    def author(self) -> None:
        """Only the commits of whoever made the one under the cursor."""
        commit = self.context.panes.log.selected
        assert commit is not None
        show_log(self.context, replace(self.state.log_filter or LogFilter(), author=commit.author))

    @command(
        "log.at",
        "space",
        "view",
        "Open the database at the commit, read-only",
        LOG,
        footer=True,
        rank=-2,
        unless=(none_here, already_there),
        synonyms=("checkout", "view", "time travel", "as of", "detached head"),
        about="Shows everything as it was at the commit, until you go back.",
    )
    def at(self) -> None:
        """Look at the database as it was at the commit."""
        commit = self.context.panes.log.selected
        assert commit is not None
        self.context.open_at(commit.hash)

    @command(
        "log.reset",
        "g",
        "reset…",
        "Reset the current branch to the commit…",
        LOG,
        footer=True,
        writes=True,
        rank=-1,
        unless=(none_here, operating),
        synonyms=("git reset", "move branch", "rewind"),
        about="Shows which commits leave the branch and what becomes of the changes. It can be undone.",
        runs="dolt_reset('--hard', commit)",
        offers=(
            Offer(
                "s",
                "Reset soft to the commit: changes stay staged…",
                ("reset --soft", "soft reset"),
                "dolt_reset('--soft', commit)",
            ),
            Offer(
                "m",
                "Reset mixed to the commit: changes unstaged…",
                ("reset --mixed", "mixed reset"),
                "dolt_reset('--mixed', commit)",
            ),
            Offer(
                "h",
                "Reset hard to the commit: discard all changes…",
                ("reset --hard", "hard reset"),
                "dolt_reset('--hard', commit)",
            ),
        ),
        destroys=True,
    )
    def reset(self) -> None:
        commit = self.context.panes.log.selected
        assert commit is not None
        reset(self.context, commit.hash[:7], commit.hash, commit.summary)
