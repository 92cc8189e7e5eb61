"""What people type into filters."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from dolt_tui.engine.browsing.column_conditions import same_value
from dolt_tui.engine.browsing.query import Condition, DiffFilter, Operator, Query
from dolt_tui.engine.errors import InvalidFilter
from dolt_tui.engine.model import ChangeKind, ColumnInfo, DiffColumn, LogFilter, SqlStyle
from dolt_tui.ui.flows.parsing import (
    change_filter,
    log_filter,
    typed_change_filter,
    typed_filter,
    typed_log_filter,
    with_condition,
)

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
    assert understood("to_id > 3") == DiffFilter(conditions=(Condition("to_id", Operator.GREATER, 3),))
    assert understood("to_born > 2000-01-01 and from_gone = 1") == DiffFilter(
        conditions=(
            Condition("to_born", Operator.GREATER, "2000-01-01"),
            Condition("from_gone", Operator.EQUAL, 1),
        )
    )
    assert understood("to_last name = O'Brien \\") == DiffFilter(
        conditions=(Condition("to_Last Name", Operator.EQUAL, "O'Brien \\"),)
    )
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


def test_filters_are_typed_again_as_they_are() -> None:
    columns = [("id", "int"), ("name", "varchar(9)"), ("raw", "blob")]
    for text in (
        "id > 5 and name = 'O''Brien' and raw is null",
        "name = 'a' and contains b and c",
        "name = 'bread and contains gluten'",
        "(length(name) > 1 or id < 3) and contains x",
    ):
        query = with_condition(Query("t"), text, columns, SqlStyle.MYSQL)
        assert with_condition(Query("t"), typed_filter(query), columns, SqlStyle.MYSQL) == query
    assert with_condition(Query("t"), "name = 'O''Brien'", columns, SqlStyle.MYSQL).conditions[0].value == "O'Brien"
    both = replace(query, conditions=(same_value(ColumnInfo("raw", "blob"), b"x", SqlStyle.MYSQL),))
    assert typed_filter(both).startswith("raw = 0x78 and (length(name) > 1 or id < 3) and contains x")
    born = same_value(DIFFERENT[2], dt.date(2000, 1, 1), SqlStyle.MYSQL, prefix="from_")
    wanted = DiffFilter(frozenset(ChangeKind), "to_id = 1 or from_gone = 2", "Last Name", (born,))
    typed = typed_change_filter(wanted)
    assert typed == (
        "added modified removed and Last Name changed and from_born = '2000-01-01' and (to_id = 1 or from_gone = 2)"
    )
    again = change_filter(typed, "t", DIFFERENT, SqlStyle.MYSQL)
    assert (again.kinds, again.column) == (wanted.kinds, wanted.column)
    assert again.where == "from_born = '2000-01-01' and (to_id = 1 or from_gone = 2)"


def test_filters_of_the_log() -> None:
    wanted = log_filter('fix author:"Ann B" table:people since:2026-01-31 the bug')
    assert wanted == LogFilter("Ann B", "fix the bug", "people", dt.datetime(2026, 1, 31, tzinfo=dt.UTC), None)
    assert log_filter(typed_log_filter(wanted)) == wanted
    assert log_filter("  ").empty
    with pytest.raises(ValueError, match="not a date"):
        log_filter("until:yesterday")
