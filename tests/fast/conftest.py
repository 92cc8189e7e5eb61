"""The fast lane: nothing in here opens a database, a program or a terminal.

A test that does all the same fails, whatever its code makes of the error: the interpreter tells all of these by its
audit events, also those that happen inside libraries.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_EVENTS = {
    *("socket.connect", "sqlite3.connect", "doltlite.connect"),
    *("subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.exec"),
}
_TERMINALS = {"/dev/tty", "/dev/ptmx"}


class SlowLane(OSError):
    """A test of the fast lane opened what it must not; an OSError, so that libraries clean up after it."""


class Guard:
    """Refuses what the fast lane must not open while it is armed, and remembers it."""

    def __init__(self) -> None:
        self.refused: list[str] = []
        self._armed = False
        self._others: set[int | None] = set()
        sys.addaudithook(self._hook)

    def arm(self) -> None:
        """From now on; threads that other tests left running may go on."""
        self.refused.clear()
        self._others = {thread.ident for thread in threading.enumerate()} - {threading.get_ident()}
        self._armed = True

    def disarm(self) -> None:
        self._armed = False

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._armed:
            return
        first = arguments[0] if arguments else None
        if (
            event in _EVENTS or (event == "open" and isinstance(first, str) and first in _TERMINALS)
        ) and threading.get_ident() not in self._others:
            self.refused.append(f"{event} {arguments}")
            raise SlowLane(f"this test opens a database, a program or a terminal: {self.refused[-1]}")


_GUARD = Guard()


@pytest.fixture(autouse=True)
def guard(environment: Path) -> Iterator[Guard]:
    """Makes a test fail that opens a database, a program or a terminal."""
    _GUARD.arm()
    yield _GUARD
    _GUARD.disarm()
    assert not _GUARD.refused, "it belongs in another directory of tests: " + "; ".join(_GUARD.refused)
