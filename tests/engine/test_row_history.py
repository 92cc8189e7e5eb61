"""What happened to single rows: all changes of one, and blame."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from dolt_tui.engine.errors import EngineError, TableNotFound
from dolt_tui.engine.model import WORKING, BlameRow, ChangeKind, RowVersion
from dolt_tui.engine.repository import Repository

from .conftest import Raw

A, M, R = ChangeKind.ADDED, ChangeKind.MODIFIED, ChangeKind.REMOVED


def versions(repository: Repository, table: str, *key: object) -> list[RowVersion]:
    found = repository.history.row("main", table, key, 1000)
    assert not found.more
    return list(found.versions)


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


@pytest.mark.both_versions
def test_all_changes_of_a_row(
    people: Raw, repository: Repository, lived: list[tuple[str, ChangeKind, object, object]]
) -> None:
    history = repository.history.row("main", "people", [2], 100)
    found, columns = history.versions, history.columns
    assert (history.more, history.ending) == (False, "")
    assert [(v.commit, v.change.kind, v.change.old, v.change.new) for v in found] == lived
    assert [(column.name, column.primary_key) for column in columns] == [("id", True), ("name", False)]
    assert [v.message for v in found] == ["", "gone", "Bob is Rob", "people"]
    assert found[2].change.changed == {1}
    log = {commit.hash: commit for commit in repository.history.page("main", [people.head()], 100).commits}
    for version in found[1:]:
        assert (version.author, version.date) == (log[version.commit].author, log[version.commit].date)
    assert abs(found[0].date - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)
    assert repository.history.row("main", "people", [77], 5).versions == ()


def test_pages_of_a_row(repository: Repository, lived: list[object]) -> None:
    whole = [version.commit for version in versions(repository, "people", 2)]
    for size in range(1, 8):
        found: list[str] = []
        more = True
        while more:
            page = repository.history.row("main", "people", [2], size, len(found))
            found += [version.commit for version in page.versions]
            more = page.more
            assert len(page.versions) == size or not more
        assert found == whole


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


@pytest.fixture(params=[0, *(pytest.param(seed, marks=pytest.mark.long) for seed in (1, 2, 3))])
def tangled(raw: Raw, request: pytest.FixtureRequest) -> Raw:
    """Rows that come, change and go on two branches, which are merged into each other; some of it uncommitted."""
    chosen = random.Random(request.param)
    raw.run("CREATE TABLE t (a INTEGER, b VARCHAR(5), v INTEGER, PRIMARY KEY (b, a))")
    raw.commit("t")
    raw.call("dolt_branch", "b")

    def change(branch: str, a: int) -> None:
        name = chosen.choice("xyX")
        if raw.rows("SELECT 1 FROM t WHERE a = ? AND b = ?", a, name, at=branch):
            if chosen.random() < 0.5:
                raw.rows("DELETE FROM t WHERE a = ? AND b = ?", a, name, at=branch)
                return
            raw.rows("DELETE FROM t WHERE a = ? AND b = ?", a, name, at=branch)
        raw.rows("INSERT INTO t VALUES (?, ?, ?)", a, name, chosen.randrange(10**6), at=branch)

    for step in range(24):
        branch = chosen.choice(["main", "b"])
        for _ in range(chosen.randrange(1, 4)):
            change(branch, chosen.choice([1, 2] if branch == "main" else [3, 4]))
        raw.call("dolt_commit", "-A", "--allow-empty", "-m", f"step {step}", at=branch)
        if not step % 5:
            other = "b" if branch == "main" else "main"
            raw.call("dolt_merge", "--no-ff", "-m", f"merge {step}", other, at=branch)
    raw.call("dolt_merge", "--no-ff", "-m", "merge", "b")
    change("main", 1)
    change("main", 2)
    return raw


def test_row_histories_are_what_the_commits_hold(tangled: Raw, repository: Repository) -> None:
    """Each commit is compared with each of its parents: Dolt's own ``dolt_diff_t`` leaves some out where it forks."""
    log = [WORKING, *(commit.hash for commit in repository.history.page("main", [tangled.head()], 100).commits)]
    parents = tangled.rows("SELECT commit_hash, parent_hash FROM dolt_commit_ancestors WHERE parent_hash IS NOT NULL")
    pairs = [(WORKING, log[1]), *((child, parent) for child, parent in parents if child in log)]
    table: dict[str, dict[tuple[object, ...], tuple[object, ...]]] = {}
    for revision in log:
        at = "main" if revision == WORKING else revision
        exists = revision == WORKING or revision != log[-1]  # the first commit is empty
        rows = tangled.rows("SELECT a, b, v FROM t", at=at) if exists else []
        table[revision] = {(row[1], row[0]): row for row in rows}
    some = 0
    for a in range(1, 5):
        for name in "xyX":
            key = (name, a)
            expected = [
                (child, table[parent].get(key), table[child].get(key))
                for child, parent in pairs
                if table[parent].get(key) != table[child].get(key)
            ]
            some += len(expected)
            for size in (1, 3, 100):
                found: list[RowVersion] = []
                more = True
                while more:
                    page = repository.history.row("main", "t", key, size, len(found))
                    found += page.versions
                    more = page.more
                changes = [(v.commit, v.change.old, v.change.new) for v in found]
                assert sorted(changes, key=repr) == sorted(expected, key=repr)
                places = [log.index(v.commit) for v in found]
                assert places == sorted(places)
    assert some > 20


@pytest.mark.both_versions
def test_blame_equals_the_engine_s(tangled: Raw, repository: Repository) -> None:
    tangled.call("dolt_reset", "--hard")
    expected = tangled.rows(f"SELECT b, a, {tangled.quote('commit')} FROM dolt_blame_t ORDER BY b, a")
    assert len(expected) > 2
    for size in (1, 2, 100):
        found: list[BlameRow] = []
        more = True
        while more:
            page, _, more = repository.history.blame("main", "t", size, found[-1].key if found else None)
            found += page
        assert [(*row.key, row.commit) for row in found] == expected


def test_columns_named_like_dolt_s_own(raw: Raw, repository: Repository) -> None:
    name = raw.quote("commit")
    raw.run(
        f"CREATE TABLE t (id INTEGER PRIMARY KEY, {name} VARCHAR(9))",
        "INSERT INTO t VALUES (1, 'a'), (2, 'b')",
        f"CREATE TABLE k ({name} VARCHAR(9) PRIMARY KEY)",
        "INSERT INTO k VALUES ('a')",
    )
    raw.commit("first")
    raw.run(f"UPDATE t SET {name} = 'c' WHERE id = 2")
    raw.commit("second")
    assert [v.change.new for v in versions(repository, "t", 2)] == [(2, "c"), (2, "b")]
    assert [row.message for row in repository.history.blame("main", "t", 5)[0]] == ["first", "second"]
    if raw.dolt:
        with pytest.raises(EngineError, match="Dolt's own"):
            versions(repository, "k", "a")
    else:
        assert [v.message for v in versions(repository, "k", "a")] == ["first"]
        assert [row.key for row in repository.history.blame("main", "k", 5)[0]] == [("a",)]


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
