"""A second session between a dialog and its answer: nothing is done, it is said why, and the preview comes again."""

from __future__ import annotations

from collections.abc import Callable

from dolt_tui.engine.connecting.target import Target
from dolt_tui.engine.repository import Repository

from .conftest import Drive, Driver

ADD_ANOTHER = ("INSERT INTO teams (id, name) VALUES (901, 'meanwhile')", ())


async def refused(user: Driver, key: str, reason: str, again: str) -> None:
    """Answer the dialog: it is refused for this reason, and comes again with other numbers."""
    await user.press(key)
    assert reason in user.dialog_text
    assert "Nothing was done" in user.dialog_text
    await user.press("enter")
    assert again in user.dialog_text


async def test_what_a_dialog_said_no_longer_holds(
    either: Target, drive: Drive, other: Callable[[Target], Repository]
) -> None:
    session = other(either)
    async with drive(either) as user:
        # reset
        await user.press("3")
        await user.go_to_commit("Created tables")
        await user.press("g")
        assert "1 commit is dropped" in user.dialog_text
        session.commits.commit("main", "by another session", allow_empty=True)
        await refused(user, "h", "Another session has committed to main: 1 commit", "2 commits are dropped")
        assert user.log[0] == "by another session"
        await user.press("s")
        assert user.log[0] == "Created tables"
        # undo
        await user.press("z")
        session.commits.commit("main", "once more", allow_empty=True)
        await refused(user, "u", "another session moved the branch main since: 1 commit came", "1 commit came")
        await user.press("escape")
        assert user.log[0] == "once more"
        # discarding one table, and everything
        await user.press("1", "d")
        session.run("main", [ADD_ANOTHER])
        await refused(user, "x", "main's tables have changed since then", "Discard changes to")
        await user.press("escape")
        # deleting a branch
        await user.go_to_branch("modify_schema")
        await user.press("d")
        assert "1 commit that no other branch has" in user.dialog_text
        session.commits.commit("modify_schema", "by another session", allow_empty=True)
        await refused(
            user,
            "x",
            "Another session has committed to modify_schema: 1 commit",
            "2 commits that no other branch has",
        )
        await user.press("x")
        assert user.dialog is None
        assert "modify_schema" not in [branch.name for branch in user.repository.refs.branches("main")]


async def test_no_dialog_about_another_row_where_its_own_is_gone(
    either: Target, drive: Drive, other: Callable[[Target], Repository]
) -> None:
    session = other(either)
    for name in ("one", "two"):
        session.tags.create("main", name, "main")
    async with drive(either) as user:
        await user.press("2", "[")
        for name in ("one", "two"):  # then there is another tag, and then there is none
            await user.press("home", "d")
            assert f"Delete tag {name}" in user.dialog_text
            session.tags.delete("main", name)
            await user.press("x")
            assert f"Another session has deleted the tag {name}" in user.dialog_text
            await user.press("enter")
            assert user.dialog is None
        await user.go_to_table("employees_teams")
        await user.press("d")
        assert "Drop table employees_teams" in user.dialog_text
        session.working.drop_table("main", "employees_teams")
        await user.press("x")
        assert "Could not drop employees_teams" in user.dialog_text
        await user.press("enter")
        assert user.dialog is None
        await user.press("2", "]")
        await user.go_to_branch("modify_schema")
        await user.press("d")
        session.refs.delete_branch("main", "modify_schema", force=True, in_use=True)
        await user.press("x")
        assert "Could not delete branch modify_schema" in user.dialog_text
        await user.press("enter")
        assert user.dialog is None


async def test_no_dialog_about_changes_that_another_session_has_committed(
    either: Target, drive: Drive, other: Callable[[Target], Repository]
) -> None:
    session = other(either)
    async with drive(either) as user:
        for key, team in (("d", 902), ("D", 903)):
            session.run("main", [(f"INSERT INTO teams (id, name) VALUES ({team}, 'meanwhile')", ())])
            await user.press("ctrl+r", "1", key)
            assert "Discard changes" in user.dialog_text
            session.working.stage_all("main")
            session.commits.commit("main", "by another session")
            await user.press("x")
            assert "Nothing was done" in user.dialog_text
            await user.press("enter")
            assert user.dialog is None
            assert "there are no changes" in user.told[-1]
