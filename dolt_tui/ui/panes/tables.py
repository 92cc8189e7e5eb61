"""Pane 4: tables and views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dolt_tui.engine.model import Table
from dolt_tui.ui import commands
from dolt_tui.ui.main_view.schema import SchemaView
from dolt_tui.ui.main_view.table import TableView
from dolt_tui.ui.panes.pane import SidePane
from dolt_tui.ui.present.lists import TABLE_COLUMNS, table_rows
from dolt_tui.ui.present.text import plural

if TYPE_CHECKING:
    from dolt_tui.ui.session.state import State


class TablesPane(SidePane):
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

    def view(self, state: State) -> TableView | SchemaView | str:
        table = self.selected
        if table is None:
            return "The tables could not be read." if "tables" in state.unread else "No tables yet."
        if state.schema_shown:
            return SchemaView(table.name, state.tables_at)
        return TableView(table.name, state.queries.get(table.name), state.tables_at)

    @property
    def selected(self) -> Table | None:
        """The table under the cursor."""
        row = self.grid.cursor_row
        return row.value if row is not None and isinstance(row.value, Table) else None
