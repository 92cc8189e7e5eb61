"""What the keys of the Log do: opening a commit, resetting to it, branching from it."""

from __future__ import annotations

from dataclasses import replace

from dolt_tui.engine.errors import InvalidName
from dolt_tui.engine.model import LogFilter, ReflogEntry, ResetKind, ResetPreview, RowCounts
from dolt_tui.engine.undo.steps import Touches
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.actions.working_set import change_lines
from dolt_tui.ui.commands import LOG, REFLOG, command
from dolt_tui.ui.dialogs.choice import Choice
from dolt_tui.ui.dialogs.name import NameDialog
from dolt_tui.ui.flows.parsing import log_filter, typed_log_filter
from dolt_tui.ui.flows.preview import PreviewFlow, Shown
from dolt_tui.ui.present.lists import diff_counts_text
from dolt_tui.ui.present.text import Cell, Style, cell, join, plural


class LogActions(Actions):
    """Commands on commits."""

    def none_here(self) -> str:
        return "" if self.workspace.log_pane.selected is not None else "there is no commit here"

    def comparing(self) -> str:
        return "a comparison is shown" if self.state.pair is not None else ""

    def already_there(self) -> str:
        commit = self.workspace.log_pane.selected
        here = commit is not None and commit.hash == self.state.branch
        return f"you are looking at {self.state.at} already" if here else ""

    def operating(self) -> str:
        return self.workspace.branch_actions.in_the_way

    @command("log.range", "v", "range", "Begin to select a range of commits, or end it", LOG, rank=5, unless=none_here)
    def range(self) -> None:
        self.workspace.log_pane.grid.toggle_range()

    @command("log.open", "enter", "tables", "Go to the commit's tables", LOG, footer=True, rank=-3, unless=none_here)
    def open(self) -> None:
        self.workspace.main.grid.focus()

    @command(
        "log.new",
        "n",
        "branch…",
        "New branch at the commit, and switch to it…",
        LOG,
        footer=True,
        writes=True,
        from_commits=True,
        rank=7,
        unless=none_here,
    )
    def new(self) -> None:
        commit = self.workspace.log_pane.selected
        assert commit is not None
        self.workspace.branch_actions.new_at(f"commit {commit.hash[:7]}", commit.hash)

    @command(
        "log.filter",
        "f",
        "filter…",
        "Only commits by author, message, table or date…",
        LOG,
        footer=True,
        rank=5,
        unless=comparing,
    )
    def filter(self) -> None:
        """Only the commits that one is looking for."""
        body = [
            cell("Commits of this branch with", Style.BOLD),
            cell("author:NAME  table:NAME  since:2026-01-31  until:2026-12-31  words of the message", Style.DIM),
            cell("Empty: all commits.", Style.DIM),
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
                self.show(log_filter(text))

        self.ask(dialog, typed)

    def show(self, wanted: LogFilter | None) -> None:
        """Show only these commits; None: all."""
        self.state.log_filter = wanted if wanted is not None and not wanted.empty else None
        self.workspace.log_pane.grid.set_filter("")
        self.workspace.live.read_scopes(frozenset({"log"}))

    @command(
        "log.at",
        "space",
        "look",
        "Open the database at the commit, read-only; esc goes back",
        LOG,
        footer=True,
        rank=-2,
        unless=(none_here, already_there),
    )
    def at(self) -> None:
        """Look at the database as it was at the commit."""
        commit = self.workspace.log_pane.selected
        assert commit is not None
        self.workspace.open_at(commit.hash)

    @command(
        "log.reset",
        "g",
        "reset…",
        "Reset the current branch to the commit: soft, mixed or hard…",
        LOG,
        footer=True,
        writes=True,
        rank=-1,
        unless=(none_here, operating),
    )
    def reset(self) -> None:
        commit = self.workspace.log_pane.selected
        assert commit is not None
        self.reset_to(commit.hash[:7], commit.hash, commit.summary)

    def reset_to(self, label: str, hash_: str, summary: str) -> None:
        """Ask how to reset the current branch to a commit, which people call ``label``."""
        branch, repository = self.state.branch, self.state.repository
        named = () if hash_.startswith(label) else cell(f"  {hash_[:7]}", Style.DIM)
        head = [
            join(cell("Reset "), cell(branch, "accent bold"), cell(" to "), cell(label, "accent bold"), named),
            cell(summary, Style.DIM),
        ]
        statements = {
            "s": self.call("dolt_reset", "--soft", hash_),
            "m": self.call("dolt_reset", hash_),
            "h": self.call("dolt_reset", "--hard", hash_),
        }

        def show(preview: ResetPreview, whole: bool) -> Shown:
            lines = [*reset_lines(preview), (), self.workspace.writes.words()]
            return lines, [replace(choice, statement=statements[choice.letter]) for choice in reset_choices(preview)]

        def chosen(letter: str, preview: ResetPreview) -> None:
            kind = {"s": ResetKind.SOFT, "m": ResetKind.MIXED, "h": ResetKind.HARD}[letter]
            self.write(
                f"reset {branch} to {label}",
                lambda repo: repo.commits.reset(branch, hash_, kind, preview.seen),
                lambda _: self.workspace.tell(f"Reset {branch} to {label} ({kind})"),
                touches={"s": Touches.REFS, "m": Touches.STAGED, "h": Touches.WORKING}[letter],
                again=lambda: self.reset_to(label, hash_, summary),
            )

        PreviewFlow(
            self.workspace,
            "Reset",
            head,
            [Choice("s", "soft"), Choice("m", "mixed"), Choice("h", "hard")],
            "g",
            "look at what a reset does",
            lambda whole: repository.commits.preview_reset(branch, hash_, counts=whole),
            show,
            chosen,
            more=lambda preview: "count what a reset does" if preview.uncommitted else "",
            waiting="Counting what it would do…",
        ).begin()


def reset_lines(preview: ResetPreview) -> list[Cell]:
    """What a reset would do, in lines."""
    found: list[Cell] = [()]
    if preview.lost:
        found.append(
            cell(
                f"  ✗ {plural(preview.lost, 'commit')} {'leaves' if preview.lost == 1 else 'leave'} {preview.branch}",
                Style.WARNING,
            )
        )
    if preview.gained:
        found.append(cell(f"  + {plural(preview.gained, 'commit')} come to {preview.branch}", Style.ADDED))
    if not preview.lost and not preview.gained:
        found.append(cell(f"  ✓ {preview.branch} is there already: no commit leaves it", Style.SUCCESS))
    if preview.uncommitted:
        found += [(), cell("Uncommitted changes, which only a hard reset discards:", Style.DIM)]
        found += change_lines(preview.uncommitted)
    else:
        found.append(cell("  ✓ no uncommitted changes to lose", Style.SUCCESS))
    if preview.kept:
        found.append(cell(f"  New tables stay in any case: {', '.join(preview.kept)}", Style.DIM))
    return found


def reset_choices(preview: ResetPreview) -> list[Choice]:
    """The three kinds of reset, each with what it does here."""
    total = RowCounts()
    for change in preview.uncommitted:
        total += change.counts or RowCounts()
    counted = f" ({diff_counts_text(total)})" if any(change.counts for change in preview.uncommitted) else ""
    if any(change.uncounted for change in preview.uncommitted):
        counted += ", of which not all rows could be counted"
    lost = f"discards changes in {plural(len(preview.uncommitted), 'table')}{counted}"
    kept = "what the commits changed stays, " if preview.lost else ""
    return [
        Choice("s", "soft", f"{kept}staged" if kept else "the staged set and the working set stay"),
        Choice("m", "mixed", f"{kept}unstaged" if kept else "unstages everything, the working set stays"),
        Choice("h", "hard", lost if preview.uncommitted else "staged and working set become the commit's"),
    ]


class ReflogActions(Actions):
    """Commands on the places where a branch stood."""

    def none_here(self) -> str:
        return "" if self.workspace.reflog.selected is not None else "there is nothing here"

    def already_there(self) -> str:
        return f"you are looking at {self.state.at} already" if self._chosen.hash == self.state.branch else ""

    def merging(self) -> str:
        return "a merge is in progress" if self.state.merging is not None else ""

    @property
    def _chosen(self) -> ReflogEntry:
        entry = self.workspace.reflog.selected
        assert entry is not None
        return entry

    @command(
        "reflog.open",
        "enter",
        "tables",
        "Go to the commit's tables",
        REFLOG,
        footer=True,
        feature="reflog",
        unless=none_here,
    )
    def open(self) -> None:
        self.workspace.main.grid.focus()

    @command(
        "reflog.at",
        "space",
        "look",
        "Open the database at the commit, read-only; esc goes back",
        REFLOG,
        footer=True,
        feature="reflog",
        unless=(none_here, already_there),
    )
    def at(self) -> None:
        self.workspace.open_at(self._chosen.hash)

    @command(
        "reflog.new",
        "n",
        "branch…",
        "New branch at the commit, and switch to it…",
        REFLOG,
        footer=True,
        writes=True,
        from_commits=True,
        feature="reflog",
        rank=1,
        unless=none_here,
    )
    def new(self) -> None:
        entry = self._chosen
        self.workspace.branch_actions.new_at(f"commit {entry.hash[:7]}", entry.hash)

    @command(
        "reflog.reset",
        "g",
        "reset…",
        "Reset the branch to where it stood: soft, mixed or hard…",
        REFLOG,
        footer=True,
        writes=True,
        feature="reflog",
        unless=(none_here, merging),
    )
    def reset(self) -> None:
        entry = self._chosen
        self.workspace.log_actions.reset_to(entry.hash[:7], entry.hash, entry.message)
