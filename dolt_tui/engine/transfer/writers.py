"""Rows into files, one format each: streamed, so that memory does not grow with the number of rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from ..core.literals import quoted_name
from ..model import ColumnInfo, SqlStyle, Value
from . import texts
from .outputs import Output

INSERT_BYTES = 512 * 1024
"""Characters of an INSERT after which the next one begins: larger ones are not read back faster."""


class RowWriter(ABC):
    """Writes the rows of one source. `begin`, `write` any number of times, `end`."""

    text: ClassVar[bool] = True
    """Whether it writes text; else bytes."""

    def __init__(
        self, output: Output, columns: Sequence[ColumnInfo], *, table: str = "", style: SqlStyle = SqlStyle.MYSQL
    ) -> None:
        """``table`` is what SQL inserts into, ``style`` whose SQL that is."""
        self.output, self.columns, self.table, self.style = output, tuple(columns), table, style
        self.names = texts.titles([column.name for column in columns])

    def begin(self) -> None:
        """Write what precedes the rows."""
        return

    @abstractmethod
    def write(self, rows: Sequence[Sequence[Value]]) -> None:
        """Write some rows."""

    def end(self) -> None:
        """Write what follows the rows."""
        return


class CsvWriter(RowWriter):
    """Comma-separated, with a heading; NULL is empty, and an empty text is ``""``.

    A row whose only column is NULL is an empty line, which some readers pass over.
    """

    def begin(self) -> None:
        self.output.write(texts.csv_line([column.name for column in self.columns]) + "\n")

    def write(self, rows: Sequence[Sequence[Value]]) -> None:
        self.output.write("\n".join(map(texts.csv_line, rows)) + "\n")


class TsvWriter(RowWriter):
    r"""Tab-separated, with a heading, escaped as LOAD DATA reads it; NULL is ``\N``."""

    def begin(self) -> None:
        self.output.write(texts.tsv_line([column.name for column in self.columns]) + "\n")

    def write(self, rows: Sequence[Sequence[Value]]) -> None:
        self.output.write("\n".join(map(texts.tsv_line, rows)) + "\n")


class JsonLinesWriter(RowWriter):
    """An object on each line."""

    def write(self, rows: Sequence[Sequence[Value]]) -> None:
        names = self.names
        self.output.write("\n".join([texts.json_line(names, row) for row in rows]) + "\n")


class MarkdownWriter(RowWriter):
    """A table for people; not to be read back."""

    def begin(self) -> None:
        names = [column.name for column in self.columns]
        self.output.write(f"{texts.markdown_line(names)}\n{texts.markdown_rule(len(names))}\n")

    def write(self, rows: Sequence[Sequence[Value]]) -> None:
        self.output.write("\n".join(map(texts.markdown_line, rows)) + "\n")


class SqlWriter(RowWriter):
    """INSERT statements; the columns that the database computes are left out."""

    def __init__(
        self, output: Output, columns: Sequence[ColumnInfo], *, table: str = "", style: SqlStyle = SqlStyle.MYSQL
    ) -> None:
        super().__init__(output, columns, table=table, style=style)
        written = [not column.generated for column in columns]
        self._only = texts.only(written)
        kept = [column for column in columns if not column.generated]
        self._literals = texts.row_literals([column.type for column in kept], style)
        names = ", ".join(quoted_name(column.name, style) for column in kept)
        self._head = f"INSERT INTO {quoted_name(table, style)} ({names}) VALUES\n  "
        self._empty = ""
        if not kept:
            values = "() VALUES ()" if style is SqlStyle.MYSQL else "DEFAULT VALUES"
            self._empty = f"INSERT INTO {quoted_name(table, style)} {values};\n"
        self._size = 0
        """Of the statement that is not ended yet."""

    def write(self, rows: Sequence[Sequence[Value]]) -> None:
        if self._empty:
            self.output.write(self._empty * len(rows))
            return
        parts = []
        for row in rows:
            text = self._literals(self._only(row))
            if self._size == 0:
                parts.append(self._head)
            elif self._size > INSERT_BYTES:
                parts.append(f";\n{self._head}")
                self._size = 0
            else:
                parts.append(",\n  ")
            parts.append(text)
            self._size += len(text)
        self.output.write("".join(parts))

    def end(self) -> None:
        if self._size:
            self.output.write(";\n")
