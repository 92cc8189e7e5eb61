"""Searching rows, changes and commits by keys, beyond what is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dolt_tui.demo.story import At
from dolt_tui.engine.connecting.target import FileTarget, Target
from dolt_tui.engine.repository import Repository
from dolt_tui.ui.present.grid_rows import PAGE_SIZE
from dolt_tui.ui.session.settings import Settings

if TYPE_CHECKING:
    from tests.ui.conftest import DemoFile, Drive, Driver

Other = Callable[[Target], Repository]
ROWS = 4 * PAGE_SIZE
MARKED = (7, 3 * PAGE_SIZE + 5, ROWS - 1)
"""The rows that are found."""


def readings(session: Repository, key: str = "INT PRIMARY KEY") -> None:
    """A committed table ``readings`` (id, note), whose marked rows have a note ``Needle``."""
    rows = ", ".join(f"({i}, '{'a Needle in' if i in MARKED else 'hay'} {i}')" for i in range(ROWS))
    session.run(
        "main",
        [(f"CREATE TABLE readings (id {key}, note VARCHAR(40))", ()), (f"INSERT INTO readings VALUES {rows}", ())],
    )
    session.working.stage("main", ["readings"])
    session.commits.commit("main", "Readings", "", None)


LOG_PAGE = 25


SHORT = Settings(log_page=LOG_PAGE)
"""Pages of the log that are left after fewer commits."""


async def search(user: Driver, text: str) -> None:
    await user.press("slash")
    await user.type(text)
    await user.press("enter")
    await landed(user)


async def landed(user: Driver) -> None:
    """Wait until the row that was found is there."""
    await user.until(lambda: user.workspace.focused_pane.grid.cursor_row is not None)
    await user.settle()


def at(user: Driver) -> int:
    """The ``id`` of the row under the cursor."""
    cursor = user.cursor(user.workspace.main)
    assert cursor is not None
    return int(cursor[-2])


async def rounds(user: Driver) -> None:
    """Search forward round the end, then backward round the beginning."""
    await search(user, "needle")
    assert at(user) == MARKED[0]
    for wanted in (*MARKED[1:], *MARKED[:2]):
        await user.press("n")
        await landed(user)
        assert at(user) == wanted
        page = [int(line.split("│")[-3].split()[-1]) for line in user.main.splitlines() if "hay" in line]
        around = [i for i in range(page[0], page[-1] + 1) if i not in MARKED]
        assert page == around, "what stands around it follows it without a gap"
    for wanted in (MARKED[0], MARKED[2], MARKED[1]):
        await user.press("N")
        await landed(user)
        assert at(user) == wanted
    assert "/needle" in user.main


async def test_rows(either: Target, drive: Drive, other: Other) -> None:
    readings(other(either))
    async with drive(either) as user:
        await user.go_to_table("readings")
        await user.press("0")
        await rounds(user)
        assert user.workspace.main.cell == ("note", f"a Needle in {MARKED[1]}")  # the cell that matches
        await search(user, "nowhere to be found")
        assert "not found" in user.told[-1]
        assert at(user) == MARKED[1]
        await search(user, f"in {MARKED[2]}")  # what is typed takes the place of the text before
        assert at(user) == MARKED[2]
        await user.press("escape")
        assert "/in " not in user.main
        await user.press("n")
        assert "/ starts one" in user.told[-1]


async def test_rows_without_a_key(whichever: Target, drive: Drive, other: Other) -> None:
    readings(other(whichever), key="INT")
    async with drive(whichever) as user:
        await user.go_to_table("readings")
        await user.press("0")
        await search(user, "needle")
        found = [at(user)]
        for _ in range(3):  # they come in an order of Dolt's own
            await user.press("n")
            await landed(user)
            found.append(at(user))
        assert sorted(found[:3]) == sorted(MARKED)
        assert found[3] == found[0]
        for wanted in found[2::-1]:
            await user.press("N")
            await landed(user)
            assert at(user) == wanted


async def test_changes(either: Target, drive: Drive, other: Other) -> None:
    session = other(either)
    readings(session)
    session.run("main", [("UPDATE readings SET id = id + 10000 WHERE id >= 0", ())])  # removed and added
    session.run("main", [("DELETE FROM readings WHERE id >= 10000", ())])
    async with drive(either) as user:
        await user.press("1", "0")
        await rounds(user)


async def test_changes_that_are_sought_on_either_side(demo: FileTarget, drive: Drive, other: Other) -> None:
    session = other(demo)
    readings(session)
    session.run("main", [("UPDATE readings SET note = 'gone'", ())])
    async with drive(demo) as user:
        await user.press("1", "0")
        await search(user, "Needle")
        row = user.cursor(user.workspace.main)
        assert row is not None
        assert "Needle" in row[-1]
        await user.press("t", "n")
        await landed(user)
        assert str(MARKED[1]) in str(user.cursor(user.workspace.main))


async def test_commits(whichever: Target, drive: Drive, other: Other) -> None:
    session = other(whichever)
    for number in range(2 * LOG_PAGE + 10):
        session.run("main", [("UPDATE employees SET last_name = ? WHERE id = 0", (f"n{number}",))])
        session.working.stage("main", ["employees"])
        session.commits.commit("main", "Needle" if number in (3, 45) else f"Change {number}", "", None)
    async with drive(whichever, settings=SHORT) as user:
        log = user.workspace.panes.log
        await user.press("3")
        await search(user, "needle")
        first = log.selected
        assert first is not None
        assert first.message == "Needle"
        await user.press("n")
        await landed(user)
        second = log.selected
        assert second is not None
        assert second.message == "Needle"
        assert second.hash != first.hash
        await user.press("N")
        await landed(user)
        assert log.selected is not None
        assert log.selected.hash == first.hash
        await user.press("escape", "n")  # now it makes a branch again
        assert user.dialog is not None
        await user.press("escape")
        await search(user, second.hash[:12])
        assert log.selected is not None
        assert log.selected.hash == second.hash


async def test_what_is_in_memory(demo_file: DemoFile, drive: Drive) -> None:
    async with drive(demo_file(At.MERGED)) as user:
        work = user.workspace
        await user.go_to_table("employees")
        await user.press("0")
        await search(user, "brian")
        first = at_cell(user)
        await user.press("n")
        assert at_cell(user) != first
        assert work.main.cell is not None
        assert "Brian" in str(work.main.cell[1])
        await user.press("n")
        assert at_cell(user) == first
        await user.press("3")
        await search(user, "created")
        assert "Created tables" in user.main
        await user.press("slash", "escape", "n")  # esc cancels the line, the search stays
        assert user.dialog is None
        await user.go_to_branch("modify_data")
        await user.press("slash")  # lists are filtered
        await user.type("schema")
        await user.press("enter")
        assert [row[1] for row in user.rows(work.panes.branches)] == ["modify_schema"]


def at_cell(user: Driver) -> object:
    return user.workspace.main.row_key


async def test_esc_ends_a_search_that_takes_long(either: Target, drive: Drive, other: Other) -> None:
    readings(other(either))
    async with drive(either) as user:
        await user.go_to_table("readings")
        await user.press("0", "slash")
        user.burst(*"zzz", "enter", "n", "N", "n", "escape", "escape", "j")
        await user.settle()
        assert at(user) in range(ROWS)


async def test_whoever_reads_far_down_stays_there_when_others_commit(
    either: Target, drive: Drive, other: Other
) -> None:
    session = other(either)
    for number in range(2 * LOG_PAGE + 10):
        session.run("main", [("UPDATE employees SET last_name = ? WHERE id = 0", (f"n{number}",))])
        session.working.stage("main", ["employees"])
        session.commits.commit("main", f"Change {number}", "", None)
    async with drive(either, settings=SHORT) as user:
        log = user.workspace.panes.log
        await user.press("3", "greater_than_sign", "k", "k")
        here, line = log.selected, log.grid.cursor_index
        assert here is not None
        assert line > 2 * LOG_PAGE
        session.run("main", [("UPDATE employees SET last_name = 'last' WHERE id = 0", ())])
        session.working.stage("main", ["employees"])
        session.commits.commit("main", "One more", "", None)
        await user.until(lambda: log.grid.cursor_index == line + 1 and log.grid.cursor_row is not None)
        assert log.selected is not None
        assert log.selected.hash == here.hash
