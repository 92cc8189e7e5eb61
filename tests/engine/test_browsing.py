"""Rows of a table in any order, through filters, by pages in both directions: against one long query in Python."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from dolt_tui.engine.browsing.query import Condition, Operator, Query
from dolt_tui.engine.errors import ColumnNotFound, EngineError
from dolt_tui.engine.model import LAST, Page, following, preceding
from dolt_tui.engine.repository import Repository

from .conftest import Raw, RawDolt

_WORDS = ["a", "B", "b", "ab", "", "é", "zz", "100%", "un_der", "!"]


@pytest.fixture
def things(raw: Raw) -> list[tuple[Any, ...]]:
    """300 rows with many ties and NULLs; ``word`` has an index, ``size`` has none."""
    raw.run(
        "CREATE TABLE things (id INTEGER PRIMARY KEY, word VARCHAR(20), size INTEGER, note TEXT)",
        "CREATE INDEX by_word ON things (word)",
    )
    chosen = random.Random(7)
    rows = [
        (
            number * 3,
            chosen.choice([None, *_WORDS]),
            chosen.choice([None, 1, 2, 3, 50]),
            chosen.choice(["plain", "with % sign", "X"]),
        )
        for number in range(300)
    ]
    _insert(raw, "things", rows)
    raw.commit("things")
    return rows


def _insert(raw: Raw, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    marks = ", ".join("(" + ", ".join("?" * len(row)) + ")" for row in rows)
    raw.rows(f"INSERT INTO {table} VALUES {marks}", *(value for row in rows for value in row))


def _ordered(rows: Sequence[tuple[Any, ...]], column: int | None, descending: bool) -> list[tuple[Any, ...]]:
    def key(row: tuple[Any, ...]) -> tuple[Any, ...]:
        if column is None:
            return (row[0],)
        value = row[column]
        comparable = value.encode() if isinstance(value, str) else value
        return (value is not None, comparable if value is not None else 0, row[0])

    # NULL first: pairs of (is not null, value) compare so, as values of one column are of one type.
    nulls = [row for row in rows if column is not None and row[column] is None]
    others = [row for row in rows if column is None or row[column] is not None]
    result = sorted(nulls, key=lambda row: row[0]) + sorted(others, key=key)
    return result[::-1] if descending else result


def _forward(repository: Repository, query: Query, size: int) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    page = repository.rows.page("main", query, size)
    assert page.first
    while True:
        rows += page.rows
        if not page.more:
            assert page.after is None
            return rows
        page = repository.rows.page("main", query, size, following(page.after))
        assert not page.first


def _backward(repository: Repository, query: Query, size: int) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    page = repository.rows.page("main", query, size, LAST)
    assert not page.more
    while True:
        rows = [*page.rows, *rows]
        if page.first:
            return rows
        page = repository.rows.page("main", query, size, preceding(page.before))
        assert page.more


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize(("sort", "column"), [(None, None), ("id", 0), ("word", 1), ("size", 2)])
def test_both_ways(
    repository: Repository, things: list[tuple[Any, ...]], sort: str | None, column: int | None, descending: bool
) -> None:
    query = Query("things", sort=sort, descending=descending)
    expected = _ordered(things, column, descending)
    for size in (7, 64, 300, 1000):
        assert _forward(repository, query, size) == expected
        assert _backward(repository, query, size) == expected
    assert repository.rows.count("main", query) == 300


def test_from_the_middle_back_to_the_first(repository: Repository, things: list[tuple[Any, ...]]) -> None:
    query = Query("things", sort="word")
    expected = _ordered(things, 1, False)
    first = repository.rows.page("main", query, 50)
    second = repository.rows.page("main", query, 50, following(first.after))
    again = repository.rows.page("main", query, 50, preceding(second.before))
    assert list(again.rows) == expected[:50]
    assert again.first
    assert again.after == first.after


@pytest.mark.parametrize(
    ("conditions", "where", "contains", "keep"),
    [
        ((Condition("size", Operator.GREATER, "2"),), "", "", lambda r: r[2] is not None and r[2] > 2),
        ((Condition("word", Operator.NULL),), "", "", lambda r: r[1] is None),
        (
            (Condition("word", Operator.NOT_NULL), Condition("id", Operator.LESS, "300")),
            "",
            "",
            lambda r: r[1] is not None and r[0] < 300,
        ),
        ((Condition("word", Operator.EQUAL, "100%"),), "", "", lambda r: r[1] == "100%"),
        ((Condition("note", Operator.CONTAINS, "% s"),), "", "", lambda r: "% s" in r[3]),
        ((Condition("word", Operator.STARTS, "un_"),), "", "", lambda r: (r[1] or "").startswith("un_")),
        ((), "size % 2 = 1 OR word = 'zz'", "", lambda r: (r[2] is not None and r[2] % 2 == 1) or r[1] == "zz"),
        ((), "", "un_d", lambda r: "un_d" in (r[1] or "")),
        ((), "", "!", lambda r: "!" in (r[1] or "")),
        ((), "", "150", lambda r: "150" in str(r[0])),
    ],
)
def test_filters(
    repository: Repository, things: list[tuple[Any, ...]], conditions: Any, where: str, contains: str, keep: Any
) -> None:
    expected = [row for row in things if keep(row)]
    assert expected, "the case tests nothing"
    for sort in (None, "word"):
        query = Query("things", sort=sort, conditions=conditions, where=where, contains=contains)
        ordered = _ordered(expected, 1 if sort else None, False)
        assert _forward(repository, query, 13) == ordered
        assert _backward(repository, query, 13) == ordered
        assert repository.rows.count("main", query) == len(expected)


@pytest.mark.both_versions
def test_a_composite_key_and_a_table_without_one(raw: Raw, repository: Repository) -> None:
    raw.run(
        "CREATE TABLE pairs (b VARCHAR(5), a INTEGER, c INTEGER, PRIMARY KEY (a, b))",
        "CREATE TABLE loose (a INTEGER, b INTEGER)",
        "CREATE VIEW seen AS SELECT a, b FROM loose WHERE a < 10",
    )
    pairs = [(letter, number, number % 2) for number in range(9) for letter in "abcde"]
    _insert(raw, "pairs", pairs)
    _insert(raw, "loose", [(number, number % 3) for number in range(25)])
    for size in (1, 4, 100):
        query = Query("pairs")
        assert _forward(repository, query, size) == pairs
        assert _backward(repository, query, size) == pairs
        query = Query("pairs", sort="c", descending=True)
        expected = sorted(pairs, key=lambda r: (r[2], r[1], r[0]), reverse=True)
        assert _forward(repository, query, size) == expected
        assert _backward(repository, query, size) == expected
        whole = _forward(repository, Query("loose"), size)
        assert sorted(whole) == [(number, number % 3) for number in range(25)]
        assert _backward(repository, Query("loose"), size) == whole
        assert sorted(_forward(repository, Query("seen"), size)) == [(number, number % 3) for number in range(10)]


def test_an_older_revision(repository: Repository, raw: Raw, things: list[tuple[Any, ...]]) -> None:
    old = raw.head()
    raw.run("DELETE FROM things WHERE id > 30")
    query = Query("things", revision=old, sort="size")
    assert _forward(repository, query, 40) == _ordered(things, 2, False)
    assert len(_forward(repository, Query("things"), 40)) == 11


def test_exact_values_only(dolt: RawDolt, opened: Any) -> None:
    dolt.run("CREATE TABLE inexact (id INT PRIMARY KEY, f FLOAT, d DECIMAL(20, 10), t DATETIME(6))")
    for number in range(40):
        moment = f"2020-01-01 00:00:00.00000{number % 7}"
        dolt.rows("INSERT INTO inexact VALUES (?, ? / 3, ? / 7, ?)", number, number % 5, number % 6, moment)
    repository = opened(dolt)
    for sort in ("f", "d", "t"):
        rows = _forward(repository, Query("inexact", sort=sort), 7)
        assert sorted(row[0] for row in rows) == list(range(40))
        position = {"f": 1, "d": 2, "t": 3}[sort]
        assert [row[position] for row in rows] == sorted(row[position] for row in rows)


def test_what_cannot_be(repository: Repository, things: list[tuple[Any, ...]]) -> None:
    with pytest.raises(ColumnNotFound, match="things has no column gone"):
        repository.rows.page("main", Query("things", sort="gone"), 10)
    with pytest.raises(EngineError):
        repository.rows.page("main", Query("things", where="this is no SQL"), 10)
    page: Page = repository.rows.page("main", Query("things", where="id < 0"), 10)
    assert (page.rows, page.first, page.more) == ((), True, False)
    assert repository.rows.page("main", Query("things", where="id < 0"), 10, LAST).rows == ()
