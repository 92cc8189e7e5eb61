"""What a command line's target is taken for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dolt_tui.engine.target import DirectoryTarget, FileTarget, ServerTarget, TargetError, parse_target


def database(path: Path) -> Path:
    """A directory that looks like a Dolt database from outside."""
    (path / ".dolt" / "noms").mkdir(parents=True)
    return path


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("mysql+pymysql://root@127.0.0.1:3307/db/main", ServerTarget(port=3307, database="db", branch="main")),
        ("mysql://", ServerTarget()),
        ("mysql://ann@host", ServerTarget(user="ann", host="host")),
        ("mysql://host:1/db", ServerTarget(host="host", port=1, database="db")),
        ("mysql://host/db/", ServerTarget(host="host", database="db")),
        ("mysql://host/db/feature/x", ServerTarget(host="host", database="db", branch="feature/x")),
        ("mysql://host/db@feature/x", ServerTarget(host="host", database="db", branch="feature/x")),
        ("mysql://host/db%2Fa%40b", ServerTarget(host="host", database="db", branch="a@b")),
        ("mysql://host/db/per%25cent%23", ServerTarget(host="host", database="db", branch="per%cent#")),
        ("mysql://u%40x:p%3A%40%2F%3F+%C3%BC@h/d", ServerTarget("u@x", "p:@/?+ü", "h", database="d")),
        ("mysql://u:a/b?c#d@h/d", ServerTarget("u", "a/b?c#d", "h", database="d")),
        ("mysql://u:@h", ServerTarget("u", "", "h")),
        ("mysql://root@[::1]:3307/db", ServerTarget(host="::1", port=3307, database="db")),
        ("mysql://root@[fe80::1%25eth0]", ServerTarget(host="fe80::1%eth0")),
        ("mysql://root@/db?unix_socket=/tmp/a%20b.sock", ServerTarget(database="db", socket="/tmp/a b.sock")),
        (
            "mysql://h/db?ssl_ca=/etc/ca.pem&charset=utf8mb4",
            ServerTarget(host="h", database="db", options=(("ssl_ca", "/etc/ca.pem"), ("charset", "utf8mb4"))),
        ),
    ],
)
def test_url(url: str, target: ServerTarget, tmp_path: Path) -> None:
    assert parse_target(url, tmp_path) == target


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://host/db", "postgresql:// is not understood"),
        ("://host", "is not understood"),
        ("mysql://u:secret@h:port/db", "port must be a number"),
        ("mysql://u:secret@h:65536", "port must be a number"),
        ("mysql://u:secret@h:0", "port must be a number"),
        ("mysql://u:secret@h:٣", "port must be a number"),
        ("mysql://u:sec@ret@h", "cannot be read"),
        ("mysql://u:secret@[::1", "cannot be read"),
        ("mysql://u:secret@h//main", "no database"),
        ("mysql://h/d?password=secret", "belong before the host"),
    ],
)
def test_bad_url(url: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(TargetError, match=words) as error:
        parse_target(url, tmp_path)
    assert "secret" not in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "target",
    [
        ServerTarget("u@x", "", "fe80::1%eth0", 3307, "d b", "feature/x#1"),
        ServerTarget(database="db", socket="/tmp/a b.sock", options=(("ssl_ca", "/a&b"),)),
    ],
)
def test_a_server_is_written_as_it_is_read(target: ServerTarget, tmp_path: Path) -> None:
    assert parse_target(str(target), tmp_path) == target


def test_the_password_is_never_shown() -> None:
    target = ServerTarget("ann", "secret", "host", 3307, "db", "main")
    assert "secret" not in f"{target} {target!r} {target.where}"
    assert target.where == "ann@host:3307"
    assert ServerTarget(host="::1").where == "root@[::1]:3306"
    assert ServerTarget(socket="/tmp/s").where == "root@/tmp/s"


@pytest.mark.parametrize("text", ["", ".", "sub", "sub/deeper"])
def test_a_database_is_found_in_the_directory_or_above_it(text: str, tmp_path: Path) -> None:
    root = database(tmp_path / "shop")
    (root / "sub" / "deeper").mkdir(parents=True)
    target = parse_target(text, root)
    assert target == DirectoryTarget(root.resolve(), ("shop",))
    assert isinstance(target, DirectoryTarget)
    assert target.database == "shop"


def test_a_directory_of_databases(tmp_path: Path) -> None:
    for name in ("b", "a"):
        database(tmp_path / name)
    (tmp_path / "no database" / ".dolt").mkdir(parents=True)
    (tmp_path / ".dolt").mkdir()  # as a server leaves it
    target = parse_target(str(tmp_path), Path("/"))
    assert target == DirectoryTarget(tmp_path.resolve(), ("a", "b"))
    assert isinstance(target, DirectoryTarget)
    assert target.database is None
    assert parse_target("a", tmp_path) == DirectoryTarget(tmp_path.resolve() / "a", ("a",))


def test_a_database_that_holds_databases(tmp_path: Path) -> None:
    database(database(tmp_path / "own") / "below")
    target = parse_target("own", tmp_path)
    assert target == DirectoryTarget(tmp_path.resolve() / "own", ("own", "below"))
    assert isinstance(target, DirectoryTarget)
    assert target.database == "own"


def test_a_directory_without_a_database(tmp_path: Path) -> None:
    (tmp_path / ".dolt").mkdir()  # as in a home directory: only the global configuration
    with pytest.raises(TargetError, match=r"looked for \.dolt .*`dolt init`.*`dolt-tui demo`"):
        parse_target("", tmp_path)


def test_a_doltlite_file_is_told_by_its_first_bytes(tmp_path: Path) -> None:
    (tmp_path / "data.txt").write_bytes(b"CTLD" + bytes(100))
    assert parse_target("data.txt", tmp_path) == FileTarget(tmp_path.resolve() / "data.txt")


def test_a_plain_sqlite_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"SQLite format 3\0" + bytes(100))
    with pytest.raises(TargetError) as error:
        parse_target("x.db", tmp_path)
    assert str(error.value) == "x.db is a plain SQLite database, not a DoltLite one; dolt-tui leaves it as it is"


def test_other_things_are_refused(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("CTL")
    (tmp_path / "empty").touch()
    os.mkfifo(tmp_path / "pipe")
    for text, words in {
        "notes": "not a DoltLite database",
        "empty": "the file is empty",
        "pipe": "neither a file nor a directory",
        "missing": "no such file",
        "notes/below": "no such file",
        "nul\0": "cannot be opened",
        "~nobody-of-this-name/x": "cannot be opened",
        "line\n\x1b[31m": "line��.31m: there is no such file",
    }.items():
        with pytest.raises(TargetError, match=words):
            parse_target(text, tmp_path)


def test_a_home_directory_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    database(tmp_path / "shop")
    assert parse_target("~/shop", Path("/")) == DirectoryTarget(tmp_path.resolve() / "shop", ("shop",))


def test_nothing_heavy_is_imported() -> None:
    code = "import sys, dolt_tui.engine.target; print({'sqlalchemy', 'textual', 'pymysql'} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "set()"
