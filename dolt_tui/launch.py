"""What the command line hands to the program: how to reach the database, once the screen stands.

Nothing heavy is imported with this module. `Launch.start` and `Launch.open` run on the database's thread after the
first paint; `Launch.close` stops and removes what was started and made, whoever calls it first.
"""

from __future__ import annotations

import atexit
import errno
import logging
import os
import termios
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

from .engine.errors import EngineError, OpenError

if TYPE_CHECKING:
    from .demo.build import Demo
    from .engine.connecting.private_server import PrivateServer
    from .engine.connecting.target import Target
    from .engine.model import Author
    from .engine.opening import Host
    from .engine.repository import Repository
    from .engine.undo.steps import UndoSettings

log = logging.getLogger("dolt_tui")

_CLOSING_SECONDS = 20.0
"""A process whose terminal is gone ends after that, whatever is left to close."""


@dataclass
class Launch:
    """A target, ready to be opened."""

    title: str
    """What is opened, for people: a path or a URL; never a password."""
    database: str | None
    """The database to open; None: the one that there is, or a choice."""
    opener: Callable[[], Host] = field(repr=False)
    branch: str | None = None
    read_only: bool = False
    author: Author | None = None
    undo: UndoSettings | None = None
    """What is kept for undo; None: for as long as the program runs."""
    stopper: Callable[[int], None] | None = None
    """Set by the program: called from the main thread with an exit code when a signal asks for the end."""
    closer: Callable[[], None] = field(default=lambda: None, repr=False)
    preparer: Callable[[], None] = field(default=lambda: None, repr=False)
    needs: tuple[str, ...] = ("engine.opening",)
    """The modules of ours that opening takes; with SQLAlchemy they are slow to import."""

    def __post_init__(self) -> None:
        self._host: Host | None = None
        self._closed = False
        self._ended = threading.Event()
        """Set when `close` is through."""
        self._lock = threading.Lock()
        atexit.register(self.close)

    def prepare(self) -> None:
        """Begin what goes on by itself while the interface is imported; `close` ends it, also where nothing started."""
        self.preparer()

    def load(self) -> None:
        """Import what opening takes."""
        for name in self.needs:
            import_module(f".{name}", __package__)

    def start(self) -> Host:
        """Connect; starts a private server, or builds the demonstration, where that is asked for.

        Raises `EngineError` (`OpenError`, `ServerLost`); nothing is left running then.
        """
        if self._closed:
            raise OpenError("The program is ending.")
        log.info("opening %s", self.title)
        host = self.opener()
        with self._lock:
            if not self._closed:
                self._host = host
                return host
        host.close()
        raise OpenError("The program is ending.")

    def open(self, host: Host, database: str) -> Repository:
        """Open one of the host's databases. Raises `EngineError`."""
        from .engine.opening import Options
        from .engine.undo.steps import UndoSettings

        undo = self.undo or UndoSettings()
        repository = host.open(database, Options(self.branch, self.read_only, self.author, undo))
        info = repository.info
        log.info("opened %s on %s with %s %s", info.database, info.where, info.engine, info.version)
        return repository

    def open_beside(self, database: str) -> Repository:
        """Open another database of the same host. Raises `EngineError`."""
        from .engine.opening import Options

        if self._host is None:
            raise OpenError("Nothing is open yet.")
        return self._host.beside(database).open(database, Options(None, self.read_only, self.author))

    def close(self) -> None:
        """Stop servers that were started, remove what was made for a demonstration. Idempotent; from any thread."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            host = self._host
        atexit.unregister(self.close)
        try:
            if host is not None:
                host.close()
        finally:
            try:
                self.closer()
            finally:
                self._ended.set()
        log.info("closed %s", self.title)

    def abandon(self, code: int) -> None:
        """Close everything and end the process at once: the terminal is gone, so there is no screen to put right.

        A hang-up comes with SIGCONT behind it, at which Textual takes the terminal up again: an orderly end of the
        screen could wait for ever.
        """

        def end() -> None:
            try:
                self.close()
                self._ended.wait(_CLOSING_SECONDS)  # another thread may be about it
            finally:
                os._exit(code)

        threading.Thread(target=end, name="abandon").start()


@contextmanager
def terminal_kept() -> Iterator[None]:
    """Give the terminal the settings that it had before, however what runs meanwhile ends."""
    try:
        before = termios.tcgetattr(0)
    except termios.error:
        before = None
    try:
        yield
    finally:
        if before is not None:
            with suppress(termios.error):
                termios.tcsetattr(0, termios.TCSANOW, before)


def terminal_is_gone() -> bool:
    """Whether standard input was a terminal that was hung up."""
    try:
        termios.tcgetattr(0)
    except termios.error as error:
        return bool(error.args[0] == errno.EIO)
    return False


def launch_target(
    target: Target,
    *,
    branch: str | None = None,
    read_only: bool = False,
    author: Author | None = None,
    undo: UndoSettings | None = None,
) -> Launch:
    """To open a server, a directory or a file."""
    from .engine.connecting.target import DirectoryTarget, FileTarget, ServerTarget

    begun: list[PrivateServer] = []

    def prepare() -> None:
        from .engine.connecting.private_server import begin_server

        if isinstance(target, DirectoryTarget) and (server := begin_server(target.root)) is not None:
            begun.append(server)

    def opener() -> Host:
        from .engine.opening import connect

        return connect(target, begun[0] if begun else None)

    def close() -> None:
        for server in begun:
            server.stop()

    database = target.path.name if isinstance(target, FileTarget) else target.database
    if isinstance(target, ServerTarget):
        branch = branch or target.branch
    title = str(target.root if isinstance(target, DirectoryTarget) else target)
    file = ("engine.backends.doltlite", "engine.backends.embedded.sqlalchemy_dialect")
    needs = ("engine.opening", *(file if isinstance(target, FileTarget) else ("engine.backends.dolt",)))
    return Launch(title, database, opener, branch, read_only, author, undo, None, close, prepare, needs)


def launch_demo(
    demo: Demo,
    *,
    branch: str | None = None,
    read_only: bool = False,
    author: Author | None = None,
    undo: UndoSettings | None = None,
) -> Launch:
    """To build and open a demonstration."""
    return Launch("demo", demo.database, demo.start, branch, read_only, author or demo.author, undo, closer=demo.close)


def one_line(error: BaseException) -> str:
    """What went wrong, and what one can do about it, as one harmless line."""
    text = str(error)
    if isinstance(error, EngineError):
        advice = error.advice.strip()
        stop = "." if advice and error.message[-1:] not in (*".!?…:",) else ""
        text = f"{error.message}{stop} {advice}"
    elif not type(error).__module__.startswith("dolt_tui."):
        text = f"{type(error).__name__}: {text}" if text else type(error).__name__
    text = " ".join(text.split())
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
