"""Export and import by keys."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

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
        assert "already such a file" in user.dialog_text
        await user.press("up", "up", "up", "up")  # from JSON lines by way of the last one
        assert "out.parquet" not in user.dialog_text
        await user.press("escape")
        assert user.dialog is None

        await user.press("3", "enter", "E")
        assert "all changes of" in user.dialog_text
        await user.press("ctrl+u")
        await user.type(f"{tmp_path}/changes.sql")
        await user.press("enter")
        assert "statement" in user.told[-1]
        assert (tmp_path / "changes.sql").read_text()
