"""The engine layer against the best bare statement on the driver, on one server in one run."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from itertools import cycle
from typing import Any
from urllib.parse import quote

import pymysql

from benchmarks.generate import Sizes, connect
from benchmarks.measure import RUNS, Result, by_turns, plain, ratio
from dolt_tui.engine import open_repository
from dolt_tui.engine.browsing.query import Condition, DiffQuery, Operator, Query
from dolt_tui.engine.connecting.target import ConnectArguments
from dolt_tui.engine.core.cancellation import Cancellation
from dolt_tui.engine.errors import Cancelled
from dolt_tui.engine.model import LAST, After, Before
from dolt_tui.engine.repository import Repository
from dolt_tui.ui.session.reads import ALL, Reading
from dolt_tui.ui.session.state import State

ROWS, COMMITS = 200, 100
"""The sizes of the pages that the interface reads."""
DEEP = 1.5
LOG = "SELECT commit_hash, author, author_email, date, message, parents FROM dolt_log({}) LIMIT {}"
LOG_OPTIONS = "'--parents', '--decorate', 'no'"
BRANCHES = (
    "SELECT name, hash, dirty, latest_committer, latest_commit_date, latest_commit_message"
    " FROM dolt_branches ORDER BY name"
)
STATUS = "SELECT table_name, staged, status FROM dolt_status"
PANES = (
    "SELECT dolt_hashof_db('WORKING'), dolt_hashof_db('STAGED'), dolt_hashof('HEAD'), active_branch()",
    "SELECT tag_name, tag_hash FROM dolt_tags",
    STATUS,
    BRANCHES,
    LOG.format(f"'HEAD', {LOG_OPTIONS}", COMMITS),
    "SELECT table_name, table_type, table_rows FROM information_schema.tables"
    " WHERE table_schema = DATABASE() ORDER BY table_name",
    "SELECT table_name, constraint_name FROM information_schema.key_column_usage"
    " WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL",
    "SELECT is_merging FROM dolt_merge_status",
)
"""What all panes of a branch need, each asked once."""


class Everything:
    """Reads what all panes show, in their order."""

    KIND, TITLE, SCOPES, lane = "everything", "Everything", ALL, "everything"

    def read(self, reading: Reading) -> object:
        return (
            reading.changes,
            reading.branches,
            reading.tags,
            reading.remotes,
            reading.log,
            reading.tables,
            reading.summary,
        )


def url(address: ConnectArguments, database: str, branch: str | None = None, *, socket: bool = True) -> str:
    """The target that opens a database of the server, as one types it."""
    base = f"mysql+pymysql://{address.user}:{quote(address.password)}@{address.host}:{address.port}/{database}"
    path = f"/{quote(branch)}" if branch else ""
    return f"{base}{path}" + (f"?unix_socket={quote(address.socket)}" if socket and address.socket else "")


class Bare:
    """A connection of the driver, and nothing else."""

    def __init__(self, address: ConnectArguments, database: str) -> None:
        self.connection: pymysql.Connection[Any] = connect(address, database)

    def rows(self, sql: str) -> tuple[Any, ...]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            return tuple(cursor.fetchall())

    def close(self) -> None:
        self.connection.close()


class EngineBenchmark:
    """Repositories and bare connections to the generated databases."""

    def __init__(self, address: ConnectArguments, sizes: Sizes, stack: ExitStack) -> None:
        self._address, self._sizes, self._stack = address, sizes, stack
        self.big, self.big_bare = self._open("big")
        self.history, self.history_bare = self._open("history")
        self.wide, self.wide_bare = self._open("wide")
        for repository, branch in ((self.big, "main"), (self.big, "work_large"), (self.wide, "main")):
            self._look(repository, branch)
        self._main, self._changed = (self.big.refs.resolve("main", name) for name in ("main", "changed"))

    def _open(self, database: str) -> tuple[Repository, Bare]:
        repository = self._stack.enter_context(open_repository(url(self._address, database)))
        bare = Bare(self._address, database)
        self._stack.callback(bare.close)
        return repository, bare

    def _look(self, repository: Repository, branch: str) -> None:
        """Look for changes each second, as the interface does: the engine trusts what it remembers that long."""
        ended = threading.Event()

        def look() -> None:
            while not ended.is_set():
                repository.refs.fingerprint(branch)
                ended.wait(1)

        thread = threading.Thread(target=look)
        thread.start()
        self._stack.callback(thread.join)
        self._stack.callback(ended.set)

    def first_pages(self) -> list[Result]:
        """The first page of each pane, and the bare statement."""
        big, wide = self.big, self.wide
        head = self.history.refs.fingerprint("main").head
        diff = f"SELECT * FROM dolt_diff('%s', '%s', 'big') LIMIT {ROWS}"
        log = LOG.format(f"'{head}', {LOG_OPTIONS}", COMMITS)
        work = Bare(self._address, "big/work_large")
        self._stack.callback(work.close)
        pairs: list[tuple[str, Callable[[], Any], Callable[[], Any]]] = [
            ("log", lambda: self.history.history.page("main", [head], COMMITS), lambda: self.history_bare.rows(log)),
            (
                "rows",
                lambda: big.rows.page("main", Query("big"), ROWS),
                lambda: self.big_bare.rows(f"SELECT * FROM big ORDER BY id LIMIT {ROWS}"),
            ),
            (
                "diff of two branches",
                lambda: big.diffs.page("main", DiffQuery("big", self._main, self._changed), ROWS),
                lambda: self.big_bare.rows(diff % (self._main, self._changed)),
            ),
            (
                "diff of uncommitted changes",
                lambda: big.diffs.page("work_large", DiffQuery("big", "HEAD", "WORKING"), ROWS),
                lambda: work.rows(diff % ("HEAD", "WORKING")),
            ),
            ("branches", lambda: wide.refs.branches("main"), lambda: self.wide_bare.rows(BRANCHES)),
            ("status", lambda: wide.working.status("main"), lambda: self.wide_bare.rows(STATUS)),
            ("tables", lambda: wide.tables.tables("main"), lambda: self.wide_bare.rows(PANES[5])),
        ]
        results = []
        for name, ours, bare in pairs:
            one, other = by_turns(ours, bare, runs=2 * RUNS)
            target = None if name == "tables" else 1.3 if other >= 1 else 1.5
            results.append(ratio(f"first page: {name}", one, other, "bare statement", target))
        return results

    def deep_pages(self) -> list[Result]:
        """Pages far away from the beginning, and the first one."""
        return [*self._deep_rows(), *self._deep_diff(), self._deep_log()]

    def _deep_rows(self) -> list[Result]:
        rows, depth = self.big.rows, self._sizes.rows * 9 // 10
        query = Query("big")
        results = []
        for name, position in (
            (f"rows after {depth:,}", After((depth,))),
            (f"rows before {depth:,}", Before((depth,))),
            ("the last rows", LAST),
        ):
            deep, first = by_turns(
                lambda position=position: rows.page("main", query, ROWS, position),  # type: ignore[misc]
                lambda: rows.page("main", query, ROWS),
            )
            results.append(ratio(f"deep page: {name}", deep, first, "first page", DEEP))
        by_index = Query("big", sort="sku")
        middle = self.big_bare.rows(f"SELECT sku, id FROM big WHERE sku >= 'SKU-{depth:07d}' ORDER BY sku LIMIT 1")[0]
        deep, first = by_turns(
            lambda: rows.page("main", by_index, ROWS, After(middle)), lambda: rows.page("main", by_index, ROWS)
        )
        return [*results, ratio("deep page: rows sorted by an indexed column", deep, first, "first page", DEEP)]

    def _deep_diff(self) -> list[Result]:
        depth = min(100_000, self._sizes.changed * 5 // 6)
        results = []
        for name, branch, old, new in (
            ("two branches", "main", self._main, self._changed),
            ("uncommitted", "work_large", "HEAD", "WORKING"),
        ):
            relation = f"dolt_diff('{old}', '{new}', 'big')"
            bare = Bare(self._address, f"big/{branch}")
            key = bare.rows(f"SELECT coalesce(to_id, from_id) FROM {relation} LIMIT 1 OFFSET {depth}")[0]
            bare.close()
            deep, first = by_turns(
                lambda: self.big.diffs.page(branch, DiffQuery("big", old, new), ROWS, After(key)),  # noqa: B023
                lambda: self.big.diffs.page(branch, DiffQuery("big", old, new), ROWS),  # noqa: B023
            )
            results.append(ratio(f"deep page: {depth:,} rows into a diff ({name})", deep, first, "first page", 2.5))
            before, last, first = by_turns(
                lambda: self.big.diffs.page(branch, DiffQuery("big", old, new), ROWS, Before(key)),  # noqa: B023
                lambda: self.big.diffs.page(branch, DiffQuery("big", old, new), ROWS, LAST),  # noqa: B023
                lambda: self.big.diffs.page(branch, DiffQuery("big", old, new), ROWS),  # noqa: B023
            )
            results.append(
                ratio(f"deep page: before {depth:,} rows of a diff ({name})", before, first, "first page", 2.5)
            )
            results.append(ratio(f"deep page: the last rows of a diff ({name})", last, first, "first page", 2.5))
        return results

    def _deep_log(self) -> Result:
        log, depth = self.history.history, self._sizes.commits * 9 // 10
        head = self.history.refs.fingerprint("main").head
        frontier: tuple[str, ...] = (head,)
        for _ in range(depth // COMMITS):
            frontier = tuple(log.page("main", frontier, COMMITS).frontier)
        deep, first = by_turns(
            lambda: log.page("main", frontier, COMMITS), lambda: log.page("main", [head], COMMITS), runs=2 * RUNS
        )
        return ratio(f"deep page: {depth:,} commits into the log", deep, first, "first page", DEEP)

    def switching(self) -> list[Result]:
        """All statements that the interface runs to show another branch, each time one that was not shown before."""
        names = [branch.name for branch in self.wide.refs.branches("main")]
        ours_next, bare_next = cycle(names), cycle(names)

        def ours() -> None:
            with Reading(State(self.wide, next(ours_next)), ALL, COMMITS, lambda _: None) as reading:
                reading.read([Everything()])

        def bare() -> None:
            connection = Bare(self._address, f"wide/{next(bare_next)}")
            for sql in PANES:
                connection.rows(sql)
            connection.close()

        one, two = by_turns(ours, bare)
        return [ratio("reading all panes of another branch", one, two, "bare statements and connection", None)]

    def cancelling(self) -> list[Result]:
        """From ``cancel()`` until the statement is gone from the server's list of processes."""
        rows, diffs = self.big.rows, self.big.diffs
        rare = Query("big", conditions=(Condition("note", Operator.CONTAINS, "no such text"),))
        works: list[tuple[str, Callable[[], Any]]] = [
            ("a sort without an index", lambda: rows.page("main", Query("big", sort="price"), ROWS)),
            ("a filter without an index", lambda: rows.page("main", rare, ROWS)),
            ("statistics of a large diff", lambda: diffs.statistics("main", "big", "main", "changed")),
        ]
        results = []
        for name, work in works:
            times = [taken for _ in range(7) if (taken := self._cancel(work)) is not None]
            if times:
                worst = f"median {statistics.median(times):.1f} ms of {len(times)}"
                results.append(plain(f"cancel: {name}, worst", max(times), "ms", 100, worst))
        return results

    def _cancel(self, work: Callable[[], Any]) -> float | None:
        cancellation = Cancellation()

        def run() -> None:
            with suppress(Cancelled), cancellation:
                work()

        thread = threading.Thread(target=run)
        thread.start()
        while thread.is_alive() and not running(self.big_bare):
            time.sleep(0.001)
        time.sleep(0.1)
        if not running(self.big_bare):
            thread.join()
            return None  # it was too fast to be cancelled
        gone: list[float] = []
        start = time.perf_counter()

        def watch() -> None:
            while running(self.big_bare):
                time.sleep(0.001)
            gone.append((time.perf_counter() - start) * 1000)

        watcher = threading.Thread(target=watch)
        watcher.start()
        cancellation.cancel()
        watcher.join()
        thread.join()
        return gone[0]


def running(bare: Bare) -> list[str]:
    """The long statements of the server: those that are neither quick questions nor ours."""
    rows = bare.rows("SHOW PROCESSLIST")
    return [str(row[7]) for row in rows if row[4] == "Query" and row[7] and _heavy(str(row[7]))]


def _heavy(sql: str) -> bool:
    return "ORDER BY `price`" in sql or "no such text" in sql or "LIKE" in sql or "GROUP BY diff_type" in sql


def measure(address: ConnectArguments, sizes: Sizes, tell: Callable[[str], None]) -> list[Result]:
    """All of it."""
    results: list[Result] = []
    with ExitStack() as stack:
        benchmark = EngineBenchmark(address, sizes, stack)
        for part in (benchmark.first_pages, benchmark.deep_pages, benchmark.switching, benchmark.cancelling):
            for result in part():
                tell("  ".join(result.cells()))
                results.append(result)
    return results
