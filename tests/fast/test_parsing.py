"""What people type into filters."""

from __future__ import annotations

import datetime as dt

import pytest

from dolt_tui.engine.browsing.query import Condition, DiffFilter, Operator, Query
from dolt_tui.engine.errors import InvalidFilter
from dolt_tui.engine.model import ChangeKind, DiffColumn, LogFilter, SqlStyle
from dolt_tui.ui.flows.parsing import change_filter, log_filter, typed_log_filter, with_condition

DIFFERENT = [
    DiffColumn("id", type="int"),
    DiffColumn("Last Name", type="varchar(20)"),
    DiffColumn("born", type="date"),
    DiffColumn("gone", in_new=False, type="int"),
]


def test_a_query_gets_what_was_typed_and_keeps_its_order() -> None:
    before = Query("t", sort="id", conditions=(Condition("id", Operator.NULL),), where="x", contains="kept")
    columns = [("id", "int")]
    assert with_condition(before, "  ", columns, SqlStyle.MYSQL) == Query("t", sort="id")
    expected = Query("t", sort="id", conditions=(Condition("id", Operator.GREATER, 5),))
    assert with_condition(before, "id > 5", columns, SqlStyle.MYSQL) == expected
    assert with_condition(before, "contains x", columns, SqlStyle.MYSQL) == Query("t", sort="id", contains="x")


def test_filters_of_a_diff() -> None:
    def understood(text: str) -> DiffFilter:
        return change_filter(text, "t", DIFFERENT, SqlStyle.MYSQL)

    added, removed = ChangeKind.ADDED, ChangeKind.REMOVED
    assert understood("added") == DiffFilter(frozenset({added}))
    assert understood("only added and Removed") == DiffFilter(frozenset({added, removed}))
    assert understood("last name changed") == DiffFilter(column="Last Name")
    assert understood("to_id > 3") == DiffFilter(where="`to_id` > 3")
    assert understood("to_born > 2000-01-01 and from_gone = 1") == DiffFilter(
        where="`to_born` > '2000-01-01' AND `from_gone` = 1"
    )
    assert understood("to_last name = O'Brien \\") == DiffFilter(where="`to_Last Name` = 'O''Brien \\\\'")
    assert understood("to_id <> from_id") == DiffFilter(where="to_id <> from_id")
    assert understood("") == DiffFilter()
    for text, says in (
        ("id = 5", "write to_id, or from_id"),
        ("to_gone = 5", "no column to_gone"),
        ("nothing changed", "no column nothing"),
        ("contains x", "in which column"),
        ("to_born > 2000", "to_born is a date"),
        ("coalesce(to_born, from_born) > 2000-01-01", "'2000-01-01'"),
        ("1 = 1) OR (1 = 2", "closes nothing"),
    ):
        with pytest.raises(InvalidFilter) as failure:
            understood(text)
        assert says in failure.value.message


def test_filters_of_the_log() -> None:
    wanted = log_filter('fix author:"Ann B" table:people since:2026-01-31 the bug')
    assert wanted == LogFilter("Ann B", "fix the bug", "people", dt.datetime(2026, 1, 31, tzinfo=dt.UTC), None)
    assert log_filter(typed_log_filter(wanted)) == wanted
    assert log_filter("  ").empty
    with pytest.raises(ValueError, match="not a date"):
        log_filter("until:yesterday")
