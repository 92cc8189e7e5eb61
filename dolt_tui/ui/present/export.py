"""Rows as text for the clipboard: plain, TSV, CSV, JSON, Markdown, SQL. Pure.

Lines are those of files: see `dolt_tui.engine.transfer.texts`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from dolt_tui.engine.core.literals import literal, quoted_name, text_of
from dolt_tui.engine.model import ABSENT, ColumnInfo, DiffColumn, RowChange, SqlStyle
from dolt_tui.engine.transfer import texts
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
        return texts.titles(self.columns)


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


def tsv(copied: Copied) -> str:
    """Tab-separated with a heading, as LOAD DATA reads it."""
    return "\n".join(map(texts.tsv_line, (copied.columns, *copied.rows)))


def comma_separated(copied: Copied) -> str:
    """CSV with a heading."""
    return "\n".join(map(texts.csv_line, (copied.columns, *copied.rows)))


def as_json(copied: Copied) -> str:
    """A list of objects; one alone stands by itself."""
    names = copied.titles
    objects = [texts.json_object(names, row) for row in copied.rows]
    return json.dumps(objects[0] if len(objects) == 1 else objects, ensure_ascii=False, indent=2)


def markdown(copied: Copied) -> str:
    """A table."""
    rule = texts.markdown_rule(len(copied.columns))
    return "\n".join([texts.markdown_line(copied.columns), rule, *map(texts.markdown_line, copied.rows)])


def sql(copied: Copied) -> str:
    """INSERT statements in the engine's words, one for each set of columns that rows have."""
    parts: list[str] = []
    for columns, rows in _alike(copied):
        names = ", ".join(quoted_name(copied.columns[at], copied.style) for at in columns)
        values = ",\n  ".join("(" + ", ".join(_literal(copied, at, row[at]) for at in columns) + ")" for row in rows)
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


def _literal(copied: Copied, position: int, value: object) -> str:
    return literal(value, copied.types[position] if copied.types else "", copied.style)


FORMATS: tuple[tuple[str, str, Callable[[Copied], str]], ...] = (
    ("p", "plain", plain),
    ("t", "TSV", tsv),
    ("c", "CSV", comma_separated),
    ("j", "JSON", as_json),
    ("m", "Markdown", markdown),
    ("s", "SQL INSERT", sql),
)
"""Letter, name and function of each format."""
