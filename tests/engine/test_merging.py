"""Merging, and what it would do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dolt_tui.engine.errors import Conflicts, EngineError, LocalChanges, NotFastForward, RefNotFound
from dolt_tui.engine.model import MergeKind, RowCounts
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw

KINDS = list(MergeKind)


def parents(raw: Raw) -> list[str]:
    head = raw.head()  # Dolt cannot answer for one merge commit: "max1Row iterator returned more than one row"
    rows = raw.rows("SELECT commit_hash, parent_index, parent_hash FROM dolt_commit_ancestors")
    return [parent for child, _, parent in sorted(row for row in rows if row[0] == head)]


@pytest.fixture
def forward(people: Raw) -> Raw:
    """Branch b is one commit ahead of main."""
    people.call("dolt_branch", "b")
    people.run("INSERT INTO people VALUES (4, 'Dot')", at="b")
    people.commit("Dot", at="b")
    return people


@pytest.fixture
def diverged(forward: Raw) -> Raw:
    """As `forward`, and main has a new column and another row."""
    forward.run("ALTER TABLE people ADD COLUMN born DATE", "INSERT INTO people VALUES (5, 'Eve', '2000-01-02')")
    forward.commit("Eve")
    return forward


@pytest.mark.both_versions
def test_fast_forward(forward: Raw, repository: Repository) -> None:
    tip = forward.head("b")
    result = repository.merging.merge("main", "b", MergeKind.FAST_FORWARD)
    assert (result.hash, result.fast_forward) == (tip, True)
    assert forward.head() == tip


@pytest.mark.both_versions
def test_a_merge_commit_though_it_could_be_fast_forwarded(forward: Raw, repository: Repository) -> None:
    head, tip = forward.head(), forward.head("b")
    result = repository.merging.merge("main", "b", MergeKind.COMMIT, "a 'message'")
    assert (result.hash, result.fast_forward) == (forward.head(), False)
    assert parents(forward) == [head, tip]
    assert forward.scalar("SELECT message FROM dolt_log LIMIT 1") == "a 'message'"


@pytest.mark.both_versions
def test_a_schema_change_here_and_rows_there(diverged: Raw, repository: Repository) -> None:
    head, tip = diverged.head(), diverged.head("b")
    repository.merging.merge("main", "b", MergeKind.COMMIT)
    assert parents(diverged) == [head, tip]
    assert diverged.scalar("SELECT message FROM dolt_log LIMIT 1") == "Merge branch 'b' into main"
    rows = diverged.rows("SELECT id, name, born FROM people WHERE id > 3 ORDER BY id")
    assert [(id_, name, born and str(born)) for id_, name, born in rows] == [
        (4, "Dot", None),
        (5, "Eve", "2000-01-02"),
    ]


@pytest.mark.both_versions
@pytest.mark.parametrize("ahead", ["diverged", "forward"])
def test_squash_stages_and_does_not_commit(diverged: Raw, repository: Repository, ahead: str) -> None:
    if ahead == "forward":
        diverged.call("dolt_reset", "--hard", "HEAD~1")
    head = diverged.head()
    result = repository.merging.merge("main", "b", MergeKind.SQUASH)
    assert (result.hash, result.fast_forward) == (None, False)
    assert diverged.head() == head
    assert diverged.status() == {("people", True, "modified")}
    hash_ = repository.commits.commit("main", "squashed")
    assert repository.history.commit("main", hash_).parents == (head,)


def test_no_fast_forward_is_possible(diverged: Raw, repository: Repository) -> None:
    before = diverged.state()
    with pytest.raises(NotFastForward):
        repository.merging.merge("main", "b", MergeKind.FAST_FORWARD)
    assert diverged.state() == before


@pytest.mark.parametrize("kind", KINDS)
def test_up_to_date(forward: Raw, repository: Repository, kind: MergeKind) -> None:
    before = forward.state("b")
    result = repository.merging.merge("b", "main", kind)
    assert result.hash is None
    assert result.message
    assert forward.state("b") == before
    assert repository.merging.preview("b", "main").up_to_date


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_source(people: Raw, repository: Repository, kind: MergeKind) -> None:
    before = people.state()
    for source in ("nope", "--abort", ""):
        with pytest.raises(RefNotFound):
            repository.merging.merge("main", source, kind)
        with pytest.raises(RefNotFound):
            repository.merging.preview("main", source)
    assert people.state() == before


# conflicts


def data(raw: Raw) -> dict[str, int]:
    for branch, name in (("main", "Ours"), ("b", "Theirs")):
        raw.run(f"UPDATE people SET name = '{name}' WHERE id < 3", at=branch)
        raw.commit(name, at=branch)
    return {"people": 2}


def schema(raw: Raw) -> dict[str, int]:
    for branch, kind in (("main", "VARCHAR(9)"), ("b", "INTEGER")):
        raw.run(f"ALTER TABLE people ADD COLUMN extra {kind}", at=branch)
        raw.commit(kind, at=branch)
    return {"people": 1}


def violation(raw: Raw) -> dict[str, int]:
    raw.run("CREATE TABLE pets (id INTEGER PRIMARY KEY, owner INTEGER, FOREIGN KEY (owner) REFERENCES people (id))")
    raw.commit("pets")
    raw.call("dolt_branch", "-f", "b", "main")
    raw.run("DELETE FROM people WHERE id = 3")
    raw.commit("delete")
    raw.run("INSERT INTO pets VALUES (1, 3)", at="b")
    raw.commit("insert", at="b")
    return {"pets": 1}


@pytest.mark.parametrize("kind", [MergeKind.COMMIT, MergeKind.SQUASH])
@pytest.mark.parametrize("make", [data, schema, violation])
def test_conflicts_change_nothing(
    people: Raw, repository: Repository, make: Callable[[Raw], dict[str, int]], kind: MergeKind
) -> None:
    people.call("dolt_branch", "b")
    expected = make(people)
    before, theirs = people.state(), people.state("b")
    with pytest.raises(Conflicts) as caught:
        repository.merging.merge("main", "b", kind)
    assert dict(caught.value.tables) | {item.table: item.rows for item in caught.value.violations} == expected
    assert "Nothing was changed" in caught.value.message
    assert (people.state(), people.state("b")) == (before, theirs)
    assert repository.refs.merge_state("main") is None
    people.run("INSERT INTO people (id) VALUES (77)")  # no lock and no transaction is left


@pytest.mark.both_versions
@pytest.mark.parametrize("make", [data, schema])
def test_conflicts_are_foreseen(people: Raw, repository: Repository, make: Callable[[Raw], dict[str, int]]) -> None:
    people.call("dolt_branch", "b")
    expected = make(people)
    before = people.state()
    preview = repository.merging.preview("main", "b", conflicts=True)
    assert preview.conflicts_known
    assert preview.blocked_by == ""
    assert {item.table: item.rows + item.schema for item in preview.conflicts} == expected
    assert [bool(item.schema) for item in preview.conflicts] == [make is schema]
    assert people.state() == before
    people.run("INSERT INTO people (id) VALUES (77)")


def test_a_table_deleted_here_and_changed_there(forward: Raw, repository: Repository) -> None:
    forward.run("DROP TABLE people")
    forward.commit("drop")
    before = forward.state()
    preview = repository.merging.preview("main", "b", conflicts=True)
    assert preview.blocked_by or preview.conflicts
    with pytest.raises(EngineError):
        repository.merging.merge("main", "b", MergeKind.COMMIT)
    assert forward.state() == before


# local changes


@pytest.mark.both_versions
@pytest.mark.parametrize("kind", KINDS)
def test_local_changes_in_the_way(forward: Raw, repository: Repository, kind: MergeKind) -> None:
    forward.run("UPDATE people SET name = 'Ada' WHERE id = 1", "CREATE TABLE other (id INTEGER PRIMARY KEY)")
    before = forward.state()
    preview = repository.merging.preview("main", "b")
    assert (preview.in_the_way, preview.dirty) == (("people",), ("other",))
    with pytest.raises(LocalChanges, match="in people are in the way"):
        repository.merging.merge("main", "b", kind)
    assert forward.state() == before


def test_local_changes_that_are_not_in_the_way(forward: Raw, repository: Repository) -> None:
    forward.run("CREATE TABLE other (id INTEGER PRIMARY KEY)")
    preview = repository.merging.preview("main", "b")
    assert (preview.in_the_way, preview.dirty) == ((), ("other",))
    repository.merging.merge("main", "b", MergeKind.COMMIT)
    assert forward.scalar("SELECT count(*) FROM people") == 4
    assert forward.status() == {("other", False, "new table")}


# previews


def test_preview_of_a_fast_forward(forward: Raw, repository: Repository) -> None:
    before = forward.state()
    preview = repository.merging.preview("main", "b", counts=True, conflicts=True)
    assert (preview.base, preview.ours, preview.theirs) == (forward.head(), 0, 1)
    assert preview.can_fast_forward
    assert not preview.up_to_date
    assert preview.conflicts_known
    assert [(change.table, change.counts) for change in preview.changes] == [("people", RowCounts(1, 0, 0, 0, 3, 4))]
    assert forward.state() == before


@pytest.mark.both_versions
def test_preview_of_a_merge(diverged: Raw, repository: Repository) -> None:
    before = diverged.state()
    preview = repository.merging.preview("main", "b")
    assert (preview.ours, preview.theirs, preview.conflicts_known) == (1, 1, False)
    assert not preview.can_fast_forward
    assert [(change.table, change.schema_changed) for change in preview.changes] == [("people", False)]
    preview = repository.merging.preview("main", "b", conflicts=True)
    assert (preview.conflicts, preview.conflicts_known, preview.blocked_by) == ((), True, "")
    assert diverged.state() == before
    diverged.run("INSERT INTO people (id) VALUES (77)")  # no lock and no transaction is left


def test_preview_by_a_reader(diverged: Raw, opened: Open) -> None:
    repository = opened(diverged, read_only=True)
    preview = repository.merging.preview("main", "b", counts=True, conflicts=True)
    assert (preview.ours, preview.theirs, preview.conflicts) == (1, 1, ())
    assert preview.conflicts_known == diverged.dolt
    assert bool(preview.blocked_by) != diverged.dolt


def test_what_is_staged_stays_staged(people: Raw, repository: Repository) -> None:
    people.run("CREATE TABLE other (id INTEGER PRIMARY KEY)")
    people.commit("another table")
    people.call("dolt_branch", "b")
    people.run("INSERT INTO people VALUES (4, 'Dot')", at="b")
    people.commit("Dot", at="b")
    people.run("INSERT INTO other VALUES (1)")
    people.call("dolt_add", "other")
    people.run("INSERT INTO other VALUES (2)")
    before = people.status()
    preview = repository.merging.preview("main", "b")
    assert (preview.in_the_way, preview.staged) == ((), True)

    def merge(on: str) -> object:
        return repository.merging.merge(on, "b", MergeKind.FAST_FORWARD, tip=preview.tip, expected=preview.seen)

    repository.undo.perform("main", "merge", lambda: repository.aside.around("main", merge))
    assert people.status() == before
    assert people.head() == people.head("b")
    people.call("dolt_reset", "--hard", "HEAD~1")
    people.run("INSERT INTO other VALUES (1)")
    people.call("dolt_add", "other")
    merge("main")
    assert people.status() == {("other", False, "modified")}  # by itself the engine unstages it
