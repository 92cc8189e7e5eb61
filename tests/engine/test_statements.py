"""What is told of statements from their texts, compared with what the engines do."""

from __future__ import annotations

from contextlib import closing, suppress
from typing import Any

import pymysql

from dolt_tui.engine.backends.embedded import driver
from dolt_tui.engine.console.scanner import split
from dolt_tui.engine.console.statements import StatementKind, describe
from dolt_tui.engine.model.traits import SqlStyle

from .conftest import Open, Raw, RawDolt, RawLite

BOTH = [
    "SELECT 1; ",
    "SELECT * FROM people ORDER BY id; ",
    "(SELECT id FROM people) UNION (SELECT 2)",
    "WITH a AS (SELECT 1 AS b) SELECT * FROM a",
    "VALUES ROW(1, 2)",
    "SELECT count(*) FROM dolt_log",
    "SELECT dolt_hashof('HEAD'), dolt_version(), active_branch()",
    "SELECT replace('a', 'b', 'c')",
    "EXPLAIN DELETE FROM people",
    "EXPLAIN UPDATE people SET name = 'x'",
    "EXPLAIN SELECT dolt_commit('-Am', 'x', '--allow-empty')",
    "/* a; */ SELECT 2 -- b; c",
]
ON_DOLT = [
    *("TABLE people", "SHOW TABLES", "SHOW CREATE TABLE people", "DESCRIBE people", "DESC people", "EXPLAIN people"),
    *("SHOW PROCESSLIST", "SHOW VARIABLES", "SHOW WARNINGS", "SHOW PROCEDURE STATUS", "SHOW GRANTS", "SHOW STATUS"),
    *("SELECT * FROM people AS OF 'HEAD'", "SELECT * FROM people FOR UPDATE", "SELECT * FROM `dolt_branches`"),
    *("SELECT * FROM dolt_diff('HEAD', 'WORKING', 'people')", "SELECT * FROM dolt_log('main')"),
    *("SELECT * FROM dolt_patch('HEAD', 'WORKING')", "SELECT * FROM dolt_test_run()", "SELECT last_insert_id()"),
    *("EXPLAIN FORMAT = TREE DELETE FROM people", "EXPLAIN PLAN SELECT * FROM people", "EXPLAIN ANALYZE SELECT 1"),
    *("EXPLAIN CALL dolt_commit('-Am', 'x', '--allow-empty')", "EXPLAIN DROP TABLE people", "EXPLAIN TRUNCATE people"),
    *("EXPLAIN INSERT INTO people VALUES (9, 'x')", "EXPLAIN FORMAT=TREE UPDATE people SET name = 'x'"),
    *("DESCRIBE UPDATE people SET name = 'x'", "EXPLAIN CREATE TABLE u (a INT)", "EXPLAIN CALL dolt_reset('--hard')"),
    *("SELECT 1 /*! + 1 */", "SELECT 1 // 2; 3", "SELECT 1 --1; 2"),
]
ON_DOLTLITE = [
    *("PRAGMA table_info(people)", "PRAGMA user_version", "PRAGMA main.foreign_keys", "PRAGMA integrity_check"),
    *("EXPLAIN QUERY PLAN DELETE FROM people", "SELECT * FROM dolt_diff_people('HEAD', 'WORKING')"),
    *("SELECT * FROM dolt_at_people('HEAD')", "SELECT * FROM dolt_patch('HEAD', 'WORKING')", "SELECT [id] FROM people"),
    *("SELECT * FROM dolt_test_run", "SELECT * FROM dolt_history_people", "EXPLAIN DROP TABLE people"),
]
SESSION_ONLY = [
    *("SET @x = 1", "SET NAMES utf8mb4", "SET sql_mode = ''", "SET @@session.foreign_key_checks = 0", "SET ROLE NONE"),
    *("PREPARE s FROM 'DELETE FROM people'", "DEALLOCATE PREPARE s", "SELECT 1 INTO @x", "SET TRANSACTION READ ONLY"),
]
ELSEWHERE = ("SELECT * FROM dolt_tests", "SELECT name, hash FROM dolt_branches", "SELECT tag_name FROM dolt_tags")


def everything(raw: Raw) -> tuple[object, ...]:
    return (raw.state(), raw.branches(), *(_rows(raw, sql) for sql in ELSEWHERE))


def _rows(raw: Raw, sql: str) -> Any:
    with suppress(pymysql.MySQLError, driver.Error):
        return raw.rows(sql)


def style_of(raw: Raw) -> SqlStyle:
    return SqlStyle.MYSQL if raw.dolt else SqlStyle.SQLITE


def test_what_counts_as_reading_changes_nothing(people: Raw) -> None:
    style = style_of(people)
    people.run("UPDATE people SET name = 'Zoe' WHERE id = 1")
    test = "('a', 'b', 'DELETE FROM people', 'expected_rows', '==', '0')"
    columns = "test_name, test_group, test_query, assertion_type, assertion_comparator, assertion_value"
    people.run(f"INSERT INTO dolt_tests ({columns}) VALUES {test}")
    before, ran = everything(people), 0
    for text in [*BOTH, *(ON_DOLT if people.dolt else ON_DOLTLITE)]:
        (statement,) = split(text, style).statements
        assert describe(statement.text, style).kind is StatementKind.READ, text
        with suppress(pymysql.MySQLError, driver.Error, ValueError):  # one engine may not know what the other one does
            people.run(statement.text)
            ran += 1
        assert everything(people) == before, text
    assert ran > len(BOTH)
    if people.dolt:
        for text in SESSION_ONLY:
            assert describe(text, style).kind is StatementKind.SESSION, text
            with suppress(pymysql.MySQLError):
                people.run(text)
            assert everything(people) == before, text


def test_a_count_is_of_the_rows_that_change(people: Raw) -> None:
    people.run("CREATE TABLE others (id INTEGER PRIMARY KEY, name VARCHAR(40))")
    statements = [
        ("UPDATE people SET name = 'x'", 3),
        ("UPDATE people AS p SET name = (SELECT 'WHERE' WHERE 1) WHERE p.id > 1 /* ; */", 2),
        ("DELETE FROM people WHERE id IN (SELECT id FROM people WHERE name = 'Bob')", 1),
        ("DELETE FROM people", 3),
        ("INSERT INTO others (id, name) SELECT id, name FROM people WHERE id < 3", 2),
        ("REPLACE INTO others SELECT * FROM people", 3),
        ("WITH a AS (SELECT 2 AS b) DELETE FROM people WHERE id IN (SELECT b FROM a)", 1),
    ]
    if people.dolt:
        statements.append(("UPDATE people SET name = 'x' WHERE id > 1 ORDER BY id DESC LIMIT 1", 1))
        statements.append((f"DELETE FROM `{people.database}/main`.people WHERE id = 1 LIMIT 5", 1))
    for text, rows in statements:
        found = describe(text, style_of(people))
        assert found.count_sql is not None, text
        assert people.scalar(found.count_sql) == rows, text
        assert rows == _changed(people, text), text


def _changed(raw: Raw, text: str) -> int:
    """How many rows a statement changes; it is rolled back."""
    if isinstance(raw, RawDolt):
        with closing(raw.connect(f"{raw.database}/main")) as connection:
            connection.begin()
            with connection.cursor() as cursor:
                return int(cursor.execute(text))
    assert isinstance(raw, RawLite)
    with closing(driver.connect(f"{raw.path}@main", timeout=5.0)) as connection:
        connection.execute("BEGIN")
        return int(connection.execute(text).rowcount)


def test_what_ends_a_transaction_on_dolt(dolt: RawDolt) -> None:
    dolt.run("CREATE TABLE people (id INT PRIMARY KEY)", "CREATE TABLE kept (id INT PRIMARY KEY)")
    ending = ["CREATE TABLE u (a INT)", "DROP TABLE u", "TRUNCATE people", "BEGIN", "CALL dolt_branch('x')"]
    staying = ["SELECT 1", "SET @x = 1", "SAVEPOINT s", "CALL dolt_add('.')", "DELETE FROM people"]
    for number, text in enumerate([*ending, *staying]):
        dolt.run("BEGIN", f"INSERT INTO kept VALUES ({number})", text, "ROLLBACK")
        ended = dolt.scalar(f"SELECT count(*) FROM kept WHERE id = {number}") == 1
        assert ended is describe(text, SqlStyle.MYSQL).ends_transaction is (text in ending), text


def test_what_a_statement_changes_on_another_branch_is_undone_too(dolt: RawDolt, opened: Open) -> None:
    dolt.run("CREATE TABLE people (id INT PRIMARY KEY)", "INSERT INTO people VALUES (1), (2)")
    dolt.commit()
    dolt.call("dolt_branch", "a/b")
    repository = opened(dolt)
    (statement,) = split(f"DELETE FROM /* x */ `{dolt.database}/a/b` . people WHERE id = 1", SqlStyle.MYSQL).statements
    outcome, step = repository.undo.perform("main", "delete", lambda: repository.console.run("main", statement))
    assert (outcome.rows, dolt.rows("SELECT id FROM people", at="a/b")) == (1, [(2,)])
    assert step is not None, "else nobody could take it back"
    repository.undo.undo(step)
    assert dolt.rows("SELECT id FROM people", at="a/b") == [(1,), (2,)]


def test_scripts_for_doltlite_are_split_as_it_reads_them(lite: RawLite) -> None:
    trigger = "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = CASE WHEN 1 THEN ';' END; DELETE FROM c; END"
    script = rf"""CREATE TABLE a (b TEXT, [x;y] TEXT); -- one; two
        CREATE TABLE c (d TEXT); {trigger}; INSERT INTO c VALUES ('\'); INSERT INTO a (b) VALUES ('it''s;');"""
    lite.run(*(statement.text for statement in split(script, SqlStyle.SQLITE).statements))
    assert lite.rows("SELECT b FROM a") == [(";",)]
    assert lite.scalar("SELECT count(*) FROM c") == 0


def test_scripts_for_dolt_are_split_as_it_reads_them(dolt: RawDolt) -> None:
    script = r"""
        CREATE TABLE a (b TEXT, `x;y` TEXT); # one; two
        CREATE PROCEDURE p(n INT) BEGIN
            DECLARE i INT DEFAULT 0;
            WHILE i < n DO IF i = 1 THEN INSERT INTO a (b) VALUES ('\';'); ELSEIF i > 5 THEN SET i = 9; ELSE
            INSERT INTO a (b) VALUES (CASE WHEN 0 THEN 'a;' ELSE "b;" END); END IF; SET i = i + 1; END WHILE;
        END; -- done
        DELIMITER //
        CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET NEW.`x;y` = IF(1, 'y;', 2); END//
        DELIMITER ;
        CALL p(3); SELECT 1 // 2; 3
        """
    dolt.run(*(statement.text for statement in split(script, SqlStyle.MYSQL).statements))
    assert dolt.rows("SELECT b, `x;y` FROM a ORDER BY b") == [("';", "y;"), ("b;", "y;"), ("b;", "y;")]
