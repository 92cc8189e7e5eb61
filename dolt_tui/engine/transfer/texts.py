"""Rows as lines of text, for files as for the clipboard. Pure.

No format alters a value: what one of them cannot hold as it is, it spells in the way that its readers undo.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import compress
from typing import Any, Final

from ..core.literals import literal, quoted_text, text_of
from ..model import ABSENT, SqlStyle, Value

NULL_IN_TSV: Final = "\\N"
NULL_IN_MARKDOWN: Final = "*NULL*"


def titles(names: Sequence[str]) -> tuple[str, ...]:
    """The names of columns, told apart where several are the same."""
    seen = dict.fromkeys(names, 0)
    found = []
    for name in names:
        seen[name] += 1
        title = name if seen[name] == 1 else f"{name}_{seen[name]}"
        while title != name and title in seen:
            title += "_"
        found.append(title)
    return tuple(found)


# CSV

_CSV_QUOTED = re.compile(r'[,"\r\n]|^\s|\s$').search


def csv_line(values: Iterable[Value]) -> str:
    """NULL is empty, and an empty text is quoted."""
    parts = []
    for value in values:
        kind = type(value)
        if kind is str:
            if not value or _CSV_QUOTED(value):
                value = '"' + value.replace('"', '""') + '"'
            parts.append(value)
        elif value is None or value is ABSENT:
            parts.append("")
        elif kind is int:
            parts.append(str(value))
        else:
            text = text_of(value)
            parts.append('"' + text.replace('"', '""') + '"' if _CSV_QUOTED(text) else text)
    return ",".join(parts)


# TSV

_TSV_ESCAPED = re.compile(r"[\\\t\n\r\0]").search
_TSV = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0"})


def tsv_line(values: Iterable[Value]) -> str:
    r"""As LOAD DATA reads it: values have ``\t``, ``\n`` and ``\\``, NULL is ``\N``."""
    parts = []
    for value in values:
        if value is None:
            parts.append(NULL_IN_TSV)
        elif type(value) is int:
            parts.append(str(value))
        else:
            text = text_of(value)
            parts.append(text.translate(_TSV) if _TSV_ESCAPED(text) else text)
    return "\t".join(parts)


# JSON


def json_object(names: Sequence[str], row: Sequence[Value]) -> dict[str, object]:
    """A row as an object; numbers stay numbers where JSON can hold them. ``names`` differ."""
    return {
        name: value if type(value) is str or type(value) is int else _exact(value)
        for name, value in zip(names, row, strict=True)
        if value is not ABSENT
    }


def json_line(names: Sequence[str], row: Sequence[Value]) -> str:
    """The same as a line of its own."""
    return _ENCODE(json_object(names, row))


_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _exact(value: Value) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, bool | int | float | str) else text_of(value)


# Markdown

_MARKDOWN = str.maketrans(
    {**{sign: f"\\{sign}" for sign in "\\`*_[]|~#"}, "&": "&amp;", "<": "&lt;", ">": "&gt;", "\t": "&#9;"}
)


def markdown_line(values: Iterable[Value]) -> str:
    """NULL is in italics, which no text is: what would be formatting or HTML is escaped."""
    return f"| {' | '.join(map(_markdown_cell, values))} |"


def markdown_rule(columns: int) -> str:
    """The line below the heading."""
    return f"|{'---|' * columns}"


def _markdown_cell(value: Value) -> str:
    if value is None:
        return NULL_IN_MARKDOWN
    text = text_of(value).translate(_MARKDOWN)
    text = re.sub(r"^ +| +$|(?<= ) ", lambda blanks: "&#32;" * len(blanks[0]), text)
    return text.replace("\r\n", "\n").replace("\n", "<br>").replace("\r", "<br>")


# SQL


def row_literals(types: Sequence[str], style: SqlStyle) -> Callable[[Sequence[Value]], str]:
    """What makes of rows in columns of these types what stands in ``VALUES``: ``(1, 'a')``."""
    plain = not any(_spelt(name) for name in types) or style is not SqlStyle.MYSQL

    def of(value: Value, type_name: str) -> str:
        if type(value) is int:
            return str(value)
        if type(value) is str and (plain or not _spelt(type_name)):
            return quoted_text(value, style)
        return literal(value, type_name, style)

    return lambda row: "(" + ", ".join([of(value, name) for value, name in zip(row, types, strict=True)]) + ")"


def _spelt(type_name: str) -> bool:
    """Whether texts of a column of this type are not written as texts: geometries, vectors."""
    word = type_name.lower()
    return word.startswith(("vector", "geom", "point", "linestring", "polygon", "multi"))


def only(wanted: Sequence[bool]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """What leaves the columns out of rows that are not wanted."""
    if all(wanted):
        return lambda row: row
    return lambda row: tuple(compress(row, wanted))
