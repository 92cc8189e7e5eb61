"""Values of cells as JSON has them, for files of the user's. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ..model import DEFAULT, NewRow, RowValues, Value


def packed(value: Any) -> Any:
    """A value as JSON has it: what JSON has no type for as a pair of a word and a text.

    Raises `TypeError` for what is no value of a cell."""
    if value is None or type(value) in (bool, int, str):
        return value
    if value is DEFAULT:
        return ["default", ""]
    if isinstance(value, NewRow):
        return ["new", str(value.number)]
    if isinstance(value, float):
        return ["float", value.hex()]
    if isinstance(value, Decimal):
        return ["decimal", str(value)]
    if isinstance(value, bytes | bytearray | memoryview):
        return ["bytes", bytes(value).hex()]
    if isinstance(value, dt.datetime):
        return ["datetime", value.isoformat()]
    if isinstance(value, dt.date):
        return ["date", value.isoformat()]
    if isinstance(value, dt.time):
        return ["time", value.isoformat()]
    if isinstance(value, dt.timedelta):
        return ["span", f"{value.days} {value.seconds} {value.microseconds}"]
    raise TypeError(f"a {type(value).__name__} cannot be kept")


def unpacked(found: Any) -> Any:
    """What `packed` was given."""
    if not isinstance(found, list):
        return found
    kind, text = found
    if kind == "span":
        days, seconds, microseconds = map(int, text.split())
        return dt.timedelta(days, seconds, microseconds)
    return {
        "default": lambda _: DEFAULT,
        "new": lambda number: NewRow(int(number)),
        "float": float.fromhex,
        "decimal": Decimal,
        "bytes": bytes.fromhex,
        "datetime": dt.datetime.fromisoformat,
        "date": dt.date.fromisoformat,
        "time": dt.time.fromisoformat,
    }[kind](text)


def packed_row(row: RowValues) -> list[list[Any]]:
    """Values by the names of their columns."""
    return [[name, packed(value)] for name, value in row.items()]


def unpacked_row(found: Sequence[Sequence[Any]]) -> dict[str, Value]:
    """What `packed_row` was given."""
    return {str(name): unpacked(value) for name, value in found}
