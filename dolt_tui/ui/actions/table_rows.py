"""What the keys do with rows: sorting, filtering, who changed them and when, ranges."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.errors import InvalidFilter
from dolt_tui.engine.model import ColumnInfo, DiffColumn
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import MAIN, RESULT, TABLES, UNCOMMITTED, Footer, command
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.dialogs.listing import ListDialog
from dolt_tui.ui.dialogs.name import NameDialog
from dolt_tui.ui.flows.parsing import change_filter, typed_change_filter, typed_filter, with_condition
from dolt_tui.ui.flows.row_filters import show_changes, show_rows
from dolt_tui.ui.main_view.blame import BlameView
from dolt_tui.ui.main_view.diff import DiffView
from dolt_tui.ui.main_view.result import ResultView
from dolt_tui.ui.main_view.row_history import HistoryView
from dolt_tui.ui.main_view.table import LoadedTable, TableView
from dolt_tui.ui.panes.main import MainPane
from dolt_tui.ui.present.data_rows import sort_sign
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.remedies import advice_of
from dolt_tui.ui.present.text import Cell, Style, cell, join, sanitise
from dolt_tui.words import plural

_COLUMNS = (
    Column("mark", min_width=2, separator=False),
    Column("name", separator=False),
    Column("type", separator=False),
)


class RowActions(Actions):
    """Commands on the rows of a table."""

    _last_columns: tuple[str, Sequence[ColumnInfo | DiffColumn]] = ("", ())
    """A table and its columns, as they were when a filter was last asked for."""

    @property
    def _view(self) -> TableView | None:
        view = self.context.main.view
        return view if isinstance(view, TableView) else None

    def not_a_table(self) -> str:
        if self._view is not None and self.context.main.loaded is not None:
            return ""
        return "only the rows of a table can be sorted and filtered this way"

    def nothing_to_sort(self) -> str:
        pane = self.context.rows_pane
        return "" if isinstance(pane.view, ResultView) and pane.loaded is not None else self.not_a_table()

    def no_filter(self) -> str:
        main = self.context.main
        if isinstance(main.view, DiffView | TableView) and main.view.settings:
            return ""  # even one that failed, to put it right
        if isinstance(main.view, DiffView):
            return "" if main.loaded is not None else str(self.not_a_table())  # its rows are on their way
        return self.not_a_table()

    def no_key(self) -> str:
        return "" if self.context.main.row_key is not None else "there is no row with a key here"

    def no_table(self) -> str:
        return "" if self._table else "there is no table here"

    @property
    def _table(self) -> str:
        """The table that the main pane is about; empty where it is about none."""
        view = self.context.main.view
        return view.about if view is not None else ""

    @property
    def _revision(self) -> tuple[str, str]:
        """The commit whose rows the main pane shows, and what it is called; both empty for the current branch."""
        view = self.context.main.view
        return view.revision_shown if view is not None else ("", "")

    # sorting and filtering

    @command(
        "rows.sort",
        "s",
        "sort…",
        "Sort the rows by a column…",
        TABLES,
        rank=1,
        unless=nothing_to_sort,
        synonyms=("order by", "sort rows", "ascending", "descending"),
        about="Sorts all rows in the database, not only those that are shown.",
    )
    @command(
        "rows.sort",
        "s",
        "sort…",
        "Sort the rows by a column…",
        (MAIN, RESULT),
        footer=True,
        rank=1,
        unless=nothing_to_sort,
        synonyms=("order by", "sort rows", "ascending", "descending"),
        about="Sorts all rows in the database, not only those that are shown.",
    )
    def sort(self) -> None:
        if isinstance(self.context.rows_pane.view, ResultView):
            self._sort_result(self.context.rows_pane.view)
            return
        view, loaded = self._view, self.context.main.loaded
        assert view is not None
        assert isinstance(loaded, LoadedTable)
        query = view.wanted
        rows = [Row(("key",), (cell(""), cell("by the key" if loaded.page.key else "as they come", Style.DIM)))]
        for column in loaded.columns:
            arrow = sort_sign(query.descending) if column.name == query.sort else ""
            rows.append(Row(column.name, (cell(arrow, Style.ACCENT), cell(column.name), cell(column.type, Style.DIM))))
        here = self.context.main.column if self._in_main else None
        under = loaded.columns[here].name if here is not None else None
        dialog = ListDialog(
            f"Sort {view.table}",
            rows,
            _COLUMNS,
            hint="⏎ sort, again to reverse · esc close",
            at=query.sort or under,
        )

        def chosen(name: object) -> None:
            if isinstance(name, str):
                self._sort_by(query, name)
            elif name is not None:
                show_rows(self.context, replace(query, sort=None, descending=False))

        self.context.ask(dialog, chosen)

    def no_sort_here(self) -> str:
        """Why the rows cannot be sorted by the column under the cursor."""
        return self.not_a_table() or ("" if self.context.main.column is not None else "there is no column")

    @command(
        "rows.ascending",
        "left_square_bracket",
        "ascending",
        "Sort ascending by the column under the cursor",
        MAIN,
        rank=8,
        footer=Footer.NEVER,
        unless=no_sort_here,
        synonyms=("order by", "sort up", "sort asc"),
    )
    def ascending(self) -> None:
        self._sort_here(descending=False)

    @command(
        "rows.descending",
        "right_square_bracket",
        "descending",
        "Sort descending by the column under the cursor",
        MAIN,
        rank=8,
        footer=Footer.NEVER,
        unless=no_sort_here,
        synonyms=("order by desc", "sort down", "sort desc"),
    )
    def descending(self) -> None:
        self._sort_here(descending=True)

    def _sort_here(self, *, descending: bool) -> None:
        view, loaded, at = self._view, self.context.main.loaded, self.context.main.column
        assert view is not None
        assert isinstance(loaded, LoadedTable)
        assert at is not None
        show_rows(self.context, replace(view.wanted, sort=loaded.columns[at].name, descending=descending))

    def _sort_result(self, view: ResultView) -> None:
        pane = self.context.rows_pane
        rows = [Row(-1, (cell(""), cell("as they came", Style.DIM)))]
        for at, column in enumerate(view.result.columns):
            arrow = sort_sign(view.descending) if at == view.sort else ""
            rows.append(Row(at, (cell(arrow, Style.ACCENT), cell(column.name), cell(column.type, Style.DIM))))
        dialog = ListDialog(
            "Sort the result",
            rows,
            _COLUMNS,
            hint="⏎ sort, again to reverse · esc close",
            at=view.sort if view.sort is not None else pane.column,
        )

        def chosen(at: object) -> None:
            if isinstance(at, int):
                self.context.show_in(pane, view.sorted_by(at) if at >= 0 else view.unsorted)

        self.context.ask(dialog, chosen)

    @property
    def _in_main(self) -> bool:
        return self.context.focused_pane is self.context.main

    def _sort_by(self, query: Query, name: str) -> None:
        """Sort by a column; the other way round where it is the one already."""
        show_rows(self.context, replace(query, sort=name, descending=name == query.sort and not query.descending))

    def title_clicked(self, pane: MainPane, column: Column) -> None:
        """A click on a column's title sorts the rows of a table, or of a result, by it."""
        if isinstance(pane.view, ResultView) and pane.loaded is not None and column.key.isdecimal():
            self.context.show_in(pane, pane.view.sorted_by(int(column.key)))
            return
        if pane is not self.context.main:
            return
        view, loaded = self._view, self.context.main.loaded
        if view is not None and isinstance(loaded, LoadedTable) and column.key.isdecimal():
            self._sort_by(view.wanted, loaded.columns[int(column.key)].name)

    @command(
        "rows.filter",
        "f",
        "filter…",
        "Filter the rows by a condition…",
        TABLES,
        rank=1,
        unless=no_filter,
        synonyms=("where", "filter rows", "condition"),
        about="Shows only the rows for which a condition in SQL holds.",
    )
    @command(
        "rows.filter",
        "f",
        "filter…",
        "Filter the rows by a condition…",
        MAIN,
        footer=True,
        rank=1,
        unless=no_filter,
        synonyms=("where", "filter rows", "condition"),
        about="Shows only the rows for which a condition in SQL holds.",
    )
    def filter(self) -> None:
        if isinstance(self.context.main.view, DiffView):
            self._filter_changes(self.context.main.view)
            return
        view = self._view
        assert view is not None
        query, style = view.wanted, self.state.repository.info.traits.sql
        columns = [(column.name, column.type) for column in self._columns(view)]
        body = [
            cell(f"Rows of {view.table} in which", Style.BOLD),
            cell("column = value · column contains text", Style.DIM),
            cell("column starts with text · column is null", Style.DIM),
            cell("contains text (in any column)", Style.DIM),
            cell("or any condition in SQL. Empty: all rows.", Style.DIM),
        ]
        now = typed_filter(query)

        def means(text: str) -> Query:
            return with_condition(query, text, columns, style)

        def typed(text: str | None) -> None:
            if text is not None:
                show_rows(self.context, means(text))

        self._ask_for_filter(now, body, lambda text: TableView(view.table, query=means(text)).settings, typed)

    def _ask_for_filter(
        self, now: str, body: Sequence[Cell], means: Callable[[str], str], typed: Callable[[str | None], None]
    ) -> None:
        """Ask for a filter; below it is how it is understood, or why it is not."""

        def preview(text: str) -> list[Cell]:
            try:
                said = sanitise(means(text))
                return [cell(said, Style.DIM)] if said else []
            except InvalidFilter:
                return []  # the dialog says that anyway

        def check(text: str) -> None:
            try:
                means(text)
            except InvalidFilter as error:
                raise InvalidFilter(f"{error.message} {advice_of(error)}".strip()) from error

        self.context.ask(
            NameDialog("Filter", body, value=now, check=check, hint="show", empty=True, preview=preview), typed
        )

    def _columns(self, view: TableView | DiffView) -> Sequence[ColumnInfo | DiffColumn]:
        """The columns of what is shown; those that it had when it was last shown, where it failed since."""
        loaded = self.context.main.loaded
        if loaded is not None and loaded.columns:
            self._last_columns = view.table, loaded.columns
        table, columns = self._last_columns
        return columns if table == view.table else ()

    def _filter_changes(self, view: DiffView) -> None:
        style = self.state.repository.info.traits.sql
        columns = [column for column in self._columns(view) if isinstance(column, DiffColumn)]
        body = [
            cell(f"Show which changes to {view.table}?", Style.BOLD),
            cell("added, modified, removed (one or more), COLUMN changed,", Style.DIM),
            cell("or a condition in SQL on to_COLUMN and from_COLUMN. Empty: all.", Style.DIM),
        ]
        now = typed_change_filter(view.filter)

        def means(text: str) -> DiffView:
            return replace(view, filter=change_filter(text, view.table, columns, style))

        def typed(text: str | None) -> None:
            if text is not None:
                show_changes(self.context, means(text))

        self._ask_for_filter(now, body, lambda text: means(text).settings, typed)

    # who and when

    @command(
        "rows.history",
        "H",
        "history",
        "History of the row",
        MAIN,
        footer=True,
        rank=1,
        unless=no_key,
        synonyms=("row history", "log of a row", "versions", "dolt_history"),
        about="Shows each commit that changed the row, with its values then.",
    )
    def history(self) -> None:
        """The changes of the row under the cursor."""
        table, key = self._table, self.context.main.row_key
        assert key is not None
        self.context.show_view(HistoryView(table, key, *self._revision), inside=True)

    @command(
        "rows.blame",
        "b",
        "blame",
        "Blame: who changed each row last",
        (TABLES, MAIN),
        rank=1,
        unless=no_table,
        synonyms=("git blame", "annotate", "author of a row", "last changed"),
        about="Shows for each row the last commit that changed it, with its author.",
        runs="SELECT * FROM dolt_blame_…",
    )
    def blame(self) -> None:
        """Who changed each row last; where that costs what the whole table does, it says first how large that is."""
        table = self._table
        rows = None if self.state.repository.info.traits.blames_by_page else self.state.rows_of(table)
        if rows is None or rows <= self.context.session.settings.blamed_unasked:
            self._blame(table)
            return
        body = [
            join(cell("Find out who changed each row of "), cell(table, "accent bold"), cell(" last")),
            cell(f"All of its {plural(rows, 'row')} and their history are read for that: it may take minutes."),
            cell("esc in the main pane cancels it.", Style.WARNING),
        ]
        dialog = ChoiceDialog("Blame", body, [Choice("g", "continue")], opener="b")
        self.context.ask(dialog, lambda letter: self._blame(table) if letter == "g" else None)

    def _blame(self, table: str) -> None:
        row = self.context.main.row_key or ()
        self.context.show_view(BlameView(table, *self._revision, row), inside=True)

    # ranges

    def one_row(self) -> str:
        return "a record is one row" if self.context.rows_pane.card.is_open else ""

    @command(
        "rows.range",
        "v",
        "range",
        "Range: select several rows",
        (MAIN, RESULT),
        rank=2,
        unless=one_row,
        synonyms=("select rows", "visual mode", "mark rows"),
    )
    @command(
        "rows.range",
        "v",
        "range",
        "Range: select several rows",
        UNCOMMITTED,
        rank=-19,
        unless=one_row,
        synonyms=("select rows", "visual mode", "mark rows"),
    )
    def range(self) -> None:
        self.context.rows_pane.grid.toggle_range()
