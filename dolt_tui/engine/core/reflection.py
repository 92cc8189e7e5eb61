"""Tables as SQLAlchemy's reflection sees them, kept while their definitions stay the same.

Reflecting a table costs milliseconds, asking for its definition a fraction of one: so the definition is asked
for each time, and what was reflected from the very same text is used again.
"""

from __future__ import annotations

import threading
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import NullType

from ..errors import EngineError
from .connections import Session
from .lru import Lru

_KEPT = 32
_REFLECTED_TYPE = "reflected type"
"""The key of `sqlalchemy.Column.info` under which the name of a column's own type stands."""


class Reflection:
    """Reflected tables; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: Lru[str, tuple[dict[str, str], sa.Table]] = Lru(_KEPT)

    def table(self, session: Session, name: str, defined_by: str | None = None) -> sa.Table:
        """Table ``name`` with the tables that it refers to.

        ``defined_by`` names the table whose definition decides about it: that of ``dolt_diff_x`` is x.
        Raises `TableNotFound`, and `EngineError` where a column's name is more than SQLAlchemy can read.
        """
        with self._lock:
            definitions, table = self._kept.get(name) or ({}, None)
        if table is not None and definitions == {
            each: session.dialect.ddl(session, each, None) for each in definitions
        }:
            return table
        metadata = sa.MetaData()
        sa.event.listen(metadata, "column_reflect", _as_is)
        table = session.guard(lambda: sa.Table(name, metadata, autoload_with=session.connection))
        if defined_by is not None:
            names = [defined_by]
        else:
            names = [str(each.name) for each in metadata.tables.values()]
            for each in metadata.tables.values():
                _compare(session, each)
        definitions = {each: session.dialect.ddl(session, each, None) for each in names}
        with self._lock:
            self._kept.put(name, (definitions, table))
        return table


def _compare(session: Session, table: sa.Table) -> None:
    found = [str(column.name) for column in table.c]
    if found != [column.name for column in session.dialect.columns(session, str(table.name), None)]:
        raise EngineError(f"The definition of {table.name} cannot be read: it changed, or has strange names.")


def _as_is(_inspector: Any, _table: Any, column: Any) -> None:
    """Let values come as the driver gives them: SQLAlchemy's conversions lose some of them."""
    column["info"] = {_REFLECTED_TYPE: type(column["type"]).__name__.lower()}
    column["type"] = NullType()


def reflected_type(column: sa.ColumnElement[Any]) -> str:
    """The name of the type that a reflected column has in the database, in lower case."""
    info: dict[str, object] = getattr(column, "info", {})
    return str(info.get(_REFLECTED_TYPE, ""))
