"""Going to the next row, or cell, that is not decided."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dolt_tui.engine.conflicts.deciding import ROW, decision_of, outcome
from dolt_tui.engine.model.conflicts import TablePlan
from dolt_tui.ui.main_view.conflicts import ConflictPages, LoadedConflicts
from dolt_tui.ui.present.conflict_rows import Line

if TYPE_CHECKING:
    from dolt_tui.ui.flows.context import Context
    from dolt_tui.ui.present.grid_rows import Match, Row


def is_open(plan: TablePlan, line: Line) -> bool:
    """Whether what a line is about is not decided."""
    found = outcome(line.row, decision_of(plan, line.row))
    return line.column in found.open or ROW in found.open


def go_to_next(context: Context, *, backward: bool) -> bool:
    """Go to the next line of the rows that is not decided, round the end where none follows; False: there is none.

    Rows that are not held are found by their keys, in the background where they have to be read for it.
    """
    main = context.main
    grid, loaded, resolving = main.grid, main.loaded, context.session.resolving
    found = resolving.found
    if loaded is None or found is None:
        return False
    table = getattr(loaded.view, "table", "")
    plan = resolving.step.table(table)
    at, total = grid.cursor_index, grid.row_count
    after = range(at - 1, -1, -1) if backward else range(at + 1, total)
    reached = _held(grid.line, after, plan)
    if isinstance(reached, int):
        grid.move_to(reached)
        return True
    if isinstance(loaded, LoadedConflicts) and isinstance(grid.source, ConflictPages):
        _search(context, loaded, grid.source, plan, reached, backward=backward)
        return True
    before = range(total - 1, at, -1) if backward else range(at)
    reached = _held(grid.line, before, plan)
    if isinstance(reached, int):
        grid.move_to(reached)
        return True
    here = grid.cursor_row
    return here is not None and isinstance(here.value, Line) and is_open(plan, here.value)


def _held(line_at: object, order: Iterable[int], plan: TablePlan) -> int | Line | None:
    """The first of these lines that is not decided; or the last one that is held before one that is not."""
    last: Line | None = None
    for index in order:
        row: Row | None = line_at(index)  # type: ignore[operator]
        if row is None:
            return last
        if isinstance(row.value, Line):
            if is_open(plan, row.value):
                return index
            last = row.value
    return last


def _search(
    context: Context,
    loaded: LoadedConflicts,
    pages: ConflictPages,
    plan: TablePlan,
    last: Line | None,
    *,
    backward: bool,
) -> None:
    """Look through the keys, beyond the last line that was looked at."""
    grid, rows, table, keys = context.main.grid, loaded.view.rows, loaded.view.table, loaded.keys
    here = grid.cursor_row
    cursor = here.value.position if here is not None and isinstance(here.value, Line) else 0
    start = last.position if last is not None else cursor
    order = (
        [*range(start - 1, -1, -1), *range(len(keys) - 1, start, -1)]
        if backward
        else [
            *range(start + 1, len(keys)),
            *range(start),
        ]
    )

    def find() -> Match | None:
        for position in order:
            decision = plan.rows.get(keys[position])
            if decision is None:
                if plan.whole is None:
                    return pages.match_of(position)
                continue
            if decision.row is None and decision.count is None and not decision.delete:
                row = rows.row(table, keys[position])
                if not outcome(row, decision).decided:
                    return pages.match_of(position)
        return None

    def done(match: Match | None) -> None:
        if match is not None and context.main.loaded is loaded:
            grid.go_to(match)
        elif match is None:
            context.tell(f"Everything in {table} is decided")

    context.session.job("search", "look for what is undecided", find, done)
