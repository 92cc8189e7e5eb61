"""Undo and redo by keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from dolt_tui.engine.connecting.target import FileTarget, Target
from dolt_tui.engine.repository import Repository
from dolt_tui.engine.undo.steps import UndoSettings

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver

ADD_TEAM = ("INSERT INTO teams (id, name) VALUES (?, ?)", (4, "Legal"))
NEW_TABLE = ("CREATE TABLE offices (id INTEGER NOT NULL PRIMARY KEY, town VARCHAR(40))", ())

Other = Callable[[Target], Repository]


def token(user: Driver) -> object:
    """Hashes of everything that undo is about."""
    repository = user.repository
    return [repository.refs.fingerprint(branch.name, refs=True) for branch in repository.refs.branches("main")]


async def test_staging_is_undone_and_redone_at_once(either: Target, drive: Drive) -> None:
    async with drive(either) as user:
        await user.press("z")
        assert user.told[-1] == "undo: there is nothing to undo"
        before = token(user)
        await user.press("space")
        assert user.changes == ([], ["M teams"])
        after = token(user)
        await user.press("z")
        assert user.dialog is None
        assert user.changes == (["M teams"], [])
        assert user.told[-1] == "Undone: stage teams"
        assert token(user) == before
        await user.press("Z")
        assert user.told[-1] == "Redone: stage teams"
        assert token(user) == after
        await user.press("Z")
        assert user.told[-1] == "redo: there is nothing to redo"


async def test_what_is_discarded_comes_back_with_its_staging(either: Target, drive: Drive, other: Other) -> None:
    session = other(either)
    session.working.stage("main", ["teams"])
    session.run("main", [ADD_TEAM, NEW_TABLE])
    async with drive(either) as user:
        before = token(user)
        await user.press("d", "x")
        assert user.changes == ([], [])
        assert user.told[-1] == "Discarded everything: z brings it back"
        assert [tag.name for tag in user.repository.tags.tags("main")] == []
        await user.press("z")
        text = user.dialog_text
        assert "discard everything" in text
        assert "just now on main" in text
        assert "offices" in text
        assert "+3" in text  # counted
        await user.press("enter")
        assert user.told[-1] == "Undone: discard everything"
        assert token(user) == before
        assert (sorted(user.changes[0]), user.changes[1]) == (["A offices", "M teams"], ["M teams"])
        await user.press("Z", "r")
        assert user.changes == ([], [])


async def test_a_commit_is_undone_and_its_changes_stay_staged(whichever: Target, drive: Drive, other: Other) -> None:
    async with drive(whichever) as user:
        await user.press("space", "c")
        await user.type("Two teams")
        await user.press("enter")
        other(whichever).run("main", [ADD_TEAM])  # a commit does not touch the rows, so undoing it does not whichever
        await user.press("ctrl+r", "z")
        text = user.dialog_text
        assert "commit: Two teams" in text
        assert "1 commit is dropped" in text
        assert "no row changes" in text
        await user.press("u")
        assert user.log[0] == "Inserted data into tables"
        assert user.changes == (["M teams"], ["M teams"])
        await user.press("Z", "r")
        assert user.log[0] == "Two teams"
        assert user.changes == (["M teams"], [])


async def test_undoing_a_new_branch_goes_back_to_where_it_was_made(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        await user.press("2", "n")
        await user.type("later")
        await user.press("enter")
        assert user.branch == "later"
        await user.press("z")
        assert "branch later is deleted" in user.dialog_text
        await user.press("u")
        assert user.branch == "main"
        assert "later" not in [branch.name for branch in user.repository.refs.branches("main")]
        await user.press("Z", "r")
        assert user.branch == "main"
        assert "later" in [branch.name for branch in user.repository.refs.branches("main")]


async def test_a_deleted_branch_comes_back_with_its_changes(either: Target, drive: Drive, other: Other) -> None:
    session = other(either)
    session.run("modify_schema", [ADD_TEAM, NEW_TABLE])
    before = session.refs.fingerprint("modify_schema")
    session.close()
    async with drive(either) as user:
        await user.go_to_branch("modify_schema")
        await user.press("d", "x", "z")
        text = user.dialog_text
        assert "branch modify_schema comes back at" in text
        assert "offices" in text
        await user.press("u")
        assert user.repository.refs.fingerprint("modify_schema") == before


async def test_another_session_is_not_overwritten(either: Target, drive: Drive, other: Other) -> None:
    async with drive(either) as user:
        await user.press("space", "c")
        await user.type("Ours")
        await user.press("enter")
        session = other(either)
        session.run("main", [ADD_TEAM])
        session.call("main", "dolt_commit", "-A", "-m", "Theirs")
        await user.press("ctrl+r")
        before = token(user)
        await user.press("z")
        text = user.dialog_text
        assert "It cannot be undone: another session moved the branch main since: 1 commit came." in text
        await user.press("u", "enter")
        assert user.dialog is not None
        await user.press("escape")
        assert token(user) == before


async def test_what_was_changed_since_is_told_and_kept(either: Target, drive: Drive, other: Other) -> None:
    async with drive(either) as user:
        await user.press("d", "x")
        other(either).run("main", [NEW_TABLE])
        await user.press("ctrl+r")
        now = token(user)
        await user.press("z")
        assert "the working set of main has changed since" in user.dialog_text
        await user.press("enter")
        assert user.dialog is not None  # no default here
        await user.press("u")
        assert user.changes == (["M teams"], [])
        await user.press("Z", "r")
        assert token(user) == now


async def test_the_list_of_steps_undoes_down_to_one(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        before = token(user)
        await user.press("space", "space", "space", "c")
        await user.type("All")
        await user.press("enter")
        after = token(user)
        await user.press("U")
        text = user.dialog_text
        assert "commit: All" in text
        assert text.index("commit: All") < text.index("stage teams")
        await user.press("greater_than_sign", "enter")
        assert "Undo 4 steps, one after another" in user.dialog_text
        await user.press("u")
        assert user.told[-1] == "Undone: 4 steps"
        assert token(user) == before
        await user.press("U", "less_than_sign", "enter", "r")
        assert token(user) == after


async def test_steps_outlast_the_program(demo: FileTarget, drive: Drive, tmp_path: Path) -> None:
    settings = UndoSettings(tmp_path / "state")
    async with drive(demo, undo=settings) as user:
        before = token(user)
        await user.press("d", "x")
    async with drive(demo, undo=settings) as user:
        await user.press("z", "u")
        assert token(user) == before


async def test_without_snapshots_it_is_said_before(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo, undo=UndoSettings(snapshots=False)) as user:
        await user.press("d")
        assert "This cannot be undone: snapshots are switched off" in user.dialog_text
        await user.press("x", "z")
        assert "It cannot be undone" in user.dialog_text
        await user.press("f")
        assert user.told[-1] == "Forgotten: discard everything"


async def test_what_cannot_be_kept_is_asked_about_first(demo_on_dolt: Target, drive: Drive, other: Other) -> None:
    session = other(demo_on_dolt)
    session.run(
        "main",
        [
            ("CREATE TABLE parents (id INT PRIMARY KEY)", ()),
            (
                "CREATE TABLE children (id INT PRIMARY KEY, parent INT, FOREIGN KEY (parent) REFERENCES parents (id))",
                (),
            ),
        ],
    )
    session.working.stage("main", ["children"])
    async with drive(demo_on_dolt) as user:
        before = token(user)
        await user.press("d", "x")
        text = user.dialog_text
        assert "Discard everything: this could not be undone." in text
        assert "parents" in text
        assert token(user) == before
        await user.press("escape")
        assert token(user) == before
        await user.press("d", "x", "y")
        assert user.changes == ([], [])


async def test_snapshots_are_removed_from_the_palette(demo: FileTarget, drive: Drive, other: Other) -> None:
    async with drive(demo) as user:
        await user.press("d", "x", "ctrl+p")
        await user.type("undo snapshots")
        await user.press("enter")
        assert "Remove 1 undo snapshot from the database" in user.dialog_text
        assert "1 step can no longer be undone or redone." in user.dialog_text
        await user.press("x")
        assert user.told[-1] == "Removed 1 undo snapshot"
        assert user.repository.undo.snapshots("main") == (0, 0)
        await user.press("z")
        assert user.told[-1] == "undo: there is nothing to undo"
