"""Searching rows and commits in a pane: the next one that contains a text, beyond what is loaded, too."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from dolt_tui.ui.flows.context import Context
from dolt_tui.ui.panes.pane import Pane
from dolt_tui.ui.present.grid_rows import Match, Row, Searched
from dolt_tui.ui.present.text import plain


def searched(panes: Iterable[Pane]) -> Pane | None:
    """The pane that is being searched; None for none."""
    return next((pane for pane in panes if pane.current.sought), None)


def begin(context: Context, pane: Pane, text: str) -> None:
    """Go to the next row of a pane that contains ``text``; an empty one ends the search."""
    end(context.own_panes)
    if text:
        pane.current.sought = text
        pane.reveal(text)
        pane.filtered()
        step(context, backward=False)


def end(panes: Iterable[Pane]) -> None:
    """Mark nothing any more."""
    pane = searched(panes)
    if pane is not None:
        pane.current.sought = ""
        pane.filtered()


def step(context: Context, *, backward: bool) -> None:
    """Go to the next row that contains what is searched for, round the end where none follows."""
    pane = searched(context.own_panes)
    assert pane is not None
    grid = pane.current
    text, row, at = grid.sought, grid.cursor_row, grid.cursor_index
    source = grid.source
    if not isinstance(source, Searched):  # all there is to search is loaded
        lines = range(grid.row_count)
        order = [*lines[at + 1 :], *lines[:at]] if not backward else [*lines[:at][::-1], *lines[at + 1 :][::-1]]
        found = next((match for i in order if (match := _here(grid.line(i), text))), None)
        _found(context, pane, source, found)
        return

    def find() -> Match | None:
        match = source.find(text, row, at, backward=backward)
        return match or source.find(text, None, at, backward=backward)  # round the end

    context.session.job("search", f"search for {text}", find, partial(_found, context, pane, source))


def _found(context: Context, pane: Pane, source: object, match: Match | None) -> None:
    grid = pane.current
    if not grid.sought or grid.source is not source:
        return  # other rows are shown by now
    if match is None:
        row = grid.cursor_row
        where = "nowhere else" if row is not None and _here(row, grid.sought) else "not found"
        context.tell(f"{grid.sought}: {where}")
    else:
        grid.go_to(match)


def highlighted(panes: Iterable[Pane], grid: object, row: Row | None) -> None:
    """The cursor is on another row: on its cell that matches, where it is one that was looked for."""
    pane = searched(panes)
    if pane is not None and pane.current is grid and row is not None:
        pane.current.move_to_match(row)


def _here(row: Row | None, text: str) -> Match | None:
    """A row in memory, where it contains the text."""
    if row is None or not row.selectable or text.lower() not in " ".join(map(plain, row.cells)).lower():
        return None
    return Match((row.key,))
