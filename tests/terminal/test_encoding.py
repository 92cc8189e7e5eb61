"""Terminals whose encoding Python takes for another one."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.terminal.conftest import Open


@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONIOENCODING": "latin-1"},
        {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii:strict"},
    ],
    ids=["latin-1", "C", "POSIX"],
)
def test_the_screen_is_there_whatever_python_thinks(terminal: Open, variables: dict[str, str]) -> None:
    user = terminal("demo", **variables)
    text = user.until("1 table changed", "Support", "⎇ main", "╭─ 1 Changes")
    assert "\\u" not in text
    user.type(" ")
    user.until("Staged")
    user.type("c")
    user.until("Commit to main", "Summary")
    user.type("Grüße 日本\r")
    user.until("clean", "Grüße 日本")
    user.type("q")
    assert user.end() == 0
    assert user.is_restored()


@pytest.fixture(scope="module")
def latin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory of locales with one that is not UTF-8."""
    directory = tmp_path_factory.mktemp("locales")
    made = subprocess.run(
        ["localedef", "-i", "POSIX", "-f", "ISO-8859-1", "-c", str(directory / "xx_XX.ISO-8859-1")],
        capture_output=True,
        text=True,
    )
    assert (directory / "xx_XX.ISO-8859-1").exists(), made.stderr
    return directory


def test_a_terminal_that_says_it_has_another_encoding_is_refused(terminal: Open, latin: Path) -> None:
    user = terminal("demo", LOCPATH=str(latin), LC_ALL="xx_XX.ISO-8859-1")
    assert user.end() == 1
    assert "the locale says that this terminal has ISO-8859-1" in user.text
    assert "set LC_ALL=C.UTF-8" in user.text
