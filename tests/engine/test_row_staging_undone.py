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
