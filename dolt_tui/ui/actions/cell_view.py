"""What V does: one cell by itself."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dolt_tui.engine.model import ABSENT, ColumnInfo, RowValues
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import CONFLICT_ROWS, MAIN, RECORD, RESULT, RESULT_RECORD, command
from dolt_tui.ui.dialogs.cell_view import CellDialog
from dolt_tui.ui.dialogs.save_file import SaveDialog, SaveTo
from dolt_tui.ui.flows.progress import path_text, size_text
from dolt_tui.ui.present.cell_view import CellContent, Face, conflict_of, content_of
from dolt_tui.ui.present.text import Style, cell, join

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
        self.context.look(
            f"read {column}", lambda: content_of(column, kind, value, old), lambda content: self._open(title, content)
        )

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
        self.context.look(
            f"read {column}",
            lambda: conflict_of(column, kind, base, ours, theirs),
            lambda content: self._open(f"{column} · {loaded.title}", content),
        )

    @staticmethod
    def _columns(loaded: Loaded) -> Sequence[ColumnInfo]:
        from dolt_tui.ui.main_view.conflicts import LoadedConflicts, LoadedRecord

        if isinstance(loaded, LoadedConflicts):
            return loaded.shape.columns
        return loaded.view.shape.columns if isinstance(loaded, LoadedRecord) else ()

    @staticmethod
    def _of(values: RowValues | None, column: str) -> object:
        return ABSENT if values is None else values.get(column, ABSENT)

    # the dialog

    def _open(self, title: str, content: CellContent) -> None:
        session = self.context.session

        def stop() -> bool:
            active = bool(session.jobs.active("cell"))
            session.jobs.drop("cell")
            return active

        dialog = CellDialog(
            title, content, read=partial(session.job, "cell"), stop=stop, copy=self._copy, save=self._ask_for_file
        )
        self.context.ask(dialog, lambda _answer: session.jobs.drop("cell"))

    def _copy(self, text: str, what: str) -> None:
        self.context.copy_text(text)
        self.context.tell(f"Copied {what}")

    def _ask_for_file(self, content: CellContent, face: Face) -> None:
        said = next(iter(content.notes), "")
        body = [join(cell("Save "), cell(content.column, "accent bold"), cell(f"  {said}", Style.DIM))]
        dialog = SaveDialog("Save", body, content.file_name(face))
        self.context.ask(dialog, lambda to: self._write(content, face, to) if to is not None else None)

    def _write(self, content: CellContent, face: Face, to: SaveTo) -> None:
        def done(size: int) -> None:
            self.context.tell(f"Saved {content.column} to {path_text(to.path)}: {size_text(size)}")

        self.context.look(f"save {content.column}", lambda: _save(to.path, content.data(face), to.overwrite), done)


def _save(path: Path, data: bytes, overwrite: bool) -> int:
    """Write a file, replacing another only where that is wanted; returns its size in bytes. Raises `EngineError`."""
    from dolt_tui.engine.transfer.outputs import to_file

    with to_file(path, overwrite=overwrite) as output:
        output.binary.write(data)
    return len(data)
