"""A program in a pseudo-terminal: keys sent, and the moment at which the screen is told something."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

PATIENCE = 30.0
KEYS = {
    "down": "\x1b[B",
    "up": "\x1b[A",
    "pagedown": "\x1b[6~",
    "pageup": "\x1b[5~",
    "end": "\x1b[F",
    "home": "\x1b[H",
    "enter": "\r",
    "esc": "\x1b",
    "space": " ",
}
_SEQUENCE = re.compile(r"\x1b\[[0-9;:?<>=$]*[ -/]*[@-~]|\x1b[()][A-B0]|\x1b[=>78]|\x1b\][^\x07]*\x07")


class NotSeenError(Exception):
    """The screen did not come to show what was waited for."""


class Program:
    """One run of a program."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 132,
        lines: int = 38,
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
    ) -> None:
        self._size = (columns, lines)
        self._chunks: list[tuple[float, bytes]] = []
        self._arrived = threading.Condition()
        self._ended = False
        parent, child = pty.openpty()
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        # Where Python must not keep what it compiled, each start would compile the program again.
        left_out = ("TEXTUAL", "PYTHONDONTWRITEBYTECODE")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            command,
            stdin=child,
            stdout=child,
            stderr=child,
            cwd=directory,
            env=inherited | {"TERM": "xterm-256color", "COLORTERM": "truecolor"} | dict(environment or {}),
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # it ends when we do, however that is
        )
        os.close(child)
        self._parent = parent
        self.pid = self._process.pid
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._parent, 1 << 16)
            except OSError:
                data = b""
            with self._arrived:
                if data:
                    self._chunks.append((time.perf_counter(), data))
                else:
                    self._ended = True
                self._arrived.notify_all()
            if not data:
                return

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def send(self, *keys: str) -> float:
        """Type keys, by their names or as text; returns when that was."""
        data = "".join(KEYS.get(key, key) for key in keys).encode()
        self.mark = len(self._chunks)
        moment = time.perf_counter()
        os.write(self._parent, data)
        return moment

    mark = 0
    """How much had come before the last key."""

    def wait(self, *expected: str, since: int | None = None, patience: float = PATIENCE) -> float:
        """The moment at which all of these patterns have been printed since the last key, in whatever order."""
        patterns = [re.compile(text) for text in expected]
        return self.until(lambda text: all(pattern.search(text) for pattern in patterns), since, patience, expected)

    def until(
        self,
        seen: Callable[[str], bool],
        since: int | None = None,
        patience: float = PATIENCE,
        what: object = "",
    ) -> float:
        """The moment at which ``seen`` holds for the text printed since the last key."""
        start = self.mark if since is None else since
        deadline = time.perf_counter() + patience
        text, position = "", start
        raw = b""
        with self._arrived:
            while True:
                while position < len(self._chunks):
                    moment, data = self._chunks[position]
                    position += 1
                    raw += data
                    text = printed(raw)
                    if seen(text):
                        return moment
                left = deadline - time.perf_counter()
                if left <= 0 or self._ended or not self._arrived.wait(left):
                    raise NotSeenError(f"{what} not seen; the screen:\n" + "\n".join(self.screen()))

    def quiet(self, seconds: float = 0.4, patience: float = PATIENCE) -> float:
        """Wait until nothing has been printed for a while; returns when the last thing was."""
        deadline = time.perf_counter() + patience
        with self._arrived:
            while time.perf_counter() < deadline:
                before = len(self._chunks)
                self._arrived.wait_for(lambda: len(self._chunks) > before or self._ended, seconds)  # noqa: B023
                if len(self._chunks) == before:
                    break
            return self._chunks[-1][0] if self._chunks else self.started

    def screen(self) -> list[str]:
        """What the terminal shows now; slow, so not while time is taken."""
        screen = pyte.Screen(*self._size)
        stream = pyte.ByteStream(screen)
        for _, data in list(self._chunks):
            stream.feed(re.sub(rb"\x1b\[[<>=?][0-9;]*[a-zA-Z]|\x1b\[[0-9;]*\$[a-z]|\x1bP[^\x1b]*\x1b\\\\", b"", data))
        return [line.rstrip() for line in screen.display]

    def memory(self) -> float:
        """The resident set, in MB."""
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.pid}/status").read_text())
        return int(found[1]) / 1024 if found else 0.0

    def processor(self) -> float:
        """The seconds of a core that it has used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """End it: by its own key, or by force."""
        with suppress(OSError):
            os.write(self._parent, b"\x11")  # ctrl+q
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
        with suppress(OSError):
            os.close(self._parent)


def printed(raw: bytes) -> str:
    """The text of what was sent to a terminal, without colours and moves of the cursor."""
    return _SEQUENCE.sub("", raw.decode("utf-8", "replace"))
