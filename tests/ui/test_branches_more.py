"""Branches by keys: renaming, copying, switching by name, moving forward, sorting, deleting several."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dolt_tui.engine.connecting.target import FileTarget, ServerTarget, Target

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository
    from tests.ui.conftest import Drive, Driver

Other = Callable[[Target], "Repository"]


def names(user: Driver) -> list[str]:
    """The branches as the pane lists them."""
    return [cells[1] for cells in user.rows(user.workspace.panes.branches)]


async def test_rename(either: Target, drive: Drive, other: Other) -> None:
    async with drive(either) as user:
        await user.go_to_branch("modify_data")
        await user.press("R")
        assert "Rename branch modify_data" in user.dialog_text
        await user.type("/x y")
        assert "holds a character" in user.dialog_text
        await user.press("enter")
        assert user.dialog is not None  # not a name
        await user.press("backspace", "backspace", "enter")
        assert user.told[-1] == "Renamed modify_data to modify_data/x"
        assert names(user) == ["main", "modify_data/x", "modify_schema"]
        assert user.workspace.panes.branches.comparable is not None
        assert user.workspace.panes.branches.comparable[0] == "modify_data/x"  # the cursor goes with it
        assert user.branch == "main"
        await user.go_to_branch("main")
        await user.press("R")
        assert user.dialog is None
        assert "default branch" in user.told[-1]
    assert [branch.name for branch in other(either).refs.branches("main")] == ["main", "modify_data/x", "modify_schema"]


async def test_rename_the_current_branch(either: Target, drive: Drive) -> None:
    async with drive(either, branch="modify_data") as user:
        await user.go_to_branch("modify_data")
        await user.press("R")
        await user.type("2")
        await user.press("enter")
        assert user.dialog is None
        assert user.branch == "modify_data2"
        assert "⎇ modify_data2" in user.header
        assert user.told[-1] == "Renamed modify_data to modify_data2"
        assert user.log[0] == "Modified data on branch"
        await user.press("-")
        assert user.branch == "modify_data2"  # there is none that was left
        assert "no previous branch" in user.told[-1]


async def test_a_branch_in_use_is_renamed_and_deleted_by_force(
    demo_on_dolt: ServerTarget, drive: Drive, other: Other
) -> None:
    async with drive(demo_on_dolt) as user:
        somebody = other(demo_on_dolt)
        with somebody._connections.read("modify_data") as session:
            session.rows("SELECT 1")
            await user.go_to_branch("modify_data")
            await user.press("R")
            await user.type("2")
            await user.press("enter")
            assert "Another session is using modify_data." in user.dialog_text
            assert "'-f'" in user.dialog_text
            await user.press("escape")
            assert names(user) == ["main", "modify_data", "modify_schema"]
            await user.press("d", "x")
            assert "Other sessions are using modify_data." in user.dialog_text
            await user.press("escape")
            assert names(user) == ["main", "modify_data", "modify_schema"]
            await user.press("d", "x", "k", "x")  # x at once would count as held down
            assert names(user) == ["main", "modify_schema"]
            assert user.told[-1].startswith("Deleted branch modify_data, it was at ")


async def test_the_current_branch_in_use_is_renamed_by_force(
    demo_on_dolt: ServerTarget, drive: Drive, other: Other
) -> None:
    async with drive(demo_on_dolt, branch="modify_data") as user:
        somebody = other(demo_on_dolt)
        with somebody._connections.read("modify_data") as session:
            session.rows("SELECT 1")
            await user.go_to_branch("modify_data")
            await user.press("R")
            await user.type("2")
            await user.press("enter")
            assert "Another session is using modify_data." in user.dialog_text
            assert user.branch == "modify_data"
            await user.press("x")
            assert user.dialog is None
            assert user.branch == "modify_data2"
            assert names(user) == ["main", "modify_data2", "modify_schema"]


async def test_copy(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        await user.go_to_branch("modify_data")
        await user.press("C")
        await user.type("main")
        assert "already a branch main" in user.dialog_text
        await user.press("ctrl+u")
        await user.type("a_copy")
        await user.press("enter")
        assert names(user) == ["a_copy", "main", "modify_data", "modify_schema"]
        assert user.branch == "main"
        hashes = {branch.name: branch.hash for branch in user.workspace.state.branches}
        assert hashes["a_copy"] == hashes["modify_data"]


async def test_switch_by_name_and_back(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        await user.press("2", "c")
        assert "modify_schema" in user.dialog_text
        await user.type("SCH")
        assert "modify_data" not in user.dialog_text
        await user.press("enter")
        assert user.branch == "modify_schema"
        await user.press("-")
        assert user.branch == "main"
        await user.press("-")
        assert user.branch == "modify_schema"
        await user.press("c")
        await user.type("mod")
        await user.press("tab")  # both begin so: there is one left, as the other is the current one
        await user.press("enter")
        assert user.branch == "modify_data"
        await user.press("c")
        await user.type("not/yet")
        assert "new, from modify_data" in user.dialog_text
        await user.press("enter")
        assert user.branch == "not/yet"
        assert user.log[0] == "Modified data on branch"
        await user.press("c")
        await user.type("a b")
        await user.press("enter")
        assert "No match." in user.dialog_text
        await user.press("escape")
        assert user.branch == "not/yet"


async def test_sort(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        assert names(user) == ["main", "modify_data", "modify_schema"]
        await user.press("2", "s")
        dates = [branch.date for branch in user.workspace.state.ordered_branches]
        assert dates == sorted(dates, reverse=True)
        assert names(user) == [branch.name for branch in user.workspace.state.ordered_branches]
        assert names(user)[-1] == "main"
        await user.go_to_branch("modify_data")
        await user.press("space")
        assert names(user)[-1] == "main"  # it stays so
        await user.press("s")
        assert names(user) == ["main", "modify_data", "modify_schema"]


async def test_forward_to_the_current_branch(whichever: Target, drive: Drive) -> None:
    async with drive(whichever, branch="modify_data") as user:
        await user.go_to_branch("main")
        await user.press("f")
        assert "Fast-forward main" in user.dialog_text
        assert "to modify_data" in user.dialog_text
        assert "blocked by" in user.dialog_text or "1 commit" in user.dialog_text
        blocked = "blocked by" in user.dialog_text
        await user.press("escape")
        assert not blocked  # what is uncommitted on main is another table
        await user.press("f", "enter")
        assert user.told[-1] == "main moved forward to modify_data"
        assert user.branch == "modify_data"
        hashes = {branch.name: branch.hash for branch in user.workspace.state.branches}
        assert hashes["main"] == hashes["modify_data"]
        assert next(branch for branch in user.workspace.state.branches if branch.name == "main").dirty
        await user.press("f")
        assert user.dialog is None
        assert "is known to be ahead of main" in user.told[-1]
        await user.go_to_branch("modify_schema")
        await user.press("f")
        assert "of its own: merge instead" in user.dialog_text
        await user.press("enter")
        assert user.dialog is not None
        await user.press("escape")


async def test_delete_several(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        user.repository.refs.create_branch("main", "zz", "main")
        await user.press("ctrl+r")
        await user.go_to_branch("main")
        await user.press("v", "j", "j", "d")
        text = user.dialog_text
        assert "Delete 2 branches" in text
        assert "stays: main" in text
        assert text.count("that no other branch has") == 2
        await user.press("x")
        assert names(user) == ["main", "zz"]
        assert user.told[-1] == "Deleted 2 branches: modify_data, modify_schema"
        assert not user.workspace.panes.branches.grid.range_active
        await user.press("greater_than_sign", "d")
        assert "all its commits are on another branch" in user.dialog_text
        await user.press("x")
        assert names(user) == ["main"]


async def test_upstreams_are_not_there_on_doltlite(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        await user.press("2", "u")
        assert user.dialog is None
        assert "DoltLite does not track upstream branches" in user.told[-1]


async def test_reading_only(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo, read_only=True) as user:
        await user.go_to_branch("modify_data")
        for key in ("R", "C", "T", "f", "P", "p"):
            await user.press(key)
            assert user.dialog is None, key
            assert "read-only" in user.told[-1], key


async def test_a_new_branch_whose_name_differs_in_case_only(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        await user.press("2", "n")
        await user.type("MAIN")
        await user.press("enter")
        assert "There is already a branch main." in user.dialog_text
