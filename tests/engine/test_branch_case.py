"""Branches and tags whose names differ in upper and lower case only: Dolt connects to the first one of them."""

from __future__ import annotations

import pytest

from dolt_tui.engine.errors import AlreadyExists, BranchShadowed, CannotUndo
from dolt_tui.engine.model import MergeKind, ResetKind
from dolt_tui.engine.repository import Repository
from dolt_tui.engine.undo.steps import Reach

from .conftest import Open, Raw, RawDolt


@pytest.fixture
def alike(dolt: RawDolt) -> RawDolt:
    """Branches FEATURE (with a commit of its own), Feature and feature, tags V1 and v1 at different commits."""
    dolt.run("CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(40))", "INSERT INTO people VALUES (1, 'Ann')")
    dolt.commit("people")
    dolt.call("dolt_tag", "v1", "main")
    for name in ("Feature", "feature", "other"):
        dolt.call("dolt_branch", name)
    dolt.run("INSERT INTO people VALUES (2, 'Bob')")
    dolt.commit("bob")
    dolt.call("dolt_branch", "FEATURE")
    dolt.call("dolt_tag", "V1", "main")
    return dolt


def test_dolt_connects_to_the_first_one_whatever_the_case(alike: RawDolt) -> None:
    """What all of this is about: where Dolt does otherwise one day, these tests can go."""
    for name in ("feature", "Feature", "FEATURE"):
        assert alike.scalar("SELECT active_branch()", at=name) == "FEATURE"
        assert alike.head(at=name) == alike.branches()["FEATURE"]


def test_nothing_is_read_or_written_under_another_name(alike: RawDolt, opened: Open) -> None:
    repository = opened(alike)
    before = alike.branches()
    for name in ("feature", "Feature"):
        for attempt in (
            lambda name=name: repository.refs.fingerprint(name),
            lambda name=name: repository.working.status(name),
            lambda name=name: repository.run(name, [("INSERT INTO people VALUES (9, 'Zoe')", ())]),
            lambda name=name: repository.commits.commit(name, "wrong branch"),
            lambda name=name: repository.working.stage_all(name),
            lambda name=name: repository.merging.merge(name, "main", MergeKind.COMMIT),
            lambda name=name: repository.merging.preview(name, "main"),
            lambda name=name: repository.commits.reset(name, "main", ResetKind.HARD),
            lambda name=name: repository.tables.tables(name),
            lambda name=name: repository.refs.delete_branch("main", name, force=True),
        ):
            with pytest.raises(BranchShadowed) as failure:
                attempt()
            assert failure.value.branch == name
            assert failure.value.opened == "FEATURE"
            assert name in failure.value.message
            assert "FEATURE" in failure.value.message
            assert "Rename" in failure.value.advice
    assert alike.branches() == before
    assert not alike.status("FEATURE")
    assert repository.refs.fingerprint("FEATURE").branch == "FEATURE"
    repository.run("FEATURE", [("INSERT INTO people VALUES (9, 'Zoe')", ())])
    assert alike.status("FEATURE") == {("people", False, "modified")}


def test_names_are_resolved_exactly(alike: RawDolt, opened: Open) -> None:
    repository = opened(alike)
    hashes = alike.branches()
    assert hashes["feature"] != hashes["FEATURE"]
    refs = repository.refs
    for name, hash_ in hashes.items():
        assert refs.resolve("main", name) == hash_
        assert repository.history.page("main", [name], 5).commits[0].hash == hash_
    assert refs.resolve("main", "V1") == hashes["main"]
    assert refs.resolve("main", "v1") == hashes["feature"]
    assert refs.resolve("main", "FEATURE~1") == hashes["feature"]
    assert refs.resolve("main", "V1^") == hashes["feature"]
    assert refs.resolve("other", "HEAD") == hashes["other"]
    refs.create_branch("main", "copy", "feature")
    repository.tags.create("main", "tagged", "feature")
    assert alike.branches()["copy"] == hashes["feature"]
    assert ("tagged", hashes["feature"]) in alike.rows("SELECT tag_name, tag_hash FROM dolt_tags")
    # A merge of the one that cannot be opened is a merge of its own commits.
    assert repository.merging.preview("other", "feature").up_to_date
    repository.merging.merge("other", "FEATURE", MergeKind.FAST_FORWARD)
    assert alike.branches()["other"] == hashes["FEATURE"]
    compared = repository.history.compare("main", hashes["feature"], hashes["FEATURE"])
    assert [change.table for change in compared.changes] == ["people"]


def test_the_list_says_which_cannot_be_opened_and_a_new_name_frees_them(alike: RawDolt, opened: Open) -> None:
    repository = opened(alike)

    def shadowed() -> dict[str, str]:
        return {branch.name: branch.shadowed_by for branch in repository.refs.branches("main") if branch.shadowed_by}

    assert shadowed() == {"Feature": "FEATURE", "feature": "FEATURE"}
    for taken in ("Feature", "fEATURE", "MAIN"):
        with pytest.raises(AlreadyExists):
            repository.refs.rename_branch("main", "feature", taken)
        with pytest.raises(AlreadyExists):
            repository.refs.create_branch("main", taken, "main")
        with pytest.raises(AlreadyExists):
            repository.refs.copy_branch("main", "other", taken)
    _, step = repository.undo.perform(
        "main",
        "rename",
        lambda: repository.refs.rename_branch("main", "feature", "freed"),
        reach=Reach.REFS,
        also=["feature", "freed"],
    )
    assert step is not None
    assert shadowed() == {"Feature": "FEATURE"}
    assert repository.refs.fingerprint("freed").branch == "freed"
    repository.refs.rename_branch("main", "Feature", "third")
    assert shadowed() == {}
    # Undoing would hide the branch again: there is FEATURE.
    with pytest.raises(CannotUndo) as failure:
        repository.undo.undo(step)
    assert "FEATURE" in failure.value.message
    assert "freed" in alike.branches()
    repository.refs.rename_branch("main", "freed", "Freed")  # only the case of its own name
    assert "Freed" in alike.branches()


def test_a_branch_that_is_hidden_later_is_found_out(alike: RawDolt, opened: Open) -> None:
    repository = opened(alike)
    assert repository.refs.fingerprint("other").branch == "other"
    alike.call("dolt_branch", "OTHER")
    for _ in range(2):  # on a connection that was open before, and on a new one
        with pytest.raises(BranchShadowed):
            repository.refs.fingerprint("other")
        repository._connections.forget("other")
    with pytest.raises(BranchShadowed):
        repository.run("other", [("INSERT INTO people VALUES (9, 'Zoe')", ())])
    assert not alike.status("OTHER")


def test_the_branch_that_is_asked_for_at_the_start(alike: RawDolt, opened: Open) -> None:
    assert opened(alike, branch="oTher").start_branch == "other"  # which only one can be meant by
    assert opened(alike, branch="FEATURE").start_branch == "FEATURE"
    for name in ("feature", "feaTURE"):
        with pytest.raises(BranchShadowed) as failure:
            opened(alike, branch=name)
        assert failure.value.opened == "FEATURE"


def test_a_default_branch_that_is_hidden(dolt: RawDolt, opened: Open) -> None:
    dolt.call("dolt_branch", "MAIN")
    dolt.run("CREATE TABLE here (id INTEGER PRIMARY KEY)", at="MAIN")
    repository: Repository = opened(dolt)
    assert repository.start_branch == repository.info.default_branch == "MAIN"
    assert [table.name for table in repository.tables.tables("MAIN")] == ["here"]
    with pytest.raises(BranchShadowed):
        repository.tables.tables("main")


def test_the_embedded_engine_lets_no_such_branch_be_made(people: Raw, opened: Open) -> None:
    repository = opened(people)
    repository.refs.create_branch("main", "feature", "main")
    with pytest.raises(AlreadyExists):
        repository.refs.create_branch("main", "Feature", "main")
    assert set(people.branches()) == {"main", "feature"}
