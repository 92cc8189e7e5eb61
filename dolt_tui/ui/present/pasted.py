"""What was pasted over the cells of a grid: rows of texts, out of TSV or CSV. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from dolt_tui.frozen import Frozen
from dolt_tui.ui.present.text import with_line_feeds

_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "0": "\0", "\\": "\\"}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_QUOTED_FIELD = r'^"(?:[^"]|"")*",|,"(?:[^"]|"")*"(?:,|$)'


class Pasted(Frozen):
    """Rows of texts, None for NULL."""

    rows: tuple[tuple[str | None, ...], ...]
    heading: tuple[str, ...] = ()
    """The names of the columns, where the first line has them."""
    exact: bool = False
    r"""Whether NULL is spelt (``\N``), so that an empty text is one."""


def read_pasted(text: str, columns: Sequence[str]) -> Pasted:
    r"""What a text means, pasted into a table with these columns.

    A tab anywhere makes it TSV. Else commas make it CSV, if they make as many fields of each line, or some field is
    between quotation marks; a comma before a blank is one of prose. A first line of names of columns is a heading; the
    rest may be escaped then as LOAD DATA has it (``\t``, ``\\``), which is how this program copies TSV.
    """
    text = with_line_feeds(text)
    if text.endswith("\n"):
        text = text[:-1]
    rows = _fields(text, "\t") if "\t" in text else _comma_separated(text)
    heading: tuple[str, ...] = ()
    if len(rows) > 1 and all(name in columns for name in rows[0]) and len(set(rows[0])) == len(rows[0]):
        heading, rows = tuple(rows[0]), rows[1:]
    exact = any(field == "\\N" for row in rows for field in row)
    plain = "\t" in text and bool(heading) and '"' not in text
    return Pasted(
        tuple(
            tuple(None if field == "\\N" else _unescaped(field) if plain else field for field in row) for row in rows
        ),
        heading,
        exact,
    )


def _fields(text: str, delimiter: str) -> list[list[str]]:
    """Fields as spreadsheets put them on the clipboard: a quoted one may have several lines."""
    csv.field_size_limit(max(len(text), 131_072))
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)) or [[""]]
    except csv.Error:  # a quote that nothing closes is one of the text
        return [line.split(delimiter) for line in text.split("\n")]


def _comma_separated(text: str) -> list[list[str]]:
    """CSV, or each line as a field of its own."""
    if "," in text and not re.search(r",[ ]", re.sub(r'"(?:[^"]|"")*"', "", text)):
        rows = _fields(text, ",")
        widths = {len(row) for row in rows}
        if max(widths) > 1 and (len(widths) == 1 or re.search(_QUOTED_FIELD, text, re.MULTILINE)):
            return [row or [""] for row in rows]
    return [[line] for line in text.split("\n")]


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: _ESCAPES.get(match[1], match[0]), text) if "\\" in text else text
