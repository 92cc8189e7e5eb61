"""Numbers, dates and times as people write them; what both engines share. Pure.

All functions raise `Unfit`, whose message continues a sentence that begins with the column's name.
"""

from __future__ import annotations

import datetime as dt
import re
import struct
from decimal import Context, Decimal

from ..core.literals import text_of


class Unfit(ValueError):
    """A text that is no value of a column."""


_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,4})?")
_BASED = re.compile(r"0[xX]([0-9a-fA-F]+)|[bB]'([01]+)'|0[bB]([01]+)")
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DATETIME = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})(?:[ T]+(\d{1,2}:\d\d)(?::(\d\d)(?:\.(\d+))?)?)?")
_TIME = re.compile(r"([+-]?)(\d{1,3}):([0-5]?\d)(?::([0-5]?\d)(?:\.(\d+))?)?")
_DAYS = {"today": 0, "now": 0, "yesterday": -1, "tomorrow": 1}
_HEX = re.compile(r"(?:0[xX]|[xX]')?((?:[0-9a-fA-F]{2})*)'?(?:\s+([\d,]+)\s*B)?")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_EXACT = Context(prec=2000)


def shortened(text: str) -> str:
    """What was typed, for a message."""
    return text if len(text) <= 40 else f"{text[:39]}…"


def number(text: str) -> Decimal:
    """A number without loss."""
    plain = text.strip()
    if plain.lower() in ("true", "false"):
        return Decimal(plain.lower() == "true")
    if found := _BASED.fullmatch(plain):
        return Decimal(int(found[1], 16) if found[1] else int(found[2] or found[3], 2))
    if not plain:
        raise Unfit("is a number: write one.")
    if not _NUMBER.fullmatch(plain):
        raise Unfit(f"is a number, and {shortened(plain)} is not one.")
    return Decimal(plain)


def whole(text: str, least: int, most: int) -> int:
    """An integer of a range."""
    exact = number(text)
    if not least <= exact <= most:
        raise Unfit(f"holds {least:,} to {most:,}, not {shortened(text.strip())}.")
    if exact != exact.to_integral_value(context=_EXACT):
        raise Unfit(f"holds whole numbers only, not {shortened(text.strip())}.")
    return int(exact)


def decimal(text: str, precision: int, scale: int) -> Decimal:
    """A number with as many digits behind the point as the column has."""
    exact = number(text)
    if exact == 0:
        return Decimal(0).scaleb(-scale)
    if exact.adjusted() >= precision - scale:
        raise Unfit(f"has room for {_digits(precision - scale)} before the point, not for {shortened(text.strip())}.")
    kept = exact.quantize(Decimal(1).scaleb(-scale), context=_EXACT)
    if exact != kept:
        raise Unfit(f"keeps {_digits(scale)} after the point: {shortened(text.strip())} would be rounded.")
    return kept


def _digits(count: int) -> str:
    return f"{count or 'no'} {'digit' if count == 1 else 'digits'}"


def floating(text: str, *, single: bool) -> float:
    """A number in floating point, of single precision or double; refused where it would become another one."""
    exact = number(text)
    try:
        near = float(exact)
        stored = struct.unpack("f", struct.pack("f", near))[0] if single else near
    except OverflowError:
        stored = float("inf")
    if stored in (float("inf"), float("-inf")) or (stored == 0) != (exact == 0):
        raise Unfit(f"cannot hold a number as {'small' if stored == 0 else 'large'} as {shortened(text.strip())}.")
    value = shortest(stored) if single else near
    digits = len(exact.normalize(_EXACT).as_tuple().digits)
    if exact in (Decimal(repr(value)), Decimal(f"{stored:.{min(digits, 40)}g}")):
        return value
    raise Unfit(f"is in floating point: {shortened(text.strip())} would become {text_of(value)}.")


def shortest(stored: float) -> float:
    """A number of single precision by the fewest digits that tell it apart: how Dolt gives it."""
    for digits in range(1, 10):
        text = f"{stored:.{digits}g}"
        if struct.pack("f", float(text)) == struct.pack("f", stored):
            return float(text)
    return stored


def date(text: str, now: dt.datetime) -> dt.date:
    """A day."""
    plain = text.strip()
    if plain.lower() in _DAYS:
        return (now + dt.timedelta(days=_DAYS[plain.lower()])).date()
    found = _DATE.fullmatch(plain)
    if found is None:
        raise Unfit(f"is a date: write it like 2000-01-31, not {shortened(plain) or 'nothing'}.")
    return _day(plain, *map(int, found.groups()))


def _day(text: str, year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError as error:
        raise Unfit(f"is a date, and there is no {shortened(text)}.") from error


def moment(text: str, now: dt.datetime, precision: int) -> dt.datetime:
    """A day with a time, of so many digits of a second's fraction."""
    plain = text.strip()
    if plain.lower() in _DAYS:
        then = now + dt.timedelta(days=_DAYS[plain.lower()])
        if plain.lower() != "now":
            then = then.replace(hour=0, minute=0, second=0, microsecond=0)
        unit = 10 ** (6 - precision)
        return then.replace(microsecond=then.microsecond // unit * unit, tzinfo=None)
    found = _DATETIME.fullmatch(plain)
    if found is None:
        wanted = "2000-01-31 14:05:09"
        raise Unfit(f"is a date with a time: write it like {wanted}, not {shortened(plain) or 'nothing'}.")
    day = date(found[1], now)
    hour, minute = map(int, (found[2] or "0:0").split(":"))
    try:
        time = dt.time(hour, minute, int(found[3] or 0), fraction(found[4] or "", precision))
    except ValueError as error:
        if isinstance(error, Unfit):
            raise
        raise Unfit(f"is a date with a time, and there is no {shortened(plain)}.") from error
    return dt.datetime.combine(day, time)


def fraction(digits: str, precision: int) -> int:
    """The microseconds of a second's fraction; refused where it has more digits than are kept."""
    if digits.rstrip("0")[precision:]:
        kept = "whole seconds only" if precision == 0 else f"{_digits(precision)} of a second's fraction"
        raise Unfit(f"keeps {kept}: .{shortened(digits)} would be rounded.")
    return int(digits[:6].ljust(6, "0")) if digits else 0


_LONGEST_TIME = dt.timedelta(hours=838, minutes=59, seconds=59)


def duration(text: str, now: dt.datetime) -> dt.timedelta:
    """A MySQL ``TIME``."""
    plain = text.strip()
    if plain.lower() == "now":
        return dt.timedelta(hours=now.hour, minutes=now.minute, seconds=now.second)
    found = _TIME.fullmatch(plain)
    if found is None:
        raise Unfit(f"is a time: write it like 14:05 or 14:05:09, not {shortened(plain) or 'nothing'}.")
    sign, hours, minutes, seconds, digits = found.groups()
    value = dt.timedelta(
        hours=int(hours), minutes=int(minutes), seconds=int(seconds or 0), microseconds=fraction(digits or "", 6)
    )
    if value > _LONGEST_TIME:
        raise Unfit(f"holds times up to 838:59:59, not {plain}.")
    return -value if sign == "-" else value


def octets(text: str) -> bytes:
    """Bytes in hexadecimal, with or without blanks between them, or as a UUID; as the screen shows them, too."""
    if "…" in text:
        raise Unfit("is shortened: this is not all of it. Copy the whole value.")
    plain = text.strip()
    if _UUID.fullmatch(plain):
        return bytes.fromhex(plain.replace("-", ""))
    found = _HEX.fullmatch(plain)
    if found is None:
        found = _HEX.fullmatch(re.sub(r"\s+", "", plain))
    if found is None or (found[2] and int(found[2].replace(",", "")) != len(found[1]) // 2):
        raise Unfit(f"holds bytes: write them like 0x1F2E, two digits for each, not {shortened(plain)}.")
    return bytes.fromhex(found[1])
