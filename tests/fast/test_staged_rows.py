"""Uncommitted rows: their signs after what keys have just done, the counts, and a row's three states in words."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from dolt_tui.engine.browsing.query import DiffFilter
from dolt_tui.engine.model import (
    HEAD,
    STAGED,
    WORKING,
    ChangeKind,
    DiffColumn,
    Edit,
    EditKind,
    GoingAlong,
    Halves,
    RowChange,
    RowCount,
    RowCounts,
    StagedDiffPage,
)
from dolt_tui.ui.main_view.table import TableView
from dolt_tui.ui.main_view.uncommitted import LoadedUncommitted, UncommittedView
from dolt_tui.ui.main_view.view import Seen
from dolt_tui.ui.panes.main_reading import MainReading
from dolt_tui.ui.present.draft_rows import DiffOverlay
from dolt_tui.ui.present.grid_rows import Count
from dolt_tui.ui.present.row_states import in_words, state_columns, state_rows
from dolt_tui.ui.present.staged_rows import (
    ALL_STAGED,
    PARTLY,
    UNSTAGED,
    Staged,
    StagingOverlay,
    UncommittedRow,
    counts_after,
    discard_lines,
    staging_counts,
    uncommitted,
    uncommitted_rows,
)
from dolt_tui.ui.present.text import plain

from .test_main_views import FRAME, Nothing

COLUMNS = (
    DiffColumn("id", primary_key=True, type="int"),
    DiffColumn("city", type="text"),
    DiffColumn("tier", type="text"),
)
NO_FILTER = DiffFilter()
ONLY_NEW = DiffFilter(frozenset({ChangeKind.ADDED}))


def change(key: int, halves: Halves = UNSTAGED, *, new: bool = False) -> UncommittedRow:
    old, now = (None if new else (key, "Porto", "silver")), (key, "Lisboa", "gold")
    kind = ChangeKind.ADDED if new else ChangeKind.MODIFIED
    found = RowChange(kind, old, now, frozenset() if new else frozenset({1, 2}))
    staged = (key, "Lisboa", "silver") if halves.both else now if halves.staged else old
    return uncommitted(found, halves, (old, staged, now), (0,))


def done(number: int, *keys: int, stage: bool = True, before: RowCount | None = None) -> Staged:
    return Staged(number, "t", stage, frozenset((key,) for key in keys), before=before or RowCount(unstaged=len(keys)))


@pytest.mark.parametrize("two_lines", [False, True])
def test_rows_show_at_once_what_keys_did_and_what_is_edited(two_lines: bool) -> None:
    changes = [change(1), change(2, PARTLY), change(3, ALL_STAGED, new=True)]
    rows = [line for at, one in enumerate(changes) for line in uncommitted_rows(one, COLUMNS, at, two_lines=two_lines)]
    signs = ["○ −", "○ +", "◐ −", "◐ +", "● +"] if two_lines else ["○ ~", "◐ ~", "● +"]
    assert [plain(row.cells[0]) for row in rows] == signs
    edit = Edit("t", (1,), EditKind.CHANGED, {"city": "Lisboa"}, {"city": "Braga"})
    edits = DiffOverlay(COLUMNS, [edit])
    shown = StagingOverlay([done(1, 1, 2), done(2, 3, stage=False)], NO_FILTER, edits).over(rows, True)
    assert [plain(row.cells[0])[0] for row in shown] == ["●"] * (4 if two_lines else 2) + ["○"]
    assert [plain(row.cells[0])[2] for row in shown] == [sign[2] for sign in signs]
    at = 1 if two_lines else 0
    assert plain(shown[at].cells[2]).endswith("Braga")
    assert plain(shown[at].sign) == "~"
    assert [row.base for row in shown] == rows  # laid over again, it begins with what was read
    assert StagingOverlay([], NO_FILTER, None).over(rows, True) == tuple(rows)


def test_all_rows_are_those_that_the_filter_lets_through() -> None:
    rows = [
        line for one in (change(1), change(3, new=True)) for line in uncommitted_rows(one, COLUMNS, 0, two_lines=False)
    ]

    def signs(one: Staged, shown: DiffFilter) -> list[str]:
        return [plain(row.cells[0])[0] for row in StagingOverlay([one], shown, None).over(rows, True)]

    assert signs(Staged(1, "t", True), NO_FILTER) == ["●", "●"]
    assert signs(Staged(1, "t", True, filter=ONLY_NEW), ONLY_NEW) == ["●", "●"]
    assert signs(Staged(1, "t", True, filter=ONLY_NEW), NO_FILTER) == ["○", "○"]  # who knows which
    second = rows[1].value
    assert isinstance(second, UncommittedRow)
    without_key = Staged(1, "t", True, frozenset({(1,), (3,)}), these=(second,))
    assert signs(without_key, NO_FILTER) == ["○", "●"]


def test_counts_follow_what_keys_did() -> None:
    found = RowCount(staged=5, partly=2, unstaged=13)
    some = done(1, 1, 2, 3, before=RowCount(partly=1, unstaged=2))
    assert counts_after(found, [some], NO_FILTER) == RowCount(8, 1, 11)
    assert counts_after(found, [done(2, 7, stage=False, before=RowCount(staged=1))], NO_FILTER) == RowCount(4, 2, 14)
    assert counts_after(found, [some, Staged(2, "t", False)], NO_FILTER) == RowCount(0, 0, 20)
    assert staging_counts(found) == "● 5 staged · ◐ 2 partly · ○ 13 unstaged"
    assert staging_counts(RowCount(1, 0, 2), short=True) == "● 1  ○ 2"


def test_what_discarding_does_is_counted() -> None:
    removed = uncommitted(RowChange(ChangeKind.REMOVED, (4, "", ""), None), UNSTAGED, None, (0,))
    rows = [(change(1), PARTLY), (change(3, new=True), UNSTAGED), (removed, UNSTAGED), (removed, UNSTAGED)]
    assert [plain(line) for line in discard_lines(rows)] == [
        "~ 1 changed row goes back",
        "+ 1 new row is deleted",
        "− 2 deleted rows come back",
        "◐ 1 partly · ○ 3 unstaged",
    ]
    along = GoingAlong(("orders", "items", "bills"), ("notes",))
    assert [plain(line) for line in discard_lines(rows[:2], along)][2:4] == [
        "  rows of orders, items and bills that refer to it are deleted too",
        "  rows of notes that refer to it are changed too",
    ]
    assert len(discard_lines(rows[:1], along)) == 2  # nothing is deleted


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (change(1), "not staged: Porto → Lisboa, silver → gold · space stages it"),
        (change(1, PARTLY), "staged: Lisboa · not staged: silver → gold · space stages the rest"),
        (change(1, ALL_STAGED, new=True), "staged: the row is new · space unstages it"),
        (change(1, PARTLY).now(UNSTAGED), "not staged: Porto → Lisboa, silver → gold · space stages it"),
        (change(1, PARTLY).now(ALL_STAGED), "staged: Lisboa, gold · space unstages it"),
    ],
)
def test_a_row_in_words(row: UncommittedRow, words: str) -> None:
    assert plain(in_words(row, "space")) == words


def test_the_states_of_a_row() -> None:
    row = change(42, PARTLY)
    columns = state_columns(COLUMNS, row, 80)
    assert [column.title for column in columns] == ["", "", "id", "city", "tier"]
    assert [tuple(map(plain, line.cells)) for line in state_rows(columns, row, row.halves)] == [
        (" ", "HEAD", "42", "Porto", "silver"),
        ("●", "staged", "42", "Lisboa", "silver"),
        ("○", "working", "42", "Lisboa", "gold"),
    ]
    new = change(3, new=True)
    assert [plain(cell) for cell in state_rows(columns, new, new.halves)[1].cells] == [" ", "staged", "–", "–", "–"]
    # with too little room, what differs comes first
    wide = (*COLUMNS[:1], DiffColumn("note"), *COLUMNS[1:])
    noted = uncommitted(
        RowChange(ChangeKind.MODIFIED, (1, "n" * 60, "a", "b"), (1, "n" * 60, "a", "c"), frozenset({3})),
        UNSTAGED,
        ((1, "n" * 60, "a", "b"), (1, "n" * 60, "a", "b"), (1, "n" * 60, "a", "c")),
        (0,),
    )
    assert [column.title for column in state_columns(wide, noted, 60)][2:] == ["id", "tier", "note", "city"]


def loaded(*halves: Halves, more: bool = False, new: str = WORKING, **others: Any) -> LoadedUncommitted:
    """Rows that changed, each with what is staged of it; all of the table's, or the first of them."""
    rows = tuple(
        RowChange(ChangeKind.MODIFIED, (at, "old", ""), (at, "new", ""), frozenset({1})) for at in range(len(halves))
    )
    page = StagedDiffPage("t", HEAD, new, COLUMNS, rows, more, order=(0,), halves=halves)
    view = UncommittedView("t", HEAD, new, known=others.pop("known", None))
    return LoadedUncommitted(view, "main", page, None, (0,), **others)


def foot(found: LoadedUncommitted, width: int, *, two_lines: bool = False, line: int = 1) -> str:
    shown = found.present(Nothing(), replace(FRAME, two_lines=two_lines))
    assert not isinstance(shown, str)
    rows = shown.rows(found.page, 0)
    return found.foot(Nothing(), Seen(0, width, rows[line], line, two_lines))


def test_the_foot_of_uncommitted_rows_counts_what_is_staged_as_far_as_there_is_room() -> None:
    found = loaded(ALL_STAGED, PARTLY, UNSTAGED, UNSTAGED)
    assert foot(found, 80) == "● 1 staged · ◐ 1 partly · ○ 2 unstaged · row 2 of 4"
    assert foot(found, 40) == "● 1  ◐ 1  ○ 2 · 2 of 4"
    assert foot(found, 80, two_lines=True, line=5) == "● 1 staged · ◐ 1 partly · ○ 2 unstaged · row 3 of 4"
    counted = loaded(ALL_STAGED, UNSTAGED, counts=RowCounts(modified=2, old_rows=9, new_rows=9))
    assert foot(counted, 80) == "~2 +0 −0 of 9 rows · ● 1 staged · ○ 1 unstaged · row 2 of 2"
    assert foot(counted, 50) == "● 1 staged · ○ 1 unstaged · row 2 of 2"
    # of many only those who counted them know
    many = loaded(ALL_STAGED, UNSTAGED, more=True)
    assert foot(many, 80) == "row 2"
    many = loaded(ALL_STAGED, UNSTAGED, more=True, staging=RowCount(5, 0, 900))
    assert foot(many, 80) == "● 5 staged · ○ 900 unstaged · row 2 of 905"


def test_rows_that_were_set_back_are_counted_where_they_are_shown() -> None:
    counts, both = RowCounts(modified=300), Halves(staged=True, unstaged=True)

    def number(**others: Any) -> Count | None:
        pages = loaded(UNSTAGED, more=True, counts=counts, **others).present(Nothing(), FRAME)
        assert not isinstance(pages, str)
        return pages.count()

    assert number(known=Halves(unstaged=True)) == Count(300, True)
    assert number(known=both) == Count(300, False)
    assert number(known=both, staging=RowCount(1, 2, 300)) == Count(303, True)
    assert number(known=both, new=STAGED, staging=RowCount(1, 2)) == Count(300, True)


def test_counts_are_taken_only_where_nothing_was_staged_meanwhile() -> None:
    staging, jobs, shown = SimpleNamespace(flushed=4, busy=False), list[Any](), list[Any]()
    state = SimpleNamespace(fingerprint="known", branch="main", repository=None, looks=None)
    lanes = SimpleNamespace(run=lambda *job: jobs.append(job), drop=lambda *names: None)
    statistics = SimpleNamespace(count=lambda: None)
    session: Any = SimpleNamespace(staging=staging, jobs=lanes, state=state, statistics=statistics, ignore=None)
    rows, counts = loaded(UNSTAGED, more=True), loaded(UNSTAGED, more=True, staging=RowCount(0, 0, 9))
    main: Any = SimpleNamespace(
        view=rows.view,
        LANES=("main", "pages", "statistics"),
        kept=SimpleNamespace(),
        show=lambda *_: None,
        counted=lambda *one: shown.append(one),
    )
    MainReading(session, main).load()
    jobs[0][3](rows)
    taken = []
    for flushed, busy in ((4, True), (5, False), (4, False)):
        staging.flushed, staging.busy = flushed, busy
        jobs[1][3](counts)
        taken.append(len(shown))
    assert taken == [0, 0, 1]
    staging.busy = True
    jobs[0][3](rows)
    staging.busy = False  # it failed
    jobs[2][3](counts)
    assert len(shown) == 1


def test_a_long_reading_is_followed_by_another_and_not_broken_off() -> None:
    jobs, ended, now = list[Any](), list[str](), [10.0]
    clock = SimpleNamespace(monotonic=lambda: now[0])

    def run(lane: str, *rest: Any) -> Any:
        for job in jobs:  # as the lanes do
            if not job.over:
                job.over = job.dropped = True
                job.ended()
        jobs.append(SimpleNamespace(lane=lane, started=now[0], dropped=False, cancelled=False, over=False))
        jobs[-1].ended = rest[-1]
        return jobs[-1]

    def end(job: Any) -> None:
        job.over = True
        job.ended()

    lanes = SimpleNamespace(run=run, drop=lambda *_: None, active=lambda *_: [job for job in jobs if not job.over])
    state = SimpleNamespace(branch="main", repository=None, looks=None)
    staging, settings = SimpleNamespace(flushed=0), SimpleNamespace(long_after=1.0, old_after=0.3)
    session: Any = SimpleNamespace(staging=staging, jobs=lanes, state=state, clock=clock, settings=settings)
    lanes_of_main = ("main", "pages", "statistics")
    main: Any = SimpleNamespace(
        view=TableView("people"), kept=SimpleNamespace(), LANES=lanes_of_main, mark_old=lambda _: None
    )
    reading = MainReading(session, main)
    reading.load(lambda: ended.append("first"))
    now[0] += 0.5
    reading.load(lambda: ended.append("second"))
    assert (len(jobs), ended) == (2, ["first"]), "a short one begins again"
    now[0] += 1.5
    for name in ("third", "fourth"):
        reading.load(lambda name=name: ended.append(name))  # type: ignore[misc]
    assert (len(jobs), ended) == (2, ["first"]), "a long one goes on"
    end(jobs[1])
    assert (len(jobs), ended) == (3, ["first", "second"]), "and what may have changed meanwhile is read then, once"
    end(jobs[2])
    assert (len(jobs), ended) == (3, ["first", "second", "third", "fourth"])
    # What is asked for now does not wait for what was; nor does what was cancelled begin again.
    reading.load()
    now[0] += 2
    state.branch = "other"
    reading.load()
    now[0] += 2
    main.view = TableView("places")
    reading.load()
    assert len(jobs) == 6
    now[0] += 2
    reading.load(lambda: ended.append("fifth"))
    jobs[-1].cancelled = True
    end(jobs[-1])
    assert (len(jobs), ended[-1]) == (6, "fifth")
