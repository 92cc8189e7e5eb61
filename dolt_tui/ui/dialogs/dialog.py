"""What all dialogs have in common."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen

from dolt_tui.ui.present.text import sanitise

T = TypeVar("T")
_KEYS = {"⏎": "enter", "esc": "escape", "tab": "tab", "↑": "up", "space": "space", "^s": "ctrl+s"}
"""Keys in the hints of dialogs that a click presses."""
_BEHIND_HINT = 3
"""Cells of the frame behind its hint."""


class Dialog(ModalScreen[T | None], Generic[T]):
    """A frame in the middle of the screen; ``esc`` leaves it without an answer."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "leave", show=False)]

    def __init__(self, title: str, hint: str) -> None:
        super().__init__()
        self._title, self._hint = title, hint
        self.frame = Vertical(classes="frame")
        self._stands = False

    @property
    def keys_ready(self) -> bool:
        """Whether keys may come: it is on the screen, with the focus where it belongs."""
        return self._stands

    def on_mount(self) -> None:
        # Textual runs this besides, and after, the on_mount of a subclass.
        self.call_after_refresh(self.app.call_later, self._stand)
        self.frame.border_title = Content(sanitise(self._title))
        if self._hint:
            self.set_hint(self._hint)

    def _stand(self) -> None:
        self._stands = True
        self.post_message(self.Ready())

    class Ready(Message):
        """Keys may come now."""

    def set_hint(self, hint: str) -> None:
        """What the keys do, at the bottom of the frame: each is a key and a word, with `` · `` between them."""
        self._hint = sanitise(hint)
        self.frame.border_subtitle = Content(self._hint)

    def on_click(self, event: events.Click) -> None:
        """A click on a key at the bottom of the frame presses it."""
        frame = self.frame.region
        if event.screen_y != frame.bottom - 1:
            return
        at = event.screen_x - (frame.right - _BEHIND_HINT - cell_len(self._hint))
        for part in self._hint.split(" · "):
            if 0 <= at < cell_len(part):
                key = _KEYS.get(part.split(" ")[0], "")
                if key:
                    self.app.post_message(events.Key(key, None))
                return
            at -= cell_len(f"{part} · ")

    def action_leave(self) -> None:
        self.dismiss(None)
