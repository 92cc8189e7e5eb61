"""Reverting, copying, rewording and squashing commits: all or nothing, and what would happen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dolt_tui.engine.core.cancellation import Cancellation
from dolt_tui.engine.errors import (
    Cancelled,
    ChangedMeanwhile,
    Conflicts,
    EngineError,
    InvalidCommit,
    LocalChanges,
    MergeCommit,
    NoParent,
    NothingChanged,
    RefNotFound,
)
from dolt_tui.engine.model import RowCounts
from dolt_tui.engine.repository import Repository

from .conftest import Raw

HOSTILE = "--abort 'x'; DROP \"y\" %s ?\n\nsecond \\ line\n\u202ethird"


@pytest.fixture
def story(people: Raw) -> Raw:
    """Commits on main after people: 'Dot', 'Eve' (new rows), 'Dora' (changes the row of Dot), 'other' (a new table)."""
    people.run("INSERT INTO people VALUES (4, 'Dot')")
    people.commit("Dot")
    people.run("INSERT INTO people VALUES (5, 'Eve')")
    people.commit("Eve")
    people.run("UPDATE people SET name = 'Dora' WHERE id = 4")
    people.commit("Dora")
    people.run("CREATE TABLE other (id INTEGER PRIMARY KEY)")
    people.commit("other")
    return people


def messages(raw: Raw, at: str = "main") -> list[str]:
    return [row[0] for row in raw.rows("SELECT message FROM dolt_log", at=at)]


def hashes(raw: Raw, at: str = "main") -> dict[str, str]:
    return {message: hash_ for hash_, message in raw.rows("SELECT commit_hash, message FROM dolt_log", at=at)}


def names(raw: Raw, at: str = "main") -> dict[int, str]:
    return dict(raw.rows("SELECT id, name FROM people ORDER BY id", at=at))


def left_over(raw: Raw) -> list[str]:
    return [name for name in raw.branches() if "scratch" in name or name.startswith("dolt_rebase_")]


def dirty(raw: Raw, at: str = "main") -> tuple[object, ...]:
    """Staged and unstaged changes of one table, and a new one; the hashes of both sets, and the status."""
    raw.run("INSERT INTO people VALUES (60, 'staged')", at=at)
    raw.call("dolt_add", "people", at=at)
    raw.run("INSERT INTO people VALUES (61, 'unstaged')", "CREATE TABLE fresh (id INTEGER PRIMARY KEY)", at=at)
    return sets(raw, at)


def sets(raw: Raw, at: str = "main") -> tuple[object, ...]:
    working, staged, _, _, status = raw.state(at)
    return working, staged, status


# reverting


@pytest.mark.both_versions
def test_revert_one(story: Raw, repository: Repository) -> None:
    head = story.head()
    done = repository.rewriting.revert("main", [hashes(story)["Eve"]])
    assert (done.hash, done.commits, done.left_out) == (story.head(), 1, ())
    assert messages(story)[:2] == ['Revert "Eve"', "other"]
    assert 5 not in names(story)
    assert repository.history.commit("main", done.hash).parents == (head,)
    assert story.status() == set()


def test_revert_a_range(story: Raw, repository: Repository) -> None:
    found = hashes(story)
    preview = repository.rewriting.preview_revert("main", [found["Dora"], found["Eve"], found["Dot"]], counts=True)
    assert [commit.summary for commit in preview.commits] == ["Dora", "Eve", "Dot"]
    assert [(change.table, change.counts) for change in preview.changes] == [("people", RowCounts(0, 0, 2, 0, 5, 3))]
    done = repository.rewriting.revert("main", [found["Dora"], found["Eve"], found["Dot"]])
    assert done.commits == 3
    assert [message.split('"')[1] for message in messages(story)[:3]] == ["Dot", "Eve", "Dora"]
    assert names(story) == {1: "Ann", 2: "Bob", 3: "Cid"}
    assert left_over(story) == []


def test_revert_is_foreseen(story: Raw, repository: Repository) -> None:
    before = story.state()
    preview = repository.rewriting.preview_revert("main", [hashes(story)["Eve"]], counts=True, conflicts=True)
    assert [(change.table, change.counts) for change in preview.changes] == [("people", RowCounts(0, 0, 1, 0, 5, 4))]
    assert (preview.in_the_way, preview.conflicts, preview.conflicts_known, preview.blocked_by) == ((), (), True, "")
    preview = repository.rewriting.preview_revert("main", [hashes(story)["Dot"]], counts=True, conflicts=True)
    assert [(item.table, item.rows) for item in preview.conflicts] == [("people", 1)]
    assert story.state() == before


def test_a_revert_that_conflicts_changes_nothing(story: Raw, repository: Repository) -> None:
    before = story.state()
    with pytest.raises(Conflicts, match=r"Reverting \w+ \(Dot\) conflicts in 1 row: people \(1\)") as caught:
        repository.rewriting.revert("main", [hashes(story)["Dot"]])
    assert caught.value.tables == (("people", 1),)
    assert story.state() == before
    story.run("INSERT INTO people VALUES (77, 'x')")  # no lock and no transaction is left


def test_a_range_that_conflicts_in_its_second_commit_changes_nothing(story: Raw, repository: Repository) -> None:
    before, branches = story.state(), story.branches()
    with pytest.raises(Conflicts, match=r"\(Dot\) conflicts in 1 row"):
        repository.rewriting.revert("main", [hashes(story)["Eve"], hashes(story)["Dot"]])
    assert (story.state(), story.branches()) == (before, branches)
    story.run("INSERT INTO people VALUES (77, 'x')")


@pytest.mark.both_versions
def test_local_changes_and_a_revert(story: Raw, repository: Repository) -> None:
    story.run("CREATE TABLE mine (id INTEGER PRIMARY KEY)")
    eve = hashes(story)["Eve"]
    assert repository.rewriting.preview_revert("main", [eve]).in_the_way == ()
    repository.rewriting.revert("main", [eve])
    repository.rewriting.revert("main", [story.head(), hashes(story)["Dora"]])
    assert names(story)[4] == "Dot"
    assert story.status() == {("mine", False, "new table")}
    story.run("DELETE FROM people WHERE id = 1")
    before = story.state()
    for commits in ([story.head()], [story.head(), hashes(story)["Eve"]]):
        assert repository.rewriting.preview_revert("main", commits).in_the_way == ("people",)
        with pytest.raises(LocalChanges, match="in people are in the way"):
            repository.rewriting.revert("main", commits)
    assert story.state() == before
    story.call("dolt_reset", "--hard")
    story.call("dolt_add", "mine")
    before = story.state()
    assert repository.rewriting.preview_revert("main", [eve]).in_the_way == ("mine",)
    with pytest.raises(LocalChanges, match="mine"):
        repository.rewriting.revert("main", [eve])
    assert story.state() == before


def test_a_revert_that_would_change_nothing(story: Raw, repository: Repository) -> None:
    story.call("dolt_commit", "--allow-empty", "-m", "empty")
    before = story.state()
    with pytest.raises(NothingChanged, match="would change nothing"):
        repository.rewriting.revert("main", [story.head()])
    assert story.state() == before
    done = repository.rewriting.revert("main", [story.head(), hashes(story)["Eve"]])
    assert (done.commits, done.left_out) == (1, (before[2],))


def test_the_first_commit_is_not_reverted(story: Raw, repository: Repository) -> None:
    first = hashes(story)["Initialize data repository"]
    before = story.state()
    assert "first commit" in repository.rewriting.preview_revert("main", [first]).blocked_by
    with pytest.raises(NoParent):
        repository.rewriting.revert("main", [first])
    for name in ("nope", "--abort", ""):
        with pytest.raises(RefNotFound):
            repository.rewriting.revert("main", [name])
    assert story.state() == before


def test_a_merge_commit_is_reverted(story: Raw, repository: Repository) -> None:
    story.call("dolt_branch", "b", "main")
    story.run("INSERT INTO people VALUES (9, 'theirs')", at="b")
    story.commit("theirs", at="b")
    story.call("dolt_merge", "--no-ff", "-m", "merged", "b")
    repository.rewriting.revert("main", [story.head()])
    assert 9 not in names(story)


# copying


@pytest.fixture
def side(story: Raw) -> Raw:
    """As `story`, and branch b begins at 'people' and has a commit 'own' (Bob is called Rob)."""
    story.call("dolt_branch", "b", hashes(story)["people"])
    story.run("UPDATE people SET name = 'Rob' WHERE id = 2", at="b")
    story.commit("own", at="b")
    return story


def test_pick_one(side: Raw, repository: Repository) -> None:
    preview = repository.rewriting.preview_pick("b", [hashes(side)["Eve"]], counts=True, conflicts=True)
    assert [(change.table, change.counts and change.counts.added) for change in preview.changes] == [("people", 1)]
    assert (preview.conflicts, preview.conflicts_known) == ((), True)
    done = repository.rewriting.pick("b", [hashes(side)["Eve"]])
    assert (done.hash, done.commits) == (side.head("b"), 1)
    assert messages(side, "b")[:2] == ["Eve", "own"]
    assert names(side, "b") == {1: "Ann", 2: "Rob", 3: "Cid", 5: "Eve"}


@pytest.mark.both_versions
def test_pick_a_range_in_order(side: Raw, repository: Repository) -> None:
    found = hashes(side)
    main = side.state()
    done = repository.rewriting.pick("b", [found["Dot"], found["Dora"], found["other"]])
    assert done.commits == 3
    assert messages(side, "b")[:4] == ["other", "Dora", "Dot", "own"]
    assert names(side, "b")[4] == "Dora"
    assert side.status("b") == set()
    assert side.state() == main
    assert left_over(side) == []


def test_a_pick_that_conflicts_changes_nothing(side: Raw, repository: Repository) -> None:
    found = hashes(side)
    before, branches = side.state("b"), side.branches()
    preview = repository.rewriting.preview_pick("b", [found["Dora"]], conflicts=True)
    assert preview.conflicts == () or preview.conflicts[0].table == "people"
    for commits in ([found["Dora"]], [found["Eve"], found["Dora"]]):
        with pytest.raises(Conflicts, match=r"Copying \w+ \(Dora\) conflicts in 1 row: people"):
            repository.rewriting.pick("b", commits)
        assert (side.state("b"), side.branches()) == (before, branches)
    side.run("INSERT INTO people VALUES (77, 'x')", at="b")


def test_the_same_row_is_foreseen_by_cells(side: Raw, repository: Repository) -> None:
    side.run("UPDATE people SET name = 'Bert' WHERE id = 2")
    side.commit("Bert")
    side.run("UPDATE people SET name = 'Rob' WHERE id = 2")
    side.commit("Rob")
    found = hashes(side)
    preview = repository.rewriting.preview_pick("b", [found["Bert"]], conflicts=True)
    assert [(item.table, item.rows) for item in preview.conflicts] == [("people", 1)]
    with pytest.raises(Conflicts):
        repository.rewriting.pick("b", [found["Bert"]])
    preview = repository.rewriting.preview_pick("b", [found["Bert"], found["Rob"]], conflicts=True)
    assert (preview.conflicts, preview.conflicts_known) == ((), True)  # both sides end in the same


def test_a_pick_needs_a_clean_branch(side: Raw, repository: Repository) -> None:
    side.run("CREATE TABLE mine (id INTEGER PRIMARY KEY)", at="b")
    before = side.state("b")
    for commits in ([hashes(side)["Eve"]], [hashes(side)["Dot"], hashes(side)["Eve"]]):
        assert repository.rewriting.preview_pick("b", commits).in_the_way == ("mine",)
        with pytest.raises(LocalChanges, match="in mine are in the way"):
            repository.rewriting.pick("b", commits)
    assert side.state("b") == before


def test_picks_that_are_not_possible(side: Raw, repository: Repository) -> None:
    side.call("dolt_merge", "--no-ff", "-m", "merged", "b")
    found, before = hashes(side), side.state("b")
    assert "merge commit" in repository.rewriting.preview_pick("b", [found["merged"]]).blocked_by
    with pytest.raises(MergeCommit):
        repository.rewriting.pick("b", [found["merged"]])
    first = found["Initialize data repository"]
    assert "first commit" in repository.rewriting.preview_pick("b", [first]).blocked_by
    with pytest.raises(NoParent):
        repository.rewriting.pick("b", [first])
    with pytest.raises(NothingChanged):
        repository.rewriting.pick("b", [found["own"]])
    with pytest.raises(NothingChanged):
        repository.rewriting.pick("b", [found["own"], found["own"]])
    assert side.state("b") == before
    assert left_over(side) == []


# rewording


@pytest.mark.parametrize("which", ["other", "Eve"])
def test_reword_touches_nothing_else(story: Raw, repository: Repository, which: str) -> None:
    before = dirty(story)
    table = story.scalar("SELECT dolt_hashof_db('HEAD')")
    new = repository.rewriting.reword("main", hashes(story)[which], HOSTILE)
    assert new == story.head()
    expected = ["other", "Dora", "Eve", "Dot", "people", "Initialize data repository"]
    expected[expected.index(which)] = HOSTILE
    assert messages(story) == expected
    assert sets(story) == before
    assert story.scalar("SELECT dolt_hashof_db('HEAD')") == table
    assert left_over(story) == []


@pytest.mark.both_versions
def test_reword_keeps_the_author(story: Raw, repository: Repository) -> None:
    for number, message in ((7, "by Ada"), (8, "last by Ada")):
        story.run(f"INSERT INTO people VALUES ({number}, 'x')")
        story.call("dolt_commit", "-a", "-m", message, "--author", "Ada <ada@example.com>")
    column = story.author.partition(",")[0]
    repository.rewriting.reword("main", "HEAD", "two")
    assert story.rows(f"SELECT message, {column} FROM dolt_log LIMIT 1") == [("two", "Ada")]
    repository.rewriting.reword("main", hashes(story)["by Ada"], "one")
    who = "Ada" if story.dolt else "doltlite"  # which has one name only: whoever rebases
    assert story.rows(f"SELECT message, {column} FROM dolt_log LIMIT 2") == [("two", who), ("one", who)]


def test_fixup_touches_nothing_else(story: Raw, repository: Repository) -> None:
    before, table = dirty(story), story.scalar("SELECT dolt_hashof_db('HEAD')")
    for commit, rest in (
        ("Dora", ["other", "Eve", "Dot", "people", "Initialize data repository"]),
        ("other", ["Eve", "Dot", "people", "Initialize data repository"]),
    ):
        assert repository.rewriting.fixup("main", hashes(story)[commit]) == story.head()
        assert messages(story) == rest
        assert sets(story) == before
        assert story.scalar("SELECT dolt_hashof_db('HEAD')") == table
    repository.rewriting.fixup("main", hashes(story)["Eve"], both=True)
    assert messages(story) == ["Dot\n\nEve", "people", "Initialize data repository"]
    assert sets(story) == before
    for commit in ("people", "Initialize data repository"):
        with pytest.raises(NoParent):
            repository.rewriting.fixup("main", hashes(story)[commit])
    assert left_over(story) == []


def test_rewordings_that_are_refused(story: Raw, repository: Repository) -> None:
    before = story.state()
    found = hashes(story)
    for message in ("", "  \n \n"):
        with pytest.raises(InvalidCommit):
            repository.rewriting.reword("main", found["Eve"], message)
    with pytest.raises(NoParent):
        repository.rewriting.reword("main", found["Initialize data repository"], "x")
    with pytest.raises(RefNotFound):
        repository.rewriting.reword("main", "nope", "x")
    assert story.state() == before
    assert left_over(story) == []


def test_rewording_never_flattens_a_merge(side: Raw, repository: Repository) -> None:
    side.call("dolt_merge", "--no-ff", "-m", "merged", "b")
    before = side.state()
    with pytest.raises(MergeCommit, match="merged"):
        repository.rewriting.reword("main", hashes(side)["Eve"], "x")
    assert side.state() == before
    repository.rewriting.reword("main", "HEAD", "merged, reworded")  # the merge itself, while it is the last commit
    assert messages(side)[0] == "merged, reworded"
    assert len(repository.history.commit("main", "HEAD").parents) == 2


def test_somebody_commits_meanwhile(story: Raw, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = repository.rewriting._replace

    def late(*arguments: str) -> str:
        story.call("dolt_commit", "--allow-empty", "-m", "somebody")
        return replace(*arguments)

    monkeypatch.setattr(repository.rewriting, "_replace", late)
    with pytest.raises(ChangedMeanwhile, match="Another session"):
        repository.rewriting.reword("main", "HEAD", "x")
    assert messages(story)[:2] == ["somebody", "other"]
    assert left_over(story) == []


# squashing


def test_squash_touches_nothing_else(story: Raw, repository: Repository) -> None:
    before = dirty(story)
    table = story.scalar("SELECT dolt_hashof_db('HEAD')")
    found = repository.rewriting.squashed("main", hashes(story)["Eve"])
    assert [commit.summary for commit in found] == ["other", "Dora", "Eve"]
    repository.rewriting.squash("main", hashes(story)["Eve"], HOSTILE)
    assert messages(story) == [HOSTILE, "Dot", "people", "Initialize data repository"]
    assert sets(story) == before
    assert story.scalar("SELECT dolt_hashof_db('HEAD')") == table
    assert left_over(story) == []


def test_squash_over_a_merge(side: Raw, repository: Repository) -> None:
    side.call("dolt_merge", "--no-ff", "-m", "merged", "b")
    with pytest.raises(MergeCommit, match="by a merge"):
        repository.rewriting.squash("main", hashes(side)["own"], "x")
    repository.rewriting.squash("main", hashes(side)["Dora"], "x")
    assert messages(side) == ["x", "Eve", "Dot", "people", "Initialize data repository"]
    assert names(side)[2] == "Rob"


def test_squashes_that_are_refused(story: Raw, repository: Repository) -> None:
    before = story.state()
    with pytest.raises(NoParent):
        repository.rewriting.squash("main", hashes(story)["Initialize data repository"], "x")
    with pytest.raises(InvalidCommit):
        repository.rewriting.squash("main", "HEAD", " ")
    assert story.state() == before


def test_cancelled_in_the_middle(story: Raw, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    before, branches = story.state(), story.branches()
    apply = repository._connections.dialect.apply
    cancellation = Cancellation()

    def then_cancel(*arguments: Any) -> str:
        made = apply(*arguments)
        cancellation.cancelled = True
        return made

    monkeypatch.setattr(repository._connections.dialect, "apply", then_cancel)
    with pytest.raises(Cancelled), cancellation:
        repository.rewriting.revert("main", [hashes(story)["Dora"], hashes(story)["Eve"]])
    assert (story.state(), story.branches()) == (before, branches)


# read-only, and what a crash leaves behind


def test_opened_read_only(story: Raw, opened: Callable[..., Repository]) -> None:
    repository = opened(story, read_only=True)
    before = story.state()
    found = hashes(story)
    assert repository.rewriting.preview_revert("main", [found["Dot"]], counts=True, conflicts=True).conflicts
    for work in (
        lambda: repository.rewriting.revert("main", [found["Eve"], found["Dot"]]),
        lambda: repository.rewriting.reword("main", "HEAD", "x"),
        lambda: repository.rewriting.squash("main", found["Eve"], "x"),
    ):
        with pytest.raises(EngineError, match="read-only"):
            work()
    assert story.state() == before


def test_what_a_crash_left_behind_is_hidden_and_swept(story: Raw, repository: Repository) -> None:
    story.call("dolt_branch", "dolt_tui_scratch/1000000_abc")
    story.call("dolt_branch", "dolt_tui_scratch/99999999999_abc")
    assert [branch.name for branch in repository.refs.branches("main")] == ["main"]
    branches, tags = repository.refs.branches("main"), repository.tags.tags("main")
    assert repository.refs.fingerprint("main", refs=True).refs == repository.refs.digest(branches, tags)
    repository.rewriting.squash("main", hashes(story)["Eve"], "x")
    assert left_over(story) == ["dolt_tui_scratch/99999999999_abc"]  # somebody may be at work there
