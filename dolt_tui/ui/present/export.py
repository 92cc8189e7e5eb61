"""Rows as text for the clipboard: plain, TSV, CSV, JSON, Markdown, SQL. Pure.

No format alters a value: what one of them cannot hold as it is, it spells in the way that its readers undo.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from dolt_tui.engine.core.literals import literal, quoted_name, text_of
from dolt_tui.engine.model import ABSENT, ColumnInfo, DiffColumn, RowChange, SqlStyle
from dolt_tui.frozen import Frozen
from dolt_tui.ui.present.grid_rows import Row


class Copied(Frozen):
    """What is copied: column names, and rows as long as they; ``table`` names what the rows belong to."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[Sequence[object], ...]
    style: SqlStyle = SqlStyle.MYSQL
    """Whose SQL is written."""
    types: tuple[str, ...] = ()
    """The columns' types, where they are known."""
    generated: frozenset[str] = frozenset()
    """The columns that the database computes, which nobody may insert."""

    @property
    def titles(self) -> tuple[str, ...]:
        """The column names, told apart where several are the same."""
        seen: dict[str, int] = {}
        for name in self.columns:
            seen[name] = 0
        titles = []
        for name in self.columns:
            seen[name] += 1
            title = name if seen[name] == 1 else f"{name}_{seen[name]}"
            while title != name and title in seen:
                title += "_"
            titles.append(title)
        return tuple(titles)


def with_columns(copied: Copied, columns: Sequence[ColumnInfo]) -> Copied:
    """With what is known about the table's columns."""
    types = {column.name: column.type for column in columns}
    generated = frozenset(column.name for column in columns if column.generated)
    return replace(copied, types=tuple(types.get(name, "") for name in copied.columns), generated=generated)


def copied_changes(table: str, columns: Sequence[DiffColumn], rows: Iterable[Row], style: SqlStyle) -> Copied:
    """The newer values of rows that changed, of removed ones the older; `ABSENT` for the other side's columns."""
    return Copied(table, tuple(column.name for column in columns), tuple(_sides(columns, rows)), style)


def _sides(columns: Sequence[DiffColumn], rows: Iterable[Row]) -> Iterator[Sequence[object]]:
    for row in distinct(rows):
        change = row.value
        if not isinstance(change, RowChange):
            yield (ABSENT,) * len(columns)
            continue
        values = change.new if change.new is not None else change.old
        assert values is not None
        there = (column.in_new if change.new is not None else column.in_old for column in columns)
        yield tuple(value if has else ABSENT for value, has in zip(values, there, strict=True))


def distinct(rows: Iterable[Row]) -> list[Row]:
    """Rows without the second one of those that are shown on two lines."""
    return list({id(row) if row.value is None else id(row.value): row for row in rows}.values())


def plain(copied: Copied) -> str:
    """Values alone, columns apart by a tab."""
    return "\n".join("\t".join(text_of(value) for value in row) for row in copied.rows)


_TSV = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0"})


def tsv(copied: Copied) -> str:
    r"""Tab-separated with a heading, as LOAD DATA reads it: values have ``\t``, ``\n`` and ``\\``, NULL is ``\N``."""

    def clean(value: object) -> str:
        return "\\N" if value is None else text_of(value).translate(_TSV)

    lines = ["\t".join(clean(name) for name in copied.columns)]
    lines += ["\t".join(clean(value) for value in row) for row in copied.rows]
    return "\n".join(lines)


_CSV_QUOTED = re.compile(r'[,"\r\n]|^\s|\s$')


def comma_separated(copied: Copied) -> str:
    """CSV with a heading; NULL is empty, and an empty text is quoted."""

    def field(value: object) -> str:
        text = text_of(value)
        if _CSV_QUOTED.search(text) or (not text and value is not None and value is not ABSENT):
            return '"' + text.replace('"', '""') + '"'
        return text

    return "\n".join(",".join(map(field, row)) for row in (copied.columns, *copied.rows))


def as_json(copied: Copied) -> str:
    """A list of objects; numbers stay numbers where JSON can hold them."""

    def exact(value: object) -> object:
        if isinstance(value, float) and not math.isfinite(value):
            return str(value)
        return value if value is None or isinstance(value, bool | int | float | str) else text_of(value)

    objects = [
        {title: exact(value) for title, value in zip(copied.titles, row, strict=True) if value is not ABSENT}
        for row in copied.rows
    ]
    return json.dumps(objects[0] if len(objects) == 1 else objects, ensure_ascii=False, indent=2)


_MARKDOWN = str.maketrans(
    {**{sign: f"\\{sign}" for sign in "\\`*_[]|~#"}, "&": "&amp;", "<": "&lt;", ">": "&gt;", "\t": "&#9;"}
)


def markdown(copied: Copied) -> str:
    """A table; NULL in italics, which no text is: what would be formatting or HTML is escaped."""

    def clean(value: object) -> str:
        if value is None:
            return "*NULL*"
        text = text_of(value).translate(_MARKDOWN)
        text = re.sub(r"^ +| +$|(?<= ) ", lambda blanks: "&#32;" * len(blanks[0]), text)
        return text.replace("\r\n", "\n").replace("\n", "<br>").replace("\r", "<br>")

    lines = [f"| {' | '.join(clean(name) for name in copied.columns)} |", f"|{'---|' * len(copied.columns)}"]
    lines += [f"| {' | '.join(clean(value) for value in row)} |" for row in copied.rows]
    return "\n".join(lines)


def sql(copied: Copied) -> str:
    """INSERT statements in the engine's words, one for each set of columns that rows have."""
    parts: list[str] = []
    for columns, rows in _alike(copied):
        names = ", ".join(quoted_name(copied.columns[at], copied.style) for at in columns)
        values = ",\n  ".join("(" + ", ".join(_literal(copied, row, at) for at in columns) + ")" for row in rows)
        table = quoted_name(copied.table, copied.style)
        if columns:
            parts.append(f"INSERT INTO {table} ({names}) VALUES\n  {values};")
        else:
            empty = "() VALUES ()" if copied.style is SqlStyle.MYSQL else "DEFAULT VALUES"
            parts += [f"INSERT INTO {table} {empty};"] * len(rows)
    return "\n".join(parts)


def _alike(copied: Copied) -> Iterator[tuple[list[int], list[Sequence[object]]]]:
    """Rows that follow each other and have the same columns, with the positions of those."""
    written = [at for at, name in enumerate(copied.columns) if name not in copied.generated]
    last: list[int] | None = None
    rows: list[Sequence[object]] = []
    for row in copied.rows:
        columns = [at for at in written if row[at] is not ABSENT]
        if last is not None and columns != last:
            yield last, rows
            rows = []
        last = columns
        rows.append(row)
    if last is not None:
        yield last, rows


def _literal(copied: Copied, row: Sequence[object], at: int) -> str:
    return literal(row[at], copied.types[at] if copied.types else "", copied.style)


FORMATS: tuple[tuple[str, str, Callable[[Copied], str]], ...] = (
    ("p", "plain", plain),
    ("t", "TSV", tsv),
    ("c", "CSV", comma_separated),
    ("j", "JSON", as_json),
    ("m", "Markdown", markdown),
    ("s", "SQL INSERT", sql),
)
"""Letter, name and function of each format."""
