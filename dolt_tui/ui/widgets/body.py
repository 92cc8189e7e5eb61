"""The part of a screen that is made of panes: it gives each of them its place, and lets their borders be dragged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import Layout, WidgetPlacement
from textual.widget import Widget

from dolt_tui.frozen import Frozen
from dolt_tui.ui.widgets.pane_layout import Arrangement, Edge, Sizes, arrange, dragged, edge_at

if TYPE_CHECKING:
    from textual.layout import ArrangeResult

    from dolt_tui.ui.widgets.pane_layout import Showing


class Shown(Frozen):
    """The frames that are shown, each where it belongs."""

    frames: Sequence[Widget]
    """Of each frame at the side the tab in front."""
    upper: Widget
    lower: Widget
    titles: Widget | None = None


class Body(Widget):
    """Frames at the side, the main pane, and what stands below it."""

    class _Arranged(Layout):
        """Asks the body where everything is; there is no style for it."""

        name = "panes"

        def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
            assert isinstance(parent, Body)
            regions = parent.regions(size)
            return [
                WidgetPlacement(region, NULL_OFFSET, NULL_SPACING, child)
                for child in children
                if (region := regions.get(child)) is not None
            ]

    def __init__(
        self,
        *frames: Widget,
        shown: Callable[[], Shown],
        showing: Callable[[int, int], Showing],
        resized: Callable[[Sizes], None],
    ) -> None:
        """``frames`` are all of them. ``shown`` are those that are shown, ``showing`` the same for a width and a height
        as `arrange` wants it, ``resized`` takes the sizes that were made by dragging a border."""
        super().__init__(*frames, id="body")
        self._of, self._showing, self._resized = shown, showing, resized
        self._panes = self._Arranged()
        self._arranged: Arrangement | None = None
        self._grasped: Edge | None = None
        """The border that is dragged, or is so as soon as the mouse moves."""

    @property
    def layout(self) -> Layout:
        return self._panes

    def regions(self, size: Size) -> dict[Widget, Region]:
        """Where each frame that is shown is."""
        shown, found = self._of(), arrange(self._showing(size.width, size.height))
        self._arranged = found
        regions: dict[Widget, Region] = {}
        left, top = 0, 0
        if found.titles and shown.titles is not None:
            regions[shown.titles] = Region(0, 0, size.width, found.titles)
            top = found.titles
        line = top
        for frame, lines in zip(shown.frames, found.frames, strict=True):
            if lines:
                regions[frame] = Region(0, line, found.side, lines)
                line += lines
        if found.stacked:
            top = line
        else:
            left = found.side
        for frame, lines in ((shown.upper, found.upper), (shown.lower, found.lower)):
            if lines and size.width > left:
                regions[frame] = Region(left, top, size.width - left, lines)
                top += lines
        return regions

    def rearrange(self) -> None:
        """Something else is in focus, or is shown: arrange it again where that makes a difference."""
        if arrange(self._showing(*self.size)) != self._arranged:
            self._clear_arrangement_cache()  # of Textual: it clears only those of the widgets around this one
            self.refresh(layout=True)

    # borders

    def on_mouse_down(self, event: events.MouseDown) -> None:
        here = event.screen_offset - self.region.offset
        self._grasped = edge_at(self._showing(*self.size), here.x, here.y) if event.button == 1 else None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._grasped is None:
            return
        if not event.button:
            self._let_go()
            return
        self.capture_mouse()  # not before it moves: else a click on the border would be none
        here = event.screen_offset - self.region.offset
        self._resized(dragged(self._showing(*self.size), self._grasped, here.x, here.y))
        self.rearrange()

    def on_mouse_up(self) -> None:
        self._let_go()

    def _let_go(self) -> None:
        self._grasped = None
        self.release_mouse()
