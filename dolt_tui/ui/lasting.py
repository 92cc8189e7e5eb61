"""Changes that are not like the others: those that last, beside all keys, and the one that moves what one stands on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.workspace import Workspace

LANE = "transfer"


class Lasting:
    """Runs them for a workspace; to be used on the event loop."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def transfer(
        self,
        what: str,
        work: Callable[[Repository], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], bool] = lambda _: False,
    ) -> None:
        """Send to a remote or fetch from one, while all keys go on; then read what it changed, and then ``done``.

        ``failed`` tells whether it dealt with an error. One transfer at a time: ``esc`` ends it.
        """
        workspace = self._workspace
        repository = workspace.state.repository

        def succeeded(result: Any) -> None:
            workspace.live.read_changed(lambda: done(result))

        def went_wrong(error: Exception) -> None:
            if not failed(error):
                workspace.failed(what, error)
            workspace.live.read_changed(None)

        workspace.jobs.run(LANE, what, lambda: work(repository), succeeded, went_wrong)
        workspace.draw_bars()

    def rename(self, what: str, work: Callable[[Repository], bool], done: Callable[[], None], to: str) -> None:
        """Do what may rename the branch one stands on to ``to``, and stand there where ``work`` says that it did.

        With ``to`` empty another branch is meant.
        """
        workspace = self._workspace
        repository, state = workspace.state.repository, workspace.state
        if not to:
            workspace.write(what, work, done)
            return
        # Every connection of ours to the branch would count as another session's.
        lanes = ("poll", "panes", "main", "main pages", "main statistics", "log pages", "statistics", "divergence")
        workspace.jobs.drop(*lanes, "standings", "table rows", "log count", *(tab.lane for tab in workspace.tabs))
        workspace.hold(what)

        def succeeded(renamed: bool) -> None:
            previous = state.previous
            if renamed:
                workspace.switch(to)
                state.previous = previous
                workspace.live.after(done)
            else:
                workspace.live.read_changed(done)

        def failed(error: Exception) -> None:
            workspace.failed(what, error)
            workspace.live.read_changed(None)

        workspace.jobs.run("write", what, lambda: work(repository), succeeded, failed)
