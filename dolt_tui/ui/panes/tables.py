"""Pane 4: tables and views."""

from __future__ import annotations

from collections.abc import Sequence

from dolt_tui.engine.model import Table
from dolt_tui.ui import commands
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.present.lists import TABLE_COLUMNS, table_rows
from dolt_tui.ui.present.text import plural


class TablesPane(Pane):
    """The tables of the working set."""

    NUMBER, TITLE, KIND = "4", "Tables", commands.TABLES
    COLUMNS = TABLE_COLUMNS
    tables: Sequence[Table] = ()

    def show(self, tables: Sequence[Table]) -> None:
        """Show all tables; the cursor stays on its table."""
        self.grid.empty_text = "No tables yet."
        self.tables = tables
        self.grid.set_rows(table_rows(tables))
        self.filtered()

    def could_not_read(self, what: str, error: Exception) -> None:
        self.tables = ()
        super().could_not_read(what, error)

    def filtered(self) -> None:
        self.set_footnote(plural(len(self.tables), "table") if len(self.tables) > 9 else "")

    @property
    def selected(self) -> Table | None:
        """The table under the cursor."""
        row = self.grid.cursor_row
        return row.value if row is not None and isinstance(row.value, Table) else None
