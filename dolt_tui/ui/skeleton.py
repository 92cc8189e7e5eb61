"""The empty frames of the screen: painted first, while the program and the database are still on their way."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from dolt_tui.ui.widgets.body import Body, Shown
from dolt_tui.ui.widgets.pane_layout import NARROW, Focus, Lower, Showing, Sizes

TABS = (("Changes", "Stashes"), ("Branches", "Remotes", "Tags"), ("Log", "Reflog"), ("Tables", "Queries"))
"""The titles of the frames at the side, with those of their tabs."""


def set_size_classes(screen: Screen[None], event: events.Resize) -> None:
    """Tell the style sheet how much room there is."""
    screen.set_class(event.size.width < NARROW, "narrow")


class Skeleton(Screen[None]):
    """Frames without contents, where the workspace will have its panes."""

    keys_ready = False

    def __init__(self, title: str, sizes: Sizes) -> None:
        super().__init__()
        self._opening, self._sizes = title, sizes
        self._side = [self._frame(number, *tabs) for number, tabs in enumerate(TABS, 1)]
        self._main, self._summary = self._frame(0, "Main pane"), self._frame(5, "Summary")

    def compose(self) -> ComposeResult:
        yield Static(Content.assemble((" dolt-tui", "bold"), (f"  opening {self._opening}…", "$dim")), id="header")
        yield Body(
            *(*self._side, self._main, self._summary),
            shown=lambda: Shown(self._side, self._main, self._summary),
            showing=lambda width, height: Showing(width, height, 0, Focus.SIDE, Lower(), self._sizes),
            resized=lambda _: None,
        )
        yield Static(id="footer")

    @staticmethod
    def _frame(number: int, name: str, *behind: str) -> Vertical:
        frame = Vertical(classes="pane")
        others = "".join(f" · {other}" for other in behind)
        frame.border_title = Content.assemble(f"{number} {name}", (others, "not bold $dim"))
        return frame

    def on_resize(self, event: events.Resize) -> None:
        set_size_classes(self, event)
