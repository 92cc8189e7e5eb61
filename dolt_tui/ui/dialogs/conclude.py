"""The dialog before something is brought in with what was decided: the commit's message, and what will be done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input, Static

from dolt_tui.engine.core.validation import message_parts
from dolt_tui.ui.dialogs.dialog import Dialog, titled
from dolt_tui.ui.present.content import lines
from dolt_tui.ui.present.text import Cell, Style, cell
from dolt_tui.ui.widgets.entry import LineInput
from dolt_tui.ui.widgets.lines_entry import LinesInput


class ConcludeDialog(Dialog[str]):
    """Returns the message of the commit; an empty text where it has none of its own."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave", show=False, priority=True),
        Binding("ctrl+s", "take", "take", show=False, priority=True),
        Binding("enter", "take", "take", show=False),
        Binding("pagedown", "scroll(1)", "more statements", show=False, priority=True),
        Binding("pageup", "scroll(-1)", "statements before", show=False, priority=True),
    ]

    def __init__(
        self, title: str, body: Sequence[Cell], statements: Sequence[Cell], verb: str, message: str | None
    ) -> None:
        """``message`` is what the commit is called as usual; None: nothing is committed, or only under messages that
        are there already."""
        super().__init__(title, f"⏎ ^s {verb} · esc continue deciding")
        self._lines, self._statements = list(body), list(statements)
        self._summary: LineInput | None = None
        self._body: LinesInput | None = None
        if message is not None:
            summary, rest = message_parts(message)
            self._body = LinesInput(rest)
            self._summary = LineInput(summary, "What is brought in, in one line", rest=self._body.begin_with)
        self._says = Static(markup=False, classes="says")

    def compose(self) -> ComposeResult:
        with self.frame:
            yield Static(lines(self._lines), markup=False, classes="body")
            if self._summary is not None and self._body is not None:
                yield titled("Summary of the commit", self._summary)
                yield titled("Body", self._body)
            if self._statements:
                yield Static("Runs", classes="label", markup=False)
                with VerticalScroll(classes="scroll", can_focus=self._summary is None):
                    yield Static(lines(self._statements), markup=False, classes="body")
            yield self._says

    def on_mount(self) -> None:
        self._says.display = False
        if self._summary is not None:
            self._summary.focus()

    def action_scroll(self, by: int) -> None:
        """Show other statements."""
        for scroll in self.query(VerticalScroll):
            (scroll.scroll_page_down if by > 0 else scroll.scroll_page_up)(animate=False)

    @on(Input.Submitted)
    def action_take(self) -> None:
        if self._summary is None or self._body is None:
            self.dismiss("")
            return
        summary, body = self._summary.value.strip(), self._body.text.strip()
        if not summary:
            self._says.update(lines([cell("A commit needs a summary line.", Style.WARNING)]))
            self._says.display = True
            return
        self.dismiss(f"{summary}\n\n{body}" if body else summary)
