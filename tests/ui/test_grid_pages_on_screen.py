"""The grid on a screen: which pages it asks for, and what it shows of them."""

from __future__ import annotations

from dolt_tui.ui.present.grid_rows import Count, ListSource, PageOf, Request
from dolt_tui.ui.present.text import plain
from dolt_tui.ui.widgets.grid import Grid

from .grid_app import COLUMNS, NAME, GridApp, numbered, rows


def keyed(count: int, page_size: int = 20) -> ListSource:
    return ListSource(COLUMNS, numbered(count), page_size)


async def test_pages_come_as_they_are_needed() -> None:
    grid = Grid()
    grid.show(keyed(1000))
    app = GridApp(grid)
    async with app.run_test(size=(40, 11)):
        assert app.highlighted == []
        assert await app.answer() == 2  # what is seen, and a page ahead
        assert app.highlighted == [0]
        await app.type("end")
        assert "·" in app.lines()[5]
        await app.answer()
        assert app.lines()[-1].startswith(" 9990 │")
        assert app.highlighted[-1] == 999
        grid.move_to(500)
        await app.rest()
        await app.answer()
        assert grid.cursor_row is not None
        assert grid.cursor_row.key == 500
        await app.type("home")
        assert await app.answer() == 0
        assert app.lines()[1].startswith("    0 │")
        assert grid.model.count == Count(1000, True)


class Uncounted(ListSource):
    """A source that does not know its number of rows, and cannot go back: as the log."""

    def __init__(self, count: int) -> None:
        super().__init__(COLUMNS, numbered(count), 20)
        self.backward = self.offsets = False

    def count(self) -> Count | None:
        return None

    def fetch(self, request: Request) -> PageOf:
        assert request.before is None
        assert not request.from_end
        assert request.start == 0 or request.after is not None
        return super().fetch(request)


async def test_the_end_of_a_log_is_walked_to() -> None:
    grid = Grid()
    grid.show(Uncounted(305))
    app = GridApp(grid)
    async with app.run_test(size=(40, 11)):
        await app.answer()
        assert not grid.model.count.exact
        await app.type("end")
        await app.answer()
        assert grid.model.count == Count(305, True)
        assert app.highlighted[-1] == 304
        await app.type(*["pageup"] * 40)
        await app.answer()
        assert app.lines()[1].split()[0] == "0"


async def test_one_question_at_a_time_and_the_latest_place_wins() -> None:
    grid = Grid()
    grid.show(keyed(10_000))
    app = GridApp(grid)
    async with app.run_test(size=(40, 11)):
        await app.answer()
        for index in (2000, 4000, 6000, 8000):
            grid.move_to(index)
            await app.rest()
        assert len(app.wanted) == 1
        assert await app.answer() <= 6
        assert grid.cursor_row is not None
        assert grid.cursor_row.key == 8000


async def test_old_answers_are_dropped() -> None:
    grid = Grid()
    grid.show(keyed(100))
    app = GridApp(grid)
    async with app.run_test(size=(40, 11)):
        old = app.wanted.pop()
        grid.show(ListSource(NAME, rows("x")))
        await app.rest()
        grid.deliver(old.request, old.source.fetch(old.request))
        assert grid.cursor_row is None
        await app.answer()
        assert app.lines()[:2] == [" name", " x"]
        grid.set_rows(rows("y"))
        grid.deliver(old.request, old.source.fetch(old.request))
        grid.fail(old.request, "late")
        await app.rest()
        assert app.lines()[1] == " y"


async def test_a_failing_page_is_told_and_not_asked_for_again_until_something_moves() -> None:
    grid = Grid()
    grid.show(keyed(100))
    app = GridApp(grid)
    async with app.run_test(size=(40, 11)):
        grid.fail(app.wanted.pop().request, "no\x1bway")
        await app.rest()
        assert app.lines()[1].startswith(" ! no␛way ")
        assert app.wanted == []
        await app.type("down")
        await app.answer()
        assert app.lines()[2].startswith("  10 │")
        await app.type("end")
        await app.rest()
        if app.wanted:
            grid.fail(app.wanted.pop().request, "gone")
            await app.rest()
            assert any("! gone" in line for line in app.lines())


async def test_reload_keeps_the_row_under_the_cursor_at_its_line() -> None:
    source = keyed(500)
    grid = Grid()
    grid.show(source)
    app = GridApp(grid)
    async with app.run_test(size=(40, 11)):
        await app.answer()
        for _ in range(7):
            await app.type("pagedown")
            await app.answer()
        await app.type("up", "up")
        row = grid.cursor_row
        assert row is not None
        line = next(n for n, text in enumerate(app.lines()) if text.split("│")[0].strip() == plain(row.cells[0]))
        del source.rows
        source.rows = tuple(numbered(500))[3:]  # others deleted rows above
        grid.reload()
        await app.rest()
        assert "·" not in "".join(app.lines())  # the old rows stay until the new ones come
        await app.answer()
        assert grid.cursor_row is not None
        assert grid.cursor_row.key == row.key
        assert app.lines()[line].split("│")[0].strip() == plain(row.cells[0])


async def test_an_empty_source_says_so() -> None:
    grid = Grid(empty_text="no rows")
    grid.show(keyed(0))
    app = GridApp(grid)
    async with app.run_test(size=(40, 5)):
        assert app.lines()[1] == " ·"
        await app.answer()
        assert app.lines()[1] == " no rows"
        assert app.highlighted == [None]
