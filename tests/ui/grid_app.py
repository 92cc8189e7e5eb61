"""A program that is one grid, for the tests of grids."""

from __future__ import annotations

import asyncio
import re

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.keys import key_to_character

from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Style, cell, value_cell
from dolt_tui.ui.widgets.grid import Grid

from .waiting import Coloured, all_dealt_with

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class GridApp(Coloured):
    """One grid that fills the screen; it answers pages only when the test lets it."""

    def __init__(self, grid: Grid) -> None:
        super().__init__()
        self.grid = grid
        self.wanted: list[Grid.PageWanted] = []
        self.highlighted: list[object] = []
        self.selected: list[object] = []
        self.headers: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.grid

    def on_grid_page_wanted(self, message: Grid.PageWanted) -> None:
        self.wanted.append(message)

    def on_grid_highlighted(self, message: Grid.Highlighted) -> None:
        self.highlighted.append(message.row.key if message.row else None)

    def on_grid_selected(self, message: Grid.Selected) -> None:
        self.selected.append(message.row.key)

    def on_grid_header_clicked(self, message: Grid.HeaderClicked) -> None:
        self.headers.append(message.column.key)

    async def type(self, *keys: str) -> None:
        for key in keys:
            self.post_message(events.Key(key, key_to_character(key)))
            await self.rest()

    async def rest(self) -> None:
        """Wait until all is dealt with, and drawn."""
        await asyncio.sleep(0)
        await all_dealt_with(self)
        self.screen._on_timer_update()
        await all_dealt_with(self)

    def lines(self) -> list[str]:
        """What stands on the screen; checks that a terminal would show it as it is."""
        lines = []
        for strip in self.screen._compositor.render_strips():
            text = "".join(segment.text for segment in strip)
            assert not CONTROL.search(text), ascii(text)
            assert cell_len(text) == self.size.width
            assert sum(cell_len(segment.text) for segment in strip) == self.size.width
            lines.append(text.rstrip())
        return lines

    async def answer(self) -> int:
        """Answer all that is asked until the grid is content; how many answers that took."""
        answers = 0
        while self.wanted:
            message = self.wanted.pop(0)
            assert not self.wanted, "asks twice at a time"
            self.grid.deliver(message.request, message.source.fetch(message.request))
            answers += 1
            assert answers < 200
            await self.rest()
        return answers


def rows(*names: str) -> list[Row]:
    return [Row(name, (cell(name),)) for name in names]


def numbered(count: int, columns: int = 3) -> list[Row]:
    return [Row(n, tuple(value_cell(n * 10 + c) for c in range(columns))) for n in range(count)]


COLUMNS = [Column("id", "id", numeric=True), Column("a", "a"), Column("b", "b")]
NAME = [Column("name", "name")]
SECTIONS = [
    Row("h1", (cell("Unstaged", Style.HEADING),), selectable=False),
    *rows("employees", "offices"),
    Row("h2", (cell("Staged", Style.HEADING),), selectable=False),
    *rows("teams"),
]


def cursor_key(grid: Grid) -> object:
    return grid.cursor_row.key if grid.cursor_row else None
