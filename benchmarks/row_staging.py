#!/usr/bin/env python3
"""Rows staged and unstaged as steps of undo, beside the bare statements on ``dolt_workspace_<table>``.

.venv/bin/python benchmarks/row_staging.py [--changed 100000]

Of a table of twice as many rows, that many are changed; where it says so, one of them is staged already. "Bare" sends
the UPDATE, or ``dolt_add``, through PyMySQL, or DoltLite's driver, on an open connection; nothing can be undone by it.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.measure import Result, by_turns, clock, markdown, ratio  # noqa: E402
from benchmarks.server import items_on_dolt  # noqa: E402
from dolt_tui.engine import open_repository  # noqa: E402
from dolt_tui.engine.backends.embedded import driver  # noqa: E402
from dolt_tui.engine.browsing.query import DiffQuery  # noqa: E402
from dolt_tui.engine.connecting.target import FileTarget  # noqa: E402
from dolt_tui.engine.model import HEAD, WORKING, After, RowSet  # noqa: E402
from dolt_tui.engine.repository import Repository  # noqa: E402
from dolt_tui.engine.undo.steps import Reach, UndoSettings  # noqa: E402

_BATCH = 5000
_MANY = 10_000
_AT_MOST = 1.3

Bare = Callable[[str], Any]


def build(repository: Repository, changed: int) -> None:
    """A table of which every other row is changed."""
    run, rows = repository.run, 2 * changed
    run("main", [("CREATE TABLE items (id INTEGER PRIMARY KEY, label VARCHAR(40), price INT)", ())])
    for start in range(0, rows, _BATCH):
        values = ", ".join(f"({at}, 'item {at}', {at % 1000})" for at in range(start, min(rows, start + _BATCH)))
        run("main", [(f"INSERT INTO items VALUES {values}", ())])
    repository.call("main", "dolt_commit", "-A", "-m", "rows")
    run("main", [("UPDATE items SET price = price + 1 WHERE id % 2 = 0", ())])


def measure(repository: Repository, name: str, changed: int, bare: Bare, call: str) -> list[Result]:
    """``bare`` runs a statement; ``call`` is the word that runs a procedure."""
    staging, undo = repository.row_staging, repository.undo

    def ours(stage: bool, rows: RowSet) -> None:
        change = staging.stage if stage else staging.unstage
        _, step = undo.perform("main", "rows", partial(change, "main", rows), reach=Reach.ROWS)
        assert step is not None

    def update(stage: bool, ids: Sequence[int]) -> None:
        listed = ", ".join(map(str, ids))
        bare(
            f"UPDATE dolt_workspace_items SET staged = {int(stage)} WHERE staged = {int(not stage)}"
            f" AND (to_id IN ({listed}) OR from_id IN ({listed}))"
        )

    def whole(stage: bool) -> None:
        bare(f"{call} {'dolt_add' if stage else 'dolt_reset'}('items')")

    def both(job: str, one: Callable[[bool], None], other: Callable[[bool], None], runs: int) -> list[Result]:
        """Stage and unstage by turns, each by one and by the other."""
        times: dict[tuple[int, bool], list[float]] = {(who, stage): [] for who in (0, 1) for stage in (True, False)}
        for number in range(runs + 1):  # the very first ones do not count
            first = number % 2
            for who, stage in ((first, True), (first, False), (1 - first, True), (1 - first, False)):
                taken = clock(partial((one, other)[who], stage))
                if number:
                    times[who, stage].append(taken)
        found = []
        for stage in (True, False):
            mine, its = (statistics.median(times[who, stage]) for who in (0, 1))
            target = _AT_MOST if "one row" in job else None
            verb = "stage" if stage else "unstage"
            found.append(ratio(f"{name}: {verb} {job}", mine, its, "bare statement", target))
        return found

    results = []
    one_row = RowSet("items", ((changed // 2 * 2,),))
    results += both("one row", partial(_with, ours, one_row), partial(_with, update, [changed // 2 * 2]), 9)
    update(True, [50])
    results += both(
        "one row beside another", partial(_with, ours, one_row), partial(_with, update, [changed // 2 * 2]), 9
    )
    ids = range(100, min(_MANY, changed // 2) * 2 + 100, 2)
    rows = RowSet("items", tuple((id_,) for id_ in ids))
    results += both(f"{len(ids):,} rows", partial(_with, ours, rows), partial(_with, update, ids), 4)
    query = DiffQuery("items", HEAD, WORKING)
    for what, position in (("first", None), ("middle", After((changed // 2 * 2,)))):
        if position is not None and not repository.diffs.page("main", query, 1).order:
            position = After(changed // 2)
        at = () if position is None else (position,)
        with_halves, without = by_turns(
            lambda: staging.page("main", query, 100, *at),  # noqa: B023 - called at once
            lambda: repository.diffs.page("main", query, 100, *at),  # noqa: B023 - called at once
        )
        results.append(ratio(f"{name}: {what} page of 100, one staged", with_halves, without, "page of the diff", None))
    update(False, [50])
    results += both("all", lambda stage: ours(stage, RowSet("items")), whole, 5)
    return results


def _with(change: Callable[[bool, Any], None], rows: Any, stage: bool) -> None:
    change(stage, rows)


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the staging of rows.")
    parser.add_argument("--changed", type=int, default=100_000)
    changed = parser.parse_args().changed
    results = []
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory)
        settings = UndoSettings(path / "undo")
        with items_on_dolt(path) as items:
            with open_repository(items.target, undo=settings) as repository:
                build(repository, changed)
                with closing(items.connect(autocommit=True)) as connection, connection.cursor() as cursor:
                    results += measure(repository, "Dolt", changed, cursor.execute, "CALL")
        file = path / "items.db"
        driver.connect(file, create=True).close()
        with open_repository(FileTarget(file), undo=settings) as repository:
            build(repository, changed)
            with closing(driver.connect(f"{file}@main", timeout=5.0)) as lite:
                results += measure(repository, "DoltLite", changed, lambda sql: lite.execute(sql).fetchall(), "SELECT")
    print(f"{changed:,} of {2 * changed:,} rows changed\n\n{markdown(results)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
