"""Every size of terminal: nothing crashes, each line is as wide as the screen, and what is in focus has the room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events

from dolt_tui.engine.connecting.target import FileTarget
from dolt_tui.ui.skeleton import TABS

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver

ROUND = [
    *("1", "enter", "escape", "d", "escape", "space", "c", "x", "tab", "escape", "space"),
    *("2", "j", "enter", "escape", "M", "escape", "d", "escape", "n", "y", "escape"),
    *("3", "enter", "j", "enter", "escape", "escape", "g", "escape"),
    *("4", "w", "w", "d", "escape", "enter", "enter", "escape", "escape"),
    *("5", "enter", "escape", "@", "escape", "question_mark", "j", "escape"),
    *("plus", "underscore", "slash", "e", "escape"),
]  # fmt: skip


async def test_every_pane_and_dialog(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo, size=(40, 10)) as user:
        for size in ((40, 10), (1, 1)):
            await resize(user, *size)
            for key in ROUND:
                await user.press(key)  # looks at the whole screen each time
                assert user.app.is_running, key
            assert user.dialog is None
            assert user.changes == (["M teams"], [])
            assert user.branch == "main"
        for keys in (["c"], ["escape", "2", "j", "M"], ["escape", "question_mark"], ["escape", "plus"]):
            await user.press(*keys)
            for size in ((80, 24), (1, 1), (132, 38)):
                await resize(user, *size)
                assert user.app.size == size
        await user.press("escape", "1")
        assert "M teams" in user.text(user.workspace.panes.changes)


async def test_what_is_in_focus_has_the_room(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        work, panes = user.workspace, user.workspace.panes
        assert [tuple(pane.TITLE for pane in slot) for slot in panes.frames] == list(TABS)
        await user.go_to_branch("modify_schema")
        await user.press("space", "2")
        for size, least in (((132, 38), 20), ((80, 24), 10), ((60, 18), 5), ((40, 10), 3)):
            await resize(user, *size)
            narrow = size[0] < 90
            for number, pane in zip("1234", panes.side, strict=True):
                await user.press(number)
                row = user.cursor(pane)
                if row is not None:
                    name = next(cell for cell in row[1 if number in "123" else 0 :] if cell.strip())
                    assert name[:5] in user.text(pane), (size, number)
            assert ("─ 3 Log" in user.screen) is not narrow
            assert ("2 Branches" in user.lines[1]) is (size[0] in (60, 80))
            await user.press("4", "0")
            assert work.main.grid.size.height - 1 >= least, size
            assert "employee" in user.main
            await user.press("5")
            assert panes.summary.grid.size.height - 1 >= (6 if size[0] == 132 else least)
            assert "modify_schema" in user.header or size[0] == 40
            if size[0] == 60:
                await user.press("3", "j", "g")
                assert "press a letter · esc cancel" in user.dialog_text
                await user.press("escape")
            if size[0] == 80:
                assert "1 Changes" in user.lines[1]
                assert "2 Branches 3" in user.lines[1]
                assert "clean" in user.header
                await user.pilot.click(offset=(user.lines[1].index("3 Log"), 1))
                await user.settle()
                assert user.is_in(panes.log)


async def test_the_layout_key_and_dragged_borders(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        work, panes = user.workspace, user.workspace.panes
        await user.press("2", "plus")
        assert panes.branches.region.size == (66, 33)
        await user.press("plus")
        assert panes.branches.region.size == (132, 36)
        assert user.lines[-1].startswith(" _ smaller")
        await user.press("escape", "5")
        assert panes.summary.region.size == (132, 36), "it stays until it is changed"
        await user.press("plus", "1")
        assert panes.changes.region.width == 40
        assert "_ smaller" not in user.lines[-1]
        await user.press("underscore", "underscore", "underscore")
        for start, end in (((39, 5), (59, 5)), ((90, 28), (90, 18)), ((5, 15), (5, 19))):
            await drag(user, start, end)
        assert panes.changes.region.width == 59
        assert panes.branches.region.y == 9
        assert panes.log.region.y == 19
        assert panes.summary.region.height == 19
        assert panes.summary.room.lines == 9
        await user.press("2", "0", "plus", "underscore")
        assert work.main.region.size == (73, 17)
        await user.pilot.click(offset=(75, 28))  # no border is grasped any more
        await user.settle()
        assert user.is_in(panes.summary)


async def resize(user: Driver, width: int, height: int) -> None:
    await user.pilot.resize_terminal(width, height)
    await user.settle()
    user.check()


async def drag(user: Driver, start: tuple[int, int], end: tuple[int, int]) -> None:
    await user.pilot.mouse_down(offset=start)
    await user.pilot._post_mouse_events([events.MouseMove], offset=end, button=1)
    await user.pilot.mouse_up(offset=end)
    await user.settle()
