"""A server of a directory that ends: its successor is found, or a private one is started again; once for one cause."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from dolt_tui.engine import open_repository
from dolt_tui.engine.connecting import endpoint as endpoint_module
from dolt_tui.engine.connecting.endpoint import DirectoryServer
from dolt_tui.engine.connecting.target import DirectoryTarget
from dolt_tui.engine.errors import EngineError, ServerLost, ServerStopped
from dolt_tui.engine.repository import Repository

Until = Callable[..., Any]
Opened = Callable[[], Repository]


@pytest.fixture
def shop(tmp_path: Path, dolt_binary: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database directory; `dolt` is on PATH."""
    monkeypatch.setenv("PATH", f"{dolt_binary.parent}{os.pathsep}{os.environ['PATH']}")
    path = tmp_path / "shop"
    path.mkdir()
    subprocess.run([dolt_binary, "init"], cwd=path, check=True, capture_output=True)
    return path


@pytest.fixture
def program(shop: Path) -> Iterator[Opened]:
    """``program()``: one more program in the directory."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(open_repository(DirectoryTarget(shop, (shop.name,))))


def place(repository: Repository) -> DirectoryServer:
    found = repository._connections.endpoint
    assert isinstance(found, DirectoryServer)
    return found


def works(repository: Repository) -> bool:
    """Whether it can read and write, as it does within a second of a break."""
    try:
        assert repository.refs.fingerprint("main").branch == "main"
        repository.working.stage_all("main")
    except ServerLost:
        return False
    return True


def kill(repository: Repository, sign: signal.Signals = signal.SIGKILL) -> None:
    """End the private server of a program under it."""
    server = place(repository).server
    assert server is not None
    os.kill(server.pid, sign)


def test_programs_in_one_directory_outlive_each_other(program: Opened, until: Until) -> None:
    first, second = program(), program()
    assert works(first)
    assert works(second)
    assert place(first).server is not None
    assert place(second).server is None
    first.close()
    until(lambda: works(second))
    assert place(second).server is not None
    third = program()
    assert works(third)
    assert place(third).server is None
    second.close()
    until(lambda: works(third))
    server = place(third).server
    assert server is not None
    kill(third)
    until(lambda: not server.alive)  # a server that is just ending may still let somebody in
    fourth = program()  # which finds nobody, and starts one of its own
    until(lambda: works(third) and works(fourth))
    assert [place(third).server, place(fourth).server].count(None) == 1


def test_two_programs_that_race_to_start_a_server(program: Opened, until: Until) -> None:
    """The directory's lock lets one win; the other one reads the file again."""
    first = program()
    others = [program() for _ in range(3)]
    errors: list[BaseException] = []

    def go_on(repository: Repository) -> None:
        try:
            until(lambda: works(repository))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=go_on, args=(repository,)) for repository in others]
    first.close()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert [place(repository).server is None for repository in others].count(False) == 1


PROGRAM = """
import sys
from pathlib import Path
from types import SimpleNamespace
from dolt_tui.engine import open_repository
from dolt_tui.engine.connecting.target import DirectoryTarget
path = Path(sys.argv[1])
repository = open_repository(DirectoryTarget(path, (path.name,)))
print(repository._connections.endpoint.server.pid, flush=True)
sys.stdin.read()
"""


def test_a_program_that_is_killed(shop: Path, program: Opened, until: Until) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(shop)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as first:
        assert first.stdout is not None
        assert int(first.stdout.readline())
        second = program()
        assert works(second)
        assert place(second).server is None
        first.kill()
        first.wait()
    # The killed program's server answers until its guard has noticed.
    until(lambda: works(second) and place(second).server is not None)


def test_a_private_server_is_started_again_once_for_one_cause(
    program: Opened, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = program()
    server = place(repository).server

    def run(sql: str) -> None:
        """A statement that ends the server."""

        def end() -> None:
            until(lambda: running(repository, sql))
            kill(repository)

        with repository._connections.read("main", "fatal") as session:
            threading.Thread(target=end).start()
            with pytest.raises(ServerLost):
                session.rows(sql)

    run("SELECT sleep(60)")
    until(lambda: works(repository))
    assert place(repository).server is not server
    again = place(repository).server
    run("SELECT sleep(61)")  # something else: that is worth another try
    until(lambda: works(repository))
    assert place(repository).server is not again
    run("SELECT sleep(60)")
    with pytest.raises(ServerStopped, match=r"as before, while this ran: SELECT sleep\(60\)"):
        stopped(repository)
    with pytest.raises(ServerStopped):
        repository.refs.fingerprint("main")
    repository.pardon()
    until(lambda: works(repository))
    run("SELECT sleep(62)")
    until(lambda: works(repository))
    monkeypatch.setattr(endpoint_module, "_SOON", 0.0)
    run("SELECT sleep(62)")  # long after the last time it is started again
    until(lambda: works(repository))


def running(repository: Repository, sql: str) -> bool:
    with repository._connections.read(None, "look") as session:
        return bool(session.scalar("SELECT count(*) FROM information_schema.processlist WHERE info = %s", sql))


def stopped(repository: Repository) -> None:
    """Wait until the server's end is certain."""
    while True:
        try:
            repository.refs.fingerprint("main")
        except ServerStopped:
            raise
        except ServerLost:
            continue


def test_a_server_that_is_ended_again_and_again(program: Opened, until: Until) -> None:
    repository = program()
    for _ in range(3):
        kill(repository)
        until(lambda: works(repository))
    kill(repository)
    with pytest.raises(ServerStopped, match="ended 4 times within a minute"):
        stopped(repository)


def test_many_threads_start_one_server(program: Opened, until: Until) -> None:
    repository = program()
    works(repository)
    kill(repository)
    threads = [threading.Thread(target=until, args=(lambda: works(repository),)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert place(repository).generation == 1


def test_closing_while_the_server_is_gone_starts_none(program: Opened, until: Until) -> None:
    repository = program()
    server = place(repository).server
    assert server is not None
    kill(repository)
    until(lambda: not server.alive)
    repository.close()
    with pytest.raises(EngineError):
        repository.refs.fingerprint("main")
    assert place(repository).server is server
