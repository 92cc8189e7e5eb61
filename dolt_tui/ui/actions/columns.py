"""What the keys do with the columns and lines of the main pane: hiding, widths, one line or two."""

from __future__ import annotations

from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import MAIN, RESULT, UNCOMMITTED, Footer, OutOfPlace, command
from dolt_tui.ui.dialogs.listing import ListDialog
from dolt_tui.ui.main_view.diff import LoadedDiff
from dolt_tui.ui.main_view.query_diff import LoadedQueryDiff
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Style, cell

_COLUMNS = (
    Column("mark", min_width=2, separator=False),
    Column("name", separator=False),
)

_STEP = 4
"""Cells by which a column becomes wider or narrower at once."""


class ColumnActions(Actions):
    """Commands on how rows are laid out."""

    def no_columns(self) -> str:
        main, reason = self.context.rows_pane, "there are no columns here"
        if main.loaded is not None and main.loaded.columns:
            return ""
        return OutOfPlace(reason) if main.is_list else reason

    def no_column(self) -> str:
        return "" if self.context.rows_pane.grid.cursor_column is not None else "there are no columns here"

    def no_changes(self) -> str:
        differ = isinstance(self.context.rows_pane.loaded, LoadedDiff | LoadedQueryDiff)
        return "" if differ else "there are no changed rows here"

    @command(
        "rows.columns",
        "x",
        "columns…",
        "Hide columns, or show them again…",
        (MAIN, RESULT),
        footer=True,
        rank=1,
        unless=no_columns,
    )
    def columns(self, at: str | None = None) -> None:
        """Ask which columns to show; ``at``: where the cursor of the list is."""
        loaded, grid = self.context.rows_pane.loaded, self.context.rows_pane.grid
        hidden = grid.hidden
        changed: set[str] | None = None
        if isinstance(loaded, LoadedDiff):
            changed = {str(position) for change in loaded.page.rows for position in change.changed}
        rows = [Row(("all",), (cell(""), cell("all columns", Style.DIM)))]
        if changed:
            rows.append(Row(("changed",), (cell(""), cell("only columns that changed, and the key", Style.DIM))))
        for column in grid.columns:
            if column.title:
                mark = "" if column.key in hidden else "✓"
                rows.append(Row(column.key, (cell(mark, Style.SUCCESS), cell(column.title))))
        dialog = ListDialog("Columns", rows, _COLUMNS, hint="⏎ hide or show · esc close", at=at)

        def chosen(key: object) -> None:
            if key == ("all",):
                grid.show_all_columns()
            elif key == ("changed",):
                grid.show_all_columns()
                for column in grid.columns:
                    if column.title and not column.frozen and column.key not in (changed or ()):
                        grid.hide_column(column.key)
            elif isinstance(key, str):
                grid.show_all_columns()
                for other in hidden - {key}:
                    grid.hide_column(other)
                if key not in hidden:
                    grid.hide_column(key)  # at last: where it is the only one left, it is the one that stays
                self.columns(key)  # one rarely hides a single one
            self.context.rows_pane.filtered()

        self.context.ask(dialog, chosen)

    @command(
        "rows.lines",
        "t",
        "lines",
        "Old and new values of changed rows on one line, or on two",
        MAIN,
        rank=1,
        unless=no_changes,
    )
    @command(
        "rows.lines",
        "t",
        "lines",
        "Old and new values of changed rows on one line, or on two",
        UNCOMMITTED,
        footer=Footer.LAST,
        rank=1,
        unless=no_changes,
    )
    def lines(self) -> None:
        """Show changes on one line, or on two, from now on; the cursor stays on its row."""
        main = self.context.rows_pane
        assert main.loaded is not None
        main.two_lines = not main.two_lines
        main.show(main.loaded, self.state)

    @command("rows.hide", "minus", "hide", "Hide the column under the cursor", (MAIN, RESULT), rank=1, unless=no_column)
    def hide(self) -> None:
        column = self.context.rows_pane.grid.cursor_column
        assert column is not None
        self.context.rows_pane.grid.hide_column(column.key)
        self.context.rows_pane.filtered()

    @command(
        "rows.wider",
        "right_curly_bracket",
        "wider",
        "Make the column under the cursor wider",
        (MAIN, RESULT),
        rank=1,
        unless=no_column,
    )
    def wider(self) -> None:
        self._resize(_STEP)

    @command(
        "rows.narrower",
        "left_curly_bracket",
        "narrower",
        "Make the column under the cursor narrower",
        (MAIN, RESULT),
        rank=1,
        unless=no_column,
    )
    def narrower(self) -> None:
        self._resize(-_STEP)

    def _resize(self, by: int) -> None:
        grid = self.context.rows_pane.grid
        assert grid.cursor_column is not None
        grid.resize_column(grid.cursor_column.key, by)
