"""A user with grants on one database only, who may not KILL: what is cancelled breaks nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from dolt_tui.engine.connecting.target import ServerTarget, Target
from dolt_tui.engine.repository import Repository

if TYPE_CHECKING:
    from tests.ui.conftest import Drive

Other = Callable[[Target], Repository]


@pytest.fixture
def owner(demo_on_dolt: ServerTarget, other: Other) -> Iterator[ServerTarget]:
    """The demonstration, reached as somebody with grants on it alone."""
    root = other(demo_on_dolt)
    root.run("main", [("CREATE USER owner@localhost IDENTIFIED BY 'pw'", ())])
    root.run("main", [(f"GRANT ALL ON {demo_on_dolt.database}.* TO owner@localhost", ())])
    yield replace(demo_on_dolt, user="owner", password="pw")
    root.run("main", [("DROP USER owner@localhost", ())])


async def test_staging_and_moving_on_lose_no_connection(
    owner: ServerTarget, demo_on_dolt: ServerTarget, drive: Drive, other: Other
) -> None:
    second = other(demo_on_dolt)
    second.run("main", [("CREATE TABLE busy (id INTEGER PRIMARY KEY, v INTEGER)", ())])
    second.run("main", [("INSERT INTO busy VALUES " + ", ".join(f"({i}, {i % 7})" for i in range(500)), ())])
    async with drive(owner) as user:
        for turn in range(2):
            user.burst("1", "a")
            second.run("main", [("UPDATE busy SET v = v + 1 WHERE id = ?", (turn,))])
            user.burst("a", "4", *"jkjkjkjk", "1")  # each table that is selected ends the reading of the one before
            await user.settle()
        assert "lost" not in user.header
        assert not [text for text in user.told if "broke" in text or "lost" in text]
        assert user.dialog is None
    running = second._connections.engine("main")
    with running.connect() as connection:
        rows = connection.exec_driver_sql("SHOW PROCESSLIST").fetchall()
    assert [row for row in rows if row[1] == "owner" and row[7]] == []
