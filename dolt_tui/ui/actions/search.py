"""The commands that search, and filter lists."""

from __future__ import annotations

from functools import partial

from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import EVERYWHERE, RESOLVER, Footer, command
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.flows import search


class SearchActions(Actions):
    """The commands that search in the pane in focus."""

    def no_rows(self) -> str:
        pane = self.context.focused_pane
        return "there are no rows here" if pane.searched and pane.grid.cursor_row is None else ""

    def inactive(self) -> str:
        if self.context.focused_pane.grid.sought:
            return ""
        return f"no search is active here: {key_of('filter')} starts one"

    @command(
        "filter",
        "slash",
        "search",
        "Search rows and the log; filter the other lists",
        footer=True,
        unless=no_rows,
    )
    @command(
        "filter",
        "slash",
        "search",
        "Search rows; filter the other lists",
        RESOLVER,
        footer=Footer.LAST,
        rank=4,
        unless=no_rows,
    )
    def filter(self) -> None:
        pane = self.context.focused_pane
        self.context.window.type_filter(pane, partial(search.begin, self.context, pane) if pane.searched else None)

    @command(
        "search.next",
        "n",
        "next",
        "Go to the next match",
        (EVERYWHERE, RESOLVER),
        searching=True,
        unless=inactive,
        footer=Footer.FIRST,
    )
    def next(self) -> None:
        search.step(self.context, backward=False)

    @command(
        "search.previous",
        "N",
        "previous",
        "Go to the previous match",
        (EVERYWHERE, RESOLVER),
        searching=True,
        unless=inactive,
        footer=Footer.NEVER,
    )
    def previous(self) -> None:
        search.step(self.context, backward=True)
