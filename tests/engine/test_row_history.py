"""What happened to single rows: all changes of one, and blame."""

from __future__ import annotations

import datetime as dt

import pytest

from dolt_tui.engine.errors import EngineError, TableNotFound
from dolt_tui.engine.model import WORKING, BlameRow, ChangeKind, RowVersion
from dolt_tui.engine.repository import Repository

from .conftest import Raw

A, M, R = ChangeKind.ADDED, ChangeKind.MODIFIED, ChangeKind.REMOVED


def versions(repository: Repository, table: str, *key: object) -> list[RowVersion]:
    found, _, more = repository.history.row("main", table, key, 1000)
    assert not more
    return list(found)


@pytest.fixture
def lived(people: Raw) -> list[tuple[str, ChangeKind, object, object]]:
    """The changes of row 2, newest first: commit, kind, old, new."""
    first = people.head()
    people.run("UPDATE people SET name = 'Rob' WHERE id = 2")
    second = people.commit("Bob is Rob")
    people.run("DELETE FROM people WHERE id = 2")
    third = people.commit("gone")
    people.run("INSERT INTO people VALUES (4, 'Dot')")
    people.commit("not about it")
    people.run("INSERT INTO people VALUES (2, NULL)")
    return [
        (WORKING, A, None, (2, None)),
        (third, R, (2, "Rob"), None),
        (second, M, (2, "Bob"), (2, "Rob")),
        (first, A, None, (2, "Bob")),
    ]


def test_all_changes_of_a_row(
    people: Raw, repository: Repository, lived: list[tuple[str, ChangeKind, object, object]]
) -> None:
    found, columns, more = repository.history.row("main", "people", [2], 100)
    assert not more
    assert [(v.commit, v.change.kind, v.change.old, v.change.new) for v in found] == lived
    assert [(column.name, column.primary_key) for column in columns] == [("id", True), ("name", False)]
    assert [v.message for v in found] == ["", "gone", "Bob is Rob", "people"]
    assert found[2].change.changed == {1}
    log = {commit.hash: commit for commit in repository.history.page("main", [people.head()], 100).commits}
    for version in found[1:]:
        assert (version.author, version.date) == (log[version.commit].author, log[version.commit].date)
    assert abs(found[0].date - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)
    assert repository.history.row("main", "people", [77], 5)[0] == ()


@pytest.mark.parametrize("size", range(1, 8))
def test_pages_of_a_row(repository: Repository, lived: list[object], size: int) -> None:
    found: list[str] = []
    more = True
    while more:
        page, _, more = repository.history.row("main", "people", [2], size, len(found))
        found += [version.commit for version in page]
        assert len(page) == size or not more
    assert found == [version.commit for version in versions(repository, "people", 2)]


def test_blame(people: Raw, repository: Repository, lived: list[tuple[str, ChangeKind, object, object]]) -> None:
    people.run("UPDATE people SET name = 'Cyd' WHERE id = 3")
    last = people.commit("Cid is Cyd")
    people.run("UPDATE people SET name = 'not committed' WHERE id = 1")
    rows, columns, more = repository.history.blame("main", "people", 100)
    assert not more
    assert [column.name for column in columns] == ["id"]
    assert [(row.key, row.message) for row in rows] == [
        ((1,), "people"),
        ((2,), "Cid is Cyd"),
        ((3,), "Cid is Cyd"),
        ((4,), "not about it"),
    ]
    commit = repository.history.commit("main", last)
    assert (rows[2].commit, rows[2].author, rows[2].date) == (commit.hash, commit.author, commit.date)
    for size in range(1, 6):
        found: list[BlameRow] = []
        more = True
        after: tuple[object, ...] | None = None
        while more:
            page, _, more = repository.history.blame("main", "people", size, after)
            found += page
            after = page[-1].key
        assert tuple(found) == rows


def test_composite_keys(raw: Raw, repository: Repository) -> None:
    raw.run(
        "CREATE TABLE t (a INTEGER, v INTEGER, b VARCHAR(9), PRIMARY KEY (b, a))",
        "INSERT INTO t VALUES (1, 0, 'x'), (2, 0, 'x'), (1, 0, 'y')",
    )
    raw.commit("first")
    raw.run("UPDATE t SET v = 1 WHERE a = 1 AND b = 'x'")
    raw.commit("second")
    found = versions(repository, "t", "x", 1)
    assert [(v.message, v.change.new) for v in found] == [("second", (1, 1, "x")), ("first", (1, 0, "x"))]
    rows, columns, _ = repository.history.blame("main", "t", 100)
    assert [column.name for column in columns] == ["b", "a"]
    assert [(row.key, row.message) for row in rows] == [(("x", 1), "second"), (("x", 2), "first"), (("y", 1), "first")]
    page, _, more = repository.history.blame("main", "t", 1, ("x", 1))
    assert (page, more) == (rows[1:2], True)


def test_what_cannot_be_asked(people: Raw, repository: Repository) -> None:
    people.run("CREATE TABLE bag (v INTEGER)", "CREATE VIEW names AS SELECT name FROM people")
    with pytest.raises(TableNotFound):  # not in the last commit
        repository.history.blame("main", "bag", 5)
    people.commit()
    for table in ("bag", "names"):
        with pytest.raises(EngineError, match="no primary key"):
            repository.history.row("main", table, [1], 5)
        with pytest.raises(EngineError, match="no primary key"):
            repository.history.blame("main", table, 5)
    with pytest.raises(EngineError, match="consists of 1"):
        repository.history.row("main", "people", [1, 2], 5)
    with pytest.raises(TableNotFound):
        repository.history.row("main", "nope", [1], 5)
    with pytest.raises(TableNotFound):
        repository.history.blame("main", "nope", 5)
