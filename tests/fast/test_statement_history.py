"""The file of statements that were run, and what is blanked in them."""

from __future__ import annotations

import datetime as dt
import json
import threading
from pathlib import Path

import pytest

from dolt_tui.engine.console.history import HistoryEntry, Result, StatementHistory
from dolt_tui.engine.console.secrets import without_secrets
from dolt_tui.engine.model.traits import SqlStyle

MYSQL = SqlStyle.MYSQL
NOON = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)


def entry(text: str, branch: str = "main", rows: int | None = 1, error: str = "") -> HistoryEntry:
    result = Result.FAILED if error else Result.DONE
    return HistoryEntry(text, "shop", branch, NOON, 0.25, rows, result, error)


def texts(history: StatementHistory, search: str = "") -> list[str]:
    return [found.text for found in history.search(search)]


@pytest.mark.parametrize(
    ("text", "secrets"),
    [
        ("CREATE USER a IDENTIFIED BY 's1'", ["'s1'"]),
        ("alter user 'a'@'b' identified with p by 's1' replace 's2'", ["'s1'", "'s2'"]),
        ("CREATE USER a IDENTIFIED/**/BY 's1', 'b'@'c' IDENTIFIED BY 's2'", ["'s1'", "'s2'"]),
        ("SET PASSWORD = 's1'", ["'s1'"]),
        ("SET PASSWORD FOR a = PASSWORD('s1')", ["'s1'"]),
        ("SELECT * FROM u WHERE `Api_Key` = 's''1' AND name = 'Ann'", ["'s''1'"]),
        ("SET @db_password := x's1'", ["x's1'"]),
        ("CHANGE MASTER TO MASTER_PASSWORD='s1', MASTER_HOST='h'", ["'s1'"]),
        ("CALL x('--user', 'me', '--password', 's1', 'y')", ["'s1'"]),
        ("SELECT 1 -- IDENTIFIED BY 's1'\n/* password = 's2' */", ["'s1'", "'s2'"]),
        ("UPDATE u SET password = \"s1\" WHERE name = 'Ann'", ['"s1"']),
        ("CREATE USER a IDENTIFIED BY 's1", ["'s1"]),
        ("SELECT password, 'Ann' FROM u", []),
    ],
)
def test_passwords_are_blanked(text: str, secrets: list[str]) -> None:
    expected = text
    for secret in secrets:
        expected = expected.replace(secret, "'***'")
    for style in SqlStyle:
        blanked, found = without_secrets(text, style)
        assert (blanked, len(found)) == (expected, len(secrets))


def test_passwords_of_urls_and_in_code_in_comments_are_blanked() -> None:
    assert without_secrets("CALL dolt_remote('add', 'o', 'https://me:s1@host/x')", MYSQL)[0].count("me:***@host") == 1
    code = "/*!50001 CREATE USER a IDENTIFIED BY 's1' */"
    assert without_secrets(code, MYSQL)[0] == code.replace("s1", "***")


def test_no_password_reaches_the_file(tmp_path: Path) -> None:
    history = StatementHistory(tmp_path, MYSQL)
    history.add(entry("SET PASSWORD = 'very-secret'", error="syntax error near 'very-secret'\n again"))
    assert history.search()[0].error == "syntax error near '***' again"
    assert not any(b"very-secret" in file.read_bytes() for file in tmp_path.iterdir())


def test_statements_are_found_again(tmp_path: Path) -> None:
    history = StatementHistory(tmp_path / "deep", MYSQL)
    assert history.search() == ()
    kept = entry(" SELECT Straße\nFROM customers ", "feature", None)
    for one in (kept, entry("UPDATE t SET a = 1"), entry("SELECT 1", error="no"), entry("UPDATE t SET a = 1", rows=3)):
        history.add(one)
    history.add(entry("  "))
    history.add(entry("x" * 100_000))
    again = StatementHistory(tmp_path / "deep", MYSQL)
    for either in (history, again):
        assert texts(either) == ["UPDATE t SET a = 1", "SELECT 1", "SELECT Straße\nFROM customers"]
        assert texts(either, "STRASSE sel") == texts(either, "feature") == ["SELECT Straße\nFROM customers"]
        assert either.search()[0].rows == 3, "the newest of those that are the same"
        assert either.search(database="other") == ()
        assert either.count() == 4
    assert again.search("customers")[0] == entry("SELECT Straße\nFROM customers", "feature", None)
    (file,) = (tmp_path / "deep").glob("*.jsonl")
    assert file.stat().st_mode & 0o777 == 0o600


def test_programs_share_the_file(tmp_path: Path) -> None:
    histories = [StatementHistory(tmp_path, MYSQL, keep=1000) for _ in range(4)]

    def add(number: int) -> None:
        for at in range(50):
            histories[number].add(entry(f"SELECT {number}, {at}"))

    threads = [threading.Thread(target=add, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = {f"SELECT {number}, {at}" for number in range(4) for at in range(50)}
    for history in histories:
        assert {found.text for found in history.search(limit=1000)} == expected
        assert history.count() == 200


def test_spoiled_lines_are_skipped_and_the_file_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "statements.jsonl"
    good = {"text": "SELECT 0", "database": "d", "branch": "b", "moment": "2026-01-01T00:00:00", "seconds": 1}
    lines = [*map(json.dumps, ({**good, "rows": None, "result": "done", "error": ""}, good, [1], 3)), "{", "\xff\x00"]
    path.write_bytes("\n".join(lines).encode("latin-1"))  # the last line was cut off
    history = StatementHistory(tmp_path, MYSQL, keep=10)
    assert texts(history) == ["SELECT 0"]
    history.add(entry("SELECT 1"))
    other = StatementHistory(tmp_path, MYSQL, keep=10)
    assert texts(other) == ["SELECT 1", "SELECT 0"]
    for number in range(1200):
        history.add(entry(f"SELECT {number}"))
    assert len(path.read_bytes().splitlines()) <= 511
    assert texts(history) == texts(other) == [f"SELECT {number}" for number in range(1199, 1189, -1)]


def test_without_a_place_for_the_file_it_is_remembered_by_the_program(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for history in (StatementHistory(None, MYSQL), StatementHistory(tmp_path / "file", MYSQL)):
        history.add(entry("SELECT 1"))
        assert texts(history) == ["SELECT 1"]
