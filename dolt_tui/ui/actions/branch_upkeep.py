"""Keeping branches: their names, their upstreams, moving one forward."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from dolt_tui.engine.core.validation import check_branch_name
from dolt_tui.engine.errors import AlreadyExists, BranchInUse
from dolt_tui.engine.model import Branch, Expected, MergeKind, MergePreview
from dolt_tui.engine.undo.steps import Reach
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import BRANCHES, command
from dolt_tui.ui.dialogs.branch_rows import BRANCH_COLUMNS, branch_name
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.dialogs.name import NameDialog
from dolt_tui.ui.dialogs.picker import PickDialog
from dolt_tui.ui.flows.fetch import no_remotes
from dolt_tui.ui.flows.merge import merge_lines
from dolt_tui.ui.flows.new_branch import check_new, follow
from dolt_tui.ui.flows.preview import PreviewFlow, Shown
from dolt_tui.ui.flows.set_aside import around
from dolt_tui.ui.present.grid_rows import Row
from dolt_tui.ui.present.lists import upstream_cell
from dolt_tui.ui.present.text import Cell, Style, age, cell, join
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository

NO_UNSET = "Dolt has no statement for that: an upstream is removed only with its remote"


class BranchUpkeepActions(Actions):
    """Commands that rename, copy and move branches."""

    def none_here(self) -> str:
        return "" if self.context.panes.branches.selected is not None else "there is no branch here"

    def default(self) -> str:
        name = self._branch.name
        if name != self.state.repository.info.default_branch:
            return ""
        return f"{name} is the default branch, where every connection starts"

    def no_remote(self) -> str:
        return no_remotes(self.state)

    def nothing_ahead(self) -> str:
        if self._ahead_of(self._branch):
            return ""
        return f"neither its upstream nor the current branch is known to be ahead of {self._branch.name}"

    @property
    def _branch(self) -> Branch:
        branch = self.context.panes.branches.selected
        assert branch is not None
        return branch

    # names

    @command(
        "branch.rename",
        "R",
        "rename…",
        "Rename the branch…",
        BRANCHES,
        footer=True,
        writes=True,
        rank=11,
        unless=(none_here, default),
        synonyms=("branch -m", "move branch"),
        runs="dolt_branch('-m', old, new)",
    )
    def rename(self) -> None:
        branch = self._branch

        def check(name: str) -> None:
            if name == branch.name:
                raise AlreadyExists("That is already its name.")
            if name.lower() == branch.name.lower():
                check_branch_name(name)
            else:
                check_new(self.state, name)

        body = [join(cell("Rename branch "), cell(branch.name, "accent bold"))]
        body.append(cell("It keeps its commits, uncommitted changes and upstream.", Style.DIM))
        if branch.tracking:
            body.append(
                cell(f"Nothing changes on the remote: the branch keeps following {branch.tracking}.", Style.DIM)
            )
        dialog = NameDialog("Rename branch", body, value=branch.name, check=check, hint="rename")

        def named(name: str | None) -> None:
            if name is not None:
                self._rename(branch.name, name, Expected(branch.name, branch.hash))

        self.context.ask(dialog, named)

    def _rename(self, old: str, new: str, seen: Expected, *, force: bool = False) -> None:
        state, current = self.state, self.state.branch
        previous = state.previous

        def done(renamed: bool) -> None:
            if not renamed:
                self._ask_in_use(old, new, seen)
                return
            state.previous = new if previous == old else previous
            self.context.session.renamed(old, new)
            self.context.panes.branches.grid.move_to_key(new)
            self.context.tell(f"Renamed {old} to {new}")

        def work(repo: Repository) -> bool:
            try:
                repo.refs.rename_branch(current, old, new, force=force, expected=seen)
            except BranchInUse:
                return False
            return True

        if current == old:
            self.context.session.stop_reading()  # a connection of ours to the branch would count as another session's
        self.context.write(
            f"rename {old}",
            work,
            done,
            reach=Reach.REFS,
            also=[old],
            again=self.again("branch.rename", self.context.panes.branches, old),
            stand_on=lambda renamed: new if current == old and renamed else current,
        )

    def _ask_in_use(self, old: str, new: str, seen: Expected) -> None:
        body = [
            cell(f"Another session is using {old}.", Style.BOLD),
            (),
            cell("If you rename it anyway, whatever that session changes afterwards is lost,"),
            cell("and its next statement fails."),
        ]
        branch = self.state.branch_named(old)
        remote, upstream = (branch.remote, branch.upstream) if branch is not None else ("", "")
        refs = self.state.repository.refs
        calls = refs.rename_branch_calls(old, new, force=True, remote=remote, upstream=upstream)
        dialog = ChoiceDialog("In use", body, [Choice("x", "rename it anyway", calls=calls)], opener="R")

        def chosen(letter: str | None) -> None:
            if letter == "x":
                self._rename(old, new, seen, force=True)

        self.context.ask(dialog, chosen)

    @command(
        "branch.copy",
        "C",
        "copy…",
        "Copy the branch under another name…",
        BRANCHES,
        writes=True,
        rank=11,
        unless=none_here,
        synonyms=("branch -c", "duplicate branch"),
        runs="dolt_branch('-c', old, new)",
    )
    def copy(self) -> None:
        branch, current = self._branch, self.state.branch
        body = [join(cell("Copy of "), cell(branch.name, "accent bold"), cell(f"  {branch.hash[:7]}", Style.DIM))]
        if branch.dirty:
            body.append(cell(f"Uncommitted changes stay on {branch.name}.", Style.DIM))
        dialog = NameDialog("Copy branch", body, check=partial(check_new, self.state), hint="copy")

        def done(name: str) -> None:
            self.select(self.context.panes.branches, name)
            self.context.tell(f"Copied {branch.name} to {name}")

        def named(name: str | None) -> None:
            if name is not None:
                self.context.write(
                    f"copy branch {branch.name}",
                    lambda repo: repo.refs.copy_branch(current, branch.name, name),
                    lambda _: done(name),
                    reach=Reach.REFS,
                )

        self.context.ask(dialog, named)

    # upstream

    @command(
        "branch.upstream",
        "u",
        "upstream…",
        "Upstream of the branch: set it, or go to it…",
        BRANCHES,
        footer=True,
        writes=True,
        feature="upstream",
        rank=12,
        unless=(none_here, no_remote),
        synonyms=("track", "set-upstream", "tracking branch", "follow", "upstream"),
        about="Chooses the remote branch that pull and push are about.",
    )
    def upstream(self) -> None:
        branch, state = self._branch, self.state
        upstream = state.upstream_of(branch.name)
        if branch.tracking:
            standing = upstream_cell(branch, upstream, state.upstream_ahead_behind(branch.name))
            text = join(cell(branch.tracking, "accent bold"), cell("  "), standing)
        else:
            text = cell("no upstream yet", Style.DIM)
        going = "" if upstream is not None else f"{branch.tracking or 'it'} is not among the remote branches"
        choices = [
            Choice("s", "set…", "choose the remote branch to follow", "" if state.remote_branches else "fetch first"),
            Choice("g", "go to it", "in the Remotes tab", going if branch.tracking else "there is none"),
            Choice("x", "unset", "", NO_UNSET if branch.tracking else "there is none"),
        ]
        body = [join(cell("Upstream of "), cell(branch.name, "accent bold"), cell(": "), text)]
        dialog = ChoiceDialog("Upstream", body, choices, opener="u")

        def chosen(letter: str | None) -> None:
            if letter == "s":
                self._set_upstream(branch)
            elif letter == "g":
                self.context.panes.remotes.go_to(branch.tracking)
                self.context.go_to(self.context.panes.remotes)

        self.context.ask(dialog, chosen)

    def _set_upstream(self, branch: Branch) -> None:
        moment = self.state.clock.now()
        items = sorted(self.state.remote_branches, key=lambda item: item.name != branch.name)
        rows = [
            Row(item.tracking, (cell(item.tracking), (), cell(age(item.date, moment), Style.DIM)), value=item)
            for item in items
        ]
        dialog = PickDialog(f"Upstream of {branch.name}", rows, BRANCH_COLUMNS, name=branch_name, hint="follow")

        def chosen(key: object) -> None:
            item = next((item for item in items if item.tracking == key), None)
            if item is not None:
                follow(self.context, branch.name, item)

        self.context.ask(dialog, chosen)

    # forward

    def _ahead_of(self, branch: Branch) -> list[tuple[str, str, str]]:
        """Letter, name and hash of what may be ahead of a branch, as far as that is known."""
        state = self.state
        found = []
        upstream, standing = state.upstream_of(branch.name), state.upstream_ahead_behind(branch.name)
        if upstream is not None and upstream.hash != branch.hash and (standing is None or standing.behind):
            found.append(("u", upstream.tracking, upstream.hash))
        divergence = state.ahead_behind.get(branch.name)
        if branch.name != state.branch and branch.hash != state.head and (divergence is None or divergence.behind):
            found.append(("c", state.branch, state.head))
        return found

    @command(
        "branch.forward",
        "f",
        "forward…",
        "Fast-forward the branch, without switching…",
        BRANCHES,
        footer=True,
        writes=True,
        rank=12,
        unless=(none_here, nothing_ahead),
        synonyms=("merge --ff-only", "ff", "update branch"),
        about="Moves the branch to its upstream, or to the current branch, where it has no commits of its own.",
    )
    def forward(self) -> None:
        branch, repository = self._branch, self.state.repository
        ways = self._ahead_of(branch)
        head = [join(cell("Fast-forward "), cell(branch.name, "accent bold"))]
        if branch.name != self.state.branch:
            head.append(cell(f"You stay on {self.state.branch}; uncommitted changes stay where they are.", Style.DIM))
        words = {"u": "its upstream", "c": "the current branch"}

        def look(counts: bool) -> list[MergePreview]:
            merging = repository.merging
            return [merging.preview(branch.name, name, tip=tip, counts=counts) for _, name, tip in ways]

        def show(previews: list[MergePreview], whole: bool) -> Shown:
            lines: list[Cell] = []
            choices = []
            for (letter, name, tip), preview in zip(ways, previews, strict=True):
                calls = repository.merging.merge_calls(branch.name, name, MergeKind.FAST_FORWARD, tip=tip)
                lines += [(), join(cell(f"to {name}", Style.BOLD)), *merge_lines(preview)]
                why_not = ""
                if preview.up_to_date:
                    why_not = f"{branch.name} already has all of it"
                elif not preview.can_fast_forward:
                    why_not = f"{branch.name} has {plural(preview.ours, 'commit')} of its own: merge instead"
                text = f"{words[letter]}, {plural(preview.theirs, 'commit')}"
                if preview.in_the_way:
                    text += "; your changes are stashed for it, and come back"
                if preview.in_the_way or preview.staged:
                    calls = repository.aside.calls(calls)
                choices.append(Choice(letter, f"to {name}", text, why_not, calls))
            return lines, choices

        def chosen(letter: str, previews: list[MergePreview]) -> None:
            number = [key for key, _, _ in ways].index(letter)
            (_, name, tip), seen = ways[number], previews[number].seen
            kind, aside = MergeKind.FAST_FORWARD, bool(previews[number].in_the_way) or previews[number].staged
            self.context.write(
                f"fast-forward {branch.name} to {name}",
                around(
                    branch.name,
                    lambda repo, on: repo.merging.merge(on, name, kind, tip=tip, expected=seen),
                    aside=aside,
                ),
                lambda _: self.context.tell(f"{branch.name} moved forward to {name}"),
                also=[branch.name],
                again=self.again("branch.forward", self.context.panes.branches, branch.name),
            )

        PreviewFlow(
            self.context,
            "Fast-forward",
            head,
            [Choice(letter, f"to {name}", words[letter]) for letter, name, _ in ways],
            "f",
            "check what is ahead",
            look,
            show,
            chosen,
            more=lambda found: (
                "count the incoming changes" if any(preview.can_fast_forward for preview in found) else ""
            ),
            default=lambda found: next((choice.letter for choice in show(found, True)[1] if not choice.why_not), None),
        ).begin()
