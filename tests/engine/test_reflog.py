"""Where a branch stood before: Dolt's reflog."""

from __future__ import annotations

import pytest

from dolt_tui.engine.errors import EngineError
from dolt_tui.engine.model import ResetKind
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt, RawLite


@pytest.fixture
def raw(dolt: RawDolt) -> Raw:
    """Dolt alone."""
    return dolt


def stood(repository: Repository, of: str = "main", size: int = 100) -> list[str]:
    return [entry.hash for entry in repository.reflog.entries("main", of, size)]


@pytest.mark.both_versions
def test_commits_and_resets(people: Raw, repository: Repository) -> None:
    first = people.head()
    people.run("DELETE FROM people")
    second = people.commit("all gone")
    repository.commits.reset("main", first, ResetKind.HARD)
    assert stood(repository)[:3] == [first, second, first]
    entries = repository.reflog.entries("main", "main", 2)
    assert [entry.message for entry in entries] == ["people", "all gone"]
    assert all(entry.date.tzinfo is not None for entry in entries)
    (date,) = people.rows("SELECT ref_timestamp FROM dolt_reflog('refs/heads/main') LIMIT 1")[0]
    assert entries[0].date.replace(tzinfo=None) == date


def test_a_stash_does_not_break_it(people: Raw, repository: Repository) -> None:
    people.run("DELETE FROM people")
    people.call("dolt_stash", "push", "x")
    assert stood(repository)[0] == people.head()


def test_other_branches(people: Raw, repository: Repository) -> None:
    people.call("dolt_branch", "other")
    people.call("dolt_branch", "Main2")
    people.run("DELETE FROM people", at="other")
    tip = people.commit(at="other")
    assert stood(repository, "other") == [tip, people.head()]
    assert stood(repository, "nope") == []
    assert stood(repository, "main2") == []  # names are told apart by upper and lower case
    people.call("dolt_branch", "-D", "other")
    assert stood(repository, "other")[0] == tip  # that is how a deleted branch is found again


def test_after_a_garbage_collection_there_is_none(people: Raw, repository: Repository) -> None:
    people.call("dolt_gc")
    assert stood(repository) == []


def test_standing_at_a_commit(people: Raw, repository: Repository) -> None:
    head = people.head()
    assert [entry.hash for entry in repository.reflog.entries(head, "main", 1)] == [head]


def test_doltlite_has_none(lite: RawLite, opened: Open) -> None:
    repository = opened(lite)
    assert repository.info.lacks("reflog")
    with pytest.raises(EngineError, match="no reflog"):
        repository.reflog.entries("main", "main", 10)
