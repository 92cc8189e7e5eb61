"""What the groups of actions have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from dolt_tui.engine.model import EngineKind
from dolt_tui.ui.dialogs.dialog import Dialog
from dolt_tui.ui.state import State

if TYPE_CHECKING:
    from dolt_tui.ui.workspace import Workspace

T = TypeVar("T")


class Actions:
    """Handlers of some commands: ``group.verb`` is the method ``verb``."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.write, self.transfer = workspace.writes.write, workspace.writes.transfer

    @property
    def state(self) -> State:
        return self.workspace.state

    def why_not(self, command: str) -> str:
        """Why a command cannot run now; empty when it can."""
        return ""

    def call(self, procedure: str, *arguments: str) -> str:
        """A procedure's call as it would be run, for people to read."""
        verb = "CALL" if self.state.repository.info.engine is EngineKind.DOLT else "SELECT"
        values = ", ".join("'" + argument.replace("'", "''") + "'" for argument in arguments)
        return f"{verb} {procedure}({values})"

    def ask(self, dialog: Dialog[T], answered: Callable[[T | None], None]) -> None:
        """Show a dialog; its answer comes later."""
        self.workspace.app.push_screen(dialog, answered)
