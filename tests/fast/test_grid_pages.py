"""The page cache shows the right rows, wherever one goes, and never holds more than it may."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dolt_tui.ui.present.grid_rows import Count, ListSource, PageOf, Request, Row, Source
from dolt_tui.ui.present.text import cell
from dolt_tui.ui.widgets.grid_blocks import followed
from dolt_tui.ui.widgets.grid_pages import Pages


@dataclass
class KeySource:
    """Rows by key as a database gives them; keys have gaps, cursors are keys."""

    size: int
    page_size: int = 10
    backward: bool = True
    offsets: bool = True
    said: Count | None = None
    short: random.Random | None = None
    """Gives fewer rows than wanted, now and then."""
    keys: list[int] = field(default_factory=list)
    columns: tuple[()] = ()
    asked: int = 0

    def __post_init__(self) -> None:
        self.keys = self.keys or [3 * n + 5 for n in range(self.size)]

    def count(self) -> Count | None:
        return self.said

    def fetch(self, request: Request) -> PageOf:
        self.asked += 1
        assert request.size > 0
        keys = self.keys
        size = self.short.randint(1, request.size) if self.short else request.size
        if request.from_end:
            assert self.backward
            found = keys[-size:]
        elif request.after is not None:
            assert isinstance(request.after, int)
            found = [k for k in keys if k > request.after][:size]
        elif request.before is not None:
            assert self.backward
            assert isinstance(request.before, int)
            found = [k for k in keys if k < request.before][-size:]
        else:
            assert self.offsets or request.start == 0
            found = keys[request.start : request.start + size]
        if not found:
            return PageOf((), request.before is not None, request.before is None)
        rows = tuple(Row(k, (cell(str(k)),)) for k in found)
        before = found[0] if self.backward else None
        return PageOf(rows, found[0] == keys[0], found[-1] == keys[-1], found[-1], before)


@dataclass
class Viewer:
    """What a grid does with a cache, without a screen."""

    source: KeySource
    height: int = 7
    kept: int = 4
    top: int = 0
    reloaded: bool = False
    """Then places are only supposed until the beginning or the end has been seen."""
    misled: bool = False
    """Whether another number of rows was said in between, which may have been wrong, as while others write."""
    pages: Pages = field(init=False)

    def __post_init__(self) -> None:
        self.pages = Pages(
            self.source.page_size, backward=self.source.backward, offsets=self.source.offsets, kept=self.kept
        )

    @property
    def bottom(self) -> int:
        return self.top + self.height - 1

    def take(self, request: Request) -> None:
        self.pages.set_count(self.source.count())
        for shift in self.pages.deliver(request, self.source.fetch(request)):
            if self.top >= shift.at:
                self.top += shift.by
        self.top = max(0, min(self.top, self.pages.total - self.height))
        page = self.source.page_size
        window = self.height + 4 * max(page, self.height)  # what is seen, a page to either side, and what juts out
        assert self.pages.held <= self.kept * page + window

    def settle(self) -> None:
        """Ask until nothing is missing."""
        for _ in range(3 * self.source.size + 20):
            request = self.pages.want(self.top, self.bottom)
            if request is None:
                return
            self.take(request)
        raise AssertionError("asks for ever")

    def recount(self, by: int) -> None:
        """The source says another number: a wrong one, or ``by`` 0 the right one."""
        self.misled = True
        self.source.said = Count(max(0, len(self.source.keys) + by), True)
        self.pages.set_count(self.source.count())
        self.top = followed(self.top, self.pages.seat_end())
        self.top = max(0, min(self.top, self.pages.total - self.height))
        self.settle()

    def jump(self, part: float) -> None:
        self.top = max(0, int(part * (self.pages.total - self.height)))
        self.settle()

    def end(self) -> None:
        for _ in range(3 * self.source.size + 20):
            request = self.pages.want_end()
            if request is None:
                break
            self.take(request)
        assert self.pages.end_known
        self.top = max(0, self.pages.total - self.height)
        self.settle()

    def seen(self) -> list[int]:
        rows = [self.pages.get(i) for i in range(self.top, min(self.top + self.height, self.pages.total))]
        assert None not in rows, "a visible row is missing"
        return [row.key for row in rows if row is not None and isinstance(row.key, int)]

    def check(self) -> None:
        """What is seen is a run of neighbours, and at its place where places are known."""
        keys, seen = self.source.keys, self.seen()
        if self.misled:  # until it is read again from the beginning, a row may be left out
            assert seen == sorted(set(seen))
            return
        assert len(seen) == min(self.height, len(keys))
        if seen:
            at = keys.index(seen[0])
            assert seen == keys[at : at + len(seen)]
            if self.top == 0:
                assert at == 0
            if self.pages.end_known and self.top + self.height >= self.pages.total:
                assert seen[-1] == keys[-1]
            if self.source.said and self.source.said.exact and not self.reloaded:
                assert at == self.top
        if self.pages.count().exact:
            assert self.pages.count().number == len(keys)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("jump"), st.floats(0, 1)),
        st.tuples(st.just("scroll"), st.integers(-40, 40)),
        st.tuples(st.just("end"), st.just(0)),
        st.tuples(st.just("home"), st.just(0)),
        st.tuples(st.just("reload"), st.just(0)),
        st.tuples(st.just("recount"), st.integers(-3, 3)),
    ),
    max_size=12,
)


def play(viewer: Viewer, steps: list[tuple[str, float]]) -> None:
    viewer.settle()
    viewer.check()
    for step, by in steps:
        if step == "jump":
            viewer.jump(by)
        elif step == "end":
            viewer.end()
        elif step == "recount":
            viewer.recount(int(by))
        elif step == "reload":
            viewer.pages = viewer.pages.restart(viewer.top, viewer.bottom)
            viewer.reloaded = True
            viewer.settle()
        else:
            top = 0 if step == "home" else viewer.top + int(by)
            viewer.top = max(0, min(top, viewer.pages.total - viewer.height))
            viewer.settle()
        viewer.check()


@settings(max_examples=400, deadline=None)
@given(
    size=st.integers(0, 130),
    page_size=st.integers(1, 23),
    backward=st.booleans(),
    offsets=st.booleans(),
    said=st.sampled_from(["exact", "none", "low", "high"]),
    short=st.one_of(st.none(), st.randoms(use_true_random=False)),
    steps=STEPS,
)
def test_any_way_through_shows_the_right_rows(
    size: int,
    page_size: int,
    backward: bool,
    offsets: bool,
    said: str,
    short: random.Random | None,
    steps: list[tuple[str, float]],
) -> None:
    number = {"exact": Count(size, True), "none": None, "low": Count(size // 2, False), "high": Count(size * 2, False)}
    source = KeySource(size, page_size, backward, offsets and said != "none", number[said], short)
    play(Viewer(source), steps)


def test_the_list_source_answers_all_kinds() -> None:
    source = ListSource((), [Row(n, ()) for n in range(10)])
    assert isinstance(source, Source)

    def keys(**wanted: object) -> tuple[list[object], bool, bool]:
        page = source.fetch(Request(**{"start": 0, "size": 3, **wanted}))  # type: ignore[arg-type]
        return [row.key for row in page.rows], page.first, page.last

    assert keys() == ([0, 1, 2], True, False)
    assert keys(start=8) == ([8, 9], False, True)
    assert keys(after=3) == ([3, 4, 5], False, False)
    assert keys(before=2) == ([0, 1], True, False)
    assert keys(from_end=True) == ([7, 8, 9], False, True)
    assert source.count() == Count(10, True)


def test_a_million_rows_need_few_questions_and_little_memory() -> None:
    source = KeySource(1_000_000, 200, said=Count(1_000_000, True), keys=list(range(1_000_000)))
    viewer = Viewer(source, height=48, kept=12)
    viewer.settle()
    viewer.end()
    assert viewer.seen()[-1] == 999_999
    for part in (0.5, 0.1, 0.9, 0.0):
        viewer.jump(part)
        viewer.check()
    assert source.asked <= 20
    assert viewer.pages.held <= 12 * 200


def test_rows_scrolled_past_are_asked_for_once() -> None:
    source = KeySource(200, 20)
    viewer = Viewer(source, kept=50)
    viewer.settle()
    while viewer.bottom < viewer.pages.total - 1:
        viewer.top = min(viewer.top + 5, viewer.pages.total - viewer.height)
        viewer.settle()
        viewer.check()
    assert source.asked <= 11
    assert viewer.pages.count() == Count(200, True)


def test_the_end_of_an_unknown_number_meets_the_beginning() -> None:
    source = KeySource(95, 10)
    viewer = Viewer(source, kept=50)
    viewer.settle()
    viewer.end()
    assert not viewer.pages.count().exact
    while viewer.top > 0:
        viewer.top = max(0, viewer.top - 4)
        viewer.settle()
        viewer.check()
    assert viewer.pages.count() == Count(95, True)
    assert [viewer.pages.get(i).key for i in range(95)] == source.keys  # type: ignore[union-attr]


def test_the_last_rows_move_when_their_number_comes_late() -> None:
    viewer = Viewer(KeySource(100, 10, said=Count(101, True)))
    viewer.settle()
    while (request := viewer.pages.want_end()) is not None:
        viewer.pages.deliver(request, viewer.source.fetch(request))
    assert viewer.pages.total == 101
    viewer.pages.set_count(Count(100, True))
    assert [(shift.at, shift.by) for shift in viewer.pages.seat_end()] == [(91, -1)]
    assert viewer.pages.total == 100
    assert viewer.pages.seat_end() == []


def test_rows_that_vanish_between_pages() -> None:
    source = KeySource(100, 10, said=None)
    viewer = Viewer(source, kept=3)
    viewer.settle()
    del source.keys[5:]
    viewer.jump(1.0)
    viewer.top = 0
    viewer.settle()
    assert viewer.pages.end_known
    viewer.pages = viewer.pages.restart(0, 6)
    viewer.settle()
    assert viewer.seen() == source.keys


def test_everything_vanishes() -> None:
    source = KeySource(100, 10, said=None)
    viewer = Viewer(source)
    viewer.settle()
    viewer.jump(0.9)
    source.keys.clear()
    viewer.pages = viewer.pages.restart(viewer.top, viewer.bottom)
    viewer.settle()
    viewer.check()
    assert viewer.pages.total == 0


@pytest.mark.parametrize(("said", "top"), [(None, 0), (Count(40, True), 33)])
def test_nothing_is_left_from_where_one_was_on(said: Count | None, top: int) -> None:
    """As through a filter that only rows far above pass, before their number is known, or after that."""
    source = KeySource(300, 10, said=Count(300, True))
    viewer = Viewer(source)
    viewer.settle()
    viewer.jump(0.9)
    del source.keys[40:]
    source.said = said
    viewer.pages = viewer.pages.restart(viewer.top, viewer.bottom)
    asked = source.asked
    viewer.settle()
    assert source.asked < asked + 6
    assert viewer.top == top
    assert viewer.seen() == source.keys[top : top + 7]


def test_rows_that_appear_while_pages_are_forgotten() -> None:
    source = KeySource(200, 10, said=None)
    viewer = Viewer(source, kept=3)
    viewer.settle()
    for _ in range(20):
        viewer.top += 5
        viewer.settle()
    source.keys[0:0] = [1, 2, 3, 4]
    source.keys.insert(30, source.keys[29] + 1)
    while viewer.top > 0:
        viewer.top = max(0, viewer.top - 5)
        viewer.settle()
        seen = viewer.seen()
        assert seen == sorted(set(seen))
    assert viewer.seen()[:5] == [1, 2, 3, 4, 5]
