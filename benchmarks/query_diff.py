#!/usr/bin/env python3
"""A query's result at two revisions, compared, beside the two bare streams of its rows.

.venv/bin/python benchmarks/query_diff.py [--rows 200000]

One row of a hundred differs. "Bare" reads both results with PyMySQL's unbuffered cursor, or DoltLite's driver, and
compares nothing: less cannot be done by anybody who reads both sides.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from pymysql.cursors import SSCursor

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.measure import Result, by_turns, markdown, plain, ratio  # noqa: E402
from benchmarks.server import items_on_dolt  # noqa: E402
from dolt_tui.engine import open_repository  # noqa: E402
from dolt_tui.engine.backends.embedded import driver  # noqa: E402
from dolt_tui.engine.connecting.target import FileTarget  # noqa: E402
from dolt_tui.engine.console.query_side import Revision  # noqa: E402
from dolt_tui.engine.repository import Repository  # noqa: E402

_BATCH = 5000
QUERIES = {
    "by an integer key": "SELECT id, label, price FROM items",
    "by a text that has no index": "SELECT label, id, price FROM items",
    "groups": "SELECT id % 1000 AS part, count(*), sum(price) FROM items GROUP BY part",
}
KEYS = {"by a text that has no index": (0,)}


def build(repository: Repository, rows: int) -> None:
    """A table of two commits."""
    run = repository.run
    run("main", [("CREATE TABLE items (id INT PRIMARY KEY, label VARCHAR(40), price DECIMAL(10,2))", ())])
    for start in range(0, rows, _BATCH):
        values = ", ".join(
            f"({at}, 'item {at * 7919 % 1_000_003:07d}', {at % 1000}.25)" for at in range(start, start + _BATCH)
        )
        run("main", [(f"INSERT INTO items VALUES {values}", ())])
    repository.call("main", "dolt_commit", "-A", "-m", "rows")
    run("main", [("UPDATE items SET price = price + 1 WHERE id % 100 = 5", ())])


def measure(repository: Repository, name: str, read: Callable[[str, str], None]) -> list[Result]:
    """``read`` reads a query's rows at a place."""
    old, new = Revision("old", repository.refs.resolve("main", "HEAD")), Revision("working", "main")
    found = []
    for what, query in QUERIES.items():
        plan = repository.query_diffs.plan("main", query, old, new)
        key = KEYS.get(what, plan.key or ())

        def compare(wanted: int | None) -> None:
            diff = repository.query_diffs.compare(plan, key)  # noqa: B023 - called at once
            with closing(diff):
                diff.read_all() if wanted is None else diff.first(wanted, 60.0)

        def bare() -> None:
            for place in (old.place, new.place):
                read(place, query)  # noqa: B023 - called at once

        first, whole, both = by_turns(lambda: compare(100), lambda: compare(None), bare, runs=5, warm=1)
        found.append(plain(f"{name}, {what}: first 100 differences", first, "ms", None))
        found.append(ratio(f"{name}, {what}: all", whole, both, "both bare streams", None))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure query diffs.")
    parser.add_argument("--rows", type=int, default=200_000)
    rows = parser.parse_args().rows
    results = []
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory)
        with items_on_dolt(path) as items:

            def on_dolt(place: str, query: str) -> None:
                with closing(items.connect(place)) as connection:
                    with connection.cursor(SSCursor) as cursor:
                        cursor.execute(query)
                        for _ in cursor:
                            pass

            with open_repository(items.target) as repository:
                build(repository, rows)
                results += measure(repository, "Dolt", on_dolt)
        file = path / "items.db"
        driver.connect(file, create=True).close()

        def on_doltlite(place: str, query: str) -> None:
            with closing(driver.connect(f"{file}@{place}")) as connection:
                cursor = connection.execute(query)
                while cursor.fetchmany(512):
                    pass

        with open_repository(FileTarget(file)) as repository:
            build(repository, rows)
            results += measure(repository, "DoltLite", on_doltlite)
    results.append(plain("memory at most", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "MB", None))
    print(f"{rows:,} rows on each side\n\n{markdown(results)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
