"""What becomes of a command: whether it can run now, and its handler."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import Command, CommandSet, Footer

if TYPE_CHECKING:
    from dolt_tui.ui.flows.context import Context
    from dolt_tui.ui.session.state import State

Group = TypeVar("Group", bound=Actions)


class Dispatch:
    """The commands of a screen, and the groups of actions that carry them out for it."""

    def __init__(self, commands: CommandSet, context: Context) -> None:
        self.commands = commands
        self._context = context
        self._groups: dict[type[Actions], Actions] = {}

    def group(self, kind: type[Group]) -> Group:
        """A group of actions of the screen."""
        found = self._groups.get(kind)
        if found is None:
            found = self._groups[kind] = kind(self._context)
        assert isinstance(found, kind)
        return found

    def why_not(self, id_: str) -> str:
        """Why a command cannot run now; empty when it can."""
        command = self.commands[id_]
        return self.forbidden(id_) or command.reason(self._of(command))

    def forbidden(self, id_: str) -> str:
        """Why a command cannot run now, whatever is selected; empty where that is what it depends on."""
        if not self._context.session.is_open:
            return "nothing is open yet"
        return _forbidden(self.commands[id_], self._context.state)

    def shows(self, command: Command) -> Footer:
        """Whether the footer shows a command now, as far as that is known before it is asked whether it can run."""
        if command.shows is None or self.why_not(command.id):
            return command.footer
        return command.shown_now(self._of(command))

    def word(self, command: Command) -> str:
        """What the footer calls a command that can run now."""
        return command.word(self._of(command))

    def run(self, id_: str) -> None:
        """Run a command."""
        command = self.commands[id_]
        command.handler(self._of(command))

    def _of(self, command: Command) -> Actions:
        assert command.group is not None
        found: Actions = self.group(command.group)
        return found


def _forbidden(command: Command, state: State) -> str:
    """Why what is open does not allow a command; empty when it does."""
    info = state.repository.info
    if info.read_only and command.writes and not command.previews:
        return "opened read-only"
    if state.came_from is not None and command.writes and not command.from_commits:
        return f"read-only at {state.at}: press esc to go back"
    if state.pair is not None and command.writes:
        return "a comparison is shown: esc in a side pane ends it"
    if state.lost and not command.offline:
        return "the connection to the server is lost: trying again"
    return (info.lacks(command.feature) or "") if command.feature else ""
