"""What the groups of actions have in common."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

from dolt_tui.engine.model import Expected
from dolt_tui.ui.flows.context import Context
from dolt_tui.ui.flows.preview import Lookup
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.session.state import State


class Actions:
    """Handlers of some commands, each declared with `dolt_tui.ui.commands.command`; one object for each screen.

    What several groups need is a function of `dolt_tui.ui.flows`: no group knows another one.
    """

    def __init__(self, context: Context) -> None:
        self.context = context

    @property
    def state(self) -> State:
        return self.context.state

    def again(self, command: str, pane: Pane | None = None, key: Hashable = None) -> Callable[[], None]:
        """What runs a command once more, or says why it no longer can.

        With a ``pane``: on the row with this key there, and not at all where that is gone by then.
        """

        def run() -> None:
            if pane is None or pane.grid.move_to_key(key):
                self.context.run(command)

        return run

    def select(self, pane: Pane, key: Hashable) -> None:
        """Put the cursor of a pane on what was just made: at once, or as soon as that is read."""
        if not pane.grid.move_to_key(key):
            pane.grid.expect_key(key)

    def watch(self, tables: Iterable[str]) -> Callable[[], Expected | None]:
        """What these tables are now, while a dialog about them is shown: what they still have to be at its answer."""
        branch, repository, names = self.state.branch, self.state.repository, list(tables)
        seen = [self.state.seen]  # all that is uncommitted, until the tables themselves have been looked at
        Lookup(self.context).ask("", lambda: repository.working.look(branch, names), seen.append)
        return lambda: seen[-1]
