"""An import that is being prepared, as lines and rows."""

from __future__ import annotations

from collections.abc import Sequence

from dolt_tui.engine.transfer.formats import Format
from dolt_tui.engine.transfer.loading import Mode
from dolt_tui.engine.transfer.plans import Plan
from dolt_tui.ui.present.grid_rows import Row
from dolt_tui.ui.present.text import Cell, Style, cell, join, value_cell
from dolt_tui.words import plural

_DELIMITERS = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "vertical bars"}
_MODES = {
    Mode.INSERT: "adds rows; a key that exists already is an error",
    Mode.UPDATE: "rows whose key exists get the file's values; others are added",
    Mode.REPLACE: "rows whose key exists are replaced whole; others are added",
}


def head_lines(plan: Plan) -> list[Cell]:
    """What the file is, where it goes, and how."""
    layout, preview = plan.preview.layout, plan.preview
    about = [layout.format.label]
    if layout.format is Format.CSV:
        about.append(f"separated by {_DELIMITERS.get(layout.delimiter, layout.delimiter)}")
    if layout.format is not Format.PARQUET:
        about.append(layout.encoding)
    if layout.compressed:
        about.append("gzip")
    if layout.format in (Format.CSV, Format.TSV):
        about.append("names in the first line" if layout.header else "no names in the first line")
    number = layout.number if layout.number is not None else preview.seen
    more = "" if preview.whole or layout.number is not None else "more than "
    about.append(f"{more}{plural(number, 'row')}")
    where = "a new table" if plan.new else "an existing table"
    found = [
        join(cell(layout.name, Style.BOLD), cell(f"  {' · '.join(about)}", Style.DIM)),
        join(cell("into "), cell(plan.table, "accent bold"), cell(f"  {where}", Style.DIM)),
    ]
    if not plan.new:
        found.append(join(cell(f"{plan.mode}  "), cell(_MODES[plan.mode], Style.DIM)))
        fit = plan.fit
        if fit is not None and fit.left_out:
            found.append(cell(f"The table lacks {', '.join(fit.left_out)}: left out.", Style.WARNING))
        if fit is not None and fit.computed:
            found.append(cell(f"The table computes {', '.join(fit.computed)} itself.", Style.DIM))
        if fit is not None and fit.missing:
            found.append(cell(f"The file lacks {', '.join(fit.missing)}: default values.", Style.DIM))
    return found


def column_rows(plan: Plan) -> list[Row]:
    """Each column of the file, what it becomes, and its first values."""
    found = []
    for at, (guess, column) in enumerate(zip(plan.preview.columns, plan.columns, strict=True)):
        values = [value_cell(row[at], limit=20) for row in plan.preview.rows[:6]]
        parts: list[Cell] = []
        for value in values:
            parts += [value, cell("  ")]
        style = "" if column is not None else Style.DIM
        key = column is not None and column.primary_key
        found.append(
            Row(
                at,
                (
                    cell("●" if column is not None else "○", Style.ACCENT if column is not None else Style.DIM),
                    cell(guess.name, style),
                    cell(column.type if column is not None else "left out", style),
                    cell("key" if key else "", Style.ACCENT),
                    join(*parts),
                ),
            )
        )
    return found


def sample_rows(plan: Plan, wrong: Sequence[Sequence[str]]) -> list[Row]:
    """The first rows; what a column would not take is marked."""
    return [
        Row(
            number,
            tuple(
                value_cell(value, Style.ERROR if bad else Style.DIM if column is None else "")
                for value, bad, column in zip(row, reasons, plan.columns, strict=True)
            ),
        )
        for number, (row, reasons) in enumerate(zip(plan.preview.rows, wrong, strict=False))
    ]
