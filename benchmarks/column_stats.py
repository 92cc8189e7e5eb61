#!/usr/bin/env python3
"""How often the values of a column occur, and its profile, beside the bare statement that groups and sorts them.

.venv/bin/python benchmarks/column_stats.py [--rows 1000000] [--runs 3]

"Bare" is ``SELECT c, count(*) … GROUP BY c ORDER BY 2 DESC LIMIT 10000`` on the driver: it tells neither how many
values there are, nor how many rows and NULLs. Of two revisions it is that statement on each. The three columns have
few different values, a tenth as many as there are rows, and one for each row.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.measure import Result, by_turns, markdown, ratio  # noqa: E402
from benchmarks.server import items_on_dolt  # noqa: E402
from dolt_tui.engine import open_repository  # noqa: E402
from dolt_tui.engine.backends.embedded import driver  # noqa: E402
from dolt_tui.engine.browsing.query import DiffQuery, Query  # noqa: E402
from dolt_tui.engine.connecting.target import FileTarget  # noqa: E402
from dolt_tui.engine.model import HEAD, WORKING  # noqa: E402
from dolt_tui.engine.model.column_stats import FrequencyOrder  # noqa: E402
from dolt_tui.engine.repository import Repository  # noqa: E402
from dolt_tui.words import count  # noqa: E402

_BATCH = 5000
_MOST = 10_000
COLUMNS = ("kind", "price", "label")


def build(repository: Repository, rows: int) -> None:
    """A table of two commits."""
    run = repository.run
    columns = "id INT PRIMARY KEY, kind VARCHAR(10), price DECIMAL(12,2), label VARCHAR(40)"
    run("main", [(f"CREATE TABLE items ({columns})", ())])
    for start in range(0, rows, _BATCH):
        values = ", ".join(
            f"({at}, 'kind {at * 7919 % 7}', {at * 7919 % max(1, rows // 10)}.25, 'item {at * 7919 % 1_000_003:07d}')"
            for at in range(start, min(start + _BATCH, rows))
        )
        run("main", [(f"INSERT INTO items VALUES {values}", ())])
    repository.call("main", "dolt_commit", "-A", "-m", "rows")
    run("main", [("UPDATE items SET kind = 'other' WHERE id % 100 = 5", ())])


def measure(repository: Repository, name: str, read: Callable[[str], None], old: str, runs: int) -> list[Result]:
    """``read`` runs a statement of the driver's; ``old`` is the table at HEAD."""
    stats, found = repository.stats, []
    for column in COLUMNS:
        grouped = f"SELECT {column}, count(*) AS n FROM {{}} GROUP BY {column} ORDER BY n DESC LIMIT {_MOST}"

        def frequency() -> None:
            stats.frequency("main", Query("items"), column, _MOST)  # noqa: B023 - called at once

        def profile() -> None:
            stats.profile("main", Query("items"), column)  # noqa: B023

        def both() -> None:
            stats.frequency("main", DiffQuery("items", HEAD, WORKING), column, _MOST, FrequencyOrder.CHANGE)  # noqa: B023

        def bare() -> None:
            read(grouped.format("items"))  # noqa: B023

        def bare_twice() -> None:
            read(grouped.format("items"))  # noqa: B023
            read(grouped.format(old))  # noqa: B023

        one, facts, two, of_one, of_two = by_turns(frequency, profile, both, bare, bare_twice, runs=runs, warm=0)
        found += [
            ratio(f"{name}, {column}: frequency", one, of_one, "bare", 2),
            ratio(f"{name}, {column}: profile", facts, of_one, "bare", None),
            ratio(f"{name}, {column}: frequency at two revisions", two, of_two, "bare, twice", None),
        ]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure frequencies and profiles of columns.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    rows, runs = parser.parse_args().rows, parser.parse_args().runs
    results: list[Result] = []
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory)
        with items_on_dolt(path) as items, open_repository(items.target) as repository:
            build(repository, rows)
            with closing(items.connect()) as connection, connection.cursor() as cursor:

                def on_dolt(sql: str) -> None:
                    cursor.execute(sql)
                    cursor.fetchall()

                results += measure(repository, "Dolt", on_dolt, "items AS OF 'HEAD'", runs)
        file = path / "items.db"
        driver.connect(file, create=True).close()
        with open_repository(FileTarget(file)) as repository:
            build(repository, rows)
            with closing(driver.connect(f"{file}@main")) as connection:
                bare = connection

                def on_doltlite(sql: str) -> None:
                    bare.execute(sql).fetchall()

                results += measure(repository, "DoltLite", on_doltlite, "dolt_at_items('HEAD')", runs)
    print(f"{count(rows)} rows\n\n{markdown(results)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
