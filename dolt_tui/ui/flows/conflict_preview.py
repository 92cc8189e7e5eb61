"""What would conflict, row by row, before anything is decided or merged. Reading only."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

from dolt_tui.engine.model.conflicts import ConflictRow, ConflictSet, RowDecision
from dolt_tui.frozen import Frozen
from dolt_tui.ui.dialogs.listing import ListDialog
from dolt_tui.ui.present.conflict_rows import Shape, key_text, lines_of, shape_of
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Style, cell
from dolt_tui.words import count, plural

if TYPE_CHECKING:
    from dolt_tui.engine.model.conflicts import Incoming
    from dolt_tui.ui.flows.context import Context

_SHOWN = 100
"""Rows of a table that are listed; the others are counted."""
_COLUMNS = (
    Column("row", "row", max_width=24, shrink=True),
    Column("column", "column", max_width=20, shrink=True),
    Column("base", "base", max_width=30, shrink=True),
    Column("ours", "ours", max_width=30, shrink=True),
    Column("theirs", "theirs", max_width=30, shrink=True),
)


class _Table(Frozen):
    """The first rows of a table that conflict."""

    shape: Shape
    rows: tuple[ConflictRow, ...]
    total: int


def look_at_conflicts(context: Context, incoming: Incoming, back: Callable[[], None]) -> None:
    """List the rows that would conflict with their three values, and then go ``back``."""
    resolver = context.state.repository.resolver

    def work() -> tuple[ConflictSet | None, tuple[_Table, ...]]:
        found = resolver.foresee(incoming)
        if found is None:
            return None, ()
        rows = resolver.rows(found)
        return found, tuple(
            _Table(
                shape_of(table, rows.columns(table), rows.keys(table)), rows.page(table, 0, _SHOWN), rows.count(table)
            )
            for table in rows.tables
        )

    def shown(answer: tuple[ConflictSet | None, tuple[_Table, ...]]) -> None:
        found, tables = answer
        if found is None:
            context.tell(f"Nothing conflicts: {incoming.title}")
            back()
            return
        title = f"Conflicts · {incoming.title}"
        dialog = ListDialog(
            title, conflict_rows(found, tables), _COLUMNS, hint="esc back", header=True, choosing=False, large=True
        )
        context.ask(dialog, lambda _: back())

    context.look("look for conflicts", work, shown)


def conflict_rows(found: ConflictSet, tables: tuple[_Table, ...]) -> list[Row]:
    """The rows in conflict by table, a line for each cell; then definitions and constraints."""
    rows: list[Row] = []

    def heading(name: str, text: str) -> None:
        rows.append(Row(("heading", name), (cell(name, Style.HEADING), cell(text, Style.DIM)), selectable=False))

    for table in tables:
        heading(table.shape.table, plural(table.total, "row"))
        for row in table.rows:
            for at, line in enumerate(lines_of(table.shape, row, RowDecision())):
                name, base, ours, theirs, _ = line.cells[-5:]
                label = cell(key_text(table.shape, row), Style.BOLD) if not at else ()
                key: Hashable = (table.shape.table, line.key)
                rows.append(Row(key, (label, name, base, ours, theirs)))
        if table.total > len(table.rows):
            rows.append(Row(("more", table.shape.table), (cell(f"… {count(table.total - len(table.rows))} more"),)))
    for conflict in found.schema:
        heading(conflict.table, "its definition")
    for broken in found.broken:
        heading(str(broken.violation), "would be broken")
    return rows
