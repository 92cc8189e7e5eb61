"""Changed rows on one line or on two, by keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dolt_tui.engine.connecting.target import FileTarget, Target
from dolt_tui.engine.repository import Repository
from dolt_tui.ui.present.grid_rows import PAGE_SIZE

from .conftest import Drive

Other = Callable[[Target], Repository]


async def test_old_values_on_a_line_of_their_own(
    either: Target, drive: Drive, other: Other, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copied: list[str] = []
    monkeypatch.setattr("dolt_tui.ui.app.DoltApp.copy_to_clipboard", lambda _app, text: copied.append(text))
    other(either).run(
        "main",
        [
            ("UPDATE employees SET first_name = ? WHERE id = ?", ("Timothy", 0)),
            ("DELETE FROM employees_teams WHERE employee_id = ?", (3,)),
            ("DELETE FROM employees WHERE id = ?", (3,)),
            ("INSERT INTO employees VALUES (?, ?, ?)", (9, "New", "One")),
        ],
    )
    async with drive(either) as user:
        main = user.workspace.main
        await user.press("1", "0")
        assert [row[0] for row in user.rows(main)] == ["○ ~", "○ −", "○ +"]
        assert user.rows(main)[0] == ("○ ~", "0", "Sehn", "Tim Timothy")
        await user.press("j", "t")
        assert user.rows(main) == [
            ("○ −", "0", "Sehn", "Tim"),
            ("○ +", "0", "Sehn", "Timothy"),
            ("○ −", "3", "Fitzgerald", "Brian"),
            ("○ +", "9", "New", "One"),
        ]
        assert user.cursor(main) == ("○ −", "3", "Fitzgerald", "Brian")  # it stays on its row
        assert "~1 +1 −1" in user.main
        await user.press("k", "l", "l")
        assert main.cell == ("first_name", "Timothy")
        await user.press("V")  # one cell by itself
        assert user.dialog_text.splitlines()[0].strip().startswith("╭─ first_name · employees · id 0 ·")
        assert "›both sides  new  old" in user.dialog_text
        assert "Tim Timothy" in user.dialog_text
        assert "J K changes" in user.dialog_text
        await user.press("J", "K", "slash")
        await user.type("moth")
        await user.press("enter")
        assert "n next match" in user.dialog_text
        await user.press("escape", "t", "t", "y")
        assert copied == ["Tim"]
        monkeypatch.chdir(tmp_path)
        await user.press("E", "enter")
        assert (tmp_path / "first_name.txt").read_text() == "Tim"
        assert "Saved first_name to" in user.told[-1]
        await user.press("T", "E", "enter")
        assert "exists already" in user.dialog_text
        await user.press("enter")
        assert (tmp_path / "first_name.txt").read_text() == "Timothy"
        await user.press("E", "ctrl+u")
        await user.type("/proc/name.txt")
        await user.press("enter")
        assert "cannot be written" in user.dialog_text
        await user.press("escape", "escape")
        assert user.dialog is None
        copied.clear()
        await user.press("k")
        assert main.cell == ("first_name", "Tim")
        await user.press("v", "j", "y")  # both lines are one row
        assert "Copy 1 row" in user.dialog_text
        await user.press("p")
        assert copied == ["0\tSehn\tTimothy"]
        await user.press("escape", "enter")
        assert "Tim Timothy" in user.text(main)
        await user.press("V")
        assert "Tim Timothy" in user.dialog_text
        await user.press("escape")
        await user.press("escape", "1", "j", "0")  # another table is shown so, too, and the other way by the same key
        await user.press("t")
        assert [row[0] for row in user.rows(main)] == ["○ −"]
        await user.press("1", "k", "0")
        assert [row[0] for row in user.rows(main)] == ["○ ~", "○ −", "○ +"]


async def test_two_lines_through_many_pages(either: Target, drive: Drive, other: Other) -> None:
    session, rows = other(either), 3 * PAGE_SIZE + 10
    session.run(
        "main",
        [
            ("CREATE TABLE readings (id INT PRIMARY KEY, level INT NOT NULL)", ()),
            *(("INSERT INTO readings VALUES " + ", ".join(f"({i}, {i})" for i in range(rows)), ()),),
        ],
    )
    session.working.stage("main", ["readings"])
    session.commits.commit("main", "Readings", "", None)
    session.run("main", [("UPDATE readings SET level = level + 1000", ())])
    async with drive(either) as user:
        main = user.workspace.main
        await user.press("1", "0", "t")
        await user.until(lambda: main.grid.model.count.number == 2 * rows)
        seen: dict[int, list[str]] = {}
        for _ in range(2 * rows // 20 + 40):
            for i in range(main.grid.row_count):
                row = main.grid.line(i)
                if row is not None:
                    seen[i] = [part for cell in row.cells for part, _ in cell if part.strip()]
            if main.grid.cursor_index == main.grid.row_count - 1:
                break
            await user.press("pagedown")
        assert sorted(seen) == list(range(2 * rows))
        for i in range(rows):
            assert seen[2 * i] == ["○", "−", str(i), str(i)]
            assert seen[2 * i + 1] == ["○", "+", str(i), str(i + 1000)]


async def test_there_are_no_lines_without_changes(demo: FileTarget, drive: Drive) -> None:
    async with drive(demo) as user:
        await user.press("4", "0", "t")
        assert "there are no changed rows here" in user.told[-1]
