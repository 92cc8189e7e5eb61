"""The grid: one widget for every list and table of the program, on Textual's Line API.

It draws the lines that are seen and nothing else. Rows come from memory (``set_rows``) or page by page from
a source (``show``): then the owner answers each ``Grid.PageWanted`` with ``deliver`` or ``fail``, having run
``source.fetch(request)`` off the event loop.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message

from dolt_tui.ui.present.grid_rows import Column, Match, Overlay, PageOf, Request, Row, Source
from dolt_tui.ui.present.text import sanitise
from dolt_tui.ui.widgets.grid_columns import Columns
from dolt_tui.ui.widgets.grid_model import GridModel
from dolt_tui.ui.widgets.grid_moves import MOVES, GridMoves
from dolt_tui.ui.widgets.grid_place import Place, Range
from dolt_tui.ui.widgets.grid_render import CSS
from dolt_tui.ui.widgets.grid_view import CursorKind

if TYPE_CHECKING:
    from typing import Self


class Grid(GridMoves, can_focus=True, inherit_bindings=False):
    """Rows and columns with a cursor."""

    ALLOW_SELECT = False
    TAKES_TEXT = False
    """Whether what is pasted is wanted as it is: of a grid whose owner makes values of it."""
    DEFAULT_CSS = CSS
    BINDINGS: ClassVar[list[BindingType]] = MOVES

    class GridMessage(Message):
        """What all messages of a grid have in common."""

        def __init__(self, grid: Grid) -> None:
            super().__init__()
            self.grid = grid

        @property
        def control(self) -> Grid:
            return self.grid

    class Highlighted(GridMessage):
        """The cursor is on another row (told by its key), or on none."""

        def __init__(self, grid: Grid, row: Row | None) -> None:
            super().__init__(grid)
            self.row = row

    class Selected(GridMessage):
        """A row was double-clicked, or ``action_select`` was run."""

        def __init__(self, grid: Grid, row: Row) -> None:
            super().__init__(grid)
            self.row = row

    class CameAbove(Message):
        """`Grid.above` changed."""

        def __init__(self, grid: Grid) -> None:
            super().__init__()
            self.grid = grid

    class HeaderClicked(GridMessage):
        """A column's title was clicked."""

        def __init__(self, grid: Grid, column: Column) -> None:
            super().__init__(grid)
            self.column = column

    class PageWanted(GridMessage):
        """Rows are missing: run ``source.fetch(request)`` off the event loop, then ``deliver`` or ``fail``."""

        def __init__(self, grid: Grid, source: Source, request: Request) -> None:
            super().__init__(grid)
            self.source = source
            self.request = request

    def __init__(
        self,
        *,
        columns: Sequence[Column] = (),
        show_header: bool = True,
        cursor: CursorKind = "row",
        zebra: bool = False,
        empty_text: str = "",
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self.model = GridModel(self)
        self.range_from: Row | None = None
        """The row at which the range was begun last; it may not be held any more."""
        self.displaced: Row | None = None
        """The row that was selected until it went, where another one came under the cursor in its place."""
        self._again = False
        """Whether the rows that are on their way were there before: else the cursor was moved to other ones."""
        self._clicked: Hashable = None
        """The key of the row that was clicked last, since the grid has the focus."""
        self.cursor_kind = cursor
        self._header = int(show_header)
        self._zebra = zebra
        self._empty_text = empty_text
        self._columns = Columns(columns)

    # What is shown

    @property
    def source(self) -> Source | None:
        """Where the rows come from; None where they are in memory."""
        return self.model.source

    @property
    def row_count(self) -> int:
        """How many lines there are: headings, and for a source rows that are only supposed, included."""
        return self.model.total

    @property
    def waiting(self) -> bool:
        """Whether rows that are looked at, or the end that was jumped to, are on their way."""
        return self.model.waiting

    @property
    def newest_first(self) -> bool:
        """Whether new rows come at the top: where that is seen it stays so, else `above` counts them."""
        return self.model.newest_first

    @newest_first.setter
    def newest_first(self, first: bool) -> None:
        self.model.newest_first = first

    @property
    def above(self) -> int:
        """How many rows came above the first one since that was last seen."""
        return self.model.above

    @property
    def _said(self) -> str:
        if self.filter_text and self.source is None and self.model.memory.all:
            return f'Nothing here contains "{self.filter_text}".'
        return self._empty_text

    @property
    def empty_text(self) -> str:
        """What is said where there are no rows."""
        return self._empty_text

    @empty_text.setter
    def empty_text(self, text: str) -> None:
        self._empty_text = text
        self.refresh()

    @property
    def show_header(self) -> bool:
        """Whether the columns' titles are above the rows."""
        return bool(self._header)

    @show_header.setter
    def show_header(self, shown: bool) -> None:
        if bool(self._header) != shown:
            self._header = int(shown)
            self.resized()
            self.refresh()

    def line(self, index: int) -> Row | None:
        """The row on a line; None while it is on its way."""
        return self.model.row(index)

    @property
    def cursor_index(self) -> int:
        """The line on which the cursor is, from 0."""
        return self.model.cursor

    @property
    def cursor_row(self) -> Row | None:
        """The row under the cursor; None where there is none, or while it is on its way."""
        return self.model.current

    def set_rows(self, rows: Iterable[Row], columns: Sequence[Column] | None = None, *, keep: bool = True) -> Self:
        """Show rows from memory; the cursor stays on the row with the same key, at the same line of the screen."""
        found = tuple(rows)
        if columns is not None and tuple(columns) != self._columns.all:
            self._new_columns(columns)
        self._columns.remeasure(found)
        selected, ranged = self.model.known, self.range_active
        self.model.set_rows(found, keep=keep)
        if keep and selected is not None and self.cursor_row is not None:
            gone = self.cursor_row.key != selected.key or (ranged and not self.range_active)
            self.displaced = selected if gone else self.displaced
        self._measure_covered()
        return self

    def _new_columns(self, columns: Sequence[Column]) -> None:
        before, self._columns = self._columns, Columns(columns)
        self._columns.signs = before.signs
        if not self._columns.adopt(before):
            self._first_column = self._cursor_column = 0

    def clear(self, message: str = "") -> None:
        """No rows; ``message`` says why."""
        self._empty_text = message
        self.lay(None)
        self.set_rows((), keep=False)

    @property
    def place(self) -> Place:
        """What is looked at now, for coming back to it."""
        model = self.model
        return Place(
            self._columns,
            self._first_column,
            model.pages,
            model.cursor,
            self.top,
            model.known,
            self._cursor_column,
        )

    def adopt_columns(self, place: Place) -> None:
        """Take the columns as they were hidden and sized; rows with other columns follow with theirs."""
        self._columns, self._first_column, self._cursor_column = place.columns, place.first_column, place.column

    def show(self, source: Source, place: Place | None = None, *, keep: bool = False) -> Self:
        """Show the rows of a source page by page: from its beginning, or where ``place`` was in the same rows.

        With ``keep`` the cursor stays on its row where the first page has that.
        """
        if tuple(source.columns) != self._columns.all:
            self._new_columns(source.columns)
        else:
            self._columns.remeasure(())
        self._again = keep
        self.model.show(source, place, keep=keep)
        return self

    def replace(self, source: Source) -> None:
        """Show a source of the same rows as before, a little older or newer: the cursor and the scrolling stay."""
        if self.source is None or tuple(self.source.columns) != tuple(source.columns):
            self.show(source)
        else:
            self.model.source = source
            self.reload()

    def reload(self) -> None:
        """Ask again for what is seen; the old rows stay until the new ones come, the cursor stays on its row."""
        self._again = True
        self.model.reload()

    def recount(self) -> None:
        """The source knows now how many rows there are."""
        self.model.recount()

    def deliver(self, request: Request, page: PageOf) -> None:
        """An answer to ``PageWanted``; one that nobody waits for any more is dropped."""
        selected, again = self.model.known, self._again
        if self.model.deliver(request, page):
            row, self._again = self.cursor_row, False
            if self.newest_first and again and selected is not None and row is not None and row.key != selected.key:
                self.displaced = selected if self.index_of(selected.key) is None else None
            self._columns.measure(page.rows)
            self._measure_covered()

    def fail(self, request: Request, message: str) -> None:
        """The answer is an error: it is shown in place of the rows, and nothing is asked until something moves."""
        self.model.fail(request, sanitise(message))

    def cover(self, overlay: Overlay | None, *, signs: bool = False) -> None:
        """Show something over the rows, with ``signs`` before them; the cursor stays on its row."""
        self._columns.signs = signs
        self.model.cover(overlay)
        self._measure_covered()
        self.refresh()

    def _measure_covered(self) -> None:
        """What an overlay shows may need more room than what was read."""
        if self.model.overlay is not None:
            self._columns.measure([row for row in map(self.line, self.lines_seen) if row is not None])

    def lay(self, overlay: Overlay | None, *, signs: bool = False) -> None:
        """Show something over the rows that are shown next."""
        self._columns.signs = signs
        self.model.overlay = overlay

    def expect_key(self, key: Hashable) -> None:
        """The row under the cursor has another key when it is read again, or is another one."""
        self.model.known = replace(self.model.known or Row(key, ()), key=key)

    def set_filter(self, text: str) -> None:
        """Keep only the rows in memory that contain ``text``, upper or lower case; all of them for an empty one."""
        self.model.set_filter(text)

    @property
    def filter_text(self) -> str:
        return self.model.memory.filter_text

    @property
    def filtered_from(self) -> int:
        """How many rows there are without the filter."""
        return self.model.memory.unfiltered

    @property
    def matches(self) -> int:
        """How many rows the filter has left."""
        return self.model.memory.selectable

    # What the model tells

    def redraw(self) -> None:
        self.refresh()

    def redraw_lines(self, first: int, number: int = 1) -> None:
        self.refresh_lines(first + self._header, number)

    def highlighted(self, row: Row | None) -> None:
        self.displaced = None
        self.post_message(self.Highlighted(self, row))

    def page_wanted(self, source: Source, request: Request) -> None:
        self.post_message(self.PageWanted(self, source, request))

    def came_above(self) -> None:
        self.post_message(self.CameAbove(self))

    # Events

    def on_mount(self) -> None:
        self.model.settle()

    def on_blur(self) -> None:
        self._clicked = None

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.model.scrolled()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or event.button not in (0, 1):
            return
        column = self._columns.layout(self._width, self._first_column).column_at(offset.x)
        if offset.y < self._header:
            if column is not None:
                self.post_message(self.HeaderClicked(self, self.columns[column]))
            return
        index = offset.y - self._header + self.top
        row = self.line(index)
        if index >= self.row_count or (row is not None and not row.selectable) or self.cursor_kind == "none":
            return
        if self.cursor_kind == "cell" and column is not None and column != self._cursor_column:
            self._cursor_column = column
        self.move_to(index)
        self.displaced = None
        before, self._clicked = self._clicked, row.key if row is not None else None
        # The first click may have given its pane more room, so that the second one is on another row or pane.
        if event.chain == 2 and row is not None and row.key == before:
            self.action_select()

    # Moving

    def move_to(self, index: int, step: int = 1) -> None:
        """Put the cursor on a line, or on the nearest row in the direction of ``step``."""
        self.model.move_to(index, step)

    def move_to_key(self, key: Hashable) -> bool:
        """Put the cursor on the row with this key; False where it isn't there."""
        return self.model.move_to_key(key)

    def index_of(self, key: Hashable) -> int | None:
        """The line of the row with this key; None where it isn't held."""
        return self.model.rows.index(key)

    def go_to(self, match: Match) -> None:
        """Put the cursor on a row that was found, wherever it is; its rows are asked for where they are not held."""
        self.model.go_to(match)

    def none_above(self) -> None:
        """Other rows are shown: those that are above the first line now were not added since."""
        self.model.none_above()

    def home(self) -> None:
        self.model.home()

    def end(self) -> None:
        """To the last row; a source that doesn't know its end is asked for it."""
        self.model.end()

    # Ranges

    @property
    def range_active(self) -> bool:
        return self.model.anchor is not None

    def start_range(self) -> None:
        """Select from the cursor on, wherever it goes."""
        self.model.anchor, self.range_from = self.model.cursor, self.cursor_row
        self.refresh()

    def clear_range(self) -> None:
        self.model.anchor = None
        self.refresh()

    def toggle_range(self) -> None:
        """Begin to select, or end it."""
        if self.range_active:
            self.clear_range()
        else:
            self.start_range()

    @property
    def selected_rows(self) -> tuple[Row, ...]:
        """The rows of the range, or the cursor's row; headings and rows that are not there left out."""
        return self.model.selected_rows

    @property
    def range_size(self) -> int:
        """How many lines are selected, those included that are not there."""
        low, high = self.model.range
        return high - low + 1

    def selected_range(self) -> Range | None:
        """How to read the selected rows from the source, for those that are not held; None where all of them are."""
        return self.model.far_range()

    def action_select(self) -> None:
        """Choose the row under the cursor."""
        if (row := self.cursor_row) is not None:
            self.post_message(self.Selected(self, row))
