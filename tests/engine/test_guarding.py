"""What another session does between a preview and the write that was decided on by it: nothing of it is lost."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from dolt_tui.engine.core import connections
from dolt_tui.engine.errors import ChangedMeanwhile, EngineError
from dolt_tui.engine.model import Expected, MergeKind, ResetKind, StashScope
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt

Between = Callable[[str, Callable[[], Any]], None]


def commit(raw: Raw, at: str = "main") -> str:
    """Another session commits a row."""
    number = int(raw.scalar("SELECT max(id) FROM people", at=at)) + 1
    raw.run(f"INSERT INTO people VALUES ({number}, 'other')", at=at)
    return raw.commit("by another session", at=at)


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Between:
    """``between(text, act)``: do ``act`` once, right before the first statement of ours that holds ``text`` runs."""
    run = connections.Session._run

    def arrange(text: str, act: Callable[[], Any]) -> None:
        left = [act]

        def paused(self: connections.Session, sql: str, values: tuple[object, ...], read: Any) -> Any:
            if text in sql and left:
                left.pop()()
            return run(self, sql, values, read)

        monkeypatch.setattr(connections.Session, "_run", paused)

    return arrange


@pytest.fixture
def branches(people: Raw) -> Raw:
    """main with two commits more than people's, a branch behind it, and one that diverged."""
    people.call("dolt_branch", "behind")
    people.call("dolt_branch", "side")
    for number in (4, 5):
        people.run(f"INSERT INTO people VALUES ({number}, 'own')")
        people.commit(f"own {number}")
    people.run("INSERT INTO people VALUES (9, 'side')", at="side")
    people.commit("side", at="side")
    people.call("dolt_tag", "v1", "main")
    return people


def refused(raw: Raw, write: Callable[[], Any], at: str = "main", match: str = "committed to main") -> None:
    """``write`` does nothing at all, and says what was done meanwhile."""
    before, refs = state(raw, at), raw.branches()
    with pytest.raises(ChangedMeanwhile, match=match) as caught:
        write()
    assert "othing was done" in caught.value.message
    assert state(raw, at) == before
    assert raw.branches() == refs


def state(raw: Raw, at: str) -> tuple[object, ...]:
    if not raw.dolt and at == "behind":  # nothing was ever written to it: there it has no working set yet
        return (raw.head(at), raw.status(at))
    return raw.state(at)


@pytest.mark.both_versions
def test_moving_a_branch(branches: Raw, opened: Open) -> None:
    repository = opened(branches)
    commits, rewriting, rebasing, merging = (
        repository.commits, repository.rewriting, repository.rebasing, repository.merging
    )  # fmt: skip
    head = branches.head()
    own = branches.rows("SELECT commit_hash FROM dolt_log")[1][0]
    seen = repository.refs.look("main")
    reset = commits.preview_reset("main", "HEAD~1")
    rebased = rebasing.preview("main", "side")
    behind = rebasing.preview("behind", "main")
    merged, forward = merging.preview("main", "side"), merging.preview("behind", "main")
    base, steps, _ = rebasing.plan("main", own)
    commit(branches)

    for kind in ResetKind:
        refused(branches, lambda kind=kind: commits.reset("main", reset.commit.hash, kind, reset.seen))  # type: ignore[misc]
    refused(branches, lambda: commits.amend("main", head, "amended"))
    refused(branches, lambda: rewriting.reword("main", own, "reworded", seen))
    refused(branches, lambda: rewriting.squash("main", own, "squashed", seen))
    refused(branches, lambda: rebasing.rebase("main", "side", rebased.seen))
    refused(branches, lambda: rebasing.interactive("main", base, steps, seen))
    refused(branches, lambda: merging.merge("main", "side", MergeKind.COMMIT, expected=merged.seen))
    # The other side counts too: what comes in is not what was shown.
    refused(branches, lambda: merging.merge("behind", "main", MergeKind.FAST_FORWARD, expected=forward.seen), "behind")
    refused(branches, lambda: rebasing.rebase("behind", "main", behind.seen), "behind")
    # A branch that nobody moved is not held up by the others.
    side = commits.preview_reset("side", "HEAD~1")
    commits.reset("side", side.commit.hash, ResetKind.HARD, side.seen)
    assert branches.head("side") == side.commit.hash


@pytest.mark.both_versions
def test_refs(branches: Raw, opened: Open) -> None:
    repository = opened(branches)
    refs = repository.refs
    seen = {name: refs.look(name) for name in ("side", "behind")}
    tag = Expected("v1", branches.head(), tag=True)
    commit(branches, "side")
    branches.call("dolt_tag", "-d", "v1")
    branches.call("dolt_tag", "v1", "side")
    what = "committed to side: 1 commit"
    refused(branches, lambda: refs.delete_branch("main", "side", force=True, expected=seen["side"]), "side", what)
    refused(
        branches,
        lambda: refs.delete_branch("main", "side", force=True, in_use=True, expected=seen["side"]),
        "side",
        what,
    )
    refused(branches, lambda: refs.rename_branch("main", "side", "new", expected=seen["side"]), "side", what)
    refused(branches, lambda: repository.tags.delete("main", "v1", tag), match="moved the tag v1")
    # Uncommitted changes of another branch, which only that branch itself tells.
    branches.run("INSERT INTO people VALUES (50, 'uncommitted')", at="behind")
    refused(
        branches,
        lambda: refs.delete_branch("main", "behind", force=True, expected=seen["behind"]),
        "behind",
        "behind's tables have changed",
    )
    # Gone, and made again elsewhere.
    branches.call("dolt_branch", "-D", "behind")
    refused(branches, lambda: refs.delete_branch("main", "behind", expected=seen["behind"]), match="deleted the branch")
    branches.call("dolt_tag", "-d", "v1")
    refused(branches, lambda: repository.tags.delete("main", "v1", tag), match="deleted the tag")
    # As they are now it is done.
    refs.delete_branch("main", "side", force=True, expected=refs.look("side"))
    assert set(branches.branches()) == {"main"}


def test_uncommitted_changes(branches: Raw, opened: Open) -> None:
    repository = opened(branches)
    working, commits = repository.working, repository.commits
    branches.run("CREATE TABLE notes (id INTEGER PRIMARY KEY)")
    branches.commit("notes")
    branches.run("INSERT INTO people VALUES (60, 'ours')", "INSERT INTO notes VALUES (1)")
    branches.call("dolt_add", "notes")
    seen, people = repository.refs.look("main"), working.look("main", ["people"])
    reset = commits.preview_reset("main", "HEAD")
    change = working.status("main").unstaged[0]
    branches.run("UPDATE notes SET id = 2")
    # Another table was changed: what is about people only goes on, what is about everything does not.
    hard = lambda: commits.reset("main", "HEAD", ResetKind.HARD, reset.seen)  # noqa: E731
    refused(branches, hard, match="main's tables have changed")
    refused(branches, lambda: working.discard_all("main", seen), match="main's tables have changed")
    branches.run("UPDATE people SET name = 'theirs' WHERE id = 60")
    refused(branches, lambda: working.discard("main", change, expected=people), match="people was changed")
    refused(branches, lambda: working.drop_table("main", "people", expected=people), match="people was changed")
    branches.call("dolt_add", "-A")
    mixed = lambda: commits.reset("main", "HEAD", ResetKind.MIXED, reset.seen)  # noqa: E731
    refused(branches, mixed, match="staged on main")
    branches.run("DROP TABLE people")
    refused(branches, lambda: working.drop_table("main", "people", expected=people), match="people was dropped")
    # A soft reset loses none of it.
    commits.reset("main", "HEAD", ResetKind.SOFT, reset.seen)
    working.drop_table("main", "notes", expected=working.look("main", ["notes"]))
    assert ("notes", False, "deleted") in branches.status()


def test_what_is_in_progress(branches: Raw, opened: Open) -> None:
    repository = opened(branches)
    progress = repository.progress
    branches.call("dolt_rebase", "-i", "HEAD~2")
    branches.run("UPDATE dolt_rebase SET action = 'edit'", at="dolt_rebase_main")
    branches.call("dolt_rebase", "--continue", at="dolt_rebase_main")
    operation = progress.find("main")
    assert operation is not None
    branches.call("dolt_commit", "--amend", "--allow-empty", "-m", "amended by another session", at="dolt_rebase_main")
    for work in (progress.go_on, progress.abort):
        refused(branches, lambda work=work: work(operation), "dolt_rebase_main", "moved the branch")  # type: ignore[misc]
    operation = progress.find("main")
    assert operation is not None
    progress.abort(operation)
    assert "dolt_rebase_main" not in branches.branches()
    # A merge that waits for its commit.
    branches.call("dolt_merge", "--no-ff", "--no-commit", "main", at="side")
    operation = progress.find("side")
    if branches.dolt:
        assert operation is not None
        branches.run("INSERT INTO people VALUES (70, 'another session')", at="side")
        for work in (progress.go_on, progress.abort):
            refused(branches, lambda work=work: work(operation), "side", "side's tables have changed")  # type: ignore[misc]


def test_stashes(dolt: RawDolt, opened: Open, between: Between) -> None:
    dolt.run("CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(9))", "INSERT INTO people VALUES (1, 'a')")
    dolt.commit()
    repository = opened(dolt)
    for name in ("x", "y"):
        dolt.run(f"UPDATE people SET name = '{name}'")
        dolt.call("dolt_stash", "push", "list")
    dolt.run("UPDATE people SET name = 'mine'")
    mine = repository.stashes.push("main", "mine", StashScope.TRACKED)
    old = next(stash for stash in repository.stashes.stashes("main") if stash.id == "stash@{1}")
    between("CALL dolt_stash(", lambda: dolt.call("dolt_stash", "drop", "list", "stash@{0}"))
    for verb in ("drop", "pop", "apply"):
        with pytest.raises(EngineError, match="not where it was"):
            getattr(repository.stashes, verb)("main", old)
    assert len(repository.stashes.stashes("main")) == 2
    repository.stashes.pop("main", mine)
    assert dolt.rows("SELECT name FROM people") == [("mine",)]


# in the last moment: another session comes when all comparisons are made, right before the statement that writes


Last = Callable[[Repository, Expected], Any]
SOFT, MIXED, HARD = ResetKind.SOFT, ResetKind.MIXED, ResetKind.HARD

LAST: dict[str, tuple[str, str, Last]] = {
    # Where a branch "at" begins, the statement before which the other session commits to it, and what is done to it.
    "reset --soft": ("main", "dolt_reset(", lambda repo, seen: repo.commits.reset("at", "HEAD~1", SOFT, seen)),
    "reset": ("main", "dolt_reset(", lambda repo, seen: repo.commits.reset("at", "HEAD~1", MIXED, seen)),
    "reset --hard": ("main", "dolt_reset(", lambda repo, seen: repo.commits.reset("at", "HEAD~1", HARD, seen)),
    "amend": ("main", "dolt_commit(", lambda repo, seen: repo.commits.amend("at", seen.hash, "x")),
    "reword": ("main", "dolt_reset(", lambda repo, seen: repo.rewriting.reword("at", "HEAD", "x", seen)),
    "squash": ("main", "dolt_reset(", lambda repo, seen: repo.rewriting.squash("at", "HEAD~1", "x", seen)),
    "delete": (
        "main", "dolt_branch(", lambda repo, seen: repo.refs.delete_branch("main", "at", force=True, expected=seen)
    ),
    "merge": ("main", "dolt_merge(", lambda repo, _: repo.merging.merge("at", "side", MergeKind.COMMIT)),
    "fast-forward": ("behind", "dolt_merge(", lambda repo, _: repo.merging.merge("at", "main", MergeKind.FAST_FORWARD)),
    "rebase": ("main", "dolt_rebase(", lambda repo, _: repo.rebasing.rebase("at", "side")),
    "rebase of nothing": ("behind", "dolt_merge(", lambda repo, _: repo.rebasing.rebase("at", "main")),
    "undo": ("main", "dolt_reset(", lambda repo, _: repo.undo.undo(repo.undo.steps()[-1])),
}  # fmt: skip


@pytest.mark.both_versions
def test_in_the_last_moment(branches: Raw, opened: Open, between: Between) -> None:
    repository = opened(branches)
    for name, (start, statement, write) in LAST.items():
        branches.call("dolt_branch", "at", start)
        if start != "behind":
            made_here = partial(repository.commits.commit, "at", "x", allow_empty=True)
            repository.undo.perform("at", "commit", made_here)
        made: list[str] = []
        seen = repository.refs.look("at")
        between(statement, partial(lambda made: made.append(commit(branches, "at")), made))
        told = ""
        try:
            write(repository, seen)
        except EngineError as error:
            told = error.message
        assert made, f"{name}: the statement never came"
        log = {row[0] for row in branches.rows("SELECT commit_hash FROM dolt_log", at="at")}
        assert made[0] in log, f"{name}: the commit of the other session is lost: {told or 'nothing was said'}"
        if branches.dolt and statement in ("dolt_reset(", "dolt_branch(", "dolt_commit(", "dolt_rebase("):
            assert "Another session has committed to at: 1 commit" in told, name
        repository.undo.remove_snapshots("main")
        branches.call("dolt_branch", "-D", "at")
