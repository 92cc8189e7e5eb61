"""The program itself in a pseudo-terminal: starting, switching, idling."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.engine import PANES, Bare, url
from benchmarks.generate import Sizes, connect
from benchmarks.measure import Result, beyond, clock, missing, plain, ratio
from benchmarks.terminal import NotSeenError, Program
from dolt_tui.engine.connecting.private_server import PrivateServer
from dolt_tui.engine.connecting.target import ConnectArguments

ROOT = Path(__file__).resolve().parent.parent
SKELETON = ROOT / "benchmarks" / "skeleton.py"
ONLY = ""
"""Only the jobs whose function's name contains this are measured."""
STARTS = 5
DEMO = "sql_alchemy_big_demo"
FIRST_PAINT = "1 Changes"
DEMO_PANES = ("modify_schema", "Inserted data", "employees_teams", "Engineering", r"→ working", r"[~+−] +\d+ │")
WIDE_PANES = ("M t0099", r"● main", r"Create \d+", r"t0001 +20 rows", r"~ +0 │ row 0")
HISTORY_PANES = (r"Step \d+", r"item +100 rows", "● main")


class Bench:
    """What the jobs need: the server, a home, and programs that are started in it."""

    def __init__(self, address: ConnectArguments, sizes: Sizes, home: Path, stack: ExitStack) -> None:
        self.address, self.sizes, self.home, self.stack = address, sizes, home, stack
        self.environment = {
            "PYTHONPATH": str(ROOT),
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_CACHE_HOME": str(home / ".cache"),
            "PATH": f"{Path(os.environ['DOLT_TUI_TEST_DOLT']).parent}{os.pathsep}{os.environ['PATH']}",
            "DOLT_DISABLE_EVENT_FLUSH": "1",
            "DOLT_ROOT_PATH": str(home),
        }
        self.dolt = Path(os.environ["DOLT_TUI_TEST_DOLT"])

    def program(self, *arguments: str, lines: int = 38, directory: Path | None = None) -> Program:
        """The program, started with these arguments."""
        command = [sys.executable, "-m", "dolt_tui", *arguments]
        return Program(command, lines=lines, environment=self.environment, directory=directory or self.home)

    @contextmanager
    def shown(self, database: str, branch: str | None, *expected: str, lines: int = 38) -> Iterator[Program]:
        """The program with a database open, its panes filled and its statistics counted."""
        with self.program(url(self.address, database, branch), lines=lines) as program:
            program.wait(*expected, since=0)
            settle(3)
            yield program

    def bare(self, database: str) -> Bare:
        bare = Bare(self.address, database)
        self.stack.callback(bare.close)
        return bare


def settle(seconds: float = 0.3) -> None:
    """Let everything that is on its way arrive; the program never falls wholly silent, as it looks for changes."""
    time.sleep(seconds)


class Starts:
    """Starts of several programs by turns: the medians of the first paint and of all panes."""

    def __init__(self) -> None:
        self._cases: dict[str, tuple[Callable[[], Program], tuple[str, ...], str]] = {}
        self.first: dict[str, float] = {}
        self.all: dict[str, float] = {}

    def add(self, name: str, start: Callable[[], Program], panes: Sequence[str], first: str = FIRST_PAINT) -> None:
        self._cases[name] = (start, tuple(panes), first)

    def run(self, runs: int = STARTS) -> None:
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in self._cases}
        for number in range(-1, runs):
            for name, (start, panes, first) in self._cases.items():
                with start() as program:
                    painted = program.wait(first, since=0)
                    filled = program.wait(*panes, since=0)
                    if number >= 0:
                        times[name].append(((painted - program.started) * 1000, (filled - program.started) * 1000))
        for name, pairs in times.items():
            self.first[name] = statistics.median(pair[0] for pair in pairs)
            self.all[name] = statistics.median(pair[1] for pair in pairs)


def panes_bare(bench: Bench, database: str, runs: int = 9) -> float:
    """The milliseconds that a connection and the statements of all panes take."""

    def once() -> None:
        bare = Bare(bench.address, database)
        for sql in PANES:
            bare.rows(sql)
        bare.close()

    once()
    return statistics.median(clock(once) for _ in range(runs))


def demo_on_server(bench: Bench) -> None:
    """Make the demonstration's database on the benchmark's server, where it is not there yet."""
    connection = connect(bench.address)
    with connection.cursor() as cursor:
        cursor.execute("SHOW DATABASES")
        names = {row[0] for row in cursor.fetchall()}
    connection.close()
    if DEMO not in names:
        with bench.program("demo", url(bench.address, "").rstrip("/")) as program:
            program.wait(*DEMO_PANES, since=0)


def starting(bench: Bench) -> list[Result]:
    """From the start to the first paint and to all panes."""
    demo_file, demo_directory = bench.home / "demo.db", bench.home / "demo"
    for arguments in (("--keep", str(demo_file)), ("--dolt", "--keep", str(demo_directory))):
        with bench.program("demo", *arguments) as program:
            program.wait(*DEMO_PANES, since=0)
    database = demo_directory / DEMO
    skeleton = [sys.executable, str(SKELETON)]
    starts = Starts()
    starts.add("skeleton", lambda: Program(skeleton), ("skeleton stands",), "skeleton stands")
    starts.add("demo's file", lambda: bench.program(str(demo_file)), DEMO_PANES)
    starts.add("Dolt directory, no server running", lambda: bench.program(directory=database), DEMO_PANES)
    starts.run()
    running = Starts()
    with PrivateServer(demo_directory, dolt=bench.dolt, root_path=bench.home / "dolt") as server:
        running.add("skeleton", lambda: Program(skeleton), ("skeleton stands",), "skeleton stands")
        running.add("Dolt directory, server running", lambda: bench.program(directory=database), DEMO_PANES)
        running.run()
        there = Bench(server.connect_arguments, bench.sizes, bench.home, bench.stack)
        statements = panes_bare(there, DEMO)
    results = []
    for group in (starts, running):
        base = group.first["skeleton"]
        for name in list(group.first)[1:]:
            against = f"bare Textual program {base:.0f} ms"
            results.append(plain(f"start to first paint: {name}", group.first[name], "ms", 250, against))
            against += f", bare statements {statements:.0f} ms"
            results.append(plain(f"start to all panes: {name}", group.all[name], "ms", 500, against))
    return results


def start_large(bench: Bench) -> list[Result]:
    """All panes with 10,000 commits, 1,000 branches and 500 tables, and with the demonstration."""
    demo_on_server(bench)
    starts = Starts()
    starts.add("demo", lambda: bench.program(url(bench.address, DEMO)), DEMO_PANES)
    starts.add("wide", lambda: bench.program(url(bench.address, "wide")), WIDE_PANES)
    starts.run()
    name = f"start to all panes: {bench.sizes.commits:,} commits, {bench.sizes.branches:,} branches, 500 tables"
    lists = panes_bare(bench, "wide/main") - panes_bare(bench, f"{DEMO}/main")
    return [
        ratio(name, starts.all["wide"], starts.all["demo"], "demo", 1.3),
        plain("… of which the bare statements take longer", lists, "ms", None),
    ]


def switching(bench: Bench) -> list[Result]:
    """From ``space`` on a branch until every pane shows it."""
    demo_on_server(bench)
    results = []
    for database, panes in ((DEMO, DEMO_PANES), ("wide", WIDE_PANES)):
        times = []
        with bench.shown(database, None, *panes) as program:
            program.send("2")
            settle()
            for _ in range(9):
                program.send("down")
                settle(0.5)
                program.send("space")
                settle(1.5)
                program.send("up")
                settle(0.5)
                start = program.send("space")
                times.append((program.wait("is the current branch") - start) * 1000)
                settle(1.5)
        bare = panes_bare(bench, f"{database}/main")
        name = f"space on a branch until all panes: {'demo' if database == DEMO else 'wide'}"
        results.append(beyond(name, statistics.median(times), bare, "bare statements", 60))
        if database == DEMO:
            results.append(plain("… the same by itself", statistics.median(times), "ms", 100))
    return results


def idling(bench: Bench) -> list[Result]:
    """The processor's time while nothing happens but the look for changes."""
    results = []
    for database, panes in (("big", (r"big +[\d,]+ rows",)), ("wide", WIDE_PANES)):
        with bench.shown(database, None, *panes) as program:
            settle(2)
            before, start = program.processor(), time.perf_counter()
            time.sleep(20)
            used = (program.processor() - before) / (time.perf_counter() - start) * 100
        results.append(plain(f"idle for 20 s: {database}", used, "%", 2, "of one core"))
    return results


def measure(address: ConnectArguments, sizes: Sizes, tell: Callable[[str], None]) -> list[Result]:
    """All of it."""
    from benchmarks import scrolling

    results: list[Result] = []
    jobs = (starting, start_large, switching, *scrolling.JOBS, idling)
    with ExitStack() as stack, tempfile.TemporaryDirectory(prefix="dolt-tui-benchmark-") as home:
        bench = Bench(address, sizes, Path(home), stack)
        for job in jobs:
            if ONLY not in job.__name__:
                continue
            try:
                found = job(bench)
            except NotSeenError as error:
                tell(f"{job.__name__}: {error}")
                found = [missing(job.__doc__ or job.__name__, "the screen did not show it", "ms", None)]
            for result in found:
                tell("  ".join(result.cells()))
                results.append(result)
    return results
