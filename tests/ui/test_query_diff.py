"""A query's result at two revisions, compared in the main pane."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dolt_tui.engine.connecting.target import Target
from dolt_tui.engine.repository import Repository

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver

Other = Callable[[Target], Repository]


def _save(session: Repository, name: str, text: str) -> None:
    session.queries.add("main", session.queries.new(name, text, ""))


async def _pick(user: Driver, *revisions: str) -> None:
    for revision in revisions:
        await user.type(revision)
        await user.press("enter")


async def test_a_saved_query_is_compared(whichever: Target, drive: Drive, other: Other) -> None:
    session = other(whichever)
    _save(session, "names", "SELECT first_name, id FROM employees")
    _save(session, "words", "SELECT last_name FROM employees -- no key")
    _save(session, "wrong", "SELECT start_date FROM employees")
    _save(session, "write", "DELETE FROM employees")
    async with drive(whichever) as user:
        main = user.workspace.main
        await user.press("4", "right_square_bracket", "W")
        await _pick(user, "main", "modify_data")
        assert "main → modify_data" in str(main.border_title)
        assert "Rows are paired by id." in user.main
        rows = [" ".join(row) for row in user.rows(main)]
        assert len(rows) == 2
        assert any("Daylon" in row for row in rows)
        while main.column != 0:
            await user.press("l")
        await user.press("F")
        assert "frequency of first_name" in user.main
        assert "Only the rows that differ are counted." in user.main
        assert any("Timothy" in line and "+1" in line for line in user.main.splitlines())
        await user.press("escape")
        await user.press("t")
        assert len(user.rows(main)) > 2, "both sides of a changed row have a line"
        await user.press("t", "slash")
        await user.type("timothy")
        await user.press("enter", "escape", "i")
        assert "~ first_name" in user.main
        assert "Tim Timothy" in user.main
        await user.press("escape", "escape")
        assert user.is_in(user.workspace.panes.queries)
        await user.press("j", "W")
        await _pick(user, "main", "HEAD")
        assert "Which columns tell the rows apart?" in user.dialog_text
        await user.type("nothing")
        await user.press("enter")
        assert "Rows cannot be paired by nothing" in user.dialog_text
        await user.press("ctrl+u", "enter")
        assert "No rows differ." in user.main
        await user.press("escape", "j", "W")
        await _pick(user, "main", "modify_schema")
        assert "At main: " in user.dialog_text
        assert "start_date" in user.dialog_text
        await user.press("escape", "j", "W")
        assert "Only a query can be compared at two revisions: DELETE is not one." in user.told


async def test_the_consoles_statement_is_compared(demo: Target, drive: Drive) -> None:
    async with drive(demo) as user:
        await user.press("ctrl+e")
        await user.type("SELECT 1; SELECT id, last_name FROM employees")
        await user.press("ctrl+t")
        await _pick(user, "main", "modify_data")
        assert "Rows are paired by id." in user.main
        await user.press("escape", "ctrl+e", "f5", "shift+tab", "W")
        await _pick(user, "main", "modify_data")
        assert "SELECT id, last_name FROM employees · main → modify_data" in str(user.workspace.main.border_title)
