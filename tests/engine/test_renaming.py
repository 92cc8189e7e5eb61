"""Renaming and copying branches, and their upstreams."""

from __future__ import annotations

from pathlib import Path

import pytest

from dolt_tui.engine.errors import (
    AlreadyExists,
    BranchInUse,
    DefaultBranch,
    EngineError,
    RefNotFound,
)
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt
from .test_refs import ILLEGAL, LEGAL, accepted


@pytest.fixture
def tracked(dolt: RawDolt, tmp_path: Path) -> RawDolt:
    """A database whose branches main and b follow those of the remote origin."""
    dolt.run("CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(40))")
    dolt.commit("people")
    dolt.call("dolt_branch", "b")
    dolt.call("dolt_remote", "add", "origin", f"file://{tmp_path}/origin")
    for branch in ("main", "b"):
        dolt.call("dolt_push", "-u", "origin", branch, at=branch)
    return dolt


def upstreams(raw: Raw) -> dict[str, tuple[str, str]]:
    return {
        name: (remote, branch) for name, remote, branch in raw.rows("SELECT name, remote, branch FROM dolt_branches")
    }


def test_rename_keeps_commits_and_uncommitted_changes(people: Raw, repository: Repository) -> None:
    people.call("dolt_branch", "old")
    people.run("DELETE FROM people WHERE id = 1", at="old")
    people.commit(at="old")
    people.run("DELETE FROM people WHERE id = 2", at="old")
    before = people.state("old")
    repository.working.status("old")  # leaves an idle connection, which is no use by another session
    repository.refs.rename_branch("main", "old", "new/name")
    assert set(people.branches()) == {"main", "new/name"}
    assert people.state("new/name") == before
    assert repository.working.status("new/name").unstaged[0].table == "people"


def test_rename_the_branch_one_stands_on(people: Raw, repository: Repository) -> None:
    people.call("dolt_branch", "old")
    people.run("DELETE FROM people WHERE id = 2", at="old")
    before = people.state("old")
    repository.refs.fingerprint("old")
    repository.refs.rename_branch("old", "old", "new")
    assert set(people.branches()) == {"main", "new"}
    assert people.state("new") == before
    assert repository.refs.fingerprint("new").branch == "new"


def test_odd_names(people: Raw, repository: Repository) -> None:
    head = people.head()
    people.call("dolt_branch", "plain")
    for name in LEGAL:
        repository.refs.rename_branch("main", "plain", name)
        assert people.branches() == {"main": head, name: head}
        repository.refs.copy_branch("main", name, "copy")
        repository.refs.rename_branch("main", name, "plain")
        assert people.branches() == {"main": head, "plain": head, "copy": head}
        people.call("dolt_branch", "-D", "copy")


def test_illegal_names(people: Raw, repository: Repository) -> None:
    people.call("dolt_branch", "b")
    assert accepted(ILLEGAL, lambda name: repository.refs.rename_branch("main", "b", name)) == []
    assert accepted(ILLEGAL, lambda name: repository.refs.copy_branch("main", "b", name)) == []
    assert set(people.branches()) == {"main", "b"}


def test_what_is_refused(people: Raw, repository: Repository) -> None:
    people.call("dolt_branch", "b")
    people.call("dolt_branch", "c")
    with pytest.raises(AlreadyExists, match="c"):
        repository.refs.rename_branch("main", "b", "c")
    with pytest.raises(AlreadyExists):
        repository.refs.rename_branch("main", "b", "C", force=True)
    with pytest.raises(AlreadyExists):
        repository.refs.copy_branch("main", "b", "c")
    for force in (False, True):
        with pytest.raises(DefaultBranch, match="main is the default branch"):
            repository.refs.rename_branch("b", "main", "trunk", force=force)
        with pytest.raises(RefNotFound):
            repository.refs.rename_branch("main", "nope", "x", force=force)
    with pytest.raises(RefNotFound):
        repository.refs.copy_branch("main", "nope", "x")
    assert set(people.branches()) == {"main", "b", "c"}


def test_only_the_case_differs(people: Raw, repository: Repository) -> None:
    people.call("dolt_branch", "b")
    repository.refs.rename_branch("main", "b", "B")
    assert set(people.branches()) == {"main", "B"}


def test_another_session_uses_it(dolt: RawDolt, opened: Open) -> None:
    repository = opened(dolt)
    repository.refs.create_branch("main", "b", "main")
    other = dolt.connect(f"{dolt.database}/b")
    try:
        with pytest.raises(BranchInUse, match="Another session"):
            repository.refs.rename_branch("main", "b", "c")
        repository.refs.rename_branch("main", "b", "c", force=True)
    finally:
        other.close()
    assert set(dolt.branches()) == {"main", "c"}


def test_copy_is_clean(people: Raw, repository: Repository) -> None:
    people.call("dolt_branch", "b")
    people.run("DELETE FROM people", at="b")
    repository.refs.copy_branch("main", "b", "copy")
    assert people.branches()["copy"] == people.head()
    assert people.status("copy") == set()
    assert people.status("b") == {("people", False, "modified")}


def test_the_upstream_goes_with_the_name(tracked: RawDolt, opened: Open) -> None:
    repository = opened(tracked)
    assert [branch.tracking for branch in repository.refs.branches("main")] == ["origin/b", "origin/main"]
    repository.refs.rename_branch("main", "b", "c")
    assert upstreams(tracked)["c"] == ("origin", "b")
    tracked.call("dolt_push", "origin", ":b")  # the upstream is gone, and the branch can be renamed nevertheless
    repository.refs.rename_branch("main", "c", "d")
    assert set(tracked.branches()) == {"main", "d"}


def test_set_the_upstream(tracked: RawDolt, opened: Open) -> None:
    repository = opened(tracked)
    repository.refs.create_branch("main", "c", "main")
    token = repository.refs.fingerprint("main", refs=True)
    repository.refs.set_upstream("main", "c", "origin", "b")
    assert upstreams(tracked)["c"] == ("origin", "b")
    assert upstreams(tracked)["main"] == ("origin", "main")
    assert repository.refs.fingerprint("main", refs=True) != token
    for remote, branch in (("origin", "nope"), ("nope", "b"), ("", ""), ("-x", "y")):
        with pytest.raises(EngineError):
            repository.refs.set_upstream("main", "c", remote, branch)
    with pytest.raises(RefNotFound, match="nope"):
        repository.refs.set_upstream("main", "nope", "origin", "b")
    assert upstreams(tracked)["c"] == ("origin", "b")


def test_doltlite_has_no_upstream(lite: Raw, opened: Open) -> None:
    repository = opened(lite)
    assert repository.info.lacks("upstream")
    with pytest.raises(EngineError, match="does not track upstream"):
        repository.refs.set_upstream("main", "main", "origin", "main")
