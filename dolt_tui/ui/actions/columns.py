"""What the keys do with the columns and lines of the main pane: hiding, widths, one line or two."""

from __future__ import annotations

from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import MAIN, RESULT, UNCOMMITTED, Footer, command
from dolt_tui.ui.dialogs.listing import ListDialog
from dolt_tui.ui.flows.row_filters import show_all
from dolt_tui.ui.main_view.diff import LoadedDiff
from dolt_tui.ui.main_view.query_diff import LoadedQueryDiff
from dolt_tui.ui.present.grid_rows import Row
from dolt_tui.ui.present.text import Style, cell
from dolt_tui.ui.session.events import Progress

_STEP = 4
"""Cells by which a column becomes wider or narrower at once."""


class ColumnActions(Actions):
    """Commands on how rows are laid out."""

    def no_columns(self) -> str:
        pane = self.context.rows_pane
        if pane.loaded is not None and not pane.is_list and any(column.title for column in pane.grid.columns):
            return ""
        return "there are no columns here"

    def no_column(self) -> str:
        if self.context.rows_pane.card.is_open:
            return "a record has its columns below each other"
        return "" if self.context.rows_pane.grid.cursor_column is not None else "there are no columns here"

    def no_changes(self) -> str:
        differ = isinstance(self.context.rows_pane.loaded, LoadedDiff | LoadedQueryDiff)
        return "" if differ else "there are no changed rows here"

    def in_a_diff(self) -> Footer:
        loaded = self.context.rows_pane.loaded
        return Footer.YES if loaded is not None and loaded.changed is not None else Footer.NO

    def which_columns(self) -> str:
        if self.in_a_diff() is not Footer.YES:
            return "columns…"
        return "all columns" if self.context.rows_pane.only_changed else ""

    @command(
        "rows.changed_columns",
        "x",
        "changed columns",
        "Only changed columns, or all of them",
        (MAIN, RESULT),
        footer=in_a_diff,
        says=which_columns,
        unless=no_columns,
        synonyms=("hide unchanged columns", "changed columns", "fold columns", "collapse"),
    )
    @command(
        "rows.changed_columns",
        "x",
        "changed columns",
        "Only changed columns, or all of them",
        UNCOMMITTED,
        footer=True,
        says=which_columns,
        rank=-15,
        unless=no_columns,
        synonyms=("hide unchanged columns", "changed columns", "fold columns", "collapse"),
    )
    def changed_columns(self) -> None:
        """Show of diffs only the columns that changed, from now on; the list of the columns where there is no diff."""
        pane = self.context.rows_pane
        loaded = pane.loaded
        if loaded is None or loaded.changed is None:
            self.columns()
            return
        pane.only_changed = not pane.only_changed
        pane.grid.fold_columns(frozenset())  # those that were shown again are left out with the others
        pane.fold()
        pane.filtered()
        self.context.session.events.tell(Progress())  # the footer calls it otherwise now
        if pane.only_changed and not loaded.changed:
            self.context.tell("Rows are only added or removed here, so all columns are shown.")

    @command(
        "rows.columns",
        "X",
        "columns…",
        "Columns: hide them, or show them again…",
        (MAIN, RESULT),
        rank=1,
        unless=no_columns,
        synonyms=("hide columns", "show columns", "choose columns", "list columns"),
    )
    def columns(self, at: str | None = None) -> None:
        """Ask which columns to show; ``at``: where the cursor of the list is."""
        from dolt_tui.ui.flows.column_list import COLUMNS, named_columns, row_of  # only now: the program starts without

        pane = self.context.rows_pane
        grid, named = pane.grid, named_columns(pane)
        under = grid.cursor_column
        rows = [Row(("all",), (cell(""), cell("all columns", Style.DIM))), *map(row_of, named)]
        dialog = ListDialog(
            "Columns",
            rows,
            COLUMNS,
            hint="⏎ hide or show · / search · esc close",
            at=at or (under.key if under is not None else None),
            search=True,
        )

        def chosen(key: object) -> None:
            if key is None:
                return
            if key == ("all",):
                pane.only_changed = False
                pane.fold()
                grid.show_all_columns()
            elif isinstance(key, str):
                if key in grid.hidden:
                    grid.open_column(key)
                else:
                    grid.hide_column(key)
                self.columns(key)  # one rarely hides a single one
            pane.filtered()

        self.context.ask(dialog, chosen)

    @command(
        "rows.go_to_column",
        "vertical_line",
        "to column…",
        "Go to a column by its name…",
        (MAIN, RESULT),
        rank=1,
        unless=no_columns,
        synonyms=("find column", "search column", "jump to column", "go-col-name"),
    )
    def go_to_column(self) -> None:
        """Find a column by a part of its name; one that is hidden is shown again."""
        from dolt_tui.ui.dialogs.finder import FinderDialog
        from dolt_tui.ui.flows.column_list import COLUMNS, listed, named_columns

        pane = self.context.rows_pane
        named = named_columns(pane)
        dialog = FinderDialog(
            "Go to a column",
            COLUMNS,
            lambda typed: listed(named, typed),
            placeholder="a part of its name",
            hint="⏎ go · ↑ ↓ move · esc close",
            empty="No column is called that.",
        )

        def chosen(key: object) -> None:
            if isinstance(key, str):
                if key in pane.grid.hidden:
                    pane.grid.open_column(key)
                    pane.filtered()
                pane.go_to_column(int(key)) if key.isdecimal() else pane.grid.move_to_column(key)

        self.context.ask(dialog, chosen)

    @command(
        "rows.lines",
        "t",
        "lines",
        "Diff on one line, or on two",
        MAIN,
        rank=1,
        unless=no_changes,
        synonyms=("side by side", "split diff", "unified", "old and new"),
    )
    @command(
        "rows.lines",
        "t",
        "lines",
        "Diff on one line, or on two",
        UNCOMMITTED,
        footer=Footer.LAST,
        rank=1,
        unless=no_changes,
        synonyms=("side by side", "split diff", "unified", "old and new"),
    )
    def lines(self) -> None:
        """Show changes on one line, or on two, from now on; the cursor stays on its row."""
        main = self.context.rows_pane
        assert main.loaded is not None
        main.two_lines = not main.two_lines
        main.show(main.loaded, self.state)

    @command(
        "rows.hide",
        "minus",
        "hide",
        "Hide the column",
        (MAIN, RESULT),
        rank=1,
        unless=no_column,
        synonyms=("hide column", "remove column from view"),
        about="It stays hidden for this table as long as the program runs.",
    )
    def hide(self) -> None:
        column = self.context.rows_pane.grid.cursor_column
        assert column is not None
        self.context.rows_pane.grid.hide_column(column.key)
        self.context.rows_pane.filtered()

    @command(
        "rows.wider",
        "right_curly_bracket",
        "wider",
        "Widen the column",
        (MAIN, RESULT),
        rank=1,
        unless=no_column,
        synonyms=("column width", "resize column", "expand column"),
    )
    def wider(self) -> None:
        self._resize(_STEP)

    @command(
        "rows.narrower",
        "left_curly_bracket",
        "narrower",
        "Narrow the column",
        (MAIN, RESULT),
        rank=1,
        unless=no_column,
        synonyms=("column width", "resize column", "shrink column"),
    )
    def narrower(self) -> None:
        self._resize(-_STEP)

    @command(
        "rows.reset_columns",
        "",
        "reset columns",
        "Reset the columns: widths, hidden ones, order",
        (MAIN, RESULT),
        unless=no_columns,
        synonyms=("forget the filter", "default columns", "show everything", "unhide columns"),
    )
    def reset(self) -> None:
        """Show what is shown as if nobody had looked at it before."""
        pane = self.context.rows_pane
        pane.only_changed = False
        pane.fold()
        pane.grid.arrange_columns((), {})
        if pane.view is not None:
            pane.kept.forget(pane.view.about)
        if not show_all(self.context):
            pane.filtered()

    def _resize(self, by: int) -> None:
        grid = self.context.rows_pane.grid
        assert grid.cursor_column is not None
        grid.resize_column(grid.cursor_column.key, by)
