"""What the cursor of the main pane is on, in the rows or in the record, and how one came there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.geometry import Region

from dolt_tui.engine.model import ForeignKey, Value
from dolt_tui.ui.main_view.view import Loaded, ReadCell, Record, RowKey, View
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.panes.record import RecordPart
from dolt_tui.ui.present.data_rows import is_old_line
from dolt_tui.ui.widgets.grid_place import Place

if TYPE_CHECKING:
    from dolt_tui.ui.widgets.grid import Grid


class Behind(NamedTuple):
    """A view behind the one that is shown."""

    view: View
    place: Place
    """Where the cursor was in it."""
    from_side: bool
    """Whether a side pane had the focus when the next one was shown."""
    in_record: bool = False
    """Whether the row under the cursor was shown with all of its columns."""
    followed: bool = False
    """Whether a key led from there to the next one."""


_WAY = 3
"""Tables on the way that stand in the title."""


class CursorPane(Pane):
    """A pane of rows, or of one of them with all of its columns."""

    stack: list[Behind]
    """The views behind the one that is shown."""
    view: View | None
    """What is to be shown."""
    loaded: Loaded | None
    """What is shown; None while that is being read."""
    card: RecordPart
    """The row under the cursor with all of its columns, where that is shown instead of the rows."""
    keys: dict[tuple[str, str | None], tuple[ForeignKey, ...]]
    """The foreign keys of the table whose rows are shown, as far as known, by table and revision."""

    @property
    def current(self) -> Grid:
        return self.card.grid if self.card.is_open else self.grid

    def owns(self, grid: Grid) -> bool:
        return super().owns(grid) or self.card.has(grid)

    def reveal(self, text: str) -> None:
        if self.card.is_open:
            self.card.reveal(text)

    # how one came here

    @property
    def way(self) -> str:
        """The tables through which keys led to what is shown, for its title."""
        names: list[str] = []
        for behind in reversed(self.stack):
            if not behind.followed:
                break
            names.insert(0, behind.view.about)
        if self.view is None or not self.view.about:  # a list of what refers to a row of the last one
            names = names[:-1]
        names = [name for name in names if name]
        if len(names) > _WAY:
            names = ["…", *names[-_WAY:]]
        return "".join(f"{name} › " for name in names)

    @property
    def came_by_key(self) -> bool:
        """Whether a key led to what is shown, or to something behind it."""
        return any(behind.followed for behind in self.stack)

    @property
    def leads_on(self) -> bool:
        """Whether its rows may have foreign keys that can be followed."""
        return self.loaded is not None and self.loaded.has_keys

    # what is under the cursor

    def entered(self) -> View | None:
        """The view behind the row under the cursor: a table's rows where it is one of a list of tables."""
        row = self.grid.cursor_row
        return self.loaded.entered(row) if row is not None and self.loaded is not None else None

    @property
    def row_key(self) -> RowKey | None:
        """Names and values of the primary key of the row under the cursor; None where it has none."""
        row = self.grid.cursor_row
        return self.loaded.row_key(row) if row is not None and self.loaded is not None else None

    @property
    def column(self) -> int | None:
        """The position of the table's column under the cursor; None where it is not one of a table."""
        return self.card.column if self.card.is_open else self.grid_column

    @property
    def grid_column(self) -> int | None:
        """The same, in the rows."""
        column = self.grid.cursor_column
        return int(column.key) if column is not None and column.key.isdecimal() else None

    @property
    def cell(self) -> tuple[str, object] | None:
        """Name and value of the cell under the cursor: of a change the newer one, unless the line is the older."""
        record, position, values = self.record, self.column, self.shown_values
        if record is None or position is None or values is None:
            return None
        return record.columns[position][0], values[position]

    @property
    def read_cell(self) -> ReadCell | None:
        """The cell under the cursor as it was read; None where it was not, or is not one of a table."""
        position, row = self.column, self.grid.cursor_row
        if self.loaded is None or position is None or row is None:
            return None
        return self.loaded.read_cell(row, position, old=is_old_line(row))

    @property
    def shown_values(self) -> tuple[Value, ...] | None:
        """The values of the row under the cursor: of a change the newer ones, unless the line is the older."""
        record, row = self.record, self.grid.cursor_row
        if record is None or row is None:
            return None
        return record.old if record.old is not None and is_old_line(row) else record.values

    def go_to_column(self, position: int) -> None:
        """Put the cursor on a column of the table, in the rows and in the record."""
        self.grid.move_to_column(f"{position}")
        if self.card.is_open:
            self.card.go_to_column(position)

    def cell_region(self) -> Region | None:
        """Where the cell under the cursor is on the screen; None where it is not seen."""
        if self.card.is_open:
            return self.card.grid.cell_region(self.card.grid.columns[-1].key)
        return self.grid.cell_region()

    @property
    def record(self) -> Record | None:
        """The row under the cursor with all of its columns; None where it is not one of a table."""
        row = self.grid.cursor_row
        return self.loaded.record(row) if row is not None and self.loaded is not None else None
