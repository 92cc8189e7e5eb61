"""The columns of rows and of diffs: hiding them, only those that changed, going to one by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.connecting.target import FileTarget, Target

from .test_browsing_rows import ROWS, Other, _cells, at, many, open_rows, pick

if TYPE_CHECKING:
    from tests.ui.conftest import Drive


async def test_columns(demo: FileTarget, drive: Drive, other: Other) -> None:
    many(other(demo))
    async with drive(demo) as user:
        await open_rows(user)
        await pick(user, "x", "level")
        assert user.dialog is not None  # for the next one
        assert _cells(user.dialog.query_one("Grid"))[1].strip() == "level"  # it stands where it stood
        await user.press("escape")
        heading = user.main.splitlines()[1]
        assert "place" in heading
        assert "level" not in heading
        await pick(user, "s", "level")
        assert "level" not in user.main.splitlines()[3]
        assert at(user) == ROWS
        await pick(user, "x", "place")
        await user.press("escape")
        await pick(user, "x", "id")  # the last one stays
        await user.press("escape")
        assert "id" in user.main.splitlines()[3]
        await pick(user, "x", "all columns")
        assert user.dialog is None
        assert "level" in user.main.splitlines()[3]
        assert "place" in user.main.splitlines()[3]


async def test_only_the_changed_columns(whichever: Target, drive: Drive, other: Other) -> None:
    other(whichever).run("main", [("UPDATE employees SET last_name = ? WHERE id = ?", ("Changed", 1))])
    async with drive(whichever) as user:
        await user.press("1", "0")
        assert "first_name" in user.main
        await pick(user, "x", "only columns that changed, and the key")
        assert "first_name" not in user.main
        assert "last_name" in user.main
        assert "id" in user.main
        await pick(user, "x", "all columns")
        assert "first_name" in user.main
