"""The command line as a program: what it says, its exit codes, and what is left of it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pexpect
import pymysql
import pytest

from dolt_tui.demo.build import DATABASE, Demo
from dolt_tui.engine.connecting.private_server import PrivateServer
from dolt_tui.engine.connecting.target import ServerTarget
from dolt_tui.engine.errors import OpenError
from dolt_tui.launch import Launch

Until = Callable[..., Any]
Spawn = Callable[..., "pexpect.spawn[bytes]"]
ON_SCREEN = "modify_schema"


@pytest.fixture
def temporary() -> Iterator[Path]:
    """An empty directory for the program's temporary files; short, as servers put sockets there."""
    with tempfile.TemporaryDirectory(prefix="dt-") as name:
        yield Path(name)


def run(*arguments: str, cwd: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dolt_tui", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=cwd,
        env=os.environ | variables,
    )


def refused(code: int, *arguments: str, cwd: Path | None = None, **variables: str) -> str:
    """The one line with which the program refuses, without its name."""
    ended = run(*arguments, cwd=cwd, **variables)
    assert (ended.returncode, ended.stdout) == (code, "")
    assert ended.stderr.startswith("dolt-tui: ")
    assert ended.stderr.endswith("\n")
    assert ended.stderr.count("\n") == 1
    return ended.stderr.removeprefix("dolt-tui: ").strip()


@pytest.fixture
def spawn(temporary: Path) -> Iterator[Spawn]:
    """Runs the program in a terminal; what still runs at the end is killed."""
    children = []
    # The size is the terminal's: pytest-xdist sets COLUMNS.
    inherited = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}

    def start(*arguments: str, program: tuple[str, ...] = ("-m", "dolt_tui"), **variables: str) -> pexpect.spawn[bytes]:
        child: pexpect.spawn[bytes] = pexpect.spawn(
            sys.executable,
            [*program, *arguments],
            env=inherited | {"TERM": "xterm-256color", "TMPDIR": str(temporary)} | variables,
            dimensions=(38, 132),
            timeout=30,
            # What was started in the background ignores it, and so would the program.
            preexec_fn=_interruptible,
        )
        children.append(child)
        return child

    yield start
    for child in children:
        if not child.closed:
            child.close(force=True)


def _interruptible() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def end(child: pexpect.spawn[bytes]) -> tuple[int | None, str]:
    """Wait for the end: the exit code, and the last line."""
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus, (child.before or b"").decode().strip().rpartition("\n")[2].strip()


def ask(server: PrivateServer, *statements: str) -> list[tuple[Any, ...]]:
    login = server.connect_arguments
    with pymysql.connect(
        user=login.user,
        password=login.password,
        host=login.host,
        port=login.port,
        ssl_disabled=True,
        autocommit=True,
    ) as connection:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())


# without a screen


def test_the_version_is_the_package_s() -> None:
    from dolt_tui import __version__

    ended = run("--version")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"dolt-tui {__version__}\n", "")


def test_help_names_everything() -> None:
    ended = run("--help")
    assert (ended.returncode, ended.stderr) == (0, "")
    for word in ("demo", "--dolt", "--at", "--keep", "--branch", "--read-only", "--theme", "--log-file", "--version"):
        assert word in ended.stdout
    assert "DOLT_TUI_PASSWORD" in ended.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["--nothing"], ["/nowhere/at/all"], ["demo"]])
def test_nothing_heavy_is_imported_for_an_answer(arguments: list[str]) -> None:
    code = f"""
import sys
from dolt_tui.cli import main
try:
    main({arguments!r})
except SystemExit:
    pass
print([name for name in ("textual", "rich", "sqlalchemy", "pymysql", "asyncio") if name in sys.modules])
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
    )
    assert ended.stdout.splitlines()[-1] == "[]"


def test_nothing_heavy_is_imported_to_read_a_target() -> None:
    code = "import sys, dolt_tui.engine.connecting.target; print({'sqlalchemy', 'textual', 'pymysql'} & {*sys.modules})"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--nothing"], "unrecognized arguments: --nothing"),
        (["--bran", "x"], "unrecognized arguments: --bran"),
        (["a", "b"], "only one target"),
        (["--dolt"], "belong to dolt-tui demo"),
        (["--at", "start", "x.db"], "belong to dolt-tui demo"),
        (["demo", "x.db"], "the demo takes the URL of a server"),
        (["demo", "--at", "end"], "invalid choice: 'end'"),
        (["demo", "--dolt", "mysql://h"], "a server's URL"),
        (["demo", "mysql://h", "--keep", "x"], "a server's URL"),
        (["--branch"], "expected one argument"),
        (["--branch", ""], "--branch needs a name"),
        (["pg://root@h/x"], "pg:// is not understood"),
        (["mysql://h:port/x"], "the URL's port must be a number"),
        (["mysql://h/x?ssl_ca=a&nothing=b"], "there is no option nothing"),
        (["demo", "mysql://h?ssl=maybe"], "ssl must be true or false"),
        (["--ssl-mode", "MAYBE", "mysql://h/x"], "--ssl-mode must be one of DISABLED"),
        (["--ssl-mode", "REQUIRED", "mysql://h/x?ssl_ca=ca.pem"], "ssl-mode REQUIRED checks no certificate"),
        (["--ssl-mode", "DISABLED", "--ssl-ca", "ca.pem", "mysql://h/x"], "ssl-mode DISABLED and ssl-ca contradict"),
        (["--ssl-key", "key.pem", "mysql://h/x"], "ssl-key needs ssl-cert"),
        (["--ssl-ca", "", "mysql://h/x"], "--ssl-ca is empty"),
        (["--ssl-mode", "REQUIRED", "demo"], "belong to the URL of a server"),
    ],
)
def test_a_command_line_that_makes_no_sense(arguments: list[str], message: str) -> None:
    assert message in refused(2, *arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["/nowhere/at/all"], "/nowhere/at/all: there is no such file or directory"),
        (
            ["nothing"],
            "nothing: there is no such file or directory, and the configuration has no connection of that name",
        ),
        (["."], "holds no Dolt database"),
        ([], "holds no Dolt database"),
        (["plain.db"], "is a plain SQLite database"),
        (["mysql://h/x?ssl-ca=missing.pem"], "missing.pem cannot be read: No such file or directory"),
        (["--ssl-cert", "plain.db", "mysql://h/x"], "plain.db and the key in it cannot be used"),
        (["demo", "mysql://root@h/other"], "leave other out"),
        (["demo", "--keep", "plain.db"], "plain.db already exists"),
        (["--log-file", "no/where", "x"], "--log-file no/where cannot be written: No such file or directory"),
        (["demo"], "a terminal is needed"),
        (["mysql://root@127.0.0.1:1/x"], "a terminal is needed"),
        (["demo", "mysql://root@127.0.0.1:1"], "a terminal is needed"),
        (["a\x1b[2Jb"], "a\N{REPLACEMENT CHARACTER}[2Jb"),
    ],
)
def test_a_target_that_cannot_be_opened(tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "plain.db").write_bytes(b"SQLite format 3\0" + bytes(84))
    assert message in refused(1, *arguments, cwd=tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["plain.db"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["mysql://root:s3cret@h/x", "more"],
        ["--dolt=mysql://root:s3cret@h/x"],
        ["--at", "mysql://root:s3cret@h/x"],
        ["mysql://root:s3cret@h:port/x"],
        ["demo", "mysql://root:s3cret@h/x"],
        ["mysql://root:s3cret@h"],
        ["mysql://root:s3cret@h/x?s3cret=s3cret"],
        ["mysql://root:pass@word?s3cret=1@h/x"],
        ["mysql://root:s3cret@h/x?connect_timeout=s3cret"],
        ["mysql://root:s3cret@h/x?ssl_ca=/nowhere.pem"],
        ["mysql://root:s3cret"],
        ["s3cret@h://x"],
    ],
)
def test_a_password_is_never_repeated(arguments: list[str]) -> None:
    ended = run(*arguments)
    assert ended.returncode in (1, 2)
    assert "s3cret" not in ended.stdout + ended.stderr


def test_the_configuration_s_mistakes_are_named(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text("[ui]\ntehme = 'x'\n")
    line = refused(2, "x", DOLT_TUI_CONFIG=str(file))
    assert line == f"{file}: [ui] has no key tehme: did you mean theme?"


def test_a_launch_that_was_closed_does_not_start(tmp_path: Path) -> None:
    calls: list[str] = []
    launch = Launch("demo", "x.db", Demo(keep=tmp_path / "x.db").start, closer=lambda: calls.append("closed"))
    launch.close()
    launch.close()
    assert calls == ["closed"]
    with pytest.raises(OpenError, match="The program is ending"):
        launch.start()
    assert list(tmp_path.iterdir()) == []


# in a terminal


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_in_order(spawn: Spawn, temporary: Path, number: signal.Signals) -> None:
    child = spawn("demo")
    child.expect(ON_SCREEN)
    assert len(list(temporary.iterdir())) == 1
    child.kill(number)
    code, last = end(child)
    assert code == 128 + number
    assert "\x1b[?1049l" in last  # the terminal's own screen is back
    assert list(temporary.iterdir()) == []


def test_a_signal_stops_the_private_server(spawn: Spawn, temporary: Path, dolt_binary: Path) -> None:
    child = spawn("demo", "--dolt", PATH=f"{dolt_binary.parent}:{os.environ['PATH']}")
    child.expect(ON_SCREEN)
    child.kill(signal.SIGTERM)
    assert end(child)[0] == 128 + signal.SIGTERM
    assert list(temporary.iterdir()) == []


def test_nothing_is_left_when_the_terminal_goes_away(spawn: Spawn, temporary: Path, until: Until) -> None:
    child = spawn("demo")
    child.expect(ON_SCREEN)
    os.close(child.child_fd)
    child.child_fd = -1
    until(lambda: not list(temporary.iterdir()))
    pid = child.pid
    assert pid is not None
    until(lambda: os.waitpid(pid, os.WNOHANG)[0] == pid)
    child.closed = True


def test_a_demo_that_is_kept_opens_again(spawn: Spawn, tmp_path: Path, temporary: Path) -> None:
    path = tmp_path / "kept.db"
    for arguments in (["demo", "--keep", str(path)], [str(path), "--branch", "modify_data"]):
        child = spawn(*arguments)
        child.expect(ON_SCREEN)
        child.kill(signal.SIGTERM)
        assert end(child)[0] == 128 + signal.SIGTERM
    assert list(temporary.iterdir()) == []


def test_a_theme_or_command_that_does_not_exist(spawn: Spawn, tmp_path: Path, temporary: Path) -> None:
    assert end(spawn("demo", "--theme", "norf")) == (2, "dolt-tui: --theme: there is no theme norf: did you mean nord?")
    file = tmp_path / "c.toml"
    for text, message in (
        ("[ui]\ntheme = 'norf'", "[ui] there is no theme norf: did you mean nord?"),
        ("[keys]\nnothing = 'x'", "[keys] has an unknown command nothing"),
        ("[keys]\ncomit = 'x'", "[keys] has an unknown command comit: did you mean commit?"),
        ("[keys]\ncommit = 'd'", '[keys] commit = "d": this key is that of changes.discard (discard…), in Changes'),
        ("[keys]\ncommit = 'esc'", '[keys] commit = "escape": this key leaves and cancels, everywhere'),
        ("[keys]\ncommit = 'F5'", '[keys] commit = "F5": there is no such key: did you mean f5?'),
    ):
        file.write_text(text)
        code, last = end(spawn("demo", DOLT_TUI_CONFIG=str(file)))
        assert code == 2
        assert last == f"dolt-tui: {file}: {message}"
    assert list(temporary.iterdir()) == []


def test_a_server_that_was_begun_ends_with_a_refusal(
    spawn: Spawn, tmp_path: Path, temporary: Path, dolt_binary: Path
) -> None:
    subprocess.run([dolt_binary, "init"], cwd=tmp_path, check=True, capture_output=True)
    path = f"{dolt_binary.parent}{os.pathsep}{os.environ['PATH']}"
    assert end(spawn(str(tmp_path), "--theme", "norf", PATH=path))[0] == 2
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / ".dolt" / "sql-server.info").exists()


def test_a_password_is_asked_for_three_times(spawn: Spawn, dolt_server: PrivateServer) -> None:
    where = f"root@127.0.0.1:{dolt_server.connect_arguments.port}"
    child = spawn(f"mysql://{where}/x")
    for _ in range(3):
        child.expect_exact(f"Password for {where}: ")
        child.sendline("wr0ng")
    code, last = end(child)
    assert code == 1
    assert last.startswith(f"dolt-tui: {where} denied access: check the user and the password")
    assert b"wr0ng" not in (child.before or b"")


@pytest.mark.parametrize("given", ["typed", "DOLT_TUI_PASSWORD", "MYSQL_PWD"])
def test_a_password_lets_us_in_and_is_not_logged(
    spawn: Spawn, dolt_server: PrivateServer, server_database: ServerTarget, tmp_path: Path, given: str
) -> None:
    login = dolt_server.connect_arguments
    log = tmp_path / "log"
    variables = {} if given == "typed" else {given: login.password}
    child = spawn(
        f"mysql://root@127.0.0.1:{login.port}/{server_database.database}", "--log-file", str(log), **variables
    )
    if given == "typed":
        child.expect_exact("Password for ")
        child.sendline(login.password)
    child.expect("Initialize")
    child.kill(signal.SIGTERM)
    assert end(child)[0] == 128 + signal.SIGTERM
    text = log.read_text()
    assert f"opened {server_database.database} on root@127.0.0.1:{login.port}" in text
    assert login.password not in text


def test_ctrl_c_at_the_password_is_no_traceback(spawn: Spawn, dolt_server: PrivateServer) -> None:
    child = spawn(f"mysql://root@127.0.0.1:{dolt_server.connect_arguments.port}/x")
    child.expect_exact("Password for ")
    child.sendintr()
    code, last = end(child)
    assert code == 130
    assert b"Traceback" not in (child.before or b"")
    assert last.endswith(":")


@pytest.mark.parametrize(
    ("path", "message"),
    [("nothing_here", "There is no database nothing_here"), ("{database}/nowhere", "There is no branch nowhere")],
)
def test_what_the_server_lacks_is_one_line(
    spawn: Spawn, dolt_server: PrivateServer, server_database: ServerTarget, path: str, message: str
) -> None:
    login = dolt_server.connect_arguments
    path = path.format(database=server_database.database)
    child = spawn(f"mysql://root:{login.password}@127.0.0.1:{login.port}/{path}")
    code, last = end(child)
    assert code == 1
    assert message in last
    assert login.password not in last


def test_a_server_that_is_too_old_is_one_line(
    spawn: Spawn, dolt_server: PrivateServer, server_database: ServerTarget
) -> None:
    code = (
        "import sys; from dolt_tui.engine.core import capabilities as c;"
        "need = c.Need('dolt_new()', ('a',), 'dolt_new(1)');"
        "c.examine.__defaults__ = ((*c.NEEDS, need),); from dolt_tui.cli import main; sys.exit(main())"
    )
    login = dolt_server.connect_arguments
    url = f"mysql://root:{login.password}@127.0.0.1:{login.port}/{server_database.database}"
    child = spawn("-c", code, url, program=())
    exit_code, last = end(child)
    assert exit_code == 1
    where = f"root@127.0.0.1:{login.port}"
    assert re.fullmatch(
        rf".*dolt-tui: {where} runs Dolt 2[.0-9]+, which lacks dolt_new\(\)\. dolt-tui needs Dolt 1\.86 or newer\.",
        last,
    )


def test_a_server_s_demo_is_started_over_only_after_a_yes(spawn: Spawn, dolt_server: PrivateServer) -> None:
    login = dolt_server.connect_arguments
    arguments = ["demo", f"mysql://root@127.0.0.1:{login.port}", "--at", "inserted"]
    branches = f"SELECT name FROM `{DATABASE}`.dolt_branches"
    try:
        child = spawn("demo", f"mysql://root@127.0.0.1:{login.port}", MYSQL_PWD=login.password)
        child.expect(ON_SCREEN)
        child.kill(signal.SIGTERM)
        assert end(child)[0] == 128 + signal.SIGTERM
        assert len(ask(dolt_server, branches)) == 3

        for answer in ("n", "", "\x04"):
            child = spawn(*arguments, MYSQL_PWD=login.password)
            child.expect_exact("with 3 commits on main and 2 other branches; 1 branch has uncommitted changes.")
            child.expect_exact("Start the story over?")
            child.send(answer + "\n" if answer != "\x04" else answer)
            code, last = end(child)
            assert code == 1
            assert f"{DATABASE} is left as it is" in last
        assert len(ask(dolt_server, branches)) == 3

        child = spawn(*arguments, MYSQL_PWD=login.password)
        child.expect_exact("[y/N]")
        child.sendline("y")
        child.expect("Inserted data")
        child.kill(signal.SIGTERM)
        assert end(child)[0] == 128 + signal.SIGTERM
        assert ask(dolt_server, branches) == [("main",)]
    finally:
        ask(dolt_server, f"DROP DATABASE IF EXISTS {DATABASE}", "CALL dolt_purge_dropped_databases()")
