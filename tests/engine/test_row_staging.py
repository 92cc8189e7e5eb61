"""Rows staged, unstaged and discarded one by one, on both engines."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from functools import partial

from dolt_tui.engine.browsing.query import DiffQuery
from dolt_tui.engine.model import HEAD, WORKING, Halves, RowCount, RowSet
from dolt_tui.engine.repository import Repository
from dolt_tui.engine.undo.steps import Reach

from .conftest import Raw

STAGED_ONLY, UNSTAGED_ONLY, BOTH = Halves(True, False), Halves(False, True), Halves(True, True)


def test_rows_of_each_kind(people: Raw, repository: Repository) -> None:
    people.run(
        "UPDATE people SET name = 'Anna' WHERE id = 1",
        "DELETE FROM people WHERE id = 2",
        "INSERT INTO people VALUES (4, 'Dan')",
    )
    staging = repository.row_staging
    before = people.state()
    assert staging.stage("main", RowSet("people", ((1,), (2,), (3,)))) == 2
    people.run("UPDATE people SET name = 'Annika' WHERE id = 1")
    page = staging.page("main", DiffQuery("people", HEAD, WORKING), 100)
    assert [(row.kind, one.sign) for row, one in zip(page.rows, page.halves, strict=True)] == [
        ("modified", "◐"), ("removed", "●"), ("added", "○"),
    ]  # fmt: skip
    assert staging.halves("main", "people", [(1,), (3,), (4,)]) == {(1,): BOTH, (3,): Halves(), (4,): UNSTAGED_ONLY}
    assert staging.counts("main", "people") == RowCount(1, 1, 1)
    assert staging.discard("main", RowSet("people", ((1,), (2,)))) == 1
    assert people.rows("SELECT name FROM people WHERE id = 1") == [("Anna",)]
    assert staging.unstage("main", RowSet("people", ((1,), (2,)))) == 2
    assert people.state() == before
    assert staging.discard("main", RowSet("people")) is None
    assert people.rows("SELECT * FROM people ORDER BY id") == [(1, "Ann"), (2, "Bob"), (3, "Cid")]


Key = Callable[[int], tuple[object, ...]]
TABLES: dict[str, tuple[str, Key]] = {
    "plain": ("id INTEGER PRIMARY KEY, v INTEGER", lambda n: (n,)),
    "composite": ("a VARCHAR(10), b INTEGER, v INTEGER, PRIMARY KEY (a, b)", lambda n: (f"k{n % 3} ", n)),
    "counted": ("id INTEGER PRIMARY KEY{auto}, v INTEGER", lambda n: (n,)),
    "fresh": ("id INTEGER PRIMARY KEY, v INTEGER", lambda n: (n,)),
}


def test_any_staging_is_undone_and_redone_exactly(raw: Raw, repository: Repository) -> None:
    chance = random.Random(20)
    auto = " AUTO_INCREMENT" if raw.dolt else ""
    for name, (columns, key) in TABLES.items():
        if name != "fresh":
            raw.run(f"CREATE TABLE {name} ({columns.format(auto=auto)})", *_inserts(name, key, range(1, 6)))
    raw.commit("tables")
    undo, staging = repository.undo, repository.row_staging
    raw.run(f"CREATE TABLE fresh ({TABLES['fresh'][0]})", *_inserts("fresh", TABLES["fresh"][1], range(1, 6)))

    def edit(name: str, n: int) -> None:
        _, key = TABLES[name]
        here = " AND ".join(f"{column} = ?" for column in ("ab" if name == "composite" else ["id"]))
        kind = chance.choice(["UPDATE", "UPDATE", "DELETE", "INSERT"])
        if kind == "INSERT":
            repository.run("main", [(f"DELETE FROM {name} WHERE {here}", key(n)), (_inserts(name, key, [n])[0], ())])
        else:
            what = f"UPDATE {name} SET v = {chance.randrange(9)}" if kind == "UPDATE" else f"DELETE FROM {name}"
            repository.run("main", [(f"{what} WHERE {here}", key(n))])

    states, seen = [raw.state()], set[str]()
    for _ in range(30):
        name = chance.choice(list(TABLES))
        numbers = [chance.randrange(1, 7) for _ in range(chance.choice([1, 2, 3]))]
        rows = RowSet(name, tuple(TABLES[name][1](n) for n in numbers))
        whole = chance.random() < 0.1
        kind = chance.choice(["stage", "stage", "unstage", "edit", "edit", "discard"])
        work: dict[str, Callable[[], object]] = {
            "stage": partial(staging.stage, "main", RowSet(name) if whole else rows),
            "unstage": partial(staging.unstage, "main", RowSet(name) if whole else rows),
            "discard": partial(staging.discard, "main", rows),
            "edit": partial(edit, name, numbers[0]),
        }
        reach = Reach.WORKING if kind in ("edit", "discard") else Reach.ROWS
        _, step = undo.perform("main", f"{kind} {name} {numbers}", work[kind], reach=reach)
        if step is not None:
            assert not step.blocked_by, step
            states.append(raw.state())
            (move,) = step.sets
            seen.add(f"{kind} {'by keys' if move.rows else 'kept' if move.before_kept else ''}".strip())
    assert seen >= {"stage by keys", "unstage by keys", "stage kept", "discard kept"}
    for at in range(len(states) - 2, -1, -1):
        step = undo.next()
        assert step is not None
        undo.undo(step)
        assert raw.state() == states[at], step.label
    for state in states[1:]:
        step = undo.next(redo=True)
        assert step is not None
        undo.undo(step)
        assert raw.state() == state, step.label


def _inserts(name: str, key: Key, numbers: Iterable[int]) -> list[str]:
    return [f"INSERT INTO {name} VALUES ({', '.join(map(repr, key(n)))}, {n})" for n in numbers]
