"""Long diffs, histories and blames by pages: to the end, back, and from anywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from dolt_tui.engine.browsing.query import DiffQuery
from dolt_tui.engine.connecting.target import FileTarget, Target
from dolt_tui.engine.model import BlameRow, ChangeKind, RowChange
from dolt_tui.engine.repository import Repository
from dolt_tui.ui.main_view import blame, row_history
from dolt_tui.ui.present.grid_rows import PAGE_SIZE

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver

Other = Callable[[Target], Repository]
ROWS = PAGE_SIZE * 7


def prepare(session: Repository, *, key: bool = True) -> list[int]:
    """A long table of which every row but each fifth differs, some of them removed; the keys of those that do."""
    primary = " PRIMARY KEY" if key else ""
    values = ", ".join(f"({i}, 'place {i % 10}', {i})" for i in range(1, ROWS + 1))
    session.run(
        "main",
        [
            (f"CREATE TABLE readings (id INT{primary}, place VARCHAR(40), level INT)", ()),
            (f"INSERT INTO readings VALUES {values}", ()),
        ],
    )
    session.working.stage_all("main")
    session.commits.commit("main", "Readings", "", None)
    session.run(
        "main",
        [
            ("DELETE FROM readings WHERE id % 5 = 1", ()),
            ("UPDATE readings SET level = -level WHERE id % 5 > 1", ()),
        ],
    )
    return [i for i in range(1, ROWS + 1) if i % 5]


def number(change: object) -> int:
    assert isinstance(change, RowChange)
    values = change.new if change.new is not None else change.old
    assert values is not None
    assert isinstance(values[0], int)
    assert (change.kind is ChangeKind.REMOVED) == (values[0] % 5 == 1)
    return values[0]


def seen(user: Driver) -> list[int]:
    """The keys that stand on the screen; every line must be a row."""
    grid = user.workspace.main.grid
    rows = [grid.line(line) for line in grid.lines_seen]
    assert all(rows), user.main
    return [number(row.value) for row in rows if row is not None]


async def open_changes(user: Driver) -> None:
    await user.press("1", "0")
    assert user.is_in(user.workspace.main)
    assert "readings · HEAD → working" in user.main


async def test_to_the_end_of_a_diff_and_back(either: Target, drive: Drive, other: Other) -> None:
    expected = prepare(other(either))
    async with drive(either) as user:
        await open_changes(user)
        grid = user.workspace.main.grid
        await user.press("greater_than_sign")
        last = seen(user)
        assert last == expected[-len(last) :]
        assert grid.cursor_index == len(expected) - 1  # the statistics told how many there are
        assert user.workspace.main.loaded is not None
        found = list(last)
        while found[0] != expected[0]:
            await user.press("pageup")
            page = seen(user)
            at = expected.index(page[0])
            assert page == expected[at : at + len(page)]
            assert at < expected.index(found[0])
            found = [*page, *(other for other in found if other > page[-1])]
        assert found == expected
        await user.press("greater_than_sign", "less_than_sign")
        first = seen(user)
        assert first == expected[: len(first)]
        user.burst("greater_than_sign", "pageup", "less_than_sign", "pagedown", "greater_than_sign", "pageup")
        await user.settle()
        page = seen(user)
        at = expected.index(page[0])
        assert page == expected[at : at + len(page)]
        assert page[-1] > expected[-PAGE_SIZE]


async def test_the_end_of_a_diff_is_not_walked_to(either: Target, drive: Drive, other: Other) -> None:
    prepare(other(either))
    async with drive(either) as user:
        await open_changes(user)
        before = user.repository.statements.entries()[-1].number
        await user.press("greater_than_sign")
        read = sum(
            entry.rows or 0
            for entry in user.repository.statements.entries()
            if entry.number > before and entry.purpose == "diff"
        )
        assert read < 4 * PAGE_SIZE


async def test_the_end_of_a_filtered_diff(either: Target, drive: Drive, other: Other) -> None:
    expected = [i for i in prepare(other(either)) if i % 5 == 1]
    async with drive(either) as user:
        await open_changes(user)
        await user.press("f")
        await user.press("ctrl+u")
        await user.type("removed")
        await user.press("enter", "greater_than_sign")
        last = seen(user)
        assert last == expected[-len(last) :]
        for _ in range(4):
            await user.press("pageup")
            page = seen(user)
            at = expected.index(page[0])
            assert page == expected[at : at + len(page)]


def changes_seen(user: Driver) -> list[RowChange]:
    """The changes that are on the screen, without what is staged of them."""
    grid = user.workspace.main.grid
    found = [row.value for row in map(grid.line, grid.lines_seen) if row is not None]
    return [RowChange(one.kind, one.old, one.new, one.changed) for one in found if isinstance(one, RowChange)]


async def test_a_diff_without_a_key(either: Target, drive: Drive, other: Other) -> None:
    session = other(either)
    prepare(session, key=False)
    whole = session.diffs.page("main", DiffQuery("readings", "HEAD", "WORKING"), 100_000).rows
    assert len(whole) > 5 * PAGE_SIZE
    async with drive(either) as user:
        await open_changes(user)
        grid = user.workspace.main.grid
        await user.press("greater_than_sign")
        shown = changes_seen(user)
        assert shown == list(whole[-len(shown) :])
        await user.press("pageup", "pageup")
        shown = changes_seen(user)
        at = len(whole) - grid.row_count + grid.top
        assert shown == list(whole[at : at + len(shown)])


async def test_others_write_while_one_is_at_the_end(demo_on_dolt: Target, drive: Drive, other: Other) -> None:
    session = other(demo_on_dolt)
    expected = prepare(session)
    async with drive(demo_on_dolt) as user:
        await open_changes(user)
        await user.press("greater_than_sign", "pageup")
        session.run("main", [("UPDATE readings SET level = -level WHERE id % 5 = 0", ())])
        await user.press("ctrl+r", "greater_than_sign")
        last = seen(user)
        assert last == list(range(ROWS + 1 - len(last), ROWS + 1))
        await user.press("less_than_sign")
        assert seen(user)[: len(expected)] == list(range(1, len(seen(user)) + 1))


async def test_a_long_history_of_a_row(
    whichever: Target, drive: Drive, other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = 40  # a page of them; as many commits as on a whole one take seconds
    monkeypatch.setattr(row_history, "PAGE_SIZE", size)
    monkeypatch.setattr(row_history.HistoryPages, "page_size", size)
    session = other(whichever)
    for turn in range(size + 30):
        session.run("main", [("UPDATE teams SET name = ? WHERE id = 0", (f"name {turn}",))])
        session.working.stage_all("main")
        session.commits.commit("main", f"Turn {turn}", "", None)
    async with drive(whichever) as user:
        await user.go_to_table("teams")
        await user.press("0", "H")
        assert f"name {size + 29}" in user.main
        await user.press("greater_than_sign")
        grid = user.workspace.main.grid
        assert grid.row_count == size + 31
        assert "Engineering" in str(user.cursor(user.workspace.main))
        assert "name 0" in user.main
        await user.press("k", "enter")
        assert "Turn 0" in user.main
        await user.press("escape", "less_than_sign")
        assert f"name {size + 29}" in str(user.cursor(user.workspace.main))
        await user.press("j", "ctrl+r")
        assert f"name {size + 28}" in str(user.cursor(user.workspace.main))
        await user.press("escape")
        assert "teams · rows" in user.main


async def test_a_long_blame(either: Target, drive: Drive, other: Other, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blame, "BLAMED_AT_ONCE", PAGE_SIZE)  # where each page costs the whole, pages are long
    session = other(either)
    prepare(session)
    session.working.stage_all("main")
    session.commits.commit("main", "Most of them", "", None)
    expected = [i for i in range(1, ROWS + 1) if i % 5 != 1]
    async with drive(either) as user:
        await user.go_to_table("readings")
        await user.press("b")
        main = user.workspace.main
        found: list[int] = []
        for _ in range(ROWS):
            await user.press("pagedown")
            for line in main.grid.lines_seen:
                row = main.grid.line(line)
                assert row is not None
                assert isinstance(row.value, BlameRow)
                assert (row.value.message == "Readings") == (row.value.key[0] % 5 == 0)
                found += [] if row.value.key[0] in found[-200:] else [row.value.key[0]]
            if main.row_key == (("id", expected[-1]),):
                break
        assert sorted({*found, *expected[: main.grid.height]}) == expected
        await user.press("enter")
        assert "commit " in user.main
        assert "Readings" in user.main
        await user.press("enter")  # far behind the first page of what the commit changed
        assert "readings · " in user.main
        assert main.row_key == (("id", expected[-1]),)
        await user.press("escape", "escape")
        assert main.row_key == (("id", expected[-1]),)
        await user.press("k", "H")
        assert f"history of id {expected[-2]}" in user.main


async def test_a_blame_goes_on_where_it_was(demo: FileTarget, drive: Drive, other: Other) -> None:
    session = other(demo)
    prepare(session)
    async with drive(demo) as user:
        await user.go_to_table("readings")
        await user.press("b", "pagedown", "pagedown")
        before = user.workspace.main.row_key
        session.run("main", [("UPDATE teams SET name = 'x' WHERE id = 0", ())])
        await user.press("ctrl+r")
        assert user.workspace.main.row_key == before
