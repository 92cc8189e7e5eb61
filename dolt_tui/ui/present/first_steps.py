"""What to do next, by keys, where there is nothing to show. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len

from dolt_tui.ui.commands.keymap import with_keys

_CLEAN = (
    ("{key:pane.tables} ⏎", "rows of a table: {key:cells.edit} edits a cell, {key:cells.new_row} adds a row"),
    ("{key:console.line}", "run a statement; {key:console} opens the SQL console"),
    ("{key:pane.branches} {key:branches.new}", "make a branch; {key:branches.merge} merges one"),
    ("{key:pane.log} ⏎", "look at what a commit changed"),
)
_CLEAN_READ_ONLY = (
    ("{key:pane.tables} ⏎", "look at the rows of a table"),
    ("{key:pane.branches}", "see what a branch changes"),
    ("{key:pane.log} ⏎", "look at what a commit changed"),
    ("{key:console.line}", "run a query"),
)
_NO_TABLES = (
    ("{key:pane.tables} {key:tables.new}", "make one by a form: columns, keys, indexes"),
    ("{key:pane.tables} {key:import}", "import one from a file: CSV, JSON lines, SQL"),
    ("{key:console}", "write CREATE TABLE in the SQL console"),
)


def unchanged(branch: str, *, tables: bool, read_only: bool) -> str:
    """What is said where a branch has no uncommitted changes; ``tables``: whether it has any."""
    if not tables:
        return no_tables(branch, read_only=read_only)
    said = f"Nothing has changed on {branch} since its last commit."
    return _said(said, _CLEAN_READ_ONLY if read_only else _CLEAN)


def no_tables(branch: str, *, read_only: bool) -> str:
    """What is said where a branch has no tables."""
    said = f"There are no tables on {branch} yet."
    return said if read_only else _said(said, _NO_TABLES)


def _said(said: str, steps: Iterable[tuple[str, str]]) -> str:
    lines = [(with_keys(keys), with_keys(what)) for keys, what in steps]
    widest = max(cell_len(keys) for keys, _ in lines)
    return "\n".join([said, "", *(f"{keys.ljust(widest)}  {what}" for keys, what in lines)])
