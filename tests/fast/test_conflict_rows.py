"""Rows that conflict as lines: what is open, what is decided, and what differs within long values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dolt_tui.engine.model import ColumnInfo
from dolt_tui.engine.model.conflicts import ConflictRow, Edited, RowDecision, Side, TablePlan
from dolt_tui.ui.main_view.conflicts import ConflictPages, ConflictsView, LoadedConflicts
from dolt_tui.ui.present.conflict_lists import RowChangeBy, change_rows
from dolt_tui.ui.present.conflict_record import outcome_rows, record_rows, remarks, undecided_text
from dolt_tui.ui.present.conflict_rows import Decided, Line, base_row, lines_of, merge_of, shape_of, values_cells
from dolt_tui.ui.present.differences import by_word, windows, wrapped
from dolt_tui.ui.present.grid_rows import Request, Row
from dolt_tui.ui.present.json_paths import json_object, json_text, merged_json
from dolt_tui.ui.present.text import Style, plain, value_cell

COLUMNS = tuple(
    ColumnInfo(name, type_, primary_key=name == "id", key_position=int(name == "id"))
    for name, type_ in (("id", "int"), ("name", "text"), ("city", "text"), ("credit", "int"), ("extra", "json"))
)
SHAPE = shape_of("people", COLUMNS, [(1,)])
BASE = {"id": 1, "name": "Ana", "city": "Porto", "credit": 900, "extra": '{"zip": 4000, "news": true}'}
OURS = BASE | {"city": "Lisboa", "extra": '{"zip": 1100, "news": true}', "name": "Ana Ruiz"}
THEIRS = BASE | {"city": "Braga", "extra": '{"zip": 4000, "news": false}', "credit": 950, "name": "Ana R."}
CHANGED = ConflictRow((1,), BASE, OURS, THEIRS)
DELETED = ConflictRow((57,), BASE | {"id": 57}, None, BASE | {"id": 57, "city": "Faro", "credit": 1})
ADDED = ConflictRow((9,), None, {"id": 9, "name": "x", "city": None}, {"id": 9, "name": "y", "city": "Faro"})
COUNTED = ConflictRow(
    ("hash",), {"id": 3, "name": "q"}, {"id": 3, "name": "q"}, {"id": 3, "name": "q"}, counts=(1, 2, 5)
)


def texts(row: Row) -> list[str]:
    return [plain(row.sign), *map(plain, row.cells)]


def shown(conflict: ConflictRow, cells: Mapping[str, Any] | None = None, **how: Any) -> list[list[str]]:
    return [texts(line) for line in lines_of(SHAPE, conflict, RowDecision(cells=cells or {}, **how))]


def test_a_line_for_each_open_cell_and_one_for_a_row_that_is_decided() -> None:
    assert shown(CHANGED) == [
        ["!", "1", "name", "Ana", "  Ana Ruiz", "  Ana R.", "?"],
        ["", "", "city", "Porto", "  Lisboa", "  Braga", "?"],
        ["", "", "extra", "{2 keys}", "  zip 4000 → 1100", "  news true → false", "?"],
    ]
    some = {"city": Side.OURS, "name": Edited("Ana María")}
    assert shown(CHANGED, some)[:2] == [
        ["!", "1", "name", "Ana", "  Ana Ruiz", "  Ana R.", "Ana María"],
        ["", "", "city", "Porto", "● Lisboa", "  Braga", "Lisboa"],
    ]
    merged = some | {"extra": Edited(merge_of(CHANGED, "extra"))}
    assert shown(CHANGED, merged) == [["✓", "1", "name +2", "Ana", "  Ana Ruiz", "  Ana R.", "Ana María"]]
    assert shown(CHANGED, {"extra": merged["extra"]})[2][3:] == [
        "{2 keys}", "● zip 4000 → 1100", "● news true → false", "both merged"
    ]  # fmt: skip
    assert shown(CHANGED, row=Side.THEIRS) == [
        ["✓", "1", "(row)", "Ana", "  name → Ana Ruiz  +2", "● name → Ana R.  +3", "name → Ana R.  +3"]
    ]
    assert shown(CHANGED, delete=True)[0][-1] == "deleted"


def test_rows_that_are_not_on_all_sides() -> None:
    assert shown(DELETED) == [["!", "57", "(row)", "Ana", "  deleted", "  city → Faro  +1", "?"]]
    assert shown(DELETED, row=Side.OURS)[0][-3:] == ["● deleted", "  city → Faro  +1", "deleted"]
    assert shown(DELETED, {"city": Edited("Evora")})[0][-1] == "1 cell chosen"
    assert shown(ADDED) == [
        ["!", "9", "name", "added by both", "  x", "  y", "?"],
        ["", "", "city", "–", "  ∅", "  Faro", "?"],
    ]
    keyless = shape_of("people", COLUMNS[1:], [("hash",)])
    assert texts(lines_of(keyless, COUNTED, RowDecision())[0])[-1] == "?"
    line = lines_of(keyless, COUNTED, RowDecision(count=7))[0]
    assert texts(line) == ["✓", "q", "(count)", "1×", "  2×", "  5×", "7×"]


def test_folding_keeps_the_key_of_the_first_line_and_what_was_made_is_kept() -> None:
    rows = [base_row(CHANGED, 0), base_row(ADDED, 1)]
    before = Decided(SHAPE, TablePlan(), 2)
    lines = before.over(rows, True)
    assert [line.key for line in lines] == [
        ((1,), "name"),
        ((1,), "city"),
        ((1,), "extra"),
        ((9,), "name"),
        ((9,), "city"),
    ]
    assert (before.extra, [line.extra for line in lines]) == (3, [False, True, True, False, True])
    decided = RowDecision(cells=dict.fromkeys(("name", "city", "extra"), Side.OURS))
    after = Decided(SHAPE, TablePlan(rows={(1,): decided}), 2, before)
    now = after.over([row.base for row in lines if row.base is not None], True)
    assert [line.key for line in now] == [((1,), "name"), ((9,), "name"), ((9,), "city")]
    assert now[1] is lines[3]
    assert isinstance(now[0].value, Line)
    assert now[0].value.columns == ("name", "city", "extra")
    assert now[0].base == rows[0]


def test_the_row_as_it_will_be() -> None:
    decision = RowDecision(cells={"city": Side.OURS}, by="newer credit")
    base, _, theirs, result = outcome_rows(SHAPE, CHANGED, decision)
    assert texts(result)[1:] == ["result", "1", "?", "Lisboa", "950", "?"]
    assert [cell[0][1] for cell in result.cells[3:5]] == ["added bold", "added bold"]
    assert [cell[0][1] for cell in theirs.cells[2:5]] == [Style.MODIFIED] * 3
    assert texts(base)[1:3] == ["base", "1"]
    said = [plain(part) for part in remarks(SHAPE, CHANGED, decision, (), checked=True)]
    assert said == [
        "✓ fits types and keys",
        "decided by the rule newer credit",
        "credit: only theirs changed it, so it is taken",
    ]
    unknown = remarks(SHAPE, ADDED, RowDecision(), (), checked=False, failed="Somebody writes.")
    assert [plain(part) for part in unknown] == ["? not known whether it fits: Somebody writes."]
    assert undecided_text(CHANGED, decision) == "2 of 3 cells undecided"
    _, ours, _, undecided = outcome_rows(SHAPE, DELETED, RowDecision())
    assert texts(ours) == ["", "ours", "deleted"]
    assert texts(undecided) == ["", "result", "?"]
    assert texts(outcome_rows(SHAPE, DELETED, RowDecision(row=Side.OURS))[3]) == ["", "result", "deleted"]
    assert texts(outcome_rows(SHAPE, ADDED, RowDecision())[0]) == ["", "base", "not there"]


def test_a_record_has_every_column_and_what_differs_within() -> None:
    long = "one two three four five six seven eight nine ten"
    row = ConflictRow((1,), BASE | {"name": long}, OURS | {"name": long.replace("two", "2")},
                      THEIRS | {"name": long.replace("nine", "9")})  # fmt: skip
    rows = record_rows(SHAPE, row, RowDecision(cells={"city": Side.THEIRS}), 0, 130)
    named = {texts(line)[1]: texts(line) for line in rows}
    assert list(named) == ["id", "name", "", "city", "credit", "extra", "  zip", "  news"]
    assert named["city"] == ["✓", "city", "text", "Porto", "  Lisboa", "● Braga", "Braga"]
    assert named["credit"] == ["·", "credit", "int", "900", "  900", "  950", "950"]
    assert named["  zip"][3:6] == ["4000", "  1100", "  4000"]
    within = [span for line in rows if "name" in str(line.key) for span in line.cells[3]]
    assert [text for text, style in within if style == "added bold"] == ["2"]


def test_hostile_texts_are_only_texts() -> None:
    bad = "\x1b[31mred\x07 [bold]no[/bold] \u202eabc"
    columns = (COLUMNS[0], ColumnInfo(bad, "text"))
    row = ConflictRow((bad,), {"id": bad, bad: "a"}, {"id": bad, bad: bad}, {"id": bad, bad: bad * 300})
    shape = shape_of(bad, columns, [(bad,)])
    some = [*lines_of(shape, row, RowDecision()), *record_rows(shape, row, RowDecision(), 0, 80)]
    for line in (*some, *outcome_rows(shape, row, RowDecision(cells={bad: Edited(bad)}))):
        assert all(text.isprintable() for cell in line.cells for text, _ in cell), line


# pages


class Rows:
    """Rows that conflict, in memory; `asked` are the pages that were read."""

    def __init__(self, number: int) -> None:
        self.all = [
            ConflictRow((at,), {"id": at, "name": "a", "city": "a"}, {"id": at, "name": f"ours {at}", "city": "b"},
                        {"id": at, "name": "c", "city": "c" if at % 3 else "a"})
            for at in range(number)
        ]  # fmt: skip
        self.asked: list[tuple[int, int]] = []

    def keys(self, _table: str) -> list[tuple[int]]:
        return [(row.key[0],) for row in self.all]

    def columns(self, _table: str) -> tuple[ColumnInfo, ...]:
        return COLUMNS

    def page(self, _table: str, start: int, size: int) -> tuple[ConflictRow, ...]:
        self.asked.append((start, size))
        return tuple(self.all[start : start + size])


def test_ten_thousand_rows_come_page_by_page() -> None:
    rows: Any = Rows(10_000)
    known: Any = None
    view = ConflictsView("people", "tip", "", rows, TablePlan)
    loaded: Any = view.load(None, "main")  # type: ignore[arg-type]
    pages = ConflictPages(loaded)
    assert (rows.asked, pages.whole, pages.count().number) == ([(0, 100)], False, 10_000)
    last = pages.fetch(Request(0, 40, from_end=True))
    assert [row.value.key for row in last.rows] == [(at,) for at in range(9960, 10_000)]  # type: ignore[attr-defined]
    above = pages.fetch(Request(0, 500, before=last.before))
    assert (above.after, above.before, above.first, last.last) == (9960, 9860, False, True)
    below = pages.fetch(Request(0, 500, after=above.before))
    assert below.rows == above.rows
    assert isinstance(loaded, LoadedConflicts)
    found = pages.find("ours 7777", None, 0, backward=False)
    assert found is not None
    assert (found.keys, found.request) == ((((7777,), "name"),), Request(7777, 100, after=7777))
    lines = loaded.overlay(known).over(above.rows, False)
    assert pages.find("OURS 7777", lines[0], 0, backward=False) is None
    line = lines[1]
    found = pages.find("ours 98", line, 0, backward=True)
    assert found is not None
    assert found.keys == (((9859,), "name"),)


# differences


def test_windows_begin_where_texts_begin_to_differ() -> None:
    long = "please call at noon, and never on Fridays"
    assert windows([long, long.replace("noon", "nine"), long.replace("noon", "ten")], 24) == [
        "…noon, and never on Fridays", "…nine, and never on Fridays", "…ten, and never on Fridays"
    ]  # fmt: skip
    assert windows(["short", "shirt"], 24) == ["short", "shirt"]
    assert windows([long, long], 24) == [long, long]
    base, ours, missing = values_cells([long, long.replace("noon", "nine"), None])
    assert (plain(base), missing) == ("…noon, and never on Fridays", value_cell(None))
    assert [part for part in ours if part[1]] == [("nine", "modified")]


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged"),
    [
        ('{"a": 1.10, "b": {"c": 1}}', '{"a": 1.20, "b": {"c": 1}}', '{"a": 1.10, "b": {"c": 1, "d": 123456789012345}}',
         '{"a": 1.20, "b": {"c": 1, "d": 123456789012345}}'),
        ('{"a": 1}', '{"a": 2}', '{"a": 3}', None),
        ('{"a": 1, "b": 2}', '{"b": 2}', '{"a": 1, "b": 3}', '{"b": 3}'),
        ('{"a": 1}', "{}", '{"a": 2}', None),
        (None, '{"a": 1}', '{"b": 2}', '{"a": 1, "b": 2}'),
        ('{"a": [1]}', '{"a": [1, 2]}', "null", None),
        ("[1]", "[2]", "[3]", None),
        ('{"a": 1}', '{"a": "1"}', '{"a": 2}', None),
    ],
)  # fmt: skip
def test_json_is_merged_by_key_and_numbers_keep_their_digits(
    base: Any, ours: str, theirs: str, merged: str | None
) -> None:
    assert merged_json(base, ours, theirs) == merged


LEAVES = st.none() | st.booleans() | st.text(max_size=3)
WORDS = st.text(" ab\n", max_size=30)


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.text(max_size=2), LEAVES | st.lists(LEAVES, max_size=2), max_size=3), WORDS, WORDS)
def test_texts_of_json_and_words_lose_nothing(value: Any, one: str, other: str) -> None:
    text = json_text({"x": value})
    assert json_object(text) == {"x": value}
    assert "".join(part for part, _ in by_word(one, other, "s")) == one
    assert all(sum(map(len, (part for part, _ in line))) <= 8 for line in wrapped([(one, ""), (other, "s")], 8))


def test_who_changed_a_row() -> None:
    now = dt.datetime(2026, 11, 28, tzinfo=dt.UTC)
    change = RowChangeBy("a" * 32, "Brian", now - dt.timedelta(days=3), "Move \x1b[1mLisbon", "3 cells")
    rows = change_rows([("ours", "main", change), ("theirs", "import/q4", None)], now)
    assert [texts(row)[1:] for row in rows] == [
        ["ours · main"],
        ["○", "aaaaaaa", "Move ␛[1mLisbon", "3d"],
        ["", "", "Brian · 3 cells", ""],
        [""],
        ["theirs · import/q4"],
        ["not since the base"],
    ]
