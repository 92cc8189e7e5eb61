#!/usr/bin/env python3
"""Start the installed program in a pseudo-terminal, look at it, and quit: ``scripts/smoke.py [dolt-tui]``.

Runs ``dolt-tui demo`` in a home of its own, waits until the team summary stands on the screen, types ``q``
and expects exit code 0. Without an argument it takes the ``dolt-tui`` beside this Python. Only the standard
library is used, so it runs beside a wheel that was installed without the development tools.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

ROWS, COLUMNS = 38, 132
EXPECTED = "Team Summary"
SECONDS = 60.0
ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]"  # control sequences
    r"|[]P^_X][^\x07\x1b]*(?:\x07|\x1b\\)"  # operating system commands and other strings
    r"|[ -/]*[0-~])"
)


def main() -> int:
    program = sys.argv[1] if len(sys.argv) > 1 else str(Path(sys.executable).with_name("dolt-tui"))
    with tempfile.TemporaryDirectory(prefix="dolt-tui-smoke-") as home:
        pid, terminal = pty.fork()
        if pid == 0:
            try:
                os.chdir(home)
                os.execve(program, [program, "demo"], environment(home))
            except OSError as error:
                print(f"{program}: {error.strerror}")
            finally:
                os._exit(127)
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        return watch(pid, terminal)


def environment(home: str) -> dict[str, str]:
    """What the program finds: nothing of the user's."""
    return {
        "HOME": home,
        "PATH": os.environ.get("PATH", os.defpath),
        "TERM": "xterm-256color",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }


def watch(pid: int, terminal: int) -> int:
    """Read the screen until the summary is on it, quit, and return 0 where all went well."""
    started = time.monotonic()
    written = b""
    seen = 0.0
    status: int | None = None
    while status is None and time.monotonic() < started + SECONDS:
        # What is written must be read to the end, or the program cannot end.
        if select.select([terminal], [], [], 0.05)[0]:
            try:
                written += os.read(terminal, 65536)
            except OSError:  # Linux: the program has closed its end
                time.sleep(0.01)
        if not seen and EXPECTED in text_of(written):
            seen = time.monotonic() - started
            os.write(terminal, b"q")
        ended, code = os.waitpid(pid, os.WNOHANG)
        if ended:
            status = os.waitstatus_to_exitcode(code)
    if status is None:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    os.close(terminal)
    if seen and status == 0:
        print(f"smoke: `{EXPECTED}` was on the screen after {seen:.1f} s, and q ended the program with 0")
        return 0
    what = "did not end" if status is None else f"ended with {status}"
    print(f"smoke: `{EXPECTED}` was {'' if seen else 'not '}seen; the program {what}. Its last words:", file=sys.stderr)
    print(text_of(written)[-3000:], file=sys.stderr)
    return 1


def text_of(written: bytes) -> str:
    """The characters that were written, in the order of writing, without the terminal's commands."""
    return ESCAPES.sub("", written.decode("utf-8", "replace"))


if __name__ == "__main__":
    sys.exit(main())
