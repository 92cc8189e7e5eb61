"""Files in which the program keeps something."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from dolt_tui.engine.model import SqlStyle
from dolt_tui.files import append, write_whole
from dolt_tui.ui.session.kept_text import KeptText


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "text.sql"
    kept = KeptText(path, SqlStyle.MYSQL)
    kept.save("SELECT 1")
    kept.save("half of a character: \ud800")
    assert [path.read_text() for path in path.parent.iterdir()] == ["SELECT 1"]
    assert [stat.S_IMODE(one.stat().st_mode) for one in (path.parent, path)] == [0o700, 0o600]
    directory = tmp_path / "directory"
    directory.mkdir()
    with pytest.raises(OSError, match="directory"):
        write_whole(directory, b"x")
    assert sorted(tmp_path.iterdir()) == [directory, path.parent]


def test_a_line_that_was_cut_off_spoils_no_other_one(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_bytes(b"one\ntw")
    found = append(path, b"three\n")
    assert (path.read_bytes(), found.st_size) == (b"one\ntw\nthree\n", 13)
