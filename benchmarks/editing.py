#!/usr/bin/env python3
"""A draft of edited rows, checked and written, beside as many bare UPDATE statements in one transaction.

.venv/bin/python benchmarks/editing.py [--rows 1000] [--rows 10000]

Each row gets another value. "Bare" sends one UPDATE by the key for each row through PyMySQL, or DoltLite's driver, and
compares nothing with what was shown.
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
from dolt_tui.engine.connecting.target import FileTarget  # noqa: E402
from dolt_tui.engine.editing.draft import Draft  # noqa: E402
from dolt_tui.engine.repository import Repository  # noqa: E402

_BATCH = 1000
_TABLE = (
    "CREATE TABLE items (id INT PRIMARY KEY, label VARCHAR(40) UNIQUE, price DECIMAL(10,2), day DATE, parent INT,"
    " FOREIGN KEY (parent) REFERENCES items (id))"
)


def build(repository: Repository, rows: int) -> None:
    """A table with a unique and a foreign key."""
    repository.run("main", [(_TABLE, ())])
    for start in range(0, rows, _BATCH):
        values = ", ".join(
            f"({at}, 'item {at}', {at % 1000}.25, '2020-01-31', {max(0, at - 1)})"
            for at in range(start, start + _BATCH)
        )
        repository.run("main", [(f"INSERT INTO items VALUES {values}", ())])


def measure(
    repository: Repository, name: str, rows: int, bare: Callable[[str], None], target: float | None
) -> list[Result]:
    """``bare`` writes labels with a prefix."""
    edits = repository.edits
    table = edits.editable("main", "items")
    number = 0

    def draft() -> Draft:
        nonlocal number
        number += 1
        found = edits.rows("main", table, [(at,) for at in range(rows)])
        return Draft().set_cells(table, [(row, {"label": f"{number} {row['id']}"}) for row in found if row is not None])

    drafts: list[Draft] = []

    def write() -> None:
        drafts[-1:] = [draft()]
        edits.write("main", drafts[-1])

    def only_draft() -> None:
        drafts[-1:] = [draft()]

    def bare_updates() -> None:
        nonlocal number
        number += 1
        bare(f"{number}")

    drafted, whole, both = by_turns(only_draft, write, bare_updates, runs=5, warm=1)
    drafts.append(draft())
    checked, _ = by_turns(lambda: edits.check("main", drafts[-1]), lambda: None, runs=5, warm=1)
    return [
        ratio(f"{name}: {rows:,} rows written", whole - drafted, both, "bare UPDATEs", target),
        ratio(f"{name}: {rows:,} rows checked", checked, both, "bare UPDATEs", None),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure how drafts are written.")
    parser.add_argument("--rows", type=int, action="append")
    sizes = parser.parse_args().rows or [1_000, 10_000]
    results = []
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory)
        with items_on_dolt(path) as items:
            with open_repository(items.target) as repository:
                build(repository, max(sizes))
                for rows in sizes:

                    def on_dolt(prefix: str, rows: int = rows) -> None:
                        with closing(items.connect()) as connection, connection.cursor() as cursor:
                            cursor.execute("START TRANSACTION")
                            for at in range(rows):
                                cursor.execute("UPDATE items SET label = %s WHERE id = %s", (f"{prefix} {at}", at))
                            cursor.execute("COMMIT")

                    results += measure(repository, "Dolt", rows, on_dolt, 1.5)
        file = path / "items.db"
        driver.connect(file, create=True).close()
        with open_repository(FileTarget(file)) as repository:
            build(repository, max(sizes))
            for rows in sizes:

                def on_doltlite(prefix: str, rows: int = rows) -> None:
                    with closing(driver.connect(f"{file}@main")) as connection:
                        connection.execute("PRAGMA foreign_keys = ON")
                        connection.execute("BEGIN")
                        for at in range(rows):
                            connection.execute("UPDATE items SET label = ? WHERE id = ?", (f"{prefix} {at}", at))
                        connection.execute("COMMIT")

                results += measure(repository, "DoltLite", rows, on_doltlite, None)
    print(markdown(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
