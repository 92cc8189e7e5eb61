"""Rebases that conflict: decided by a plan, all or nothing; and those that stand, or wait for a commit to be edited."""

from __future__ import annotations

import pymysql
import pytest

from dolt_tui.engine.errors import (
    Conflicts,
    Undecided,
)
from dolt_tui.engine.model.conflicts import Incoming, ResolutionPlan, StepPlan, TablePlan
from dolt_tui.engine.model.rewriting import Action, RebaseStep
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt
from .several_commits import (
    OURS,
    THEIRS,
    decided,
    done,
    foreseen,
    forked,
    log,
    rows,
    sides,
    told,
    undone,
    value,
)


def test_a_rebase_that_conflicts_twice(raw: Raw, repository: Repository) -> None:
    f1, _, f3 = forked(raw)
    before, branches = raw.state("feature"), raw.branches()
    incoming = repository.incoming.rebase("feature", "main")
    first = foreseen(repository, decided(incoming))
    assert (told(first), sides(raw, first, 1)) == ((f1, 1, 3, [("t", 1)]), [1, 21, 11])
    assert first.called == ("main", f"feature {f1[:7]}")
    some = decided(incoming, **{f1: {1: value(31)}})
    third = foreseen(repository, some)
    assert (told(third), sides(raw, third, 3)) == ((f3, 3, 3, [("t", 1)]), [3, 23, 13])
    with pytest.raises(Undecided):
        repository.resolver.apply(incoming, some)
    assert (raw.state("feature"), raw.branches()) == (before, branches)
    plan = decided(incoming, **{f1: {1: value(31)}, f3: {3: THEIRS}})
    assert repository.resolver.foresee(incoming, plan) is None
    applied = done(repository, plan)
    assert (applied.hash, applied.commits) == (raw.head("feature"), 3)
    assert log(raw, "feature") == ["f3", "f2", "f1", *log(raw)]  # none is lost
    assert rows(raw, "feature") == [31, 12, 13]
    assert set(raw.branches()) == set(branches)
    assert raw.status("feature") == set()
    undone(repository)
    assert (raw.state("feature"), raw.branches()) == (before, branches)
    # What changes nothing is left out.
    applied = done(repository, decided(incoming, **{f1: {1: OURS}, f3: {3: THEIRS}}))
    assert (applied.commits, applied.notes) == (2, ("1 commit changes nothing: left out.",))
    assert log(raw, "feature") == ["f3", "f2", *log(raw)]


def test_an_interactive_rebase_with_a_squash_that_conflicts(raw: Raw, repository: Repository) -> None:
    f1, f2, f3 = forked(raw)
    onto, before = raw.head(), raw.state("feature")

    def planned(*actions: Action) -> Incoming:
        steps = [
            RebaseStep(action, hash_, f"f{n}")
            for n, (action, hash_) in enumerate(zip(actions, (f1, f2, f3), strict=True), 1)
        ]
        return repository.incoming.interactive("feature", onto, steps)

    incoming = planned(Action.PICK, Action.SQUASH, Action.SQUASH)
    plan = decided(incoming, **{f1: {1: value(31)}, f3: {3: value(33)}})
    assert told(foreseen(repository, decided(incoming, **{f1: {1: value(31)}}))) == (f3, 3, 3, [("t", 1)])
    done(repository, plan)
    assert (log(raw, "feature"), rows(raw, "feature")) == (["f1", *log(raw)], [31, 12, 33])
    message = raw.scalar("SELECT message FROM dolt_log LIMIT 1", at="feature")
    assert [part for part in message.split("\n") if part.startswith("f")] == ["f1", "f2", "f3"]
    undone(repository)
    assert raw.state("feature") == before
    # Nothing is left of the first one: the second one must not be joined to a commit of main.
    incoming = planned(Action.PICK, Action.FIXUP, Action.DROP)
    done(repository, decided(incoming, **{f1: {1: OURS}}))
    assert (log(raw, "feature"), rows(raw, "feature")) == (["f1", *log(raw)], [21, 12, 23])
    undone(repository)
    # It waits at a commit that is to be edited: what comes after it is not looked at.
    incoming = planned(Action.EDIT, Action.PICK, Action.EDIT)
    assert told(foreseen(repository, decided(incoming))) == (f1, 1, 3, [("t", 1)])
    plan = decided(incoming, **{f1: {1: value(31)}})
    assert repository.resolver.foresee(incoming, plan) is None
    with pytest.raises(Undecided):
        repository.resolver.apply(incoming, decided(incoming))
    assert raw.state("feature") == before
    assert done(repository, plan).paused == "dolt_rebase_feature"
    assert log(raw, "dolt_rebase_feature") == ["f1", *log(raw)]
    operation = repository.progress.find("feature")
    assert operation is not None
    assert not operation.conflicts
    with pytest.raises(Conflicts):
        repository.progress.go_on(operation)
    operation = repository.progress.find("feature")
    assert operation is not None
    incoming = repository.incoming.standing(operation)
    if raw.dolt:
        assert incoming.title == f"rebasing feature, at {f3[:7]}"
    else:  # nothing was changed, as no conflict can stand
        assert (incoming.title, log(raw, "dolt_rebase_feature")[0]) == ("rebasing feature, 2 commits to go", "f1")
        with pytest.raises(Undecided):
            repository.resolver.apply(incoming, decided(incoming))
    found = foreseen(repository, decided(incoming))
    assert (told(found)[0], sides(raw, found, 3)) == (f3, [3, 23, 13])
    plan = decided(incoming, **{f3: {3: value(33)}})
    assert repository.resolver.foresee(incoming, plan) is None
    assert repository.resolver.apply(incoming, plan).paused == "dolt_rebase_feature"
    assert log(raw, "dolt_rebase_feature") == ["f3", "f2", "f1", *log(raw)]
    operation = repository.progress.find("feature")
    assert operation is not None
    assert repository.progress.go_on(operation) == ""
    assert (log(raw, "feature"), rows(raw, "feature")) == (["f3", "f2", "f1", *log(raw)], [31, 12, 33])  # none is lost
    assert [name for name in raw.branches() if name not in ("main", "feature")] == []


def test_a_rebase_that_somebody_else_left_standing(dolt: RawDolt, opened: Open) -> None:
    f1, _, f3 = forked(dolt)
    repository, on = opened(dolt), "dolt_rebase_feature"
    with pytest.raises(pymysql.MySQLError, match="data conflict detected"):
        dolt.each("SET @@dolt_allow_commit_conflicts = 1", "CALL dolt_rebase('main')", at="feature")
    before = dolt.state(on)
    operation = repository.progress.find("feature")
    assert operation is not None
    incoming = repository.incoming.standing(operation)
    assert incoming.title == f"rebasing feature, at {f1[:7]}"
    found = foreseen(repository, decided(incoming))
    assert (told(found), sides(dolt, found, 1)) == ((f1, 1, 3, [("t", 1)]), [1, 21, 11])
    with pytest.raises(Undecided):
        repository.resolver.apply(incoming, decided(incoming))
    plan = decided(incoming, **{f1: {1: value(31)}})
    assert repository.resolver.foresee(incoming, plan) is None
    assert dolt.state(on) == before
    with pytest.raises(Undecided) as undecided:  # it stands at the next one by now
        repository.resolver.apply(incoming, plan)
    found = undecided.value.found
    assert (told(found), sides(dolt, found, 3)) == ((f3, 3, 3, [("t", 1)]), [3, 23, 13])
    assert log(dolt, on)[:2] == ["f2", "f1"]
    assert found.incoming.tip == f3
    plan = decided(found.incoming, **{f3: {3: THEIRS}})
    assert repository.resolver.apply(found.incoming, plan).hash == dolt.head("feature")
    assert (log(dolt, "feature"), rows(dolt, "feature")) == (["f3", "f2", "f1", *log(dolt)], [31, 12, 13])
    assert on not in dolt.branches()
    # A commit that is to be edited: it waits there once that is resolved.
    with pytest.raises(pymysql.MySQLError, match="data conflict detected"):
        dolt.each(
            f"CALL dolt_reset('--hard', '{f3}')",
            "CALL dolt_rebase('-i', 'main')",
            "UPDATE dolt_rebase SET action = 'edit' WHERE rebase_order = 1",
            "SET @@dolt_allow_commit_conflicts = 1",
            "CALL dolt_rebase('--continue')",
            at="feature",
        )
    operation = repository.progress.find("feature")
    assert operation is not None
    incoming = repository.incoming.standing(operation)
    assert repository.resolver.apply(incoming, decided(incoming, **{f1: {1: value(31)}})).paused == on
    assert (log(dolt, on), rows(dolt, on)) == (["f1", *log(dolt)], [31, 2, 23])
    operation = repository.progress.find("feature")
    assert operation is not None
    with pytest.raises(Conflicts):
        repository.progress.go_on(operation)
    assert log(dolt, on)[:2] == ["f2", "f1"]  # none is lost


@pytest.mark.parametrize("way", ["resolve", "skip"])
def test_a_constraint_that_is_broken_after_an_edit(raw: Raw, repository: Repository, way: str) -> None:
    raw.run(
        "CREATE TABLE p (id INTEGER PRIMARY KEY)",
        "CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER, FOREIGN KEY (p) REFERENCES p (id))",
        "INSERT INTO p VALUES (1), (2), (3)",
    )
    base, on = raw.commit("base"), "dolt_rebase_f"
    raw.call("dolt_branch", "f")
    steps = []
    for number, sql in enumerate(("DELETE FROM p WHERE id = 3", "INSERT INTO c VALUES (2, 2)")):
        raw.run(sql, at="f")
        steps.append(RebaseStep(Action.PICK if number else Action.EDIT, raw.commit(f"f{number}", at="f"), f"f{number}"))
    assert repository.rebasing.interactive("f", base, steps).paused
    raw.run("DELETE FROM p WHERE id = 2", at=on)
    raw.call("dolt_commit", "-am", "mine", at=on)
    for _ in range(2):  # as often as one likes: it is not lost
        operation = repository.progress.find("f")
        assert operation is not None
        with pytest.raises(Conflicts):
            repository.progress.go_on(operation)
    operation = repository.progress.find("f")
    assert operation is not None
    if way == "skip":
        assert repository.progress.skip(operation) == ""
        assert (log(raw, "f"), raw.rows("SELECT * FROM c", at="f")) == (["mine", "f0", *log(raw)], [])
    else:
        incoming = repository.incoming.standing(operation)
        found = repository.resolver.foresee(incoming)
        assert found is not None
        assert [broken.violation.kind for broken in found.broken] == ["foreign key"]
        mended = StepPlan({"c": TablePlan(mends={(2,): {"p": 1}})})
        repository.resolver.apply(incoming, ResolutionPlan(incoming).with_step(found.commit, mended))
        assert (log(raw, "f"), raw.rows("SELECT * FROM c", at="f")) == (["f1", "mine", "f0", *log(raw)], [(2, 1)])
    assert set(raw.branches()) == {"main", "f"}
