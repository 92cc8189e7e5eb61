"""A bare Textual program: how fast anything made with Textual can stand on this machine."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static


class Skeleton(App[None]):
    """One line of text."""

    def compose(self) -> ComposeResult:
        yield Static("skeleton stands")

    def action_quit_now(self) -> None:
        self.exit()


if __name__ == "__main__":
    Skeleton().run()
