"""What may come next where something is typed, as a list at the cursor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events
from textual.geometry import Offset, Size
from textual.strip import Strip
from textual.widget import Widget

from dolt_tui.ui.present.text import ELLIPSIS, marked
from dolt_tui.ui.widgets.grid_render import Palette


class Item(Protocol):
    """Something that may come next; see `dolt_tui.engine.console.completion`."""

    @property
    def text(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def detail(self) -> str: ...
    @property
    def matched(self) -> Sequence[int]: ...


class Completion(Protocol):
    """What may stand in place of a part of a text."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def items(self) -> Sequence[Item]: ...


CSS: Final = """
CompletionPopup {
    overlay: screen;
    position: absolute;
    display: none;
    background: $surface;
    color: $foreground;
    border: round $foreground 30%;
    border-title-background: $surface;
    border-subtitle-background: $surface;
    border-subtitle-color: $dim;
    padding: 0;
}
"""
ROWS: Final = 8
"""Items that are seen at once."""
_TEXT, _DETAIL = 44, 26
"""The widest that texts and details are shown."""
_KEYS: Final = "[bold $accent]tab[/] complete · [bold $accent]esc[/] close"
_SIGNS: Final = {
    "column": ("▪", "function"),
    "function": ("ƒ", "keyword"),
    "table function": ("ƒ", "keyword"),
    "procedure": ("»", "keyword"),
    "keyword": ("·", "dim"),
    "type": ("·", "dim"),
    "table": ("▤", "success"),
    "view": ("▥", "success"),
    "query": ("▥", "success"),
    "system table": ("▤", "dim"),
    "branch": ("⎇", "accent"),
    "tag": ("◆", "warning"),
    "commit": ("○", "accent"),
}


class CompletionPopup(Widget, can_focus=False):
    """The items, one of them selected; whoever shows it moves the selection and takes the item."""

    DEFAULT_CSS = CSS
    DEFAULT_CLASSES = "-textual-system"

    def __init__(self, take: Callable[[], None]) -> None:
        """``take`` is called where an item was clicked, which is the selected one then."""
        super().__init__()
        self._take = take
        self.completion: Completion | None = None
        """What is shown; None while it is closed."""
        self.selected = 0
        self.moved = False
        """Whether the selection was moved since it was shown."""
        self._top = 0
        self._columns = (0, 0, 0)
        self._palette: Palette | None = None

    def show(self, completion: Completion, word: Offset, right: int) -> None:
        """Show items at the place on the screen where the word begins that they complete, left of ``right``."""
        same = self._selected_text() if self.moved else ""
        self.completion = completion
        texts = [item.text for item in completion.items]
        self.moved = same in texts
        self.selected = texts.index(same) if self.moved else 0
        self._top = max(0, self.selected - ROWS + 1)
        self.put(word, right)
        self.border_subtitle = _KEYS if self.size_shown.width > 26 else ""
        if len(texts) > ROWS:
            self.border_title = f"{self.selected + 1} of {len(texts)}"
        else:
            self.border_title = ""
        self.display = True

    def close(self) -> None:
        """Show nothing."""
        if self.completion is not None:
            self.completion = None
            self.moved = False
            self.display = False

    @property
    def item(self) -> Item | None:
        """The selected item."""
        return None if self.completion is None else self.completion.items[self.selected]

    def _selected_text(self) -> str:
        item = self.item
        return "" if item is None else item.text

    def move(self, step: int) -> None:
        """Select another item; behind the last one comes the first."""
        assert self.completion is not None
        number = len(self.completion.items)
        at = self.selected + step
        if abs(step) > 1:
            at = min(max(0, at), number - 1)
        self.selected = at % number
        self.moved = True
        self._top = min(max(self._top, self.selected - ROWS + 1), self.selected)
        if number > ROWS:
            self.border_title = f"{self.selected + 1} of {number}"
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Take the item that was clicked."""
        event.stop()
        at = self._top + event.y - 1  # below the border
        if self.completion is not None and self._top <= at < min(len(self.completion.items), self._top + ROWS):
            self.selected = at
            self._take()

    def put(self, word: Offset, right: int) -> None:
        """Find the widths, and a place below a word, or above it where there is no room below."""
        assert self.completion is not None
        items = self.completion.items
        screen = self.screen.size
        seen = items[:200]
        text = min(_TEXT, max(cell_len(marked(item.text)) for item in seen))
        detail = min(_DETAIL, max(cell_len(marked(item.detail)) for item in seen))
        kind = max(len(item.kind) for item in seen)
        room = screen.width - 2 - 4  # the border, the sign and what is around it
        if text + detail + kind + 4 > room:
            kind = 0
        if text + detail + 2 > room:
            detail = max(0, room - text - 2) if room - text - 2 >= 6 else 0
        text = min(text, room)
        self._columns = (max(text, 8), detail, kind)
        width = sum(self._columns) + (2 if detail else 0) + (2 if kind else 0) + 4
        width = min(screen.width, max(width, 28 if screen.width > 30 else 0) + 2)
        if self.display and self.size_shown.width <= screen.width:
            width = max(width, self.size_shown.width)  # while one types it does not become narrower all the time
        below = screen.height - word.y - 1
        height = min(len(items), ROWS) + 2
        if height > below and word.y > below:
            height = min(height, word.y)
            y = word.y - height
        else:
            height = max(3, min(height, below))
            y = word.y + 1
        right = right if right >= width else screen.width
        corner = Offset(max(0, min(word.x - 4, right - width)), max(0, y))
        if (width, height) != self.size_shown:
            self.size_shown = Size(width, height)
            self.styles.width, self.styles.height = width, height
        elif corner == self.absolute_offset and self.display:
            self.refresh()  # to lay the screen out again takes longer than all the rest
            return
        self.absolute_offset = corner
        self.refresh(layout=True)

    size_shown = Size(0, 0)

    def notify_style_update(self) -> None:
        self._palette = None
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        background = self.background_colors[1]
        if self._palette is None or self._palette.background != background:
            self._palette = Palette(self, background)
        style = self._palette.style
        width = self.size.width
        at = self._top + y
        if self.completion is None or at >= len(self.completion.items):
            return Strip([Segment(" " * width, style())], width)
        item = self.completion.items[at]
        row = ("cursor",) if at == self.selected else ()
        text_width, detail_width, kind_width = self._columns
        sign, sign_style = _SIGNS.get(item.kind, ("·", "dim"))
        segments = [Segment(f" {sign} ", style(sign_style, *row))]
        segments += [Segment(part, style(*names, *row)) for part, names in self._text(item, text_width)]
        if detail_width:
            segments.append(Segment("  " + _right(item.detail, detail_width), style("dim", *row)))
        if kind_width:
            segments.append(Segment("  " + set_cell_size(item.kind, kind_width), style("dim", *row)))
        strip = Strip(segments).adjust_cell_length(width, style(*row))
        return strip

    @staticmethod
    def _text(item: Item, width: int) -> list[tuple[str, tuple[str, ...]]]:
        """The text in pieces, those that were typed told apart; filled up or cut to a width."""
        shown = marked(item.text)
        matched = frozenset(item.matched)
        found: list[tuple[str, tuple[str, ...]]] = []
        used = 0
        for at, character in enumerate(shown):
            size = cell_len(character)
            if used + size > width - (1 if cell_len(shown) > width else 0):
                found.append((ELLIPSIS, ()))
                used += 1
                break
            names = ("accent", "bold") if at in matched else ()
            if found and found[-1][1] == names:
                found[-1] = found[-1][0] + character, names
            else:
                found.append((character, names))
            used += size
        found.append((" " * (width - used), ()))
        return found


def _right(text: str, width: int) -> str:
    shown = marked(text)
    if cell_len(shown) > width:
        shown = set_cell_size(shown, width - 1) + ELLIPSIS
    return " " * (width - cell_len(shown)) + shown
