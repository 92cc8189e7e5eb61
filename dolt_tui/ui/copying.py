"""Rows as text for the clipboard: plain, TSV, CSV, JSON, Markdown, SQL. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dolt_tui.ui.text import value_text


@dataclass(frozen=True, slots=True)
class Copied:
    """What is copied: column names, and rows as long as they; ``table`` names what the rows belong to."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[Sequence[object], ...]


def text_of(value: object) -> str:
    """A value without loss: text as it is stored (OSC 52 carries it encoded), bytes in hex."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes | bytearray):
        return f"0x{bytes(value).hex()}"
    return value_text(value)


def plain(copied: Copied) -> str:
    """Values alone, columns apart by a tab."""
    return "\n".join("\t".join(text_of(value) for value in row) for row in copied.rows)


def tsv(copied: Copied) -> str:
    """Tab-separated with a heading; tabs and newlines inside values become blanks."""

    def clean(text: str) -> str:
        return " ".join(text.replace("\t", " ").splitlines()) if text else text

    lines = ["\t".join(clean(name) for name in copied.columns)]
    lines += ["\t".join(clean(text_of(value)) for value in row) for row in copied.rows]
    return "\n".join(lines)


def comma_separated(copied: Copied) -> str:
    """CSV with a heading."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(copied.columns)
    writer.writerows([text_of(value) for value in row] for row in copied.rows)
    return out.getvalue().rstrip("\n")


def as_json(copied: Copied) -> str:
    """A list of objects; numbers stay numbers where JSON can hold them."""

    def held(value: object) -> object:
        return value if value is None or isinstance(value, bool | int | float | str) else text_of(value)

    objects = [dict(zip(copied.columns, map(held, row), strict=True)) for row in copied.rows]
    return json.dumps(objects[0] if len(objects) == 1 else objects, ensure_ascii=False, indent=2)


def markdown(copied: Copied) -> str:
    """A table."""

    def clean(text: str) -> str:
        return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", "<br>")

    lines = [f"| {' | '.join(clean(name) for name in copied.columns)} |", f"|{'---|' * len(copied.columns)}"]
    lines += [f"| {' | '.join(clean(text_of(value)) for value in row)} |" for row in copied.rows]
    return "\n".join(lines)


def sql(copied: Copied) -> str:
    """An INSERT statement in MySQL's words."""

    def name(text: str) -> str:
        return "`" + text.replace("`", "``") + "`"

    def literal(value: object) -> str:
        if value is None:
            return "NULL"
        if isinstance(value, bool):
            return str(int(value))
        if isinstance(value, int | float | Decimal):
            return str(value)
        if isinstance(value, bytes | bytearray):
            return f"0x{bytes(value).hex()}" if value else "''"
        return "'" + text_of(value).replace("\\", "\\\\").replace("'", "''").replace("\0", "\\0") + "'"

    rows = ",\n  ".join("(" + ", ".join(literal(value) for value in row) + ")" for row in copied.rows)
    return f"INSERT INTO {name(copied.table)} ({', '.join(map(name, copied.columns))}) VALUES\n  {rows};"


FORMATS: tuple[tuple[str, str, Callable[[Copied], str]], ...] = (
    ("p", "plain", plain),
    ("t", "TSV", tsv),
    ("c", "CSV", comma_separated),
    ("j", "JSON", as_json),
    ("m", "Markdown", markdown),
    ("s", "SQL INSERT", sql),
)
"""Letter, name and function of each format."""
