"""The grid: one widget for every list and table of the program, on Textual's Line API.

It draws the lines that are seen and nothing else. Rows come from memory (``set_rows``) or page by page from
a source (``show``): then the owner answers each ``Grid.PageWanted`` with ``deliver`` or ``fail``, having run
``source.fetch(request)`` off the event loop.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from dolt_tui.ui.present.grid_rows import Column, Count, Match, PageOf, Request, Row, Source
from dolt_tui.ui.present.text import sanitise
from dolt_tui.ui.widgets.grid_columns import Columns
from dolt_tui.ui.widgets.grid_data import MemoryRows, Rows
from dolt_tui.ui.widgets.grid_pages import Pages
from dolt_tui.ui.widgets.grid_place import Place, Range
from dolt_tui.ui.widgets.grid_render import COMPONENTS, CSS
from dolt_tui.ui.widgets.grid_view import CursorKind, GridView

if TYPE_CHECKING:
    from typing import Self


class Grid(GridView, can_focus=True, inherit_bindings=False):
    """Rows and columns with a cursor."""

    ALLOW_SELECT = False
    DEFAULT_CSS = CSS
    COMPONENT_CLASSES: ClassVar[set[str]] = COMPONENTS
    BINDINGS: ClassVar[list[BindingType]] = [
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

    class GridMessage(Message):
        """What all messages of a grid have in common."""

        def __init__(self, grid: Grid) -> None:
            super().__init__()
            self.grid = grid

        @property
        def control(self) -> Grid:
            return self.grid

    class Highlighted(GridMessage):
        """The cursor stands on another row (told by its key), or on none."""

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
        self.cursor_kind = cursor
        self.source: Source | None = None
        self._header = int(show_header)
        self._zebra = zebra
        self._empty_text = empty_text
        self._columns = Columns(columns)
        self._memory: MemoryRows = MemoryRows()
        self._pages: Pages | None = None
        self._before_reload: Pages | None = None
        self._cursor_row: Row | None = None
        self._to_end = self._to_start = False
        self._goal: int | None = None
        """The line that is walked to, page by page."""
        self._announced: object = self  # no row is announced yet, not even the absence of one
        self.newest_first = False
        """Whether new rows come at the top: where that is seen it stays so, else `above` counts them."""
        self.above = 0
        """How many rows came above the first one since that was last seen."""
        self._first_seen: Hashable = None
        self._outstanding: Request | None = None
        self._number = 0

    # What is shown

    @property
    def _rows(self) -> Rows:
        return self._memory if self._pages is None else self._pages

    def _row(self, index: int) -> Row | None:
        row = self._rows.get(index)
        if row is None and self._before_reload is not None:
            return self._before_reload.get(index)
        return row

    @property
    def _total(self) -> int:
        if self._before_reload is not None:
            return self._before_reload.total
        return self._rows.total

    @property
    def row_count(self) -> int:
        """How many lines there are: headings, and for a source rows that are only supposed, included."""
        return self._total

    @property
    def count(self) -> Count:
        """How many rows there are, as far as known, without headings."""
        return self._rows.count()

    @property
    def loading_rows(self) -> bool:
        """Whether rows are on their way."""
        return self._outstanding is not None

    @property
    def _said(self) -> str:
        if self.filter_text and self._pages is None and self._memory.all:
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
        """Whether the columns' titles stand above the rows."""
        return bool(self._header)

    @show_header.setter
    def show_header(self, shown: bool) -> None:
        if bool(self._header) != shown:
            self._header = int(shown)
            self._resize_content()
            self.refresh()

    def line(self, index: int) -> Row | None:
        """The row on a line; None while it is on its way."""
        return self._row(index)

    @property
    def cursor_index(self) -> int:
        """The line on which the cursor stands, from 0."""
        return self._cursor

    @property
    def cursor_row(self) -> Row | None:
        """The row under the cursor; None where there is none, or while it is on its way."""
        row = self._row(self._cursor)
        return row if row is not None and row.selectable else None

    def set_rows(self, rows: Iterable[Row], columns: Sequence[Column] | None = None, *, keep: bool = True) -> Self:
        """Show rows from memory; the cursor stays on the row with the same key, at the same line of the screen."""
        text = self._memory.filter_text if keep and self._pages is None else ""
        key = self._cursor_row.key if keep and self._cursor_row is not None else None
        anchor = self._row(self._anchor) if keep and self._anchor is not None else None
        if columns is not None and tuple(columns) != self._columns.all:
            self._columns = Columns(columns)
            self._first_column = self._cursor_column = 0
        self._leave_source()
        self._memory = MemoryRows(rows)
        self._memory.set_filter(text)
        self._columns.remeasure(self._memory.all)
        self._anchor = self._memory.index(anchor.key) if anchor is not None else None
        self._replaced(key if keep else None, keep=keep)
        return self

    def _leave_source(self) -> None:
        self.source = self._pages = self._before_reload = self._outstanding = None
        self._to_end, self._to_start, self._goal = False, False, None
        self._failure = ""

    def _replaced(self, key: Hashable | None, *, keep: bool) -> None:
        """Other rows are there: put the cursor where it was, by key or else by index."""
        line = self._cursor - self._top
        found = self._rows.index(key) if key is not None else None
        index = found if found is not None else self._cursor if keep else 0
        self._resize_content()
        self._cursor = self._nearest(index)
        self._scroll(self._kept_top(line) if keep else 0)
        self._settle()

    def _kept_top(self, line: int) -> int:
        """The first line to show, so that the cursor stays where it was on the screen, or the top in view."""
        follows = self.newest_first and self._top == 0 and self._cursor < max(1, self._height)
        return 0 if follows else self._cursor - line

    def _look_above(self) -> None:
        """Find out what came above the rows that are seen."""
        if not self.newest_first or self._before_reload is not None:
            return
        first, above = self._row(0), self.above
        if self._top == 0 and first is not None:
            self._first_seen, self.above = first.key, 0
        elif first is not None and self._first_seen is not None:
            self.above = self._rows.index(self._first_seen) or 0
        if self.above != above:
            self.post_message(self.CameAbove(self))

    def none_above(self) -> None:
        """Other rows are shown: those that are above the first line now were not added meanwhile."""
        first = self._row(0)
        self._first_seen, self.above = first.key if first is not None else None, 0

    @property
    def place(self) -> Place:
        """What is looked at now, for coming back to it."""
        return Place(self._columns, self._first_column, self._pages, self._cursor, self._top, self._cursor_row)

    def adopt_columns(self, place: Place) -> None:
        """Take the columns as they were hidden and sized; rows with other columns follow with theirs."""
        self._columns, self._first_column = place.columns, place.first_column

    @property
    def waiting(self) -> bool:
        """Whether rows that are looked at, or the end that was jumped to, are on their way."""
        if self._outstanding is None:
            return False
        seen = range(self._top, min(self._top + max(1, self._height), self._total))
        return (
            self._to_end or self._goal is not None or not self._total or any(self._row(index) is None for index in seen)
        )

    def show(self, source: Source, place: Place | None = None, *, keep: bool = False) -> Self:
        """Show the rows of a source page by page: from its beginning, or where ``place`` was in the same rows.

        With ``keep`` the cursor stays on its row where the first page has that.
        """
        row = self._cursor_row if keep else None
        if tuple(source.columns) != self._columns.all:
            self._columns = Columns(source.columns)
            self._first_column = self._cursor_column = 0
        else:
            self._columns.remeasure(())
        self._leave_source()
        self._memory = MemoryRows()
        self.source = source
        self._pages = Pages(source.page_size, backward=source.backward, offsets=source.offsets)
        self._cursor, self._cursor_row, self._anchor = 0, row, None
        self._first_seen, self.above = None, 0
        if place is not None and place.pages is not None and place.pages.started:
            self._before_reload = place.pages
            self._pages = place.pages.restart(place.top, place.top + max(1, self._height))
            self._cursor, self._cursor_row = place.cursor, place.row
        self._pages.set_count(source.count())
        self._resize_content()
        self._scroll(place.top if self._before_reload is not None and place is not None else 0)
        self._want()
        return self

    def reload(self) -> None:
        """Ask again for what is seen; the old rows stay until the new ones come, the cursor stays on its row."""
        if self._pages is None:
            return
        if self._pages.started:
            self._before_reload = self._pages
        self._pages = self._pages.restart(self._top, self._top + max(1, self._height))
        self._outstanding, self._failure = None, ""
        self._want()

    def replace(self, source: Source) -> None:
        """Show a source of the same rows as before, a little older or newer: the cursor and the scrolling stay."""
        if self.source is None or tuple(self.source.columns) != tuple(source.columns):
            self.show(source)
        else:
            self.source = source
            self.reload()

    def recount(self) -> None:
        """The source knows now how many rows there are."""
        if self._pages is not None and self.source is not None:
            self._pages.set_count(self.source.count())
            self._resize_content()
            self.refresh()

    def deliver(self, request: Request, page: PageOf) -> None:
        """An answer to ``PageWanted``; one that nobody waits for any more is dropped."""
        if self._outstanding is None or request.number != self._outstanding.number or self._pages is None:
            return
        self._outstanding = None
        assert self.source is not None
        key = self._cursor_row.key if self._cursor_row is not None else None
        line, top = self._cursor - self._top, self._top
        self._before_reload = None
        self._pages.set_count(self.source.count())
        for shift in self._pages.deliver(request, page):
            if self._cursor >= shift.at:
                self._cursor += shift.by
            if self._anchor is not None and self._anchor >= shift.at:
                self._anchor += shift.by
            if top >= shift.at:
                top += shift.by
        self._columns.measure(page.rows)
        self._resize_content()
        found = self._pages.index(key) if key is not None else None
        if self._to_end:
            self._cursor = self._nearest(self._total - 1)
            self._to_end = not self._pages.end_known
            self._show_cursor()
        elif self._to_start:
            self._cursor = self._nearest(0)
            self._to_start = False
            self._scroll(0)
        elif found is not None and found != self._cursor:
            self._cursor = found
            self._scroll(self._kept_top(line))
        else:
            self._cursor = self._nearest(self._cursor)
            self._scroll(top)
        self._settle()
        self._walk()

    def go_to(self, match: Match) -> None:
        """Put the cursor on a row that was found, wherever it is; its rows are asked for where they are not held."""
        self._anchor = None
        if any(self.move_to_key(key) for key in match.keys) or self._pages is None:
            return
        if match.request is None:
            if match.index is not None:
                self._goal = match.index
                self._walk()
            return
        # Where it stands is known only where the rows can be counted off; else somewhere below the first line.
        request = replace(match.request, start=match.request.start or max(1, self._cursor))
        if self._pages.started:
            self._before_reload = self._pages
        self._pages = self._pages.begin_at(request)
        self._outstanding, self._failure, self._to_end, self._goal = None, "", False, None
        self._cursor, self._cursor_row = request.start, None
        self._scroll(self._cursor - self._height // 2)
        self._want()

    def _walk(self) -> None:
        """Go on towards the line that is wanted, as far as lines are known."""
        if self._goal is not None and self._pages is not None:
            goal, self._goal = self._goal, None
            self.move_to(goal)
            if self._row(goal) is None and not self._pages.end_known:
                self._goal = goal
                self._want()

    def fail(self, request: Request, message: str) -> None:
        """The answer is an error: it is shown in place of the rows, and nothing is asked until something moves."""
        if self._outstanding is None or request.number != self._outstanding.number:
            return
        self._outstanding = self._goal = None
        self._to_end = False
        self._failure = sanitise(message)
        self.refresh()

    def clear(self, message: str = "") -> None:
        """No rows; ``message`` says why."""
        self._empty_text = message
        self.set_rows((), keep=False)

    def set_filter(self, text: str) -> None:
        """Keep only the rows in memory that contain ``text``, upper or lower case; all of them for an empty one."""
        if self._pages is not None or text == self._memory.filter_text:
            return
        key = self._cursor_row.key if self._cursor_row is not None else None
        self._anchor = None
        self._memory.set_filter(text)
        self._replaced(key, keep=True)

    @property
    def filter_text(self) -> str:
        return self._memory.filter_text

    @property
    def filtered_from(self) -> int:
        """How many rows there are without the filter."""
        return self._memory.unfiltered

    @property
    def matches(self) -> int:
        """How many rows the filter has left."""
        return self._memory.selectable

    def selected_range(self) -> Range | None:
        """How to read the selected rows from the source, for those that are not held; None where all of them are."""
        low, high = self._range
        if self._pages is None or self.source is None or all(self._row(i) is not None for i in range(low, high + 1)):
            return None
        reached = self._pages.reach(low)
        return Range(self.source, *reached, high - low + 1) if reached is not None else None

    # Pages

    def _want(self) -> None:
        """Ask for the rows that are missing, one request at a time."""
        if self._pages is None or self.source is None or self._outstanding is not None or self._failure:
            return
        if not self.is_running:
            return  # on_mount asks
        top = self._top
        going = self._to_end or (self._goal is not None and self._goal >= self._total - 1)
        wanted = self._pages.want_end() if going and self._pages.started else None
        wanted = wanted or self._pages.want(top, top + max(1, self._height) - 1)
        if wanted is None:
            return
        self._number += 1
        self._outstanding = Request(
            wanted.start, wanted.size, wanted.after, wanted.before, wanted.from_end, self._number
        )
        self.post_message(self.PageWanted(self, self.source, self._outstanding))

    def _announce(self) -> None:
        """Tell about the row under the cursor where it is another one; a row on its way is told when it is there."""
        row = self.cursor_row
        if not self.is_running or (row is None and self._total and self._row(self._cursor) is None):
            return
        self._cursor_row = row
        key = (row.key,) if row is not None else None
        if key != self._announced:
            self._announced = key
            self.post_message(self.Highlighted(self, row))

    def _settle(self) -> None:
        """After any change: tell about the cursor's row, ask for missing rows, draw."""
        self._announce()
        self._look_above()
        self._want()
        self.refresh()

    def on_mount(self) -> None:
        self._settle()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self._failure = ""
            self._look_above()
            self._want()

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or event.button not in (0, 1):
            return
        column = self._columns.layout(self._width, self._first_column).column_at(offset.x)
        if offset.y < self._header:
            if column is not None:
                self.post_message(self.HeaderClicked(self, self.columns[column]))
            return
        index = offset.y - self._header + self._top
        row = self._row(index)
        if index >= self._total or (row is not None and not row.selectable) or self.cursor_kind == "none":
            return
        if self.cursor_kind == "cell" and column is not None and column != self._cursor_column:
            self._cursor_column = column
        self.move_to(index)
        if event.chain == 2:
            self.action_select()

    # Moving

    def move_to(self, index: int, step: int = 1) -> None:
        """Put the cursor on a line, or on the nearest row in the direction of ``step``."""
        before = self._cursor
        self._to_end, self._to_start, self._goal, self._failure = False, False, None, ""
        self._cursor = self._nearest(index, step)
        self._cursor_row = self.cursor_row
        if self.cursor_kind == "none":
            self._scroll(self._cursor)
        else:
            self._show_cursor()
        self._moved(before)

    def _moved(self, before: int) -> None:
        self._announce()
        low, high = sorted((before, self._cursor))
        if self._anchor is not None and high - low < self._height:
            self.refresh_lines(low + self._header, high - low + 1)
        else:
            self.refresh_lines(before + self._header)
            self.refresh_lines(self._cursor + self._header)
        self._want()

    def index_of(self, key: Hashable) -> int | None:
        """The line of the row with this key; None where it isn't held."""
        return self._rows.index(key)

    def move_to_key(self, key: Hashable) -> bool:
        """Put the cursor on the row with this key; False where it isn't there."""
        index = self._rows.index(key)
        if index is None:
            return False
        self.move_to(index)
        return True

    def cursor_up(self) -> None:
        if self.cursor_kind == "none":
            self._scroll_by(-1)
        else:
            self.move_to(self._cursor - 1, -1)
            if self._cursor == self._nearest(0):
                self._scroll(0)  # headings above the first row

    def cursor_down(self) -> None:
        if self.cursor_kind == "none":
            self._scroll_by(1)
        else:
            self.move_to(self._cursor + 1)

    def _scroll_by(self, rows: int) -> None:
        self._failure = ""
        self._scroll(self._top + rows)
        self._cursor = self._nearest(self._top)

    def _page(self, direction: int) -> None:
        step = max(1, self._height) * direction
        if self.cursor_kind == "none":
            return self._scroll_by(step)
        self._scroll(self._top + step)
        return self.move_to(self._cursor + step, direction)

    def page_up(self) -> None:
        self._page(-1)

    def page_down(self) -> None:
        self._page(1)

    def home(self) -> None:
        self.move_to(0)
        self._scroll(0)
        self._to_start = self._before_reload is not None  # the first row is not there yet

    def end(self) -> None:
        """To the last row; a source that doesn't know its end is asked for it."""
        self.move_to(self._total - 1, -1)
        if self._pages is not None and not self._pages.end_known:
            self._to_end = True
            self._want()

    # Actions

    action_cursor_up = cursor_up
    action_cursor_down = cursor_down
    action_page_up = page_up
    action_page_down = page_down
    action_home = home
    action_end = end

    def action_extend_up(self) -> None:
        self._extend(self.cursor_up)

    def action_extend_down(self) -> None:
        self._extend(self.cursor_down)

    def _extend(self, move: Callable[[], None]) -> None:
        if self.cursor_kind != "none" and self._anchor is None:
            self.start_range()
        move()

    def action_select(self) -> None:
        """Choose the row under the cursor."""
        if (row := self.cursor_row) is not None:
            self.post_message(self.Selected(self, row))
