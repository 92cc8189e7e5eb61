"""Foreign keys for people: those that refer to a row, and the row that one refers to. Pure."""

from __future__ import annotations

from collections.abc import Hashable

from dolt_tui.engine.model import ForeignKey
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import ELLIPSIS, Cell, Style, cell, join
from dolt_tui.words import count

REFERENCE_COLUMNS = (
    Column("table", "table", max_width=60, separator=False),
    Column("by", "by", max_width=80),
    Column("rows", "rows", numeric=True, max_width=60),
)


def reference_row(at: Hashable, value: object, key: ForeignKey, counted: int | str | None) -> Row:
    """A foreign key with the number of rows that refer by it; None: not counted yet; a text: why not."""
    number = (
        cell(ELLIPSIS if counted is None else count(counted), Style.DIM if not counted else "")
        if not isinstance(counted, str)
        else cell(f"? {counted}", Style.WARNING)
    )
    by = join(cell(", ".join(key.columns)), cell(f" → {', '.join(key.referred_columns)}", Style.DIM))
    return Row(at, (cell(key.table, Style.BOLD if counted else ""), by, number), value=value)


def called_cell(table: str, names: tuple[str | None, ...], *, missing: bool = False) -> Cell:
    """What is told behind the value of a key: ``Hendriks → Son, employees``; of a row without a name the table.

    ``names`` are those of the row before, where that was another one, and of the row now; ``missing``: it is not there.
    """
    if missing:
        return cell(f"no such row in {table}", Style.WARNING)
    told = " → ".join(name for name in names if name)
    return cell(f"{told}, {table}" if told else f"→ {table}", Style.DIM)
