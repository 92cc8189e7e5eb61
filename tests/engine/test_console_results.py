"""What statements return: rows that arrive while one reads them, outside of memory, of any type."""

from __future__ import annotations

import datetime as dt
import threading
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.console.console import Outcome
from dolt_tui.engine.console.results import ResultSet
from dolt_tui.engine.console.row_choice import HasValue
from dolt_tui.engine.core.cancellation import Cancellation
from dolt_tui.engine.errors import Cancelled, EngineError
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt, RawLite
from .test_console import call, rows, run
from .test_tables import TYPES

Until = Callable[..., Any]

NUMBERS = "a.i + 10 * b.i + 100 * c.i + 1000 * d.i"
TEN_THOUSAND = "FROM ten a JOIN ten b JOIN ten c JOIN ten d"
MANY = f"SELECT {NUMBERS} AS n, concat('row ', {NUMBERS}) AS t {TEN_THOUSAND}"
FOREVER = "SELECT count(*) FROM ten a, ten b, ten c, ten d, ten e, ten f, ten g, ten h, ten k"
FOREVER += " WHERE a.i + b.i + c.i + d.i + e.i + f.i + g.i + h.i + k.i < -1"


@pytest.fixture
def ten(raw: Raw) -> Raw:
    """A database with the numbers from 0 to 9."""
    raw.run(
        "CREATE TABLE ten (i INTEGER PRIMARY KEY)", f"INSERT INTO ten VALUES {', '.join(f'({i})' for i in range(10))}"
    )
    raw.commit()
    return raw


def only(outcome: Outcome) -> ResultSet:
    (found,) = outcome.results
    return found


def test_many_rows_to_and_fro(ten: Raw, repository: Repository) -> None:
    result = only(run(repository, MANY))
    assert not result.complete
    assert result.known < 1000
    first = result.page(0, 5)
    deep = result.page(4_000, 5)
    assert 4_005 <= result.known < 10_000
    told: list[int] = []
    result.read_all(told.append)
    assert told == sorted(told)
    assert (result.known, result.complete, result.cut_short) == (10_000, True, "")
    assert (result.page(0, 5), result.page(4_000, 5)) == (first, deep)
    assert result.page(9_998, 50) == result.page(9_990, 50)[-2:]
    assert sorted(row[0] for row in result.rows()) == list(range(10_000))
    backward = result.sorted(0, True)
    assert [row[0] for row in backward.page(3, 3)] == [9_996, 9_995, 9_994]
    assert backward.find("ROW 42", 0) == 9_999 - 4_299
    assert backward.find("row 42", 9_999, True) == 9_999 - 42
    few = backward.having([HasValue(1, "row 42", other=True), HasValue(0, 9_997, other=True)])
    assert (len(backward.having([HasValue(1, "Row 42")]).page(0, 9)), few.known, few.complete) == (0, 9_998, True)
    assert [row[0] for row in few.page(1, 3)] == [9_998, 9_996, 9_995]
    assert (few.find("row 9998"), few.find("row 42", 0, True)) == (1, None), "among those that are left"
    assert result.having([HasValue(1, "row 42")]).page(0, 9) == ((42, "row 42"),)
    by_text = result.sorted(1)
    assert [row[1] for row in by_text.page(0, 4)] == ["row 0", "row 1", "row 10", "row 100"]
    place = result.find("row 7777")
    assert place is not None
    assert result.page(place, 1)[0] == (7777, "row 7777")
    assert result.find("row 7777", place + 1) is None
    assert result.find("row 7777", place, True) is None
    assert result.find("row 7777", place + 1, True) == place
    result.close()


def test_another_statement_while_rows_arrive(ten: Raw, repository: Repository) -> None:
    first = only(run(repository, MANY))
    second = only(run(repository, MANY))
    assert first.page(9_000, 1) == second.page(9_000, 1)
    assert rows(run(repository, "SELECT count(*) FROM ten")) == [(10,)]
    assert first.page(9_999, 1) == second.page(9_999, 1)
    # With something set on the session there is one connection only: the rows are read before.
    run(repository, "CREATE TEMPORARY TABLE mine (a INT)")
    third = only(run(repository, MANY))
    assert not third.complete
    assert rows(run(repository, "SELECT count(*) FROM mine")) == [(0,)]
    assert (third.complete, third.known, third.cut_short) == (True, 10_000, "")
    # And so they are in a transaction, by the program's own questions too.
    run(repository, "DELETE FROM ten WHERE i = 9", autocommit=False)
    fourth = only(run(repository, MANY))
    assert not fourth.complete
    assert len(repository.rows.page("main", Query("ten"), 50).rows) == 9
    assert (fourth.complete, fourth.known) == (True, 6_561)
    repository.console.roll_back()


def test_too_much_is_cut_off(ten: Raw, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dolt_tui.engine.console.results._FINISH_ROWS", 100)
    run(repository, "CREATE TEMPORARY TABLE mine (a INT)")
    result = only(run(repository, MANY))
    assert rows(run(repository, "SELECT count(*) FROM mine")) == [(0,)], (
        "the session stays, though its answer was ended"
    )
    assert result.complete
    assert 100 <= result.known < 10_000
    assert (
        result.cut_short == f"Only the first {result.known:,} rows are here: another statement needed the connection."
    )
    assert len(result.page(0, 20_000)) == result.known
    bounded = only(run(repository, MANY))
    bounded._rows._most_bytes = 50_000
    bounded.read_all()
    assert bounded.known < 10_000
    assert "rows are kept" in bounded.cut_short
    assert rows(run(repository, "SELECT count(*) FROM mine")) == [(0,)]


def test_memory_stays_flat(ten: Raw, repository: Repository) -> None:
    result = only(run(repository, f"SELECT {NUMBERS} AS n, '{'x' * 500}' AS t, 'ü' AS u {TEN_THOUSAND}"))
    result.page(0, 1000)
    tracemalloc.start()
    try:
        result.read_all()
        assert result.page(9_000, 50)[0][1:] == ("x" * 500, "ü")
        assert result.page(20, 50)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert result.known == 10_000
    assert peak < 3 << 20, "the rows take 5 MB"


class Job:
    """Something that runs in a thread until it is cancelled."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.cancellation = Cancellation()
        self.error: BaseException | None = None
        self.ended = 0.0
        self._work = work
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            with self.cancellation:
                self._work()
        except BaseException as error:
            self.error = error
        self.ended = time.monotonic()

    def cancel(self) -> float:
        """How long it takes, in seconds."""
        began = time.monotonic()
        self.cancellation.cancel()
        self._thread.join(10)
        return self.ended - began


def test_a_long_statement_is_cancelled(ten: Raw, repository: Repository, until: Until) -> None:
    run(repository, "CREATE TEMPORARY TABLE mine (a INT)")
    job = Job(lambda: run(repository, FOREVER))
    until(lambda: ten.running("count(*)") if isinstance(ten, RawDolt) else job.cancellation.connected)
    assert job.cancel() < 1
    assert isinstance(job.error, Cancelled)
    assert rows(run(repository, "SELECT count(*) FROM mine")) == [(0,)], "the connection is used on"
    # A question of the program's, within a transaction: it goes on.
    run(repository, "DELETE FROM ten WHERE i = 9", autocommit=False)

    def ask() -> None:
        with repository._connections.read("main") as session:
            session.rows(FOREVER)

    job = Job(ask)
    until(lambda: ten.running("count(*)") if isinstance(ten, RawDolt) else job.cancellation.connected)
    assert job.cancel() < 1
    assert isinstance(job.error, Cancelled)
    assert repository.console.transaction is not None
    assert rows(run(repository, "SELECT count(*) FROM ten")) == [(9,)]
    repository.console.commit()
    assert len(ten.rows("SELECT * FROM ten")) == 9


def test_reading_on_is_cancelled_and_gone_on_with(ten: Raw, repository: Repository, until: Until) -> None:
    result = only(run(repository, f"SELECT {NUMBERS} + 10000 * e.i {TEN_THOUSAND} JOIN ten e"))
    job = Job(result.read_all)
    until(lambda: result.known > 1000)
    assert job.cancel() < 1
    assert isinstance(job.error, Cancelled)
    assert 1000 < result.known < 100_000
    assert (result.complete, result.cut_short) == (False, "")
    assert len(result.page(result.known, 100)) == 100
    # Where no row comes any more, only ending the statement helps.
    waiting = only(run(repository, f"SELECT {NUMBERS} {TEN_THOUSAND} UNION ALL {FOREVER}"))
    job = Job(waiting.read_all)
    until(lambda: waiting.known > 1_000)
    assert job.cancel() < 1
    assert isinstance(job.error, Cancelled)
    assert waiting.cut_short in ("", f"Cancelled after {waiting.known:,} rows.")
    result.close()
    waiting.close()
    assert rows(run(repository, "SELECT 1")) == [(1,)]


def test_types_as_the_grid_has_them(dolt: RawDolt, opened: Open) -> None:
    columns = ", ".join(f"c{number} {kind}" for number, (kind, _, _) in enumerate(TYPES))
    literals = ", ".join(literal for _, literal, _ in TYPES)
    dolt.run(f"CREATE TABLE t (id INTEGER PRIMARY KEY, {columns})", f"INSERT INTO t VALUES (1, {literals})")
    dolt.run("INSERT INTO t (id) VALUES (2)")
    repository = opened(dolt)
    result = only(run(repository, "SELECT * FROM t"))
    shown = repository.rows.page("main", Query("t"), 50).rows
    for number, (mine, theirs) in enumerate(zip(result.page(0, 1)[0][1:], shown[0][1:], strict=True)):
        assert (type(mine), mine) == (type(theirs), theirs), TYPES[number]
        assert [row[0] for row in result.sorted(number + 1).page(0, 2)] == [2, 1]
    assert result.page(1, 1)[0] == shown[1] == (2, *[None] * len(TYPES))
    odd = "SELECT concat('a', x'ff'), ST_GeomFromText('MULTIPOLYGON(((0 0,1 0,1 1.5,0 0)),((2 2,3 2,3 3,2 2)))'), NULL"
    assert only(run(repository, odd)).page(0, 1) == (
        (b"a\xff", "MULTIPOLYGON(((0 0,1 0,1 1.5,0 0)),((2 2,3 2,3 3,2 2)))", None),
    )
    wide = ", ".join(f"{number} AS c" for number in range(300))
    assert only(run(repository, f"SELECT {wide}")).page(0, 1) == (tuple(range(300)),)
    assert [c.type for c in only(run(repository, "SELECT id, date('2020-01-01'), 1.50, 'ab' FROM t")).columns] == [
        "int",
        "date",
        "decimal(3,2)",
        "text",
    ]
    run(repository, "CREATE PROCEDURE two() BEGIN SELECT 1; SELECT date('2020-01-02') AS d; END")
    assert rows(run(repository, call(dolt, "two()")))[-1][0].__class__ is dt.date


@pytest.mark.parametrize("value", ["NULL", "1", "-1.5", "'ü'", "x'00ff'", "''", "9223372036854775807"])
def test_values_of_doltlite(ten: Raw, repository: Repository, value: str) -> None:
    if not ten.dolt:
        assert only(run(repository, f"SELECT {value}")).page(0, 1) == tuple(ten.rows(f"SELECT {value}"))


def test_on_doltlite_a_cancelled_write_takes_the_transaction_with_it(lite: RawLite, opened: Open, until: Until) -> None:
    lite.run("CREATE TABLE t (i INTEGER PRIMARY KEY)", "INSERT INTO t VALUES (1)")
    repository = opened(lite)
    run(repository, "INSERT INTO t VALUES (2)", autocommit=False)
    long = "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    job = Job(lambda: run(repository, long))
    until(lambda: job.cancellation.connected)
    assert job.cancel() < 1
    assert isinstance(job.error, Cancelled)
    if "rolled back" in job.error.message:  # else it had not begun
        assert repository.console.transaction is None
    repository.console.roll_back()
    assert lite.rows("SELECT * FROM t") == [(1,)]


def test_a_connection_is_closed_after_whoever_is_alone_with_it(repository: Repository) -> None:
    held = repository._connections.hold("main", "test", writes=False)
    with held.alone():
        closing = threading.Thread(target=held.close)
        closing.start()
        closing.join()
        assert not held.session.connection.closed
    assert held.session.connection.closed


def test_a_closed_result_says_so(ten: Raw, repository: Repository) -> None:
    """A page of it may be on its way still: that is no fault of ours, and the rows did not just end."""
    result = only(run(repository, MANY))
    order = result.sorted(0, descending=True)
    order.close()
    with pytest.raises(EngineError, match="not kept any more"):
        order.page(0, 5)
    order = result.sorted(0, descending=True)
    result.close()
    result._rows.store.add([b"late"])  # as by a thread that was reading on: its connection must not be lost for it
    for ask in (lambda: result.page(0, 5), lambda: order.page(0, 5), lambda: next(result.rows())):
        with pytest.raises(EngineError, match="not kept any more"):
            ask()


def test_the_key_of_a_result(people: Raw, repository: Repository) -> None:
    for sql, key in (("SELECT * FROM people", [people.dolt, False]), ("SELECT name, id FROM people", [False, False])):
        assert [column.primary_key for column in only(run(repository, sql)).columns] == key
