#!/usr/bin/env python3
"""Opening what conflicts in a merge, a page of it and rules over it, beside the bare statements.

.venv/bin/python benchmarks/conflicts.py [--rows 1000000]

Of a table's rows 12 % differ on the other branch, and 1 % conflict: 10,000 of 1,000,000. "Bare" merges in a
transaction, reads the counts and the keys and takes that back; for a rule it computes values by one statement there.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.measure import Result, by_turns, markdown, plain, ratio  # noqa: E402
from benchmarks.server import items_on_dolt  # noqa: E402
from dolt_tui.engine import open_repository  # noqa: E402
from dolt_tui.engine.backends.embedded import driver  # noqa: E402
from dolt_tui.engine.conflicts import plans  # noqa: E402
from dolt_tui.engine.connecting.target import FileTarget  # noqa: E402
from dolt_tui.engine.model import RowKey  # noqa: E402
from dolt_tui.engine.model.conflicts import (  # noqa: E402
    Edited,
    Incoming,
    IncomingKind,
    ResolutionPlan,
    Rule,
    RuleKind,
    Side,
)
from dolt_tui.engine.repository import Repository  # noqa: E402

_BATCH = 5000
RULES = {
    Rule(RuleKind.NEWER, "items", by="updated_at"): "their_updated_at > our_updated_at",
    Rule(RuleKind.SUM, "items", ("stock",)): "our_stock + their_stock - base_stock",
    Rule(RuleKind.UNION, "items", ("more",)): "{}(their_more, our_more)",
}
"""Rules, and what the bare statement selects for each."""


def build(repository: Repository, rows: int) -> Incoming:
    """Two branches whose rows conflict."""

    def run(branch: str, sql: str) -> None:
        repository.run(branch, [(sql, ())])

    run(
        "main",
        "CREATE TABLE items (id INT PRIMARY KEY, label VARCHAR(40), stock INT, price DECIMAL(10,2),"
        " updated_at DATETIME, more JSON)",
    )
    for start in range(0, rows, _BATCH):
        values = ", ".join(
            f"({at}, 'item {at}', {at % 90}, {at % 1000}.25, '2026-01-01 00:00:00', '{{\"size\": {at % 50}}}')"
            for at in range(start, min(rows, start + _BATCH))
        )
        run("main", f"INSERT INTO items VALUES {values}")
    repository.call("main", "dolt_commit", "-A", "-m", "rows")
    repository.call("main", "dolt_branch", "theirs")
    for branch, number in (("main", 1), ("theirs", 2)):
        run(
            branch,
            f"UPDATE items SET stock = stock + {number}, updated_at = '2026-01-0{number + 1} 00:00:00',"
            f' more = \'{{"size": 1, "by{number}": 1}}\' WHERE id % 100 = 0',
        )
    run("theirs", "UPDATE items SET price = price + 1 WHERE id % 100 BETWEEN 1 AND 11")
    for branch in ("main", "theirs"):
        repository.call(branch, "dolt_commit", "-A", "-m", branch)
    head, tip = (repository.refs.resolve(branch, "HEAD") for branch in ("main", "theirs"))
    return Incoming(IncomingKind.MERGE, "main", "theirs", head, tip)


def measure(
    repository: Repository, name: str, incoming: Incoming, bare: Callable[[tuple[str, ...]], Any]
) -> list[Result]:
    """``bare`` runs some statements in a transaction in which the merge was made, and takes it back."""
    resolver, dolt = repository.resolver, name == "Dolt"
    found = resolver.foresee(incoming)
    assert found is not None
    keys = resolver.rows(found).keys("items")
    middle = len(keys) // 2
    plan = ResolutionPlan(incoming)
    listing = ("SELECT * FROM dolt_conflicts", "SELECT our_id, their_id, base_id FROM dolt_conflicts_items")
    results = []

    opening, whole = by_turns(lambda: resolver.foresee(incoming), lambda: bare(listing), runs=5, warm=1)
    results.append(ratio(f"{name}: opening {len(keys):,} conflicts", opening, whole, "bare statements", 1.3))

    rows = resolver.rows(found)
    rows.page("items", 0, 1)  # definitions are read once
    at = iter(range(middle, len(keys), 50))
    ids = ", ".join(str(key[0]) for key in keys[middle : middle + 50])
    sides = [found.base, found.ours, found.theirs]
    relation = "items AS OF '{}'" if dolt else "dolt_at_items('{}')"
    selects = tuple(f"SELECT * FROM {relation.format(side)} WHERE id IN ({ids})" for side in sides)
    page, three = by_turns(lambda: rows.page("items", next(at), 50), lambda: bare(("", *selects)), runs=9, warm=1)
    results.append(ratio(f"{name}: a page of 50", page, three, "bare statements", 2.0))

    fresh = (replace(found, number=number) for number in count(2))  # nothing is known about its rows
    statement = ""
    for rule, wanted in RULES.items():
        expression = wanted.format("json_merge_patch" if dolt else "json_patch")
        statement = f"SELECT our_id, {expression} FROM dolt_conflicts_items"
        trial, one = by_turns(
            lambda: resolver.try_rule(next(fresh), plan, rule),  # noqa: B023
            lambda: bare((statement,)),  # noqa: B023
            runs=5,
            warm=1,
        )
        results.append(ratio(f"{name}: rule {rule.kind}", trial, one, "merge and one statement", 1.3))
    suggested = resolver.suggest(found, plan)
    several, one = by_turns(
        lambda: resolver.try_rules(next(fresh), plan, suggested), lambda: bare((statement,)), runs=3, warm=1
    )
    results.append(ratio(f"{name}: {len(suggested)} rules", several, one, "merge and one statement", None))
    resolver.try_rules(found, plan, suggested)
    again = by_turns(lambda: resolver.try_rules(found, plan, suggested), runs=3, warm=1)[0]
    results.append(plain(f"{name}: the same under another plan", again, "ms", None))
    results += applying(repository, name, incoming, keys, bare)
    every = by_turns(lambda: sum(1 for _ in resolver.rows(found).every("items")), runs=3, warm=1)[0]
    results.append(plain(f"{name}: all rows of all sides", every, "ms", None))
    return results


def applying(
    repository: Repository,
    name: str,
    incoming: Incoming,
    keys: Sequence[RowKey],
    bare: Callable[[tuple[str, ...]], Any],
) -> list[Result]:
    """Two cells of each row decided, and a third of the rows by values of their own; beside one UPDATE for all."""
    cells = ((key, column, Side.THEIRS) for key in keys for column in ("stock", "updated_at", "more"))
    plan = plans.set_cells(ResolutionPlan(incoming), incoming.tip, "items", cells)
    edits = ((key, "stock", Edited(number)) for number, key in enumerate(keys[::3]))
    plan = plans.set_cells(plan, incoming.tip, "items", edits)
    call = repository.info.traits.procedures
    columns = ("stock", "updated_at", "more")
    update = (
        f"UPDATE dolt_conflicts_items SET {', '.join(f'our_{c} = their_{c}' for c in columns)}"
        if call == "CALL"
        else f"UPDATE items SET {', '.join(f'{c} = x.their_{c}' for c in columns)} FROM dolt_conflicts_items AS x"
        " WHERE items.id = x.our_id"
    )
    statements = (
        update,
        f"{call} dolt_conflicts_resolve('--ours', 'items')",
        f"{call} dolt_verify_constraints('--output-only')",
        f"{call} dolt_add('items')",
        f"{call} dolt_commit('-m', 'merged')",
        f"{call} dolt_reset('--hard', '{incoming.head}')",
    )

    def apply() -> None:
        repository.resolver.apply(incoming, plan)
        repository.call("main", "dolt_reset", "--hard", incoming.head)

    ours, one = by_turns(apply, lambda: bare(statements), runs=5, warm=1)
    return [ratio(f"{name}: applying {len(keys):,} decisions", ours, one, "merge and one UPDATE", 2.0)]


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure conflicts.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    results = []
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory)
        with items_on_dolt(path) as items:

            def on_dolt(statements: tuple[str, ...]) -> None:
                with closing(items.connect(autocommit=True)) as connection, connection.cursor() as cursor:
                    if statements[0]:
                        cursor.execute("START TRANSACTION")
                        cursor.execute("CALL dolt_merge('--no-ff', '--no-commit', 'theirs')")
                    for statement in filter(None, statements):
                        cursor.execute(statement)
                        cursor.fetchall()
                    cursor.execute("ROLLBACK")

            with open_repository(items.target) as repository:
                results += measure(repository, "Dolt", build(repository, rows), on_dolt)
        file = path / "items.db"
        driver.connect(file, create=True).close()

        def on_doltlite(statements: tuple[str, ...]) -> None:
            with closing(driver.connect(f"{file}@main")) as connection:
                connection.execute("BEGIN")
                if statements[0]:
                    with suppress(driver.OperationalError):  # it conflicts
                        connection.execute("SELECT dolt_merge('--no-ff', '--no-commit', 'theirs')").fetchall()
                for statement in filter(None, statements):
                    connection.execute(statement).fetchall()
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

        with open_repository(FileTarget(file)) as repository:
            results += measure(repository, "DoltLite", build(repository, rows), on_doltlite)
    print(f"{rows:,} rows\n\n{markdown(results)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
