"""What conflicts, read before anything is merged: by table and key, and the rows of the three sides."""

from __future__ import annotations

import pytest

from dolt_tui.engine.conflicts.plans import with_trial
from dolt_tui.engine.conflicts.rows import ConflictRows
from dolt_tui.engine.errors import ChangedMeanwhile, Undecided, Unmergeable
from dolt_tui.engine.model import ConflictCount
from dolt_tui.engine.model.conflicts import (
    ConflictKind,
    ConflictSet,
    Edited,
    Incoming,
    IncomingKind,
    ResolutionPlan,
    Rule,
    RuleKind,
    Side,
    StepPlan,
    TablePlan,
)
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt

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
    "ALTER TABLE pairs ADD COLUMN twice INT",
    "ALTER TABLE pairs ADD COLUMN mine INT DEFAULT 7",
    "UPDATE pairs SET twice = 1 WHERE b = 1",
    "UPDATE bag SET word = 'eins' WHERE cardinality = 1",
    "INSERT INTO bag VALUES (2, 'two')",
)
THEIRS = (
    "UPDATE people SET name = 'Änn', born = '2000-01-02' WHERE id = 1",
    "UPDATE people SET raw = x'41' WHERE id = 2",
    "DELETE FROM people WHERE id = 3",
    "INSERT INTO people VALUES (9, 'Ivo', NULL, 9, NULL, NULL)",
    "UPDATE people SET name = 'Dora' WHERE id = 4",
    "ALTER TABLE pairs ADD COLUMN twice INT",
    "ALTER TABLE pairs ADD COLUMN theirs INT",
    "ALTER TABLE pairs RENAME COLUMN our_x TO x",
    "UPDATE pairs SET diff_type = 'ein', x = x + 10, theirs = 8, twice = 2 WHERE b = 1",
    "UPDATE bag SET word = 'un' WHERE cardinality = 1",
    "DELETE FROM bag WHERE cardinality = 2",
)


def incoming(raw: Raw, kind: IncomingKind = IncomingKind.MERGE) -> Incoming:
    """Bringing branch b into main."""
    return Incoming(kind, "main", "b", raw.head(), raw.head("b"))


NEWER = Rule(RuleKind.NEWER, "pairs", by="theirs")
LESS = Rule(RuleKind.LESS, "pairs")
ODD, FLOAT = 'odd "100%s" `tables`', "f %s"


def odd(raw: Raw, number: int) -> tuple[str, str]:
    """Values of types that are read and compared in other ways than most."""
    if raw.dolt:
        return f"ST_GeomFromText('POINT({number} 2)')", f"string_to_vector('[{number}, 2]')"
    return f"'POINT({number} 2)'", f"x'0{number}'"


@pytest.fixture
def forked(raw: Raw) -> Raw:
    """Branches main and b, which changed the same rows of three tables."""
    types = ("BINARY(2)", "BIT(9)", "POINT", "VECTOR(2)") if raw.dolt else ("BLOB", "INT", "TEXT", "BLOB")
    columns = ", ".join(f"{name} {type_}" for name, type_ in zip("kbgv", types, strict=True))
    table, f = raw.quote(ODD), raw.quote(FLOAT)
    rows = [f"(x'00ff', {key}, {', '.join(odd(raw, 1))}, 0.1)" for key in ("256", "1")]
    changes = [
        f"UPDATE {table} SET g = {one}, v = {other}, {f} = 0.{n}"
        for n, (one, other) in ((n, odd(raw, n)) for n in (2, 3))
    ]
    made = f"CREATE TABLE {table} ({columns}, {f} FLOAT, PRIMARY KEY (k, b))"
    raw.run(*TABLES, made, f"INSERT INTO {table} VALUES {', '.join(rows)}")
    raw.commit("base")
    raw.call("dolt_branch", "b")
    raw.run(*OURS, changes[0])
    raw.commit("ours")
    raw.run(*THEIRS, changes[1], at="b")
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
    counts = {"people": 4, "pairs": 2, "bag": 2 if dolt else 1, ODD: 2}
    assert {count.table: count.rows for count in found.tables} == counts
    assert (found.schema, found.broken) == ((), ())
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
    assert {column.name for column in rows.columns("pairs")} == {"a", "b", "diff_type", "x", "twice", "mine", "theirs"}
    (first, second) = rows.page("pairs", 0, 2)
    assert first.base == {"a": "x", "b": 1, "diff_type": "one", "x": 1}
    assert first.ours == {"a": "x", "b": 1, "diff_type": "uno", "x": 5, "twice": 1, "mine": 7}
    assert second.theirs == {"a": "y", "b": 1, "diff_type": "ein", "x": 12, "twice": 2, "theirs": 8}

    # Rules over columns that the base, or one side, does not have.
    less, newer, total = (
        repository.resolver.try_rule(found, ResolutionPlan(found.incoming), rule)
        for rule in (LESS, NEWER, Rule(RuleKind.SUM, "pairs", ("twice", "x", "diff_type")))
    )
    assert less.decisions["pairs"][(1, "x")].cells == {"x": Side.OURS, "twice": Side.OURS}
    assert less.left == {"with other open columns": 2}
    assert (newer.left, total.left, newer.of) == ({"with NULL": 2}, {"without a number": 2}, 2)
    assert total.decisions["pairs"][(1, "y")].cells == {"x": Edited(15)}

    # Types that the driver cannot read as they are, in the key too.
    assert list(rows.keys(ODD)) == [(b"\0\xff", 1), (b"\0\xff", 256)]
    strange = rows.page(ODD, 0, 2)
    values = {((row.theirs or {})["g"], (row.theirs or {})["v"]) for row in strange}
    assert values == {("POINT(3 2)", "[3, 2]" if dolt else b"\3")}
    assert [((row.base or {})[FLOAT], (row.ours or {})[FLOAT]) for row in strange] == [(0.1, 0.2)] * 2
    rule = Rule(RuleKind.THEIRS, ODD, ("g", "v", FLOAT))
    trial = repository.resolver.try_rule(found, ResolutionPlan(found.incoming), rule)
    assert {key: set(decision.cells) for key, decision in trial.decisions[ODD].items()} == {
        key: {"g", "v", FLOAT} for key in rows.keys(ODD)
    }

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

    # A squash meets the same; a branch that has moved is not merged.
    squash = incoming(forked, IncomingKind.SQUASH)
    assert (repository.resolver.foresee(squash) or found).tables == found.tables
    forked.call("dolt_commit", "--allow-empty", "-m", "later")
    with pytest.raises(ChangedMeanwhile):
        repository.resolver.foresee(squash)


def test_columns_that_are_computed(dolt: RawDolt, opened: Open) -> None:
    """Dolt lists wrong values for virtual ones, and fails to merge stored ones: what conflicts is told all the same."""
    dolt.run(
        "CREATE TABLE v (id INT, kind VARCHAR(9), a INT, j JSON, twice INT AS (a * 2), PRIMARY KEY (id, kind))",
        "INSERT INTO v (id, kind, a, j) VALUES (1, 'x', 1, '{}'), (2, 'x', 2, '{}'), (3, 'x', 3, '{}'),"
        " (4, 'x', 4, '{}')",
    )
    dolt.commit("base")
    dolt.call("dolt_branch", "b")
    dolt.run(
        "UPDATE v SET a = a + 10 WHERE id < 3",
        "DELETE FROM v WHERE id = 3",
        "UPDATE v SET j = '{\"x\": 1}' WHERE id = 4",
    )
    dolt.commit("ours")
    dolt.run("UPDATE v SET a = a + 20, kind = 'x' WHERE id <> 2", "UPDATE v SET j = '{\"y\": 1}' WHERE id = 4", at="b")
    dolt.commit("theirs", at="b")
    repository = opened(dolt)
    _, rows = read(repository, incoming(dolt))
    assert list(rows.keys("v")) == [(1, "x"), (3, "x")]
    one, three = rows.page("v", 0, 5)
    assert (one.ours, one.theirs) == (
        {"id": 1, "kind": "x", "a": 11, "j": "{}"},
        {"id": 1, "kind": "x", "a": 21, "j": "{}"},
    )
    assert (three.kind, three.theirs and three.theirs["a"]) == (ConflictKind.DELETED_BY_US, 23)

    # Dolt looks at other columns than those that conflict, and would take ours without a word.
    dolt.call("dolt_reset", "--hard", "HEAD~1")
    dolt.call("dolt_reset", "--hard", "HEAD~1", at="b")
    dolt.run(
        "CREATE TABLE w (g INT AS (a + 1), id INT PRIMARY KEY, a INT)", "INSERT INTO w (id, a) VALUES (1, 1), (2, 2)"
    )
    dolt.commit("virtual")
    dolt.call("dolt_merge", "main", at="b")
    dolt.run("UPDATE w SET a = 5 WHERE id = 1")
    dolt.commit("ours")
    dolt.run("UPDATE w SET a = 6 WHERE id = 1", at="b")
    dolt.commit("theirs", at="b")
    _, rows = read(repository, incoming(dolt))
    assert (rows.tables, list(rows.keys("w"))) == (("w",), [(1,)])
    assert repository.merging.preview("main", "b", conflicts=True).conflicts == (ConflictCount("w", 1),)
    pick = repository.incoming.pick("main", [dolt.head("b")])
    found, rows = read(repository, pick)
    assert list(rows.keys("w")) == [(1,)]
    whole = TablePlan(Side.THEIRS)
    repository.resolver.apply(pick, ResolutionPlan(pick, {found.commit: StepPlan({"w": whole})}))
    assert dolt.rows("SELECT id, a FROM w") == [(1, 6), (2, 2)]
    assert dolt.scalar("SELECT message FROM dolt_log LIMIT 1") == "theirs"
    dolt.call("dolt_reset", "--hard", "HEAD~1")

    dolt.call("dolt_reset", "--hard", "HEAD~2")
    dolt.call("dolt_reset", "--hard", "HEAD~2", at="b")
    dolt.run(
        "CREATE TABLE s (id INT PRIMARY KEY, a INT, twice INT AS (a * 2) STORED, b VARCHAR(9))",
        "INSERT INTO s (id, a, b) VALUES (1, 1, 'one'), (2, 2, 'two')",
    )
    dolt.commit("stored")
    dolt.call("dolt_merge", "main", at="b")
    dolt.run("UPDATE s SET a = 5 WHERE id = 1", "UPDATE s SET b = 'deux' WHERE id = 2")
    dolt.commit("ours")
    dolt.run("UPDATE s SET a = 6 WHERE id = 1", "UPDATE s SET a = 3 WHERE id = 2", at="b")
    dolt.commit("theirs", at="b")
    before = dolt.state()
    found, rows = read(repository, incoming(dolt))
    assert (list(found.found), list(rows.keys("s")), dolt.state()) == (["s"], [(1,)], before)
    assert rows.row("s", (1,)).theirs == {"id": 1, "a": 6, "b": "one"}
    trial = repository.resolver.try_rule(found, ResolutionPlan(found.incoming), Rule(RuleKind.SUM))
    assert trial.decisions["s"][(1,)].cells == {"a": Edited(10)}

    # A plan is applied around that, with one more commit on their side.
    plan = with_trial(ResolutionPlan(found.incoming), found.commit, trial)
    with pytest.raises(Undecided):
        repository.resolver.apply(found.incoming, ResolutionPlan(found.incoming))
    made = repository.resolver.apply(found.incoming, plan)
    assert dolt.rows("SELECT * FROM s") == [(1, 10, 20, "one"), (2, 3, 6, "deux")]
    assert (made.hash, len(made.notes)) == (dolt.head(), 1)
    parents = dolt.scalar("SELECT parents FROM dolt_log LIMIT 1").split(", ")
    theirs = dolt.scalar("SELECT parent_hash FROM dolt_commit_ancestors WHERE commit_hash = ?", parents[1])
    assert (parents[0], theirs) == (found.incoming.head, found.incoming.tip)
    assert (dolt.status(), set(dolt.branches())) == (set(), {"main", "b"})

    # There is no way around it beside a table that cannot be compared row by row.
    dolt.call("dolt_reset", "--hard", found.incoming.head)
    dolt.run("ALTER TABLE v DROP COLUMN j")
    dolt.commit("another definition")
    dolt.run("UPDATE v SET a = 0", at="b")
    dolt.commit("values", at="b")
    with pytest.raises(Unmergeable, match="computed columns that both sides changed"):
        repository.resolver.foresee(incoming(dolt))
