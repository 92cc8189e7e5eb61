"""What uncommitted changes are in the way of, done with them set aside and brought back: one step, exact."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dolt_tui.engine import open_repository
from dolt_tui.engine.conflicts import set_aside
from dolt_tui.engine.errors import ChangedMeanwhile, LocalChanges, NothingChanged
from dolt_tui.engine.model import MergeKind
from dolt_tui.engine.model.conflicts import ResolutionPlan, Side, StepPlan, TablePlan
from dolt_tui.engine.model.rewriting import Action
from dolt_tui.engine.repository import Repository
from dolt_tui.engine.undo import snapshots
from dolt_tui.engine.undo.steps import SNAPSHOT_MESSAGE, UndoSettings, UndoStep

from .conftest import Raw
from .test_undo import no_marker, world
from .test_undo_others import last

Work = Callable[[Repository, str], Any]

ROWS = "SELECT id, name FROM people ORDER BY id"


def merge(kind: MergeKind) -> Work:
    def work(repository: Repository, on: str) -> Any:
        preview = repository.merging.preview("main", "b")
        assert preview.in_the_way
        return repository.merging.merge(on, "b", kind, "merged", tip=preview.tip, expected=preview.seen)

    return work


def pick(repository: Repository, on: str) -> Any:
    return repository.rewriting.pick(on, [repository.refs.resolve("main", "b")])


def revert(repository: Repository, on: str) -> Any:
    return repository.rewriting.revert(on, [repository.refs.resolve("main", "main")])


def rebase(repository: Repository, on: str) -> Any:
    seen = repository.rebasing.preview("main", "b").seen
    return repository.rebasing.rebase(on, "b", [each.ref_only for each in seen])


def plan(repository: Repository, on: str) -> Any:
    seen = repository.refs.look("main")
    base, steps, _ = repository.rebasing.plan("main", seen.hash)
    # As it is, it would make the same commits again, where the clock still shows the same second.
    steps = (replace(steps[0], action=Action.REWORD, message="in other words"), *steps[1:])
    return repository.rebasing.interactive(on, base, steps, seen.ref_only)


WAYS: dict[str, Work] = {
    "merge": merge(MergeKind.COMMIT),
    "squash": merge(MergeKind.SQUASH),
    "cherry-pick": pick,
    "revert": revert,
    "rebase": rebase,
    "interactive": plan,
}


@pytest.fixture
def dirty(people: Raw) -> Raw:
    """Branch b and main have diverged in people; on main there are staged, unstaged and new tables."""
    people.run("CREATE TABLE gone (id INTEGER PRIMARY KEY)", "CREATE TABLE kept (id INTEGER PRIMARY KEY)")
    people.run("INSERT INTO dolt_ignore VALUES ('ignored%', 1)")
    people.commit("more tables")
    people.call("dolt_branch", "b")
    people.run("INSERT INTO people VALUES (4, 'Dot')", at="b")
    people.commit("Dot", at="b")
    people.run("INSERT INTO people VALUES (5, 'Eve')")
    people.commit("Eve")
    people.run("INSERT INTO people VALUES (6, 'Fay')", "CREATE TABLE staged_table (a INTEGER PRIMARY KEY, b INTEGER)")
    people.run("DROP TABLE gone", "CREATE TABLE ignored_one (id INTEGER PRIMARY KEY)")
    people.call("dolt_add", "people")
    people.call("dolt_add", "staged_table")
    people.run("UPDATE people SET name = 'Anna' WHERE id = 1", "INSERT INTO staged_table VALUES (1, 2)")
    people.run(
        "CREATE TABLE new_table (id INTEGER PRIMARY KEY, c VARCHAR(9), d DATE)",
        "INSERT INTO new_table VALUES (7, NULL, NULL)",
    )
    people.run("INSERT INTO ignored_one VALUES (8)")
    return people


STATUS = {
    ("people", True, "modified"),
    ("people", False, "modified"),
    ("staged_table", True, "new table"),
    ("staged_table", False, "modified"),
    ("gone", False, "deleted"),
    ("new_table", False, "new table"),
}


def around(repository: Repository, work: Callable[[str], Any]) -> UndoStep:
    _, step = repository.undo.perform("main", "it", lambda: repository.aside.around("main", work))
    assert step is not None
    return step


def test_all_comes_back_and_one_step_takes_it_back(dirty: Raw, repository: Repository) -> None:
    before = world(dirty)
    for way, work in WAYS.items():
        step = around(repository, partial(work, repository))
        ours = {line for line in dirty.status() if not line[0].startswith(("ignored", "dolt_"))}
        assert ours == STATUS, way
        names: dict[int, str] = dict(dirty.rows(ROWS))
        assert (names[1], names[6]) == ("Anna", "Fay"), way
        assert (4 in names, 5 in names) == (way not in ("revert", "interactive"), way != "revert"), way
        assert dirty.rows("SELECT id FROM ignored_one") == [(8,)]
        dirty.call("dolt_commit", "-m", "what is staged", at="main")
        assert dirty.rows("SELECT to_id FROM dolt_diff_people WHERE to_commit = 'WORKING'") == [(1,)], way
        dirty.call("dolt_reset", "--soft", "HEAD~1")
        assert no_marker(dirty)
        after = world(dirty)
        assert set(after[0]) == set(before[0])
        repository.undo.undo(step)
        assert world(dirty) == before, way
        if way != "squash":
            continue
        redo = repository.undo.next(redo=True)
        assert redo is not None
        repository.undo.undo(redo)
        assert world(dirty) == after
        repository.undo.undo(last(repository))


def test_what_does_not_fit_and_what_fails_changes_nothing(dirty: Raw, repository: Repository) -> None:
    dirty.run("INSERT INTO people VALUES (4, 'Another Dot')")
    before = world(dirty)
    with pytest.raises(LocalChanges, match="uncommitted changes in people conflict"):
        around(repository, partial(WAYS["merge"], repository))
    assert world(dirty) == before
    dirty.run("DELETE FROM people WHERE id = 4")

    def fail(_: str) -> None:
        raise NothingChanged("nothing to do")

    before = world(dirty)
    with pytest.raises(NothingChanged):
        around(repository, fail)

    def written_meanwhile(on: str) -> None:
        WAYS["merge"](repository, on)
        dirty.run("INSERT INTO people VALUES (9, 'Ida')")

    with pytest.raises(ChangedMeanwhile):
        around(repository, written_meanwhile)
    assert dirty.rows("SELECT name FROM people WHERE id = 9") == [("Ida",)]
    dirty.run("DELETE FROM people WHERE id = 9")
    assert world(dirty) == before
    if dirty.dolt:  # where a primary key can be changed
        dirty.run("ALTER TABLE kept ADD COLUMN b INT NOT NULL DEFAULT 1", "ALTER TABLE kept DROP PRIMARY KEY")
        dirty.run("ALTER TABLE kept ADD PRIMARY KEY (id, b)")
        before = world(dirty)
        with pytest.raises(LocalChanges, match=r"brought back, .*: cannot merge because table kept"):
            around(repository, partial(WAYS["merge"], repository))
        assert world(dirty) == before
        dirty.run("ALTER TABLE kept DROP PRIMARY KEY", "DROP TABLE kept", "INSERT INTO dolt_ignore VALUES ('pe%', 1)")
        before = world(dirty)
        with pytest.raises(LocalChanges, match=r"changes in people could not be brought back, .* dolt_ignore names it"):
            around(repository, partial(WAYS["merge"], repository))
        assert world(dirty) == before
    assert set(dirty.branches()) == {"main", "b"}


def test_a_conflict_is_decided_before_they_come_back(dirty: Raw, repository: Repository) -> None:
    dirty.call("dolt_branch", "c", "main~1")
    dirty.run("INSERT INTO people VALUES (5, 'Eva')", at="c")
    tip = dirty.commit("Eva", at="c")
    before = world(dirty)
    preview = repository.merging.preview("main", "c", conflicts=True)
    assert (preview.in_the_way, preview.blocked_by) == (("people",), "")
    assert [(each.table, each.rows) for each in preview.conflicts] == [("people", 1)]
    incoming = replace(repository.incoming.merge("main", "c"), aside=True)
    found = repository.resolver.foresee(incoming)
    assert found is not None
    assert [(each.table, each.rows) for each in found.tables] == [("people", 1)]
    plan = ResolutionPlan(incoming, {tip: StepPlan({"people": TablePlan(Side.THEIRS)})})
    assert not repository.resolver.check(found, plan)
    assert world(dirty) == before
    _, step = repository.undo.perform("main", "merge", lambda: repository.resolver.apply(incoming, plan))
    assert dict(dirty.rows(ROWS)) == {1: "Anna", 2: "Bob", 3: "Cid", 5: "Eva", 6: "Fay"}
    assert {line for line in dirty.status() if not line[0].startswith(("ignored", "dolt_"))} == STATUS
    assert step is not None
    repository.undo.undo(step)
    assert world(dirty) == before


def test_a_clean_branch_needs_no_detour(people: Raw, repository: Repository) -> None:
    asked: list[str] = []
    repository.undo.perform("main", "it", lambda: repository.aside.around("main", asked.append))
    assert asked == ["main"]


def killed(raw: Raw, state: Path, module: object, name: str) -> None:
    """Another program merges, and is killed where it calls a function."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about threads, which have nothing to do with what happens here
        pid = os.fork()
    if pid == 0:
        with suppress(BaseException):
            pytest.MonkeyPatch().setattr(module, name, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
            with open_repository(raw.target, undo=UndoSettings(state)) as repository:
                around(repository, partial(WAYS["merge"], repository))
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(pid, 0)[1]) == signal.SIGKILL


def test_killed_on_the_way_it_is_as_before_or_done(dirty: Raw, tmp_path: Path) -> None:
    before = world(dirty)
    killed(dirty, tmp_path, set_aside, "set_to")
    with open_repository(dirty.target, undo=UndoSettings(tmp_path)) as repository:
        repository.undo.repair("main")
        assert dirty.own_state("main") == before[2]["main"]
        assert repository.undo.next() is None
        killed(dirty, tmp_path, snapshots, "_set_staged")  # HEAD is on a commit that nobody is to see
        assert dirty.scalar("SELECT message FROM dolt_log LIMIT 1").startswith(SNAPSHOT_MESSAGE)
        repository.undo.repair("main")
        assert dirty.scalar("SELECT message FROM dolt_log LIMIT 1") == "merged"
        assert {line for line in dirty.status() if not line[0].startswith(("ignored", "dolt_"))} == STATUS
        assert dict(dirty.rows(ROWS)) == {1: "Anna", 2: "Bob", 3: "Cid", 4: "Dot", 5: "Eve", 6: "Fay"}
        repository.undo.undo(last(repository))
        assert dirty.own_state("main") == before[2]["main"]
