"""The grid on a screen: what is drawn, and where the cursor is."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from textual import events

from dolt_tui.ui.present.grid_rows import Column, Count, Row
from dolt_tui.ui.present.text import Style, cell, value_cell
from dolt_tui.ui.widgets.grid import Grid
from dolt_tui.ui.widgets.grid_columns import Columns

from .grid_app import COLUMNS, NAME, SECTIONS, GridApp, cursor_key, numbered, rows

SIZES = [(1, 1), (2, 1), (10, 3), (40, 10)]


def backgrounds(app: GridApp) -> list[object]:
    """The background of each line, at its left edge."""
    return [next(iter(strip)).style.bgcolor for strip in app.screen._compositor.render_strips()]  # type: ignore[union-attr]


async def test_a_table_with_header_rules_and_numbers() -> None:
    grid = Grid()
    grid.set_rows(
        [
            Row(0, (value_cell(7), value_cell("Sehn"), value_cell(None))),
            Row(1, (value_cell(12345), value_cell("日本語"), value_cell("x"))),
        ],
        [Column("id", "id", numeric=True), Column("n", "last_name"), Column("x", "x")],
    )
    app = GridApp(grid)
    async with app.run_test(size=(40, 5)):
        assert app.lines()[:3] == [
            "    id │ last_name │ x",
            "     7 │ Sehn      │ ∅",
            " 12345 │ 日本語    │ x",
        ]
        assert app.highlighted == [0]


async def test_a_flexible_column_takes_the_rest_and_is_cut() -> None:
    columns = [Column("m", flex=True, separator=False), Column("a", numeric=True)]
    grid = Grid(show_header=False)
    grid.set_rows(
        [Row(0, (cell("Merge branch 'modify_schema'"), cell("2m"))), Row(1, (cell("x"), cell("12m")))], columns
    )
    app = GridApp(grid)
    async with app.run_test(size=(24, 3)):
        assert app.lines()[:2] == [" Merge branch 'mod…  2m", " x                  12m"]


async def test_hostile_cells_are_only_text() -> None:
    hostile = ["a\x1b[2Jb", "\u202eabc", "x\u200d", "[/red]", "👨\u200d👩\u200d👧" * 9, "a\nb\tc", "\x9b31m", "\ud800"]
    grid = Grid(cursor="cell")
    grid.set_rows(
        [Row(n, (((text, ""),), value_cell(text))) for n, text in enumerate(hostile)], [*NAME, Column("v", "\x1b]")]
    )
    grid.border_title = "x"
    app = GridApp(grid)
    async with app.run_test(size=(40, 10)) as pilot:
        shown = "\n".join(app.lines())
        assert "␛[2J" in shown
        assert "[/red]" in shown
        for width in range(1, 39, 3):
            await pilot.resize_terminal(width, 10)
            while (
                grid.size.width != width
            ):  # the layout follows the size at its own time; the test's timeout is the end
                await app.rest()
            app.lines()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", ["row", "cell", "none"])
async def test_any_size_with_anything_in_it(size: tuple[int, int], kind: str) -> None:
    grid = Grid(cursor=kind, zebra=True)  # type: ignore[arg-type]
    app = GridApp(grid)
    async with app.run_test(size=size):
        contents: list[tuple[Iterable[Row], list[Column]]] = [
            ((), []),
            (numbered(3), []),
            (numbered(50), COLUMNS),
            (SECTIONS, NAME),
            ([SECTIONS[0]], NAME),
            (numbered(30, 300), [Column(f"c{n}", f"c{n}", frozen=n < 2) for n in range(300)]),
        ]
        for some, columns in contents:
            grid.set_rows(some, columns)
            for key in ("down", "pagedown", "end", "right", "l", "pageup", "left", "home", "shift+down", "k"):
                await app.type(key)
            app.lines()
            grid.action_select()


async def test_keys_move_the_cursor() -> None:
    grid = Grid()
    grid.set_rows(numbered(100), COLUMNS)
    app = GridApp(grid)
    async with app.run_test(size=(40, 11)):
        moves = [("j", 1), ("down", 2), ("k", 1), ("up", 0), ("up", 0), ("full_stop", 10), ("pagedown", 20)]
        moves += [
            ("comma", 10),
            ("greater_than_sign", 99),
            ("down", 99),
            ("home", 0),
            ("end", 99),
            ("less_than_sign", 0),
        ]
        for key, index in moves:
            await app.type(key)
            assert grid.cursor_index == index
            assert grid.cursor_row is not None
            assert any(re.match(rf" +{index * 10} │", line) for line in app.lines()[1:])
        assert app.highlighted[-1] == 0
        assert grid.has_focus
        brought = [
            ("ctrl+d", 5),
            ("L", 14),
            ("H", 5),
            ("M", 10),
            ("ctrl+u", 5),
            ("ctrl+f", 15),
            ("ctrl+b", 5),
            ("G", 99),
        ]
        for key, index in brought:
            await app.run_action(grid.FREE[key], grid)
            await app.rest()
            assert (key, grid.cursor_index) == (key, index)


async def test_the_cursor_line_is_coloured_as_a_whole_and_dimmer_without_focus() -> None:
    grid = Grid(show_header=False)
    grid.set_rows(rows("a", "b", "c"), NAME)
    app = GridApp(grid)
    async with app.run_test(size=(20, 4)):
        focused = backgrounds(app)
        assert focused[0] != focused[1] == focused[2]
        strip = next(iter(app.screen._compositor.render_strips()))
        assert len({segment.style.bgcolor for segment in strip if segment.style}) == 1
        grid.blur()
        await app.rest()
        blurred = backgrounds(app)
        assert blurred[0] not in (focused[0], blurred[1])


async def test_a_theme_changes_the_colours() -> None:
    grid = Grid(show_header=False)
    grid.set_rows([Row("a", (cell("a", Style.ADDED),))], NAME)
    app = GridApp(grid)

    def colour() -> object:
        return next(
            s.style.color for s in app.screen._compositor.render_strips()[0] if s.text.startswith("a") and s.style
        )

    async with app.run_test(size=(20, 4)):
        before = colour()
        app.theme = "dracula"
        await app.rest()
        assert colour() != before


async def test_the_cursor_is_seen_in_the_terminals_own_colours() -> None:
    grid = Grid(show_header=False)
    grid.set_rows(rows("a", "b"), NAME)
    app = GridApp(grid)
    async with app.run_test(size=(20, 4)):
        app.theme = "ansi-dark"
        await app.rest()
        first, second = (next(iter(strip)).style for strip in app.screen._compositor.render_strips()[:2])
        assert first is not None
        assert second is not None
        assert first.reverse
        assert not second.reverse


async def test_the_cursor_stays_on_its_row_and_its_line() -> None:
    grid = Grid(show_header=False)
    grid.set_rows(rows(*"abcdefghijklmnopqrstuvwxyz"), NAME)
    app = GridApp(grid)
    async with app.run_test(size=(20, 5)):
        grid.move_to_key("k")
        await app.type("up")
        line = app.lines().index(" j")
        grid.set_rows(rows(*"0123abcdefghijklmnopqrstuvwxyz"), NAME)
        await app.rest()
        assert cursor_key(grid) == "j"
        assert app.lines()[line] == " j"
        grid.set_rows(rows(*"0123abcdefghiklmnopqrstuvwxyz"))
        await app.rest()
        assert cursor_key(grid) == "k"
        assert app.highlighted == ["a", "k", "j", "k"]
        grid.set_rows(rows("x"))
        await app.rest()
        assert app.lines()[0] == " x"
        grid.clear("nothing here")
        await app.rest()
        assert app.lines()[0] == " nothing here"
        assert app.highlighted[-1] is None


async def test_headings_are_jumped_over_and_seen() -> None:
    grid = Grid(show_header=False)
    grid.set_rows(SECTIONS, NAME)
    app = GridApp(grid)
    async with app.run_test(size=(20, 3)):
        assert grid.cursor_index == 1
        await app.type("down", "down")
        assert grid.cursor_row is not None
        assert cursor_key(grid) == "teams"
        await app.type("down", "up", "up")
        assert cursor_key(grid) == "employees"
        assert [line.split()[0] for line in app.lines()] == ["Unstaged", "employees", "offices"]
        await app.type("end", "home")
        assert app.lines()[0].startswith(" Unstaged")
        assert grid.model.count == Count(3, True)


async def test_the_filter_keeps_headings_that_have_rows() -> None:
    grid = Grid(show_header=False)
    grid.set_rows(SECTIONS, NAME)
    app = GridApp(grid)
    async with app.run_test(size=(20, 6)):
        grid.set_filter("TEA")
        await app.rest()
        assert app.lines()[:3] == [" Staged", " teams", ""]
        assert (grid.matches, grid.filter_text) == (1, "TEA")
        assert app.highlighted[-1] == "teams"
        grid.set_rows([*SECTIONS, *rows("teamwork")])
        assert grid.matches == 2
        grid.set_filter("")
        await app.rest()
        assert grid.cursor_row is not None
        assert cursor_key(grid) == "teams"
        assert app.lines()[0] == " Unstaged"


async def test_ranges() -> None:
    grid = Grid(show_header=False)
    grid.set_rows(SECTIONS, NAME)
    app = GridApp(grid)
    async with app.run_test(size=(20, 6)):
        assert [row.key for row in grid.selected_rows] == ["employees"]
        await app.type("shift+down", "shift+down")
        assert [row.key for row in grid.selected_rows] == ["employees", "offices", "teams"]
        before = backgrounds(app)
        assert before[1] == before[2] != before[3]
        grid.set_rows([SECTIONS[0], *rows("more"), *SECTIONS[1:]])
        assert [row.key for row in grid.selected_rows] == ["employees", "offices", "teams"]
        grid.clear_range()
        assert not grid.range_active
        assert [row.key for row in grid.selected_rows] == ["teams"]


async def test_the_mouse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GridApp, "CLICK_CHAIN_TIME_THRESHOLD", 60)  # however slowly the test runs
    grid = Grid()
    grid.set_rows(numbered(50), COLUMNS)
    app = GridApp(grid)
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.click(Grid, offset=(5, 4))
        assert grid.cursor_index == 3
        assert app.selected == []
        await pilot.double_click(Grid, offset=(5, 6))
        assert app.selected == [5]
        await pilot.click(Grid, offset=(5, 3))
        grid.scroll(1)  # as where its pane gets more room by the first click
        await pilot.click(Grid, offset=(5, 3))
        assert grid.cursor_index == 3
        assert app.selected == [5], "two rows were clicked once"
        grid.scroll(0)
        await pilot.click(Grid, offset=(8, 0))
        assert app.headers == ["a"]
        grid.scroll_relative(y=10, animate=False)
        await app.rest()
        assert " 0 │" not in app.lines()[1]
        await pilot.click(Grid, offset=(5, 1))
        assert grid.cursor_index == 10


async def test_sideways() -> None:
    columns = [Column("k", "key", frozen=True), *(Column(f"c{n}", f"column_{n}") for n in range(10))]
    grid = Grid()
    grid.set_rows(numbered(3, 11), columns)
    app = GridApp(grid)
    async with app.run_test(size=(40, 5)) as pilot:
        assert app.lines()[0] == " key │ column_0 │ column_1 │ column_2  ›"
        await app.type("l", "right")
        assert app.lines()[0] == "‹key │ column_2 │ column_3 │ column_4  ›"
        await app.type(*["l"] * 20)
        assert app.lines()[0].rstrip().endswith("column_9")
        await app.type(*["h"] * 20)
        assert app.lines()[0].startswith(" key │ column_0")
        await app.run_action(grid.FREE["dollar_sign"], grid)
        assert app.lines()[0].rstrip().endswith("column_9")
        await app.run_action(grid.FREE["circumflex_accent"], grid)
        assert app.lines()[0].startswith(" key │ column_0")
        await pilot._post_mouse_events([events.MouseScrollDown], Grid, shift=True)
        assert app.lines()[0].startswith("‹key │ column_1")
        await pilot._post_mouse_events([events.MouseScrollUp], Grid, shift=True)
        grid.hide_column("c0")
        grid.resize_column("c1", 2)
        assert app.lines()[0].startswith(" key │ column_1   │ column_2")
        grid.show_all_columns()
        assert app.lines()[0].startswith(" key │ column_0 │")


async def test_a_cell_cursor_goes_everywhere() -> None:
    columns = [Column("k", "key", frozen=True), *(Column(f"c{n}", f"column_{n}") for n in range(10))]
    grid = Grid(cursor="cell")
    grid.set_rows(numbered(3, 11), columns)
    app = GridApp(grid)
    async with app.run_test(size=(40, 5)):
        for direction, order in (("l", columns), ("h", columns[::-1])):
            for column in order:
                assert grid.cursor_column == column
                assert column.title in app.lines()[0]
                await app.type(direction)


async def test_only_visible_columns_are_drawn() -> None:
    columns = [Column(f"c{n}", f"column_{n}") for n in range(300)]
    layout = Columns(columns).layout(100)
    assert len(layout.placed) < 12
    assert layout.right
    assert Columns(columns).layout(100, 10_000).placed[-1].index == 299


async def test_a_smaller_screen_keeps_the_cursor_in_sight() -> None:
    grid = Grid()
    grid.set_rows(numbered(100), COLUMNS)
    app = GridApp(grid)
    async with app.run_test(size=(40, 20)) as pilot:
        grid.move_to(15)
        await pilot.resize_terminal(40, 6)
        await app.rest()
        assert any(line.startswith(" 150 │") for line in app.lines())


async def test_a_scrollbar_covers_nothing() -> None:
    grid = Grid()
    grid.set_rows([Row(n, (cell("x" * 100),)) for n in range(50)], [Column("x", "x", flex=True)])
    app = GridApp(grid)
    async with app.run_test(size=(20, 5)):
        assert app.lines()[1][:18] == " " + "x" * 16 + "…"
