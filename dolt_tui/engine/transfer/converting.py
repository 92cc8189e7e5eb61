"""Texts of a file as SQL for the columns of a table; what a column would alter or refuse is told. Pure.

A function for each column is made once, and called for each value: it takes as little time as it can.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from ..core.literals import geometric, literal, quoted_text
from ..model import ColumnInfo, SqlStyle
from .reading import Field

Converter: TypeAlias = Callable[[Field], str]
"""Makes SQL of a field; raises `Unfit`."""


class Unfit(Exception):
    """A column cannot hold a value; the text completes "column: 'value' …"."""


_INTEGER = re.compile(r"[+-]?\d+")
_NUMBER = re.compile(r"[+-]?(\d+)?(?:\.(\d*))?(?:[eE][+-]?\d+)?")
_DATETIME = re.compile(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.(\d+))?)?))?Z?")
_TIME = re.compile(r"-?\d{1,3}:\d\d(?::\d\d(?:\.(\d+))?)?")
_TRUTH = {"true": "1", "false": "0"}
_RANGES = {"tinyint": 7, "smallint": 15, "mediumint": 23, "int": 31, "integer": 31, "bigint": 63}


def converter(column: ColumnInfo, style: SqlStyle) -> Converter:
    """What makes SQL of the fields for a column."""
    return _nullable(_of_lite(column) if style is SqlStyle.SQLITE else _of_dolt(column), column, style)


def _nullable(convert: Callable[[str], str], column: ColumnInfo, style: SqlStyle) -> Converter:
    textual = is_text(column, style)
    # An empty field of a text that cannot be NULL is an empty text: many files do not tell the two apart.
    nothing = "''" if textual and not column.nullable and not column.primary_key else "NULL"
    if textual:
        return lambda field: nothing if field is None else convert(field)
    # Elsewhere an empty text is nothing: files that quote everything mean that.
    return lambda field: convert(field) if field else "NULL"


def column_converter(column: ColumnInfo, style: SqlStyle) -> Callable[[Sequence[Field]], Sequence[str]]:
    """What makes SQL of many fields for a column: the same as `converter`, at once, which takes less time.

    Raises `Unfit` where one of them does not fit.
    """
    convert = _of_lite(column) if style is SqlStyle.SQLITE else _of_dolt(column)
    if is_text(column, style):
        nothing = converter(column, style)(None)
        return lambda fields: [nothing if field is None else convert(field) for field in fields]

    def numbers(fields: Sequence[Field]) -> Sequence[str]:
        try:
            joined = "".join(fields)  # type: ignore[arg-type]
        except TypeError:  # there is a NULL
            joined = ""
        if joined.isdigit() and joined.isascii() and min(map(len, fields)) > 0 and max(map(len, fields)) <= digits:  # type: ignore[arg-type]
            return fields  # type: ignore[return-value]
        return others(fields)

    def others(fields: Sequence[Field]) -> Sequence[str]:
        return [convert(field) if field else "NULL" for field in fields]

    digits = _plain_digits(column, style)
    return numbers if digits else others


def _plain_digits(column: ColumnInfo, style: SqlStyle) -> int:
    """Numbers of so many digits any column of whole numbers of this type takes as they are; 0: look at each."""
    name = column.type.lower()
    if style is SqlStyle.SQLITE:
        return 18 if "int" in name else 0
    word = re.split(r"[^a-z]", name, maxsplit=1)[0]
    return len(str(2 ** _RANGES[word] - 1)) - 1 if word in _RANGES else 0


def is_text(column: ColumnInfo, style: SqlStyle) -> bool:
    """Whether a column tells an empty text from NULL."""
    name = column.type.lower()
    if style is SqlStyle.SQLITE:
        return not name or any(word in name for word in ("char", "clob", "text", "blob", "json"))
    return any(word in name for word in ("char", "text", "enum", "set(")) and not name.startswith("json")


def _of_dolt(column: ColumnInfo) -> Callable[[str], str]:
    name = column.type.lower()
    word = re.split(r"[^a-z]", name, maxsplit=1)[0]
    if word in _RANGES:
        return _whole(_RANGES[word], unsigned="unsigned" in name, type_name=column.type)
    if word == "year":
        return _whole(31, unsigned=True, type_name=column.type)
    if word == "bit":
        size = re.search(r"\((\d+)\)", name)
        return _whole(int(size[1]) - 1 if size else 0, unsigned=True, type_name=column.type)
    if word == "decimal":
        size = re.search(r"\((\d+)(?:,\s*(\d+))?\)", name)
        return _decimal(int(size[1]) if size else 10, int((size and size[2]) or 0), column.type)
    if word in ("float", "double"):
        return _float("e0")
    if word in ("date", "datetime", "timestamp", "time"):
        size = re.search(r"\((\d)\)", name)
        return _moment(word, int(size[1]) if size else 0, column.type)
    if "blob" in word or "binary" in word:
        return _bytes(SqlStyle.MYSQL)
    if word == "json":
        return _json
    if word == "vector" or geometric(column.type):
        return lambda text: literal(text, column.type, SqlStyle.MYSQL)
    return lambda text: quoted_text(text, SqlStyle.MYSQL)


def _of_lite(column: ColumnInfo) -> Callable[[str], str]:
    """By the affinity of the column: what it does not convert itself is left a text, as SQLite does."""
    name = column.type.lower()
    if "int" in name:
        return _lite_number
    if any(word in name for word in ("char", "clob", "text")):
        return lambda text: quoted_text(text, SqlStyle.SQLITE)
    if "blob" in name:
        return _bytes(SqlStyle.SQLITE)
    if any(word in name for word in ("real", "floa", "doub")):
        return _float("")
    if "bool" in name:
        return lambda text: _TRUTH.get(text.lower()) or quoted_text(text, SqlStyle.SQLITE)
    return lambda text: quoted_text(text, SqlStyle.SQLITE)


def _whole(bits: int, *, unsigned: bool, type_name: str) -> Callable[[str], str]:
    least, most = (0, 2 ** (bits + 1) - 1) if unsigned else (-(2**bits), 2**bits - 1)
    size = len(str(most)) - 1
    match = _INTEGER.fullmatch

    def convert(text: str) -> str:
        if len(text) <= size and text.isdigit() and text.isascii():
            return text
        found = match(text) or match(text.strip())
        if found is None:
            truth = _TRUTH.get(text.lower())
            if truth is not None:
                return truth
            raise Unfit("is not a whole number")
        if len(found[0]) > 60 or not least <= int(found[0]) <= most:
            raise Unfit(f"is beyond {type_name}")
        return str(int(found[0]))

    return convert


def _decimal(precision: int, scale: int, type_name: str) -> Callable[[str], str]:
    match = _NUMBER.fullmatch

    def convert(text: str) -> str:
        whole, _, part = text.partition(".")
        if len(part) <= scale and len(whole) <= precision - scale and (whole + part).isdigit() and text.isascii():
            return text
        text = text.strip()
        found = match(text)
        if found is None or not (found[1] or found[2]):
            raise Unfit("is not a number")
        if len((found[2] or "").rstrip("0")) > scale:
            raise Unfit(f"has more digits behind its point than {type_name} keeps")
        if "e" in text or "E" in text:
            return quoted_text(text, SqlStyle.MYSQL)
        if len((found[1] or "").lstrip("0")) > precision - scale:
            raise Unfit(f"is beyond {type_name}")
        return text

    return convert


def _float(exponent: str) -> Callable[[str], str]:
    def convert(text: str) -> str:
        try:
            text = repr(float(text)) if "_" not in text else ""
        except ValueError:
            text = ""
        if not text:
            raise Unfit("is not a number")
        if text[-1] in "fn":  # inf, nan
            return "NULL" if text == "nan" else "9e999" if text[0] != "-" else "-9e999"
        return text if "e" in text else text + exponent

    return convert


def _lite_number(text: str) -> str:
    if text.isdigit() and text.isascii() and len(text) < 19:
        return text
    text = text.strip()
    found = _NUMBER.fullmatch(text)
    if found is None or not (found[1] or found[2]):
        truth = _TRUTH.get(text.lower())
        if truth is not None:
            return truth
        raise Unfit("is not a number")
    if _INTEGER.fullmatch(text) and not -(2**63) <= int(text[:40]) < 2**63:
        raise Unfit("does not fit in 64 bits")
    return text


def _moment(word: str, precision: int, type_name: str) -> Callable[[str], str]:
    match = (_TIME if word == "time" else _DATETIME).fullmatch
    plain_time = word in ("datetime", "timestamp")
    last_known = ["", ""]
    """Dates come many times over: the last one, and its literal."""

    def convert(text: str) -> str:
        if text == last_known[0]:
            return last_known[1]
        if plain_time and len(text) == 19 and text[10] == " " and text.isascii():
            try:
                dt.datetime.fromisoformat(text)
            except ValueError:
                pass  # a zero date, or none at all
            else:
                return f"'{text}'"
        found = match(text.strip())
        if found is None:
            raise Unfit(f"is not a {word}")
        part = found[1] if word == "time" else found[3]
        if part and len(part.rstrip("0")) > precision:
            raise Unfit(f"has more digits behind the seconds than {type_name} keeps")
        plain = found[0]
        if word != "time":
            if word == "date" and found[2] and found[2].strip("0:."):
                raise Unfit("has a time, which a date does not keep")
            plain = found[1] if word == "date" else f"{found[1]} {found[2]}" if found[2] else found[1]
            if not found[1].startswith("0000") and "-00" not in found[1]:
                try:
                    dt.date.fromisoformat(found[1])
                except ValueError as error:
                    raise Unfit("is not a day in the calendar") from error
        last_known[:] = text, f"'{plain}'"
        return last_known[1]

    return convert


def _bytes(style: SqlStyle) -> Callable[[str], str]:
    def convert(text: str) -> str:
        if text.startswith("0x"):
            try:
                return literal(bytes.fromhex(text[2:]), "blob", style)
            except ValueError:
                pass
        return literal(text.encode("utf-8", "surrogateescape"), "blob", style)

    return convert


def _json(text: str) -> str:
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unfit("is not JSON") from error
    return quoted_text(text, SqlStyle.MYSQL)
