"""Export and import beside the bare driver, and beside ``dolt`` itself.

    .venv/bin/python benchmarks/transfers.py [--rows 1000000] [--write]

Builds a table of 8 columns in a private server's database and in a DoltLite file, and prints a table of the times, each
taken once: a million rows take long enough. ``--write`` puts the table into the README.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import pymysql
from pymysql.cursors import SSCursor

from benchmarks.measure import Result, markdown
from dolt_tui.engine import open_repository
from dolt_tui.engine.backends.embedded import driver
from dolt_tui.engine.browsing.query import Query
from dolt_tui.engine.connecting.private_server import PrivateServer, open_server
from dolt_tui.engine.repository import Repository
from dolt_tui.engine.transfer.exporting import Destination
from dolt_tui.engine.transfer.formats import Format
from dolt_tui.engine.transfer.importing import Target
from dolt_tui.engine.transfer.sniffing import sniff

ROOT = Path(__file__).parent.parent
README = Path(__file__).with_name("README.md")
NAMES = ("id", "sku", "name", "qty", "price", "made", "note", "weight")
DOLT = (
    "CREATE TABLE {} (id INT PRIMARY KEY, sku VARCHAR(32), name VARCHAR(80), qty INT, price DECIMAL(12,2),"
    " made DATETIME, note TEXT, weight DOUBLE)"
)
LITE = (
    "CREATE TABLE {} (id INTEGER PRIMARY KEY, sku TEXT, name TEXT, qty INTEGER, price NUMERIC, made DATETIME,"
    " note TEXT, weight REAL)"
)
MARKS = ", ".join(["{}"] * 8)


def row(number: int) -> tuple[Any, ...]:
    """A row, always the same one for a number."""
    made = dt.datetime(2020, 1, 1) + dt.timedelta(seconds=number * 37)
    price = f"{number % 9973}.{number % 100:02d}"
    note = None if number % 10 == 0 else f'it\'s what was said of number {number}, and more, with "quotes"'
    sku, name = f"SKU-{number * 7919 % 1_000_003:07d}", f"name of {number}"
    return number, sku, name, number % 1000, price, made, note, number / 7


class Memory:
    """The most memory that this process has while something runs, in MB beyond what it had before."""

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._before = self._most = _resident()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._ended.wait(0.02):
            self._most = max(self._most, _resident())

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    @property
    def grown(self) -> float:
        return self._most - self._before


def _resident() -> float:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize() / 1e6


def timed(work: Callable[[], Any]) -> float:
    """The seconds that it takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def result(job: str, ours: float, other: float, name: str, target: float | None, extra: str = "") -> Result:
    """A line of the table: seconds beside seconds."""
    return Result(job, f"{ours:.2f} s{extra}", f"{name} {other:.2f} s", ours / other, "×", target)


def write_file(path: Path, rows: int, delimiter: str = ",") -> None:
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        writer.writerow(NAMES)
        writer.writerows(row(number) for number in range(rows))


def on_dolt(program: Path, rows: int, directory: Path) -> list[Result]:
    os.environ["PATH"] = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    home = directory / "dolt"
    home.mkdir()

    def dolt(*arguments: str) -> None:
        subprocess.run([program, *arguments], cwd=home, check=True, capture_output=True)

    for name in ("name", "email"):
        dolt("config", "--global", "--add", f"user.{name}", "x@example.com")
    dolt("init")
    source, tabs = directory / "rows.csv", directory / "rows.tsv"
    write_file(source, rows)
    with open(tabs, "w", encoding="utf-8") as file:
        for number in range(rows):
            file.write("\t".join("\\N" if value is None else str(value) for value in row(number)) + "\n")
    found: list[Result] = []
    ddl = directory / "t.sql"
    ddl.write_text(DOLT.format("t") + ";")
    dolt("sql", "--file", str(ddl))
    offline = timed(lambda: dolt("table", "import", "-u", "t", str(source)))
    written = timed(lambda: dolt("table", "export", "-f", "t", str(directory / "dolt.csv")))
    server = open_server(home)
    try:
        login = server.connect_arguments
        connect: dict[str, Any] = {"user": login.user, "password": login.password, "database": "dolt"}
        connect["ssl_disabled"] = True
        connect |= {"unix_socket": login.socket} if login.socket else {"host": login.host, "port": login.port}
        raw = pymysql.connect(**connect, autocommit=True, local_infile=True)
        with closing(raw), raw.cursor() as cursor, open_repository(str(home)) as repository:
            cursor.execute("SET GLOBAL local_infile = 1")

            def bare_export() -> None:
                with pymysql.connect(**connect) as other, SSCursor(other) as streamed:
                    streamed.execute("SELECT * FROM t ORDER BY id")
                    with open(directory / "bare.csv", "w", newline="", encoding="utf-8") as file:
                        csv.writer(file).writerows(streamed)

            exports(repository, directory, bare_export, found, written, "dolt table export")
            cursor.execute("DROP TABLE t")

            def fresh() -> None:
                cursor.execute("DROP TABLE IF EXISTS t")
                cursor.execute(DOLT.format("t"))

            def bare_import() -> None:
                sql = f"INSERT INTO t VALUES ({', '.join(['%s'] * 8)})"
                cursor.execute("START TRANSACTION")
                for start in range(0, rows, 10_000):
                    cursor.executemany(sql, [row(number) for number in range(start, min(rows, start + 10_000))])
                cursor.execute("COMMIT")

            def load_data() -> None:
                cursor.execute(f"LOAD DATA LOCAL INFILE '{tabs}' INTO TABLE t")

            others = [
                ("LOAD DATA LOCAL", timed_after(fresh, load_data), 2.0),
                ("dolt table import, without a server", offline, 2.0),
                ("bare driver, executemany", timed_after(fresh, bare_import), None),
            ]
            imports(repository, directory, source, fresh, found, others)
    finally:
        if isinstance(server, PrivateServer):
            server.stop()
    return found


def timed_after(prepare: Callable[[], None], work: Callable[[], Any]) -> float:
    prepare()
    return timed(work)


def on_doltlite(rows: int, directory: Path) -> list[Result]:
    path = directory / "x.db"
    source = directory / "rows.csv"
    found: list[Result] = []
    values: list[tuple[Any, ...]] = []
    for number in range(rows):
        one = row(number)
        values.append((*one[:5], str(one[5]), *one[6:]))
    with closing(driver.connect(path, create=True)) as raw:

        def fresh() -> None:
            with suppress(driver.Error):
                raw.execute("DROP TABLE t")
            raw.execute(LITE.format("t"))

        def bare_import() -> None:
            raw.execute("BEGIN")
            raw.cursor().executemany(f"INSERT INTO t VALUES ({', '.join('?' * 8)})", values)
            raw.execute("COMMIT")

        bare = timed_after(fresh, bare_import)
        values.clear()
        with open_repository(str(path)) as repository:

            def bare_export() -> None:
                with closing(driver.connect(path)) as other:
                    cursor = other.cursor()
                    cursor.execute("SELECT * FROM t ORDER BY id")
                    with open(directory / "bare.csv", "w", newline="", encoding="utf-8") as file:
                        writer = csv.writer(file)
                        while part := cursor.fetchmany(1000):
                            writer.writerows(part)

            exports(repository, directory, bare_export, found, None, "")
            imports(repository, directory, source, fresh, found, [("bare driver, executemany", bare, 2.0)])
    return found


def exports(
    repository: Repository,
    directory: Path,
    bare: Callable[[], None],
    found: list[Result],
    dolt: float | None,
    name: str,
) -> None:
    bare()  # whoever reads the table first waits for the disk
    engine, plain = repository.info.traits.name, timed(bare)
    for format_ in (Format.CSV, Format.TSV, Format.JSON_LINES, Format.SQL, Format.PARQUET):
        to = Destination(format_, directory / f"out.{format_}", overwrite=True)
        with Memory() as memory:
            start = time.perf_counter()
            repository.transfer.exports.table("main", Query("t"), to)
            ours = time.perf_counter() - start
        job, target = f"{engine}: export as {format_.label}", 2.0 if format_ is Format.CSV else None
        found.append(result(job, ours, plain, "bare driver and csv", target, f", {memory.grown:.0f} MB"))
        if dolt is not None and format_ is Format.CSV:
            found.append(result(job, ours, dolt, name, None))


def imports(
    repository: Repository,
    directory: Path,
    source: Path,
    fresh: Callable[[], None],
    found: list[Result],
    others: list[tuple[str, float, float | None]],
) -> None:
    engine = repository.info.traits.name
    fresh()
    with Memory() as memory:
        ours = timed(lambda: repository.transfer.imports.load("main", sniff(source), Target("t")))
    for number, (name, other, target) in enumerate(others):
        extra = f", {memory.grown:.0f} MB" if number == 0 else ""
        found.append(result(f"{engine}: import CSV", ours, other, name, target, extra))
    for format_ in (Format.JSON_LINES, Format.SQL):
        fresh()
        path = directory / f"out.{format_}"
        start = time.perf_counter()
        if format_ is Format.SQL:
            repository.run("main", [("DROP TABLE t", ())])
            repository.transfer.imports.replay("main", sniff(path))
        else:
            repository.transfer.imports.load("main", sniff(path), Target("t"))
        taken = time.perf_counter() - start
        found.append(result(f"{engine}: import {format_.label}", taken, others[0][1], others[0][0], None))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    found_program = subprocess.run(
        [sys.executable, ROOT / "scripts" / "build_dolt.py", "--find"], check=True, capture_output=True, text=True
    )
    program = Path(found_program.stdout.split()[-1])
    directory = Path(tempfile.mkdtemp(prefix="transfers-"))
    os.environ |= {"HOME": str(directory), "DOLT_ROOT_PATH": str(directory), "DOLT_DISABLE_EVENT_FLUSH": "1"}
    try:
        load = os.getloadavg()[0]
        results = [*on_dolt(program, options.rows, directory), *on_doltlite(options.rows, directory)]
    finally:
        shutil.rmtree(directory)
    about = f"{dt.date.today()}. Python {sys.version.split()[0]}. {options.rows:,} rows of 8 columns, each job once."
    about += f" Load (1 minute) {load:.1f} before."
    text = f"{about}\n\n{markdown(results)}"
    print(text)
    if options.write:
        old, part = README.read_text("utf-8"), r"(?s)(<!-- transfers -->\n).*?(<!-- end of transfers -->)"
        README.write_text(re.sub(part, lambda match: f"{match[1]}{text}\n{match[2]}", old), "utf-8")


if __name__ == "__main__":
    main()
