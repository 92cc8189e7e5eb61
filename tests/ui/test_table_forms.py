"""Making, renaming and altering tables by forms, with the statements shown before they run."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dolt_tui.engine.connecting.target import Target
from dolt_tui.engine.model import SqlStyle
from dolt_tui.engine.repository import Repository

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver

Other = Callable[[Target], Repository]


async def _column(user: Driver, name: str, kind: str, *more: str) -> None:
    await user.type(name)
    await user.press("tab")
    await user.type(kind)
    await user.press(*more, "enter")


async def test_a_table_is_made_by_a_form(either: Target, drive: Drive, other: Other) -> None:
    session = other(either)
    async with drive(either) as user:
        await user.press("4", "n")
        await user.type("dolt_teams")
        await user.press("enter")
        assert "Names that begin with dolt_ are the engine's own." in user.dialog_text
        await user.press("ctrl+u")
        await user.type("offices")
        await user.press("enter")
        await _column(user, "id", "int", "tab", "space")
        await _column(user, "team", "in", "down", "down", "up")
        await _column(user, 't\x1b%"`', "text")  # what terminals would obey arrives as something else
        await user.press("escape")
        await user.press("K", "J", "c")
        await user.type("id > 0); DROP TABLE teams; --")
        await user.press("enter")
        assert "is not a condition" in user.dialog_text
        await user.press("ctrl+u")
        await user.type("id > 0")
        await user.press("enter", "k", "d", "f")  # the last column is dropped again, and the one above refers
        await user.type("te")
        await user.press("down", "tab", "tab", "space", "enter")
        await user.press("escape")
        assert user.dialog is None
        await user.press("n", "ctrl+s")  # the form was kept
        assert "Create table offices on main" in user.dialog_text
        assert "REFERENCES" in user.dialog_text
        await user.press("enter")
        assert "Created offices: z removes it again" in user.told
        form = session.forms.table("main", "offices").form
        assert [column.name for column in form.columns] == ["id", "team"]
        assert (form.key, form.checks[0].expression.replace("`", "").strip("()")) == (("id",), "id > 0")
        (key,) = form.foreign_keys
        assert (key.columns, key.referred, key.referred_columns, key.on_delete) == (
            ("team",),
            "teams",
            ("id",),
            "CASCADE",
        )
        await user.press("z", "u")
        assert "offices" not in {table.name for table in session.tables.tables("main")}


async def test_a_table_is_altered_and_renamed(either: Target, drive: Drive, other: Other) -> None:
    session = other(either)
    rows = session.tables.count("main", "employees")
    session.run("main", [("CREATE VIEW names AS SELECT id FROM employees", ())])
    async with drive(either, size=(80, 24)) as user:
        await user.go_to_table("employees")
        await user.press("A", "n")
        await _column(user, "start_date", "date")
        await user.press("escape", "less_than_sign", "j", "enter", "ctrl+u")
        await user.type("sur name")
        await user.press("enter", "j", "d")
        before = session.forms.table("main", "employees").form
        await user.press("ctrl+s")
        assert f"{rows} rows lose their value of first_name" in user.dialog_text
        assert "names names employees" in user.dialog_text
        await user.press("enter")  # nothing is lost by a key that was meant for something else
        await user.press("escape")
        assert session.forms.table("main", "employees").form == before
        assert "← last_name" in user.dialog_text
        await user.press("ctrl+s", "a")
        assert "Altered employees: z takes it back" in user.told
        after = session.forms.table("main", "employees").form
        assert [column.name for column in after.columns] == ["id", "sur name", "start_date"]
        await user.press("z", "u")
        assert session.forms.table("main", "employees").form == before
        await user.press("A", "escape", "R")
        assert "employees_teams refers to it by a foreign key" in user.dialog_text
        await user.press("ctrl+u")
        await user.type("teams")
        assert "There is already a table teams." in user.dialog_text
        await user.press("ctrl+u")
        await user.type("people")
        await user.press("enter")
        assert "Renamed employees to people" in user.told
        keys = session.forms.table("main", "employees_teams").form.foreign_keys
        assert {key.referred for key in keys} == {"people", "teams"}
        assert session.tables.count("main", "people") == rows


async def test_hostile_names_and_what_has_no_form(whichever: Target, drive: Drive, other: Other) -> None:
    hostile = "x\x1b[2J[b]\u202e"
    session = other(whichever)
    session.run("main", [("CREATE VIEW v AS SELECT 1 AS one", ())])
    quote = "`" if session.forms.style is SqlStyle.MYSQL else '"'
    names = f"{quote}{hostile}{quote}", f"{quote}a\r\n{hostile}{quote}"
    session.run("main", [(f"CREATE TABLE {names[0]} ({names[1]} INT PRIMARY KEY, b INT CHECK (b > 0))", ())])
    async with drive(whichever) as user:
        await user.go_to_table(hostile)  # each look at the screen finds what a terminal would obey
        await user.press("A", "enter", "escape", "j", "i", "escape", "f")
        await user.type("x")
        await user.press("down", "tab", "down", "enter", "ctrl+s", "escape", "ctrl+s", "a")
        (key,) = session.forms.table("main", hostile).form.foreign_keys
        assert (key.columns, key.referred, key.referred_columns) == (("b",), hostile, (f"a\r\n{hostile}",))
        await user.go_to_table("v")
        await user.press("A", "R")
        assert [text for text in user.told if "v is a view" in text]
        assert user.dialog is None
    async with drive(whichever, read_only=True) as user:
        await user.press("4", "n")
        assert user.dialog is None
