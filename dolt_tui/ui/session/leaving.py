"""What is asked before a branch, the database or the program is left while something is unfinished there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Guard(Protocol):
    """Looks whether something is unfinished."""

    def __call__(self, what: str, go: Callable[[], None]) -> bool:
        """Ask about it, and call ``go`` once it is finished or discarded; whether there was something to ask about.

        ``what`` is what the user wants to do, in words, beginning with a verb.
        """


class Leaving:
    """Everybody who may have something to ask about; to be used on the event loop only."""

    def __init__(self) -> None:
        self._guards: list[Guard] = []

    def ask_first(self, guard: Guard) -> None:
        """Let somebody ask from now on, after those who do already."""
        self._guards.append(guard)

    def leave(self, what: str, go: Callable[[], None]) -> None:
        """Do ``go``, once nobody has anything left to ask about."""
        if not any(guard(what, lambda: self.leave(what, go)) for guard in self._guards):
            go()
