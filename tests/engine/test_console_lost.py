"""Servers and branches that go away under the console: it is told, and nothing is half done or left open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.connecting.target import ServerTarget
from dolt_tui.engine.errors import BranchNotFound, ServerLost, TransactionLost, TransactionOpen, Unanswered
from dolt_tui.engine.repository import Repository

from ..proxy import Proxy, When
from .conftest import Open, RawDolt
from .test_console import rows, run
from .test_console_undo import commit, labels, perform, undo

Until = Callable[..., Any]


@pytest.fixture
def repository(through_proxy: ServerTarget, dolt: RawDolt, opened: Open) -> Repository:
    dolt.run("CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(40))", "INSERT INTO people VALUES (1, 'Ann')")
    dolt.commit()
    dolt.run("INSERT INTO people VALUES (2, 'Bob')")
    return opened(RawDolt(through_proxy))


def people(dolt: RawDolt) -> list[str]:
    return [row[0] for row in dolt.rows("SELECT name FROM people ORDER BY id")]


def test_a_lost_server_with_an_open_transaction(repository: Repository, dolt: RawDolt, proxy: Proxy) -> None:
    before = dolt.state()
    for ends in ("a statement", "a question of the program's", "a commit"):
        perform(repository, "UPDATE people SET name = 'x'")
        assert repository.console.transaction is not None
        proxy.cut()
        if ends == "a statement":
            with pytest.raises(TransactionLost):
                perform(repository, "DELETE FROM people WHERE id = 1")
        elif ends == "a commit":
            with pytest.raises(Unanswered) as caught:
                commit(repository)
            found = caught.value.done  # not known yet, where the connection that looks is lost, too
            assert (found if found is not None else repository.undo.outcomes()[0].done) is False
        else:
            with pytest.raises(ServerLost):
                repository.rows.page("main", Query("people"), 5)
            with pytest.raises(TransactionLost):
                repository.console.look()
        repository.console.look()
        assert repository.console.transaction is None
        assert dolt.state() == before
        assert rows(run(repository, "SELECT count(*) FROM people")) == [(2,)]
        assert labels(repository) == []
        assert dolt.rows("SELECT tag_name FROM dolt_tags") == []


def test_whether_a_lost_commit_was_done_is_looked_up(repository: Repository, dolt: RawDolt, proxy: Proxy) -> None:
    before = dolt.state()
    for when, done in ((When.BEFORE, False), (When.ANSWERED, True)):
        perform(repository, "UPDATE people SET name = 'x'")
        met = proxy.cut_at("COMMIT", when)
        with pytest.raises(Unanswered) as caught:
            commit(repository)
        assert met.is_set()
        assert caught.value.done is done
        assert people(dolt) == (["x", "x"] if done else ["Ann", "Bob"])
        assert labels(repository) == ["UPDATE people SET name = 'x'"] * done
    undo(repository)
    assert dolt.state() == before
    proxy.cut_at("UPDATE people", When.ANSWERED)
    with pytest.raises(Unanswered) as caught:  # in a transaction of its own, which ends with the connection
        perform(repository, "UPDATE people SET name = 'y' WHERE id = 1")
    assert caught.value.done is False
    assert dolt.state() == before


def test_an_idle_connection_that_died_is_replaced(
    repository: Repository, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dolt_tui.engine.console.desk._IDLE_SECONDS", -1)
    run(repository, "SET @x = 5")
    assert run(repository, "SELECT @x").warnings == ()
    proxy.cut()
    found = run(repository, "SELECT @x")
    assert rows(found) == [(None,)]
    assert "was set on it" in found.warnings[0]
    assert run(repository, "SELECT @x").warnings == ()


def test_a_branch_that_goes(repository: Repository, dolt: RawDolt, until: Until) -> None:
    dolt.call("dolt_branch", "side")
    began = dolt.connections()
    run(repository, "DELETE FROM people", "side")
    dolt.call("dolt_branch", "-D", "side")
    with pytest.raises(BranchNotFound, match="nothing of it is written"):
        repository.console.commit()
    assert repository.console.transaction is None
    with pytest.raises(BranchNotFound):
        run(repository, "SELECT 1", "side")
    # By the program itself: the console's idle connection is not in the way, its transaction is.
    for name in ("one", "two"):
        dolt.call("dolt_branch", name)
        run(repository, "SET @x = 1", name)
        run(repository, "SELECT 1", "main")
    run(repository, "DELETE FROM people", "two")
    repository.refs.delete_branch("main", "one", force=False)
    with pytest.raises(TransactionOpen):
        repository.refs.delete_branch("main", "two", force=True)
    repository.console.roll_back()
    repository.refs.delete_branch("main", "two", force=False)
    assert set(dolt.branches()) == {"main"}
    until(lambda: repository.refs.fingerprint("main") and dolt.connections() <= began + 1)


def test_closing_leaves_nothing(repository: Repository, dolt: RawDolt, until: Until) -> None:
    run(repository, "DELETE FROM people")
    left = dolt.connections()
    result = run(
        repository, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT * FROM n"
    )
    assert left > 0
    repository.close()
    assert people(dolt) == ["Ann", "Bob"]
    until(lambda: dolt.connections() == 0)
    assert result.results[0].complete


def test_one_connection_where_nothing_is_set(repository: Repository, dolt: RawDolt, until: Until) -> None:
    names = [f"b{number}" for number in range(5)]
    for name in names:
        dolt.call("dolt_branch", name)
    run(repository, "SELECT 1")
    until(lambda: repository.refs.fingerprint("main") and dolt.connections() <= 2)
    for name in [*names, dolt.head()]:
        assert rows(run(repository, "SELECT count(*) FROM people", name)) == [(1,)]
    run(repository, "SELECT 1")
    until(lambda: repository.refs.fingerprint("main") and dolt.connections() <= 2)
    for name in names:
        dolt.call("dolt_branch", "-d", name)
