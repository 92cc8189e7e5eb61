"""The empty frames of the screen: painted first, while the program and the database are still on their way."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

TABS = (("Changes", "Stashes"), ("Branches", "Remotes", "Tags"), ("Log", "Reflog"), ("Tables", "Queries"))
"""The titles of the frames at the side, with those of their tabs."""
NARROW, LOW, SHORT, TINY = 90, 30, 24, 18
"""Below these sizes (columns, then rows) the panes stack, share their room, and leave some away."""


def set_size_classes(screen: Screen[None], event: events.Resize) -> None:
    """Tell the style sheet how much room there is."""
    screen.set_class(event.size.width < NARROW, "narrow")
    screen.set_class(event.size.height < LOW, "low")
    screen.set_class(event.size.height < SHORT, "short")
    screen.set_class(event.size.height < TINY, "tiny")


class Skeleton(Screen[None]):
    """Frames without contents, where the workspace will have its panes."""

    keys_ready = False

    def __init__(self, title: str) -> None:
        super().__init__()
        self._opening = title

    def compose(self) -> ComposeResult:
        yield Static(Content.assemble((" dolt-tui", "bold"), (f"  opening {self._opening}…", "$dim")), id="header")
        with Horizontal(id="body"):
            with Vertical(id="side"):
                for number, (name, *behind) in enumerate(TABS, 1):
                    frame = self._frame("", name.lower(), f"slot-{number}{' last' if number == 1 else ''}")
                    others = "".join(f" · {other}" for other in behind)
                    frame.border_title = Content.assemble(f"{number} {name}", (others, "not bold $dim"))
                    yield frame
            with Vertical(id="right"):
                yield self._frame("0 Main pane", "main", "slot-0")
                yield self._frame("5 Summary", "summary", "slot-5")
        yield Static(id="footer")

    @staticmethod
    def _frame(title: str, name: str, classes: str = "") -> Vertical:
        frame = Vertical(id=name, classes=f"pane {classes}")
        frame.border_title = Content(title)
        return frame

    def on_resize(self, event: events.Resize) -> None:
        set_size_classes(self, event)
