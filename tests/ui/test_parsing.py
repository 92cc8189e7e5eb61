"""What people type into filters."""

from __future__ import annotations

import datetime as dt

import pytest

from dolt_tui.engine.model import ChangeKind, LogFilter
from dolt_tui.engine.queries import Condition, Operator, Query
from dolt_tui.ui.parsing import change_filter, log_filter, typed_log_filter, with_condition

COLUMNS = ["id", "Last Name", "price", "note"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("price > 5", Condition("price", Operator.GREATER, "5")),
        ("PRICE<=5.50", Condition("price", Operator.AT_MOST, "5.50")),
        ("last name = Sehn", Condition("Last Name", Operator.EQUAL, "Sehn")),
        ("note != x y", Condition("note", Operator.UNEQUAL, "x y")),
        ("note contains a = b", Condition("note", Operator.CONTAINS, "a = b")),
        ("note starts with %", Condition("note", Operator.STARTS, "%")),
        ("note is null", Condition("note", Operator.NULL)),
        ("note is not NULL", Condition("note", Operator.NOT_NULL)),
        ("price =", Condition("price", Operator.EQUAL, "")),
    ],
)
def test_a_plain_condition_is_bound(text: str, expected: Condition) -> None:
    assert with_condition(Query("t", sort="id"), text, COLUMNS) == Query("t", sort="id", conditions=(expected,))


@pytest.mark.parametrize(
    "text",
    ["price > 5 AND id < 3", "note = 'x'", "other = 1", "price = id + 1", "length(note) > 3", "price = null", "1 = 1"],
)
def test_everything_else_is_sql(text: str) -> None:
    assert with_condition(Query("t"), text, COLUMNS) == Query("t", where=text)


def test_nothing_shows_all() -> None:
    before = Query("t", sort="id", conditions=(Condition("id", Operator.NULL),), where="x", contains="kept")
    assert with_condition(before, "  ", COLUMNS) == Query("t", sort="id")


def test_filters_of_a_diff() -> None:
    added, removed = ChangeKind.ADDED, ChangeKind.REMOVED
    assert change_filter("added", COLUMNS) == (frozenset({added}), "", "")
    assert change_filter("only added and Removed", COLUMNS) == (frozenset({added, removed}), "", "")
    assert change_filter("last name changed", COLUMNS) == (frozenset(), "", "Last Name")
    assert change_filter("what changed", COLUMNS) == (frozenset(), "what changed", "")
    assert change_filter("to_id > 3", COLUMNS) == (frozenset(), "to_id > 3", "")
    assert change_filter("", COLUMNS) == (frozenset(), "", "")


def test_filters_of_the_log() -> None:
    wanted = log_filter('fix author:"Ann B" table:people since:2026-01-31 the bug')
    assert wanted == LogFilter("Ann B", "fix the bug", "people", dt.datetime(2026, 1, 31, tzinfo=dt.UTC), None)
    assert log_filter(typed_log_filter(wanted)) == wanted
    assert log_filter("  ").empty
    with pytest.raises(ValueError, match="not a date"):
        log_filter("until:yesterday")
