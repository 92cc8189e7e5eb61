"""How Dolt's values are read and compared: what PyMySQL gives as it is, and what is asked for in another form."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from pymysql import converters
from pymysql.constants import FIELD_TYPE
from sqlalchemy.dialects.mysql import INTEGER

from ..core.dialect import Dialect
from ..core.reflection import reflected_type

_UNKNOWN_TYPES = (
    "vector",
    "geometry",
    "point",
    "linestring",
    "polygon",
    "multipoint",
    "multilinestring",
    "multipolygon",
    "geometrycollection",
    "geomcollection",
)


class OpaqueType(sa.types.NullType):
    """A column's type that SQLAlchemy does not know: values as the driver gives them, and no warning."""

    def __init__(self, *_arguments: object, **_options: object) -> None:
        super().__init__()


_OPAQUE_TYPES = {spelt: type(name, (OpaqueType,), {}) for name in _UNKNOWN_TYPES for spelt in (name, name.upper())}


def conversions() -> dict[Any, Any]:
    """PyMySQL's conversions with a faster one for times, which takes a fifth of the time of a page of the log."""
    return {**converters.conversions, FIELD_TYPE.DATETIME: _datetime, FIELD_TYPE.TIMESTAMP: _datetime}


def _datetime(text: str) -> object:
    """A DATETIME or TIMESTAMP as PyMySQL gives it; a zero date stays a text."""
    if len(text) >= _SECONDS:
        try:
            return dt.datetime.fromisoformat(text)
        except ValueError:
            pass
    return converters.convert_datetime(text)


_SECONDS = len("2026-01-31 12:00:00")


class DoltValues(Dialect):
    """The part of Dolt's dialect that is about values."""

    # Type codes of the protocol whose values PyMySQL cannot decode, or not without loss.
    # engine-facts.md#undecodable-types
    _BIT, _VECTOR, _GEOMETRY = 16, 242, 255

    def prepare(self, engine: sa.Engine) -> None:
        dialect: Any = engine.dialect
        dialect.ischema_names = dialect.ischema_names | _OPAQUE_TYPES

    def display(self, column: str, type_code: object) -> str:
        if type_code == self._BIT:
            return f"CAST({column} AS UNSIGNED)"  # as ``+ 0`` it would end at 2**63 - 1
        if type_code == self._VECTOR:
            return f"vector_to_string({column})"
        if type_code == self._GEOMETRY:
            text = f"ST_AsText({column})"  # it leaves out what the coordinates mean
            return f"IF(ST_SRID({column}) = 0, {text}, CONCAT('SRID=', ST_SRID({column}), ';', {text}))"
        return column

    def column(self, name: str, type_name: str) -> str:
        if not self.unread(type_name):
            return self.quote(name)
        word = _word(type_name)
        code = {"bit": self._BIT, "vector": self._VECTOR}.get(word, self._GEOMETRY)
        return self.selected((name, code))

    def differ(self, one: str, other: str, *, text: bool) -> str:
        # Under most collations upper and lower case are the same. A TIME is not: as binary all of them are.
        # engine-facts.md#case-in-comparisons
        return f"NOT (BINARY {one} <=> BINARY {other})" if text else f"NOT ({one} <=> {other})"

    def unread(self, type_name: str) -> bool:
        word = _word(type_name)
        return word == "bit" or word in _UNKNOWN_TYPES

    def shown(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        name = reflected_type(column)
        if name == "bit":
            return sa.cast(column, INTEGER(unsigned=True))
        if name == "vector":
            return sa.func.vector_to_string(column)
        if name not in _UNKNOWN_TYPES:
            return column
        text, system = sa.func.ST_AsText(column), sa.func.ST_SRID(column)
        return sa.func.IF(system == 0, text, sa.func.CONCAT("SRID=", system, ";", text))


def _word(type_name: str) -> str:
    """The first word of a type: ``bit`` of ``bit(8)``."""
    return type_name.lower().partition("(")[0].partition(" ")[0]
