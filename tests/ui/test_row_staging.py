"""Single rows staged, unstaged and discarded, by keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dolt_tui.engine.connecting.target import Target
from dolt_tui.engine.repository import Repository
from dolt_tui.ui.present.text import plain

if TYPE_CHECKING:
    from tests.ui.conftest import Drive, Driver

Other = Callable[[Target], Repository]
CHANGED = [
    ("UPDATE employees SET last_name = ? WHERE id = ?", ("Seen", 0)),
    ("DELETE FROM employees_teams WHERE employee_id = ?", (1,)),
    ("DELETE FROM employees WHERE id = ?", (1,)),
    ("INSERT INTO employees (id, last_name, first_name) VALUES (?, ?, ?)", (9, "Ruiz", "Ana")),
]

REFERS = "FOREIGN KEY (who) REFERENCES employees (id)"


def signs(user: Driver) -> list[str]:
    """What is staged of each row that is shown, and what happened to it."""
    grid = user.workspace.main.grid
    return [plain(row.cells[0]) for row in map(grid.line, range(grid.row_count)) if row is not None]


def counts(user: Driver) -> dict[str, str]:
    """The numbers of the tables in Changes, the staged ones with ``+`` before their names."""
    rows = user.workspace.panes.changes.grid
    found = [row for row in map(rows.line, range(rows.row_count)) if row is not None and row.selectable]
    return {f"{'+' if row.value.staged else ''}{row.value.table}": plain(row.cells[2]) for row in found}  # type: ignore[attr-defined]


async def test_rows_are_staged_committed_and_discarded(whichever: Target, drive: Drive, other: Other) -> None:
    session = other(whichever)
    session.run("main", CHANGED)
    async with drive(whichever) as user:
        await user.press("enter")
        assert "employees · HEAD → working" in user.main
        assert signs(user) == ["○ ~", "○ −", "○ +"]
        assert "○ 3 unstaged · row 1 of 3" in user.main
        # a row, and a range
        await user.press("space")
        assert signs(user) == ["● ~", "○ −", "○ +"]
        assert counts(user) == {"employees": "+1 −1", "employees_teams": "−1", "teams": "+2", "+employees": "~1"}
        assert "● 1 staged · ○ 2 unstaged · row 1 of 3" in user.main
        await user.press("j", "shift+down", "space")
        assert signs(user) == ["● ~", "● −", "● +"]
        assert not user.workspace.main.grid.range_active
        assert "row 3 of 3" in user.main
        # nothing unstaged is left of the table, but who is in its rows stays there
        assert "employees · HEAD → working" in user.main
        assert counts(user) == {"employees_teams": "−1", "teams": "+2", "+employees": "~1 +1 −1"}
        # all: unstaged, as all are staged
        await user.press("a")
        assert signs(user) == ["○ ~", "○ −", "○ +"]
        await user.press("space", "z")
        assert signs(user) == ["○ ~", "○ −", "○ +"]
        assert user.told[-1] == "Undone: stage 1 row of employees"
        # a row that is changed again
        await user.press("less_than_sign", "space")
        session.run("main", [("UPDATE employees SET first_name = ? WHERE id = ?", ("Timothy", 0))])
        await user.press("ctrl+r")
        assert signs(user) == ["◐ ~", "○ −", "○ +"]
        assert "◐ 1 partly · ○ 2 unstaged · row 1 of 3" in user.main
        await user.pilot.resize_terminal(60, 18)
        assert "◐ 1 partly · ○ 2 unstaged · row 1 of 3 ─╯" in user.screen
        await user.pilot.resize_terminal(132, 38)
        await user.press("d")
        assert "Discard changes to 1 row of employees" in user.dialog_text
        await user.press("u")
        assert signs(user) == ["● ~", "○ −", "○ +"]
        await user.press("d", "t")  # with what is staged of it
        assert signs(user) == ["○ −", "○ +"]
        await user.press("z", "u")
        assert signs(user) == ["● ~", "○ −", "○ +"]
        # what is staged is committed, and nothing else
        await user.press("c")
        await user.type("Rename Sehn")
        await user.press("enter")
        assert user.log[0] == "Rename Sehn"
        assert user.workspace.panes.changes.grid.row_count
        await user.press("1", "less_than_sign", "enter")
        assert signs(user) == ["○ −", "○ +"]
        await user.press("v", "j", "d")
        assert "1 new row is deleted" in user.dialog_text
        assert "1 deleted row comes back" in user.dialog_text
        assert "refer to" not in user.dialog_text
        await user.press("u")
        assert counts(user) == {"employees_teams": "−1", "teams": "+2"}
        await user.press("z", "u")
        assert counts(user)["employees"] == "+1 −1"


async def test_what_is_shown_of_staged_rows(whichever: Target, drive: Drive, other: Other) -> None:
    session = other(whichever)
    session.run("main", CHANGED)
    session.run(
        "main",
        [
            ("CREATE TABLE pairs (b VARCHAR(9), a INT, v INT, PRIMARY KEY (a, b))", ()),
            ("INSERT INTO pairs VALUES ('x', 1, 1), ('x', 2, 2), ('y', 1, 3)", ()),
            (f"CREATE TABLE trips (id INT PRIMARY KEY, who INT, {REFERS} ON DELETE CASCADE)", ()),
        ],
    )
    async with drive(whichever) as user:
        changes, main = user.workspace.panes.changes, user.workspace.main
        await user.go_to(changes, (False, "employees"))
        await user.press("enter")
        assert "5 Row 0" in user.screen
        assert "not staged: Sehn → Seen · space stages it" in user.screen
        await user.press("5", "space")  # there too
        assert "staged: Seen · space unstages it" in user.screen
        await user.press("space", "0")
        # keys that pile up: each row shows it at once, and the next command waits for all of them
        user.burst("space", "j", "space", "k", "space", "c")
        await user.settle()
        assert "+ 1 row" not in user.dialog_text
        assert "employees −1" in " ".join(user.dialog_text.split())
        assert "2 rows of employees are not staged" in user.dialog_text
        await user.press("escape")
        assert signs(user) == ["○ ~", "● −", "○ +"]
        await user.press("greater_than_sign", "d")
        assert "rows of trips that refer to it are deleted too" in user.dialog_text
        assert "IN (9)" in user.dialog_text
        await user.press("escape", "less_than_sign")
        # of a filter's rows all; then what is staged, from which an unstaged row goes
        await user.press("f")
        await user.type("added")
        await user.press("enter", "a")
        assert signs(user) == ["● +"]
        await user.press("escape", "1")
        await user.go_to(changes, (True, "employees"))
        await user.press("enter")
        assert "employees · HEAD → staged" in user.main
        assert signs(user) == ["● −", "● +"]
        assert "● 2 staged · row 1 of 2" in user.main
        await user.press("space")
        assert signs(user) == ["● +"]
        await user.press("space")  # the last one: what is left are the unstaged changes
        assert "employees · HEAD → working" in user.main
        assert signs(user) == ["○ ~", "○ −", "○ +"]
        # from change to change
        await user.press("less_than_sign", "J", "J", "J", "J")
        assert user.told[-1] == "This is the last change."
        await user.press("K", "K")
        assert (main.grid.cursor_index, main.cell) == (0, ("last_name", "Seen"))
        # a key whose columns stand in another order
        await user.press("1")
        await user.go_to(changes, (False, "pairs"))
        await user.press("enter")
        assert "5 Row 1 x" in user.screen
        await user.press("v", "j", "space")
        assert counts(user)["+pairs"] == "+2"
        # a definition that changed
        session.working.stage("main", ["pairs"])
        session.commits.commit("main", "Pairs", "", None)
        session.run("main", [("ALTER TABLE pairs ADD COLUMN w INT", ()), ("UPDATE pairs SET v = 9 WHERE a = 2", ())])
        await user.press("ctrl+r", "1")
        await user.go_to(changes, (False, "pairs"))
        await user.press("enter", "space")
        assert "stage: " in user.told[-1]
        assert "only the whole table can be staged" in user.told[-1]
