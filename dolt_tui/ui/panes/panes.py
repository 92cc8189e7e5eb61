"""All panes of the workspace, and the frames that hold them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from dolt_tui.ui.panes.branches import BranchesPane
from dolt_tui.ui.panes.changes import ChangesPane
from dolt_tui.ui.panes.log import LogPane
from dolt_tui.ui.panes.main import MainPane
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.panes.pane_set import PaneSet
from dolt_tui.ui.panes.queries import QueriesPane
from dolt_tui.ui.panes.read_pane import ReadPane, SidePane
from dolt_tui.ui.panes.reflog import ReflogPane
from dolt_tui.ui.panes.remotes import RemotesPane
from dolt_tui.ui.panes.stashes import StashesPane
from dolt_tui.ui.panes.summary import SummaryPane
from dolt_tui.ui.panes.tables import TablesPane
from dolt_tui.ui.panes.tags import TagsPane
from dolt_tui.ui.session.clock import Clock

if TYPE_CHECKING:
    from dolt_tui.ui.panes.console import ConsolePane
    from dolt_tui.ui.panes.result import MessagesPane, PlanPane, ResultPane
    from dolt_tui.ui.widgets.sql_completing import Complete


class Panes(PaneSet[SidePane]):
    """The panes of the workspace; the main pane is about the selection of the side pane that was in focus last."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.complete: Complete | None = None
        """What tells, on a thread, what may come next in a text of SQL."""
        self.changes, self.stashes = ChangesPane(), StashesPane()
        self.branches, self.remotes, self.tags = BranchesPane(), RemotesPane(), TagsPane()
        self.log, self.reflog = LogPane(), ReflogPane()
        self.tables, self.queries = TablesPane(), QueriesPane()
        self.summary = SummaryPane()
        frames = (
            (self.changes, self.stashes),
            (self.branches, self.remotes, self.tags),
            (self.log, self.reflog),
            (self.tables, self.queries),
        )
        super().__init__(frames, MainPane(clock), self.summary)

    # Those of the console are made, and what they need is imported, when it is first opened.

    @cached_property
    def console(self) -> ConsolePane:
        """The editor of the console."""
        from dolt_tui.ui.panes.console import ConsolePane

        return ConsolePane(self.complete)

    @cached_property
    def results(self) -> tuple[ResultPane, MessagesPane, PlanPane]:
        """What the console's statements returned, the messages, and the plan: tabs of one frame."""
        from dolt_tui.ui.panes.result import MessagesPane, PlanPane, ResultPane

        return ResultPane(self._clock), MessagesPane(), PlanPane()

    @property
    def console_made(self) -> bool:
        """Whether the console was ever opened."""
        return "console" in vars(self)

    @property
    def results_made(self) -> tuple[Pane, ...]:
        """The same, where the console was ever opened; else none."""
        return self.results if "results" in vars(self) else ()

    @property
    def console_open(self) -> bool:
        """Whether the console stands in the place of the main pane."""
        return self.upper.shown is not self.main

    @property
    def always_read(self) -> tuple[ReadPane, ...]:
        """Those that are read also while they are behind others."""
        return (*self.first, self.summary)

    def readers(self) -> list[ReadPane]:
        """Those that the session reads, the most looked-at first; of the tabs behind others those that are shown."""
        return [*self.first, self.summary, *(pane for pane in self.side if pane not in self.first)]

    @property
    def branches_in_view(self) -> list[str]:
        """The branches for which ahead and behind are worth counting."""
        return self.branches.in_view

    def of(self, kind: str) -> ReadPane:
        """The pane of a kind (`Pane.KIND`)."""
        return next(pane for pane in self if isinstance(pane, ReadPane) and kind == pane.KIND)

    def bring_to_front(self, pane: Pane) -> None:
        super().bring_to_front(pane)
        if pane is self.main and self.lower.frame(self.lower.shown) == self.results_made:
            self.lower.put_back()  # the results go with the console
