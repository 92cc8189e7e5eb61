"""What the log shows: which commits, and which of them are copied."""

from __future__ import annotations

from dolt_tui.engine.model import LogFilter
from dolt_tui.ui.flows.context import Context
from dolt_tui.ui.session import reads
from dolt_tui.ui.session.events import Progress


def show_log(context: Context, wanted: LogFilter | None) -> None:
    """Show only these commits; None: all."""
    context.state.log_filter = wanted if wanted is not None and not wanted.empty else None
    context.panes.log.grid.set_filter("")
    context.session.refresh.read_scopes(frozenset({reads.LOG}))


def forget_copied(context: Context) -> None:
    """No commit is copied any more."""
    context.state.copied = ()
    context.tell("Copied commits cleared.")
    redraw_copied(context)


def redraw_copied(context: Context) -> None:
    """Other commits are copied now."""
    context.session.refresh.read_scopes(frozenset({reads.LOG}))
    context.session.events.tell(Progress())
