"""The model of a grid on a screen that is a few numbers: cursor, range, scrolling, pages, what it tells."""

from __future__ import annotations

from collections.abc import Hashable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dolt_tui.ui.present.grid_rows import Column, Count, ListSource, Match, Request, Row, Source
from dolt_tui.ui.present.text import cell
from dolt_tui.ui.widgets.grid_columns import Columns
from dolt_tui.ui.widgets.grid_model import GridModel
from dolt_tui.ui.widgets.grid_place import Place

COLUMNS = (Column("name"),)


def rows(*names: str) -> list[Row]:
    """Rows; those whose names begin with ``#`` are headings."""
    return [Row(name, (cell(name),), selectable=not name.startswith("#")) for name in names]


def numbered(number: int) -> list[Row]:
    return rows(*map(str, range(number)))


class Screen:
    """A screen of some lines; it answers what is asked for when the test lets it."""

    def __init__(self, height: int = 5) -> None:
        self.is_running = True
        self.top = 0
        self.height = height
        self.told: list[Hashable] = []
        self.asked: list[tuple[Source, Request]] = []
        self.redrawn: set[int] = set()
        self.came = 0
        self.model = GridModel(self)

    def scroll(self, top: int) -> None:
        top = max(0, min(top, self.model.total - self.height))
        if top != self.top:
            self.top = top
            self.model.scrolled()

    def resized(self) -> None:
        self.top = max(0, min(self.top, self.model.total - self.height))

    def redraw(self) -> None:
        self.redrawn |= set(range(self.top, self.top + self.height))

    def redraw_lines(self, first: int, number: int = 1) -> None:
        self.redrawn |= set(range(first, first + number))

    def highlighted(self, row: Row | None) -> None:
        self.told.append(row.key if row is not None else None)

    def page_wanted(self, source: Source, request: Request) -> None:
        self.asked.append((source, request))

    def came_above(self) -> None:
        self.came += 1

    def answer(self, most: int = 100) -> int:
        """Answer until nothing is asked any more; how many answers were taken."""
        taken = 0
        while self.asked and taken < most:
            source, request = self.asked.pop(0)
            taken += self.model.deliver(request, source.fetch(request))
        return taken

    @property
    def seen(self) -> list[Hashable]:
        found = (self.model.row(line) for line in range(self.top, min(self.top + self.height, self.model.total)))
        return [row.key if row is not None else None for row in found]


@pytest.fixture
def screen() -> Screen:
    return Screen()


def paged(screen: Screen, number: int, size: int = 10) -> ListSource:
    source = ListSource(COLUMNS, numbered(number), size)
    screen.model.show(source)
    screen.answer()
    return source


# In memory


def test_the_cursor_jumps_over_headings(screen: Screen) -> None:
    screen.model.set_rows(rows("#1", "a", "#2", "b"))
    assert screen.model.cursor == 1
    screen.model.down()
    assert screen.told == ["a", "b"]
    screen.model.down()
    assert screen.model.cursor == 3, "there is nothing below"
    screen.model.up()
    screen.model.up()
    assert (screen.model.cursor, screen.top) == (1, 0)


def test_the_cursor_stays_on_its_row(screen: Screen) -> None:
    screen.model.set_rows(numbered(20))
    screen.model.move_to(10)
    line = screen.model.cursor - screen.top
    screen.model.set_rows(rows("new", *map(str, range(20))))
    assert screen.model.known is not None
    assert screen.model.known.key == "10"
    assert screen.model.cursor - screen.top == line, "at the same line of the screen"
    screen.model.set_rows(rows("a", "b"))
    assert screen.model.cursor == 1, "its row is gone"
    assert screen.told[-1] == "b"


def test_what_a_row_was_is_seen_above_it(screen: Screen) -> None:
    change = object()
    screen.model.set_rows(numbered(9))
    lines = [Row(("was", "0"), (cell("0"),), value=change), Row("0", (cell("0"),), value=change)]
    screen.model.set_rows([*lines, *numbered(9)[1:]])
    assert (screen.model.cursor, screen.top) == (1, 0)


def test_other_rows_begin_at_the_top(screen: Screen) -> None:
    screen.model.set_rows(numbered(20))
    screen.model.end()
    screen.model.set_rows(numbered(20), keep=False)
    assert (screen.model.cursor, screen.top) == (0, 0)


def test_a_filter_keeps_the_cursor_where_it_can(screen: Screen) -> None:
    screen.model.set_rows(numbered(20))
    screen.model.move_to(12)
    screen.model.set_filter("2")
    assert screen.seen == ["2", "12"]
    assert screen.model.cursor == 1
    screen.model.set_filter("")
    assert screen.model.cursor == 12


def test_without_a_cursor_the_lines_scroll(screen: Screen) -> None:
    screen.model.has_cursor = False
    screen.model.set_rows(numbered(20))
    screen.model.down()
    screen.model.page(1)
    assert screen.seen[0] == "6"


def test_a_page_is_what_is_seen(screen: Screen) -> None:
    screen.model.set_rows(numbered(20))
    screen.model.page(1)
    assert (screen.top, screen.model.cursor) == (5, 5)
    screen.model.page(-1)
    assert (screen.top, screen.model.cursor) == (0, 0)


# Ranges


def test_a_range_goes_from_the_anchor_to_the_cursor(screen: Screen) -> None:
    screen.model.set_rows(rows("a", "#", "b", "c"))
    screen.model.anchor = screen.model.cursor
    screen.model.down()
    assert screen.model.range == (0, 2)
    assert [row.key for row in screen.model.selected_rows] == ["a", "b"]
    screen.model.set_rows(rows("x", "a", "#", "b", "c"))
    assert [row.key for row in screen.model.selected_rows] == ["a", "b"], "both ends stay on their rows"


def test_only_what_changed_is_drawn_again(screen: Screen) -> None:
    screen.model.set_rows(numbered(20))
    screen.redrawn.clear()
    screen.model.down()
    assert screen.redrawn == {0, 1}
    screen.model.anchor = 1
    screen.redrawn.clear()
    screen.model.move_to(4)
    assert screen.redrawn == {1, 2, 3, 4}


def test_a_range_beyond_what_is_held_is_read(screen: Screen) -> None:
    source = paged(screen, 400)
    screen.model.anchor = 0
    for _ in range(60):
        screen.model.page(1)
        screen.answer()
    assert screen.model.row(0) is None, "forgotten"
    far = screen.model.far_range()
    assert far is not None
    assert [row.key for row in far.read()] == [row.key for row in source.rows[: far.size]]


# Pages


def test_it_asks_for_what_is_seen_and_no_more(screen: Screen) -> None:
    paged(screen, 1000)
    assert screen.seen == ["0", "1", "2", "3", "4"]
    assert screen.model.count == Count(1000, True)
    assert sum(screen.model.row(line) is not None for line in range(1000)) <= 20


def test_an_answer_to_an_old_question_is_dropped(screen: Screen) -> None:
    screen.model.show(ListSource(COLUMNS, numbered(50), 10))
    source, request = screen.asked.pop()
    screen.model.show(ListSource(COLUMNS, rows("other"), 10))
    assert not screen.model.deliver(request, source.fetch(request))
    screen.answer()
    assert screen.seen == ["other"]


def test_nothing_is_asked_before_it_is_on_a_screen(screen: Screen) -> None:
    screen.is_running = False
    screen.model.show(ListSource(COLUMNS, numbered(50), 10))
    assert not screen.asked
    assert not screen.told
    screen.is_running = True
    screen.model.settle()
    assert screen.answer()
    assert screen.told == ["0"]


def test_a_failure_stays_until_something_moves(screen: Screen) -> None:
    screen.model.show(ListSource(COLUMNS, numbered(50), 10))
    _, request = screen.asked.pop()
    screen.model.fail(request, "lost")
    screen.model.want()
    assert screen.model.failure == "lost"
    assert not screen.asked
    screen.model.move_to(0)
    assert not screen.model.failure
    assert screen.asked


def test_to_the_end_and_home(screen: Screen) -> None:
    paged(screen, 300)
    screen.model.end()
    assert screen.model.waiting
    screen.answer()
    assert screen.seen == ["295", "296", "297", "298", "299"]
    assert screen.told[-1] == "299"
    screen.model.home()
    screen.answer()
    assert screen.seen == ["0", "1", "2", "3", "4"]


def test_reloading_keeps_the_rows_until_there_are_new_ones(screen: Screen) -> None:
    paged(screen, 100)
    screen.model.move_to(30)
    screen.answer()
    screen.model.source = ListSource(COLUMNS, rows("new", *map(str, range(100))), 10)
    screen.model.reload()
    assert None not in screen.seen
    screen.answer()
    assert screen.model.known is not None
    assert screen.model.known.key == "30"
    assert screen.model.cursor == 31


def test_coming_back_to_a_place(screen: Screen) -> None:
    source = paged(screen, 300)
    screen.model.move_to(120)
    screen.answer()
    model = screen.model
    place = Place(Columns(COLUMNS), 0, model.pages, model.cursor, screen.top, model.known)
    seen = screen.seen
    screen.model.set_rows(rows("a list"))
    screen.model.show(source, place)
    assert screen.seen == seen, "the rows of before until those of now are there"
    screen.answer()
    assert (screen.seen, screen.model.cursor) == (seen, 120)


def test_going_to_a_row_that_was_found(screen: Screen) -> None:
    paged(screen, 300)
    screen.model.go_to(Match(("250",), index=250, request=Request(250, 10)))
    screen.answer()
    assert screen.told[-1:] == ["250"]
    screen.model.go_to(Match(("280",), index=280))
    screen.answer()
    assert screen.told[-1:] == ["280"]


def test_new_rows_above_are_counted_until_they_are_seen(screen: Screen) -> None:
    screen.model.newest_first = True
    screen.model.set_rows(numbered(20))
    screen.model.end()
    screen.model.set_rows(rows("b", "a", *map(str, range(20))))
    assert screen.model.above == 2
    assert screen.came == 1
    screen.model.home()
    assert screen.model.above == 0
    screen.model.set_rows(rows("c", "b", "a", *map(str, range(20))))
    assert screen.top == 0, "where the top is seen it stays so"
    assert screen.model.above == 0


MOVES = ("up", "down", "home", "end", "above", "below", "far", "reload", "answer")


@given(number=st.integers(0, 120), moves=st.lists(st.sampled_from(MOVES), max_size=25), height=st.integers(1, 9))
def test_however_one_moves_what_is_seen_is_true(number: int, moves: list[str], height: int) -> None:
    screen = Screen(height)
    source = ListSource(COLUMNS, numbered(number), 7)
    model = screen.model
    model.show(source)
    for move in moves:
        match move:
            case "up" | "down" | "home" | "end" | "reload":
                getattr(model, move)()
            case "above" | "below":
                model.page(-1 if move == "above" else 1)
            case "far":
                model.move_to(model.cursor + 3 * height)
            case _:
                screen.answer(1)
    screen.answer()
    assert not model.loading
    assert screen.seen == [str(screen.top + line) for line in range(min(height, number - screen.top))]
    if number:
        assert screen.top <= model.cursor < screen.top + height
        assert model.known is not None
        assert screen.told[-1] == model.known.key == str(model.cursor)
    else:
        assert screen.told == [None]
