"""Comparing two revisions in every pane."""

from __future__ import annotations

from dolt_tui.ui.flows.context import Context
from dolt_tui.ui.session.events import Progress
from dolt_tui.ui.session.state import Pair


def show_comparison(context: Context, pair: Pair | None) -> None:
    """Let every pane show what a comparison gives; None: the branch again."""
    state = context.state
    state.pair, state.comparison, state.log_filter = pair, None, None
    context.main.stack.clear()
    for pane in context.panes.side:
        pane.grid.set_filter("")
    context.session.refresh.read_all("read the comparison" if pair is not None else "read the branch again")


def unmark(context: Context) -> None:
    """Nothing is marked for comparing any more."""
    if context.state.marked is not None:
        name, _ = context.state.marked
        context.state.marked = None
        context.session.events.tell(Progress())
        context.tell(f"Unmarked {name}")
        context.follow()
