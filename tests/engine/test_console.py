"""The console: statements as they are typed, their transactions, and what the rest of the program sees of those."""

from __future__ import annotations

import pytest

from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.console.console import Outcome
from dolt_tui.engine.console.scanner import Statement
from dolt_tui.engine.errors import (
    ColumnNotFound,
    Constraint,
    EngineError,
    Lacking,
    ReadOnly,
    Serialization,
    TableNotFound,
    TransactionOpen,
)
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt, RawLite


def statement(sql: str) -> Statement:
    return Statement(sql, 0, len(sql))


def run(
    repository: Repository, sql: str, branch: str = "main", *, ask_above: int | None = 1000, autocommit: bool = True
) -> Outcome:
    return repository.console.run(branch, statement(sql), ask_above=ask_above, autocommit=autocommit)


def rows(outcome: Outcome) -> list[tuple[object, ...]]:
    return list(outcome.results[0].rows())


def call(raw: Raw, text: str) -> str:
    return f"{'CALL' if raw.dolt else 'SELECT'} {text}"


def names(repository: Repository) -> list[object]:
    """The names as the panes show them."""
    return [row[1] for row in repository.rows.page("main", Query("people"), 50).rows]


@pytest.mark.both_versions
def test_statements_and_what_they_tell(people: Raw, repository: Repository) -> None:
    found = run(repository, "SELECT id, name, id FROM people WHERE id < 3")
    assert [column.name for column in found.results[0].columns] == ["id", "name", "id"]
    assert [column.type.lower() for column in found.results[0].columns] == (
        ["int", "varchar(40)", "int"] if people.dolt else ["integer", "varchar(40)", "integer"]
    )
    assert rows(found) == [(1, "Ann", 1), (2, "Bob", 2)]
    assert found.results[0].complete
    assert run(repository, "UPDATE people SET name = 'Bo%b' WHERE id = 2").rows == 1
    assert people.rows("SELECT name FROM people WHERE id = 2") == [("Bo%b",)]
    made = run(repository, call(people, "dolt_commit('-Am', 'by hand')"))
    assert rows(made) == [(people.head(),)]
    assert run(repository, "CREATE TABLE t (a INT)").pending is None
    assert run(repository, "-- nothing\n").results == ()
    plan = run(repository, "EXPLAIN SELECT * FROM people WHERE id > 1").plan
    assert any("people" in line for line in plan)
    assert repository.console.transaction is None


def test_where_errors_are(people: Raw, repository: Repository) -> None:
    for kind, sql, word in [
        (EngineError, "SELECT 'ä',\n  * FRM people", "FRM"),
        (ColumnNotFound, "SELECT 'nix', nix FROM people", " nix"),
        (TableNotFound, "SELECT * FROM people JOIN nowhere", "nowhere"),
        (EngineError, "SELECT nofunction(1)", "nofunction"),
    ]:
        with pytest.raises(kind) as caught:
            run(repository, sql)
        position = caught.value.position
        assert position is not None
        assert sql[position:].startswith(word.strip()), (sql, position)
    with pytest.raises(Constraint) as caught:
        run(repository, "INSERT INTO people VALUES (1, 'twice')")
    assert caught.value.position is None
    assert run(repository, "SELECT 1").results[0].page(0, 1) == ((1,),)


@pytest.mark.both_versions
def test_what_hits_many_rows_waits(people: Raw, repository: Repository, opened: Open) -> None:
    before = people.state()
    changed = run(repository, "UPDATE people SET name = 'x'")
    assert changed.rows == 3
    transaction = repository.console.transaction
    assert changed.pending == transaction
    assert transaction is not None
    assert (transaction.branch, transaction.rows) == ("main", 3)
    assert people.state() == before
    # The program sees it, other programs don't; reading twice, poll and hashes too.
    assert names(repository) == ["x", "x", "x"]
    assert repository.working.status("main").tables == 1
    assert repository.refs.fingerprint("main").working != opened(people).refs.fingerprint("main").working
    with pytest.raises(TransactionOpen):
        repository.working.stage_all("main")
    repository.console.roll_back()
    assert names(repository) == ["Ann", "Bob", "Cid"]
    assert repository.console.transaction is None
    assert run(repository, "DELETE FROM people WHERE id > 0", ask_above=2).pending is not None
    repository.console.commit()
    assert people.rows("SELECT * FROM people") == []
    assert run(repository, "DELETE FROM people").pending is None, "no row, no question"
    assert run(repository, "INSERT INTO people VALUES (1, 'a'), (2, 'b')", ask_above=None).pending is None


@pytest.mark.both_versions
def test_transactions_of_several_statements(people: Raw, repository: Repository) -> None:
    for first, auto in (("BEGIN", True), ("SELECT 1", False)):
        run(repository, first)
        run(repository, "INSERT INTO people VALUES (4, 'Dot')", autocommit=auto)
        run(repository, "SAVEPOINT a", autocommit=auto)
        run(repository, "DELETE FROM people", autocommit=auto)
        assert rows(run(repository, "SELECT count(*) FROM people", autocommit=auto)) == [(0,)]
        back = run(repository, "ROLLBACK TO a /* b */", autocommit=auto).pending
        assert back is not None
        assert back.rows == 1, "those that were deleted and are there again are not counted"
        with pytest.raises(Constraint):
            run(repository, "INSERT INTO people VALUES (1, 'twice')", autocommit=auto)
        assert names(repository) == ["Ann", "Bob", "Cid", "Dot"]
        assert len(people.rows("SELECT * FROM people")) == 3
        run(repository, "ROLLBACK", autocommit=auto)
        assert repository.console.transaction is None
    run(repository, "BEGIN")
    run(repository, "INSERT INTO people VALUES (4, 'Dot')")
    assert run(repository, call(people, "dolt_commit('-Am', 'ends it')")).committed
    assert repository.console.transaction is None
    repository.working.stage_all("main")
    assert people.status() == set()
    run(repository, "DELETE FROM people WHERE id = 4", autocommit=False)
    assert run(repository, "COMMIT").committed
    assert len(people.rows("SELECT * FROM people")) == 3


@pytest.mark.both_versions
def test_the_session_stays(people: Raw, repository: Repository) -> None:
    run(repository, "CREATE TEMPORARY TABLE mine (a INT)")
    run(repository, "INSERT INTO mine VALUES (5)")
    assert rows(run(repository, "SELECT * FROM mine")) == [(5,)]
    went = run(repository, call(people, "dolt_checkout('-b', 'side')"))
    assert went.goes_to == "side"
    assert rows(run(repository, "SELECT active_branch(), a FROM mine")) == [("main", 5)]
    if people.dolt:
        run(repository, "SET @x = 7")
        assert rows(run(repository, "SELECT @x")) == [(7,)]
        assert run(repository, "USE `side`").goes_to == "side"
        assert run(repository, "SELECT 1/0").warnings == ("Warning 1365: Division by 0",)


def test_read_only_holds(people: Raw, opened: Open) -> None:
    reading = opened(people, read_only=True)
    before = people.state()
    statements = [
        "DELETE FROM people",
        "CREATE TABLE t (a INT)",
        call(people, "dolt_tag('t')"),
        "WITH x AS (SELECT 1) DELETE FROM people",
        "DROP TABLE people",
    ]
    for sql in statements:
        with pytest.raises(ReadOnly):
            run(reading, sql)
    assert rows(run(reading, "SELECT count(*) FROM people")) == [(3,)]
    head = people.head()
    whole = opened(people)
    for sql in statements:
        with pytest.raises(EngineError):
            run(whole, sql, head)
    assert rows(run(whole, "SELECT count(*) FROM people", head)) == [(3,)]
    assert people.state() == before
    assert repository_tags(people) == []


def repository_tags(raw: Raw) -> list[object]:
    return [row[0] for row in raw.rows("SELECT tag_name FROM dolt_tags")]


def test_sessions_that_write_the_same(dolt: RawDolt, opened: Open) -> None:
    dolt.run("CREATE TABLE people (id INT PRIMARY KEY, name VARCHAR(40))", "INSERT INTO people VALUES (1, 'Ann')")
    repository = opened(dolt)
    run(repository, "BEGIN")
    run(repository, "UPDATE people SET name = 'mine' WHERE id = 1")
    dolt.run("UPDATE people SET name = 'theirs' WHERE id = 1")
    with pytest.raises(Serialization, match="rolled back"):
        repository.console.commit()
    assert repository.console.transaction is None
    assert names(repository) == ["theirs"]
    run(repository, "UPDATE people SET name = 'mine' WHERE id = 1")
    assert names(repository) == ["mine"]
    with pytest.raises(Lacking, match="open here"):
        repository.console.removes("main", statement(f"DROP DATABASE `{repository.info.database.upper()}`"))
    with pytest.raises(Lacking, match="files of this machine"):
        run(repository, "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE people")


def test_on_doltlite_a_transaction_holds_the_file(lite: RawLite, opened: Open) -> None:
    lite.run("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT)", "INSERT INTO people VALUES (1, 'Ann')")
    repository = opened(lite)
    run(repository, "DELETE FROM people")
    assert repository.console.transaction is not None
    with pytest.raises(TransactionOpen):  # at once, and for other branches too
        repository.call("other", "dolt_add", "-A")
    repository.console.roll_back()
    assert names(repository) == ["Ann"]


def test_how_many_rows_it_would_hit(people: Raw, repository: Repository) -> None:
    assert repository.console.forecast("main", statement("DELETE FROM people WHERE id > 1")) == 2
    assert repository.console.forecast("main", statement("SELECT 1")) is None
    assert repository.console.forecast("main", statement("DELETE FROM people WHERE nix = 1")) is None
    run(repository, "DELETE FROM people WHERE id > 1", autocommit=False)
    assert repository.console.forecast("main", statement("UPDATE people SET name = 'x%'")) == 1
    repository.console.roll_back()
