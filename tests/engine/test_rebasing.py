"""Rebasing: onto another branch, with a plan, with a pause; all or nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dolt_tui.engine.errors import (
    ChangedMeanwhile,
    Conflicts,
    InvalidPlan,
    LocalChanges,
    NoParent,
    NothingChanged,
    NothingInProgress,
    RebaseInProgress,
    RefNotFound,
)
from dolt_tui.engine.model.rewriting import Action, OperationKind, RebaseStep
from dolt_tui.engine.repository import Repository

from .conftest import Raw
from .test_rewriting import HOSTILE, left_over, messages, names


@pytest.fixture
def feature(people: Raw) -> Raw:
    """Branch f has f0 to f3, which add the rows 20 to 23; main has one commit more, 'main', with row 40."""
    people.call("dolt_branch", "f")
    for number in range(4):
        people.run(f"INSERT INTO people VALUES ({20 + number}, 'f{number}')", at="f")
        people.commit(f"f{number}\n\nbody {number}", at="f")
    people.run("INSERT INTO people VALUES (40, 'main')")
    people.commit("main")
    return people


@pytest.fixture
def clashing(feature: Raw) -> Raw:
    """As `feature`, and main has a row 22 of its own."""
    feature.run("INSERT INTO people VALUES (22, 'ours')")
    feature.commit("ours")
    return feature


def summaries(raw: Raw, at: str = "f") -> list[str]:
    return [message.split("\n")[0] for message in messages(raw, at)]


def planned(repository: Repository, *actions: Action | None, at: str = "f3") -> tuple[str, list[RebaseStep]]:
    """The plan from f0 on, with these actions for its first steps."""
    base, steps, _ = repository.rebasing.plan("f", "HEAD~3")
    made = [replace(step, action=action or step.action) for step, action in zip(steps, actions, strict=False)]
    return base, [*made, *steps[len(made) :]]


# onto a branch


@pytest.mark.both_versions
def test_rebase(feature: Raw, repository: Repository) -> None:
    before = feature.state()
    preview = repository.rebasing.preview("f", "main", counts=True, conflicts=True)
    assert [commit.summary for commit in preview.commits] == ["f3", "f2", "f1", "f0"]
    assert (preview.base, preview.theirs, preview.merges, preview.in_the_way) == (feature.head(), 1, (), ())
    assert (preview.conflicts, preview.conflicts_known, preview.nothing) == ((), True, False)
    assert left_over(feature) == []
    done = repository.rebasing.rebase("f", "main")
    assert (done.commits, done.paused) == (4, "")
    assert summaries(feature) == ["f3", "f2", "f1", "f0", "main", "people", "Initialize data repository"]
    assert feature.state() == before
    assert feature.status("f") == set()
    assert left_over(feature) == []
    assert repository.refs.fingerprint("f").head == feature.head("f")  # connections to it go on
    assert repository.rebasing.preview("f", "main").nothing


@pytest.mark.both_versions
def test_a_rebase_that_conflicts_changes_nothing(clashing: Raw, repository: Repository) -> None:
    before, branches = clashing.state("f"), clashing.branches()
    preview = repository.rebasing.preview("f", "main", conflicts=True)
    assert [(item.table, item.rows) for item in preview.conflicts] == [("people", 1)]
    with pytest.raises(Conflicts, match=r"conflicts in 1 row: people \(1\). Nothing was changed") as caught:
        repository.rebasing.rebase("f", "main")
    assert caught.value.tables == (("people", 1),)
    assert (clashing.state("f"), clashing.branches()) == (before, branches)
    _, steps = planned(repository)
    with pytest.raises(Conflicts, match="people"):
        repository.rebasing.interactive("f", clashing.head(), steps)
    assert (clashing.state("f"), clashing.branches()) == (before, branches)
    clashing.run("INSERT INTO people VALUES (77, 'x')", at="f")
    assert repository.progress.find("f") is None


def test_conflicting_definitions_change_nothing(feature: Raw, repository: Repository) -> None:
    for branch, kind in (("main", "VARCHAR(9)"), ("f", "INTEGER")):
        feature.run(f"ALTER TABLE people ADD COLUMN extra {kind}", at=branch)
        feature.commit(kind, at=branch)
    before, branches = feature.state("f"), feature.branches()
    with pytest.raises(Conflicts, match="Nothing was changed"):
        repository.rebasing.rebase("f", "main")
    assert (feature.state("f"), feature.branches()) == (before, branches)


def test_a_rebase_needs_a_clean_branch(feature: Raw, repository: Repository) -> None:
    feature.run("CREATE TABLE mine (id INTEGER PRIMARY KEY)", at="f")
    before = feature.state("f")
    assert repository.rebasing.preview("f", "main").in_the_way == ("mine",)
    with pytest.raises(LocalChanges, match="in mine are in the way"):
        repository.rebasing.rebase("f", "main")
    base, steps = planned(repository)
    with pytest.raises(LocalChanges, match="in mine are in the way"):
        repository.rebasing.interactive("f", base, steps)
    assert feature.state("f") == before
    assert left_over(feature) == []


def test_rebases_of_nothing(feature: Raw, repository: Repository) -> None:
    feature.call("dolt_branch", "same", "main")
    before = feature.state()
    with pytest.raises(NothingChanged, match="the same commit"):
        repository.rebasing.rebase("main", "same")
    for name in ("nope", "--abort", "-i"):
        with pytest.raises(RefNotFound):
            repository.rebasing.rebase("main", name)
    assert feature.state() == before
    feature.call("dolt_branch", "behind", "main~1")
    repository.rebasing.rebase("behind", "main")  # no commit of its own: it moves on
    assert feature.head("behind") == feature.head()
    assert left_over(feature) == []


def test_merges_are_flattened_and_said_so(feature: Raw, repository: Repository) -> None:
    feature.call("dolt_merge", "--no-ff", "-m", "merged", "main", at="f")
    feature.call("dolt_branch", "onto", "main~1")
    feature.run("INSERT INTO people VALUES (50, 'onto')", at="onto")
    feature.commit("onto", at="onto")
    preview = repository.rebasing.preview("f", "onto")
    assert [commit.summary for commit in preview.merges] == ["merged"]
    repository.rebasing.rebase("f", "onto")
    assert sorted(summaries(feature)) == sorted(
        ["f3", "f2", "f1", "f0", "main", "onto", "people", "Initialize data repository"]
    )


def test_a_branch_with_a_hostile_name(feature: Raw, repository: Repository) -> None:
    name = "a'b\"c`d%s;e&f/g#h"
    if not feature.dolt:
        name = "a'b;c/g#h"
    feature.call("dolt_branch", "--", name, "f")
    repository.rebasing.rebase(name, "main")
    assert summaries(feature, name)[:5] == ["f3", "f2", "f1", "f0", "main"]
    repository.rebasing.rebase("main", name)
    assert feature.head() == feature.head(name)


# with a plan


def test_the_plan_of_a_rebase(feature: Raw, repository: Repository) -> None:
    base, steps, merges = repository.rebasing.plan("f", "HEAD~1")
    assert base == repository.refs.resolve("f", "HEAD~2")
    assert [(step.action, step.summary) for step in steps] == [(Action.PICK, "f2"), (Action.PICK, "f3")]
    assert merges == ()
    with pytest.raises(NoParent):
        repository.rebasing.plan("f", "HEAD~5")


@pytest.mark.both_versions
def test_every_action(feature: Raw, repository: Repository) -> None:
    base, steps = planned(repository, None, Action.SQUASH, Action.REWORD, Action.DROP)
    steps[2] = replace(steps[2], message=HOSTILE)
    done = repository.rebasing.interactive("f", base, steps)
    assert (done.commits, done.paused) == (3, "")
    assert messages(feature, "f")[:3] == [HOSTILE, "f0\n\nbody 0\n\nf1\n\nbody 1", "people"]
    assert sorted(names(feature, "f")) == [1, 2, 3, 20, 21, 22]
    assert left_over(feature) == []


def test_another_order_and_a_fixup(feature: Raw, repository: Repository) -> None:
    base, steps = planned(repository)
    steps = [steps[3], replace(steps[0], action=Action.FIXUP), steps[2], steps[1]]
    repository.rebasing.interactive("f", base, steps)
    assert messages(feature, "f")[:3] == ["f1\n\nbody 1", "f2\n\nbody 2", "f3\n\nbody 3"]
    assert sorted(names(feature, "f")) == [1, 2, 3, 20, 21, 22, 23]


def test_all_dropped(feature: Raw, repository: Repository) -> None:
    base, steps = planned(repository, *[Action.DROP] * 4)
    repository.rebasing.interactive("f", base, steps)
    assert summaries(feature) == ["people", "Initialize data repository"]
    assert left_over(feature) == []


def test_plans_that_are_refused(feature: Raw, repository: Repository) -> None:
    before, branches = feature.state("f"), feature.branches()
    for actions in ((Action.SQUASH,), (Action.DROP, Action.FIXUP)):
        base, steps = planned(repository, *actions)
        with pytest.raises(InvalidPlan, match="nothing before"):
            repository.rebasing.interactive("f", base, steps)
    base, steps = planned(repository, Action.REWORD)
    with pytest.raises(InvalidPlan, match="empty"):
        repository.rebasing.interactive("f", base, [replace(steps[0], message=" "), *steps[1:]])
    with pytest.raises(ChangedMeanwhile, match="The branch has changed since then"):
        repository.rebasing.interactive("f", base, steps[1:])
    with pytest.raises(ChangedMeanwhile, match="The branch has changed since then"):
        repository.rebasing.interactive("f", base, [*steps, RebaseStep(Action.PICK, feature.head(), "x")])
    assert (feature.state("f"), feature.branches()) == (before, branches)


# a pause, and what others began


def pause(repository: Repository) -> None:
    base, steps = planned(repository, None, Action.EDIT)
    assert repository.rebasing.interactive("f", base, steps).paused == "dolt_rebase_f"


@pytest.mark.parametrize("how", ["amend", "commit", "staged"])
def test_a_pause_to_edit(feature: Raw, repository: Repository, how: str) -> None:
    before = feature.state("f")
    pause(repository)
    assert feature.state("f") == before
    for branch in ("f", "dolt_rebase_f", "main"):
        found = repository.progress.find(branch)
        assert found is not None
        assert (found.kind, found.branch, found.on) == (OperationKind.REBASE, "f", "dolt_rebase_f")
        assert found.title == ("rebasing f: 2 of 4" if feature.dolt else "rebasing f: 2 to go")
    with pytest.raises(RebaseInProgress):
        repository.rebasing.rebase("f", "main")
    feature.run("UPDATE people SET name = 'edited' WHERE id = 21", at="dolt_rebase_f")
    found = repository.progress.find("f")
    assert found is not None
    assert found.unstaged == ("people",)
    with pytest.raises(LocalChanges, match="in people are not staged"):
        repository.progress.go_on(found)
    feature.call("dolt_add", "people", at="dolt_rebase_f")
    if how == "amend":
        feature.call("dolt_commit", "--amend", "-m", "amended", at="dolt_rebase_f")
    elif how == "commit":
        feature.call("dolt_commit", "-m", "extra", at="dolt_rebase_f")
    found = repository.progress.find("f")
    assert found is not None
    assert (found.unstaged, found.staged) == ((), ("people",) if how == "staged" else ())
    assert repository.progress.go_on(found) == ""
    expected = {"amend": ["amended"], "commit": ["extra", "f1"], "staged": ["f1", "f1"]}[how]
    assert summaries(feature) == ["f3", "f2", *expected, "f0", "people", "Initialize data repository"]
    assert names(feature, "f")[21] == "edited"
    assert left_over(feature) == []
    assert repository.progress.find("f") is None
    with pytest.raises(Exception, match=r"branch|in progress"):
        repository.progress.go_on(found)


def test_a_pause_is_given_up(feature: Raw, repository: Repository) -> None:
    before = feature.state("f")
    pause(repository)
    feature.run("UPDATE people SET name = 'edited' WHERE id = 21", at="dolt_rebase_f")
    found = repository.progress.find("f")
    assert found is not None
    repository.progress.abort(found)
    assert feature.state("f") == before
    assert left_over(feature) == []


@pytest.mark.both_versions
def test_a_conflict_after_a_pause(clashing: Raw, repository: Repository) -> None:
    before = clashing.state("f")
    _, steps = planned(repository, Action.EDIT)
    assert repository.rebasing.interactive("f", clashing.head(), steps).paused
    clashing.run("UPDATE people SET name = 'kept' WHERE id = 1", at="dolt_rebase_f")
    clashing.call("dolt_commit", "-a", "-m", "mine", at="dolt_rebase_f")
    for _ in range(2):  # as often as one likes
        found = repository.progress.find("f")
        assert found is not None
        with pytest.raises(Conflicts, match="people") as caught:
            repository.progress.go_on(found)
        assert dict(caught.value.tables) == {"people": 1}
    assert clashing.state("f") == before
    found = repository.progress.find("f")
    assert found is not None
    assert found.conflicts == (("people",) if clashing.dolt else ())
    assert found.title == ("rebasing f: 3 of 4" if clashing.dolt else "rebasing f: 3 to go")
    assert repository.progress.skip(found) == ""
    assert summaries(clashing)[:5] == ["f3", "f1", "mine", "f0", "ours"]
    assert names(clashing, "f")[22] == "ours"
    assert names(clashing, "f")[1] == "kept"
    assert left_over(clashing) == []


def test_a_conflict_after_a_pause_is_given_up(clashing: Raw, repository: Repository) -> None:
    before = clashing.state("f")
    _, steps = planned(repository, Action.EDIT)
    repository.rebasing.interactive("f", clashing.head(), steps)
    found = repository.progress.find("f")
    assert found is not None
    with pytest.raises(Conflicts):
        repository.progress.go_on(found)
    found = repository.progress.find("f")
    assert found is not None
    repository.progress.abort(found)
    assert clashing.state("f") == before
    assert left_over(clashing) == []


def test_everything_is_discarded_in_a_pause(feature: Raw, repository: Repository) -> None:
    pause(repository)
    at = "dolt_rebase_f"
    before = feature.state(at)
    feature.run("CREATE TABLE fresh (id INTEGER PRIMARY KEY)", "CREATE TABLE staged (id INTEGER PRIMARY KEY)", at=at)
    feature.call("dolt_add", "staged", at=at)
    feature.run("ALTER TABLE people RENAME TO folk", at=at)
    repository.working.discard_all(at)
    assert feature.state(at) == before
    found = repository.progress.find("f")
    assert found is not None
    repository.progress.go_on(found)  # the rebase is not forgotten
    assert summaries(feature)[:4] == ["f3", "f2", "f1", "f0"]


def test_nothing_to_leave_out(feature: Raw, repository: Repository) -> None:
    pause(repository)
    found = repository.progress.find("f")
    assert found is not None
    with pytest.raises(NothingInProgress, match="No commit conflicts"):
        repository.progress.skip(found)
    assert repository.progress.go_on(found) == ""


def test_a_rebase_that_the_engine_forgot(feature: Raw, repository: Repository) -> None:
    before = feature.state("f")
    pause(repository)
    feature.call("dolt_reset", "--hard", at="dolt_rebase_f")  # Dolt forgets the rebase by it
    found = repository.progress.find("f")
    assert found is not None
    repository.progress.abort(found)
    assert feature.state("f") == before
    assert left_over(feature) == []


def test_a_branch_that_is_only_called_like_one(feature: Raw, repository: Repository) -> None:
    feature.call("dolt_branch", "dolt_rebase_x")
    assert repository.progress.find("main") is None
    assert repository.progress.find("dolt_rebase_x") is None


def test_only_the_branch_of_a_rebase_is_left(feature: Raw, repository: Repository) -> None:
    before = feature.state("f")
    feature.call("dolt_branch", "dolt_rebase_f")  # what a server leaves that is killed in the wrong moment
    with pytest.raises(RebaseInProgress):
        repository.rebasing.rebase("f", "main")
    found = repository.progress.find("f")
    assert found is not None
    assert (found.broken, found.title) == (True, "rebase of f interrupted")
    with pytest.raises(NothingInProgress):
        repository.progress.go_on(found)
    repository.progress.abort(found)
    assert feature.state("f") == before
    assert left_over(feature) == []
    repository.rebasing.rebase("f", "main")


def test_squashing_into_nothing(people: Raw, repository: Repository) -> None:
    base = people.head()
    people.call("dolt_branch", "f")
    empty = str(people.call("dolt_commit", "--allow-empty", "-m", "empty", at="f")[0])
    people.run("INSERT INTO people VALUES (9, 'Nan')", at="f")
    steps = [RebaseStep(Action.PICK, empty, "empty"), RebaseStep(Action.SQUASH, people.commit("more", at="f"), "more")]
    before = people.state("f")
    with pytest.raises(InvalidPlan, match=f"would change {base[:7]}"):  # both engines do
        repository.rebasing.interactive("f", base, steps)
    assert people.state("f") == before
