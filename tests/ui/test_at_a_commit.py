"""Looking at the database as it was: at a commit of the log or of the reflog, read-only."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from dolt_tui.engine.connecting.target import FileTarget, ServerTarget, Target
from dolt_tui.engine.model import ResetKind
from dolt_tui.engine.repository import Repository
from dolt_tui.ui.actions.groups import command_set

if TYPE_CHECKING:
    from tests.ui.conftest import Drive

Other = Callable[[Target], Repository]


async def test_every_pane_shows_the_commit(either: Target, drive: Drive) -> None:
    async with drive(either) as user:
        workspace = user.workspace
        await user.go_to_commit("Created tables")
        commit = workspace.panes.log.selected
        assert commit is not None
        short = commit.hash[:7]
        await user.press("space")
        assert f"at {short}, read-only" in user.header
        assert "esc back to main" in user.header
        assert f"At {short}: nothing can change here" in user.text(workspace.panes.changes)
        assert next(row[2].strip() for row in user.rows(workspace.panes.log)).endswith("Created tables")
        assert [branch.name for branch in workspace.state.branches] == ["main", "modify_data", "modify_schema"]
        assert "No rows" in user.summary
        await user.go_to_table("teams")
        assert "The table is empty." in user.main
        await user.press("1")
        assert f"At {short} there are no changes" in " ".join(user.main.split())
        await user.go_to_branch("modify_data")
        assert f"modify_data · against {short}" in user.main
        await user.press("escape")
        assert user.branch == "main"
        assert user.changes == (["M teams"], [])
        assert "⎇ main" in user.header
        assert "Hendriks" in user.summary


async def test_space_on_a_branch_goes_back_to_it(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        await user.go_to_commit("Created tables")
        await user.press("space")
        assert user.workspace.state.came_from == "main"
        await user.press("space")
        assert "already" in user.told[-1]
        await user.go_to_branch("main")
        await user.press("space")
        assert user.branch == "main"
        assert "read-only" not in user.header
        # a second commit from the first one: esc still goes back to the branch
        await user.press("3", "less_than_sign", "space", "greater_than_sign", "space")
        assert "Initialize data repository" in user.log[0]
        await user.press("escape")
        assert user.branch == "main"


async def test_nothing_is_written_there_but_a_branch_can_begin_there(either: Target, drive: Drive) -> None:
    async with drive(either) as user:
        await user.go_to_commit("Created tables")
        await user.press("space")
        before = user.repository.refs.fingerprint("main", refs=True)
        for command in command_set():
            if command.writes and not command.from_commits:
                assert user.workspace.why_not(command.id).startswith("read-only at "), command
                assert user.workspace.why_not(command.id).endswith("press esc to go back")
        for keys in (("1", "c"), ("1", "a"), ("3", "g"), ("4", "d")):
            await user.press(*keys)
            assert user.dialog is None
            assert "press esc to go back" in user.told[-1]
        assert user.repository.refs.fingerprint("main", refs=True) == before
        await user.press("3", "n")
        await user.type("early")
        await user.press("enter")
        assert (user.branch, user.workspace.state.came_from) == ("early", None)
        assert user.log[0] == "Created tables"


async def test_the_poll_does_not_take_it_for_a_deleted_branch(whichever: Target, drive: Drive, other: Other) -> None:
    session = other(whichever)
    async with drive(whichever) as user:
        await user.go_to_commit("Created tables")
        await user.press("space")
        for _ in range(5):
            user.workspace.session.refresh.poll()
            await user.settle()
        assert user.dialog is None
        session.refs.create_branch("main", "by_another", "main")
        await user.until(
            lambda: next(b.name for b in user.workspace.state.branches) == "by_another", "the new branch in the list"
        )
        assert user.dialog is None
        assert "read-only" in user.header


# the reflog


async def test_the_reflog_brings_back_what_a_reset_lost(
    server_database: ServerTarget, fill: Callable[[ServerTarget], None], drive: Drive, other: Other
) -> None:
    fill(server_database)  # a demonstration that was restored has no reflog of how it was built
    session = other(server_database)
    session.working.discard_all("main")
    lost = session.refs.resolve("main", "HEAD")
    session.commits.reset("main", "HEAD~1", ResetKind.HARD)
    async with drive(server_database) as user:
        reflog = user.workspace.panes.reflog
        await user.press("3", "right_square_bracket")
        assert user.is_in(reflog)
        rows = [row[1] for row in user.rows(reflog)]
        assert rows[:3] == ["Created tables", "Inserted data into tables", "Created tables"]
        await user.press("j")
        assert reflog.selected is not None
        assert reflog.selected.hash == lost
        assert f"commit {lost[:7]}" in user.main
        assert "Inserted data into tables" in user.main
        # look
        await user.press("space")
        assert f"at {lost[:7]}, read-only" in user.header
        assert [row[1] for row in user.rows(reflog)][:2] == rows[:2]  # still that of the branch
        assert "Hendriks" in user.summary
        await user.press("escape")
        assert user.branch == "main"
        # reset
        await user.press("less_than_sign", "j", "g")
        assert f"Reset main to {lost[:7]}" in user.dialog_text
        assert "1 commit is added" in user.dialog_text
        await user.press("h")
        assert user.log[0] == "Inserted data into tables"
        assert next(row[1] for row in user.rows(reflog)) == "Inserted data into tables"
        # branch
        await user.press("less_than_sign", "j", "n")
        await user.type("from-reflog")
        await user.press("enter")
        assert user.branch == "from-reflog"
        assert user.log[0] == "Created tables"


async def test_doltlite_has_no_reflog(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        await user.press("3", "right_square_bracket")
        assert "│ DoltLite has no reflog.   " in user.text(user.workspace.panes.reflog)
        for key in ("space", "g", "n"):
            await user.press(key)
            assert user.told[-1].endswith("DoltLite has no reflog")
        await user.press("left_square_bracket")
        assert user.is_in(user.workspace.panes.log)


# resetting to a branch


@pytest.mark.parametrize("kind", ["s", "h"])
async def test_reset_to_a_branch(whichever: Target, drive: Drive, kind: str) -> None:
    async with drive(whichever) as user:
        await user.press("2", "g")
        assert "current branch" in user.told[-1]
        await user.go_to_branch("modify_data")
        await user.press("g")
        assert "Reset main to modify_data" in user.dialog_text
        await user.press(kind)
        tip = next(branch.hash for branch in user.workspace.state.branches if branch.name == "modify_data")
        assert user.repository.refs.resolve("main", "HEAD") == tip
        assert user.workspace.state.head == tip
        assert user.branch == "main"
        assert (user.changes == ([], [])) == (kind == "h")
