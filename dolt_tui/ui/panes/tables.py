"""Pane 4: tables and views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dolt_tui.engine.model import Table
from dolt_tui.ui import commands
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.main_view.schema import SchemaView
from dolt_tui.ui.main_view.table import TableView
from dolt_tui.ui.panes.read_pane import SidePane
from dolt_tui.ui.present.draft_rows import EditedTables, RowDraft
from dolt_tui.ui.present.first_steps import no_tables
from dolt_tui.ui.present.lists import TABLE_COLUMNS, table_rows
from dolt_tui.ui.session import reads
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.ui.session.reads import Reading
    from dolt_tui.ui.session.state import State


class TablesPane(SidePane):
    """The tables of the working set."""

    NUMBER, TITLE, KIND = "4", "Tables", commands.TABLES
    COLUMNS = TABLE_COLUMNS
    SCOPES = frozenset({reads.TABLES})
    tables: Sequence[Table] = ()

    def read(self, reading: Reading) -> tuple[Table, ...]:
        return reading.tables

    def show(self, found: tuple[Table, ...], state: State) -> None:
        """Show all tables; the cursor stays on its table."""
        changing = state.came_from is None and state.pair is None and not state.repository.info.read_only
        makes = f" {key_of('tables.new')} makes one, {key_of('import')} imports one." if changing else ""
        self.grid.empty_text = f"No tables yet.{makes}"
        self.tables = found
        self.grid.set_rows(table_rows(found))
        self.set_title(f"Tables of {state.pair.name}" if state.pair is not None else "")
        self.filtered()

    def show_draft(self, draft: RowDraft) -> None:
        """Mark the tables whose rows are edited."""
        self.grid.cover(EditedTables(draft.draft.tables) if draft else None, signs=bool(draft))

    def could_not_read(self, what: str, error: Exception) -> None:
        self.tables = ()
        super().could_not_read(what, error)

    def filtered(self) -> None:
        self.set_footnote(plural(len(self.tables), "table") if len(self.tables) > 9 else "")

    def view(self, state: State) -> TableView | SchemaView | str:
        table = self.selected
        if table is None:
            return "The tables could not be read." if "tables" in state.unread else self._none_yet(state)
        if state.schema_shown:
            return SchemaView(table.name, state.tables_at)
        called = state.pair.name if state.pair is not None else ""
        return TableView(table.name, state.query_of(table.name), state.tables_at, called)

    @staticmethod
    def _none_yet(state: State) -> str:
        if state.came_from is not None or state.pair is not None:
            return "No tables yet."  # and none is made here
        return no_tables(state.branch, read_only=state.repository.info.read_only)

    @property
    def selected(self) -> Table | None:
        """The table under the cursor."""
        return self.under_cursor(Table)
