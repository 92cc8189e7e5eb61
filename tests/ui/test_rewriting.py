"""History rewritten by keys: revert, copy and paste, reword, squash, rebase with and without a plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from dolt_tui.engine.connecting.target import Target
from dolt_tui.engine.repository import Repository

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver

Other = Callable[[Target], Repository]


@pytest.fixture
def story(either: Target, other: Other) -> Target:
    """main is clean, and has four commits more: 'one' to 'four', each adds a team; branch side has 'apart'."""
    return tell(either, other)


@pytest.fixture
def any_story(whichever: Target, other: Other) -> Target:
    """The same on one engine, for what both do in the same way."""
    return tell(whichever, other)


def tell(target: Target, other: Other) -> Target:
    session = other(target)
    session.working.discard_all("main")
    session.refs.create_branch("main", "side", "main")
    for number, name in enumerate(("one", "two", "three", "four"), 11):
        add_team(session, "main", number, name)
    add_team(session, "side", 21, "apart")
    return target


def add_team(session: Repository, branch: str, number: int, name: str) -> str:
    session.run(branch, [("INSERT INTO teams (id, name) VALUES (?, ?)", (number, name))])
    session.working.stage_all(branch)
    return session.commits.commit(branch, name, f"body of {name}")


def teams(user: Driver, branch: str) -> list[str]:
    from dolt_tui.engine.browsing.query import Query

    return [row[1] for row in user.repository.rows.page(branch, Query("teams"), 100).rows if row[0] > 10]


def log(user: Driver, branch: str) -> list[str]:
    """The messages of the newest commits, until the ones that all branches have."""
    page = user.repository.history.page(branch, [branch], 100)
    # A revert quotes the whole message, Dolt on one line.
    found = [commit.summary.replace('"', "").partition("\\n")[0] for commit in page.commits]
    return found[: found.index("Inserted data into tables")]


async def test_revert_says_what_it_will_do(story: Target, drive: Drive) -> None:
    async with drive(story) as user:
        await user.go_to_commit("three")
        await user.press("t")
        text = user.dialog_text
        assert "Changes undone:" in text
        assert "−1 row" in text
        assert "no conflicts expected" in text
        assert "dolt_revert('" in text
        await user.press("escape")
        assert log(user, "main")[0] == "four"
        await user.press("t", "enter")
        assert user.dialog is None
        assert log(user, "main")[0] == "Revert three"
        assert teams(user, "main") == ["one", "two", "four"]
        assert "Reverted" in user.told[-1]


async def test_revert_a_range(any_story: Target, drive: Drive) -> None:
    async with drive(any_story) as user:
        await user.go_to_commit("three")
        await user.press("v", "j", "t")
        assert "Revert 2 commits on main" in user.dialog_text
        assert "−2 rows" in user.dialog_text
        await user.press("r")
        assert log(user, "main")[:3] == ["Revert two", "Revert three", "four"]
        assert teams(user, "main") == ["one", "four"]
        assert not user.workspace.panes.log.grid.range_active


async def test_a_revert_that_conflicts_is_foreseen_and_decided(story: Target, drive: Drive, other: Other) -> None:
    session = other(story)
    session.run("main", [("UPDATE teams SET name = ? WHERE id = ?", ("changed", 12))])
    session.working.stage_all("main")
    session.commits.commit("main", "changed", "")
    async with drive(story) as user:
        head = user.workspace.state.head
        await user.go_to_commit("two")
        await user.press("t")
        assert "conflict expected in teams: 1 row" in user.dialog_text
        await user.press("r")
        assert "REVERTING" in user.header
        await user.press("escape")  # nothing is decided: nothing is kept
        assert "RESOLVING" not in user.header
        assert user.workspace.state.head == head
        assert user.changes == ([], [])
        # What is uncommitted in the same table comes back once it is decided.
        session.run("main", [("UPDATE teams SET name = ? WHERE id = ?", ("mine", 11))])
        await user.press("ctrl+r", "t")
        assert "blocked by uncommitted changes in teams" in user.dialog_text
        await user.press("s")
        assert "REVERTING" in user.header
        await user.press("t", "c", "enter")
        assert log(user, "main")[0].startswith("Revert")
        assert teams(user, "main") == ["mine", "three", "four"]
        assert user.changes == (["M teams"], [])


async def test_local_changes_in_the_way_of_a_revert(story: Target, drive: Drive, other: Other) -> None:
    other(story).run("main", [("UPDATE teams SET name = ? WHERE id = ?", ("changed", 1))])
    async with drive(story) as user:
        await user.go_to_commit("four")
        await user.press("t")
        assert "blocked by uncommitted changes in teams" in user.dialog_text
        await user.press("r")
        assert user.dialog is not None
        assert log(user, "main")[0] == "four"
        await user.press("s")
        assert log(user, "main")[0] == "Revert four"
        assert user.changes == (["M teams"], [])
        await user.press("z", "u")
        assert (log(user, "main")[0], user.changes) == ("four", (["M teams"], []))


async def test_copy_and_paste(story: Target, drive: Drive) -> None:
    async with drive(story) as user:
        await user.press("3", "V")
        assert "nothing is copied" in user.told[-1]
        await user.go_to_commit("three")
        await user.press("C")
        await user.go_to_commit("one")
        await user.press("C")
        assert "2 commits copied" in user.header
        assert user.screen.count("copied") >= 3
        await user.press("C")
        assert "1 commit copied" in user.header
        await user.press("C")
        await user.go_to_branch("side")
        await user.press("space", "3")
        assert "2 commits copied" in user.header
        await user.press("V")
        text = user.dialog_text
        assert text.index("one") < text.index("three")
        assert "+2 rows" in text
        assert "no conflicts expected" in text
        await user.press("p")
        assert user.dialog is None, user.screen
        assert log(user, "side") == ["three", "one", "apart"]
        assert teams(user, "side") == ["one", "three", "apart"]
        await user.press("V", "p")  # once more: both are there by now
        assert "None of the commits would change anything" in user.dialog_text
        await user.press("enter", "3", "escape")
        assert "copied" not in user.header
        assert user.told[-1] == "Copied commits cleared."
        await user.press("V")
        assert "nothing is copied" in user.told[-1]


async def test_copy_and_paste_from_where_a_branch_is_looked_at(any_story: Target, drive: Drive) -> None:
    async with drive(any_story, branch="side") as user:
        await user.go_to_branch("main")
        await user.press("enter", "J", "j", "j", "v", "j", "C")  # J: to the commits
        assert "Copied 2 commits: V in panes 1 to 4 cherry-picks them" in user.told[-1]
        assert "copied two" in user.main
        await user.press("escape", "escape", "escape")
        assert "2 commits copied" in user.header
        await user.press("V", "p")
        assert log(user, "side") == ["two", "one", "apart"]
        assert user.told[-1].startswith("Cherry-picked onto side: ")
        await user.press("3", "escape")
        await user.go_to_table("teams")
        await user.press("0", "greater_than_sign", "H", "C")
        assert "1 commit copied" in user.header
        await user.press("C", "escape", "b", "greater_than_sign", "C")
        assert "1 commit copied" in user.header
        await user.press("enter", "C")  # the same one
        assert "copied" not in user.header


async def test_copy_a_range_and_paste_what_conflicts(story: Target, drive: Drive, other: Other) -> None:
    session = other(story)
    add_team(session, "side", 14, "taken")
    add_team(session, "side", 13, "taken too")
    async with drive(story) as user:
        await user.go_to_commit("four")
        await user.press("v", "j", "C")
        assert "2 commits copied" in user.header
        await user.go_to_branch("side")
        await user.press("space", "3", "V")
        assert "conflict expected in teams: 2 rows" in user.dialog_text
        before = session.refs.look("side")
        await user.press("p", "t", "c", "enter")
        assert user.told[-1].startswith("Commit 2 of 2 conflicts: ")
        await user.press("t", "escape")
        assert "RESOLVING 2 commits all decided" in user.header
        await user.press("m")
        assert "four" in user.screen  # it is the second one still
        assert session.refs.look("side") == before
        await user.press("c", "enter")
        assert log(user, "side") == ["four", "three", "taken too", "taken", "apart"]
        assert teams(user, "side") == ["three", "four", "apart"]
        await user.press("z", "u")
        assert session.refs.look("side") == before


async def test_what_is_there_already_is_left_out(any_story: Target, drive: Drive, other: Other) -> None:
    add_team(other(any_story), "side", 13, "three")
    async with drive(any_story) as user:
        await user.go_to_commit("four")
        await user.press("v", "j", "C")
        await user.go_to_branch("side")
        await user.press("space", "3", "V", "p")
        assert "Cherry-picked onto side: 1 of 2 commits; " in user.told[-1]
        assert log(user, "side") == ["four", "three", "apart"]


async def test_paste_with_local_changes(any_story: Target, drive: Drive, other: Other) -> None:
    other(any_story).run("side", [("CREATE TABLE mine (id INTEGER NOT NULL PRIMARY KEY)", ())])
    async with drive(any_story) as user:
        await user.go_to_commit("four")
        await user.press("C")
        await user.go_to_branch("side")
        await user.press("space", "3", "V")
        assert "blocked by uncommitted changes in mine" in user.dialog_text
        await user.press("p")
        assert user.dialog is not None
        assert log(user, "side") == ["apart"]
        await user.press("enter")
        assert log(user, "side") == ["four", "apart"]
        assert user.changes == (["A mine"], [])


@pytest.mark.parametrize("which", ["four", "two"])
async def test_reword(story: Target, drive: Drive, other: Other, which: str) -> None:
    session = other(story)
    session.run("main", [("UPDATE teams SET name = ? WHERE id = ?", ("staged", 12))])
    session.working.stage_all("main")
    session.run("main", [("UPDATE teams SET name = ? WHERE id = ?", ("unstaged", 11))])
    async with drive(story) as user:
        before = user.workspace.state.fingerprint
        await user.go_to_commit(which)
        await user.press("r")
        assert f"body of {which}" in user.dialog_text
        await user.press("home", *["delete"] * len(which))
        await user.type("--abort 'it'")
        await user.press("enter")
        assert user.dialog is None, user.screen
        expected = ["four", "three", "two", "one"]
        expected[expected.index(which)] = "--abort 'it'"
        assert log(user, "main") == expected
        after = user.workspace.state.fingerprint
        assert before is not None
        assert after is not None
        assert (after.staged, after.working) == (before.staged, before.working)
        assert user.changes == (["M teams"], ["M teams"])
        number = ["four", "three", "two", "one"].index(which)
        assert user.repository.history.commit("main", f"HEAD~{number}").body == f"body of {which}"


async def test_rewordings_that_are_refused(any_story: Target, drive: Drive) -> None:
    async with drive(any_story) as user:
        await user.go_to_commit("Initialize data repository")
        await user.press("r")
        assert "first commit of a database" in user.dialog_text
        await user.press("enter")
        await user.go_to_commit("two")
        await user.press("r", "end", *["backspace"] * 3, "enter")
        assert "A commit needs a summary line" in user.dialog_text
        await user.press("escape")
        assert log(user, "main") == ["four", "three", "two", "one"]


async def test_squash(story: Target, drive: Drive) -> None:
    async with drive(story) as user:
        await user.press("3", "less_than_sign", "S")
        assert "Squash the last 2 commits into one" in user.dialog_text  # the last one and the one before it
        await user.press("enter")
        assert log(user, "main") == ["three", "two", "one"]
        await user.press("z", "enter")
        await user.go_to_commit("two")
        await user.press("S")
        assert "Squash the last 3 commits into one" in user.dialog_text
        assert "body of two" in user.dialog_text
        await user.press("end")
        await user.type(" to four")
        await user.press("enter")
        assert user.dialog is None, user.screen
        assert log(user, "main") == ["two to four", "one"]
        assert teams(user, "main") == ["one", "two", "three", "four"]


# rebasing


async def test_rebase_onto(story: Target, drive: Drive) -> None:
    async with drive(story) as user:
        await user.go_to_branch("main")
        await user.press("r")
        assert "onto itself" in user.told[-1]
        await user.go_to_branch("side")
        await user.press("r")
        text = user.dialog_text
        assert "Rebase main onto side" in text
        assert "4 commits to replay · on top of 1 commit of side" in text
        assert "no conflicts expected" in text
        assert "dolt_rebase('" in text
        await user.press("enter")
        assert log(user, "main") == ["four", "three", "two", "one", "apart"]
        assert "Rebased main onto side" in user.told[-1]
        await user.go_to_branch("side")
        await user.press("r")
        assert "already has all of side" in user.dialog_text
        await user.press("b", "escape")


async def test_a_rebase_that_conflicts(story: Target, drive: Drive, other: Other) -> None:
    add_team(other(story), "side", 13, "taken")
    async with drive(story) as user:
        await user.go_to_branch("side")
        await user.press("r")
        assert "conflict expected in teams: 1 row" in user.dialog_text
        await user.press("b")
        assert "REBASING" in user.header
        await user.press("t", "c", "enter")
        assert log(user, "main")[:4] == ["four", "three", "two", "one"]
        assert "three" in teams(user, "main")
        assert user.workspace.state.operation is None


async def test_interactive_rebase(story: Target, drive: Drive) -> None:
    async with drive(story) as user:
        await user.go_to_commit("one")
        await user.press("i")
        lines = [line for line in user.dialog_text.split("\n") if "│  pick " in line]
        assert [line.split()[3] for line in lines] == ["four", "three", "two", "one"]
        await user.press("d", "J", "j")  # four is dropped and goes below three
        await user.press("s")  # two goes into one
        assert "drop" in user.dialog_text
        await user.press("j", "s")
        assert "There is nothing before" in user.dialog_text
        await user.press("enter")
        assert user.dialog is not None
        await user.press("r")
        await user.press("end")
        await user.type(" and two")
        await user.press("enter")
        assert "reword" in user.dialog_text
        await user.press("enter")
        assert user.dialog is None, user.screen
        assert log(user, "main") == ["three", "one and two"]
        assert teams(user, "main") == ["one", "two", "three"]


async def test_fixup_and_leaving_an_interactive_rebase(any_story: Target, drive: Drive) -> None:
    async with drive(any_story) as user:
        await user.go_to_commit("three")
        await user.press("F")
        assert "the message stays: two" in user.dialog_text
        await user.press("enter")
        assert log(user, "main") == ["four", "two", "one"]
        await user.press("z", "u")
        assert log(user, "main") == ["four", "three", "two", "one"]
        await user.go_to_commit("three")
        await user.press("F", "s")
        assert (
            user.repository.history.commit("main", "HEAD~1").message == "two\n\nbody of two\n\nthree\n\nbody of three"
        )
        await user.press("z", "u")
        head = user.workspace.state.head
        await user.go_to_commit("two")
        await user.press("i", "d", "ctrl+j", "ctrl+k", "escape")
        assert user.workspace.state.head == head
        assert len(user.repository.refs.branches("main")) == len(user.workspace.state.branches)


async def test_interactive_rebase_with_local_changes(any_story: Target, drive: Drive, other: Other) -> None:
    other(any_story).run("main", [("CREATE TABLE mine (id INTEGER NOT NULL PRIMARY KEY)", ())])
    async with drive(any_story) as user:
        await user.go_to_commit("two")
        await user.press("i")
        assert "Uncommitted changes in mine" in user.dialog_text
        await user.press("e", "enter")
        assert "stops to edit is blocked by uncommitted changes in mine" in user.dialog_text
        await user.press("escape", "i", "d", "enter")
        assert log(user, "main") == ["three", "two", "one"]
        assert user.changes == (["A mine"], [])


async def test_the_first_commit_stays(any_story: Target, drive: Drive) -> None:
    async with drive(any_story) as user:
        await user.go_to_commit("Initialize data repository")
        await user.press("i")
        assert "stays as it is" in user.dialog_text
        await user.press("enter")


async def test_a_pause_to_edit(story: Target, drive: Drive, other: Other) -> None:
    async with drive(story) as user:
        await user.go_to_commit("two")
        await user.press("i", "greater_than_sign", "e", "enter")
        assert user.branch == "dolt_rebase_main"
        assert "rebasing main: " in user.header
        assert "Stopped to edit" in user.told[-1]
        await user.press("3", "g")
        assert "m continues or aborts it" in user.told[-1]
        other(story).run("dolt_rebase_main", [("UPDATE teams SET name = ? WHERE id = ?", ("edited", 12))])
        await user.press("ctrl+r", "m")
        assert "not staged" in user.dialog_text
        await user.press("c")
        assert user.dialog is not None
        await user.press("escape", "1", "a", "c")
        await user.type("edited two")
        await user.press("enter", "m")
        assert "dolt_rebase('--continue')" in user.dialog_text or "continue" in user.dialog_text
        await user.press("c")
        assert user.branch == "main", user.screen
        assert "rebasing" not in user.header
        assert log(user, "main") == ["four", "three", "edited two", "two", "one"]
        assert "edited" in teams(user, "main")
        assert [branch.name for branch in user.workspace.state.branches if "rebase" in branch.name] == []


async def test_a_pause_is_given_up(story: Target, drive: Drive) -> None:
    async with drive(story) as user:
        head = user.workspace.state.head
        await user.go_to_commit("two")
        await user.press("i", "e", "enter")
        assert user.branch == "dolt_rebase_main"
        await user.press("m")
        assert "main stays as it was before the rebase" in user.dialog_text
        await user.press("a")
        assert (user.branch, user.workspace.state.head) == ("main", head)
        assert "rebasing" not in user.header
