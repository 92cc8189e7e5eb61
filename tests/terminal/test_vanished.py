"""The terminal goes away under the program: it ends too, with a signal or without one."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
from pathlib import Path

import pytest

from .conftest import PROGRAM, SECONDS


@pytest.mark.parametrize("controlling", [True, False])
def test_it_does_not_outlive_its_terminal(tmp_path: Path, controlling: bool) -> None:
    if controlling:
        # The child of pty.fork has the terminal as its controlling one: closing it sends SIGHUP.
        pid, master = pty.fork()
        if pid == 0:
            os.execv(PROGRAM, [str(PROGRAM), "demo"])
    else:
        master, slave = pty.openpty()
        process = subprocess.Popen(
            [PROGRAM, "demo"], stdin=slave, stdout=slave, stderr=slave, start_new_session=True, cwd=tmp_path
        )
        os.close(slave)
    seen = b""
    deadline = time.monotonic() + SECONDS
    while b"Support" not in seen and time.monotonic() < deadline:
        if select.select([master], [], [], 0.1)[0]:
            seen += os.read(master, 65536)
    assert b"Support" in seen
    os.close(master)
    if not controlling:
        assert process.wait(SECONDS) == 129
        return
    while (ended := os.waitpid(pid, os.WNOHANG))[0] == 0 and time.monotonic() < deadline + SECONDS:
        select.select([], [], [], 0.05)
    assert ended[0] == pid
    assert os.waitstatus_to_exitcode(ended[1]) == 129
