"""Finding, starting and stopping a real ``dolt sql-server``."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pymysql
import pytest

from dolt_tui.engine.connecting import private_server
from dolt_tui.engine.connecting.private_server import (
    PrivateServer,
    Running,
    ServerError,
    begin_server,
    find_running,
    open_server,
)
from dolt_tui.engine.connecting.target import ConnectArguments

Until = Callable[..., Any]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The directory for temporary files of the servers that a test starts; short, as it holds sockets."""
    with tempfile.TemporaryDirectory(prefix="dt-") as name:
        monkeypatch.setenv("TMPDIR", name)
        monkeypatch.setattr(tempfile, "tempdir", None)
        yield Path(name)
    tempfile.tempdir = None


@pytest.fixture
def shop(tmp_path: Path, dolt_binary: Path) -> Path:
    """A database directory, in a directory of databases."""
    path = tmp_path / "many" / "my shop-1"
    path.mkdir(parents=True)
    subprocess.run([dolt_binary, "init"], cwd=path, check=True, capture_output=True)
    return path


def ask(login: ConnectArguments, statement: str, by_socket: bool = False) -> list[tuple[Any, ...]]:
    connection = pymysql.connect(
        user=login.user,
        password=login.password,
        host=login.host,
        port=login.port,
        unix_socket=login.socket if by_socket else None,
        ssl_disabled=True,
    )
    with connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def databases(login: ConnectArguments) -> set[str]:
    return {name for (name,) in ask(login, "SHOW DATABASES")} - {"information_schema", "mysql"}


def listing(directory: Path) -> set[str]:
    """All paths below ``directory``, without what Dolt itself keeps within a database's own ``.dolt``."""
    paths = {path.relative_to(directory) for path in directory.rglob("*")}
    return {
        str(path)
        for path in paths
        if ".dolt" not in path.parts[:-1] or path.name == "sql-server.info" or "dolt-tui" in path.name
    }


def is_running(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not waited for counts too."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_private_server_serves_and_leaves_nothing(shop: Path, dolt_binary: Path, temporary: Path) -> None:
    before = listing(shop.parent)
    with PrivateServer(shop, dolt=dolt_binary) as private:
        login = private.connect_arguments
        assert databases(login) == {shop.name}
        assert ask(login, "SELECT @@version_comment", by_socket=True) == [("Dolt",)]
        assert login.host == "127.0.0.1"
        assert private.alive
        assert list(temporary.iterdir())
    assert not private.alive
    assert not is_running(private.pid)
    assert listing(shop.parent) == before
    assert list(temporary.iterdir()) == []
    private.stop()  # once more does nothing


def test_a_directory_of_databases_is_served_and_left_as_it_was(shop: Path, dolt_binary: Path) -> None:
    before = listing(shop.parent)
    with PrivateServer(shop.parent, dolt=dolt_binary) as private:
        assert databases(private.connect_arguments) == {shop.name}
    assert listing(shop.parent) == before
    assert not (shop.parent / ".dolt").exists()


def test_nobody_else_can_log_in(dolt_server: PrivateServer) -> None:
    login = dolt_server.connect_arguments
    for user in ("root", "", private_server.LOCAL_USER):
        with pytest.raises(pymysql.Error, match="Access denied"):
            ask(ConnectArguments(user, "", login.host, login.port), "SELECT 1")
    assert login.password not in repr(login)


def test_a_new_database_in_an_empty_directory_has_an_author(tmp_path: Path, dolt_binary: Path) -> None:
    (tmp_path / "data").mkdir()
    with PrivateServer(tmp_path / "data", dolt=dolt_binary, root_path=tmp_path / "home") as private:
        assert databases(private.connect_arguments) == set()
        ask(private.connect_arguments, "CREATE DATABASE new")
        assert ask(private.connect_arguments, "SELECT committer FROM `new`.dolt_log") == [("dolt-tui",)]
    assert (tmp_path / "home" / ".dolt" / "config_global.json").exists()


PARENT = """
import signal
import sys
from pathlib import Path
from dolt_tui.engine.connecting.private_server import PrivateServer
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup, under which the tests may run, has it ignored
private = PrivateServer(Path(sys.argv[1]), dolt=Path(sys.argv[2]))
print(private.pid, private.connect_arguments.port, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_the_server_ends_with_the_program_however_that_ends(
    sign: signal.Signals, shop: Path, dolt_binary: Path, temporary: Path, until: Until
) -> None:
    before = listing(shop.parent)
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(shop.parent), str(dolt_binary)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent:
        assert parent.stdout is not None
        pid, port = map(int, parent.stdout.readline().split())
        assert is_running(pid)
        parent.send_signal(sign)
        parent.wait()
    until(lambda: not listens(port))
    until(lambda: list(temporary.iterdir()) == [])
    until(lambda: listing(shop.parent) == before)
    with PrivateServer(shop, dolt=dolt_binary) as again:  # the data are free again
        assert databases(again.connect_arguments) == {shop.name}


def listens(port: int) -> bool:
    with socket.socket() as link:
        return link.connect_ex(("127.0.0.1", port)) == 0


def test_a_ctrl_c_does_not_reach_the_server(dolt_server: PrivateServer) -> None:
    assert os.getsid(dolt_server.pid) != os.getsid(0)
    assert os.getpgid(dolt_server.pid) != os.getpgid(0)


def test_a_server_that_was_killed_leaves_nothing(shop: Path, dolt_binary: Path, temporary: Path, until: Until) -> None:
    before = listing(shop.parent)
    with PrivateServer(shop, dolt=dolt_binary) as private:
        os.kill(private.pid, signal.SIGKILL)
        until(lambda: not private.alive)
        assert listing(shop.parent) == before
    assert list(temporary.iterdir()) == []


def test_a_server_that_does_not_end_is_killed(
    shop: Path, dolt_binary: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private_server, "GRACE_SECONDS", 0.5)
    with PrivateServer(shop, dolt=dolt_binary) as private:
        os.kill(private.pid, signal.SIGSTOP)
    assert not private.alive
    assert list(temporary.iterdir()) == []
    monkeypatch.undo()
    PrivateServer(shop, dolt=dolt_binary).stop()  # the stale sql-server.info stands in nobody's way


def test_a_running_server_is_found_and_used(shop: Path, dolt_binary: Path) -> None:
    assert find_running(shop) is None
    with PrivateServer(shop, dolt=dolt_binary) as private:
        found = open_server(shop, dolt=dolt_binary)
        assert isinstance(found, Running)
        assert (found.directory, found.pid) == (shop.resolve(), private.pid)
        assert databases(found.connect_arguments) == {shop.name}
        assert found.connect_arguments.password not in repr(found)
    assert find_running(shop) is None


def test_a_server_of_the_directory_above_is_found(shop: Path, dolt_binary: Path) -> None:
    with PrivateServer(shop.parent, dolt=dolt_binary) as private:
        found = find_running(shop)
        assert found is not None
        assert (found.directory, found.pid) == (shop.parent.resolve(), private.pid)


@pytest.mark.parametrize("content", ["", "rubbish", "1:2", "1:99999:x", "x:y:z", "1:{port}:secret", "\udcff"])
def test_a_stale_file_is_ignored(content: str, tmp_path: Path, dolt_server: PrivateServer) -> None:
    (tmp_path / ".dolt").mkdir()
    info = tmp_path / ".dolt" / "sql-server.info"
    info.write_text(content.format(port=dolt_server.connect_arguments.port), "utf-8", "surrogateescape")
    assert find_running(tmp_path) is None


def test_something_else_on_the_port_of_a_stale_file(
    tmp_path: Path, shop: Path, dolt_binary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private_server, "ANSWER_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as other:  # takes the connection and says nothing
        (shop / ".dolt" / "sql-server.info").write_text(f"1:{other.getsockname()[1]}:secret")
        assert find_running(shop) is None
    monkeypatch.undo()
    with PrivateServer(shop, dolt=dolt_binary) as private:
        assert private.alive


def test_a_lost_race_for_the_port(shop: Path, dolt_binary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        ports = iter([other.getsockname()[1], private_server.free_port()])
        monkeypatch.setattr(private_server, "free_port", lambda: next(ports))
        with PrivateServer(shop, dolt=dolt_binary) as private:
            assert private.connect_arguments.port != other.getsockname()[1]
            assert databases(private.connect_arguments) == {shop.name}


def test_no_port_at_all(shop: Path, dolt_binary: Path, monkeypatch: pytest.MonkeyPatch, temporary: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setattr(private_server, "free_port", lambda: port)
        with pytest.raises(ServerError, match=f"Port {port} already in use"):
            PrivateServer(shop, dolt=dolt_binary)
    assert list(temporary.iterdir()) == []


def test_data_locked_by_a_process_that_is_no_server(
    shop: Path, dolt_binary: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(private_server, "LOCK_SECONDS", 0.1)
    with PrivateServer(shop, dolt=dolt_binary):
        (shop / ".dolt" / "sql-server.info").unlink()
        with pytest.raises(ServerError, match=r"is locked by another dolt process.*end the other dolt process"):
            open_server(shop, dolt=dolt_binary)
        assert len(list(temporary.iterdir())) == 1


def test_data_locked_by_the_server_of_one_database_below(shop: Path, dolt_binary: Path) -> None:
    with PrivateServer(shop, dolt=dolt_binary):
        with pytest.raises(ServerError, match=f"locked by another dolt process.*a server runs for {shop}"):
            open_server(shop.parent, dolt=dolt_binary)


def test_a_server_that_starts_meanwhile_is_used(shop: Path, dolt_binary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = 0

    def find_at_the_second_look(directory: Path) -> Running | None:
        nonlocal looks
        looks += 1
        return find_running(directory) if looks > 1 else None

    with PrivateServer(shop, dolt=dolt_binary) as other:
        monkeypatch.setattr(private_server, "find_running", find_at_the_second_look)
        found = open_server(shop, dolt=dolt_binary)
        assert isinstance(found, Running)
        assert found.pid == other.pid


def test_a_server_that_was_begun_early_is_the_one_that_is_opened(shop: Path, dolt_binary: Path) -> None:
    begun = begin_server(shop, dolt=dolt_binary)
    assert begun is not None
    with begun:
        assert open_server(shop, begun=begun) is begun
        assert databases(begun.connect_arguments) == {shop.name}
        assert begin_server(shop, dolt=dolt_binary) is None  # one runs already


def test_a_server_that_was_begun_and_is_not_wanted_leaves_nothing(
    shop: Path, dolt_binary: Path, temporary: Path
) -> None:
    before = listing(shop.parent)
    begun = begin_server(shop.parent, dolt=dolt_binary)
    assert begun is not None
    begun.stop()
    assert not begun.alive
    assert listing(shop.parent) == before
    assert list(temporary.iterdir()) == []
    with pytest.raises(ServerError, match="was stopped"):
        open_server(shop.parent, begun=begun)


def test_a_server_that_was_begun_where_another_one_was_faster(shop: Path, dolt_binary: Path, temporary: Path) -> None:
    with PrivateServer(shop, dolt=dolt_binary) as other:
        info = shop / ".dolt" / "sql-server.info"
        text = info.read_bytes()
        info.unlink()  # as if it were only starting
        begun = begin_server(shop, dolt=dolt_binary)
        assert begun is not None
        info.write_bytes(text)
        found = open_server(shop, dolt=dolt_binary, begun=begun)
        assert isinstance(found, Running)
        assert found.pid == other.pid
        assert len(list(temporary.iterdir())) == 1


def test_without_dolt(shop: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ServerError, match=r"^dolt is not on PATH: install it .* or use `dolt-tui demo`$"):
        open_server(shop)
    assert begin_server(shop) is None
    with pytest.raises(ServerError, match="not a program that can be run"):
        PrivateServer(shop, dolt=tmp_path / "dolt")


def test_a_directory_that_is_gone(tmp_path: Path, dolt_binary: Path, temporary: Path) -> None:
    with pytest.raises(ServerError, match="cannot be started"):
        PrivateServer(tmp_path / "gone", dolt=dolt_binary)
    assert list(temporary.iterdir()) == []


def test_a_database_with_an_odd_name_keeps_it(tmp_path: Path, dolt_binary: Path) -> None:
    path = tmp_path / "a  b__$HOME ${HOME} ü"
    path.mkdir()
    subprocess.run([dolt_binary, "init"], cwd=path, check=True, capture_output=True)
    with PrivateServer(path, dolt=dolt_binary) as private:
        assert databases(private.connect_arguments) == {path.name}
