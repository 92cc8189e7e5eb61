"""Commands that the connection is lost during: what became of them is looked up, and nothing is done twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dolt_tui.engine.connecting.target import ServerTarget
from dolt_tui.engine.errors import Unanswered
from dolt_tui.engine.repository import Repository
from dolt_tui.engine.undo.steps import Reach

from ..proxy import Proxy, When
from .conftest import Open, RawDolt

Until = Callable[..., Any]


@pytest.fixture
def repository(through_proxy: ServerTarget, dolt: RawDolt, opened: Open) -> Repository:
    """A database with a table that is changed, reached through `proxy`."""
    dolt.run("CREATE TABLE t (id INTEGER PRIMARY KEY)", "INSERT INTO t VALUES (1)")
    dolt.commit("t")
    dolt.run("INSERT INTO t VALUES (2)")
    return opened(RawDolt(through_proxy))


def stage(repository: Repository) -> None:
    repository.undo.perform("main", "stage all", lambda: repository.working.stage_all("main"), reach=Reach.STAGED)


def commit(repository: Repository) -> None:
    repository.undo.perform("main", "commit", lambda: repository.commits.commit("main", "mine"), reach=Reach.STAGED)


def outcome(repository: Repository, work: Callable[[Repository], None]) -> bool | None:
    with pytest.raises(Unanswered) as caught:
        work(repository)
    return caught.value.done


def messages(dolt: RawDolt) -> list[str]:
    return [row[0] for row in dolt.rows("SELECT message FROM dolt_log")]


def test_whether_it_was_done_is_looked_up(repository: Repository, dolt: RawDolt, proxy: Proxy) -> None:
    for text, when, done in [
        ("dolt_add", When.BEFORE, False),
        ("dolt_add", When.ANSWERED, False),  # within a transaction, which ends with the connection
        ("COMMIT", When.BEFORE, False),
        ("COMMIT", When.ANSWERED, True),
    ]:
        met = proxy.cut_at(text, when)
        assert outcome(repository, stage) is done
        assert met.is_set()
        assert dolt.status() == {("t", done, "modified")}
        assert [step.label for step in repository.undo.steps()] == ["stage all"] * done
    proxy.cut_at("CALL dolt_commit", When.ANSWERED)
    assert outcome(repository, commit) is True
    assert messages(dolt)[:2] == ["mine", "t"]
    step = repository.undo.next()
    assert step is not None
    assert step.label == "commit"
    repository.undo.undo(step)
    assert messages(dolt)[0] == "t"
    assert repository.undo.outcomes() == ()


def test_a_server_that_still_works_on_it_is_waited_for(
    repository: Repository, dolt: RawDolt, proxy: Proxy, until: Until
) -> None:
    """Else it would be "not done", and then be done a moment later."""

    def work(repository: Repository) -> None:
        repository.undo.perform(
            "main",
            "slow",
            lambda: repository.run("main", [("CREATE TABLE made AS SELECT sleep(1) AS s, 1 AS id", ())]),
        )

    proxy.cut_at("CREATE TABLE made", When.UNSEEN)
    assert outcome(repository, work) is True
    assert dolt.running("CREATE TABLE made") == 0
    assert dolt.scalar("SELECT count(*) FROM made") == 1


def test_what_cannot_be_looked_up_yet_is_told_later(repository: Repository, dolt: RawDolt, proxy: Proxy) -> None:
    proxy.cut_at("COMMIT", When.ANSWERED, down=True)
    assert outcome(repository, stage) is None
    assert outcome(repository, commit) is False  # it cannot even begin
    proxy.relay()
    (found,) = repository.undo.outcomes()
    assert (found.label, found.done) == ("stage all", True)
    assert repository.undo.outcomes() == ()
    assert [step.label for step in repository.undo.steps()] == ["stage all"]
    assert dolt.status() == {("t", True, "modified")}
    assert messages(dolt)[0] == "t"
