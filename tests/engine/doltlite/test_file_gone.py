"""A file that is removed or replaced under the program: nothing is read from, or written to, what is gone."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest

from dolt_tui.engine import open_repository
from dolt_tui.engine.backends.embedded import driver
from dolt_tui.engine.connecting.target import FileTarget
from dolt_tui.engine.errors import ServerLost


def test_a_file_that_is_removed_and_comes_back(doltlite_file: Path, tmp_path: Path) -> None:
    with open_repository(FileTarget(doltlite_file)) as repository:
        repository.run("main", [("CREATE TABLE t (id INTEGER PRIMARY KEY)", ())])
        token = repository.refs.fingerprint("main")
        kept = tmp_path / "kept.db"
        os.rename(doltlite_file, kept)
        for ask in (lambda: repository.refs.fingerprint("main"), lambda: repository.working.stage_all("main")):
            with pytest.raises(ServerLost, match=r"new.db is gone"):
                ask()
        assert not doltlite_file.exists()
        os.rename(kept, doltlite_file)
        assert repository.refs.fingerprint("main") == token
        repository.working.stage_all("main")


def test_a_file_that_is_replaced(doltlite_file: Path, tmp_path: Path) -> None:
    with open_repository(FileTarget(doltlite_file)) as repository:
        repository.run("main", [("CREATE TABLE old (id INTEGER PRIMARY KEY)", ())])
        assert [table.name for table in repository.tables.tables("main")] == ["old"]
        before = repository.refs.fingerprint("main")
        other = tmp_path / "other.db"
        driver.connect(other, create=True).close()
        with closing(driver.connect(other)) as connection:
            connection.execute("CREATE TABLE new (id INTEGER PRIMARY KEY)")
        os.replace(other, doltlite_file)
        assert [table.name for table in repository.tables.tables("main")] == ["new"]
        assert repository.refs.fingerprint("main") != before
        repository.working.stage_all("main")
        assert [change.table for change in repository.working.status("main").staged] == ["new"]
