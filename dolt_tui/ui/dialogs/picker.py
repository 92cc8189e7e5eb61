"""A dialog in which typing narrows a list down."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from dolt_tui.ui.dialogs.dialog import Dialog
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import plain
from dolt_tui.ui.widgets.entry import LineInput
from dolt_tui.ui.widgets.grid import Grid

_HEIGHT = 14


class PickDialog(Dialog[Hashable]):
    """Returns the key of a row. Rows hold what was typed, in upper or lower case; those that begin with it come first.

    ``other`` gives a row for a text that no row is called by, or None.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "leave", show=False, priority=True),
        Binding("down,ctrl+n", "move(1)", "next", show=False, priority=True),
        Binding("up,ctrl+p", "move(-1)", "previous", show=False, priority=True),
        Binding("tab", "complete", "complete", show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        rows: Sequence[Row],
        columns: Sequence[Column],
        *,
        name: Callable[[Row], str],
        other: Callable[[str], Row | None] = lambda _: None,
        hint: str = "choose",
        empty: str = "No match.",
    ) -> None:
        super().__init__(title, f"⏎ {hint} · ↑ ↓ move · tab complete · esc cancel")
        self._rows, self._row_name, self._other = rows, name, other
        self._left: list[Row] = []
        self._input = LineInput(placeholder="a part of the name")
        self.grid = Grid(columns=columns, show_header=False, empty_text=empty)
        self.grid.can_focus = False

    def compose(self) -> ComposeResult:
        with self.frame:
            yield self._input
            yield self.grid

    def on_mount(self) -> None:
        self.grid.styles.height = max(1, min(len(self._rows) + 1, _HEIGHT))
        self.grid.styles.margin = (1, 0, 0, 0)
        self._show("")
        self._input.focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self._show(event.value.strip())

    def _show(self, typed: str) -> None:
        wanted = typed.lower()
        found = [row for row in self._rows if wanted in self._row_name(row).lower()]
        found.sort(key=lambda row: not self._row_name(row).lower().startswith(wanted))
        if typed and not any(self._row_name(row) == typed for row in found) and (other := self._other(typed)):
            found.append(other)
        self._left = found
        self.grid.set_rows(found, keep=False)

    def action_move(self, by: int) -> None:
        self.grid.model.down() if by > 0 else self.grid.model.up()

    def action_complete(self) -> None:
        """Type what all that are left begin with."""
        names = [self._row_name(row) for row in self._left if row in self._rows]
        typed = self._input.value
        common = _common(names)
        if len(common) > len(typed) and common.lower().startswith(typed.lower()):
            self._input.value = common
            self._input.cursor_position = len(common)

    @on(Grid.Selected)
    @on(Input.Submitted)
    def _submitted(self) -> None:
        row = self.grid.cursor_row
        if row is not None:
            self.dismiss(row.key)

    @property
    def shown(self) -> list[str]:
        """The rows that are left, as text."""
        return [" ".join(plain(cell) for cell in row.cells) for row in self._left]


def _common(names: Sequence[str]) -> str:
    if not names:
        return ""
    first, last = min(names), max(names)
    for at, letter in enumerate(first):
        if at >= len(last) or last[at] != letter:
            return first[:at]
    return first
