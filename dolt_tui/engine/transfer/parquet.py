"""Parquet, by pyarrow: an extra, which need not be installed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from typing import Any, ClassVar

from ..core.literals import text_of
from ..errors import EngineError, Lacking
from ..model import ABSENT, ColumnInfo, SqlStyle, Value
from .outputs import Output
from .writers import RowWriter

_GROUP = 16_384
"""Rows of a group: what a reader, and this writer, hold in memory at a time."""


def need_pyarrow() -> None:
    """Raise `Lacking` where the library is not installed, with how to install it."""
    if find_spec("pyarrow") is None:
        raise Lacking(
            "Parquet needs the library pyarrow, which is not installed.", "Install it: pip install 'dolt-tui[parquet]'"
        )


def _same(value: Value) -> Value:
    return value


def _text(value: Value) -> Value:
    return None if value is None or value is ABSENT else text_of(value)


def arrow_type(column: ColumnInfo, style: SqlStyle) -> tuple[Any, Callable[[Value], Value]]:
    """The type of a column in a file, and what makes a value of it; a text where Parquet has no type like it."""
    import pyarrow as pa

    name = column.type.lower()
    word = re.split(r"[^a-z]", name, maxsplit=1)[0]
    if style is SqlStyle.SQLITE:  # a column holds values of any type there: what it is declared as is but a hint
        if "int" in name and "point" not in name:
            return pa.int64(), _same
        if word in ("blob",):
            return pa.binary(), _same
        return (pa.float64(), _same) if word in ("real", "double", "float") else (pa.string(), _text)
    if word in ("tinyint", "smallint", "mediumint", "int", "integer", "bigint", "year", "boolean"):
        return (pa.uint64() if "unsigned" in name else pa.int64()), _same
    if word == "bit":
        return pa.uint64(), _same
    if word in ("float", "double"):
        return pa.float64(), _same
    if word == "decimal" and (size := re.search(r"\((\d+),(\d+)\)", name)):
        precision, scale = int(size[1]), int(size[2])
        return (pa.decimal128 if precision <= 38 else pa.decimal256)(precision, scale), _same
    if word == "date":
        return pa.date32(), _same
    if word in ("datetime", "timestamp"):
        return pa.timestamp("us"), _same
    if "binary" in word or "blob" in word:
        return pa.binary(), _same
    return pa.string(), _text


class ParquetWriter(RowWriter):
    """Columns with types, compressed by Snappy."""

    text: ClassVar[bool] = False

    def __init__(
        self, output: Output, columns: Sequence[ColumnInfo], *, table: str = "", style: SqlStyle = SqlStyle.MYSQL
    ) -> None:
        super().__init__(output, columns, table=table, style=style)
        import pyarrow as pa
        from pyarrow import parquet

        self._arrow = pa
        kinds = [arrow_type(column, style) for column in columns]
        fields = [pa.field(name, kind) for name, (kind, _) in zip(self.names, kinds, strict=True)]
        self._as = [make for _, make in kinds]
        self._schema = pa.schema(fields)
        self._file = parquet.ParquetWriter(pa.PythonFile(output.binary, "w"), self._schema)
        self._rows: list[Sequence[Value]] = []
        self._written = 0

    def write(self, rows: Sequence[Sequence[Value]]) -> None:
        self._rows += rows
        if len(self._rows) >= _GROUP:
            self._flush()

    def end(self) -> None:
        self._flush()
        self._file.close()

    def _flush(self) -> None:
        rows, self._rows = self._rows, []
        if not rows:
            return
        arrays = []
        for field, make, values in zip(self._schema, self._as, zip(*rows, strict=True), strict=True):
            made = [None if value is ABSENT else make(value) for value in values]
            try:
                arrays.append(self._arrow.array(made, field.type))
            except (self._arrow.ArrowException, TypeError, OverflowError, ValueError) as error:
                raise self._refused(field, made) from error
        self._file.write_batch(self._arrow.record_batch(arrays, schema=self._schema))
        self._written += len(rows)

    def _refused(self, field: Any, values: Sequence[Value]) -> EngineError:
        """Which value a column of the file cannot hold."""
        for number, value in enumerate(values, self._written + 1):
            try:
                self._arrow.array([value], field.type)
            except (self._arrow.ArrowException, TypeError, OverflowError, ValueError):
                text = text_of(value)
                shown = text if len(text) <= 60 else f"{text[:60]}…"
                return EngineError(
                    f"Parquet cannot hold {shown!r}, the value of {field.name} in row {number}, as {field.type}.",
                    "Choose another format.",
                )
        return EngineError(f"Parquet cannot hold the values of {field.name}.", "Choose another format.")


def read(path: str) -> tuple[tuple[str, ...], int, Iterator[tuple[Value, ...]]]:
    """The columns of a file, the number of its rows, and the rows. Raises `Lacking`, `EngineError`."""
    need_pyarrow()
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise EngineError(f"{path} is not a Parquet file: {str(error).splitlines()[0]}") from error

    def rows() -> Iterator[tuple[Value, ...]]:
        with file:
            for batch in file.iter_batches(_GROUP):
                columns = [_plain(column.to_pylist()) for column in batch.columns]
                yield from zip(*columns, strict=True)

    return tuple(file.schema_arrow.names), file.metadata.num_rows, rows()


def _plain(values: list[Any]) -> list[Any]:
    """Values without types that no column has."""
    return [
        value.replace(tzinfo=None) if isinstance(value, dt.datetime) and value.tzinfo else value for value in values
    ]
