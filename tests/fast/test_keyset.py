"""Ranges of a keyset: one after the other they are all rows beyond a key, in order, in both directions, with NULLs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dolt_tui.engine.browsing.keyset import KeyRange, Keyset, where

Row = tuple[int | None, ...]

NULLABLE = (True, False, True)
KEYSET = Keyset(('"a"', '"b"', '"c"'), "?", NULLABLE)
VALUES = st.integers(0, 3)
ROWS = st.sets(st.tuples(st.none() | VALUES, VALUES, st.none() | VALUES), max_size=20)


def place(row: Row) -> tuple[tuple[bool, int], ...]:
    """Where a row stands in ascending order: NULL comes first."""
    return tuple((value is not None, value or 0) for value in row)


@pytest.fixture(scope="module")
def database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE t (a INTEGER, b INTEGER, c INTEGER)")
        yield connection


def fill(database: sqlite3.Connection, rows: set[Row]) -> list[Row]:
    database.execute("DELETE FROM t")
    database.executemany("INSERT INTO t VALUES (?, ?, ?)", list(rows))
    return sorted(rows, key=place)


def ask(database: sqlite3.Connection, part: KeyRange, size: int) -> list[Row]:
    statement = f"SELECT a, b, c FROM t{where(part.condition)} ORDER BY {part.order} LIMIT ?"
    return database.execute(statement, (*part.bound, size)).fetchall()


PROPERTY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@PROPERTY
@given(rows=ROWS, key=st.tuples(st.none() | VALUES, VALUES, st.none() | VALUES), size=st.integers(1, 25))
def test_what_lies_beyond_a_key(database: sqlite3.Connection, rows: set[Row], key: Row, size: int) -> None:
    ordered = fill(database, rows)
    after = [row for row in ordered if place(row) > place(key)]
    before = [row for row in ordered if place(row) < place(key)]
    for backward, expected, all_ in ((False, after, ordered), (True, before[::-1], ordered[::-1])):
        parts = KEYSET.ranges(key, backward=backward)
        assert [row for part in parts for row in ask(database, part, -1)] == expected
        found = KEYSET.read(lambda part, number: ask(database, part, number), key, size, backward=backward)
        assert found == expected[:size]
        start = KEYSET.read(lambda part, number: ask(database, part, number), None, size, backward=backward)
        assert start == all_[:size]


@PROPERTY
@given(rows=ROWS, size=st.integers(1, 6), backward=st.booleans())
def test_pages_from_one_end_to_the_other(
    database: sqlite3.Connection, rows: set[Row], size: int, backward: bool
) -> None:
    ordered = fill(database, rows)
    found: list[Row] = []
    key: Sequence[int | None] | None = None
    for _ in range(len(rows) + 1):
        page = KEYSET.read(lambda part, number: ask(database, part, number), key, size, backward=backward)
        found += page
        if len(page) < size:
            break
        key = page[-1]
    assert found == (ordered[::-1] if backward else ordered)


@PROPERTY
@given(rows=st.sets(st.tuples(VALUES, VALUES, VALUES), max_size=20), key=st.tuples(VALUES, VALUES, VALUES))
def test_one_condition_for_all_of_them(database: sqlite3.Connection, rows: set[Row], key: Row) -> None:
    ordered = fill(database, set(rows))
    for backward, including in product((False, True), repeat=2):
        condition, bound = KEYSET.beyond(key, backward=backward, including=including)
        found = database.execute(f"SELECT a, b, c FROM t WHERE {condition} ORDER BY a, b, c", bound).fetchall()
        expected = [
            row
            for row in ordered
            if (place(row) < place(key) if backward else place(row) > place(key)) or (including and row == key)
        ]
        assert found == expected


def test_each_statement_is_one_that_an_index_answers() -> None:
    forward = [(part.condition, part.bound, part.order) for part in KEYSET.ranges((1, 2, 3))]
    assert forward == [
        ('"a" = ? AND "b" = ? AND "c" > ?', (1, 2, 3), '"c"'),
        ('"a" = ? AND "b" > ?', (1, 2), '"b", "c"'),
        ('"a" > ?', (1,), '"a", "b", "c"'),
    ]
    backward = [(part.condition, part.bound, part.order) for part in KEYSET.ranges((1, 2, None), backward=True)]
    assert backward == [  # nothing precedes NULL; only columns that can be NULL are asked for it
        ('"a" = ? AND "b" < ?', (1, 2), '"b" DESC, "c" DESC'),
        ('"a" < ?', (1,), '"a" DESC, "b" DESC, "c" DESC'),
        ('"a" IS NULL', (), '"a" DESC, "b" DESC, "c" DESC'),
    ]


def test_an_index_that_orders_ties_is_not_told_of_them() -> None:
    keyset = Keyset(('"s"', '"id"'), "?", first_is_enough=True)
    assert [part.order for part in keyset.ranges(None)] == ['"s"']
    assert [part.order for part in keyset.ranges(("x", 5), backward=True)] == ['"id" DESC', '"s" DESC']
