"""A column's declared type, taken apart: its word, what stands in parentheses, whether it has a sign. Pure."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from ...frozen import Frozen

_TYPE = re.compile(r"\s*([A-Za-z_]\w*)\s*(?:\((.*)\))?(.*)", re.DOTALL)
_OPTION = re.compile(r"'((?:[^']|'')*)'")


class ColumnType(Frozen):
    """A declared type."""

    word: str
    """In lower case, the first one only: ``int`` of ``INT(11) UNSIGNED``; empty where none was declared."""
    numbers: tuple[int, ...] = ()
    """Length, or precision and scale."""
    options: tuple[str, ...] = ()
    """The members of an ENUM or SET."""
    unsigned: bool = False


@lru_cache(maxsize=1024)
def parsed(declared: str) -> ColumnType:
    """A type as a definition, or ``SHOW COLUMNS``, spells it."""
    found = _TYPE.fullmatch(declared)
    if found is None:
        return ColumnType("")
    word, inside, rest = found[1].lower(), found[2] or "", found[3].lower()
    if word in ("enum", "set"):
        options = tuple(option.replace("''", "'") for option in _OPTION.findall(inside))
        return ColumnType(word, (), options)
    numbers = tuple(int(part) for part in inside.split(",") if part.strip().isdecimal())
    return ColumnType(word, numbers, (), "unsigned" in rest)


class Affinity(StrEnum):
    """What SQLite makes of values on their way into a column, by the column's declared type."""

    INTEGER = "integer"
    TEXT = "text"
    BLOB = "blob"
    """Nothing: values stay what they are."""
    REAL = "real"
    NUMERIC = "numeric"


@lru_cache(maxsize=1024)
def affinity(declared: str) -> Affinity:
    """The affinity of a declared type, by SQLite's rules."""
    upper = declared.upper()
    if "INT" in upper:
        return Affinity.INTEGER
    if any(part in upper for part in ("CHAR", "CLOB", "TEXT")):
        return Affinity.TEXT
    if "BLOB" in upper or not upper.strip():
        return Affinity.BLOB
    if any(part in upper for part in ("REAL", "FLOA", "DOUB")):
        return Affinity.REAL
    return Affinity.NUMERIC
