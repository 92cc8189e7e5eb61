"""Keys, answers and writes in order: also when another session's changes are read in between."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from dolt_tui.engine.browsing.tables import Tables
from dolt_tui.engine.connecting.target import FileTarget, ServerTarget, Target
from dolt_tui.engine.repository import Repository
from dolt_tui.engine.undo.undo import Undo
from dolt_tui.engine.versioning.commits import Commits
from dolt_tui.engine.versioning.ignore_patterns import IgnorePatterns
from dolt_tui.engine.versioning.in_progress import InProgress
from dolt_tui.engine.versioning.refs import Refs
from dolt_tui.engine.versioning.rewriting import Rewriting
from dolt_tui.ui.dialogs.commit import CommitDialog
from dolt_tui.ui.session.reads import ALL
from dolt_tui.ui.session.settings import Settings

if TYPE_CHECKING:
    from tests.ui.conftest import Drive

Other = Callable[[Target], Repository]


class Gates:
    """Methods of the engine that do not answer before their gate is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self.gates: list[threading.Event] = []

    def shut(self, owner: type, name: str) -> Gate:
        gate = Gate()
        self.gates.append(gate.go)
        original = getattr(owner, name)

        def later(*arguments: Any, **named: Any) -> Any:
            gate.asked.set()
            assert gate.go.wait(30)
            return original(*arguments, **named)

        self._monkeypatch.setattr(owner, name, later)
        return gate


class Gate:
    """Whether a method was called, and whether it may go on."""

    def __init__(self) -> None:
        self.asked, self.go = threading.Event(), threading.Event()


@pytest.fixture
def gates(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gates]:
    made = Gates(monkeypatch)
    yield made
    for gate in made.gates:
        gate.set()


@pytest.fixture
def drive(drive: Drive) -> Drive:
    """A program that looks for other writers often, so that the tests need not wait."""
    return partial(drive, settings=Settings(poll_seconds=0.05))


# keys wait until the last hold is released


async def test_a_background_read_that_ends_lets_no_key_go_that_waits_for_a_dialog(
    demo: FileTarget, drive: Drive, other: Other, gates: Gates
) -> None:
    async with drive(demo) as user:
        reading = gates.shut(Refs, "branches")
        other(demo).refs.create_branch("main", "from_elsewhere", "main")
        await user.until(reading.asked.is_set, "the read of what the other session made")
        preview = gates.shut(Commits, "preview_amend")
        user.burst("A")
        await user.until(preview.asked.is_set, "the read of the last commit")
        user.burst("d", "!", " ", "x")  # d discards in Changes; here it is the first letter of a message
        reading.go.set()
        await user.until(lambda: "from_elsewhere" in str(user.rows(user.workspace.panes.branches)), "the new branch")
        await user.until(lambda: not user.app.jobs.active("panes"))
        assert user.dialog is None
        assert user.workspace.session.busy == "read the last commit"
        preview.go.set()
        await user.settle()
        assert isinstance(user.dialog, CommitDialog)
        assert "d! x" in user.dialog_text.replace("\n", " ")
        assert user.workspace.session.busy == ""
        assert user.app.screen_stack[-2] is user.workspace, "no dialog below it"


LOOKS: dict[str, tuple[tuple[str, ...], type, str]] = {
    "amend": (("1", "A"), Commits, "preview_amend"),
    "ignore": (("1", "i"), IgnorePatterns, "patterns"),
    "undo": (("1", "z"), Undo, "next"),
    "steps": (("1", "U"), Undo, "steps"),
    "reword": (("3", "r"), Rewriting, "check_reword"),
    "squash": (("3", "S"), Rewriting, "squashed"),
}


async def test_keys_wait_for_every_dialog_that_is_read_for(
    demo: FileTarget, drive: Drive, gates: Gates, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with drive(demo) as user:
        await user.press("1", "space")  # something to undo
        for name, (keys, owner, method) in LOOKS.items():
            await user.press(*keys[:-1])
            with monkeypatch.context() as patched:
                gate = Gates(patched).shut(owner, method)
                user.burst(keys[-1])
                await user.until(gate.asked.is_set, name)
                user.workspace.session.refresh.read_scopes(frozenset({"log"}))
                await user.until(lambda: not user.app.jobs.active("panes"))
                user.burst("d")
                await user.pause()
                assert user.workspace.session.busy, name
                assert user.dialog is None, name
                user.burst("escape")
                await user.until(lambda: all(job.cancelled for job in user.app.jobs.active("preview")), name)
                gate.go.set()
                await user.settle()
            assert user.dialog is None, name
            assert user.told[-1].startswith("Cancelled: "), name
            assert user.workspace.session.busy == "", name


# what was asked about another branch arrives nowhere


async def test_answers_that_are_queued_when_the_branch_is_left_are_not_shown(
    demo: FileTarget, drive: Drive, other: Other
) -> None:
    async with drive(demo) as user:
        work, jobs, queued = user.workspace, user.app.jobs, list[Callable[[], None]]()
        deliver = jobs._deliver
        jobs._deliver = queued.append
        session = other(demo)
        session.run("main", [("INSERT INTO teams (id, name) VALUES (?, ?)", (9, "Night shift"))])
        work.session.refresh.read_scopes(ALL)
        (reading,) = jobs.active("panes")
        await user.until(lambda: jobs._lanes["panes"]._running is None and reading.started, "the end of the reading")
        late, queued[:] = list(queued), []
        assert len(late) > 5, "every answer of it is queued"
        work.switch("modify_data")
        for report in late:
            report()
        assert not work.state.loaded
        assert work.session.busy == "switch to modify_data"
        assert work.state.changes.tables == 0
        assert work.state.tables == ()
        jobs._deliver = deliver
        for report in queued:
            deliver(report)
        await user.settle()
        assert user.branch == "modify_data"
        assert work.session.busy == ""
        assert user.changes == ([], [])
        assert user.workspace.state.head == user.repository.refs.fingerprint("modify_data").head


async def test_counts_of_tables_that_are_read_again_meanwhile_are_not_shown(
    demo: FileTarget, drive: Drive, other: Other, gates: Gates
) -> None:
    async with drive(demo) as user:
        work, jobs = user.workspace, user.app.jobs
        counting = gates.shut(Tables, "counted")
        other(demo).run("main", [("CREATE TABLE new (id INTEGER PRIMARY KEY)", ())])
        await user.until(counting.asked.is_set, "the counts are asked for")
        (count,) = jobs.active("table rows")
        finding = gates.shut(InProgress, "find")  # asked after the tables: the reading has not ended then
        other(demo).run("main", [("CREATE TABLE newer (id INTEGER PRIMARY KEY)", ())])
        await user.until(lambda: "newer" in [table.name for table in work.state.tables], "the new table")
        counting.go.set()
        await user.until(lambda: count not in jobs.active(), "the counts of before")
        assert "newer" in [table.name for table in work.state.tables]
        finding.go.set()
        await user.settle()


# writes are one queue, and only esc cancels it


async def test_a_write_never_cancels_another_one(demo: FileTarget, drive: Drive, other: Other, gates: Gates) -> None:
    async with drive(demo) as user:
        gate = gates.shut(Commits, "commit")
        writes, seen = user.workspace.session.writes, list[object]()
        writes.write("stage everything", lambda repo: repo.working.stage_all("main"))
        writes.write("commit", lambda repo: repo.commits.commit("main", "the first", "", None), seen.append)
        await user.until(gate.asked.is_set, "the first commit")
        writes.write("create a branch", lambda repo: repo.refs.create_branch("main", "after", "main"), seen.append)
        other(demo).refs.create_branch("main", "from_elsewhere", "main")
        await user.pause()
        assert [job.label for job in user.app.jobs.active("write")] == ["commit", "create a branch"]
        assert seen == []
        gate.go.set()
        await user.settle()
        head = user.repository.refs.fingerprint("main").head
        assert seen == [head, None], "each got its own result, in order"
        assert user.log[0] == "the first"
        branches = {branch.name: branch.hash for branch in user.workspace.state.branches}
        assert branches["after"] == head, "the branch was made after the commit"
        assert "from_elsewhere" in branches
        assert [step.label for step in user.workspace.state.steps if not step.undone] == [
            "stage everything",
            "commit",
            "create a branch",
        ]
        assert user.workspace.session.busy == ""


async def test_escape_cancels_the_write_that_runs_and_those_that_wait_and_says_so(
    demo_on_dolt: ServerTarget, drive: Drive, other: Other
) -> None:
    async with drive(demo_on_dolt) as user:
        writes = user.workspace.session.writes
        before = user.repository.refs.fingerprint("main", refs=True)
        writes.write("sleep", lambda repo: repo.run("main", [("SELECT sleep(60)", ())]))
        writes.write("create a branch", lambda repo: repo.refs.create_branch("main", "never", "main"))
        await user.until(lambda: user.app.jobs.active("write")[0].started)
        user.burst("d")
        await user.until(lambda: "sleep" in user.header, "the header naming what runs")
        other(demo_on_dolt).refs.create_branch("main", "from_elsewhere", "main")
        user.burst("escape")
        await user.settle()
        assert user.dialog is None
        assert sorted(user.told[-2:]) == ["Cancelled before it started: create a branch", "Cancelled: sleep"]
        assert user.workspace.session.busy == ""
        names = [branch.name for branch in user.workspace.state.branches]
        assert "never" not in names
        assert "from_elsewhere" in names, "the panes were read again"
        assert user.repository.refs.fingerprint("main").head == before.head
        await user.press("space")
        assert user.changes == ([], ["M teams"]), "keys and writes go on"
