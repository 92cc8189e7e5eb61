"""Every write of the interface goes through here: it is put down for undo, and the panes are read again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from dolt_tui.engine.errors import CannotUndo
from dolt_tui.engine.steps import Step, Touches
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.text import Cell, Style, cell

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.workspace import Workspace


class How(TypedDict, total=False):
    """How a write is put down for undo."""

    label: str
    """What it is called in the list of steps; else it is what the header says while it runs."""
    touches: Touches
    """How far it goes at most; else everywhere. The less, the fewer snapshots are taken of uncommitted changes."""
    also: Sequence[str]
    """Other branches whose working sets it deletes, renames or changes."""
    undoable: bool
    """False for what undo has no business with, such as a push."""
    stand_on: str | Callable[[], str]
    """The branch to be on afterwards, where the current one goes or gets another name; asked when it is done."""


class Writing:
    """Writes for a workspace; all methods run on the event loop."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def write(
        self,
        what: str,
        work: Callable[[Repository], Any],
        done: Callable[[], None] | None = None,
        *,
        anyway: bool = False,
        **how: Unpack[How],
    ) -> None:
        """Change something, then read what it may have changed, then ``done``; keys wait until all is shown.

        It is a step that can be undone. Where it would destroy uncommitted changes that cannot be kept, one is asked
        first; ``anyway`` does it without asking.
        """
        workspace = self._workspace
        state = workspace.state
        repository, branch = state.repository, state.home
        undoable = how.get("undoable", True)
        workspace.jobs.drop("poll", "panes")
        hold = workspace.hold(what)

        def job() -> tuple[Step, ...]:
            undo = repository.undo
            if undoable:
                undo.perform(
                    branch,
                    how.get("label") or what,
                    lambda: work(repository),
                    touches=how.get("touches", Touches.WORKING),
                    also=how.get("also", ()),
                    anyway=anyway,
                )
            else:
                work(repository)
            return undo.steps() if not repository.info.read_only else ()

        def succeeded(steps: tuple[Step, ...]) -> None:
            state.steps = steps
            wanted = how.get("stand_on") or state.branch
            stand_on = wanted if isinstance(wanted, str) else wanted()
            if stand_on != state.branch:
                workspace.switch(stand_on)
                if done is not None:
                    workspace.live.after(done)
            else:
                workspace.live.read_changed(done, what)

        def failed(error: Exception) -> None:
            if undoable and not anyway and isinstance(error, CannotUndo):
                self._ask(what, error, lambda: self.write(what, work, done, anyway=True, **how))
                return
            workspace.failed(what, error)
            self.look()
            workspace.live.read_changed(None, what)

        workspace.jobs.run("write", what, job, succeeded, failed, hold.release)

    def _ask(self, what: str, error: CannotUndo, go_on: Callable[[], None]) -> None:
        """Nothing was done yet: let one decide whether to do it without a way back."""
        body = [
            cell(f"{what[:1].upper()}{what[1:]}: this could not be undone.", Style.BOLD),
            cell(f"Uncommitted changes would have to be kept, but {error.message}.", Style.WARNING),
        ]
        if error.detail:
            body.append(cell(error.detail, Style.DIM))
        dialog = ChoiceDialog("No way back", body, [Choice("y", "do it all the same")])
        self._workspace.app.keys.clear()
        self._workspace.app.push_screen(dialog, lambda letter: go_on() if letter == "y" else None)

    def look(self) -> None:
        """Find out which steps there are."""
        state = self._workspace.state
        if state.repository.info.read_only:
            return

        def found(steps: tuple[Step, ...]) -> None:
            state.steps = steps
            self._workspace.draw_footer()

        self._workspace.jobs.run("undo", "", state.repository.undo.steps, found, self._workspace.live.fail_quietly)

    def words(self) -> Cell:
        """Whether what one is about to do can be undone: a line for dialogs that ask."""
        state = self._workspace.state
        operation = state.operation
        if state.merging is not None or (operation is not None and state.branch in (operation.branch, operation.on)):
            return cell("It cannot be undone by itself: a merge or rebase is in progress.", Style.WARNING)
        if not state.repository.undo.snapshots_on:
            return cell("It cannot be undone: snapshots are switched off in the configuration.", Style.WARNING)
        return cell("z undoes it afterwards.", Style.DIM)
