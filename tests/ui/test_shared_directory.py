"""Programs in one Dolt directory, on the screen: the server of one goes, the other one goes on by itself."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dolt_tui.engine import open_repository
from dolt_tui.engine.connecting.endpoint import DirectoryServer
from dolt_tui.engine.connecting.target import DirectoryTarget, FileTarget
from dolt_tui.engine.repository import Repository
from dolt_tui.ui.session.settings import Settings

if TYPE_CHECKING:
    from tests.ui.conftest import Drive


@pytest.fixture
def shop(tmp_path: Path, dolt_binary: Path, monkeypatch: pytest.MonkeyPatch) -> DirectoryTarget:
    """A database directory; `dolt` is on PATH."""
    monkeypatch.setenv("PATH", f"{dolt_binary.parent}{os.pathsep}{os.environ['PATH']}")
    path = tmp_path / "shop"
    path.mkdir()
    subprocess.run([dolt_binary, "init"], cwd=path, check=True, capture_output=True)
    return DirectoryTarget(path, (path.name,))


def kill(repository: Repository) -> None:
    """End the private server under a program."""
    place = repository._connections.endpoint
    assert isinstance(place, DirectoryServer)
    assert place.server is not None
    os.kill(place.server.pid, signal.SIGKILL)


async def test_the_server_goes_with_the_other_program(shop: DirectoryTarget, drive: Drive) -> None:
    with ExitStack() as others:
        first = others.enter_context(open_repository(shop))
        first.run("main", [("CREATE TABLE people (id INTEGER PRIMARY KEY)", ())])
        async with drive(shop, settings=Settings(poll_seconds=0.1)) as user:
            assert user.changes == (["A people"], [])
            first.close()
            await user.until(lambda: "The database is back." in user.told, "the server back")
            await user.press("1", "a")
            assert user.changes == ([], ["A people"])
            second = others.enter_context(open_repository(shop))
            second.run("main", [("CREATE TABLE teams (id INTEGER PRIMARY KEY)", ())])
            await user.until(lambda: user.changes == (["A teams"], ["A people"]), "what the new program did")


async def test_a_server_that_ends_again_and_again(shop: DirectoryTarget, drive: Drive) -> None:
    async with drive(shop, settings=Settings(poll_seconds=0.1)) as user:
        for _ in range(3):
            user.told.clear()
            kill(user.repository)
            await user.until(lambda: "The database is back." in user.told, "the server back")
            await user.settle()
        kill(user.repository)
        told: Callable[[], bool] = lambda: any("ended 4 times within a minute" in note for note in user.told)  # noqa: E731
        await user.until(told, "that it is not started again")
        await user.settle()
        assert "server stopped" in user.header
        user.told.clear()
        await user.press("ctrl+r")
        await user.until(lambda: "The database is back." in user.told, "the server back")
        assert "stopped" not in user.header


async def test_a_file_that_is_gone_for_a_while(
    demo: FileTarget, drive: Drive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with drive(demo, settings=Settings(poll_seconds=0.1)) as user:
        os.rename(demo.path, tmp_path / "kept.db")
        await user.until(lambda: "file lost" in user.header, "the header telling of it")
        assert any("is gone" in note for note in user.told)
        assert not demo.path.exists()  # nothing makes it again
        os.rename(tmp_path / "kept.db", demo.path)
        await user.until(lambda: "The database is back." in user.told, "the file back")
        await user.press("1", "a")
        assert user.changes == ([], ["M teams"])
