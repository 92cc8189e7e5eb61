"""Searching rows and commits: the next one that contains a text, beyond what is loaded, too."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import command
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.present.grid_rows import Match, Row, Searched
from dolt_tui.ui.present.text import plain

if TYPE_CHECKING:
    from dolt_tui.ui.panes.pane import Pane
    from dolt_tui.ui.workspace import Workspace


class SearchActions(Actions):
    """The commands that search in the pane in focus."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._pane: Pane | None = None

    def no_rows(self) -> str:
        pane = self.workspace.focused_pane
        return "there are no rows here" if pane.SEARCHED and pane.grid.cursor_row is None else ""

    def inactive(self) -> str:
        return "" if self.active else f"nothing is searched for here: {key_of('filter')} begins"

    @property
    def active(self) -> bool:
        """Whether something is sought in the pane in focus."""
        return self._pane is not None and self._pane is self.workspace.focused_pane and bool(self._pane.grid.sought)

    @command(
        "filter", "slash", "search", "Search rows and the log; filter the other lists", footer=True, unless=no_rows
    )
    def filter(self) -> None:
        pane = self.workspace.focused_pane
        self.workspace.type_filter(pane, partial(self.begin, pane) if pane.SEARCHED else None)

    def begin(self, pane: Pane, text: str) -> None:
        """Go to the next row of a pane that contains ``text``; an empty one ends the search."""
        self.end()
        if text:
            self._pane = pane
            pane.grid.sought = text
            pane.filtered()
            self.next()

    def end(self) -> None:
        """Mark nothing any more."""
        if self._pane is not None:
            self._pane.grid.sought = ""
            self._pane.filtered()
        self._pane = None

    @command("search.next", "n", "next", "Go to the next row that was searched for", searching=True, unless=inactive)
    def next(self) -> None:
        self._step(backward=False)

    @command(
        "search.previous",
        "N",
        "previous",
        "Go to the previous row that was searched for",
        searching=True,
        unless=inactive,
    )
    def previous(self) -> None:
        self._step(backward=True)

    def _step(self, *, backward: bool) -> None:
        pane = self._pane
        assert pane is not None
        grid = pane.grid
        text, row, at = grid.sought, grid.cursor_row, grid.cursor_index
        source = grid.source
        if not isinstance(source, Searched):  # what is held is all that can be searched
            lines = range(grid.row_count)
            order = [*lines[at + 1 :], *lines[:at]] if not backward else [*lines[:at][::-1], *lines[at + 1 :][::-1]]
            self._found(pane, next((found for i in order if (found := _here(grid.line(i), text))), None), source)
            return

        def find() -> Match | None:
            found = source.find(text, row, at, backward=backward)
            return found or source.find(text, None, at, backward=backward)  # round the end

        self.workspace.job("search", f"search for {text}", find, lambda match: self._found(pane, match, source))

    def _found(self, pane: Pane, match: Match | None, source: object) -> None:
        grid = pane.grid
        if pane is not self._pane or grid.source is not source:
            return  # other rows are shown by now
        if match is None:
            row = grid.cursor_row
            where = "nowhere else" if row is not None and _here(row, grid.sought) else "nowhere in these rows"
            self.workspace.tell(f"{grid.sought}: {where}")
        else:
            grid.go_to(match)

    def highlighted(self, pane_grid: object, row: Row | None) -> None:
        """The cursor stands on another row: on its cell that matches, where it is one that was looked for."""
        if self._pane is not None and self._pane.grid is pane_grid and row is not None:
            self._pane.grid.stand_on_match(row)


def _here(row: Row | None, text: str) -> Match | None:
    """A row in memory, where it contains the text."""
    if row is None or not row.selectable or text.lower() not in " ".join(map(plain, row.cells)).lower():
        return None
    return Match((row.key,))
