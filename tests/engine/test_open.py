"""Opening databases, and what must not be done with one that was opened for reading."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dolt_tui.engine import open_repository
from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.connecting.private_server import free_port
from dolt_tui.engine.connecting.target import FileTarget
from dolt_tui.engine.errors import (
    AccessDenied,
    BranchNotFound,
    Damaged,
    DatabaseNotFound,
    EngineError,
    OpenError,
    PermissionDenied,
    ReadOnly,
    ServerLost,
)
from dolt_tui.engine.model import MergeKind, ResetKind, Status, TableChange
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt, RawLite


@pytest.mark.both_versions
def test_what_is_open(raw: Raw, repository: Repository, dolt_version: str) -> None:
    info = repository.info
    assert (info.engine, info.database, info.default_branch, info.read_only) == (
        "Dolt" if raw.dolt else "DoltLite",
        raw.database,
        "main",
        False,
    )
    assert repository.start_branch == "main"
    assert info.version.startswith(f"{dolt_version}." if raw.dolt else "0.")
    assert (info.lacks("stash") is None) == raw.dolt


def test_a_branch_can_be_named(people: Raw, opened: Open) -> None:
    people.call("dolt_branch", "feature/x")
    assert opened(people, branch="feature/x").start_branch == "feature/x"


@pytest.mark.parametrize("branch", ["nope", "v1", "main~1", "HEAD", "a b", "hash"])
def test_only_a_branch_can_be_opened(people: Raw, opened: Open, branch: str) -> None:
    people.call("dolt_tag", "v1")
    with pytest.raises(BranchNotFound):
        opened(people, branch=people.head() if branch == "hash" else branch)


def test_unknown_database(dolt: RawDolt) -> None:
    with pytest.raises(DatabaseNotFound, match="no database nope on"):
        open_repository(dolt.target, database="nope")


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DatabaseNotFound):
        open_repository(FileTarget(tmp_path / "none.db"))
    assert not (tmp_path / "none.db").exists()


def test_damaged_file(lite: RawLite) -> None:
    lite.path.write_bytes(lite.path.read_bytes()[:12] + b"\xff" * 900)
    with pytest.raises((Damaged, OpenError)):
        open_repository(lite.target)


def test_wrong_password_is_not_repeated(dolt: RawDolt, caplog: pytest.LogCaptureFixture) -> None:
    secret = "hunter2-secret"
    with pytest.raises(AccessDenied) as caught:
        open_repository(replace(dolt.target, password=secret))
    seen: BaseException | None = caught.value
    while seen is not None:
        assert secret not in f"{seen!r} {seen} {getattr(seen, 'detail', '')}"
        seen = seen.__cause__ or seen.__context__
    assert secret not in caplog.text


def test_the_password_is_shown_nowhere(dolt: RawDolt, opened: Open) -> None:
    repository = opened(dolt)
    repository.working.status("main")
    dolt.run("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    repository.working.stage_all("main")
    password = dolt.target.password
    assert password
    shown = f"{repository!r} {repository.info} {repository.__dict__} {vars(repository._connections)}"
    assert password not in shown + repr(repository.statements.entries())


def test_nobody_listens(dolt: RawDolt) -> None:
    with pytest.raises(ServerLost):
        open_repository(replace(dolt.target, port=free_port()))


def test_several_databases_are_named(dolt: RawDolt) -> None:
    other = f"{dolt.database}_b"
    dolt.run(f"CREATE DATABASE {other}")
    try:
        with pytest.raises(OpenError, match=other) as caught:
            open_repository(replace(dolt.target, database=None))
        assert dolt.database in str(caught.value)
        assert "information_schema" not in str(caught.value)
    finally:
        dolt.run(f"DROP DATABASE {other}")


def test_without_rights(dolt: RawDolt, opened: Open, reader: tuple[str, str]) -> None:
    dolt.run("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    repository = opened(dolt, user=reader[0], password=reader[1])
    assert [change.table for change in repository.working.status("main").unstaged] == ["t"]
    writes: tuple[Callable[[], object], ...] = (
        lambda: repository.working.stage_all("main"),
        lambda: repository.refs.create_branch("main", "b", "main"),
        lambda: repository.working.drop_table("main", "t"),
    )
    for write in writes:
        with pytest.raises(PermissionDenied):
            write()


@pytest.mark.parametrize("database", ["information_schema", "mysql"])
def test_the_server_s_own_databases(dolt: RawDolt, opened: Open, database: str) -> None:
    with pytest.raises(OpenError, match="not a Dolt database"):
        opened(dolt, database=database)


@pytest.mark.both_versions
def test_read_only(people: Raw, opened: Open) -> None:
    people.call("dolt_branch", "other")
    people.run("UPDATE people SET name = 'Eve' WHERE id = 1")
    repository = opened(people, read_only=True)
    change = TableChange("people", Status.MODIFIED)
    before = people.state(), people.branches()
    writes: tuple[Callable[[], object], ...] = (
        lambda: repository.working.stage("main", ["people"]),
        lambda: repository.working.stage_all("main"),
        lambda: repository.working.unstage("main", ["people"]),
        lambda: repository.working.unstage_all("main"),
        lambda: repository.working.discard("main", change),
        lambda: repository.working.discard_all("main"),
        lambda: repository.working.drop_table("main", "people"),
        lambda: repository.commits.commit("main", "x"),
        lambda: repository.commits.reset("main", "HEAD", ResetKind.HARD),
        lambda: repository.refs.create_branch("main", "b", "main"),
        lambda: repository.refs.delete_branch("main", "other", force=True),
        lambda: repository.merging.merge("main", "other", MergeKind.COMMIT),
        lambda: repository.run("main", [("DELETE FROM people", ())]),
        lambda: repository.call("main", "dolt_add", "-A"),
    )
    for write in writes:
        with pytest.raises(ReadOnly):
            write()
    assert (people.state(), people.branches()) == before
    assert repository.rows.page("main", Query("people"), 5).rows[0] == (1, "Eve")
    assert repository.info.read_only


def test_after_closing(people: Raw, opened: Open) -> None:
    repository = opened(people)
    repository.close()
    repository.close()
    with pytest.raises(EngineError, match="closed"):
        repository.refs.fingerprint("main")
    with pytest.raises(EngineError, match="closed"):
        repository.working.stage_all("main")


def test_closing_leaves_no_connection(dolt: RawDolt, opened: Open) -> None:
    dolt.run("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    repository = opened(dolt)
    repository.working.stage_all("main")
    repository.commits.commit("main", "x")
    assert dolt.connections() <= 2
    repository.close()
    assert dolt.connections() == 0


def test_a_failed_opening_leaves_no_connection(dolt: RawDolt, opened: Open) -> None:
    with pytest.raises(BranchNotFound):
        opened(dolt, branch="nope")
    assert dolt.connections() == 0


def test_odd_paths(tmp_path: Path, opened: Open, doltlite_file: Path) -> None:
    path = tmp_path / "a@b %41?x#y.db"
    path.write_bytes(doltlite_file.read_bytes())
    repository = opened(RawLite(path))
    assert repository.refs.fingerprint("main").branch == "main"
