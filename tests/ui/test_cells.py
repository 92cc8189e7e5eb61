"""Rows edited in place: editors over their cells, the draft over the rows and as a list, and writing it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dolt_tui.engine.connecting.target import FileTarget, Target
from dolt_tui.engine.repository import Repository
from dolt_tui.engine.undo.steps import UndoSettings
from dolt_tui.ui.panes.draft import DraftPane

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver

Other = Callable[[Target], Repository]


def drafts_in(directory: Path) -> list[Path]:
    """The files of drafts that are kept."""
    return list(directory.glob("*.draft"))


def draft_lines(user: Driver) -> list[str]:
    """The list of the draft, without its frame."""
    pane = user.workspace.panes.lower.shown
    assert isinstance(pane, DraftPane), user.screen
    return [" ".join(part for part in row if part) for row in user.rows(pane)]


async def test_rows_are_edited_added_and_deleted_in_a_draft_and_written_as_one_step(
    either: Target, drive: Drive, other: Other
) -> None:
    session = other(either)
    session.run("main", [("CREATE TABLE pets (id INT PRIMARY KEY, name VARCHAR(20) NOT NULL, note TEXT)", ())])
    session.run(
        "main", [("INSERT INTO pets VALUES (?, ?, ?)", (1, "Ada", "")), ("INSERT INTO pets VALUES (2, 'Bo', NULL)", ())]
    )
    async with drive(either) as user:
        await user.go_to_table("pets")
        await user.press("enter", "l", "e")
        assert user.dialog is not None
        assert user.dialog_text.count("Ada") == 1
        await user.press("ctrl+n")
        assert "NOT NULL" in user.dialog_text, "it cannot be NULL"
        await user.type("X")
        await user.press("tab")  # to the note, which is empty and not NULL
        assert "empty" in user.dialog_text
        await user.press("ctrl+n", "enter")
        assert "DRAFT 1 row, not written" in user.header
        row = next(line for line in user.main.split("\n") if "AdaX" in line)
        assert row.split()[1:] == ["~", "1", "│", "AdaX", "│", "∅", "│"]
        assert draft_lines(user)[0].endswith("was Ada, empty")
        # a new row below, and the other one deleted
        await user.press("o")
        if "id" in user.dialog_text:
            await user.type("3")
            await user.press("tab")
        await user.type("Cy")
        await user.press("tab", "tab")  # behind its last cell another one follows, which goes again if one leaves it
        assert "DRAFT 3 rows" in user.header
        await user.press("escape")
        assert "DRAFT 2 rows" in user.header
        await user.press("j", "e", "tab", "tab")
        assert user.dialog is not None, "what is typed behind the last cell of all does not run commands"
        assert "the last cell" in user.dialog_text, user.screen
        await user.press("escape", "d")
        signs = [line.split()[1] for line in user.main.split("\n")[2:5]]
        assert signs == ["~", "+", "-"], user.main
        assert "1 edited · 1 new · 1 deleted" in user.screen
        # from one edit to the next
        grid = user.workspace.main.grid
        await user.press("less_than_sign", "h", "h", "J")
        assert (grid.cursor_index, user.workspace.main.column) == (0, 1)
        await user.press("J", "J", "J", "J")
        assert (grid.cursor_index, user.told[-1]) == (2, "This is the last change.")
        # another table in between: the draft stays
        await user.go_to_table("teams")
        assert "DRAFT 3 rows" in user.header
        assert "~" not in user.main
        await user.go_to_table("pets")
        await user.press("enter", "ctrl+s")
        assert "DRAFT" not in user.header
        assert "Wrote 3 rows." in user.told[-1]
        found = session.rows.page("main", user.workspace.main.view.wanted, 10).rows  # type: ignore[union-attr]
        assert found == ((1, "AdaX", None), (3, "Cy", None))
        assert user.workspace.state.steps[0].label == "edit 3 rows of pets"
        await user.press("z", "enter")
        found = session.rows.page("main", user.workspace.main.view.wanted, 10).rows  # type: ignore[union-attr]
        assert found == ((1, "Ada", ""), (2, "Bo", None))


async def test_a_draft_is_asked_about_before_one_leaves(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        await user.go_to_table("employees")
        await user.press("enter", "l", "e")
        await user.type("!")
        await user.press("enter")
        await user.go_to_branch("modify_data")
        await user.press("space")
        assert "1 row, not written yet" in user.dialog_text.replace("\n", " ")
        await user.press("enter")  # stay
        assert (user.branch, "DRAFT 1 row" in user.header) == ("main", True)
        await user.press("space", "d")
        assert (user.branch, "DRAFT" in user.header) == ("modify_data", False)


async def test_a_paste_fills_cells_from_the_cursor_on_and_adds_rows(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        await user.go_to_table("employees")
        await user.press("enter", "greater_than_sign", "k", "l")
        user.paste("So\x1b[2Jn\tAaron\r\nFitz\tBrian\r\nWilkins\tDaylon\n")
        await user.settle()
        assert user.told[-1] == "Pasted: 2 rows filled, 1 row added"
        assert [row[1:] for row in user.rows(user.workspace.main)[2:]] == [
            ("So␛[2Jn", "Aaron"),
            ("Fitz", "Brian"),
            ("Wilkins", "Daylon"),
        ]
        await user.press("ctrl+s")
        rows = user.repository.rows.page("main", user.workspace.main.view.wanted, 10).rows  # type: ignore[union-attr]
        assert [row[1:] for row in rows[2:]] == [("So\x1b[2Jn", "Aaron"), ("Fitz", "Brian"), ("Wilkins", "Daylon")]
        # a range of rows is deleted, and one of them kept
        await user.press("less_than_sign", "v", "j", "j", "d", "k", "u")
        assert "DRAFT 2 rows" in user.header
        await user.press("4", "enter", "h")
        user.paste("id\tlast_name\nx\tSehn")
        await user.settle()
        assert "1 value not taken" in user.dialog_text
        assert "line 1, id" in user.dialog_text


async def test_the_newer_side_of_a_diff_is_mended(either: Target, drive: Drive, other: Other) -> None:
    session = other(either)
    session.working.discard_all("main")
    session.run("main", [("UPDATE employees SET first_name = 'Timm' WHERE id = 0", ())])
    async with drive(either) as user:
        await user.press("1", "enter", "l", "l", "e")
        assert "Timm" in user.dialog_text
        await user.press("backspace", "o", "enter")
        assert "DRAFT 1 row" in user.header
        assert "Tim Timo" in user.main
        assert draft_lines(user)[0].endswith("was Timm")
        await user.press("ctrl+s")
        assert "Tim Timo" in user.main
        assert "DRAFT" not in user.header
        await user.go_to_branch("modify_data")
        await user.press("0", "e")
        assert "only the working set can be edited" in user.told[-1] or "no rows" in user.told[-1]


async def test_a_new_row_is_shown_although_the_one_that_it_was_added_at_is_not(
    demo: FileTarget, drive: Drive, other: Other
) -> None:
    session = other(demo)
    session.run("main", [("CREATE TABLE pets (id INT NOT NULL PRIMARY KEY, name TEXT)", ())])
    session.run("main", [("INSERT INTO pets VALUES (1, 'Ada'), (2, 'Bo'), (3, 'Cy')", ())])

    async with drive(demo) as user:
        await user.go_to_table("pets")
        await user.press("enter", "o")
        await user.type("9")
        await user.press("tab")
        await user.type("New")
        await user.press("enter")
        assert user.main.index("New") < user.main.index("Bo")
        await user.press("f", "ctrl+u")
        await user.type("name=Cy")
        await user.press("enter")
        assert "Ada" not in user.main
        assert user.main.index("Cy") < user.main.index("New"), user.main
        await user.press("escape")
        session.run("main", [("DELETE FROM pets WHERE id = 1", ())])
        await user.until(lambda: "Ada" not in user.main and user.main.find("New") > user.main.index("Cy"), user.main)


async def test_a_row_that_somebody_else_changed_is_shown_from_both_sides(
    either: Target, drive: Drive, other: Other
) -> None:
    session = other(either)
    async with drive(either) as user:
        await user.go_to_table("employees")
        await user.press("enter", "l", "e")
        await user.type("!")
        await user.press("enter", "j", "e")
        await user.type("?")
        await user.press("enter")
        session.run("main", [("UPDATE employees SET last_name = 'Other' WHERE id < 2", ())])
        await user.press("ctrl+s")
        text = " ".join(user.dialog_text.split())
        assert "2 rows of the draft changed in the database since you saw them" in text
        for value in ("Sehn", "Sehn!", "Other", "Hendriks?"):
            assert value in text
        await user.press("m", "t", "enter")
        assert "Wrote 1 row." in user.told[-1]
        rows = session.rows.page("main", user.workspace.main.view.wanted, 10).rows  # type: ignore[union-attr]
        assert [row[1] for row in rows[:2]] == ["Sehn!", "Other"]


async def type_cell(user: Driver, *keys: str, text: str = "") -> None:
    """Edit the cell under the cursor, and stay there."""
    await user.press("e")
    await user.type(text)
    await user.press(*keys, "enter")
    assert user.dialog is None, user.screen


async def test_each_type_has_its_editor_on_dolt(demo_on_dolt: Target, drive: Drive, other: Other) -> None:
    session = other(demo_on_dolt)
    columns = """id INT PRIMARY KEY AUTO_INCREMENT, tier ENUM('bronze', 'silver', 'gold') NOT NULL,
        tags SET('a', 'b', 'c'), fine TINYINT(1), credit DECIMAL(8, 2), twice INT AS (fine * 2), since DATE,
        data JSON, raw VARBINARY(8), note TEXT"""
    session.run("main", [(f"CREATE TABLE kinds ({columns})", ())])
    session.run("main", [("INSERT INTO kinds (tier, credit, note) VALUES ('silver', 5, 'one')", ())])
    async with drive(demo_on_dolt) as user:
        await user.go_to_table("kinds")
        await user.press("enter", "l", "e")
        await user.type("g")
        lines = [line.strip(" │").split() for line in user.dialog_text.split("\n")[3:7]]
        assert lines == [["bronze"], ["●", "silver", "now"], ["gold"], ["∅", "NULL", "not", "null"]]
        await user.press("tab")  # to the set
        await user.press("space", "down", "down", "space", "tab")
        await user.press("down", "tab")  # the boolean
        assert "decimal(8,2)" in user.dialog_text
        await user.type("1.234")
        assert "keeps 2 digits" in " ".join(user.dialog_text.split())
        await user.press("enter")
        assert user.dialog is not None, "what is no value is not taken"
        await user.press("backspace", "tab")  # over the computed column, to the date
        await user.press("ctrl+t", "tab")
        await user.type('{"a": [1, }')
        assert "line 1, column 11" in user.dialog_text
        await user.press("backspace")
        await user.type("2]}")
        await user.press("tab")
        await user.type("0xff00")
        await user.press("tab")
        assert "text" in user.dialog_text
        user.paste(" and\ntwo")
        await user.settle()
        await user.press("ctrl+s")
        await user.press("ctrl+s")
        today = user.workspace.session.clock.local().date()
        rows = session.rows.page("main", user.workspace.main.view.wanted, 10).rows  # type: ignore[union-attr]
        tier, tags, fine, credit, twice, since, data, raw, note = rows[0][1:]
        assert (tier, tags, fine, str(credit), twice) == ("gold", "a,c", 1, "1.23", 2), user.screen
        assert (since, data, raw, note) == (today, '{"a":[1,2]}', b"\xff\x00", "one and\ntwo")
        await user.press("h", "h", "h", "h", "e")
        assert "computed by the database" in user.told[-1]


async def test_a_foreign_key_is_chosen_from_a_list_and_what_it_will_say_is_told(either: Target, drive: Drive) -> None:
    async with drive(either) as user:
        await user.go_to_table("employees_teams")
        await user.press("enter", "o")
        lines = [line.strip(" │").split() for line in user.dialog_text.split("\n")[3:8]]
        assert lines[:4] == [["0", "Sehn"], ["1", "Hendriks"], ["2", "Son"], ["3", "Fitzgerald"]]
        await user.press("down", "down", "down", "tab")
        assert "Engineering" in user.dialog_text
        await user.press("enter")  # what the list begins with
        assert user.cursor(user.workspace.main) == ("3", "0")
        await user.press("h", "e")
        await user.type("fitz")
        await user.press("tab")
        await user.type("77")  # none of the list
        await user.press("enter")
        assert "✗" in user.main
        assert draft_lines(user)[0].endswith("✗ no 77 in teams")
        assert "1 must be fixed before ^s" in user.screen
        await user.press("ctrl+s")
        assert "1 row must be fixed first" in user.told[-1]
        # from the list of the draft to the row, and mend it
        await user.press("1", "5", "enter")
        assert user.is_in(user.workspace.main)
        await user.press("l", "e", "ctrl+n")
        assert "is NOT NULL" in user.dialog_text
        await user.press("escape", "e")
        await user.type("eng")
        await user.press("enter")
        assert "✗" not in user.main
        # and employee 3, who is referred to, cannot go
        await user.go_to_table("employees")
        await user.press("enter", "greater_than_sign", "d")
        assert "✗" in draft_lines(user)[-1] or "✗" in " ".join(draft_lines(user))
        await user.press("5", "u")
        assert "DRAFT 1 row" in user.header


async def test_values_are_replaced_in_a_column_and_in_a_range(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        await user.go_to_table("employees")
        await user.press("enter", "l", "l", "r")
        await user.type("i")
        await user.press("enter")
        await user.type("I")
        await user.press("enter")
        assert "3 cells of first_name would change" in user.dialog_text
        await user.press("escape", "v", "j", "r")
        assert "of 2 rows" in user.dialog_text
        await user.type("/(.)i(.)/")
        await user.press("enter")
        await user.type(r"\2\1")
        await user.press("enter", "enter")
        assert "Replaced in 2 cells of first_name" in user.told[-1]
        assert [row[2] for row in user.rows(user.workspace.main)] == ["mT", "Barn", "Aaron", "Brian"]
        await user.press("escape", "r")
        await user.type("/(/")
        assert "not a regular expression" in user.dialog_text


async def test_a_draft_that_a_crash_left_is_offered(
    whichever: Target, drive: Drive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {"undo": UndoSettings(directory=tmp_path)}
    async with drive(whichever, **kept) as user:
        await user.go_to_table("employees")
        await user.press("enter", "l", "e")
        await user.type("!")
        await user.press("enter", "j", "d", "o", "escape")
    assert len(drafts_in(tmp_path)) == 1
    async with drive(whichever, **kept) as user:
        assert user.dialog is None, "the program that keeps it runs"
    monkeypatch.setattr("dolt_tui.engine.editing.kept_drafts.runs", lambda pid: False)
    async with drive(whichever, **kept) as user:
        assert "A draft of 3 rows on main was not written" in user.dialog_text
        await user.press("enter")
        assert "DRAFT 3 rows" in user.header
        await user.go_to_table("employees")
        assert "Sehn!" in user.main
        await user.press("q", "d")
    assert not drafts_in(tmp_path)


async def test_rows_of_a_long_table_are_edited_at_both_of_its_ends(either: Target, drive: Drive, other: Other) -> None:
    session = other(either)
    session.run("main", [("CREATE TABLE many (id INT PRIMARY KEY, name VARCHAR(20))", ())])
    values = ", ".join(f"({number}, 'row {number}')" for number in range(1, 1001))
    session.run("main", [(f"INSERT INTO many VALUES {values}", ())])
    async with drive(either) as user:
        grid = user.workspace.main.grid
        await user.go_to_table("many")
        await user.press("enter", "greater_than_sign", "l", "e")
        await user.type("!")
        await user.press("enter", "o")
        await user.type("1001")
        await user.press("tab")
        await user.type("new")
        await user.press("enter", "less_than_sign")
        assert user.cursor(user.workspace.main) == ("1", "row 1")
        await user.press("d", "greater_than_sign")
        assert user.cursor(user.workspace.main) == ("1001", "new")
        assert grid.row_count == 1001
        await user.press("k")
        assert user.cursor(user.workspace.main) == ("1000", "row 1000!")
        await user.press("j", "ctrl+s")
        assert user.cursor(user.workspace.main) == ("1001", "new"), "the cursor stays on its row"
        assert (grid.row_count, "DRAFT" in user.header) == (1000, False)
        await user.press("less_than_sign")
        assert user.cursor(user.workspace.main) == ("2", "row 2")


async def test_what_cannot_be_edited_says_why(either: Target, drive: Drive, other: Other) -> None:
    session = other(either)
    session.run("main", [("CREATE TABLE heap (a INT)", ()), ("CREATE VIEW seen AS SELECT * FROM employees", ())])
    session.run("main", [("INSERT INTO heap VALUES (1)", ())])
    async with drive(either) as user:
        for table, reason in (("heap", "has no primary key"), ("seen", "seen is a view")):
            await user.go_to_table(table)
            await user.press("enter", "e")
            assert reason in user.told[-1]
            await user.press("o")
            assert reason in user.told[-1]
        await user.go_to_commit("Inserted data into tables")
        await user.press("space")
        await user.go_to_table("employees")
        await user.press("enter", "e")
        assert "read-only at" in user.told[-1]
        assert user.dialog is None


async def test_a_draft_outlives_a_change_of_its_tables_definition(
    whichever: Target, drive: Drive, other: Other
) -> None:
    session = other(whichever)
    session.run("main", [("CREATE TABLE pets (id INT NOT NULL PRIMARY KEY)", ())])
    async with drive(whichever) as user:
        await user.go_to_table("pets")
        await user.press("enter", "o")
        await user.type("1")
        await user.press("enter")
        await user.go_to_table("employees")
        await user.press("enter", "l", "e")
        await user.type("!")
        await user.press("enter")
        session.run("main", [("ALTER TABLE employees ADD COLUMN room INT", ()), ("DROP TABLE pets", ())])
        await user.until(lambda: "the table is gone" in user.screen, "what became of the tables")
        assert "! the table was altered" in user.screen
        await user.press("ctrl+s", "enter")
        assert user.told[-1] == "1 row left the draft, with what is gone of the tables."
        await user.press("ctrl+s")
        assert "DRAFT" not in user.header, user.screen
        assert session.rows.page("main", user.workspace.main.view.wanted, 1).rows[0] == (0, "Sehn!", "Tim", None)  # type: ignore[union-attr]
