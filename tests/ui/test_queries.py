"""Saved queries by keys: saving, looking at, renaming, deleting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.connecting.target import Target

if TYPE_CHECKING:
    from tests.ui.conftest import Drive


async def test_queries_are_kept_with_the_data(either: Target, drive: Drive) -> None:
    async with drive(either) as user:
        queries = user.workspace.panes.queries
        await user.press("4", "[")
        assert user.is_in(queries)
        assert "No saved queries yet" in user.text(queries)
        await user.press("d")
        assert user.told[-1] == "delete: there is no query here"
        await user.press("n")
        await user.type("names [b]")
        await user.press("enter", "enter")
        assert "A query has some text." in user.dialog_text
        await user.type("SELECT first_name FROM employees WHERE id = '%s?'")
        await user.press("enter")
        await user.type("who")
        await user.press("enter")
        assert user.told[-1] == "Saved query names [b]"
        assert user.rows(queries) == [("names [b]", "who")]
        assert "SELECT first_name FROM employees" in user.main
        assert user.repository.queries.table in user.text(user.workspace.panes.changes)
        await user.press("n")
        await user.type("names [b]")
        assert "There is already a query names [b]." in user.dialog_text
        await user.press("escape", "R", "ctrl+u")
        await user.type("all")
        await user.press("enter", "enter")
        assert (user.told[-1], user.rows(queries)) == ("Renamed query names [b] to all", [("all", "who")])
        await user.press("d")
        assert "SELECT first_name" in user.dialog_text
        await user.press("x")
        assert (user.told[-1], user.rows(queries)) == ("Deleted query all", [])
        await user.press("z", "u")
        assert user.rows(queries) == [("all", "who")]
        await user.press("z", "u")
        assert user.rows(queries) == [("names [b]", "who")], "each of them is one step"
        await user.press("enter")
        assert user.is_in(user.workspace.main)
