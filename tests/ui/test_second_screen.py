"""Another full screen above the workspace: its own commands, esc and holds; the workspace stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.widgets import Static

from dolt_tui.engine.connecting.target import FileTarget
from dolt_tui.ui.actions.base import Actions
from dolt_tui.ui.commands import command
from dolt_tui.ui.flows.find_command import lines
from dolt_tui.ui.full_screen import FullScreen

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver

COUNTER = "counter"


class CounterActions(Actions):
    """Commands of the screen below."""

    @property
    def screen(self) -> Counter:
        assert isinstance(self.context, Counter)
        return self.context

    @command("counter.add", "a", "add", "Count one more", where=COUNTER)
    def add(self) -> None:
        self.screen.count()

    @command("counter.stage", "s", "stage", "Stage the table that is selected in Changes", where=COUNTER, writes=True)
    def stage(self) -> None:
        change, branch = self.context.panes.changes.selected, self.state.branch
        assert change is not None
        self.context.write(
            f"stage {change.table}",
            lambda repository: repository.working.stage(branch, [change.table]),
            lambda _: self.screen.count(),
        )

    @command("counter.leave", "escape", "back", "Go back", where=COUNTER)
    def leave(self) -> None:
        self.screen.dismiss()


class Counter(FullScreen):
    """Counts."""

    PLACE = COUNTER
    number = 0
    escaped = 0

    def compose(self) -> ComposeResult:
        self.shown = Static("counted 0", markup=False)
        yield self.shown

    def count(self) -> None:
        self.number += 1
        self.shown.update(f"counted {self.number}")

    def on_escape(self) -> None:
        self.escaped += 1
        self.holds.release_all()


async def above(user: Driver) -> Counter:
    """Show the screen above the workspace."""
    work = user.workspace
    screen = Counter(work.session, work.panes, work.actions.commands)
    user.app.push_screen(screen)
    await user.until(lambda: user.app.screen is screen and screen.is_running)
    await user.settle()
    return screen


def top(user: Driver) -> object:
    """The screen in front."""
    return user.app.screen


def titles(user: Driver) -> list[str]:
    """What the palette offers now."""
    screen = user.app.screen
    assert isinstance(screen, FullScreen)
    return [line.entry.title for line in lines(screen, screen.actions.commands)]


async def test_it_has_its_own_keys_and_leaves_the_workspace_as_it_was(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo, more=[CounterActions]) as user:
        await user.press("2", "j")
        work, before = user.workspace, user.screen
        panes = [(pane.grid.cursor_index, pane.has_class("behind")) for pane in work.panes]
        screen = await above(user)
        await user.press("a", "a")
        assert "counted 2" in user.screen
        await user.press("1", "j", "c", "tab", "space")  # which mean something on the workspace
        assert top(user) is screen
        assert user.branch == "main"
        await user.press("escape")
        assert top(user) is work
        assert user.screen == before
        assert panes == [(pane.grid.cursor_index, pane.has_class("behind")) for pane in work.panes]
        await user.press("k")
        assert user.cursor(work.panes.branches) is not None
        await user.press("a")
        assert screen.number == 2


async def test_its_commands_are_in_its_palette_only(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo, more=[CounterActions]) as user:
        assert "Count one more" not in titles(user)
        await above(user)
        assert titles(user) == ["Count one more", "Stage the table that is selected in Changes", "Go back"]


async def test_its_keys_wait_for_its_own_holds_and_for_the_session(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo, more=[CounterActions]) as user:
        screen = await above(user)
        for take in (screen.hold, user.workspace.session.hold):
            before, hold = screen.number, take("wait")
            user.burst("a", "a")
            await user.pause()
            assert screen.number == before
            hold.release()
            await user.settle()
            assert screen.number == before + 2
        assert user.workspace.keys_ready
        screen.hold("wait")
        assert user.workspace.keys_ready  # it is about the screen's own keys
        user.burst("a", "escape")
        await user.until(lambda: screen.escaped == 1)
        await user.settle()
        assert user.app.screen is screen
        assert screen.number == 4  # what was typed ahead is forgotten


async def test_a_write_of_its_commands_reaches_the_panes_below(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo, more=[CounterActions]) as user:
        assert user.changes == (["M teams"], [])
        screen = await above(user)
        await user.press("s")
        assert screen.number == 1
        await user.press("escape")
        assert user.changes == ([], ["M teams"])
        assert "1 staged" in user.text(user.workspace.panes.changes)
