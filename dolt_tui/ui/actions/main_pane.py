"""What the keys do in the main pane: going into a row."""

from __future__ import annotations

from rich.cells import cell_len

from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import MAIN, RESULT, command
from dolt_tui.ui.dialogs.listing import ListDialog
from dolt_tui.ui.present.grid_rows import Column
from dolt_tui.ui.present.record import record_rows
from dolt_tui.ui.present.text import sanitise

RECORD_COLUMNS = (
    Column("name", max_width=30, separator=False),
    Column("type", max_width=30, separator=False),
    Column("sign", separator=False),
    Column("value", max_width=100_000, separator=False),
)
_FRAME = 14
"""Cells of the screen beside the columns of a record: margins, frame, blanks and the sign."""


class MainActions(Actions):
    """Commands in the main pane."""

    def nothing_behind(self) -> str:
        main = self.context.rows_pane
        behind = main.entered() is not None or main.record is not None
        return "" if behind else "there is nothing to open on this line"

    @command(
        "main.enter",
        "enter",
        "open",
        "Open the row: a record, or what it leads to",
        (MAIN, RESULT),
        footer=True,
        unless=nothing_behind,
        synonyms=("record", "view row", "details", "expand", "transpose", "follow"),
    )
    def enter(self) -> None:
        main = self.context.rows_pane
        view = main.entered()
        if view is not None:
            self.context.show_view(view, inside=True)
            return
        record = main.record
        if record is None:
            return
        columns, values, old = record
        title = main.view.title if main.view is not None else ""
        shown = [(sanitise(name), sanitise(kind)) for name, kind in columns]
        widest = (max((cell_len(column[part]) for column in shown), default=0) for part in (0, 1))
        taken = sum(min(size, column.max_width) for size, column in zip(widest, RECORD_COLUMNS, strict=False))
        rows = record_rows(shown, values, old, max(20, main.app.size.width - taken - _FRAME))
        self.context.ask(
            ListDialog(title, rows, RECORD_COLUMNS, hint="esc close", choosing=False, large=True), lambda _answer: None
        )
