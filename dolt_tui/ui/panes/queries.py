"""The saved queries, behind the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.model import SavedQuery
from dolt_tui.ui import commands
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.main_view.query_text import QueryTextView
from dolt_tui.ui.panes.read_pane import SidePane
from dolt_tui.ui.present.lists import QUERY_COLUMNS, query_rows
from dolt_tui.ui.session import reads
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.ui.session.reads import Reading
    from dolt_tui.ui.session.state import State


class QueriesPane(SidePane):
    """The queries of the working set, or of the revision that is shown; the selected one's text is in the main pane."""

    NUMBER, TITLE, KIND = "4", "Queries", commands.QUERIES
    COLUMNS = QUERY_COLUMNS
    SCOPES = frozenset({reads.TABLES})
    queries: tuple[SavedQuery, ...] = ()

    def read(self, reading: Reading) -> tuple[SavedQuery, ...]:
        return reading.repository.queries.queries(reading.where)

    def show(self, found: tuple[SavedQuery, ...], state: State) -> None:
        self.grid.empty_text = f"No saved queries yet: {key_of('queries.new')} here makes one."
        self.queries = found
        self.grid.set_rows(query_rows(found))
        self.filtered()

    def could_not_read(self, what: str, error: Exception) -> None:
        self.queries = ()
        super().could_not_read(what, error)

    def filtered(self) -> None:
        self.set_footnote(plural(len(self.queries), "query", "queries") if self.queries else "")

    def view(self, state: State) -> QueryTextView | str:
        query = self.selected
        return QueryTextView(query) if query is not None else "No query is selected."

    @property
    def selected(self) -> SavedQuery | None:
        """The query under the cursor."""
        return self.under_cursor(SavedQuery)
