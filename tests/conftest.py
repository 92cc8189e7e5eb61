"""What every test stands on: a home of its own, a real Dolt server, new databases of both engines.

Nothing of the user's is read or written, and Dolt calls no one. A missing Dolt program is an error
that names the remedy, never a skip.
"""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # the fast lane has these fixtures as well, and loads nothing that it does not need
    from dolt_tui.engine.connecting.private_server import PrivateServer
    from dolt_tui.engine.connecting.target import ServerTarget

    from .proxy import Proxy

ROOT = Path(__file__).resolve().parent.parent

_ORIGINAL = dict(os.environ)
"""The environment before a test changes it: the cache that holds the Dolt program is found by it."""

for _name in list(os.environ):  # read when Textual is imported, which is before any fixture
    if (_name.startswith("TEXTUAL") and "SNAPSHOT" not in _name) or _name in {"NO_COLOR", "FORCE_COLOR", "COLORTERM"}:
        del os.environ[_name]

_MEMORY = Path("/dev/shm")
_PLENTY = 4 << 30


def _temporary_files_in_memory() -> None:
    """Put temporary files, and with them all databases, where nothing waits for a disk, if there is room."""
    if "TMPDIR" in os.environ or not os.access(_MEMORY, os.W_OK):
        return
    there = os.statvfs(_MEMORY)
    if there.f_bavail * there.f_frsize >= _PLENTY and not there.f_flag & os.ST_NOEXEC:
        os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)


_temporary_files_in_memory()


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Give each run a directory of its own in memory, gone when it ends; ``--basetemp`` keeps what tests leave."""
    if tempfile.gettempdir() == str(_MEMORY) and config.option.basetemp is None:  # of xdist's workers it is set
        config.option.basetemp = directory = tempfile.mkdtemp(prefix="tests-")
        config.add_cleanup(lambda: shutil.rmtree(directory, ignore_errors=True))


Until = Callable[..., Any]

OLD, NEW = "1.86", "2.2"
"""The versions of Dolt that tests run on."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked ``both_versions`` on the older Dolt as well."""
    if metafunc.definition.get_closest_marker("both_versions") is not None:
        metafunc.parametrize("dolt_version", [NEW, OLD], indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is for ``--long`` only, and what ``both_versions`` would run twice: tests of DoltLite, of which
    there is one version.
    """
    long = config.getoption("--long")

    def late(item: pytest.Item) -> bool:
        return not long and item.get_closest_marker("long") is not None

    def doubled(item: pytest.Item) -> bool:
        given = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        return given.get("dolt_version") == OLD and "doltlite" in map(str.lower, map(str, given.values()))

    left_out = [item for item in items if late(item) or doubled(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--trial", type=int, default=0, help="steps of each random trial, instead of the short form")
    parser.addoption("--long", action="store_true", help="draw each change on every screen, and try more examples")


def pytest_collection_finish() -> None:
    """Leave garbage to the end of each test: to look for it all the time takes a quarter of the suite's time."""
    gc.collect()
    gc.freeze()  # what was imported stays
    gc.set_threshold(200_000, 20, 20)  # for tests that take minutes


@pytest.fixture(autouse=True)
def no_garbage() -> Iterator[None]:
    """Free what the test left, so that what it has not closed is told here, and not in some later test."""
    yield
    if gc.get_count()[0] > 2_000:
        gc.collect(1)  # what is older than the test would be looked through again after each


@pytest.fixture(autouse=True, scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home, configuration, locale and time zone of our own; yields the home."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("DOLT_", "XDG_", "LC_")) or name == "LANGUAGE":
                patch.delenv(name)
        for name, value in {
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_CACHE_HOME": str(home / ".cache"),
            "XDG_DATA_HOME": str(home / ".local" / "share"),
            "XDG_STATE_HOME": str(home / ".local" / "state"),
            "XDG_RUNTIME_DIR": str(home / ".run"),
            "DOLT_ROOT_PATH": str(home),
            "DOLT_DISABLE_EVENT_FLUSH": "1",
            "GOGC": "400",  # Dolt's servers may leave more garbage lying about
            "LC_ALL": "C.UTF-8",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
        }.items():
            patch.setenv(name, value)
        time.tzset()
        yield home
    time.tzset()


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """``zone(rules)``: live there until the end of the test."""

    def move(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield move
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(scope="session")
def dolt_binary(environment: Path) -> Path:
    """The Dolt program that scripts/build_dolt.py finds; it is an error where there is none."""
    return _find_dolt(environment)


@pytest.fixture(scope="session")
def old_dolt_binary(environment: Path) -> Path:
    """The same of an older version."""
    return _find_dolt(environment, "--old")


def _find_dolt(home: Path, *which: str) -> Path:
    from dolt_tui.engine.connecting.private_server import write_configuration

    write_configuration(home)
    found = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "build_dolt.py"), "--find", *which],
        env=_ORIGINAL,
        capture_output=True,
        text=True,
    )
    if found.returncode != 0:
        pytest.fail(found.stderr.strip() or "no Dolt program: run `python scripts/build_dolt.py`", pytrace=False)
    return Path(found.stdout.strip())


@pytest.fixture(scope="session")
def dolt_server(
    dolt_binary: Path, environment: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PrivateServer]:
    """A Dolt server without any database, one for each test process."""
    from dolt_tui.engine.connecting.private_server import PrivateServer

    with PrivateServer(tmp_path_factory.mktemp("server"), dolt=dolt_binary, root_path=environment) as server:
        yield server


@pytest.fixture(scope="session")
def old_dolt_server(
    old_dolt_binary: Path, environment: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PrivateServer]:
    """A server of the older Dolt."""
    from dolt_tui.engine.connecting.private_server import PrivateServer

    with PrivateServer(tmp_path_factory.mktemp("old-server"), dolt=old_dolt_binary, root_path=environment) as server:
        yield server


@pytest.fixture
def dolt_version(request: pytest.FixtureRequest) -> str:
    """On which Dolt the test runs: the newer one, but for those marked ``both_versions``."""
    return str(getattr(request, "param", NEW))


@pytest.fixture
def binary_of_version(request: pytest.FixtureRequest, dolt_version: str) -> Path:
    """The program of that version."""
    found = request.getfixturevalue("old_dolt_binary" if dolt_version == OLD else "dolt_binary")
    assert isinstance(found, Path)
    return found


@pytest.fixture
def server_of_version(request: pytest.FixtureRequest, dolt_version: str) -> PrivateServer:
    """The server of that version."""
    found: PrivateServer = request.getfixturevalue("old_dolt_server" if dolt_version == OLD else "dolt_server")
    return found


@pytest.fixture
def server_database(server_of_version: PrivateServer) -> Iterator[ServerTarget]:
    """A new, empty database on the server, dropped afterwards."""
    from dolt_tui.engine.connecting.target import ServerTarget

    server = server_of_version
    login = server.connect_arguments
    name = f"t_{uuid.uuid4().hex[:12]}"
    run_on(server, f"CREATE DATABASE {name}")
    yield ServerTarget(user=login.user, password=login.password, host=login.host, port=login.port, database=name)
    run_on(server, f"DROP DATABASE IF EXISTS {name}", "CALL dolt_purge_dropped_databases()")


@pytest.fixture
def proxy(dolt_server: PrivateServer) -> Iterator[Proxy]:
    """A relay before the Dolt server that breaks connections on command."""
    from .proxy import Proxy

    with Proxy(dolt_server.connect_arguments.port) as relay:
        yield relay


@pytest.fixture
def through_proxy(server_database: ServerTarget, proxy: Proxy) -> ServerTarget:
    """The database of `server_database`, reached through `proxy`."""
    return replace(server_database, port=proxy.port)


@pytest.fixture
def doltlite_file(tmp_path: Path) -> Path:
    """The path of a new, empty DoltLite file."""
    from dolt_tui.engine.backends.embedded import driver

    path = tmp_path / "new.db"
    driver.connect(path, create=True).close()
    return path


@pytest.fixture(scope="session")
def until() -> Until:
    """``until(condition, seconds=30)``: wait until ``condition()`` is true and return it, or fail."""

    def wait(condition: Callable[[], Any], seconds: float = 30.0) -> Any:
        deadline = time.monotonic() + seconds
        while not (answer := condition()):
            if time.monotonic() > deadline:
                pytest.fail(f"{getattr(condition, '__name__', condition)} was not true within {seconds:g} s")
            time.sleep(0.01)
        return answer

    return wait


def run_on(server: PrivateServer, *statements: str) -> None:
    """Run statements on a server, in one session."""
    import pymysql

    login = server.connect_arguments
    connection = pymysql.connect(
        user=login.user, password=login.password, host=login.host, port=login.port, ssl_disabled=True, autocommit=True
    )
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                cursor.fetchall()
    finally:
        connection.close()
