"""The panes of a full screen: frames at the side, and two places in the right column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.panes.place import Place

if TYPE_CHECKING:
    from dolt_tui.ui.panes.main import MainPane
    from dolt_tui.ui.widgets.grid import Grid

P = TypeVar("P", bound=Pane)


class PaneSet(Generic[P]):
    """Panes, each with its selection; which of them are shown, and which was used last."""

    def __init__(self, frames: Sequence[tuple[P, ...]], main: MainPane, lower: Pane) -> None:
        """``frames`` are those at the side, each with its tabs; ``main`` is pane 0, ``lower`` what is below it."""
        self.frames: tuple[tuple[P, ...], ...] = tuple(frames)
        self.main = main
        self.upper, self.lower = Place(main), Place(lower)
        """What stands in the place of pane 0, and in that of pane 5."""
        self.last: P = self.frames[0][0]
        """The side pane that was in focus last."""
        for frame in self.frames:
            for pane in frame:
                pane.tabs = [other.TITLE for other in frame]
                pane.set_class(pane is not frame[0], "behind")

    @property
    def first(self) -> tuple[P, ...]:
        """Of each frame at the side the pane that it is named for."""
        return tuple(frame[0] for frame in self.frames)

    @property
    def side(self) -> tuple[P, ...]:
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

    def with_grid(self, grid: Grid) -> Pane:
        """The pane of a grid."""
        return next(pane for pane in self if pane.owns(grid))

    def bring_to_front(self, pane: Pane) -> None:
        """Show a pane instead of what stands in its place."""
        for place in (self.upper, self.lower):
            if place.frame(pane):
                place.show(pane)
                return
        pane.remove_class("behind")  # before the others go behind it: one is always in front
        for other in self.beside(pane):
            other.set_class(other is not pane, "behind")
