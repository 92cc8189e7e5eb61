"""What the console does is a step of undo, like every command: also a transaction, also what procedures do."""

from __future__ import annotations

import threading

import pytest

from dolt_tui.engine.core.cancellation import Cancellation
from dolt_tui.engine.errors import Cancelled, EngineError, TransactionOpen
from dolt_tui.engine.repository import Repository

from .conftest import Raw
from .test_console import call, run


def perform(repository: Repository, sql: str, *, autocommit: bool = True) -> None:
    repository.undo.perform("main", sql, lambda: run(repository, sql, autocommit=autocommit))


def commit(repository: Repository, label: str = "commit") -> None:
    repository.undo.perform("main", label, repository.console.commit)


def labels(repository: Repository) -> list[str]:
    return [step.label for step in repository.undo.steps() if not step.undone]


def undo(repository: Repository) -> None:
    step = repository.undo.next()
    assert step is not None
    assert repository.undo.preview(step).blocked_by == ""
    repository.undo.undo(step)


@pytest.fixture
def dirty(people: Raw) -> Raw:
    """`people` with a branch, with something staged and something not; other has uncommitted changes too."""
    people.call("dolt_branch", "other")
    people.run("CREATE TABLE staged (a INTEGER PRIMARY KEY)", "INSERT INTO people VALUES (4, 'Dot')")
    people.call("dolt_add", "-A")
    people.run("UPDATE people SET name = 'Bobby' WHERE id = 2", "INSERT INTO staged VALUES (1)")
    people.run("INSERT INTO people VALUES (5, 'Eve')", at="other")
    return people


def test_run_then_undo_then_all_is_as_before(dirty: Raw, repository: Repository) -> None:
    before, other, refs = dirty.state(), dirty.state("other"), dirty.branches()
    for sql in [
        "UPDATE people SET name = 'x' WHERE id > 1",
        "INSERT INTO people SELECT id + 10, name FROM people",
        "REPLACE INTO people VALUES (1, 'Anna')",
        "DROP TABLE staged",
        "ALTER TABLE people ADD COLUMN age INT",
        "CREATE TABLE made AS SELECT * FROM people",
        "CREATE VIEW seen AS SELECT 1",
        call(dirty, "dolt_add('-A')"),
        call(dirty, "dolt_commit('-Am', 'by hand')"),
        call(dirty, "dolt_reset('--hard')"),
        call(dirty, "dolt_branch('new')"),
        call(dirty, "dolt_branch('-D', 'other')"),
        call(dirty, "dolt_branch('-m', '-f', 'other', 'renamed')" if dirty.dolt else "dolt_tag('t', 'HEAD')"),
        call(dirty, "dolt_tag('u', 'HEAD')"),
        call(dirty, "dolt_checkout('people')"),
    ]:
        perform(repository, sql)
        if repository.console.transaction is not None:
            commit(repository)
        assert labels(repository) == [sql]
        assert (dirty.state(), dirty.branches()) != (before, refs) or "tag" in sql
        undo(repository)
        assert labels(repository) == []
        assert (dirty.state(), dirty.state("other"), dirty.branches()) == (before, other, refs), sql
        assert [row for row in dirty.rows("SELECT tag_name FROM dolt_tags") if not row[0].startswith("_undo/")] == []


def test_procedures_that_move_the_branch(people: Raw, repository: Repository) -> None:
    people.call("dolt_branch", "feature")
    people.run("INSERT INTO people VALUES (4, 'Dot')", at="feature")
    picked = people.commit("dot", at="feature")
    people.run("UPDATE people SET name = 'Anna' WHERE id = 1")
    people.commit("anna")
    before, refs = people.state(), people.branches()
    for sql in [
        call(people, "dolt_merge('feature')"),
        call(people, f"dolt_cherry_pick('{picked}')"),
        call(people, "dolt_revert('HEAD')"),
        call(people, "dolt_reset('--hard', 'HEAD~1')"),
        call(people, "dolt_rebase('feature')"),
        call(people, "dolt_commit('--amend', '-m', 'other words')"),
    ]:
        perform(repository, sql)
        assert labels(repository) == [sql]
        assert people.branches() != refs
        undo(repository)
        assert (people.state(), people.branches()) == (before, refs), sql


def test_a_transaction_is_one_step(dirty: Raw, repository: Repository) -> None:
    before = dirty.state()
    perform(repository, "DELETE FROM people")
    assert labels(repository) == []
    assert dirty.state() == before
    commit(repository)
    assert labels(repository) == ["DELETE FROM people"]
    undo(repository)
    assert dirty.state() == before
    for begins in (False, True):
        if begins:
            run(repository, "BEGIN")
        perform(repository, "DELETE FROM people WHERE id = 1", autocommit=False)
        perform(repository, "UPDATE people SET name = 'y'", autocommit=False)
        assert labels(repository) == []
        commit(repository, "commit 2 statements")
        assert labels(repository) == ["commit 2 statements"]
        undo(repository)
        assert dirty.state() == before
    # Begun and ended without anybody who performs: by the statements themselves.
    run(repository, "BEGIN")
    perform(repository, "DELETE FROM people WHERE id = 1")
    run(repository, "COMMIT")
    assert len(labels(repository)) == 1
    undo(repository)
    assert dirty.state() == before


def test_what_comes_to_nothing_leaves_nothing(dirty: Raw, repository: Repository) -> None:
    before = dirty.state()
    perform(repository, "DELETE FROM people")
    step = repository.undo.next()
    assert step is None
    repository.console.roll_back()
    run(repository, "BEGIN")
    run(repository, "ROLLBACK")
    with pytest.raises(EngineError):
        perform(repository, "UPDATE nowhere SET a = 1")
    perform(repository, "UPDATE people SET name = 'Ann' WHERE id = 1")
    assert labels(repository) == []
    assert dirty.state() == before
    assert dirty.rows("SELECT tag_name FROM dolt_tags") == []


def test_undo_waits_for_the_transaction(dirty: Raw, repository: Repository) -> None:
    perform(repository, "INSERT INTO people VALUES (9, 'Ida')")
    perform(repository, "DELETE FROM people")
    step = repository.undo.next()
    assert step is not None
    with pytest.raises(TransactionOpen):
        repository.undo.undo(step)
    perform(repository, call(dirty, "dolt_commit('-Am', 'ends it')"))
    assert repository.console.transaction is None
    assert labels(repository)[-1] in ("DELETE FROM people", call(dirty, "dolt_commit('-Am', 'ends it')"))
    before = dirty.head()
    undo(repository)
    assert dirty.head() != before
    assert (9, "Ida") in dirty.rows("SELECT * FROM people")


def test_a_step_that_waits_for_another_one_can_be_cancelled(people: Raw, repository: Repository) -> None:
    began, ends, cancellation = threading.Event(), threading.Event(), Cancellation()

    def long() -> None:
        began.set()
        assert ends.wait(20)

    first = threading.Thread(target=lambda: repository.undo.perform("main", "import", long))
    first.start()
    assert began.wait(20)
    cancellation.cancel()
    try:
        with cancellation, pytest.raises(Cancelled):
            repository.undo.perform("main", "write", ends.set)
    finally:
        ends.set()
        first.join()
