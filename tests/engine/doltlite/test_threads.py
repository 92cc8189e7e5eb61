"""The driver among threads: interrupts, closing under use, several writers."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest

from dolt_tui.engine.backends.embedded import driver

FOREVER = "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c"
ENDLESS_ROWS = "with recursive c(x) as (select 1 union all select x + 1 from c) select x, 'text' from c"


@pytest.mark.parametrize(
    "run",
    [
        lambda connection: connection.execute(FOREVER),
        lambda connection: connection.execute(ENDLESS_ROWS).fetchall(),
        lambda connection: connection.cursor().executemany(f"insert into t(id) select * from ({FOREVER})", [()]),
    ],
    ids=["inside a step", "between rows", "executemany"],
)
def test_interrupt_stops_a_statement_of_another_thread(
    run: Callable[[driver.Connection], object], connection: driver.Connection
) -> None:
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run, connection)
        while not running.done():  # an interrupt before the statement starts is lost, so ask again
            connection.interrupt()
        with pytest.raises(driver.OperationalError, match="interrupted") as stopped:
            running.result()
    assert stopped.value.sqlite_errorcode == driver.SQLITE_INTERRUPT
    assert connection.execute("select count(*) from t").fetchall() == [(2,)]


def test_interrupt_may_race_close(path: Path) -> None:
    current: list[driver.Connection] = [driver.connect(path)]
    over = threading.Event()

    def interrupt() -> None:
        while not over.is_set():
            current[0].interrupt()

    with ThreadPoolExecutor(3) as pool:
        threads = [pool.submit(interrupt) for _ in range(3)]
        try:
            for _ in range(300):
                current[0] = connection = driver.connect(path)
                with suppress(driver.OperationalError):
                    connection.execute("select * from t").fetchone()
                connection.close()
        finally:
            over.set()
        for thread in threads:
            thread.result()


def test_close_may_race_reading(path: Path) -> None:
    def read(connection: driver.Connection, started: threading.Barrier) -> str:
        cursor = connection.execute(ENDLESS_ROWS)
        started.wait()
        try:
            while True:
                cursor.fetchmany(3)
        except driver.ProgrammingError as error:
            return str(error)

    with ThreadPoolExecutor(3) as pool:
        for _ in range(50):
            connection, started = driver.connect(path), threading.Barrier(4)
            readers = [pool.submit(read, connection, started) for _ in range(3)]
            started.wait()
            connection.close()
            assert {reader.result() for reader in readers} == {"Cannot operate on a closed database."}


def test_close_waits_for_a_running_statement(connection: driver.Connection) -> None:
    with ThreadPoolExecutor(2) as pool:
        running = pool.submit(connection.execute, FOREVER)
        while not connection._statements:
            pass
        closing_ = pool.submit(connection.close)
        while not running.done():
            connection.interrupt()
        with pytest.raises(driver.OperationalError, match="interrupted"):
            running.result()
        closing_.result()
    with pytest.raises(driver.ProgrammingError):
        connection.execute("select 1")


def test_a_cursor_collected_elsewhere_does_not_wait_and_is_freed_later(connection: driver.Connection) -> None:
    dropped = [connection.execute("select * from t")]
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(connection.execute, FOREVER)
        while len(connection._statements) < 2:
            pass
        dropped.clear()  # would hang here, for the statement runs until it is interrupted below
        gc.collect()
        while not running.done():
            connection.interrupt()
        assert running.exception() is not None
    connection.execute("select 1").close()
    assert not connection._statements


def test_a_connection_may_be_shared(connection: driver.Connection) -> None:
    def write(start: int) -> None:
        for number in range(start, start + 50):
            connection.execute("insert into t values (?, ?)", (number, f"n{number}"))
            assert connection.execute("select name from t where id = ?", (number,)).fetchall() == [(f"n{number}",)]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, (100, 200, 300, 400)))
    assert connection.execute("select count(*) from t").fetchall() == [(202,)]


def test_four_writers_lose_nothing(path: Path) -> None:
    def write(start: int) -> None:
        with closing(driver.connect(path, timeout=60)) as connection:
            for number in range(start, start + 50):
                connection.execute("begin immediate")
                connection.execute("insert into t values (?, ?)", (number, "x" * 100))
                connection.commit()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, (100, 200, 300, 400)))
    with closing(driver.connect(path)) as connection:
        assert connection.execute("select count(*) from t").fetchall() == [(202,)]
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
