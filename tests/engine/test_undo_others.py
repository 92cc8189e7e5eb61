"""Undo beside other sessions, after restarts, and where something is in the way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dolt_tui.engine import open_repository
from dolt_tui.engine.connecting.target import FileTarget
from dolt_tui.engine.errors import CannotUndo
from dolt_tui.engine.model import ResetKind
from dolt_tui.engine.model.rewriting import Action
from dolt_tui.engine.repository import Repository
from dolt_tui.engine.undo.steps import (
    SNAPSHOT_MESSAGE,
    Reach,
    UndoSettings,
    UndoStep,
)

from .conftest import Open, Raw, RawDolt
from .test_undo import make_dirty, no_marker, ours, world


def last(repository: Repository) -> UndoStep:
    step = repository.undo.next()
    assert step is not None
    return step


def discard(repository: Repository) -> UndoStep:
    _, step = repository.undo.perform("main", "discard", lambda: repository.working.discard_all("main"))
    assert step is not None
    return step


def test_a_branch_that_another_session_moved_is_left_alone(people: Raw, repository: Repository) -> None:
    people.run("INSERT INTO people VALUES (7, 'Gus')")
    repository.working.stage("main", ["people"])
    repository.undo.perform("main", "commit", lambda: repository.commits.commit("main", "ours"), reach=Reach.REFS)
    people.run("INSERT INTO people VALUES (8, 'Hal')")
    people.commit("theirs")
    before = world(people)
    preview = repository.undo.preview(last(repository))
    assert preview.blocked_by == "another session moved the branch main since: 1 commit came"
    with pytest.raises(CannotUndo, match="another session moved"):
        repository.undo.undo(last(repository), drifted=True)
    assert world(people) == before
    repository.undo.forget(last(repository))
    assert repository.undo.next() is None


@pytest.mark.parametrize("tag", [False, True])
def test_refs_that_others_made_or_deleted(people: Raw, repository: Repository, tag: bool) -> None:
    call = "dolt_tag" if tag else "dolt_branch"
    repository.undo.perform("main", "make", lambda: repository.call("main", call, "mine", "HEAD"))
    people.call(call, "-d", "mine")
    what = "tag" if tag else "branch"
    step = last(repository)
    assert repository.undo.preview(step).blocked_by == ""  # it is gone already, as it is to be
    repository.undo.undo(step)
    people.call(call, "mine", "HEAD~1")
    redo = repository.undo.next(redo=True)
    assert redo is not None
    assert repository.undo.preview(redo).blocked_by == f"there is already a {what} mine"
    with pytest.raises(CannotUndo):
        repository.undo.undo(redo)


def test_what_others_do_meanwhile_is_not_part_of_a_step(people: Raw, repository: Repository) -> None:
    people.call("dolt_branch", "theirs")

    def work() -> None:
        people.run("INSERT INTO people VALUES (9, 'Ida')", at="theirs")
        people.commit("theirs", at="theirs")
        people.call("dolt_branch", "new")
        repository.call("main", "dolt_tag", "mine", "HEAD")

    _, step = repository.undo.perform("main", "tag", work)
    assert step is not None
    assert [move.name for move in step.refs] == ["mine"]


def test_uncommitted_changes_made_since_are_told_and_come_back(people: Raw, repository: Repository) -> None:
    make_dirty(people)
    dirty = world(people)
    discard(repository)
    people.run("CREATE TABLE since (id INTEGER PRIMARY KEY)", "INSERT INTO people VALUES (30, 'Since')")
    since = world(people)
    step = last(repository)
    assert repository.undo.preview(step).drift == ("the working set of main has changed since",)
    with pytest.raises(CannotUndo, match="changed since"):
        repository.undo.undo(step)
    assert world(people) == since
    repository.undo.undo(step, drifted=True)
    assert world(people) == dirty
    redo = repository.undo.next(redo=True)
    assert redo is not None
    repository.undo.undo(redo)
    assert world(people) == since


def test_undoing_a_commit_keeps_what_was_edited_since(people: Raw, repository: Repository) -> None:
    people.run("INSERT INTO people VALUES (7, 'Gus')")
    repository.working.stage("main", ["people"])
    before = people.state()
    repository.undo.perform("main", "commit", lambda: repository.commits.commit("main", "ours"), reach=Reach.REFS)
    people.run("INSERT INTO people VALUES (8, 'Hal')")
    assert not repository.undo.preview(last(repository)).drift
    repository.undo.undo(last(repository))
    assert people.state()[1:3] == before[1:3]  # staged set and HEAD
    assert people.rows("SELECT name FROM people WHERE id = 8") == [("Hal",)]


def test_a_preview_counts(people: Raw, repository: Repository) -> None:
    people.run("UPDATE people SET name = 'X' WHERE id < 3", "INSERT INTO people VALUES (4, 'Dan')")
    discard(repository)
    preview = repository.undo.preview(last(repository), counts=True)
    (effect,) = preview.sets
    counts = effect.tables[0].counts
    assert counts is not None
    assert (counts.modified, counts.added, counts.removed) == (2, 1, 0)
    repository.undo.undo(last(repository))
    people.commit("all")
    reset = lambda: repository.commits.reset("main", "HEAD~2", ResetKind.HARD)  # noqa: E731
    repository.undo.perform("main", "reset", reset)
    (ref,) = repository.undo.preview(last(repository)).refs
    assert (ref.leaves, ref.comes) == (0, 2)


def test_a_new_step_ends_redoing_and_frees_what_was_kept(people: Raw, repository: Repository) -> None:
    make_dirty(people)
    discard(repository)
    assert len(ours(people)) == 1
    repository.undo.undo(last(repository))
    assert ours(people) == []  # the other side was clean
    repository.undo.perform("main", "tag", lambda: repository.call("main", "dolt_tag", "mine", "HEAD"))
    assert repository.undo.next(redo=True) is None
    assert [step.label for step in repository.undo.steps()] == ["tag"]


def test_the_number_of_steps_and_of_snapshots_is_bounded(people: Raw, opened: Open, tmp_path: Path) -> None:
    repository = opened(people, undo=UndoSettings(tmp_path, keep=3))
    for number in range(6):
        people.run(f"INSERT INTO people VALUES ({100 + number}, 'x')")
        discard(repository)
    assert len(repository.undo.steps()) == 3
    assert len(ours(people)) == 3
    assert repository.undo.snapshots("main") == (3, 3)
    people.call("dolt_tag", "_undo/orphan", "HEAD")
    assert repository.undo.snapshots("main") == (4, 3)
    assert repository.undo.remove_snapshots("main") == 4
    assert ours(people) == []
    assert repository.undo.steps() == ()


def test_snapshots_are_not_shown(people: Raw, repository: Repository) -> None:
    make_dirty(people)
    people.call("dolt_tag", "v1", "HEAD")
    before = repository.refs.fingerprint("main", refs=True).refs
    repository.undo.perform("main", "rows", lambda: repository.run("main", [("DELETE FROM people", ())]))
    assert len(ours(people)) == 1
    assert [tag.name for tag in repository.tags.tags("main")] == ["v1"]
    assert repository.refs.fingerprint("main", refs=True).refs == before


def test_a_library_leaves_no_snapshots_behind(people: Raw) -> None:
    make_dirty(people)
    with open_repository(people.target) as repository:
        discard(repository)
        assert len(ours(people)) == 1
    assert ours(people) == []


def test_a_reset_of_commits_survives_a_garbage_collection(people: Raw, repository: Repository) -> None:
    people.run("INSERT INTO people VALUES (7, 'Gus')")
    people.commit("gone soon")
    before = world(people)
    repository.undo.perform("main", "reset", lambda: repository.commits.reset("main", "HEAD~1", ResetKind.HARD))
    after = world(people)
    people.call("dolt_gc", *(("--full",) if people.dolt else ()))
    repository.undo.undo(last(repository))
    assert world(people) == before
    people.call("dolt_gc", *(("--full",) if people.dolt else ()))
    redo = repository.undo.next(redo=True)
    assert redo is not None
    repository.undo.undo(redo)
    assert world(people) == after


def test_a_merge_with_conflicts_is_one_step_from_its_begin_to_its_end(dolt: RawDolt, opened: Open) -> None:
    dolt.run("CREATE TABLE t (id INT PRIMARY KEY, v INT)", "INSERT INTO t VALUES (1, 1)")
    dolt.commit()
    dolt.call("dolt_branch", "other")
    dolt.run("UPDATE t SET v = 2", at="other")
    dolt.commit(at="other")
    dolt.run("UPDATE t SET v = 3")
    dolt.commit()
    repository = opened(dolt)
    before = world(dolt)
    allow = ("SET @@dolt_allow_commit_conflicts = 1", ())
    merge = [allow, ("CALL dolt_merge('other')", ())]
    repository.undo.perform("main", "merge other", lambda: repository.run("main", merge))
    step = last(repository)
    assert step.open
    assert "in progress" in repository.undo.preview(step).blocked_by
    resolve = [allow, ("CALL dolt_conflicts_resolve('--theirs', 't')", ())]
    repository.undo.perform("main", "resolve", lambda: repository.run("main", resolve))
    finish = [allow, ("CALL dolt_add('-A')", ()), ("CALL dolt_commit('-m', 'merged')", ())]
    repository.undo.perform("main", "finish", lambda: repository.run("main", finish))
    after = world(dolt)
    assert [step.label for step in repository.undo.steps()] == ["merge other"]
    repository.undo.undo(last(repository))
    assert world(dolt) == before
    redo = repository.undo.next(redo=True)
    assert redo is not None
    repository.undo.undo(redo)
    assert world(dolt) == after
    repository.undo.undo(last(repository))
    repository.undo.perform("main", "merge again", lambda: repository.run("main", merge))
    repository.undo.perform("main", "abort", lambda: repository.call("main", "dolt_merge", "--abort"))
    assert world(dolt) == before
    assert repository.undo.next() is None  # nothing is left of it to undo


@pytest.mark.parametrize("end", ["continue", "abort"])
def test_a_rebase_that_waits_is_one_step(people: Raw, repository: Repository, end: str) -> None:
    for number in range(3):
        people.run(f"INSERT INTO people VALUES ({20 + number}, 'x')")
        people.commit(f"c{number}")
    before = world(people)
    base, plan, _ = repository.rebasing.plan("main", "HEAD~1")
    plan = (replace(plan[0], action=Action.EDIT), replace(plan[1], action=Action.REWORD, message="new words"))
    undo = repository.undo
    undo.perform("main", "rebase main", lambda: repository.rebasing.interactive("main", base, plan))
    assert "in progress" in undo.preview(last(repository)).blocked_by
    operation = repository.progress.find("main")
    assert operation is not None
    if end == "abort":
        undo.perform(operation.on, "abort", lambda: repository.progress.abort(operation))
        assert world(people) == before
        assert undo.next() is None
        return
    undo.perform(operation.on, "continue", lambda: repository.progress.go_on(operation))
    after = world(people)
    assert [step.label for step in undo.steps()] == ["rebase main"]
    undo.undo(last(repository))
    assert world(people) == before
    redo = undo.next(redo=True)
    assert redo is not None
    undo.undo(redo)
    assert world(people) == after


def test_a_branch_comes_back_with_its_upstream(dolt: RawDolt, opened: Open, tmp_path: Path) -> None:
    dolt.call("dolt_remote", "add", "origin", f"file://{tmp_path / 'remote'}")
    dolt.call("dolt_branch", "other")
    dolt.call("dolt_push", "-u", "origin", "other", at="other")
    query = "SELECT remote, branch FROM dolt_branches WHERE name = 'other'"
    assert dolt.rows(query) == [("origin", "other")]
    repository = opened(dolt)
    undo = repository.undo
    undo.perform("main", "delete", lambda: repository.refs.delete_branch("main", "other", force=True), also=["other"])
    undo.undo(last(repository))
    assert dolt.rows(query) == [("origin", "other")]
    undo.perform("main", "rename", lambda: repository.refs.rename_branch("main", "other", "new"), also=["other"])
    undo.undo(last(repository))
    assert dolt.rows(query) == [("origin", "other")]
    undo.perform("other", "rename", lambda: repository.refs.rename_branch("other", "other", "new"))
    undo.undo(last(repository))
    assert dolt.rows(query) == [("origin", "other")]


def test_a_staged_set_that_cannot_be_committed_is_told_before(dolt: RawDolt, opened: Open) -> None:
    dolt.run(
        "CREATE TABLE p (id INT PRIMARY KEY)",
        "CREATE TABLE c (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES p (id))",
    )
    dolt.call("dolt_add", "c")
    repository = opened(dolt)
    before = world(dolt)
    with pytest.raises(CannotUndo, match="requires the referenced table"):
        discard(repository)
    assert world(dolt) == before
    assert no_marker(dolt)
    repository.undo.perform("main", "discard", lambda: repository.working.discard_all("main"), anyway=True)
    step = last(repository)
    assert "requires the referenced table" in step.blocked_by
    assert repository.undo.preview(step).blocked_by == step.blocked_by


def test_without_privileges_nothing_is_kept_and_nothing_done(people: Raw, dolt: RawDolt, opened: Open) -> None:
    """Somebody who may change rows, but call no procedures."""
    if not people.dolt:
        assert isinstance(people.target, FileTarget)  # it has no users
        return
    user = f"writer_{people.database[-6:]}"
    people.run(
        f"CREATE USER {user}@localhost IDENTIFIED BY 'x'",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {people.database}.* TO {user}@localhost",
        "INSERT INTO people VALUES (50, 'Dirty')",
    )
    repository = opened(people, user=user, password="x")
    with pytest.raises(CannotUndo, match="command denied"):
        repository.undo.perform("main", "rows", lambda: repository.run("main", [("DELETE FROM people", ())]))
    assert len(people.rows("SELECT * FROM people")) == 4
    people.run(f"DROP USER {user}@localhost")


def test_ignored_tables_are_left_as_they_are(people: Raw, repository: Repository) -> None:
    people.run("CREATE TABLE scratch_old (id INTEGER PRIMARY KEY)", "CREATE TABLE scratch_gone (a INTEGER)")
    people.commit("tables that are ignored later")
    people.run("INSERT INTO dolt_ignore VALUES ('scratch%', 1)")
    people.commit("ignore")
    people.run("CREATE TABLE scratch1 (id INTEGER PRIMARY KEY)", "INSERT INTO scratch1 VALUES (1)")
    people.run("INSERT INTO scratch_old VALUES (5)", "DROP TABLE scratch_gone")
    people.run("INSERT INTO people VALUES (60, 'Dirty')", "CREATE TABLE fresh (id INTEGER PRIMARY KEY)")
    before = people.state()
    discard(repository)
    people.run("INSERT INTO scratch1 VALUES (2)")
    preview = repository.undo.preview(last(repository))
    assert preview.note == "Tables that dolt_ignore names stay as they are."
    repository.undo.undo(last(repository), drifted=True)
    assert people.state()[4] == before[4]
    assert people.rows("SELECT name FROM people WHERE id = 60") == [("Dirty",)]
    assert people.rows("SELECT id FROM scratch1") == [(1,), (2,)]
    assert people.rows("SELECT id FROM scratch_old") == [(5,)]  # a hard reset takes away what is committed
    repository.working.stage("main", ["scratch_old"])
    assert ("scratch_old", True, "modified") in people.status()


# a program that dies


@pytest.mark.parametrize("staged", [True, False])
@pytest.mark.parametrize("died_after", [1, 2, 3, 4])
def test_a_branch_left_on_a_snapshot_is_put_back(
    people: Raw, repository: Repository, died_after: int, staged: bool
) -> None:
    make_dirty(people)
    if not staged:
        people.call("dolt_reset")
    before = world(people)
    statements = [
        ("dolt_commit", "--allow-empty", "-m", f"{SNAPSHOT_MESSAGE}staged x"),
        ("dolt_commit", "-A", "--allow-empty", "-m", f"{SNAPSHOT_MESSAGE}working x"),
        ("dolt_tag", "_undo/x", "HEAD"),
        ("dolt_reset", "_undo/x~1"),
    ]
    if not staged:
        del statements[0]
    for procedure, *arguments in statements[:died_after]:
        people.call(
            procedure, *(people.scalar(f"SELECT dolt_hashof('{a}')") if a == "_undo/x~1" else a for a in arguments)
        )
    assert repository.undo.repair("main") is (staged or died_after < 3)
    assert world(people) == before
    assert no_marker(people)


# the journal


def test_where_nothing_can_be_written_steps_are_remembered_for_now(people: Raw, opened: Open, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no directory")
    repository = opened(people, undo=UndoSettings(tmp_path / "file"))
    people.run("INSERT INTO people VALUES (60, 'Dirty')")
    before = world(people)
    discard(repository)
    repository.undo.undo(last(repository))
    assert world(people) == before


def test_another_database_of_the_same_name_has_no_steps(dolt: RawDolt, opened: Open, tmp_path: Path) -> None:
    settings = UndoSettings(tmp_path)
    with opened(dolt, undo=settings) as repository:
        repository.undo.perform("main", "tag", lambda: repository.call("main", "dolt_tag", "mine", "HEAD"))
    connection = dolt.connect()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {dolt.database}")
        cursor.execute(f"CREATE DATABASE {dolt.database}")
    connection.close()
    with opened(dolt, undo=settings) as repository:
        assert repository.undo.steps() == ()
