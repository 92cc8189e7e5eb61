"""Rows that conflict, and what is decided about them, as lines of a grid. Pure.

A row that is not decided has a line for each cell that is open, one that is decided has a single line.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Final

from dolt_tui.engine.conflicts.deciding import ROW, decision_of, open_columns, outcome
from dolt_tui.engine.editing.draft import same
from dolt_tui.engine.model import ColumnInfo, RowKey, RowValues, Value, key_of
from dolt_tui.engine.model.conflicts import (
    ConflictRow,
    Edited,
    Outcome,
    RowDecision,
    Side,
    TablePlan,
)
from dolt_tui.frozen import Frozen
from dolt_tui.ui.present.differences import by_word, windows
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.json_paths import changes_text, json_changes, json_object, merged_json, same_json
from dolt_tui.ui.present.text import ABSENT_SIGN, Cell, Style, cell, is_numeric, plain, sanitise, styles, value_cell
from dolt_tui.words import count, plural

CHOSEN: Final = "● "
"""Stands before the side that is taken."""
OPEN: Final = cell("?", Style.CONFLICT)
MERGED: Final = "both merged"
_TAKEN = styles(Style.ADDED, Style.BOLD)
_EDITED = styles(Style.MODIFIED, Style.BOLD)
ROOM: Final = 24
"""Characters of a text that are shown from its beginning, whatever differs; of longer ones from where they differ."""
_WIDEST = 30
_MARKED = 200
"""Characters of a text that are shown where it is marked what differs; no column is as wide."""
_SIDES = (Side.BASE, Side.OURS, Side.THEIRS)


class Line(Frozen):
    """What a line is about; the value of its row."""

    row: ConflictRow
    column: str
    """The column of its cell; `ROW` for the row as a whole."""
    position: int
    """That of the row among those that conflict, from 0."""
    cells: tuple[str, ...]
    """All columns of the row that have to be decided."""
    folded: bool
    """Whether it stands for all of these."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that a decision on this line is about; empty where that is the row."""
        if self.column == ROW:
            return ()
        return self.cells if self.folded else (self.column,)


class Shape(Frozen):
    """A table whose rows conflict."""

    table: str
    columns: tuple[ColumnInfo, ...]
    key: tuple[str, ...]
    """The columns of its primary key; empty where it has none, or where what tells rows apart is none of them."""
    numeric: frozenset[str] = frozenset()
    """Those of them that hold numbers."""

    def column(self, name: str) -> ColumnInfo | None:
        """A column by its name."""
        return next((column for column in self.columns if column.name == name), None)


def shape_of(table: str, columns: Sequence[ColumnInfo], keys: Sequence[RowKey]) -> Shape:
    """What lines of a table are made of; ``keys`` are those of its rows."""
    names = tuple(column.name for column in key_of(columns))
    first = keys[0] if keys else ()
    if len(first) != len(names):
        names = ()
    numeric = frozenset(name for name, value in zip(names, first, strict=False) if is_numeric(value))
    return Shape(table, tuple(columns), names, numeric)


def grid_columns(shape: Shape) -> tuple[Column, ...]:
    """The columns of the grid: the key's, which stay where they are, the cell's name, its three values, the result."""
    if shape.key:
        key = [
            Column(f"key {at}", sanitise(name), numeric=name in shape.numeric, frozen=True, max_width=24)
            for at, name in enumerate(shape.key)
        ]
    else:
        key = [Column("key 0", "row", frozen=True, max_width=24, shrink=True, min_width=6)]
    return (
        *key,
        Column("column", "column", max_width=20, shrink=True, min_width=6),
        Column("base", "base", max_width=_WIDEST, shrink=True, min_width=5),
        Column("ours", "  ours", max_width=_WIDEST + 2, shrink=True, min_width=10),
        Column("theirs", "  theirs", max_width=_WIDEST + 2, shrink=True, min_width=10),
        Column("result", "result", max_width=_WIDEST, shrink=True, min_width=8),
    )


# lines


class Decided:
    """What is decided, over the rows that conflict: an `Overlay` that makes all lines. What was made is kept."""

    def __init__(
        self, shape: Shape, plan: TablePlan, total: int, before: Decided | None = None, room: int = ROOM
    ) -> None:
        """``total``: how many rows conflict. ``before``: the same under another plan. ``room``: see `lines_of`."""
        self.shape, self.plan, self._total, self._room = shape, plan, total, room
        self._made: dict[RowKey, tuple[RowDecision, tuple[Row, ...]]] = {}
        if before is not None and before.shape == shape and before._room == room:
            self._made = before._made

    @property
    def extra(self) -> int:
        """How many lines there are besides one for each row: as many as the rows that were seen make likely."""
        known = len(self._made)
        more = sum(len(lines) - 1 for _, lines in self._made.values())
        return more * self._total // known if known else 0

    def over(self, rows: Sequence[Row], last: bool) -> tuple[Row, ...]:
        """The lines of rows that were read."""
        found: list[Row] = []
        for row in rows:
            assert isinstance(row.value, ConflictRow | Line)
            conflict = row.value.row if isinstance(row.value, Line) else row.value
            decision = decision_of(self.plan, conflict)
            known = self._made.get(conflict.key)
            if known is None or (known[0] is not decision and known[0] != decision):
                known = self._made[conflict.key] = decision, self._lines(row, conflict, decision)
            found += known[1]
        return tuple(found)

    def _lines(self, base: Row, conflict: ConflictRow, decision: RowDecision) -> tuple[Row, ...]:
        position = base.key[1] if isinstance(base.key, tuple) else 0
        assert isinstance(position, int)
        first, *more = lines_of(self.shape, conflict, decision, position, self._room)
        return (replace(first, base=base), *(replace(row, extra=True) for row in more))


def base_row(conflict: ConflictRow, position: int) -> Row:
    """A row that was read, for `Decided` to make lines of."""
    return Row((ROW, position), (), value=conflict)


def line_key(key: RowKey, column: str) -> Hashable:
    """The key of a line in the grid."""
    return (key, column)


def lines_of(
    shape: Shape, row: ConflictRow, decision: RowDecision, position: int = 0, room: int = ROOM
) -> tuple[Row, ...]:
    """The lines of a row; ``room``: how many characters of a text are shown from its beginning, whatever differs."""
    names, found = open_columns(row), outcome(row, decision)
    by_row = bool(decision.row is not None or decision.delete or decision.count is not None)
    if not names or names == (ROW,) or (by_row and found.decided):
        cells: tuple[str, ...] = () if names == (ROW,) else names
        name = ROW if by_row or names == (ROW,) or not cells else cells[0]
        return (_line(shape, row, decision, found, Line(row, name, position, cells, folded=True), room, first=True),)
    folded = found.decided
    return tuple(
        _line(shape, row, decision, found, Line(row, name, position, names, folded=folded), room, first=not at)
        for at, name in enumerate(names[:1] if folded else names)
    )


def _line(
    shape: Shape, row: ConflictRow, decision: RowDecision, found: Outcome, line: Line, room: int, *, first: bool
) -> Row:
    sign: Cell = ()
    if first:
        sign = cell("✓", Style.SUCCESS) if found.decided else cell("!", Style.CONFLICT)
    if line.column == ROW:
        name = cell("(count)" if row.counts is not None else "(row)", Style.WARNING)
        shown = (
            _count_cells(row, decision, found) if row.counts is not None else _row_cells(shape, row, decision, found)
        )
    else:
        more = len(line.cells) - 1 if line.folded else 0
        name = cell(line.column)
        if more:
            name = (*name, (f" +{more}", Style.DIM))
        shown = cell_cells(row, decision, found, line.column, room)
    return Row(line_key(row.key, line.column), (*_key_cells(shape, row, first), name, *shown), value=line, sign=sign)


def _key_cells(shape: Shape, row: ConflictRow, first: bool) -> list[Cell]:
    if not first:
        return [()] * max(1, len(shape.key))
    if shape.key:
        return [value_cell(value, Style.BOLD) for value in row.key]
    return [cell(row_label(shape, row), Style.BOLD)]


def key_text(shape: Shape, row: ConflictRow) -> str:
    """A row as it is called: by its key, or by what it holds; sanitised."""
    return " · ".join(plain(value_cell(value)) for value in row.key) if shape.key else row_label(shape, row)


def row_label(shape: Shape, row: ConflictRow, side: Side | None = None, most: int = 2) -> str:
    """A row by its first values that are no key, texts where there is one, as a side or else anybody has it; sanitised.

    One that has no key is told apart by values of every type.
    """
    values = row.side(side) if side is not None else row.ours or row.theirs or row.base
    if values is None:
        return ABSENT_SIGN
    names = [column.name for column in shape.columns if column.name in values and column.name not in shape.key]
    texts = [name for name in names if isinstance(values[name], str) and json_object(values[name]) is None]
    named = (texts or names) if shape.key else names
    some = [values[name] for name in named[:most] if values[name] is not None]
    return " · ".join(plain(value_cell(value, limit=_WIDEST)) for value in some)


def mark(shown: Cell, *, chosen: bool) -> Cell:
    """The value of a side, with a sign before it where that is taken."""
    if not chosen:
        return (("  ", ""), *shown)
    return ((CHOSEN, _TAKEN), *((text, _TAKEN) for text, _ in shown))


def choice_of(row: ConflictRow, decision: RowDecision, column: str) -> Side | Edited | None:
    """What is decided about a cell; None: nothing."""
    return decision.cells.get(column, decision.row)


# a cell


def cell_cells(
    row: ConflictRow, decision: RowDecision, found: Outcome, column: str, room: int = ROOM
) -> tuple[Cell, Cell, Cell, Cell]:
    """Base, ours, theirs and the result of a cell; of long values what differs."""
    choice = choice_of(row, decision, column)
    sides = {side: (values or {}).get(column, NOWHERE) for side in _SIDES for values in (row.side(side),)}
    own = choice.value if isinstance(choice, Edited) else NOWHERE
    merged = own is not NOWHERE and is_merged(row, column, own)
    base, ours, theirs, edited = values_cells((*sides.values(), own), room)
    if row.base is None:
        base = cell("added by both" if open_columns(row)[:1] == (column,) else ABSENT_SIGN, Style.NULL)
    result = OPEN
    if merged:
        result = cell(MERGED, Style.BOLD)
    elif own is not NOWHERE:
        result = _styled(edited, _EDITED)
    elif isinstance(choice, Side):
        result = _styled({Side.BASE: base, Side.OURS: ours, Side.THEIRS: theirs}[choice], Style.BOLD)
    elif column not in found.open:
        result = _styled(ours, Style.BOLD)
    return (
        _styled(base, _TAKEN) if choice is Side.BASE else base,
        mark(ours, chosen=choice is Side.OURS or merged),
        mark(theirs, chosen=choice is Side.THEIRS or merged),
        result,
    )


class _Nowhere:
    """Stands where a side has no such row or column."""


NOWHERE = _Nowhere()


def is_merged(row: ConflictRow, column: str, value: object) -> bool:
    """Whether a value is the JSON of both sides, merged by key."""
    merged = merge_of(row, column)
    return merged is not None and same_json(merged, value)


def merge_of(row: ConflictRow, column: str) -> str | None:
    """The JSON of a cell with what both sides changed in it; None where there is none."""
    base, ours, theirs = ((row.side(side) or {}).get(column) for side in _SIDES)
    return merged_json(base, ours, theirs)


def values_cells(values: Sequence[object], room: int = ROOM) -> list[Cell]:
    """Values of one cell; long ones so that one sees what differs."""
    base, *others = values
    root = json_object(base)
    there = [value for value in values if value is not NOWHERE and value is not None]
    objects = [json_object(value) for value in there]
    if root is not None and all(found is not None for found in objects):
        keys = cell(f"{{{plural(len(root), 'key')}}}")
        said: list[Cell] = [keys]
        for value in others:
            found = json_object(value)
            changes = list(json_changes(root, found)) if found is not None else []
            said.append(_plain_value(value) if found is None else cell(changes_text(changes)) if changes else keys)
        return said
    if there and all(isinstance(value, str) for value in there):
        texts = iter(windows([str(value) for value in there], room))
        shown = [None if value is NOWHERE or value is None else next(texts) for value in values]
        return [
            _plain_value(value) if text is None else _marked_text(text, shown[0] if at else None)
            for at, (value, text) in enumerate(zip(values, shown, strict=True))
        ]
    return [_plain_value(value) for value in values]


def _marked_text(text: str, base: str | None) -> Cell:
    """A text, and in it what the base has otherwise."""
    if base is None or text == base:
        return value_cell(text)
    return tuple((sanitise(part), style) for part, style in by_word(text[:_MARKED], base[:_MARKED], Style.MODIFIED))


def _plain_value(value: object) -> Cell:
    return cell(ABSENT_SIGN, Style.NULL) if value is NOWHERE else value_cell(value)


def _styled(shown: Cell, style: str) -> Cell:
    return tuple((text, style) for text, _ in shown)


# a row as a whole


def row_changes(shape: Shape, row: ConflictRow, values: RowValues) -> list[tuple[str, Value]]:
    """What differs between a row as it was and as it is: the columns, and their values now."""
    if row.base is None:
        return []
    base = row.base
    names = [column.name for column in shape.columns if column.name in values]
    return [(name, values[name]) for name in names if name not in base or not same(values[name], base[name])]


def side_text(shape: Shape, row: ConflictRow, side: Side) -> Cell:
    """What a side did to a row, on one line: ``deleted``, ``tier → gold``."""
    values = row.side(side)
    if values is None:
        return cell("deleted" if row.base is not None else ABSENT_SIGN, Style.MINUS)
    changes = row_changes(shape, row, values)
    if side is Side.BASE or not changes:
        return cell(row_label(shape, row, side, 1) or "there")
    name, value = changes[0]
    more = f"  +{len(changes) - 1}" if len(changes) > 1 else ""
    return cell(f"{name} → {plain(value_cell(value, limit=_WIDEST))}{more}")


def _row_cells(shape: Shape, row: ConflictRow, decision: RowDecision, found: Outcome) -> tuple[Cell, Cell, Cell, Cell]:
    base, ours, theirs = (side_text(shape, row, side) for side in _SIDES)
    if row.base is None:
        base = cell("added by both", Style.NULL)
    if not found.decided:
        result = OPEN
    elif found.values is None:
        result = cell("deleted", styles(Style.MINUS, Style.BOLD))
    elif decision.cells:
        result = cell(f"{plural(len(decision.cells), 'cell')} chosen", _EDITED)
    elif decision.row is None:
        result = _styled(ours, Style.BOLD)
    else:
        result = _styled({Side.BASE: base, Side.OURS: ours, Side.THEIRS: theirs}[decision.row], Style.BOLD)
    return (
        _styled(base, _TAKEN) if decision.row is Side.BASE else base,
        mark(ours, chosen=decision.row is Side.OURS and not decision.delete),
        mark(theirs, chosen=decision.row is Side.THEIRS and not decision.delete),
        result,
    )


def _count_cells(row: ConflictRow, decision: RowDecision, found: Outcome) -> tuple[Cell, Cell, Cell, Cell]:
    assert row.counts is not None
    base, ours, theirs = (cell(f"{count(number)}×") for number in row.counts)
    result = OPEN if not found.decided else cell(f"{count(found.count or 0)}×", Style.BOLD)
    if found.decided and decision.count is not None:
        result = _styled(result, _EDITED)
    return (
        _styled(base, _TAKEN) if decision.row is Side.BASE else base,
        mark(ours, chosen=decision.row is Side.OURS),
        mark(theirs, chosen=decision.row is Side.THEIRS),
        result,
    )
