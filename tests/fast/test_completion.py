"""Completion of SQL: what is offered at a place, and in which order. `|` stands for the cursor."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dolt_tui.engine.console.completion import Completion, complete
from dolt_tui.engine.console.completion_catalogue import Catalogue, Column, Kind, Relation
from dolt_tui.engine.console.completion_matching import Fit, match
from dolt_tui.engine.model import SqlStyle

COMMIT = "lgqipl0vrflttc5t37qnqbe4oc0lsps3"


def relation(name: str, columns: str, kind: Kind = Kind.TABLE) -> Relation:
    """The first column is the key."""
    found = [each.split(" ", 1) for each in columns.split(", ")]
    return Relation(name, kind, tuple(Column(name, type_, at == 0) for at, (name, type_) in enumerate(found)))


def catalogue(style: SqlStyle = SqlStyle.MYSQL) -> Catalogue:
    return Catalogue(
        style,
        "shop",
        [
            relation("customers", "id int, name varchar(80), city varchar(60)"),
            relation("order lines", "id int, qty int"),
            relation("orders", "id int, customer_id int, total decimal(10,2), order int"),
            relation("v_big", "number int, sum int", Kind.VIEW),
        ],
        branches=["feature", "import/q4", "main"],
        tags=["v1.4"],
        commits=[(COMMIT, "Reprice the spring range")],
        remotes=["origin"],
        databases=["other", "shop"],
    )


MYSQL, SQLITE = catalogue(), catalogue(SqlStyle.SQLITE)


def at(marked: str, names: Catalogue = MYSQL) -> Completion:
    return complete(marked.replace("|", "", 1), marked.index("|"), names)


def texts(marked: str, names: Catalogue = MYSQL) -> list[str]:
    return [item.text for item in at(marked, names).items]


TABLES = "customers, `order lines`, orders, v_big, dolt_backups"
REVISIONS = f"feature, import/q4, main, v1.4, HEAD, HEAD~1, WORKING, STAGED, {COMMIT}"
QUOTED = ", ".join(f"'{name}'" for name in REVISIONS.split(", "))
OF_CUSTOMERS, OF_ORDERS = "id, name, city", "id, customer_id, total, `order`"
KINDS = {"T": "BIGINT, BINARY", "F": "abs, acos"}

FIRST = {  # what comes first; with "!" behind it, all that comes
    # statements, in the case that the statement is written in
    "|": "SELECT, INSERT, UPDATE",
    "sel|": "select",
    "SELECT 1; Sel|": "SELECT",
    "SELECT 1; |": "SELECT, INSERT",
    "select 1 from t w|": "where, ",
    "SELECT id FROM customers UNION |": "SELECT, ALL, DISTINCT",
    "SHOW |": "TABLES, DATABASES, CREATE TABLE",
    # tables
    "SELECT * FROM |": TABLES,
    "SELECT * FROM customers, |": TABLES,
    "SELECT * FROM orders JOIN |": "orders, customers, `order lines`, v_big",
    "SELECT * FROM (orders JOIN |)": "orders, customers",
    "UPDATE |": TABLES,
    "INSERT INTO |": TABLES,
    "DELETE FROM |": TABLES,
    "TRUNCATE |": TABLES,
    "ALTER TABLE |": TABLES,
    "DROP TABLE |": TABLES,
    "DESCRIBE |": TABLES,
    "SHOW CREATE TABLE |": TABLES,
    "CREATE INDEX i ON |": TABLES,
    "CREATE TABLE t (a int REFERENCES |)": TABLES,
    "WITH a AS (SELECT id FROM orders) SELECT * FROM |": "a, orders, customers",
    "SELECT * FROM cu|": "customers!",
    "SELECT * FROM ol|": "`order lines`, ",
    "SELECT * FROM `ord|": "`order lines`, `orders`, ",
    "SELECT * FROM `ord|er` WHERE 1": "`order lines`, `orders`, ",
    "SELECT * FROM shop.|": "customers, `order lines`, orders, v_big!",
    "SELECT * FROM `shop/main`.o|": "`order lines`, orders, ",
    "SELECT * FROM `shop/fe|`.customers": "`shop/feature`!",
    "USE |": "other, shop, `shop/feature`, `shop/import/q4`, `shop/main`!",
    "USE `shop/m|": "`shop/main`, ",
    # columns
    "SELECT | FROM customers": OF_CUSTOMERS,
    "SELECT DISTINCT | FROM customers": OF_CUSTOMERS,
    "SELECT 1, na| FROM customers": "name, ",
    "SELECT c| FROM customers AS OF 'v1.4' AS was": "city, ",
    "SELECT was.| FROM customers AS OF 'v1.4' AS was": f"{OF_CUSTOMERS}!",
    "SELECT customers.|": f"{OF_CUSTOMERS}!",
    "SELECT shop.customers.| FROM shop.customers": f"{OF_CUSTOMERS}!",
    "SELECT c.`n|` FROM customers c": "`name`!",
    "SELECT * FROM customers c JOIN orders o ON c.|": f"{OF_CUSTOMERS}!",
    "SELECT * FROM customers c JOIN orders o ON o.customer_id = |": "c.id, o.id, name, city, customer_id",
    "SELECT * FROM customers c JOIN orders o USING (|)": "id, ",
    "SELECT * FROM customers WHERE |": OF_CUSTOMERS,
    "SELECT * FROM customers WHERE name = 'a' AND (ci|)": "city, ",
    "SELECT CASE WHEN ci| FROM customers": "city, ",
    "SELECT count(|) FROM orders": OF_ORDERS,
    "SELECT id, count(*) AS number FROM customers GROUP BY id ORDER BY num|": "number",
    "SELECT id FROM customers ORDER BY |": OF_CUSTOMERS,
    "UPDATE customers SET |": f"{OF_CUSTOMERS}!",
    "UPDATE customers SET city = 'x', |": "id, name!",
    "UPDATE customers SET city = |": OF_CUSTOMERS,
    "DELETE FROM customers WHERE n|": "name, ",
    "INSERT INTO customers (|": f"{OF_CUSTOMERS}!",
    "INSERT INTO customers (id, |": "name, city!",
    "INSERT INTO customers SELECT | FROM orders": OF_ORDERS,
    "INSERT INTO customers (id) VALUES (1) ON DUPLICATE KEY UPDATE |": f"{OF_CUSTOMERS}!",
    "CREATE VIEW v AS SELECT | FROM customers": OF_CUSTOMERS,
    "EXPLAIN SELECT | FROM orders": OF_ORDERS,
    "ALTER TABLE customers DROP COLUMN |": f"{OF_CUSTOMERS}!",
    "CREATE INDEX i ON customers (|": f"{OF_CUSTOMERS}!",
    "SELECT ord| FROM orders": "`order`, orders, ord, ORDER",
    # queries within queries
    "SELECT x.| FROM (SELECT id, total t FROM orders) x": "id, t!",
    "SELECT | FROM (SELECT o.*, 1 AS one FROM orders o) x": f"{OF_ORDERS}, one",
    "SELECT | FROM (SELECT o.id, 1 FROM orders o) AS x (a, b)": "a, b, x",
    "SELECT * FROM (SELECT | FROM orders) x, customers": f"{OF_ORDERS}, orders, abs",
    "WITH a (i, c) AS (SELECT id, city FROM customers) SELECT | FROM a": "i, c, a",
    "WITH a AS (SELECT id AS n FROM orders), b AS (SELECT | FROM a) SELECT * FROM b": "n, a",
    "WITH a AS (SELECT | FROM customers) SELECT * FROM a, orders": f"{OF_CUSTOMERS}, customers",
    "SELECT * FROM customers WHERE id IN (SELECT | FROM v_big)": "number, sum, id, name, city",
    "SELECT 1 FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.id = c.|)": f"{OF_CUSTOMERS}!",
    "SELECT id FROM customers UNION SELECT | FROM orders": OF_ORDERS,
    "CREATE TRIGGER x AFTER INSERT ON v FOR EACH ROW BEGIN SELECT 1; UPDATE orders SET |; END": f"{OF_ORDERS}!",
    # what comes behind
    "SELECT * FROM customers |": "WHERE, JOIN, LEFT JOIN",
    "SELECT * FROM customers AS |": "OF!",
    "SELECT * FROM customers WHERE name |": "AND, OR, IN",
    "SELECT * FROM customers GROUP |": "BY, ",
    "SELECT * FROM customers ORDER BY name |": "DESC, ASC, LIMIT!",
    "UPDATE customers |": "SET, ",
    "INSERT INTO customers |": "VALUES, SELECT, SET!",
    "ALTER TABLE customers |": "ADD COLUMN, DROP COLUMN",
    "ALTER TABLE customers ADD COLUMN x |": KINDS["T"],
    "CREATE TABLE t (a int, b |": KINDS["T"],
    "SELECT cast(id AS |) FROM orders": KINDS["T"],
    "INSERT INTO customers (id) VALUES (|": KINDS["F"],
    # revisions
    "SELECT * FROM customers AS OF |": f"{QUOTED}!",
    "SELECT * FROM customers AS OF '|": f"{REVISIONS}!",
    "SELECT * FROM customers AS OF 'v|' AS was WHERE 1": f"v1.4, {COMMIT}!",
    "SELECT dolt_hashof('|')": f"{REVISIONS}!",
    "SELECT dolt_hashof(|": f"{QUOTED}, abs",
    "SELECT * FROM dolt_log('main..f|')": f"feature, {COMMIT}!",
    "SELECT * FROM dolt_diff('main', '|": f"{REVISIONS}!",
    "SELECT * FROM dolt_diff('main', 'feature', '|": "customers, order lines, orders, v_big!",
    # system tables, table functions, procedures
    "SELECT * FROM dolt_diff_cu|": "dolt_diff_customers!",
    "SELECT * FROM diffcust|": "dolt_diff_customers, dolt_commit_diff_customers!",
    "SELECT * FROM dolt_diff_customers WHERE from_ci|": "from_city, from_commit, from_commit_date!",
    "SELECT | FROM dolt_diff('main', 'feature', 'v_big')": "to_number, to_sum, to_commit",
    "SELECT | FROM dolt_blame_orders": "id, commit, ",
    "SELECT | FROM dolt_log": "commit_hash, committer, email",
    "CALL dolt_ch|": "dolt_checkout, dolt_cherry_pick, ",
    "CALL dolt_checkout('f|": "feature, ",
    "CALL dolt_checkout(|": "'feature', 'import/q4', 'main', ",
    "CALL dolt_commit('--am|": "--amend, ",
    "CALL dolt_push('|": "feature, import/q4, main, origin, ",
}
NOTHING = [
    "-- sel|",
    "SELECT 1 -- sel|",
    "SELECT 1; # sel|",
    "/* sel|",
    "SELECT 'sel|",
    "SELECT * FROM customers WHERE name = 'f|'",
    "SELECT 12|",
    "SELECT @a|",
    "SELECT x.|",
    "SELECT 1 AS |",
    "CALL dolt_checkout('-b', '|')",
    "CALL dolt_commit('-m', 'fe|')",
    "SELECT .|",
]
FIRST_ON_SQLITE = {
    "SELECT * FROM |": 'customers, "order lines", orders, v_big',
    'SELECT "or| FROM orders': '"order", "orders", ',
    "SELECT dolt_com|": "dolt_commit!",
    "SELECT dolt_commit('--am|": "--amend, ",
    "SELECT dolt_checkout('|": "feature, import/q4, main, -b, --!",
    "SELECT * FROM dolt_at_|": 'dolt_at_customers, "dolt_at_order lines", dolt_at_orders, ',
    "SELECT | FROM dolt_at_orders('main')": 'id, customer_id, total, "order", ',
    "SELECT * FROM dolt_diff_orders('|', 'WORKING')": f"{REVISIONS}!",
    "SELECT | FROM dolt_diff_v_big('main', 'feature')": "to_number, to_sum, to_commit",
}


@pytest.mark.parametrize(("cases", "names"), [(FIRST, MYSQL), (FIRST_ON_SQLITE, SQLITE)], ids=["dolt", "doltlite"])
def test_what_comes_first(cases: dict[str, str], names: Catalogue) -> None:
    wrong = {}
    for marked, expected in cases.items():
        whole = expected.endswith("!")
        wanted = [each for each in expected.removesuffix("!").split(", ") if each]
        found = texts(marked, names)
        if (found if whole else found[: len(wanted)]) != wanted:
            wrong[marked] = found[: len(wanted) + 3]
    assert wrong == {}


def test_where_nothing_is_completed() -> None:
    assert {marked: found for marked in NOTHING if (found := texts(marked))} == {}


def test_an_item_tells_what_it_is_and_what_was_typed() -> None:
    found = at("SELECT * FROM dolt_diff_orders WHERE fc|")
    first = found.items[0]
    assert (first.text, first.kind, first.detail, first.matched) == (
        "from_customer_id", Kind.COLUMN, "int", (0, 5),
    )  # fmt: skip
    commit = at("SELECT * FROM orders AS OF |").items[-1]
    assert (commit.kind, commit.detail) == (Kind.COMMIT, "Reprice the spring range")
    (joined, *_) = at("SELECT * FROM customers a JOIN orders b ON i|").items
    assert (joined.text, joined.matched) == ("a.id", (2,))
    (quoted, *_) = at("SELECT * FROM lines|").items
    assert "".join(quoted.text[at] for at in quoted.matched) == "lines"
    function = next(item for item in at("SELECT from_u|").items)
    assert (function.text, function.detail, function.kind) == ("from_unixtime", "(seconds)", Kind.FUNCTION)


def test_names_fit_in_an_order() -> None:
    typed = "fc"
    names = ["fcx", "from_commit", "xfcx", "afrbc"]
    found = [match(typed, name, name) for name in names]
    assert [each and each.fit for each in found] == list(Fit)
    assert match("fc", "cf", "cf") is None
    assert match("oi", "orderId", "orderid") == (Fit.WORD_STARTS, 4, (0, 5))


def test_a_thousand_tables_and_a_long_script_take_no_time() -> None:
    columns = tuple(Column(f"column_{number}", "int", number == 0) for number in range(20))
    names = [f"{name}_{number}" for name in ("customer", "order", "diff", "log") for number in range(250)]
    many = Catalogue(
        SqlStyle.MYSQL, "shop", [Relation(name, Kind.TABLE, columns) for name in names], [f"b{at}" for at in range(999)]
    )
    script = "SELECT 'a;b' FROM customer_1 JOIN order_2 ON column_3 = 4;\n" * 1_700
    for typed in ("SELECT * FROM c", "SELECT * FROM dolt_diff_c", "SELECT c FROM customer_1, order_1", "USE `shop/"):
        text = script + typed + ";\n" + script
        place = len(script) + len(typed)
        taken = []
        for _ in range(5):
            begun = time.perf_counter()
            assert complete(text, place, many).items or "FROM customer" in typed
            taken.append(time.perf_counter() - begun)
        assert min(taken) < 0.1  # 5 to 15 ms; the benchmarks have the figures


SIGNS = [
    " ",
    "\n",
    "'",
    '"',
    "`",
    "[",
    "(",
    ")",
    "((",
    ";",
    ".",
    ",",
    "--",
    "/*",
    "*/",
    "\\",
    "''",
    "é",
    "\0",
    "DELIMITER //\n",
]
WORDS = st.sampled_from([*SIGNS, *re.findall(r"\S+", " ".join([*FIRST, *NOTHING, *FIRST_ON_SQLITE]))])


@settings(deadline=None, max_examples=50)
@given(
    st.one_of(st.text(), st.lists(WORDS, max_size=30).map(" ".join), st.lists(WORDS, max_size=30).map("".join)),
    st.integers(0, 300),
    st.sampled_from([MYSQL, SQLITE]),
)
def test_it_never_fails_and_touches_only_what_it_says(text: str, offset: int, names: Catalogue) -> None:
    offset = min(offset, len(text))
    found = complete(text, offset, names)
    assert 0 <= found.start <= offset <= found.end <= len(text)
    assert "\n" not in text[offset : found.end] or text[found.end - 1 : found.end] in "'\"`]"
    for item in found.items:
        assert all(0 <= at < len(item.text) for at in item.matched)


def test_deep_nesting() -> None:
    assert texts("SELECT * FROM customers WHERE " + "(" * 5_000 + "na|")[:1] == ["name"]
    texts("SELECT * FROM " + "(SELECT * FROM " * 300 + "|")
    texts("SELECT * FROM " + "(SELECT * FROM " * 30 + "customers" + ") AS x" * 30 + " WHERE |")


def test_queries_that_double_their_columns_stay_cheap() -> None:
    queries = ", ".join(f"q{at} AS (SELECT * FROM q{at - 1} a, q{at - 1} b)" for at in range(1, 40))
    began = time.process_time()
    assert "id" in texts(f"WITH q0 AS (SELECT id FROM customers), {queries} SELECT q39.| FROM q39")
    assert time.process_time() - began < 5, "without a limit it would never end"
