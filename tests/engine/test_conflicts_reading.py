"""What conflicts, read before anything is merged: by table and key, and the rows of the three sides."""

from __future__ import annotations

import pytest

from dolt_tui.engine.conflicts.rows import ConflictRows
from dolt_tui.engine.errors import ChangedMeanwhile
from dolt_tui.engine.model import ColumnInfo
from dolt_tui.engine.model.conflicts import ConflictKind, ConflictSet, Incoming, IncomingKind
from dolt_tui.engine.repository import Repository

from .conftest import Raw

TABLES = (
    "CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(40), born DATE, pay DECIMAL(8, 2), more JSON, raw BLOB)",
    "INSERT INTO people VALUES (1, 'Ann', '2000-01-01', 1.50, '{\"a\": 1}', x'00ff'), (2, 'Bob', NULL, 2, NULL, NULL),"
    " (3, 'Cid', NULL, 3, NULL, NULL), (4, 'Dot', NULL, 4, NULL, NULL)",
    "CREATE TABLE pairs (a VARCHAR(9), b INT, diff_type VARCHAR(9), our_x INT, PRIMARY KEY (b, a))",
    "INSERT INTO pairs VALUES ('x', 1, 'one', 1), ('y', 1, 'two', 2), ('x', 2, 'three', 3)",
    "CREATE TABLE bag (cardinality INT, word VARCHAR(9))",
    "INSERT INTO bag VALUES (1, 'one'), (2, 'two')",
)
OURS = (
    "UPDATE people SET name = 'Anna', pay = 1.75 WHERE id = 1",
    "DELETE FROM people WHERE id = 2",
    "UPDATE people SET name = 'Cyd' WHERE id = 3",
    "INSERT INTO people VALUES (9, 'Ida', NULL, 9, NULL, NULL)",
    "UPDATE pairs SET diff_type = 'uno', our_x = 5 WHERE b = 1",
    "ALTER TABLE pairs ADD COLUMN mine INT DEFAULT 7",
    "UPDATE bag SET word = 'eins' WHERE cardinality = 1",
    "INSERT INTO bag VALUES (2, 'two')",
)
THEIRS = (
    "UPDATE people SET name = 'Änn', born = '2000-01-02' WHERE id = 1",
    "UPDATE people SET raw = x'41' WHERE id = 2",
    "DELETE FROM people WHERE id = 3",
    "INSERT INTO people VALUES (9, 'Ivo', NULL, 9, NULL, NULL)",
    "UPDATE people SET name = 'Dora' WHERE id = 4",
    "ALTER TABLE pairs ADD COLUMN theirs INT",
    "ALTER TABLE pairs RENAME COLUMN our_x TO x",
    "UPDATE pairs SET diff_type = 'ein', x = x + 10, theirs = 8 WHERE b = 1",
    "UPDATE bag SET word = 'un' WHERE cardinality = 1",
    "DELETE FROM bag WHERE cardinality = 2",
)


def incoming(raw: Raw, kind: IncomingKind = IncomingKind.MERGE) -> Incoming:
    """Bringing branch b into main."""
    return Incoming(kind, "main", "b", raw.head(), raw.head("b"))


@pytest.fixture
def forked(raw: Raw) -> Raw:
    """Branches main and b, which changed the same rows of three tables."""
    raw.run(*TABLES)
    raw.commit("base")
    raw.call("dolt_branch", "b")
    raw.run(*OURS)
    raw.commit("ours")
    raw.run(*THEIRS, at="b")
    raw.commit("theirs", at="b")
    return raw


def read(repository: Repository, wanted: Incoming) -> tuple[ConflictSet, ConflictRows]:
    found = repository.resolver.foresee(wanted)
    assert found is not None
    return found, repository.resolver.rows(found)


def test_what_conflicts_and_what_the_rows_hold(forked: Raw, repository: Repository) -> None:
    before = forked.state()
    found, rows = read(repository, incoming(forked))
    assert forked.state() == before
    dolt = forked.dolt
    assert {count.table: count.rows for count in found.tables} == {"people": 4, "pairs": 2, "bag": 2 if dolt else 1}
    assert (found.rows, found.schema, found.broken) == (8 if dolt else 7, (), ())
    assert (found.ours, found.theirs, found.commit) == (forked.head(), forked.head("b"), forked.head("b"))

    assert list(rows.keys("people")) == [(1,), (2,), (3,), (9,)]
    ann, bob, cid, ida = rows.page("people", 0, 10)
    assert [row.kind for row in (ann, bob, cid, ida)] == [
        ConflictKind.CHANGED,
        ConflictKind.DELETED_BY_US,
        ConflictKind.DELETED_BY_THEM,
        ConflictKind.ADDED,
    ]
    sides = [side or {} for side in (ann.base, ann.ours, ann.theirs)]
    assert [side["name"] for side in sides] == ["Ann", "Anna", "Änn"]
    assert [str(side["born"]) for side in sides] == ["2000-01-01", "2000-01-01", "2000-01-02"]
    assert [float(side["pay"]) for side in sides] == [1.5, 1.75, 1.5]
    assert (bob.theirs or {})["raw"] == b"A"
    assert (bob.ours, ida.base) == (None, None)
    assert rows.page("people", 1, 2) == (bob, cid)
    assert rows.row("people", (9,)) == ida
    assert list(rows.every("people")) == [ann, bob, cid, ida]

    # A key of two columns, columns that are called like the engine's own, and others on each side.
    assert list(rows.keys("pairs")) == [(1, "x"), (1, "y")]
    assert {column.name for column in rows.columns("pairs")} == {"a", "b", "diff_type", "x", "mine", "theirs"}
    (first, second) = rows.page("pairs", 0, 2)
    assert first.base == {"a": "x", "b": 1, "diff_type": "one", "x": 1}
    assert first.ours == {"a": "x", "b": 1, "diff_type": "uno", "x": 5, "mine": 7}
    assert second.theirs == {"a": "y", "b": 1, "diff_type": "ein", "x": 12, "theirs": 8}

    # Without a key the rows are known by what they are: to Dolt by what they hold, to DoltLite by their number.
    bag = rows.page("bag", 0, 10)
    if dolt:
        assert {((row.base or {})["word"], row.counts, row.theirs) for row in bag} == {
            ("one", (1, 0, 0), None),
            ("two", (1, 2, 0), None),
        }
    else:
        assert [(row.key, row.kind, row.theirs) for row in bag] == [
            ((1,), ConflictKind.CHANGED, {"cardinality": 1, "word": "un"})
        ]


def test_a_branch_that_moved(forked: Raw, repository: Repository) -> None:
    wanted = incoming(forked, IncomingKind.SQUASH)
    found, _ = read(repository, wanted)
    assert len(found.tables) == 3
    forked.call("dolt_commit", "--allow-empty", "-m", "later")
    with pytest.raises(ChangedMeanwhile):
        repository.resolver.foresee(wanted)
    assert isinstance(found.found["people"].columns[0], ColumnInfo)
