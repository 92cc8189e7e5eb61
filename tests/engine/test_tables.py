"""Tables: their rows, definitions and types, whatever they are called."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from dolt_tui.engine.browsing.query import DiffQuery, Query
from dolt_tui.engine.errors import EngineError, RefNotFound, TableNotFound
from dolt_tui.engine.model import HEAD, WORKING, ChangeKind, Table, following
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt, RawLite

NAMES = [
    "a b",
    "back`tick",
    'dq"uote',
    "q'uote",
    "per%cent",
    "a%sb%(x)s",
    "q?m",
    ":colon",
    "ünï☃",
    "x -> y",
    "semi;c",
    "new\nline",
    "dot.ted",
    "sl/ash",
    "back\\slash",
    "select",
    "UPPER",
    "L" * 64,
]


def test_tables_and_views(people: Raw, repository: Repository) -> None:
    people.run("CREATE VIEW names AS SELECT name FROM people", "CREATE TABLE a (id INTEGER PRIMARY KEY)")
    rows = (0, None, 3) if people.dolt else (None, None, None)
    assert repository.tables.tables("main") == (
        Table("a", False, rows[0]),
        Table("names", True, rows[1]),
        Table("people", False, rows[2]),
    )
    assert repository.tables.count("main", "people") == repository.tables.count("main", "names") == 3


def test_equal_rows_are_counted_each(dolt: RawDolt, opened: Open) -> None:
    dolt.run("CREATE TABLE bag (a INT, b VARCHAR(9))", "INSERT INTO bag VALUES (1, 'x'), (1, 'x'), (2, 'y'), (1, 'x')")
    dolt.run("CREATE TABLE keyed (a INT PRIMARY KEY)", "INSERT INTO keyed VALUES (1), (2)", "CREATE TABLE void (a INT)")
    dolt.commit("tables")
    repository = opened(dolt)
    for where in ("main", dolt.head()):
        assert [(table.name, table.rows) for table in repository.tables.tables(where)] == [
            ("bag", 4),
            ("keyed", 2),
            ("void", 0),
        ]


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_pages(people: Raw, repository: Repository, size: int) -> None:
    people.run("CREATE VIEW names AS SELECT name FROM people", "CREATE TABLE bag (v INTEGER)")
    people.run("INSERT INTO bag VALUES (1), (1), (2)")
    for table, expected in (
        ("people", [(1, "Ann"), (2, "Bob"), (3, "Cid")]),
        ("names", [("Ann",), ("Bob",), ("Cid",)]),
        ("bag", [(1,), (1,), (2,)]),
    ):
        found: list[tuple[object, ...]] = []
        page = repository.rows.page("main", Query(table), size)
        found += page.rows
        while page.more:
            page = repository.rows.page("main", Query(table), size, following(page.after))
            found += page.rows
        assert sorted(found) == expected


def test_a_composite_key_in_its_own_order(raw: Raw, repository: Repository) -> None:
    raw.run("CREATE TABLE t (a INTEGER, v INTEGER, b INTEGER, PRIMARY KEY (b, a))")
    raw.run(*(f"INSERT INTO t VALUES ({a}, 0, {b})" for a in (1, 2, 3) for b in (1, 2, 3)))
    page = repository.rows.page("main", Query("t"), 4)
    assert page.key == (2, 0)
    assert page.after == (2, 1)
    rest = repository.rows.page("main", Query("t"), 10, following(page.after))
    assert [(b, a) for a, _, b in (*page.rows, *rest.rows)] == [(b, a) for b in (1, 2, 3) for a in (1, 2, 3)]
    assert [column.key_position for column in page.columns] == [2, 0, 1]


def test_an_older_revision(people: Raw, repository: Repository) -> None:
    old = people.head()
    people.call("dolt_tag", "v1")
    people.run("ALTER TABLE people ADD COLUMN born DATE", "DELETE FROM people WHERE id = 2")
    people.commit()
    people.run("DELETE FROM people")
    for revision in (old, "v1", "HEAD~1"):
        page = repository.rows.page("main", Query("people", revision=revision), 2)
        assert page.rows == ((1, "Ann"), (2, "Bob"))
        rest = repository.rows.page("main", Query("people", revision=revision), 2, following(page.after))
        assert rest.rows == ((3, "Cid"),)
        schema = repository.tables.schema("main", "people", revision)
        assert [column.name for column in schema.columns] == ["id", "name"]
        assert "born" not in schema.ddl
    assert len(repository.rows.page("main", Query("people", revision=HEAD), 9).rows) == 2
    people.call("dolt_branch", "b", old)
    people.run("DELETE FROM people", at="b")
    for revision in ("b", "HEAD"):
        assert len(repository.rows.page("b", Query("people", revision=revision), 9).rows) == 3
    assert repository.rows.page("b", Query("people", revision=WORKING), 9).rows == ()
    with pytest.raises(EngineError):
        repository.rows.page("main", Query("people", revision="nope"), 2)


def test_what_is_not_there(people: Raw, repository: Repository) -> None:
    for ask in (repository.tables.count, repository.tables.schema):
        with pytest.raises(TableNotFound):
            ask("main", "nope")
    with pytest.raises(TableNotFound):
        repository.rows.page("main", Query("nope"), 5)
    first = people.rows("SELECT commit_hash FROM dolt_log")[-1][0]
    with pytest.raises((TableNotFound, RefNotFound)):
        repository.rows.page("main", Query("people", revision=first), 5)


def test_schema(people: Raw, repository: Repository) -> None:
    people.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, v VARCHAR(9) NOT NULL DEFAULT 'x')", "CREATE INDEX t_v ON t (v)"
    )
    schema = repository.tables.schema("main", "t")
    assert [(c.name, c.primary_key, c.nullable) for c in schema.columns] == [("id", True, False), ("v", False, False)]
    assert "x" in (schema.columns[1].default or "")
    assert "t_v" in schema.ddl
    people.run("CREATE VIEW w AS SELECT id FROM t")
    assert "SELECT" in repository.tables.schema("main", "w").ddl


def test_hostile_names(raw: Raw, repository: Repository) -> None:
    for name in NAMES:
        check_hostile_name(raw, repository, name)
        raw.call("dolt_branch", "-D", "b")
        raw.run(f"DROP TABLE {raw.quote(name)}")
        raw.commit()


def check_hostile_name(raw: Raw, repository: Repository, name: str) -> None:
    """A table of this name, the only one there, can be read, compared, staged, committed, discarded and dropped."""
    table, column = raw.quote(name), raw.quote(f"c{name[:60]}")
    raw.run(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, {column} VARCHAR(10))")
    raw.run(*(f"INSERT INTO {table} VALUES ({number}, 'a')" for number in (1, 2, 3)))
    tables, diffs, working = repository.tables, repository.diffs, repository.working
    assert [found.name for found in tables.tables("main")] == [name]
    assert tables.count("main", name) == 3
    assert [item.name for item in tables.schema("main", name).columns] == ["id", f"c{name[:60]}"]
    page = repository.rows.page("main", Query(name), 2)
    assert repository.rows.page("main", Query(name), 2, following(page.after)).rows == ((3, "a"),)
    for plain in (False, True):
        first = diffs.page("main", DiffQuery(name, HEAD, WORKING, plain=plain), 2)
        assert [item.name for item in first.columns] == ["id", f"c{name[:60]}"]
        assert (
            len((*first.rows, *diffs.page("main", DiffQuery(name, HEAD, WORKING), 2, following(first.after)).rows)) == 3
        )
    counts = diffs.statistics("main", name, HEAD, WORKING)
    assert counts is not None
    assert counts.added == 3
    assert diffs.schema("main", name, HEAD, WORKING) is not None
    working.stage("main", [name])
    assert raw.status() == {(name, True, "new table")}
    working.unstage("main", [name])
    working.stage("main", [name])
    hash_ = repository.commits.commit("main", name)
    assert len(repository.rows.page("main", Query(name, revision=hash_), 9).rows) == 3
    raw.run(f"DELETE FROM {table} WHERE id = 2")
    (change,) = working.status("main").unstaged
    assert change.table == name
    working.discard("main", change)
    assert tables.count("main", name) == 3
    working.drop_table("main", name)
    assert len(diffs.page("main", DiffQuery(name, HEAD, WORKING), 9).rows) == 3
    working.discard("main", working.status("main").unstaged[0])
    assert raw.status() == set()
    raw.call("dolt_branch", "b")
    raw.run(f"DELETE FROM {table} WHERE id = 3", at="b")
    raw.commit(at="b")
    assert [change.table for change in repository.merging.preview("main", "b", counts=True).changes] == [name]
    assert [change.table for change in repository.history.detail("main", "b").changes] == [name]


TYPES: list[tuple[str, str, object]] = [
    ("BIT(12)", "b'111111111111'", 4095),
    ("BIT(64)", "18446744073709551614", 2**64 - 2),
    ("BIT(8)", "b'10000000'", 128),
    ("JSON", '\'{"b": [1, null], "a": 1.5}\'', '{"a":1.5,"b":[1,null]}'),
    ("DECIMAL(30,10)", "12345678901234567890.0123456789", Decimal("12345678901234567890.0123456789")),
    ("POINT", "POINT(1, 2)", "POINT(1 2)"),
    ("GEOMETRY", "ST_GeomFromText('LINESTRING(0 0,1 1)')", "LINESTRING(0 0,1 1)"),
    ("BLOB", "x'00FF80'", b"\x00\xff\x80"),
    ("BINARY(4)", "x'FF'", b"\xff\0\0\0"),
    ("TIME", "'-838:59:59'", -dt.timedelta(hours=838, minutes=59, seconds=59)),
    ("DATETIME(6)", "'2020-01-02 03:04:05.678901'", dt.datetime(2020, 1, 2, 3, 4, 5, 678901)),
    ("DATETIME", "'0000-00-00 00:00:00'", "0000-00-00 00:00:00"),
    ("DATE", "'0000-00-00'", "0000-00-00"),
    ("ENUM('a','b')", "'b'", "b"),
    ("SET('x','y','z')", "'x,z'", "x,z"),
    ("YEAR", "2020", 2020),
    ("BIGINT UNSIGNED", "18446744073709551615", 2**64 - 1),
    ("DOUBLE", "1e300", 1e300),
    ("TINYINT(1)", "1", 1),
    ("VECTOR(2)", "STRING_TO_VECTOR('[1,2]')", "[1, 2]"),
    ("LONGTEXT", "'a\\r\\n\\tb'", "a\r\n\tb"),
]


@pytest.mark.parametrize(("kind", "literal", "value"), TYPES, ids=[kind for kind, _, _ in TYPES])
def test_types_of_dolt(dolt: RawDolt, opened: Open, kind: str, literal: str, value: object) -> None:
    repository = opened(dolt)
    dolt.run(f"CREATE TABLE t (id INTEGER PRIMARY KEY, v {kind})", f"INSERT INTO t VALUES (1, {literal}), (2, NULL)")
    assert repository.rows.page("main", Query("t"), 5).rows == ((1, value), (2, None))
    for plain in (False, True):
        page = repository.diffs.page("main", DiffQuery("t", HEAD, WORKING, plain=plain), 5)
        assert [row.new for row in page.rows] == [(1, value), (2, None)]
    first = repository.diffs.page("main", DiffQuery("t", HEAD, WORKING), 1)
    assert repository.diffs.page("main", DiffQuery("t", HEAD, WORKING), 1, following(first.after)).rows[0].new == (
        2,
        None,
    )
    old = dolt.commit()
    dolt.run("DELETE FROM t WHERE id = 1")
    assert repository.rows.page("main", Query("t", revision=old), 5).rows[0] == (1, value)
    (row,) = repository.diffs.page("main", DiffQuery("t", HEAD, WORKING, plain=True), 5).rows
    assert (row.kind, row.old) == (ChangeKind.REMOVED, (1, value))


@pytest.mark.parametrize("value", [None, 2**63 - 1, -1.5, 1e300, "ü\n\0x", "", b"\x00\xff", b""])
def test_types_of_doltlite(lite: RawLite, opened: Open, value: object) -> None:
    repository = opened(lite)
    lite.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v)")
    lite.rows("INSERT INTO t VALUES (1, ?)", value)
    assert repository.rows.page("main", Query("t"), 5).rows == ((1, value),)
    for plain in (False, True):
        (row,) = repository.diffs.page("main", DiffQuery("t", HEAD, WORKING, plain=plain), 5).rows
        assert row.new == (1, value)
