"""Which rows of a table, or which of its changes, the main pane shows."""

from __future__ import annotations

from dolt_tui.engine.browsing.query import Query
from dolt_tui.ui.flows.context import Context
from dolt_tui.ui.main_view.diff import DiffView
from dolt_tui.ui.main_view.result import ResultView
from dolt_tui.ui.main_view.table import TableView


def show_rows(context: Context, query: Query) -> None:
    """Show the rows of a table as they are wanted from now on."""
    plain = Query(query.table, query.revision)
    pair = context.state.pair
    called = pair.name if pair is not None and pair.hash == query.revision else ""
    view = TableView(query.table, query if query != plain else None, query.revision, called)
    context.state.keep_query(view.table, view.query)
    context.show_view(view)


def show_changes(context: Context, view: DiffView) -> None:
    """Show the rows of a diff that are wanted from now on."""
    context.state.looks.keep_filter(view)
    context.show_view(view)


def show_all(context: Context) -> bool:
    """Show all rows in their own order again, the cursor on its row where the first page has it; tells whether there
    was anything to do."""
    pane = context.rows_pane
    view, row = pane.view, pane.grid.cursor_row
    if pane.is_choice or view is None or not view.settings:
        return False
    pane.seek = row.key if row is not None else None
    if isinstance(view, ResultView):
        context.show_in(pane, view.whole)
    elif isinstance(view, DiffView):
        show_changes(context, view.unfiltered)
    elif isinstance(view, TableView):
        show_rows(context, Query(view.table, view.revision))
    else:
        pane.seek = None
        return False
    return True
