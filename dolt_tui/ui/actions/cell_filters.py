"""Filtering by the value of a cell: only the rows that have it, or all others."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from dolt_tui.engine.browsing.column_conditions import same_value
from dolt_tui.engine.console.row_choice import HasValue
from dolt_tui.engine.errors import InvalidFilter
from dolt_tui.engine.model import DiffColumn
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import MAIN, RESULT, command
from dolt_tui.ui.flows.row_filters import show_changes, show_rows
from dolt_tui.ui.main_view.diff import DiffView
from dolt_tui.ui.main_view.query_diff import QueryDiffView
from dolt_tui.ui.main_view.result import ResultView
from dolt_tui.ui.main_view.table import TableView
from dolt_tui.ui.present.remedies import advice_of

C = TypeVar("C")


class CellFilterActions(Actions):
    """The commands that filter by the cell under the cursor."""

    def no_cell(self) -> str:
        pane = self.context.rows_pane
        if isinstance(pane.view, QueryDiffView):
            return "what differs in a query is not filtered: add the condition to the query"
        if not isinstance(pane.view, DiffView | TableView | ResultView):
            return "only the rows of a table, a diff or a result can be filtered by a cell"
        if pane.loaded is None or pane.read_cell is None:
            return "there is no cell of a row that was read here"
        return ""

    @command(
        "rows.filter_cell",
        "equals_sign",
        "this value",
        "Filter by the cell: rows with this value",
        (MAIN, RESULT),
        footer=True,
        rank=1,
        unless=no_cell,
        synonyms=("where", "equal", "select by value", "same value", "filter by value"),
        about="Adds to the filter that is there; once more takes that back.",
    )
    def filter_cell(self) -> None:
        self._filter(other=False)

    @command(
        "rows.exclude_cell",
        "exclamation_mark",
        "not this",
        "Filter out the cell's value",
        (MAIN, RESULT),
        rank=1,
        unless=no_cell,
        synonyms=("where not", "unequal", "exclude", "not equal"),
        about="Leaves the rows with another value; once more takes that back.",
    )
    def exclude_cell(self) -> None:
        self._filter(other=True)

    def _filter(self, *, other: bool) -> None:
        pane = self.context.rows_pane
        found, row, view = pane.read_cell, pane.grid.cursor_row, pane.view
        assert found is not None
        assert row is not None
        # The row stays, wherever it is among those that are left; or the one below it does.
        beside = pane.grid.line(pane.grid.cursor_index + 1) if other else row
        style = self.state.repository.info.traits.sql
        if isinstance(view, ResultView):
            test = HasValue(pane.column or 0, found.value, other)
            self.context.show_in(pane, replace(view, tests=_with(view.tests, test)))
            return
        prefix = found.side if isinstance(found.column, DiffColumn) else ""
        try:
            condition = same_value(found.column, found.value, style, other=other, prefix=prefix)
        except InvalidFilter as error:
            self.context.tell(f"{error.message} {advice_of(error)}".strip(), "warning")
            return
        pane.seek = (beside or row).key
        if isinstance(view, DiffView):
            wanted = replace(view.filter, conditions=_with(view.filter.conditions, condition))
            show_changes(self.context, replace(view, filter=wanted))
        elif isinstance(view, TableView):
            query = view.wanted
            show_rows(self.context, replace(query, conditions=_with(query.conditions, condition)))


def _with(conditions: tuple[C, ...], condition: C) -> tuple[C, ...]:
    """These conditions and another one, or without it where it is among them."""
    if condition in conditions:
        return tuple(one for one in conditions if one != condition)
    return (*conditions, condition)
