"""A query at two revisions: what is told to differ is the difference of both results, whatever is in them."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dolt_tui.engine.console.query_diff import QueryDiff
from dolt_tui.engine.console.query_side import Revision
from dolt_tui.engine.console.scanner import split
from dolt_tui.engine.core.cancellation import Cancellation
from dolt_tui.engine.errors import Cancelled, EngineError
from dolt_tui.engine.model import STAGED, ChangeKind, SqlStyle
from dolt_tui.engine.repository import Repository

from .conftest import Raw

A, M, R = ChangeKind.ADDED, ChangeKind.MODIFIED, ChangeKind.REMOVED
WORKING = Revision("working", "main")


def _old(raw: Raw) -> Revision:
    return Revision("the last commit", raw.head())


def _diff(repository: Repository, raw: Raw, sql: str, key: tuple[int, ...] | None = None) -> QueryDiff:
    plan = repository.query_diffs.plan("main", sql, _old(raw), WORKING)
    by = plan.key if key is None else key
    assert by is not None
    return repository.query_diffs.compare(plan, by)


def _told(diff: QueryDiff) -> list[tuple[ChangeKind, Any, Any]]:
    return [(change.kind, change.old, change.new) for change in diff.page(0, 1000)]


def test_rows_are_paired_by_the_keys_of_their_tables(people: Raw, repository: Repository) -> None:
    people.run(
        "UPDATE people SET name = 'Bert' WHERE id = 2",
        "DELETE FROM people WHERE id = 1",
        "INSERT INTO people VALUES (0, 'Zoe')",
    )
    diff = _diff(repository, people, "SELECT name, id FROM people -- all of them")
    assert _told(diff) == [
        (A, None, ("Zoe", 0)),
        (R, ("Ann", 1), None),
        (M, ("Bob", 2), ("Bert", 2)),
    ]
    assert diff.complete
    assert (diff.counts.total, diff.counts.cells_modified, diff.counts.old_rows, diff.counts.new_rows) == (3, 1, 3, 3)
    assert diff.key == (1,)
    assert diff.find("bert", 0, False) == 2
    assert diff.find("ANN", 2, True) == 1
    assert diff.find("none such", 0, False) is None
    assert _told(_diff(repository, people, "SELECT count(*), min(id) FROM people")) == [(M, (3, 1), (3, 0))]
    grouped = "SELECT id % 2 AS odd, count(*) FROM people GROUP BY odd ORDER BY 2 DESC;"
    assert _told(_diff(repository, people, grouped)) == [(M, (0, 1), (0, 2)), (M, (1, 2), (1, 1))]
    limited = "SELECT * FROM people ORDER BY id DESC LIMIT 1"
    assert _told(_diff(repository, people, limited)) == []
    assert repository.query_diffs.plan("main", "SELECT name FROM people", _old(people), WORKING).key is None
    joined = "SELECT p.id, q.id AS other, q.name FROM people p JOIN people q ON q.id <= p.id"
    plan = repository.query_diffs.plan("main", joined, _old(people), WORKING)
    duplicates = repository.query_diffs.compare(plan, (0,))
    changes = duplicates.page(0, 99)
    assert Counter(change.old for change in changes if change.old) == Counter(
        [(1, 1, "Ann"), (2, 1, "Ann"), (2, 2, "Bob"), (3, 1, "Ann"), (3, 2, "Bob")]
    )
    assert duplicates.repeated > 0


def test_columns_that_one_side_lacks_and_what_cannot_be_compared(people: Raw, repository: Repository) -> None:
    people.run("ALTER TABLE people ADD COLUMN age INT", "UPDATE people SET age = 30 WHERE id = 3")
    diff = _diff(repository, people, "SELECT * FROM people")
    assert [(column.name, column.in_old) for column in diff.columns] == [("id", True), ("name", True), ("age", False)]
    assert _told(diff) == [(M, (3, "Cid", None), (3, "Cid", 30))]
    plan = repository.query_diffs.plan
    with pytest.raises(EngineError, match=r"^At the last commit: .*age"):
        plan("main", "SELECT id, age FROM people WHERE age > 1", _old(people), WORKING)
    for text, reason in [
        ("", "no query"),
        ("DELETE FROM people", "DELETE"),
        ("SELECT 1; SELECT 2", "One query"),
        ("SELECT dolt_commit('-m', 'x')" if not people.dolt else "CALL dolt_add('-A')", "Only a query"),
    ]:
        with pytest.raises(EngineError, match=reason):
            plan("main", text, _old(people), WORKING)
    with pytest.raises(EngineError, match="staged set"):
        plan("main", "SELECT 1", Revision("staged", STAGED), WORKING)


_KEYS: dict[str, list[Any]] = {
    "INT": [-2, 0, 3, 10, 9],
    "VARCHAR(20)": ["a", "B", "_", "é", "10", "9", "", "a b", "a ", "\U0001f600", "\uffff"],
    "DOUBLE": [-1.5, 0.0, 2.25, 10.0],
    "DECIMAL(10,2)": ["-1.50", "0.00", "10.00", "9.25"],
    "DATETIME": ["2020-01-01 00:00:00", "1999-12-31 23:59:59", "2020-10-01 00:00:00"],
    "BLOB": [b"", b"\x00", b"a", b"\xff"],
}


def test_it_is_the_difference_of_both_results(raw: Raw, repository: Repository) -> None:
    kinds = {**_KEYS, "VARCHAR(20) COLLATE " + ("utf8mb4_general_ci" if raw.dolt else "NOCASE"): _KEYS["VARCHAR(20)"]}
    kinds["ENUM('z','B','a')" if raw.dolt else "ANY"] = ["z", "B", "a"] if raw.dolt else ["z", 5, b"x", 1.5, "5"]
    if raw.dolt:
        kinds["VARCHAR(20) CHARACTER SET latin1"] = ["a", "B", "é", "_", "a "]
    number = iter(range(1000))

    @settings(max_examples=8, suppress_health_check=list(HealthCheck), deadline=None)
    @given(st.integers(min_value=0))
    def check(seed: int) -> None:
        dice = random.Random(seed)
        one, two = dice.choice(list(kinds)), dice.choice(list(kinds))
        table = f"t{next(number)}"
        raw.run(f"CREATE TABLE {table} (a {one}, b {two}, c INT)")

        def rows(number: int) -> list[tuple[Any, ...]]:
            return [
                (
                    dice.choice([*kinds[one], None]),
                    dice.choice([*kinds[two], None]),
                    dice.choice([1, 2, None]),
                )
                for _ in range(number)
            ]

        def insert(values: list[tuple[Any, ...]]) -> None:
            marks = ", ".join(["(?, ?, ?)"] * len(values))
            repository.run("main", [(f"INSERT INTO {table} VALUES {marks}", [v for row in values for v in row])])

        insert(rows(30))
        raw.commit()
        some = dice.choice([1, 2])
        repository.run("main", [(f"DELETE FROM {table} WHERE c = {some}", ()), (f"UPDATE {table} SET c = 3", ())])
        insert(rows(dice.randrange(1, 20)))
        query = f"SELECT a, b, c FROM {table}"
        diff = _diff(repository, raw, query, dice.choice([(0,), (0, 1), (1, 0), (2, 1), (0, 1, 2)]))
        before, after = (
            Counter(map(repr, repository.console.run(place, statement).results[0].page(0, 1000)))
            for place in (raw.head(), "main")
            for statement in split(query, SqlStyle.MYSQL).statements
        )
        changes = diff.page(0, 1000)
        removed = Counter(repr(change.old) for change in changes if change.old is not None)
        added = Counter(repr(change.new) for change in changes if change.new is not None)
        assert not diff.cut_short
        assert removed - added == before - after
        assert added - removed == after - before
        assert all(change.changed for change in changes if change.kind is M)

    check()


def test_it_is_cancelled_and_ends_its_connections(people: Raw, repository: Repository) -> None:
    endless = (
        "SELECT id, sleep(20) AS s FROM people"
        if people.dolt
        else "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT max(id) FROM n"
    )
    plan = repository.query_diffs.plan("main", "SELECT id, name FROM people", _old(people), WORKING)
    plan = replace(plan, query=endless, key=None)
    cancellation = Cancellation()
    timer = threading.Timer(0.1, cancellation.cancel)
    timer.start()
    began = time.monotonic()
    with cancellation, pytest.raises(Cancelled):
        repository.query_diffs.compare(plan, ()).read_all()
    timer.join()
    assert time.monotonic() - began < 5
