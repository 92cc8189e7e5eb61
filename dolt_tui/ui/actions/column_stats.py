"""What the keys do that count a column's values, or say what is true of them."""

from __future__ import annotations

from dataclasses import replace

from dolt_tui.engine.model.column_stats import Profile, ValueCount
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import FREQUENCY, MAIN, PROFILE, RESULT, Footer, command
from dolt_tui.ui.main_view.diff import DiffView
from dolt_tui.ui.main_view.frequency import FrequencyView, LoadedFrequency, Rows, frequency_view
from dolt_tui.ui.main_view.profile import LoadedSheet, ProfileView, SheetView
from dolt_tui.ui.main_view.query_diff import QueryDiffView
from dolt_tui.ui.main_view.result import ResultView
from dolt_tui.ui.main_view.table import TableView
from dolt_tui.ui.main_view.view import View
from dolt_tui.ui.panes.main import MainPane
from dolt_tui.ui.present.column_stats import ORDERS


class ColumnStatActions(Actions):
    """Commands about the values of a column."""

    @property
    def _pane(self) -> MainPane:
        return self.context.rows_pane

    @property
    def _rows(self) -> Rows | None:
        """The rows that it is about: those that are shown, or were before something was said of their columns."""
        view = self._pane.view
        if isinstance(view, FrequencyView | ProfileView | SheetView):
            return view.of
        return view if isinstance(view, TableView | DiffView | ResultView | QueryDiffView) else None

    @property
    def _column(self) -> tuple[str, int] | None:
        """The name and position of the column that it is about; None where it is about none."""
        view, loaded, at = self._pane.view, self._pane.loaded, self._pane.column
        if isinstance(view, FrequencyView | ProfileView):
            return view.column, view.at
        if isinstance(view, SheetView) and isinstance(loaded, LoadedSheet):
            name = loaded.named(self._pane.grid.cursor_row)
            return None if name is None else (name, view.columns.index(name))
        if loaded is None or at is None or at >= len(loaded.columns):
            return None
        return loaded.columns[at].name, at

    def no_column(self) -> str:
        if self._rows is None:
            return "only columns of a table, a diff or a result are counted"
        return "" if self._column is not None else "the cursor is on no column"

    def not_all(self) -> str:
        if isinstance(self._rows, ResultView | QueryDiffView):
            return "a result is profiled one column at a time"
        return "" if self._rows is not None and self._names else "there are no columns here"

    def no_value(self) -> str:
        row = self._pane.grid.cursor_row
        if isinstance(self._rows, QueryDiffView) and not isinstance(self._pane.view, SheetView):
            return "what differs in a query is not filtered"
        led = row is not None and isinstance(row.value, ValueCount | Profile)  # `entered` would write the value as SQL
        return "" if led else "there is no value on this line"

    def no_order(self) -> str:
        return "" if isinstance(self._pane.loaded, LoadedFrequency) else "the values are not here yet"

    def leads_to(self) -> str:
        """What ``enter`` leads to, where that are not rows."""
        return "frequency" if isinstance(self._pane.view, SheetView) else ""

    def goes_to(self) -> str:
        return "profile" if isinstance(self._pane.view, SheetView) else ""

    @command(
        "rows.frequency",
        "F",
        "frequency",
        "Frequency of the column: how often each value",
        (MAIN, RESULT),
        footer=True,
        rank=2,
        unless=no_column,
        synonyms=("count values", "histogram", "group by", "distinct", "value counts", "unique values", "facet"),
        about="Counts how often each value of the column occurs; the rows that have one of them can be shown.",
    )
    def frequency(self) -> None:
        """Count the values of the column under the cursor."""
        rows, column = self._rows, self._column
        assert rows is not None
        assert column is not None
        self._show(frequency_view(rows, *column, self._names))

    @command(
        "rows.profile",
        "I",
        "profile",
        "Profile of the column: nulls, least, greatest",
        (MAIN, RESULT),
        footer=True,
        rank=2,
        unless=no_column,
        synonyms=("describe", "statistics", "summary of the column", "min max mean", "average", "column stats"),
        about="Type, NULLs, distinct values, least, greatest, mean and commonest value of the column.",
    )
    def profile(self) -> None:
        """Say what is true of the column under the cursor."""
        rows, column = self._rows, self._column
        assert rows is not None
        assert column is not None
        self._show(ProfileView(rows, *column, self._names))

    @command(
        "rows.profiles",
        "I",
        "all columns",
        "Profile of all columns: a line for each",
        PROFILE,
        footer=True,
        says=goes_to,
        unless=not_all,
        synonyms=("describe the table", "describe columns", "summary statistics"),
    )
    def profiles(self) -> None:
        """Say what is true of each column; on a line of that, of this column alone."""
        rows = self._rows
        assert rows is not None
        if isinstance(self._pane.view, SheetView):
            self.profile()
        else:
            self._show(SheetView(rows, self._names))

    @command(
        "rows.sheet",
        "D",
        "all columns",
        "Profile of each column of the table, a line for each",
        MAIN,
        rank=8,
        footer=Footer.NEVER,
        unless=not_all,
        synonyms=("statistics of the table", "describe sheet"),
    )
    def sheet(self) -> None:
        """Say what is true of each column at once, without one of them first."""
        rows = self._rows
        assert rows is not None
        self._show(SheetView(rows, self._names))

    @property
    def _names(self) -> tuple[str, ...]:
        """All columns of the rows that it is about."""
        view, loaded = self._pane.view, self._pane.loaded
        if isinstance(view, FrequencyView | ProfileView | SheetView):
            return view.columns
        return tuple(column.name for column in loaded.columns) if loaded is not None else ()

    @command(
        "frequency.rows",
        "enter",
        "its rows",
        "Filter by the value: only the rows that have it",
        (FREQUENCY, PROFILE),
        footer=True,
        says=leads_to,
        rank=-1,
        unless=no_value,
        synonyms=("filter by value", "drill down"),
    )
    def rows(self) -> None:
        view = self._pane.entered()
        assert view is not None
        self._show(view)

    @command(
        "frequency.order",
        "s",
        "order",
        "Sort the values: by number, value, difference",
        FREQUENCY,
        footer=True,
        unless=no_order,
        synonyms=("sort values",),
    )
    def order(self) -> None:
        """Go on to the next order."""
        view = self._pane.view
        assert isinstance(view, FrequencyView)
        orders = view.orders
        following = orders[(orders.index(view.order) + 1) % len(orders)]
        self.context.show_in(self._pane, replace(view, order=following))
        self.context.tell(ORDERS[following].capitalize())

    def _show(self, view: View) -> None:
        """Go into a view."""
        self.context.show_inside(self._pane, view)
