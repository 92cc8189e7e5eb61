"""Values of every kind are read without loss wherever rows are read: tables, diffs, histories; and views."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

import pytest

from dolt_tui.engine.browsing.query import DiffFilter, DiffQuery, Query
from dolt_tui.engine.model import HEAD, LAST, WORKING, ChangeKind, following
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt, RawLite
from .test_tables import TYPES

Value = object


def check(repository: Repository, raw: Raw, rows: Sequence[tuple[Value, ...]], commit: str) -> None:
    """Every way to read table t(id, …) answers exactly these rows, which were committed, and are removed here."""
    expected = [tuple(map(typed, row)) for row in rows]
    diffs, history = repository.diffs, repository.history

    def same(found: Sequence[tuple[Value, ...] | None]) -> None:
        assert [tuple(map(typed, row or ())) for row in found] == expected

    same(repository.rows.page("main", Query("t"), 50).rows)
    same(repository.rows.page("main", Query("t", revision=commit), 50, LAST).rows)
    base = raw.scalar("SELECT commit_hash FROM dolt_log LIMIT 1 OFFSET 1")
    same([row.new for row in diffs.page("main", DiffQuery("t", base, commit), 50).rows])
    for row in rows:
        (version,), more = (found := history.row("main", "t", [row[0]], 5)).versions, found.more
        assert (version.change.kind, version.commit, more) == (ChangeKind.ADDED, commit, False)
        assert tuple(map(typed, version.change.new or ())) == tuple(map(typed, row))
    blamed, _, _ = history.blame("main", "t", 50)
    assert [row.key for row in blamed] == [row[:1] for row in rows]
    raw.run("DELETE FROM t")
    for plain in (False, True):
        same([row.old for row in diffs.page("main", DiffQuery("t", HEAD, WORKING, plain=plain), 50).rows])
    first = diffs.page("main", DiffQuery("t", HEAD, WORKING, DiffFilter(frozenset({ChangeKind.REMOVED}))), 1)
    rest = diffs.page(
        "main",
        DiffQuery("t", HEAD, WORKING, DiffFilter(frozenset({ChangeKind.REMOVED}))),
        50,
        following(first.after),
    )
    same([row.old for row in (*first.rows, *(rest.rows if first.more else ()))])
    for row in rows:
        gone, added = history.row("main", "t", [row[0]], 5).versions
        assert (gone.commit, gone.change.old) == (WORKING, added.change.new)


def typed(value: Value) -> tuple[type, Value]:
    return type(value), value


@pytest.mark.parametrize(("kind", "literal", "value"), TYPES, ids=[kind for kind, _, _ in TYPES])
def test_types_of_dolt(dolt: RawDolt, opened: Open, kind: str, literal: str, value: Value) -> None:
    dolt.run(f"CREATE TABLE t (id INTEGER PRIMARY KEY, v {kind})", f"INSERT INTO t VALUES (1, {literal}), (2, NULL)")
    check(opened(dolt), dolt, [(1, value), (2, None)], dolt.commit())


KEYS = [
    ("BIT(9)", "b'111111111'", 511),
    ("BIT(64)", "9223372036854775809", 2**63 + 1),
    ("DECIMAL(30,10)", "12345678901234567890.0123456789", Decimal("12345678901234567890.0123456789")),
    ("FLOAT", "0.1", 0.1),
    ("DOUBLE", "0.1", 0.1),
    ("VARBINARY(9)", "x'00FF80'", b"\x00\xff\x80"),
    ("TIME(6)", "'-01:00:01.5'", -dt.timedelta(hours=1, seconds=1.5)),
    ("DATETIME(6)", "'2020-01-02 03:04:05.678901'", dt.datetime(2020, 1, 2, 3, 4, 5, 678901)),
    ("DATE", "'0000-00-00'", "0000-00-00"),
    ("ENUM('a','b')", "'b'", "b"),
    ("YEAR", "2020", 2020),
    ("BIGINT UNSIGNED", "18446744073709551615", 2**64 - 1),
    ("VARCHAR(9) COLLATE utf8mb4_0900_ai_ci", "'Áb'", "Áb"),
    ("VARCHAR(9)", "''", ""),
]


@pytest.mark.parametrize(("kind", "literal", "value"), KEYS, ids=[kind for kind, _, _ in KEYS])
def test_keys_of_dolt(dolt: RawDolt, opened: Open, kind: str, literal: str, value: Value) -> None:
    dolt.run(f"CREATE TABLE t (id {kind} PRIMARY KEY, v INTEGER)", f"INSERT INTO t VALUES ({literal}, 7)")
    check(opened(dolt), dolt, [(value, 7)], dolt.commit())


@pytest.mark.parametrize("value", [None, 2**63 - 1, -1.5, 1e300, "ü\n\0x", "", b"\x00\xff", b""])
def test_types_of_doltlite(lite: RawLite, opened: Open, value: Value) -> None:
    lite.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v)")
    lite.rows("INSERT INTO t VALUES (1, ?), (2, NULL)", value)
    check(opened(lite), lite, [(1, value), (2, None)], lite.commit())


def test_null_against_an_empty_string(raw: Raw, opened: Open) -> None:
    raw.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v VARCHAR(9))", "INSERT INTO t VALUES (1, ''), (2, NULL)")
    repository = opened(raw)
    commit = raw.commit()
    raw.run("UPDATE t SET v = CASE WHEN v IS NULL THEN '' END")
    for plain in (False, True):
        rows = repository.diffs.page(
            "main", DiffQuery("t", HEAD, WORKING, DiffFilter(column="" if plain else "v"), plain=plain), 5
        ).rows
        assert [(row.old, row.new) for row in rows] == [((1, ""), (1, None)), ((2, None), (2, ""))]
        assert [row.changed for row in rows] == [{1}, {1}]
    newest, oldest = repository.history.row("main", "t", [1], 5).versions
    assert (newest.change.new, oldest.change.new, oldest.commit) == ((1, None), (1, ""), commit)
    raw.call("dolt_reset", "--hard")
    check(repository, raw, [(1, ""), (2, None)], commit)


def test_generated_columns(raw: Raw, opened: Open) -> None:
    raw.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER, twice INTEGER GENERATED ALWAYS AS (v * 2) STORED)",
        "INSERT INTO t (id, v) VALUES (1, 4), (2, NULL)",
    )
    check(opened(raw), raw, [(1, 4, 8), (2, None, None)], raw.commit())


def test_a_view_at_any_revision(people: Raw, repository: Repository) -> None:
    people.run("CREATE VIEW names AS SELECT name, id * 2 AS twice FROM people WHERE id > 1")
    commit = people.commit()
    people.run("UPDATE people SET name = NULL WHERE id = 2")
    page = repository.rows.page("main", Query("names"), 1)
    assert [column.name for column in page.columns] == ["name", "twice"]
    assert page.rows + repository.rows.page("main", Query("names"), 1, following(page.after)).rows == (
        (None, 4),
        ("Cid", 6),
    )
    assert repository.rows.page("main", Query("names", revision=commit), 5).rows == (("Bob", 4), ("Cid", 6))
