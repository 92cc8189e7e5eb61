"""The installed program in a terminal: typed to by pexpect, looked at through pyte's emulation."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pyte
import pytest

from dolt_tui.demo.build import AUTHOR, build
from dolt_tui.demo.story import At
from dolt_tui.engine.connecting.target import ServerTarget
from dolt_tui.engine.opening import Options, connect

SECONDS = 30.0
PROGRAM = Path(sys.executable).parent / "dolt-tui"


class Terminal:
    """A terminal with the program in it."""

    def __init__(
        self, program: Path, arguments: tuple[str, ...], size: tuple[int, int], cwd: Path, variables: dict[str, str]
    ) -> None:
        columns, lines = size
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self.written = bytearray()
        """All that the program sent."""
        # Its size is the terminal's own: pytest-xdist sets COLUMNS.
        inherited = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
        # A shell of its own: it shows in which state the program leaves the terminal.
        self.child: pexpect.spawn[bytes] = pexpect.spawn(
            str(program),
            list(arguments),
            cwd=str(cwd),
            env=inherited | {"TERM": "xterm-256color"} | variables,
            dimensions=(lines, columns),
            timeout=SECONDS,
        )
        # The terminal itself outlives the program: what the program made of it can be asked afterwards.
        self._own = os.open(os.ttyname(self.child.child_fd), os.O_RDWR | os.O_NOCTTY)
        self._before = termios.tcgetattr(self._own)

    @property
    def pid(self) -> int:
        assert self.child.pid is not None
        return self.child.pid

    @property
    def text(self) -> str:
        """What stands on the screen now."""
        self._read(0)
        return "\n".join(line.rstrip() for line in self.screen.display)

    @property
    def left(self) -> str:
        """What was written when the program's screen had gone; without what steers the terminal."""
        self._read(0)
        text = self.written.rpartition(b"\x1b[?1049l")[2].decode()
        return re.sub(r"\x1b\[[^a-zA-Z]*[a-zA-Z]", "", text).strip()

    def until(self, *words: str, without: tuple[str, ...] = (), read: Callable[[str], str] = str) -> str:
        """Wait until all words stand on the screen, or in the part of it that ``read`` gives; answers that."""
        deadline = time.monotonic() + SECONDS
        while True:
            text = read(self.text)
            if all(word in text for word in words) and not any(word in text for word in without):
                return text
            if not self.child.isalive():
                self._read(0.1)
                pytest.fail(f"The program ended before {words} stood there:\n{self.text}")
            if time.monotonic() > deadline:
                pytest.fail(f"{words} without {without} did not come:\n{self.text}")
            self._read(0.05)

    def type(self, keys: str) -> None:
        self.child.send(keys.encode())

    def end(self) -> int:
        """Wait until the program has ended; answers its exit code."""
        deadline = time.monotonic() + SECONDS
        while self.child.isalive():
            assert time.monotonic() < deadline, f"it goes on:\n{self.text}"
            self._read(0.05)
        self._read(0)
        code = self.child.exitstatus
        assert code is not None, f"ended by signal {self.child.signalstatus}"
        return int(code)

    def until_stopped(self) -> None:
        """Wait until the program is suspended, as by ctrl+z."""
        deadline = time.monotonic() + SECONDS
        while Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":
            assert time.monotonic() < deadline, f"it goes on:\n{self.text}"
            self._read(0.05)

    def is_restored(self) -> bool:
        """Whether the terminal is as it was: echo, lines, cursor, screen, mouse and paste."""
        self._read(0)
        modes = (b"?1049", b"?1000", b"?1002", b"?1003", b"?1006", b"?2004", b"?1004")
        left = [mode for mode in modes if self.written.rfind(mode + b"h") > self.written.rfind(mode + b"l")]
        shown = self.written.rfind(b"?25h") >= self.written.rfind(b"?25l")
        return not left and shown and termios.tcgetattr(self._own)[:4] == self._before[:4]

    def close(self) -> None:
        os.close(self._own)
        if not self.child.closed:
            self.child.close(force=True)

    def _read(self, seconds: float) -> None:
        while True:
            try:
                found = self.child.read_nonblocking(1 << 16, timeout=seconds)
            except (pexpect.TIMEOUT, pexpect.EOF):
                return
            self.written += found
            self._stream.feed(found)
            seconds = 0


Open = Callable[..., Terminal]


@pytest.fixture
def temporary() -> Iterator[Path]:
    """An empty directory for the program's temporary files; short, as servers put sockets there."""
    with tempfile.TemporaryDirectory(prefix="dt-") as name:
        yield Path(name)


@pytest.fixture
def start(temporary: Path, tmp_path: Path, dolt_binary: Path) -> Iterator[Callable[[Path], Open]]:
    """``start(program)``: what runs a program in a terminal; dolt is on its PATH."""
    opened: list[Terminal] = []

    def of(program: Path) -> Open:
        assert program.exists(), f"{program} is missing: run `pip install -e .`"

        def run(*arguments: str, size: tuple[int, int] = (132, 38), cwd: Path = tmp_path, **variables: str) -> Terminal:
            path = f"{dolt_binary.parent}{os.pathsep}{os.environ['PATH']}"
            opened.append(Terminal(program, arguments, size, cwd, {"TMPDIR": str(temporary), "PATH": path} | variables))
            return opened[-1]

        return run

    yield of
    for one in opened:
        one.close()


@pytest.fixture
def terminal(start: Callable[[Path], Open]) -> Open:
    """``terminal("demo", size=(132, 38))``: dolt-tui runs in a terminal."""
    return start(PROGRAM)


@pytest.fixture
def python(start: Callable[[Path], Open]) -> Open:
    """``python("script.py", "demo")``: a script of Python runs in a terminal."""
    return start(Path(sys.executable))


@pytest.fixture(scope="session")
def demo_on() -> Callable[[ServerTarget], None]:
    """``demo_on(target)``: build the demonstration in an empty database of a server."""

    def build_it(target: ServerTarget) -> None:
        assert target.database is not None
        with connect(target).open(target.database, Options(author=AUTHOR)) as repository:
            build(repository, At.BRANCHES)

    return build_it
