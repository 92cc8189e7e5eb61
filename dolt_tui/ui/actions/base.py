"""What the groups of actions have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from dolt_tui.engine.model import Expected
from dolt_tui.ui.actions.context import Context
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.dialogs.dialog import Dialog
from dolt_tui.ui.session.state import State

if TYPE_CHECKING:
    from dolt_tui.ui.workspace import Workspace

T = TypeVar("T")


def no_remote() -> str:
    """Why nothing can be pushed or fetched where there is no remote."""
    return f"there is no remote: {key_of('remotes.new')} in the Remotes tab adds one"


class Actions:
    """Handlers of some commands: ``group.verb`` is the method ``verb``."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.context: Context = workspace
        self.write, self.transfer = workspace.writes.write, workspace.writes.transfer

    @property
    def state(self) -> State:
        return self.workspace.state

    def why_not(self, command: str) -> str:
        """Why a command cannot run now; empty when it can."""
        return ""

    def watch(self, tables: Iterable[str]) -> Callable[[], Expected | None]:
        """What these tables are now, while a dialog about them is shown: what they still have to be at its answer."""
        branch, repository, names = self.state.branch, self.state.repository, list(tables)
        seen = [self.state.seen]  # all that is uncommitted, until the tables themselves have been looked at
        live = self.workspace.live
        self.workspace.jobs.run(
            "preview", "", lambda: repository.working.look(branch, names), seen.append, live.fail_quietly
        )
        return lambda: seen[-1]

    def call(self, procedure: str, *arguments: str) -> str:
        """A procedure's call as it would be run, for people to read."""
        verb = self.state.repository.info.traits.procedures
        values = ", ".join("'" + argument.replace("'", "''") + "'" for argument in arguments)
        return f"{verb} {procedure}({values})"

    def ask(self, dialog: Dialog[T], answered: Callable[[T | None], None]) -> None:
        """Show a dialog; its answer comes later."""
        self.workspace.app.push_screen(dialog, answered)
