"""What a grid looks like: its lines, columns and scrolling. ``Grid`` adds rows, pages and keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias

from textual import events
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import plain, sanitise, wrap
from dolt_tui.ui.widgets.grid_columns import Columns
from dolt_tui.ui.widgets.grid_model import GridModel
from dolt_tui.ui.widgets.grid_render import Painter, Palette

CursorKind: TypeAlias = Literal["row", "cell", "none"]


class GridView(ScrollView):
    """The lines of a `GridModel`, drawn when they are seen."""

    model: GridModel
    _header = 1
    _zebra = False
    _cursor_kind: CursorKind = "row"
    _lively = False
    _empty_text = ""

    def __init__(
        self,
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes, disabled=disabled)
        self._columns = Columns()
        self.__cursor_column = 0
        self._first_column = 0
        self._sought = ""
        self._seen_height = 0
        self._palette: Palette | None = None
        self._painter: Painter | None = None
        self._strips: LRUCache[tuple[Any, ...], tuple[Row, Strip]] = LRUCache(1000)

    class ColumnMoved(Message):
        """A cell cursor is in another column."""

        def __init__(self, grid: GridView) -> None:
            super().__init__()
            self.grid = grid

    @property
    def _cursor_column(self) -> int:
        """The column to which a cell cursor was moved."""
        return self.__cursor_column

    @_cursor_column.setter
    def _cursor_column(self, column: int) -> None:
        if column != self.__cursor_column:
            self.__cursor_column = column
            self.post_message(self.ColumnMoved(self))

    @property
    def cursor_kind(self) -> CursorKind:
        """Whether the cursor is a row or a cell; with none the lines scroll."""
        return self._cursor_kind

    @cursor_kind.setter
    def cursor_kind(self, kind: CursorKind) -> None:
        self._cursor_kind = kind
        self.model.has_cursor = kind != "none"

    @property
    def lively(self) -> bool:
        """Whether its cursor is shown as if it had the focus: something else takes the keys for it."""
        return self._lively

    @lively.setter
    def lively(self, lively: bool) -> None:
        self._lively = lively
        self.refresh()

    @property
    def _said(self) -> str:
        """What is said where there are no rows."""
        return self._empty_text

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns, hidden ones too."""
        return self._columns.all

    @property
    def cursor_column(self) -> Column | None:
        """The column under a cell cursor."""
        index = self._cell_column
        return None if index is None else self.columns[index]

    @property
    def sought(self) -> str:
        """A text that is marked in the rows; empty for none."""
        return self._sought

    @sought.setter
    def sought(self, text: str) -> None:
        self._sought = text
        self.refresh()

    def move_to_match(self, row: Row) -> None:
        """Put a cell cursor on the first cell of its row that contains what is sought."""
        wanted = self._sought.lower()
        for index in self._cells if wanted and self.cursor_kind == "cell" else ():
            if index < len(row.cells) and wanted in plain(row.cells[index]).lower():
                self._cursor_column = index
                self._first_column = self._columns.first_for(index, self._width, self._first_column)
                self.refresh()
                return

    @property
    def _cells(self) -> list[int]:
        """The columns that a cell cursor may be in: those that are shown and have a title, where any has one."""
        shown = self._columns.shown()
        return [index for index in shown if self.columns[index].title] or shown

    @property
    def _cell_column(self) -> int | None:
        """Where a cell cursor is: in the column that it was moved to, or the nearest one that can be."""
        cells = self._cells if self.cursor_kind == "cell" else []
        return min(cells, key=lambda index: abs(index - self._cursor_column)) if cells else None

    # Geometry

    @property
    def _width(self) -> int:
        """The width of a line: what the scrollbar leaves."""
        return self.scrollable_content_region.width

    @property
    def height(self) -> int:
        """How many lines of rows are seen."""
        return max(0, self.scrollable_content_region.height - self._header)

    @property
    def top(self) -> int:
        """The first line that is seen."""
        return self.scroll_offset.y

    @property
    def lines_seen(self) -> range:
        """The lines that are on the screen."""
        return range(self.top, min(self.top + self.height, self.model.total))

    def resized(self) -> None:
        self.virtual_size = Size(1, self.model.total + self._header)

    def scroll(self, top: int) -> None:
        if not self.is_running:
            return
        top = max(0, min(top, self.model.total - self.height))
        if top != self.top or self.scroll_target_y != top:
            self.scroll_to(y=top, animate=False, force=True, immediate=True)

    # Columns

    def left(self) -> None:
        self._sideways(-1)

    def right(self) -> None:
        self._sideways(1)

    def _sideways(self, step: int) -> None:
        width, before = self._width, (self._first_column, self._cursor_column)
        first = self._columns.layout(width, self._first_column).first
        if self.cursor_kind == "cell":
            now = self._cell_column
            if now is not None:
                cells = self._cells
                self._cursor_column = cells[max(0, min(cells.index(now) + step, len(cells) - 1))]
                first = self._columns.first_for(self._cursor_column, width, first)
        else:
            first = self._columns.layout(width, max(0, first + step)).first
        self._first_column = first
        if before != (first, self._cursor_column):
            self.refresh()

    def resize_column(self, key: str, delta: int) -> None:
        """Make a column wider or narrower."""
        if self._columns.resize(key, delta):
            self.refresh()

    def move_to_column(self, key: str) -> None:
        """Put a cell cursor into a column."""
        index = next((at for at in self._cells if self.columns[at].key == key), None)
        if index is not None and self.cursor_kind == "cell":
            self._cursor_column = index
            self._first_column = self._columns.first_for(index, self._width, self._first_column)
            self.refresh()

    def show_column(self, key: str) -> None:
        """Scroll sideways so far that a column is seen."""
        index = next((at for at in self._columns.shown() if self.columns[at].key == key), None)
        if index is not None:
            self._first_column = self._columns.first_for(index, self._width, self._first_column)
            self.refresh()

    def cell_region(self, key: str | None = None) -> Region | None:
        """Where the cell under a cell cursor is on the screen, or that of a column; None where it is not seen."""
        column, line = self._cell_column, self.model.cursor
        if key is not None:
            column = next((at for at, one in enumerate(self.columns) if one.key == key), None)
        layout = self._columns.layout(self._width, self._first_column)
        placed = next((item for item in layout.placed if item.index == column), None)
        if placed is None or line not in self.lines_seen:
            return None
        return Region(placed.x, line - self.top + self._header, placed.width, 1).translate(self.content_region.offset)

    @property
    def hidden(self) -> frozenset[str]:
        """The keys of the columns that are left out."""
        return self._columns.hidden

    @property
    def arranged_columns(self) -> tuple[frozenset[str], Mapping[str, int]]:
        """The keys of the columns that somebody hid one by one, and the widths that somebody set, by column."""
        return self._columns.own_hidden, self._columns.own_widths

    def arrange_columns(self, hidden: Iterable[str], widths: Mapping[str, int]) -> None:
        """Hide and size columns as they were."""
        self._columns.arrange(hidden, widths)
        self.refresh()

    def hide_column(self, key: str) -> None:
        """Leave a column out; a cell cursor in it goes to the next one, or to the one before the last."""
        at = self._cell_column
        if self._columns.hide(key):
            if at is not None and self.columns[at].key == key:
                cells = self._cells
                self._cursor_column = next((index for index in cells if index > at), cells[-1])
                self._first_column = self._columns.first_for(self._cursor_column, self._width, self._first_column)
            self.refresh()

    def fold_columns(self, keys: frozenset[str]) -> bool:
        """Leave out these columns besides those that are hidden one by one; whether that is different."""
        changed = self._columns.fold(keys)
        if changed:
            self.refresh()
        return changed

    def open_column(self, key: str) -> None:
        """Show a column whatever hides it, and put a cell cursor into it."""
        self._columns.open(key)
        self.move_to_column(key)
        self.refresh()

    def show_all_columns(self) -> None:
        """Bring hidden columns back."""
        self._columns.show_all()
        self.refresh()

    action_left = left
    action_right = right

    # Drawing

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._palette = None

    def on_resize(self, event: events.Resize) -> None:
        """Keep the cursor in sight if it was."""
        seen = self.top <= self.model.cursor < self.top + self._seen_height or not self._seen_height
        self._seen_height = self.height
        if seen and self.cursor_kind != "none":
            self.model.show_cursor()
        else:
            self.scroll(self.top)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def _paint(self) -> Painter:
        """The painter for the width, columns and colours of now."""
        background = self.background_colors[1]
        if self._palette is None or self._palette.background != background:
            self._palette = Palette(self, background)
            self._painter = None
        layout = self._columns.layout(self._width, self._first_column)
        if self._painter is None or self._painter.layout is not layout or self._painter.sought != self._sought:
            self._painter = Painter(self._palette, self._columns.all, layout)
            self._painter.sought = self._sought
            self._strips.clear()
        return self._painter

    def render_lines(self, crop: Region) -> list[Strip]:
        self._paint()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        painter = self._painter or self._paint()
        if painter.layout.width != self._width:
            painter = self._paint()
        if y < self._header:
            return painter.header()
        index = y - self._header + self.top
        if index >= self.model.total:
            return painter.note("", "empty") if self.model.total else self._note(painter, y - self._header)
        row = self.model.row(index)
        if row is None:
            if self.model.failure and (y == self._header or self.model.row(index - 1) is not None):
                return painter.note(f"! {self.model.failure}", "error")
            return painter.note("·", "placeholder")
        under = "zebra" if self._zebra and index % 2 else ""
        over, column = self._over(index, row)
        key = (index, under, over, column)
        known = self._strips.get(key)
        if known is None or known[0] is not row:
            known = (row, painter.row(row, under, over, column))
            self._strips[key] = known
        return known[1]

    def _over(self, index: int, row: Row) -> tuple[str, int | None]:
        """The style above the row's own, and the column of a cell cursor."""
        over, column = "", None
        if not row.selectable:
            return over, column
        if self.model.anchor is not None:
            low, high = self.model.range
            over = "selected" if low <= index <= high else ""
        if index == self.model.cursor and self.cursor_kind != "none":
            focused = self.has_focus or self.lively
            if self.cursor_kind == "cell" and focused:
                over, column = f"{over} cursor-blurred", self._cell_column
            else:
                over = f"{over} cursor" if focused else f"{over} cursor-blurred"
        return over, column

    def _note(self, painter: Painter, line: int) -> Strip:
        """A line of what is said where there are no rows."""
        text, style = self._said, "empty"
        if self.model.failure:
            text, style = f"! {sanitise(self.model.failure)}", "error"
        elif self.model.loading:
            text, style = "·", "placeholder"
        lines = wrap(text, max(1, painter.layout.width - 2 * painter.layout.pad))
        return painter.note(lines[line] if line < len(lines) else "", style)
