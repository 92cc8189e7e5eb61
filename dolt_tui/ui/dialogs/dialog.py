"""What all dialogs have in common."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen

from dolt_tui.ui.present.text import sanitise

T = TypeVar("T")


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
        """What the keys do, at the bottom of the frame."""
        self.frame.border_subtitle = Content(sanitise(hint))

    def action_leave(self) -> None:
        self.dismiss(None)
