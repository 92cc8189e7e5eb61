"""Texts as values of DoltLite's columns, which hold anything: by their affinity, and by what their type says. Pure.

Numbers are typed as such, bytes like ``x'1f2e'``. What has the looks of something else is put between quotation marks,
as in SQL: ``'12'`` is a text where a column takes either. In a column for texts all is text as it stands, but for
bytes; a text that looks like those has a backslash before it.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from decimal import Decimal

from ..core.column_types import Affinity, affinity
from ..core.literals import text_of
from ..errors import InvalidValue
from ..model import ColumnInfo, Editor, Value
from . import numbers_and_dates as typed
from .numbers_and_dates import Unfit, shortened

_BYTES = re.compile(r"[xX]'((?:[0-9a-fA-F]{2})*)'")
_ESCAPED_BYTES = re.compile(r"\\+[xX]'(?:[0-9a-fA-F]{2})*'")
_QUOTED = re.compile(r"'((?:[^']|'')*)'", re.DOTALL)
_NUMERIC = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?")
_INFINITE = {"9e999": float("inf"), "-9e999": float("-inf")}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?")
_TIME = re.compile(r"\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?")


def parse(text: str, column: ColumnInfo, editor: Editor, now: dt.datetime) -> Value:
    """The value of a text. Raises `InvalidValue`."""
    kept = affinity(column.type)
    try:
        if kept is Affinity.TEXT:
            return _parse_text(text)
        return _affine(_parse(text, editor, now), kept)
    except Unfit as error:
        raise InvalidValue(f"{column.name} {error}") from error


def _parse_text(text: str) -> Value:
    if found := _BYTES.fullmatch(text):
        return bytes.fromhex(found[1])
    return text[1:] if _ESCAPED_BYTES.fullmatch(text) else text


def _parse(text: str, editor: Editor, now: dt.datetime) -> Value:
    plain = text.strip()
    if found := _BYTES.fullmatch(plain):
        return bytes.fromhex(found[1])
    if found := _QUOTED.fullmatch(plain):
        return found[1].replace("''", "'")
    match editor:
        case Editor.BYTES:
            return _number(plain) if _NUMERIC.fullmatch(plain) else typed.octets(plain)
        case Editor.ANY:
            return _number(plain) if _is_number(plain) else text
        case Editor.BOOLEAN if plain.lower() in ("true", "false", "yes", "no", "on", "off"):
            return int(plain.lower() in ("true", "yes", "on"))
        case Editor.JSON:
            return _number(plain) if _is_number(plain) else _json(text)
        case Editor.DATE | Editor.DATETIME | Editor.TIME if not _is_number(plain):
            return _moment(plain, editor, now)
    return _number(plain)


def _moment(text: str, editor: Editor, now: dt.datetime) -> str:
    """A date or time as it was typed where it is in SQLite's own form, else in that."""
    if editor is Editor.TIME:
        if not _TIME.fullmatch(text):
            return text_of(typed.duration(text, now))
        typed.duration(text[:5], now)
        return text
    if _MOMENT.fullmatch(text):
        typed.date(text[:10], now)
        if len(text) > 10:
            typed.moment(f"{text[:10]} {text[11:16]}", now, 0)
        return text
    if editor is Editor.DATE:
        return typed.date(text, now).isoformat()
    return typed.moment(text, now, 0).isoformat(" ")


def _is_number(text: str) -> bool:
    return _NUMERIC.fullmatch(text) is not None or text.lower() in _INFINITE


def _number(text: str) -> int | float:
    if text.lower() in _INFINITE:
        return _INFINITE[text.lower()]
    exact = typed.number(text)
    if not re.search(r"[.eE]", text) or text[:2] in ("0x", "0X"):
        if not -(2**63) <= exact < 2**63:
            raise Unfit(f"holds whole numbers of 64 bits: {shortened(text)} would be rounded.")
        return int(exact)
    return typed.floating(text, single=False)


def _affine(value: Value, kept: Affinity) -> Value:
    """What SQLite makes of a value on its way into a column."""
    if kept is Affinity.BLOB or isinstance(value, bytes):
        return value
    if isinstance(value, str):
        if not _NUMERIC.fullmatch(value.strip(" \t\n\r\f\v")):
            return value
        value = _number(value.strip())
    if kept is Affinity.REAL:
        if isinstance(value, int) and Decimal(value) != Decimal(float(value)):
            raise Unfit(f"is in floating point: {value} would become {text_of(float(value))}.")
        return float(value)
    if isinstance(value, float) and value.is_integer() and -(2.0**63) < value < 2.0**63:
        return int(value)
    return value


def _json(text: str) -> str:
    def refused(word: str) -> None:
        raise Unfit(f"is JSON, which has no {word}.")

    try:
        json.loads(text, parse_constant=refused)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, character {error.colno}"
        raise Unfit(f"is JSON, and this is not: {error.msg[:1].lower()}{error.msg[1:]} at {place}.") from error
    except RecursionError as error:
        raise Unfit("is JSON, and this is nested too deeply.") from error
    return text


def format_value(value: Value, column: ColumnInfo, editor: Editor) -> str:
    """A text of which `parse` makes the value."""
    if affinity(column.type) is Affinity.TEXT:
        if isinstance(value, bytes | bytearray | memoryview):
            return f"x'{bytes(value).hex()}'"
        text = text_of(value)
        return f"\\{text}" if _BYTES.fullmatch(text) or _ESCAPED_BYTES.fullmatch(text) else text
    if isinstance(value, bytes | bytearray | memoryview):
        return f"0x{bytes(value).hex()}" if editor is Editor.BYTES else f"x'{bytes(value).hex()}'"
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return "9e999" if value > 0 else "-9e999"
    if not isinstance(value, str):
        text = text_of(value)
        return f"{text}.0" if isinstance(value, float) and not re.search(r"[.e]", text) else text
    try:
        same = parse(value, column, editor, dt.datetime(2000, 1, 1)) == value
    except InvalidValue:
        same = False
    return value if same else "'" + value.replace("'", "''") + "'"
