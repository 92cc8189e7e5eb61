"""Rows staged, unstaged and discarded one by one, on both engines."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from functools import partial

from dolt_tui.engine.browsing.query import DiffQuery
from dolt_tui.engine.model import (
    FIRST,
    HEAD,
    LAST,
    STAGED,
    WORKING,
    After,
    Before,
    DiffFilter,
    Halves,
    RowCount,
    RowSet,
    StagedDiffPage,
)
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


def test_pages_of_both_changes(people: Raw, repository: Repository) -> None:
    """What is staged, and set back, and changed again: read forwards and backwards, with all three states of a row."""
    staging = repository.row_staging
    people.run(*(f"INSERT INTO people VALUES ({n}, 'n{n}')" for n in range(10, 30)))
    people.commit()
    people.run(
        "UPDATE people SET name = 'staged' WHERE id BETWEEN 10 AND 19",
        "DELETE FROM people WHERE id IN (20, 21)",
        "INSERT INTO people VALUES (30, 'new'), (31, 'new'), (32, 'new')",
    )
    people.call("dolt_add", "people")
    people.run(
        "UPDATE people SET name = 'again' WHERE id IN (11, 31)",
        "UPDATE people SET name = 'n12' WHERE id = 12",
        "DELETE FROM people WHERE id IN (13, 32)",
        "INSERT INTO people VALUES (20, 'n20')",
        "UPDATE people SET name = 'late' WHERE id BETWEEN 22 AND 24",
        "INSERT INTO people VALUES (33, 'late')",
    )
    query = DiffQuery("people", HEAD, WORKING)
    whole = staging.page("main", query, 100)
    told = {
        row.cursor_key: (row.sign, state)
        for row, state in zip(map(partial(_Told, whole), range(len(whole.rows))), whole.states, strict=True)
    }
    assert [told[n][0] for n in sorted(told)] == ["●~", "◐~", "◐~", "◐−"] + ["●~"] * 6 + ["◐~", "●−"] + ["○~"] * 3 + [
        "●+", "◐+", "◐−", "○+",
    ]  # fmt: skip
    name = {n: tuple(None if values is None else values[1] for values in told[n][1]) for n in told}
    assert name[10] == ("n10", "staged", "staged") and name[11] == ("n11", "staged", "again")  # noqa: PT018
    assert name[12] == ("n12", "staged", "n12") and name[13] == ("n13", "staged", None)  # noqa: PT018
    assert name[20] == ("n20", None, "n20") and name[32] == (None, "new", None)  # noqa: PT018
    assert name[22] == ("n22", "n22", "late") and name[33] == (None, None, "late")  # noqa: PT018
    assert staging.counts("main", "people") == RowCount(9, 6, 4)
    keys = [(row.new or row.old or ())[0] for row in whole.rows]
    assert (keys == sorted(keys)) is people.dolt  # DoltLite has those last that were set back
    for start in (FIRST, LAST):
        page, found = staging.page("main", query, 4, start), list[object]()
        while True:
            part = [(row, one) for row, one in zip(page.rows, page.halves, strict=True)]
            found = part + found if start is LAST else found + part
            cursor = page.before if start is LAST else page.after
            if cursor is None:
                break
            page = staging.page("main", query, 4, Before(cursor) if start is LAST else After(cursor))
        assert found == list(zip(whole.rows, whole.halves, strict=True))
    for old, new, signs in ((HEAD, STAGED, "●◐◐◐●●●●●●◐●●◐◐"), (STAGED, WORKING, "◐◐◐◐○○○◐◐○")):
        page = staging.page("main", DiffQuery("people", old, new), 100)
        assert "".join(one.sign for one in page.halves) == signs
        states = {(row.new or row.old or ())[0]: state for row, state in zip(page.rows, page.states, strict=True)}
        assert all(state == told[n][1] for n, state in states.items())
    filtered = DiffQuery("people", HEAD, WORKING, DiffFilter(where="to_name = 'again'"))
    page = staging.page("main", filtered, 100)
    assert [one.sign for one in page.halves] == ["◐", "◐"]
    assert list(page.states) == [told[11][1], told[31][1]]
    assert staging.stage("main", RowSet("people", filter=filtered.filter)) == 2
    assert staging.counts("main", "people") == RowCount(11, 4, 4)


class _Told:
    """A row of a page: its key, and its signs."""

    def __init__(self, page: StagedDiffPage, at: int) -> None:
        row = page.rows[at]
        self.cursor_key = (row.new or row.old or ())[0]
        self.sign = page.halves[at].sign + row.kind.sign


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
