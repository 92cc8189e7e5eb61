"""A row with uncommitted changes as it is at HEAD, among what is staged and in the working set. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from dolt_tui.engine.model import ABSENT, ColumnInfo, DiffColumn, Halves, RowState, Value
from dolt_tui.ui.present.changed_cell import SideCell, are_texts
from dolt_tui.ui.present.differences import Sides
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.header import cut
from dolt_tui.ui.present.staged_rows import UncommittedRow, staging_sign
from dolt_tui.ui.present.text import Cell, Style, cell, is_numeric, join, plain, sanitise, styles, value_cell

NAMES = ("HEAD", "staged", "working")
_BETWEEN = " · "
_MOST = 3
"""So many values are named; the rest are counted."""
_LONG = 24
"""Characters of a value in words."""


def state_columns(columns: Sequence[ColumnInfo | DiffColumn], row: UncommittedRow, width: int) -> tuple[Column, ...]:
    """The columns: the sign, the name of the state, then the table's.

    Where not all of them have room in ``width`` cells, those that tell the row apart come first, then those in which
    the states differ.
    """
    states = row.states or ()
    shown = []
    for at, column in enumerate(columns):
        known = [state[at] for state in states if state is not None and state[at] not in (ABSENT, None)]
        numeric = all(map(is_numeric, known)) and bool(known)
        shown.append(Column(f"{at}", sanitise(column.name), numeric=numeric, frozen=column.primary_key))
    room = (
        width
        - 14
        - sum(
            3 + max(len(column.title), *(len(plain(value_cell(state[at]))) for state in states if state is not None), 1)
            for at, column in enumerate(shown)
        )
    )
    if room < 0:
        differ = _differing(states)
        shown.sort(key=lambda column: (not column.frozen, int(column.key) not in differ))
    return (Column("sign", frozen=True, separator=False), Column("name", frozen=True), *shown)


def _differing(states: Sequence[RowState]) -> set[int]:
    """The positions of the columns in which the states differ that have the row."""
    there = [state for state in states if state is not None]
    width = len(there[0]) if there else 0
    return {at for at in range(width) if any(state[at] != there[0][at] for state in there)}


def state_rows(columns: Sequence[Column], row: UncommittedRow, halves: Halves) -> list[Row]:
    """A line for each of the states, what it has otherwise than the one before marked."""
    states = row.states or (None, None, None)
    signs = (Halves(), Halves(staged=True) if halves.staged else Halves(), Halves(unstaged=halves.unstaged))
    colours = (Style.NONE, Style.ADDED, Style.MODIFIED)
    positions = [int(column.key) for column in columns if column.key.isdecimal()]
    lines = []
    before: RowState = states[0]
    for name, state, own, colour in zip(NAMES, states, signs, colours, strict=True):
        label = cell(name, Style.DIM if name == "HEAD" else Style.BOLD)
        cells = [staging_sign(own), label, *_values(positions, state, before, states, colour)]
        lines.append(Row(name, tuple(cells)))
        before = state
    return lines


def _values(
    positions: Sequence[int], state: RowState, before: RowState, states: Sequence[RowState], colour: Style
) -> list[Cell]:
    if state is None:
        return [value_cell(ABSENT)] * len(positions)
    if before is None:
        return [value_cell(state[at], colour) for at in positions]
    marked = styles(colour, Style.BOLD)
    return [_value(at, state, states, marked if state[at] != before[at] else "") for at in positions]


def _value(at: int, state: Sequence[Value], states: Sequence[RowState], style: str) -> Cell:
    """A value of a state; of a text that another state has otherwise where they differ."""
    value = state[at]
    others = [other[at] for other in states if other is not None and are_texts(other[at], value)]
    if not others:
        return value_cell(value, style)
    first = next(other[at] for other in states if other is not None)
    sides = Sides(str(value), str(others[-1])) if value == first else Sides(str(others[0]), str(value))
    return SideCell(sides, 0 if value == first else 1, style)


def in_words(row: UncommittedRow, key: str, width: int = 200) -> Cell:
    """What is staged of a row, what is not, and what the ``key`` does that stages it; the values are cut to ``width``
    cells, never what the key does."""
    head, staged, working = row.states or (None, None, None)
    parts: list[Cell] = []
    if row.halves.staged:
        parts.append(join(cell("staged: "), cell(_staged(head, staged))))
    if row.halves.unstaged:
        parts.append(join(cell("not staged: "), cell(_unstaged(staged, working))))
    does = "stages the rest" if row.halves.both else "unstages it" if row.halves.staged else "stages it"
    said: Cell = ()
    for part in parts:
        said = join(said, cell(_BETWEEN if said else "", Style.DIM), part)
    last = join(cell(_BETWEEN, Style.DIM), cell(f"{key} ", styles(Style.ACCENT, Style.BOLD)), cell(does))
    return join(cut(said, width - cell_len(plain(last))), last)


def _staged(old: RowState, new: RowState) -> str:
    if new is None:
        return "the row is deleted"
    if old is None:
        return "the row is new"
    return _listed([_short(now) for was, now in zip(old, new, strict=True) if was != now])


def _unstaged(old: RowState, new: RowState) -> str:
    if new is None:
        return "the row is deleted"
    if old is None:
        return "the row is new"
    pairs = zip(old, new, strict=True)
    return _listed([" → ".join(_short_change(was, now)) for was, now in pairs if was != now])


def _listed(texts: Sequence[str]) -> str:
    if not texts:
        return "as it was"
    more = len(texts) - _MOST
    return ", ".join(texts[:_MOST]) + (f" and {more} more" if more > 0 else "")


def _short_change(old: Value, new: Value) -> tuple[str, str]:
    """Two values in a few characters; of texts what differs."""
    if not are_texts(old, new):
        return _short(old), _short(new)
    one, other = Sides(str(old), str(new)).both(2 * _LONG + 1)
    return plain(one), plain(other)


def _short(value: Value) -> str:
    text = plain(value_cell(value))
    return text if len(text) <= _LONG else f"{text[: _LONG - 1]}…"
