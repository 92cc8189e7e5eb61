"""Keys in places that have nothing yet, or no longer what had the focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.config import ConfigError
from dolt_tui.engine.connecting.target import FileTarget
from dolt_tui.ui.session.settings import Settings

if TYPE_CHECKING:
    from tests.ui.conftest import Drive

MOVES = ("pagedown", "pageup", "down", "up", "home", "end", "ctrl+home", "ctrl+end", "left", "right", "delete")


async def test_a_palette_without_entries(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        for key in MOVES:
            user.burst("ctrl+p", key, *"~~~", key)  # nothing is called so
        await user.press(*MOVES)
        assert "No command is called that." in user.dialog_text
        assert "0 of" in user.dialog_text
        await user.press("enter", "escape")
        assert user.dialog is None


async def test_colours_are_tried_and_kept(demo: FileTarget, drive: Drive) -> None:
    kept: list[tuple[str, str]] = []

    def keep(key: str, value: str) -> None:
        kept.append((key, value))
        if value == "colour-blind":
            raise ConfigError("it is full")

    async with drive(demo, settings=Settings(keep_choice=keep)) as user:
        before = user.app.theme
        user.workspace.run("theme")
        await user.settle()
        await user.press(*MOVES)
        assert user.app.theme != before
        await user.press("escape")
        assert user.app.theme == before
        user.workspace.run("theme")
        await user.settle()
        await user.press("end", "enter")
        assert kept == [("theme", user.app.theme)]
        assert not user.app.current_theme.dark
        added = user.app.theme_variables["added"]
        user.workspace.run("theme.diffs")
        await user.settle()
        assert user.app.theme_variables["added"] != added
        assert user.told[-1] == "This holds until the program ends. it is full"


async def test_inputs_and_lists_without_anything_in_them(demo: FileTarget, drive: Drive) -> None:
    keys = (
        *MOVES,
        "backspace",
        "ctrl+w",
        "ctrl+k",
        "ctrl+u",
        "ctrl+x",
        "ctrl+c",
        "ctrl+v",
        "ctrl+z",
        "ctrl+y",
        "ctrl+a",
    )
    async with drive(demo) as user:
        await user.press("space", "c", *keys, "tab", *keys, "escape")  # a line, and lines
        await user.press("2", "c")  # a list that is narrowed down to nothing
        await user.type("qqqzzz")
        await user.press(*keys, "enter", "escape")
        await user.press("2", "right_square_bracket")  # no remotes
        for key in (*MOVES, "j", "k", "less_than_sign", "greater_than_sign", "v", "shift+down", "d", "enter", "space"):
            await user.press(key)
        await user.press("slash", *keys, "escape")


async def test_a_pane_that_went_behind_its_frame_s_other_tab(demo: FileTarget, drive: Drive) -> None:
    """Keys come to the tab in front, also before Textual has moved the focus there."""
    async with drive(demo) as user:
        workspace = user.workspace
        await user.press("2")
        assert user.is_in(workspace.panes.branches)
        for command in ("pane.next", "pane.previous", "tab.next", "tab.previous"):
            await user.press("2")
            workspace.go_to(workspace.panes.tags)
            assert workspace.focused_pane is workspace.panes.tags
            workspace.action_command(command)
            await user.settle()
            workspace.go_to(workspace.panes.branches)
            await user.settle()
            workspace.go_to(workspace.panes.tags)
            workspace.set_focus(None)  # as when what had the focus is hidden
            assert workspace.focused_pane is workspace.panes.tags
            workspace.action_command(command)
            await user.settle()
            workspace.go_to(workspace.panes.branches)
            await user.settle()
        workspace.go_to(workspace.panes.branches)
        workspace.panes.tags.remove_class("behind")
        workspace.panes.branches.add_class("behind")
        assert workspace.focused_pane is workspace.panes.tags  # never what is not seen
        workspace.action_command("pane.previous")
        await user.settle()
