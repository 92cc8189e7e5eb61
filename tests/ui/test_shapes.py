"""Tables whose rows cannot be compared, or whose diffs lack values: the panes say so, and show nothing untrue."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from dolt_tui.engine.browsing import diff_counts, diffs
from dolt_tui.engine.browsing.diff_sides import KEY_CHANGED, KEYLESS_VIRTUAL, REWRITTEN
from dolt_tui.engine.connecting.target import FileTarget, ServerTarget, Target
from dolt_tui.engine.errors import NotAskedAgain
from dolt_tui.engine.model import RowCounts
from dolt_tui.engine.repository import Repository

if TYPE_CHECKING:
    from tests.ui.conftest import Drive

Other = Callable[[Target], Repository]
CREATED = (
    "CREATE TABLE computed (id INT PRIMARY KEY, v INT AS (a + 1), a INT)",
    "CREATE TABLE keyed (id INT PRIMARY KEY, a INT)",
    "CREATE TABLE loose (id INT, v INT AS (a + 1), a INT)",
    "CREATE TABLE moved (id INT PRIMARY KEY, a INT, b INT)",
)
CHANGED = (
    "UPDATE computed SET a = 5 WHERE id = 1",
    "ALTER TABLE keyed MODIFY id BIGINT",
    "UPDATE keyed SET a = 562 WHERE id = 1",
    "UPDATE loose SET a = 5 WHERE id = 1",
    "ALTER TABLE moved MODIFY b INT FIRST",
)


async def test_what_cannot_be_told_is_not_shown(demo_on_dolt: ServerTarget, drive: Drive, other: Other) -> None:
    session = other(demo_on_dolt)
    rows = [f"INSERT INTO {table} (id, a) VALUES (1, 1), (2, 2)" for table in ("computed", "keyed", "loose", "moved")]
    session.run("main", [(statement, ()) for statement in (*CREATED, *rows)])
    session.working.stage_all("main")
    session.commits.commit("main", "Shapes", "", None)
    session.run("main", [(statement, ()) for statement in CHANGED])
    async with drive(demo_on_dolt) as user:
        changes = user.workspace.panes.changes
        found = {}
        await user.press("1")
        for _ in range(4):
            row = user.cursor(changes)
            assert row is not None
            assert user.is_in(changes)
            found[row[1]] = (row[2], user.main)
            await user.press("j")
        assert {name: counts for name, (counts, _) in found.items()} == {
            "computed": "~1",
            "keyed": "? schema",
            "loose": "?",
            "moved": "~2 schema",
        }
        flat = {name: " ".join(text.split()) for name, (_, text) in found.items()}
        assert "– v: computed when the table is read" in flat["computed"]
        assert "∅" not in flat["computed"]
        assert KEY_CHANGED in flat["keyed"]
        assert "562" not in flat["keyed"]
        assert KEYLESS_VIRTUAL[:40] in flat["loose"]
        assert REWRITTEN[:40] in flat["moved"]
        assert "MODIFY COLUMN `b` int FIRST" in flat["moved"]
        await user.press("k", "k", "k", "0")
        await user.press("y", "s")
        copied = user.app.clipboard
        assert "`v`" not in copied
        assert "(1, 5)" in copied


async def test_what_is_not_asked_again_is_said(
    demo: FileTarget, drive: Drive, other: Other, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> RowCounts:
        raise NotAskedAgain("The server ended during this query.")

    other(demo).run("main", [("UPDATE employees SET last_name = 'X' WHERE id = 0", ())])
    for module in (diff_counts, diffs):
        monkeypatch.setattr(module, "row_counts", refuse)
    async with drive(demo) as user:
        await user.press("1")
        assert user.cursor(user.workspace.panes.changes) == ("M", "employees", "?")
        assert "? The server ended during this query." in user.screen
        assert "X" in user.main  # the rows themselves could be read
        await user.press("d")
        assert "? The server ended during this query." in user.dialog_text
        await user.press("escape")
