"""A row with all of its columns, walked through row by row; and the way along foreign keys, there and back."""

from __future__ import annotations

from collections.abc import Callable

from dolt_tui.engine.connecting.target import FileTarget, Target
from dolt_tui.engine.repository import Repository

from .conftest import Drive

Other = Callable[[Target], Repository]

NOTES = "\n".join(["Wants a refund.", *(f"Line {at} stays." for at in range(9)), "Never before ten."])


def _prepare(target: FileTarget, other: Other) -> None:
    session = other(target)
    session.working.discard_all("main")
    long = ", ".join(f"c{at} INTEGER" for at in range(9))
    session.run(
        "main",
        [
            (
                "CREATE TABLE customers (id INTEGER PRIMARY KEY, name VARCHAR(20), notes TEXT, rep INTEGER,"
                f" {long}, FOREIGN KEY (rep) REFERENCES employees (id))",
                (),
            ),
            *(
                ("INSERT INTO customers (id, name, notes, rep) VALUES (?, ?, ?, ?)", (at, f"Ana {at}", NOTES, at % 3))
                for at in range(1, 251)
            ),
            ("INSERT INTO customers (id, name) VALUES (900, 'Nobody''s')", ()),
        ],
    )
    session.call("main", "dolt_commit", "-A", "-m", "customers")
    session.run(
        "main",
        [
            (
                "UPDATE customers SET name = 'Ana Ruiz', notes = ?, rep = 3 WHERE id = 2",
                (NOTES.replace("Never", "Not"),),
            ),
            ("UPDATE customers SET c8 = 1 WHERE id IN (3, 201, 202)", ()),
            ("DELETE FROM customers WHERE id = 4", ()),
        ],
    )


async def test_a_record_in_a_diff(demo: FileTarget, drive: Drive, other: Other) -> None:
    _prepare(demo, other)
    async with drive(demo) as user:
        main = user.workspace.main
        await user.press("0", "l", "enter")  # the name's cell
        text = user.main
        assert "customers · id 2 · HEAD → working" in text
        assert "change 1 of 5 · 3 of 13 columns" in text
        for line in ("~ name", "Ana 2 Ruiz", "▸ 9 lines unchanged", "Never Not before ten.", "▸ 9 more"):
            assert line in text, text
        assert "2 3   Son → Fitzgerald, employees" in text
        assert main.column == 1

        await user.press("j", "enter")
        assert "Line 6 stays." in user.main
        assert "▸ 9 lines" not in user.main
        await user.press("enter", "x")
        assert "c8" in user.main
        assert "▸ 9 more" not in user.main
        await user.press("x", "slash")
        await user.type("c7")
        await user.press("enter")  # found in what was left out
        assert main.column == 11
        await user.press("escape", "x", "J")
        assert "customers · id 3" in user.main
        assert "∅ 1" in user.main
        assert "change 2 of 5 · 1 of 13 columns" in user.main
        await user.press("J")
        assert "− id " in user.main
        await user.press("J", "J", "J")
        assert user.told[-1] == "This is the last row."
        assert "customers · id 202" in user.main

        assert "─ not staged · change 5 of 5" in user.main
        await user.press("space")
        assert "─ staged · change 5 of 5" in user.main
        await user.press("escape")
        assert not main.card.is_open
        assert main.row_key == (("id", 202),)  # where the record was


async def test_along_foreign_keys_and_back(demo: FileTarget, drive: Drive, other: Other) -> None:
    _prepare(demo, other)
    async with drive(demo) as user:
        work, main = user.workspace, user.workspace.main
        await user.go_to_table("customers")
        await user.press("enter", "greater_than_sign", "k", "l", "l", "l")
        assert main.row_key == (("id", 250),)
        assert "⏎ employees 1" in user.lines[-1]
        await user.press("enter")
        assert "0 customers › employees · rows" in user.main
        assert main.row_key == (("id", 1),)
        await user.press("B")
        assert "employees · what refers to id 1" in user.main
        assert ["customers", "rep → id", "83"] in [[*row] for row in user.rows(main)]
        assert ["employees_teams", "employee_id → id", "1"] in [[*row] for row in user.rows(main)]
        await user.press("enter")
        assert "rep = 1" in user.main
        await user.press("backspace", "backspace")
        assert "what refers" not in user.main
        assert main.row_key == (("id", 1),)
        await user.press("backspace")
        assert main.row_key == (("id", 250),)
        assert "0 customers · rows" in user.main
        assert "⌫" not in user.lines[-1]

        # From a record, over pages, and back to it.
        await user.press("i", "K", "K")
        assert "customers · id 248" in user.main
        assert main.card.column == 3
        await user.press("e", "ctrl+u", "1", "enter")  # edited where it stands
        assert "~ rep" in user.main
        assert "2 1   Son → Hendriks, employees" in user.main
        assert "notes" in user.main
        await user.press("u")
        assert "~ rep" not in user.main
        await user.press("enter")
        assert main.row_key == (("id", 2),)
        await user.press("backspace")
        assert main.card.is_open
        assert "customers · id 248" in user.main
        await user.press("escape", "B")
        assert main.row_key == (("id", 248),)
        assert user.told[-1] == "No table has a foreign key to customers."

        await user.press("i", "f", "ctrl+u")
        await user.type("id = 7")
        await user.press("enter")
        assert "customers · id 7" in user.main  # the record of what is left
        await user.press("f", "ctrl+u")
        await user.type("id = 0")
        await user.press("enter")
        assert "No rows match." in user.main
        assert not main.card.is_open
        await user.press("escape")

        await user.press("greater_than_sign", "enter")
        assert "rep is NULL: it refers to no row of employees." in user.told[-1]
        assert main.card.is_open
        await user.press("escape", "escape")
        assert user.is_in(work.panes.tables)


async def test_a_key_to_the_same_table_leads_to_another_page(demo: FileTarget, drive: Drive, other: Other) -> None:
    other(demo).run(
        "main",
        [
            ("CREATE TABLE nodes (id INTEGER PRIMARY KEY, up INTEGER REFERENCES nodes (id))", ()),
            *(("INSERT INTO nodes VALUES (?, NULL)", (at,)) for at in range(1, 1001)),
            ("UPDATE nodes SET up = 1001 - id", ()),
        ],
    )
    async with drive(demo) as user:
        main = user.workspace.main
        await user.go_to_table("nodes")
        await user.press("enter", "j", "l", "enter")
        assert main.row_key == (("id", 999),)
        assert "nodes › nodes · rows" in user.main
        assert " 999 │" in user.main  # it is seen
        await user.press("l", "enter")
        assert main.row_key == (("id", 2),)
        await user.press("backspace")
        assert main.row_key == (("id", 999),)
        await user.press("backspace", "B")
        assert "nodes · what refers to id 2" in user.main
        await user.press("enter", "escape", "escape", "escape")
        assert main.row_key == (("id", 2),)
