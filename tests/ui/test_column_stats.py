"""The frequency of a column and its profile by keys: in a table, between two revisions, in a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.connecting.target import Target
from dolt_tui.engine.transfer.requests import ResultExport

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver


def lines(user: Driver) -> list[list[str]]:
    """What the lines of the main pane say, apart by blanks."""
    return [line.strip("│╭╰ ").replace("│", " ").split() for line in user.main.splitlines()[1:]]


async def test_columns_of_a_table_of_a_diff_and_of_a_result(whichever: Target, drive: Drive) -> None:
    async with drive(whichever) as user:
        main = user.workspace.main
        await user.go_to_table("employees_teams")
        await user.press("0")
        while main.column != 1:
            await user.press("l")
        await user.press("F")
        assert "0 employees_teams · frequency of team_id" in user.main
        first = next(line for line in lines(user) if line and line[0] == "0")
        assert int(first[1]) > 1
        assert first[2].endswith("%")
        assert "━" in first[3]
        assert main.loaded is not None
        assert isinstance(main.loaded.export, ResultExport)
        assert tuple(main.loaded.export.result.page(0, 1)[0][:2]) == (0, int(first[1]))
        rows = sum(int(line[1]) for line in lines(user) if len(line) > 2 and line[2].endswith("%"))
        await user.press("enter")
        assert "team_id = 0" in user.main
        assert "goes back" in user.main
        assert main.grid.row_count == int(first[1]) < rows
        await user.press("escape")
        assert "0 employees_teams · frequency of" in user.main
        await user.press("s")  # the other way round
        assert "Least frequent first" in user.main
        await user.press("I")
        assert "0 employees_teams · profile of team_id" in user.main
        assert ["rows", str(rows)] in [line[:2] for line in lines(user)]
        await user.press("I", "j", "enter")
        assert "0 employees_teams · frequency of team_id" in user.main, "of the line of the profile of all columns"
        await user.press("escape", "escape", "escape", "escape")
        assert "0 employees_teams · rows" in user.main
        # what became more and less between two revisions
        await user.press("1", "enter")
        assert user.is_in(main)
        while main.column != 1:
            await user.press("l")
        name = main.loaded.columns[1].name
        await user.press("F")
        assert f"frequency of {name} · HEAD → working" in user.main
        assert "Greatest difference first" in user.main
        assert "HEAD" in user.main
        changed = [
            line for line in lines(user) if line and any(part[0] in "+−" and part[1:].isdigit() for part in line)
        ]
        assert changed
        await user.press("enter")
        assert f"to_{name} =" in user.main or f"to_{name} is null" in user.main
        await user.press("escape", "I")
        assert "difference" in user.main
        await user.press("escape", "escape")
        assert "HEAD → working" in user.main
        # a result, which is not run again
        await user.press("colon")
        await user.type("SELECT 'x' AS letter, 0 AS number UNION ALL SELECT 'x', 1 UNION ALL SELECT NULL, 2")
        await user.press("enter")
        assert user.is_in(main), user.screen
        await user.press("F")
        text = user.main
        assert "letter" in text
        assert "66.7%" in text, text
        assert "1 value · 1 NULL · in 3 rows" in text
        await user.press("I")
        assert "Commonest values" in user.main
        await user.press("escape", "enter")
        assert main.grid.row_count == 2
        assert "goes back" in user.main
        await user.press("F")
        assert "1 value · in 2 rows" in user.main, "of the rows that are left"
        await user.press("escape", "escape", "I")
        await user.press("escape", "escape")
        assert "3 rows" in user.main
