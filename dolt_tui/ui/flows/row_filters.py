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
    """Show all rows in their own order again; tells whether that is different."""
    pane = context.rows_pane
    view = pane.view
    if pane.is_choice:
        return False
    if isinstance(view, ResultView) and view.settings:
        context.show_in(pane, view.whole)
        return True
    if isinstance(view, DiffView) and view.settings:
        show_changes(context, view.unfiltered)
        return True
    if not isinstance(view, TableView) or view.query is None:
        return False
    show_rows(context, Query(view.table, view.revision))
    return True
