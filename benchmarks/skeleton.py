"""A bare Textual program: how fast anything made with Textual can stand on this machine."""

from __future__ import annotations

from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static


class Skeleton(App[None]):
    """A line of text that tells how many keys were pressed."""

    pressed = 0

    def compose(self) -> ComposeResult:
        yield Static("skeleton stands")

    def on_key(self, event: events.Key) -> None:
        if event.key == "ctrl+q":
            self.exit()
        self.pressed += 1
        self.query_one(Static).update(f"key {self.pressed} came")


if __name__ == "__main__":
    Skeleton().run()
