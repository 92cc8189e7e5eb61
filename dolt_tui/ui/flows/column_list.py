"""The columns of what is shown, by name: as a list, and found by a part of their names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dolt_tui.engine.console.completion_matching import match
from dolt_tui.frozen import Frozen
from dolt_tui.ui.dialogs.finder import Listed
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Cell, Style, cell, sanitise, styles
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.ui.panes.main import MainPane

COLUMNS = (
    Column("mark", min_width=2, separator=False),
    Column("name", max_width=60, separator=False),
    Column("type", separator=False),
)
"""Those of the list: whether it is shown, name, type."""


class NamedColumn(Frozen):
    """A column that is shown, or hidden."""

    key: str
    """Of the grid's column."""
    name: str
    about: str
    """Its type, and what else is to be said."""
    hidden: bool


def named_columns(pane: MainPane) -> list[NamedColumn]:
    """The columns with names of what a pane shows, hidden ones too."""
    loaded, grid = pane.loaded, pane.grid
    declared = loaded.columns if loaded is not None else ()
    hidden, changed, found = grid.hidden, pane.changed, []
    for column in grid.columns:
        if not column.title:
            continue
        known = declared[int(column.key)] if column.key.isdecimal() and int(column.key) < len(declared) else None
        parts = [known.type, "key" if known.primary_key else ""] if known is not None else []
        parts += ["changed"] if column.key.isdecimal() and int(column.key) in changed else []
        name = sanitise(known.name) if known is not None else column.title
        found.append(NamedColumn(column.key, name, " · ".join(filter(None, parts)), column.key in hidden))
    return found


def listed(columns: Sequence[NamedColumn], typed: str) -> Listed:
    """The columns whose names fit what was typed, the best first; all of them where nothing was."""
    wanted, total = typed.strip().lower(), plural(len(columns), "column")
    if not wanted:
        return Listed(tuple(row_of(one) for one in columns), total)
    fits = ((match(wanted, one.name, one.name.lower()), at) for at, one in enumerate(columns))
    found = sorted((*fit[:2], at, fit.positions) for fit, at in fits if fit is not None)
    rows = tuple(row_of(columns[at], positions) for *_, at, positions in found)
    return Listed(rows, f"{len(rows)} of {total}")


def row_of(column: NamedColumn, marked: Sequence[int] = ()) -> Row:
    """A line of the list; some letters of the name are marked."""
    look = Style.DIM if column.hidden else ""
    name: Cell = cell(column.name, look)
    if marked:
        spans, at, found = [], 0, styles(look, Style.MATCH)
        for place in marked:
            spans += [(column.name[at:place], look), (column.name[place], found)]
            at = place + 1
        name = tuple(span for span in (*spans, (column.name[at:], look)) if span[0])
    mark = cell("") if column.hidden else cell("✓", Style.SUCCESS)
    return Row(column.key, (mark, name, cell(column.about, Style.DIM)))
