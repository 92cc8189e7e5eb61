"""How the keys and the wheel move a grid: its cursor, and what is seen of it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from dolt_tui.ui.widgets.grid_view import GridView

MOVES: list[BindingType] = [
    Binding("up,k", "cursor_up", "Up", id="grid.up", show=False),
    Binding("down,j", "cursor_down", "Down", id="grid.down", show=False),
    Binding("pageup,comma", "page_up", "Page up", id="grid.page_up", show=False),
    Binding("pagedown,full_stop", "page_down", "Page down", id="grid.page_down", show=False),
    Binding("home,less_than_sign", "home", "Top", id="grid.home", show=False),
    Binding("end,greater_than_sign", "end", "Bottom", id="grid.end", show=False),
    Binding("left,h", "left", "Left", id="grid.left", show=False),
    Binding("right,l", "right", "Right", id="grid.right", show=False),
    Binding("shift+up", "extend_up", "Select up", id="grid.extend_up", show=False),
    Binding("shift+down", "extend_down", "Select down", id="grid.extend_down", show=False),
]
"""Keys that mean nothing else in any grid."""


class GridMoves(GridView):
    """What moves the cursor of a grid."""

    FREE: ClassVar[Mapping[str, str]] = {
        "G": "end",
        "ctrl+d": "half_down",
        "ctrl+u": "half_up",
        "ctrl+f": "page_down",
        "ctrl+b": "page_up",
        "ctrl+n": "cursor_down",
        "H": "first_seen",
        "M": "middle_seen",
        "L": "last_seen",
        "circumflex_accent": "first_column",
        "dollar_sign": "last_column",
    }
    """Keys that people bring along, with the actions that they mean where they have no other meaning."""

    @abstractmethod
    def start_range(self) -> None:
        """Select from the cursor on, wherever it goes."""

    def action_cursor_up(self) -> None:
        self.model.up()

    def action_cursor_down(self) -> None:
        self.model.down()

    def action_page_up(self) -> None:
        self.model.page(-1)

    def action_page_down(self) -> None:
        self.model.page(1)

    def action_half_up(self) -> None:
        self._by_half(-1)

    def action_half_down(self) -> None:
        self._by_half(1)

    def _by_half(self, direction: int) -> None:
        lines = max(1, self.height // 2) * direction
        self.scroll(self.top + lines)
        if self.model.has_cursor:
            self.model.move_to(self.model.cursor + lines, direction)

    def action_home(self) -> None:
        self.model.home()

    def action_end(self) -> None:
        self.model.end()

    def action_first_seen(self) -> None:
        self.model.move_to(self.top)

    def action_middle_seen(self) -> None:
        self.model.move_to((self.lines_seen.start + self.lines_seen.stop) // 2)

    def action_last_seen(self) -> None:
        self.model.move_to(self.lines_seen.stop - 1, -1)

    def action_first_column(self) -> None:
        self._sideways(-len(self.columns))

    def action_last_column(self) -> None:
        self._sideways(len(self.columns))

    def action_extend_up(self) -> None:
        self._extend(self.model.up)

    def action_extend_down(self) -> None:
        self._extend(self.model.down)

    def _extend(self, move: Callable[[], None]) -> None:
        if self.cursor_kind != "none" and self.model.anchor is None:
            self.start_range()
        move()

    # The wheel

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, -1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, 1)

    def _wheel(self, event: events.MouseEvent, step: int) -> None:
        if event.shift or event.ctrl:
            event.stop()
            event.prevent_default()
            self._scroll_sideways(step)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        event.stop()
        self._scroll_sideways(-1)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        event.stop()
        self._scroll_sideways(1)

    def _scroll_sideways(self, step: int) -> None:
        """Scroll by a column; the cursor stays in its own."""
        before = self._first_column
        self._first_column = self._columns.layout(self._width, max(0, before + step)).first
        if self._first_column != before:
            self.refresh()
