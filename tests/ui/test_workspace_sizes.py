"""Every size of terminal: nothing crashes, and each line is as wide as the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dolt_tui.engine.connecting.target import FileTarget
from dolt_tui.ui.skeleton import TABS

if TYPE_CHECKING:
    from tests.ui.conftest import Drive

SIZES = [(132, 38), (80, 24), (200, 50), (60, 15), (40, 10), (20, 6), (10, 3), (1, 1)]
ROUND = [
    *("1", "enter", "escape", "d", "escape", "space", "c", "x", "tab", "escape", "space"),
    *("2", "j", "enter", "escape", "M", "escape", "d", "escape", "n", "y", "escape"),
    *("3", "enter", "j", "enter", "escape", "escape", "g", "escape"),
    *("4", "w", "w", "d", "escape", "enter", "enter", "escape", "escape"),
    *("5", "enter", "escape", "@", "escape", "question_mark", "j", "escape"),
    *("plus", "underscore", "slash", "e", "escape"),
]  # fmt: skip


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_every_pane_and_dialog(demo: FileTarget, drive: Drive, size: tuple[int, int]) -> None:
    async with drive(demo, size=size) as user:
        for key in ROUND:
            await user.press(key)  # looks at the whole screen each time
            assert user.app.is_running, key
        assert user.dialog is None
        assert user.changes == (["M teams"], [])
        assert user.branch == "main"


async def test_the_terminal_changes_its_size(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        for keys in ([], ["c"], ["escape", "2", "j", "M"], ["escape", "question_mark"], ["escape", "plus"]):
            await user.press(*keys)
            for size in ((80, 24), (20, 6), (1, 1), (132, 38)):
                await user.pilot.resize_terminal(*size)
                await user.settle()
                user.check()
                assert user.app.size == size
        await user.press("escape", "1")
        assert user.changes == (["M teams"], [])
        assert "M teams" in user.text(user.workspace.panes.changes)


@pytest.mark.parametrize("size", [(132, 38), (80, 24), (40, 10)], ids=str)
async def test_the_focused_pane_shows_its_cursor(demo: FileTarget, drive: Drive, size: tuple[int, int]) -> None:
    async with drive(demo, size=size) as user:
        for number, pane in zip("1234", user.workspace.panes.side, strict=True):
            await user.press(number)
            row = user.cursor(pane)
            assert row is not None
            name = next(cell for cell in row[1 if number in "123" else 0 :] if cell.strip())
            assert name[:5] in user.text(pane), f"pane {number}"


@pytest.mark.parametrize("rows", [24, 22, 21, 18, 12])
async def test_the_main_pane_keeps_lines_for_its_rows(demo: FileTarget, drive: Drive, rows: int) -> None:
    async with drive(demo, size=(60, rows)) as user:
        assert user.workspace.main.grid.size.height >= 1
        assert "Support" in user.main


async def test_where_one_is_stands_on_the_screen_at_80_columns(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo, size=(80, 24)) as user:
        await user.go_to_branch("modify_schema")
        await user.press("space")
        for pane in "123405":
            await user.press(pane)
            assert "modify_schema" in user.header
            assert "sql_alchemy_big" in user.header
            assert "clean" in user.header


async def test_the_first_frames_have_the_titles_of_the_panes(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        assert [tuple(pane.TITLE for pane in slot) for slot in user.workspace.panes.frames] == list(TABS)
