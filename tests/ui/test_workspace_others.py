"""Other writers, and a server that stops: the screen follows by itself, and the cursor stays on its row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dolt_tui.engine.connecting import private_server as server_module
from dolt_tui.engine.connecting.private_server import PrivateServer
from dolt_tui.engine.connecting.target import FileTarget, ServerTarget, Target
from dolt_tui.engine.repository import Repository
from dolt_tui.ui.session.settings import Settings

if TYPE_CHECKING:
    from tests.ui.conftest import Drive

Other = Callable[[Target], Repository]


@pytest.fixture
def drive(drive: Drive) -> Drive:
    """A program that looks for other writers often, so that the tests need not wait."""
    return partial(drive, settings=Settings(poll_seconds=0.05))


async def test_rows_that_others_change(either: Target, drive: Drive, other: Other) -> None:
    async with drive(either) as user:
        work = user.workspace
        session = other(either)
        session.run("main", [("INSERT INTO teams (id, name) VALUES (?, ?)", (9, "Night shift"))])
        await user.until(lambda: "Night shift" in user.main, "the new row in the diff")
        session.run("main", [("UPDATE employees SET first_name = ? WHERE id = ?", ("Brianna", 3))])
        await user.until(lambda: "Brianna" in str(user.rows(work.panes.summary)), "the new name in the summary")
        assert sorted(user.changes[0]) == ["M employees", "M teams"]
        selected = work.panes.changes.selected
        assert selected is not None
        assert selected.table == "teams"
        assert "teams · HEAD → working" in user.main
        session.working.stage_all("main")
        await user.until(lambda: user.changes[0] == [], "everything staged")
        await user.settle()
        selected = work.panes.changes.selected
        assert selected is not None
        assert (selected.table, selected.staged) == ("teams", True)


async def test_nothing_is_destroyed_that_came_under_the_cursor_by_itself(
    demo: FileTarget, drive: Drive, other: Other
) -> None:
    async with drive(demo) as user:
        branches = user.workspace.panes.branches
        await user.go_to_branch("modify_data")
        session = other(demo)
        session.refs.delete_branch("main", "modify_data", force=True)
        await user.until(lambda: "modify_data" not in str(user.rows(branches)), "the branch to be gone")
        await user.settle()
        assert "modify_schema" in str(user.cursor(branches))
        await user.press("d")
        assert user.dialog is None
        assert user.told[-1].startswith("delete: modify_data is gone, and modify_schema is selected now.")
        await user.press("d")
        assert "Delete branch modify_schema" in user.dialog_text
        await user.press("escape", "C")
        await user.type("copy")
        await user.press("enter")
        assert "copy" in str(user.cursor(branches)), "one is where one's own doing led"
        await user.press("d")
        assert "all its commits are on another branch" in user.dialog_text
        await user.press("x", "d")
        assert "copy" not in str(user.rows(branches))
        assert " is gone, " not in user.told[-1]
        await user.press("escape")
        await user.go_to_commit("Inserted data into tables")
        session.call("main", "dolt_reset", "--hard", "HEAD~1")
        await user.until(lambda: "Created" in str(user.cursor(user.workspace.panes.log)), "the commit to be gone")
        await user.settle()
        await user.press("g")
        assert user.dialog is None
        assert re.match(r"reset: \w{7} is gone, and \w{7} is selected now", user.told[-1])
        await user.press("g", "escape")


async def test_commits_of_others(either: Target, drive: Drive, other: Other) -> None:
    async with drive(either) as user:
        await user.go_to_commit("Created tables")
        session = other(either)
        session.working.stage_all("main")
        session.commits.commit("main", "Somebody else was faster", "", None)
        log = user.workspace.panes.log
        await user.until(lambda: "Somebody else was faster" in str(user.rows(log)), "the commit in the log")
        await user.settle()
        assert "Created tables" in str(user.cursor(log))
        assert "Created tables" in user.main
        assert user.changes == ([], [])
        assert "clean" in user.header


async def test_branches_of_others(either: Target, drive: Drive, other: Other) -> None:
    async with drive(either) as user:
        await user.go_to_branch("modify_schema")
        session = other(either)
        session.refs.create_branch("main", "a_new_one", "main")
        branches = user.workspace.panes.branches
        await user.until(lambda: "a_new_one" in str(user.rows(branches)), "the new branch")
        await user.settle()
        selected = branches.selected
        assert selected is not None
        assert selected.name == "modify_schema"
        session.refs.delete_branch("main", "modify_data", force=True, in_use=True)
        await user.until(lambda: "modify_data" not in str(user.rows(branches)), "the branch away")
        await user.settle()
        selected = branches.selected
        assert selected is not None
        assert selected.name == "modify_schema"


async def test_the_branch_that_is_shown_is_deleted(either: Target, drive: Drive, other: Other) -> None:
    async with drive(either) as user:
        await user.go_to_branch("modify_schema")
        await user.press("space")
        delete_somehow(other(either), "modify_schema")
        await user.until(lambda: user.dialog is not None and user.dialog.keys_ready, "the dialog")
        assert "modify_schema was deleted or renamed by another session" in user.dialog_text
        assert "branch deleted" in user.header
        await user.press("escape")
        await user.press("1", "2")
        assert "branch deleted" in user.header
        await user.go_to_branch("main")
        await user.press("space")
        assert user.branch == "main"
        assert "branch deleted" not in user.header
        assert "start_date" not in user.summary


async def test_the_deleted_branch_is_left_by_the_dialog(either: Target, drive: Drive, other: Other) -> None:
    async with drive(either) as user:
        await user.go_to_branch("modify_schema")
        await user.press("space")
        delete_somehow(other(either), "modify_schema")
        await user.until(lambda: user.dialog is not None and user.dialog.keys_ready, "the dialog")
        await user.press("enter")
        assert user.branch == "main"
        assert user.changes == (["M teams"], [])
        assert "modify_schema" not in str(user.rows(user.workspace.panes.branches))


def delete_somehow(session: Repository, name: str) -> None:
    """Delete a branch although another session stands on it."""
    session.call("main", "dolt_branch", "-D", "-f", name, purpose="delete branch")


async def test_a_branch_that_went_before_it_was_switched_to(demo: FileTarget, drive: Drive, other: Other) -> None:
    async with drive(demo, settings=Settings(poll_seconds=1000)) as user:
        await user.go_to_branch("modify_data")
        other(demo).refs.delete_branch("main", "modify_data", force=True)
        await user.press("space")
        assert user.dialog is not None
        assert "modify_data was deleted" in user.dialog_text
        await user.press("s")
        assert user.branch == "main"
        assert user.changes == (["M teams"], [])


async def test_a_read_that_was_overtaken_leaves_nothing_old(whichever: Target, drive: Drive, other: Other) -> None:
    """Switching to and fro at once: every pane ends with the last branch."""
    async with drive(whichever) as user:
        user.burst("2", "<", *("j", "space", "j", "space", "<", "space") * 3, "j", "j", "space")
        await user.settle()
        assert user.branch == "modify_schema"
        assert "start_date" in user.summary
        assert user.changes == ([], [])
        assert user.rows(user.workspace.panes.log)[0][2].endswith("Modified schema on branch")
        assert "No changes" in user.text(user.workspace.panes.changes)


@pytest.fixture
def own_server(
    dolt_binary: Path, environment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], PrivateServer]]:
    """Starts a server that a test may stop; it comes back on the same port."""
    data = tmp_path / "data"
    data.mkdir()
    port = server_module.free_port()
    monkeypatch.setattr(server_module, "free_port", lambda: port)
    monkeypatch.setattr(server_module, "new_password", lambda: "the same each time")
    started: list[PrivateServer] = []

    def start() -> PrivateServer:
        started.append(PrivateServer(data, dolt=dolt_binary, root_path=environment))
        return started[-1]

    yield start
    for server in started:
        server.stop()


async def test_a_server_that_stops_and_comes_back(
    own_server: Callable[[], PrivateServer], drive: Drive, fill: Callable[[ServerTarget], None]
) -> None:
    server = own_server()
    login = server.connect_arguments
    target = ServerTarget(login.user, login.password, login.host, login.port, "demo")
    fill(target)
    async with drive(target) as user:
        assert user.changes == (["M teams"], [])
        server.stop()
        await user.until(lambda: "server lost" in user.header, "the header telling of it")
        user.check()
        for keys in ("space", "c", "n", "2 j n", "M", "3 n", "0 n", "5 n", "p"):
            told = len(user.told)
            await user.press(*keys.split())
            assert len(user.told) > told or user.dialog is not None, f"{keys} is silent"
            while user.dialog is not None:
                await user.press("escape")
        await user.press("2")
        assert (
            "Support" in str(user.rows(user.workspace.main))
            or user.workspace.panes.last is user.workspace.panes.branches
        )
        assert "Tim" in user.summary
        own_server()
        await user.until(lambda: "server lost" not in user.header, "the server back in the header")
        await user.settle()
        assert "The database is back." in user.told
        await user.press("1", "space")
        assert user.changes == ([], ["M teams"])
