"""The formats of files, and what a file's name says about them. Light to import."""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePath
from typing import Final

from ...frozen import Frozen


class Format(StrEnum):
    """How rows stand in a file."""

    CSV = "csv"
    TSV = "tsv"
    JSON_LINES = "jsonl"
    SQL = "sql"
    MARKDOWN = "md"
    PARQUET = "parquet"

    @property
    def label(self) -> str:
        """What people call it."""
        return _TITLES[self]

    @property
    def ending(self) -> str:
        """The ending of a file's name."""
        return f".{self.value}"


_TITLES: Final = {
    Format.CSV: "CSV",
    Format.TSV: "TSV",
    Format.JSON_LINES: "JSON lines",
    Format.SQL: "SQL",
    Format.MARKDOWN: "Markdown",
    Format.PARQUET: "Parquet",
}
_ENDINGS: Final = {
    **{format_.value: format_ for format_ in Format},
    "tab": Format.TSV,
    "ndjson": Format.JSON_LINES,
    "json": Format.JSON_LINES,
    "markdown": Format.MARKDOWN,
}


class Named(Frozen):
    """What the name of a file says."""

    format: Format | None
    compressed: bool
    """By gzip."""
    stem: str
    """The name without endings."""


def named(path: str | PurePath) -> Named:
    """What a file's name says: ``people.csv.gz`` is compressed CSV."""
    name = PurePath(path).name
    compressed = name.lower().endswith(".gz")
    name = name[:-3] if compressed else name
    stem, dot, ending = name.rpartition(".")
    format_ = _ENDINGS.get(ending.lower()) if dot else None
    return Named(format_, compressed, stem if format_ is not None and stem else name)
