"""Filters of row changes: by pages they equal the filtered whole; bounded counts."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dolt_tui.engine.browsing.query import DiffFilter, DiffQuery
from dolt_tui.engine.errors import EngineError
from dolt_tui.engine.model import ABSENT, HEAD, WORKING, ChangeKind, RowChange, following
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt

A, M, R = ChangeKind.ADDED, ChangeKind.MODIFIED, ChangeKind.REMOVED

ROWS = st.dictionaries(
    st.tuples(st.integers(0, 5), st.sampled_from(["a", "A", "b"])),
    st.tuples(st.sampled_from([None, "", "a", "A", "50%"]), st.sampled_from([None, 0, 1])),
    max_size=14,
)
CONDITIONS = ["", "to_n = 1 OR from_n = 1", "to_w LIKE '5%'", "coalesce(to_a, from_a) % 2 = 0"]
Line = tuple[object, ...]


def pages(
    repository: Repository, table: str, size: int, *, kinds: frozenset[ChangeKind], where: str = "", column: str = ""
) -> list[RowChange]:
    found: list[RowChange] = []
    query = DiffQuery(table, HEAD, WORKING, DiffFilter(kinds, where, column), plain=True)
    after = None
    for _ in range(200):
        page = repository.diffs.page("main", query, size, following(after))
        found += page.rows
        assert len(page.rows) == size or not page.more
        if not page.more:
            return found
        after = page.after
    raise AssertionError("no end")


@pytest.fixture(params=["PRIMARY KEY (b, a)", ""], ids=["keyed", "keyless"])
def table(raw: Raw, opened: Open, request: pytest.FixtureRequest) -> tuple[Raw, Repository, bool]:
    """An empty table t(a, b, w, n), and whether it has a key."""
    key = f", {request.param}" if request.param else ""
    raw.run(f"CREATE TABLE t (a INTEGER, b VARCHAR(9), w VARCHAR(30), n INTEGER{key})")
    raw.commit()
    return raw, opened(raw), bool(request.param)


def fill(repository: Repository, rows: dict[tuple[int, str], tuple[str | None, int | None]]) -> None:
    statements: list[tuple[str, tuple[object, ...]]] = [("DELETE FROM t", ())]
    statements += [("INSERT INTO t VALUES (?, ?, ?, ?)", (*key, *values)) for key, values in rows.items()]
    repository.run("main", statements)


def kept(change: RowChange, kinds: frozenset[ChangeKind], where: str, column: int | None) -> bool:
    new, old = change.new or (None,) * 4, change.old or (None,) * 4
    conditions = {
        "": True,
        CONDITIONS[1]: new[3] == 1 or old[3] == 1,
        CONDITIONS[2]: (new[2] or "").startswith("5"),
        CONDITIONS[3]: (old if change.new is None else new)[0] % 2 == 0,
    }
    return (not kinds or change.kind in kinds) and conditions[where] and (column is None or new[column] != old[column])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    before=ROWS,
    after=ROWS,
    kinds=st.frozensets(st.sampled_from([A, M, R])),
    where=st.sampled_from(CONDITIONS),
    column=st.sampled_from([None, 0, 1, 2, 3]),
    size=st.integers(1, 7),
    limit=st.integers(1, 12),
)
def test_filtered_pages_are_the_filtered_whole(
    table: tuple[Raw, Repository, bool],
    before: dict[tuple[int, str], tuple[str | None, int | None]],
    after: dict[tuple[int, str], tuple[str | None, int | None]],
    kinds: frozenset[ChangeKind],
    where: str,
    column: int | None,
    size: int,
    limit: int,
) -> None:
    raw, repository, _ = table
    fill(repository, before)
    raw.call("dolt_commit", "--allow-empty", "-A", "-m", "before")
    fill(repository, after)
    name = "" if column is None else "abwn"[column]
    whole = repository.diffs.page("main", DiffQuery("t", HEAD, WORKING), 1000).rows
    expected = [change for change in whole if kept(change, kinds, where, column)]
    assert pages(repository, "t", size, kinds=kinds, where=where, column=name) == expected
    count = repository.diffs.count(
        "main", DiffQuery("t", HEAD, WORKING, DiffFilter(kinds=kinds, where=where, column=name)), limit
    )
    assert count == min(limit, len(expected))


NONE: frozenset[ChangeKind] = frozenset()


def test_a_column_on_one_side(people: Raw, repository: Repository) -> None:
    people.run(
        "ALTER TABLE people ADD COLUMN born INTEGER",
        "UPDATE people SET born = 1990 WHERE id = 2",
        "UPDATE people SET name = 'Eve' WHERE id = 3",
        "INSERT INTO people VALUES (4, 'Dot', NULL)",
    )
    assert [row.new for row in pages(repository, "people", 2, kinds=NONE, column="born")] == [(2, "Bob", 1990)]
    assert [row.new for row in pages(repository, "people", 2, kinds=NONE, column="name")] == [
        (3, "Eve", None),
        (4, "Dot", None),
    ]
    people.commit()
    people.run("ALTER TABLE people DROP COLUMN born")
    if people.dolt:  # DoltLite shows the columns of the newer side only
        found = pages(repository, "people", 2, kinds=NONE, column="born")
        assert [(row.old, row.new) for row in found] == [((2, "Bob", 1990), (2, "Bob", None))]


def test_what_cannot_be_filtered_by(people: Raw, repository: Repository) -> None:
    people.run("DELETE FROM people")
    for where, column in (("", "nope"), ("to_nope = 1", ""), ("1 = 1) OR (1", ""), ("1 = ", "")):
        with pytest.raises(EngineError):
            repository.diffs.page("main", DiffQuery("people", HEAD, WORKING, DiffFilter(where=where, column=column)), 5)
        with pytest.raises(EngineError):
            repository.diffs.count(
                "main", DiffQuery("people", HEAD, WORKING, DiffFilter(where=where, column=column)), 5
            )
    assert repository.diffs.count("main", DiffQuery("people", HEAD, WORKING), 99) == 3


@pytest.mark.parametrize("name", ["a b", 'q"q', "b`t", "per%cent", "q?m", "commit", "ünï☃", "select"])
def test_filters_by_hostile_columns(raw: Raw, repository: Repository, name: str) -> None:
    column = raw.quote(name)
    raw.run(f"CREATE TABLE t (id INTEGER PRIMARY KEY, {column} VARCHAR(9), v INTEGER)")
    raw.run("INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2)")
    raw.commit()
    raw.run(f"UPDATE t SET {column} = 'c' WHERE id = 1", "UPDATE t SET v = 3 WHERE id = 2")
    if raw.dolt and name == "commit":
        with pytest.raises(EngineError, match="ambiguous"):
            pages(repository, "t", 1, kinds=NONE, column=name)
        return
    assert [row.new for row in pages(repository, "t", 1, kinds=NONE, column=name)] == [(1, "c", 1)]


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("JSON", "'{\"a\": 1}'", "'{\"a\": 2}'"),
        ("POINT", "POINT(1, 2)", "POINT(1, 3)"),
        ("BIT(9)", "b'1'", "b'111111111'"),
        ("BLOB", "x'00'", "x'FF'"),
        ("TIME", "'-00:00:01'", "'00:00:01'"),
        ("DATE", "'0000-00-00'", "'2020-01-01'"),
        ("TEXT COLLATE utf8mb4_0900_ai_ci", "'a'", "'A'"),
        ("VARCHAR(9)", "''", "NULL"),
        ("ENUM('a','b')", "'a'", "'b'"),
        ("SET('a','b')", "'a'", "'a,b'"),
        ("DECIMAL(30,10)", "12345678901234567890.0123456789", "12345678901234567890.0123456788"),
        ("VECTOR(2)", "STRING_TO_VECTOR('[1,2]')", "STRING_TO_VECTOR('[1,3]')"),
        ("DOUBLE", "0.1", "0.2"),
    ],
)
def test_a_changed_column_of_any_type(dolt: RawDolt, opened: Open, kind: str, before: str, after: str) -> None:
    dolt.run(f"CREATE TABLE t (id INTEGER PRIMARY KEY, v {kind}, w INTEGER)")
    dolt.run(f"INSERT INTO t VALUES (1, {before}, 1), (2, {before}, 1), (3, NULL, 1), (4, {before}, 1)")
    dolt.commit()
    dolt.run(f"UPDATE t SET v = {after}, w = 2 WHERE id = 1", "UPDATE t SET w = 2 WHERE id IN (2, 3)")
    dolt.run("DELETE FROM t WHERE id = 4")
    found = pages(opened(dolt), "t", 1, kinds=NONE, column="v")
    assert [(change.kind, (change.new or change.old or ())[0]) for change in found] == [(M, 1), (R, 4)]


def test_virtual_columns_are_not_held(raw: Raw, repository: Repository) -> None:
    virtual = "v INTEGER GENERATED ALWAYS AS (a + 1) VIRTUAL"
    raw.run(f"CREATE TABLE t (id INTEGER PRIMARY KEY, {virtual}, a INTEGER, v2 INTEGER)")
    raw.run("INSERT INTO t (id, a) VALUES (1, 1), (2, 2)")
    raw.commit()
    raw.run("UPDATE t SET a = 5, v2 = 6 WHERE id = 1")
    page = repository.diffs.page("main", DiffQuery("t", HEAD, WORKING), 5)
    assert [(row.old, row.new) for row in page.rows] == [((1, ABSENT, 1, None), (1, ABSENT, 5, 6))]
    assert page.rows[0].changed == {2, 3}
    assert page.note.startswith("– v: computed")
    for wanted in (DiffFilter(column="v"), DiffFilter(where="to_v = 6"), DiffFilter(where="id = 1 or FROM_V > 1")):
        with pytest.raises(EngineError, match="the diff does not hold"):
            repository.diffs.page("main", DiffQuery("t", HEAD, WORKING, wanted), 5)
    assert len(repository.diffs.page("main", DiffQuery("t", HEAD, WORKING, DiffFilter(where="to_v2 = 6")), 5).rows) == 1
