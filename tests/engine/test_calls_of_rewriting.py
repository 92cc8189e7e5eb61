"""The statements that are shown before history is rewritten are those that are run; see `test_calls`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dolt_tui.engine.errors import Conflicts
from dolt_tui.engine.model import Expected
from dolt_tui.engine.model.rewriting import Action, OperationKind
from dolt_tui.engine.repository import Repository
from dolt_tui.engine.undo.undo import Undo
from dolt_tui.engine.versioning.commits import Commits
from dolt_tui.engine.versioning.ignore_patterns import IgnorePatterns
from dolt_tui.engine.versioning.in_progress import InProgress
from dolt_tui.engine.versioning.merging import Merging
from dolt_tui.engine.versioning.rebasing import Rebasing
from dolt_tui.engine.versioning.refs import Refs
from dolt_tui.engine.versioning.remotes import Remotes
from dolt_tui.engine.versioning.rewriting import Rewriting
from dolt_tui.engine.versioning.stashes import Stashes
from dolt_tui.engine.versioning.tags import Tags
from dolt_tui.engine.versioning.working_set import WorkingSet

from .conftest import Open, Raw, RawDolt
from .test_calls import check
from .test_progress import dolt_sides, find, sides, standing
from .test_rebasing import clashing, feature, planned

__all__ = ["clashing", "dolt_sides", "feature", "sides"]


# rewriting history


def three(raw: Raw) -> list[str]:
    """Three commits on main, oldest first, each with a table of its own."""
    made = []
    for name in ("x", "y", "z"):
        raw.run(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY)")
        made.append(raw.commit(name))
    return made


@pytest.mark.both_versions
@pytest.mark.parametrize("number", [1, 2])
def test_reverting_and_copying(people: Raw, repository: Repository, number: int) -> None:
    people.call("dolt_branch", "b")
    made, part = three(people)[:number], repository.rewriting
    check(repository, part.pick_calls(made), lambda: part.pick("b", made))
    newest = list(reversed(three_of(people, number)))
    check(repository, part.revert_calls(newest), lambda: part.revert("main", newest))


def three_of(raw: Raw, number: int) -> list[str]:
    """The last commits of main, oldest first."""
    rows = raw.rows("SELECT commit_hash FROM dolt_log LIMIT 3")
    return [row[0] for row in reversed(rows[:number])]


@pytest.mark.parametrize("which", [0, 2])
def test_rewording(people: Raw, repository: Repository, which: int) -> None:
    made = three(people)
    commit = repository.history.commit("main", made[which])
    calls = repository.rewriting.reword_calls(commit, made[-1], "an 'other'")
    check(
        repository,
        calls,
        lambda: repository.rewriting.reword("main", made[which], "an 'other'", Expected("main", made[-1])),
        "INTO dolt_rebase",
        "FROM dolt_rebase",
    )


@pytest.mark.both_versions
def test_squashing(people: Raw, repository: Repository) -> None:
    base, made = people.head(), three(people)
    check(
        repository,
        repository.rewriting.squash_calls(base, "all"),
        lambda: repository.rewriting.squash("main", made[0], "all"),
        "dolt_add",
    )


def test_fixup(people: Raw, repository: Repository) -> None:
    made = three(people)
    _, base = repository.rewriting.check_fixup("main", made[2])
    check(
        repository,
        repository.rewriting.fixup_calls(base),
        lambda: repository.rewriting.fixup("main", made[2]),
        "INTO dolt_rebase",
        "FROM dolt_rebase",
        "UPDATE dolt_rebase",
    )


@pytest.mark.both_versions
@pytest.mark.parametrize("ours", [False, True])
def test_rebasing(people: Raw, repository: Repository, ours: bool) -> None:
    people.call("dolt_branch", "b")
    three(people)
    if ours:
        people.run("INSERT INTO people VALUES (9, 'Ivy')", at="b")
        people.commit("Ivy", at="b")
    preview = repository.rebasing.preview("b", "main")
    check(
        repository,
        repository.rebasing.rebase_calls(preview),
        lambda: repository.rebasing.rebase("b", "main", preview.seen),
    )


@pytest.mark.both_versions
def test_an_interactive_rebase(people: Raw, repository: Repository) -> None:
    made = three(people)
    base, steps, _ = repository.rebasing.plan("main", made[0])
    steps = (steps[0], steps[2], type(steps[1])(Action.SQUASH, steps[1].hash, steps[1].message))
    calls = repository.rebasing.interactive_calls(base, steps)
    assert len(calls) == 6
    check(repository, calls, lambda: repository.rebasing.interactive("main", base, steps))
    assert len(repository.rebasing.interactive_calls(base)) == 2


# what is in progress


def test_a_merge_in_progress(sides: Raw, repository: Repository) -> None:
    sides.call("dolt_branch", "c", "b~1")
    for act in ("abort", "go_on"):
        sides.call("dolt_merge", "--no-ff", "--no-commit", "c")
        run(repository, find(repository), act)


@pytest.mark.both_versions
@pytest.mark.parametrize("act", ["go_on", "abort"])
@pytest.mark.parametrize("procedure", ["dolt_merge", "dolt_cherry_pick"])
def test_resolved_conflicts(dolt_sides: RawDolt, opened: Open, procedure: str, act: str) -> None:
    standing(dolt_sides, procedure, "b", resolve="--theirs" if act == "go_on" else "")
    repository = opened(dolt_sides)
    run(repository, find(repository), act)


def test_a_revert_in_progress(dolt_sides: RawDolt, opened: Open) -> None:
    ours = dolt_sides.head()
    dolt_sides.run("UPDATE people SET name = 'Again' WHERE id = 2")
    dolt_sides.commit("again")
    standing(dolt_sides, "dolt_revert", ours, resolve="--theirs")
    repository = opened(dolt_sides)
    found = find(repository)
    assert found.kind is OperationKind.REVERT
    run(repository, found, "go_on")


@pytest.mark.parametrize("act", ["skip", "abort"])
def test_a_rebase_that_conflicts(dolt_sides: RawDolt, opened: Open, act: str) -> None:
    dolt_sides.call("dolt_branch", "f", "b")
    with pytest.raises(Exception, match="data conflict detected"):
        standing_rebase(dolt_sides)
    repository = opened(dolt_sides)
    run(repository, find(repository, "f"), act)


def standing_rebase(raw: RawDolt) -> None:
    """Rebase f onto main, and let it stand on the commit that conflicts."""
    with raw.connect(f"{raw.database}/f") as connection, connection.cursor() as cursor:
        cursor.execute("SET @@dolt_allow_commit_conflicts = 1")
        cursor.execute("CALL dolt_rebase('main')")


@pytest.mark.parametrize("act", ["go_on", "abort"])
def test_a_rebase_that_waits(people: Raw, repository: Repository, act: str) -> None:
    made = three(people)
    base, steps, _ = repository.rebasing.plan("main", made[0])
    edited = (type(steps[0])(Action.EDIT, steps[0].hash, steps[0].message), *steps[1:])
    repository.rebasing.interactive("main", base, edited)
    run(repository, find(repository), act)


def run(repository: Repository, found: Any, act: str) -> None:
    """Do something about what is in progress, and compare."""
    calls = getattr(repository.progress, f"{act}_calls")(found)
    check(repository, calls, lambda: getattr(repository.progress, act)(found))


# undo


def test_removing_snapshots(people: Raw, repository: Repository) -> None:
    people.run("DELETE FROM people")
    repository.undo.perform("main", "discard", lambda: repository.working.discard_all("main"))
    assert repository.undo.snapshots("main")[0] == 1
    check(repository, repository.undo.remove_snapshots_calls(), lambda: repository.undo.remove_snapshots("main"))


def test_a_commit_that_conflicts_after_a_pause_is_left_out(clashing: Raw, repository: Repository) -> None:
    _, steps = planned(repository, Action.EDIT)
    repository.rebasing.interactive("f", clashing.head(), steps)
    with pytest.raises(Conflicts):
        repository.progress.go_on(find(repository, "f"))
    found = find(repository, "f")
    calls = repository.progress.skip_calls(found)
    check(repository, calls, lambda: repository.progress.skip(found), "dolt_checkout")


def test_all_calls_are_compared() -> None:
    """Each operation that tells its statements is met by a test here or in `test_calls`."""
    folder = Path(__file__).parent
    tests = "".join((folder / name).read_text() for name in ("test_calls.py", "test_calls_of_rewriting.py"))
    parts = (
        Commits,
        IgnorePatterns,
        InProgress,
        Merging,
        Rebasing,
        Refs,
        Remotes,
        Rewriting,
        Stashes,
        Tags,
        Undo,
        WorkingSet,
    )
    names = [(part, name) for part in parts for name in vars(part) if name.endswith("_calls") and name[0] != "_"]
    assert len(names) > 30
    for part, name in names:
        assert f".{name}(" in tests or name in ("go_on_calls", "abort_calls"), (part, name)
