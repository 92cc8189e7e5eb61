"""Places in the rows of a grid, and ranges of them."""

from __future__ import annotations

from dolt_tui.frozen import Frozen
from dolt_tui.ui.present.grid_rows import Request, Row, Source
from dolt_tui.ui.widgets.grid_columns import Columns
from dolt_tui.ui.widgets.grid_pages import Pages


class Range(Frozen):
    """Rows of a source that follow one another."""

    source: Source
    first: Request
    """Asks for the page in which they begin."""
    skip: int
    """The rows of that page before them."""
    size: int

    def read(self) -> list[Row]:
        """The rows; blocks, on a database thread. Fewer than ``size`` where there are no more."""
        page = self.source.fetch(self.first)
        rows = list(page.rows[self.skip :])
        while len(rows) < self.size and not page.last and page.after is not None:
            page = self.source.fetch(Request(0, self.source.page_size, after=page.after))
            rows += page.rows
        return rows[: self.size]


class Place(Frozen):
    """Where somebody was in the rows of a grid."""

    columns: Columns
    first_column: int
    pages: Pages | None
    cursor: int
    top: int
    row: Row | None
    column: int = 0
    """In which column a cell cursor was."""
