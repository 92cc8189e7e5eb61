"""What all dialogs have in common."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import ClassVar, Generic, TypeVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widget import Widget

from dolt_tui.ui.commands.keys import shown
from dolt_tui.ui.present.text import sanitise

T = TypeVar("T")
W = TypeVar("W", bound=Widget)

_KEYS = {"⏎": "enter", "esc": "escape", "tab": "tab", "↑": "up", "↓": "down", "space": "space"}
_ARROWS = {"up": "↑", "down": "↓"}
_HINT = re.compile(r"(?P<keys>(?:(?:[⏎↑↓←→]+|\^?\S|esc|tab|space|shift\+\w+|f\d+|or) )+)(?P<does>.+)")
"""A part of a hint: keys and what they do."""
_WORDS = {"leave": "cancel", "Focus Next": "next field", "Focus Previous": "previous field", "Copy selected text": ""}
"""What the list of keys calls what bindings are called; empty: not at all."""
_BEHIND_HINT = 3
"""Cells of the frame behind its hint."""
_NARROW, _SHORT = 90, 24
"""Columns and lines below which a dialog has no room to spare."""


def titled(title: str, field: W) -> W:
    """A field to type into, with a title in its frame."""
    field.border_title = Content(sanitise(title))
    return field


def _key(word: str) -> str:
    """The key that a word of a hint is, as Textual names it; empty where it is none."""
    if word[:1] == "^" and len(word) == 2:
        return f"ctrl+{word[1]}"
    return _KEYS.get(word, word if len(word) == 1 and word.isalnum() else "")


class Dialog(ModalScreen[T | None], Generic[T]):
    """A frame in the middle of the screen; ``esc`` leaves it without an answer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave", show=False),
        Binding("f1", "keys", "the keys of this dialog", show=False, priority=True),
    ]

    def __init__(self, title: str, hint: str) -> None:
        super().__init__()
        self._title, self._hint = title, hint
        self._shown_hint = ""
        """As much of it as has room."""
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

    def on_resize(self, event: events.Resize) -> None:
        """Tell the style sheet how much room there is."""
        self.set_class(self.is_narrow, "narrow")
        self.set_class(self.is_short, "short")
        if self._hint:
            self.call_after_refresh(lambda: self.set_hint(self._hint))  # it may be another by then

    @property
    def is_narrow(self) -> bool:
        """Whether there are no columns to spare."""
        return self.app.size.width < _NARROW

    @property
    def is_short(self) -> bool:
        """Whether there are no lines to spare."""
        return self.app.size.height < _SHORT

    def _stand(self) -> None:
        self._stands = True
        self.post_message(self.Ready())

    class Ready(Message):
        """Keys may come now."""

    def set_hint(self, hint: str) -> None:
        """What the keys do, at the bottom of the frame: each is a key and a word, with `` · `` between them."""
        self._hint = hint
        first, *others = sanitise(hint).split(" · ")
        room = self.frame.outer_size.width - 2 * _BEHIND_HINT
        while len(others) > 1 and 0 < room < cell_len(" · ".join((first, *others))):
            del others[-2]  # what leaves the dialog is behind it
        self._shown_hint = " · ".join((first, *others))
        self.frame.border_subtitle = Content(self._shown_hint)

    def on_click(self, event: events.Click) -> None:
        """A click on a key at the bottom of the frame presses it."""
        frame = self.frame.region
        if event.screen_y != frame.bottom - 1:
            return
        at = event.screen_x - (frame.right - _BEHIND_HINT - cell_len(self._shown_hint))
        for part in self._shown_hint.split(" · "):
            if 0 <= at < cell_len(part):
                keys = list(takewhile(bool, map(_key, part.split(" "))))
                if keys:
                    self.app.post_message(events.Key(keys[-1], keys[-1] if len(keys[-1]) == 1 else None))
                return
            at -= cell_len(f"{part} · ")

    @property
    def keys(self) -> Sequence[tuple[str, str, str]]:
        """Its keys as people read them, each with a word for a footer, and with what it does."""
        hints = [match for part in self._hint.split(" · ") if (match := _HINT.fullmatch(part))]
        found = {match["does"]: match["keys"].replace(" or ", " ").split() for match in hints}
        told = {key for keys in found.values() for key in keys}
        typed = bool(self.query("Input, TextArea"))
        for key, bindings in reversed(self._bindings.key_to_bindings.items()):  # the screen's are the first
            does, sign = _WORDS.get(bindings[0].description, bindings[0].description), _ARROWS.get(key) or shown(key)
            if does and sign not in told and (typed or key not in ("tab", "shift+tab")):
                found.setdefault(does, []).append(sign)
        return [(" ".join(keys), does, does) for does, keys in found.items()]

    class KeysWanted(Message):
        """The list of its keys was asked for."""

        def __init__(self, title: str, keys: Sequence[tuple[str, str, str]]) -> None:
            super().__init__()
            self.title, self.keys = title, keys

    def action_keys(self) -> None:
        """List the keys."""
        self.post_message(self.KeysWanted(self._title, self.keys))

    def action_leave(self) -> None:
        self.dismiss(None)
