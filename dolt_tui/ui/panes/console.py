"""The console's editor, in the place of the main pane."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widget import Widget
from textual.widgets import TextArea

from dolt_tui.ui import commands
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.session.kept_text import KeptText
from dolt_tui.ui.widgets.sql_completing import Complete
from dolt_tui.ui.widgets.sql_editor import SqlEditor


class ConsolePane(Pane):
    """Where statements are written that run on the branch shown."""

    NUMBER, TITLE, KIND = "0", "SQL", commands.CONSOLE
    LANES = ("console",)
    TYPED = True

    def __init__(self, complete: Complete | None = None) -> None:
        """``complete`` tells what may come next in the text, on a thread."""
        super().__init__()
        self.editor = SqlEditor(complete=complete)
        self.saved_as = ""
        """The saved query that the text came from; empty for none."""
        self.place = ""
        """The branch or commit that the title names."""
        self.kept: KeptText | None = None
        """Where the text is kept."""
        self.kept_version = 0
        """Of the document: the version that was kept last."""
        self.seen_version = 0
        """The version when it was last looked whether it is to be kept."""
        self.forecast = ""
        """What the statement under the cursor would do, for people; empty where that is not known."""

    def compose(self) -> ComposeResult:
        yield self.editor

    def on_mount(self) -> None:
        super().on_mount()
        self.post_message(self.Typed())

    @property
    def entry(self) -> Widget:
        return self.editor

    @on(TextArea.Changed)
    @on(TextArea.SelectionChanged)
    def _moved(self, event: Message) -> None:
        event.stop()
        self.post_message(self.Typed())
