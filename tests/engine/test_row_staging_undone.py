"""Staged and discarded rows as steps of undo, on both engines."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import pytest

from dolt_tui.engine.browsing.query import DiffQuery
from dolt_tui.engine.errors import CannotUndo
from dolt_tui.engine.model import HEAD, WORKING, RowSet
from dolt_tui.engine.repository import Repository
from dolt_tui.engine.undo.steps import Reach, RowMove, UndoSettings

from .conftest import Open, Raw

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

    def edit(name: str, n: int, kind: str) -> None:
        _, key = TABLES[name]
        here = " AND ".join(f"{column} = ?" for column in ("ab" if name == "composite" else ["id"]))
        if kind == "INSERT":
            repository.run("main", [(f"DELETE FROM {name} WHERE {here}", key(n)), (_inserts(name, key, [n])[0], ())])
        else:
            what = f"UPDATE {name} SET v = v + 10" if kind == "UPDATE" else f"DELETE FROM {name}"
            repository.run("main", [(f"{what} WHERE {here}", key(n))])

    def any_step() -> tuple[str, str, list[int]]:
        kind = chance.choice(["stage", "stage", "unstage", "UPDATE", "INSERT", "DELETE", "discard"])
        numbers = [chance.randrange(1, 7) for _ in range(chance.choice([1, 2, 3]))]
        return (
            kind,
            chance.choice(list(TABLES)),
            [] if kind in ("stage", "unstage") and chance.random() < 0.1 else numbers,
        )

    certain: list[tuple[str, str, list[int]]] = [
        *(("UPDATE", "plain", [n]) for n in (1, 2, 3)), ("stage", "plain", [1]), ("stage", "plain", [2]),
        ("UPDATE", "plain", [1]), ("stage", "plain", [1, 3]),  # of 1 another value was staged
        ("UPDATE", "plain", [2]), ("unstage", "plain", [2]),  # which is gone with this
        ("unstage", "plain", [1]), ("discard", "plain", [1]),
        ("INSERT", "counted", [7]), ("stage", "counted", [7]), ("INSERT", "counted", [9]), ("stage", "counted", [9]),
        ("stage", "fresh", [1]), ("stage", "fresh", [2]), ("unstage", "fresh", [2]), ("unstage", "fresh", [1]),
    ]  # fmt: skip
    states, seen = [raw.state()], list[str]()
    for kind, name, numbers in [*certain, *(any_step() for _ in range(12))]:
        rows = RowSet(name, tuple(TABLES[name][1](n) for n in numbers) or None)
        work: dict[str, Callable[[], object]] = {
            "stage": partial(staging.stage, "main", rows),
            "unstage": partial(staging.unstage, "main", rows),
            "discard": partial(staging.discard, "main", rows),
        }
        reach = Reach.ROWS if kind in ("stage", "unstage") else Reach.WORKING
        change = work.get(kind) or partial(edit, name, numbers[0], kind)
        _, step = undo.perform("main", f"{kind} {name} {numbers}", change, reach=reach)
        if step is not None:
            assert not step.blocked_by, step
            states.append(raw.state())
            (move,) = step.sets
            if reach is Reach.ROWS:
                seen.append("keys" if move.rows else "kept" if move.before_kept else "")
    counted = ["keys", "kept"] if raw.dolt else ["keys", "keys"]  # the counter moved in between
    assert seen[:11] == ["keys", "keys", "kept", "kept", "keys", *counted, *["keys"] * 4]
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


def test_steps_of_rows_beside_what_others_do(people: Raw, opened: Open, tmp_path: Path) -> None:
    """A step is kept with its keys for the next program; undoing it leaves alone what somebody else staged since."""
    settings = UndoSettings(tmp_path)
    first = opened(people, undo=settings)
    people.run("UPDATE people SET name = 'new'", "INSERT INTO people VALUES (4, 'new')")

    def stage(*ids: int) -> None:
        rows = RowSet("people", tuple((id_,) for id_ in ids))
        first.undo.perform("main", "stage", lambda: first.row_staging.stage("main", rows), reach=Reach.ROWS)

    def staged() -> str:
        return "".join(one.sign for one in staging.page("main", DiffQuery("people", HEAD, WORKING), 9).halves)

    stage(1)
    alone = people.state()
    stage(2)
    assert not people.rows("SELECT tag_name FROM dolt_tags")  # no snapshot
    second = opened(people, undo=settings)
    undo, staging = second.undo, second.row_staging
    step = undo.next()
    assert step is not None
    assert step.sets[0].rows == (RowMove("people", True, ((2,),)),)
    people.run("UPDATE dolt_workspace_people SET staged = 1 WHERE staged = 0 AND to_id = 4")
    with pytest.raises(CannotUndo, match="what is staged on main has changed since"):
        undo.undo(step)
    assert staged() == "●●○●"
    undo.undo(step, drifted=True)
    assert staged() == "●○○●"
    again = undo.next(redo=True)
    assert again is not None
    undo.undo(again)
    assert staged() == "●●○●"
    people.run("UPDATE dolt_workspace_people SET staged = 0 WHERE staged = 1 AND to_id = 4")
    back = undo.next()
    assert back is not None
    undo.undo(back, drifted=True)
    assert people.state() == alone
    people.run("UPDATE people SET name = 'other' WHERE id = 2")
    again = undo.next(redo=True)
    assert again is not None
    before = people.state()
    with pytest.raises(CannotUndo, match="rows on main have changed since"):
        undo.undo(again)
    assert people.state() == before
