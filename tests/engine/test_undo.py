"""Undo and redo of each kind of step: everything is compared by Dolt's own hashes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dolt_tui.engine.errors import CannotUndo
from dolt_tui.engine.model import MergeKind, ResetKind
from dolt_tui.engine.repository import Repository
from dolt_tui.engine.undo.steps import SNAPSHOT_MESSAGE, Reach, UndoSettings

from .conftest import Open, Raw

World = tuple[dict[str, str], dict[str, str], dict[str, tuple[object, ...]]]


def world(raw: Raw) -> World:
    """Branches, tags (but not ours) and each branch's state, by Dolt's own hashes."""
    branches, tags = raw.each("SELECT name, hash FROM dolt_branches", "SELECT tag_name, tag_hash FROM dolt_tags")
    return (
        dict(branches),
        {name: hash_ for name, hash_ in tags if name[0] != "_"},
        {name: raw.own_state(name) for name, _ in branches},
    )


def ours(raw: Raw) -> list[str]:
    """The tags that keep something for undo."""
    return sorted(row[0] for row in raw.rows("SELECT tag_name FROM dolt_tags") if row[0].startswith("_undo/"))


def no_marker(raw: Raw) -> bool:
    """Whether no branch stands on, or has in its history, a commit of a snapshot."""
    return not any(
        message.startswith(SNAPSHOT_MESSAGE)
        for branch in raw.branches()
        for (message,) in raw.rows("SELECT message FROM dolt_log", at=branch)
    )


def make_dirty(raw: Raw) -> None:
    """Uncommitted changes of every kind on main."""
    raw.run(
        "CREATE TABLE first (id INTEGER PRIMARY KEY, v INTEGER)",
        "CREATE TABLE second (id INTEGER PRIMARY KEY, v INTEGER)",
        "CREATE TABLE third (id INTEGER PRIMARY KEY, v INTEGER)",
        "INSERT INTO first VALUES (1, 1), (2, 2)",
        "INSERT INTO second VALUES (1, 1)",
        "INSERT INTO third VALUES (1, 1), (2, 2)",
    )
    raw.commit("three tables")
    raw.call("dolt_branch", "aside")
    raw.run("CREATE TABLE side (id INTEGER PRIMARY KEY)")
    raw.commit("a table by the side")
    raw.run("UPDATE people SET name = 'Staged' WHERE id = 1", "CREATE TABLE staged_new (id INTEGER PRIMARY KEY)")
    raw.call("dolt_add", "people")
    raw.call("dolt_add", "staged_new")
    raw.run(
        "UPDATE people SET name = 'Both' WHERE id = 1",
        "INSERT INTO people VALUES (9, 'Nina')",
        "DROP TABLE first",
        "ALTER TABLE second ADD COLUMN w INTEGER",
        "ALTER TABLE third RENAME TO renamed",
        "CREATE TABLE fresh (id INTEGER PRIMARY KEY)",
        "INSERT INTO fresh VALUES (1), (2)",
        "INSERT INTO staged_new VALUES (7)",
    )


def delete_other(repository: Repository) -> None:
    repository.refs.delete_branch("main", "other", force=True)


STEPS: dict[str, tuple[Callable[[Repository], object], Reach]] = {
    "stage": (lambda repo: repo.working.stage("main", ["fresh"]), Reach.STAGED),
    "stage all": (lambda repo: repo.working.stage_all("main"), Reach.STAGED),
    "unstage": (lambda repo: repo.working.unstage("main", ["staged_new"]), Reach.STAGED),
    "unstage all": (lambda repo: repo.working.unstage_all("main"), Reach.STAGED),
    "commit": (lambda repo: repo.commits.commit("main", "staged"), Reach.REFS),
    "amend": (lambda repo: repo.call("main", "dolt_commit", "--amend", "-m", "amended"), Reach.REFS),
    "soft reset": (lambda repo: repo.commits.reset("main", "HEAD~1", ResetKind.SOFT), Reach.REFS),
    "mixed reset": (lambda repo: repo.commits.reset("main", "HEAD~1", ResetKind.MIXED), Reach.STAGED),
    "hard reset": (lambda repo: repo.commits.reset("main", "HEAD~1", ResetKind.HARD), Reach.WORKING),
    "discard": (lambda repo: repo.working.discard("main", repo.working.status("main").unstaged[0]), Reach.WORKING),
    "discard everything": (lambda repo: repo.working.discard_all("main"), Reach.WORKING),
    "drop a table": (lambda repo: repo.working.drop_table("main", "fresh"), Reach.WORKING),
    "drop a committed table": (lambda repo: repo.working.drop_table("main", "people"), Reach.WORKING),
    "rows": (lambda repo: repo.run("main", [("UPDATE people SET name = ? WHERE id > ?", ("Zed", 0))]), Reach.WORKING),
    "new branch": (lambda repo: repo.refs.create_branch("main", "new", "HEAD~1"), Reach.REFS),
    "rename": (lambda repo: repo.call("main", "dolt_branch", "-m", "other", "renamed"), Reach.REFS),
    "delete": (delete_other, Reach.REFS),
    "tag": (lambda repo: repo.call("main", "dolt_tag", "-m", "why", "v2", "HEAD"), Reach.REFS),
    "delete a tag": (lambda repo: repo.call("main", "dolt_tag", "-d", "v1"), Reach.REFS),
    "merge": (lambda repo: repo.merging.merge("main", "aside", MergeKind.COMMIT), Reach.WORKING),
    "squash": (lambda repo: repo.merging.merge("main", "aside", MergeKind.SQUASH), Reach.WORKING),
    "revert": (lambda repo: repo.call("main", "dolt_revert", "HEAD"), Reach.WORKING),
    "reword": (lambda repo: repo.rewriting.reword("main", "HEAD~1", "other words"), Reach.REFS),
    "squash commits": (lambda repo: repo.rewriting.squash("main", "HEAD~1", "both"), Reach.REFS),
    "cherry-pick": (lambda repo: repo.rewriting.pick("main", [repo.refs.resolve("main", "aside")]), Reach.WORKING),
    "rebase": (lambda repo: repo.rebasing.rebase("main", "aside"), Reach.WORKING),
    "another branch": (lambda repo: repo.commits.reset("other", "HEAD~1", ResetKind.HARD), Reach.WORKING),
}


NEED_CLEAN = ("cherry-pick", "rebase")
"""What is refused beside uncommitted changes."""


@pytest.fixture
def busy(people: Raw) -> Raw:
    """Two branches besides main, a tag, and uncommitted changes of every kind on main and on other."""
    make_dirty(people)
    people.run("CREATE TABLE aside (id INTEGER PRIMARY KEY)", at="aside")
    people.commit("aside", at="aside")
    people.call("dolt_tag", "-m", "the first", "v1", "HEAD")
    people.call("dolt_branch", "other")
    people.run("INSERT INTO people VALUES (50, 'Other')", "CREATE TABLE there (id INTEGER PRIMARY KEY)", at="other")
    people.call("dolt_add", "there", at="other")
    people.run("INSERT INTO there VALUES (5)", at="other")
    return people


def cases() -> Iterator[Any]:
    """Each kind of step beside uncommitted changes of every kind; the same, where it says less than it could of what
    it changes; and where everything is committed. Those that would be the same as another are left out."""
    for name, (_, reach) in STEPS.items():
        yield pytest.param(name, True, True, id=f"{name}-dirty")
        if reach is not Reach.WORKING:
            yield pytest.param(name, True, False, id=f"{name}-unknown", marks=pytest.mark.long)
        if name not in NEED_CLEAN:
            marks = [] if reach is Reach.WORKING else [pytest.mark.long]
            yield pytest.param(name, False, True, id=f"{name}-clean", marks=marks)


@pytest.mark.parametrize(("name", "dirty", "hint"), cases())
def test_each_kind_of_step_is_undone_and_redone(
    busy: Raw, opened: Open, name: str, hint: bool, dirty: bool, tmp_path: Path
) -> None:
    if not dirty:
        busy.commit("everything")
        if name in ("stage", "stage all", "unstage", "unstage all", "commit", "discard", "discard everything"):
            busy.run("INSERT INTO fresh VALUES (77)")
            if name in ("unstage", "unstage all", "commit"):
                busy.run("INSERT INTO staged_new VALUES (77)")
                busy.call("dolt_add", "-A")
    elif name in NEED_CLEAN:
        busy.commit("everything")
    elif name == "revert":
        busy.call("dolt_reset")  # it is refused in the face of staged changes
    elif name in ("merge", "squash"):  # Dolt fails on a merge beside tables that are dropped and renamed
        busy.call("dolt_add", "-A")
        busy.call("dolt_reset", "--hard")
        busy.run("INSERT INTO people VALUES (77, 'Staged')", "CREATE TABLE newest (id INTEGER PRIMARY KEY)")
        busy.call("dolt_add", "people")
        busy.run("INSERT INTO people VALUES (78, 'Not')", "DELETE FROM first")
    work, reach = STEPS[name]
    branch = "other" if name == "another branch" else "main"
    settings = UndoSettings(tmp_path / "state")
    before = world(busy)
    with opened(busy, undo=settings) as repository:
        _, step = repository.undo.perform(
            branch,
            name,
            lambda: work(repository),
            reach=reach if hint else Reach.WORKING,
            also=["other"] if name in ("delete", "rename") else (),
        )
        assert step is not None
        assert not step.blocked_by
        after = world(busy)
        assert after != before
        assert no_marker(busy)
    for _ in range(2):  # each time by a program that was started again
        with opened(busy, undo=settings) as repository:
            undo = repository.undo.next()
            assert undo is not None
            assert undo.label == name
            assert repository.undo.next(redo=True) is None
            repository.undo.undo(undo)
            assert world(busy) == before
            assert repository.undo.next() is None
        with opened(busy, undo=settings) as repository:
            redo = repository.undo.next(redo=True)
            assert redo is not None
            repository.undo.undo(redo)
            assert world(busy) == after
            assert no_marker(busy)


def test_a_step_that_changes_nothing_is_none(people: Raw, repository: Repository) -> None:
    make_dirty(people)
    before = world(people)
    result, step = repository.undo.perform("main", "look", lambda: 42)
    assert (result, step) == (42, None)
    assert world(people) == before
    assert ours(people) == []


def test_a_failing_step_leaves_no_snapshot(people: Raw, repository: Repository) -> None:
    make_dirty(people)
    before = world(people)
    with pytest.raises(CannotUndo):
        repository.undo.perform("main", "fail", _raise)
    assert world(people) == before
    assert ours(people) == []
    assert repository.undo.steps() == ()


def _raise() -> None:
    raise CannotUndo("on purpose")
