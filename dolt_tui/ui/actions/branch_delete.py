"""Deleting branches: what would be lost with them, and what other sessions lose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.errors import BranchInUse, ChangedMeanwhile
from dolt_tui.engine.model import Branch, BranchLoss
from dolt_tui.engine.undo.steps import Reach
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import BRANCHES, command
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.flows.preview import PreviewFlow, Shown
from dolt_tui.ui.flows.undo_note import undo_note
from dolt_tui.ui.present.lines import change_lines
from dolt_tui.ui.present.text import Cell, Style, cell, join
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository


class BranchDeleteActions(Actions):
    """The command that deletes branches."""

    def deletes(self) -> str:
        number = len(self._selected)
        return f"delete {number}…" if number > 1 else ""

    def none_here(self) -> str:
        return "" if self.context.panes.branches.selected is not None else "there is no branch here"

    def shadowed(self) -> str:
        branch = self.context.panes.branches.selected
        if branch is None or not branch.shadowed_by:
            return ""
        opened = f"Dolt opens {branch.shadowed_by} instead of {branch.name}"
        return f"{opened}: rename one of the two with {key_of('branch.rename')}"

    def all_kept(self) -> str:
        branch = self.context.panes.branches.selected
        return self._kept(branch) if branch is not None and all(map(self._kept, self._selected)) else ""

    @command(
        "branches.delete",
        "d",
        "delete…",
        "Delete the branch, or several…",
        BRANCHES,
        footer=True,
        writes=True,
        rank=4,
        unless=(none_here, shadowed, all_kept),
        synonyms=("branch -d", "branch -D", "remove branch", "drop branch"),
        about="Shows which commits are on no other branch, and asks. It can be undone.",
        runs="dolt_branch('-D', name)",
        destroys=True,
        says=deletes,
    )
    def delete(self) -> None:
        names = [branch.name for branch in self._selected if not self._kept(branch)]
        kept = [f"{branch.name}: {self._kept(branch)}" for branch in self._selected if self._kept(branch)]
        current, repository = self.state.branch, self.state.repository
        hashes = {branch.name: branch.hash for branch in self.state.branches}
        if len(names) == 1:
            title = join(cell("Delete branch "), cell(names[0], "accent bold"))
            head = [join(title, cell(f"  {hashes[names[0]][:7]}", Style.DIM))]
        else:
            head = [join(cell("Delete "), cell(plural(len(names), "branch", "branches"), "accent bold"))]
        head += [cell(f"  stays: {text}", Style.DIM) for text in kept]
        what = "it" if len(names) == 1 else "them"

        def look(counts: bool) -> dict[str, BranchLoss]:
            result = {}
            for name in names:
                seen = repository.refs.look(name)  # first: what changes from here on is found at the deletion
                changes = repository.working.status(name)
                if counts:
                    changes = repository.working.with_counts(name, changes)
                result[name] = repository.refs.loss(current, name, changes, seen)
            return result

        def show(losses: dict[str, BranchLoss], whole: bool) -> Shown:
            lines: list[Cell] = []
            for name, loss in losses.items():
                if len(names) > 1:
                    lines += [(), join(cell(name, "accent bold"), cell(f"  {hashes[name][:7]}", Style.DIM))]
                lines += loss_lines(loss)
            calls = [
                call
                for name, loss in losses.items()
                for call in repository.refs.delete_branch_calls(name, force=_loses(loss))
            ]
            lines += [(), undo_note(self.state)]
            return lines, [Choice("x", f"delete {what}", calls=calls)]

        def chosen(_: str, losses: dict[str, BranchLoss]) -> None:
            self._delete(losses, hashes)

        def more(losses: dict[str, BranchLoss]) -> str:
            return "count what would be lost" if any(loss.uncommitted for loss in losses.values()) else ""

        PreviewFlow(
            self.context,
            "Delete branch" if len(names) == 1 else "Delete branches",
            head,
            [Choice("x", f"delete {what}")],
            "d",
            "check what would be lost",
            look,
            show,
            chosen,
            more,
            waiting="Checking what would be lost…",
        ).begin()

    def _delete(self, losses: dict[str, BranchLoss], hashes: dict[str, str], *, in_use: bool = False) -> None:
        """Delete branches that lose this; those that other sessions use are asked about again."""
        current, names = self.state.branch, list(losses)

        def work(repository: Repository) -> list[str]:
            busy = []
            for number, (name, loss) in enumerate(losses.items()):
                try:
                    repository.refs.delete_branch(current, name, force=_loses(loss), in_use=in_use, expected=loss.seen)
                except BranchInUse:
                    busy.append(name)
                except ChangedMeanwhile as error:
                    if number:
                        gone = [other for other in names[:number] if other not in busy]
                        error.message += f" Already deleted: {', '.join(gone) or 'no other'}."
                    raise
            return busy

        def done(busy: list[str]) -> None:
            gone = [name for name in names if name not in busy]
            self.context.panes.branches.grid.clear_range()
            if len(gone) == 1:
                self.context.tell(f"Deleted branch {gone[0]}, it was at {hashes[gone[0]][:7]}")
            elif gone:
                self.context.tell(f"Deleted {plural(len(gone), 'branch', 'branches')}: {', '.join(gone)}")
            if busy:
                self._ask_in_use({name: losses[name] for name in busy}, hashes)

        label = names[0] if len(names) == 1 else plural(len(names), "branch", "branches")
        what = f"delete {'branch ' if len(names) == 1 else ''}{label}"
        again = self.again("branches.delete", self.context.panes.branches, names[0]) if len(names) == 1 else self.delete
        self.context.write(what, work, done, reach=Reach.REFS, also=names, again=again)

    def _ask_in_use(self, losses: dict[str, BranchLoss], hashes: dict[str, str]) -> None:
        body = [
            cell(f"Other sessions are using {', '.join(losses)}.", Style.BOLD),
            (),
            cell("If you delete it anyway, whatever they change there afterwards is lost, and"),
            cell("their next statements fail. What they have not committed is lost with the branch."),
        ]
        refs = self.state.repository.refs
        calls = [call for name in losses for call in refs.delete_branch_calls(name, force=True)]
        dialog = ChoiceDialog("In use", body, [Choice("x", "delete them anyway", calls=calls)], opener="d")

        def chosen(letter: str | None) -> None:
            if letter == "x":
                self._delete(losses, hashes, in_use=True)

        self.context.ask(dialog, chosen)

    @property
    def _selected(self) -> list[Branch]:
        """The branches of the range, or the one under the cursor."""
        return [row.value for row in self.context.panes.branches.grid.selected_rows if isinstance(row.value, Branch)]

    def _kept(self, branch: Branch) -> str:
        """Why a branch cannot be deleted; empty where it can."""
        if branch.name == self.state.branch:
            return "the current branch cannot be deleted: switch to another one first"
        if branch.name == self.state.repository.info.default_branch:
            return f"{branch.name} is the default branch"
        return ""


def _loses(loss: BranchLoss) -> bool:
    """Whether the deletion has to be forced."""
    return bool(loss.unmerged or loss.uncommitted or loss.elsewhere)


def loss_lines(loss: BranchLoss) -> list[Cell]:
    """What is lost with a branch, in lines."""
    found: list[Cell] = [()]
    if loss.unmerged:
        found.append(cell(f"  ✗ {plural(loss.unmerged, 'commit')} that no other branch has", Style.ERROR))
    else:
        found.append(cell("  ✓ all its commits are on another branch", Style.SUCCESS))
    if loss.uncommitted:
        found.append(cell(f"  ✗ uncommitted changes in {plural(len(loss.uncommitted), 'table')}:", Style.ERROR))
        found += change_lines(loss.uncommitted)
    else:
        found.append(cell("  ✓ no uncommitted changes", Style.SUCCESS))
    return found
