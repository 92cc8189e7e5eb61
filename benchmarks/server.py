"""A private Dolt server to measure on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pymysql

from benchmarks.run import find_dolt
from dolt_tui.engine.connecting.private_server import PrivateServer
from dolt_tui.engine.connecting.target import ServerTarget


class Items:
    """An empty database ``items`` on it."""

    def __init__(self, server: PrivateServer) -> None:
        login = server.connect_arguments
        self.target = ServerTarget(login.user, login.password, login.host, login.port, "items")
        with closing(self._connect(None, True)) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE items")

    def connect(self, branch: str = "main", *, autocommit: bool = False) -> pymysql.Connection[Any]:
        """A connection of PyMySQL's to a branch or commit."""
        return self._connect(f"items/{branch}", autocommit)

    def _connect(self, database: str | None, autocommit: bool) -> pymysql.Connection[Any]:
        return pymysql.connect(
            host=self.target.host,
            port=self.target.port,
            user=self.target.user,
            password=self.target.password or "",
            database=database,
            autocommit=autocommit,
            ssl_disabled=True,
        )


@contextmanager
def items_on_dolt(path: Path) -> Iterator[Items]:
    """Start a server whose files are below ``path``, until the block ends."""
    (path / "databases").mkdir()
    with PrivateServer(path / "databases", dolt=Path(find_dolt()), root_path=path / "home") as server:
        yield Items(server)
