"""Export and import by keys."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.connecting.target import Target
from dolt_tui.engine.repository import Repository

if TYPE_CHECKING:
    from tests.ui.conftest import Drive

Other = Callable[[Target], Repository]


async def test_export_by_keys(whichever: Target, drive: Drive, tmp_path: Path) -> None:
    """A table, a filter of it, a diff, a commit's changes; files that are there; another format by a key."""
    async with drive(whichever) as user:
        await user.press("4", "E")
        assert "Export employees on main" in user.dialog_text
        assert "employees.csv" in user.dialog_text
        await user.press("ctrl+u")
        await user.type(f"{tmp_path}/out.jsonl.gz")
        assert "compressed by gzip" in user.dialog_text
        await user.press("enter")
        assert user.dialog is None
        assert "Exported 4 rows to " in user.told[-1]
        lines = gzip.decompress((tmp_path / "out.jsonl.gz").read_bytes()).decode().splitlines()
        assert json.loads(lines[0]) == {"id": 0, "last_name": "Sehn", "first_name": "Tim"}

        await user.press("enter", "E", "ctrl+u")  # in the rows; the format of last time
        await user.type(f"{tmp_path}/ou")
        await user.press("tab")
        assert "out.jsonl.gz" in user.dialog_text
        await user.press("enter")
        assert "That file exists already" in user.dialog_text
        await user.press("up", "up", "up", "up")  # from JSON lines by way of the last one
        assert "out.parquet" not in user.dialog_text
        await user.press("escape")
        assert user.dialog is None

        await user.press("escape", "colon")
        await user.type("SELECT last_name FROM employees WHERE id < 2 ORDER BY id")
        await user.press("enter", "E")
        assert "Export the result on main" in user.dialog_text
        await user.press("ctrl+u")
        await user.type(f"{tmp_path}/result.csv")
        await user.press("enter")
        assert (tmp_path / "result.csv").read_text() == "last_name\nSehn\nHendriks\n"
        await user.press("escape", "escape")

        await user.press("3", "enter", "E")
        assert "all changes of" in user.dialog_text
        await user.press("ctrl+u")
        await user.type(f"{tmp_path}/changes.sql")
        await user.press("enter")
        assert "statement" in user.told[-1]
        assert (tmp_path / "changes.sql").read_text()


async def test_import_by_keys(either: Target, drive: Drive, tmp_path: Path, other: Other) -> None:
    """A new table with another type and a column left out; then into it; a bad line; undo; a script."""
    (tmp_path / "New towns.csv").write_text('id,zip,town,extra\n1,01234,Bern,x\n2,99999,"Ulm, old",y\n')
    (tmp_path / "more.csv").write_text("id,town\n2,Rom\n3,Oslo\n")
    (tmp_path / "bad.csv").write_text("id,town\n4,Rom\nfive,Oslo\n")
    (tmp_path / "s.sql").write_text(
        "INSERT INTO teams VALUES (70, 'T;1');\nDELETE FROM teams WHERE id = 70;\nSELECT 1;\n"
    )
    async with drive(either) as user:
        db = user.repository

        async def choose(name: str) -> None:
            await user.press("4", "I")
            await user.type(f"{tmp_path}/{name}")
            await user.press("enter")

        await choose("New towns.csv")
        assert "into new_towns  a new table" in user.dialog_text
        assert "CSV · separated by commas · utf-8 · names in the first line · 2 rows" in user.dialog_text
        await user.press("h")
        assert "no names in the first line · 3 rows" in user.dialog_text
        await user.press("h", "t", "ctrl+u")
        await user.type("hk")
        assert "hk" in user.dialog_text
        await user.press("ctrl+u")
        await user.type("towns")
        await user.press("enter", "down", "right")
        shown = user.dialog_text
        assert "into towns" in shown
        assert "Ulm, old" in shown
        await user.press("left", "down", "down", "space")
        assert "left out" in user.dialog_text
        await user.press("enter")
        assert user.dialog is None
        assert "Imported 2 rows into towns" in user.told[-1]
        assert [column.name for column in db.tables.schema("main", "towns").columns] == ["id", "zip", "town"]
        assert other(either).rows.page("main", Query("towns"), 9).rows == (
            (1, "01234", "Bern"),
            (2, "99999", "Ulm, old"),
        )
        assert user.cursor(user.workspace.panes.tables)[0].strip() == "towns"  # type: ignore[index]

        await choose("more.csv")
        await user.press("t", "ctrl+u")
        await user.type("towns")
        await user.press("enter", "m")
        assert "update" in user.dialog_text
        assert "The file lacks zip" in user.dialog_text
        await user.press("enter")
        rows = db.rows.page("main", Query("towns"), 9).rows
        assert rows == ((1, "01234", "Bern"), (2, "99999", "Rom"), (3, None, "Oslo"))

        await choose("bad.csv")
        await user.press("t", "ctrl+u")
        await user.type("towns")
        await user.press("enter")
        assert "'five' is not a" in user.dialog_text
        await user.press("enter")
        assert "Line 3 of bad.csv: id: 'five' is not a" in user.dialog_text
        await user.press("escape")
        assert db.rows.count("main", Query("towns")) == 3
        await user.press("z", "enter")
        assert db.rows.count("main", Query("towns")) == 2

        await choose("s.sql")
        assert "Run the script s.sql on main" in user.dialog_text
        await user.press("enter")
        assert "Ran 3 statements of s.sql" in user.told[-1]
