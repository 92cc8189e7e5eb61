"""Names of before for what handlers reach through the workspace; each goes with its last use."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dolt_tui.ui.full_screen import FullScreen
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.panes.panes import Panes
from dolt_tui.ui.panes.read_pane import SidePane
from dolt_tui.ui.session.session import Session

if TYPE_CHECKING:
    from dolt_tui.ui.commands import CommandSet


class OldNames(FullScreen):
    """See above."""

    def __init__(self, session: Session, panes: Panes, commands: CommandSet) -> None:
        super().__init__(session, panes, commands)
        self.changes, self.branches, self.log_pane = panes.changes, panes.branches, panes.log
        self.tables, self.summary = panes.tables, panes.summary
        self.stashes, self.reflog, self.remotes, self.tags = panes.stashes, panes.reflog, panes.remotes, panes.tags
        self.jobs, self.writes, self.live = session.jobs, session.writes, session.refresh

    @property
    def side(self) -> tuple[SidePane, ...]:
        return self.panes.side

    @property
    def tabs(self) -> list[SidePane]:
        return [pane for pane in self.side if pane not in self.panes.first]

    @property
    def last_side(self) -> SidePane:
        return self.panes.last

    @property
    def held(self) -> str:
        return self.session.busy

    def bring_to_front(self, pane: Pane) -> None:
        self.panes.bring_to_front(pane)
        if pane in self.tabs:
            self.session.refresh.read_pane(pane)
        self.set_focus(pane.grid)

    def job(self, lane: str, label: str, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self.session.job(lane, label, work, done)

    def failed(self, what: str, error: Exception, then: Callable[[], None] | None = None) -> None:
        self.session.failed(what, error, then)

    def stop_reading(self) -> None:
        self.session.stop_reading()
