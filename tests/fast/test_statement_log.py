"""The statement log has an end."""

from __future__ import annotations

from dolt_tui.engine.core.statement_log import StatementLog
from dolt_tui.engine.core.statement_text import beginning, statement_text
from dolt_tui.engine.model import SqlStyle


def test_the_statement_log_is_bounded() -> None:
    log = StatementLog(3)
    for number in range(5):
        log.start("SELECT", ["x" * 500, b"y" * 500, *range(20)], revision="", purpose="", writes=False).done(number)
    entries = log.entries()
    assert [entry.rows for entry in entries] == [2, 3, 4]
    assert all(len(entry.parameters) < 300 and "… 10 more" in entry.parameters for entry in entries)


def test_the_beginning_of_a_statement_is_that_of_the_whole() -> None:
    log = StatementLog()
    for sql, values in (
        ("INSERT INTO t VALUES (%s, %s, %s)", ["it's " * 2000, b"\xff" * 2000, 1]),
        ("INSERT INTO t VALUES " + ", ".join(["(%s)"] * 3000), list(range(3000))),
        ("SELECT * FROM t WHERE a = %(a)s AND b LIKE '%%'", {"a": "x" * 3000}),
        ("SELECT 1", None),
        ("SELECT `%s` FROM t WHERE a = %s", ["x"]),
    ):
        log.start(sql, values, revision="", purpose="", writes=True).done(1)
        found = log.entries()[-1]
        assert beginning(found, SqlStyle.MYSQL, 500) == statement_text(found, SqlStyle.MYSQL)[:500]
