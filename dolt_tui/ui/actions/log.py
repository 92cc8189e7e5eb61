"""What the keys of the Log do: opening a commit, resetting to it, branching from it."""

from __future__ import annotations

from dataclasses import replace

from dolt_tui.engine.errors import InvalidName
from dolt_tui.engine.model import LogFilter, ReflogEntry, ResetKind, ResetPreview, RowCounts
from dolt_tui.engine.undo.steps import Touches
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.actions.working_set import change_lines
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import Choice
from dolt_tui.ui.dialogs.name import NameDialog
from dolt_tui.ui.flows.parsing import log_filter, typed_log_filter
from dolt_tui.ui.flows.preview import PreviewFlow, Shown
from dolt_tui.ui.present.lists import diff_counts_text
from dolt_tui.ui.present.text import Cell, Style, cell, join, plural


class LogActions(Actions):
    """Commands on commits."""

    def why_not(self, command: str) -> str:
        if command == "log.filter":
            return "a comparison is shown" if self.state.pair is not None else ""
        if self.workspace.log_pane.selected is None:
            return "there is no commit here"
        if command == "log.at":
            here = self.workspace.log_pane.selected.hash == self.state.branch
            return f"you are looking at {self.state.at} already" if here else ""
        operation = self.state.operation
        if command == "log.reset" and operation is not None and self.state.branch in (operation.branch, operation.on):
            return f"{operation.title}: {key_of('progress')} continues or aborts it"
        return ""

    def range(self) -> None:
        self.workspace.log_pane.grid.toggle_range()

    def open(self) -> None:
        self.workspace.main.grid.focus()

    def new(self) -> None:
        commit = self.workspace.log_pane.selected
        assert commit is not None
        self.workspace.branch_actions.new_at(f"commit {commit.hash[:7]}", commit.hash)

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

    def at(self) -> None:
        """Look at the database as it was at the commit."""
        commit = self.workspace.log_pane.selected
        assert commit is not None
        self.workspace.open_at(commit.hash)

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

    def why_not(self, command: str) -> str:
        entry = self.workspace.reflog.selected
        if entry is None:
            return "there is nothing here"
        if command == "reflog.at" and entry.hash == self.state.branch:
            return f"you are looking at {self.state.at} already"
        if command == "reflog.reset" and self.state.merging is not None:
            return "a merge is in progress"
        return ""

    @property
    def _chosen(self) -> ReflogEntry:
        entry = self.workspace.reflog.selected
        assert entry is not None
        return entry

    def open(self) -> None:
        self.workspace.main.grid.focus()

    def at(self) -> None:
        self.workspace.open_at(self._chosen.hash)

    def new(self) -> None:
        entry = self._chosen
        self.workspace.branch_actions.new_at(f"commit {entry.hash[:7]}", entry.hash)

    def reset(self) -> None:
        entry = self._chosen
        self.workspace.log_actions.reset_to(entry.hash[:7], entry.hash, entry.message)
