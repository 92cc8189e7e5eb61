"""The footer, messages, the mouse, and keys that people know from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from textual import events

from dolt_tui.engine.connecting.target import FileTarget
from dolt_tui.ui import messages as messages_module
from dolt_tui.ui.dialogs import choice
from dolt_tui.ui.widgets.message_line import MessageLine

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver


async def click(user: Driver, text: str, times: int = 1) -> None:
    """Click on a text that is on the screen."""
    y, line = next((number, line) for number, line in enumerate(user.lines) if text in line)
    x = cell_len(line[: line.index(text)])
    for kind in (events.MouseDown, events.MouseUp) * times:
        user.app.post_message(kind(None, x, y, 0, 0, 1, False, False, False, x, y))
    await user.settle()


async def test_the_footer_says_what_the_pane_can(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        for keys, words in (
            ("1", " space stage  ⏎ rows  a stage all  c commit  d discard…"),
            ("1 space", " space unstage  ⏎ rows  a unstage all  c commit"),
            ("2", " ⏎ compare  n new…  c switch to…  / search"),
            ("j", " space switch  ⏎ compare  n new…  M merge…"),
            ("W", " W unmark  space switch"),
            ("3", " W compare…  ⏎ tables"),
            ("2 W 3", " ⏎ tables  space view  g reset…  C copy  c commit  t revert…"),
            ("v j", " ⏎ tables  space view  g reset…  C copy 2  c commit  t revert 2…"),
            ("C", " V paste 2…  ⏎ tables  space view  g reset…  C un-copy"),
            ("escape space", " esc back to main"),
            ("escape 4", " ⏎ rows  w schema  d drop…"),
            ("w", " ⏎ rows  d drop…"),
            ("5", " ⏎ join…"),
        ):
            await user.press(*keys.split())
            assert user.lines[-1].startswith(words), (keys, user.lines[-1])
            assert user.lines[-1].endswith("? keys  ^p palette ")
        panes = user.workspace.panes
        await click(user, "● 1 table changed")
        assert user.is_in(panes.changes)
        await click(user, "unstage")
        assert user.changes == (["M teams"], [])
        assert user.lines[-1].startswith(" space stage")
        await click(user, "Tags")
        assert user.is_in(panes.tags)
        await click(user, "Branches ·")
        assert user.is_in(panes.branches)
        await click(user, "5 Team Summary")
        assert user.is_in(panes.summary)
        await click(user, "⎇ main")
        assert user.is_in(panes.branches)
        await click(user, "modify_data", times=2)
        assert user.is_in(user.workspace.main)
        await click(user, "c commit")
        assert "› a  stage all" in user.dialog_text
        await click(user, "commit without changes")
        assert "› e  commit without changes" in user.dialog_text
        await click(user, "esc cancel")
        assert user.dialog is None
        await user.press("c")
        await click(user, "stage all and commit  ")
        assert user.changes == ([], ["M teams"])
        await user.type("By mouse")
        await click(user, "⏎ ^s commit")
        assert user.log[0] == "By mouse"


async def test_a_message_covers_nothing_that_is_read(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo, size=(80, 24)) as user:
        messages, lines = user.app.messages, user.lines
        for text in ("Staged teams", "Staged people", "Done"):
            messages.say(text)
        await user.pause()
        assert user.lines[:-1] == lines[:-1]
        assert user.lines[-1].startswith(" › Done  space stage  ⏎ rows  a stage all")
        messages.say("It cannot be done: " + "because of that, " * 7, "error")
        await user.pause()
        assert user.lines[:-2] == lines[:-2]
        assert user.lines[-2].startswith(" ✗ It cannot be done: because")
        user.burst("question_mark")  # it was typed before the message was read
        await user.until(lambda: user.dialog is not None)
        assert messages.now is not None
        messages.hush()
        await user.pause()
        assert not user.workspace.query(MessageLine), "it is gone behind a dialog, too"
        messages.say("Copied")
        await user.pause()
        assert user.lines[-1].startswith(" › Copied  ")
        messages.say("Refused", "warning")
        messages.say("Committed")
        await user.pause()
        assert user.lines[-1].startswith(" ! Refused · Committed ")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(messages_module, "_READ", 0.0)
            user.burst("escape")
            await user.until(lambda: messages.now is None)
        assert user.lines[-1].startswith(" space stage")


async def test_keys_that_people_bring_along(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        log, branches = user.workspace.panes.log.grid, user.workspace.panes.branches.grid
        await user.press("3", "G")
        assert log.cursor_index == log.row_count - 1 > 1
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(choice, "_REPEATED", 0.0)
            user.burst("g", "g")  # the first one opens a dialog
            await user.settle()
        assert user.dialog is None
        assert log.cursor_index == 0
        await user.press("L", "M", "s")
        assert log.cursor_index == log.row_count // 2
        assert user.told[-1] == "s is squashing down in lazygit: F does that, S with all later commits"
        await user.press("2", "G", "w")
        assert branches.cursor_index == 2
        assert user.told[-1] == "w is worktrees in lazygit: Dolt has none; c in Branches switches branches"
        await user.press("ctrl+c")
        assert user.told[-1].endswith("y copies rows, q quits")
        await user.press("ctrl+o")
        assert (user.app.clipboard, user.told[-1]) == ("modify_schema", "Copied modify_schema")
        await user.press("less_than_sign", "g")
        assert user.told[-1].startswith("reset: main is the current branch")
        await user.press("4", "j", "g")
        assert user.told[-1] == "g again goes to the top"
        await user.press("g")
        assert user.workspace.panes.tables.grid.cursor_index == 0
