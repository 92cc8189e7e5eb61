"""The ways into the resolver: what conflicts is shown to be decided, instead of being refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dolt_tui.engine.errors import Conflicts, Unmergeable

if TYPE_CHECKING:
    from dolt_tui.engine.model.conflicts import Incoming
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.flows.context import Context


def resolver_on(context: Context, make: Callable[[Repository], Incoming]) -> Callable[[Exception], bool]:
    """What deals with the error of a write that may conflict: it shows what conflicts.

    ``make`` finds out what is brought in, on a database thread.
    """

    def failed(error: Exception) -> bool:
        if not isinstance(error, Conflicts | Unmergeable):
            return False
        resolve(context, make)
        return True

    return failed


def resolve(context: Context, make: Callable[[Repository], Incoming]) -> None:
    """Show what conflicts where something is brought in. ``make`` finds out what, on a database thread."""
    repository = context.state.repository
    context.look("look for conflicts", lambda: make(repository), context.resolve)
