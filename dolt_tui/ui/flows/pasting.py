"""A paste of rows over the cells of a table: it fills cells from the cursor on, as edits of the draft."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.editing.cell_values import kind_of, parse
from dolt_tui.engine.errors import EngineError, InvalidValue
from dolt_tui.engine.model import ColumnInfo, Editable, RowKey, RowValues, Value
from dolt_tui.ui.dialogs.listing import ListDialog
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.pasted import Pasted, read_pasted
from dolt_tui.ui.present.text import Style, cell
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.engine.model import SqlStyle
    from dolt_tui.ui.flows.context import Context

_SHOWN = 200
"""Refused values that are listed."""
_COLUMNS = (Column("place", separator=False), Column("why", max_width=200, separator=False))


class Filling:
    """The values of what was pasted, each as its column has it, and those that it refuses."""

    def __init__(self, table: Editable, columns: list[ColumnInfo], pasted: Pasted) -> None:
        self._table, self.columns, self.pasted = table, columns, pasted
        self.refused: list[tuple[str, str]] = []
        """The place, and why."""
        self.rows = [self._row(number, row) for number, row in enumerate(pasted.rows, 1)]
        wide = max((len(row) for row in pasted.rows), default=0) - len(columns)
        if wide > 0:
            self.refused.append(("", f"the paste has {plural(wide, 'column')} too many"))

    def _row(self, number: int, texts: tuple[str | None, ...]) -> RowValues:
        values: dict[str, Value] = {}
        for column, text in zip(self.columns, texts, strict=False):
            if column.generated:
                continue  # whole rows are copied with what the database computes
            try:
                values[column.name] = value_of(text, column, self._table.style, exact=self.pasted.exact)
            except EngineError as error:
                self.refused.append((f"line {number}, {column.name}", error.message))
        return values


def value_of(text: str | None, column: ColumnInfo, style: SqlStyle, *, exact: bool) -> Value:
    """The value of a pasted text. An empty one is NULL where that may be, unless NULL is spelt elsewhere.

    Raises `InvalidValue`.
    """
    if text is None and not column.nullable:
        raise InvalidValue(f"{column.name} cannot be NULL.")
    if text is None or (not text and not exact and column.nullable):
        return None
    return parse(text, column, style)


def paste_cells(context: Context, table: Editable, text: str) -> None:
    """Fill cells from the cursor on, to the right and down; lines beyond the last row become new rows."""
    main, grid = context.main, context.main.grid
    loaded, at = main.loaded, main.column
    if loaded is None or at is None:
        return
    known = {column.name: column for column in table.columns}
    shown = [
        loaded.columns[int(one.key)].name for one in grid.columns if one.key.isdecimal() and one.key not in grid.hidden
    ]
    pasted = read_pasted(text, list(known))
    names = list(pasted.heading) or shown[shown.index(loaded.columns[at].name) :]
    filling = Filling(table, [known[name] for name in names if name in known], pasted)
    draft, first = context.state.row_draft.draft, grid.cursor_index
    number = len(filling.rows)
    lines = [grid.line(index) for index in range(first, min(first + number, grid.row_count))]
    if any(line is None for line in lines):
        context.tell("The paste reaches rows that are not read yet: go there first, and come back.", "warning")
        return
    changed: list[tuple[RowValues, RowValues]] = []
    for line, values in zip(lines, filling.rows, strict=False):
        assert line is not None
        if line.extra and isinstance(line.key, tuple):
            draft = draft.set_added(table.table, line.key, values)
        elif (before := loaded.shown_row(line)) is not None and values:
            changed.append((dict(before), values))
    draft = draft.set_cells(table, changed)
    new = [_without_blank_numbers(values, table) for values in filling.rows[len(lines) :]]
    draft, keys = draft.add_rows(table, new)
    context.session.drafts.change(draft, _behind(context, keys))
    filled = sum(map(bool, filling.rows[: len(lines)]))
    said = [plural(filled, "row") + " filled"] if filled else []
    said += [f"{plural(len(new), 'row')} added"] if new else []
    context.tell(f"Pasted: {', '.join(said) or 'nothing'}", "warning" if filling.refused else "information")
    if filling.refused:
        tell_refused(context, filling.refused)


def _behind(context: Context, keys: list[RowKey]) -> dict[RowKey, RowKey]:
    """New rows stand behind the last one that is there."""
    grid = context.main.grid
    last = grid.line(grid.row_count - 1) if grid.row_count else None
    while last is not None and last.extra:
        last = last.base
    return dict.fromkeys(keys, last.key) if last is not None and isinstance(last.key, tuple) else {}


def _without_blank_numbers(values: RowValues, table: Editable) -> RowValues:
    """The values of a new row without those that the database counts up, where nothing is given for them."""
    return {
        name: value
        for name, value in values.items()
        if value is not None or not kind_of(table.column(name), table.style).automatic
    }


def tell_refused(context: Context, refused: list[tuple[str, str]]) -> None:
    """List the values that no column takes, with their places; their cells stay as they were."""
    rows = [
        Row(at, (cell(place, Style.BOLD), cell(why, Style.ERROR))) for at, (place, why) in enumerate(refused[:_SHOWN])
    ]
    title = f"{plural(len(refused), 'value')} not taken"
    context.ask(
        ListDialog(title, rows, _COLUMNS, hint="esc close", choosing=False, large=len(rows) > 8), lambda _: None
    )
