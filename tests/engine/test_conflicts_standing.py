"""Conflicts that somebody left on a branch of a Dolt server, resolved in place."""

from __future__ import annotations

import pytest

from dolt_tui.engine.conflicts import plans
from dolt_tui.engine.errors import ChangedMeanwhile, ConstraintsBroken, Undecided
from dolt_tui.engine.model.conflicts import Applied, ResolutionPlan, Side
from dolt_tui.engine.repository import Repository

from .conftest import Open, RawDolt
from .test_conflicts_applied import parents

LEAVE = "SET @@dolt_allow_commit_conflicts = 1"


@pytest.fixture
def repository(dolt: RawDolt, opened: Open) -> Repository:
    """A base, one more commit on main, two on feature: row 1 conflicts in both, 2 was deleted by us, 3 is theirs."""
    dolt.run(
        "CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT, UNIQUE (b))",
        "INSERT INTO t VALUES (1, 1, 1), (2, 2, 2), (9, 9, 9)",
        "CREATE TABLE clean (id INT PRIMARY KEY)",
        "CREATE TABLE other (id INT PRIMARY KEY)",
    )
    dolt.commit("base")
    dolt.call("dolt_branch", "feature")
    dolt.run("UPDATE t SET a = 10, b = 10 WHERE id = 1", "DELETE FROM t WHERE id = 2")
    dolt.commit("ours")
    dolt.run("UPDATE t SET a = 20 WHERE id < 3", "INSERT INTO clean VALUES (1)", at="feature")
    dolt.commit("first of theirs", at="feature")
    dolt.run("UPDATE t SET a = 30 WHERE id = 1", "INSERT INTO t VALUES (3, 3, 3)", at="feature")
    dolt.commit("second of theirs", at="feature")
    return opened(dolt)


def conclude(repository: Repository, on: str = "main", *, broken: bool = False) -> Applied:
    """Decide row 1 by an edited value, and that row 2 stays deleted; the result is undecided before."""
    operation = repository.progress.find(on)
    assert operation is not None
    incoming = repository.incoming.standing(operation)
    found = repository.resolver.foresee(incoming)
    assert found is not None
    assert {count.table: count.rows for count in found.tables} == {"t": 2}
    first, second = repository.resolver.rows(found).page("t", 0, 9)
    assert (first.key, second.key) == ((1,), (2,))
    assert (first.ours, second.ours) == ({"id": 1, "a": 10, "b": 10}, None)
    plan = plans.edit(ResolutionPlan(incoming), found.commit, "t", (1,), "a", 77)
    with pytest.raises(Undecided):
        repository.resolver.apply(incoming, plan)
    plan = plans.take_row(plan, found.commit, "t", (2,), Side.OURS)
    if broken:
        plan = plans.edit(plan, found.commit, "t", (1,), "b", 9)
    assert repository.resolver.apply_calls(incoming, plan)
    assert bool(repository.resolver.check(found, plan)) is broken
    return repository.resolver.apply(incoming, plan)


@pytest.mark.both_versions
def test_a_merge_that_somebody_left(dolt: RawDolt, repository: Repository) -> None:
    head, tip = dolt.head(), dolt.head("feature")
    dolt.run("INSERT INTO other VALUES (5)")
    dolt.each(LEAVE, "CALL dolt_merge('feature')")
    before = dolt.state()
    with pytest.raises(ConstraintsBroken, match="a row of t is refused"):
        conclude(repository, broken=True)
    assert dolt.state() == before
    applied = conclude(repository)
    assert (applied.hash, applied.commits) == (dolt.head(), 1)
    assert dolt.rows("SELECT * FROM t ORDER BY id") == [(1, 77, 10), (3, 3, 3), (9, 9, 9)]
    assert dolt.rows("SELECT * FROM clean") == [(1,)]
    assert parents(dolt) == [head, tip]
    assert dolt.status() == {("other", False, "modified")}
    assert dolt.scalar("SELECT message FROM dolt_log LIMIT 1") == "Merge branch 'feature' into main"
    assert not dolt.state()[3]


def test_only_what_was_seen_is_aborted(dolt: RawDolt, repository: Repository) -> None:
    before, commit = dolt.state(), str(dolt.scalar("SELECT dolt_hashof('feature~1')"))
    dolt.each(LEAVE, "CALL dolt_merge('feature')")
    operation = repository.progress.find("main")
    assert operation is not None
    incoming = repository.incoming.standing(operation)
    dolt.each(LEAVE, "CALL dolt_merge('--abort')", f"CALL dolt_merge('{commit}')")
    other = dolt.state()
    with pytest.raises(ChangedMeanwhile, match="Something else is in progress on main"):
        repository.resolver.abort(incoming)
    assert dolt.state() == other
    dolt.each(LEAVE, "CALL dolt_merge('--abort')", "CALL dolt_merge('feature')")
    repository.resolver.abort(incoming)
    repository.resolver.abort(incoming)  # it is gone
    assert dolt.state() == before


def test_a_squash_that_somebody_left_stays_uncommitted(dolt: RawDolt, repository: Repository) -> None:
    head = dolt.head()
    dolt.each(LEAVE, "CALL dolt_merge('--squash', 'feature')")
    assert conclude(repository).commits == 0
    assert dolt.head() == head
    assert dolt.rows("SELECT * FROM t ORDER BY id") == [(1, 77, 10), (3, 3, 3), (9, 9, 9)]
    assert not any(state == "conflict" for _, _, state in dolt.status())


def test_a_cherry_pick_that_somebody_left(dolt: RawDolt, repository: Repository) -> None:
    commit = str(dolt.scalar("SELECT dolt_hashof('feature~1')"))
    dolt.each(LEAVE, f"CALL dolt_cherry_pick('{commit}')")
    conclude(repository)
    assert dolt.rows("SELECT * FROM t ORDER BY id") == [(1, 77, 10), (9, 9, 9)]
    assert dolt.scalar("SELECT message FROM dolt_log LIMIT 1") == "first of theirs"
    assert len(parents(dolt)) == 1
    assert dolt.status() == set()


def test_a_revert_that_somebody_left(dolt: RawDolt, repository: Repository) -> None:
    commit = str(dolt.scalar("SELECT dolt_hashof('feature~1')"))
    dolt.call("dolt_reset", "--hard", "feature")
    dolt.run("UPDATE t SET a = 10, b = 10 WHERE id = 1", "DELETE FROM t WHERE id = 2")
    dolt.commit("later")
    dolt.each(LEAVE, f"CALL dolt_revert('{commit}')")
    conclude(repository)
    assert dolt.rows("SELECT * FROM t ORDER BY id") == [(1, 77, 10), (3, 3, 3), (9, 9, 9)]
    assert dolt.scalar("SELECT message FROM dolt_log LIMIT 1").startswith("Revert")
    assert dolt.status() == set()
