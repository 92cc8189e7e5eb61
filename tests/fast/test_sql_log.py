"""The SQL log as a script."""

from __future__ import annotations

import datetime as dt

from dolt_tui.engine.core.scratch_branch import PREFIX
from dolt_tui.engine.model import SqlStyle, Statement
from dolt_tui.ui.present.sql_log import changing, script, steps

NOW = dt.datetime(2026, 11, 29, tzinfo=dt.UTC)


def ran(number: int, sql: str, *values: str, at: str = "main", purpose: str = "merge", step: int = 1) -> Statement:
    return Statement(
        sql, "", NOW, 0, 1, writes=True, revision=at, purpose=purpose, number=number, step="it", step_number=step,
        values=values,
    )  # fmt: skip


def test_what_was_done_on_a_temporary_branch_is_run_there() -> None:
    name, looked_at = f"{PREFIX}1_x", f"{PREFIX}2_x"
    entries = [
        ran(1, "CALL dolt_branch(%s)", looked_at, purpose="temporary branch", step=2),
        ran(6, "CALL dolt_tag('kept')", purpose="undo: snapshot"),
        ran(2, "CALL dolt_branch(%s)", name, purpose="temporary branch"),
        ran(3, "CALL dolt_merge(%s)", "b`c", at=name),
        ran(4, "CALL dolt_branch('-D', %s)", name, at="", purpose="temporary branch"),
        ran(5, "CALL dolt_reset('--hard')"),
    ]
    found = steps(changing(entries, SqlStyle.MYSQL, {}))
    assert script(found, SqlStyle.MYSQL, "d`b").split("\n")[1:-1] == [
        "USE `d``b/main`;",
        f"CALL dolt_branch('{name}');",
        f"USE `d``b/{name}`;",
        "CALL dolt_merge('b`c');",
        f"CALL dolt_branch('-D', '{name}');",
        "USE `d``b/main`;",
        "CALL dolt_reset('--hard');",
    ]
