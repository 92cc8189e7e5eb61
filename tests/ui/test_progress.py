"""What is in progress, begun by another session: it stands in the header, and m deals with it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import pymysql
import pytest

from dolt_tui.engine.connecting.target import ServerTarget, Target
from dolt_tui.engine.model import MergeKind
from dolt_tui.engine.repository import Repository
from dolt_tui.ui.session.settings import Settings
from tests.ui.test_rewriting import add_team, log, teams

if TYPE_CHECKING:
    from tests.ui.conftest import Drive

Other = Callable[[Target], Repository]


@pytest.fixture
def drive(drive: Drive) -> Drive:
    """A program that looks for other writers often, so that the tests need not wait."""
    return partial(drive, settings=Settings(poll_seconds=0.05))


def prepare(session: Repository) -> None:
    """main is clean and has 'ours', side has 'theirs' and 'more'."""
    session.working.discard_all("main")
    session.refs.create_branch("main", "side", "main")
    add_team(session, "main", 11, "ours")
    add_team(session, "side", 21, "theirs")
    add_team(session, "side", 22, "more")


async def test_nothing_is_in_progress(whichever: Target, drive: Drive, other: Other) -> None:
    prepare(other(whichever))
    async with drive(whichever) as user:
        await user.go_to_branch("main")
        await user.press("m")
        assert "nothing is in progress" in user.told[-1]
        await user.go_to_branch("side")
        await user.press("m")
        assert "Nothing is in progress" in user.dialog_text
        await user.press("M")
        assert "Merge side into main" in user.dialog_text
        await user.press("escape", "m", "r")
        assert "Rebase main onto side" in user.dialog_text
        await user.press("escape")


async def test_a_merge_of_another_session(either: Target, drive: Drive, other: Other) -> None:
    session = other(either)
    prepare(session)
    async with drive(either) as user:
        session.call("main", "dolt_merge", "--no-ff", "--no-commit", "side")
        await user.until(lambda: "merging side" in user.header, "the merge in the header")
        await user.settle()
        assert user.lines[-1].startswith(" m continue or abort…  ")
        await user.go_to_branch("side")
        await user.press("M")
        assert "merging side: m continues or aborts it" in user.told[-1]
        await user.press("r")
        assert "merging side: m continues or aborts it" in user.told[-1]
        await user.press("m")
        assert "Merge branch ''side'' into main" in user.dialog_text or "commit it" in user.dialog_text
        await user.press("a")
        assert "merging" not in user.header
        assert log(user, "main") == ["ours"]
        assert user.changes == ([], [])
        session.call("main", "dolt_merge", "--no-ff", "--no-commit", "side")
        await user.until(lambda: "merging side" in user.header, "the merge in the header")
        await user.settle()
        await user.press("m", "c")
        assert "merging" not in user.header
        assert log(user, "main")[0] == "Merge branch 'side' into main"
        assert teams(user, "main") == ["ours", "theirs", "more"]


async def test_a_rebase_of_another_session(either: Target, drive: Drive, other: Other) -> None:
    session = other(either)
    prepare(session)
    async with drive(either) as user:
        head = user.workspace.state.head
        session.call("main", "dolt_rebase", "-i", "side")
        await user.until(lambda: "rebasing main: " in user.header, "the rebase in the header")
        await user.settle()
        await user.go_to_branch("side")
        await user.press("space")
        assert "rebasing main: " in user.header
        await user.go_to_branch("main")
        await user.press("space", "m")
        assert "It is on dolt_rebase_main" in user.dialog_text
        assert "ours" in user.dialog_text
        await user.press("a")
        assert "rebasing" not in user.header
        assert user.workspace.state.head == head
        session.call("main", "dolt_rebase", "-i", "side")
        await user.until(lambda: "rebasing main: " in user.header, "the rebase in the header")
        await user.settle()
        await user.press("m", "c")
        assert "rebasing" not in user.header
        assert log(user, "main") == ["ours", "more", "theirs"]


async def test_what_a_crash_leaves_of_a_rebase(either: Target, drive: Drive, other: Other) -> None:
    session = other(either)
    prepare(session)
    session.refs.create_branch("main", "dolt_rebase_main", "side")
    async with drive(either) as user:
        assert "rebase of main interrupted" in user.header
        await user.press("m", "c")
        assert "delete the branch dolt_rebase_main" in user.dialog_text
        assert "the plan is gone" in user.dialog_text
        await user.press("a")
        assert user.dialog is None
        assert "rebase of" not in user.header
        assert [branch.name for branch in session.refs.branches("main") if "rebase" in branch.name] == []


async def test_somebody_ends_it_while_one_looks(either: Target, drive: Drive, other: Other) -> None:
    session = other(either)
    prepare(session)
    session.call("main", "dolt_merge", "--no-ff", "--no-commit", "side")
    async with drive(either) as user:
        assert "merging side" in user.header
        await user.press("m")
        session.call("main", "dolt_merge", "--abort")
        await user.press("c")
        assert "Nothing of that kind is in progress" in user.dialog_text or "ended it" in user.dialog_text
        await user.press("enter")
        assert "merging" not in user.header
        assert log(user, "main") == ["ours"]


async def test_conflicts_of_another_session(demo_on_dolt: ServerTarget, drive: Drive, other: Other) -> None:
    session = other(demo_on_dolt)
    prepare(session)
    add_team(session, "side", 11, "taken")
    async with drive(demo_on_dolt) as user:
        target = demo_on_dolt
        with (
            closing(
                pymysql.connect(
                    host=target.host,
                    port=target.port,
                    user=target.user,
                    password=target.password,
                    database=f"{target.database}/main",
                    autocommit=True,
                    ssl_disabled=True,
                )
            ) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute("SET @@dolt_allow_commit_conflicts = 1")
            cursor.execute("CALL dolt_merge('side')")
            await user.until(lambda: "merging side" in user.header, "the merge in the header")
            await user.settle()
            await user.press("m")
            assert "conflicts in teams" in user.dialog_text
            await user.press("c")
            assert user.dialog is not None
            await user.press("a")
            assert "merging" not in user.header
            assert log(user, "main") == ["ours"]
            cursor.execute("CALL dolt_merge('side')")
            await user.until(lambda: "1 table in conflict" in user.header, "the conflict in the header")
            await user.settle()
            await user.press("m", "d", "t", "c", "enter")
            assert "merging" not in user.header
            assert log(user, "main")[0] == "Merge branch 'side' into main"
            assert teams(user, "main") == ["taken", "theirs", "more"]
            await user.press("z")
            assert "a merge or rebase was in progress before it" in user.dialog_text
            await user.press("escape")
            cursor.execute("CALL dolt_reset('--hard', 'HEAD~1')")
            with pytest.raises(pymysql.MySQLError, match="data conflict detected"):
                cursor.execute("CALL dolt_rebase('side')")
        await user.until(lambda: "rebasing main: 1 of 1" in user.header, "the rebase in the header")
        await user.settle()
        await user.press("m")
        assert "skip the commit that conflicts" in user.dialog_text
        await user.press("s")
        assert "rebasing" not in user.header
        assert log(user, "main") == ["taken", "more", "theirs"]


async def test_opened_read_only(whichever: Target, drive: Drive, other: Other) -> None:
    session = other(whichever)
    prepare(session)
    session.call("main", "dolt_merge", "--no-ff", "--no-commit", "side")
    async with drive(whichever, read_only=True) as user:
        assert "merging side" in user.header
        for pane, keys in (("3", "tVriS"), ("2", "r"), ("1", "m")):
            for key in keys:
                await user.press(pane, key)
                assert "read-only" in user.told[-1], key
                user.told.append("")
        await user.press("3", "C")
        assert "1 commit copied" in user.header


async def test_merges_are_told_of(either: Target, drive: Drive, other: Other) -> None:
    session = other(either)
    prepare(session)
    session.merging.merge("main", "side", MergeKind.COMMIT, "merged")
    async with drive(either) as user:
        await user.go_to_commit("ours")
        await user.press("i")
        assert "Merge commits are left out" in user.dialog_text
        await user.press("escape", "r")
        assert "merge commit" in user.dialog_text
        await user.press("enter")
        await user.go_to_commit("merged")
        await user.press("C", "V")
        assert "is a merge commit" in user.dialog_text
        await user.press("escape")
