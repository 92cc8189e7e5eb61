"""All panes of the screen, and the frames that hold them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from dolt_tui.ui.panes.branches import BranchesPane
from dolt_tui.ui.panes.changes import ChangesPane
from dolt_tui.ui.panes.log import LogPane
from dolt_tui.ui.panes.main import MainPane
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.panes.place import Place
from dolt_tui.ui.panes.queries import QueriesPane
from dolt_tui.ui.panes.read_pane import ReadPane, SidePane
from dolt_tui.ui.panes.reflog import ReflogPane
from dolt_tui.ui.panes.remotes import RemotesPane
from dolt_tui.ui.panes.stashes import StashesPane
from dolt_tui.ui.panes.summary import SummaryPane
from dolt_tui.ui.panes.tables import TablesPane
from dolt_tui.ui.panes.tags import TagsPane
from dolt_tui.ui.session.clock import Clock
from dolt_tui.ui.widgets.grid import Grid

if TYPE_CHECKING:
    from dolt_tui.ui.panes.console import ConsolePane
    from dolt_tui.ui.panes.result import MessagesPane, PlanPane, ResultPane
    from dolt_tui.ui.widgets.sql_completing import Complete


class Panes:
    """The panes, each with its selection."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.complete: Complete | None = None
        """What tells, on a thread, what may come next in a text of SQL."""
        self.changes, self.stashes = ChangesPane(), StashesPane()
        self.branches, self.remotes, self.tags = BranchesPane(), RemotesPane(), TagsPane()
        self.log, self.reflog = LogPane(), ReflogPane()
        self.tables, self.queries = TablesPane(), QueriesPane()
        self.main, self.summary = MainPane(clock), SummaryPane()
        self.frames: tuple[tuple[SidePane, ...], ...] = (
            (self.changes, self.stashes),
            (self.branches, self.remotes, self.tags),
            (self.log, self.reflog),
            (self.tables, self.queries),
        )
        """The frames at the side, each with its tabs."""
        self.upper, self.lower = Place(self.main), Place(self.summary)
        """What stands in the place of pane 0, and in that of pane 5."""
        self.last: SidePane = self.changes
        """The side pane whose selection the main pane is about."""
        for frame in self.frames:
            for pane in frame:
                pane.tabs = [other.TITLE for other in frame]
                pane.set_class(pane is not frame[0], "behind")

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
    def first(self) -> tuple[SidePane, ...]:
        """Of each frame at the side the pane that it is named for."""
        return tuple(frame[0] for frame in self.frames)

    @property
    def always_read(self) -> tuple[ReadPane, ...]:
        """Those that are read also while they are behind others."""
        return (*self.first, self.summary)

    @property
    def side(self) -> tuple[SidePane, ...]:
        """The side panes that are shown: of each frame the tab in front."""
        return tuple(next(pane for pane in frame if not pane.has_class("behind")) for frame in self.frames)

    @property
    def shown(self) -> tuple[Pane, ...]:
        """Those that are shown, in the order of the tab key."""
        return (*self.side, self.upper.shown, self.lower.shown)

    def __iter__(self) -> Iterator[Pane]:
        """All of them, also the tabs behind others."""
        yield from (pane for frame in self.frames for pane in frame)
        yield from (*self.upper, *self.lower)

    def beside(self, pane: Pane) -> tuple[Pane, ...]:
        """All tabs of a pane's frame, in order."""
        side = next((frame for frame in self.frames if pane in frame), ())
        return side or self.upper.frame(pane) or self.lower.frame(pane)

    def in_place_of(self, pane: Pane) -> Pane:
        """The pane that stands where ``pane`` does when that is in front: itself, a tab beside it, another frame."""
        for place in (self.upper, self.lower):
            if place.frame(pane):
                return place.shown
        return next((tab for tab in self.beside(pane) if not tab.has_class("behind")), pane)

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

    def with_grid(self, grid: Grid) -> Pane:
        """The pane of a grid."""
        return next(pane for pane in self if pane.grid is grid)

    def bring_to_front(self, pane: Pane) -> None:
        """Show a pane instead of what stands in its place."""
        for place in (self.upper, self.lower):
            if place.frame(pane):
                place.show(pane)
                if pane is self.main and self.lower.frame(self.lower.shown) == self.results_made:
                    self.lower.put_back()  # the results go with the console
                return
        for other in self.beside(pane):
            other.set_class(other is not pane, "behind")
