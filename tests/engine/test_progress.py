"""What is in progress, begun by another session: found, concluded, given up."""

from __future__ import annotations

from contextlib import closing

import pytest

from dolt_tui.engine.errors import Conflicts, NothingInProgress
from dolt_tui.engine.model.rewriting import Operation, OperationKind
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt
from .test_merging import parents
from .test_rewriting import hashes, messages, names


def fill(raw: Raw) -> None:
    """main: Bob is 'Ours' in 'ours'. b: Bob is 'Theirs' in 'theirs', after 'Dot', which adds a row."""
    raw.call("dolt_branch", "b")
    raw.run("INSERT INTO people VALUES (4, 'Dot')", at="b")
    raw.commit("Dot", at="b")
    raw.run("UPDATE people SET name = 'Theirs' WHERE id = 2", at="b")
    raw.commit("theirs", at="b")
    raw.run("UPDATE people SET name = 'Ours' WHERE id = 2")
    raw.commit("ours")


@pytest.fixture
def sides(people: Raw) -> Raw:
    """What `fill` makes."""
    fill(people)
    return people


@pytest.fixture
def dolt_sides(dolt: RawDolt) -> RawDolt:
    """The same on Dolt's server, which alone keeps conflicts."""
    dolt.run(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(40))",
        "INSERT INTO people VALUES (1, 'Ann'), (2, 'Bob'), (3, 'Cid')",
    )
    dolt.commit("people")
    fill(dolt)
    return dolt


def standing(raw: RawDolt, *call: str, resolve: str = "") -> None:
    """Run a procedure that conflicts, and let the conflicts stand; then resolve them."""
    with closing(raw.connect(f"{raw.database}/main")) as connection, connection.cursor() as cursor:
        cursor.execute("SET @@dolt_allow_commit_conflicts = 1")
        cursor.execute(f"CALL {call[0]}({', '.join(['%s'] * (len(call) - 1))})", call[1:])
        cursor.fetchall()
        if resolve:
            cursor.execute("CALL dolt_conflicts_resolve(%s, '.')", (resolve,))


def find(repository: Repository, branch: str = "main") -> Operation:
    found = repository.progress.find(branch)
    assert found is not None
    return found


def test_nothing(sides: Raw, repository: Repository) -> None:
    assert repository.progress.find("main") is None
    assert repository.progress.find("b") is None


@pytest.mark.both_versions
def test_a_merge_without_conflicts(sides: Raw, repository: Repository) -> None:
    sides.call("dolt_branch", "c", "b~1")
    head, tip = sides.head(), sides.head("c")
    sides.call("dolt_merge", "--no-ff", "--no-commit", "c")
    found = find(repository)
    assert (found.kind, found.source, found.staged, found.title) == (
        OperationKind.MERGE,
        "c",
        ("people",),
        "merging c",
    )
    assert repository.progress.find("b") is None
    assert repository.progress.go_on(found) == ""
    assert parents(sides) == [head, tip]
    assert messages(sides)[0] == "Merge branch 'c' into main"
    assert repository.progress.find("main") is None
    with pytest.raises(NothingInProgress):
        repository.progress.go_on(found)
    with pytest.raises(NothingInProgress):
        repository.progress.abort(found)


def test_a_merge_is_given_up(sides: Raw, repository: Repository) -> None:
    sides.call("dolt_branch", "c", "b~1")
    sides.run("CREATE TABLE mine (id INTEGER PRIMARY KEY)")
    before = sides.state()
    sides.call("dolt_merge", "--no-ff", "--no-commit", "c")
    repository.progress.abort(find(repository))
    assert sides.state() == before


@pytest.mark.both_versions
def test_a_merge_with_conflicts(dolt_sides: RawDolt, opened: Open) -> None:
    repository = opened(dolt_sides)
    dolt_sides.run("CREATE TABLE mine (id INTEGER PRIMARY KEY)")
    before = dolt_sides.state()
    standing(dolt_sides, "dolt_merge", "b")
    found = find(repository)
    assert (found.kind, found.source, found.conflicts) == (OperationKind.MERGE, "b", ("people",))
    with pytest.raises(Conflicts, match="people"):
        repository.progress.go_on(found)
    repository.progress.abort(found)
    assert dolt_sides.state() == before


@pytest.mark.parametrize("resolve", ["--ours", "--theirs"])
def test_a_merge_that_was_resolved(dolt_sides: RawDolt, opened: Open, resolve: str) -> None:
    repository = opened(dolt_sides)
    head, tip = dolt_sides.head(), dolt_sides.head("b")
    standing(dolt_sides, "dolt_merge", "b", resolve=resolve)
    repository.progress.go_on(find(repository))
    assert parents(dolt_sides) == [head, tip]
    assert names(dolt_sides) == {1: "Ann", 2: resolve[2:].capitalize(), 3: "Cid", 4: "Dot"}


@pytest.mark.both_versions
@pytest.mark.parametrize("resolved", [True, False])
def test_a_cherry_pick(dolt_sides: RawDolt, opened: Open, resolved: bool) -> None:
    repository = opened(dolt_sides)
    before = dolt_sides.state()
    standing(dolt_sides, "dolt_cherry_pick", dolt_sides.head("b"), resolve="--theirs" if resolved else "")
    found = find(repository)
    assert (found.kind, found.title) == (OperationKind.CHERRY_PICK, f"cherry-picking {dolt_sides.head('b')[:7]}")
    if resolved:
        repository.progress.go_on(found)
        assert messages(dolt_sides)[:2] == ["theirs", "ours"]
        assert parents(dolt_sides) == [before[2]]
        assert names(dolt_sides)[2] == "Theirs"
    else:
        with pytest.raises(Conflicts):
            repository.progress.go_on(found)
        repository.progress.abort(found)
        assert dolt_sides.state() == before


@pytest.mark.parametrize("resolved", [True, False])
def test_a_revert(dolt_sides: RawDolt, opened: Open, resolved: bool) -> None:
    repository = opened(dolt_sides)
    ours = dolt_sides.head()
    dolt_sides.run("UPDATE people SET name = 'Again' WHERE id = 2")
    dolt_sides.commit("again")
    dolt_sides.run("CREATE TABLE mine (id INTEGER PRIMARY KEY)")
    before = dolt_sides.state()
    standing(dolt_sides, "dolt_revert", ours, resolve="--theirs" if resolved else "")
    found = find(repository)
    assert (found.kind, found.title) == (OperationKind.REVERT, f"reverting {ours[:7]}")
    if resolved:
        repository.progress.go_on(found)
        assert messages(dolt_sides)[:2] == ['Revert "ours"', "again"]
        assert names(dolt_sides)[2] == "Bob"
    else:
        repository.progress.abort(found)  # never by dolt_revert: that drops the new table
        assert dolt_sides.state() == before


def test_it_goes_on_though_somebody_else_ended_it(dolt_sides: RawDolt, opened: Open) -> None:
    repository = opened(dolt_sides)
    standing(dolt_sides, "dolt_merge", "b", resolve="--ours")
    found = find(repository)
    dolt_sides.call("dolt_merge", "--abort")
    before = dolt_sides.state()
    for work in (repository.progress.go_on, repository.progress.abort):
        with pytest.raises(NothingInProgress):
            work(found)
    with pytest.raises(NothingInProgress):
        repository.progress.skip(found)
    assert dolt_sides.state() == before


@pytest.mark.both_versions
def test_a_rebase_of_another_session_that_conflicts(dolt_sides: RawDolt, opened: Open) -> None:
    repository = opened(dolt_sides)
    dolt_sides.call("dolt_branch", "f", "b")
    before = dolt_sides.state("f")
    with closing(dolt_sides.connect(f"{dolt_sides.database}/f")) as connection, connection.cursor() as cursor:
        cursor.execute("SET @@dolt_allow_commit_conflicts = 1")
        with pytest.raises(Exception, match="data conflict detected"):
            cursor.execute("CALL dolt_rebase('main')")
    found = find(repository, "f")
    assert (found.conflicts, found.done, found.title) == (("people",), 2, "rebasing f: 2 of 2")
    assert find(repository, "main").branch == "f"
    with pytest.raises(Conflicts, match="people"):
        repository.progress.go_on(found)
    assert dolt_sides.state("f") == before
    repository.progress.skip(found)
    assert messages(dolt_sides, "f")[:2] == ["Dot", "ours"]
    assert hashes(dolt_sides, "f").keys() == {"Dot", "ours", "people", "Initialize data repository"}
