"""Cherry-picks, reverts, rebases, pulls and stashes that conflict: decided by a plan, all or nothing."""

from __future__ import annotations

import signal
from functools import partial
from pathlib import Path

import pytest

from dolt_tui.engine.core.scratch_branch import is_scratch
from dolt_tui.engine.errors import (
    ChangedMeanwhile,
    Conflicts,
    ConstraintsBroken,
    LocalChanges,
    NothingChanged,
    StashNotFound,
    Undecided,
)
from dolt_tui.engine.model import StashScope
from dolt_tui.engine.model.conflicts import (
    Incoming,
    IncomingKind,
    ResolutionPlan,
    Side,
    StepPlan,
    TablePlan,
)
from dolt_tui.engine.model.rewriting import Action, RebaseStep
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt
from .several_commits import (
    OURS,
    THEIRS,
    Killed,
    Watched,
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
from .test_calls import check


def test_what_is_brought_in(raw: Raw, repository: Repository) -> None:
    made, part = forked(raw), repository.incoming
    head, tip = raw.head(), made[-1]
    assert part.merge("main", "feature") == Incoming(IncomingKind.MERGE, "main", "feature", head, tip)
    assert part.merge("main", "old", tip=made[0], squash=True).kind is IncomingKind.SQUASH
    pick = Incoming(IncomingKind.CHERRY_PICK, "main", "3 commits", head, tip, commits=tuple(made))
    assert part.pick("main", made) == pick
    assert part.revert("feature", [tip]).title == f"reverting {tip[:7]} (f3) on feature"
    rebase = part.rebase("feature", "main")
    assert (rebase.head, rebase.onto, rebase.commits, rebase.steps) == (tip, head, tuple(made), ())
    steps = [RebaseStep(Action.PICK, made[0], "f1"), RebaseStep(Action.DROP, made[1], "f2")]
    assert part.interactive("feature", raw.head("main"), steps).commits == (made[0],)


def test_picks_of_which_two_conflict(raw: Raw, repository: Repository) -> None:
    f1, f2, f3 = forked(raw)
    before, branches = raw.state(), raw.branches()
    incoming = repository.incoming.pick("main", [f1, f2, f3])
    first = foreseen(repository, decided(incoming))
    assert told(first) == (f1, 1, 3, [("t", 1)])
    assert (first.summary, sides(raw, first, 1)) == ("f1", [1, 21, 11])
    third = foreseen(repository, decided(incoming, **{f1: {1: value(31)}}))
    assert told(third) == (f3, 3, 3, [("t", 1)])
    assert sides(raw, third, 3) == [3, 23, 13]
    assert sides(raw, third, 1)[1] == 31  # ours is what was decided before
    with pytest.raises(Undecided) as undecided:
        repository.resolver.apply(incoming, decided(incoming, **{f1: {1: value(31)}}))
    assert told(undecided.value.found) == told(third)
    assert (raw.state(), raw.branches()) == (before, branches)
    plan = decided(incoming, **{f1: {1: value(31)}, f3: {3: THEIRS}})
    assert repository.resolver.foresee(incoming, plan) is None
    assert (raw.state(), raw.branches()) == (before, branches)
    applied = done(repository, plan)
    assert (applied.hash, applied.commits) == (raw.head(), 3)
    assert (log(raw), rows(raw)) == (["f3", "f2", "f1", "ours", *log(raw)[4:]], [31, 12, 13])
    authors = raw.rows(f"SELECT message, {raw.author} FROM dolt_log LIMIT 3")
    for message, *author in authors if raw.dolt else [authors[0], authors[2]]:  # DoltLite's own picks are the user's
        assert "More." in message
        assert author == ["Ann", "ann@example.com"]
    with pytest.raises(ChangedMeanwhile):
        repository.resolver.apply(incoming, plan)
    undone(repository)
    assert (raw.state(), raw.branches()) == (before, branches)
    # What is decided to stay as it is makes no commit; where that is true of all, nothing is done.
    applied = done(repository, decided(incoming, **{f1: {1: OURS}, f3: {3: OURS}}))
    assert (applied.commits, applied.notes) == (1, ("2 commits change nothing: left out.",))
    assert log(raw)[:2] == ["f2", "ours"]
    undone(repository)
    only = repository.incoming.pick("main", [f1])
    with pytest.raises(NothingChanged):
        repository.resolver.apply(only, decided(only, **{f1: {1: OURS}}))
    assert (raw.state(), raw.branches()) == (before, branches)


def test_reverts_that_conflict(raw: Raw, repository: Repository) -> None:
    f1, _, f3 = forked(raw)
    raw.run("UPDATE t SET a = 99 WHERE id = 1", at="feature")
    raw.commit("later", at="feature")
    before = raw.state("feature")
    incoming = repository.incoming.revert("feature", [f3, f1])
    found = foreseen(repository, decided(incoming))
    assert (told(found), found.called) == ((f1, 2, 2, [("t", 1)]), ("feature", f"before {f1[:7]}"))
    assert sides(raw, found, 1) == [11, 99, 1]
    plan = decided(incoming, **{f1: {1: value(50)}})
    done(repository, plan)
    assert rows(raw, "feature") == [50, 12, 3]
    messages = [message for (message,) in raw.rows("SELECT message FROM dolt_log LIMIT 2", at="feature")]
    assert messages[1].startswith('Revert "f3')
    assert messages[0] == messages[1].replace("f3", "f1")  # as the engine words it
    undone(repository)
    assert raw.state("feature") == before
    raw.run("INSERT INTO t VALUES (4, 4)", at="feature")
    with pytest.raises(LocalChanges, match="t are in the way"):
        repository.resolver.foresee(incoming, plan)


def test_a_stash_that_conflicts(dolt: RawDolt, opened: Open) -> None:
    forked(dolt)
    repository = opened(dolt)
    dolt.run("UPDATE t SET a = 70 WHERE id = 1", "CREATE TABLE fresh (id INTEGER PRIMARY KEY)", at="feature")
    dolt.run("ALTER TABLE t ADD COLUMN b INTEGER DEFAULT 5", at="feature")
    stash = repository.stashes.push("feature", "wip", StashScope.UNTRACKED)
    dolt.run("CREATE TABLE staged (id INTEGER PRIMARY KEY)")
    dolt.call("dolt_add", "staged")
    dolt.run("CREATE TABLE loose (id INTEGER PRIMARY KEY)")
    before, branches = dolt.state(), dolt.branches()
    incoming = repository.incoming.stash("main", stash, drop=True)
    found = foreseen(repository, decided(incoming))
    assert (told(found), sides(dolt, found, 1)) == ((stash.hash, 1, 1, [("t", 1)]), [11, 21, 70])
    plan = decided(incoming, **{found.commit: {1: THEIRS}})
    assert repository.resolver.foresee(incoming, plan) is None
    assert (dolt.state(), dolt.branches()) == (before, branches)
    applied = done(repository, plan)
    assert (applied.hash, applied.commits, applied.notes) == (dolt.head(), 0, ())
    assert dolt.rows("SELECT * FROM t ORDER BY id") == [(1, 70, 5), (2, 2, 5), (3, 23, 5)]
    unstaged = {("t", False, "modified"), ("fresh", False, "new table"), ("loose", False, "new table")}
    assert dolt.status() == {*unstaged, ("staged", True, "new table")}
    assert repository.stashes.stashes("main") == ()
    undone(repository)
    assert (dolt.state(), dolt.branches()) == (before, branches)
    again = Incoming(IncomingKind.STASH, "main", "wip", incoming.head, stash.hash, stash=stash)
    with pytest.raises(StashNotFound):
        repository.resolver.foresee(again)


@pytest.mark.parametrize("kind", [IncomingKind.CHERRY_PICK, IncomingKind.REBASE])
def test_killed_in_the_middle(raw: Raw, repository: Repository, kind: IncomingKind) -> None:
    f1, f2, f3 = forked(raw)
    if kind is IncomingKind.REBASE:
        incoming = repository.incoming.rebase("feature", "main")
    else:
        incoming = repository.incoming.pick("main", [f1, f2, f3])
    branch = incoming.branch
    before, branches = raw.state(branch), raw.branches()
    plan = decided(incoming, **{f1: {1: value(31)}, f3: {3: value(33)}})
    killed = Killed(raw, 1, lambda other: other.resolver.apply(incoming, plan))
    assert killed.signal == signal.SIGKILL
    assert raw.state(branch) == before
    assert {name: hash_ for name, hash_ in raw.branches().items() if not is_scratch(name)} == branches
    assert repository.progress.find(branch) is None
    seen = Watched(raw, branch)
    with seen:
        done(repository, plan)
    assert (log(raw, branch)[:4], rows(raw, branch)) == (["f3", "f2", "f1", "ours"], [31, 12, 33])
    assert set(raw.branches()) == set(branches)  # what was left behind is gone, too
    assert seen.states == [before[:3], raw.state(branch)[:3]]
    assert seen.looks > 20


@pytest.mark.parametrize("kind", [IncomingKind.CHERRY_PICK, IncomingKind.REBASE])
def test_a_commit_that_breaks_constraints(raw: Raw, repository: Repository, kind: IncomingKind) -> None:
    raw.run(
        "CREATE TABLE p (id INTEGER PRIMARY KEY)",
        "CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER, u INTEGER UNIQUE, FOREIGN KEY (p) REFERENCES p (id))",
        "INSERT INTO p VALUES (1), (2)",
        "INSERT INTO c VALUES (1, 1, 1)",
    )
    raw.commit("base")
    raw.call("dolt_branch", "feature")
    raw.run("INSERT INTO c VALUES (2, 2, 7)", at="feature")
    tip = raw.commit("theirs", at="feature")
    raw.run("DELETE FROM p WHERE id = 2", "INSERT INTO c VALUES (9, 1, 7)")
    raw.commit("ours")
    part = repository.incoming
    incoming = part.rebase("feature", "main") if kind is IncomingKind.REBASE else part.pick("main", [tip])
    before, branches = raw.state(incoming.branch), raw.branches()
    empty = ResolutionPlan(incoming)
    found = foreseen(repository, empty)
    assert (found.tables, {broken.violation.kind for broken in found.broken}) == ((), {"foreign key", "unique index"})

    def mended(**values: int) -> ResolutionPlan:
        return empty.with_step(tip, StepPlan({"c": TablePlan(mends={(2,): values})}))

    with pytest.raises(Undecided) as undecided:
        repository.resolver.apply(incoming, empty)
    assert undecided.value.found.broken
    half, whole = mended(p=1), mended(p=1, u=8)
    assert {broken.violation.kind for broken in repository.resolver.check(found, half)} == {"unique index"}
    assert repository.resolver.check(found, whole) == ()
    with pytest.raises(ConstraintsBroken) as error:
        repository.resolver.apply(incoming, half)
    assert {broken.violation.kind for broken in error.value.broken} == {"unique index"}
    assert (raw.state(incoming.branch), raw.branches()) == (before, branches)
    raw.call("dolt_tag", "still", "main")  # nothing is left of what was found, for anybody
    assert repository.resolver.foresee(incoming, whole) is None
    done(repository, whole)
    assert raw.rows("SELECT * FROM c ORDER BY id", at=incoming.branch) == [(1, 1, 1), (2, 1, 8), (9, 1, 7)]
    assert log(raw, incoming.branch)[:2] == ["theirs", "ours"]
    undone(repository)
    assert raw.state(incoming.branch) == before


def test_a_pull_that_conflicts(raw: Raw, repository: Repository, tmp_path: Path) -> None:
    _, _, f3 = forked(raw)
    url = f"file://{tmp_path / ('remote' if raw.dolt else 'remote.db')}"
    repository.remotes.add("main", "origin", url)
    repository.remotes.push("feature", "origin", "main")
    repository.remotes.fetch("main", "origin")
    incoming = repository.incoming.pull("main", "origin", "main")
    found = foreseen(repository, decided(incoming))
    assert (told(found), found.incoming.title) == ((f3, 1, 1, [("t", 2)]), "merging origin/main into main")
    before = raw.head()
    done(repository, decided(incoming, **{f3: {1: value(31), 3: OURS}}))
    assert (log(raw)[0], rows(raw)) == ("Merge branch 'main' of origin into main", [31, 12, 23])
    assert repository.history.commit("main", "main").parents == (before, f3)


def test_the_statements_that_are_shown(raw: Raw, repository: Repository) -> None:
    f1, f2, f3 = forked(raw)
    part, resolver = repository.incoming, repository.resolver
    whole = StepPlan({"t": TablePlan(Side.THEIRS)})
    for incoming in (part.rebase("feature", "main"), part.pick("main", [f1, f2, f3])):
        plan = ResolutionPlan(incoming, {f1: whole, f3: whole})
        check(repository, resolver.apply_calls(incoming, plan), partial(resolver.apply, incoming, plan))
        assert rows(raw, incoming.branch) == [11, 12, 13]


def test_a_definition_that_conflicts(raw: Raw, repository: Repository) -> None:
    raw.run("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)", "INSERT INTO t VALUES (1, 1)")
    raw.commit("base")
    raw.call("dolt_branch", "feature")
    raw.run("ALTER TABLE t ADD COLUMN x INTEGER")
    raw.commit("ours")
    raw.run("ALTER TABLE t ADD COLUMN x VARCHAR(20)", at="feature")
    tip = raw.commit("theirs", at="feature")
    for incoming in (repository.incoming.pick("main", [tip]), repository.incoming.rebase("feature", "main")):
        before = raw.state(incoming.branch), raw.branches()
        with pytest.raises(Conflicts, match=r"conflicts in the definition of (a table|t)\. Nothing") as error:
            repository.resolver.foresee(incoming)
        assert "schema conflict" in error.value.detail
        assert (raw.state(incoming.branch), raw.branches()) == before


def test_stored_columns_that_dolt_cannot_merge(dolt: RawDolt, opened: Open) -> None:
    dolt.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, twice INTEGER AS (a * 2) STORED)",
        "CREATE TABLE other (id INTEGER PRIMARY KEY)",
        "INSERT INTO t (id, a) VALUES (1, 1), (2, 2), (3, 3)",
    )
    dolt.commit("base")
    dolt.call("dolt_branch", "feature")
    dolt.run("UPDATE t SET a = a + 20 WHERE id IN (1, 3)")
    dolt.commit("ours")
    dolt.run("UPDATE t SET a = a + 10", "INSERT INTO other VALUES (1)", at="feature")
    author = ("--author", "Ann <ann@example.com>")
    theirs = str(dolt.call("dolt_commit", "-am", "theirs", *author, at="feature")[0])
    repository = opened(dolt)
    before, branches = dolt.state(), dolt.branches()
    incoming = repository.incoming.pick("main", [theirs])
    found = foreseen(repository, decided(incoming))
    assert (told(found), sides(dolt, found, 3)) == ((theirs, 1, 1, [("t", 2)]), [3, 23, 13])
    with pytest.raises(Undecided):
        repository.resolver.apply(incoming, decided(incoming, **{theirs: {1: THEIRS}}))
    plan = decided(incoming, **{theirs: {1: value(31), 3: THEIRS}})
    assert repository.resolver.foresee(incoming, plan) is None
    assert (dolt.state(), dolt.branches()) == (before, branches)
    done(repository, plan)
    assert dolt.rows("SELECT id, a, twice FROM t ORDER BY id") == [(1, 31, 62), (2, 12, 24), (3, 13, 26)]
    assert dolt.rows(f"SELECT message, {dolt.author} FROM dolt_log LIMIT 1") == [("theirs", "Ann", "ann@example.com")]
    assert dolt.scalar("SELECT count(*) FROM other") == 1
    undo = repository.incoming.revert("main", [dolt.head()])
    dolt.run("UPDATE t SET a = 50 WHERE id = 1")
    dolt.commit("later")
    undo = repository.incoming.revert("main", undo.commits)
    assert told(foreseen(repository, decided(undo)))[3] == [("t", 1)]
    done(repository, decided(undo, **{undo.tip: {1: OURS}}))
    assert (log(dolt)[0], rows(dolt)) == ('Revert "theirs"', [50, 2, 23])
