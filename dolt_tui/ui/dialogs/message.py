"""A dialog that says what went wrong: what was tried, the engine's own words, and what one can do."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from dolt_tui.engine.errors import EngineError
from dolt_tui.ui.dialogs.dialog import Dialog
from dolt_tui.ui.present.content import lines
from dolt_tui.ui.present.remedies import advice_of
from dolt_tui.ui.present.text import Cell, Style, cell, sanitise


class MessageDialog(Dialog[None]):
    """A failure; ``enter`` or ``esc`` closes it."""

    def __init__(self, title: str, error: Exception) -> None:
        super().__init__(title, "⏎ close")
        self.error = error

    def says(self, error: Exception) -> bool:
        """Whether it shows the same failure."""
        return describe(self.error) == describe(error)

    def compose(self) -> ComposeResult:
        with self.frame, VerticalScroll(classes="scroll", can_focus=False):
            found = describe(self.error)
            if not isinstance(self.error, EngineError) and (defence := getattr(self.app, "defence", None)) is not None:
                found += [(), cell(defence.crashes.sentence(), Style.DIM)]
            yield Static(lines(found), markup=False, classes="body")

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        if event.key in ("enter", "escape"):
            self.dismiss(None)
        elif event.key in ("pagedown", "pageup", "down", "up"):
            scroll = self.query_one(VerticalScroll)
            (scroll.scroll_page_down if event.key in ("pagedown", "down") else scroll.scroll_page_up)(animate=False)


def describe(error: Exception) -> list[Cell]:
    """An error in lines: message, the engine's words, advice."""
    if not isinstance(error, EngineError):
        return [cell("Something went wrong inside dolt-tui.", Style.BOLD), cell(f"{type(error).__name__}: {error}")]
    found = [cell(line, Style.BOLD if number == 0 else "") for number, line in enumerate(_lines(error.message))]
    if error.detail and error.detail != error.message:
        found += [(), *(cell(line, Style.DIM) for line in _lines(error.detail))]
    if advice := advice_of(error).strip():
        found += [(), *(cell(line) for line in _lines(advice))]
    return found


def _lines(text: str) -> list[str]:
    return sanitise(text.strip(), one_line=False).split("\n")
