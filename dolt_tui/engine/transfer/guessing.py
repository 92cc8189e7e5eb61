"""The types that a file's values have, from a sample of them; never one that would alter a value. Pure.

Leading zeros make a text. Decimals keep their digits. What nothing else holds is a text.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Final

from ...frozen import Frozen
from ..model import SqlStyle
from .reading import Field, Number


class Kind(IntEnum):
    """What a text looks like."""

    BOOLEAN = 0
    INTEGER = 1
    DECIMAL = 2
    FLOAT = 3
    DATE = 4
    DATETIME = 5
    TIME = 6
    JSON = 7
    BYTES = 8
    TEXT = 9


_NUMBER = re.compile(r"[+-]?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)Z?)?")
_TIME = re.compile(r"-?\d{2,3}:[0-5]\d:[0-5]\d(?:\.\d{1,6})?")
_BYTES = re.compile(r"0x(?:[0-9a-f]{2})+")


def kind_of(text: str) -> Kind:
    """What a single text looks like."""
    first = text[:1]
    if first.isdigit() or first in "+-":
        found = _NUMBER.fullmatch(text)
        if found is not None:
            return Kind.FLOAT if found[2] else Kind.DECIMAL if found[1] else Kind.INTEGER
        if _BYTES.fullmatch(text):
            return Kind.BYTES
        date = _DATE.fullmatch(text)
        if date is not None:
            try:
                dt.datetime.fromisoformat(text.rstrip("Z"))
            except ValueError:
                return Kind.TEXT
            return Kind.DATETIME if date[1] else Kind.DATE
        return Kind.TIME if _TIME.fullmatch(text) else Kind.TEXT
    if first in "{[":
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            return Kind.TEXT
        return Kind.JSON
    return Kind.BOOLEAN if text in ("true", "false", "TRUE", "FALSE", "True", "False") else Kind.TEXT


class Guess(Frozen):
    """What a column of a new table may be."""

    name: str
    type: str
    nullable: bool
    key: bool = False
    """Whether its values tell the rows apart, so that it may be the primary key."""
    guessed: str = ""
    """The type that was guessed, whatever somebody made of it."""


class _Column:
    """What was seen of a column."""

    def __init__(self) -> None:
        self.kinds: set[Kind] = set()
        self.nulls = self.count = 0
        self.longest = self.bytes = self.whole = self.scale = self.fraction = 0
        self.least = self.most = 0
        self.values: set[str] = set()

    def see(self, value: Field) -> None:
        self.count += 1
        if value is None:
            self.nulls += 1
            return
        self.values.add(value)
        kind = kind_of(value) if value else Kind.TEXT
        if type(value) is not Number and kind in (Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT) and self.texts:
            kind = Kind.TEXT  # JSON tells numbers and texts apart
        self.kinds.add(kind)
        self.longest = max(self.longest, len(value))
        if kind is Kind.INTEGER:
            number = int(value) if len(value) < 70 else 10**70
            self.least, self.most = min(self.least, number), max(self.most, number)
            self.whole = max(self.whole, len(value.lstrip("+-")))
        elif kind is Kind.DECIMAL:
            whole, _, part = value.lstrip("+-").partition(".")
            self.whole, self.scale = max(self.whole, len(whole)), max(self.scale, len(part))
        elif kind in (Kind.DATETIME, Kind.TIME):
            self.fraction = max(self.fraction, len(value.rstrip("Z").partition(".")[2]))

    texts = False
    """Whether the file itself tells numbers from texts."""


_ROOM: Final = (16, 32, 64, 128, 255, 500, 1000)


def guess(
    names: Sequence[str],
    rows: Iterable[Sequence[Field]],
    style: SqlStyle,
    *,
    whole: bool,
    typed: bool = False,
) -> tuple[Guess, ...]:
    """The columns of a new table.

    ``whole`` tells that the rows are all that there are: else lengths get some room. ``typed`` tells that the file
    itself tells numbers from texts, as JSON does. At most one column is proposed as the key.
    """
    seen = [_Column() for _ in names]
    for column in seen:
        column.texts = typed
    for row in rows:
        for column, value in zip(seen, row, strict=False):
            column.see(value)
    key = _key(names, seen)
    types = [_type(column, style, whole=whole, key=at == key) for at, column in enumerate(seen)]
    return tuple(
        Guess(name, type_, column.nulls > 0 or not whole, at == key, type_)
        for at, (name, column, type_) in enumerate(zip(names, seen, types, strict=True))
    )


def _key(names: Sequence[str], seen: Sequence[_Column]) -> int | None:
    """The column that the rows may be told apart by: one called ``id``, else the first."""
    named = [at for at, name in enumerate(names) if name.lower() in ("id", "uuid", "key")]
    at = (named or [0])[0]
    column = seen[at]
    unique = column.count > 0 and not column.nulls and len(column.values) == column.count
    return at if unique and column.kinds <= {Kind.INTEGER, Kind.TEXT} and column.longest <= 255 else None


def _type(column: _Column, style: SqlStyle, *, whole: bool, key: bool) -> str:
    lite = style is SqlStyle.SQLITE
    kinds = column.kinds
    if not kinds or Kind.TEXT in kinds or len(kinds - _NUMBERS) > 1 or (kinds & _NUMBERS and kinds - _NUMBERS):
        if kinds and kinds <= {Kind.DATE, Kind.DATETIME}:
            return _datetime(column, lite)
        return _text(column, lite, whole=whole, key=key)
    if kinds <= _NUMBERS:
        return _numeric(column, lite, whole=whole)
    kind = next(iter(kinds))
    if kind is Kind.DATETIME:
        return _datetime(column, lite)
    if lite:
        return {Kind.DATE: "DATE", Kind.BOOLEAN: "BOOLEAN", Kind.BYTES: "BLOB"}.get(kind, "TEXT")
    if kind is Kind.TIME:
        return f"TIME({column.fraction})" if column.fraction else "TIME"
    if kind is Kind.BYTES:
        return "LONGBLOB"
    return {Kind.DATE: "DATE", Kind.BOOLEAN: "BOOLEAN", Kind.JSON: "JSON"}[kind]


_NUMBERS: Final = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT})


def _datetime(column: _Column, lite: bool) -> str:
    if lite:
        return "DATETIME"
    return f"DATETIME({column.fraction})" if column.fraction else "DATETIME"


def _numeric(column: _Column, lite: bool, *, whole: bool) -> str:
    if Kind.FLOAT in column.kinds:
        return "REAL" if lite else "DOUBLE"
    if Kind.DECIMAL in column.kinds:
        if lite:
            # A number of SQLite's keeps some 15 digits, and no zeros at its end.
            return "REAL" if column.whole + column.scale <= 15 and _exact(column) else "TEXT"
        room = 0 if whole else 4
        if column.whole + column.scale > 65 or column.scale > 30:
            return "TEXT"
        return f"DECIMAL({min(65, column.whole + column.scale + room)},{column.scale})"
    if column.least >= -(2**31) and column.most < 2**31:
        return "INTEGER" if lite else "INT"
    if column.least >= -(2**63) and column.most < 2**63:
        return "INTEGER" if lite else "BIGINT"
    if lite:
        return "TEXT"
    if column.least >= 0 and column.most < 2**64:
        return "BIGINT UNSIGNED"
    return f"DECIMAL({column.whole},0)" if column.whole <= 65 else "TEXT"


def _exact(column: _Column) -> bool:
    return all("." not in value or not value.endswith("0") or value.endswith(".0") for value in column.values)


def _text(column: _Column, lite: bool, *, whole: bool, key: bool) -> str:
    if lite:
        return "TEXT"
    size = column.longest
    for room in _ROOM:
        if size <= (room if whole else room // 2):
            return f"VARCHAR({room})"
    if key:
        return "VARCHAR(768)"
    return "TEXT" if (size <= 16_000 and whole) or size <= 4_000 else "LONGTEXT"
