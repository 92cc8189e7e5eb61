"""What a command line's target is taken for."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dolt_tui.engine.connecting.target import (
    DirectoryTarget,
    FileTarget,
    ServerTarget,
    TargetError,
    UrlError,
    parse_target,
)
from dolt_tui.engine.connecting.tls import Tls, TlsMode
from dolt_tui.engine.connecting.url_options import KNOWN


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
            "mysql://h/db?ssl_ca=/etc/ca.pem&charset=utf8mb4&connect_timeout=3",
            ServerTarget(host="h", database="db", tls=Tls(ca="/etc/ca.pem"), connect_timeout=3),
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
        ("mysql://h/d?init_command=secret", "there is no option init-command; the options are unix-socket"),
        ("mysql://h/d?ssl_cs=/secret", "there is no option ssl-cs: did you mean ssl-ca"),
        ("mysql://u:a@b?sec=secret@h/d", "an unknown option .an @ in a password is written %40"),
        ("mysql://h/d?secret!=1", "an unknown option"),
        ("mysql://h/d?ssl-ca", "ssl-ca has no value"),
        ("mysql://h/d?ssl-ca=", "ssl-ca is empty"),
        ("mysql://h/d?ssl-ca=~no-such-user/secret", "ssl-ca names no file"),
        ("mysql://h/d?ssl_ca=/a&ssl-ca=/b", "ssl-ca is given twice"),
        ("mysql://h/d?ssl_disabled=secret", "ssl-disabled must be true or false"),
        ("mysql://h/d?ssl-mode=secret", "ssl-mode must be one of DISABLED, PREFERRED, REQUIRED, VERIFY_CA"),
        ("mysql://h/d?ssl-mode=REQUIRED&ssl_disabled=false", "ssl-mode and ssl-disabled say the same"),
        ("mysql://h/d?ssl_disabled=true&ssl_ca=/ca", "switched off by one option and asked for by another"),
        ("mysql://h/d?ssl=false&ssl_verify_cert=true", "switched off by one option and asked for by another"),
        ("mysql://h/d?ssl_ca=/ca&ssl_verify_cert=false", "ssl-verify-cert says not to check it"),
        ("mysql://h/d?charset=latin1", "always speaks utf8mb4"),
        ("mysql://h/d?connect_timeout=0", "a number of seconds from 1 to 3600"),
        ("mysql://h/d?connect_timeout=secret", "a number of seconds"),
        ("mysql://h/a%0Ab", "cannot be printed"),
        ("mysql://\udcffsecret@h/d", "not UTF-8 text"),
    ],
)
def test_bad_url(url: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(UrlError, match=words) as error:
        parse_target(url, tmp_path)
    assert "secret" not in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("options", "tls"),
    [
        ("ssl_disabled=true", Tls(TlsMode.DISABLED)),
        ("ssl=0", Tls(TlsMode.DISABLED)),
        ("ssl_disabled=false", Tls(TlsMode.PREFERRED)),
        ("ssl=true", Tls(TlsMode.REQUIRED)),
        ("ssl-mode=verify-ca", Tls(TlsMode.VERIFY_CA)),
        ("SSL_VERIFY_CERT=Yes&ssl_ca=ca.pem", Tls(TlsMode.VERIFY_CA, ca="/here/ca.pem")),
        ("ssl_verify_identity=on", Tls(TlsMode.VERIFY_IDENTITY)),
        ("ssl_check_hostname=true&ssl_verify_cert=true", Tls(TlsMode.VERIFY_IDENTITY)),
        ("ssl_check_hostname=false&ssl_ca=/ca", Tls(TlsMode.VERIFY_CA, ca="/ca")),
        ("ssl-cert=c&ssl-key=../k&ssl-cipher=HIGH", Tls(cert="/here/c", key="/here/../k", cipher="HIGH")),
        ("charset=UTF8&&", Tls()),
    ],
)
def test_options_of_tls_by_all_their_names(options: str, tls: Tls) -> None:
    found = parse_target(f"mysql://h/d?{options}", Path("/here"))
    assert isinstance(found, ServerTarget)
    assert found.tls == tls


_PARTS = st.text(st.sampled_from("secret:/@?&=%[]#.~ü\\ \n\x1b\0-_0") | st.characters(), max_size=12)


@given(
    st.sampled_from(["mysql", "mysql+pymysql", "mysql+asyncmy", "My:sql", "", "\N{LATIN SMALL LETTER E WITH ACUTE}"]),
    st.lists(_PARTS, max_size=4),
    st.lists(st.tuples(st.sampled_from(KNOWN) | _PARTS, _PARTS), max_size=3),
    st.booleans(),
)
@example("mysql", ["//"], [("\ud800", "x")], True)
def test_any_url_is_read_or_refused_in_one_line(
    scheme: str, parts: list[str], options: list[tuple[str, str]], marked: bool
) -> None:
    password = "pa55word%FF" if marked else "pa55word"
    query = "&".join(f"{name}={value}" for name, value in options)
    url = f"{scheme}://u:{password}@{''.join(parts)}?{query}"
    try:
        found = parse_target(url, Path("/here"))
    except UrlError as error:
        text = str(error)
        assert text == "".join(text.splitlines())
        assert text.isprintable()
    else:
        assert isinstance(found, ServerTarget)
        text = f"{found} {found.where} {found!r}"
        assert parse_target(str(found), Path("/here")) == replace(found, password="")
    if "pa55word" not in "".join(parts) + query:
        assert "pa55word" not in text


@pytest.mark.parametrize(
    "target",
    [
        ServerTarget("u@x", "", "fe80::1%eth0", 3307, "d b", "feature/x#1"),
        ServerTarget(database="db", socket="/tmp/a b.sock", tls=Tls(ca="/a&b"), connect_timeout=7),
        ServerTarget(tls=Tls(TlsMode.VERIFY_CA, "/ca", "/d", "/c", "/k", "HIGH:!aNULL")),
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
