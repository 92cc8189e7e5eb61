"""What statements are and do, told from their texts."""

from __future__ import annotations

import pytest

from dolt_tui.engine.console.labels import label_of
from dolt_tui.engine.console.statements import Described, Removal, StatementKind, TransactionStep, describe
from dolt_tui.engine.console.words import Words
from dolt_tui.engine.model.traits import SqlStyle

MYSQL, SQLITE = SqlStyle.MYSQL, SqlStyle.SQLITE

READ, WRITE, DEFINITION = StatementKind.READ, StatementKind.WRITE, StatementKind.DEFINITION
CALL, USE, SESSION, EMPTY = StatementKind.CALL, StatementKind.USE, StatementKind.SESSION, StatementKind.EMPTY
TRANSACTION = StatementKind.TRANSACTION

KINDS = [
    # text, on MySQL, on SQLite
    ("", EMPTY, EMPTY),
    ("-- nothing", EMPTY, EMPTY),
    ("SELECT 1", READ, READ),
    ("(SELECT 1) UNION (SELECT 2)", READ, READ),
    ("WITH a AS (SELECT 1) SELECT * FROM a", READ, READ),
    ("SELECT * FROM t AS OF 'v1.4' FOR UPDATE", READ, READ),
    ("SELECT replace('a', 'b', insert('c', 1, 1, 'd'))", READ, READ),
    ("SELECT 'dolt_commit(1)' AS `INTO`", READ, READ),
    ("SELECT * FROM dolt_diff('a', 'b', 't') JOIN dolt_log", READ, READ),
    ("SELECT * FROM a INTO OUTFILE 'x'", WRITE, WRITE),
    ("SELECT 1 INTO @x", SESSION, SESSION),
    ("SELECT 1; DELETE FROM t", WRITE, WRITE),
    ("WITH a AS (SELECT 1) UPDATE t SET b = 1", WRITE, WRITE),
    ("WITH a AS (SELECT 1), b(c) AS (SELECT ')') DELETE FROM t", WRITE, WRITE),
    ("WITH a AS (SELECT 1", WRITE, WRITE),
    ("/*!50003 DELETE FROM t */", WRITE, EMPTY),
    ("SELECT 1 /*! INTO OUTFILE 'x' */", WRITE, READ),
    ("SELECT 1 /*!/*!/*!/*! INTO OUTFILE 'x'", WRITE, READ),
    ("SELECT dolt_commit('-am', 'x')", CALL, CALL),
    ("SELECT 1 WHERE (SELECT Dolt_Reset /* */ ('--hard')) = 1", CALL, CALL),
    ("SELECT dolt_something_new(1)", CALL, CALL),
    ("SELECT \"dolt_commit\"('x'), [dolt_add]('.')", READ, CALL),
    ("SELECT load_extension('x')", READ, CALL),
    ("SELECT get_lock('x', 1)", CALL, READ),
    ("EXPLAIN DELETE FROM t", READ, READ),
    ("EXPLAIN QUERY PLAN DELETE FROM t", READ, READ),
    ("EXPLAIN ANALYZE DELETE FROM t", WRITE, READ),
    ("EXPLAIN FORMAT = TREE ANALYZE DELETE FROM t", WRITE, READ),
    ("EXPLAIN SELECT analyze FROM t", READ, READ),
    ("DESCRIBE t", READ, READ),
    ("SHOW CREATE TABLE t", READ, READ),
    ("PREPARE s FROM 'DELETE FROM t'", SESSION, WRITE),
    ("EXECUTE s", WRITE, WRITE),
    ("LOAD DATA INFILE 'x' INTO TABLE t", WRITE, WRITE),
    ("PRAGMA table_info(t)", WRITE, READ),
    ("PRAGMA main.foreign_keys", WRITE, READ),
    ("PRAGMA foreign_keys = on", WRITE, WRITE),
    ("PRAGMA user_version(3)", WRITE, WRITE),
    ("VACUUM", WRITE, WRITE),
    ("ATTACH 'x' AS y", WRITE, WRITE),
    ("ANALYZE", WRITE, WRITE),
    ("KILL 3", WRITE, WRITE),
    ("FOO", WRITE, WRITE),
    ("SET @x = 1, sql_mode = ''", SESSION, WRITE),
    ("SET NAMES utf8mb4", SESSION, WRITE),
    ("SET GLOBAL x = 1", WRITE, WRITE),
    ("SET @a = 1, @@persist.x = 1", WRITE, WRITE),
    ("SET PASSWORD = 'x'", WRITE, WRITE),
    ("SET DEFAULT ROLE ALL TO x", WRITE, WRITE),
    ("SET @x = (SELECT get_lock('x', 1))", WRITE, WRITE),
    ("SET @@shop_working = 'x'", WRITE, WRITE),
    ("LOCK TABLES a WRITE", SESSION, WRITE),
    ("CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW BEGIN UPDATE a SET b = 1; END", DEFINITION, DEFINITION),
    ("CREATE TABLE event (a INT); DELETE FROM t", WRITE, WRITE),
    ("GRANT ALL ON *.* TO x", DEFINITION, DEFINITION),
    ("INSERT INTO t VALUES (1)", WRITE, WRITE),
    ("REPLACE INTO t SELECT 1", WRITE, WRITE),
    ("CALL p(1)", CALL, WRITE),
    ("BEGIN", TRANSACTION, TRANSACTION),
    ("END", WRITE, TRANSACTION),
    ("START SLAVE", WRITE, WRITE),
]


@pytest.mark.parametrize(("text", "mysql", "sqlite"), KINDS)
def test_what_might_write_is_a_write(text: str, mysql: StatementKind, sqlite: StatementKind) -> None:
    assert (describe(text, MYSQL).kind, describe(text, SQLITE).kind) == (mysql, sqlite)
    decorated = f"/* ; */ {text} -- dolt_commit('x')\n;"
    assert (describe(decorated, MYSQL), describe(decorated, SQLITE)) == (describe(text, MYSQL), describe(text, SQLITE))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("UPDATE t SET a = 1", Described(WRITE, "UPDATE", "t", count_sql="SELECT count(*) FROM t", all_rows=True)),
        (
            "update `a``b` AS c set d = (SELECT 'WHERE' FROM x WHERE 1) WHERE c.e IN (1) /* x */ ORDER BY f",
            Described(WRITE, "UPDATE", "a`b", "", True, "SELECT count(*) FROM `a``b` AS c WHERE c.e IN (1)"),
        ),
        (
            "DELETE FROM `shop/feature`.t WHERE a = 1 ORDER BY b LIMIT 3",
            Described(
                *(WRITE, "DELETE", "t", "shop/feature", True),
                count_sql="SELECT count(*) FROM (SELECT 1 FROM `shop/feature`.t WHERE a = 1 LIMIT 3) AS counted",
            ),
        ),
        ("DELETE FROM t WHERE a = ?", Described(WRITE, "DELETE", "t", where=True)),
        (
            "DELETE FROM t WHERE a = dolt_commit('x')",
            Described(WRITE, "DELETE", "t", where=True, ends_transaction=True),
        ),
        ("DELETE FROM t /*! WHERE a = 1 */", Described(WRITE, "DELETE", "t", where=True)),
        ("UPDATE a JOIN b ON a.x = b.x SET a.y = 1 WHERE b.z", Described(WRITE, "UPDATE", where=True)),
        ("UPDATE a, b SET a.y = 1", Described(WRITE, "UPDATE", all_rows=True)),
        ("DELETE a FROM a JOIN b WHERE 1", Described(WRITE, "DELETE", where=True)),
        (
            "WITH x AS (SELECT 1) DELETE FROM t WHERE a IN (SELECT * FROM x)",
            Described(
                *(WRITE, "DELETE", "t", "", True),
                "WITH x AS (SELECT 1) SELECT count(*) FROM t WHERE a IN (SELECT * FROM x)",
            ),
        ),
        ("INSERT INTO t VALUES (1), (2)", Described(WRITE, "INSERT", "t")),
        (
            "INSERT IGNORE INTO t (a, b) SELECT a, b FROM u WHERE c ON DUPLICATE KEY UPDATE a = 1",
            Described(WRITE, "INSERT", "t", count_sql="SELECT count(*) FROM (SELECT a, b FROM u WHERE c) AS counted"),
        ),
        (
            "TRUNCATE t",
            Described(
                *(WRITE, "TRUNCATE", "t"),
                count_sql="SELECT count(*) FROM t",
                removal=Removal(("t",), empties=True),
                ends_transaction=True,
            ),
        ),
        (
            "DROP TABLE IF EXISTS a.`b``c`",
            Described(
                *(DEFINITION, "DROP", "b`c", "a"),
                count_sql="SELECT count(*) FROM a.`b``c`",
                removal=Removal(("b`c",)),
                ends_transaction=True,
            ),
        ),
        (
            "DROP TABLE a, x.b CASCADE",
            Described(
                *(DEFINITION, "DROP"),
                count_sql="SELECT (SELECT count(*) FROM a) + (SELECT count(*) FROM x.b)",
                removal=Removal(("a", "b")),
                ends_transaction=True,
            ),
        ),
        ("DROP TEMPORARY TABLE t", Described(DEFINITION, "DROP", "t", ends_transaction=True)),
        (
            "DROP DATABASE IF EXISTS shop",
            Described(DEFINITION, "DROP", removal=Removal(("shop",), database=True), ends_transaction=True),
        ),
        ("ALTER TABLE t ADD x INT", Described(DEFINITION, "ALTER", "t", ends_transaction=True)),
        ("USE `shop/feature`", Described(USE, "USE", goes_to="shop/feature", ends_transaction=True)),
        ("CALL dolt_checkout('it''s')", Described(CALL, "CALL", goes_to="it's", ends_transaction=True)),
        ("CALL dolt_checkout('-b', 'new', 'HEAD')", Described(CALL, "CALL", goes_to="new", ends_transaction=True)),
        ("CALL dolt_checkout('--', 't')", Described(CALL, "CALL", ends_transaction=True)),
        ("CALL dolt_checkout(@x)", Described(CALL, "CALL", ends_transaction=True)),
        ("CALL dolt_add('.')", Described(CALL, "CALL")),
        ("SET @@shop_head_ref = 'refs/heads/x'", Described(USE, "SET", goes_to="x", ends_transaction=True)),
        (
            "START TRANSACTION",
            Described(TRANSACTION, "START", transaction=TransactionStep.BEGIN, ends_transaction=True),
        ),
        ("COMMIT", Described(TRANSACTION, "COMMIT", transaction=TransactionStep.COMMIT)),
        ("ROLLBACK TO x", Described(TRANSACTION, "ROLLBACK", transaction=TransactionStep.SAVEPOINT)),
        ("SET autocommit = 0", Described(TRANSACTION, "SET", transaction=TransactionStep.AUTOCOMMIT_OFF)),
        (
            "SET @@session.autocommit = ON",
            Described(TRANSACTION, "SET", transaction=TransactionStep.AUTOCOMMIT_ON, ends_transaction=True),
        ),
        (
            "EXPLAIN ANALYZE UPDATE t SET a = 1 WHERE b",
            Described(WRITE, "UPDATE", "t", "", True, "SELECT count(*) FROM t WHERE b"),
        ),
    ],
)
def test_what_a_statement_does(text: str, expected: Described) -> None:
    assert describe(text, MYSQL) == expected


def test_statements_have_short_names() -> None:
    named = {
        "UPDATE customers SET password = 'x'": "UPDATE customers",
        "CREATE TABLE IF NOT EXISTS `a b` (c INT)": "CREATE TABLE a b",
        "CREATE DEFINER = 'me'@'%' VIEW v AS SELECT * FROM t": "CREATE VIEW v",
        "ALTER TABLE x.t ADD COLUMN a INT": "ALTER TABLE t",
        "CREATE USER bob IDENTIFIED BY 'x'": "CREATE USER bob",
        "GRANT ALL ON *.* TO bob": "GRANT",
        "DROP TABLE a, b": "DROP TABLE a, b",
        "DROP DATABASE shop": "DROP DATABASE shop",
        "TRUNCATE TABLE t": "TRUNCATE t",
        "CALL dolt_reset('--hard')": "CALL dolt_reset",
        "CALL dolt_commit('-Am', dolt_hashof('x'))": "CALL dolt_commit",
        "SELECT 1": "SELECT",
    }
    assert {text: label_of(text, describe(text, MYSQL), MYSQL) for text in named} == named
    text = "SELECT Dolt_Commit('-Am', 'x')"
    assert label_of(text, describe(text, SQLITE), SQLITE) == "SELECT dolt_commit"


def test_tables_are_described_and_statements_explained() -> None:
    verbs = {
        "DESC t": "DESCRIBE",
        "EXPLAIN t": "DESCRIBE",
        "DESC SELECT 1": "EXPLAIN",
        "EXPLAIN DELETE FROM t": "EXPLAIN",
    }
    verbs |= {
        "EXPLAIN ANALYZE SELECT 1": "EXPLAIN",
        "EXPLAIN FORMAT=TREE SELECT 1": "EXPLAIN",
        "EXPLAIN `table`": "DESCRIBE",
    }
    assert {text: describe(text, MYSQL).verb for text in verbs} == verbs


def test_what_a_statement_does_on_doltlite() -> None:
    assert describe("SELECT dolt_checkout('x')", SQLITE) == Described(CALL, "CALL", goes_to="x", ends_transaction=True)
    assert describe("DROP TABLE t", SQLITE) == Described(
        DEFINITION, "DROP", "t", count_sql="SELECT count(*) FROM t", removal=Removal(("t",))
    )
    found = describe("INSERT OR REPLACE INTO t SELECT * FROM u RETURNING a", SQLITE)
    assert (found.table, found.count_sql) == ("t", "SELECT count(*) FROM (SELECT * FROM u) AS counted")
    assert describe("UPDATE t SET a = 1 FROM u WHERE t.b = u.b", SQLITE) == Described(WRITE, "UPDATE", where=True)


def test_megabytes_of_values_are_not_looked_at() -> None:
    rows = ", ".join(["(1, 'it''s (', 2.5)"] * 5_000)
    assert len(Words(f"INSERT INTO t (a, b) VALUES {rows}", MYSQL)) < 10
    assert describe(f"INSERT INTO t (a, b) VALUES {rows};", MYSQL) == Described(WRITE, "INSERT", "t")
    called = describe(f"INSERT INTO t VALUES {rows}, (dolt_commit('-Am', 'x'))", SQLITE)
    assert called.ends_transaction, "unless there may be something in them"
