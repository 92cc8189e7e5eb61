"""What the console's statements return: first rows, a million rows, what that takes of memory, and cancelling."""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

import pymysql

from benchmarks.engine import url
from benchmarks.generate import Sizes, connect
from benchmarks.measure import Result, by_turns, clock, plain, ratio
from dolt_tui.engine import open_repository
from dolt_tui.engine.backends.embedded import driver
from dolt_tui.engine.connecting.target import ConnectArguments
from dolt_tui.engine.console.results import ResultSet
from dolt_tui.engine.console.scanner import Statement
from dolt_tui.engine.core.cancellation import Cancellation
from dolt_tui.engine.errors import Cancelled
from dolt_tui.engine.repository import Repository

ALL = "SELECT * FROM big"
SCREEN = 50
FETCHED = 1000
LITE = (
    "CREATE TABLE big (id INTEGER PRIMARY KEY, name TEXT, price REAL, made TEXT, kind INTEGER, amount REAL, sku TEXT,"
    " number INTEGER)",
    "INSERT INTO big WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})"
    " SELECT i, 'name of row ' || i, i * 1.5, '2026-01-01 00:00:00', i % 1000, i / 100.0, 'sku' || i % 7, i FROM n",
)


def run(repository: Repository, sql: str) -> ResultSet:
    """The result of a statement."""
    return repository.console.run("main", Statement(sql, 0, len(sql))).results[0]


def resident() -> float:
    """The megabytes of memory that this process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / (1 << 20)


class ConsoleBenchmark:
    """The console of a database, beside its bare driver."""

    def __init__(self, name: str, repository: Repository, cursor: Callable[[], Any], rows: int) -> None:
        """``cursor`` gives a cursor of the driver's on which rows are read as they arrive."""
        self._name, self._repository, self._cursor, self._rows = name, repository, cursor, rows

    def measure(self) -> list[Result]:
        return [self._first(), *self._reading(), *self._cancelling()]

    def _first(self) -> Result:
        def ours() -> None:
            result = run(self._repository, ALL)
            result.page(0, SCREEN)
            left.append(result)

        def bare() -> None:
            cursor = self._cursor()
            cursor.execute(ALL)
            cursor.fetchmany(SCREEN)
            left.append(cursor)

        left: list[Any] = []
        mine, other = [], []
        for _ in range(15):  # nor are new connections: what is left of a result ends the one that it came on
            run(self._repository, "SELECT 1").read_all()
            self._cursor().close()
            mine.append(clock(ours))
            left.pop().close()
            other.append(clock(bare))
            _end(left.pop())
        run(self._repository, "SELECT 1")
        return ratio(
            f"console, {self._name}: first {SCREEN} rows of {self._rows:,}",
            statistics.median(mine),
            statistics.median(other),
            "bare statement",
            1.3,
        )

    def _reading(self) -> list[Result]:
        grown = 0.0

        def ours() -> None:
            nonlocal grown
            before = resident()
            result = run(self._repository, ALL)
            result.read_all()
            result.page(result.known // 2, SCREEN)
            grown = max(grown, resident() - before)
            result.close()

        def bare() -> None:
            cursor = self._cursor()
            cursor.execute(ALL)
            while cursor.fetchmany(FETCHED):
                pass
            cursor.close()

        mine, other = by_turns(ours, bare, runs=3, warm=0)
        result = run(self._repository, ALL)
        result.read_all()
        deep, first = by_turns(lambda: result.page(result.known - SCREEN, SCREEN), lambda: result.page(0, SCREEN))
        sorting = clock(lambda: result.sorted(1).close())
        finding = clock(lambda: result.find("no such text"))
        name = f"console, {self._name}"
        found = [
            ratio(f"{name}: all of {result.known:,} rows", mine, other, "bare driver", None),
            plain(f"{name}: memory for that", grown, "MB", 20),
            ratio(f"{name}: the last {SCREEN} rows, once they are here", deep, first, "the first", None),
            plain(f"{name}: sorting them by a text", sorting, "ms", None),
            plain(f"{name}: finding nothing in them", finding, "ms", None),
        ]
        result.close()
        return found

    def _cancelling(self) -> list[Result]:
        times = []
        for work in (
            lambda: run(self._repository, "SELECT count(*) FROM big a JOIN big b ON a.id + b.id < -1"),
            lambda: run(self._repository, ALL).read_all(),
        ):
            ended: list[float] = []
            cancellation = Cancellation()

            def job(
                work: Callable[[], object] = work, ended: list[float] = ended, c: Cancellation = cancellation
            ) -> None:
                with suppress(Cancelled), c:
                    work()
                ended.append(time.perf_counter())

            thread = threading.Thread(target=job)
            thread.start()
            time.sleep(0.3)
            began = time.perf_counter()
            cancellation.cancel()
            thread.join()
            times.append((ended[0] - began) * 1000)
        return [plain(f"console, {self._name}: cancel a long statement, or reading on; worst", max(times), "ms", 300)]


def _end(cursor: Any) -> None:
    """Leave a cursor without reading its rows."""
    if isinstance(cursor, pymysql.cursors.SSCursor):
        cursor._result.unbuffered_active = False
        cursor.connection._force_close()
    else:
        cursor.close()


def measure(address: ConnectArguments, sizes: Sizes, tell: Callable[[str], None]) -> list[Result]:
    """On Dolt's server, and on a new file of DoltLite's."""
    results: list[Result] = []
    with ExitStack() as stack:

        def on_dolt() -> Any:
            if not connections or not connections[-1].open:
                connections.append(connect(address, "big"))
            return connections[-1].cursor(pymysql.cursors.SSCursor)

        connections: list[pymysql.Connection[Any]] = []
        path = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "big.db"
        with closing(driver.connect(path, create=True)) as made:
            for sql in LITE:
                made.execute(sql.format(rows=sizes.rows)).close()
            made.execute("SELECT dolt_commit('-Am', 'big')").fetchall()
        lite = stack.enter_context(closing(driver.connect(f"{path}@main")))
        for name, target, cursor in (
            ("Dolt", url(address, "big"), on_dolt),
            ("DoltLite", str(path), lite.cursor),
        ):
            repository = stack.enter_context(open_repository(target))
            for result in ConsoleBenchmark(name, repository, cursor, sizes.rows).measure():
                tell("  ".join(result.cells()))
                results.append(result)
    return results
