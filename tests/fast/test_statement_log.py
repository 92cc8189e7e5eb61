"""The statement log has an end."""

from __future__ import annotations

from dolt_tui.engine.core.statement_log import StatementLog


def test_the_statement_log_is_bounded() -> None:
    log = StatementLog(3)
    for number in range(5):
        log.start("SELECT", ["x" * 500, b"y" * 500, *range(20)], revision="", purpose="", writes=False).done(number)
    entries = log.entries()
    assert [entry.rows for entry in entries] == [2, 3, 4]
    assert all(len(entry.parameters) < 300 and "… 10 more" in entry.parameters for entry in entries)
