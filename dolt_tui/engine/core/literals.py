"""Values and names as SQL that an engine reads back without loss, and values as plain text. Pure."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from ..model import ABSENT, SqlStyle, Value

_LONGEST_PLAIN_NUMBER = 100
_GEOMETRY = re.compile(
    r"(geometry|point|linestring|polygon|multipoint|multilinestring|multipolygon|geomcollection|geometrycollection)\b",
    re.IGNORECASE,
)
_REFERENCE_SYSTEM = re.compile(r"SRID=(\d+);(.*)", re.DOTALL)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_MYSQL = str.maketrans(
    {"\\": "\\\\", "'": "''", "\0": "\\0", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\x08": "\\b", "\x1a": "\\Z"}
)
_MYSQL_ESCAPED = {"\0", "\n", "\r", "\t", "\x08", "\x1a"}


def text_of(value: Value) -> str:
    """A value as text without loss: text as it is stored, bytes in hex, numbers without an exponent while they are
    readable so; NULL and `ABSENT` are empty."""
    return _TEXTS.get(type(value), _other)(value)


def number_text(value: int | float | Decimal) -> str:
    """All digits and no exponent, as far as that stays readable."""
    if isinstance(value, int):
        try:
            return str(value)
        except ValueError:  # Python refuses to print thousands of digits
            return hex(value)
    text = str(value)
    if text.lstrip("-").replace(".", "", 1).isdigit():
        return text  # nearly all
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    if not number.is_finite() or (isinstance(value, float) and "e" not in repr(value)):
        return str(value)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and max(abs(exponent), abs(number.adjusted())) > _LONGEST_PLAIN_NUMBER:
        return str(value)
    return format(number, "f")


def duration(value: dt.timedelta) -> str:
    """A MySQL ``TIME``: ``-838:59:59``, with its fraction where there is one."""
    sign = "-" if value < dt.timedelta() else ""
    value = abs(value)
    seconds = value.days * 86400 + value.seconds
    fraction = f".{value.microseconds:06d}" if value.microseconds else ""
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{fraction}"


def _datetime(value: dt.datetime) -> str:
    return value.isoformat(sep=" ")


def _nothing(_: Value) -> str:
    return ""


def _other(value: Value) -> str:
    if isinstance(value, bytes | bytearray | memoryview):
        return f"0x{bytes(value).hex()}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, set | frozenset):
        return ",".join(sorted(map(str, value)))
    for kind, text in _TEXTS.items():
        if isinstance(value, kind):
            return text(value)
    if isinstance(value, Mapping | Sequence):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return str(value)


_TEXTS: dict[type, Callable[[Any], str]] = {
    str: str,
    int: number_text,
    type(None): _nothing,
    type(ABSENT): _nothing,
    float: number_text,
    Decimal: number_text,
    dt.datetime: _datetime,
    dt.date: dt.date.isoformat,
    dt.time: dt.time.isoformat,
    dt.timedelta: duration,
}
"""By the exact type, which takes the least time."""


def quoted_name(text: str, style: SqlStyle) -> str:
    """A quoted identifier, whatever it holds."""
    mark = "`" if style is SqlStyle.MYSQL else '"'
    return mark + text.replace(mark, 2 * mark) + mark


def geometric(type_name: str) -> bool:
    """Whether a column of this type holds geometry, which is read as well-known text."""
    return _GEOMETRY.match(type_name) is not None


def reference_system(text: str) -> tuple[str, int]:
    """The well-known text of a geometry as it is read (``SRID=4326;POINT(1 2)``), and its reference system."""
    found = _REFERENCE_SYSTEM.fullmatch(text)
    return (found[2], int(found[1])) if found else (text, 0)


def literal(value: Any, type_name: str, style: SqlStyle) -> str:
    """A value of a column of this type (empty: unknown) as SQL."""
    dolt = style is SqlStyle.MYSQL
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and not math.isfinite(value):
        return "9e999" if value > 0 else "-9e999"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes | bytearray | memoryview):
        return f"0x{bytes(value).hex()}" if dolt and value else f"x'{bytes(value).hex()}'"
    text = text_of(value)
    if dolt and isinstance(value, str) and geometric(type_name):
        known, system = reference_system(text)
        return f"ST_GeomFromText({quoted_text(known, style)}, {system})"
    if dolt and isinstance(value, str) and type_name.lower().startswith("vector"):
        return f"STRING_TO_VECTOR({quoted_text(text, style)})"
    return quoted_text(text, style)


def quoted_text(text: str, style: SqlStyle) -> str:
    """A text as SQL: what a terminal would change or act on, where it is pasted, is spelt otherwise."""
    if text.isprintable():
        text = text.replace("\\", "\\\\") if style is SqlStyle.MYSQL else text
        return "'" + text.replace("'", "''") + "'"
    controls = set(_CONTROLS.findall(text))
    if style is SqlStyle.MYSQL:
        if controls - _MYSQL_ESCAPED:
            return f"_utf8mb4 0x{text.encode().hex()}"
        return "'" + text.translate(_MYSQL) + "'"
    if controls - {"\n"} or _SURROGATES.search(text):  # bytes that are no UTF-8 are read as surrogates
        return f"CAST(x'{text.encode('utf-8', 'surrogateescape').hex()}' AS TEXT)"
    return "'" + text.replace("'", "''") + "'"
