"""Locks between programs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dolt_tui.engine import open_repository
from dolt_tui.engine.connecting.target import FileTarget
from dolt_tui.engine.errors import Busy, EngineError

LOCK = """
import sys
from dolt_tui.engine import open_repository
from dolt_tui.engine.undo.snapshots import alone
repository = open_repository(sys.argv[1])
def work(session):
    with alone(session, repository._connections):
        print("locked", flush=True)
        sys.stdin.read()
repository._connections.write("main", work)
"""


def test_a_lock_keeps_programs_with_other_temporary_directories_out(doltlite_file: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    before = sorted(path.name for path in doltlite_file.parent.iterdir())
    with open_repository(FileTarget(doltlite_file)) as repository:
        repository.run("main", [("CREATE TABLE t (id INTEGER PRIMARY KEY)", ())])
        with subprocess.Popen(
            [sys.executable, "-c", LOCK, str(doltlite_file)],
            env=os.environ | {"TMPDIR": str(tmp_path / "other")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as program:
            assert program.stdout is not None
            assert program.stdout.readline() == b"locked\n"
            with repository._connections.read("main") as session, pytest.raises(Busy):
                with session.dialect.alone(session, f"{doltlite_file}/main", 0.0):
                    pass
            program.kill()
            program.wait()
        with repository._connections.read("main") as session:
            with session.dialect.alone(session, f"{doltlite_file}/main", 0.0):
                pass
    left = {path.name for path in doltlite_file.parent.iterdir()} - set(before)
    assert not [name for name in left if name.endswith(".lock")]


def test_a_directory_that_may_not_be_written_to_is_no_other_program(
    doltlite_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> int:
        raise PermissionError(13, "Permission denied")

    with open_repository(FileTarget(doltlite_file)) as repository:
        with repository._connections.read("main") as session, monkeypatch.context() as patched:
            patched.setattr(os, "open", refuse)
            with pytest.raises(EngineError, match=r"No lock can be made in .*: Permission denied") as caught:
                with session.dialect.alone(session, "a branch", 0.0):
                    pass
            assert not isinstance(caught.value, Busy)
            assert "write there" in caught.value.advice
