"""Keys typed ahead, pasted and held down: none is lost, and none does what it was not meant for."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from dolt_tui.engine.connecting.target import FileTarget, Target
from dolt_tui.ui.session import writes as writes_module

if TYPE_CHECKING:
    from tests.ui.conftest import Drive


async def test_a_whole_commit_typed_ahead(either: Target, drive: Drive) -> None:
    async with drive(either) as user:
        user.burst("space", "c", *"Fix it, quickly", "enter")
        await user.settle()
        assert user.dialog is None
        assert user.log[0] == "Fix it, quickly"
        assert user.changes == ([], [])


async def test_a_commit_that_first_has_to_stage_typed_ahead(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        user.burst("c", "a", *"dMxq", "tab", *"body", "ctrl+s")
        await user.settle()
        commit = user.repository.history.commit(user.branch, "HEAD")
        assert commit.message == "dMxq\n\nbody"
        assert user.app.is_running


async def test_a_new_branch_and_a_switch_typed_ahead(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        user.burst("2", "j", "n", *"feature/x", "enter", "1", "2", "<", "space", "3")
        await user.settle()
        names = sorted(branch.name for branch in user.repository.refs.branches("main"))
        assert names == ["feature/x", "main", "modify_data", "modify_schema"]
        assert user.branch == names[0]
        assert user.is_in(user.workspace.panes.log)


async def test_a_merge_typed_ahead_waits_for_its_preview(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        user.burst("2", "j", "M", "m", "j", "M", "m")
        await user.settle()
        assert user.dialog is None, user.screen
        assert user.log[0] == "Merge branch 'modify_schema' into main"
        assert "Merge branch 'modify_data' into main" in user.log


async def test_keys_before_the_panes_are_filled_work_afterwards(either: Target, drive: Drive) -> None:
    async with drive(either, settled=False) as user:
        user.burst("space", "2", "j", "space")
        await user.settle()
        assert user.branch == "modify_data"
        assert len(user.repository.working.status("main").staged) == 1


@pytest.mark.parametrize(("pane", "key"), [("1", "d"), ("2", "d"), ("4", "d"), ("3", "g"), ("2", "M"), ("1", "c")])
async def test_a_held_key_destroys_nothing(demo: FileTarget, drive: Drive, pane: str, key: str) -> None:
    async with drive(demo) as user:
        before = user.repository.refs.fingerprint("main", refs=True)
        await user.press(pane, "j")
        user.burst(*[key] * 20)
        await user.settle()
        user.check()
        while user.dialog is not None:
            await user.press("escape")
        assert user.repository.refs.fingerprint("main", refs=True) == before


async def test_held_enter_and_space_destroy_nothing(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        for pane in "123405":
            await user.press(pane)
            user.burst(*["enter"] * 10)
            await user.settle()
            while user.dialog is not None:
                await user.press("escape")
        assert user.changes == (["M teams"], [])
        assert len(user.log) == 3
        await user.press("1")
        user.burst(*["space"] * 10)
        await user.settle()
        assert user.changes == (["M teams"], [])  # ten times: staged and unstaged five times
        user.burst(*["space"] * 11)
        await user.settle()
        assert user.changes == ([], ["M teams"])
        for pane in "345":
            await user.press(pane)
            user.burst(*["space"] * 10)
            await user.settle()
        assert user.workspace.state.came_from == "main"  # the log's opened the last commit, to look at
        await user.press("3", "escape")
        assert user.branch == "main"
        assert user.changes == ([], ["M teams"])


async def test_paste_into_the_panes_runs_no_command(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        before = user.repository.refs.fingerprint("main", refs=True)
        for pane in "123405":
            await user.press(pane)
            user.paste("d\nx\ny\nqq c\x1b[2J\n")
            await user.settle()
            if pane == "0":  # the text is for the cells of these rows, whose first column takes numbers
                assert "not taken" in user.dialog_text
                await user.press("escape")
            assert user.dialog is None
        assert user.app.is_running
        assert user.repository.refs.fingerprint("main", refs=True) == before


async def test_paste_into_a_summary_line_stays_one_line(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        await user.press("space", "c")
        user.paste("One\x1b[2J line\nand another\n")
        await user.settle()
        user.check()
        assert user.dialog is not None
        await user.press("enter")
        assert "\n" not in user.log[0]
        assert user.log[0].startswith("One")


class Slow:
    """Holds the engine's writes back until it is told to go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go, self.begun = threading.Event(), threading.Event()
        original = writes_module.Writes.write
        slow = self

        def write(self: Any, what: str, work: Any, *reports: Any, **how: Any) -> None:
            def held(repository: Any) -> Any:
                slow.begun.set()
                assert slow.go.wait(30)
                return work(repository)

            original(self, what, held, *reports, **how)

        monkeypatch.setattr(writes_module.Writes, "write", write)


async def test_keys_wait_while_something_is_written(
    demo: FileTarget, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch)
    async with drive(demo) as user:
        user.burst("space")
        await user.until(slow.begun.is_set)
        user.burst("2", "j", "space", "1", "c")
        await user.until(lambda: "staging teams" in user.header, "the header naming what runs")
        assert user.is_in(user.workspace.panes.changes)
        assert user.branch == "main"
        slow.go.set()
        await user.settle()
        assert user.branch == "modify_data"
        assert "Nothing has changed" in user.dialog_text
        assert [change.table for change in user.repository.working.status("main").staged] == ["teams"]


async def test_escape_does_not_wait_and_forgets_what_was_typed_ahead(
    demo: FileTarget, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch)
    async with drive(demo) as user:
        user.burst("space")
        await user.until(slow.begun.is_set)
        user.burst("2", "j", "space")
        await user.until(lambda: not user.app.keys.idle)
        user.burst("escape")
        await user.until(lambda: user.app.keys.idle)
        slow.go.set()
        await user.settle()
        assert user.branch == "main"
        assert user.app.is_running
        user.check()


async def test_escape_during_the_opening_quits(demo: FileTarget, drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    from dolt_tui.launch import Launch

    original = Launch.open

    def open_later(self: Launch, *arguments: Any) -> Any:
        assert go.wait(30)
        return original(self, *arguments)

    monkeypatch.setattr(Launch, "open", open_later)
    async with drive(demo, settled=False) as user:
        await user.until(lambda: bool(user.app.jobs.active("open")))
        user.check()
        user.burst("d", "space", "escape")
        await user.until(lambda: not user.app.is_running or user.app._exit)
        go.set()
    assert user.app.return_code in (0, None)


async def test_escape_during_a_preview_leaves_the_dialog(
    demo: FileTarget, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dolt_tui.engine.versioning.merging import Merging

    go = threading.Event()
    original = Merging.preview

    def preview(self: Merging, *arguments: Any, **named: Any) -> Any:
        assert go.wait(30)
        return original(self, *arguments, **named)

    monkeypatch.setattr(Merging, "preview", preview)
    async with drive(demo) as user:
        await user.press("2", "j")
        user.burst("M")
        await user.until(lambda: user.dialog is not None and "Checking" in user.dialog_text)
        user.burst("m", "escape")
        await user.until(lambda: user.dialog is None)
        go.set()
        await user.settle()
        assert user.dialog is None
        assert len(user.log) == 3
        await user.press("M")
        assert "fast-forward possible" in user.dialog_text


async def test_quit_does_not_wait_for_the_database(
    demo: FileTarget, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = Slow(monkeypatch)
    async with drive(demo) as user:
        user.burst("space")
        await user.until(slow.begun.is_set)
        user.burst("ctrl+q")
        await user.until(lambda: not user.app.is_running or user.app._exit)
    slow.go.set()
