"""The commands that search, and filter lists."""

from __future__ import annotations

from functools import partial

from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import EVERYWHERE, RECORD, RESOLVER, RESULT_RECORD, Footer, command
from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.flows import search


class SearchActions(Actions):
    """The commands that search in the pane in focus."""

    def no_rows(self) -> str:
        pane = self.context.focused_pane
        return "there are no rows here" if pane.searched and pane.current.cursor_row is None else ""

    def inactive(self) -> str:
        if self.context.focused_pane.current.sought:
            return ""
        return f"no search is active here: {key_of('filter')} starts one"

    @command(
        "filter",
        "slash",
        "search",
        "Search names and values, also folded ones",
        (RECORD, RESULT_RECORD),
        footer=True,
        rank=-23,
        unless=no_rows,
        synonyms=("find", "grep", "look for"),
    )
    @command(
        "filter",
        "slash",
        "search",
        "Search rows and the log, or filter a list",
        footer=True,
        unless=no_rows,
        synonyms=("find", "grep", "filter list", "look for"),
        about="Rows and the log go from match to match; other lists show only what matches.",
    )
    @command(
        "filter",
        "slash",
        "search",
        "Search rows, or filter a list",
        RESOLVER,
        footer=Footer.LAST,
        rank=4,
        unless=no_rows,
        synonyms=("find", "grep", "filter list", "look for"),
        about="Rows and the log go from match to match; other lists show only what matches.",
    )
    def filter(self) -> None:
        pane = self.context.focused_pane
        self.context.window.type_filter(pane, partial(search.begin, self.context, pane) if pane.searched else None)

    @command(
        "search.next",
        "n",
        "next",
        "Next match of the search",
        (EVERYWHERE, RESOLVER),
        searching=True,
        unless=inactive,
        footer=Footer.FIRST,
        synonyms=("find next", "next result", "search next"),
    )
    def next(self) -> None:
        search.step(self.context, backward=False)

    @command(
        "search.previous",
        "N",
        "previous",
        "Previous match of the search",
        (EVERYWHERE, RESOLVER),
        searching=True,
        unless=inactive,
        footer=Footer.NEVER,
        synonyms=("find previous", "previous result"),
    )
    def previous(self) -> None:
        search.step(self.context, backward=True)
