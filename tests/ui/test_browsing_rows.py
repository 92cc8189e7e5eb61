"""The rows of a table that fills more pages than are kept: paging, sorting, filtering, searching, hiding columns."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.connecting.target import FileTarget, Target
from dolt_tui.engine.repository import Repository
from dolt_tui.ui.present.grid_rows import PAGE_SIZE
from dolt_tui.ui.widgets.grid_pages import KEPT_PAGES

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver

Other = Callable[[Target], Repository]
ROWS = PAGE_SIZE * KEPT_PAGES + 100


def many(session: Repository, rows: int = ROWS) -> None:
    """A table ``readings``: ``id`` 1 to ``rows``, ``level`` the other way round, ``place`` one of ten or NULL."""
    session.run(
        "main",
        [
            ("CREATE TABLE readings (id INT PRIMARY KEY, level INT NOT NULL, place VARCHAR(40))", ()),
            *(
                (
                    "INSERT INTO readings VALUES "
                    + ", ".join(
                        f"({i}, {rows + 1 - i}, {'NULL' if i % 100 == 0 else repr(f'place {i % 10}')})"
                        for i in range(first, min(first + 500, rows + 1))
                    ),
                    (),
                )
                for first in range(1, rows + 1, 500)
            ),
        ],
    )


def ids(user: Driver) -> list[str]:
    """The keys that stand on the screen, from the first line on; every line must be a row."""
    grid = user.workspace.main.grid
    rows = [grid.line(line) for line in grid.lines_seen]
    assert all(rows), user.main
    assert "·  " not in user.main.split("rows", 1)[1].split("\n", 2)[2], user.main
    return [str(row.value[0]) for row in rows if row is not None and isinstance(row.value, tuple)]


def at(user: Driver) -> int:
    """The key of the row under the cursor."""
    row = user.workspace.main.grid.cursor_row
    assert row is not None
    assert isinstance(row.value, tuple)
    assert isinstance(row.value[0], int)
    return row.value[0]


async def open_rows(user: Driver, table: str = "readings") -> None:
    await user.go_to_table(table)
    await user.press("0")
    assert user.is_in(user.workspace.main)


async def pick(user: Driver, key: str, name: str) -> None:
    """Open a list with a key and choose the line that begins with a name."""
    await user.press(key, "less_than_sign")
    assert user.dialog is not None, user.screen
    grid = user.dialog.query_one("Grid")
    for _ in range(grid.row_count):  # type: ignore[attr-defined]
        cells = [plain.strip() for plain in _cells(grid)]
        if name in cells:
            break
        await user.press("j")
    else:
        raise AssertionError(f"{name} is not in the list:\n{user.screen}")
    await user.press("enter")


def _cells(grid: object) -> list[str]:
    row = grid.cursor_row  # type: ignore[attr-defined]
    return ["".join(text for text, _ in cell) for cell in row.cells]


async def fill_in(user: Driver, key: str, text: str) -> None:
    """Open a dialog with a line, and type that instead of what stands there."""
    await user.press(key)
    assert user.dialog is not None, user.screen
    await user.press("ctrl+u")
    await user.type(text)
    await user.press("enter")
    assert user.dialog is None, user.screen


async def refused(user: Driver, text: str) -> str:
    """What the dialog says about a filter that is not asked at all."""
    await user.press("f", "ctrl+u")
    await user.type(text)
    await user.press("enter")
    assert user.dialog is not None, user.screen
    says = " ".join(user.dialog_text.replace("│", " ").split())
    await user.press("escape")
    return says


async def test_every_page_there_and_back(whichever: Target, drive: Drive, other: Other) -> None:
    many(other(whichever))
    async with drive(whichever) as user:
        await open_rows(user)
        grid = user.workspace.main.grid
        assert grid.row_count > PAGE_SIZE
        seen = ids(user)
        while at(user) < ROWS:
            before = at(user)
            await user.press("pagedown")
            assert at(user) > before
            page = [int(text) for text in ids(user)]
            assert page == list(range(page[0], page[0] + len(page)))
            seen += map(str, page)
        assert set(seen) == {str(i) for i in range(1, ROWS + 1)}
        assert grid.cursor_index == ROWS - 1
        assert grid.model.pages is not None
        assert grid.model.pages.held <= (KEPT_PAGES + 1) * PAGE_SIZE
        while at(user) > 1:
            before = at(user)
            await user.press("pageup")
            assert at(user) < before
            page = [int(text) for text in ids(user)]
            assert page == list(range(page[0], page[0] + len(page)))
            assert grid.top == page[0] - 1
        assert f"{ROWS:,} rows".replace(",", "") in user.main.replace(",", "").replace("\u202f", "")


async def test_to_the_end_and_up_again(demo: FileTarget, drive: Drive, other: Other) -> None:
    many(other(demo))
    async with drive(demo) as user:
        await open_rows(user)
        await user.press("greater_than_sign")
        assert at(user) == ROWS
        assert ids(user)[-1] == str(ROWS)
        for _ in range(30):
            await user.press("pageup")
            page = [int(text) for text in ids(user)]
            assert page == list(range(page[0], page[0] + len(page)))
        await user.press("less_than_sign")
        assert at(user) == 1
        assert ids(user)[0] == "1"


async def test_held_keys(demo: FileTarget, drive: Drive, other: Other) -> None:
    many(other(demo))
    async with drive(demo) as user:
        await open_rows(user)
        user.burst(*["full_stop"] * 50)
        await user.settle()
        height = user.workspace.main.grid.height
        assert at(user) == 1 + 50 * height
        page = [int(text) for text in ids(user)]
        assert page == list(range(page[0], page[0] + len(page)))
        user.burst(*["pagedown"] * 50, "less_than_sign")
        await user.settle()
        assert (at(user), ids(user)[0]) == (1, "1")
        user.burst("greater_than_sign", *["comma"] * 50, "greater_than_sign", "less_than_sign", "greater_than_sign")
        await user.settle()
        assert (at(user), ids(user)[-1]) == (ROWS, str(ROWS))


async def test_sorting(whichever: Target, drive: Drive, other: Other) -> None:
    many(other(whichever))
    async with drive(whichever) as user:
        await open_rows(user)
        await pick(user, "s", "level")
        assert at(user) == ROWS
        assert "sorted by level ↑ · esc: original order" in user.main
        assert "level ↑ │ place" in user.main.splitlines()[3]
        await user.press("pagedown", "greater_than_sign")
        assert at(user) == 1
        await user.press("s")
        assert "↑" in user.dialog_text
        await user.press("enter")  # the list stands at what it is sorted by
        assert at(user) == 1
        assert "by level ↓" in user.main
        assert [int(i) for i in ids(user)][:5] == [1, 2, 3, 4, 5]
        await pick(user, "s", "place")  # many rows share a place: ties by the key, on every page
        found = [int(i) for i in ids(user)]
        assert found[:3] == [100, 200, 300]
        await user.press(*["pagedown"] * 2)
        page = [int(i) for i in ids(user)]
        places = [(0, i) if i % 100 == 0 else (1 + i % 10, i) for i in page]
        assert places == sorted(places)
        await pick(user, "s", "by the key")
        assert (at(user), ids(user)[0]) == (1, "1")
        assert "by place" not in user.main
        await user.press("right_square_bracket")
        assert "sorted by id ↓" in user.main
        await user.press("left_square_bracket")
        assert "sorted by id ↑" in user.main


async def test_sorting_while_a_page_is_on_its_way(demo: FileTarget, drive: Drive, other: Other) -> None:
    many(other(demo))
    async with drive(demo) as user:
        await open_rows(user)
        user.burst("greater_than_sign", "s", "less_than_sign", "j", "j", "enter")
        await user.settle()
        assert at(user) == ROWS
        assert ids(user)[0] == str(ROWS)
        user.burst(*["pagedown"] * 20, "s", "enter", *["pagedown"] * 3)
        await user.settle()
        page = [int(i) for i in ids(user)]
        assert page == list(range(page[0], page[0] + len(page)))
        assert "by level ↓" in user.main


async def test_filters(either: Target, drive: Drive, other: Other) -> None:
    many(other(either))
    async with drive(either) as user:
        await open_rows(user)
        await fill_in(user, "f", f"level <= {PAGE_SIZE + 50}")
        assert at(user) == ROWS - PAGE_SIZE - 49
        assert f"level <= {PAGE_SIZE + 50}" in user.main
        assert re.search(rf"{PAGE_SIZE + 50} (of {ROWS:,} )?rows", user.main), "of how many may not be counted yet"
        await user.press("greater_than_sign")
        assert (at(user), user.workspace.main.grid.cursor_index) == (ROWS, PAGE_SIZE + 49)
        await user.press("f")
        assert f"level <= {PAGE_SIZE + 50}" in user.dialog_text
        await user.press("escape")
        await fill_in(user, "f", "id in (3, 5) or place is null and id < 250")
        assert ids(user) == ["3", "5", "100", "200"]
        assert re.search(rf" 4 (of {ROWS:,} )?rows", user.main)
        await fill_in(user, "f", "PLACE is null")
        assert ids(user)[:2] == ["100", "200"]
        await user.press("l", "l", "=")  # taken back: it is the filter
        assert user.workspace.main.grid.row_count > PAGE_SIZE, user.main
        await user.press("=")
        assert ids(user)[:2] == ["100", "200"]
        assert "filter: place is null · esc clears it" in user.main
        await user.press("h", "j", "=", "!")
        assert "No rows match." in user.main
        await user.press("escape", "j", "j", "l", "!", "k", "=")  # it is on the row below
        assert "filter: place is not 'place 3' and place = 'place 2' · esc" in user.main
        assert (at(user), ids(user)[:3]) == (2, ["2", "12", "22"])
        await user.press("j", "escape")
        assert at(user) == 12, "it stays on its row"
        assert "13" in ids(user)
        await fill_in(user, "f", "place = nowhere")
        assert "No rows match." in user.main
        await user.press("escape")
        assert (at(user), ids(user)[0]) == (1, "1")
        assert "nowhere" not in user.main
        assert user.is_in(user.workspace.main)
        await user.press("escape")
        assert user.is_in(user.workspace.panes.tables)


async def test_wrong_sql(either: Target, drive: Drive, other: Other) -> None:
    many(other(either))
    async with drive(either) as user:
        await open_rows(user)
        await fill_in(user, "f", "place = 'place 3'")
        assert "place = 'place 3'" in user.main
        shown = user.rows(user.workspace.main)
        assert "never closed" in await refused(user, "nonsense ((")
        assert "readings has no column no_such_column" in await refused(user, "no_such_column > 3")
        assert "Did you mean level?" in await refused(user, "levle > 3")
        assert "Double a quotation mark" in await refused(user, "length('x) = 1")
        assert "level is a number, and high is not one" in await refused(user, "level = high")
        assert user.rows(user.workspace.main)[: len(shown)] == shown
        assert "place = 'place 3'" in user.main
        await fill_in(user, "f", "id = 007")
        assert ids(user) == ["7"]
        assert "id = 7" in user.main  # how it was understood
        # What only the engine can tell leaves the rows and the filter that were there.
        for text, says in (
            ("length(plaec) > 3", "readings has no column plaec. Did you mean place?"),
            ("id > 1 1", "Could not show these rows of readings"),
            ("no_such_function(id) = 1", "Could not show these rows of readings"),
        ):
            assert says in await refused(user, text)
            assert ids(user) == ["7"]
            assert "id = 7" in user.main
        await user.press("j", "pagedown", "greater_than_sign", "H", "escape")
        await user.press("f")
        assert "id = 7" in user.dialog_text
        await user.press("escape", "escape")
        assert ids(user)[:2] == ["7", "8"]  # all rows, and the cursor on its own
        assert shown != user.rows(user.workspace.main)[: len(shown)]


async def test_a_second_statement_in_a_filter(either: Target, drive: Drive, other: Other) -> None:
    """A filter only reads, whatever stands in it."""
    async with drive(either) as user:
        await open_rows(user, "teams")
        for text in ("1=1); DELETE FROM teams; --", "1=1; DELETE FROM teams", "1=1) -- ", "1=1 /*", "? = %s %"):
            assert "position" in await refused(user, text)
            assert len(user.rows(user.workspace.main)) == 4, user.main
        assert other(either).rows.count("main", _all("teams")) == 4


def _all(table: str) -> Query:
    return Query(table)


async def test_the_cell_under_the_cursor(whichever: Target, drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    monkeypatch.setattr("dolt_tui.ui.app.DoltApp.copy_to_clipboard", lambda _app, text: copied.append(text))
    async with drive(whichever) as user:
        grid = user.workspace.main.grid
        await open_rows(user, "employees")
        await user.press("j", "l")
        assert user.workspace.main.cell == ("last_name", "Hendriks")
        await user.press("y")
        assert "last_name: Hendriks" in user.dialog_text
        await user.press("v")
        assert copied == ["Hendriks"]
        await user.press("s")  # the list of columns begins with the one under the cursor
        assert user.dialog is not None
        assert _cells(user.dialog.query_one("Grid"))[1].strip() == "last_name"
        await user.press("escape", "right_curly_bracket")
        heading = user.main.splitlines()[1]
        assert "last_name      │" in heading
        await user.press("left_curly_bracket", "left_curly_bracket")
        assert "last_n │" in user.main.splitlines()[1].replace("last_name", "last_n") or "…" in user.main
        await user.press("minus")
        assert "last_name" not in user.main.splitlines()[1]
        await user.press("h", "h", "h")
        held = user.workspace.main.cell
        assert held is not None
        assert held[0] == "id"
        await user.press("v", "j", "y")
        assert "value" not in user.dialog_text  # of a range, rows are copied
        await user.press("escape", "escape", "escape")
        assert grid.cursor_column is not None
        await user.go_to_commit("Created tables")  # a list of lines has no cells
        assert grid.cursor_column is None


async def test_a_click_on_a_title_sorts(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        main = user.workspace.main
        await open_rows(user, "employees")
        column = user.main.splitlines()[1].index("first_name")
        for arrow, first in (("↑", "Aaron"), ("↓", "Tim")):
            await user.pilot.click(main.grid, offset=(column, 0))
            await user.settle()
            assert f"by first_name {arrow}" in user.main
            assert user.rows(main)[0][2] == first
        await user.go_to_branch("modify_data")
        await user.press("0")
        await user.pilot.click(main.grid, offset=(2, 0))
        await user.settle()


async def test_a_range_that_is_longer_than_what_is_held(
    whichever: Target, drive: Drive, other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[str] = []
    monkeypatch.setattr("dolt_tui.ui.app.DoltApp.copy_to_clipboard", lambda _app, text: copied.append(text))
    many(other(whichever))
    async with drive(whichever) as user:
        grid = user.workspace.main.grid
        await open_rows(user)
        await user.press("j", "v")
        while grid.line(1) is not None:  # until the first rows are forgotten
            await user.press("pagedown")
        last = at(user)
        await user.press("y", "t")
        lines = copied[0].splitlines()
        assert lines[0] == "id\tlevel\tplace"
        assert [int(line.split("\t")[0]) for line in lines[1:]] == list(range(2, last + 1))
        assert f"Copied {last - 1:,} lines as TSV" in user.told[-1]
        await user.press("escape", "end", "v", "home", "y", "p")  # upwards from the end, over rows that nobody saw
        assert user.told[-1].startswith("Copied") or "copied" in user.told[-1]


async def test_copies_are_values_and_not_what_is_shown(
    either: Target, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[str] = []
    monkeypatch.setattr("dolt_tui.ui.app.DoltApp.copy_to_clipboard", lambda _app, text: copied.append(text))
    async with drive(either) as user:
        repository = user.repository
        long = "x" * 400
        create = "CREATE TABLE `odd` (id INTEGER PRIMARY KEY, g INTEGER GENERATED ALWAYS AS (id + 1) STORED, t TEXT)"
        repository.run("main", [(create, ()), ("INSERT INTO odd (id, t) VALUES (1, ?)", (long,))])
        repository.working.stage_all("main")
        repository.commits.commit("main", "odd", "")
        repository.run("main", [("UPDATE odd SET t = ? WHERE id = 1", (long + "y",))])
        quote = '"' if repository.info.engine == "DoltLite" else "`"
        insert = f"INSERT INTO {quote}odd{quote} ({quote}id{quote}, {quote}t{quote}) VALUES\n  (1, '{long}y');"
        await user.press("ctrl+r")
        await user.until(lambda: "odd" in user.screen)
        await open_rows(user, "odd")
        for view in ("rows", "history"):
            await user.press("y", "s")
            await user.until(lambda: len(copied) == 1, view)
            assert copied.pop() == insert
            await user.press("H")
        await user.press("escape", "b")
        await user.press("y", "c")
        assert copied.pop().startswith("id,commit,author,date,message\n1,")
        await user.press("escape", "4", "w", "0", "y")
        assert "SQL INSERT" not in user.dialog_text
        await user.press("p")
        assert copied.pop() == repository.tables.schema("main", "odd").ddl
