"""Which class writes which format."""

from __future__ import annotations

from .formats import Format
from .writers import CsvWriter, JsonLinesWriter, MarkdownWriter, RowWriter, SqlWriter, TsvWriter


def writer_of(format_: Format) -> type[RowWriter]:
    """What writes a format. Raises `Lacking` where Parquet needs a library that is not installed."""
    if format_ is Format.PARQUET:
        from .parquet import ParquetWriter, need_pyarrow

        need_pyarrow()
        return ParquetWriter
    return _WRITERS[format_]


_WRITERS: dict[Format, type[RowWriter]] = {
    Format.CSV: CsvWriter,
    Format.TSV: TsvWriter,
    Format.JSON_LINES: JsonLinesWriter,
    Format.SQL: SqlWriter,
    Format.MARKDOWN: MarkdownWriter,
}
