"""Titles, counts, signs and empty texts say what is true, also behind a filter."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dolt_tui.engine.browsing.query import DiffQuery
from dolt_tui.engine.connecting.target import FileTarget, ServerTarget, Target
from dolt_tui.engine.repository import Repository

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver

Other = Callable[[Target], Repository]


def footnote(user: Driver) -> str:
    return str(user.workspace.focused_pane.border_subtitle)


async def test_lists_behind_a_filter(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        for number, pane in (("1", "Changes"), ("2", "Branches"), ("4", "Tables"), ("5", "Team Summary")):
            await user.press(number, "slash")
            await user.type("SKU")
            await user.press("enter")
            assert 'Nothing here contains "SKU".' in user.text(user.workspace.focused_pane), pane
            assert footnote(user).startswith("/SKU · 0 of "), pane
            for untrue in ("No tables yet", "No changes", "Nothing has changed", "No rows:"):
                assert untrue not in user.screen
            await user.press("escape")
        await user.press("2", "slash")
        await user.type("modify")
        await user.press("enter")
        assert footnote(user) == "/modify · 2 of 3"
        await user.press("3", "f")  # the log is filtered by the engine
        await user.type("words that no commit has")
        await user.press("enter")
        assert "No commits match." in user.text(user.workspace.panes.log)


async def test_the_main_pane_has_no_name_of_a_branch(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        await user.press("2")
        assert "0 main" not in user.screen


async def test_what_is_left_of_rows_and_columns(whichever: Target, drive: Drive, other: Other) -> None:
    session = other(whichever)
    session.run("main", [("UPDATE employees SET first_name = 'Someone' WHERE id < 2", ())])
    changed = len(session.diffs.page("main", DiffQuery("employees", "HEAD", "WORKING"), 100).rows)
    session.run("main", [("INSERT INTO employees VALUES (77, 'Last', 'First')", ())])
    assert changed == 2
    async with drive(whichever) as user:
        await user.go_to_table("employees")
        await user.press("0", "s", "enter")
        assert "sorted by id ↑ · esc: original order" in user.main
        await user.press("escape")
        assert "esc" not in user.main.splitlines()[1]
        await user.press("l", "minus")
        assert "2 of 3 columns" in footnote(user)
        await user.press("1")
        await user.go_to(user.workspace.panes.changes, (False, "employees"))
        await user.press("0")
        await user.until(lambda: "~2 +1" in footnote(user))
        await user.press("f")
        await user.type("added")
        await user.press("enter")
        await user.until(lambda: footnote(user).startswith("1 change · 2 of 3 columns · ○ 1 unstaged"))
        await user.press("f", "ctrl+u")
        await user.type("removed")
        await user.press("enter")
        await user.until(lambda: footnote(user) == "0 changes · 2 of 3 columns")
        assert "No changes match." in user.main


async def test_a_drop_that_must_fail_is_not_offered(either: Target, drive: Drive) -> None:
    async with drive(either) as user:
        await user.go_to_table("employees")
        await user.press("d")
        assert "employees_teams has a foreign key to it" in user.dialog_text
        await user.press("x")
        assert user.dialog is not None  # it says why not
        assert "employees_teams refers to it" in user.dialog_text
        await user.press("escape")
        await user.go_to_table("employees_teams")
        await user.press("d")
        assert "the last commit on main has it as it is" in user.dialog_text
        await user.press("x")
        await user.until(lambda: "Dropped employees_teams" in " ".join(user.told))
        await user.go_to_table("employees")
        await user.press("d")
        assert "foreign key" not in user.dialog_text
        await user.press("escape")


async def test_the_number_of_many_tables_says_what_it_counts(demo: FileTarget, drive: Drive, other: Other) -> None:
    other(demo).run("main", [(f"CREATE TABLE more{number} (id INTEGER PRIMARY KEY)", ()) for number in range(7)])
    async with drive(demo) as user:
        assert "10 tables" in user.text(user.workspace.panes.tables).splitlines()[-1]


async def test_a_view_takes_no_count_from_the_tables(either: Target, drive: Drive, other: Other) -> None:
    session = other(either)
    session.working.discard_all("main")
    session.run("main", [("CREATE VIEW fresh AS SELECT 1 AS one", ()), ("DELETE FROM employees_teams", ())])
    async with drive(either) as user:
        changes = {row[1]: row[2] for row in user.rows(user.workspace.panes.changes) if len(row) == 3}
        assert changes == {"dolt_schemas": "+1", "employees_teams": "−5"}


async def test_what_is_no_branch_s_own(demo_on_dolt: ServerTarget, drive: Drive, other: Other) -> None:
    """Ignored tables are nothing to commit, and in no commit; tables of another branch cannot be dropped here."""
    session = other(demo_on_dolt)
    session.working.discard_all("main")
    session.run("main", [("INSERT INTO dolt_ignore VALUES ('scratch%', 1)", ())])
    share = "INSERT INTO dolt_nonlocal_tables (table_name, target_ref, options) VALUES (?, 'modify_data', 'immediate')"
    session.run("main", [(share, ("shared_%",))])
    session.working.stage_all("main")
    session.commits.commit("main", "patterns", "")
    session.run("main", [("CREATE TABLE scratch1 (id INT PRIMARY KEY)", ())])
    session.run("modify_data", [("CREATE TABLE shared_x (id INT PRIMARY KEY)", ())])
    session.run("main", [("CREATE VIEW fresh AS SELECT 1 AS one", ())])
    session.working.stage_all("main")
    session.commits.commit("main", "view", "")
    async with drive(demo_on_dolt) as user:
        branches = {row[1]: row for row in user.rows(user.workspace.panes.branches)}
        assert "✎" not in " ".join(branches["main"])
        assert "✎" in " ".join(branches["modify_data"])
        assert "of modify_data" in user.text(user.workspace.panes.tables)
        await user.go_to_table("shared_x")
        await user.press("d")
        assert user.dialog is None
        assert "belongs to modify_data" in user.told[-1]
        await user.go_to_table("scratch1")
        await user.press("d")
        assert "no commit on main has it as it is now" in user.dialog_text
        await user.press("escape")
        await user.go_to_table("fresh")
        await user.press("d")
        assert "the last commit on main has it as it is" in user.dialog_text
        await user.press("escape")


async def test_the_counter_alone(demo_on_dolt: ServerTarget, drive: Drive, other: Other) -> None:
    """AUTO_INCREMENT moves with every insertion: that is no change of the definition beside them, and told alone."""
    session = other(demo_on_dolt)
    session.working.discard_all("main")
    for name in ("counted", "moved"):
        session.run("main", [(f"CREATE TABLE {name} (id INT PRIMARY KEY AUTO_INCREMENT, v INT)", ())])
        session.run("main", [(f"INSERT INTO {name} (v) VALUES (1)", ())])
    session.working.stage_all("main")
    session.commits.commit("main", "tables", "")
    session.run("main", [("INSERT INTO counted (v) VALUES (2)", ())])
    session.run("main", [("ALTER TABLE moved AUTO_INCREMENT = 90", ())])
    async with drive(demo_on_dolt) as user:
        await user.until(lambda: "+1" in user.text(user.workspace.panes.changes))
        rows = {row[1]: row[2] for row in user.rows(user.workspace.panes.changes) if len(row) > 2}
        assert rows["counted"].strip() == "+1"
        assert rows["moved"].strip() == "schema"
        await user.go_to(user.workspace.panes.changes, (False, "counted"))
        await user.until(lambda: "counted" in user.main)
        assert "AUTO_INCREMENT" not in user.main
        await user.go_to(user.workspace.panes.changes, (False, "moved"))
        await user.until(lambda: "AUTO_INCREMENT = 90" in user.main)
        assert "Only the counter of AUTO_INCREMENT changed" in user.main
