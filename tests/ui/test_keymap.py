"""Keys of the configuration: every place that shows or names a key shows the one that is in effect."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dolt_tui.engine.connecting.target import FileTarget
from tests.fast.test_keymap import KEYS

if TYPE_CHECKING:
    from tests.ui.conftest import Drive


async def test_all_places_show_the_keys_in_effect(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo, keymap=KEYS) as user:
        footer = user.lines[-1]
        assert re.search(r"f11 commit .*f1 keys  f2 palette", footer), footer
        await user.press("c", "z", "question_mark")
        assert user.dialog is None
        await user.press("f1")
        assert re.search(r"f11 +Commit what is staged", user.dialog_text), user.dialog_text
        await user.press("escape", "4", "less_than_sign", "j", "d")
        assert "undo this with ^u" in user.dialog_text
        await user.press("x")
        assert user.told[-1].endswith("^u brings it back")
        await user.press("ctrl+u")
        assert "Undo" in user.dialog_text
        await user.press("escape", "f12")
        assert "Undo" in user.dialog_text
        await user.press("escape", "2", "j")
        assert re.search(r"m merge… .*M rebase…", user.lines[-1])
        await user.press("f2")
        await user.type("Commit what")
        assert re.search(r"Commit what is staged… +f11", user.dialog_text)
        await user.press("escape")


async def test_a_held_key_chooses_nothing_whichever_key_it_is(demo: FileTarget, drive: Drive) -> None:
    """The dialog of a merge has a choice m, and here m opens it."""
    async with drive(demo, keymap=KEYS) as user:
        await user.press("2", "j")
        user.burst(*"m" * 30)
        await user.settle()
        assert "m  merge" in user.dialog_text
        assert user.log[0] == "Inserted data into tables"
        await user.press("escape")


async def test_a_search_has_its_key_in_the_pane_that_is_searched_only(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        await user.press("3", "slash")
        await user.type("t")
        await user.press("enter")
        first = user.cursor(user.workspace.panes.log)
        await user.press("n")
        assert user.dialog is None
        assert user.cursor(user.workspace.panes.log) != first
        user.workspace.action_command("log.new")  # as from the list of keys, or the palette
        await user.settle()
        assert "New branch" in user.dialog_text
        await user.press("escape", "2", "n")
        assert "New branch" in user.dialog_text
        await user.press("escape", "3", "escape", "n")
        assert "New branch" in user.dialog_text
        await user.press("escape")


async def test_a_search_leaves_remapped_commands_alone(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo, keymap=KEYS) as user:
        await user.press("3", "slash")
        await user.type("t")
        await user.press("enter")
        assert "f3 N" in user.text(user.workspace.panes.log)
        await user.press("e")
        assert "New branch" in user.dialog_text
        first = user.cursor(user.workspace.panes.log)
        await user.press("escape", "n")
        assert user.cursor(user.workspace.panes.log) == first
        await user.press("f3")
        assert user.cursor(user.workspace.panes.log) != first


async def test_a_double_click_opens_a_row_whichever_key_does(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo, keymap={"tables.rows": "f3", "log.open": "enter, f4"}) as user:
        panes = user.workspace.panes
        for pane in (panes.tables, panes.log):
            await user.pilot.double_click(pane.grid, offset=(3, 1))
            await user.settle()
            assert user.is_in(panes.main)
