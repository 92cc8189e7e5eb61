"""Dialogs that are a list: something to pick from, the keys, the statements."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from dolt_tui.ui.dialogs.dialog import Dialog
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import cell
from dolt_tui.ui.widgets.entry import LineInput
from dolt_tui.ui.widgets.grid import Grid


class ListDialog(Dialog[Hashable]):
    """A grid in a dialog; returns the key of the row that was chosen, where there is something to choose."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "leave", show=False),
        Binding("enter", "choose", "choose", show=False),
        Binding("slash", "search", "search", show=False),
    ]

    def __init__(
        self,
        title: str,
        rows: Sequence[Row],
        columns: Sequence[Column],
        *,
        hint: str = "⏎ choose · esc cancel",
        header: bool = False,
        choosing: bool = True,
        large: bool = False,
        at: Hashable = None,
        empty: str = "",
        more: Callable[[], Sequence[Row]] | None = None,
        at_end: bool = False,
        search: bool = False,
    ) -> None:
        """``search``: ``/`` leaves only the rows that contain what is typed."""
        super().__init__(title, hint)
        self._search = LineInput(placeholder="a part of the name") if search else None
        self._rows, self._at, self._choosing = rows, at, choosing
        self._more, self._at_end = more, at_end
        self.grid = Grid(columns=columns, show_header=header, empty_text=empty)
        self.frame.set_class(large, "large")

    def compose(self) -> ComposeResult:
        with self.frame:
            if self._search is not None:
                self._search.display = False
                yield self._search
            yield self.grid

    def on_mount(self) -> None:
        self.grid.set_rows(self._rows)
        if not self.frame.has_class("large"):
            most = max(20, self.app.size.height * 9 // 10 - 6)
            self.grid.styles.height = max(1, min(len(self._rows), most)) + int(self.grid.show_header)
        if self._at is not None:
            self.grid.move_to_key(self._at)
        elif self._at_end:
            self.grid.end()
        self.grid.focus()
        if self._more is not None:
            self.set_interval(0.5, self._reread)

    def _reread(self) -> None:
        """The list may grow while it is shown; a cursor at its end stays at the end."""
        assert self._more is not None
        rows = self._more()
        if len(rows) != len(self._rows) or (rows and rows[-1].key != self._rows[-1].key):
            at_end = self.grid.cursor_index >= len(self._rows) - 1
            self._rows = rows
            self.grid.set_rows(rows)
            if at_end:
                self.grid.end()

    def action_search(self) -> None:
        """Let a part of the name be typed."""
        if self._search is not None:
            self._search.display = True
            self._search.focus()

    @on(Input.Changed)
    def _searched(self, event: Input.Changed) -> None:
        self.grid.set_filter(event.value.strip())

    def action_leave(self) -> None:
        """Leave what is typed first, with all rows there again."""
        if self._search is not None and self._search.display:
            self._search.value = ""
            self._search.display = False
            self.grid.focus()
        else:
            super().action_leave()

    @on(Input.Submitted)
    @on(Grid.Selected)
    def action_choose(self) -> None:
        row = self.grid.cursor_row
        if self._choosing and row is not None:
            self.dismiss(row.key)


def names_dialog(title: str, names: Sequence[str], *, hint: str) -> ListDialog:
    """A dialog that returns one of some names."""
    return ListDialog(
        title, [Row(name, (cell(name),)) for name in names], (Column("name", flex=True, separator=False),), hint=hint
    )
