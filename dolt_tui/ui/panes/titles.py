"""The line that stands for all panes where they are one below the other, and most of them are folded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual import events
from textual.message import Message
from textual.widgets import Static

from dolt_tui.ui.present.content import content
from dolt_tui.ui.present.text import Cell, Style, cell, join, plain
from dolt_tui.words import count

if TYPE_CHECKING:
    from dolt_tui.ui.panes.pane import Pane

_RULE = cell(" │ ", Style.DIM)
_FORMS = 4
"""How a title can be told, from the longest form to the shortest."""


class TitlesBar(Static):
    """Titles of the panes with what they hold; the one in focus is marked, and a click goes to a pane."""

    class Chosen(Message):
        """A title was clicked."""

        def __init__(self, pane: Pane) -> None:
            super().__init__()
            self.pane = pane

    def __init__(self) -> None:
        super().__init__(id="titles", markup=False)
        self._shown: object = None
        self._ends: list[tuple[int, Pane]] = []
        """Where the title of each pane ends, in cells."""

    def show(self, panes: Sequence[Pane], focused: Pane) -> None:
        """Show the titles of panes, as much of them as has room."""
        told = [(pane, pane.TITLE, pane.tally) for pane in panes]
        width = self.size.width
        if (told, focused, width) == self._shown:
            return
        self._shown = told, focused, width
        for form in range(_FORMS):
            cells = [title_cell(pane.NUMBER, name, tally, form, here=pane is focused) for pane, name, tally in told]
            rule = _RULE if form < _FORMS - 2 else cell("  ")
            if sum(cell_len(plain(each + rule)) for each in cells) <= width:
                break
        parts, self._ends, at = [cell(" ")], [], 1
        for (pane, *_), each in zip(told, cells, strict=True):
            if len(parts) > 1:
                parts.append(rule)
                at += cell_len(plain(rule))
            parts.append(each)
            at += cell_len(plain(each))
            self._ends.append((at + 1, pane))
        self.update(content(join(*parts)).truncate(max(0, width), ellipsis=True), layout=False)

    def on_click(self, event: events.Click) -> None:
        for end, pane in self._ends:
            if event.x < end:
                self.post_message(self.Chosen(pane))
                return


def title_cell(number: str, name: str, tally: int | None, form: int, *, here: bool) -> Cell:
    """The title of one pane: its number, its name, and how much it holds.

    ``form`` is how much of that is left out: nothing, how much it holds, all but the first word of the name, the name.
    """
    parts = [cell(number, Style.KEY)]
    if form < _FORMS - 1 or here:
        parts.append(cell(f" {name.split(' ')[0] if form >= _FORMS - 2 else name}", "accent bold" if here else ""))
    if tally and not form:
        parts.append(cell(f" {count(tally)}", Style.DIM))
    return join(*parts)
