"""Rows of dialogs in which a branch is chosen."""

from __future__ import annotations

from dolt_tui.engine.model import Branch, RemoteBranch
from dolt_tui.ui.present.grid_rows import Column, Row

BRANCH_COLUMNS = (
    Column("name", flex=True, separator=False),
    Column("note", separator=False),
    Column("age", numeric=True, separator=False),
)


def branch_name(row: Row) -> str:
    """What a row of the picker is called."""
    value = row.value
    return value.name if isinstance(value, Branch) else value.tracking if isinstance(value, RemoteBranch) else ""
