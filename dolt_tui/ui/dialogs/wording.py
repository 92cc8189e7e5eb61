"""The dialog in which the message of a commit is written that is made already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input, Static

from dolt_tui.engine.core.validation import compose, message_parts
from dolt_tui.engine.errors import EngineError
from dolt_tui.ui.dialogs.dialog import Dialog, titled
from dolt_tui.ui.present.content import lines
from dolt_tui.ui.present.text import Cell, Style, cell
from dolt_tui.ui.widgets.entry import LineInput
from dolt_tui.ui.widgets.lines_entry import LinesInput


class WordingDialog(Dialog[str]):
    """Returns the message, summary and body."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave", show=False, priority=True),
        Binding("ctrl+s", "take", "take", show=False, priority=True),
    ]

    def __init__(self, title: str, body: Sequence[Cell], message: str) -> None:
        super().__init__(title, "⏎ ^s accept · tab next · esc cancel")
        summary, body_text = message_parts(message)
        self._says_what = body
        self._body = LinesInput(body_text)
        self._summary = LineInput(summary, "What changes, in one line", rest=self._body.begin_with)
        self._says = Static(markup=False, classes="says")

    def compose(self) -> ComposeResult:
        with self.frame:
            with VerticalScroll(classes="scroll going-in", can_focus=False):
                yield Static(lines(self._says_what), markup=False)
            yield titled("Summary", self._summary)
            yield titled("Body", self._body)
            yield self._says

    def on_mount(self) -> None:
        self._says.display = False
        self._summary.focus()

    @on(Input.Submitted)
    def action_take(self) -> None:
        try:
            message = compose(self._summary.value, self._body.text)
        except EngineError as error:
            self._says.update(lines([cell(error.message, Style.WARNING)]))
            self._says.display = True
        else:
            self.dismiss(message)
