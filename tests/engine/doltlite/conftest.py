"""Databases for the tests of the embedded engine's driver."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dolt_tui.engine.backends.embedded import driver


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A DoltLite file: table t(id, name) with rows 1 'one' and 2 'two', committed on main."""
    path = tmp_path / "x.db"
    with closing(driver.connect(path, create=True)) as connection:
        connection.execute("create table t(id integer primary key, name text)")
        connection.execute("insert into t values (1, 'one'), (2, 'two')")
        connection.execute("select dolt_commit('-Am', 'two rows')")
    return path


@pytest.fixture
def connection(path: Path) -> Iterator[driver.Connection]:
    """A connection to that file."""
    with closing(driver.connect(path)) as connection:
        yield connection


@pytest.fixture
def conflicting(path: Path) -> Path:
    """The same file, where main and branch `other` have changed row 1 differently."""
    with closing(driver.connect(path)) as connection:
        connection.execute("select dolt_branch('other')")
        connection.execute("update t set name = 'ours' where id = 1")
        connection.execute("select dolt_commit('-am', 'ours')")
    with closing(driver.connect(f"{path}@other")) as connection:
        connection.execute("update t set name = 'theirs' where id = 1")
        connection.execute("select dolt_commit('-am', 'theirs')")
    return path
