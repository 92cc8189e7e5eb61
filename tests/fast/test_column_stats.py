"""Values of a result counted row by row, and what frequencies and profiles say to people."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.console.value_counts import frequency_of, frequency_of_changes, profile_of, profile_of_changes
from dolt_tui.engine.model import ChangeKind, ColumnInfo, DiffColumn, RowChange, SqlStyle, Value
from dolt_tui.engine.model.column_stats import Facts, Frequency, FrequencyOrder, Lengths, Profile, Totals, ValueCount
from dolt_tui.ui.main_view.diff import DiffView
from dolt_tui.ui.main_view.frequency import FrequencyPages, FrequencyView, LoadedFrequency
from dolt_tui.ui.main_view.table import TableView
from dolt_tui.ui.present.column_stats import (
    bar,
    frequency_columns,
    frequency_rows,
    frequency_said,
    mean_text,
    profile_rows,
    share,
    span,
)
from dolt_tui.ui.present.grid_rows import Request
from dolt_tui.ui.present.text import plain


class Held:
    """One column of a result."""

    columns = (ColumnInfo("it", "TEXT"),)

    def __init__(self, values: Sequence[Value]) -> None:
        self._rows = [(value,) for value in values]

    def page(self, start: int, size: int) -> Sequence[tuple[Value, ...]]:
        return self._rows[start : start + size]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.none() | st.text(max_size=3) | st.just("long " * 50) | st.binary(max_size=2)))
def test_values_are_counted_as_they_were_read(values: list[Value]) -> None:
    found = frequency_of(Held(values), 0, 1000)
    assert {one.value: one.count for one in found.values} == Counter(values)
    assert found.totals == Totals(len(values), values.count(None), len(set(values) - {None}))
    counts = [one.count for one in found.values]
    assert counts == sorted(counts, reverse=True)
    few = frequency_of(Held(values), 0, 1, FrequencyOrder.FEWEST)
    assert [one.count for one in few.values] == sorted(counts)[:1]
    assert few.number == len(set(values))


def test_a_profile_of_what_is_here() -> None:
    numbers = profile_of(Held([3, None, Decimal("-1.5"), 3]), 0).facts
    assert numbers == Facts(Totals(4, 1, 2), Decimal("-1.5"), 3, 1.5)
    texts = profile_of(Held(["b", "", "abc", None]), 0)
    assert texts.facts == Facts(Totals(4, 1, 3), "", "b", None, Lengths(0, 4 / 3, 3), 1)
    assert frequency_of(Held(["b", None, "a"]), 0, 9, FrequencyOrder.VALUE).values[0].value is None
    assert profile_of(Held([]), 0).facts == Facts(Totals(0, 0, 0))


class HeldChanges(Held):
    """Changes of a query's result."""

    columns = (DiffColumn("it", type="TEXT"),)  # type: ignore[assignment]

    def __init__(self, changes: Sequence[tuple[Value, Value]]) -> None:
        self._rows = [
            RowChange(  # type: ignore[misc]
                ChangeKind.MODIFIED,
                None if old == "-" else (old,),
                None if new == "-" else (new,),
            )
            for old, new in changes
        ]


def test_changes_are_counted_on_both_sides() -> None:
    changes = HeldChanges([("a", "b"), ("a", None), ("-", "b"), ("c", "-")])
    found = frequency_of_changes(changes, 0, 9)
    counts = {one.value: (one.old, one.count) for one in found.values}
    assert counts == {"b": (0, 2), "a": (2, 0), None: (0, 1), "c": (1, 0)}
    assert [abs(one.difference) for one in found.values] == [2, 2, 1, 1]
    assert (found.old, found.totals, found.number) == (Totals(3, 0, 2), Totals(3, 1, 1), 4)
    profile = profile_of_changes(changes, 0)
    assert profile.both
    assert profile.old == Facts(Totals(3, 0, 2), "a", "c", None, Lengths(1, 1.0, 1), 0)


def test_shares_and_bars() -> None:
    assert [share(n, 1000) for n in (0, 125, 999, 1000)] == ["0%", "12.5%", "99.9%", "100%"]
    assert (share(1, 10_000), share(9_999, 10_000), share(1, 0)) == ("<0.1%", ">99.9%", "0%")
    assert [bar(n, 100, 2) for n in (0, 1, 50, 75, 100)] == ["", "╸", "━", "━╸", "━━"]
    assert (mean_text(2.5), mean_text(1234567.0), mean_text(0.33333)) == ("2.5", "1,234,567", "0.3333")
    assert span(dt.date(2000, 1, 1), dt.date(2010, 1, 1)) == "3,653 days, 10.0 years"
    assert span(dt.datetime(2000, 1, 1, 8), dt.datetime(2000, 1, 1, 9, 30)) == "1:30:00"
    assert span("2000", None) is None


def _texts(found: Sequence[object]) -> list[list[str]]:
    return [[plain(part) for part in row.cells] for row in found]  # type: ignore[attr-defined]


def test_lines_of_two_sides_tell_the_difference() -> None:
    values = (ValueCount("a", 3, 1), ValueCount(None, 0, 2), ValueCount("", 1, 1))
    found = Frequency(ColumnInfo("it", "text"), values, 5, Totals(4, 0, 2), Totals(4, 2, 2))
    assert found.more == 2
    assert [column.title for column in frequency_columns(found, "it", "HEAD", "working")][1:4] == [
        "HEAD",
        "working",
        "difference",
    ]
    assert [line[:5] for line in _texts(frequency_rows(found, values, 0))] == [
        ["a", "1", "3", "+2", "75.0%"],
        ["∅", "2", "0", "−2", "0%"],
        ["empty", "1", "1", "·", "25.0%"],
    ]
    assert frequency_said(found) == "2 values · 1 empty · in 4 rows"
    before, after = Facts(Totals(4, 2, 2), 1, 5, 3.0), Facts(Totals(5, 0, 3), 1, 9, 4.5)
    lines = _texts(profile_rows(Profile(ColumnInfo("n", "int"), after, before, both=True)))
    assert ["rows", "4", "5", "+1"] in lines
    assert ["greatest", "5", "9", "+4"] in lines
    assert ["mean", "3", "4.5", "+1.5"] in lines
    assert ["null", "2", "0", "−2"] in lines
    lost = _texts(profile_rows(Profile(ColumnInfo("n", "int"), None, before, both=True)))
    assert lost[0][:3] == ["rows", "4", "–"]


def test_long_frequencies_come_by_pages_and_are_searched() -> None:
    values = tuple(ValueCount(f"name {at}", 2000 - at) for at in range(1000))
    found = Frequency(ColumnInfo("it", "text"), values, 5000, Totals(9_000_000, 0, 5000))
    table = TableView("t", Query("t", contains="x"))
    pages = FrequencyPages(loaded := LoadedFrequency(FrequencyView(table, "it", 0), "main", found, SqlStyle.MYSQL))
    assert "the first 1,000 of 5,000 values" in loaded.notes
    assert "containing x" in loaded.notes or "contains x" in loaded.notes
    assert not pages.whole
    page = pages.fetch(Request(0, 200, after=800))
    assert (page.first, page.last, page.rows[0].value) == (False, True, values[800])
    match = pages.find("NAME 77", None, 0, backward=False)
    assert match is not None
    assert match.index == 77
    after = pages.find("name 77", page.rows[0], 77, backward=False)
    assert after is not None
    assert after.index == 770
    before = pages.find("name 77", page.rows[0], 770, backward=True)
    assert before is not None
    assert before.index == 77
    assert isinstance(wanted := loaded.entered(page.rows[0]), TableView)
    assert wanted.wanted.contains == "x", "the filter in force stays"
    assert "name 800" in wanted.settings


def test_rows_with_a_value_are_looked_for_on_the_sides_that_have_the_column() -> None:
    none, some = Totals(0, 0, 0), Totals(2, 0, 1)
    for new, old, where in ((some, none, "(to_it = 'x')"), (none, some, "(from_it = 'x')")):
        found = Frequency(ColumnInfo("it", "text"), (ValueCount("x", new.rows, old.rows),), 1, new, old)
        loaded = LoadedFrequency(FrequencyView(DiffView("t", "a", "b"), "it", 0), "main", found, SqlStyle.MYSQL)
        wanted = loaded.entered(frequency_rows(found, found.values, 0)[0])
        assert isinstance(wanted, DiffView)
        assert wanted.filter.where == where
