"""What m does: continue what is in progress, leave a commit out, or abort; or begin a merge or a rebase."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dolt_tui.engine.errors import Conflicts
from dolt_tui.engine.model.rewriting import Action, Operation, OperationKind
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import Footer, command
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.flows.preview import PreviewFlow, Shown
from dolt_tui.ui.flows.resolve import resolve
from dolt_tui.ui.present.text import Cell, Style, cell, join

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository

_LISTED = 10
EDITING = "change, stage, commit or amend"
"""What there is to do where a rebase stops to edit."""


class ProgressActions(Actions):
    """The command about what is in progress."""

    def unfinished(self) -> Footer:
        if self._goes_on:
            return Footer.FIRST
        return Footer.NO if self.context.focused_pane is self.context.panes.branches else Footer.NEVER

    @property
    def _goes_on(self) -> str:
        """What there is to do about what is in progress; empty where nothing is."""
        operation = self.state.operation
        if self.state.unfinished is not None or (operation is not None and operation.conflicts):
            return "resolve…"
        return "" if operation is None else "continue or abort…"

    def goes_on(self) -> str:
        return self._goes_on or "merge or rebase…"

    def nothing_to_do(self) -> str:
        branch = self.context.panes.branches.selected
        if (
            self.state.operation is None
            and self.state.unfinished is None
            and (branch is None or branch.name == self.state.branch)
        ):
            return "nothing is in progress; select another branch to merge it or to rebase onto it"
        return ""

    @command(
        "progress",
        "m",
        "options…",
        "Continue, skip or abort a merge or rebase…",
        writes=True,
        rank=3,
        unless=nothing_to_do,
        footer=unfinished,
        says=goes_on,
        synonyms=(
            "resolve conflicts",
            "ours",
            "theirs",
            "conflict",
            "conflicts",
            "in progress",
            "merge --abort",
            "merge --continue",
            "rebase --abort",
            "rebase --continue",
            "abort",
            "continue",
        ),
        about="Shows what is in progress. Where nothing is, it offers to merge or rebase.",
    )
    def progress(self) -> None:
        """Ask what to do about what is in progress, as it is now; conflicts that are being resolved are shown again."""
        if self.state.unfinished is not None:
            self.context.session.resolving.resume()
            return
        if self.state.operation is None:
            self._begin()
            return
        repository, branch = self.state.repository, self.state.branch

        def show(operation: Operation | None, whole: bool) -> Shown:
            if operation is None:
                return [cell("It has already ended.", Style.BOLD)], []
            return progress_lines(operation, branch), self._choices(operation)

        def chosen(letter: str, operation: Operation | None) -> None:
            assert operation is not None
            if letter == "d":
                self._resolve(operation)
                return
            doing = {"c": "continue", "s": "skip the commit", "a": "abort"}[letter]
            work: dict[str, Callable[[Repository], str | None]] = {
                "c": lambda repo: repo.progress.go_on(operation),
                "s": lambda repo: repo.progress.skip(operation),
                "a": lambda repo: repo.progress.abort(operation),
            }
            self._run(operation, doing, work[letter])

        PreviewFlow(
            self.context,
            "In progress",
            [],
            [Choice("c", "continue"), Choice("a", "abort")],
            "m",
            "check what is in progress",
            lambda _: repository.progress.find(branch),
            show,
            chosen,
            waiting="Checking where it is…",
            default=lambda operation: "d" if operation is not None and operation.conflicts else None,
        ).begin()

    def _resolve(self, operation: Operation) -> None:
        """Show the conflicts that stand, on the branch where they do."""

        def show() -> None:
            resolve(self.context, lambda repo: repo.incoming.standing(operation))

        if operation.on == self.state.branch:
            show()
        else:
            self.context.switch(operation.on)
            self.context.session.refresh.after(show)

    def _look_again(self, operation: Operation) -> None:
        """A rebase that goes on conflicts at another commit: show that."""
        repository = self.state.repository

        def found(now: Operation | None) -> None:
            self._resolve(now or operation)

        self.context.look("look for conflicts", lambda: repository.progress.find(operation.on), found)

    def _run(self, operation: Operation, doing: str, work: Callable[[Repository], str | None]) -> None:
        """Do it, and switch to where it goes on: the branch of a rebase that ends is deleted with it."""
        current, rebase = self.state.branch, operation.kind is OperationKind.REBASE

        def stand_on(waits: str | None) -> str:
            if rebase and waits:
                return waits
            return operation.branch if rebase and current == operation.on else current

        def told(waits: str | None) -> None:
            title = operation.title.partition(":")[0]
            if waits:
                self.context.tell(f"Stopped to edit again: {EDITING}; then {key_of('progress')} continues")
            else:
                self.context.tell(f"Aborted: {title}" if doing == "abort" else f"Done: {title}")

        def failed(error: Exception) -> bool:
            if not isinstance(error, Conflicts) or doing != "continue" or not rebase:
                return False
            self._look_again(operation)
            return True

        # With the step that began it, it is one step for undo.
        self.context.write(
            doing,
            work,
            told,
            failed,
            label=operation.title,
            branch=operation.branch,
            stand_on=stand_on,
            again=self.again("progress"),
        )

    def _choices(self, operation: Operation) -> list[Choice]:
        """What can be done about it, each with the statements."""
        progress = self.state.repository.progress
        rebase = operation.kind is OperationKind.REBASE
        blocked = ""
        if operation.conflicts:
            blocked = f"decide the conflicts in {', '.join(operation.conflicts)} first"
        elif operation.kind is OperationKind.CONFLICTS:
            blocked = "nothing is being merged: resolve the conflicts, and commit"
        elif operation.broken:
            blocked = "the plan is gone"
        elif rebase and operation.unstaged:
            blocked = f"changes in {', '.join(operation.unstaged)} are not staged"
        going_on = "replay the commits that are left" if rebase else "commit it"
        if rebase and operation.staged and not blocked:
            going_on = "what is staged becomes a commit of its own; amend first if it belongs to the last one"
        found = [Choice("c", "continue", going_on, blocked, progress.go_on_calls(operation))]
        if operation.conflicts:
            found.insert(0, Choice("d", "decide…", "row by row, then continue"))
        if rebase and not operation.broken:
            keeps = self.state.repository.info.traits.keeps_conflicts
            found.append(
                Choice(
                    "s",
                    "skip",
                    "skip the commit that conflicts",
                    "no commit conflicts" if keeps and not operation.conflicts else "",
                    progress.skip_calls(operation),
                )
            )
        abort = after_abort(operation.kind, operation.branch)
        if operation.broken:
            abort = f"delete the branch {operation.on}, which is all that is left"
        found.append(Choice("a", "abort", abort, calls=progress.abort_calls(operation)))
        return found

    def _begin(self) -> None:
        """Nothing is in progress: offer to begin something with the branch that is selected."""
        selected = self.context.panes.branches.selected
        assert selected is not None
        body = [cell("Nothing is in progress.", Style.BOLD), cell(f"Start something with {selected.name}:")]
        choices = [
            Choice(
                "M",
                "merge…",
                f"{selected.name} into {self.state.branch}",
                self.context.why_not("branches.merge"),
            ),
            Choice(
                "r",
                "rebase…",
                f"{self.state.branch} onto {selected.name}",
                self.context.why_not("rewrite.rebase"),
            ),
        ]

        def chosen(letter: str | None) -> None:
            if letter == "M":
                self.context.run("branches.merge")
            elif letter == "r":
                self.context.run("rewrite.rebase")

        self.context.ask(ChoiceDialog("Merge or rebase", body, choices, opener="m"), chosen)


def after_abort(kind: OperationKind, branch: str) -> str:
    """What aborting leaves, in words; ``branch`` is the one that is rebased."""
    return {
        OperationKind.REBASE: f"{branch} stays as it was before the rebase",
        OperationKind.CONFLICTS: "resets everything to the last commit, keeps new tables",
    }.get(kind, "other changes stay, unstaged")


def progress_lines(operation: Operation, branch: str) -> list[Cell]:
    """What is in progress, in lines."""
    found: list[Cell] = [cell(operation.title, Style.BOLD)]
    if operation.on != branch:
        found.append(cell(f"It is on {operation.on}: switch there to edit.", Style.DIM))
    for step in operation.steps[:_LISTED]:
        style = Style.DIM if step.action is Action.DROP else ""
        current = step.hash == operation.source
        found.append(
            join(
                cell("  › " if current else "    ", Style.ACCENT),
                cell(f"{step.action:<7}", Style.KEY),
                cell(f"{step.hash[:7]} ", Style.DIM),
                cell(step.summary or "(no message)", style),
            )
        )
    if len(operation.steps) > _LISTED:
        found.append(cell(f"    … {len(operation.steps) - _LISTED} more", Style.DIM))
    if operation.conflicts:
        found.append(cell(f"  ✗ conflicts in {', '.join(operation.conflicts)}", Style.ERROR))
    if operation.unstaged:
        found.append(cell(f"  ● not staged: {', '.join(operation.unstaged)}", Style.WARNING))
    if operation.staged:
        found.append(cell(f"  ● staged: {', '.join(operation.staged)}", Style.WARNING))
    return found
