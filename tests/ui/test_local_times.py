"""Times that people type and read are those of the clock on their wall, whatever it does in spring and autumn."""

from __future__ import annotations

from collections.abc import Callable

from dolt_tui.engine.connecting.target import FileTarget, Target
from dolt_tui.engine.repository import Repository

from .conftest import Drive

BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"
"""Zones by their rules: no database of zones is needed for them."""


async def test_the_log_by_local_days(
    demo: FileTarget, drive: Drive, other: Callable[[Target], Repository], zone: Callable[[str], None]
) -> None:
    zone(BERLIN)
    beside = other(demo)
    for message, date in (
        ("the evening before", "2026-03-28T22:59:59Z"),
        ("just after midnight", "2026-03-28T23:00:00Z"),
        ("the last second", "2026-03-29T21:59:59Z"),
        ("the next day", "2026-03-29T22:00:00Z"),
    ):
        beside.call("main", "dolt_commit", "--allow-empty", "-m", message, "--date", date)
    async with drive(demo) as user:
        await user.press("3", "f", "ctrl+u")
        await user.type("since:2026-03-29 until:2026-03-29")
        await user.press("enter")
        shown = "".join(" ".join(row) for row in user.rows(user.workspace.panes.log))
        assert "just after midnight" in shown
        assert "the last second" in shown
        assert "the evening before" not in shown
        assert "the next day" not in shown
        assert "since 2026-03-29 · until" in user.text(user.workspace.panes.log)
        await user.go_to(user.workspace.panes.log, user.workspace.panes.log.grid.line(0).key)  # type: ignore[union-attr]
        assert "2026-03-29 23:59:59 +0200" in user.main  # the same day is told of the commit
        await user.press("3", "f")
        assert "since:2026-03-29 until:2026-03-29" in user.dialog_text
        await user.press("escape")
