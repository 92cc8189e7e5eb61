"""The record of a main pane: the row under the cursor with all of its columns, over the rows that it is one of.

The rows stay where they are, with their pages, cursor and edits: whatever is done to the record is done to that row.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING

from dolt_tui.ui.main_view.view import Record
from dolt_tui.ui.present.data_rows import is_old_line
from dolt_tui.ui.present.record import MORE, Entry, Look, RecordLines, Shape, found_in, record_lines, type_text
from dolt_tui.ui.present.text import Cell
from dolt_tui.ui.widgets.record_grid import RecordGrid
from dolt_tui.words import count, plural

if TYPE_CHECKING:
    from dolt_tui.ui.panes.main import MainPane
    from dolt_tui.ui.present.record_values import Shown

_WITHOUT_TYPES = 3
"""Columns of the lines where there is no room for the types."""


class RecordPart:
    """What a main pane shows of one row, while that is wanted."""

    def __init__(self, pane: MainPane, changed: Callable[[], object]) -> None:
        """``changed`` is called when another record is shown."""
        self._pane = pane
        self._changed = changed
        self._grid: RecordGrid | None = None
        self.is_open = False
        self.whole = False
        """Whether columns that did not change are shown, too."""
        self._record: Record | None = None
        self._unfolded: frozenset[int] = frozenset()
        self._called: Mapping[int, Cell] = {}
        self._refer: frozenset[int] | None = None
        self._lines: RecordLines | None = None
        self._known: dict[Hashable, Shown] = {}
        """Lines of the record that is shown, made before."""

    @property
    def grid(self) -> RecordGrid:
        """Where it is shown; only once it has been open."""
        assert self._grid is not None
        return self._grid

    @property
    def is_made(self) -> bool:
        """Whether it was open before."""
        return self._grid is not None

    def has(self, grid: object) -> bool:
        """Whether a grid is where it is shown."""
        return grid is self._grid and grid is not None

    def open(self) -> None:
        """Show the row under the cursor."""
        if self._grid is None:
            self._grid = RecordGrid(show_header=False, id=f"{self._pane.KIND}-record", classes="record")
            self._pane.mount(self._grid)
        column = self._pane.grid_column
        self.is_open = True
        self._pane.add_class("in-record")
        self._record, self._unfolded = None, frozenset()
        self._grid.sought = self._pane.grid.sought
        self.draw()
        self._grid.home()
        changed = self._lines.changed if self._lines is not None else ()
        if column is not None and not self._grid.go_to_entry(column) and changed:
            self._grid.go_to_entry(min(changed))  # that one is left out

    def close(self) -> bool:
        """Show the rows again; whether the record was shown."""
        if not self.is_open:
            return False
        self.is_open = False
        self._pane.remove_class("in-record")
        self._record = self._lines = None
        if self.grid.has_focus:
            self._pane.grid.focus()
        return True

    # what it shows

    def draw(self) -> None:
        """Show the row that the cursor of the rows is on by now."""
        record = self._pane.record
        if not self.is_open or record is None:
            return  # it is on its way
        if record != self._record:
            self._unfolded, self._called, before = frozenset(), {}, self._record
            if before is None:
                self._refer = None if self._pane.leads_on else frozenset()
            self._record = record
            self._known.clear()
            if before is None or record.values != before.values:
                self._changed()
        self._show()

    def _show(self) -> None:
        record = self._record
        if record is None:
            return
        grid, here = self.grid, self.grid.entry
        # It may not be part of the screen yet, and has the place of the rows.
        width = self._pane.grid.size.width
        # Of a row that is edited nothing is left out: one may want to edit more.
        look = Look(width, self.whole or record.kind is None, self._unfolded, self._called, self._refer)
        self._lines = record_lines(self.shape, record.values, record.old, record.kind, look, self._known)
        grid.set_rows(self._lines.rows, self._lines.columns)
        if here is not None and grid.entry != here:
            grid.go_to_entry(here)
        self._pane.filtered()

    @property
    def record(self) -> Record | None:
        """What is shown."""
        return self._record

    @property
    def shape(self) -> Shape:
        assert self._record is not None
        return Shape(self._record.columns, self._record.key)

    @property
    def column(self) -> int | None:
        """The position of the column under the cursor."""
        row = self.grid.cursor_row
        return row.value.position if row is not None and isinstance(row.value, Entry) else None

    @property
    def folds(self) -> bool:
        """Whether what is under the cursor can be folded or unfolded."""
        row = self.grid.cursor_row
        return row is not None and isinstance(row.value, Entry) and row.value.folds

    @property
    def is_change(self) -> bool:
        """Whether it is a row that changed, of which some columns did not."""
        record = self._record
        return record is not None and record.old is not None and record.kind is not None

    def name(self, called: Mapping[int, Cell], refer: frozenset[int]) -> None:
        """Tell which rows its keys refer to, which have these columns."""
        self._called, self._refer = called, refer
        self._show()

    # what is done to it

    def go_to_column(self, position: int) -> None:
        """Put the cursor on a column, which is shown if it was left out."""
        if not self.grid.go_to_entry(position):
            self.whole = True
            self._show()
            self.grid.go_to_entry(position)

    def fold(self) -> None:
        """Fold what is under the cursor, or unfold it."""
        position = self.column
        if position is None:
            self.toggle_whole()
            return
        self._unfolded ^= {position}
        self._show()

    def toggle_whole(self) -> None:
        """Show the columns that did not change, or leave them out."""
        at_more = self.grid.entry == MORE
        line = self.grid.cursor_index
        self.whole = not self.whole
        self._show()
        if at_more:
            self.grid.move_to(min(line, self.grid.row_count - 1))

    def reveal(self, text: str) -> None:
        """Show whatever contains a text."""
        record = self._record
        if record is None or not text:
            return
        found = found_in(self.shape, record.values, record.old, text)
        shown = (
            {row.value.position for row in self._lines.rows if isinstance(row.value, Entry)} if self._lines else set()
        )
        self.whole = self.whole or not found <= shown
        self._unfolded |= found
        self._show()

    def step(self, by: int) -> bool:
        """Go to the next row of the rows (1), or the one before (-1); whether there is one."""
        grid = self._pane.grid
        at = grid.cursor_index
        while 0 <= at + by < grid.row_count:
            at += by
            row = grid.line(at)
            if row is None or (row.selectable and not is_old_line(row)):
                grid.move_to(at, by)
                return True
        return False

    # what is said of it

    @property
    def foot(self) -> str:
        """Which of how many rows it is, and how many of its columns changed."""
        record, lines, grid = self._record, self._lines, self._pane.grid
        if record is None or lines is None:
            return ""
        word = "row" if record.kind is None else "change"
        known = grid.source.count() if grid.source is not None else None
        number = known.number if known is not None else grid.row_count if grid.source is None else None
        total = f" of {count(number)}" if number is not None else ""
        kind = "" if len(lines.columns) > _WITHOUT_TYPES or self.column is None else self._kind(self.column)
        parts = [] if self._pane.two_lines else [f"{word} {count(grid.cursor_index + 1)}{total}"]
        columns = plural(len(record.columns), "column")
        parts.append(f"{count(len(lines.changed))} of {columns}" if record.old is not None else columns)
        return " · ".join(filter(None, (kind, *parts)))

    def _kind(self, position: int) -> str:
        """The type of a column, where there is no room for those of all of them."""
        assert self._record is not None
        return type_text(self.shape, position, self._record.values[position])
