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

_CSV_QUOTED = re.compile(r'[,"\r\n]|^\s|\s$')


def csv_line(values: Iterable[Value]) -> str:
    """NULL is empty, and an empty text is quoted."""
    return ",".join([_csv_field(value) for value in values])


def _csv_field(value: Value) -> str:
    if type(value) is int:
        return str(value)
    text = text_of(value)
    if _CSV_QUOTED.search(text) or (not text and value is not None and value is not ABSENT):
        return '"' + text.replace('"', '""') + '"'
    return text


# TSV

_TSV = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0"})


def tsv_line(values: Iterable[Value]) -> str:
    r"""As LOAD DATA reads it: values have ``\t``, ``\n`` and ``\\``, NULL is ``\N``."""
    return "\t".join([_tsv_field(value) for value in values])


def _tsv_field(value: Value) -> str:
    if value is None:
        return NULL_IN_TSV
    text = text_of(value)
    return text if text.isalnum() else text.translate(_TSV)


# JSON


def json_object(names: Sequence[str], row: Sequence[Value]) -> dict[str, object]:
    """A row as an object; numbers stay numbers where JSON can hold them. ``names`` differ."""
    return {name: _exact(value) for name, value in zip(names, row, strict=True) if value is not ABSENT}


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
