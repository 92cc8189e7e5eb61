"""Where a line of text is typed: what is typed or pasted is what is stored; only what is shown of it is made harmless.

The only thing that changes is how lines end: terminals send CR between pasted lines, and LF is stored.
"""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.widgets import Input

from dolt_tui.ui.present.text import marked, with_line_feeds


class LineInput(Input):
    """One line of text. Of several pasted lines it makes one, or hands all but the first to ``rest``."""

    TAKES_TEXT = True

    def __init__(self, value: str = "", placeholder: str = "", *, rest: Callable[[str], None] | None = None) -> None:
        super().__init__(value=value, placeholder=placeholder, select_on_focus=False)
        self._rest = rest

    def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        self._take(event.text)

    def action_paste(self) -> None:
        self._take(self.app.clipboard)

    def _take(self, text: str) -> None:
        lines = with_line_feeds(text).strip("\n").split("\n")
        rest = ""
        if self._rest is not None:
            rest = "\n".join(lines[1:]).strip("\n")
            del lines[1:]
        self.replace(" ".join(lines), *sorted(self.selection))
        if rest and self._rest is not None:
            self._rest(rest)

    # What is shown has a mark for each character that must not reach the terminal: positions stay the same.

    @property
    def _value(self) -> Text:
        return Text(marked(self.value), no_wrap=True, overflow="ignore", end="")

    def _position_to_cell(self, position: int) -> int:
        return cell_len(marked(self.value)[:position])

    def _cell_offset_to_index(self, offset: int) -> int:
        shown = marked(self.value)
        return next((at for at in range(len(shown)) if cell_len(shown[: at + 1]) > offset), len(shown))
