"""An error that nobody caught costs what it happened in, not the program: thrown in each kind of callback."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual import events
from textual.app import ComposeResult
from textual.widgets import Static

from dolt_tui.crash import CrashLog
from dolt_tui.engine.connecting.target import FileTarget
from dolt_tui.engine.errors import EngineError
from dolt_tui.ui.dialogs.choice import Choice, ChoiceDialog
from dolt_tui.ui.dialogs.dialog import Dialog
from dolt_tui.ui.dialogs.finder import FinderDialog
from dolt_tui.ui.dialogs.listing import ListDialog
from dolt_tui.ui.panes.log import LogPane
from dolt_tui.ui.widgets.grid import Grid
from dolt_tui.ui.workspace import Workspace

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver

SECRET = "hunter2 of row 17"


def broken(*_: object, **__: object) -> Any:
    secret = {"password": SECRET}
    raise RuntimeError(f"there is {secret}")


class BrokenDialog(Dialog[None]):
    """Fails where it is told to."""

    def __init__(self, where: str) -> None:
        super().__init__("Broken", "")
        self._where = where

    def compose(self) -> ComposeResult:
        with self.frame:
            yield Static("One")
            if self._where == "compose":
                broken()
            yield Static("Two")

    def on_mount(self) -> None:
        if self._where == "mount":
            broken()

    def on_key(self, event: events.Key) -> None:
        if self._where == "key" and event.key == "x":
            broken()


def told(user: Driver) -> list[str]:
    return [text for text in user.told if "Something went wrong inside dolt-tui" in text]


async def goes_on(user: Driver, times: int = 1) -> None:
    """It has said so once, in a file without data, and everything works."""
    await user.settle()
    assert len(told(user)) == times, user.told
    path = user.app.defence.crashes.path
    assert path is not None
    text = path.read_text()
    assert str(path) in told(user)[-1]
    assert text.count("builtins.RuntimeError") >= times
    assert "test_defence.py" in text
    assert "in broken" in text
    assert SECRET not in text
    assert str(Path.home()) not in text
    await user.press("at")
    assert isinstance(user.app.screen, ListDialog), user.screen
    await user.press("escape", "3", "j", "1")
    assert user.is_in(user.workspace.panes.changes), user.screen
    assert user.app.is_running


Throw = Callable[["Driver", pytest.MonkeyPatch], "Callable[[], bool] | None"]


def in_an_action(user: Driver, patch: pytest.MonkeyPatch) -> None:
    patch.setattr("dolt_tui.ui.flows.search.step", broken)
    user.workspace.focused_pane.grid.sought = "a"
    user.burst("n")


def in_a_priority_action(user: Driver, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(FinderDialog, "action_move", broken)
    user.burst("ctrl+p", "down")


def in_a_handler(user: Driver, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Workspace, "on_resize", broken)
    user.workspace.post_message(events.Resize(user.app.size, user.app.size))


def in_a_message_handler(user: Driver, patch: pytest.MonkeyPatch) -> None:
    patch.setattr("dolt_tui.ui.flows.search.highlighted", broken)
    user.burst("2", "j")


def in_a_timer(user: Driver, patch: pytest.MonkeyPatch) -> Callable[[], bool]:
    """Again and again; returns whether it is over."""
    left = [20]

    def throw() -> None:
        left[0] -= 1
        if not left[0]:
            timer.stop()
        broken()

    timer = user.workspace.set_interval(0.01, throw)
    return lambda: not left[0]


def in_a_worker(user: Driver, patch: pytest.MonkeyPatch) -> None:
    async def work() -> None:
        broken()

    user.app.run_worker(work())


def in_call_later(user: Driver, patch: pytest.MonkeyPatch) -> None:
    user.workspace.call_later(broken)


def in_call_next(user: Driver, patch: pytest.MonkeyPatch) -> None:
    user.workspace.call_next(broken)


def in_call_after_refresh(user: Driver, patch: pytest.MonkeyPatch) -> None:
    user.workspace.call_after_refresh(broken)


def in_the_loop(user: Driver, patch: pytest.MonkeyPatch) -> None:
    asyncio.get_running_loop().call_soon(broken)


def in_a_thread(user: Driver, patch: pytest.MonkeyPatch) -> None:
    threading.Thread(target=broken).start()


def in_what_is_done(user: Driver, patch: pytest.MonkeyPatch) -> None:
    user.workspace.look("looking", lambda: 1, broken)


def in_what_failed(user: Driver, patch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise EngineError("no")

    user.app.jobs.run("preview", "", refuse, print, broken)


def in_an_action_that_let_keys_wait(user: Driver, patch: pytest.MonkeyPatch) -> None:
    def act() -> None:
        user.workspace.hold("looking")
        broken()

    user.workspace.call_later(act)


def in_a_quiet_job(user: Driver, patch: pytest.MonkeyPatch) -> None:
    user.app.jobs.run("statistics", "", broken, print, user.workspace.session.ignore)


def in_a_dialog_s_key(user: Driver, patch: pytest.MonkeyPatch) -> None:
    user.app.push_screen(BrokenDialog("key"))
    user.burst("x")


def in_a_dialog_s_answer(user: Driver, patch: pytest.MonkeyPatch) -> None:
    user.app.push_screen(ChoiceDialog("Sure?", [], [Choice("y", "yes")]), broken)
    user.burst("y")


def in_making_a_dialog(user: Driver, patch: pytest.MonkeyPatch) -> None:
    user.app.push_screen(BrokenDialog("compose"))


def in_mounting_a_dialog(user: Driver, patch: pytest.MonkeyPatch) -> None:
    user.app.push_screen(BrokenDialog("mount"))


def in_drawing(user: Driver, patch: pytest.MonkeyPatch) -> None:
    real = Grid.render_line
    patch.setattr(Grid, "render_line", lambda grid, y: broken() if isinstance(grid.parent, LogPane) else real(grid, y))
    user.workspace.panes.log.grid.refresh()
    log = user.text(user.workspace.panes.log)  # its place is empty, the rest is there
    assert "Inserted data" not in log
    assert "employees" in user.text(user.workspace.panes.tables)


def in_laying_out(user: Driver, patch: pytest.MonkeyPatch) -> None:
    real = user.workspace._compositor.reflow
    calls = iter((broken,))
    patch.setattr(user.workspace._compositor, "reflow", lambda *parent_and_size: next(calls, real)(*parent_and_size))
    user.workspace.refresh(layout=True)


THROWS: list[Throw] = [
    in_an_action,
    in_a_priority_action,
    in_a_handler,
    in_a_message_handler,
    in_a_timer,
    in_a_worker,
    in_call_later,
    in_call_next,
    in_call_after_refresh,
    in_the_loop,
    in_a_thread,
    in_what_is_done,
    in_what_failed,
    in_an_action_that_let_keys_wait,
    in_a_quiet_job,
    in_a_dialog_s_key,
    in_a_dialog_s_answer,
    in_making_a_dialog,
    in_mounting_a_dialog,
    in_drawing,
    in_laying_out,
]


async def test_it_goes_on(demo: FileTarget, drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    async with drive(demo, faults=True) as user:
        for throw in THROWS:
            print(throw.__name__)  # pytest shows it where the test fails
            user.app.defence.crashes = CrashLog()
            user.told.clear()
            with monkeypatch.context() as patch:
                over = throw(user, patch)
                await user.until(lambda: told(user), "the fault was told of")
                if over is not None:
                    await user.until(over, "the end of what is thrown")
                await user.settle()
            while user.dialog is not None:
                await user.press("escape")
            user.workspace.refresh()
            await goes_on(user)
            assert "Inserted data" in user.text(user.workspace.panes.log)


async def test_a_pane_that_is_never_drawn_ends_it(
    demo: FileTarget, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    apps = []

    async def look() -> None:
        async with drive(demo, faults=True) as user:
            apps.append(user.app)
            monkeypatch.setattr(Grid, "render_line", broken)
            while not user.app.failure:
                for pane in user.workspace.panes:
                    pane.grid.refresh()
                _ = user.lines
            monkeypatch.undo()
            await user.until(lambda: not user.app.is_running)

    with pytest.raises(RuntimeError):
        await look()
    assert apps[0].return_code == 1
    assert f"had to end. {apps[0].defence.crashes.path}" in apps[0].failure


async def test_a_workspace_that_cannot_be_made_ends_it(
    demo: FileTarget, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LogPane, "on_mount", broken)

    async def look() -> None:
        async with drive(demo, faults=True, settled=False) as user:
            await user.until(lambda: not user.app.is_running)

    with pytest.raises(RuntimeError):
        await look()


async def test_the_same_fault_is_said_once_and_another_again(
    demo: FileTarget, drive: Drive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))  # one process makes one crash file a second: not another test's
    async with drive(demo, faults=True) as user:
        for _ in range(5):
            user.workspace.call_later(broken)
        await user.until(lambda: user.app.defence.crashes.faults == 5)
        user.workspace.call_later(lambda: [][1])
        await user.until(lambda: len(told(user)) == 2)
        text = (user.app.defence.crashes.path or Path()).read_text()
        assert text.count("builtins.RuntimeError") == 1
        assert text.count("builtins.IndexError") == 1
        user.workspace.session.job("preview", "breaking", broken, print)
        await user.until(lambda: user.dialog is not None)
        assert "holds none of your data" in " ".join(user.dialog_text.replace("│", " ").split())
