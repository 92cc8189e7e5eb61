"""Cloning, and transfers that are ended or never answered."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dolt_tui.engine.core.cancellation import Cancellation
from dolt_tui.engine.errors import (
    AlreadyExists,
    Cancelled,
    EngineError,
    InvalidName,
    NoDoltData,
    RemoteUnreachable,
)
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt, RawLite
from .test_remotes import clone, origin, place, remote_branches

__all__ = ["clone", "origin", "place"]


def test_clone(people: Raw, repository: Repository, origin: str, opened: Open, tmp_path: Path) -> None:
    name = f"{people.database}_cl" if people.dolt else "second.db"
    repository.remotes.clone("main", origin, name)
    if isinstance(people, RawDolt):
        found: Raw = RawDolt(replace(people.target, database=name))
    else:
        assert isinstance(people, RawLite)
        found = RawLite(people.path.with_name(name))
    try:
        assert found.branches() == {"main": people.head()}
        assert found.scalar("SELECT count(*) FROM people") == 3
        with pytest.raises(AlreadyExists):
            repository.remotes.clone("main", origin, name)
        assert found.branches() == {"main": people.head()}
        assert opened(found).remotes.remotes("main")[0].name == "origin"
    finally:
        if people.dolt:
            people.run(f"DROP DATABASE {name}")


def test_clones_that_fail_leave_nothing(people: Raw, repository: Repository, tmp_path: Path) -> None:
    before = sorted(path.name for path in tmp_path.iterdir())
    (tmp_path / "empty").mkdir()
    url = f"file://{tmp_path}/empty" if people.dolt else f"file://{tmp_path}/nothing.db"
    with pytest.raises(NoDoltData if people.dolt else RemoteUnreachable):
        repository.remotes.clone("main", url, "failed")
    for name in ("", "a/b", "a b", "../x", "a`b", "-x", ".x"):
        with pytest.raises(InvalidName):
            repository.remotes.clone("main", url, name)
    if people.dolt:
        assert ("failed",) not in people.rows("SHOW DATABASES")
    else:
        (tmp_path / "text").write_text("hello" * 1000)
        with pytest.raises(NoDoltData):
            repository.remotes.clone("main", f"file://{tmp_path}/text", "failed")
        (tmp_path / "text").unlink()
        (tmp_path / "empty").rmdir()
        assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_transfer_is_ended(dolt: RawDolt, opened: Open, until: Callable[..., Any], tmp_path: Path) -> None:
    dolt.run(
        "CREATE TABLE big (id INTEGER PRIMARY KEY, v VARCHAR(200))",
        "INSERT INTO big WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 300)"
        " SELECT a.n * 1000 + b.n, concat(sha2(rand(), 256), sha2(rand(), 256)) FROM r a JOIN r b",
    )
    dolt.commit()
    repository = opened(dolt)
    repository.remotes.add("main", "origin", f"file://{tmp_path}/origin")
    cancellation = Cancellation()
    ended: list[BaseException] = []

    def push() -> None:
        try:
            with cancellation:
                repository.remotes.push("main", "origin", track=True)
        except EngineError as error:
            ended.append(error)

    thread = threading.Thread(target=push)
    thread.start()
    until(lambda: dolt.running("dolt_push"))
    cancellation.cancel()
    thread.join(10)
    assert [type(error) for error in ended] == [Cancelled]
    assert remote_branches(dolt) == {}
    until(lambda: not dolt.running("dolt_push"))
    assert repository.remotes.push("main", "origin", track=True)
    assert remote_branches(dolt) == {"remotes/origin/main": dolt.head()}


def test_a_host_that_never_answers_is_given_up(dolt: RawDolt, opened: Open, until: Callable[..., Any]) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/a/b"
        repository = opened(dolt)
        repository.remotes.add("main", "silent", url)
        for word, act in (
            ("dolt_fetch", lambda: repository.remotes.fetch("main", "silent")),
            ("dolt_push", lambda: repository.remotes.push("main", "silent")),
            ("dolt_clone", lambda: repository.remotes.clone("main", url, "never")),
        ):
            cancellation = Cancellation()
            ended: list[BaseException] = []

            def run(act: Callable[[], Any] = act, cancellation: Cancellation = cancellation) -> None:
                try:
                    with cancellation:
                        act()
                except EngineError as error:
                    ended.append(error)  # noqa: B023

            thread = threading.Thread(target=run)
            thread.start()
            until(lambda word=word: dolt.running(word))
            cancellation.cancel()
            thread.join(10)
            assert [type(error) for error in ended] == [Cancelled], word
        assert ("never",) not in dolt.rows("SHOW DATABASES")
