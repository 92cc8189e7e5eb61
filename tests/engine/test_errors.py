"""Each text that is translated, met on a real engine; those of remotes and stashes also in their own tests."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

import pymysql
import pytest

from dolt_tui.engine import errors
from dolt_tui.engine.backends.embedded import driver
from dolt_tui.engine.errors import EngineError
from dolt_tui.engine.errors.translation import MAX_TEXT, translate

from .conftest import Raw, RawDolt, RawLite

Until = Callable[..., Any]


def failure(raw: Raw, sql: str, *values: object, at: str = "main") -> EngineError:
    """What a statement that must fail raises, translated."""
    with pytest.raises((pymysql.MySQLError, driver.Error)) as caught:
        (enforcing if isinstance(raw, RawLite) else type(raw).rows)(raw, sql, *values, at=at)  # type: ignore[arg-type]
    return translate(caught.value)


def enforcing(raw: RawLite, sql: str, *values: object, at: str = "main") -> None:
    """Run a statement on DoltLite with foreign keys enforced, as the engine layer does."""
    with closing(driver.connect(f"{raw.path}@{at}")) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(sql, values)


CALLS: list[tuple[type[EngineError], tuple[str, ...]]] = [
    (errors.InvalidName, ("dolt_branch", "a b")),
    (errors.InvalidName, ("dolt_tag", "a b")),
    (errors.AlreadyExists, ("dolt_branch", "other")),
    (errors.NotFullyMerged, ("dolt_branch", "-d", "ahead")),
    (errors.CurrentBranch, ("dolt_branch", "-D", "main")),
    (errors.NothingToCommit, ("dolt_commit", "-m", "x")),
    (errors.InvalidCommit, ("dolt_commit", "--allow-empty", "-m", "")),
    (errors.InvalidCommit, ("dolt_commit", "--allow-empty", "-m", "x", "--author", "x")),
    (errors.InvalidCommit, ("dolt_commit", "--allow-empty", "-m", "x", "--author", "x <>")),
    (errors.InvalidCommit, ("dolt_commit", "--allow-empty", "-m", "x", "--date", "yesterday")),
    (errors.RefNotFound, ("dolt_branch", "new", "nope")),
    (errors.RefNotFound, ("dolt_reset", "--hard", "nope")),
    (errors.TableNotFound, ("dolt_add", "nope")),
    (errors.TableNotFound, ("dolt_checkout", "--", "nope")),
]


@pytest.mark.parametrize(("kind", "call"), CALLS, ids=[" ".join(call) for _, call in CALLS])
def test_procedures(people: Raw, kind: type[EngineError], call: tuple[str, ...]) -> None:
    people.call("dolt_branch", "other")
    people.call("dolt_branch", "ahead")
    people.run("DELETE FROM people", at="ahead")
    people.commit(at="ahead")
    if call[1:] == ("-D", "main") and people.dolt:
        kind = errors.DefaultBranch
    verb = "CALL" if people.dolt else "SELECT"
    found = failure(people, f"{verb} {call[0]}({', '.join('?' * (len(call) - 1))})", *call[1:])
    assert type(found) is kind, (found.message, found.detail)
    assert found.message


QUERIES: list[tuple[type[EngineError], str]] = [
    (errors.TableNotFound, "SELECT * FROM nope"),
    (errors.Constraint, "INSERT INTO people VALUES (1, 'again')"),
    (errors.Constraint, "INSERT INTO pets VALUES (1, 99)"),
    (errors.Constraint, "DELETE FROM people WHERE id = 1"),
    (errors.Constraint, "DROP TABLE people"),
    (errors.ColumnNotFound, "SELECT nope FROM people"),
    (errors.ColumnNotFound, "SELECT people.nope FROM people"),
    (errors.RefNotFound, "SELECT * FROM dolt_log('nope')"),
    (errors.RefNotFound, "SELECT dolt_hashof('nope')"),
    (errors.RefNotFound, "SELECT dolt_hashof('HEAD~99')"),
    (errors.RefNotFound, "SELECT dolt_merge_base('main', 'nope')"),
    (errors.RefNotFound, "SELECT * FROM dolt_diff_summary('nope', 'WORKING')"),
]


@pytest.mark.parametrize(("kind", "sql"), QUERIES, ids=[sql for _, sql in QUERIES])
def test_queries(people: Raw, kind: type[EngineError], sql: str) -> None:
    people.run(
        "CREATE TABLE pets (id INTEGER PRIMARY KEY, owner INTEGER, FOREIGN KEY (owner) REFERENCES people (id))",
        "INSERT INTO pets VALUES (7, 1)",
    )
    found = failure(people, sql)
    assert type(found) is kind, (found.message, found.detail)


@pytest.mark.parametrize(
    ("kind", "call"),
    [
        (errors.StashLoss, ("push", "x")),
        (errors.StashNotFound, ("pop", "nope")),
        (errors.StashNotFound, ("drop", "there", "stash@{7}")),
        (errors.InvalidName, ("push", "a b")),
        (errors.StashConflict, ("apply", "there")),
        (errors.Unmergeable, ("apply", "rekeyed")),
        (errors.Unmergeable, ("apply", "fresh")),
    ],
    ids=str,
)
def test_stashes(dolt: RawDolt, kind: type[EngineError], call: tuple[str, ...]) -> None:
    people = dolt
    people.run("CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(9))", "INSERT INTO people VALUES (1, 'Ann')")
    people.commit()
    if call[1] == "rekeyed":
        people.run("DROP TABLE people", "CREATE TABLE people (code VARCHAR(9) PRIMARY KEY)")
        people.call("dolt_stash", "push", "rekeyed")
    elif call[1] == "fresh":
        people.run("CREATE TABLE fresh (id INTEGER PRIMARY KEY)")
        people.call("dolt_stash", "push", "fresh", "-u")
        people.run("CREATE TABLE fresh (code VARCHAR(9) PRIMARY KEY)")
    elif call != ("push", "x"):
        people.run("UPDATE people SET name = 'Eve' WHERE id = 1")
        people.call("dolt_stash", "push", "there")
        people.run("UPDATE people SET name = 'Ada' WHERE id = 1")
    found = failure(people, f"CALL dolt_stash({', '.join('?' * len(call))})", *call)
    assert type(found) is kind, (found.message, found.detail)


def test_writing_to_a_revision(people: Raw) -> None:
    head, verb = people.head(), "CALL" if people.dolt else "SELECT"
    assert type(failure(people, "DELETE FROM people", at=head)) is errors.ReadOnly
    assert type(failure(people, f"{verb} dolt_reset('--hard')", at=head)) is errors.ReadOnly
    assert type(failure(people, f"{verb} dolt_add('-A')", at=head)) is errors.ReadOnly


def test_a_merge_that_is_not_finished(people: Raw) -> None:
    people.call("dolt_branch", "b")
    for branch in ("main", "b"):
        people.run(f"INSERT INTO people VALUES ({len(branch) + 10}, 'x')", at=branch)
        people.commit(at=branch)
    people.call("dolt_merge", "--no-ff", "--no-commit", "b")
    verb = "CALL" if people.dolt else "SELECT"
    found = failure(people, f"{verb} dolt_merge('b')")
    assert isinstance(found, errors.MergeInProgress | errors.LocalChanges)


REBASES: list[tuple[type[EngineError], tuple[str, ...]]] = [
    (errors.NoParent, ("dolt_revert", "ROOT")),
    (errors.NoParent, ("dolt_cherry_pick", "ROOT")),
    (errors.MergeCommit, ("dolt_cherry_pick", "MERGE")),
    (errors.RefNotFound, ("dolt_revert", "nope")),
    (errors.RefNotFound, ("dolt_cherry_pick", "nope")),
    (errors.RefNotFound, ("dolt_rebase", "nope")),
    (errors.NothingChanged, ("dolt_cherry_pick", "EMPTY")),
    (errors.NothingChanged, ("dolt_cherry_pick", "SAME")),
    (errors.NothingToCommit, ("dolt_revert", "EMPTY")),
    (errors.Conflicts, ("dolt_revert", "FIRST")),
    (errors.Conflicts, ("dolt_rebase", "other")),
    (errors.NothingChanged, ("dolt_rebase", "main")),
    (errors.NothingInProgress, ("dolt_rebase", "--continue")),
    (errors.NothingInProgress, ("dolt_rebase", "--abort")),
    (errors.NothingInProgress, ("dolt_merge", "--abort")),
]


def story(raw: Raw) -> dict[str, str]:
    """A merge, an empty commit, a commit whose row was changed since, and a branch that conflicts; by name."""
    root = raw.rows("SELECT commit_hash FROM dolt_log")[-1][0]
    raw.call("dolt_branch", "side")
    raw.run("INSERT INTO people VALUES (4, 'four')", at="side")
    same = raw.commit(at="side")
    raw.run("INSERT INTO people VALUES (5, 'five')")
    first = raw.commit()
    raw.call("dolt_branch", "other", "HEAD~1")
    raw.run("INSERT INTO people VALUES (5, 'other')", at="other")
    raw.commit(at="other")
    raw.call("dolt_merge", "--no-ff", "-m", "merged", "side")
    merge = raw.head()
    raw.run("UPDATE people SET name = 'changed' WHERE id = 5")
    raw.commit()
    empty = str(raw.call("dolt_commit", "--allow-empty", "-m", "empty")[0])
    return {"ROOT": root, "MERGE": merge, "EMPTY": empty, "FIRST": first, "SAME": same}


@pytest.mark.parametrize(("kind", "call"), REBASES, ids=[" ".join(call) for _, call in REBASES])
def test_rewriting(people: Raw, kind: type[EngineError], call: tuple[str, ...]) -> None:
    commits = story(people)
    verb = "CALL" if people.dolt else "SELECT"
    found = failure(people, f"{verb} {call[0]}(?)", commits.get(call[1], call[1]))
    assert type(found) is kind, (found.message, found.detail)
    assert found.message


def test_rebasing(people: Raw) -> None:
    story(people)
    verb = "CALL" if people.dolt else "SELECT"
    people.run("DELETE FROM people WHERE id = 1")
    assert type(failure(people, f"{verb} dolt_rebase('side')")) is errors.LocalChanges
    people.call("dolt_reset", "--hard")
    people.call("dolt_rebase", "-i", "HEAD~2")
    assert type(failure(people, f"{verb} dolt_rebase('side')")) is errors.RebaseInProgress
    assert type(failure(people, f"{verb} dolt_rebase('-i', 'side')")) is errors.RebaseInProgress
    people.run("UPDATE dolt_rebase SET action = 'squash' WHERE rebase_order = 1", at="dolt_rebase_main")
    found = failure(people, f"{verb} dolt_rebase('--continue')", at="dolt_rebase_main")
    assert type(found) is errors.InvalidPlan
    people.run("UPDATE dolt_rebase SET action = 'edit'", at="dolt_rebase_main")
    people.call("dolt_rebase", "--continue", at="dolt_rebase_main")
    people.run("DELETE FROM people WHERE id = 1", at="dolt_rebase_main")
    found = failure(people, f"{verb} dolt_rebase('--continue')", at="dolt_rebase_main")
    assert type(found) is errors.LocalChanges


def test_a_rebase_of_a_branch_that_moved(dolt: RawDolt) -> None:
    dolt.run("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    dolt.commit()
    dolt.call("dolt_rebase", "-i", "HEAD~1")
    dolt.run("INSERT INTO t VALUES (1)")
    dolt.commit()
    found = failure(dolt, "CALL dolt_rebase('--continue')", at="dolt_rebase_main")
    assert type(found) is errors.ChangedMeanwhile


def test_a_rebase_while_merging(people: Raw) -> None:
    story(people)
    people.call("dolt_merge", "--no-ff", "--no-commit", "other", at="side")
    verb = "CALL" if people.dolt else "SELECT"
    found = failure(people, f"{verb} dolt_rebase('main')", at="side")
    assert isinstance(found, errors.MergeInProgress | errors.LocalChanges)


def test_a_name_that_is_too_long_for_a_rebase(lite: RawLite) -> None:
    name = "x" * 64
    lite.run("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    lite.commit()
    lite.call("dolt_branch", name)
    found = failure(lite, "SELECT dolt_rebase('-i', 'HEAD~1')", at=name)
    assert type(found) is errors.InvalidName


def test_conflicts_of_a_rebase(dolt: RawDolt) -> None:
    dolt.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)", "INSERT INTO t VALUES (1, 1)")
    dolt.commit()
    dolt.call("dolt_branch", "f")
    for branch, value in (("main", 2), ("f", 3)):
        dolt.run(f"UPDATE t SET v = {value}", at=branch)
        dolt.commit(at=branch)
    statement = "SET @@dolt_allow_commit_conflicts = 1"
    with closing(dolt.connect(f"{dolt.database}/f")) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        for call in ("'main'", "'--continue'"):
            with pytest.raises(pymysql.MySQLError) as caught:
                cursor.execute(f"CALL dolt_rebase({call})")
            assert type(translate(caught.value)) is errors.Conflicts
    dolt.call("dolt_rebase", "--abort", at="dolt_rebase_f")
    for branch, kind in (("main", "VARCHAR(9)"), ("f", "INTEGER")):
        dolt.call("dolt_reset", "--hard", "HEAD~1", at=branch)
        dolt.run(f"ALTER TABLE t ADD COLUMN extra {kind}", at=branch)
        dolt.commit(at=branch)
    found = failure(dolt, "CALL dolt_rebase('main')", at="f")
    assert type(found) is errors.Conflicts


def test_login_and_names(dolt: RawDolt) -> None:
    with pytest.raises(pymysql.MySQLError) as caught:
        dolt.connect("nope")
    assert type(translate(caught.value)) is errors.DatabaseNotFound
    with pytest.raises(pymysql.MySQLError) as caught:
        dolt.connect(f"{dolt.database}/nope")
    assert type(translate(caught.value)) is errors.BranchNotFound
    dolt.target = dolt.target.__class__(host=dolt.target.host, port=dolt.target.port, user="nobody", password="x")
    with pytest.raises(pymysql.MySQLError) as caught:
        dolt.connect()
    assert type(translate(caught.value)) is errors.AccessDenied


def test_long_texts_are_cut(dolt: RawDolt) -> None:
    dolt.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v VARCHAR(5))")
    found = failure(dolt, "INSERT INTO t VALUES (1, ?)", "x" * 5000)
    assert len(found.message) <= MAX_TEXT
    assert found.message.endswith("…")


def test_a_column_that_is_not_there_is_named(people: Raw) -> None:
    for sql in (
        "SELECT nope FROM people",
        "SELECT people.nope FROM people",
        "SELECT 1 FROM people WHERE length(nope) > 1",
    ):
        found = failure(people, sql)
        assert isinstance(found, errors.ColumnNotFound)
        assert found.column == "nope"
