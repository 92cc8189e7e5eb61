"""The console: typing and running statements, what comes of them, and the transaction that may stay open."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from dolt_tui.engine import open_repository
from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.connecting.target import FileTarget, ServerTarget, Target
from dolt_tui.engine.model import SqlStyle
from dolt_tui.ui.session.kept_text import KeptText
from dolt_tui.ui.session.settings import Settings

from ..proxy import Proxy

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver


async def run(user: Driver, text: str, key: str = "f5") -> None:
    """Run a statement in the editor, in place of what is written there."""
    user.burst("ctrl+l")
    user.paste(text)
    await user.press(key)


async def run_line(user: Driver, text: str) -> None:
    """Run a statement in the line at the bottom."""
    user.burst("colon")
    user.paste(text)
    await user.press("enter")


async def test_typed_statements_run_on_the_branch_shown(either: Target, drive: Drive) -> None:
    async with drive(either) as user:
        work, panes = user.workspace, user.workspace.panes
        call = "CALL" if user.repository.info.traits.server else "SELECT"
        before = user.main
        await run_line(user, "select name, id from teams order by 2")
        assert [row[0] for row in user.rows(work.main)] == ["Engineering", "Sales", "Support", "Marketing"]
        assert "statement 1 on main" in user.main
        await user.press("s", "home", "j", "enter")
        assert [row[0] for row in user.rows(work.main)] == ["Engineering", "Marketing", "Sales", "Support"]
        await user.press("escape", "escape")
        assert user.main == before
        await user.press("colon", "s", "escape", "escape", "colon", "up", "up", "down", "up")
        assert "select name, id from teams order by 2" in user.lines[-1]
        await user.press("down", "ctrl+u", "escape")
        assert user.is_in(panes.changes)

        await user.press("colon", "colon")
        console = panes.console
        assert user.is_in(console)
        assert "SQL on main" in user.text(console)
        await user.type("SELECT 15 AS n; -- q?")
        await user.press("enter")
        await user.type("SELECT missing FROM teams")
        assert console.editor.text == "SELECT 15 AS n; -- q?\nSELECT missing FROM teams"
        await user.press("f6")
        result, messages, plan = panes.results
        assert "✗" in user.text(messages)
        assert "missing" in user.text(messages)
        assert console.editor.cursor_location == (1, 7)
        assert user.rows(result)[0][0] == "15"
        await user.press("up", "f5", "f1")
        assert "Run all statements" in user.dialog_text
        await user.press("escape", "f7")
        assert user.rows(plan)
        await user.press("shift+tab", "left_square_bracket", "left_square_bracket")
        assert user.is_in(result)
        await user.press("escape", "0", "4")
        assert user.is_in(console)
        assert console.editor.text.endswith("04") or "04" in console.editor.text

        await run(user, f"{call} dolt_checkout('modify_data')")
        assert user.branch == "modify_data"
        assert "SQL on modify_data" in user.text(console)
        await run(user, f"{call} dolt_checkout('-b', 'mine'); INSERT INTO teams VALUES (70, 'Mine')", "f6")
        assert user.branch == "mine"
        assert user.changes == (["M teams"], [])
        await run(user, f"{call} dolt_checkout('nowhere')")
        assert user.branch == "mine"
        assert "nowhere" in user.text(messages)
        await user.press("shift+tab", "enter")
        assert "failed" in user.dialog_text
        await user.press("escape", "escape")
        assert user.is_in(console)
        if call == "CALL":
            await run(user, "USE `sql_alchemy_big_demo/main`; SELECT count(*) FROM teams", "f6")
            assert user.branch == "main"
            assert user.rows(result)[0][0] == "4"
            await run(user, "USE `sql_alchemy_big_demo/modify_data`")
            assert "SQL on modify_data" in user.text(console)
            await run(user, "USE modify_data")
            assert "There is no database modify_data." in user.text(messages), user.screen
            await run(user, "USE `sql_alchemy_big_demo/nowhere`")
            assert "There is no branch nowhere." in user.text(messages), user.screen
        await user.press("escape")
        assert not user.is_in(console)
        assert user.workspace.panes.lower.shown is panes.summary
        await user.press("ctrl+e")
        assert "nowhere" in console.editor.text


async def test_what_writes_is_told_asked_about_and_undone(either: Target, drive: Drive) -> None:
    async with drive(either) as user:
        panes = user.workspace.panes
        await user.press("ctrl+e")
        await user.type("UPDATE teams SET name = 'X'")
        await user.until(lambda: "UPDATE meets 4 of 4 rows" in user.screen, "the forecast")
        await user.press("f5")
        assert "UPDATE teams changed 4" in user.dialog_text
        assert "it has no WHERE" in user.dialog_text
        await user.press("r")
        assert "TRANSACTION" not in user.header
        await user.press("f5", "l")
        assert "TRANSACTION 4 rows" in user.header
        assert "~2 +2" in user.text(panes.changes)  # the panes see it
        await run(user, "DELETE FROM employees_teams WHERE team_id = 1")
        assert user.dialog is None
        assert "TRANSACTION 6 rows" in user.header
        await user.press("escape", "escape", "2", "j", "space")
        assert "A transaction is open on main" in user.dialog_text
        await user.press("escape")
        assert user.branch == "main"
        await user.press("1", "a")
        assert "Commit it or roll it back before you" in user.dialog_text
        await user.press("c")
        assert "TRANSACTION" not in user.header
        assert user.changes == ([], ["M employees_teams", "M teams"])
        await user.press("z", "u", "z")
        assert "commit 6 rows" in user.dialog_text
        await user.press("u")
        assert user.changes == (["M teams"], [])
        assert "Support" in str(user.repository.rows.page("main", Query("teams"), 10).rows)

        await user.press("ctrl+e")
        await run(user, "DROP TABLE employees_teams; SELECT 7", "f6")
        assert "DROP TABLE employees_teams deletes the table with its 5 rows" in user.dialog_text
        await user.press("escape")
        assert user.told[-1] == "DROP TABLE employees_teams: not run"
        assert "cancels" not in user.text(panes.results[0])
        await user.press("f6", "x")
        assert user.rows(panes.results[0]) == [("7",)]
        assert "D employees_teams" in user.changes[0]
        await user.press("escape", "z", "u")
        assert user.changes == (["M teams"], [])

        await user.press("ctrl+e", "f8")
        assert "autocommit off" in user.text(panes.console)
        await run(user, "INSERT INTO teams VALUES (9, 'Nine')")
        assert "TRANSACTION 1 row" in user.header
        await user.press("ctrl+q")
        assert "A transaction is open on main" in user.dialog_text
        await user.press("escape", "f10")
        assert "TRANSACTION" not in user.header
        assert "Nine" not in str(user.repository.rows.page("main", Query("teams"), 10).rows)


async def test_history_saved_queries_and_completion(either: Target, drive: Drive) -> None:
    async with drive(either) as user:
        panes = user.workspace.panes
        await user.press("ctrl+e")
        editor = panes.console.editor
        await user.type("SELECT * FROM emp")
        await user.until(lambda: editor.is_completing, "names")
        await user.press("tab")
        await user.until(lambda: editor.text in ("SELECT * FROM employees", "SELECT * FROM employees_teams"))
        await user.press("escape")
        assert user.is_in(panes.console) or not editor.is_completing
        await user.press("ctrl+e")
        await run(user, "SELECT 1 AS first_one")
        await run(user, "SELECT 2 AS other")
        await user.press("ctrl+l", "ctrl+r")
        await user.type("first")
        await user.press("enter")
        assert editor.text == "SELECT 1 AS first_one"
        await user.press("ctrl+s")
        await user.type("one")
        await user.press("enter")
        assert "SQL on main · one" in user.text(panes.console)
        await user.type(", 2")
        await user.press("ctrl+s")
        assert user.told[-1] == "Saved query one"
        await user.press("escape", "4", "right_square_bracket")
        assert "one" in user.text(panes.queries)
        await user.press("enter")
        assert user.rows(user.workspace.main) == [("1", "2")]
        await user.press("escape", "e", "escape")
        await run_line(user, "SELECT count(*) FROM teams")
        assert user.rows(user.workspace.main) == [("4",)]
        await user.press("space")
        await user.type("HEAD")
        await user.press("enter")
        assert user.rows(user.workspace.main) == [("2",)]
        assert "at HEAD: SELECT count" in user.main
        assert "at HEAD," in user.main
        await user.press("escape", "escape", "4", "space", "down", "enter")
        assert user.rows(user.workspace.main) == [("1", "2")]
        assert "at main: SELECT 1" in user.main
        await user.press("escape", "ctrl+e")
        await run(user, "SELECT id FROM teams; DELETE FROM teams", "ctrl+g")
        assert user.told[-1] == "Only what reads can be run at another revision."
        await user.press("home", "ctrl+g")
        await user.type("HEAD")
        await user.press("enter")
        assert user.rows(panes.results[0]) == [("0",), ("1",)]
        assert "Result at HEAD" in user.text(panes.results[0])
        user.workspace.go_to(panes.results[0])
        await user.press("i", "J")
        assert "id │ int" in user.text(panes.results[0]).lower()
        assert "row 2 of 2 · 1 column" in user.text(panes.results[0])
        await user.press("escape", "=")
        assert user.rows(panes.results[0]) == [("1",)]
        assert "filter: id = 1 · esc clears it" in user.text(panes.results[0])
        assert "1 of 2 rows" in user.text(panes.results[0])
        await user.press("!", "escape")
        assert user.rows(panes.results[0]) == [("0",), ("1",)]
        user.workspace.go_to(panes.console)
        await user.press("escape", "4", "e")
        assert user.is_in(panes.console)
        assert editor.text == "SELECT 1 AS first_one, 2"


async def test_the_number_of_rows_is_that_of_now(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        await user.press("colon")
        user.paste("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT i FROM n")
        await user.press("enter")
        assert "rows so far" in user.main
        await user.press("greater_than_sign")
        assert "900 rows · " in user.main


async def test_a_statement_that_takes_long_is_cancelled(either: Target, drive: Drive) -> None:
    async with drive(either) as user:
        dolt = user.repository.info.traits.server
        forever = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
        statement = "SELECT sleep(600)" if dolt else forever
        await user.press("ctrl+e")
        await user.type(statement)
        user.burst("f5")
        await user.until(lambda: "cancels" in user.text(user.workspace.panes.results[0]), "reading…")
        user.burst(" ", "escape")  # keys come meanwhile
        await user.until(lambda: user.workspace.session.runs.current is None)
        assert user.workspace.panes.console.editor.text.endswith(" ")
        assert "cancelled" in user.text(user.workspace.panes.results[1])
        assert user.is_in(user.workspace.panes.console)
        await user.press("escape", "1", "colon")  # from the line for one statement, in whichever pane
        await user.type(statement)
        user.burst("enter")
        await user.until(lambda: user.workspace.session.runs.current is not None)
        user.burst("escape")
        await user.until(lambda: user.workspace.session.runs.current is None)
        assert user.told[-1].startswith("Cancelled: run ")


async def test_a_transaction_that_is_lost_is_told_and_reading_only_holds(
    demo_on_dolt: ServerTarget, drive: Drive, proxy: Proxy
) -> None:
    async with drive(replace(demo_on_dolt, port=proxy.port), settings=Settings(ask_above=3)) as user:
        await user.press("ctrl+e")
        await run(user, "UPDATE employees SET last_name = 'X' WHERE id >= 0")
        assert "more than 3" in user.dialog_text
        await user.press("l")
        assert "TRANSACTION 4 rows" in user.header
        proxy.cut()
        await user.until(lambda: user.dialog is not None, "that it is lost")
        assert "Nothing of it was written" in user.dialog_text
        await user.press("enter")
        await user.until(lambda: not user.workspace.state.lost, "the server back")
        await user.settle()
        assert "TRANSACTION" not in user.header
        await run(user, "SELECT last_name FROM employees WHERE id = 0")
        assert user.rows(user.workspace.panes.results[0]) == [("Sehn",)]

        await run(
            user, "CALL dolt_checkout('-b', 'side'); SET autocommit = 0; INSERT INTO teams VALUES (9, 'Nine')", "f6"
        )
        assert "SQL on side · autocommit off" in user.text(user.workspace.panes.console)
        with open_repository(demo_on_dolt) as session:
            session.call("main", "dolt_branch", "-D", "-f", "side")
        await user.until(lambda: user.dialog is not None and user.dialog.keys_ready, "that the branch is gone")
        await user.press("enter")
        await user.until(lambda: "SQL on main" in user.text(user.workspace.panes.console), "the title")
        assert "TRANSACTION on side 1 row" in user.header
        await user.press("f9")
        assert "nothing of it is written" in user.dialog_text
        await user.press("enter")
        assert "TRANSACTION" not in user.header
    async with drive(demo_on_dolt, read_only=True) as user:
        await user.press("ctrl+e")
        await run(user, "DELETE FROM teams")
        assert user.told[-1] == "DELETE teams: opened read-only"
        await run(user, "SELECT count(*) FROM teams")
        assert user.rows(user.workspace.panes.results[0]) == [("4",)]


async def test_it_fits_every_screen_and_keeps_its_text(demo: FileTarget, drive: Drive, tmp_path: Path) -> None:
    async with drive(demo) as user:
        panes = user.workspace.panes
        await user.press("ctrl+e")
        user.paste("SELECT * FROM employees")
        for width, height in ((80, 24), (60, 18), (40, 10), (132, 38)):
            await user.pilot.resize_terminal(width, height)
            await user.press("f5")
            assert user.is_in(panes.console)
            assert panes.console.region.height > 2
            await user.press("shift+tab")
            assert panes.results[0].region.height > 2
            user.burst("plus", "underscore", "1", "5")
            await user.press("escape")
            assert user.is_in(panes.console)
        panes.console.kept = KeptText(tmp_path / "kept.sql", SqlStyle.SQLITE)
        user.paste("; CREATE USER a IDENTIFIED BY 's3cret'")
        await user.settle()
        assert "s3cret" in panes.console.editor.text, user.screen
        await user.press("ctrl+q")
    text = (tmp_path / "kept.sql").read_text()
    assert text.startswith("SELECT * FROM employees"), text
    assert text.endswith("CREATE USER a IDENTIFIED BY '***'"), "no password is written anywhere"
