"""Databases for the tests of the engine layer: the same test bodies on Dolt's server and on DoltLite.

What a test did is checked by `Raw`, which speaks to the engine through the bare driver.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pymysql
import pytest

from dolt_tui.engine import open_repository
from dolt_tui.engine.backends.embedded import driver
from dolt_tui.engine.connecting.target import FileTarget, ServerTarget
from dolt_tui.engine.repository import Repository

ENGINES = ["dolt", "doltlite"]

Row = tuple[Any, ...]


class Raw(ABC):
    """A database through its bare driver: ``?`` for a value, `` ` `` around names, CALL for procedures."""

    dolt: bool
    """Whether the engine is Dolt; else it is DoltLite."""
    target: ServerTarget | FileTarget
    database: str

    @abstractmethod
    def rows(self, sql: str, *values: object, at: str = "main") -> list[Row]:
        """The rows of a statement that is run on revision ``at``."""

    @abstractmethod
    def each(self, *statements: str, at: str = "main") -> list[list[Row]]:
        """The rows of each of the statements, which take no values; they run in one session."""

    @abstractmethod
    def quote(self, name: str) -> str:
        """``name`` as a quoted identifier."""

    @abstractmethod
    def call(self, procedure: str, *arguments: str, at: str = "main") -> Row:
        """Run a version-control procedure; its first row."""

    @property
    def author(self) -> str:
        """The columns of the log that name a commit's author."""
        return "committer, email"

    def scalar(self, sql: str, *values: object, at: str = "main") -> Any:
        return self.rows(sql, *values, at=at)[0][0]

    def run(self, *statements: str, at: str = "main") -> None:
        """Run statements that take no values, in one session."""
        self.each(*statements, at=at)

    def commit(self, message: str = "a commit", at: str = "main") -> str:
        """Commit everything; the hash."""
        return str(self.call("dolt_commit", "-A", "-m", message, at=at)[0])

    def head(self, at: str = "main") -> str:
        return str(self.scalar("SELECT dolt_hashof('HEAD')", at=at))

    def branches(self) -> dict[str, str]:
        return dict(self.rows("SELECT name, hash FROM dolt_branches"))

    def status(self, at: str = "main") -> set[tuple[str, bool, str]]:
        """Table, whether staged, state."""
        return _status(self.rows("SELECT * FROM dolt_status", at=at))

    def state(self, at: str = "main") -> tuple[object, ...]:
        """Everything of a branch in hashes, and whether it is merging."""
        (hashes,), merging, status = self.each(
            "SELECT dolt_hashof_db('WORKING'), dolt_hashof_db('STAGED'), dolt_hashof('HEAD')",
            "SELECT is_merging FROM dolt_merge_status",
            "SELECT * FROM dolt_status",
            at=at,
        )
        return (*hashes, bool(merging and merging[0][0]), _status(status))

    def own_state(self, at: str) -> tuple[object, ...]:
        """The same, for branches that were never written to: they have no working set of their own on DoltLite."""
        (hashes,), status = self.each(
            "SELECT dolt_hashof_db('STAGED'), dolt_hashof('HEAD')", "SELECT * FROM dolt_status", at=at
        )
        working = self.scalar("SELECT dolt_hashof_db('WORKING')", at=at) if status else hashes[0]
        return (*hashes, working, _status(status))


def _status(rows: list[Row]) -> set[tuple[str, bool, str]]:
    return {(name, bool(staged), state) for name, staged, state in rows}


class RawDolt(Raw):
    dolt = True

    def __init__(self, target: ServerTarget) -> None:
        self.target: ServerTarget = target
        assert target.database is not None
        self.database = target.database

    @property
    def author(self) -> str:
        has = any(row[0] == "author" for row in self.rows("SHOW COLUMNS FROM dolt_log"))
        return "author, author_email" if has else super().author

    def connect(self, database: str | None = None) -> pymysql.Connection[Any]:
        return pymysql.connect(
            host=self.target.host,
            port=self.target.port,
            user=self.target.user,
            password=self.target.password,
            database=database,
            autocommit=True,
            ssl_disabled=True,
        )

    def rows(self, sql: str, *values: object, at: str = "main") -> list[Row]:
        with closing(self.connect(f"{self.database}/{at}")) as connection, connection.cursor() as cursor:
            cursor.execute(sql.replace("%", "%%").replace("?", "%s") if values else sql, values or None)
            return [tuple(row) for row in cursor.fetchall()]

    def each(self, *statements: str, at: str = "main") -> list[list[Row]]:
        found = []
        with closing(self.connect(f"{self.database}/{at}")) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                found.append([tuple(row) for row in cursor.fetchall()])
        return found

    def quote(self, name: str) -> str:
        return "`" + name.replace("`", "``") + "`"

    def call(self, procedure: str, *arguments: str, at: str = "main") -> Row:
        marks = ", ".join("?" * len(arguments))
        for last in (False, False, False, True):
            try:
                return (self.rows(f"CALL {procedure}({marks})", *arguments, at=at) or [()])[0]
            except pymysql.MySQLError as error:  # Dolt's own housekeeping got in between
                if last or "optimistic lock failed" not in str(error):
                    raise
        raise AssertionError("not reached")

    def connections(self) -> int:
        """How many connections of other sessions to this database the server counts."""
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("SHOW PROCESSLIST")
            return sum((row[3] or "").split("/")[0] == self.database for row in cursor.fetchall())

    def running(self, text: str) -> int:
        """How many statements that hold ``text`` are running."""
        with closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("SHOW PROCESSLIST")
            return sum(text in (row[7] or "") and "PROCESSLIST" not in row[7].upper() for row in cursor.fetchall())


class RawLite(Raw):
    dolt = False

    def __init__(self, path: Path) -> None:
        self.path = path
        self.target: FileTarget = FileTarget(path)
        self.database = path.name

    def rows(self, sql: str, *values: object, at: str = "main") -> list[Row]:
        with closing(driver.connect(f"{self.path}@{at}", timeout=5.0)) as connection:
            return [tuple(row) for row in connection.execute(sql, values).fetchall()]

    def each(self, *statements: str, at: str = "main") -> list[list[Row]]:
        with closing(driver.connect(f"{self.path}@{at}", timeout=5.0)) as connection:
            return [[tuple(row) for row in connection.execute(sql).fetchall()] for sql in statements]

    def quote(self, name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    def call(self, procedure: str, *arguments: str, at: str = "main") -> Row:
        marks = ", ".join("?" * len(arguments))
        return (self.rows(f"SELECT {procedure}({marks})", *arguments, at=at) or [()])[0]


Open = Callable[..., Repository]


@pytest.fixture(params=ENGINES)
def raw(request: pytest.FixtureRequest, dolt_version: str) -> Raw:
    """A new, empty database of either engine, through the bare driver."""
    if request.param == "dolt":
        return RawDolt(request.getfixturevalue("server_database"))
    return RawLite(request.getfixturevalue("doltlite_file"))


@pytest.fixture
def dolt(server_database: ServerTarget) -> RawDolt:
    """A new, empty database on Dolt's server: for what DoltLite does otherwise or not at all."""
    return RawDolt(server_database)


@pytest.fixture
def lite(doltlite_file: Path) -> RawLite:
    """A new, empty DoltLite file."""
    return RawLite(doltlite_file)


@pytest.fixture
def opened() -> Iterator[Open]:
    """``opened(raw, **options)``: a repository that is closed after the test."""
    with ExitStack() as stack:

        def opener(raw: Raw, **options: Any) -> Repository:
            target = raw.target
            if isinstance(target, ServerTarget) and "user" in options:
                target = replace(target, user=options.pop("user"), password=options.pop("password"))
            return stack.enter_context(open_repository(target, **options))

        yield opener


@pytest.fixture
def repository(raw: Raw, opened: Open) -> Repository:
    """The database of `raw`, open."""
    return opened(raw)


@pytest.fixture
def people(raw: Raw) -> Raw:
    """The database with a committed table people(id, name): 1 Ann, 2 Bob, 3 Cid."""
    raw.run(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(40))",
        "INSERT INTO people VALUES (1, 'Ann'), (2, 'Bob'), (3, 'Cid')",
    )
    raw.commit("people")
    return raw


@pytest.fixture
def reader(dolt: RawDolt) -> Iterator[tuple[str, str]]:
    """User and password of somebody who may only read the database of `dolt`."""
    user, password = f"reader_{dolt.database[-6:]}", "read-0nly-Secret"
    dolt.run(
        f"CREATE USER {user}@localhost IDENTIFIED BY '{password}'",
        f"GRANT SELECT ON {dolt.database}.* TO {user}@localhost",
    )
    yield user, password
    dolt.run(f"DROP USER {user}@localhost")


@pytest.fixture
def owner(dolt: RawDolt) -> Iterator[tuple[str, str]]:
    """User and password of somebody who may do everything in the database of `dolt`, and nothing on the server.

    That is the usual case on a server that several people share; such a user may not KILL.
    """
    user, password = f"owner_{dolt.database[-6:]}", "0wner-Secret"
    dolt.run(
        f"CREATE USER {user}@localhost IDENTIFIED BY '{password}'",
        f"GRANT ALL ON {dolt.database}.* TO {user}@localhost",
    )
    yield user, password
    dolt.run(f"DROP USER {user}@localhost")
