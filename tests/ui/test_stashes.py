"""Stashes by keys: Dolt has them, DoltLite says that it has none."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from dolt_tui.engine.connecting.target import FileTarget, ServerTarget, Target
from dolt_tui.engine.model import StashScope
from dolt_tui.engine.repository import Repository

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver

NEW = ("CREATE TABLE offices (id INTEGER NOT NULL PRIMARY KEY, town VARCHAR(40))", ())
Other = Callable[[Target], Repository]


def stashed(user: Driver) -> list[str]:
    return [stash.title for stash in user.repository.stashes.stashes("main")]


async def test_stash_and_pop(demo_on_dolt: ServerTarget, drive: Drive, other: Other) -> None:
    other(demo_on_dolt).run("main", [NEW])
    async with drive(demo_on_dolt) as user:
        before = user.repository.refs.fingerprint("main")
        await user.press("s")
        assert user.dialog is None  # it is exact, so it asks nothing
        assert user.changes == (["A offices"], [])
        assert "Stashed 1 table as wip; 1 new table stays" in user.told[-1]
        await user.press("right_square_bracket")
        stashes = user.workspace.panes.stashes
        assert user.is_in(stashes)
        assert "wip" in user.text(stashes)
        assert "main: Inserted data into" in user.text(stashes)
        assert "1 stash" in user.text(stashes)
        # moving the cursor writes nothing to the database: what a stash holds is read when it is opened
        assert "reads what it holds" in user.main
        assert not any("dolt_tui_scratch/" in item.parameters for item in user.repository.statements.entries())
        await user.press("enter")
        assert re.search(r"M teams +\+2", user.main)
        await user.press("greater_than_sign", "enter")
        assert "Sales" in user.main or "+" in user.main
        assert user.workspace.main.view is not None
        assert "teams" in user.workspace.main.view.title
        await user.press("escape", "escape", "space")
        assert user.changes == (["A offices", "M teams"], [])
        assert "still in the list" in user.told[-1]
        assert "wip" in user.text(stashes)
        # what it changes is changed already: the same change twice is no conflict
        await user.press("g")
        assert "Pop stash wip" in user.dialog_text
        assert user.lines[-1].startswith(" space apply  ⏎ tables  g pop  d drop…  n branch…  c commit")
        await user.press("enter")
        assert stashed(user) == []
        assert "No stashes" in user.text(stashes)
        assert user.repository.refs.fingerprint("main") == before


async def test_stash_with_a_name_and_new_tables(demo_on_dolt: ServerTarget, drive: Drive, other: Other) -> None:
    other(demo_on_dolt).run("main", [NEW])
    async with drive(demo_on_dolt) as user:
        await user.press("S")
        await user.type("half done ü")
        assert "cannot be a stash's name" in user.dialog_text
        await user.press("backspace", "backspace", "enter")
        text = user.dialog_text
        assert "Stash as half-done" in text
        assert re.search(r"M teams +\+2 rows", text)
        assert re.search(r"new tables too +1 new table", text)
        assert re.search(r"ignored tables too +no new table is ignored", text)
        assert "dolt_stash('push', '--', 'half-done-…')" in text
        await user.press("u")
        assert user.changes == ([], [])
        assert stashed(user) == ["half-done"]


async def test_what_would_be_lost_is_told_and_refused(demo_on_dolt: ServerTarget, drive: Drive, other: Other) -> None:
    session = other(demo_on_dolt)
    session.run("main", [("ALTER TABLE employees_teams RENAME TO members", ())])
    session.ignoring.ignore("main", "tmp*")
    session.run("main", [("CREATE TABLE tmp1 (id INTEGER PRIMARY KEY)", ())])
    session.working.stage("main", ["teams"])
    async with drive(demo_on_dolt) as user:
        before = user.repository.refs.fingerprint("main")
        await user.press("1", "s")
        text = user.dialog_text
        assert re.search(r"changes to tracked tables +half of employees_teams → members would stay behind", text)
        assert re.search(r"new tables too +Dolt would delete tmp1", text)
        assert "comes back unstaged: teams" in text
        await user.press("t", "u")
        assert user.dialog is not None
        assert user.repository.refs.fingerprint("main") == before
        await user.press("i")
        assert user.dialog is None
        assert user.changes == ([], [])
        assert "tmp1" not in [table.name for table in user.repository.tables.tables("main")]
        await user.press("right_square_bracket", "g", "p")
        assert user.repository.refs.fingerprint("main").working == before.working


async def test_a_staged_table_makes_it_ask(demo_on_dolt: ServerTarget, drive: Drive) -> None:
    async with drive(demo_on_dolt) as user:
        await user.press("space", "s")
        assert "comes back unstaged: teams" in user.dialog_text
        await user.press("enter")
        assert stashed(user) == ["wip"]


async def test_drop_asks_with_what_it_holds(demo_on_dolt: ServerTarget, drive: Drive) -> None:
    async with drive(demo_on_dolt) as user:
        await user.press("s", "right_square_bracket", "d")
        text = user.dialog_text
        assert "Drop stash wip" in text
        assert re.search(r"M teams +\+2 rows", text)
        assert "cannot be brought back" in text
        await user.press("enter")
        assert user.dialog is not None or stashed(user) == ["wip"]
        await user.press("escape", "d", "x")
        assert stashed(user) == []
        assert "No stashes" in user.text(user.workspace.panes.stashes)


async def test_a_list_that_another_session_changed(demo_on_dolt: ServerTarget, drive: Drive, other: Other) -> None:
    session = other(demo_on_dolt)
    async with drive(demo_on_dolt) as user:
        await user.press("s", "right_square_bracket")
        (mine,) = session.stashes.stashes("main")
        session.stashes.drop("main", mine)
        await user.press("g", "p")
        assert "is not where it was in the list" in user.dialog_text
        assert user.changes == ([], [])
        await user.press("enter")
        assert "No stashes" in user.text(user.workspace.panes.stashes)


async def test_a_conflict_is_told_and_the_stash_kept(demo_on_dolt: ServerTarget, drive: Drive) -> None:
    async with drive(demo_on_dolt) as user:
        await user.press("s")
        user.repository.run("main", [("INSERT INTO teams (id, name) VALUES (?, ?)", (2, "Elsewhere"))])
        user.repository.run("main", [("INSERT INTO teams (id, name) VALUES (?, ?)", (3, "Nowhere"))])
        await user.press("ctrl+r", "right_square_bracket", "g", "p")
        assert "the stash is kept" in user.dialog_text
        assert "make a branch from the stash" in user.dialog_text
        await user.press("escape")
        assert stashed(user) == ["wip"]
        user.repository.working.stage("main", ["teams"])
        user.repository.commits.commit("main", "Elsewhere", "", None)
        await user.press("ctrl+r", "g", "p", "m", "t", "j", "o")
        assert "APPLYING" in user.header
        await user.press("c", "enter")
        assert user.changes == (["M teams"], [])
        assert stashed(user) == []


async def test_a_branch_from_a_stash(demo_on_dolt: ServerTarget, drive: Drive) -> None:
    async with drive(demo_on_dolt) as user:
        await user.press("s", "right_square_bracket", "n")
        await user.type("main")
        assert "There is already a branch main." in user.dialog_text
        await user.press(*["backspace"] * 4)
        await user.type("rescued")
        await user.press("enter")
        assert user.branch == "rescued"
        assert user.changes == (["M teams"], [])
        assert stashed(user) == ["wip"]
        assert [branch.name for branch in user.workspace.state.branches] == [
            "main",
            "modify_data",
            "modify_schema",
            "rescued",
        ]


async def test_read_only(demo_on_dolt: ServerTarget, drive: Drive, other: Other) -> None:
    other(demo_on_dolt).stashes.push("main", "mine", StashScope.TRACKED)
    async with drive(demo_on_dolt, read_only=True) as user:
        await user.press("1", "right_square_bracket")
        assert "mine" in user.text(user.workspace.panes.stashes)
        assert "only by applying it" in " ".join(user.main.split())
        for key in ("space", "g", "d", "n"):
            await user.press(key)
            assert user.dialog is None
            assert user.told[-1].endswith("opened read-only")


async def test_doltlite_says_that_it_has_none(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        for key in ("s", "S"):
            await user.press("1", key)
            assert user.told[-1].endswith("DoltLite has no stash")
        await user.press("right_square_bracket")
        assert "has no stash" in user.text(user.workspace.panes.stashes)
        for key in ("space", "g", "d", "n"):
            await user.press(key)
            assert user.told[-1].endswith("DoltLite has no stash")
        assert user.changes == (["M teams"], [])
