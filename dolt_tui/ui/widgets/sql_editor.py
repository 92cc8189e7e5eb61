"""Where SQL is typed: one line or a script of any size, in colours, with what is known of its statements beside it.

It knows no database: it is told where the statement under the cursor is, which statements ran, and where a mistake is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import ClassVar, Final

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.document._document import EditResult, Location, Selection
from textual.document._document_navigator import DocumentNavigator
from textual.document._edit import Edit
from textual.events import MouseEvent
from textual.geometry import Offset, Region
from textual.strip import Strip
from textual.widgets import TextArea

from dolt_tui.ui.present.text import with_line_feeds
from dolt_tui.ui.widgets.grid_render import Palette
from dolt_tui.ui.widgets.sql_brackets import partner
from dolt_tui.ui.widgets.sql_colours import Span, colours
from dolt_tui.ui.widgets.sql_completing import Complete, Completing
from dolt_tui.ui.widgets.sql_document import FlatDocument, SqlDocument, cells, column_at, shown

CSS: Final = """
SqlEditor {
    border: none;
    padding: 0;
    background: transparent;
    color: $foreground;
    scrollbar-size-vertical: 1;
    scrollbar-size-horizontal: 0;
    scrollbar-color: $foreground 30%;
    scrollbar-color-hover: $foreground 45%;
    scrollbar-color-active: $accent;
    scrollbar-background: $background;
    scrollbar-background-hover: $background;
    scrollbar-background-active: $background;
    &:focus { border: none; }
    &.one-line { height: 1; overflow: hidden hidden; }
}
"""

BAR: Final = "┃"
SUCCEEDED, FAILED = "✓", "✗"
_LEFT_TO_THE_SCREEN: Final = {"f6", "f7", "ctrl+e"}


def _bindings() -> Iterator[BindingType]:
    """Textual's, without the keys that commands may have."""
    for binding in TextArea.BINDINGS:
        assert isinstance(binding, Binding)
        if keys := ",".join(key for key in binding.key.split(",") if key not in _LEFT_TO_THE_SCREEN):
            yield Binding(keys, binding.action, binding.description, show=False)


class SqlEditor(TextArea, inherit_bindings=False):
    """A text of SQL. Positions that it is told are code points of `text`, as it was when they were found.

    ``enter`` is a new line; in one line it is left to the screen, as ``escape`` and the function keys always are.
    """

    DEFAULT_CSS = CSS
    TAKES_TEXT = True
    BINDINGS: ClassVar[list[BindingType]] = list(_bindings())

    def __init__(self, text: str = "", *, one_line: bool = False, complete: Complete | None = None) -> None:
        self._completing: Completing | None = None
        super().__init__(soft_wrap=False, show_line_numbers=not one_line, tab_behavior="focus", compact=True)
        self.one_line = one_line
        self.set_class(one_line, "one-line")
        self.highlight_cursor_line = not one_line
        self._palette: Palette | None = None
        self._coloured: tuple[int, int, int] = (-1, 0, 0)
        """The version and the rows that ``_colours`` are of."""
        self._colours: dict[int, list[Span]] = {}
        self._statement: tuple[int, int] | None = None
        """The first and the last row of the statement under the cursor."""
        self._outcomes: dict[int, tuple[int, bool]] = {}
        """By the first row of a statement that ran: its last row, and whether it succeeded."""
        self._mistake: tuple[Location, Location] | None = None
        if complete is not None:
            self.complete_with(complete)
        if text:
            self.load_text(text)

    # what it is told

    def complete_with(self, complete: Complete) -> None:
        """From now on tell what may come next, as ``complete`` says, on a thread."""
        self._completing = Completing(self, complete)
        if self.is_mounted:
            self._completing.prepare()

    def on_mount(self) -> None:
        """Make ready for the first key."""
        if self._completing is not None:
            self._completing.prepare()

    def show_statement(self, span: tuple[int, int] | None) -> None:
        """Mark the statement under the cursor by a bar: where it begins and ends, or None."""
        found = None if span is None else self._rows(*span)
        if found != self._statement:
            self._statement = found
            self.refresh()

    def show_outcome(self, start: int, end: int, *, succeeded: bool) -> None:
        """Mark a statement that ran, until it is changed."""
        first, last = self._rows(start, end)
        self._outcomes[first] = last, succeeded
        self.refresh()

    def show_mistake(self, start: int, end: int | None = None, *, go_there: bool = True) -> None:
        """Mark the place of an error, until the text is changed; without an end, to the end of the word."""
        place = self.sql.get_location_from_index(start)
        if end is None:
            row, column = place
            word = re.compile(r"\w+|.|$").match(self.sql[row], column)
            self._mistake = place, (row, max(column + 1, word.end() if word else 0))
        else:
            self._mistake = place, self.sql.get_location_from_index(end)
        if go_there:
            self.move_cursor(place)
        self.refresh()

    def forget_mistake(self) -> None:
        """Take away the mark of an error."""
        self._mistake = None
        self.refresh()

    # what it tells

    @property
    def sql(self) -> SqlDocument:
        """The text, with its positions."""
        assert isinstance(self.document, SqlDocument)
        return self.document

    @property
    def offset_of_cursor(self) -> int:
        """How many code points of `text` are before the cursor."""
        return self.sql.get_index_from_location(self.cursor_location)

    @property
    def span_of_selection(self) -> tuple[int, int]:
        """Where the selected part of `text` begins and ends."""
        start, end = _sorted(self.selection)
        return self.sql.get_index_from_location(start), self.sql.get_index_from_location(end)

    def replace_all(self, text: str) -> None:
        """Put another text in place of all, as one step that ctrl+z takes back."""
        self.replace(self._taken(text), (0, 0), self.document.end, maintain_selection_offset=False)

    def replace_span(self, start: int, end: int, text: str) -> None:
        """Put a text in place of a part, as one step that ctrl+z takes back; the cursor goes behind it."""
        self.history.checkpoint()
        places = self.sql.get_location_from_index(start), self.sql.get_location_from_index(end)
        self.replace(self._taken(text), *places, maintain_selection_offset=False)

    def _rows(self, start: int, end: int) -> tuple[int, int]:
        return self.sql.get_location_from_index(start)[0], self.sql.get_location_from_index(end)[0]

    # text that comes in

    def _taken(self, text: str) -> str:
        text = with_line_feeds(text)
        return " ".join(text.strip("\n").split("\n")) if self.one_line else text

    def load_text(self, text: str) -> None:
        self._statement = self._mistake = None
        self._outcomes.clear()
        super().load_text(self._taken(text))
        self.move_cursor(self.document.end if self.one_line else (0, 0))

    async def _on_key(self, event: events.Key) -> None:
        if not self.read_only and self._completing is not None and self._completing.key(event.key):
            event.stop()
            event.prevent_default()
            return
        if event.key == "tab" and not self.one_line and not self.read_only:
            event.stop()
            event.prevent_default()
            self._replace_via_keyboard(" " * self._find_columns_to_next_tab_stop(), *self.selection)
            return
        if event.key == "enter" and self.one_line:
            self._restart_blink()
            event.prevent_default()  # of TextArea: it bubbles on to whoever runs the line
            return
        await super()._on_key(event)

    async def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        self._take(event.text)

    def action_paste(self) -> None:
        self._take(self.app.clipboard)

    def _take(self, text: str) -> None:
        if not self.read_only:
            self._replace_via_keyboard(self._taken(text), *self.selection)

    # the document

    def _set_document(self, text: str, language: str | None) -> None:
        self.document = SqlDocument(text)
        self.wrapped_document = FlatDocument(self.document)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self.move_cursor((0, 0))
        self._rewrap_and_refresh_virtual_size()

    def _build_highlight_map(self) -> None:
        """Colours are looked for when lines are drawn."""

    def edit(self, edit: Edit) -> EditResult:
        bottom = edit.bottom
        result = super().edit(edit)
        self._moved(edit.top[0], bottom[0], result.end_location[0])
        if self._completing is not None:
            self._completing.edited(edit.text, removed=bool(result.replaced_text))
        return result

    def watch_selection(self) -> None:
        """The cursor moved, or the text before it changed."""
        if self._completing is not None:
            self._completing.moved()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if self._completing is not None:
            self._completing.scrolled()

    def _on_blur(self, event: events.Blur) -> None:
        super()._on_blur(event)
        if self._completing is not None:
            self._completing.close()

    def _on_unmount(self) -> None:
        if self._completing is not None:
            self._completing.remove()

    def complete_now(self) -> None:
        """Show what may come next at the cursor."""
        if self._completing is not None:
            self._completing.ask(explicit=True)

    @property
    def is_completing(self) -> bool:
        """Whether a list of what may come next is open: ``escape`` closes it first."""
        return self._completing is not None and self._completing.is_open

    def _undo_batch(self, edits: Sequence[Edit]) -> None:
        self._forget_marks()
        super()._undo_batch(edits)

    def _redo_batch(self, edits: Sequence[Edit]) -> None:
        self._forget_marks()
        super()._redo_batch(edits)

    def _forget_marks(self) -> None:
        self._statement = self._mistake = None
        self._outcomes.clear()
        if self._completing is not None:
            self._completing.close()

    def _moved(self, top: int, old: int, new: int) -> None:
        """Rows from ``top`` to ``old`` became those to ``new``: the marks go with their statements."""
        self._mistake = None
        shift = new - old
        if self._statement is not None:
            first, last = self._statement
            if old < first:
                self._statement = first + shift, last + shift
            elif old <= last:
                self._statement = min(first, top), max(min(first, top), last + shift)
        self._outcomes = {
            first + shift * (old < first): (last + shift * (old < first), succeeded)
            for first, (last, succeeded) in self._outcomes.items()
            if old < first or top > last
        }

    def find_matching_bracket(self, bracket: str, search_from: Location) -> Location | None:
        return partner(self.document.lines, bracket, search_from)

    # places in cells

    @property
    def gutter_width(self) -> int:
        """Line numbers, a sign, and a blank on each side of it."""
        return max(2, len(str(self.document.line_count))) + 3 if self.show_line_numbers else 0

    def get_column_width(self, row: int, column: int) -> int:
        return cells(self.document[row][:column])

    def cell_width_to_column_index(self, cell_width: int, row_index: int) -> int:
        return column_at(self.document[row_index], cell_width)

    def place_on_screen(self, location: Location) -> Offset:
        """The cell in which a place of the text is shown, whether it is seen or not."""
        x, y = self.wrapped_document.location_to_offset(location)
        corner = self.content_region.offset - self.scroll_offset
        return Offset(corner.x + x + self.gutter_width, corner.y + y)

    def get_target_document_location(self, event: MouseEvent) -> Location:
        place = super().get_target_document_location(event)
        return self.clamp_visitable(place)

    # drawing

    def notify_style_update(self) -> None:
        self._palette = None
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        background = self.background_colors[1]
        if self._palette is None or self._palette.background != background:
            self._palette = Palette(self, background)
        first = self.scroll_offset.y
        wanted = (self.sql.version, first, first + self.size.height)
        if wanted != self._coloured:
            self._colours = colours(self.document.lines, wanted[1], wanted[2])
            self._coloured = wanted
        return super(TextArea, self).render_lines(crop)

    def render_line(self, y: int) -> Strip:
        assert self._palette is not None
        style = self._palette.style
        width = self.size.width
        row = self.scroll_offset.y + y
        if row >= self.document.line_count:
            return Strip([Segment(" " * width, style())], width)
        segments = [Segment(text, style(name)) for text, name in self._gutter(row)]
        room = width - self.gutter_width
        strip = Strip([Segment(text, style(*names)) for text, names in self._spans(row, room)])
        here = ("line-here",) if self._is_here(row) else ()
        strip = strip.adjust_cell_length(room, style(*here))
        return Strip([*segments, *strip], width)

    def _is_here(self, row: int) -> bool:
        return self.highlight_cursor_line and self.has_focus and row == self.cursor_location[0]

    def _gutter(self, row: int) -> Iterator[tuple[str, str]]:
        if not self.show_line_numbers:
            return
        here = row == self.cursor_location[0]
        yield f"{row + 1:>{self.gutter_width - 3}} ", "gutter-here" if here else "gutter"
        if (outcome := self._outcomes.get(row)) is not None:
            yield (SUCCEEDED, "success") if outcome[1] else (FAILED, "error")
        elif self._statement is not None and self._statement[0] <= row <= self._statement[1]:
            yield BAR, "accent"
        else:
            yield " ", ""
        yield " ", ""

    def _spans(self, row: int, room: int) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The part of a line that is seen, with the styles of each piece."""
        line = self.document[row]
        x = self.scroll_offset.x
        start = column_at(line, x)
        if x and cells(line[:start]) < x:  # a wide character or a tab is cut by the edge
            yield " " * (cells(line[: start + 1]) - x), ()
            start += 1
        end = min(len(line), start + room + 1)
        layers = list(self._layers(row, start, end))
        edges = sorted({start, end, *(min(max(at, start), end) for low, high, _ in layers for at in (low, high))})
        for low, high in pairwise(edges):
            yield shown(line[low:high]), tuple(name for a, b, name in layers if a <= low and high <= b)
        if end == len(line):  # a cell for the cursor behind the last character
            names = tuple(name for a, b, name in layers if a <= end < b)
            rest = shown(self.suggestion) if self.has_focus and self.cursor_location == (row, end) else ""
            yield rest[:1] or " ", names
            yield rest[1:], ("comment", *(name for name in names if name == "line-here"))

    def _layers(self, row: int, start: int, end: int) -> Iterator[tuple[int, int, str]]:
        """Styles of a line and where they hold; later ones are above earlier ones."""
        for low, high, part in self._colours.get(row, ()):
            if low < end and high > start:
                yield low, high, part
        length = len(self.document[row]) + 1
        if self._is_here(row):
            yield 0, length, "line-here"
        if self._mistake is not None:
            yield from self._between(*self._mistake, row, "mistake")
        selection = self.selection
        if not selection.is_empty:
            yield from self._between(*_sorted(selection), row, "marked")
        elif self._matching_bracket_location is not None and self.match_cursor_bracket and self.has_focus:
            for place in (selection.end, self._matching_bracket_location):
                if place[0] == row:
                    yield place[1], place[1] + 1, "bracket"
        if row == selection.end[0] and self.has_focus and (self._draw_cursor or self.read_only):
            yield selection.end[1], selection.end[1] + 1, "text-cursor"

    def _between(self, top: Location, bottom: Location, row: int, name: str) -> Iterator[tuple[int, int, str]]:
        """A style from one place to another one, as far as it is on a row; line ends are shown as a cell."""
        if top[0] <= row <= bottom[0]:
            start = top[1] if row == top[0] else 0
            yield start, bottom[1] if row == bottom[0] else len(self.document[row]) + 1, name


def _sorted(selection: Selection) -> tuple[Location, Location]:
    """Where a selection begins and ends in the text, whichever way it was made."""
    return min(selection), max(selection)
