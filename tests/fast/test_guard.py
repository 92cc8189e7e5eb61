"""The fast lane refuses what would make it slow, and says so even where the code goes on."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from dolt_tui.engine import open_repository
from dolt_tui.engine.backends.embedded import driver
from dolt_tui.engine.connecting.target import ServerTarget

if TYPE_CHECKING:
    from .conftest import Guard


def _server() -> None:
    open_repository(ServerTarget("root", "", "127.0.0.1", 1, "shop"))


def _socket() -> None:
    with closing(socket.socket()) as connection:
        connection.connect(("127.0.0.1", 1))


@pytest.mark.parametrize(
    "opening",
    [
        _server,
        _socket,
        lambda: driver.connect(":memory:"),
        lambda: sqlite3.connect(":memory:"),
        lambda: subprocess.run([sys.executable, "--version"]),
        lambda: os.open("/dev/tty", os.O_RDWR),
        os.forkpty,
    ],
    ids=["server", "socket", "DoltLite", "SQLite", "program", "terminal", "new terminal"],
)
def test_it_is_refused_and_remembered(guard: Guard, opening: Callable[[], object]) -> None:
    with pytest.raises(Exception, match=r".*"):
        opening()
    assert guard.refused
    guard.refused.clear()  # else this test itself fails
