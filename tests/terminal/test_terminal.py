"""The installed program in a terminal, with real keys: what it opens, the main job, and what it leaves behind."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dolt_tui.demo.build import Demo
from dolt_tui.engine.connecting.private_server import PrivateServer
from dolt_tui.engine.connecting.target import ServerTarget

if TYPE_CHECKING:
    from tests.terminal.conftest import Open, Terminal

FILLED = ("1 table changed", "modify_schema", "Inserted data", "Hendriks", "Support")
SIZES = [(132, 38), (80, 24)]


def server_url(target: ServerTarget) -> str:
    return f"mysql://{target.user}@{target.host}:{target.port}/{target.database}"


def dolt(program: Path, directory: Path, *arguments: str) -> str:
    ended = subprocess.run([program, *arguments], cwd=directory, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_an_editor_has_the_terminal_for_itself(terminal: Open, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    script = ("trap '' INT", "printf 'Type: '", "read -r line", """printf '%s\\n\\nbody\\n' "$line" > "$1" """)
    editor.write_text("\n".join(("#!/bin/sh", *script, "")))
    editor.chmod(0o755)
    user = terminal("demo", EDITOR=str(editor), VISUAL="")
    user.until(*FILLED)
    user.type(" ")
    user.until("Staged")
    user.type("c")
    user.until("Commit to main", "editor")
    user.type("\x05")
    user.until("Type:")
    user.type("\x03Typed q1 there\r")  # ^c and keys of ours are the editor's
    user.until("Commit to main", "Typed q1 there", "body")
    user.type("\r")
    user.until("clean", "Typed q1 there")
    user.type("q")
    assert user.end() == 0
    assert user.is_restored()


def main_job(user: Terminal, *, before: str = "main") -> None:
    """From the diff to the merges and back, looking only at the screen."""
    user.type(" ")
    user.until("Staged")
    user.type("c")
    user.until("Commit to main", "Summary")
    user.type("Found two teams\r")
    user.until("clean", without=("Commit to main",))

    def summary(*texts: str, without: tuple[str, ...] = ()) -> None:
        if user.screen.lines < 30:
            user.type("5")  # it is only a title there
        user.until(*texts, without=without)

    user.type("2>")
    user.type(" ")
    summary("⎇ modify_schema", "start_date")
    user.type("2<")
    user.type(" ")
    summary(f"⎇ {before}", "Tim", without=("start_date",))
    user.type("2jM")
    user.until("three-way", "no conflicts")
    user.type("m")
    summary("Timothy", without=("three-way",))
    user.type("2>M")
    user.until("three-way", "no conflicts")
    user.type("m")
    summary("Timothy", "start_date", "2018-08-06", without=("three-way",))
    user.type("4<jd")
    user.until("Drop", "employees_teams")
    user.type("x")
    user.until("1 table changed", without=("Drop table",))
    user.type("3<g")
    user.until("Reset", "hard", "employees_teams")
    user.type("h")
    summary("clean", "2018-08-06", without=("soft",))
    user.type("2jn")
    user.until("New branch")
    user.type("spare\r")
    user.until("⎇ spare")
    user.type("2< ")
    user.until("⎇ main")
    user.type("2>d")
    user.until("Delete branch")
    user.type("x")
    user.until("⎇ main", without=("Delete branch spare",))


@pytest.mark.parametrize(
    ("options", "size"),
    [
        pytest.param((), SIZES[0], id="doltlite"),
        pytest.param(("--dolt",), SIZES[1], id="dolt, small"),
        pytest.param((), SIZES[1], id="doltlite, small", marks=pytest.mark.long),
        pytest.param(("--dolt",), SIZES[0], id="dolt", marks=pytest.mark.long),
    ],
)
def test_demo(terminal: Open, temporary: Path, size: tuple[int, int], options: tuple[str, ...]) -> None:
    user = terminal("demo", *options, size=size)
    user.until("1 table changed", "teams", "Support")
    assert len(list(temporary.iterdir())) >= 1
    main_job(user)
    user.type("q")
    assert user.end() == 0
    assert user.is_restored()
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_directory_made_by_dolt_init(
    terminal: Open, tmp_path: Path, temporary: Path, dolt_binary: Path, size: tuple[int, int]
) -> None:
    directory = tmp_path / "mine"
    directory.mkdir()
    dolt(dolt_binary, directory, "init")
    dolt(dolt_binary, directory, "sql", "-q", "CREATE TABLE pets (id INT PRIMARY KEY, name VARCHAR(20))")
    dolt(dolt_binary, directory, "add", "-A")
    dolt(dolt_binary, directory, "commit", "-m", "Pets")
    dolt(dolt_binary, directory, "sql", "-q", "INSERT INTO pets VALUES (1, 'Rex'), (2, 'Minka')")
    left = sorted(path.name for path in (directory / ".dolt").iterdir())
    user = terminal(cwd=directory, size=size)
    user.until("⎇ main", "pets", "Rex", "Minka", "1 table changed", "mine")
    user.type(" c")
    user.until("Commit to main")
    user.type("Two pets\r")
    user.until("clean")
    user.type("q")
    assert user.end() == 0
    assert user.is_restored()
    assert "Two pets" in dolt(dolt_binary, directory, "log", "--oneline")
    assert "nothing to commit" in dolt(dolt_binary, directory, "status")
    assert sorted(path.name for path in (directory / ".dolt").iterdir()) == left
    assert list(temporary.iterdir()) == []


def test_a_directory_of_several_databases_offers_a_choice(
    terminal: Open, tmp_path: Path, temporary: Path, dolt_binary: Path
) -> None:
    for name in ("alpha", "beta"):
        (tmp_path / "all" / name).mkdir(parents=True)
        dolt(dolt_binary, tmp_path / "all" / name, "init")
    user = terminal("all")
    user.until("Databases", "alpha", "beta")
    user.type("j\r")
    user.until("⎇ main", "beta", "No tables yet.", without=("alpha",))
    user.type("q")
    assert user.end() == 0
    again = terminal("all")
    again.until("Databases", "alpha")
    again.type("\x1b")
    assert again.end() == 0
    assert again.is_restored()
    assert list(temporary.iterdir()) == []


def test_a_url(terminal: Open, server_database: ServerTarget, demo_on: Callable[[ServerTarget], None]) -> None:
    demo_on(server_database)
    password = {"DOLT_TUI_PASSWORD": server_database.password}
    user = terminal(f"{server_url(server_database)}/modify_schema", **password)
    text = user.until("⎇ modify_schema", "start_date", "2018-08-06", "clean")
    assert f"root@{server_database.host}:{server_database.port}" in text
    assert server_database.password not in text
    user.type("q")
    assert user.end() == 0
    assert user.is_restored()
    assert server_database.password.encode() not in user.written


def test_a_doltlite_file(terminal: Open, tmp_path: Path) -> None:
    path = tmp_path / "kept.db"
    with Demo(keep=path) as demo:
        demo.start()
    user = terminal("kept.db")
    user.type("4\r")  # the terminal makes a line feed of it: nobody takes all keys yet
    user.until("0 employees · rows", "e edit")
    user.type("q")
    assert user.end() == 0
    assert path.exists()


@pytest.mark.parametrize("wrong", ["password", "port", "database", "branch", "file"])
def test_what_cannot_be_opened_is_one_line(
    terminal: Open, tmp_path: Path, server_database: ServerTarget, wrong: str
) -> None:
    target = server_database
    url = f"mysql://root@{target.host}:{target.port}"
    if wrong == "password":
        arguments, words = [f"mysql://root:nonsense@{target.host}:{target.port}/{target.database}"], "root"
    elif wrong == "port":
        arguments, words = [f"mysql://root:{target.password}@{target.host}:1/x"], ":1"
    elif wrong == "database":
        arguments, words = [f"{url}/not_there"], "not_there"
    elif wrong == "branch":
        arguments, words = [f"{url}/{target.database}", "--branch", "not_there"], "not_there"
    else:
        (tmp_path / "plain.db").write_bytes(b"SQLite format 3\0" + bytes(84))
        arguments, words = ["plain.db"], "plain.db"
    user = terminal(*arguments, size=(300, 10), DOLT_TUI_PASSWORD=target.password)
    assert user.end() == 1
    assert user.is_restored()
    # The screen proper is left: what was written after it is what a person sees.
    after = bytes(user.written).rpartition(b"\x1b[?1049l")[2].decode()
    said = [line for line in re.sub(r"\x1b\[[\d;?<>=]*[a-zA-Z]|\x1b.", "", after).split("\r\n") if line.strip()]
    assert len(said) == 1, said
    assert said[0].startswith("dolt-tui: ")
    assert words in said[0]
    assert "Traceback" not in after
    assert target.password not in after
    assert "nonsense" not in after


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_leaves_nothing(
    terminal: Open, temporary: Path, until: Callable[..., Any], number: signal.Signals
) -> None:
    user = terminal("demo", "--dolt")
    user.until(*FILLED)
    servers = children_of(user.pid)
    assert servers
    os.kill(user.pid, number)
    assert user.end() == 128 + number
    if number is signal.SIGTERM:
        assert user.is_restored()
    until(lambda: not any(map(is_alive, servers)), 20)
    until(lambda: list(temporary.iterdir()) == [], 20)


def test_killed_it_leaves_no_server(terminal: Open, until: Callable[..., Any]) -> None:
    user = terminal("demo", "--dolt")
    user.until(*FILLED)
    servers = children_of(user.pid)
    os.kill(user.pid, signal.SIGKILL)
    until(lambda: not any(map(is_alive, servers)), 20)


def test_the_whole_terminal_is_redrawn_when_its_size_changes(terminal: Open) -> None:
    user = terminal("demo")
    user.until(*FILLED)
    user.screen.resize(24, 80)
    user.child.setwinsize(24, 80)
    user.until("│ 2 Branches", "5 Summary", "palette")
    user.type("q")
    assert user.end() == 0


def children_of(pid: int) -> list[int]:
    """All processes that a process has started, and those that they have."""
    listed = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = [tuple(map(int, line.split())) for line in listed.splitlines()]
    found, wanted = [], [pid]
    while wanted:
        parent = wanted.pop()
        below = [child for child, above in parents if above == parent]
        found += below
        wanted += below
    return found


def is_alive(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return bool(state) and not state.startswith("Z")


def test_without_dolt_a_directory_says_how_to_get_it(terminal: Open, tmp_path: Path, dolt_binary: Path) -> None:
    directory = tmp_path / "mine"
    directory.mkdir()
    dolt(dolt_binary, directory, "init")
    bare = tmp_path / "bin"
    bare.mkdir()
    sh = shutil.which("sh")
    assert sh is not None
    (bare / "sh").symlink_to(sh)
    user = terminal("mine", size=(300, 10), PATH=str(bare))
    assert user.end() == 1
    assert b"dolt is not on PATH: install it" in user.written


def test_the_server_of_a_private_directory_is_not_open_to_others(
    terminal: Open, temporary: Path, dolt_server: PrivateServer
) -> None:
    """Its configuration, with the socket, lies where only this user can look."""
    user = terminal("demo", "--dolt")
    user.until(*FILLED)
    assert all(path.stat().st_mode & 0o077 == 0 for path in temporary.iterdir())
    user.type("q")
    assert user.end() == 0
