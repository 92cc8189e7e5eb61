"""What people type, as a value of a column's type: a number, a date, bytes … or what is wrong with it."""

from __future__ import annotations

import datetime as dt
import re
import struct
from decimal import Decimal
from enum import StrEnum

from ..model import SqlStyle, Value


class Unfit(ValueError):
    """A text that is not a value of a column's type; the message continues a sentence that begins with the column's
    name."""


class Of(StrEnum):
    """What a column holds."""

    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    MOMENT = "moment"
    TIME = "time"
    BYTES = "bytes"
    OTHER = "other"
    """What can be compared in SQL only: JSON, geometry, vectors."""
    ANY = "any"
    """Whatever is stored: DoltLite's columns may have no type."""

    @property
    def text(self) -> bool:
        """Whether every text is a value."""
        return self in (Of.TEXT, Of.ANY)


_WORDS = {
    Of.NUMBER: "tinyint smallint mediumint int integer bigint int2 int8 dec decimal numeric fixed float double real"
    " bit bool boolean year serial",
    Of.TEXT: "char character varchar nchar nvarchar native varying tinytext text mediumtext longtext clob enum"
    " set uuid",
    Of.DATE: "date",
    Of.MOMENT: "datetime timestamp",
    Of.TIME: "time",
    Of.BYTES: "binary varbinary tinyblob blob mediumblob longblob",
    Of.OTHER: "json vector geometry point linestring polygon multipoint multilinestring multipolygon geomcollection"
    " geometrycollection",
}
_OF = {word: of for of, spelt in _WORDS.items() for word in spelt.split()}
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?")
_HEX = re.compile(r"0[xX]([0-9a-fA-F]+)")
_BYTES = re.compile(r"0[xX]((?:[0-9a-fA-F]{2})*)(?:\s+([\d,]+)\s*B)?")
"""Bytes as the screen shows them, followed by their number."""
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d\d)(?::(\d\d)(\.\d{1,6})?)?)?")
_TIME = re.compile(r"-?\d{1,3}:[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?")
_LONGEST = {SqlStyle.MYSQL: 10**65, SqlStyle.SQLITE: 2**63}
"""Beyond it a number is bound in floating point."""


def classify(type_name: str) -> Of:
    """What a column of a declared type holds."""
    found = re.match(r"[a-z]\w*", type_name.strip().lower())
    if found is None:
        return Of.ANY
    return _OF.get(found[0]) or (Of.NUMBER if "int" in type_name.lower() else Of.ANY)


def value_of(of: Of, type_name: str, text: str, style: SqlStyle) -> Value:
    """What to bind for a text. Raises `Unfit`."""
    match of:
        case Of.NUMBER:
            return _number(type_name, text, style)
        case Of.DATE | Of.MOMENT:
            return _date(text, day=of is Of.DATE)
        case Of.TIME:
            if not _TIME.fullmatch(text):
                raise Unfit(f"is a time: write it like 14:05 or 14:05:09, not {text or 'nothing'}.")
            return text if text.count(":") == 2 else f"{text}:00"
        case Of.BYTES:
            return _bytes(text)
        case Of.OTHER:
            raise Unfit(f"is of type {type_name}: write the condition in SQL.")
        case Of.ANY if _NUMBER.fullmatch(text):
            return _number(type_name, text, style)
    return text


def _number(type_name: str, text: str, style: SqlStyle) -> Value:
    lower, type_ = text.lower(), type_name.lower()
    if lower in ("true", "false"):
        return int(lower == "true")
    found = _HEX.fullmatch(text)
    if found is not None:
        number = Decimal(int(found[1], 16))
    elif _NUMBER.fullmatch(text):
        number = Decimal(text)
    else:
        raise Unfit(f"is a number, and {text} is not one." if text else "is a number: write one after the sign.")
    near = float(number)
    if near in (float("inf"), float("-inf")):
        raise Unfit(f"is a number, and {text} is too large.")
    if re.match("float|double|real", type_):
        return _single(near) if style is SqlStyle.MYSQL and type_ == "float" else near
    if abs(number) < _LONGEST[style]:
        return int(number) if number == int(number) else number if style is SqlStyle.MYSQL else near
    return near


def _single(number: float) -> float:
    """The number of single precision that is stored for one; others never equal it."""
    try:
        return float(struct.unpack("f", struct.pack("f", number))[0])
    except OverflowError:
        return number


def _date(text: str, *, day: bool) -> str:
    found = _DATE.fullmatch(text)
    wanted = "like 2000-01-31" if day else "like 2000-01-31 or 2000-01-31 14:05"
    if found is None:
        raise Unfit(f"is a {'date' if day else 'date with a time'}: write it {wanted}, not {text or 'nothing'}.")
    year, month, of_month, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        moment = dt.datetime(year, month, of_month, hour, minute, second)
    except ValueError as error:
        raise Unfit(f"is a date, and there is no {text}: write it {wanted}.") from error
    if day and found[4] is None:
        return f"{moment:%Y-%m-%d}".rjust(10, "0")
    return f"{moment:%Y-%m-%d %H:%M:%S}".rjust(19, "0") + (found[7] or "")


def _bytes(text: str) -> bytes:
    if "…" in text:
        raise Unfit(f"is shortened on the screen: {text} is not whole. Open the row to see all of it, or copy it.")
    if _UUID.fullmatch(text):
        return bytes.fromhex(text.replace("-", ""))
    found = _BYTES.fullmatch(text)
    if found is None or (found[2] and int(found[2].replace(",", "")) != len(found[1]) // 2):
        raise Unfit(f"holds bytes: write them like 0x1F2E, with two digits for each, not {text or 'nothing'}.")
    return bytes.fromhex(found[1])
