"""Errors that nobody caught, in a terminal: it is given back, the server ends, one line names the crash file."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.terminal.test_terminal import children_of, is_alive

if TYPE_CHECKING:
    from tests.terminal.conftest import Open, Terminal

FAULTY = (str(Path(__file__).with_name("faulty.py")), "demo", "--dolt")


def crash_file(user: Terminal, state: Path) -> str:
    """The crash file's text; its name is in the one line that is left on the terminal."""
    (path,) = (state / "dolt-tui" / "crashes").iterdir()
    assert re.fullmatch(r"dolt-tui: Something went wrong inside the program[^\n]*", user.left), user.left
    assert str(path) in user.left
    found = path.read_text()
    assert re.match(r"dolt-tui \d", found)
    assert "builtins.RuntimeError" in found
    assert "faulty.py" in found
    assert "hunter2" not in found + user.left
    return found


@pytest.mark.parametrize("fault", ["drawing", "layout", "input", "pump", "start"])
def test_what_cannot_go_on_ends_in_order(
    python: Open, temporary: Path, tmp_path: Path, until: Callable[..., Any], fault: str
) -> None:
    user = python(*FAULTY, FAULT=fault, XDG_STATE_HOME=str(tmp_path / "state"))
    servers: list[int] = []
    if fault != "start":
        user.until("1 table changed", "Support")
        servers = children_of(user.pid)
        assert servers
        user.type("@")
        if fault == "input":
            user.type("x")
    assert user.end() == 1
    assert user.is_restored()
    until(lambda: not any(is_alive(pid) for pid in servers))
    until(lambda: not list(temporary.iterdir()))  # the server's guard removes its directory after the program's end
    crash_file(user, tmp_path / "state")


def test_what_a_terminal_should_not_send(terminal: Open, tmp_path: Path) -> None:
    """Bytes that are no UTF-8, and sequences that Textual's parser does not know, cost themselves only."""
    user = terminal("demo", XDG_STATE_HOME=str(tmp_path / "state"))
    user.until("1 table changed", "Support")
    for sequence in (b"\xff\xe9", b"\x1b[97:98;5:3;97u", b"\x1b[1114112u", b"\x1b[<;;M", b"\x1b[13;2:3u"):
        user.child.send(sequence)
    user.type(" ")
    user.until("Staged")
    user.type("c")
    user.until("Commit to main", "Summary")
    user.child.send(b"Gr\xfcn\r")
    user.until("clean", "Gr\ufffdn")
    user.type("q")
    assert user.end() == 0
    assert user.left == ""
    assert not (tmp_path / "state" / "dolt-tui" / "crashes").exists()


@pytest.mark.parametrize("fault", ["action", "timer"])
def test_what_can_go_on_goes_on(python: Open, temporary: Path, tmp_path: Path, fault: str) -> None:
    user = python(*FAULTY, FAULT=fault, XDG_STATE_HOME=str(tmp_path / "state"))
    user.until("1 table changed", "Support")
    user.type("@@@")
    user.until("Something went wrong inside", "it goes on")
    user.type(" ")
    user.until("Staged")
    user.type("q")
    assert user.end() == 0
    assert user.is_restored()
    assert list(temporary.iterdir()) == []
    assert crash_file(user, tmp_path / "state").count("builtins.RuntimeError") == 1
