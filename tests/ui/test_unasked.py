"""What is sent without being asked for stands in docs/statements.md, with what was checked for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from dolt_tui.engine.connecting.target import ServerTarget, Target
from dolt_tui.engine.repository import Repository

if TYPE_CHECKING:
    from tests.ui.conftest import Drive

Other = Callable[[Target], Repository]
LISTED = Path(__file__).resolve().parents[2] / "docs" / "statements.md"


def plain(sql: str) -> str:
    """A statement with its names and values left out."""
    sql = re.sub(r"\s+", " ", sql).strip()
    sql = re.sub(r"`dolt_diff_(?:[^`]|``)*`", "dolt_diff_<table>", sql)
    return re.sub(r"`(?:[^`]|``)*`", "<name>", sql)


def patterns() -> list[re.Pattern[str]]:
    """The statements of the list; ``…`` stands for anything."""
    found = re.findall(r"^\| `([^`]+)`", LISTED.read_text("utf-8"), re.MULTILINE)
    return [re.compile(".*".join(map(re.escape, text.split("…"))), re.DOTALL) for text in found]


async def test_the_list_is_complete(demo_on_dolt: ServerTarget, drive: Drive, other: Other) -> None:
    session = other(demo_on_dolt)
    session.run(
        "main",
        [
            (
                "CREATE TABLE shaped (id INT, k INT, v INT AS (a + 1), a INT, p POINT, w BIT(9), PRIMARY KEY (id, k))",
                (),
            ),
            ("CREATE TABLE loose (id INT, a INT)", ()),
            ("CREATE TABLE keyed (id INT PRIMARY KEY)", ()),
            ("INSERT INTO loose VALUES (1, 1)", ()),
            ("CREATE VIEW seen AS SELECT id FROM loose", ()),
        ],
    )
    session.working.stage_all("main")
    session.commits.commit("main", "Shapes", "", None)
    session.run(
        "main",
        [
            ("INSERT INTO shaped (id, k, a) VALUES (1, 1, 1)", ()),
            ("INSERT INTO loose VALUES (2, 2)", ()),
            ("UPDATE employees SET last_name = 'First' WHERE id = 0", ()),
            ("ALTER TABLE keyed RENAME TO named", ()),
        ],
    )
    session.working.stage("main", ["loose", "shaped", "employees"])
    session.run(
        "main",
        [
            ("INSERT INTO shaped (id, k, a) VALUES (2, 2, 2)", ()),  # staged in part
            ("INSERT INTO loose VALUES (3, 3)", ()),
            ("UPDATE employees SET first_name = 'Again' WHERE id = 0", ()),
        ],
    )
    async with drive(demo_on_dolt) as user:
        for pane in "1234":
            await user.press(pane)
            for _ in range(3):
                await user.press(*["j"] * 6)
                await user.press("right_square_bracket")
        await user.press("5", "1", "0", "M", "escape")
        entries = user.repository.statements.entries()
        statements = {plain(entry.sql): entry.purpose for entry in entries if not entry.writes}
    known = patterns()
    missing = [text for text in statements if not any(pattern.fullmatch(text) for pattern in known)]
    assert not missing, "\n".join(f"{statements[text]}: {text}" for text in missing)
