"""The log: pages, single commits, comparing."""

from __future__ import annotations

import pytest

from dolt_tui.engine.errors import RefNotFound
from dolt_tui.engine.model import LogPage, RowCounts, Status
from dolt_tui.engine.repository import Repository

from .conftest import Raw


@pytest.fixture
def merged(people: Raw) -> Raw:
    """Two branches that were merged into each other several times."""
    people.call("dolt_branch", "b")
    number = 10
    for step in range(6):
        for branch in ("main", "b", "b"):
            number += 1
            people.run(f"INSERT INTO people VALUES ({number}, 'x')", at=branch)
            people.commit(f"row {number}", at=branch)
        if step % 2:
            people.call("dolt_merge", "--no-ff", "-m", f"merge {step}", "b")
        elif step:
            people.call("dolt_merge", "--no-ff", "-m", f"merge {step}", "main", at="b")
    return people


def pages(repository: Repository, start: str, size: int) -> list[LogPage]:
    found = [repository.history.page("main", [start], size)]
    while found[-1].frontier:
        found.append(repository.history.page("main", found[-1].frontier, size))
        assert len(found) < 100
    return found


def test_pages_equal_one_long_query(merged: Raw, repository: Repository) -> None:
    head = merged.head()
    whole = [row[0] for row in merged.rows("SELECT commit_hash FROM dolt_log(?)", head)]
    for size in range(1, 8):
        found = pages(repository, head, size)
        assert [commit.hash for page in found for commit in page.commits] == whole
        assert all(len(page.commits) == size for page in found[:-1])
    assert len(whole) == repository.history.count("main") > 20


def test_a_commit_made_meanwhile_does_not_shift_the_pages(merged: Raw, repository: Repository) -> None:
    whole = [commit.hash for page in pages(repository, merged.head(), 100) for commit in page.commits]
    first = repository.history.page("main", [merged.head()], 3)
    merged.run("DELETE FROM people")
    merged.commit("new")
    second = repository.history.page("main", first.frontier, 3)
    assert [commit.hash for commit in (*first.commits, *second.commits)] == whole[:6]


@pytest.mark.both_versions
def test_parents(merged: Raw, repository: Repository) -> None:
    edges: dict[str, list[str]] = {}
    for child, parent in merged.rows(
        "SELECT commit_hash, parent_hash FROM dolt_commit_ancestors ORDER BY parent_index"
    ):
        edges.setdefault(child, []).extend([parent] if parent else [])
    commits = repository.history.page("main", [merged.head()], 100).commits
    assert {commit.hash: list(commit.parents) for commit in commits} == {
        commit.hash: edges[commit.hash] for commit in commits
    }
    assert {len(commit.parents) for commit in commits} == {0, 1, 2}
    assert commits[-1].parents == ()


@pytest.mark.both_versions
def test_values_of_a_commit(people: Raw, repository: Repository) -> None:
    author, email, date, message = people.rows(f"SELECT {people.author}, date, message FROM dolt_log LIMIT 1")[0]
    for ref in (people.head(), "main", "HEAD", people.head()):
        commit = repository.history.commit("main", ref)
        assert (commit.hash, commit.author, commit.email) == (people.head(), author, email)
        assert commit.message == message
        assert str(commit.date.replace(tzinfo=None))[:19] == str(date)[:19]
        assert commit.date.tzname() == "UTC"


def test_starts(people: Raw, repository: Repository) -> None:
    assert repository.history.page("main", (), 5) == LogPage((), ())
    assert repository.history.page("main", ["main"], 5).commits[0].hash == people.head()
    with pytest.raises(RefNotFound):
        repository.history.page("main", ["nope"], 5)


@pytest.mark.both_versions
def test_detail(people: Raw, repository: Repository) -> None:
    people.run("INSERT INTO people VALUES (4, 'Dot')", "CREATE TABLE t (id INTEGER PRIMARY KEY)")
    hash_ = people.commit("two tables")
    detail = repository.history.detail("main", hash_, counts=True)
    assert detail.commit.hash == hash_
    found = {change.table: change for change in detail.changes}
    assert (found["people"].status, found["t"].status) == (Status.MODIFIED, Status.NEW)
    assert (found["people"].schema_changed, found["t"].schema_changed) == (False, True)
    assert found["people"].counts == RowCounts(1, 0, 0, 0, 3, 4)
    assert {c.counts for c in repository.history.detail("main", hash_).changes} == {None}
    root = repository.history.page("main", [hash_], 10).commits[-1]
    assert repository.history.detail("main", root.hash).changes == ()
    with pytest.raises(RefNotFound):
        repository.history.detail("main", "nope")


@pytest.mark.both_versions
def test_compare(people: Raw, repository: Repository) -> None:
    base = people.head()
    people.call("dolt_branch", "b")
    people.run("CREATE TABLE ours (id INTEGER PRIMARY KEY)")
    people.commit("ours")
    hashes = []
    for number in (4, 5):
        people.run(f"INSERT INTO people VALUES ({number}, 'x')", at="b")
        hashes.append(people.commit(str(number), at="b"))
    found = repository.history.compare("main", "main", "b", counts=True)
    assert (found.merge_base, found.ours, found.theirs) == (base, 1, 2)
    assert [commit.hash for commit in found.commits] == hashes[::-1]
    assert [(change.table, change.counts) for change in found.changes] == [("people", RowCounts(2, 0, 0, 0, 3, 5))]
    back = repository.history.compare("main", "b", "main", size=1)
    assert (back.ours, back.theirs, [change.table for change in back.changes]) == (2, 1, ["ours"])
    same = repository.history.compare("main", "main", "main")
    assert (same.ours, same.theirs, same.commits, same.changes) == (0, 0, (), ())
    with pytest.raises(RefNotFound):
        repository.history.compare("main", "main", "nope")
