"""Texts as values of Dolt's types. Pure."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ..core.column_types import ColumnType, parsed
from ..core.literals import reference_system, text_of
from ..errors import InvalidValue
from ..model import ColumnInfo, Editor, Value
from . import numbers_and_dates as typed
from .numbers_and_dates import Unfit, shortened

_BITS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "integer": 32, "bigint": 64, "serial": 64}
_LONGEST = {
    "tinytext": 2**8 - 1,
    "text": 2**16 - 1,
    "mediumtext": 2**24 - 1,
    "longtext": 2**32 - 1,
    "tinyblob": 2**8 - 1,
    "blob": 2**16 - 1,
    "mediumblob": 2**24 - 1,
    "longblob": 2**32 - 1,
}
"""In bytes, whatever the letters."""
_EARLIEST, _LATEST = dt.datetime(1970, 1, 1, 0, 0, 1), dt.datetime(2038, 1, 19, 3, 14, 7, 999999)
_SHAPES = {
    "geometry": "",
    "point": "POINT",
    "linestring": "LINESTRING",
    "polygon": "POLYGON",
    "multipoint": "MULTIPOINT",
    "multilinestring": "MULTILINESTRING",
    "multipolygon": "MULTIPOLYGON",
    "geometrycollection": "GEOMETRYCOLLECTION",
    "geomcollection": "GEOMETRYCOLLECTION",
}
_SHAPE = re.compile(r"\s*([A-Za-z]+)\s*\([-+.\deE\s,()A-Za-z]*\)\s*", re.DOTALL)
_YEAR_ZERO = re.compile(r"0000-\d\d-\d\d(?: \d\d:\d\d:\d\d(?:\.\d{1,6})?)?")
"""Years that Python does not know, and dates that are none: Dolt gives them as text."""


def parse(text: str, column: ColumnInfo, editor: Editor, now: dt.datetime) -> Value:
    """The value of a text. Raises `InvalidValue`."""
    try:
        return _PARSERS[editor](text, parsed(column.type), now)
    except Unfit as error:
        raise InvalidValue(f"{column.name} {error}") from error


def _number(text: str, type_: ColumnType, _: dt.datetime) -> Value:
    word, numbers = type_.word, type_.numbers
    if word in ("decimal", "dec", "numeric", "fixed"):
        precision, scale = (*numbers, *(10, 0)[len(numbers) :])
        return _signed(typed.decimal(text, precision, scale), type_)
    if word in ("float", "double", "real"):
        return _signed(typed.floating(text, single=word == "float" and (numbers or (0,))[0] <= 24), type_)
    if word == "bit":
        return typed.whole(text, 0, 2 ** (numbers or (1,))[0] - 1)
    if word == "year":
        year = typed.whole(text, 0, 2155)
        if 0 < year < 1901:
            raise Unfit(f"holds the years 1901 to 2155, and 0, not {year}.")
        return year
    bits = _BITS.get(word, 64)
    if type_.unsigned or word == "serial":
        return typed.whole(text, 0, 2**bits - 1)
    return typed.whole(text, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def _signed(value: Any, type_: ColumnType) -> Any:
    if type_.unsigned and value < 0:
        raise Unfit(f"holds no negative numbers, not {value}.")
    return value


_WORDS = {"true": 1, "yes": 1, "on": 1, "false": 0, "no": 0, "off": 0}


def _boolean(text: str, type_: ColumnType, now: dt.datetime) -> Value:
    known = _WORDS.get(text.strip().lower())
    if known is not None:
        return known
    return typed.whole(text, 0, 255) if type_.unsigned else typed.whole(text, -128, 127)


def _text(text: str, type_: ColumnType, _: dt.datetime) -> Value:
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise Unfit("cannot hold characters that are not valid Unicode.") from error
    if type_.word in _LONGEST:
        if size > _LONGEST[type_.word]:
            raise Unfit(f"has room for {_LONGEST[type_.word]:,} bytes, and this text has {size:,}.")
    elif type_.numbers or type_.word in ("char", "character", "nchar"):
        room = (type_.numbers or (1,))[0]
        if len(text) > room:
            raise Unfit(f"has room for {room:,} characters, and this text has {len(text):,}.")
    return text


def _bytes(text: str, type_: ColumnType, _: dt.datetime) -> Value:
    value = typed.octets(text)
    room = _LONGEST.get(type_.word) or (type_.numbers or (1,))[0]
    if len(value) > room:
        raise Unfit(f"has room for {room:,} bytes, and these are {len(value):,}.")
    return value.ljust(room, b"\0") if type_.word == "binary" else value  # it is padded where it is stored


def _date(text: str, _: ColumnType, now: dt.datetime) -> Value:
    plain = text.strip()
    if len(plain) == 10 and _YEAR_ZERO.fullmatch(plain) and _is_day(plain):
        return plain
    return typed.date(plain, now)


def _is_day(text: str) -> bool:
    """Whether a text of the year 0 is a day of it, or the date that stands for none."""
    if text == "0000-00-00":
        return True
    try:
        dt.date.fromisoformat(f"2000{text[4:]}")  # a leap year, as the year 0 is one
    except ValueError:
        return False
    return True


def _moment(text: str, type_: ColumnType, now: dt.datetime) -> Value:
    plain = text.strip()
    precision = (type_.numbers or (0,))[0]
    if plain.startswith("0000-") and _YEAR_ZERO.fullmatch(plain) and _is_day(plain[:10]):
        if plain[:10] == "0000-00-00":
            if plain[10:].strip(" 0:."):
                raise Unfit(f"is a date with a time, and there is no {plain}.")
            plain = "0000-00-00 00:00:00"
        elif type_.word == "timestamp":
            raise Unfit(f"is a TIMESTAMP: it holds 1970-01-01 00:00:01 to 2038-01-19 03:14:07, not {plain}.")
        begin, _, digits = plain.ljust(11).partition(".")
        typed.fraction(digits, precision)
        begin = begin if len(begin) == 19 else f"{begin.strip()} 00:00:00"
        return f"{begin}.{digits[:precision].ljust(precision, '0')}" if precision else begin
    value = typed.moment(plain, now, precision)
    if type_.word == "timestamp" and not _EARLIEST <= value <= _LATEST:
        raise Unfit(f"is a TIMESTAMP: it holds 1970-01-01 00:00:01 to 2038-01-19 03:14:07, not {plain}.")
    return value


def _time(text: str, _: ColumnType, now: dt.datetime) -> Value:
    return typed.duration(text, now)


def _enum(text: str, type_: ColumnType, _: dt.datetime) -> Value:
    return _member(text, type_.options)


def _member(text: str, options: tuple[str, ...]) -> str:
    for wanted in (text, text.strip()):
        if wanted in options:
            return wanted
    alike = [option for option in options if option.casefold() == text.strip().casefold()]
    if len(alike) == 1:
        return alike[0]
    known = ", ".join(options[:8]) + (" …" if len(options) > 8 else "")
    raise Unfit(f"is one of {known}, not {shortened(text) or 'an empty text'}.")


def _set(text: str, type_: ColumnType, _: dt.datetime) -> Value:
    if not text.strip():
        return ""
    chosen = {_member(part, type_.options) for part in text.split(",")}
    return ",".join(option for option in type_.options if option in chosen)


def _json(text: str, _: ColumnType, __: dt.datetime) -> Value:
    def kept(number: str) -> float:
        near = typed.floating(number, single=False)
        if Decimal(repr(near)) != Decimal(number):
            raise Unfit(f"is in floating point: {shortened(number)} would become {text_of(near)}.")
        return near

    def refused(word: str) -> None:
        raise Unfit(f"is JSON, which has no {word}.")

    try:
        json.loads(text, parse_float=kept, parse_int=kept, parse_constant=refused)
        text.encode()
    except Unfit as error:
        raise Unfit(str(error).replace("is in floating point", "holds numbers in floating point")) from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, character {error.colno}"
        raise Unfit(f"is JSON, and this is not: {error.msg[:1].lower()}{error.msg[1:]} at {place}.") from error
    except RecursionError as error:
        raise Unfit("is JSON, and this is nested too deeply.") from error
    except UnicodeEncodeError as error:
        raise Unfit("cannot hold characters that are not valid Unicode.") from error
    return text


def _geometry(text: str, type_: ColumnType, _: dt.datetime) -> Value:
    wanted = _SHAPES[type_.word]
    known, system = reference_system(text.strip())
    found = _SHAPE.fullmatch(known)
    example = f"{wanted or 'POINT'}(…)"
    if found is None or found[1].upper() not in set(_SHAPES.values()) - {""} or known.count("(") != known.count(")"):
        raise Unfit(f"is geometry: write it as well-known text like {example}, not {shortened(text) or 'nothing'}.")
    if wanted and found[1].upper() != wanted:
        raise Unfit(f"holds a {wanted}, not a {found[1].upper()}.")
    return f"SRID={system};{known}" if system else known


def _vector(text: str, type_: ColumnType, _: dt.datetime) -> Value:
    try:
        numbers = json.loads(text, parse_float=_Spelt, parse_int=_Spelt)
    except (ValueError, RecursionError) as error:
        raise Unfit(f"is a vector: write it like [1, 2.5], not {shortened(text) or 'nothing'}.") from error
    if not isinstance(numbers, list) or not all(isinstance(number, _Spelt) for number in numbers):
        raise Unfit(f"is a vector: write it like [1, 2.5], not {shortened(text)}.")
    wanted = (type_.numbers or (2048,))[0]
    if len(numbers) != wanted:
        raise Unfit(f"is a vector of {wanted} numbers, and these are {len(numbers)}.")
    for number in numbers:
        typed.floating(number, single=True)
    return f"[{', '.join(numbers)}]"


class _Spelt(str):
    """A number as it was typed: Dolt has more than one way to spell those of single precision."""


_PARSERS: dict[Editor, Callable[[str, ColumnType, dt.datetime], Value]] = {
    Editor.TEXT: _text,
    Editor.NUMBER: _number,
    Editor.BOOLEAN: _boolean,
    Editor.DATE: _date,
    Editor.TIME: _time,
    Editor.DATETIME: _moment,
    Editor.ENUM: _enum,
    Editor.SET: _set,
    Editor.JSON: _json,
    Editor.BYTES: _bytes,
    Editor.GEOMETRY: _geometry,
    Editor.VECTOR: _vector,
}
