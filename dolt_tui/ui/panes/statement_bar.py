"""The line at the bottom in which a statement is typed."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Static, TextArea

from dolt_tui.ui.widgets.sql_completing import Complete
from dolt_tui.ui.widgets.sql_editor import SqlEditor


class StatementBar(Horizontal):
    """Asks for a statement; ``enter`` runs it, ``esc`` leaves, a second ``:`` opens the console instead."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "run", "run", show=False),
        Binding("escape", "leave", "leave", show=False),
    ]

    class Run(Message):
        """The statement is to be run."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """Typing is over, without a statement."""

    class ConsoleWanted(Message):
        """The console is to be opened instead."""

    def __init__(self, complete: Complete | None = None) -> None:
        """``complete`` tells what may come next in the text, on a thread."""
        super().__init__(id="statement")
        self.editor = SqlEditor(one_line=True, complete=complete)

    def compose(self) -> ComposeResult:
        yield Static(" : ", markup=False)
        yield self.editor

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        event.stop()
        if self.editor.text == ":":
            self.editor.replace_all("")
            self.post_message(self.ConsoleWanted())

    @on(TextArea.SelectionChanged)
    def _moved(self, event: TextArea.SelectionChanged) -> None:
        event.stop()

    def action_run(self) -> None:
        text = self.editor.text
        if text.strip():
            self.editor.load_text("")
            self.post_message(self.Run(text))
        else:
            self.action_leave()

    def action_leave(self) -> None:
        self.post_message(self.Left())
