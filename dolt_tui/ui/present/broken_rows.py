"""Rows that break a constraint: as they will be, as each side has them, and other rows that matter. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dolt_tui.engine.model import RowKey, RowValues
from dolt_tui.engine.model.conflicts import Broken, BrokenRow, Related, Side, StepPlan
from dolt_tui.frozen import Frozen
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Cell, Style, cell, join, value_cell

BROKEN_COLUMNS = (
    Column("sign", min_width=1, separator=False),
    Column("what", max_width=40, separator=False),
    Column("row", flex=True, separator=False),
)
_VALUES = 60
"""Characters of a value that are shown."""


class BrokenLine(Frozen):
    """What a line is about."""

    row: BrokenRow
    side: Side | None = None
    """The line shows the row as that side has it."""
    related: Related | None = None
    """The line shows a row that has to do with it."""

    @property
    def target(self) -> tuple[str, RowKey, RowValues]:
        """The row that is mended here: table, key, and its values as the merge makes it."""
        if self.related is not None:
            return self.related.table, self.related.key, self.related.values
        return self.row.table, self.row.key, self.row.values


def broken_rows(broken: Broken, step: StepPlan, *, mended: bool = False) -> list[Row]:
    """The lines of a constraint: for each of its rows what it will be, the three sides, and other rows."""
    named = broken.violation.columns
    rows: list[Row] = []
    for number, row in enumerate(broken.rows):
        if number:
            rows.append(Row(("gap", number), (cell(""),), selectable=False))
        mends = step.table(row.table).mends
        values: RowValues | None = row.values
        if row.key in mends:
            after = mends[row.key]
            values = None if after is None else {**row.values, **after}
        sign = cell("✓", Style.SUCCESS) if mended or row.key in mends else cell("‼", Style.WARNING)
        what = "as it will be" if row.there or row.key in mends else "left out"
        rows.append(_line(number, 0, sign, cell(what, Style.BOLD), values, named, BrokenLine(row)))
        for at, (side, its) in enumerate(zip(Side, row.sides, strict=True), 1):
            if its is not None or any(row.sides):
                rows.append(_line(number, at, (), cell(str(side), Style.DIM), its, named, BrokenLine(row, side)))
        for at, other in enumerate(row.related, 4):
            rows.append(_related(number, at, other, step, named if other.table == row.table else (), row))
    return rows


def _related(number: int, at: int, other: Related, step: StepPlan, named: Sequence[str], row: BrokenRow) -> Row:
    mends = step.table(other.table).mends
    sign, values = (cell("✓", Style.SUCCESS) if other.key in mends else cell("↳", Style.ACCENT)), other.values
    what = other.what
    if other.key in mends:
        after = mends[other.key]
        what = f"{other.what}: put back" if not other.there else what
        if after is None:
            return _line(number, at, sign, cell(what), None, named, BrokenLine(row, related=other))
        values = {**other.values, **after}
    return _line(number, at, sign, cell(what), values, named, BrokenLine(row, related=other))


def _line(
    number: int, at: int, sign: Cell, what: Cell, values: RowValues | None, named: Sequence[str], about: BrokenLine
) -> Row:
    shown = cell("deleted" if about.side is None else "no such row", Style.REMOVED)
    if values is not None:
        shown = row_cell(values, named)
    return Row((number, at), (sign, what, shown), value=about)


def row_cell(values: Mapping[str, object], named: Sequence[str] = ()) -> Cell:
    """A row on one line: ``id 7 · parent 1``; the columns ``named`` stand out."""
    parts: list[Cell] = []
    for name, value in values.items():
        style = Style.WARNING if name in named else Style.NONE
        if parts:
            parts.append(cell(" · ", Style.DIM))
        parts += [cell(f"{name} ", Style.DIM), value_cell(value, style, limit=_VALUES)]
    return join(*parts)


def constraint_note(broken: Broken) -> str:
    """``foreign key ×2``: what kind of constraint is broken, and by how many rows."""
    number = broken.violation.rows or len(broken.rows)
    return broken.violation.kind + (f" ×{number}" if number > 1 else "")
