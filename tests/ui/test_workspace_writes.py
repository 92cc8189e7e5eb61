"""What each writing command asks, does and refuses: committing, discarding, resetting, branches."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.connecting.target import FileTarget, Target
from dolt_tui.engine.model import Status
from dolt_tui.engine.repository import Repository
from dolt_tui.ui.actions.groups import command_set

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver

ADD_TEAM = ("INSERT INTO teams (id, name) VALUES (?, ?)", (4, "Legal"))
RENAME = ("UPDATE employees SET last_name = ? WHERE id = ?", ("Seen", 0))
NEW_TABLE = ("CREATE TABLE offices (id INTEGER NOT NULL PRIMARY KEY, town VARCHAR(40))", ())


def stored(user: Driver, table: str) -> list[tuple[Any, ...]]:
    """The rows of a table in the working set, asked of the database."""
    return list(user.repository.rows.page(user.branch, Query(table), 100).rows)


async def test_commit_refuses_an_empty_summary_and_keeps_the_draft(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        await user.press("c")
        assert "Nothing is staged yet" in user.dialog_text
        await user.press("enter")
        assert user.changes == ([], ["M teams"])
        await user.press("enter")
        assert "A commit needs a summary line." in user.dialog_text
        await user.type("   ")
        await user.press("enter")
        assert "A commit needs a summary line." in user.dialog_text
        await user.press("backspace", "backspace", "backspace")
        await user.type("Half a sen")
        await user.press("escape")
        assert user.dialog is None
        assert user.log[0] == "Inserted data into tables"
        await user.press("c")
        assert "Half a sen" in user.dialog_text
        await user.type("tence")
        await user.press("tab")
        await user.type("First line")
        await user.press("enter")
        await user.type("Second line")
        await user.press("tab")
        await user.type("no address")
        await user.press("enter")
        assert user.dialog is not None  # an author without an address is refused, and everything typed is still there
        assert "Half a sentence" in user.dialog_text
        assert "no address" in user.dialog_text
        await user.press("end", *["backspace"] * len("no address"))
        await user.type("Ada Lovelace <ada@example.com>")
        await user.press("enter")
        assert user.dialog is None
        commit = user.repository.history.commit(user.branch, "HEAD")
        assert (commit.message, commit.author, commit.email) == (
            "Half a sentence\n\nFirst line\nSecond line",
            "Ada Lovelace",
            "ada@example.com",
        )
        assert user.told[-1] == "Committed to main: Half a sentence"
        await user.press("c")
        assert "Nothing has changed since the last commit." in user.dialog_text
        await user.press("enter", "a")
        assert "there are no changes" in user.dialog_text  # and enter chooses nothing


async def test_a_draft_survives_a_commit_that_fails(
    demo: FileTarget, drive: Drive, other: Callable[[Target], Repository]
) -> None:
    async with drive(demo) as user:
        await user.press("space", "c")
        await user.type("Words worth keeping")
        other(demo).working.unstage_all("main")
        await user.press("enter")
        assert "Could not commit" in user.dialog_text
        await user.press("enter", "space", "c")
        assert "Words worth keeping" in user.dialog_text
        await user.press("enter")
        assert user.log[0] == "Words worth keeping"


async def test_stage_all_and_unstage_all(
    whichever: Target, drive: Drive, other: Callable[[Target], Repository]
) -> None:
    other(whichever).run("main", [RENAME, NEW_TABLE])
    async with drive(whichever) as user:
        assert sorted(user.changes[0]) == ["A offices", "M employees", "M teams"]
        await user.press("a")
        assert user.changes[0] == []
        assert len(user.changes[1]) == 3
        await user.press("a")
        assert user.changes[1] == []
        assert len(user.changes[0]) == 3


async def test_the_cursor_follows_a_staged_table(
    whichever: Target, drive: Drive, other: Callable[[Target], Repository]
) -> None:
    other(whichever).run("main", [RENAME, NEW_TABLE])
    async with drive(whichever) as user:
        changes = user.workspace.panes.changes
        for name in ("employees", "offices", "teams"):
            await user.go_to(changes, (False, name))
            await user.press("space")
            selected = changes.selected
            assert selected is not None
            assert (selected.table, selected.staged) == (name, True)
            await user.press("space")
            selected = changes.selected
            assert selected is not None
            assert (selected.table, selected.staged) == (name, False)


async def test_discard_offers_what_there_is_and_does_it(
    either: Target, drive: Drive, other: Callable[[Target], Repository]
) -> None:
    session = other(either)
    session.working.stage("main", ["teams"])
    session.run("main", [ADD_TEAM, RENAME, NEW_TABLE])
    async with drive(either) as user:
        changes = user.workspace.panes.changes
        # the unstaged part of a table that is staged as well
        await user.go_to(changes, (False, "teams"))
        await user.press("d")
        text = user.dialog_text
        assert "back to its staged state" in text
        assert "undo this with z" in text
        assert "+1" in text
        await user.press("escape")
        assert len(stored(user, "teams")) == 5
        await user.press("d", "u")
        assert (len(stored(user, "teams")), user.changes[1]) == (4, ["M teams"])
        # all of it
        await user.go_to(changes, (True, "teams"))
        await user.press("d", "t")
        assert len(stored(user, "teams")) == 2
        assert "M teams" not in [*user.changes[0], *user.changes[1]]
        # a new table is dropped
        await user.go_to(changes, (False, "offices"))
        assert " d drop…  " in user.lines[-1]
        await user.press("d")
        assert "drop the new table" in user.dialog_text
        await user.press("u")
        assert "offices" not in [table.name for table in user.repository.tables.tables("main")]
        # everything
        await user.press("1", "d", "x")
        assert user.changes == ([], [])
        assert ("Sehn" in stored(user, "employees")[0]) is True
        await user.press("d")
        assert "there are no changes" in user.told[-1]


@pytest.mark.parametrize("kind", ["s", "m", "h"])
async def test_reset_to_an_older_commit(whichever: Target, drive: Drive, kind: str) -> None:
    async with drive(whichever) as user:
        await user.press("1", "space", "3")
        await user.go_to_commit("Created tables")
        await user.press("g")
        text = user.dialog_text
        assert "1 commit is dropped from main" in text
        assert "teams" in text
        await user.press(kind)
        assert user.dialog is None
        assert user.log[0] == "Created tables"
        unstaged, staged = user.changes
        if kind == "s":
            assert (unstaged, sorted(staged)) == ([], ["M employees", "M employees_teams", "M teams"])
        elif kind == "m":
            assert (sorted(unstaged), staged) == (["M employees", "M employees_teams", "M teams"], [])
        else:
            assert (unstaged, staged) == ([], [])
        assert len(stored(user, "teams")) == (0 if kind == "h" else 4)
        assert user.cursor(user.workspace.panes.log) is not None


async def test_reset_says_what_a_hard_one_discards(either: Target, drive: Drive) -> None:
    async with drive(either) as user:
        await user.press("3", "g")
        assert re.search(r"hard\s+discards changes in 1 table \(~0 \+2 −0\)", user.dialog_text)
        await user.press("escape")
        assert len(stored(user, "teams")) == 4


async def test_deleting_an_unmerged_branch_counts_what_is_lost(
    either: Target, drive: Drive, other: Callable[[Target], Repository]
) -> None:
    other(either).run("modify_schema", [ADD_TEAM])
    async with drive(either) as user:
        await user.go_to_branch("modify_schema")
        await user.press("d")
        text = user.dialog_text
        assert "1 commit that no other branch has" in text
        assert "uncommitted changes in 1 table" in text
        assert re.search(r"teams +\+1", text)
        head = user.workspace.panes.branches.selected
        assert head is not None
        assert "undo this with z" in text
        await user.press("enter")
        assert user.dialog is not None  # no default: enter destroys nothing
        await user.press("escape")
        names = [branch.name for branch in user.repository.refs.branches("main")]
        assert "modify_schema" in names
        await user.press("d", "x")
        assert user.dialog is None
        assert "modify_schema" not in [branch.name for branch in user.repository.refs.branches("main")]
        assert user.told[-1] == f"Deleted branch modify_schema, it was at {head.hash[:7]}"


async def test_branch_names_are_checked_before_dolt_is_asked(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        await user.press("2", "n")
        for name in ("main", "a b", "-x", "a..b", "x.lock", "HEAD"):
            await user.type(name)
            before = user.dialog_text
            await user.press("enter")
            assert user.dialog is not None, name
            assert user.dialog_text == before
            await user.press(*["backspace"] * len(name))
        await user.press("enter")
        assert user.dialog is not None  # an empty name
        await user.press("escape")
        assert len(user.repository.refs.branches("main")) == 3


async def test_a_branch_from_a_commit(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        await user.go_to_commit("Created tables")
        await user.press("n")
        await user.type("early")
        await user.press("enter")
        assert user.branch == "early"
        assert user.log[0] == "Created tables"
        assert user.changes == ([], [])


async def test_drop_of_a_table_that_others_refer_to_meanwhile_is_refused_by_the_engine(
    either: Target, drive: Drive, other: Callable[[Target], Repository]
) -> None:
    session = other(either)
    session.run("main", [("CREATE TABLE lonely (id INTEGER PRIMARY KEY)", ()), ("INSERT INTO lonely VALUES (1)", ())])
    async with drive(either) as user:
        await user.go_to_table("lonely")
        await user.press("d")
        assert "foreign key" not in user.dialog_text
        child = "CREATE TABLE child (id INTEGER PRIMARY KEY, up INTEGER, FOREIGN KEY (up) REFERENCES lonely (id))"
        session.run("main", [(child, ()), ("INSERT INTO child VALUES (1, 1)", ())])
        await user.press("x")
        await user.until(lambda: user.dialog is not None and "Could not drop lonely" in user.dialog_text)
        await user.press("enter")
        assert session.rows.count("main", Query("lonely")) == 1


WRITES = [command for command in command_set() if command.id in (
    "changes.stage", "changes.stage_all", "changes.discard", "commit", "branches.new",
    "branches.delete", "log.reset", "log.new", "tables.drop", "amend", "ignore", "changes.reset", "branches.reset",
    "stash.now", "stash.push",
)]  # fmt: skip
PANES = {"changes": "1", "branches": "2", "log": "3", "tables": "4", "everywhere": "1"}


async def test_read_only_refuses_every_write_with_a_reason(whichever: Target, drive: Drive) -> None:
    async with drive(whichever, read_only=True) as user:
        assert "read-only" in user.header
        before = user.repository.refs.fingerprint("main", refs=True)
        for command in WRITES:
            await user.press(PANES[command.where], command.key)
            assert user.dialog is None, command.id
            assert user.told.pop().endswith("opened read-only"), command.id
        await user.go_to_branch("modify_schema")
        await user.press("space")
        assert user.branch == "modify_schema"  # looking around is no writing
        assert user.repository.refs.fingerprint("main", refs=True) == before


async def test_no_dialog_has_its_openers_key_for_a_choice(
    demo: FileTarget, drive: Drive, other: Callable[[Target], Repository]
) -> None:
    """A key that is held down opens the dialog and chooses nothing in it."""
    other(demo).run("main", [RENAME])
    async with drive(demo) as user:
        before = user.repository.refs.fingerprint("main", refs=True)
        for pane, key in (("1", "c"), ("1", "d"), ("1", "D"), ("1", "i"), ("1", "A"), ("3", "g"), ("4", "d")):
            await user.press(pane, key)
            assert user.dialog is not None
            user.burst(*[key] * 5)
            await user.settle()
            assert user.dialog is not None
            await user.press("escape")
            assert user.dialog is None
        await user.go_to_branch("modify_data")
        for key in ("M", "d", "g"):
            await user.press(key)
            user.burst(*[key] * 5)
            await user.settle()
            assert user.dialog is not None or key == "g", "g twice leads to the top of the list"
            await user.press("escape")
        assert user.repository.refs.fingerprint("main", refs=True) == before


async def test_a_file_that_is_not_dolts_is_not_opened(tmp_path: Path, drive: Drive) -> None:
    path = tmp_path / "plain.db"
    path.write_bytes(b"SQLite format 3\0" + bytes(100))
    async with drive(FileTarget(path), settled=False) as user:
        await user.until(lambda: not user.app.is_running or user.app.failure)
        assert "\n" not in user.app.failure
        assert user.app.failure
    assert path.read_bytes() == b"SQLite format 3\0" + bytes(100)
    assert Status.NEW.sign == "A"
