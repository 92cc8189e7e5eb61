"""Everything that changes something goes through here, in order: first in, first out; only ``esc`` cancels it.

A write is recorded for undo, and the panes are read again when it is done. Keys wait for it. A transfer (fetch, push,
clone) takes as long as the network does: all keys go on meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, Unpack

from dolt_tui.engine.errors import CannotUndo, ChangedMeanwhile, ServerLost, Unanswered
from dolt_tui.engine.undo.steps import Step, Touches
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.present.remedies import advice_of
from dolt_tui.ui.present.text import Cell, Style, cell
from dolt_tui.ui.session.jobs import TRANSFER, WRITE

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.workspace import Workspace

T = TypeVar("T")


class How(TypedDict, total=False):
    """How a write is recorded for undo."""

    label: str
    """What it is called in the list of steps; else it is what the header says while it runs."""
    branch: str
    """The branch that it changes; else the current one."""
    touches: Touches
    """How far it goes at most; else everywhere. The less, the fewer snapshots are taken of uncommitted changes."""
    also: Sequence[str]
    """Other branches whose working sets it deletes, renames or changes."""
    undoable: bool
    """False for what undo does not concern, such as the list of remotes."""
    stand_on: str | Callable[[Any], str]
    """The branch to be on afterwards, where the current one goes or gets another name; told from the result."""
    again: Callable[[], None]
    """What shows the preview again where another session changed something after it was made."""


class Writes:
    """Writes for a workspace; all methods run on the event loop."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def write(
        self,
        what: str,
        work: Callable[[Repository], T],
        done: Callable[[T], None] | None = None,
        *,
        anyway: bool = False,
        **how: Unpack[How],
    ) -> None:
        """Change something, then read what it may have changed, then ``done``; keys wait until all is shown.

        It is a step that can be undone. Where it would destroy uncommitted changes that cannot be kept, the user is
        asked first; ``anyway`` does it without asking. ``done`` gets what ``work`` answered.
        """
        workspace = self._workspace
        state = workspace.state
        repository, branch = state.repository, how.get("branch") or state.home
        undoable = how.get("undoable", True)
        workspace.jobs.drop("poll", "panes")
        hold = workspace.hold(what)

        def job() -> tuple[T, tuple[Step, ...]]:
            undo = repository.undo
            if undoable:
                result, _ = undo.perform(
                    branch,
                    how.get("label") or what,
                    lambda: work(repository),
                    touches=how.get("touches", Touches.WORKING),
                    also=how.get("also", ()),
                    anyway=anyway,
                )
            else:
                result = work(repository)
            try:
                return result, undo.steps() if not repository.info.read_only else ()
            except ServerLost:  # it is done; the panes, which are read next, find that out too
                return result, state.steps

        def succeeded(found: tuple[T, tuple[Step, ...]]) -> None:
            result, state.steps = found
            report = None if done is None else partial(done, result)
            wanted = how.get("stand_on") or state.branch
            stand_on = wanted if isinstance(wanted, str) else wanted(result)
            if stand_on != state.branch:
                workspace.switch(stand_on)
                if report is not None:
                    workspace.live.after(report)
            else:
                workspace.live.read_changed(report, what)

        def failed(error: Exception) -> None:
            if undoable and not anyway and isinstance(error, CannotUndo):
                self._ask(what, error, lambda: self.write(what, work, done, anyway=True, **how))
                return
            again = how.get("again") if isinstance(error, ChangedMeanwhile) else None
            workspace.failed(what, _unanswered(what, error), again)
            self.look()
            workspace.live.read_changed(None, what)

        workspace.jobs.run(WRITE, what, job, succeeded, failed, hold.release)

    def transfer(
        self,
        what: str,
        work: Callable[[Repository], T],
        done: Callable[[T], None],
        failed: Callable[[Exception], bool] = lambda _: False,
    ) -> None:
        """Send to a remote or fetch from one, while all keys go on; then read what it changed, and then ``done``.

        ``failed`` tells whether it dealt with an error. ``esc`` ends it.
        """
        workspace = self._workspace
        repository = workspace.state.repository

        def succeeded(result: T) -> None:
            workspace.live.read_changed(lambda: done(result))

        def went_wrong(error: Exception) -> None:
            if not failed(error):
                workspace.failed(what, _unanswered(what, error))
            workspace.live.read_changed(None)

        workspace.jobs.run(TRANSFER, what, lambda: work(repository), succeeded, went_wrong)
        workspace.draw_bars()

    def _ask(self, what: str, error: CannotUndo, go_on: Callable[[], None]) -> None:
        """Nothing was done yet: let the user decide whether to do it without a way back."""
        body = [
            cell(f"{what[:1].upper()}{what[1:]}: this could not be undone.", Style.BOLD),
            cell(f"Uncommitted changes would have to be kept, but {error.message}.", Style.WARNING),
        ]
        if error.detail:
            body.append(cell(error.detail, Style.DIM))
        dialog = ChoiceDialog("No way back", body, [Choice("y", "do it anyway")])
        self._workspace.app.keys.clear()
        self._workspace.app.push_screen(dialog, lambda letter: go_on() if letter == "y" else None)

    def look(self) -> None:
        """Find out which steps there are, and what became of commands that the connection was lost during."""
        state = self._workspace.state
        if state.repository.info.read_only:
            return
        undo = state.repository.undo

        def work() -> tuple[tuple[Unanswered, ...], tuple[Step, ...]]:
            return undo.outcomes(), undo.steps()

        def found(answer: tuple[tuple[Unanswered, ...], tuple[Step, ...]]) -> None:
            outcomes, state.steps = answer
            for outcome in outcomes:
                self._workspace.tell(f"{outcome.message} {advice_of(outcome)}", "warning")
            self._workspace.draw_footer()

        self._workspace.jobs.run("undo", "", work, found, self._workspace.live.fail_quietly)

    def words(self) -> Cell:
        """Whether what is about to be done can be undone: a line for dialogs that ask."""
        state = self._workspace.state
        operation = state.operation
        if state.merging is not None or (operation is not None and state.branch in (operation.branch, operation.on)):
            return cell("It cannot be undone by itself: a merge or rebase is in progress.", Style.WARNING)
        if not state.repository.undo.snapshots_on:
            return cell("It cannot be undone: snapshots are switched off in the configuration.", Style.WARNING)
        return cell(f"{key_of('undo')} undoes it afterwards; what is not committed is kept in a snapshot.", Style.DIM)


def _unanswered(what: str, error: Exception) -> Exception:
    """An error of a write; where the connection was lost, and nobody looks what became of it, one that says so."""
    if isinstance(error, ServerLost) and not isinstance(error, Unanswered):
        return Unanswered(what, None, error.message, looked_up=False)
    return error
