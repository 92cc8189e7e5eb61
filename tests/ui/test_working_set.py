"""Several tables at once, discarding, and ignoring, by keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from dolt_tui.engine.connecting.target import Target
from dolt_tui.engine.model import IgnorePattern
from dolt_tui.engine.repository import Repository

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver

RENAME = ("UPDATE employees SET last_name = ? WHERE id = ?", ("Seen", 0))
NEW = [(f"CREATE TABLE {name} (id INTEGER NOT NULL PRIMARY KEY, {name} INTEGER)", ()) for name in ("tmp1", "tmp2")]


@pytest.fixture
def changed(whichever: Target, other: Callable[[Target], Repository]) -> Target:
    """employees and teams are changed, tmp1 and tmp2 are new."""
    other(whichever).run("main", [RENAME, *NEW])
    return whichever


@pytest.fixture
def changed_on_either(either: Target, other: Callable[[Target], Repository]) -> Target:
    """The same on both engines, for what they do differently."""
    other(either).run("main", [RENAME, *NEW])
    return either


def tables(user: Driver) -> list[str]:
    return [table.name for table in user.repository.tables.tables("main")]


@pytest.mark.parametrize("keys", [("v", "j", "j"), ("shift+down", "shift+down")])
async def test_a_range_is_staged_and_unstaged(changed: Target, drive: Drive, keys: tuple[str, ...]) -> None:
    async with drive(changed) as user:
        assert user.changes[0] == ["M employees", "M teams", "A tmp1", "A tmp2"]
        await user.press("1", "less_than_sign", *keys, "space")
        assert user.changes == (["A tmp2"], ["M employees", "M teams", "A tmp1"])
        assert not user.workspace.panes.changes.grid.range_active
        await user.go_to(user.workspace.panes.changes, (True, "teams"))
        await user.press("shift+down", "space")
        assert user.changes == (["M teams", "A tmp1", "A tmp2"], ["M employees"])
        # a range over both lists stages what is not staged yet
        await user.go_to(user.workspace.panes.changes, (False, "tmp2"))
        await user.press("v", "j", "space")
        assert user.changes == (["M teams", "A tmp1"], ["M employees", "A tmp2"])


async def test_escape_ends_a_range(changed: Target, drive: Drive) -> None:
    async with drive(changed) as user:
        await user.press("v", "j", "escape", "space")
        assert len(user.changes[1]) == 1


async def test_a_range_is_discarded(changed: Target, drive: Drive) -> None:
    async with drive(changed) as user:
        await user.press("a")  # all staged
        user.repository.run("main", [("INSERT INTO teams (id, name) VALUES (?, ?)", (9, "Law"))])
        await user.press("ctrl+r")
        assert user.changes[0] == ["M teams"]
        await user.press("1", "less_than_sign", "d")
        assert re.search(r"› M teams", user.dialog_text)  # which of those that "every table" means
        assert re.search(r"every table +\d tables back", user.dialog_text)
        await user.press("escape", "shift+down", "shift+down", "d")
        text = user.dialog_text
        assert "Discard changes to 2 tables" in text
        assert re.search(r"› M teams", text)
        assert not re.search(r"› A tmp1", text)
        assert "unstaged changes to teams" in text or "unstaged changes" in text
        await user.press("t")
        assert user.changes == ([], ["A tmp1", "A tmp2"])
        await user.press("1", "less_than_sign", "shift+down", "d", "t")
        assert user.changes == ([], [])
        assert "tmp1" not in tables(user)


@pytest.mark.parametrize("key", ["x", "h", "u", "n"])
async def test_the_working_set_is_reset(changed_on_either: Target, drive: Drive, key: str) -> None:
    async with drive(changed_on_either) as user:
        await user.go_to(user.workspace.panes.changes, (False, "teams"))
        await user.press("space", "D")
        text = user.dialog_text
        assert re.search(r"everything +4 tables back", text)
        assert re.search(r"hard reset +staged and unstaged changes, 2 new tables stay", text)
        assert re.search(r"unstaged changes +of 1 table, 2 new tables stay", text)
        assert re.search(r"new tables +drop 2 tables", text)
        assert "undo this with z" in text
        await user.press(key)
        expected: dict[str, tuple[list[str], list[str]]] = {
            "x": ([], []),
            "h": (["A tmp1", "A tmp2"], []),
            "u": (["A tmp1", "A tmp2"], ["M teams"]),
            "n": (["M employees"], ["M teams"]),
        }
        assert user.changes == expected[key]
        assert ("tmp1" in tables(user)) == (key in "hu")


async def test_a_table_is_ignored(changed: Target, drive: Drive) -> None:
    async with drive(changed) as user:
        await user.go_to(user.workspace.panes.changes, (False, "tmp1"))
        await user.press("i")
        assert re.search(r"this table +tmp1", user.dialog_text)
        await user.press("t")
        assert user.changes[0] == ["A dolt_ignore", "M employees", "M teams", "A tmp2"]
        assert user.repository.ignoring.patterns("main") == (IgnorePattern("tmp1", True),)
        assert "tmp1" in tables(user)
        await user.go_to(user.workspace.panes.changes, (False, "employees"))
        await user.press("i", "t")
        assert "only new, unstaged tables can be ignored" in user.dialog_text


async def test_a_range_is_ignored(changed: Target, drive: Drive) -> None:
    async with drive(changed) as user:
        await user.go_to(user.workspace.panes.changes, (False, "teams"))
        await user.press("shift+down", "shift+down", "i")
        assert re.search(r"these tables +2 tables", user.dialog_text)
        await user.press("enter")
        assert user.changes[0] == ["A dolt_ignore", "M employees", "M teams"]


async def test_a_pattern_shows_what_it_leaves_out(changed_on_either: Target, drive: Drive) -> None:
    async with drive(changed_on_either) as user:
        await user.press("1", "i", "p")
        assert "* and % stand for any characters" in user.dialog_text
        await user.type("tm?")
        assert "matches none of the new tables" in user.dialog_text
        await user.type("*")
        assert "Leaves out 2 tables: tmp1, tmp2" in user.dialog_text
        await user.press("enter")
        assert user.changes[0] == ["A dolt_ignore", "M employees", "M teams"]
        assert "commit it to keep this" in user.told[-1]
        # seen, and removed
        await user.press("i", "l")
        assert "tm?*" in user.dialog_text
        await user.press("enter")
        assert "Remove the pattern tm?*" in user.dialog_text
        await user.press("x")
        assert "A tmp1" in user.changes[0]
        await user.press("i", "l")
        assert "there are none yet" in user.dialog_text
