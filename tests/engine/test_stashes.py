"""Stashes, which Dolt has and DoltLite has not. What Dolt would lose is refused before it is asked."""

from __future__ import annotations

import os
import time
from dataclasses import replace

import pytest

from dolt_tui.engine.browsing.query import DiffQuery
from dolt_tui.engine.core.cancellation import Cancellation
from dolt_tui.engine.core.scratch_branch import PREFIX, _place
from dolt_tui.engine.errors import (
    AlreadyExists,
    Cancelled,
    EngineError,
    InvalidName,
    LocalChanges,
    MergeInProgress,
    PermissionDenied,
    ReadOnly,
    StashConflict,
    StashLoss,
    StashNotFound,
    Unmergeable,
)
from dolt_tui.engine.model import RowCounts, Stash, StashScope, Status
from dolt_tui.engine.model.conflicts import ResolutionPlan
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt, RawLite

TRACKED, UNTRACKED, ALL = StashScope.TRACKED, StashScope.UNTRACKED, StashScope.ALL


@pytest.fixture
def raw(dolt: RawDolt) -> Raw:
    """Dolt alone."""
    return dolt


def listed(raw: Raw) -> list[tuple[str, str, str, str]]:
    return [tuple(row) for row in raw.rows("SELECT name, stash_id, branch, hash FROM dolt_stashes")]


def left_over(raw: Raw) -> list[str]:
    return [name for name in raw.branches() if name.startswith(PREFIX)]


@pytest.mark.both_versions
def test_push_and_pop(people: Raw, repository: Repository) -> None:
    people.run("UPDATE people SET name = 'Eve' WHERE id = 1", "CREATE TABLE fresh (id INTEGER PRIMARY KEY)")
    working = people.state()[0]
    head = people.head()
    stash = repository.stashes.push("main", "mine", TRACKED)
    assert (stash.branch, stash.hash, stash.message, stash.id) == ("main", head, "people", "stash@{0}")
    assert stash.title == "mine"
    assert stash.made is not None
    assert listed(people) == [(stash.name, "stash@{0}", "main", head)]
    assert people.status() == {("fresh", False, "new table")}  # new tables stay
    assert people.rows("SELECT name FROM people WHERE id = 1") == [("Ann",)]
    assert repository.stashes.stashes("main") == (stash,)
    repository.stashes.pop("main", stash)
    assert people.state()[0] == working
    assert listed(people) == []


@pytest.mark.parametrize("scope", [UNTRACKED, ALL])
def test_new_dropped_and_renamed_tables(people: Raw, repository: Repository, scope: StashScope) -> None:
    people.run("CREATE TABLE gone (id INTEGER PRIMARY KEY)", "CREATE TABLE old (id INTEGER PRIMARY KEY)")
    people.commit()
    people.run(
        "UPDATE people SET name = 'Eve' WHERE id = 1",
        "DROP TABLE gone",
        "ALTER TABLE old RENAME TO young",
        "CREATE TABLE fresh (id INTEGER PRIMARY KEY)",
        "INSERT INTO fresh VALUES (7)",
        "CREATE VIEW names AS SELECT name FROM people",
    )
    people.call("dolt_add", "people")
    working = people.state()[0]
    stash = repository.stashes.push("main", "mine", scope)
    assert people.status() == set()
    assert people.rows("SELECT count(*) FROM gone") == [(0,)]  # by itself Dolt leaves it dropped
    repository.stashes.apply("main", stash)
    assert people.state()[0] == working
    assert listed(people) != []
    repository.stashes.drop("main", stash)
    assert listed(people) == []


def test_a_staged_new_table_comes_back_staged_and_all_else_unstaged(people: Raw, repository: Repository) -> None:
    people.run("CREATE TABLE fresh (id INTEGER PRIMARY KEY)", "UPDATE people SET name = 'Eve' WHERE id = 1")
    people.call("dolt_add", "-A")
    preview = repository.stashes.preview("main")
    assert preview.unstages == ("people",)
    assert (preview.untracked, preview.renamed, preview.ignored, preview.rekeyed) == ((), (), (), ())
    stash = repository.stashes.push("main", "mine", TRACKED)
    assert people.status() == set()
    repository.stashes.pop("main", stash)
    assert people.status() == {("fresh", True, "new table"), ("people", False, "modified")}


@pytest.mark.parametrize("scope", list(StashScope))
def test_a_changed_primary_key_is_refused(people: Raw, repository: Repository, scope: StashScope) -> None:
    """Dolt takes it, and then fails to bring it back."""
    people.run("DROP TABLE people", "CREATE TABLE people (code VARCHAR(9) PRIMARY KEY)")
    before = people.state()
    assert repository.stashes.preview("main").rekeyed == ("people",)
    with pytest.raises(StashLoss, match="primary key of people"):
        repository.stashes.push("main", "mine", scope)
    assert people.state() == before
    assert listed(people) == []


def test_that_a_changed_primary_key_cannot_come_back(people: Raw, repository: Repository) -> None:
    people.run("DROP TABLE people", "CREATE TABLE people (code VARCHAR(9) PRIMARY KEY)")
    people.call("dolt_stash", "push", "raw")
    (stash,) = repository.stashes.stashes("main")
    with pytest.raises(Unmergeable):
        repository.stashes.pop("main", stash)
    with pytest.raises(Unmergeable):
        repository.stashes.contents("main", stash)
    assert left_over(people) == []


def test_ignored_tables_are_not_deleted(people: Raw, repository: Repository) -> None:
    people.run("INSERT INTO dolt_ignore VALUES ('tmp%', true)")
    people.commit()
    people.run("CREATE TABLE tmp1 (id INTEGER PRIMARY KEY)", "INSERT INTO tmp1 VALUES (1)", "DELETE FROM people")
    with pytest.raises(StashLoss, match="delete tmp1"):
        repository.stashes.push("main", "mine", UNTRACKED)
    stash = repository.stashes.push("main", "mine", TRACKED)
    assert people.scalar("SELECT count(*) FROM tmp1") == 1
    repository.stashes.pop("main", stash)
    stash = repository.stashes.push("main", "mine", ALL)
    assert people.scalar("SELECT count(*) FROM information_schema.tables WHERE table_name = 'tmp1'") == 0
    content = repository.stashes.contents("main", stash)
    assert {change.table for change in content.changes} == {"tmp1", "people"}
    repository.stashes.pop("main", stash)
    assert people.scalar("SELECT count(*) FROM tmp1") == 1


def test_a_renaming_is_not_torn_apart(people: Raw, repository: Repository) -> None:
    people.run("ALTER TABLE people RENAME TO folk")
    assert repository.stashes.preview("main").renamed == (("people", "folk"),)
    before = people.state()
    with pytest.raises(StashLoss, match="people → folk"):
        repository.stashes.push("main", "mine", TRACKED)
    assert people.state() == before


@pytest.mark.parametrize(("scope", "fresh"), [(TRACKED, True), (UNTRACKED, False), (ALL, False)])
def test_nothing_to_stash(people: Raw, repository: Repository, scope: StashScope, fresh: bool) -> None:
    if fresh:
        people.run("CREATE TABLE fresh (id INTEGER PRIMARY KEY)")
    with pytest.raises(StashLoss, match="nothing to stash"):
        repository.stashes.push("main", "mine", scope)


@pytest.mark.parametrize("name", ["", "a b", "-x", "ünï", "a..b", "x.lock", "a/b", "x'; --", "a" * 81])
def test_names_that_a_stash_cannot_have(people: Raw, repository: Repository, name: str) -> None:
    people.run("DELETE FROM people")
    with pytest.raises(InvalidName):
        repository.stashes.push("main", name, TRACKED)
    assert people.scalar("SELECT count(*) FROM people") == 0


def test_a_stash_that_conflicts_changes_nothing_and_is_kept(people: Raw, repository: Repository) -> None:
    people.run("UPDATE people SET name = 'Eve' WHERE id = 1")
    stash = repository.stashes.push("main", "mine", TRACKED)
    people.run("UPDATE people SET name = 'Ada' WHERE id = 1")
    before = people.state()
    for bring in (repository.stashes.apply, repository.stashes.pop):
        with pytest.raises(StashConflict) as caught:
            bring("main", stash)
        assert "people" in caught.value.detail
    assert people.state() == before
    assert len(listed(people)) == 1

    # Merged into HEAD, with what is uncommitted set aside: that does not fit either here, but does in another row.
    incoming = replace(repository.incoming.stash("main", stash, drop=True), aside=True)
    plan = ResolutionPlan(incoming)
    with pytest.raises(LocalChanges, match="uncommitted changes in people conflict"):
        repository.undo.perform("main", "pop", lambda: repository.resolver.apply(incoming, plan))
    assert people.state() == before
    assert len(listed(people)) == 1
    people.run("UPDATE people SET name = 'Ann' WHERE id = 1", "UPDATE people SET name = 'Bea' WHERE id = 2")
    assert repository.resolver.foresee(incoming) is None
    repository.undo.perform("main", "pop", lambda: repository.resolver.apply(incoming, plan))
    assert people.rows("SELECT name FROM people WHERE id < 3 ORDER BY id") == [("Eve",), ("Bea",)]
    assert people.status() == {("people", False, "modified")}
    assert listed(people) == []


def test_a_new_table_on_both_sides(people: Raw, repository: Repository) -> None:
    people.run("CREATE TABLE fresh (id INTEGER PRIMARY KEY)")
    stash = repository.stashes.push("main", "mine", UNTRACKED)
    people.run("CREATE TABLE fresh (id INTEGER PRIMARY KEY, more INTEGER)")
    with pytest.raises(Unmergeable):
        repository.stashes.pop("main", stash)
    assert len(listed(people)) == 1


def test_other_rows_of_the_table_may_have_changed(people: Raw, repository: Repository) -> None:
    people.run("UPDATE people SET name = 'Eve' WHERE id = 1")
    stash = repository.stashes.push("main", "mine", TRACKED)
    people.run("UPDATE people SET name = 'Bea' WHERE id = 2")
    people.commit()
    people.run("DELETE FROM people WHERE id = 3")
    repository.stashes.pop("main", stash)
    assert people.rows("SELECT id, name FROM people ORDER BY id") == [(1, "Eve"), (2, "Bea")]


@pytest.mark.both_versions
def test_the_right_one_of_several(people: Raw, repository: Repository) -> None:
    for name in ("one", "two", "three"):
        people.run(f"UPDATE people SET name = '{name}' WHERE id = 1")
        people.call("dolt_stash", "push", "raw")
    first, second, third = sorted(repository.stashes.stashes("main"), key=lambda stash: stash.id)
    assert (first.id, first.made) == ("stash@{0}", None)
    repository.stashes.pop("main", second)
    assert people.rows("SELECT name FROM people WHERE id = 1") == [("two",)]
    # The last one has moved up: what was the third is not where it was.
    with pytest.raises(StashNotFound):
        repository.stashes.drop("main", third)
    assert len(listed(people)) == 2


def test_a_stash_of_the_same_name_that_came_in_between(people: Raw, repository: Repository) -> None:
    for name in ("one", "two"):
        people.run(f"UPDATE people SET name = '{name}' WHERE id = 1")
        people.call("dolt_stash", "push", "raw")
    newest = next(stash for stash in repository.stashes.stashes("main") if stash.id == "stash@{0}")
    people.run("UPDATE people SET name = 'three' WHERE id = 1")
    people.call("dolt_stash", "push", "raw")  # by another session, on the same commit
    for use in (repository.stashes.drop, repository.stashes.pop, repository.stashes.apply):
        with pytest.raises(StashNotFound):
            use("main", newest)
    assert len(listed(people)) == 3
    assert people.status() == set()


def test_a_stash_that_is_gone(people: Raw, repository: Repository) -> None:
    people.run("DELETE FROM people")
    stash = repository.stashes.push("main", "mine", TRACKED)
    people.call("dolt_stash", "drop", stash.name)
    for use in (repository.stashes.apply, repository.stashes.pop, repository.stashes.drop, repository.stashes.contents):
        with pytest.raises(StashNotFound):
            use("main", stash)
    assert left_over(people) == []


def test_contents(people: Raw, repository: Repository) -> None:
    people.run(
        "UPDATE people SET name = 'Eve' WHERE id = 1",
        "DELETE FROM people WHERE id = 2",
        "CREATE TABLE fresh (id INTEGER PRIMARY KEY)",
        "INSERT INTO fresh VALUES (7)",
    )
    stash = repository.stashes.push("main", "mine", UNTRACKED)
    people.run("INSERT INTO people VALUES (9, 'Zed')")  # what is there now does not matter
    before, branches = people.state(), people.branches()
    content = repository.stashes.contents("main", stash, counts=True)
    assert content.base == stash.hash
    fresh, changed = content.changes
    assert (fresh.table, fresh.status) == ("fresh", Status.NEW)
    assert changed.counts is not None
    assert (changed.counts.modified, changed.counts.removed, changed.counts.added) == (1, 1, 0)
    page = repository.diffs.page("main", DiffQuery("people", content.base, content.tip), 10)
    assert [(row.old, row.new) for row in page.rows] == [((1, "Ann"), (1, "Eve")), ((2, "Bob"), None)]
    assert people.state() == before
    assert people.branches() == branches
    assert repository.stashes.contents("main", stash).tip == content.tip  # nothing piles up
    assert repository.stashes.contents(stash.hash, stash).tip == content.tip  # standing at a commit


def test_contents_of_a_stash_whose_branch_went_on(people: Raw, repository: Repository) -> None:
    people.run("UPDATE people SET name = 'Eve' WHERE id = 1")
    stash = repository.stashes.push("main", "mine", TRACKED)
    people.run("UPDATE people SET name = 'Ada' WHERE id = 1")
    people.commit()
    (change,) = repository.stashes.contents("main", stash, counts=True).changes
    assert change.counts == RowCounts(modified=1, cells_modified=1, old_rows=3, new_rows=3)


def test_what_a_killed_program_left_behind_is_cleared_away(people: Raw, repository: Repository) -> None:
    people.run("DELETE FROM people")
    stash = repository.stashes.push("main", "mine", TRACKED)
    old, fresh = f"{PREFIX}{int(time.time()) - 7200}_abc", f"{PREFIX}{int(time.time())}_abc"
    ours = f"{PREFIX}{int(time.time())}_{_place()}_{os.getpid()}_abc"  # as after the server was lost
    for name in (old, fresh, ours):
        people.call("dolt_branch", name)
    assert [branch.name for branch in repository.refs.branches("main")] == ["main"]
    repository.stashes.contents("main", stash)
    assert left_over(people) == [fresh]


def test_a_reader_sees_the_list_and_not_the_contents(
    people: Raw, repository: Repository, opened: Open, reader: tuple[str, str]
) -> None:
    people.run("DELETE FROM people")
    stash = repository.stashes.push("main", "mine", TRACKED)
    looking = opened(people, user=reader[0], password=reader[1])
    assert looking.stashes.stashes("main") == (stash,)
    with pytest.raises(PermissionDenied):
        looking.stashes.contents("main", stash)
    with pytest.raises(PermissionDenied):
        looking.stashes.pop("main", stash)


def test_cancelling_the_reading_of_a_stash_leaves_nothing(people: Raw, repository: Repository) -> None:
    people.run("DELETE FROM people")
    stash = repository.stashes.push("main", "mine", TRACKED)
    cancellation = Cancellation()
    run = repository.stashes._run

    def cancelled(branch: str, stash: Stash, verb: str) -> None:
        run(branch, stash, verb)
        cancellation.cancel()

    repository.stashes._run = cancelled  # type: ignore[method-assign]
    with pytest.raises(Cancelled), cancellation:
        repository.stashes.contents("main", stash)
    assert left_over(people) == []


def test_not_while_a_merge_is_in_progress(people: Raw, repository: Repository) -> None:
    people.run("UPDATE people SET name = 'Eve' WHERE id = 1")
    stash = repository.stashes.push("main", "mine", TRACKED)
    people.call("dolt_branch", "b")
    people.run("INSERT INTO people VALUES (4, 'Dot')", at="b")
    people.commit(at="b")
    people.call("dolt_merge", "--no-ff", "--no-commit", "b")
    before = people.state()
    with pytest.raises(MergeInProgress):
        repository.stashes.push("main", "more", TRACKED)
    for use in (repository.stashes.apply, repository.stashes.pop):
        with pytest.raises(MergeInProgress):
            use("main", stash)
    assert people.state() == before
    assert [change.table for change in repository.stashes.contents("main", stash).changes] == ["people"]
    repository.stashes.drop("main", stash)
    assert people.state() == before


def test_branch_from_a_stash(people: Raw, repository: Repository) -> None:
    people.run("UPDATE people SET name = 'Eve' WHERE id = 1")
    stash = repository.stashes.push("main", "mine", TRACKED)
    people.run("UPDATE people SET name = 'Ada' WHERE id = 1")
    people.commit()
    repository.stashes.branch_from("main", stash, "rescued")
    assert people.head("rescued") == stash.hash
    assert people.rows("SELECT name FROM people WHERE id = 1", at="rescued") == [("Eve",)]
    assert people.status("rescued") == {("people", False, "modified")}
    assert len(listed(people)) == 1
    with pytest.raises(AlreadyExists):
        repository.stashes.branch_from("main", stash, "rescued")
    with pytest.raises(InvalidName):
        repository.stashes.branch_from("main", stash, "a b")


def test_read_only(people: Raw, repository: Repository, opened: Open) -> None:
    people.run("DELETE FROM people")
    stash = repository.stashes.push("main", "mine", TRACKED)
    looking = opened(people, read_only=True)
    assert looking.stashes.stashes("main") == (stash,)
    for use in (looking.stashes.apply, looking.stashes.pop, looking.stashes.drop, looking.stashes.contents):
        with pytest.raises(ReadOnly):
            use("main", stash)


def test_doltlite_has_none(lite: RawLite, opened: Open) -> None:
    repository = opened(lite)
    reason = repository.info.lacks("stash")
    assert reason is not None
    stash = Stash("x", "stash@{0}", "main", "0" * 40, "")
    for use in (
        lambda: repository.stashes.stashes("main"),
        lambda: repository.stashes.preview("main"),
        lambda: repository.stashes.push("main", "x", TRACKED),
        lambda: repository.stashes.pop("main", stash),
        lambda: repository.stashes.branch_from("main", stash, "b"),
        lambda: repository.stashes.contents("main", stash),
    ):
        with pytest.raises(EngineError, match="no stash"):
            use()
