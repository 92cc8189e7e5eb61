"""Why keys wait: counted tokens, each released by its taker.

A command that reads before it opens a dialog, a write, a switch to another branch: each takes a hold, and the keys
that are typed then wait for what they are meant for. They go on when no hold is left, in whatever order they end.
"""

from __future__ import annotations

from collections.abc import Callable

from dolt_tui.ui.session.clock import Clock


class Hold:
    """One reason for keys to wait; releasing it twice is harmless."""

    def __init__(self, holds: Holds, reason: str, since: float) -> None:
        self._holds = holds
        self.reason = reason
        self.since = since

    def release(self) -> None:
        """What was waited for is there, or failed, or is no longer wanted."""
        self._holds._release(self)


class Holds:
    """All holds that are not released; to be used on the event loop only."""

    def __init__(self, changed: Callable[[], None], clock: Clock | None = None) -> None:
        """``changed`` is called after every taking and releasing."""
        self._changed = changed
        self._clock = clock or Clock()
        self._taken: list[Hold] = []

    def take(self, reason: str) -> Hold:
        """Let keys wait until the hold is released; ``reason`` is what for, for the header."""
        hold = Hold(self, reason, self._clock.monotonic())
        self._taken.append(hold)
        self._changed()
        return hold

    def _release(self, hold: Hold) -> None:
        if hold in self._taken:
            self._taken.remove(hold)
            self._changed()

    def release_all(self) -> None:
        """After a fault: what was to release one may have failed."""
        if self._taken:
            self._taken.clear()
            self._changed()

    @property
    def oldest(self) -> Hold | None:
        """The hold that was taken first of those that are left; None when keys need not wait."""
        return self._taken[0] if self._taken else None
