"""What is typed or pasted is what is stored; only line ends change, and only what is shown is made harmless."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from dolt_tui.engine.connecting.target import FileTarget, Target
from dolt_tui.engine.repository import Repository

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver

ODD = "tab\there 日本 e\u0301 👨‍👩‍👧 \u202bשלום\u202c \u200f. \x1b[31m"


async def paste(user: Driver, text: str) -> None:
    user.paste(text)
    await user.settle()
    user.check()


def message(user: Driver) -> str:
    return user.repository.history.commit(user.branch, "HEAD").message


async def test_a_message(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        await user.press("space", "c")
        await paste(user, "First\r\rsecond\r\nthird")  # as a terminal sends it
        assert "second" in user.dialog_text
        await user.press("enter")
        assert message(user) == "First\n\nsecond\nthird"
        await user.press("A")
        await paste(user, " and more\r")
        await user.press("tab")
        await paste(user, f"{ODD}\r\n  indented\r")
        await user.press("ctrl+s")
        assert message(user) == f"First and more\n\n{ODD}\n  indented\nsecond\nthird"
        await user.press("3", "less_than_sign", "r")
        await paste(user, "\rof three\rmoved down")
        await user.press("enter")
        assert message(user) == f"First and moreof three\n\nmoved down\n\n{ODD}\n  indented\nsecond\nthird"


async def test_a_summary_is_stored_as_it_was_typed(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        await user.press("space", "c")
        await paste(user, ODD)
        assert "␉" in user.dialog_text
        assert "␛" in user.dialog_text
        await user.type("  two blanks")
        await user.press("enter")
        assert message(user) == f"{ODD}  two blanks"


async def test_single_lines_join_what_is_pasted(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        await user.press("2", "n")
        await paste(user, "new_branch\r")
        await user.press("enter")
        assert user.branch == "new_branch"
        await user.press("4", "slash")
        await paste(user, "two\r\nwords\r")
        assert "/two words" in user.text(user.workspace.panes.tables)
        await user.press("escape")


@pytest.mark.parametrize("where", ["summary", "body"])
async def test_ctrl_v_is_a_paste_too(demo: FileTarget, drive: Drive, where: str) -> None:
    async with drive(demo) as user:
        user.app.copy_to_clipboard("One\r\ntwo\x1b[2J\r")
        await user.press("space", "c")
        if where == "body":
            await user.type("Zero")
            await user.press("tab")
        await user.press("ctrl+v", "ctrl+s")
        stored = "One\n\ntwo\x1b[2J" if where == "summary" else "Zero\n\nOne\ntwo\x1b[2J"
        assert message(user) == stored


async def test_the_palette_shows_what_is_pasted_harmlessly(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        user.app.copy_to_clipboard("a\x1b[2J\r\nb\u202e")
        await user.press("ctrl+p")
        await paste(user, "x\x1b]2;title\x07\ry\u202e")
        await user.press("ctrl+v", "escape")
        user.check()


async def test_a_message_of_another_program_is_shown_harmlessly(
    demo: FileTarget, drive: Drive, other: Callable[[Target], Repository]
) -> None:
    """A stored message may hold anything; recalling it shows marks and changes nothing but its line ends."""
    with other(demo) as session:
        session.run("main", [("SELECT dolt_commit('--allow-empty', '-m', ?)", ("\x1b[2JOne\x01\r\n\r\n#12 \x9btwo",))])
    async with drive(demo) as user:
        await user.press("space", "c", "up")
        user.check()
        assert "␛[2JOne" in user.dialog_text
        assert "#12" in user.dialog_text
