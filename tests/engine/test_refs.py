"""Branches and tags."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

import pytest

from dolt_tui.engine.browsing.query import DiffQuery
from dolt_tui.engine.core.validation import check_branch_name
from dolt_tui.engine.errors import (
    AlreadyExists,
    BranchInUse,
    BranchNotFound,
    CurrentBranch,
    DefaultBranch,
    InvalidName,
    LocalChanges,
    NotFullyMerged,
    RefNotFound,
)
from dolt_tui.engine.model import AheadBehind, Changes, MergeKind
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt

LEGAL = [
    "feature/x/y",
    "a#b",
    "a+b",
    "per%cent",
    "per%41cent",
    "q'uote",
    'dq"uote',
    "back`tick",
    "$d",
    "semi;colon",
    "(p)",
    "v1.0!",
    "with&amp",
    "a@b",
    "a=b,c|d<e>{f}",
    "UPPER",
    "HEADS",
    "n" * 100,
]
ILLEGAL = [
    "",
    "a b",
    "a:b",
    "a?",
    "a*",
    "a~1",
    "a^",
    "a[b",
    "a\\b",
    "a\nb",
    "tab\t",
    "nul\0",
    "ünï",
    "🏔",
    "a..b",
    "a@{b",
    "@",
    "HEAD",
    "/a",
    "a/",
    "a//b",
    ".a",
    "a/.b",
    "a.",
    "a.lock",
    "-",
    "--force",
    "0" * 32,
    "0" * 40,
]


@pytest.mark.both_versions
@pytest.mark.parametrize("start", ["hash", "tag", "branch", "HEAD~1"])
def test_create_a_branch(people: Raw, repository: Repository, start: str) -> None:
    first = people.head()
    people.run("DELETE FROM people")
    people.commit()
    people.call("dolt_tag", "tag", first)
    people.call("dolt_branch", "branch", first)
    repository.refs.create_branch("main", "new", first if start == "hash" else start)
    assert people.branches()["new"] == first
    assert people.scalar("SELECT count(*) FROM people", at="new") == 3


def accepted(names: Sequence[str], ask: Callable[[str], object]) -> list[str]:
    """Those of the names that are not refused for what they are."""
    found = []
    for name in names:
        with suppress(InvalidName):
            ask(name)
            found.append(name)
    return found


def test_illegal_names_are_refused_before_the_engine_is_asked(people: Raw, repository: Repository) -> None:
    asked = len(repository.statements.entries())
    create = repository.refs.create_branch
    assert accepted(ILLEGAL, lambda name: create("main", name, "main")) == []
    assert len(repository.statements.entries()) == asked
    assert set(people.branches()) == {"main"}


def test_dolt_refuses_the_same_names(dolt: RawDolt) -> None:
    for name in ILLEGAL:
        if name not in ("--force", "-", "0" * 40):  # a hash on DoltLite only
            with pytest.raises(Exception, match=r"invalid|empty|Incorrect|argument|usage"):
                dolt.call("dolt_branch", "--", name)
    assert set(dolt.branches()) == {"main"}


def test_odd_names_work_throughout(people: Raw, repository: Repository) -> None:
    for number, name in enumerate(LEGAL):
        check_odd_name(people, repository, name, f"{number - 1}" if number else "Ann", f"{number}")


def check_odd_name(people: Raw, repository: Repository, name: str, before: str, after: str) -> None:
    """A branch of this name can be worked with; the person 1 is renamed on it, and so on main."""
    check_branch_name(name)
    repository.refs.create_branch("main", name, "main")
    assert repository.refs.fingerprint(name).branch == name
    people.run(f"UPDATE people SET name = '{after}' WHERE id = 1", at=name)
    assert [change.table for change in repository.working.status(name).unstaged] == ["people"]
    (row,) = repository.diffs.page(name, DiffQuery("people", "HEAD", "WORKING"), 5).rows
    assert (row.old, row.new) == ((1, before), (1, after))
    repository.working.stage_all(name)
    hash_ = repository.commits.commit(name, f"on {name}")
    assert people.branches()[name] == hash_
    assert repository.history.page(name, [name], 1).commits[0].hash == hash_
    assert repository.refs.resolve("main", name) == hash_
    assert repository.refs.ahead_behind("main", [name]) == {name: AheadBehind(1, 0)}
    assert repository.history.compare("main", "main", name).theirs == 1
    assert repository.merging.preview("main", name, conflicts=True).can_fast_forward
    assert repository.merging.merge("main", name, MergeKind.FAST_FORWARD).fast_forward
    assert people.head() == hash_
    repository.refs.delete_branch("main", name)
    assert set(people.branches()) == {"main"}


def test_names_that_exist_and_starts_that_do_not(people: Raw, repository: Repository) -> None:
    with pytest.raises(AlreadyExists):
        repository.refs.create_branch("main", "main", "HEAD")
    for start in ("nope", "", "--x", "HEAD~40"):
        with pytest.raises(RefNotFound):
            repository.refs.create_branch("main", "new", start)
    assert set(people.branches()) == {"main"}


@pytest.mark.both_versions
def test_branches_and_tags(people: Raw, repository: Repository) -> None:
    repository.refs.create_branch("main", "b", "main")
    people.run("UPDATE people SET name = 'Eve' WHERE id = 1", at="b")
    people.call("dolt_tag", "v1")
    branches = repository.refs.branches("main")
    assert [(branch.name, branch.hash, branch.dirty) for branch in branches] == [
        ("b", people.head(), True),
        ("main", people.head(), False),
    ]
    assert branches[0].message == "people"
    assert branches[0].date.utcoffset() is not None
    (tag,) = repository.tags.tags("main")
    assert (tag.name, tag.hash) == ("v1", people.head())


@pytest.mark.both_versions
def test_the_token_changes_with_what_it_stands_for(people: Raw, repository: Repository) -> None:
    def token() -> tuple[str, str, str, str]:
        found = repository.refs.fingerprint("main", refs=True)
        assert found.branch == "main"
        return found.head, found.staged, found.working, found.refs

    start = token()
    assert token() == start
    people.run("UPDATE people SET name = 'Eve' WHERE id = 1")
    edited = token()
    assert edited[:2] == start[:2]
    assert edited[2] != start[2]
    people.call("dolt_add", "-A")
    staged = token()
    assert (staged[0], staged[2]) == (start[0], edited[2])
    assert staged[1] != start[1]
    people.commit()
    assert token()[0] != start[0]
    for change in (("dolt_branch", "b"), ("dolt_tag", "t"), ("dolt_branch", "-D", "b")):
        before = token()
        people.call(*change)
        assert token()[:3] == before[:3]
        assert token()[3] != before[3]


@pytest.mark.both_versions
def test_divergence(people: Raw, repository: Repository) -> None:
    for name in ("ahead", "behind", "both"):
        repository.refs.create_branch("main", name, "main")
    for branch, id_ in (("main", 10), ("ahead", 13), ("both", 11), ("both", 12)):
        people.run(f"INSERT INTO people VALUES ({id_}, 'x')", at=branch)
        people.commit(at=branch)
    assert repository.refs.ahead_behind("main", ["main", "ahead", "behind", "both"]) == {
        "ahead": AheadBehind(1, 1),
        "behind": AheadBehind(0, 1),
        "both": AheadBehind(2, 1),
    }
    assert repository.refs.ahead_behind("main", []) == {}
    with pytest.raises(RefNotFound):
        repository.refs.ahead_behind("main", ["both", "gone"])


@pytest.mark.parametrize("ref", ["nope", "", "--x", "^main", "HEAD~50", "main^2"])
def test_resolving_what_is_not_there(people: Raw, repository: Repository, ref: str) -> None:
    with pytest.raises(RefNotFound):
        repository.refs.resolve("main", ref)
    with pytest.raises(RefNotFound):
        repository.history.commit("main", ref)


@pytest.mark.both_versions
def test_delete_merged_unmerged_and_dirty(people: Raw, repository: Repository) -> None:
    for name in ("merged", "unmerged", "dirty"):
        repository.refs.create_branch("main", name, "main")
    people.run("DELETE FROM people", at="unmerged")
    people.commit(at="unmerged")
    repository.working.status("merged")  # leaves an idle connection, which is no use by another session
    repository.refs.delete_branch("main", "merged")
    with pytest.raises(NotFullyMerged):
        repository.refs.delete_branch("main", "unmerged")
    assert set(people.branches()) == {"main", "unmerged", "dirty"}
    repository.refs.delete_branch("main", "unmerged", force=True)
    people.run("DELETE FROM people", at="dirty")
    if not people.dolt:
        with pytest.raises(LocalChanges):
            repository.refs.delete_branch("main", "dirty")
    repository.refs.delete_branch("main", "dirty", force=True)
    assert set(people.branches()) == {"main"}


def test_deletions_that_are_refused(people: Raw, repository: Repository) -> None:
    repository.refs.create_branch("main", "b", "main")
    with pytest.raises((DefaultBranch, CurrentBranch)):
        repository.refs.delete_branch("main", "main", force=True)
    with pytest.raises(CurrentBranch):
        repository.refs.delete_branch("b", "b", force=True)
    if people.dolt:
        with pytest.raises(DefaultBranch, match="main"):
            repository.refs.delete_branch("b", "main", force=True)
    with pytest.raises(RefNotFound, match="no branch nope"):
        repository.refs.delete_branch("main", "nope")
    assert set(people.branches()) == {"main", "b"}


def test_a_branch_that_another_session_uses(dolt: RawDolt, opened: Open) -> None:
    repository = opened(dolt)
    repository.refs.create_branch("main", "b", "main")
    other = dolt.connect(f"{dolt.database}/b")
    try:
        for force in (False, True):
            with pytest.raises(BranchInUse, match="is using b"):
                repository.refs.delete_branch("main", "b", force=force)
        assert set(dolt.branches()) == {"main", "b"}
        repository.refs.delete_branch("main", "b", force=True, in_use=True)
    finally:
        other.close()
    assert set(dolt.branches()) == {"main"}


def test_what_a_deletion_loses(people: Raw, repository: Repository) -> None:
    repository.refs.create_branch("main", "b", "main")
    assert repository.refs.loss("main", "b", Changes()).unmerged == 0
    for id_ in (10, 11):
        people.run(f"INSERT INTO people VALUES ({id_}, 'x')", at="b")
        people.commit(at="b")
    people.run("DELETE FROM people", at="b")
    loss = repository.refs.loss("main", "b", repository.working.status("b"))
    assert (loss.branch.name, loss.unmerged, [change.table for change in loss.uncommitted]) == ("b", 2, ["people"])
    repository.refs.create_branch("main", "half", "b~1")
    assert repository.refs.loss("main", "b", Changes()).unmerged == 1
    repository.refs.create_branch("main", "whole", "b")
    assert repository.refs.loss("main", "b", Changes()).unmerged == 0
    with pytest.raises(RefNotFound):
        repository.refs.loss("main", "nope", Changes())


def test_what_a_deletion_loses_that_a_tag_keeps(people: Raw, repository: Repository) -> None:
    repository.refs.create_branch("main", "b", "main")
    people.run("DELETE FROM people", at="b")
    people.call("dolt_tag", "kept", people.commit(at="b"))
    assert repository.refs.loss("main", "b", Changes()).unmerged == 0


@pytest.mark.both_versions
def test_merge_state(people: Raw, repository: Repository) -> None:
    assert repository.refs.merge_state("main") is None
    repository.refs.create_branch("main", "b", "main")
    for branch, id_ in (("main", 10), ("b", 11)):
        people.run(f"INSERT INTO people VALUES ({id_}, 'x')", at=branch)
        people.commit(at=branch)
    people.call("dolt_merge", "--no-ff", "--no-commit", "b")
    state = repository.refs.merge_state("main")
    assert state is not None
    assert state.source_commit == people.branches()["b"]
    people.call("dolt_merge", "--abort")
    assert repository.refs.merge_state("main") is None


def test_unknown_branch(people: Raw, repository: Repository) -> None:
    with pytest.raises(BranchNotFound, match="nope"):
        repository.working.status("nope")
    with pytest.raises(BranchNotFound, match="nope"):
        repository.working.stage_all("nope")
