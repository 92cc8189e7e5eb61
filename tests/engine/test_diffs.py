"""Row changes between two revisions, by pages."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from dolt_tui.engine.browsing.query import DiffQuery
from dolt_tui.engine.errors import RowsNotPaired
from dolt_tui.engine.model import HEAD, STAGED, WORKING, ChangeKind, DiffPage, RowChange, RowCounts, following
from dolt_tui.engine.repository import Repository

from .conftest import Raw, RawDolt

A, M, R = ChangeKind.ADDED, ChangeKind.MODIFIED, ChangeKind.REMOVED


def whole(repository: Repository, table: str, old: str, new: str, size: int) -> list[RowChange]:
    """All row changes, read page by page."""
    found: list[RowChange] = []
    after = None
    for _ in range(200):
        page = repository.diffs.page("main", DiffQuery(table, old, new), size, following(after))
        found += page.rows
        assert len(page.rows) <= size
        assert page.more == (page.after is not None)
        if not page.more:
            return found
        assert len(page.rows) == size
        after = page.after
    raise AssertionError("no end")


def changes(rows: Iterable[RowChange]) -> set[tuple[ChangeKind, object, object]]:
    return {(row.kind, row.old, row.new) for row in rows}


def one_page(repository: Repository, table: str, old: str = HEAD, new: str = WORKING) -> DiffPage:
    page = repository.diffs.page("main", DiffQuery(table, old, new), 1000)
    assert not page.more
    return page


@pytest.fixture
def mixed(people: Raw) -> Raw:
    """Added, modified and removed rows, mixed in the order of the key."""
    people.run(*(f"INSERT INTO people VALUES ({number}, 'n{number}')" for number in range(10, 30)))
    people.commit()
    people.run(
        "DELETE FROM people WHERE id IN (1, 2, 11, 12, 13, 28, 29)",
        "UPDATE people SET name = 'new' WHERE id IN (3, 15, 16, 27)",
        "INSERT INTO people VALUES (4, 'four'), (40, 'forty'), (41, NULL)",
    )
    return people


@pytest.mark.parametrize("place", ["working", "staged", "commits"])
def test_pages_equal_the_whole(mixed: Raw, repository: Repository, place: str) -> None:
    old, new = {"working": (STAGED, WORKING), "staged": (HEAD, STAGED), "commits": ("HEAD~1", "HEAD")}[place]
    if place == "staged":
        mixed.call("dolt_add", "-A")
    if place == "commits":
        mixed.commit()
    found = list(one_page(repository, "people", old, new).rows)
    for size in (1, 2, 3, 4, 5, 13, 14, 15):
        assert whole(repository, "people", old, new, size) == found
    ids = [(row.new or row.old or ())[0] for row in found]
    assert ids == sorted(ids) == [1, 2, 3, 4, 11, 12, 13, 15, 16, 27, 28, 29, 40, 41]
    assert [row.kind for row in found] == [R, R, M, A, R, R, R, M, M, M, R, R, A, A]
    assert found[2] == RowChange(M, (3, "Cid"), (3, "new"), frozenset({1}))
    assert found[-1] == RowChange(A, None, (41, None))


@pytest.mark.both_versions
def test_the_reflected_table_tells_the_same(mixed: Raw, repository: Repository) -> None:
    for size in (5, 1000):
        plain = repository.diffs.page("main", DiffQuery("people", HEAD, WORKING, plain=True), size)
        assert plain == repository.diffs.page("main", DiffQuery("people", HEAD, WORKING), size)
    sql = [entry.sql for entry in repository.statements.entries()]
    assert any("dolt_diff_people.to_id" in text.replace("`", "").replace('"', "") for text in sql)
    mixed.run("ALTER TABLE people ADD COLUMN born DATE")  # what was reflected is out of date now
    mixed.commit()
    mixed.run("UPDATE people SET born = '2000-01-02' WHERE id = 3")
    plain = repository.diffs.page("main", DiffQuery("people", HEAD, WORKING, plain=True), 9)
    assert plain == one_page(repository, "people")
    assert [column.name for column in plain.columns] == ["id", "name", "born"]


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("key", ["a, b", "b, a"])
def test_composite_keys(raw: Raw, repository: Repository, size: int, key: str) -> None:
    raw.run(f"CREATE TABLE t (a INTEGER, v INTEGER, b VARCHAR(9), PRIMARY KEY ({key}))")
    raw.run(*(f"INSERT INTO t VALUES ({a}, 0, '{b}')" for a in (1, 2, 3) for b in "xyz"))
    raw.commit()
    raw.run("DELETE FROM t WHERE a = 2", "UPDATE t SET v = 1 WHERE b = 'y'", "INSERT INTO t VALUES (2, 9, 'w')")
    found = whole(repository, "t", HEAD, WORKING, size)
    assert found == list(one_page(repository, "t").rows)
    assert len(found) == 6
    assert changes(found) >= {(A, None, (2, 9, "w")), (R, (2, 0, "x"), None), (M, (1, 0, "y"), (1, 1, "y"))}


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("collation", ["", "COLLATE utf8mb4_0900_ai_ci", "COLLATE utf8mb4_general_ci"])
def test_string_keys(dolt: RawDolt, repository_of_dolt: Repository, size: int, collation: str) -> None:
    dolt.run(f"CREATE TABLE t (id VARCHAR(20) {collation} PRIMARY KEY, v INTEGER)")
    names = ["b", "A", "a b", "Zoë", "É", "c", "ß", "", "%", "d'q"]
    for name in names:
        dolt.rows("INSERT INTO t VALUES (?, 0)", name)
    dolt.commit()
    for name in ("b", "Zoë", ""):
        dolt.rows("DELETE FROM t WHERE id = ?", name)
    for name in ("A", "c", "ß"):
        dolt.rows("UPDATE t SET v = 1 WHERE id = ?", name)
    for name in ("Y", "d", "\\"):
        dolt.rows("INSERT INTO t VALUES (?, 2)", name)
    found = whole(repository_of_dolt, "t", HEAD, WORKING, size)
    assert found == list(one_page(repository_of_dolt, "t").rows)
    assert {(row.kind, (row.new or row.old or ())[0]) for row in found} == {
        *((R, name) for name in ("b", "Zoë", "")),
        *((M, name) for name in ("A", "c", "ß")),
        *((A, name) for name in ("Y", "d", "\\")),
    }


@pytest.fixture
def repository_of_dolt(dolt: RawDolt, opened: object) -> Repository:
    assert callable(opened)
    repository = opened(dolt)
    assert isinstance(repository, Repository)
    return repository


@pytest.mark.parametrize("size", [1, 2, 5])
def test_keyless_tables(raw: Raw, repository: Repository, size: int) -> None:
    raw.run("CREATE TABLE bag (v INTEGER, w VARCHAR(9))", "INSERT INTO bag VALUES (1, 'a'), (1, 'a'), (2, 'b')")
    raw.commit()
    raw.run("INSERT INTO bag VALUES (1, 'a'), (3, NULL)", "DELETE FROM bag WHERE v = 2")
    found = sorted(whole(repository, "bag", HEAD, WORKING, size), key=repr)
    assert changes(found) == {(A, None, (1, "a")), (A, None, (3, None)), (R, (2, "b"), None)}
    assert len(found) == 3


@pytest.mark.parametrize("plain", [False, True])
def test_columns_named_like_dolt_s_own(raw: Raw, repository: Repository, plain: bool) -> None:
    names = ["commit", "commit_date", "diff_type", "to_x", "from_", "from_x", "to_commit"]
    columns = ", ".join(f"{raw.quote(name)} VARCHAR(9)" for name in names)
    raw.run(f"CREATE TABLE t (id INTEGER PRIMARY KEY, {columns})")
    raw.run(*(f"INSERT INTO t VALUES ({n}, 'a', 'b', 'c', 'd', 'e', 'f', 'g')" for n in (1, 2, 3)))
    raw.commit()
    raw.run(f"UPDATE t SET {raw.quote('commit')} = 'z' WHERE id < 3", "DELETE FROM t WHERE id = 3")
    page = repository.diffs.page("main", DiffQuery("t", HEAD, WORKING, plain=plain), 10)
    assert [column.name for column in page.columns] == ["id", *names]
    assert page.rows[0] == RowChange(M, (1, *"abcdefg"), (1, *"zbcdefg"), frozenset({1}))
    assert page.rows[2] == RowChange(R, (3, *"abcdefg"), None)
    assert whole(repository, "t", HEAD, WORKING, 1) == list(page.rows)


def test_staged_and_unstaged_apart(people: Raw, repository: Repository) -> None:
    people.run("UPDATE people SET name = 'staged' WHERE id = 1")
    people.call("dolt_add", "-A")
    people.run("UPDATE people SET name = 'working' WHERE id = 1", "DELETE FROM people WHERE id = 2")
    assert changes(one_page(repository, "people", HEAD, STAGED).rows) == {(M, (1, "Ann"), (1, "staged"))}
    assert changes(one_page(repository, "people", STAGED, WORKING).rows) == {
        (M, (1, "staged"), (1, "working")),
        (R, (2, "Bob"), None),
    }
    assert changes(one_page(repository, "people", HEAD, WORKING).rows) == {
        (M, (1, "Ann"), (1, "working")),
        (R, (2, "Bob"), None),
    }


@pytest.mark.both_versions
def test_new_and_dropped_tables(people: Raw, repository: Repository) -> None:
    people.run("CREATE TABLE fresh (id INTEGER PRIMARY KEY)", "INSERT INTO fresh VALUES (1)", "DROP TABLE people")
    assert changes(one_page(repository, "fresh").rows) == {(A, None, (1,))}
    page = one_page(repository, "people")
    assert changes(page.rows) == {(R, (1, "Ann"), None), (R, (2, "Bob"), None), (R, (3, "Cid"), None)}
    assert [(column.name, column.primary_key) for column in page.columns] == [
        ("id", page.columns[0].primary_key),
        ("name", False),
    ]
    assert whole(repository, "people", HEAD, WORKING, 2) == list(page.rows)
    people.commit()
    assert changes(one_page(repository, "people", "HEAD~1", HEAD).rows) == changes(page.rows)


def test_a_new_column(people: Raw, repository: Repository) -> None:
    people.run("ALTER TABLE people ADD COLUMN born INTEGER", "UPDATE people SET born = 7 WHERE id = 2")
    page = one_page(repository, "people")
    assert changes(page.rows) >= {(M, (2, "Bob", None), (2, "Bob", 7))}
    if people.dolt:
        assert [(column.in_old, column.in_new) for column in page.columns] == [
            (True, True),
            (True, True),
            (False, True),
        ]


@pytest.mark.both_versions
def test_renamed_and_dropped_columns(people: Raw, repository: Repository) -> None:
    people.run("ALTER TABLE people ADD COLUMN born INTEGER", "UPDATE people SET born = id")
    people.commit()
    people.run("ALTER TABLE people RENAME COLUMN name TO called", "ALTER TABLE people DROP COLUMN born")
    people.run("UPDATE people SET called = 'Eve' WHERE id = 1")
    page = one_page(repository, "people")
    assert page.rows[0].new is not None
    assert page.rows[0].new[:2] == (1, "Eve")
    if people.dolt:
        assert {(c.name, c.in_old, c.in_new) for c in page.columns} == {
            ("id", True, True),
            ("called", False, True),
            ("name", True, False),
            ("born", True, False),
        }
        at = {column.name: position for position, column in enumerate(page.columns)}
        old = page.rows[0].old
        assert old is not None
        assert (old[at["name"]], old[at["born"]], old[at["called"]]) == ("Ann", 1, None)


def test_the_key_column_renamed(people: Raw, repository: Repository) -> None:
    people.run("UPDATE people SET name = 'Eve' WHERE id > 1")
    people.commit()
    people.run("ALTER TABLE people RENAME COLUMN id TO number", "DELETE FROM people WHERE number = 1")
    for size in (1, 2, 10):
        assert len(whole(repository, "people", "HEAD~1", HEAD, size)) == 2
        assert len(whole(repository, "people", HEAD, WORKING, size)) >= 1


def test_a_changed_type(dolt: RawDolt, repository_of_dolt: Repository) -> None:
    dolt.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)", "INSERT INTO t VALUES (1, 5)")
    dolt.commit()
    dolt.run("ALTER TABLE t MODIFY COLUMN v VARCHAR(9)", "UPDATE t SET v = 'five'")
    (row,) = one_page(repository_of_dolt, "t").rows
    assert (row.old, row.new) == ((1, 5), (1, "five"))


def test_a_renamed_table(people: Raw, repository: Repository) -> None:
    people.run("ALTER TABLE people RENAME TO folk", "UPDATE folk SET name = 'Eve' WHERE id = 1")
    page = one_page(repository, "folk")
    if people.dolt:
        assert changes(page.rows) == {(M, (1, "Ann"), (1, "Eve"))}
    else:
        assert "was people before" in page.note
        assert {row.kind for row in page.rows} == {A}
    changed = repository.diffs.schema("main", "folk", HEAD, WORKING)
    assert changed is not None
    assert "people" in changed.old_ddl
    assert "folk" in changed.new_ddl


@pytest.mark.parametrize("plain", [False, True])
def test_a_changed_primary_key_is_noted(people: Raw, repository: Repository, plain: bool) -> None:
    people.run("CREATE TABLE people2 (id INTEGER, name VARCHAR(40), PRIMARY KEY (id, name))")
    people.run("INSERT INTO people2 SELECT id, name FROM people", "DROP TABLE people")
    people.run("ALTER TABLE people2 RENAME TO people", "INSERT INTO people VALUES (9, 'Zed')")
    page = repository.diffs.page("main", DiffQuery("people", HEAD, WORKING, plain=plain), 100)
    assert "primary key changed" in page.note
    if people.dolt:
        assert (page.columns, page.rows, page.more) == ((), (), False)
        with pytest.raises(RowsNotPaired, match="primary key changed"):
            repository.diffs.statistics("main", "people", HEAD, WORKING)
    else:  # this engine tells both sides apart
        old = {(R, row, None) for row in ((1, "Ann"), (2, "Bob"), (3, "Cid"))}
        new = {(A, None, row) for row in ((1, "Ann"), (2, "Bob"), (3, "Cid"), (9, "Zed"))}
        assert {(row.kind, row.old, row.new) for row in page.rows} == old | new
        assert repository.diffs.statistics("main", "people", HEAD, WORKING) == RowCounts(4, 0, 3, 0)
    assert repository.diffs.schema("main", "people", HEAD, WORKING) is not None


def test_a_view_is_no_error(people: Raw, repository: Repository) -> None:
    people.run("CREATE VIEW names AS SELECT name FROM people")
    page = one_page(repository, "dolt_schemas")
    assert page.rows or page.note
    changed = repository.diffs.schema("main", "dolt_schemas", HEAD, WORKING)
    assert changed is not None
    assert ("dolt_schemas" if people.dolt else "VIEW names") in changed.new_ddl


def test_counts(mixed: Raw, repository: Repository) -> None:
    counts = repository.diffs.statistics("main", "people", HEAD, WORKING)
    assert counts is not None
    assert (counts.added, counts.modified, counts.removed, counts.old_rows, counts.new_rows) == (3, 4, 7, 23, 19)
    mixed.commit()
    assert repository.diffs.statistics("main", "people", HEAD, WORKING) is None


@pytest.mark.both_versions
def test_schema(people: Raw, repository: Repository) -> None:
    assert repository.diffs.schema("main", "people", HEAD, WORKING) is None
    people.run("ALTER TABLE people ADD COLUMN born DATE")
    changed = repository.diffs.schema("main", "people", HEAD, WORKING)
    assert changed is not None
    assert "born" not in changed.old_ddl
    assert "born" in changed.new_ddl
    assert any("ADD" in statement and "born" in statement for statement in changed.statements)
    people.run("DROP TABLE people")
    changed = repository.diffs.schema("main", "people", HEAD, WORKING)
    assert changed is not None
    assert changed.new_ddl == ""
