"""The lines of the SQL log. Pure."""

from __future__ import annotations

from dolt_tui.engine.model import Statement
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Style, cell, join
from dolt_tui.words import count


def statement_row(statement: Statement) -> Row:
    """A line of the command log."""
    failed = bool(statement.error)
    sql = " ".join(statement.sql.split())
    text = join(
        cell(sql, Style.BOLD if statement.writes else ""),
        cell(f"  [{statement.parameters}]" if statement.parameters else "", Style.DIM),
    )
    if failed:
        text = join(text, cell(f"  {statement.error}", Style.ERROR))
    return Row(
        statement.number,
        (
            cell(f"{statement.started.astimezone():%H:%M:%S}", Style.DIM),
            cell(f"{statement.seconds * 1000:.1f} ms"),
            cell(
                "✗" if failed else "" if statement.rows is None else count(statement.rows),
                Style.ERROR if failed else "",
            ),
            cell(statement.revision, Style.DIM),
            text,
        ),
        value=statement,
    )


STATEMENT_COLUMNS = (
    Column("time", "time", separator=False),
    Column("took", "took", numeric=True, separator=False),
    Column("rows", "rows", numeric=True, separator=False),
    Column("branch", "branch", max_width=16, separator=False),
    Column("sql", "statement", max_width=2000, separator=False),
)
