"""One row that conflicts, with all of its columns: as each side has it, and as it will be. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from rich.cells import cell_len

from dolt_tui.engine.conflicts.deciding import ROW, open_columns, outcome
from dolt_tui.engine.editing.draft import same
from dolt_tui.engine.model import ColumnInfo, RowValues, Value
from dolt_tui.engine.model.conflicts import Broken, ConflictRow, Edited, RowDecision, Side
from dolt_tui.ui.present.conflict_rows import (
    NOWHERE,
    OPEN,
    Line,
    Shape,
    cell_cells,
    choice_of,
    line_key,
    mark,
    values_cells,
)
from dolt_tui.ui.present.differences import by_word, long_text, wrapped
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.json_paths import MISSING, json_leaves, json_object, json_short
from dolt_tui.ui.present.text import ABSENT_SIGN, Cell, Style, cell, is_numeric, join, sanitise, styles, value_cell
from dolt_tui.words import plural

_SIDES = (Side.BASE, Side.OURS, Side.THEIRS)
_SET = styles(Style.ADDED, Style.BOLD)
_LEAST_TEXT = 8
"""Cells of a line of a long text, at least."""
_WITH_TYPES = 84
"""Cells of a pane that has room for the types of the columns."""
_BETWEEN = 18
"""Cells of a line that are no values: blanks, signs, rules, and the marks before both sides."""
_ONE_LINE = 28
"""Characters of a text that need no lines of their own."""
_MOST_LINES = 200
"""Lines of a long text that are shown."""

RECORD_COLUMNS: Final = (
    Column("column", "column", frozen=True, max_width=24, separator=False),
    Column("type", "type", max_width=14),
    Column("base", "base", max_width=60, shrink=True, min_width=5),
    Column("ours", "  ours", max_width=60, shrink=True, min_width=10),
    Column("theirs", "  theirs", max_width=60, shrink=True, min_width=10),
    Column("result", "result", max_width=60, shrink=True, min_width=7),
)


# as it will be: the columns from left to right


def outcome_columns(shape: Shape, row: ConflictRow) -> tuple[Column, ...]:
    """The columns of the table, behind one that says whose values they are."""
    sides = [there for side in _SIDES if (there := row.side(side)) is not None]
    found = [Column("side", "", frozen=True, max_width=14)]
    for column in _by_weight(shape, row):
        values = [there[column.name] for there in sides if there.get(column.name) is not None]
        numeric = bool(values) and all(map(is_numeric, values))
        key = column.name in shape.key
        found.append(Column(column.name, sanitise(column.name), numeric=numeric, frozen=key, max_width=32))
    return tuple(found)


def _by_weight(shape: Shape, row: ConflictRow) -> list[ColumnInfo]:
    """The columns of a table: the key, one that says who or what it is, those that differ, then the others."""
    called = next((column.name for column in shape.columns if column.name not in shape.key), "")

    def weight(column: ColumnInfo) -> int:
        if column.name in shape.key:
            return 0
        base, ours, theirs = (_of(row.side(side), column.name) for side in _SIDES)
        differs = not same_value(ours, base) or not same_value(theirs, base)
        return 1 if column.name == called else 2 if differs else 3

    return sorted(shape.columns, key=weight)


def outcome_rows(shape: Shape, row: ConflictRow, decision: RowDecision) -> list[Row]:
    """Base, ours, theirs and the result."""
    found = outcome(row, decision)
    columns: list[tuple[Cell, ...]] = []
    for column in _by_weight(shape, row):
        name = column.name
        values = [_of(row.side(side), name) for side in _SIDES]
        result = _of(found.values, name)
        base, ours, theirs, shown = values_cells((*values, result))
        opened = name in found.open or (ROW in found.open and name not in shape.key)
        changed = not same_value(result, values[1]) or choice_of(row, decision, name) is not None
        columns.append(
            (
                base,
                _if_changed(ours, values[0], values[1]),
                _if_changed(theirs, values[0], values[2]),
                OPEN if opened else _styled(shown, _SET if changed and name not in shape.key else Style.BOLD),
            )
        )
    lines = []
    for at, (label, there) in enumerate(
        (
            ("base", row.base is not None),
            ("ours", row.ours is not None),
            ("theirs", row.theirs is not None),
            ("result", found.values is not None),
        )
    ):
        if row.counts is not None:  # the sides have it in different numbers
            number = (*row.counts, found.count)[at]
            there = there and number != 0
            label = label if number is None else f"{label} {number}×"
        cells = [cells[at] for cells in columns]
        if not there:
            word = "not there" if not at or row.base is None else "deleted"
            undecided = at == len(_SIDES) and ROW in found.open
            cells = [OPEN if undecided else cell(word, Style.NULL if word != "deleted" else Style.MINUS)]
        lines.append(Row(label, (cell(label, Style.BOLD if at == len(_SIDES) else Style.DIM), *cells)))
    return lines


def _of(values: RowValues | None, name: str) -> object:
    return NOWHERE if values is None or name not in values else values[name]


def same_value(one: object, other: object) -> bool:
    """Whether two values are equal, of which either may be nowhere."""
    return one is other if NOWHERE in (one, other) else same(one, other)


def _if_changed(shown: Cell, before: object, value: object) -> Cell:
    changed = before is not NOWHERE and value is not NOWHERE and not same_value(before, value)
    return _styled(shown, Style.MODIFIED) if changed else shown


def _styled(shown: Cell, style: str) -> Cell:
    return tuple((text, style) for text, _ in shown)


def remarks(
    shape: Shape, row: ConflictRow, decision: RowDecision, broken: Sequence[Broken], *, checked: bool, failed: str = ""
) -> list[Cell]:
    """What is worth knowing about the row as it will be: whether it fits, and what nobody had to decide.

    ``failed``: why it could not be found out whether it fits.
    """
    found = outcome(row, decision)
    parts: list[Cell] = []
    wrong = [item for item in broken if any(other.table == shape.table and other.key == row.key for other in item.rows)]
    if wrong:
        named = [f"{item.violation.kind} {item.violation.name}".strip() for item in wrong]
        parts.append(cell(f"‼ breaks {', '.join(named)}", Style.CONFLICT))
    elif failed:
        parts.append(cell(f"? not known whether it fits: {failed}", Style.WARNING))
    elif not checked:
        parts.append(cell("… not checked yet", Style.DIM))
    else:
        parts.append(join(cell("✓", Style.SUCCESS), cell(" fits types and keys", Style.DIM)))
    if decision.by:
        parts.append(cell(f"decided by the rule {decision.by}", Style.DIM))
    filled = [name for name in (column.name for column in shape.columns) if name in found.filled]
    if filled:
        one = len(filled) == 1
        names = ", ".join(filled[:3]) + (f" and {len(filled) - 3} more" if len(filled) > 3 else "")
        parts.append(
            cell(f"{names}: only theirs changed {'it, so it is' if one else 'them, so they are'} taken", Style.DIM)
        )
    return parts


def undecided_text(row: ConflictRow, decision: RowDecision) -> str:
    """How much of a row is left: ``1 of 3 cells undecided``."""
    names, found = open_columns(row), outcome(row, decision)
    if found.decided:
        return "decided"
    if names == (ROW,):
        return "undecided"
    return f"{len(found.open)} of {plural(len(names), 'cell')} undecided"


# with all columns: from top to bottom


def record_rows(shape: Shape, row: ConflictRow, decision: RowDecision, position: int, width: int) -> list[Row]:
    """A line for each column, and below those of long texts and of JSON what differs within them.

    ``width`` is that of the pane, in cells.
    """
    found, names = outcome(row, decision), open_columns(row)
    room = _room(shape, width)
    rows: list[Row] = []
    for column in shape.columns:
        name = column.name
        values: list[object] = [_of(row.side(side), name) for side in _SIDES]
        line = Line(row, name if row.counts is None else ROW, position, names, folded=False)
        opened = name in found.open or ROW in found.open
        if name in names:
            shown = list(cell_cells(row, decision, found, name, room))
        else:
            shown = _agreed(row, decision, found.values, name, values, room, opened=opened)
        sign: Cell = ()
        if name in names:
            sign = cell("!", Style.CONFLICT) if opened else cell("✓", Style.SUCCESS)
        elif name in found.filled:
            sign = cell("·", Style.SUCCESS)
        label = cell(name, Style.BOLD if name in names else "")
        within = _within(values, _of(found.values, name), room, opened=opened)
        if within and not _is_json(values):  # its first line stands beside its name
            chosen = choice_of(row, decision, name)
            base, ours, theirs, result = within.pop(0)[2:]
            shown = [
                base,
                mark(ours[1:], chosen=chosen is Side.OURS),
                mark(theirs[1:], chosen=chosen is Side.THEIRS),
                shown[3] if opened else result,
            ]
        kind = cell(column.type.lower(), Style.DIM)
        rows.append(Row(line_key(row.key, name), (label, kind, *shown), value=line, sign=sign))
        for at, cells in enumerate(within):
            rows.append(Row((row.key, name, at), cells, value=line))
    return rows if width >= _WITH_TYPES else [replace(one, cells=(one.cells[0], *one.cells[2:])) for one in rows]


def record_columns(width: int) -> tuple[Column, ...]:
    """The columns of a record, of which a narrow pane has none for the types."""
    return RECORD_COLUMNS if width >= _WITH_TYPES else (RECORD_COLUMNS[0], *RECORD_COLUMNS[2:])


def _room(shape: Shape, width: int) -> int:
    """How many cells each of the four values has."""
    names = min(24, max((cell_len(sanitise(column.name)) for column in shape.columns), default=6))
    types = 3 + min(14, max((cell_len(sanitise(column.type)) for column in shape.columns), default=4))
    return max(_LEAST_TEXT, (width - _BETWEEN - names - (types if width >= _WITH_TYPES else 0)) // 4)


def _agreed(
    row: ConflictRow,
    decision: RowDecision,
    result: RowValues | None,
    name: str,
    values: list[object],
    room: int,
    *,
    opened: bool,
) -> list[Cell]:
    """The cells of a column that needs no decision."""
    choice = choice_of(row, decision, name)
    now = _of(result, name)
    base, ours, theirs, shown = values_cells((*values, now), room)
    changed = not same_value(now, values[1]) or isinstance(choice, Edited)
    if choice is None and not opened and all(same_value(value, now) for value in values):
        return [_styled(base, Style.DIM), mark(_styled(ours, Style.DIM), chosen=False),
                mark(_styled(theirs, Style.DIM), chosen=False), _styled(shown, Style.DIM)]  # fmt: skip
    style = Style.BOLD if choice is None and not changed else _SET
    return [
        base,
        mark(_if_changed(ours, values[0], values[1]), chosen=choice is Side.OURS),
        mark(_if_changed(theirs, values[0], values[2]), chosen=choice is Side.THEIRS),
        OPEN if opened else _styled(shown, style) if result is not None else cell("deleted", Style.MINUS),
    ]


def _is_json(values: Sequence[object]) -> bool:
    """Whether there are values, and all that are there are JSON objects."""
    return all(json_object(value) is not None for value in values if value is not NOWHERE and value is not None)


def _within(values: Sequence[object], result: object, room: int, *, opened: bool) -> list[tuple[Cell, ...]]:
    """What differs within long texts or JSON, line by line; nothing for other values."""
    base, ours, theirs = values
    there = [value for value in values if value is not NOWHERE and value is not None]
    if len(there) < 2 or all(same_value(there[0], value) for value in there[1:]):
        return []
    if _is_json(values):
        return _json_lines(values, result, opened=opened)
    if not any(long_text(value, _ONE_LINE) for value in there) or not all(isinstance(value, str) for value in there):
        return []
    reference = base if isinstance(base, str) else theirs
    other = base if isinstance(base, str) else ours
    columns = [
        [] if base is NOWHERE else _text_lines(base, ours, theirs, room),
        _text_lines(ours, reference, None, room),
        _text_lines(theirs, other, None, room),
        [OPEN] if opened else _text_lines(result, reference, None, room),
    ]
    height = min(_MOST_LINES, max(map(len, columns)))
    blank: Cell = ()
    lines: list[tuple[Cell, ...]] = []
    for at in range(height):
        cells = [column[at] if at < len(column) else blank for column in columns]
        lines.append((blank, blank, cells[0], (("  ", ""), *cells[1]), (("  ", ""), *cells[2]), cells[3]))
    return lines


def _text_lines(text: object, other: object, third: object, room: int) -> list[Cell]:
    """A text in lines, with the words marked that ``other`` has not; of the base those that either side has not."""
    if not isinstance(text, str):
        return [value_cell(None if text is NOWHERE else text)]
    style = Style.MINUS if third is not None else _SET
    compared = other if isinstance(other, str) else third
    if not isinstance(compared, str):
        return wrapped([(text, "")], room)
    return wrapped(by_word(text, compared, style), room)


def _json_lines(values: Sequence[object], result: object, *, opened: bool) -> list[tuple[Cell, ...]]:
    """A line for each path at which the sides differ."""
    objects = [json_object(value) or {} for value in (*values, result)]
    base, ours, theirs, now = map(json_leaves, objects)
    lines: list[tuple[Cell, ...]] = []
    for path in dict.fromkeys((*base, *ours, *theirs)):
        was, one, other, then = (found.get(path, MISSING) for found in (base, ours, theirs, now))
        if was == one == other:
            continue
        clash = one not in (was, other) and other != was
        shown = [_json_cell(was, "")]
        shown += [_json_cell(value, Style.MODIFIED if value != was else "") for value in (one, other)]
        last = OPEN if opened and clash else cell("") if opened else _json_cell(then, _SET if then != was else "")
        marked: Cell = cell(f"  {path}", Style.CONFLICT if clash else Style.DIM)
        lines.append((marked, cell(""), shown[0], (("  ", ""), *shown[1]), (("  ", ""), *shown[2]), last))
    return lines


def _json_cell(value: Value, style: str) -> Cell:
    return cell(ABSENT_SIGN, Style.NULL) if value is MISSING else cell(json_short(value), style)


def whole_row_text(row: ConflictRow, side: Side) -> str:
    """What taking a row as a side has it means."""
    if row.counts is not None:
        base, ours, theirs = row.counts
        return plural({Side.BASE: base, Side.OURS: ours, Side.THEIRS: theirs}[side], "equal row")
    if row.side(side) is None:
        return "the row is deleted" if row.base is not None or side is Side.BASE else "the row is not there"
    if side is Side.BASE:
        return "the row as it was before both"
    if row.ours is None or row.theirs is None:
        return "the row stays, as it was changed"
    return f"the row exactly as {side} has it"
