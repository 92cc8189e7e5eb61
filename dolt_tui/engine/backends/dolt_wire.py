"""Rows of any statement as the server sends them: as bytes first, and as values when somebody looks at them.

PyMySQL decodes each row when it arrives, and fails at some types with the connection out of step. Here a value that
cannot be understood stays text or bytes, and nothing else suffers. See engine-facts.md#undecodable-types.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from pymysql import converters
from pymysql.constants import FIELD_TYPE, FLAG

from ..model import ColumnInfo
from .dolt_values import conversions

Decode = Callable[[bytes], Any]

_VECTOR = 242
_BINARY = 63
"""The number of the character set that is none."""
_UNSIGNED, _ENUM, _SET = 32, 256, 2048
_LAT_LONG = 4326
"""The reference system whose coordinates are stored in the other order than they are written."""

_NAMES = {
    FIELD_TYPE.TINY: "tinyint",
    FIELD_TYPE.SHORT: "smallint",
    FIELD_TYPE.INT24: "mediumint",
    FIELD_TYPE.LONG: "int",
    FIELD_TYPE.LONGLONG: "bigint",
    FIELD_TYPE.FLOAT: "float",
    FIELD_TYPE.DOUBLE: "double",
    FIELD_TYPE.DATE: "date",
    FIELD_TYPE.TIME: "time",
    FIELD_TYPE.DATETIME: "datetime",
    FIELD_TYPE.TIMESTAMP: "timestamp",
    FIELD_TYPE.YEAR: "year",
    FIELD_TYPE.JSON: "json",
    FIELD_TYPE.GEOMETRY: "geometry",
    FIELD_TYPE.NULL: "null",
    _VECTOR: "vector",
}
_TEXTS = {
    FIELD_TYPE.STRING: ("char", "binary"),
    FIELD_TYPE.VAR_STRING: ("varchar", "varbinary"),
    FIELD_TYPE.VARCHAR: ("varchar", "varbinary"),
}


def column_of(field: Any) -> ColumnInfo:
    """A column of a result, by what PyMySQL read of its description; the type is what the server makes of it.

    A key is told where a statement returns a table's columns as they are: engine-facts.md#keys-of-results
    """
    return ColumnInfo(field.name, _type_name(field), not field.flags & FLAG.NOT_NULL, bool(field.flags & FLAG.PRI_KEY))


def _type_name(field: Any) -> str:
    code, binary = field.type_code, field.charsetnr == _BINARY
    if code in (FIELD_TYPE.DECIMAL, FIELD_TYPE.NEWDECIMAL):
        return f"decimal({max(field.length - (2 if field.scale else 1), 1)},{field.scale})"
    if code == FIELD_TYPE.BIT:
        return f"bit({field.length})"
    if field.flags & _ENUM:
        return "enum"
    if field.flags & _SET:
        return "set"
    if code in _TEXTS:
        # Four bytes for each character at most.
        return f"{_TEXTS[code][binary]}({field.length if binary else field.length // 4})"
    name = _NAMES.get(code)
    if name is None:
        return "blob" if binary else "text"
    return f"{name} unsigned" if field.flags & _UNSIGNED and name.endswith("int") else name


def decoders(fields: Sequence[Any]) -> list[Decode]:
    """How the bytes of each column become values: those that the grid shows of a table's columns, too."""
    return [_decoder(field) for field in fields]


_NUMBERS: dict[int, Decode] = {
    **dict.fromkeys(
        (
            FIELD_TYPE.TINY,
            FIELD_TYPE.SHORT,
            FIELD_TYPE.INT24,
            FIELD_TYPE.LONG,
            FIELD_TYPE.LONGLONG,
            FIELD_TYPE.YEAR,
        ),
        int,
    ),
    FIELD_TYPE.FLOAT: float,
    FIELD_TYPE.DOUBLE: float,
    FIELD_TYPE.BIT: lambda raw: int.from_bytes(raw, "big"),
}


def _decoder(field: Any) -> Decode:
    code = field.type_code
    if code in _NUMBERS:
        return _safely(_NUMBERS[code])
    if code in (FIELD_TYPE.DECIMAL, FIELD_TYPE.NEWDECIMAL):
        return _safely(lambda raw: Decimal(raw.decode("ascii")))
    if code in (FIELD_TYPE.DATETIME, FIELD_TYPE.TIMESTAMP, FIELD_TYPE.DATE, FIELD_TYPE.TIME):
        convert = conversions().get(code, converters.conversions[code])
        return _safely(lambda raw: convert(raw.decode("ascii")))
    if code == _VECTOR:
        return _safely(_vector)
    if code == FIELD_TYPE.GEOMETRY:
        return _safely(geometry)
    if field.charsetnr == _BINARY and code != FIELD_TYPE.JSON:
        return bytes
    return _text


def _text(raw: bytes) -> str | bytes:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw


def _safely(decode: Decode) -> Decode:
    def safe(raw: bytes) -> Any:
        try:
            return decode(raw)
        except (ValueError, ArithmeticError, struct.error, IndexError, KeyError):
            return _text(raw)

    return safe


def row_of(packet: bytes, decode: Sequence[Decode]) -> tuple[Any, ...]:
    """The values of a row's packet; what is cut off counts as NULL."""
    values: list[Any] = []
    place, end = 0, len(packet)
    for each in decode:
        if place >= end:
            values.append(None)
            continue
        size = packet[place]
        place += 1
        if size == 0xFB:
            values.append(None)
            continue
        if size >= 0xFC:
            width = {0xFC: 2, 0xFD: 3}.get(size, 8)
            size = int.from_bytes(packet[place : place + width], "little")
            place += width
        values.append(each(packet[place : place + size]))
        place += size
    return tuple(values)


def value_of(packet: bytes, column: int, decode: Decode) -> Any:
    """The value that a row's packet has in a column."""
    place = 0
    for number in range(column + 1):
        if place >= len(packet):
            return None
        size = packet[place]
        place += 1
        if size == 0xFB:
            if number == column:
                return None
            continue
        if size >= 0xFC:
            width = {0xFC: 2, 0xFD: 3}.get(size, 8)
            size = int.from_bytes(packet[place : place + width], "little")
            place += width
        if number == column:
            return decode(packet[place : place + size])
        place += size
    return None


_WRITTEN_OTHERWISE = (FIELD_TYPE.BIT, _VECTOR, FIELD_TYPE.GEOMETRY)
_NUMBERS_OTHERWISE = (FIELD_TYPE.FLOAT, FIELD_TYPE.DOUBLE, FIELD_TYPE.TIME, FIELD_TYPE.DATETIME, FIELD_TYPE.TIMESTAMP)
_OF_NUMBERS = re.compile(r"[-+0-9.:, dayseinf]*")
"""What the texts of numbers, times and durations may consist of."""


def found_as_sent(fields: Sequence[Any], text: str) -> bool:
    """Whether ``text``, in lower case, is in what was sent of these columns, if it is in what is shown of them."""
    for field in fields:
        binary = field.charsetnr == _BINARY and field.type_code != FIELD_TYPE.JSON
        if field.type_code in _WRITTEN_OTHERWISE or binary:
            return False
        if field.type_code in _NUMBERS_OTHERWISE and _OF_NUMBERS.fullmatch(text):
            return False
    return True


def _vector(raw: bytes) -> str:
    """As ``vector_to_string`` writes it."""
    return f"[{', '.join(map(_single, struct.unpack(f'<{len(raw) // 4}f', raw)))}]"


def _single(number: float) -> str:
    """The shortest text that stands for a number of single precision."""
    if number == int(number) and abs(number) < 1e21:
        return str(int(number))
    for digits in range(6, 10):
        text = f"{number:.{digits}g}"
        if struct.pack("<f", float(text)) == struct.pack("<f", number):
            return text
    return repr(number)


_SHAPES = {
    1: "POINT",
    2: "LINESTRING",
    3: "POLYGON",
    4: "MULTIPOINT",
    5: "MULTILINESTRING",
    6: "MULTIPOLYGON",
    7: "GEOMETRYCOLLECTION",
}


def geometry(raw: bytes) -> str:
    """A geometry as it is selected for a table's rows: ``ST_AsText``, after ``SRID=n;`` where it has one."""
    system = int.from_bytes(raw[:4], "little")
    reader = _Geometry(raw, 4, turned=system == _LAT_LONG)
    text = reader.shape()
    return f"SRID={system};{text}" if system else text


class _Geometry:
    """Reads a geometry in the well-known binary form."""

    def __init__(self, raw: bytes, place: int, *, turned: bool) -> None:
        self._raw, self._place, self._turned = raw, place, turned

    def shape(self) -> str:
        order = "<" if self._raw[self._place] else ">"
        (kind,) = struct.unpack_from(f"{order}I", self._raw, self._place + 1)
        self._place += 5
        return f"{_SHAPES[kind]}{self._body(kind, order)}"

    def _body(self, kind: int, order: str) -> str:
        if kind == 1:
            return f"({self._points(1, order)})"
        (number,) = struct.unpack_from(f"{order}I", self._raw, self._place)
        self._place += 4
        if number > len(self._raw):
            raise ValueError("a geometry that is cut off")
        if kind == 2:
            return f"({self._points(number, order)})"
        if kind == 3:
            return f"({','.join(self._body(2, order) for _ in range(number))})"
        parts = [self.shape() for _ in range(number)]
        if kind != 7:
            parts = [part[part.index("(") :] for part in parts]
            if kind == 4:
                parts = [part[1:-1] for part in parts]
        return f"({','.join(parts)})"

    def _points(self, number: int, order: str) -> str:
        values = struct.unpack_from(f"{order}{2 * number}d", self._raw, self._place)
        self._place += 16 * number
        pairs = zip(values[::2], values[1::2], strict=True)
        return ",".join(f"{_plain(b)} {_plain(a)}" if self._turned else f"{_plain(a)} {_plain(b)}" for a, b in pairs)


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) and abs(number) < 1e21 else repr(number)
