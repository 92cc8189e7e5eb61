"""What the command line and the configuration make of a target."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dolt_tui.config import Config, ConfigError, load
from dolt_tui.engine.connecting.target import FileTarget, ServerTarget, TargetError
from dolt_tui.engine.connecting.tls import Tls, TlsMode
from dolt_tui.engine.errors import BranchNotFound
from dolt_tui.launch import one_line
from dolt_tui.target_options import resolve


def test_connections_of_the_configuration_with_options(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"

    def opened(text: str) -> object:
        file.write_text(f"[connections]\nwork = {text}\n")
        return resolve("work", Path("/nowhere"), load({"DOLT_TUI_CONFIG": str(file)}))

    found = opened('{ url = "mysql://tim@db/hr?connect_timeout=3", ssl-mode = "verify_ca", ssl-ca = "c a.pem" }')
    tls = Tls(TlsMode.VERIFY_CA, ca=str(tmp_path / "c a.pem"))
    assert found == ServerTarget(user="tim", host="db", database="hr", tls=tls, connect_timeout=3)
    for text, message in (
        ('{ url = "mysql://db", ssl-cs = "x" }', "work has no key ssl-cs: did you mean ssl-ca?"),
        ('{ url = "mysql://db", ssl-ca = 3 }', "work: ssl-ca must be a quoted string, not a number"),
        ('{ url = "x.db" }', "work needs the URL of a server"),
        ('{ ssl-mode = "REQUIRED" }', "work needs the URL of a server"),
        ('"mysql://db?ssl=maybe"', "[connections] work: the URL's options: ssl must be true or false"),
    ):
        with pytest.raises((ConfigError, TargetError), match=re.escape(message)):
            opened(text)


def test_a_path_wins_over_a_connection_s_name_only_if_it_exists(tmp_path: Path) -> None:
    config = Config(connections={"work": "mysql://tim@db/hr", "gone": str(tmp_path / "gone.db")})
    assert resolve("work", tmp_path, config) == ServerTarget(user="tim", host="db", database="hr")
    with pytest.raises(TargetError, match=r"gone\.db: there is no such file"):
        resolve("gone", tmp_path, config)
    (tmp_path / "work").write_bytes(b"CTLD....")
    assert resolve("work", tmp_path, config) == FileTarget(tmp_path / "work")


def test_errors_become_one_harmless_line() -> None:
    assert one_line(BranchNotFound("No\nbranch \x1b[2J.", "Look.")) == "No branch \N{REPLACEMENT CHARACTER}[2J. Look."
    assert one_line(TargetError("x")) == "x"
    assert one_line(KeyError("x")) == "KeyError: 'x'"
