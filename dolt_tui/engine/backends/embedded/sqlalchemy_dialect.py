"""The SQLAlchemy dialect `sqlite+doltlite://`, registered when this module is imported."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import NUMERIC, URL, Connection, Pool
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine.interfaces import (
    ConnectArgsType,
    DBAPIConnection,
    DBAPIModule,
    IsolationLevel,
    ReflectedColumn,
)
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool
from sqlalchemy.types import NullType
from sqlalchemy.util import asbool

from dolt_tui.engine.backends.embedded import driver

_URL_OPTIONS: dict[str, Callable[[Any], Any]] = {
    "timeout": float,
    "create": asbool,
    "read_only": asbool,
    "uri": asbool,
}


class DoltLiteDialect(SQLiteDialect_pysqlite):
    """SQLite's dialect over the embedded engine's driver.

    A transaction of SQLAlchemy starts with a real BEGIN, so a merge with conflicts leaves them there to be resolved;
    with isolation level AUTOCOMMIT nothing begins one.
    """

    driver = "doltlite"
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> DBAPIModule:
        """The driver's module."""
        return cast(DBAPIModule, driver)

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:
        """No pool for files: a connection put back could keep the branch that it has checked out."""
        return NullPool if cls._is_url_file_db(url) else super().get_pool_class(url)

    def create_connect_args(self, url: URL) -> ConnectArgsType:
        """The driver's arguments for `sqlite+doltlite:///path@branch?timeout=5`; raise ArgumentError for others."""
        if url.username or url.password or url.host or url.port:
            raise ArgumentError(f"A DoltLite URL holds a path only, sqlite+doltlite:////path/to/x.db@branch, not {url}")
        options: dict[str, Any] = {}
        for name, value in url.query.items():
            if name not in _URL_OPTIONS:
                raise ArgumentError(f"A DoltLite URL has no option {name!r}; there are {', '.join(_URL_OPTIONS)}")
            options[name] = _URL_OPTIONS[name](value)
        path = url.database or ":memory:"
        if path != ":memory:" and not options.get("uri"):
            path = os.path.abspath(path)
        return [path], options

    def on_connect(self) -> None:  # type: ignore[override]  # SQLAlchemy takes None, its annotation forgets it
        """Nothing to prepare: the parent would register Python functions, which the driver does not offer."""
        return None

    def get_isolation_level_values(self, dbapi_conn: DBAPIConnection) -> list[IsolationLevel]:
        """The levels there are."""
        return ["SERIALIZABLE", "AUTOCOMMIT"]

    def get_default_isolation_level(self, dbapi_conn: DBAPIConnection) -> IsolationLevel:
        """What a connection goes back to."""
        return "SERIALIZABLE"

    def get_isolation_level(self, dbapi_connection: DBAPIConnection) -> IsolationLevel:
        """AUTOCOMMIT or SERIALIZABLE."""
        return "AUTOCOMMIT" if self.detect_autocommit_setting(dbapi_connection) else "SERIALIZABLE"

    def set_isolation_level(self, dbapi_connection: DBAPIConnection, level: IsolationLevel) -> None:
        """Remember whether `do_begin` shall begin."""
        _of_driver(dbapi_connection).autocommit = level == "AUTOCOMMIT"

    def detect_autocommit_setting(self, dbapi_conn: DBAPIConnection) -> bool:
        """Whether the level is AUTOCOMMIT."""
        return _of_driver(dbapi_conn).autocommit

    def do_begin(self, dbapi_connection: Any) -> None:
        """Begin for real, unless the level is AUTOCOMMIT."""
        connection = _of_driver(dbapi_connection)
        if not connection.autocommit:
            connection.begin()

    def get_columns(
        self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any
    ) -> list[ReflectedColumn]:
        """Reflect columns; those declared NUMERIC in `dolt_...` tables become untyped.

        Tables like dolt_history_t call DATE, BOOLEAN and JSON columns NUMERIC, and SQLAlchemy would refuse their text.
        """
        columns: list[ReflectedColumn]
        columns = super().get_columns(connection, table_name, schema, **kw)  # type: ignore[no-untyped-call]
        if not table_name.lower().startswith("dolt_"):
            return columns
        return [
            cast(ReflectedColumn, {**column, "type": NullType()}) if isinstance(column["type"], NUMERIC) else column
            for column in columns
        ]


def _of_driver(connection: Any) -> driver.Connection:
    """The driver's connection, out of the pool's wrapper if need be."""
    found = getattr(connection, "driver_connection", connection)
    # The wrapper of one that was taken out of its pool only has it by its other name.
    return cast(driver.Connection, connection.dbapi_connection if found is None else found)


def register() -> None:
    """Make `sqlite+doltlite://` known to SQLAlchemy; importing this module has done so already."""
    registry.register("sqlite.doltlite", __name__, DoltLiteDialect.__name__)


register()
