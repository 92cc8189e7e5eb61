"""Where a database is reached, which may change while the program runs: its server moves, its file is replaced."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from ..errors import ServerLost, ServerStopped
from .target import ConnectArguments

if TYPE_CHECKING:
    from .private_server import PrivateServer, Running

_SOON = 60.0
"""A server that ends again within so many seconds of its start may have ended for the same reason."""
_STARTS = 3
"""So often within that time a private server is started, whatever ended it."""
_CLOSE_SECONDS = 2.0


class Endpoint(Protocol):
    """What connections are made to."""

    @property
    def generation(self) -> int:
        """A number that changes when connections that were made before must not be used any more.

        Raises `ServerLost` where it is known that there is nothing to connect to.
        """

    def renew(self, generation: int) -> bool:
        """After ``generation`` could not be reached: tells whether there is another one to be tried at once.

        Raises `ServerLost` with the reason where there would have to be one.
        """

    def broke(self, sql: str) -> None:
        """The connection broke while a statement ran."""

    def allow(self) -> None:
        """Somebody asked for another try: earlier failures no longer count."""


class Fixed:
    """A server at an address that was named: when it is lost it can only be waited for."""

    generation = 0

    def renew(self, generation: int) -> bool:
        return False

    def broke(self, sql: str) -> None:
        """Nothing depends on that."""

    def allow(self) -> None:
        """It is tried again in any case."""


class FilePlace:
    """A file, which may be removed, or replaced by another one of its name, under the connections to it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._identity: tuple[int, int] | None = None
        self._generation = 0

    @property
    def generation(self) -> int:
        try:
            found = os.stat(self._path)
        except OSError as error:
            # A connection that is open would go on with the removed file: what is written there is lost.
            # engine-facts.md#doltlite-removed-file
            raise ServerLost(
                f"{self._path} is gone ({error.strerror}).", "It is read again as soon as it is back."
            ) from error
        with self._lock:
            if (found.st_dev, found.st_ino) != self._identity:
                self._generation += 1
                self._identity = found.st_dev, found.st_ino
            return self._generation

    def renew(self, generation: int) -> bool:
        return self.generation != generation

    def broke(self, sql: str) -> None:
        """Nothing depends on that."""

    def allow(self) -> None:
        """It is tried again in any case."""


class DirectoryServer:
    """The server of a Dolt directory: one that runs there already, or a private one.

    When it ends, a server that another program has started since is used, else a private one is started: once for
    one cause. Safe to use from any thread.
    """

    def __init__(
        self,
        found: Running | PrivateServer,
        find: Callable[[], Running | None],
        start: Callable[[], Running | PrivateServer],
    ) -> None:
        """``find`` looks for a server that runs, ``start`` starts a private one unless there is one by now."""
        self._find, self._start = find, start
        self.generation = 0
        self._lock = threading.Lock()
        """Held while a server is looked for or started, which takes seconds: not for the event loop."""
        self._past = threading.Lock()
        """For what follows about causes and starts: held for a moment only."""
        self._closed = False
        self._causes: set[str] = set()
        """The statements that lost their connections since the server started."""
        self._earlier: set[str] = set()
        """Those that did so before it was started again."""
        self._starts: list[float] = []
        self._set(found)

    def _set(self, found: Running | PrivateServer) -> None:
        from .private_server import PrivateServer

        self.arguments: ConnectArguments = found.connect_arguments
        self.server = found if isinstance(found, PrivateServer) else None

    def broke(self, sql: str) -> None:
        with self._past:
            self._causes.add(sql)

    def allow(self) -> None:
        with self._past:
            self._starts.clear()
            self._causes.clear()
            self._earlier.clear()

    def renew(self, generation: int) -> bool:
        from .private_server import ServerError

        with self._lock:
            if self._closed:
                return False
            if generation != self.generation:
                return True  # another thread was faster
            if self.server is not None and self.server.alive:
                return False  # it does not answer; as long as it has the data no other one can be started
            found: Running | PrivateServer | None = self._find()
            if found is None:
                with self._past:
                    self._check()
                try:
                    found = self._start()
                except ServerError as error:
                    raise ServerLost(f"{error}.") from error
                with self._past:
                    self._starts.append(time.monotonic())
                    self._earlier |= self._causes
                    self._causes = set()
            if self.server is not None:
                self.server.stop()  # it has ended: this removes what it left
            self._set(found)
            self.generation += 1
            if self._closed:
                self._end()
            return not self._closed

    def _check(self) -> None:
        """Raise `ServerStopped` where the server would only end once more."""
        now = time.monotonic()
        self._starts = [start for start in self._starts if now - start < _SOON]
        if not self._starts:
            self._earlier.clear()
            return
        again = self._causes & self._earlier
        if again:
            statement = " ".join(max(again, key=len).split())
            raise ServerStopped(f"The Dolt server ended again, as before, while this ran: {statement[:200]}")
        if len(self._starts) >= _STARTS:
            raise ServerStopped(f"The Dolt server ended {_STARTS + 1} times within a minute.")

    def stop(self) -> None:
        """End the private server, if it is one. Idempotent."""
        self._closed = True
        if self._lock.acquire(timeout=_CLOSE_SECONDS):  # else one is being started: it is ended by who starts it
            try:
                self._end()
            finally:
                self._lock.release()

    def _end(self) -> None:
        if self.server is not None:
            self.server.stop()
