"""Answers torn at every place: what is read is right or the connection is lost, and nothing else ever happens."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dolt_tui.engine.browsing.query import DiffQuery, Query
from dolt_tui.engine.connecting.target import ServerTarget
from dolt_tui.engine.core import connections
from dolt_tui.engine.core.cancellation import Cancellation
from dolt_tui.engine.errors import Cancelled, EngineError, ServerLost
from dolt_tui.engine.model import HEAD, WORKING
from dolt_tui.engine.repository import Repository
from dolt_tui.engine.transfer.exporting import Destination
from dolt_tui.engine.transfer.formats import Format

from ..proxy import Proxy, Way
from .conftest import Open, RawDolt

Until = Callable[..., Any]


@pytest.fixture
def repository(through_proxy: ServerTarget, dolt: RawDolt, opened: Open) -> Repository:
    """A database with some of everything, reached through `proxy`."""
    dolt.run("CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(400), born DATE, photo BLOB)")
    rows = ", ".join(f"({i}, '{'Ann Bob ' * 20}', '2000-01-{i % 28 + 1:02}', X'{i:08x}')" for i in range(100))
    dolt.run(f"INSERT INTO people VALUES {rows}")
    dolt.commit("people")
    dolt.call("dolt_branch", "other")
    dolt.call("dolt_tag", "v1")
    dolt.run("UPDATE people SET name = 'Eve' WHERE id < 50")
    return opened(RawDolt(through_proxy))


def reads(repository: Repository) -> dict[str, Callable[[], object]]:
    return {
        "token": lambda: repository.refs.fingerprint("main", refs=True),
        "branches": lambda: repository.refs.branches("main"),
        "log": lambda: repository.history.page("main", ["main"], 5),
        "status": lambda: repository.working.status("main"),
        "counts": lambda: repository.working.uncommitted("main", counts=True),
        "tables": lambda: repository.tables.tables("main"),
        "rows": lambda: repository.rows.page("main", Query("people"), 100).rows,
        "diff": lambda: repository.diffs.page("main", DiffQuery("people", HEAD, WORKING), 100).rows,
        "history": lambda: repository.history.detail("main", "main"),
    }


def test_torn_at_every_place(repository: Repository, dolt: RawDolt, proxy: Proxy, until: Until) -> None:
    right = {name: ask() for name, ask in reads(repository).items()}
    began = proxy.open
    for after in [*range(1, 400, 13), *range(400, 4000, 211), *range(4000, 30000, 2311)]:
        proxy.tear(after)
        repository.pardon()
        for name, ask in reads(repository).items():
            try:
                assert ask() == right[name], (name, after)
            except ServerLost:
                pass
            except EngineError as error:
                pytest.fail(f"{name} after {after} bytes: {type(error).__name__}: {error}")
    proxy.relay()
    assert {name: ask() for name, ask in reads(repository).items()} == right
    until(lambda: proxy.open <= began)
    until(lambda: dolt.connections() <= began)
    assert dolt.running("people") == 0


def test_an_export_that_is_torn_ends_quietly(
    repository: Repository, dolt: RawDolt, proxy: Proxy, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The driver does not go on reading, and neither it nor SQLAlchemy complains of a cursor that cannot be closed."""
    dolt.run(
        "INSERT INTO people SELECT a.id * 1000 + b.id + 1000, a.name, a.born, NULL"
        " FROM people a, people b WHERE b.id < 20"
    )
    proxy.tear(100_000)
    with pytest.raises(ServerLost):
        repository.transfer.exports.table("main", Query("people"), Destination(Format.CSV, tmp_path / "x.csv"))
    gc.collect()
    assert not list(tmp_path.iterdir())
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_a_stalled_read_can_be_cancelled(
    repository: Repository, dolt: RawDolt, proxy: Proxy, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the server cannot be told, as nothing comes through to it."""
    for name in connections._ELSEWHERE:
        monkeypatch.setitem(connections._ELSEWHERE, name, 0.3)
    right = repository.working.status("main")
    for ways in ((Way.TO_CLIENT,), (Way.TO_SERVER,), ()):
        cancellation = Cancellation()
        errors: list[BaseException] = []

        def work(cancellation: Cancellation = cancellation, errors: list[BaseException] = errors) -> None:
            try:
                with cancellation:
                    repository.working.status("main")
            except BaseException as error:
                errors.append(error)

        proxy.stall(*ways)
        thread = threading.Thread(target=work)
        thread.start()
        until(lambda cancellation=cancellation: cancellation.connected)
        cancellation.cancel()
        thread.join(10)
        assert not thread.is_alive()
        assert isinstance(errors[0], Cancelled)
        proxy.relay()
        assert repository.working.status("main") == right
    until(lambda: dolt.connections() <= 4)
    assert dolt.running("dolt_status") == 0
