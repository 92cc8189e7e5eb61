"""Threads, cancelling, other sessions, lost servers, and the statement log."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pymysql
import pytest

from dolt_tui.engine.backends.embedded import driver
from dolt_tui.engine.browsing.query import DiffQuery, Query
from dolt_tui.engine.connecting.private_server import PrivateServer
from dolt_tui.engine.connecting.target import ServerTarget
from dolt_tui.engine.core.cancellation import Cancellation
from dolt_tui.engine.core.connections import Session
from dolt_tui.engine.errors import BranchNotFound, Busy, Cancelled, EngineError, Serialization, ServerLost
from dolt_tui.engine.model import HEAD, WORKING, MergeKind
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt, RawLite

Until = Callable[..., Any]
COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


class Job:
    """A read that takes long, in a thread, that can be cancelled."""

    def __init__(self, repository: Repository, sql: str, branch: str = "main") -> None:
        self.cancellation = Cancellation()
        self.error: BaseException | None = None
        self._work = (repository, sql, branch)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        repository, sql, branch = self._work
        try:
            with self.cancellation, repository._connections.read(branch, "long") as session:
                session.rows(sql)
        except BaseException as error:
            self.error = error

    def begun(self) -> bool:
        """Whether it has a connection."""
        return self.cancellation.connected

    def cancel(self) -> float:
        """Cancel; the seconds until the job has ended."""
        begun = time.monotonic()
        self.cancellation.cancel()
        self._thread.join(10)
        assert not self._thread.is_alive()
        return time.monotonic() - begun


@pytest.mark.parametrize("reading", [False, True], ids=["root", "reader"])
def test_cancel_on_dolt(dolt: RawDolt, opened: Open, reader: tuple[str, str], until: Until, reading: bool) -> None:
    repository = opened(dolt, user=reader[0], password=reader[1]) if reading else opened(dolt)
    for _ in range(3):
        job = Job(repository, "SELECT sleep(60)")
        until(lambda: dolt.running("sleep(60)"))
        assert job.cancel() < 1
        assert isinstance(job.error, Cancelled)
        until(lambda: not dolt.running("sleep(60)"))
        assert repository.refs.fingerprint("main").branch == "main"
        assert repository.working.status("main").tables == 0


def test_cancel_on_doltlite(lite: RawLite, opened: Open, until: Until) -> None:
    repository = opened(lite)
    for _ in range(5):  # at whatever moment: before the statement is sent, too
        job = Job(repository, COUNT)
        until(job.begun)
        assert job.cancel() < 1
        assert isinstance(job.error, Cancelled)
        assert repository.refs.fingerprint("main").branch == "main"


def test_a_cancel_between_two_statements(lite: RawLite, opened: Open, until: Until) -> None:
    """What was about to be sent when the cancel came is ended as well."""
    repository = opened(lite)
    go = threading.Event()
    cancellation = Cancellation()
    errors: list[BaseException] = []

    def late(session: Session) -> None:
        go.set()
        until(lambda: cancellation.cancelled)  # it ends what runs now: nothing
        session.raw.execute(COUNT)

    def work() -> None:
        try:
            with cancellation, repository._connections.read("main", "late") as session:
                late(session)
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    go.wait(10)
    cancellation.cancel()
    thread.join(5)
    assert not thread.is_alive()
    assert "interrupted" in str(errors[0])


def test_a_cancelled_job_asks_nothing_more(people: Raw, repository: Repository) -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    cancellation.cancel()
    asked = len(repository.statements.entries())
    with cancellation:
        for ask in (
            lambda: repository.working.status("main"),
            lambda: repository.diffs.page("main", DiffQuery("people", HEAD, WORKING), 5),
            lambda: repository.working.stage_all("main"),
        ):
            with pytest.raises(Cancelled):
                ask()
    assert len(repository.statements.entries()) == asked
    assert repository.working.status("main").tables == 0


def test_a_cancelled_preview_leaves_no_transaction(people: Raw, repository: Repository) -> None:
    people.call("dolt_branch", "b")
    for branch in ("main", "b"):
        people.run(f"UPDATE people SET name = '{branch}'", at=branch)
        people.commit(branch, at=branch)
    before = people.state()
    for delay in range(12):
        cancellation = Cancellation()
        timer = threading.Timer(delay / 1500, cancellation.cancel)
        timer.start()
        try:
            with cancellation:
                repository.merging.preview("main", "b", conflicts=True)
        except EngineError:
            pass
        timer.join()
    assert people.state() == before
    people.run("INSERT INTO people (id) VALUES (77)")  # the write lock is free


# threads and other sessions


def test_many_threads(people: Raw, repository: Repository) -> None:
    people.call("dolt_branch", "b")
    people.run("UPDATE people SET name = 'Eve' WHERE id = 1")
    errors: list[BaseException] = []

    def work(number: int) -> None:
        branch = "b" if number % 2 else "main"
        try:
            for turn in range(15):
                assert repository.refs.fingerprint(branch, refs=True).branch == branch
                assert repository.working.status(branch).tables == (branch == "main")
                assert len(repository.rows.page(branch, Query("people"), 5).rows) == 3
                assert len(repository.diffs.page(branch, DiffQuery("people", HEAD, WORKING, plain=True), 5).rows) == (
                    branch == "main"
                )
                if number == 0 and turn % 5 == 0:
                    repository.refs.create_branch("main", f"new{turn}", "main")
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    if isinstance(people, RawDolt):
        assert people.connections() <= 2 * 5


def test_writes_leave_no_connection(dolt: RawDolt, opened: Open) -> None:
    repository = opened(dolt)
    repository.refs.fingerprint("main")
    before = dolt.connections()
    for number in range(10):
        repository.refs.create_branch("main", f"b{number}", "main")
        repository.working.stage_all("main")
        with pytest.raises(EngineError):
            repository.working.stage("main", ["nope"])
    assert dolt.connections() == before
    for number in range(10):  # more branches than engines are kept
        repository.refs.fingerprint(f"b{number}")
    assert dolt.connections() <= before + 6


def test_what_is_open_when_all_is_closed_is_closed_afterwards(dolt: RawDolt, opened: Open) -> None:
    repository = opened(dolt)
    with repository._connections.read("main", "x") as session:
        repository.close()
        assert session.scalar("SELECT active_branch()") == "main"
        pool = session.connection.connection  # keeps the connection from being collected
    assert dolt.connections() == 0
    del pool


def reads(repository: Repository, branch: str) -> dict[str, Callable[[], object]]:
    return {
        "token": lambda: repository.refs.fingerprint(branch),
        "branches": lambda: repository.refs.branches(branch),
        "tags": lambda: repository.tags.tags(branch),
        "divergence": lambda: repository.refs.ahead_behind(branch, ["main"]),
        "merge state": lambda: repository.refs.merge_state(branch),
        "resolve": lambda: repository.refs.resolve(branch, "main"),
        "log": lambda: repository.history.page(branch, ["main"], 5),
        "count": lambda: repository.history.count(branch),
        "commit": lambda: repository.history.commit(branch, "main"),
        "detail": lambda: repository.history.detail(branch, "main"),
        "compare": lambda: repository.history.compare(branch, "main", "main"),
        "status": lambda: repository.working.status(branch),
        "uncommitted": lambda: repository.working.uncommitted(branch, counts=True),
        "tables": lambda: repository.tables.tables(branch),
        "page": lambda: repository.rows.page(branch, Query("people"), 5),
        "schema": lambda: repository.tables.schema(branch, "people"),
        "rows": lambda: repository.tables.count(branch, "people"),
        "diff": lambda: repository.diffs.page(branch, DiffQuery("people", HEAD, WORKING), 5),
        "plain diff": lambda: repository.diffs.page(branch, DiffQuery("people", HEAD, WORKING, plain=True), 5),
        "diff schema": lambda: repository.diffs.schema(branch, "people", HEAD, WORKING),
        "diff counts": lambda: repository.diffs.statistics(branch, "people", HEAD, WORKING),
        "links": lambda: repository.summaries.links(branch),
        "preview": lambda: repository.merging.preview(branch, "main", conflicts=True),
        "reset": lambda: repository.commits.preview_reset(branch, "main"),
    }


WRITES: dict[str, Callable[[Repository], object]] = {
    "stage": lambda repository: repository.working.stage_all("b"),
    "commit": lambda repository: repository.commits.commit("b", "x"),
    "merge": lambda repository: repository.merging.merge("b", "main", MergeKind.COMMIT),
    "new branch": lambda repository: repository.refs.create_branch("b", "c", "main"),
}


def test_a_branch_deleted_by_another_session(people: Raw, opened: Open) -> None:
    for name in (*reads(cast(Any, None), ""), *WRITES):
        people.call("dolt_branch", "-f", "b", "main")
        check_deleted_branch(people, opened(people, branch="b"), name)
        people.call("dolt_branch", "-D", "b")


def check_deleted_branch(people: Raw, repository: Repository, name: str) -> None:
    """Reading or writing what this names tells that its branch b was deleted; one made again is another one."""
    ask = reads(repository, "b").get(name) or (lambda: WRITES[name](repository))
    repository.refs.fingerprint("b")  # leaves a connection in the pool
    if name not in WRITES:
        ask()
    people.call("dolt_branch", "-D", "b")
    for _ in range(2):
        with pytest.raises(BranchNotFound):
            ask()
    # Another one of that name. Dolt was seen, once in some thousand tries, to have it still: -f takes its place.
    people.call("dolt_branch", "-f", "b", "HEAD~1")
    assert (repository.refs.fingerprint("b").branch, repository.refs.fingerprint("b").head) == ("b", people.head("b"))
    assert repository.tables.tables("b") == ()


def test_a_serialization_failure_is_tried_again_once(dolt: RawDolt, opened: Open) -> None:
    dolt.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)", "INSERT INTO t VALUES (1, 0)")
    repository = opened(dolt)
    tries = []

    def work(session: Session) -> None:
        tries.append(session.scalar("SELECT v FROM t"))
        if len(tries) <= failures:
            dolt.run(f"UPDATE t SET v = {10 * len(tries)}")
        session.execute("UPDATE t SET v = v + 1")

    failures = 1
    with pytest.raises(Serialization):
        repository._connections.write("main", work)
    assert tries == [0]
    dolt.run("UPDATE t SET v = 0")
    tries.clear()
    repository._connections.write("main", work, retry=True)
    assert tries == [0, 10]
    assert dolt.rows("SELECT v FROM t") == [(11,)]
    tries.clear()
    failures = 2
    with pytest.raises(Serialization):
        repository._connections.write("main", work, retry=True)
    assert len(tries) == 2
    assert dolt.rows("SELECT v FROM t") == [(20,)]


def test_what_has_committed_a_part_is_not_done_again(dolt: RawDolt, opened: Open) -> None:
    dolt.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)", "INSERT INTO t VALUES (1, 0), (2, 0)")
    repository = opened(dolt)

    def work(session: Session) -> None:
        session.execute("UPDATE t SET v = v + 1 WHERE id = 1")
        session.execute("CREATE TABLE IF NOT EXISTS made (id INTEGER PRIMARY KEY)")  # commits what was done before it
        session.scalar("SELECT v FROM t WHERE id = 2")
        dolt.run("UPDATE t SET v = 5 WHERE id = 2")
        session.execute("UPDATE t SET v = v + 1 WHERE id = 2")

    with pytest.raises(Serialization):
        repository._connections.write("main", work)
    assert dolt.rows("SELECT v FROM t ORDER BY id") == [(1,), (5,)]


def test_another_connection_holds_the_write_lock(lite: RawLite, opened: Open) -> None:
    lite.run("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    repository = opened(lite)
    repository._connections._connect_arguments["timeout"] = 0.05
    other = driver.connect(f"{lite.path}@main")
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO t VALUES (1)")
    with pytest.raises(Busy):
        repository.working.stage_all("main")
    other.execute("ROLLBACK")
    other.close()
    repository.working.stage_all("main")
    assert lite.status() == {("t", True, "new table")}


# lost servers


@pytest.fixture
def own_server(dolt_binary: Path, environment: Path, tmp_path: Path) -> Iterator[list[PrivateServer]]:
    """A server that may be stopped; the list holds it."""
    directory = tmp_path / "own"
    directory.mkdir()
    servers = [PrivateServer(directory, dolt=dolt_binary, root_path=environment)]
    yield servers
    for server in servers:
        server.stop()


def test_a_server_that_stops_and_comes_back(
    own_server: list[PrivateServer],
    dolt_binary: Path,
    environment: Path,
    opened: Open,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (server,) = own_server
    login = server.connect_arguments
    target = ServerTarget(user="lasting", password="pw", host=login.host, port=login.port, database="d")
    with pymysql.connect(
        host=login.host, port=login.port, user=login.user, password=login.password, ssl_disabled=True
    ) as admin:
        for sql in (
            "CREATE DATABASE d",
            "CREATE USER lasting@localhost IDENTIFIED BY 'pw'",
            "GRANT ALL ON *.* TO lasting@localhost",
        ):
            admin.cursor().execute(sql)
    repository = opened(RawDolt(target))
    repository.refs.fingerprint("main")
    server.stop()
    for ask in (lambda: repository.refs.fingerprint("main"), lambda: repository.working.stage_all("main")):
        with pytest.raises(ServerLost):
            ask()
    monkeypatch.setattr("dolt_tui.engine.connecting.private_server.free_port", lambda: login.port)
    own_server.append(PrivateServer(server.directory, dolt=dolt_binary, root_path=environment))
    again = own_server[-1].connect_arguments
    with pymysql.connect(
        host=again.host, port=again.port, user=again.user, password=again.password, ssl_disabled=True
    ) as admin:
        for sql in (
            "CREATE USER IF NOT EXISTS lasting@localhost IDENTIFIED BY 'pw'",
            "GRANT ALL ON *.* TO lasting@localhost",
        ):
            admin.cursor().execute(sql)
    assert repository.refs.fingerprint("main").branch == "main"
    repository.working.stage_all("main")


def test_a_connection_that_was_killed(dolt: RawDolt, opened: Open) -> None:
    repository = opened(dolt)
    with repository._connections.read("main", "x") as session:
        thread = session.raw.thread_id()
        dolt.run(f"KILL {thread}")
        with pytest.raises(ServerLost):
            session.rows("SELECT active_branch()")
    assert repository.refs.fingerprint("main").branch == "main"


# the log of statements


def test_the_statement_log(people: Raw, opened: Open) -> None:
    repository = opened(people)
    begun = len(repository.statements.entries())
    repository.refs.fingerprint("main", refs=True)
    assert len(repository.statements.entries()) == begun
    last = repository.statements.entries()[-1].number
    people.run("UPDATE people SET name = 'Eve' WHERE id = 1")
    repository.working.stage("main", ["people"])
    repository.commits.commit("main", "it's")
    with pytest.raises(EngineError):
        repository.working.stage("main", ["no%such"])
    entries = repository.statements.entries(last)
    calls = [entry for entry in entries if "dolt_add(" in entry.sql or "dolt_commit(" in entry.sql]
    assert [(entry.parameters, entry.purpose, entry.writes, entry.revision) for entry in calls] == [
        ("'--', 'people'", "stage", True, "main"),
        ("'-m', \"it's\"", "commit", True, "main"),
        ("'--', 'no%such'", "stage", True, "main"),
    ]
    assert [bool(entry.error) for entry in calls] == [False, False, True]
    assert "no%such" in calls[2].error
    assert all(entry.seconds >= 0 for entry in entries)
    assert [entry.number for entry in entries] == sorted({entry.number for entry in entries})
    repository.rows.page("main", Query("people"), 5)
    read = repository.statements.entries()[-1]
    assert (read.writes, read.purpose, read.error) == (False, "rows", "")
