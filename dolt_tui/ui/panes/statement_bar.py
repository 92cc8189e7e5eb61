"""The line at the bottom in which a statement is typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
        Binding("up", "recall(1)", "older", show=False, priority=True),
        Binding("down", "recall(-1)", "newer", show=False, priority=True),
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

    def __init__(self, complete: Complete | None = None, before: Callable[[], Sequence[str]] = tuple) -> None:
        """``complete`` tells what may come next in the text, on a thread; ``before`` what was run, newest first."""
        super().__init__(id="statement")
        self.editor = SqlEditor(one_line=True, complete=complete)
        self._before = before
        self._recalled = -1
        """Which of the statements that were run is shown; -1 for what is being typed."""
        self._typed = ""

    def compose(self) -> ComposeResult:
        yield Static(" : ", markup=False)
        yield self.editor
        yield Static(" ⏎ run · esc cancel ", markup=False, classes="hint")

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        event.stop()
        if self.editor.text == ":":
            self.editor.replace_all("")
            self.post_message(self.ConsoleWanted())

    @on(TextArea.SelectionChanged)
    def _moved(self, event: TextArea.SelectionChanged) -> None:
        event.stop()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the list of what may come next the keys mean something else."""
        return action != "recall" or not self.editor.is_completing

    def action_recall(self, by: int) -> None:
        """Show an older, or a newer, statement that was run."""
        before = self._before()
        at = min(max(-1, self._recalled + by), len(before) - 1)
        if self._recalled < 0:
            self._typed = self.editor.text
        if at != self._recalled:
            self._recalled = at
            self.editor.load_text(before[at] if at >= 0 else self._typed)

    def action_run(self) -> None:
        text = self.editor.text
        if text.strip():
            self.editor.load_text("")
            self._recalled = -1
            self.post_message(self.Run(text))
        else:
            self.action_leave()

    def action_leave(self) -> None:
        self.post_message(self.Left())
