"""A dialog in which typing finds lines of a long list: commands, keys."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Static

from dolt_tui.frozen import Frozen
from dolt_tui.ui.dialogs.dialog import Dialog
from dolt_tui.ui.present.content import lines
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Cell, cell, plain
from dolt_tui.ui.widgets.entry import LineInput
from dolt_tui.ui.widgets.grid import Grid

_LOW = 22
"""Lines of a screen on which the foot has one line, and the rules around the list are left out."""


class Listed(Frozen):
    """What is listed for what was typed."""

    rows: tuple[Row, ...]
    says: str
    """How much that is, at the right of what was typed."""


class FinderDialog(Dialog[Hashable]):
    """Returns the key of a row, or None. ``search`` is asked at each key what to list; it has to be quick.

    ``foot`` says more of the row under the cursor, in lines of which as many are shown as there is room for.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "close", show=False, priority=True),
        Binding("down,ctrl+n", "move(1)", "next", show=False, priority=True),
        Binding("up,ctrl+p", "move(-1)", "previous", show=False, priority=True),
        Binding("pagedown", "page(1)", "a page down", show=False, priority=True),
        Binding("pageup", "page(-1)", "a page up", show=False, priority=True),
        Binding("ctrl+home", "end(-1)", "first", show=False, priority=True),
        Binding("ctrl+end", "end(1)", "last", show=False, priority=True),
    ]

    def __init__(
        self,
        title: str,
        columns: Sequence[Column],
        search: Callable[[str], Listed],
        *,
        foot: Callable[[Row], Sequence[Cell]] = lambda _: (),
        placeholder: str = "",
        hint: str = "⏎ choose · ↑ ↓ move · esc close",
        empty: str = "Nothing is called that.",
    ) -> None:
        super().__init__(title, hint)
        self._search, self._foot_of = search, foot
        self._rows: tuple[Row, ...] = ()
        self._input = LineInput(placeholder=placeholder)
        self._says = Static(markup=False, classes="number")
        self.grid = Grid(columns=columns, show_header=False, empty_text=empty)
        self.grid.can_focus, self.grid.lively = False, True
        self._foot = Static(markup=False, classes="foot-lines")
        self.frame.add_class("finder")

    def compose(self) -> ComposeResult:
        with self.frame:
            with Horizontal(classes="typed"):
                yield Static("›", classes="mark")
                yield self._input
                yield self._says
            yield self.grid
            yield self._foot

    def on_mount(self) -> None:
        self._list("")
        self._input.focus()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.height < _LOW, "low")

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self._list(event.value)

    def _list(self, typed: str) -> None:
        found = self._search(typed)
        self._rows = found.rows
        self.grid.set_rows(found.rows, keep=False)
        self._says.update(found.says)
        self._show_foot()

    @on(Grid.Highlighted)
    def _show_foot(self) -> None:
        row = self.grid.cursor_row
        self._foot.update(lines(self._foot_of(row) if row is not None else ()))

    def action_move(self, by: int) -> None:
        self.grid.model.down() if by > 0 else self.grid.model.up()

    def action_page(self, by: int) -> None:
        self.grid.model.page(by)

    def action_end(self, by: int) -> None:
        self.grid.end() if by > 0 else self.grid.home()

    @on(Input.Submitted)
    @on(Grid.Selected)
    def _submitted(self) -> None:
        row = self.grid.cursor_row
        if row is not None and self.is_current:
            self.dismiss(row.key)

    def on_click(self, event: events.Click) -> None:
        """A click on a row chooses it."""
        at = event.get_content_offset(self.grid)
        if at is not None and event.chain == 1 and 0 <= (index := at.y + self.grid.top) < self.grid.row_count:
            row = self.grid.line(index)
            if row is not None and row is self.grid.cursor_row:
                self._submitted()

    @property
    def shown(self) -> list[str]:
        """The rows that are listed, as text, headings among them."""
        return [" ".join(plain(part) for part in row.cells) for row in self._rows]

    @property
    def said(self) -> str:
        """What the foot says of the row under the cursor."""
        row = self.grid.cursor_row
        return "" if row is None else "\n".join(plain(line) for line in self._foot_of(row))


def heading(text: str) -> Row:
    """A line above some rows."""
    return Row(("heading", text), (cell(text, "heading"),), selectable=False)
