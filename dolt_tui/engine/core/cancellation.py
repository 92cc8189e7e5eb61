"""Cancelling running statements, on the server too.

A job puts a `Cancellation` around its calls (``with cancellation:``); every session that is opened inside
registers how it can be ended. ``cancel()``, from any other thread, ends them and forbids further ones.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from types import TracebackType

from ..errors import Cancelled

_TRIES = 40
_PAUSE = 0.05
"""Seconds between the tries."""
_WAIT = 0.05
"""Seconds between two looks whether somebody who waits for a lock still wants it."""

_current: ContextVar[Cancellation | None] = ContextVar("cancellation", default=None)


def current() -> Cancellation | None:
    """The cancellation that is in force for this thread's job, if any."""
    return _current.get()


@contextmanager
def uncancelled() -> Iterator[None]:
    """Nothing inside is cancelled: for cleaning up what a cancelled job would leave behind."""
    token = _current.set(None)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def acquired(lock: threading.RLock) -> Iterator[None]:
    """Hold a lock. Raises `Cancelled` where the thread's job is, while it waits."""
    cancellation = current()
    while not lock.acquire(timeout=_WAIT):
        if cancellation is not None:
            cancellation.check()
    try:
        yield
    finally:
        lock.release()


class Cancellation:
    """What a job carries so that it can be ended."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._cancellers: list[Callable[[], None]] = []
        self._token: Token[Cancellation | None] | None = None
        self.cancelled = False

    def __enter__(self) -> Cancellation:
        self._token = _current.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._token is not None
        _current.reset(self._token)

    def check(self) -> None:
        """Raise `Cancelled` when the job was cancelled."""
        if self.cancelled:
            raise Cancelled("Cancelled.")

    @property
    def connected(self) -> bool:
        """Whether the job has a connection, on which a statement may run."""
        return bool(self._cancellers)

    def register(self, end: Callable[[], None]) -> None:
        """Note how a statement on a newly opened connection is ended."""
        with self._changed:
            self.check()
            self._cancellers.append(end)

    def unregister(self, end: Callable[[], None]) -> None:
        """The connection is about to be given back: it must not be cancelled any more."""
        # Waits while a cancel is under way: it must never end a statement of the connection's next user.
        with self._changed:
            if end in self._cancellers:
                self._cancellers.remove(end)
            self._changed.notify_all()

    def cancel(self) -> None:
        """End what runs. Idempotent; takes milliseconds (at worst seconds), so not for the event loop."""
        with self._changed:
            if self.cancelled:
                return
            self.cancelled = True
            for _ in range(_TRIES):  # the first one misses a statement that was just about to be sent
                for end in self._cancellers:
                    end()
                if not self._cancellers or self._changed.wait_for(lambda: not self._cancellers, _PAUSE):
                    return
