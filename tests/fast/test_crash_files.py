"""Crash files: what they hold and how many are kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dolt_tui.crash import FILES, CrashLog

SECRET = "hunter2 of row 17"


@pytest.fixture(autouse=True)
def crashes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr("dolt_tui.crash.state_path", lambda: tmp_path / "state")
    return tmp_path / "state" / "crashes"


def test_a_crash_file_names_causes_and_versions_but_no_data(crashes: Path) -> None:
    def fail() -> None:
        try:
            Path("/no/such", SECRET).read_text()
        except OSError as error:
            raise ValueError(SECRET) from error

    log = CrashLog()
    with pytest.raises(ValueError, match=SECRET) as caught:
        fail()
    assert [log.record(caught.value, "in a test") for _ in range(2)] == [1, 2]
    assert log.path is not None
    assert log.path.parent == crashes
    assert log.path.stat().st_mode & 0o777 == 0o600
    text = log.path.read_text()
    assert re.search(r"dolt-tui \d.*\nPython \d.*\ntextual 8", text)
    assert "in a test\nbuiltins.ValueError\n" in text
    assert "caused by builtins.FileNotFoundError (errno 2)\n" in text
    assert re.search(r"fast/test_crash_files\.py:\d+ in .*fail", text)
    assert SECRET not in text


def test_few_crash_files_are_kept_and_a_directory_that_cannot_be_used_is_no_trouble(tmp_path: Path) -> None:
    for number in range(FILES + 5):
        (tmp_path / f"crash-20200101-{number:06}-1.txt").touch()
    log = CrashLog(tmp_path)
    log.record(ValueError(), "in a test")
    assert len(list(tmp_path.iterdir())) == FILES
    assert log.path is not None
    assert log.path.parent == tmp_path
    nowhere = CrashLog(tmp_path / "crash-20200101-000024-1.txt")
    assert nowhere.record(ValueError(), "in a test") == 1
    assert nowhere.path is None
    assert "No crash file could be written" in nowhere.sentence()
