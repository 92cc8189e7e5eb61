"""The columns of rows and of diffs: hiding them, only those that changed, going to one by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.connecting.target import FileTarget, Target
from dolt_tui.ui.present.grid_rows import PAGE_SIZE

from .test_browsing_rows import ROWS, Other, _cells, at, fill_in, many, open_rows, pick

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver


async def test_columns(demo: FileTarget, drive: Drive, other: Other) -> None:
    many(other(demo))
    async with drive(demo) as user:
        await open_rows(user)
        await pick(user, "X", "level")
        assert user.dialog is not None  # for the next one
        assert _cells(user.dialog.query_one("Grid"))[1].strip() == "level"  # it stands where it stood
        await user.press("escape")
        heading = user.main.splitlines()[1]
        assert "place" in heading
        assert "level" not in heading
        await pick(user, "s", "level")
        assert "level" not in user.main.splitlines()[3]
        assert at(user) == ROWS
        await pick(user, "X", "place")
        await user.press("escape")
        await pick(user, "X", "id")  # the last one stays
        await user.press("escape")
        assert "id" in user.main.splitlines()[3]
        await pick(user, "X", "all columns")
        assert user.dialog is None
        assert "level" in user.main.splitlines()[3]
        assert "place" in user.main.splitlines()[3]


async def test_only_the_changed_columns(whichever: Target, drive: Drive, other: Other) -> None:
    session = other(whichever)
    many(session, 4 * PAGE_SIZE)
    session.working.stage_all("main")
    session.commits.commit("main", "readings", "")
    session.run(
        "main",
        [
            ("UPDATE readings SET level = level + 1", ()),
            ("UPDATE readings SET place = 'elsewhere' WHERE id = ?", (4 * PAGE_SIZE,)),
            ("UPDATE employees SET last_name = ? WHERE id = ?", ("Changed", 1)),
        ],
    )
    async with drive(whichever) as user:
        main = user.workspace.main
        await user.press("1", "0")
        assert "first_name" in titles(user)
        await user.press("l", "l", "minus")  # the cursor goes on to the next column, or to the last one
        assert titles(user) == ["id", "last_name"]
        assert main.cell == ("last_name", "Changed")
        assert "2 of 3 columns" in user.main
        await user.press("minus", "X")
        assert under(user) == "id"
        await user.press("slash")
        await user.type("last")
        await user.press("enter", "escape", "x")
        assert titles(user) == ["id", "last_name"]
        assert "2 of 3 columns" in user.main
        await user.press("vertical_line")
        await user.type("fn")
        assert "1 of 3 columns" in user.dialog_text
        assert "changed" not in user.dialog_text
        await user.press("ctrl+u")
        await user.type("ln")
        assert "· changed" in user.dialog_text
        await user.press("ctrl+u")
        await user.type("fn")
        await user.press("enter")
        assert titles(user) == ["id", "last_name", "first_name"]
        assert under(user) == "first_name"
        await user.press("1", "j", "0")  # it goes on in the next diff, and takes in what comes with further pages
        assert titles(user) == ["id", "level"]
        assert "2 of 3 columns so far" in user.main
        await user.press("greater_than_sign")
        assert titles(user) == ["id", "level", "place"]
        await user.press("x", "x", "x")
        assert "of 3 columns" not in user.main
        await user.go_to_table("readings")
        await user.press("0", "x")  # where nothing differs it opens the list
        assert "all columns" in user.dialog_text


async def test_a_table_is_looked_at_as_before(demo: FileTarget, drive: Drive, other: Other) -> None:
    session = other(demo)
    session.run("main", [("UPDATE employees SET last_name = 'Changed' WHERE id > 0", ())])
    many(session)
    async with drive(demo) as user:
        await user.go_to_table("readings")
        await user.press("0", "greater_than_sign", "l")
        await open_rows(user, "employees")
        await fill_in(user, "f", "last_name = Changed")
        await user.press("j", "j", "l", "l", "right_curly_bracket", "h", "minus")
        assert (titles(user), under(user), at(user)) == (["id", "first_name"], "first_name", 3)
        width = len(user.main.splitlines()[3].split("│")[2])
        await user.go_to_table("teams")
        assert "filter" not in user.main
        await user.go_to_table("readings")  # deep in its pages
        assert (at(user), under(user)) == (ROWS, "level")
        await user.go_to_table("employees")
        assert (titles(user), under(user), at(user)) == (["id", "first_name"], "first_name", 3)
        assert len(user.main.splitlines()[3].split("│")[2]) == width
        assert "filter: last_name = 'Changed' · esc clears it" in user.main
        await user.press("1", "0")  # columns are hidden by their names; the filter is not that of the diff
        assert titles(user) == ["id", "first_name"]
        assert "filter" not in user.main
        await fill_in(user, "f", "to_id > 1")
        await user.press("1", "j", "k")
        assert "filter: to_id > 1" in user.main
        await user.go_to_branch("modify_data")
        await user.press("space")
        assert user.branch == "modify_data"
        await user.go_to_table("employees")
        assert titles(user) == ["id", "first_name"]
        assert "filter: last_name = 'Changed'" in user.main
        assert "No rows match." in user.main
        session.run("modify_data", [("ALTER TABLE employees DROP COLUMN last_name", ())])
        await user.until(lambda: "Showing all rows of employees: employees has no column last_name." in user.told)
        await user.until(lambda: "filter" not in user.main)
        assert titles(user) == ["id", "first_name"]
        await user.go_to_branch("main")
        await user.press("space")
        await user.go_to_table("employees")
        assert "filter: last_name = 'Changed'" in user.main
        await user.press("0")
        user.workspace.run("rows.reset_columns")
        await user.settle()
        assert titles(user) == ["id", "last_name", "first_name"]
        assert "filter" not in user.main


def under(user: Driver) -> str:
    """The title of the column under the cursor."""
    column = user.workspace.main.grid.cursor_column
    return column.title if column is not None else ""


def titles(user: Driver) -> list[str]:
    """The titles that stand above the rows."""
    line = next(line for line in user.main.splitlines() if " id " in line)
    return [title.strip() for title in line.strip("│ ").split("│")]
