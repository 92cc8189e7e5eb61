"""Each text that is translated, met on a real engine."""

from __future__ import annotations

from contextlib import closing

import pymysql
import pytest

from dolt_tui.engine import errors
from dolt_tui.engine.doltlite import driver
from dolt_tui.engine.errors import EngineError, translate

from .conftest import Raw, RawDolt, RawLite


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
    assert len(found.message) <= errors.MAX_TEXT
    assert found.message.endswith("…")


def test_an_error_of_ours_stays_as_it_is() -> None:
    ours = errors.Busy("x")
    assert translate(ours) is ours
    assert translate(ValueError("what")).message == "what"
    assert translate(ValueError()).message
