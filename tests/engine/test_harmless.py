"""Nothing that is asked for without being told to may end a server; and what did is not asked again.

Each table here ends a Dolt 2.2.0 server, with all databases and clients on it, where its rows are compared carelessly.
"""

from __future__ import annotations

import socket
import subprocess
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dolt_tui.engine import open_repository
from dolt_tui.engine.browsing import diff_counts
from dolt_tui.engine.browsing.diff_sides import Sides
from dolt_tui.engine.browsing.query import DiffFilter, DiffQuery, Query
from dolt_tui.engine.connecting.private_server import PrivateServer
from dolt_tui.engine.connecting.target import ServerTarget
from dolt_tui.engine.core.connections import Session
from dolt_tui.engine.errors import EngineError, ServerLost
from dolt_tui.engine.model import ABSENT, HEAD, LAST, WORKING, ChangeKind, RowCounts, TableChange
from dolt_tui.engine.repository import Repository

from ..conftest import Until
from .conftest import RawDolt

COMPOSITE = "INSERT INTO t VALUES (1, 1, 1), (2, 2, 2)"
VIRTUAL_FIRST = "CREATE TABLE t (id INT PRIMARY KEY, v INT AS (a + 1), a INT)"
"""``dolt_diff_stat`` ends the server."""
KILLERS: dict[str, tuple[str, str]] = {
    "virtual": (VIRTUAL_FIRST, "UPDATE t SET a = 5 WHERE id = 1"),
    "keyless": ("CREATE TABLE t (id INT, v INT AS (a + 1), a INT)", "UPDATE t SET a = 5 WHERE id = 1"),
    "keyless_now": (
        "CREATE TABLE t (id INT, a INT)",
        "ALTER TABLE t ADD COLUMN v INT AS (a + 1) AFTER id; UPDATE t SET a = 5 WHERE id = 1",
    ),
    "wider_key": (
        "CREATE TABLE t (id INT, k INT, a INT, PRIMARY KEY (id, k))",
        "ALTER TABLE t MODIFY id BIGINT; UPDATE t SET a = 5 WHERE id = 1",
    ),
    "other_key": (
        "CREATE TABLE t (id INT PRIMARY KEY, a INT)",
        "ALTER TABLE t MODIFY id DECIMAL(10,2); UPDATE t SET a = 5 WHERE id = 1",
    ),
    "no_key_any_more": (VIRTUAL_FIRST, "ALTER TABLE t DROP PRIMARY KEY; UPDATE t SET a = 5 WHERE id = 1"),
}


@pytest.fixture(scope="module")
def victim(dolt_binary: Path, environment: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateServer]:
    """A server that may die."""
    with PrivateServer(tmp_path_factory.mktemp("victim"), dolt=dolt_binary, root_path=environment) as server:
        yield server


@pytest.fixture
def raw(victim: PrivateServer) -> RawDolt:
    login = victim.connect_arguments
    name = f"t_{uuid.uuid4().hex[:12]}"
    target = ServerTarget(user=login.user, password=login.password, host=login.host, port=login.port, database=name)
    found = RawDolt(target)
    with found.connect() as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    return found


def questions(repository: Repository, base: str, tip: str, *, composite: bool) -> dict[str, Callable[[], object]]:
    """What the interface asks about table t by itself, or when one goes to it."""
    diffs, working, history = repository.diffs, repository.working, repository.history
    found: dict[str, Callable[[], object]] = {
        "status": lambda: working.with_counts("main", working.status("main")),
        "uncommitted": lambda: working.uncommitted("main", counts=True),
        "commit": lambda: history.detail("main", tip, counts=True),
        "comparison": lambda: history.compare("main", base, tip, counts=True),
        "reset": lambda: repository.commits.preview_reset("main", base, counts=True),
        "amend": lambda: repository.commits.preview_amend("main", counts=True),
        "merge": lambda: repository.merging.preview("main", "theirs", counts=True, conflicts=True),
        "rebase": lambda: repository.rebasing.preview("main", "theirs", counts=True, conflicts=True),
        "revert": lambda: repository.rewriting.preview_revert("theirs", [tip], counts=True, conflicts=True),
        "pick": lambda: repository.rewriting.preview_pick("main", [tip], counts=True, conflicts=True),
        "rows": lambda: repository.rows.page("main", Query("t"), 50),
        "rows before": lambda: repository.rows.page("main", Query("t", revision=base), 50),
        "blame": lambda: history.blame("main", "t", 50),
        "history": lambda: history.row("main", "t", [1, 1] if composite else [1], 50),
        "history at a commit": lambda: history.row(tip, "t", [1, 1] if composite else [1], 50),
    }

    def differing(old: str, new: str) -> None:
        query = DiffQuery("t", old, new)

        def page(**options: Any) -> Any:
            return partial(diffs.page, "main", replace(query, **options), 50)

        for name, ask in {
            "page": page(),
            "plain": page(plain=True),
            "last": partial(diffs.page, "main", query, 50, LAST),
            "column": page(filter=DiffFilter(column="a")),
            "where": page(filter=DiffFilter(where="to_id = 1")),
            "removed": page(filter=DiffFilter(frozenset({ChangeKind.REMOVED}))),
            "find": partial(diffs.find, "main", query, "5"),
            "count": partial(diffs.count, "main", query, 10),
            "statistics": partial(diffs.statistics, "main", "t", old, new),
            "definition": partial(diffs.schema, "main", "t", old, new),
        }.items():
            found[f"{name} {old}"] = ask

    differing(HEAD, WORKING)
    differing(base, tip)
    return found


@pytest.mark.parametrize("case", KILLERS)
def test_the_server_lives(victim: PrivateServer, raw: RawDolt, case: str) -> None:
    created, changed = KILLERS[case]
    raw.run(created, "INSERT INTO t (id, a) VALUES (1, 1), (2, 2)" if "k INT" not in created else COMPOSITE)
    base = raw.commit()
    raw.run(*changed.split("; "))
    tip = raw.commit()
    raw.call("dolt_branch", "theirs")
    raw.call("dolt_reset", "--soft", base)  # both: between two commits, and in the working set
    raw.call("dolt_reset")
    number = raw.scalar("SELECT connection_id()")
    with open_repository(raw.target) as repository:
        repository.refs.fingerprint("main")
        for name, ask in questions(repository, base, tip, composite="k INT" in created).items():
            with suppress(EngineError):
                ask()
            assert raw.scalar("SELECT connection_id()") > number, name  # else it was started again
        changes = repository.working.with_counts("main", repository.working.status("main")).unstaged
        page = repository.diffs.page("main", DiffQuery("t", HEAD, WORKING), 50)
    if case == "virtual":
        assert changes[0].counts == RowCounts(modified=1, cells_modified=1, old_rows=2, new_rows=2)
        assert [(row.old, row.new) for row in page.rows] == [((1, ABSENT, 1), (1, ABSENT, 5))]
        assert "v: computed" in page.note
    else:
        assert changes[0].counts is None
        assert changes[0].uncounted == page.note != ""
        assert page.rows == ()


def _deadly(session: Session, _sides: Sides, table: str, old: str, new: str) -> RowCounts:
    if table == "t":
        session.rows("SELECT * FROM dolt_diff_stat(%s, %s, %s)", old, new, table)
    return RowCounts(9)


class _Server:
    """A server that is started again at the same address."""

    def __init__(self, dolt: Path, directory: Path) -> None:
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._command = [str(dolt), "sql-server", "-H", "127.0.0.1", "-P", str(self.port)]
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, until: Until) -> None:
        silent = subprocess.DEVNULL
        self._process = subprocess.Popen(self._command, cwd=self._directory, stdout=silent, stderr=silent)
        until(self._answers)

    def _answers(self) -> bool:
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", self.port))):
            return True
        return False

    def wait(self) -> None:
        assert self._process is not None
        self._process.wait(30)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)


@pytest.fixture
def mortal(dolt_binary: Path, tmp_path: Path, until: Until) -> Iterator[_Server]:
    server = _Server(dolt_binary, tmp_path)
    server.start(until)
    yield server
    server.stop()


def test_what_ended_a_server_is_not_asked_again(mortal: _Server, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a way of counting that ends the server, as some version of Dolt may have one."""
    monkeypatch.setattr(diff_counts, "row_counts", _deadly)
    raw = RawDolt(ServerTarget(user="root", password="", host="127.0.0.1", port=mortal.port, database="d"))
    with raw.connect() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE d")
    raw.run(VIRTUAL_FIRST, "CREATE TABLE other (id INT PRIMARY KEY)", "INSERT INTO t (id, a) VALUES (1, 1)")
    raw.commit()
    raw.run("UPDATE t SET a = 5", "INSERT INTO other VALUES (1)")
    with open_repository(raw.target) as repository:

        def counted() -> dict[str, TableChange]:
            repository.refs.fingerprint("main")
            changes = repository.working.with_counts("main", repository.working.status("main"))
            print(changes)  # pytest shows it where the test fails
            return {change.table: change for change in changes.unstaged}

        with pytest.raises(ServerLost):
            counted()
        mortal.wait()
        mortal.start(until)
        for _ in range(2):  # nor when somebody asks expressly
            until(lambda: _tried(repository))
            found = counted()
            assert found["t"].counts is None
            assert "server ended" in found["t"].uncounted
            assert found["other"].counts == RowCounts(9)
            repository.pardon()
        raw.run("UPDATE t SET a = 6")  # another state: who knows
        with pytest.raises(ServerLost):
            counted()
        mortal.wait()


def _tried(repository: Repository) -> bool:
    with suppress(ServerLost):
        return bool(repository.refs.fingerprint("main"))
    return False
