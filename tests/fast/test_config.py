"""The configuration file and the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from dolt_tui.config import Config, ConfigError, config_path, environment_password, load

GOOD = """
[user]
name = "Tim"
email = "tim@example.com"

[connections]
work = "mysql+pymysql://tim:s3cret@db.example.com/hr/main"
notes = "data/notes.db"
away = "~/away.db"

[ui]
theme = "nord"
layout = "half"
side_width = 40
summary_height = 12

[undo]
snapshots = false
keep = 7

[console]
ask_above = 20

[keys]
"branches.delete" = "D"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "my config.toml"


def read(file: Path, text: str | bytes) -> Config:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load({"DOLT_TUI_CONFIG": str(file)})


def test_everything_that_can_be_said(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/tim")
    config = read(file, GOOD)
    assert (config.path, config.name, config.email, config.theme) == (file, "Tim", "tim@example.com", "nord")
    assert config.keys == {"branches.delete": "D"}
    assert config.connections == {
        "work": "mysql+pymysql://tim:s3cret@db.example.com/hr/main",
        "notes": str(file.parent / "data" / "notes.db"),
        "away": "/home/tim/away.db",
    }
    assert (config.snapshots, config.keep, config.ask_above) == (False, 7, 20)
    assert (config.layout, config.side_width, config.summary_height) == ("half", 40, 12)
    assert "s3cret" not in repr(config)


def test_an_empty_file_says_nothing(file: Path) -> None:
    assert read(file, "") == Config(path=file)


def test_without_a_file_everything_is_as_usual(environment: Path) -> None:
    assert config_path() == environment / ".config" / "dolt-tui" / "config.toml"
    assert load() == Config()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[user", "is not TOML: "),
        (b"\xff", "is not UTF-8 text"),
        ("[usr]\n", "there is no section usr: did you mean user?"),
        ("theme = 'x'\n", "there is no key theme"),
        ("ui = 'x'\n", "ui must be a section: [ui]"),
        ("[ui]\ntehme = 'x'\n", "[ui] has no key tehme: did you mean theme?"),
        ("[user]\nphone = 'x'\n", "[user] has no key phone: there are name, email"),
        ("[ui]\ntheme = 1\n", "[ui] theme must be a quoted string, not a number"),
        ("[ui]\ntheme = true\n", "[ui] theme must be a quoted string, not true or false"),
        ("[keys]\na.b = 'x'\n", "[keys] a must be a quoted string, not a section"),
        ("[keys]\na = ['x']\n", "[keys] a must be a quoted string, not a list"),
        ("[ui]\ntheme = 2020-01-01\n", "[ui] theme must be a quoted string, not a date or time"),
        ("[connections]\nx = ''\n", "[connections] x is empty"),
        ("[connections]\ndemo = 'x'\n", "[connections] demo is the demonstration's name: choose another"),
        ("[user]\nname = 'Tim'\n", "[user] needs email as well"),
        ("[user]\nemail = 'tim@example.com'\n", "[user] needs name as well"),
        ("[user]\nname = 'T<'\nemail = 'x'\n", "[user] name cannot be in a commit"),
        ("[user]\nname = 'T'\nemail = 'x y'\n", "[user] email cannot be in a commit"),
        ("[undo]\nsnapshots = 'yes'\n", "[undo] snapshots must be true or false, not a text"),
        ("[undo]\nkeep = true\n", "[undo] keep must be a number from 1 to 1000"),
        ("[undo]\nkeep = 0\n", "[undo] keep must be a number from 1 to 1000"),
        ("[ui]\nlayout = 'wide'\n", "[ui] layout must be one of normal, half, full"),
        ("[ui]\nside_width = 90\n", "[ui] side_width must be a number from 15 to 70"),
        ("[undo]\nkeeps = 5\n", "[undo] has no key keeps: did you mean keep?"),
        ('["a\\u001bb"]\n', "there is no section a\N{REPLACEMENT CHARACTER}b"),
    ],
)
def test_what_nobody_understands_is_named(file: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(ConfigError) as failure:
        read(file, text)
    assert str(failure.value).startswith(str(file))
    assert message in str(failure.value)
    assert "\n" not in str(failure.value)


def test_a_file_that_is_named_must_be_there(file: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist"):
        load({"DOLT_TUI_CONFIG": str(file)})


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load({"DOLT_TUI_CONFIG": str(tmp_path)})


def test_keys_belong_to_commands(file: Path) -> None:
    config = read(file, "[keys]\n'branches.delet' = 'D'\n")
    with pytest.raises(ConfigError, match=r"unknown command branches\.delet: did you mean branches\.delete\?"):
        config.check_keys(["branches.delete", "log.reset"])
    read(file, GOOD).check_keys(["branches.delete"])


@pytest.mark.parametrize(
    ("variables", "password"),
    [
        ({}, ""),
        ({"MYSQL_PWD": "two"}, "two"),
        ({"DOLT_TUI_PASSWORD": "one", "MYSQL_PWD": "two"}, "one"),
        ({"DOLT_TUI_PASSWORD": "", "MYSQL_PWD": "two"}, "two"),
    ],
)
def test_the_environment_may_give_the_password(variables: dict[str, str], password: str) -> None:
    assert environment_password(variables) == password
