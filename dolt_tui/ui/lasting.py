"""Changes that last: they go on beside all keys."""

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
