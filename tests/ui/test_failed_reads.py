"""A question that the database does not answer costs its own pane, is told once, and every key goes on working."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dolt_tui.engine.browsing.link_summary import Summaries
from dolt_tui.engine.browsing.tables import Tables
from dolt_tui.engine.connecting.target import FileTarget, ServerTarget, Target
from dolt_tui.engine.errors import EngineError
from dolt_tui.engine.repository import Repository
from dolt_tui.engine.versioning.log import History
from dolt_tui.engine.versioning.refs import Refs
from dolt_tui.engine.versioning.remotes import Remotes
from dolt_tui.engine.versioning.tags import Tags
from dolt_tui.engine.versioning.working_set import WorkingSet
from dolt_tui.ui.session.settings import Settings

from ..proxy import Proxy, Way

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver

Other = Callable[[Target], Repository]


@pytest.fixture
def drive(drive: Drive) -> Drive:
    """A program that looks for other writers often, so that the tests need not wait."""
    return partial(drive, settings=Settings(poll_seconds=0.05))


async def polls(user: Driver, number: int) -> None:
    """Wait until the program has looked for other writers so often."""
    until = user.workspace.session.refresh.polls + number
    await user.until(lambda: user.workspace.session.refresh.polls >= until, f"{number} looks for other writers")


async def test_patterns_that_contradict_each_other_cost_the_changes_only(
    demo_on_dolt: ServerTarget, drive: Drive, other: Other
) -> None:
    session = other(demo_on_dolt)
    for pattern, ignored in (("tmp_*", 1), ("*_keep", 0)):
        session.run("main", [("INSERT INTO dolt_ignore VALUES (?, ?)", (pattern, ignored))])
    session.run("main", [("CREATE TABLE tmp_keep (id int PRIMARY KEY)", ())])
    async with drive(demo_on_dolt) as user:
        work = user.workspace
        await polls(user, 15)
        await user.settle()
        assert user.dialog is None
        assert [text for text in user.told if text.startswith("Could not")] == user.told
        assert len(user.told) == 1
        assert "tmp_keep" in user.told[0]
        shown = " ".join(user.text(work.panes.changes).split())
        assert "Could not read the changes: " in shown
        assert "changes unknown" in user.header
        assert "main" in str(user.rows(work.panes.branches))
        assert "Created tables" in str(user.rows(work.panes.log))
        assert "employees" in str(user.rows(work.panes.tables))
        assert "Sehn" in str(user.rows(work.panes.summary))
        await user.press("1")
        assert "could not be read" in user.main
        await user.press("c")
        assert user.dialog is None
        assert "could not be read" in user.told[-1], "nobody is told that nothing has changed"
        await user.press("?")
        assert user.dialog is not None
        await user.press("escape", "i")
        assert "Ignore" in user.dialog_text, "what mends it is at hand"
        await user.press("escape", "2", "j", "space")
        assert user.branch == "modify_data", "another branch has no such table"
        assert "changes unknown" not in user.header
        await user.press("2", "k", "space")
        assert "changes unknown" in user.header
        session.run("main", [("DELETE FROM dolt_ignore WHERE pattern = ?", ("*_keep",))])
        await user.until(lambda: "changes unknown" not in user.header, "the changes, as soon as they can be read")
        assert "Could not" not in user.text(work.panes.changes)
        user.burst("q")
        await user.until(lambda: not user.app.is_running or bool(user.app._exit), "the end")


QUESTIONS: dict[str, tuple[type, str, str]] = {
    "the changes": (WorkingSet, "status", "1"),
    "the branches": (Refs, "branches", "2"),
    "the log": (History, "page", "3"),
    "the tables": (Tables, "tables", "4"),
    "the summary": (Summaries, "summary", "5"),
    "the tags": (Tags, "tags", ""),
    "the remotes": (Remotes, "branches", ""),
}


@pytest.mark.parametrize(
    "what",
    [
        pytest.param(what, marks=[pytest.mark.long] if what in ("the log", "the tags", "the remotes") else [])
        for what in QUESTIONS
    ],
)
async def test_each_question_that_fails_costs_its_own_pane(
    demo: FileTarget, drive: Drive, other: Other, monkeypatch: pytest.MonkeyPatch, what: str, tmp_path: Path
) -> None:
    owner, name, number = QUESTIONS[what]
    other(demo).tags.create("main", "v1", "main")
    other(demo).remotes.add("main", "origin", (tmp_path / "origin").as_uri())
    ours = what == "the log"
    """Whether the error is a mistake of the program's, and no answer of the engine's."""
    original = getattr(owner, name)
    broken = [True]

    def fail(*arguments: Any, **named: Any) -> Any:
        if broken[0]:
            raise TypeError("a bolt is loose") if ours else EngineError("A bolt is loose.")
        return original(*arguments, **named)

    monkeypatch.setattr(owner, name, fail)
    async with drive(demo, faults=ours) as user:
        work = user.workspace
        await polls(user, 25)  # two more tries among them
        await user.settle()
        assert user.dialog is None
        assert [text for text in user.told if what in text] == user.told
        assert len(user.told) == 1
        recorded = user.app.defence.crashes.path
        assert (recorded is not None and "TypeError" in recorded.read_text("utf-8")) == ours
        failed = [pane.NUMBER for pane in work.panes if "Could not read" in plain_text(user, pane)]
        assert failed == ([number] if number else [])
        state = work.state
        assert [tag.name for tag in state.tags] == ([] if what == "the tags" else ["v1"])
        assert [remote.name for remote in state.remotes] == ([] if what == "the remotes" else ["origin"])
        await user.press("2", "1", "question_mark", "escape")
        assert user.dialog is None
        broken[0] = False
        await user.press("ctrl+r")
        assert not any("Could not read" in plain_text(user, pane) for pane in work.panes)
        assert work.state.unread == {}


def plain_text(user: Driver, pane: Any) -> str:
    return " ".join(user.text(pane).split())


async def test_a_state_that_cannot_be_read_is_told_once_and_the_keys_go_on(
    demo: FileTarget, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, broken = Refs.fingerprint, [True]

    def fail(*arguments: Any, **named: Any) -> Any:
        if broken[0]:
            raise EngineError("A bolt is loose.")
        return original(*arguments, **named)

    monkeypatch.setattr(Refs, "fingerprint", fail)
    async with drive(demo) as user:  # from the beginning
        await polls(user, 10)
        assert "A bolt is loose." in user.dialog_text
        await user.press("enter")
        assert user.dialog is None
        assert user.told == []
        assert all("Could not read the database" in plain_text(user, pane) for pane in user.workspace.panes.side)
        broken[0] = False
        await user.until(lambda: "employees" in str(user.rows(user.workspace.panes.tables)), "the panes, by themselves")
        await user.settle()
        broken[0] = True  # and later
        await polls(user, 10)
        assert user.told == ["Could not look for changes: A bolt is loose."]
        assert "not live since" in user.header
        await user.press("ctrl+r")
        assert user.dialog is not None
        await user.press("enter")
        assert user.dialog is None
        broken[0] = False
        await user.until(lambda: " live · " in user.header, "the header, by itself")


async def test_an_answer_that_is_overdue_is_told_with_its_seconds(
    demo: FileTarget, drive: Drive, other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, go = Refs.fingerprint, threading.Event()
    go.set()

    def later(*arguments: Any, **named: Any) -> Any:
        assert go.wait(60)
        return original(*arguments, **named)

    monkeypatch.setattr(Refs, "fingerprint", later)
    async with drive(demo, settings=Settings(poll_seconds=0.05, overdue_after=0.4)) as user:
        assert " live · " in user.header
        go.clear()
        await user.until(lambda: "no answer for 0 s" in user.header, "that the answer is overdue")
        assert "live" not in user.header
        await user.until(lambda: "no answer for 1 s" in user.header, "the seconds")
        other(demo).refs.create_branch("main", "from_elsewhere", "main")
        user.burst("question_mark")
        await user.until(lambda: user.dialog is not None, "the keys, which go on")
        user.burst("escape")
        await user.until(lambda: user.dialog is None)
        go.set()
        await user.until(lambda: " live · " in user.header, "the header, by itself")
        await user.until(
            lambda: "from_elsewhere" in str(user.rows(user.workspace.panes.branches)), "what came meanwhile"
        )


async def test_rows_below_another_title_are_marked(
    demo: FileTarget, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dolt_tui.ui.main_view.table import TableView

    original, go = TableView.load, threading.Event()

    def later(*arguments: Any) -> Any:
        assert go.wait(60)
        return original(*arguments)

    async with drive(demo) as user:
        work = user.workspace
        await user.press("4")
        before = user.main
        assert not work.main.has_class("old")
        monkeypatch.setattr(TableView, "load", later)
        user.burst("j")
        await user.until(lambda: work.main.has_class("old"), "the rows of before marked as such")
        assert "still showing employees" in user.main
        assert "employees_teams" in user.main.split("\n")[0]
        assert user.main.split("\n")[2] == before.split("\n")[2], "they stay, dimmed"
        go.set()
        await user.settle()
        assert not work.main.has_class("old")
        assert "still showing" not in user.main


async def test_panes_of_the_branch_before_are_marked_while_its_successor_is_read(
    demo: FileTarget, drive: Drive, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, go = WorkingSet.status, threading.Event()

    def later(*arguments: Any) -> Any:
        assert go.wait(60)
        return original(*arguments)

    async with drive(demo) as user:
        work = user.workspace
        await user.press("2", "j")
        monkeypatch.setattr(WorkingSet, "status", later)
        user.burst("space")
        await user.until(lambda: work.panes.changes.has_class("old"), "the panes of before marked as such")
        assert "modify_data" in user.header
        await user.until(lambda: "switching to modify_data" in user.header)
        go.set()
        await user.settle()
        assert not any(pane.has_class("old") for pane in work.panes)


async def test_packets_that_are_swallowed_are_told_as_an_overdue_answer(
    demo_on_dolt: ServerTarget, proxy: Proxy, drive: Drive, other: Other
) -> None:
    """The real two seconds, with a network that loses what is sent until it works again."""
    async with drive(replace(demo_on_dolt, port=proxy.port)) as user:
        assert " live · " in user.header
        proxy.stall(Way.TO_CLIENT)
        await user.until(lambda: "no answer for 2 s" in user.header, "that the answer is overdue")
        assert " live · " not in user.header
        await user.until(lambda: "no answer for 3 s" in user.header, "the seconds")
        other(demo_on_dolt).refs.create_branch("main", "from_elsewhere", "main")
        user.burst("4", "j")
        await user.until(lambda: "still showing" in user.main, "the rows of before marked as such")
        proxy.relay()
        await user.until(lambda: " live · " in user.header, "the header, by itself")
        await user.until(
            lambda: "from_elsewhere" in str(user.rows(user.workspace.panes.branches)), "what came meanwhile"
        )
        await user.settle()
        assert "still showing" not in user.main
        assert user.dialog is None
