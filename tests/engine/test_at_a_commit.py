"""Standing at a commit instead of a branch: everything can be read, nothing written."""

from __future__ import annotations

import pytest

from dolt_tui.engine.browsing.query import DiffQuery, Query
from dolt_tui.engine.errors import BranchNotFound, EngineError, ReadOnly
from dolt_tui.engine.model import WORKING, AheadBehind, Changes, LogFilter, ResetKind
from dolt_tui.engine.repository import Repository

from .conftest import Raw


@pytest.fixture
def old(people: Raw) -> str:
    """The hash of the commit before the last one: people without Dot, and no table later."""
    hash_ = people.head()
    people.run("INSERT INTO people VALUES (4, 'Dot')", "CREATE TABLE later (id INTEGER PRIMARY KEY)")
    people.commit("Dot")
    people.run("DELETE FROM people")
    return hash_


def test_what_is_read_is_that_of_the_commit(people: Raw, repository: Repository, old: str) -> None:
    token = repository.refs.fingerprint(old, refs=True)
    assert (token.branch, token.head) == (None, old)
    assert token.working == token.staged
    assert repository.refs.fingerprint(old, refs=True) == token
    assert repository.working.status(old) == Changes()
    assert repository.working.with_counts(old, Changes()) == Changes()
    assert repository.refs.merge_state(old) is None
    assert [branch.name for branch in repository.refs.branches(old)] == ["main"]
    assert repository.tags.tags(old) == ()
    assert repository.refs.ahead_behind(old, ["main"]) == {}
    page = repository.history.page(old, [old], 10)
    assert page.commits[0].hash == old
    assert repository.history.count(old) == len(page.commits) == 2
    assert [table.name for table in repository.tables.tables(old)] == ["people"]
    assert repository.tables.count(old, "people") == 3
    assert repository.tables.schema(old, "people").columns[0].name == "id"
    rows = repository.rows.page(old, Query("people"), 10)
    assert [row[1] for row in rows.rows] == ["Ann", "Bob", "Cid"]
    assert repository.rows.count(old, Query("people")) == 3
    assert repository.summaries.summary(old, frozenset({"people"})).tables == ()
    assert repository.history.detail(old, old, counts=True).changes[0].table == "people"
    assert repository.history.search(old, old, LogFilter(table="people"), 5)[0][0].hash == old


def test_histories_and_comparisons(people: Raw, repository: Repository, old: str) -> None:
    head = people.head()
    comparison = repository.history.compare(old, old, head, counts=True)
    assert (comparison.theirs, comparison.ours) == (1, 0)
    assert repository.diffs.page(old, DiffQuery("people", old, head), 10).rows[0].new == (4, "Dot")
    assert repository.refs.resolve(old, "main") == head
    versions = repository.history.row(old, "people", (1,), 10).versions
    assert [version.commit for version in versions if version.commit != WORKING] == [old]
    blamed, _, _ = repository.history.blame(old, "people", 10)
    assert {row.commit for row in blamed} == {old}


def test_nothing_is_written(people: Raw, repository: Repository, old: str) -> None:
    before = people.state()
    (change,) = (item for item in repository.working.status("main").unstaged if item.table == "people")
    for write in (
        lambda: repository.working.stage_all(old),
        lambda: repository.working.discard_all(old),
        lambda: repository.working.drop_table(old, "people"),
        lambda: repository.commits.commit(old, "x", allow_empty=True),
        lambda: repository.commits.reset(old, "main", ResetKind.HARD),
        lambda: repository.run(old, [("DELETE FROM people", ())]),
        lambda: repository.ignoring.ignore(old, "x"),
        lambda: repository.refs.create_branch(old, "new", old),
    ):
        with pytest.raises(ReadOnly):
            write()
    with pytest.raises(EngineError):
        repository.working.discard(old, change)
    assert people.state() == before
    assert set(people.branches()) == {"main"}


def test_a_commit_that_is_not_there(people: Raw, repository: Repository) -> None:
    with pytest.raises(BranchNotFound):
        repository.refs.fingerprint("0" * len(people.head()))
    assert repository.refs.ahead_behind("main", ["main"]) == {}
    people.call("dolt_branch", "b")
    assert repository.refs.ahead_behind("main", ["b"]) == {"b": AheadBehind(0, 0)}
