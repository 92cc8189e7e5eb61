"""How often values occur and what is true of columns: exact for every type, at a revision, between two."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from dolt_tui.engine.browsing.column_conditions import same_value
from dolt_tui.engine.browsing.query import DiffFilter, DiffQuery, Query
from dolt_tui.engine.core.cancellation import Cancellation
from dolt_tui.engine.errors import Cancelled, ColumnNotFound
from dolt_tui.engine.model import HEAD, STAGED, WORKING, ChangeKind
from dolt_tui.engine.model.column_stats import Frequency, FrequencyOrder, Lengths, Totals
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt

Until = Callable[..., Any]

_BOTH = """id INTEGER PRIMARY KEY, number INTEGER, price DECIMAL(20, 2), part DOUBLE, born DATE, raw VARBINARY(9),
    value VARCHAR(9)"""
"""``value`` is a name that the statements use, too."""
_ROWS = [
    "1, 7, 0.10, 0.1, '2000-01-01', x'00ff', 'Ann'",
    "2, 7, 0.10, 0.1, '2000-01-01', x'00ff', ''",
    "3, -2, 12345678901234.25, 2.5, '2024-02-29', x'', 'ann'",
    "4, NULL, NULL, NULL, NULL, NULL, NULL",
]
_DOLT = """folded VARCHAR(9) COLLATE utf8mb4_0900_ai_ci, kind ENUM('b', 'a'), flags SET('x', 'y'), bits BIT(8),
    doc JSON, place POINT, took TIME, big BIGINT UNSIGNED, single FLOAT"""
_DOLT_ROWS = [
    """'Ann', 'b', 'x', 200, '{"a": 1, "b": 2}', ST_GeomFromText('POINT(1 2)'),
    '-10:00:00', 18446744073709551615, 0.1""",
    """'ANN', 'b', '', 200, '{"b": 2, "a": 1}', ST_GeomFromText('POINT(1 2)'),
    '-10:00:00', 18446744073709551615, 0.1""",
    "'b', 'a', '', 3, '[1]', ST_GeomFromText('POINT(3 4)'), '100:00:00', 1, 0.3",
    "NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL",
]
_LITE = "folded VARCHAR(9) COLLATE NOCASE, anything"
_LITE_ROWS = ["'Ann', 1", "'ANN', '1'", "'b', x'01'", "NULL, NULL"]


@pytest.fixture
def shapes(raw: Raw) -> Raw:
    """A committed table with values of many types."""
    columns, more = (_DOLT, _DOLT_ROWS) if raw.dolt else (_LITE, _LITE_ROWS)
    rows = ", ".join(f"({row}, {own})" for row, own in zip(_ROWS, more, strict=True))
    raw.run(f"CREATE TABLE shapes ({_BOTH}, {columns})", f"INSERT INTO shapes VALUES {rows}")
    raw.commit("shapes")
    return raw


def _told(found: Frequency) -> list[tuple[object, ...]]:
    return [(one.value, one.count) if one.old is None else (one.value, one.old, one.count) for one in found.values]


@pytest.mark.both_versions
def test_values_of_every_type_are_counted_exactly(shapes: Raw, repository: Repository) -> None:
    told, stats = Query("shapes"), repository.stats
    columns = repository.tables.schema("main", "shapes").columns
    for column in columns:
        found = stats.frequency("main", told, column.name, 100)
        assert sum(one.count for one in found.values) == 4 == found.totals.rows, column
        assert found.number == len(found.values)
        assert not found.more
        assert found.totals.nulls == (0 if column.primary_key else 1)
        assert found.totals.distinct == found.number - found.totals.nulls
        for one in found.values:  # each value leads to just its rows
            condition = same_value(column, one.value, repository.info.traits.sql)
            rows = repository.rows.count("main", Query("shapes", conditions=(condition,)))
            assert rows == one.count, (column, one)
    assert _told(stats.frequency("main", told, "price", 9))[0][0] in (Decimal("0.10"), 0.1)
    folded = stats.frequency("main", told, "folded", 9)
    assert [one.count for one in folded.values] == [2, 1, 1]
    assert ("Upper and lower case" in folded.note) == shapes.dolt, "DoltLite tells no collations"
    assert not stats.frequency("main", told, "value", 9).note
    # in another order, and cut
    assert [one.count for one in stats.frequency("main", told, "number", 9, FrequencyOrder.FEWEST).values] == [1, 1, 2]
    assert _told(stats.frequency("main", told, "number", 9, FrequencyOrder.VALUE)) == [(None, 1), (-2, 1), (7, 2)]
    cut = stats.frequency("main", told, "number", 1)
    assert (_told(cut), cut.number, cut.more, cut.totals) == ([(7, 2)], 3, 2, Totals(4, 1, 2))
    with pytest.raises(ColumnNotFound):
        stats.frequency("main", told, "missing", 9)


def test_profiles_say_what_is_true_of_a_column(shapes: Raw, repository: Repository) -> None:
    stats, told = repository.stats, Query("shapes")
    number = stats.profile("main", told, "number").facts
    assert number is not None
    assert (number.totals, number.least, number.greatest) == (Totals(4, 1, 2), -2, 7)
    assert number.mean == 4
    assert number.lengths is None
    assert number.empty is None
    text = stats.profile("main", told, "value")
    assert text.facts is not None
    assert text.facts.lengths == Lengths(0, 2.0, 3)
    assert text.facts.empty == 1
    assert (text.facts.least, text.facts.greatest, text.facts.mean) == ("", "ann", None)
    assert {one.value: one.count for one in text.common} == {"Ann": 1, "ann": 1, "": 1, None: 1}
    data = stats.profile("main", told, "raw").facts
    assert data is not None
    assert data.lengths is not None
    assert data.empty == 1
    assert (data.lengths.least, data.lengths.greatest) == (0, 2)
    assert data.lengths.mean == pytest.approx(4 / 3, abs=1e-4)
    born = stats.profile("main", told, "born").facts
    assert born is not None
    assert (str(born.least), str(born.greatest)) == ("2000-01-01", "2024-02-29")
    # all columns by one statement say the same
    names = [column.name for column in repository.tables.schema("main", "shapes").columns]
    before = repository.statements.entries()[-1].number
    every = stats.profiles("main", told, names)
    asked = [one for one in repository.statements.entries(before) if one.purpose == "profile of all columns"]
    assert sum("count(*)" in one.sql for one in asked) == 1
    for name, profile in zip(names, every, strict=True):
        alone = stats.profile("main", told, name)
        assert (profile.column.name, profile.facts) == (name, alone.facts)
    # no rows at all
    none = stats.profile("main", Query("shapes", where="id > 100"), "number")
    assert none.facts is not None
    assert none.facts.totals == Totals(0, 0, 0)
    assert not none.common
    empty = stats.frequency("main", Query("shapes", where="id > 100"), "number", 9)
    assert (empty.values, empty.number, empty.totals) == ((), 0, Totals(0, 0, 0))


def test_two_revisions_side_by_side(shapes: Raw, repository: Repository) -> None:
    first = shapes.head()
    shapes.run(
        "UPDATE shapes SET number = 8, folded = 'aNN' WHERE id = 1",
        "INSERT INTO shapes (id, number) VALUES (5, -2)",
        "DELETE FROM shapes WHERE id = 4",
    )
    stats = repository.stats
    for old, new in ((HEAD, WORKING), (first, WORKING), (STAGED, WORKING)):
        both = DiffQuery("shapes", old, new)
        found = stats.frequency("main", both, "number", 9, FrequencyOrder.CHANGE)
        assert _told(found) == [(-2, 1, 2), (7, 2, 1), (None, 1, 0), (8, 0, 1)]
        assert (found.old, found.totals) == (Totals(4, 1, 2), Totals(4, 0, 3))
        profile = stats.profile("main", both, "number")
        assert profile.old is not None
        assert profile.facts is not None
        assert (profile.old.greatest, profile.facts.greatest) == (7, 8)
        assert {one.value: (one.old, one.count) for one in profile.common} == {
            7: (2, 1),
            -2: (1, 2),
            None: (1, 0),
            8: (0, 1),
        }
    folded = stats.frequency("main", DiffQuery("shapes", HEAD, WORKING), "folded", 9)
    counts = {str(one.value).lower(): (one.old, one.count) for one in folded.values}
    assert counts == {"ann": (2, 2), "b": (1, 1), "none": (1, 1)}, "spelt otherwise, it is the same value"
    # of some changes only
    added = DiffQuery("shapes", HEAD, WORKING, DiffFilter(kinds=frozenset({ChangeKind.ADDED})))
    found = stats.frequency("main", added, "number", 9)
    assert _told(found) == [(-2, 0, 1)]
    assert "Only the changes" in found.note
    # a column and a table that one side lacks
    shapes.run("ALTER TABLE shapes ADD COLUMN later INTEGER", "UPDATE shapes SET later = id")
    later = stats.frequency("main", DiffQuery("shapes", HEAD, WORKING), "later", 9)
    assert len(later.values) == 4
    assert {one.old for one in later.values} == {0}
    assert "older side" in later.note
    profile = stats.profile("main", DiffQuery("shapes", HEAD, WORKING), "later")
    assert profile.old is None
    assert profile.facts is not None
    assert profile.facts.totals == Totals(4, 0, 4)
    shapes.run("CREATE TABLE fresh (id INTEGER PRIMARY KEY)", "INSERT INTO fresh VALUES (1)")
    fresh = stats.frequency("main", DiffQuery("fresh", HEAD, WORKING), "id", 9)
    assert _told(fresh) == [(1, 0, 1)]
    assert fresh.old == Totals(0, 0, 0)
    # and at a commit
    for branch, query in (("main", Query("shapes", revision=first)), (first, Query("shapes"))):
        then = stats.frequency(branch, query, "number", 9)
        assert then.totals == Totals(4, 1, 2)
    assert isinstance(stats.profile("main", Query("shapes", first), "born").common[0].value, dt.date | str)


def test_what_was_counted_is_kept_while_nothing_changes(dolt: RawDolt, opened: Open) -> None:
    dolt.run("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)")
    repository = opened(dolt)

    def asked() -> int:
        return sum("OVER ()" in one.sql for one in repository.statements.entries())

    def rows() -> int:
        repository.refs.fingerprint("main")  # as the session asks each second
        return repository.stats.frequency("main", Query("t"), "id", 9).totals.rows

    assert (rows(), rows(), asked()) == (2, 2, 1)
    dolt.run("INSERT INTO t VALUES (3)")
    assert (rows(), rows(), asked()) == (3, 3, 2)
    repository.stats.profile("main", Query("t"), "id")
    assert (repository.stats.frequency("main", Query("t", contains="3"), "id", 9).totals.rows, asked()) == (1, 4)


def test_counting_is_cancelled_on_the_server(dolt: RawDolt, opened: Open, until: Until) -> None:
    repository = opened(dolt)
    digits = " UNION ALL ".join(f"SELECT {number} AS n" for number in range(10))
    crossed = ", ".join(f"({digits}) AS d{at}" for at in range(7))
    dolt.run(f"CREATE VIEW many AS SELECT concat(d0.n, d1.n, d2.n, d3.n, d4.n, d5.n, d6.n) AS it FROM {crossed}")
    failed = list[Exception]()
    cancellation = Cancellation()

    def count() -> None:
        with cancellation:
            try:
                repository.stats.frequency("main", Query("many"), "it", 9)
            except Exception as error:
                failed.append(error)

    thread = threading.Thread(target=count)
    thread.start()
    until(lambda: dolt.running("OVER ()"))
    cancellation.cancel()
    thread.join(30)
    assert [type(error) for error in failed] == [Cancelled]
    assert not dolt.running("OVER ()")
