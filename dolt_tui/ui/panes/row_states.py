"""In the place of pane 5: the row under the cursor at HEAD, among what is staged, and in the working set."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.widgets import Static

from dolt_tui.engine.model import ColumnInfo, DiffColumn
from dolt_tui.ui import commands
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.present.content import content
from dolt_tui.ui.present.row_states import in_words, state_columns, state_rows
from dolt_tui.ui.present.staged_rows import UncommittedRow
from dolt_tui.ui.present.text import plain, value_cell
from dolt_tui.ui.widgets.pane_layout import Lower


class RowStatesPane(Pane):
    """Why a row has the sign that it has."""

    NUMBER, TITLE, KIND = "5", "Row", commands.ROW
    LOWER = Lower("row", folds=False, lines=9, low=7, least=16)
    HEADER = True

    def __init__(self) -> None:
        super().__init__()
        self._says = Static(id="row-says", markup=False)
        self._title = self.TITLE
        self._shown: tuple[UncommittedRow, int] | None = None

    def compose(self) -> ComposeResult:
        yield self.grid
        yield self._says

    def show(self, row: UncommittedRow, columns: Sequence[ColumnInfo | DiffColumn], width: int) -> None:
        """Show a row, where ``width`` cells are there for it."""
        if self._shown is not None and self._shown[0] is row and self._shown[1] == width:
            return
        self._shown = row, width
        named = " ".join(plain(value_cell(value, limit=20)) for value in row.row_key[:_NAMED])
        self.set_title(f"Row {named}" if any(column.primary_key for column in columns) else "Row")
        found = state_columns(columns, row, width)
        self.grid.set_rows(state_rows(found, row, row.halves), found)
        self._says.update(content(in_words(row, key_of("rows.stage"), width - _FRAME)))
        self.filtered()

    def filtered(self) -> None:
        self.set_footnote("HEAD → staged → working")

    def set_title(self, title: str = "") -> None:
        self._title = title or self._title  # it may be shown before it is part of the screen
        super().set_title(self._title)


_FRAME = 4
"""Cells of a line that its frame takes, with a blank at both ends."""
_NAMED = 3
"""Values of a key that stand in the title."""
