"""What the keys do that go from one change to the next: in the rows of a diff, and in a table whose rows are edited."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dolt_tui.engine.model import ChangeKind, Commit, EditKind, RowChange
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import MAIN, RESULT, UNCOMMITTED, command
from dolt_tui.ui.main_view.compare import LoadedCompare
from dolt_tui.ui.main_view.diff import LoadedDiff
from dolt_tui.ui.main_view.query_diff import LoadedQueryDiff
from dolt_tui.ui.main_view.table import LoadedTable
from dolt_tui.ui.present.data_rows import is_old_line
from dolt_tui.ui.present.draft_rows import DraftedRow
from dolt_tui.ui.present.grid_rows import Row
from dolt_tui.ui.widgets.grid import Grid


class StepActions(Actions):
    """Commands that go to another change."""

    def no_changes(self) -> str:
        pane = self.context.rows_pane
        if isinstance(pane.loaded, LoadedCompare):
            return ""
        if isinstance(pane.loaded, LoadedDiff | LoadedQueryDiff):
            return "" if pane.grid.row_count else "there are no changes here"
        if isinstance(pane.loaded, LoadedTable) and self.state.row_draft.of(pane.loaded.view.table):
            return ""
        return "there are no changes here"

    @command(
        "rows.next_change",
        "J",
        "next",
        "Next change: the next cell that differs",
        (MAIN, RESULT),
        footer=True,
        unless=no_changes,
        synonyms=("next diff", "next hunk", "jump to change"),
    )
    @command(
        "rows.next_change",
        "J",
        "next",
        "Next change: the next cell that differs",
        UNCOMMITTED,
        footer=True,
        rank=-16,
        unless=no_changes,
        synonyms=("next diff", "next hunk", "jump to change"),
    )
    def next(self) -> None:
        self._step(1)

    @command(
        "rows.previous_change",
        "K",
        "previous",
        "Previous change: the cell before that differs",
        (MAIN, RESULT, UNCOMMITTED),
        unless=no_changes,
        synonyms=("previous diff", "previous hunk"),
    )
    def previous(self) -> None:
        self._step(-1)

    def _step(self, step: int) -> None:
        pane = self.context.rows_pane
        if isinstance(pane.loaded, LoadedCompare):
            self._to_the_others(pane.grid)
            return
        grid, here = pane.grid, pane.grid.cursor_column
        shown = [column.key for column in grid.columns if column.key not in grid.hidden]
        for line in self._lines(step):
            row = grid.line(line)
            if row is None:  # it is asked for now, and looked at when the key is pressed again
                grid.move_to(line)
                return
            stops = _stops(row)
            if stops is None:
                continue
            cells = [key for key in shown if key in {f"{at}" for at in stops}]
            if line == grid.cursor_index:
                at = shown.index(here.key) if here is not None and here.key in shown else 0
                cells = [key for key in cells if (shown.index(key) - at) * step > 0]
                if not cells:
                    continue
            grid.move_to(line)
            if cells:
                grid.move_to_column(cells[0 if step > 0 else -1])
            return
        self.context.tell(f"This is the {'last' if step > 0 else 'first'} change.", "warning")

    def _to_the_others(self, grid: Grid) -> None:
        """In what a branch adds: from its tables to its commits, and back."""
        row = grid.cursor_row
        on_commit = row is not None and isinstance(row.value, Commit)
        for line in range(grid.row_count):
            found = grid.line(line)
            if found is not None and found.selectable and isinstance(found.value, Commit) is not on_commit:
                grid.move_to(line)
                return

    def _lines(self, step: int) -> Iterable[int]:
        """The lines that may have changes, from the one under the cursor on."""
        pane = self.context.rows_pane
        grid = pane.grid
        if not isinstance(pane.loaded, LoadedTable):
            return range(grid.cursor_index, grid.row_count if step > 0 else -1, step)
        # Only some rows of many are edited: those of them that are held.
        found = (grid.index_of(edit.key) for edit in self.state.row_draft.of(pane.loaded.view.table))
        lines = sorted(line for line in found if line is not None and (line - grid.cursor_index) * step >= 0)
        return lines if step > 0 else reversed(lines)


def _stops(row: Row) -> Sequence[int] | None:
    """The positions of the columns that changed in a row, none where it changed as a whole; None: it did not."""
    if not row.selectable or is_old_line(row):
        return None
    if isinstance(row.value, DraftedRow):
        edit, values = row.value.edit, row.base.value if row.base is not None else None
        if edit.kind is not EditKind.CHANGED or not isinstance(values, tuple):
            return ()
        return [at for at, (before, now) in enumerate(zip(values, row.value, strict=True)) if before is not now]
    if isinstance(row.value, RowChange):
        return sorted(row.value.changed) if row.value.kind is ChangeKind.MODIFIED else ()
    return None
