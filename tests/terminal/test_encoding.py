"""Terminals whose encoding Python takes for another one."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING

import pytest

from dolt_tui import cli, target_options

if TYPE_CHECKING:
    from tests.terminal.conftest import Open


@pytest.mark.parametrize(
    "variables",
    [
        {"PYTHONIOENCODING": "latin-1"},
        {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        pytest.param(
            {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii:strict"}, marks=pytest.mark.long
        ),
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


def test_a_terminal_that_says_it_has_another_encoding_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process: a machine need not have such a locale."""
    controller, terminal = os.openpty()
    with os.fdopen(controller, "rb", buffering=0), open(terminal, "r+b", buffering=0) as device:
        streams = [TextIOWrapper(device, encoding="iso-8859-1", write_through=True) for _ in range(3)]
        for name, stream in zip(("stdin", "stdout", "stderr"), streams, strict=True):
            monkeypatch.setattr(sys, name, stream)
        monkeypatch.setattr("locale.getencoding", lambda: "ISO-8859-1")
        with pytest.raises(target_options.Refusal, match=r"this terminal uses ISO-8859-1.*set LC_ALL=C\.UTF-8"):
            cli._need_utf8()
        monkeypatch.setattr("locale.getencoding", lambda: "ANSI_X3.4-1968")  # no locale at all
        cli._need_utf8()
        assert [stream.encoding for stream in streams] == ["utf-8"] * 3
        monkeypatch.undo()
        for stream in streams:
            stream.detach()
