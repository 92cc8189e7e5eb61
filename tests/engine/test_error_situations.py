"""Texts that are translated and need a situation of their own; and data that speaks like the engine."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pymysql
import pytest

from dolt_tui.engine import errors
from dolt_tui.engine.backends.embedded import driver
from dolt_tui.engine.connecting.target import ServerTarget
from dolt_tui.engine.errors import EngineError
from dolt_tui.engine.errors.translation import translate
from tests.spoken import spoken

from .conftest import Raw, RawDolt, RawLite
from .test_errors import failure

Until = Callable[..., Any]


def conflicting(raw: Raw, ours: str, theirs: str) -> None:
    """A merge into main, left in its transaction's state, of a branch that did ``theirs`` where main did ``ours``."""
    raw.call("dolt_branch", "f")
    for branch, sql in (("main", ours), ("f", theirs)):
        raw.run(sql, at=branch)
        raw.commit(at=branch)


@contextmanager
def session(raw: Raw) -> Iterator[Callable[[str], object]]:
    """A function that runs statements on one connection."""
    if isinstance(raw, RawDolt):
        with closing(raw.connect(f"{raw.database}/main")) as connection, connection.cursor() as cursor:
            yield cursor.execute
    else:
        assert isinstance(raw, RawLite)
        with closing(driver.connect(f"{raw.path}@main")) as lite:
            lite.execute("PRAGMA foreign_keys = ON")
            yield lambda sql: lite.execute(sql).fetchall()


def in_one_session(raw: Raw, *statements: str) -> EngineError:
    """What the last of some statements raises on one connection, translated; what the others raise is passed over."""
    with session(raw) as run:
        return last_failure(run, statements)


def last_failure(run: Callable[[str], object], statements: Sequence[str]) -> EngineError:
    for statement in statements[:-1]:
        with suppress(pymysql.MySQLError, driver.Error):
            run(statement)
    with pytest.raises((pymysql.MySQLError, driver.Error)) as caught:
        run(statements[-1])
    return translate(caught.value)


def test_a_merge_with_conflicts(people: Raw, tmp_path: Path) -> None:
    conflicting(people, "UPDATE people SET name = 'a' WHERE id = 1", "UPDATE people SET name = 'b' WHERE id = 1")
    verb = "CALL" if people.dolt else "SELECT"
    begin = ["SET @@dolt_allow_commit_conflicts = 1", "START TRANSACTION"] if people.dolt else ["BEGIN"]
    found = in_one_session(people, *begin, f"{verb} dolt_merge('f')", f"{verb} dolt_commit('-A', '-m', 'x')")
    assert type(found) is errors.MergeInProgress, (found.message, found.detail)
    assert type(failure(people, f"{verb} dolt_merge('f')")) is errors.Conflicts
    people.run("INSERT INTO people VALUES (50, 'dirty')")
    assert type(failure(people, f"{verb} dolt_cherry_pick('f')")) is errors.LocalChanges
    people.run("UPDATE people SET name = 'dirty' WHERE id = 1")
    assert type(failure(people, f"{verb} dolt_revert('HEAD')")) is errors.LocalChanges
    assert type(failure(people, f"{verb} dolt_merge('nope')")) is errors.RefNotFound
    people.call("dolt_tag", "there")
    assert type(failure(people, f"{verb} dolt_tag('there')")) is errors.AlreadyExists
    if people.dolt:
        for call in ("dolt_revert('--continue')", "dolt_cherry_pick('--continue')"):
            assert type(failure(people, f"CALL {call}")) is errors.NothingInProgress
        assert type(failure(people, "CALL dolt_commit('--allow-empty')")) is errors.InvalidCommit
        found = failure(people, f"CALL dolt_clone('file://{tmp_path}/none', 'x')")
        assert isinstance(found, errors.NoDoltData | errors.RemoteUnreachable)


def test_broken_constraints(raw: Raw) -> None:
    raw.run("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, CONSTRAINT small CHECK (a < 10))")
    raw.run("CREATE UNIQUE INDEX twice ON t (a)", "INSERT INTO t VALUES (1, 1)")
    raw.commit()
    assert type(failure(raw, "INSERT INTO t VALUES (2, 20)")) is errors.Constraint
    conflicting(raw, "INSERT INTO t VALUES (3, 5)", "INSERT INTO t VALUES (4, 5)")
    verb, begin = ("CALL", "START TRANSACTION") if raw.dolt else ("SELECT", "BEGIN")
    merge = f"{verb} dolt_merge('f')"
    found = in_one_session(raw, begin, merge, f"{verb} dolt_commit('-A', '-m', 'x')")
    assert type(found) is errors.Constraint if raw.dolt else isinstance(found, EngineError), found
    if raw.dolt:
        found = in_one_session(raw, begin, merge, "COMMIT")
        assert type(found) is errors.Conflicts
        assert found.detail.startswith("Type: Unique Key Constraint Violation"), found.detail


def test_a_table_that_another_session_changed(dolt: RawDolt) -> None:
    dolt.run("CREATE TABLE t (id INTEGER PRIMARY KEY)", "INSERT INTO t VALUES (1)")
    with closing(dolt.connect(f"{dolt.database}/main")) as connection, connection.cursor() as cursor:
        cursor.execute("START TRANSACTION")
        cursor.execute("SELECT * FROM t")
        dolt.run("INSERT INTO t VALUES (2)")
        with pytest.raises(pymysql.MySQLError) as caught:
            cursor.execute("DROP TABLE t")
        found = translate(caught.value)
    assert type(found) is errors.Conflicts
    assert "schema conflict found for table t" in found.message


def test_a_branch_that_is_gone(people: Raw) -> None:
    people.call("dolt_branch", "b")
    if isinstance(people, RawLite):
        with closing(driver.connect(f"{people.path}@b")) as connection:
            connection.execute("SELECT * FROM people").fetchall()
            people.call("dolt_branch", "-D", "b")
            with pytest.raises(driver.Error) as caught:
                connection.execute("INSERT INTO people VALUES (9, 'x')")
        assert type(translate(caught.value)) is errors.BranchNotFound
        with pytest.raises(driver.Error) as opening:
            driver.connect(f"{people.path}@b")
        assert type(translate(opening.value)) is errors.BranchNotFound
    else:
        assert isinstance(people, RawDolt)
        people.run(f"SET @@GLOBAL.{people.database}_default_branch = 'nope'")
        try:
            with pytest.raises(pymysql.MySQLError) as caught_by_dolt, closing(people.connect(people.database)):
                pass
        finally:
            people.run(f"SET @@GLOBAL.{people.database}_default_branch = ''")
        assert type(translate(caught_by_dolt.value)) is errors.BranchNotFound


def test_where_doltlite_cannot_go(lite: RawLite, tmp_path: Path) -> None:
    lite.run("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    lite.commit()
    url = f"file://{tmp_path / 'remote'}"
    lite.call("dolt_remote", "add", "origin", url)
    lite.call("dolt_push", "origin", "main")
    assert type(failure(lite, "SELECT dolt_clone(?)", url)) is errors.AlreadyExists
    assert type(failure(lite, "SELECT dolt_pull('origin', 'nope')")) is errors.RemoteBranchNotFound
    (tmp_path / "text").write_text("This is a text. " * 1000)
    with pytest.raises(driver.Error) as caught, closing(driver.connect(tmp_path / "text")) as connection:
        connection.execute("SELECT * FROM t").fetchall()
    assert type(translate(caught.value)) is errors.Damaged


def test_what_a_user_may_not_see(dolt: RawDolt) -> None:
    user = f"one_{dolt.database[-6:]}"
    dolt.run("CREATE TABLE t (id INTEGER PRIMARY KEY)", f"CREATE USER {user}@localhost IDENTIFIED BY 'x'")
    dolt.run(f"GRANT SELECT ON {dolt.database}.t TO {user}@localhost")
    try:
        target = replace(dolt.target, user=user, password="x")
        other = RawDolt(target)
        for sql in ("SELECT * FROM dolt_log", "SHOW GRANTS"):
            assert type(failure(other, sql)) is errors.PermissionDenied
    finally:
        dolt.run(f"DROP USER {user}@localhost")


def test_a_server_that_is_read_only(dolt_binary: Path, tmp_path: Path, until: Until) -> None:
    subprocess.run(
        [dolt_binary, "init", "--name", "a", "--email", "a@b"], cwd=tmp_path, check=True, capture_output=True
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    place = ["-H", "127.0.0.1", "-P", str(port), "--socket", str(tmp_path / "s")]
    command = [str(dolt_binary), "sql-server", "--readonly", *place]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        target = ServerTarget(user="root", host="127.0.0.1", port=port, database=tmp_path.name)
        raw = RawDolt(target)

        def answers() -> bool:
            with suppress(pymysql.MySQLError), closing(raw.connect()):
                return True
            return False

        try:
            until(answers)
            name = next(name for (name,) in databases(raw) if name not in ("information_schema", "mysql"))
            raw.database = name
            assert type(failure(raw, "CREATE TABLE t (id INTEGER PRIMARY KEY)")) is errors.ReadOnly
        finally:
            server.terminate()


def databases(raw: RawDolt) -> list[tuple[str]]:
    with closing(raw.connect()) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW DATABASES")
        return list(cursor.fetchall())


# data that speaks like the engine


@pytest.mark.both_versions
def test_values_and_names_are_not_taken_for_messages(raw: Raw) -> None:
    raw.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, v VARCHAR(200) UNIQUE)",
        "CREATE TABLE said (v VARCHAR(200))",
    )
    wrong = []
    with session(raw) as run:
        for number, text in enumerate(spoken()):
            quoted, name = "'" + text.replace("'", "''") + "'", raw.quote(text[:60].rstrip())
            raised = (
                f"SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = {quoted}" if raw.dolt else f"SELECT RAISE(ABORT, {quoted})"
            )
            insert = f"INSERT INTO t VALUES ({{}}, {quoted})"
            trigger = f"CREATE TRIGGER speaks BEFORE INSERT ON said FOR EACH ROW BEGIN {raised}; END"
            checked = f"CREATE TABLE c{number} (a INTEGER, CONSTRAINT {name} CHECK (a > 0))"
            cases: list[tuple[type[EngineError], list[str]]] = [
                (errors.Constraint, [insert.format(2 * number), insert.format(2 * number + 1)]),
                (errors.TableNotFound, [f"SELECT * FROM {name}"]),
                (errors.ColumnNotFound, [f"SELECT t.{name} FROM t"]),
            ]
            if number % 3 == 0:  # definitions take their time
                cases += [
                    (
                        EngineError if raw.dolt else errors.Constraint,
                        ["DROP TRIGGER IF EXISTS speaks", trigger, "INSERT INTO said VALUES ('x')"],
                    ),
                    (errors.Constraint, [checked, f"INSERT INTO c{number} VALUES (0)"]),
                ]
            for kind, statements in cases:
                found = last_failure(run, statements)
                if type(found) is not kind:
                    wrong.append((kind.__name__, type(found).__name__, statements[-1]))
    assert not wrong, wrong
