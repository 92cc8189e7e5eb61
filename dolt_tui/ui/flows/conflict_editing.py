"""Giving a cell of a row that conflicts a value of its own, in the editor for its type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.geometry import Region

from dolt_tui.engine.conflicts import plans
from dolt_tui.engine.conflicts.deciding import decision_of, outcome
from dolt_tui.engine.errors import EngineError
from dolt_tui.engine.model import ColumnInfo, Editable
from dolt_tui.engine.model.conflicts import ResolutionPlan
from dolt_tui.ui.flows.cell_editing import Target, open_editor
from dolt_tui.ui.present.conflict_rows import Line, Shape, key_text

if TYPE_CHECKING:
    from dolt_tui.ui.dialogs.cell_editors.base import Edited
    from dolt_tui.ui.flows.context import Context

Decide = Callable[[ResolutionPlan, str], None]
"""Puts another plan into effect; it is told what was done."""
_COUNT = ColumnInfo("rows", "bigint unsigned", nullable=False)


def edit_cell(context: Context, shape: Shape, line: Line, decide: Decide) -> None:
    """Edit the cell of a line; what is typed is checked by the column's type before it is taken."""
    column = shape.column(line.column)
    if column is None:
        context.tell(f"edit: the merged table has no column {line.column}", "warning")
        return
    if column.generated:
        context.tell(f"edit: {column.name} is computed by the database", "warning")
        return
    if column.name in shape.key:
        context.tell(f"edit: {column.name} is part of the key", "warning")
        return
    repository, branch, table = context.state.repository, context.state.home, shape.table

    def work() -> Editable:
        try:
            found = repository.edits.editable(branch, table)
        except EngineError:  # our side may not have it: then nothing is known but the columns
            found = Editable(table, repository.info.traits.sql)
        return replace(found, columns=shape.columns)

    context.look(f"find out how {table} can be edited", work, lambda editable: _open(context, editable, line, decide))


def _open(context: Context, table: Editable, line: Line, decide: Decide) -> None:
    resolving = context.session.resolving
    found = resolving.found
    if found is None:
        return
    plan, row, name = resolving.plan, line.row, line.column
    values = outcome(row, decision_of(plan.step(found.commit).table(table.table), row)).values
    value = (values or row.ours or row.theirs or {}).get(name)

    def answered(answer: Edited | None) -> None:
        if answer is not None and answer.changed:
            edited = plans.edit(resolving.plan, found.commit, table.table, row.key, name, answer.value)
            decide(edited, f"{name} edited")

    open_editor(context, Target(table, name, value, _place(context), _last), answered)


def edit_count(context: Context, shape: Shape, line: Line, decide: Decide) -> None:
    """Type how often a row is to be there."""
    resolving = context.session.resolving
    found, row = resolving.found, line.row
    if found is None or row.counts is None:
        return
    style = context.state.repository.info.traits.sql
    decision = decision_of(resolving.plan.step(found.commit).table(shape.table), row)
    number = outcome(row, decision).count
    table = Editable(key_text(shape, row), style, (_COUNT,))

    def answered(answer: Edited | None) -> None:
        if answer is not None and answer.changed and isinstance(answer.value, int):
            plan = plans.count(resolving.plan, found.commit, shape.table, row.key, answer.value)
            decide(plan, f"{answer.value}× {key_text(shape, row)}")

    value = number if number is not None else row.counts[1]
    open_editor(context, Target(table, _COUNT.name, value, _place(context), _last), answered)


def _place(context: Context) -> Region:
    """Where the result is on the screen; where that is not seen, the rows."""
    grid = context.main.grid
    grid.model.show_cursor()
    grid.show_column("result")
    return grid.cell_region("result") or Region(*grid.content_region.offset, 1, 1)


def _last(_step: int) -> str:
    return "No other cell follows: ⏎ takes it."
