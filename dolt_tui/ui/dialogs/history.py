"""A dialog in which one looks for a statement that was run before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input, Static

from dolt_tui.engine.console.history import HistoryEntry, Result
from dolt_tui.ui.dialogs.dialog import Dialog
from dolt_tui.ui.present.content import lines
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Cell, Style, age, cell, join, plain, wrap
from dolt_tui.ui.widgets.entry import LineInput
from dolt_tui.ui.widgets.grid import Grid
from dolt_tui.words import plural

COLUMNS = (
    Column("result", separator=False),
    Column("text", flex=True, separator=False),
    Column("outcome", numeric=True, max_width=24, separator=False),
    Column("branch", max_width=20, separator=False),
    Column("age", numeric=True),
)
_PREVIEW = 6
"""Lines of the whole statement below the list."""
_SIGNS = {
    Result.DONE: cell("✓", Style.SUCCESS),
    Result.FAILED: cell("✗", Style.ERROR),
    Result.CANCELLED: cell("∅", Style.WARNING),
    Result.ROLLED_BACK: cell("↶", Style.WARNING),
}


class HistoryDialog(Dialog[HistoryEntry]):
    """Returns the statement that was chosen. What is typed is looked for in statements and branches, newest first.

    ``search`` gives the statements that hold each of the words of a text; it is asked at each key.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave", show=False, priority=True),
        Binding("down,ctrl+n,ctrl+r", "move(1)", "older", show=False, priority=True),
        Binding("up,ctrl+p", "move(-1)", "newer", show=False, priority=True),
        Binding("pagedown", "page(1)", "older", show=False, priority=True),
        Binding("pageup", "page(-1)", "newer", show=False, priority=True),
    ]

    def __init__(
        self, search: Callable[[str], Sequence[HistoryEntry]], now: dt.datetime, *, hint: str = "use it"
    ) -> None:
        super().__init__("Statements that were run", f"⏎ {hint} · ↑ ↓ older, newer · esc cancel")
        self._search, self._now = search, now
        self._rows: list[Row] = []
        self._input = LineInput(placeholder="a part of the statement, or of the branch's name")
        self.grid = Grid(columns=COLUMNS, show_header=False, empty_text="No statement was run yet.")
        self.grid.can_focus = False
        self._whole = Static(markup=False, classes="whole")
        self.frame.set_class(True, "large")

    def compose(self) -> ComposeResult:
        with self.frame:
            yield self._input
            yield self.grid
            yield self._whole

    def on_mount(self) -> None:
        self.grid.styles.height = "1fr"
        self.grid.styles.margin = (1, 0)
        self._whole.styles.height = _PREVIEW + 1
        self._show("")
        self._input.focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self._show(event.value.strip())

    def _show(self, typed: str) -> None:
        found = self._search(typed)
        if typed:
            self.grid.empty_text = "No statement matches."
        self._rows = history_rows(found, self._now)
        self.grid.set_rows(self._rows, keep=False)
        self._show_whole()

    @on(Grid.Highlighted)
    def _show_whole(self) -> None:
        row = self.grid.cursor_row
        entry = row.value if row is not None else None
        self._whole.update(lines(_whole(entry, self.size.width - 8) if isinstance(entry, HistoryEntry) else ()))

    def action_move(self, by: int) -> None:
        self.grid.model.down() if by > 0 else self.grid.model.up()

    def action_page(self, by: int) -> None:
        for _ in range(max(1, self.grid.size.height - 1)):
            self.action_move(by)

    @on(Grid.Selected)
    @on(Input.Submitted)
    def _submitted(self) -> None:
        row = self.grid.cursor_row
        if row is not None and isinstance(row.value, HistoryEntry):
            self.dismiss(row.value)

    @property
    def shown(self) -> list[str]:
        """The rows that are left, as text."""
        return [" ".join(plain(part) for part in row.cells) for row in self._rows]


def history_rows(entries: Sequence[HistoryEntry], now: dt.datetime) -> list[Row]:
    """One line for each statement: how it ended, its text, what came of it, the branch, how long ago."""
    return [
        Row(
            number,
            (
                _SIGNS[entry.result],
                cell(" ".join(entry.text[:500].split())),
                outcome(entry),
                cell(entry.branch, Style.DIM),
                cell(age(entry.moment, now), Style.DIM),
            ),
            value=entry,
        )
        for number, entry in enumerate(entries)
    ]


def outcome(entry: HistoryEntry) -> Cell:
    """What came of a statement, in few words."""
    if entry.result is Result.FAILED:
        return cell(entry.error or "failed", Style.ERROR)
    if entry.result is not Result.DONE:
        return cell(str(entry.result), Style.WARNING)
    return cell("" if entry.rows is None else plural(entry.rows, "row"), Style.DIM)


def _whole(entry: HistoryEntry, width: int) -> list[Cell]:
    """A statement in some lines, and below it how it ended."""
    text = wrap(entry.text, max(20, width))
    shown = [cell(line) for line in text[:_PREVIEW]]
    if len(text) > _PREVIEW:
        shown[-1] = cell(f"… {plural(len(text) - _PREVIEW + 1, 'line')} more", Style.DIM)
    when = entry.moment.astimezone().strftime("%Y-%m-%d %H:%M")
    told = f"{when} · {entry.database} · {entry.branch} · {entry.seconds * 1000:,.0f} ms"
    return [*shown, join(cell(told, Style.DIM), cell(f" · {entry.error}" if entry.error else "", Style.ERROR))]
