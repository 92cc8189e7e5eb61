"""Comparing revisions of every sort: branches, tags, hashes; with a common base, and without."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from dolt_tui.engine.backends.embedded import driver
from dolt_tui.engine.browsing.query import DiffQuery
from dolt_tui.engine.model import WORKING, ChangeKind, RowCounts
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt, RawLite


@pytest.fixture
def forked(people: Raw) -> Raw:
    """main removed Ann, b renamed Bob and added Dot; tags base, v-main and v.b at their ends."""
    people.call("dolt_tag", "base")
    people.call("dolt_branch", "b")
    people.run("DELETE FROM people WHERE id = 1")
    people.commit("less")
    people.call("dolt_tag", "v-main")
    people.run("UPDATE people SET name = 'Rob' WHERE id = 2", at="b")
    people.commit("other name", at="b")
    people.run("INSERT INTO people VALUES (4, 'Dot')", at="b")
    people.commit("more", at="b")
    people.call("dolt_tag", "v.b", "b")
    people.run("DELETE FROM people", at="b")  # not committed: no part of a comparison
    return people


@pytest.mark.parametrize("one", ["main", "v-main", "hash"])
@pytest.mark.parametrize("two", ["b", "v.b", "hash"])
def test_revisions_of_every_sort(forked: Raw, repository: Repository, one: str, two: str) -> None:
    base = forked.scalar("SELECT tag_hash FROM dolt_tags WHERE tag_name = 'base'")
    one = forked.head() if one == "hash" else one
    two = forked.head("b") if two == "hash" else two
    found = repository.history.compare("main", one, two, counts=True)
    assert (found.merge_base, found.ours, found.theirs) == (base, 1, 2)
    assert [commit.message for commit in found.commits] == ["more", "other name"]
    assert [(change.table, change.counts) for change in found.changes] == [("people", RowCounts(1, 1, 0, 1, 3, 4))]
    rows = repository.diffs.page("main", DiffQuery("people", found.merge_base, forked.head("b")), 5).rows
    assert [(row.kind, row.new) for row in rows] == [
        (ChangeKind.MODIFIED, (2, "Rob")),
        (ChangeKind.ADDED, (4, "Dot")),
    ]
    assert repository.diffs.count("main", DiffQuery("people", found.merge_base, forked.head("b")), 9) == 2
    back = repository.history.compare("main", two, one, size=1)
    assert (back.merge_base, back.ours, back.theirs, len(back.commits)) == (base, 2, 1, 1)
    above = repository.history.compare("main", "base", two)
    assert (above.merge_base, above.ours, above.theirs) == (base, 0, 2)


def stranger(raw: Raw, tmp_path: Path) -> None:
    """Fetch a branch x of another database, which has two commits and nothing in common."""
    remote = f"file://{tmp_path / 'remote'}"
    if isinstance(raw, RawDolt):
        other = f"{raw.database}_other"
        raw.run(f"CREATE DATABASE {other}")
        with closing(raw.connect(other)) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE other (id INTEGER PRIMARY KEY)")
            cursor.execute("CALL dolt_commit('-A', '-m', 'other')")
            cursor.execute("CALL dolt_remote('add', 'o', %s)", (remote,))
            cursor.execute("CALL dolt_push('o', 'main')")
        raw.run(f"DROP DATABASE {other}")
    else:
        path = tmp_path / "other.db"
        driver.connect(path, create=True).close()
        other_file = RawLite(path)
        other_file.call("dolt_commit", "--amend", "-m", "root")  # else the same one when made in the same second
        other_file.run("CREATE TABLE other (id INTEGER PRIMARY KEY)")
        other_file.commit("other")
        other_file.call("dolt_remote", "add", "o", remote)
        other_file.call("dolt_push", "o", "main")
    raw.call("dolt_remote", "add", "o", remote)
    raw.call("dolt_fetch", "o")
    raw.call("dolt_branch", "x", "o/main")


def test_without_a_common_base(people: Raw, opened: Open, tmp_path: Path) -> None:
    stranger(people, tmp_path)
    found = opened(people).history.compare("main", "main", "x", counts=True)
    assert (found.merge_base, found.ours, found.theirs, found.changes) == ("", 2, 2, ())
    assert found.commits[0].message == "other"


def test_all_that_differs(forked: Raw, repository: Repository) -> None:
    head, other = forked.head(), forked.head("b")
    found = repository.history.compare("main", head, other, counts=True, direct=True)
    assert (found.old, found.ours, found.theirs) == (head, 1, 2)
    # Ann was removed on main only: from there to b she comes back.
    assert [(change.table, change.counts) for change in found.changes] == [("people", RowCounts(2, 1, 0, 1, 2, 4))]
    back = repository.history.compare("main", other, head, counts=True, direct=True)
    assert [change.counts for change in back.changes] == [RowCounts(0, 1, 2, 1, 4, 2)]


def test_the_working_set_is_compared_too(forked: Raw, repository: Repository) -> None:
    base = forked.scalar("SELECT tag_hash FROM dolt_tags WHERE tag_name = 'base'")
    for direct in (False, True):
        found = repository.history.compare("b", base, WORKING, counts=True, direct=direct)
        assert (found.old, found.ours, found.theirs, found.other) == (base, 0, 2, WORKING)
        assert [commit.message for commit in found.commits] == ["more", "other name"]
        assert [change.counts for change in found.changes] == [RowCounts(0, 0, 3, 0, 3, 0)]
    here = repository.history.compare("b", forked.head("b"), WORKING, counts=True)
    assert (here.ours, here.theirs, [change.counts for change in here.changes]) == (0, 0, [RowCounts(0, 0, 4, 0, 4, 0)])


def test_the_log_of_what_another_one_lacks(forked: Raw, repository: Repository) -> None:
    forked.call("dolt_merge", "b", "--no-ff", "-m", "both", at="main")
    head, without = forked.head(), forked.scalar("SELECT tag_hash FROM dolt_tags WHERE tag_name = 'v-main'")
    found: list[str] = []
    frontier: tuple[str, ...] = (head,)
    while frontier:
        page = repository.history.page("main", frontier, 2, without=without)
        found += [commit.message for commit in page.commits]
        frontier = page.frontier if page.commits else ()
    assert found[0] == "both"
    assert sorted(found[1:]) == ["more", "other name"]
    assert repository.history.page("main", [without], 5, without=head).commits == ()
