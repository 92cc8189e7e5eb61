"""The driver, held against Python's own sqlite3 where both must agree."""

from __future__ import annotations

import datetime
import math
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dolt_tui.engine.backends.embedded import driver

SCHEMA = "create table p(id integer primary key, name text unique, n int check (n < 100), r real, b blob)"

SCRIPTS: dict[str, list[tuple[str, tuple[Any, ...]]]] = {
    "rows": [
        ("insert into p(name, n) values (?, ?)", ("a", 1)),
        ("insert into p(name, n) values (?, ?), (?, ?)", ("b", 2, "c", 3)),
        ("select * from p order by id", ()),
        ("select id, n as id, name, name from p where n > ?", (1,)),
        ("update p set n = n + 1 where n > 1", ()),
        ("replace into p(id, name) values (2, 'z')", ()),
        ("delete from p where id = 1", ()),
        ("delete from p where id = 99", ()),
        ("select count(*) from p", ()),
    ],
    "odd column names": [('select 1 as "", 2 as "a b", 3 as "ünï", 4 as "q""q", 1+1, 5 as x, 6 as x', ())],
    "no rows": [("select 1 where 0", ()), ("pragma table_info(nosuch)", ()), ("select * from p", ())],
    "no columns": [("", ()), ("-- nothing", ()), ("/* nothing", ()), ("create table q(a)", ()), ("drop table q", ())],
    "comments": [
        ("-- one\n/* two */ insert into p(name) values ('a')", ()),
        ("select 1; -- after", ()),
        ("select 1; /* after */ ", ()),
        ("select ';', '--', '/*'", ()),
    ],
    "returning": [
        ("insert into p(name) values ('a'), ('b') returning id, name", ()),
        ("delete from p returning name", ()),
    ],
    "upsert": [("insert into p(id, n) values (1, 1)", ())]
    + [("insert into p(id, n) values (1, 5) on conflict(id) do update set n = excluded.n", ())] * 2,
    "transactions": [
        ("begin", ()),
        ("insert into p(name) values ('a')", ()),
        ("savepoint s", ()),
        ("insert into p(name) values ('b')", ()),
        ("rollback to s", ()),
        ("commit", ()),
        ("commit", ()),
        ("select name from p", ()),
    ],
    "wrong SQL": [("selec 1", ()), ("select * from nosuch", ()), ("select nosuch from p", ()), ("select nosuch()", ())],
    "constraints": [
        ("insert into p(name) values ('a')", ()),
        ("insert into p(name) values ('a')", ()),
        ("insert into p(id) values (1)", ()),
        ("insert into p(id) values ('text')", ()),
        ("insert into p(n) values (100)", ()),
        ("insert into p(name) select 'a' where 1", ()),
        ("select count(*) from p", ()),
    ],
    "misuse": [
        ("select 1; select 2", ()),
        ("select ?", ()),
        ("select ?", (1, 2)),
        ("select 1", (1,)),
        ("select ?", (object(),)),
        ("select 1 \0", ()),
    ],
    "failing on a later row": [("select abs(x) from (select -1 x union all select -9223372036854775808)", ())],
    "too big": [("select zeroblob(2000000000)", ())],
    "values": [
        ("select ?, ?, ?, ?, ?", (None, True, 1.5, "text", b"bytes")),
        ("select 1, -1, 9223372036854775807, -9223372036854775808, 1e300, '', x'', x'00ff', null", ()),
        ("select ?, ?", (bytearray(b"a\0b"), memoryview(b"cd"))),
        ("select cast(? as text), length(?)", ("a\0b", b"\0\0")),
    ],
    "types": [
        ("insert into p(name, n, r, b) values (1, '7', 2, 'text')", ()),
        ("insert into p(name, n, r, b) values (1.5, 'x', 'y', 3)", ()),
        ("select *, typeof(name), typeof(n), typeof(r), typeof(b) from p", ()),
    ],
}


def answers(connection: Any, script: list[tuple[str, tuple[Any, ...]]], fetch: Callable[[Any], Any]) -> list[Any]:
    """What a DB-API connection says to the statements, one cursor for all of them."""
    connection.execute(SCHEMA)
    cursor = connection.cursor()
    said: list[Any] = [(cursor.description, cursor.rowcount, cursor.lastrowid)]
    for sql, parameters in script:
        try:
            cursor.execute(sql, parameters)
            said.append((sql, cursor.description, cursor.lastrowid, fetch(cursor), cursor.rowcount))
        except Exception as error:
            said.append((sql, type(error).__name__, getattr(error, "sqlite_errorcode", 0)))
        said.append(connection.in_transaction)
    return said


@pytest.mark.parametrize(
    "fetch",
    [
        lambda cursor: cursor.fetchall(),
        lambda cursor: list(cursor),
        lambda cursor: [
            cursor.fetchone(),
            cursor.fetchone(),
            cursor.fetchmany(2),
            cursor.fetchmany(),
            cursor.fetchall(),
        ],
    ],
    ids=["all", "iterate", "pieces"],
)
@pytest.mark.parametrize("name", SCRIPTS)
def test_answers_like_sqlite3(name: str, fetch: Callable[[Any], Any], tmp_path: Path) -> None:
    with (
        closing(sqlite3.connect(":memory:", isolation_level=None)) as stock,
        closing(driver.connect(":memory:")) as memory,
        closing(driver.connect(tmp_path / "x.db", create=True)) as file,
    ):
        expected = answers(stock, SCRIPTS[name], fetch)
        assert answers(memory, SCRIPTS[name], fetch) == expected
        assert answers(file, SCRIPTS[name], fetch) == expected


def many(connection: Any, sql: str, sets: list[tuple[Any, ...]]) -> Any:
    connection.execute("create table q(id integer primary key, a unique)")
    cursor = connection.cursor()
    try:
        cursor.executemany(sql, sets)
        said: Any = (cursor.rowcount, cursor.lastrowid, cursor.description, cursor.fetchall())
    except Exception as error:
        said = (type(error).__name__, getattr(error, "sqlite_errorcode", 0))
    return said, connection.execute("select * from q order by id").fetchall()


@pytest.mark.parametrize(
    ("sql", "sets"),
    [
        ("insert into q(a) values (?)", [(1,), (2,), (3,)]),
        ("insert into q(a) values (?)", []),
        ("insert into q(a) values (?)", [(1,), (1,)]),
        ("insert into q(a) values (?)", [(1,), (1, 2)]),
        ("select ?", [(1,)]),
        ("create table r(a)", [()]),
        ("", [()]),
    ],
)
def test_executemany_like_sqlite3(sql: str, sets: list[tuple[Any, ...]]) -> None:
    with (
        closing(sqlite3.connect(":memory:", isolation_level=None)) as stock,
        closing(driver.connect(":memory:")) as own,
    ):
        assert many(own, sql, sets) == many(stock, sql, sets)


def test_executemany_counts_with_returning_too(connection: driver.Connection) -> None:
    cursor = connection.cursor().executemany("insert into t values (?, ''), (? + 1, '') returning id", [(3, 3), (5, 5)])
    assert (cursor.rowcount, cursor.fetchall()) == (4, [])
    assert connection.execute("select count(*) from t").fetchall() == [(6,)]


integers = st.integers(-(2**63), 2**63 - 1)
proper_text = st.text(st.characters(codec="utf-8"))
# Not U+DC80..U+DCFF: those stand for stray bytes, and several of them in a row may spell a character.
any_text = st.text(
    st.characters(codec="utf-8") | st.integers(0xD800, 0xDC7F).map(chr) | st.integers(0xDD00, 0xDFFF).map(chr)
)


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[driver.Connection, sqlite3.Connection]]:
    with closing(driver.connect(":memory:")) as own, closing(sqlite3.connect(":memory:")) as stock:
        for connection in (own, stock):
            connection.execute("create table v(a, i int, r real, t text, n numeric, b blob)")
        yield own, stock


@given(value=st.none() | st.booleans() | integers | st.floats() | proper_text | st.binary())
def test_values_like_sqlite3(both: tuple[driver.Connection, sqlite3.Connection], value: Any) -> None:
    read = []
    for connection in both:
        connection.execute("delete from v")
        connection.execute("insert into v values (?, ?, ?, ?, ?, ?)", (value,) * 6)
        # How a float is spelt as text depends on SQLite's version.
        as_text = "" if isinstance(value, float) else ", t, length(a), hex(a)"
        rows = connection.execute(f"select a, i, r, n, b, typeof(a), ? {as_text} from v", (value,)).fetchall()
        read.append([(type(item), item) for item in rows[0]])
    assert read[0] == read[1]
    if not (isinstance(value, float) and math.isnan(value)):
        assert read[0][0][1] == value


@given(text=any_text)
def test_any_text_comes_back(both: tuple[driver.Connection, sqlite3.Connection], text: str) -> None:
    assert both[0].execute("select ?", (text,)).fetchone() == (text,)


@given(
    raw=st.binary()
    | st.lists(st.sampled_from([b"\xed", b"\xa0", b"\xb2", b"\x80", b"\xc3", b"\xa9", b"a", b"\0"])).map(b"".join)
)
def test_any_stored_bytes_are_readable_as_text_and_kept(
    both: tuple[driver.Connection, sqlite3.Connection], raw: bytes
) -> None:
    (text,) = both[0].execute("select cast(? as text)", (raw,)).fetchall()[0]
    assert isinstance(text, str)
    assert both[0].execute("select cast(? as blob)", (text,)).fetchall() == [(raw,)]


def test_lone_surrogates_are_allowed_in_statements_and_names(connection: driver.Connection) -> None:
    cursor = connection.execute("select '\ud800', '\udcff' as \"\udcfe\"")
    assert cursor.description is not None
    assert (cursor.fetchall(), cursor.description[1][0]) == ([("\ud800", "\udcff")], "\udcfe")


def test_dates_and_decimals_are_stored_as_their_text(connection: driver.Connection) -> None:
    moment = datetime.datetime(2024, 2, 29, 12, 30, 1, 5)
    values = (moment.date(), moment, moment.time(), Decimal("1.10"))
    row = connection.execute("select ?, ?, ?, ?", values).fetchone()
    assert row == ("2024-02-29", "2024-02-29 12:30:01.000005", "12:30:01.000005", "1.10")


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**40])
def test_integers_beyond_64_bits_are_refused(connection: driver.Connection, number: int) -> None:
    with pytest.raises(driver.DataError, match="64 bits"):
        connection.execute("insert into t(id) values (?)", (number,))
    assert connection.execute("select count(*) from t").fetchall() == [(2,)]


def test_mappings_are_refused(connection: driver.Connection) -> None:
    with pytest.raises(driver.ProgrammingError, match="mapping"):
        connection.execute("select :a", {"a": 1})  # type: ignore[arg-type]


def test_rowcount_counts_behind_with(connection: driver.Connection) -> None:
    assert connection.execute("with x as (select 1 as id) delete from t where id in (select id from x)").rowcount == 1
    assert connection.execute("with x as (select 1) select * from x").rowcount == -1


def test_rows_are_stepped_as_they_are_fetched(connection: driver.Connection) -> None:
    endless = "with recursive c(x) as (select 1 union all select x + 1 from c) select x from c"
    cursor = connection.execute(endless)
    assert [cursor.fetchone(), cursor.fetchmany(2), next(cursor)] == [(1,), [(2,), (3,)], (4,)]
    assert cursor.execute("select 'again'").fetchall() == [("again",)]


def test_statements_run_on_their_own_until_begin(path: Path) -> None:
    with closing(driver.connect(path)) as one, closing(driver.connect(path)) as two:
        one.execute("insert into t values (3, 'three')")
        assert not one.in_transaction
        one.begin()
        one.begin()
        one.execute("delete from t")
        assert one.in_transaction
        assert two.execute("select count(*) from t").fetchall() == [(3,)]
        one.rollback()
        one.rollback()
        one.begin()
        one.execute("delete from t where id = 1")
        one.commit()
        one.commit()
        assert two.execute("select count(*) from t").fetchall() == [(2,)]


def test_closing_undoes_the_transaction_and_frees_the_file(path: Path) -> None:
    one = driver.connect(path)
    one.begin()
    cursor = one.execute("insert into t values (7, ''), (8, '') returning id")
    one.close()
    with closing(driver.connect(path, timeout=0)) as two:
        assert two.execute("insert into t values (3, '')").rowcount == 1
        assert two.execute("select id from t").fetchall() == [(1,), (2,), (3,)]
    with pytest.raises(driver.ProgrammingError):
        cursor.fetchone()


def test_a_dropped_cursor_lets_go_of_its_statement(path: Path) -> None:
    with closing(driver.connect(path)) as connection:
        connection.execute("select * from t").fetchone()
        assert not connection._statements


def test_use_after_close_is_refused(connection: driver.Connection) -> None:
    cursor, closed = connection.execute("select * from t"), connection.cursor()
    closed.close()
    closed.close()
    with pytest.raises(driver.ProgrammingError, match="closed cursor"):
        closed.execute("select 1")
    connection.close()
    connection.close()
    connection.interrupt()
    uses: list[Callable[[], object]] = [
        connection.cursor,
        connection.begin,
        connection.commit,
        connection.rollback,
        lambda: connection.in_transaction,
        lambda: connection.execute("select 1"),
        lambda: cursor.execute("select 1"),
        lambda: cursor.executemany("delete from t where id = ?", [(1,)]),
        cursor.fetchone,
        cursor.fetchmany,
        cursor.fetchall,
        lambda: next(cursor),
        lambda: list(cursor),
    ]
    for use in uses:
        with pytest.raises(driver.ProgrammingError, match="closed database"):
            use()
    cursor.close()


def test_a_merge_conflict_is_resolved_in_one_transaction(conflicting: Path) -> None:
    with closing(driver.connect(conflicting)) as connection:
        connection.begin()
        with pytest.raises(driver.OperationalError, match="1 conflict"):
            connection.execute("select dolt_merge('other')").fetchall()
        assert connection.in_transaction
        assert connection.execute('select "table", num_conflicts from dolt_conflicts').fetchall() == [("t", 1)]
        assert connection.execute("select our_name, their_name from dolt_conflicts_t").fetchall() == [
            ("ours", "theirs")
        ]
        connection.execute("select dolt_conflicts_resolve('--theirs', 't')")
        connection.execute("select dolt_commit('-Am', 'merged')")
        connection.commit()
        parents = "select count(*) from dolt_commit_ancestors where commit_hash = dolt_hashof('HEAD')"
        assert connection.execute(f"select name, ({parents}) from t where id = 1").fetchall() == [("theirs", 2)]


def test_a_merge_with_conflicts_is_undone_by_rollback(conflicting: Path) -> None:
    with closing(driver.connect(conflicting)) as connection:
        connection.begin()
        with pytest.raises(driver.OperationalError, match="1 conflict"):
            connection.execute("select dolt_merge('other')").fetchall()
        connection.rollback()
        assert connection.execute("select name from t where id = 1").fetchall() == [("ours",)]
        assert connection.execute("select count(*) from dolt_conflicts").fetchall() == [(0,)]
