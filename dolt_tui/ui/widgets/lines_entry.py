"""Where several lines of text are typed, as in `dolt_tui.ui.widgets.entry`; on its own, as it is slow to import."""

from __future__ import annotations

from rich.text import Text
from textual import events
from textual.widgets import TextArea

from dolt_tui.ui.present.text import marked, with_line_feeds


class LinesInput(TextArea):
    """Several lines of text."""

    TAKES_TEXT = True

    def __init__(self, text: str = "") -> None:
        super().__init__(with_line_feeds(text), tab_behavior="focus", show_line_numbers=False, compact=True)

    async def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        self._take(event.text)

    def action_paste(self) -> None:
        self._take(self.app.clipboard)

    def _take(self, text: str) -> None:
        if result := self._replace_via_keyboard(with_line_feeds(text), *self.selection):
            self.move_cursor(result.end_location)

    def get_line(self, line_index: int) -> Text:
        return Text(marked(self.document.get_line(line_index), tabs=True), end="", no_wrap=True)

    def begin_with(self, text: str) -> None:
        """Put lines before what is there, as one step that ctrl+z takes back."""
        if self.text.strip():
            text += "\n\n"
        self.insert(text, (0, 0))
