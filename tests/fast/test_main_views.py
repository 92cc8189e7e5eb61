"""What the main pane can show, from values alone: titles, notes, counts, what stands behind a row, pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from dolt_tui.engine.browsing.query import DiffFilter, Query
from dolt_tui.engine.model import (
    ABSENT,
    FIRST,
    HEAD,
    LAST,
    WORKING,
    After,
    Before,
    BlameRow,
    ChangeKind,
    ColumnInfo,
    Commit,
    CommitDetail,
    Comparison,
    DiffColumn,
    DiffPage,
    Found,
    Last,
    Page,
    Position,
    RowChange,
    RowCounts,
    Schema,
    SchemaChange,
    SqlStyle,
    Status,
    TableChange,
)
from dolt_tui.engine.repository import Repository
from dolt_tui.ui.main_view.blame import BlameView, LoadedBlame
from dolt_tui.ui.main_view.commit import CommitView, LoadedCommit
from dolt_tui.ui.main_view.compare import CompareView, LoadedCompare
from dolt_tui.ui.main_view.diff import COUNTED_MOST, DiffPages, DiffView, LoadedDiff
from dolt_tui.ui.main_view.pages import KeyedPages
from dolt_tui.ui.main_view.schema import LoadedSchema, SchemaView
from dolt_tui.ui.main_view.table import LoadedTable, TableView
from dolt_tui.ui.main_view.view import Frame, Listing, Record, Seen, View
from dolt_tui.ui.present.data_rows import change_row, change_rows, page_rows
from dolt_tui.ui.present.draft_rows import NO_DRAFT, RowDraft
from dolt_tui.ui.present.grid_rows import Column, Count, Match, Request, Row
from dolt_tui.ui.present.staged_rows import Staged
from dolt_tui.ui.present.text import Style, plain

WHEN = dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC)
FRAME = Frame(80, WHEN)
COLUMNS = (DiffColumn("id", primary_key=True, type="int"), DiffColumn("name", type="text"))
ADDED = RowChange(ChangeKind.ADDED, None, (1, "new"))
CHANGED = RowChange(ChangeKind.MODIFIED, (2, "old"), (2, "new"), frozenset({1}))
REMOVED = RowChange(ChangeKind.REMOVED, (3, "gone"), None)
DIFF = DiffView("t", HEAD, WORKING)
TABLE_COLUMNS = (ColumnInfo("name", "text"), ColumnInfo("id", "int", primary_key=True, key_position=1))


class Nothing:
    """Nothing is known besides what is loaded; the repository is there to be handed on, and is not asked."""

    def __init__(self, number: int | None = None) -> None:
        self.repository = cast("Repository", None)
        self.number = number

    @property
    def copied_hashes(self) -> frozenset[str]:
        return frozenset()

    def refs_at(self, hash_: str) -> Sequence[tuple[str, Style]]:
        return [("main", Style.SUCCESS)]

    def rows_of(self, table: str) -> int | None:
        return self.number

    @property
    def row_draft(self) -> RowDraft:
        return NO_DRAFT

    def staged_since(self, table: str, number: int) -> Sequence[Staged]:
        return ()


def diff(*rows: RowChange, view: DiffView = DIFF, more: bool = False, **others: Any) -> LoadedDiff:
    page = DiffPage("t", HEAD, WORKING, COLUMNS, rows, more, order=(0,), note=others.pop("note", ""))
    return LoadedDiff(view, "main", page, **{"schema": None, **others})


def table(*rows: tuple[Any, ...], view: TableView | None = None, more: bool = False) -> LoadedTable:
    return LoadedTable(view or TableView("t"), "main", Page(TABLE_COLUMNS, rows, more, key=(1,), order=(1,)))


def changed(name: str) -> TableChange:
    return TableChange(name, Status.MODIFIED, staged=False)


def row(value: object) -> Row:
    return Row("key", (), value=value)


# Views


@pytest.mark.parametrize("view", View.__subclasses__(), ids=lambda view: view.__name__)
def test_each_view_says_what_it_is_and_how_it_loads(view: type[View]) -> None:
    assert "title" in vars(view)
    assert "load" in vars(view)


def test_views_are_equal_where_they_show_the_same() -> None:
    assert DiffView("t", HEAD, WORKING, plain=True, change=changed("t")) == DIFF
    assert DiffView("t", HEAD, WORKING, filter=DiffFilter(column="name")) != DIFF
    rows: View = TableView("t")
    assert rows != SchemaView("t")
    assert hash(CommitView("a" * 32)) == hash(CommitView("a" * 32))


def test_a_diff_keeps_its_filter_on_the_same_rows_only() -> None:
    filtered = DiffView("t", HEAD, WORKING, DiffFilter(frozenset({ChangeKind.ADDED}), "to_id > 1"))
    assert DIFF.as_before(filtered) == filtered
    assert filtered.unfiltered == DIFF
    assert DIFF.same_rows(filtered)
    for other in (DiffView("u", HEAD, WORKING, filter=DiffFilter(where="to_id > 1")), TableView("t"), CommitView("a")):
        assert DIFF.as_before(other) == DIFF
        assert not DIFF.same_rows(other)


@pytest.mark.parametrize(
    ("view", "settings", "back"),
    [
        (TableView("t"), "", "esc: original order"),
        (TableView("t", Query("t", sort="id", descending=True)), "sorted by id ↓", "esc: original order"),
        (TableView("t", Query("t", where="id > 1")), "filter: id > 1", "esc clears it"),
        (
            TableView("t", Query("t", sort="id", contains="x")),
            "sorted by id ↑ · filter: contains x",
            "esc clears both",
        ),
        (DiffView("t", HEAD, WORKING, filter=DiffFilter(column="name")), "filter: name changed", "esc clears it"),
    ],
)
def test_how_rows_were_chosen(view: View, settings: str, back: str) -> None:
    assert (view.settings, view.way_back) == (settings, back)


def test_a_table_is_the_same_rows_in_another_order() -> None:
    assert TableView("t", Query("t", sort="id")).same_rows(TableView("t"))
    assert not TableView("t", Query("t", "abc"), "abc").same_rows(TableView("t"))
    assert not SchemaView("t").same_rows(TableView("t"))


def test_titles() -> None:
    assert DIFF.title == "t · HEAD → working"
    assert TableView("t", revision="0123456789abcdef0123456789abcdef").title == "t · rows at 0123456"
    assert SchemaView("t").title == "t · schema"


# Diffs


def test_a_diff_without_rows_says_why() -> None:
    def ddl(old: str, new: str, *, counter_only: bool = False) -> LoadedDiff:
        return diff(schema=SchemaChange("t", old, new, (), counter_only))

    assert diff().empty_text == "No rows differ."
    assert ddl("CREATE", "CREATE 2").empty_text == "Only the definition changed: no rows differ."
    assert ddl("CREATE", "").empty_text == "The table had no rows."
    assert ddl("", "CREATE").empty_text == "The table has no rows yet."
    assert "AUTO_INCREMENT" in ddl("CREATE", "CREATE 2", counter_only=True).empty_text
    assert diff(view=DiffView("t", HEAD, WORKING, filter=DiffFilter(where="1 = 2"))).empty_text == "No changes match."


def test_notes_of_a_diff() -> None:
    ddl = SchemaChange("t", "CREATE 1", "CREATE 2", tuple(f"ALTER {number}" for number in range(20)))
    lines = diff(ADDED, schema=ddl, note="the key changed").notes.split("\n")
    assert lines[0] == "ALTER 0"
    assert lines[-2:] == ["… 9 more lines", "the key changed"]
    counter = SchemaChange("t", "CREATE 1", "CREATE 2", ("ALTER",), counter_only=True)
    assert diff(ADDED, schema=counter).notes == ""
    assert diff(schema=counter).notes == "ALTER"


def test_a_diff_without_columns_shows_its_note() -> None:
    loaded = LoadedDiff(DIFF, "main", DiffPage("t", HEAD, WORKING, (), (), False, note="two tables"), None)
    assert loaded.present(Nothing(), FRAME) == "two tables"
    assert loaded.notes == ""


def test_counts_of_a_diff() -> None:
    assert diff(ADDED).subtitle(0) == ""
    assert diff(ADDED, counts=RowCounts(1, 2, 3, 4, 5, 6)).subtitle(0).startswith("~")
    assert diff(ADDED, counts=7).subtitle(0) == "7 changes"
    assert diff(ADDED, counts=COUNTED_MOST + 1).subtitle(0) == "more than 100,000 changes"
    assert diff(ADDED, counts="? too long").subtitle(0) == "? too long"


def test_a_row_of_a_diff() -> None:
    named, key = [("id", "int"), ("name", "text")], frozenset({0})
    loaded = diff(ADDED, CHANGED, REMOVED)
    assert loaded.row_key(row(REMOVED)) == (("id", 3),)
    assert loaded.record(row(CHANGED)) == Record(named, (2, "new"), (2, "old"), ChangeKind.MODIFIED, key)
    assert loaded.record(row(REMOVED)) == Record(named, (3, "gone"), None, ChangeKind.REMOVED, key)
    assert loaded.record(row("a heading")) is None


def test_at_which_revision_rows_are_looked_at() -> None:
    loaded = diff(ADDED, CHANGED, REMOVED)
    assert [loaded.at(row(one)) for one in (ADDED, CHANGED, REMOVED)] == [None, None, "HEAD"]  # None: the working set
    assert loaded.at(change_rows(CHANGED, COLUMNS, 0)[0]) == "HEAD"
    assert table().at(row((1,))) is None


def test_both_lines_of_a_change_are_copied_once() -> None:
    loaded = diff(CHANGED, REMOVED)
    rows = [line for change in (CHANGED, REMOVED) for line in change_rows(change, COLUMNS, 0)]
    assert len(rows) == 3
    copied = loaded.copied(rows, SqlStyle.MYSQL)
    assert (copied.table, copied.columns, copied.rows) == ("t", ("id", "name"), ((2, "new"), (3, "gone")))


def test_a_column_of_the_other_side_is_copied_as_absent() -> None:
    columns = (COLUMNS[0], DiffColumn("name", in_new=False))
    page = DiffPage("t", HEAD, WORKING, columns, (CHANGED,), False)
    loaded = LoadedDiff(DIFF, "main", page, None)
    assert loaded.copied([change_row(CHANGED, columns, 0)], SqlStyle.MYSQL).rows == ((2, ABSENT),)


@pytest.mark.parametrize(("two_lines", "number"), [(False, 30), (True, 40)])
def test_statistics_count_the_lines_of_a_diff(two_lines: bool, number: int) -> None:
    first = diff(ADDED, CHANGED, more=True)
    pages = first.present(Nothing(), Frame(80, WHEN, two_lines))
    assert isinstance(pages, DiffPages)
    assert pages.count() is None
    assert not pages.whole
    pages.counted(diff(ADDED, more=True, counts=RowCounts(added=15, modified=10, removed=5)))
    assert pages.count() == Count(number, True)


def test_the_lines_of_a_whole_diff_are_known() -> None:
    pages = diff(ADDED, CHANGED).present(Nothing(), Frame(80, WHEN, two_lines=True))
    assert isinstance(pages, DiffPages)
    assert pages.whole
    assert pages.count() == Count(3, True)
    assert len(pages.fetch(Request(0, 200)).rows) == 3


# Tables


def test_the_number_of_rows_of_a_table() -> None:
    pages = table(("a", 1), more=True).present(Nothing(number=7), FRAME)
    assert pages.count() == Count(7, True)
    sorted_ = table(("a", 1), more=True, view=TableView("t", Query("t", where="1 = 1")))
    pages = sorted_.present(Nothing(number=7), FRAME)
    assert pages.count() is None, "with a filter there may be fewer"
    pages.counted(LoadedTable(sorted_.view, "main", sorted_.page, 3))
    assert pages.count() == Count(3, True)
    assert table(("a", 1)).present(Nothing(number=7), FRAME).count() == Count(1, True)


def test_the_bottom_of_a_table() -> None:
    loaded = table(("a", 1), more=True)
    assert loaded.subtitle(0) == "2 columns"
    assert LoadedTable(loaded.view, "main", loaded.page, 1).subtitle(1) == "1 row · 1 of 2 columns"
    filtered = LoadedTable(TableView("t", Query("t", where="id > 1")), "main", loaded.page, 1)
    seen = Seen(1, 80, None, 0, False)
    said = [filtered.foot(Nothing(number=number), seen) for number in (7, None, 0)]
    assert said == ["1 of 7 rows · 1 of 2 columns", "1 row · 1 of 2 columns", "1 row · 1 of 2 columns"]


def test_a_row_of_a_table() -> None:
    loaded = table(("a", 1))
    assert loaded.row_key(row(("a", 1))) == (("id", 1),)
    assert loaded.record(row(("a", 1))) == Record([("name", "text"), ("id", "int")], ("a", 1), key=frozenset({1}))
    copied = loaded.copied([row(("a", 1))], SqlStyle.MYSQL)
    assert (copied.types, copied.rows) == (("text", "int"), (("a", 1),))


def test_empty_tables() -> None:
    assert table().empty_text == "The table is empty."
    assert table(view=TableView("t", Query("t", where="1 = 2"))).empty_text == "No rows match."


def test_a_definition_is_in_lines_but_copied_whole() -> None:
    ddl = "CREATE TABLE t (id INT PRIMARY KEY, name TEXT DEFAULT ',', last TEXT)"
    loaded = LoadedSchema(SchemaView("t"), "main", Schema("t", TABLE_COLUMNS, ddl))
    shown = loaded.present(Nothing(), Frame(40, WHEN))
    assert isinstance(shown, Listing)
    lines = [plain(line.cells[0]) for line in shown.rows]
    assert lines == ["CREATE TABLE t (", "  id INT PRIMARY KEY,", "  name TEXT DEFAULT ',',", "  last TEXT", ")"]
    assert loaded.copied(shown.rows[:1], SqlStyle.MYSQL).rows == ((ddl,),)
    assert loaded.table == "", "no rows of a table"


# Lists of tables


COMMIT = Commit("c" * 32, "Ann", "", WHEN, "Change it", ("p" * 32,))


def test_what_a_commit_changed() -> None:
    loaded = LoadedCommit(CommitView(COMMIT.hash), "main", CommitDetail(COMMIT, (changed("t"),)))
    shown = loaded.present(Nothing(), FRAME)
    assert isinstance(shown, Listing)
    assert "main" in plain(shown.rows[0].cells[0])
    low = loaded.present(Nothing(), replace(FRAME, width=60))
    assert isinstance(low, Listing)
    assert len(low.rows) == len(shown.rows) - 2  # all but the lines that are empty
    behind = [loaded.entered(line) for line in shown.rows]
    assert [view for view in behind if view is not None] == [DiffView("t", COMMIT.parents[0], COMMIT.hash)]


def test_nothing_is_behind_the_tables_of_the_first_commit() -> None:
    first = Commit("c" * 32, "Ann", "", WHEN, "Begin", ())
    loaded = LoadedCommit(CommitView(first.hash), "main", CommitDetail(first, (changed("t"),)))
    assert loaded.entered(row(changed("t"))) is None


def test_what_a_branch_adds() -> None:
    view = CompareView("feature", "f" * 32, "main", "m" * 32)
    comparison = Comparison("m" * 32, "f" * 32, "b" * 32, 0, 1, (COMMIT,), (changed("t"),), old="b" * 32)
    loaded = LoadedCompare(view, "main", comparison)
    assert loaded.entered(row(COMMIT)) == CommitView(COMMIT.hash)
    diff = loaded.entered(row(changed("t")))
    assert isinstance(diff, DiffView)
    assert diff == DiffView("t", "b" * 32, "f" * 32)
    assert (diff.title, diff.revision_shown) == ("t · main...feature", ("f" * 32, "feature"))
    assert loaded.commit_of(row(COMMIT)) == COMMIT.hash
    assert loaded.entered(row(None)) is None


def test_blamed_rows_lead_to_their_commits() -> None:
    blamed = BlameRow((1,), "c" * 32, "Ann", WHEN, "Change it")
    loaded = LoadedBlame(BlameView("t"), "main", (blamed,), (TABLE_COLUMNS[1],), more=False)
    assert loaded.title == "t · blame on main"
    commit = loaded.entered(row(blamed))
    assert isinstance(commit, CommitView)
    assert (commit.hash, commit.table, commit.row) == ("c" * 32, "t", (("id", 1),))
    detail = LoadedCommit(commit, "main", CommitDetail(COMMIT, (changed("s"), changed("t"))))
    assert detail.begins_on == ("table", "t")
    there, other = detail.entered(row(changed("t"))), detail.entered(row(changed("s")))
    assert isinstance(there, DiffView)
    assert isinstance(other, DiffView)
    assert (there.row, other.row) == (commit.row, ())
    rows = DiffPage("t", "a", "b", COLUMNS, (ADDED, CHANGED), more=False)
    assert LoadedDiff(replace(there, row=(("id", 2),)), "main", rows, None).begins_on == (ChangeKind.MODIFIED, (2,))
    assert LoadedDiff(replace(there, row=(("id", 9),)), "main", rows, None).begins_on is None
    assert loaded.row_key(row(blamed)) == (("id", 1),)


# Pages


class Numbers(KeyedPages[Page]):
    """Pages of the rows 0 to 99, read from a list: by key, or without one by offset."""

    columns = (Column("0", "id"),)

    def __init__(self, *, keyed: bool) -> None:
        self.asked: list[Position] = []
        self.keyed = keyed
        super().__init__(self._page(0, 10))

    def _page(self, start: int, size: int) -> Page:
        start, end = max(0, start), min(100, start + size)
        rows = tuple((number,) for number in range(start, end))
        after, before = ((end - 1,), (start,)) if self.keyed else (end, start)
        return Page(
            (ColumnInfo("id", "int"),),
            rows,
            end < 100,
            after if end < 100 else None,
            (0,) if self.keyed else (),
            before if start else None,
            start == 0,
            (0,) if self.keyed else (),
        )

    def read(self, size: int, position: Position) -> Page:
        self.asked.append(position)
        match position:
            case Last():
                return self._page(100 - size, size)
            case Before(cursor):
                number = cursor if isinstance(cursor, int) else cast("int", cursor[0])
                return self._page(number - size, min(size, number))
            case After(cursor):
                return self._page(cursor if isinstance(cursor, int) else cast("int", cursor[0]) + 1, size)
            case _:
                return self._page(0, size)

    def rows(self, page: Page, start: int) -> list[Row]:
        return page_rows(page, start)

    def count(self) -> Count | None:
        return None


def numbers(rows: Sequence[Row]) -> list[object]:
    return [cast("tuple[object, ...]", line.value)[0] for line in rows]


@pytest.mark.parametrize("keyed", [True, False])
def test_pages_to_and_fro(keyed: bool) -> None:
    pages = Numbers(keyed=keyed)
    assert pages.offsets is not keyed
    first = pages.fetch(Request(0, 10))
    assert not pages.asked, "the first page is there already"
    assert first.first
    assert not first.last
    second = pages.fetch(Request(10, 10, after=first.after))
    assert numbers(second.rows) == list(range(10, 20))
    assert numbers(pages.fetch(Request(0, 10, before=second.before)).rows) == list(range(10))
    last = pages.fetch(Request(0, 10, from_end=True))
    assert numbers(last.rows) == list(range(90, 100))
    assert last.last
    assert last.after is None


def test_rows_without_a_key_are_told_apart_by_where_they_are() -> None:
    page = Numbers(keyed=False).fetch(Request(30, 10))
    assert [line.key for line in page.rows] == list(range(30, 40))


def test_where_a_search_goes_on() -> None:
    keyed, keyless = Numbers(keyed=True), Numbers(keyed=False)
    here = row((7,))
    assert keyed.beyond(None, 0, backward=False) == FIRST
    assert keyed.beyond(None, 0, backward=True) == LAST
    assert keyed.beyond(here, 7, backward=False) == After((7,))
    assert keyless.beyond(here, 7, backward=False) == After(8)
    assert keyless.beyond(here, 7, backward=True) == Before(7)


def test_how_to_get_to_what_was_found() -> None:
    pages = Numbers(keyed=True)
    assert pages.match(None) is None
    assert pages.match(Found((7,), None, (7,), (7,))) == Match(((7,),), index=0)
    found = pages.match(Found((7,), (6,), (7,), (7,)), tuple(ChangeKind))
    assert found is not None
    assert found.keys == tuple((kind, (7,)) for kind in ChangeKind)
    assert found.request == Request(0, pages.page_size, after=(6,))
    assert pages.match(Found((), 30, 31, 30)) == Match((30,), index=30, request=Request(30, pages.page_size))
