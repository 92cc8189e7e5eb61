"""Rows that were copied as SQL insert the same rows."""

from __future__ import annotations

from contextlib import closing

from dolt_tui.engine.backends.embedded import driver
from dolt_tui.engine.model import SqlStyle
from dolt_tui.ui.present.export import Copied, sql

NASTY = "a\"b'c\\d\n\te|f;\x1b[2J"
ROWS = ((1, "Sehn", None, b"\x00\xff"), (2, NASTY, "", b""))


def test_sql_inserts_the_same() -> None:
    copied = Copied("we`ird", ("id", "na,me", "x", "blob"), ROWS, style=SqlStyle.SQLITE)
    with closing(driver.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE `we``ird` (id INTEGER, `na,me` TEXT, x TEXT, blob BLOB)")
        connection.execute(sql(copied))
        assert connection.execute("SELECT id, `na,me`, x, blob FROM `we``ird`").fetchall() == [*ROWS]
