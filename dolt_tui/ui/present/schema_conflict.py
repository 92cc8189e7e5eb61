"""Two definitions side by side, with what differs marked. Pure."""

from __future__ import annotations

from difflib import SequenceMatcher

from dolt_tui.engine.model.conflicts import SchemaConflict, Side
from dolt_tui.ui.present.definition import definition_lines, wrapped
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Cell, Style, cell, sanitise

_LEAST = 16
"""A definition is never shown in fewer cells."""
_AROUND = 7
"""Cells between and around both definitions."""


def definition_columns(ours: str, theirs: str) -> tuple[Column, ...]:
    """The columns of `definition_rows`; ``ours`` and ``theirs`` say whose definitions they are."""
    return (
        Column("sign", min_width=1, separator=False),
        Column("ours", sanitise(ours), max_width=400),
        Column("theirs", sanitise(theirs), max_width=400, separator=False),
    )


def definition_rows(conflict: SchemaConflict, width: int) -> list[Row]:
    """Both definitions, line by line; lines that differ are marked, those that are as in the base are not."""
    ours, theirs = (definition_lines(conflict.definition(side)) for side in (Side.OURS, Side.THEIRS))
    before = {_plain(line) for line in definition_lines(conflict.base)}
    half = max(_LEAST, (width - _AROUND) // 2)
    rows: list[Row] = []
    matcher = SequenceMatcher(None, [*map(_plain, ours)], [*map(_plain, theirs)], autojunk=False)
    for what, start, end, at, until in matcher.get_opcodes():
        one, other = ours[start:end], theirs[at:until]
        for place in range(max(len(one), len(other))):
            left, right = (lines[place] if place < len(lines) else "" for lines in (one, other))
            rows += _pair(left, right, before, half, len(rows), same=what == "equal")
    if not ours or not theirs:
        gone = cell("— it is not there any more", Style.REMOVED)
        rows.insert(0, Row("gone", (cell(""), gone if not ours else cell(""), gone if not theirs else cell(""))))
    return rows


def _pair(left: str, right: str, before: set[str], width: int, number: int, *, same: bool) -> list[Row]:
    sides = [wrapped(text, width) for text in (left, right)]
    looks = [_look(text, before, same=same) for text in (left, right)]
    rows = []
    for place in range(max(map(len, sides), default=0)):
        cells: list[Cell] = [
            cell(lines[place] if place < len(lines) else "", look) for lines, look in zip(sides, looks, strict=True)
        ]
        sign = cell("" if same or place else "~", Style.WARNING)
        rows.append(Row((number, place), (sign, *cells)))
    return rows


def _look(text: str, before: set[str], *, same: bool) -> str:
    """What both have is dim; what a side has changed stands out, what it has kept of the base does not."""
    if same:
        return Style.DIM
    return Style.NONE if _plain(text) in before else Style.WARNING


def _plain(line: str) -> str:
    return line.strip().rstrip(",")
