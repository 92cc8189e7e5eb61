"""Two sessions edit the same rows: whenever the other one writes, nothing of it is overwritten unseen."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, example, given, settings
from hypothesis import strategies as some

from dolt_tui.engine.backends.embedded import driver
from dolt_tui.engine.core.session import Session
from dolt_tui.engine.editing import writing
from dolt_tui.engine.editing.draft import Draft
from dolt_tui.engine.errors import RowRefused, RowsChanged, Serialization
from dolt_tui.engine.model import Changed, RowValues, Written
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt, RawLite

Rows = dict[int, dict[str, Any]]

IDS = some.sampled_from([1, 1, 2, 3, 4])
VALUES = some.integers(0, 2)
OURS = some.lists(
    some.tuples(some.sampled_from(["a", "b", "both", "remove", "add", "move"]), IDS, VALUES), min_size=1, max_size=4
)
THEIRS = some.lists(
    some.tuples(some.sampled_from(["a", "b", "remove", "add", "back"]), IDS, VALUES), min_size=1, max_size=2
)
MOMENTS = ("before", "begun", "compared", "written")

Other = Callable[[str], object]


def theirs(todo: list[tuple[str, int, int]], write: Other) -> None:
    for what, key, value in todo:
        if what in ("a", "b"):
            write(f"UPDATE t SET {what} = {value} WHERE id = {key}")
        elif what == "remove":
            write(f"DELETE FROM t WHERE id = {key}")
        elif what == "add":
            write(f"INSERT INTO t SELECT {key}, {value}, {value} WHERE NOT EXISTS (SELECT 1 FROM t WHERE id = {key})")
        else:  # changed, and changed back: as if nothing had happened
            write(f"UPDATE t SET a = a + 7 WHERE id = {key}")
            write(f"UPDATE t SET a = a - 7 WHERE id = {key}")


def ours(repository: Repository, shown: Rows, todo: list[tuple[str, int, int]]) -> Draft:
    table = repository.edits.editable("main", "t")
    draft = Draft()
    added = set(shown)
    for what, key, value in todo:
        if what == "add":
            if key not in added:
                added.add(key)
                draft, _ = draft.add_row(table, {"id": key, "a": value, "b": value})
        elif key not in shown:
            continue
        elif what == "remove":
            draft = draft.remove(table, [shown[key]])
        elif what == "move":
            if key + 10 not in added:
                added.add(key + 10)
                draft = draft.set_cell(table, shown[key], "id", key + 10)
        else:
            for column in ("a", "b") if what == "both" else (what,):
                draft = draft.set_cell(table, shown[key], column, value)
    return draft


def rows_of(raw: Raw) -> Rows:
    return {row[0]: dict(zip(("id", "a", "b"), row, strict=True)) for row in raw.rows("SELECT id, a, b FROM t")}


def judge(draft: Draft, seen: Rows, left: Rows, after: Rows, written: Written, last: set[int]) -> None:
    """``seen`` was there when we began, ``left`` is what the others' writes alone make.

    ``last`` are the rows that they removed between our last look and the end of our COMMIT.
    """
    expected = {key: dict(row) for key, row in left.items()}
    for edit in draft:
        before: RowValues | None = edit.before or None
        key = edit.before.get("id", edit.after.get("id"))
        assert seen.get(key) == before, "a row that was not what was shown was written"
        now = left.get(key)
        new = edit.after.get("id", key)
        if not edit.after:  # removed
            assert now in (before, None), "a changed row was removed"
            expected.pop(key, None)
        elif before is None:
            assert now in (None, dict(edit.after)), "an added row was written over"
            expected[new] = dict(edit.after)
        else:
            if now is None:  # in the last moment, under the old key: Dolt cannot tell the two removals apart
                assert new != key, "a row that was removed was written"
                assert key in last, "a row that was removed was written under another key"
                now = dict(before)
            for column, value in edit.after.items():
                assert now[column] in (before[column], value), "a cell was written over"
            if new != key:
                assert now == before, "a row whose key changed was written over"
                expected.pop(key, None)
            expected[new] = {**now, **edit.after}
    assert after == expected
    told = {(change.edit.key, repr(change.now)) for change in written.merged}
    for edit, row in written.rows:
        if row is not None and after.get(row["id"]) != row:
            assert (edit.key, repr(after.get(row["id"]))) in told, "what was merged was not told"


def play(
    raw: Raw,
    repository: Repository,
    monkeypatch: pytest.MonkeyPatch,
    todo: list[tuple[str, int, int]],
    their: dict[str, list[tuple[str, int, int]]],
    other: Other,
) -> None:
    raw.run("DELETE FROM t", "INSERT INTO t VALUES (1, 0, 0), (2, 0, 0), (3, 1, 1)")
    shown = rows_of(raw)
    draft = ours(repository, shown, todo)
    if not draft:
        return
    compare, commit = writing.compare, type(repository._connections.dialect).commit
    left = dict(their)
    states: list[Rows] = []

    def at(moment: str) -> None:
        theirs(left.pop(moment, []), other)
        if moment in ("before", "begun"):
            states.append(rows_of(raw))

    def comparing(session: Session, draft: Draft) -> tuple[Changed, ...]:
        if not session.dialect.traits.server:  # only now a transaction of SQLite's begins to see
            at("begun")
        else:
            theirs(left.pop("begun", []), other)
        found = compare(session, draft)
        at("compared")
        return found

    def committing(dialect: Any, session: Session) -> None:
        at("written")
        commit(dialect, session)

    at("before")
    with monkeypatch.context() as patch:
        patch.setattr(writing, "compare", comparing)
        patch.setattr(type(repository._connections.dialect), "commit", committing)
        try:
            written: Written | None = repository.edits.write("main", draft)
        except (RowsChanged, Serialization, RowRefused) as error:
            event(type(error).__name__)
            written = None
    after = rows_of(raw)
    undisturbed = {1: {"id": 1, "a": 0, "b": 0}, 2: {"id": 2, "a": 0, "b": 0}, 3: {"id": 3, "a": 1, "b": 1}}
    alone = replay(undisturbed, [one for moment in MOMENTS if moment not in left for one in their.get(moment, [])])
    if written is None:
        assert after == alone, "something was written after all"
    else:
        event("merged" if written.merged else "written")
        assert not written.merged or their.get("written"), "what came before the last moment was merged"
        last = {key for what, key, _ in their.get("written", []) if what == "remove"}
        judge(draft, states[-1], alone, after, written, last)


def replay(rows: Rows, todo: list[tuple[str, int, int]]) -> Rows:
    """What the other session's writes make of the rows."""
    found = {key: dict(row) for key, row in rows.items()}
    for what, key, value in todo:
        if what in ("a", "b") and key in found:
            found[key][what] = value
        elif what == "remove":
            found.pop(key, None)
        elif what == "add" and key not in found:
            found[key] = {"id": key, "a": value, "b": value}
    return found


PLAYED = settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def writes(moments: tuple[str, ...]) -> some.SearchStrategy[dict[str, list[tuple[str, int, int]]]]:
    """What the other session does, at one or two of the moments."""
    return some.dictionaries(some.sampled_from(moments), THEIRS, max_size=2)


def test_two_sessions_on_dolt(dolt: RawDolt, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    dolt.run("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER)")
    repository = opened(dolt)
    with closing(dolt.connect(f"{dolt.database}/main")) as connection, connection.cursor() as cursor:

        @PLAYED
        @given(todo=OURS, their=writes(MOMENTS))
        @example([("a", 1, 1)], {"compared": [("b", 1, 2)]})  # another cell of the row: seen in time
        @example([("a", 1, 1)], {"written": [("b", 1, 2)]})  # merged, and told
        @example([("a", 1, 1)], {"written": [("a", 1, 2)]})  # refused by Dolt
        def check(todo: Any, their: Any) -> None:
            play(dolt, repository, monkeypatch, todo, their, cursor.execute)

        check()


def test_two_sessions_on_doltlite(lite: RawLite, opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    lite.run("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER)")
    repository = opened(lite)
    with closing(driver.connect(f"{lite.path}@main", timeout=0.0)) as connection:

        @PLAYED
        @given(todo=OURS, their=writes(MOMENTS[:3]))
        def check(todo: Any, their: Any) -> None:
            play(lite, repository, monkeypatch, todo, their, lambda sql: connection.execute(sql).fetchall())

        check()


Node = dict[str, Any]


def shuffled(rnd: Random) -> tuple[list[Node], list[Node | None], list[Node]]:
    """Rows that refer to each other, what becomes of each (None: it is removed), and added ones; all keys hold."""
    while True:
        ids = list(range(1, rnd.randint(3, 6)))
        rows = [{"id": key, "code": "abcde"[key - 1], "up": rnd.choice([None, *ids])} for key in ids]
        after: list[Node | None] = [
            None
            if rnd.random() < 0.2
            else {
                "id": rnd.choice([row["id"], *ids, 7]),
                "code": rnd.choice([row["code"], *"abcdefg"]),
                "up": rnd.choice([row["up"], None, *ids, 7]),
            }
            for row in rows
        ]
        added = [
            {"id": rnd.choice([*ids, 7, 8]), "code": rnd.choice("abcdefgh"), "up": rnd.choice([None, 7, *ids])}
            for _ in range(rnd.randint(0, 2))
        ]
        left = [row for row in after if row is not None] + added
        known = {row["id"] for row in left}
        unique = len(known) == len({row["code"] for row in left}) == len(left)
        # Who refers to a row that goes, or gets another key, has to be edited too.
        moved = {old["id"] for old, new in zip(rows, after, strict=True) if new is None or new["id"] != old["id"]}
        follows = all(
            old["up"] not in moved or new is None or new["up"] != old["up"]
            for old, new in zip(rows, after, strict=True)
        )
        if unique and follows and all(row["up"] is None or row["up"] in known for row in left):
            return rows, after, added


def test_whatever_holds_at_the_end_can_be_written(raw: Raw, opened: Open) -> None:
    """Keys go round, rows refer to each other and to themselves: some order holds, and nothing is complained about."""
    raw.run(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, code VARCHAR(9) NOT NULL UNIQUE, up INTEGER,"
        " FOREIGN KEY (up) REFERENCES t (id))"
    )
    repository = opened(raw)
    table = repository.edits.editable("main", "t")

    @settings(PLAYED, max_examples=15)
    @given(rnd=some.randoms(use_true_random=False))
    def check(rnd: Random) -> None:
        rows, after, added = shuffled(rnd)
        raw.run(
            "UPDATE t SET up = NULL",
            "DELETE FROM t",
            *(f"INSERT INTO t VALUES ({row['id']}, '{row['code']}', NULL)" for row in rows),
            *(f"UPDATE t SET up = {row['up']} WHERE id = {row['id']}" for row in rows if row["up"]),
        )
        steps = [*zip(rows, after, strict=True), *((None, row) for row in added)]
        rnd.shuffle(steps)
        draft = Draft()
        for old, new in steps:
            if old is None:
                assert new is not None
                draft, _ = draft.add_row(table, new)
            else:
                draft = draft.remove(table, [old]) if new is None else draft.set_cells(table, [(old, new)])
        assert repository.edits.check("main", draft) == ()
        repository.edits.write("main", draft)
        left = [row for row in after if row is not None] + added
        expected = sorted(((row["id"], row["code"], row["up"]) for row in left), key=str)
        assert sorted(raw.rows("SELECT id, code, up FROM t"), key=str) == expected

    check()
