"""What V does: one cell by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dolt_tui.engine.model import ABSENT, ColumnInfo, RowValues
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import CONFLICT_ROWS, MAIN, RECORD, RESULT, RESULT_RECORD, command

if TYPE_CHECKING:
    from dolt_tui.ui.main_view.view import Loaded
    from dolt_tui.ui.present.conflict_rows import Line


class CellViewActions(Actions):
    """The command that shows a cell whole."""

    def no_cell(self) -> str:
        if (line := self._line) is not None:
            return "" if line.column else "this line is about the row as a whole"
        main = self.context.rows_pane
        return "" if main.record is not None and main.column is not None else "there is no cell here"

    @command(
        "cells.view",
        "V",
        "whole cell",
        "View the whole cell: text, JSON, bytes…",
        (RECORD, RESULT_RECORD),
        footer=True,
        unless=no_cell,
        synonyms=("value", "blob", "hex dump", "json", "open cell", "long text", "image", "expand cell"),
        rank=-26,
        about="Text with its lines, JSON as a tree, bytes as a hex dump; it scrolls, copies and saves.",
    )
    @command(
        "cells.view",
        "V",
        "whole cell",
        "View the whole cell: text, JSON, bytes…",
        (MAIN, RESULT, CONFLICT_ROWS),
        footer=True,
        unless=no_cell,
        synonyms=("value", "blob", "hex dump", "json", "open cell", "long text", "image", "expand cell"),
        about="Text with its lines, JSON as a tree, bytes as a hex dump; it scrolls, copies and saves.",
        rank=1,
    )
    def view(self) -> None:
        if (line := self._line) is not None:
            self._view_conflict(line)
            return
        main = self.context.rows_pane
        record, position = main.record, main.column
        if record is None or position is None or main.view is None:
            return
        (column, kind), value = record.columns[position], record.values[position]
        old = record.old[position] if record.old is not None else ABSENT
        if old == value and type(old) is type(value):
            old = ABSENT
        row = main.grid.cursor_row
        about = main.loaded.record_title(row) if main.loaded is not None and row is not None else main.view.title
        title = f"{column} · {about}"
        from dolt_tui.ui.flows.cell_view import show_cell  # only now: the program starts without

        show_cell(self.context, title, column, kind, value, old)

    # in the resolver

    @property
    def _line(self) -> Line | None:
        """The line in conflict under the cursor; None on the workspace."""
        main = self.context.main
        if main.KIND != CONFLICT_ROWS:
            return None
        from dolt_tui.ui.panes.conflicts import ConflictRowsPane  # the program starts without

        assert isinstance(main, ConflictRowsPane)
        return main.line

    def _view_conflict(self, line: Line) -> None:
        loaded = self.context.main.loaded
        if loaded is None:
            return
        column = line.column
        kind = next((found.type for found in self._columns(loaded) if found.name == column), "")
        base, ours, theirs = (self._of(side, column) for side in (line.row.base, line.row.ours, line.row.theirs))
        from dolt_tui.ui.flows.cell_view import show_conflict

        show_conflict(self.context, f"{column} · {loaded.title}", column, kind, (base, ours, theirs))

    @staticmethod
    def _columns(loaded: Loaded) -> Sequence[ColumnInfo]:
        from dolt_tui.ui.main_view.conflicts import LoadedConflicts, LoadedRecord

        if isinstance(loaded, LoadedConflicts):
            return loaded.shape.columns
        return loaded.view.shape.columns if isinstance(loaded, LoadedRecord) else ()

    @staticmethod
    def _of(values: RowValues | None, column: str) -> object:
        return ABSENT if values is None else values.get(column, ABSENT)
