"""One record with every column. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.cells import chop_cells

from dolt_tui.engine.model import (
    Value,
)
from dolt_tui.ui.present.grid_rows import Row
from dolt_tui.ui.present.text import NULL, Style, cell, value_text


def record_rows(
    columns: Sequence[tuple[str, str]], values: Sequence[Value], old: Sequence[Value] | None, width: int = 0
) -> list[Row]:
    """One record: a line (or several, for long values) for each column; with the old value where it differs.

    Lines are at most ``width`` cells long, where that is given, so that values are seen whole.
    """
    rows = []
    for position, (name, kind) in enumerate(columns):
        parts: list[tuple[str, Style, Value]] = []
        if old is not None and old[position] != values[position]:
            parts = [("−", Style.MINUS, old[position]), ("+", Style.ADDED, values[position])]
        else:
            parts = [(" ", Style.NONE, values[position])]
        first = True
        for sign, style, value in parts:
            text = NULL if value is None else value_text(_indented(value, kind))
            for number, line in enumerate(_lines(text, width)):
                rows.append(
                    Row(
                        (position, sign, number),
                        (
                            cell(name if first else "", Style.BOLD),
                            cell(kind if first else "", Style.DIM),
                            cell(sign, style),
                            cell(line, Style.NULL if value is None and not style else style),
                        ),
                    )
                )
                first = False
    return rows


def _lines(text: str, width: int) -> list[str]:
    lines = text.split("\n")
    if width <= 0:
        return lines
    return [part for line in lines for part in (chop_cells(line, width) if len(line) > width // 2 else [line])]


_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[][{},:]|[^][{},:"\s]+', re.DOTALL)


def _indented(value: Value, kind: str) -> Value:
    """A JSON document with its structure shown; anything else as it is.

    Its tokens stay as they are written: a number read and written again could lose digits.
    """
    if kind.lower() != "json" or not isinstance(value, str) or len(value) > _INDENTED_MOST:
        return value
    out: list[str] = []
    depth = 0
    tokens = _JSON_TOKEN.findall(value)
    for position, token in enumerate(tokens):
        before = tokens[position - 1] if position else ""
        if token in "]}":
            depth -= 1
            out.append(token if before in ("[", "{") else "\n" + "  " * depth + token)
            continue
        if before in ("[", "{", ","):
            out.append("\n" + "  " * depth)
        if token in "[{":
            depth += 1
        out.append(": " if token == ":" else token)
    return "".join(out)


_INDENTED_MOST = 200_000
"""Longer JSON documents are shown as they are."""
