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


async def test_queries_and_statements_of_before_are_run_again(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        console, queries = user.workspace.panes.console, user.workspace.panes.queries
        await user.press("colon", "colon")
        await user.press("ctrl+s")
        assert user.told[-1] == "There is nothing to save."
        await user.type("SELECT first_name FROM employees ORDER BY id LIMIT 2")
        await user.press("f5", "ctrl+s")
        await user.type("two")
        await user.press("enter")
        assert user.told[-1] == "Saved query two"
        await user.press("ctrl+l")
        await user.type("UPDATE employees SET first_name = 'Zoe' WHERE id = 0; SELECT nothing FROM nowhere")
        await user.press("f6", "ctrl+r")
        lines = user.dialog_text.splitlines()
        found = next(line for line in lines if "✗" in line)
        assert "SELECT nothing FROM nowhere" in found
        assert [sign for line in lines for sign in "✗✓" if sign in line] == ["✗", "✓", "✓"], "newest first"
        assert "1 row" in next(line for line in lines if "UPDATE employees" in line)
        await user.type("first MAIN order")
        assert "UPDATE" not in user.dialog_text
        await user.press("enter")
        assert console.editor.text.endswith("nowhere;\nSELECT first_name FROM employees ORDER BY id LIMIT 2;")
        user.workspace.panes.console.editor.replace_all("SELECT 1;" * 200)
        await user.press("f6", "ctrl+r")
        assert "SELECT 1" not in user.dialog_text, "a long script leaves what was typed in the history"
        await user.press("escape")
        await user.press("escape", "4", "[", "enter")
        assert [row[0] for row in user.rows(user.workspace.main)] == ["Zoe", "Brian"]
        await user.press("escape")
        assert user.is_in(queries)
        await user.press("e")
        assert user.is_in(console)
        assert console.editor.text == "SELECT first_name FROM employees ORDER BY id LIMIT 2"
        assert "two" in user.text(console)
        await user.press("ctrl+end")
        await user.type("0")
        await user.press("ctrl+s")
        assert user.told[-1] == "Saved query two"
        await user.press("escape", "4")
        assert user.rows(queries) == [("two", "SELECT first_name FROM employees ORDER BY id LIMIT 20")]
        assert "LIMIT 20" in user.main
        user.repository.call("main", "dolt_commit", "-A", "-m", "with a query")
        user.repository.run(
            "main", [(f"DELETE FROM {user.repository.queries.table}", ()), ("DELETE FROM employees_teams", ())]
        )
        user.repository.run("main", [("DELETE FROM employees", ())])
        await user.press("3", "ctrl+r")
        await user.go_to_commit("with a query")
        await user.press("space", "4")
        assert user.rows(queries) == [("two", "SELECT first_name FROM employees ORDER BY id LIMIT 20")], (
            "as they were at the commit"
        )
        await user.press("enter")
        assert user.rows(user.workspace.main)[0][0] == "Zoe", "and so are the rows"
