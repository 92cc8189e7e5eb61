"""Definitions that both sides changed: what they are on each side, and what each way out makes of the rows."""

from __future__ import annotations

import pytest

from dolt_tui.engine.errors import LocalChanges, Undecided
from dolt_tui.engine.model.conflicts import (
    ConflictSet,
    Edited,
    Incoming,
    IncomingKind,
    ResolutionPlan,
    RowDecision,
    SchemaConflict,
    SchemaDecision,
    SchemaKind,
    SchemaWay,
    Side,
    StepPlan,
    TablePlan,
)
from dolt_tui.engine.repository import Repository

from .conftest import Open, Raw, RawDolt

BASE = (
    "CREATE TABLE offices (id INTEGER PRIMARY KEY, name VARCHAR(20), seats INTEGER)",
    "CREATE TABLE gone (id INTEGER PRIMARY KEY, a INTEGER)",
    "CREATE TABLE plain (id INTEGER PRIMARY KEY, a INTEGER)",
    "CREATE VIEW big AS SELECT id FROM offices WHERE seats > 10",
    "INSERT INTO offices VALUES (1, 'Porto', 5), (2, 'Lisboa', 20), (3, 'Braga', 7)",
    "INSERT INTO gone VALUES (1, 1), (2, 2)",
    "INSERT INTO plain VALUES (1, 1)",
)
OURS = (
    "ALTER TABLE offices ADD COLUMN city INTEGER",
    "ALTER TABLE offices ADD COLUMN mine VARCHAR(5)",
    "CREATE INDEX by_seats ON offices (seats)",
    "UPDATE offices SET city = 4000, mine = 'yes' WHERE id = 1",
    "UPDATE offices SET seats = 6 WHERE id = 1",
    "UPDATE offices SET seats = 8 WHERE id = 3",
    "DROP TABLE gone",
    "UPDATE plain SET a = 2",
    "DROP VIEW big",
    "CREATE VIEW big AS SELECT id FROM offices WHERE seats > 15",
)
THEIRS = (
    "ALTER TABLE offices ADD COLUMN city VARCHAR(10)",
    "UPDATE offices SET city = 'LX' WHERE id = 2",
    "UPDATE offices SET seats = 9 WHERE id = 3",
    "UPDATE gone SET a = 20 WHERE id = 2",
    "UPDATE plain SET a = 3",
    "DROP VIEW big",
    "CREATE VIEW big AS SELECT id FROM offices WHERE seats > 12",
)


def fork(raw: Raw, base: tuple[str, ...], ours: tuple[str, ...], theirs: tuple[str, ...]) -> Incoming:
    """Branches main and feature with their commits, and the one being merged into the other."""
    raw.run(*base)
    raw.commit("base")
    raw.call("dolt_branch", "feature")
    raw.run(*theirs, at="feature")
    raw.commit("theirs", at="feature")
    raw.run(*ours)
    raw.commit("ours")
    return Incoming(IncomingKind.MERGE, "main", "feature", raw.head(), raw.head("feature"))


def foreseen(repository: Repository, incoming: Incoming) -> ConflictSet:
    found = repository.resolver.foresee(incoming)
    assert found is not None
    return found


def ways(conflict: SchemaConflict) -> dict[str, str]:
    return {f"{decision.way} {decision.side}": why_not for decision, why_not in conflict.ways}


def test_what_conflicts(raw: Raw, repository: Repository) -> None:
    incoming = fork(raw, BASE, OURS, THEIRS)
    before = raw.state()
    found = foreseen(repository, incoming)
    schema = {conflict.table: conflict for conflict in found.schema}
    assert {name: conflict.kind for name, conflict in schema.items()} == {
        "offices": SchemaKind.TABLE, "gone": SchemaKind.TABLE, "big": SchemaKind.VIEW
    }  # fmt: skip
    offices, gone, big = schema["offices"], schema["gone"], schema["big"]
    assert "city" in offices.ours
    assert "city" in offices.theirs
    assert "city" not in offices.base
    assert "city" in offices.description
    assert (bool(gone.base), gone.ours, bool(gone.theirs)) == (True, "", True)
    assert gone.description == "cannot merge a table deletion with data modification"
    assert ["> 10" in big.base, "> 15" in big.ours, "> 12" in big.theirs] == [True] * 3
    assert [(count.table, count.rows) for count in found.tables] == [("plain", 1)]
    forced = "" if raw.dolt else "DoltLite commits no merge while definitions conflict"
    assert ways(offices) == {"align ours": "", "align theirs": "", "force ours": forced, "force theirs": forced}
    assert raw.state() == before


ONE_BY_ONE = {
    "added twice": (
        "n",
        ("CREATE TABLE n (id INTEGER PRIMARY KEY, x INTEGER)", "INSERT INTO n VALUES (5, 5)"),
        ("CREATE TABLE n (id INTEGER PRIMARY KEY, y VARCHAR(9))", "INSERT INTO n VALUES (2, 'b')"),
        [(2, "b"), (5, None)],
    ),
    "another key": (
        "plain",
        ("DROP TABLE plain", "CREATE TABLE plain (id INTEGER, a INTEGER, PRIMARY KEY (id, a))"),
        ("INSERT INTO plain VALUES (2, 2)",),
        [(2, 2)],
    ),
    "a column dropped here, changed there": (
        "plain",
        ("ALTER TABLE plain DROP COLUMN a", "INSERT INTO plain VALUES (7)"),
        ("UPDATE plain SET a = 5",),
        [(1, 5), (7, None)],
    ),
    "changed here, dropped there": (
        "plain",
        ("UPDATE plain SET a = 5", "CREATE TABLE more (id INTEGER PRIMARY KEY)"),
        ("DROP TABLE plain",),
        None,
    ),
    "renamed here, changed there": (
        "plain",
        ("ALTER TABLE plain RENAME TO other", "INSERT INTO other VALUES (7, 7)"),
        ("UPDATE plain SET a = 5",),
        [(1, 5), (7, 7)],
    ),
}


def test_what_only_one_side_has_changed(raw: Raw, repository: Repository) -> None:
    """Dolt merges it with the other side's definition; on DoltLite it goes, which is told before."""
    ours: tuple[str, ...]
    theirs: tuple[str, ...]
    base, ours, theirs = (
        (f"CREATE TABLE t (id INTEGER PRIMARY KEY, b {kind}, c INTEGER{rest})", "INSERT INTO t VALUES (1, 5, 3)")
        for kind, rest in (("INTEGER", ""), ("BIGINT", " DEFAULT 7, CONSTRAINT low CHECK (c < 9)"), ("TEXT", ""))
    )
    if raw.dolt:
        ours = (
            "ALTER TABLE t MODIFY COLUMN b BIGINT", "ALTER TABLE t ALTER COLUMN c SET DEFAULT 7",
            "ALTER TABLE t ADD CONSTRAINT low CHECK (c < 9)",
        )  # fmt: skip
        theirs = ("ALTER TABLE t MODIFY COLUMN b VARCHAR(9)", "UPDATE t SET b = 'x'")
    else:
        ours, theirs = (("DROP TABLE t", *made) for made in (ours, theirs))
    incoming = fork(raw, base, ours, theirs)
    found = repository.resolver.foresee(incoming, plan_of(incoming, {"t": Side.THEIRS}))
    goes = "Left out of t: default 7 of c, check low."
    assert found is not None
    calls = str(repository.resolver.apply_calls(incoming, plan_of(incoming, {"t": Side.THEIRS}), found.schema))
    assert ("CHECK" in calls) is raw.dolt
    assert (found.notes, found.rows, len(found.schema)) == (() if raw.dolt else (goes,), 0, 1)
    repository.resolver.apply(incoming, plan_of(incoming, {"t": Side.THEIRS}))
    made = str(raw.each("SHOW CREATE TABLE t" if raw.dolt else "SELECT sql FROM sqlite_master WHERE name = 't'"))
    assert [part in made for part in ("BIGINT", "7", "low")] == [False, raw.dolt, raw.dolt]
    if raw.dolt:  # what does not fit their values is as it was, and so the other side's holds
        raw.call("dolt_reset", "--hard", incoming.head)
        done = repository.resolver.apply(incoming, plan_of(incoming, {"t": Side.OURS}))
        assert done.notes == ("Not all values of b in t fit bigint: what the aligned side changed there is left out.",)
        assert raw.rows("SELECT * FROM t") == [(1, 5, 3)]


@pytest.mark.parametrize("case", ONE_BY_ONE)
def test_kinds_of_conflicts_one_by_one(raw: Raw, repository: Repository, case: str) -> None:
    """Most of these are merges that the engines refuse as a whole."""
    table, ours, theirs, rows = ONE_BY_ONE[case]
    incoming = fork(raw, BASE, ours, theirs)
    if case.startswith("renamed") and not raw.dolt:
        assert repository.resolver.foresee(incoming) is None  # it finds the rows
        return
    (conflict,) = foreseen(repository, incoming).schema
    assert conflict.table == table
    assert conflict.ours != conflict.theirs
    told = ways(conflict)
    assert told["align theirs"] == ""
    wrong = "the primary key has to be that of the base: change it back on the other side"
    assert told["align ours"] == (wrong if case == "another key" else "")
    assert told[f"{SchemaWay.FORCE} {Side.THEIRS}"]
    repository.resolver.apply(incoming, plan_of(incoming, {table: Side.THEIRS}))
    if rows is None:
        with pytest.raises(Exception, match=r"no such table|table not found"):
            raw.rows(f"SELECT * FROM {table}")
    else:
        assert raw.rows(f"SELECT * FROM {table} ORDER BY 1") == rows


def plan_of(
    incoming: Incoming, sides: dict[str, Side], way: SchemaWay = SchemaWay.ALIGN, **tables: TablePlan
) -> ResolutionPlan:
    step = StepPlan(tables, {name: SchemaDecision(side, way) for name, side in sides.items()})
    return ResolutionPlan(incoming, {incoming.tip: step})


def branches(raw: Raw) -> set[str]:
    return {name for (name,) in raw.rows("SELECT name FROM dolt_branches")}


def log(raw: Raw) -> list[str]:
    return [message for (message,) in raw.rows("SELECT message FROM dolt_log") if "nitialize" not in message]


EDITED = TablePlan(rows={(1,): RowDecision(cells={"a": Edited(7)})})


def test_aligned_with_theirs(raw: Raw, repository: Repository) -> None:
    incoming = fork(raw, BASE, OURS, THEIRS)
    raw.run("CREATE TABLE mine (id INTEGER PRIMARY KEY)")
    before = raw.state()
    sides = dict.fromkeys(("offices", "gone", "big"), Side.THEIRS)
    resolver = repository.resolver
    raw.run("INSERT INTO offices (id) VALUES (77)")  # since it was looked at
    with pytest.raises(LocalChanges, match="offices has uncommitted changes on main"):
        resolver.foresee(incoming, plan_of(incoming, sides))
    raw.run("DELETE FROM offices WHERE id = 77")
    found = resolver.foresee(incoming, plan_of(incoming, sides))
    assert found is not None
    assert (found.incoming, found.commit, {one.table for one in found.schema}) == (incoming, incoming.tip, set(sides))
    rows = resolver.rows(found)
    told = {table: {key: rows.row(table, key) for key in rows.keys(table)} for table in rows.tables}
    assert sorted(told) == ["offices", "plain"]
    # Our values were kept, in the column's other type; a column that was added twice makes its rows conflict.
    cities = {key: row.ours and row.ours["city"] for key, row in told["offices"].items()}
    assert cities == {(1,): "4000", (2,): None, (3,): None}
    with pytest.raises(Undecided) as caught:
        resolver.apply(incoming, plan_of(incoming, sides))
    assert (caught.value.found.commit, caught.value.found.tables) == (incoming.tip, found.tables)
    assert raw.state() == before
    offices = {
        (1,): RowDecision(Side.OURS),
        (2,): RowDecision(Side.THEIRS),
        (3,): RowDecision(cells={"seats": Edited(10), "city": Side.OURS}),
    }
    plan = plan_of(incoming, sides, offices=TablePlan(rows=offices), plain=EDITED)
    calls = [str(call) for call in resolver.apply_calls(incoming, plan)]
    assert ["dolt_branch" in calls[0], "dolt_checkout" in " ".join(calls), calls[-1].endswith("('throw_away')")] == [
        True
    ] * 3
    assert calls.index("DROP VIEW " + raw.quote("big")) < next(n for n, call in enumerate(calls) if "--no-ff" in call)
    what_if = resolver.what_if(incoming, plan_of(incoming, sides, plain=EDITED))
    looked_at = raw.rows("SELECT id, seats FROM offices ORDER BY id", at=what_if.branch)
    assert (looked_at, raw.rows("SELECT a FROM plain", at=what_if.branch)) == ([(1, 6), (2, 20), (3, 8)], [(7,)])
    assert len(branches(raw)) == 4
    resolver.close()  # as when the program ends
    assert branches(raw) == {"main", "feature"}
    done, step = repository.undo.perform("main", "merge", lambda: resolver.apply(incoming, plan))
    assert branches(raw) == {"main", "feature"}
    assert (done.hash, done.commits) == (raw.head(), 2)
    assert raw.rows("SELECT id, name, seats, city, mine FROM offices ORDER BY id") == [
        (1, "Porto", 6, "4000", "yes"), (2, "Lisboa", 20, "LX", None), (3, "Braga", 10, None, None)
    ]  # fmt: skip
    assert "by_seats" in str(raw.each("SHOW CREATE TABLE offices" if raw.dolt else "SELECT sql FROM sqlite_master"))
    assert raw.rows("SELECT * FROM gone ORDER BY id") == [(1, 1), (2, 20)]
    assert raw.rows("SELECT a FROM plain") == [(7,)]
    assert raw.rows("SELECT id FROM big") == [(2,)]
    assert "> 12" in str(raw.rows("SELECT fragment FROM dolt_schemas WHERE name = 'big'"))
    assert log(raw)[0] == "Merge branch 'feature' into main"
    assert set(log(raw)[1:]) == {"Align big, gone, offices with feature", "ours", "theirs", "base"}
    assert raw.status() == before[-1]
    assert step is not None
    repository.undo.undo(step)
    assert raw.state() == before


def test_aligned_with_ours(raw: Raw, repository: Repository) -> None:
    incoming = fork(raw, BASE, OURS, THEIRS)
    sides = dict.fromkeys(("offices", "gone", "big"), Side.OURS)
    raw.run("CREATE TABLE mine (id INTEGER PRIMARY KEY)")
    raw.call("dolt_add", "mine")
    offices = TablePlan(Side.OURS)
    done = repository.resolver.apply(incoming, plan_of(incoming, sides, offices=offices, plain=EDITED))
    # LX is no number: Dolt has nothing to keep of it in our column, and says so.
    assert [note for note in done.notes if "city" in note] == (
        ["Not all values of city in offices fit int: what the aligned side changed there is left out."]
        if raw.dolt
        else []
    )
    assert raw.rows("SELECT id, seats, city FROM offices ORDER BY id") == [
        (1, 6, 4000), (2, 20, None), (3, 8, None)
    ]  # fmt: skip
    with pytest.raises(Exception, match=r"no such table|table not found"):
        raw.rows("SELECT * FROM gone")
    assert raw.rows("SELECT a FROM plain") == [(7,)]
    assert "> 15" in str(raw.rows("SELECT fragment FROM dolt_schemas WHERE name = 'big'"))
    assert set(log(raw)) == {
        "Merge branch 'feature' into main", "Align big, gone, offices with main", "ours", "theirs", "base"
    }  # fmt: skip
    assert done.staged_again == ("mine",)
    assert raw.status() == {("mine", True, "new table")}
    assert branches(raw) == {"main", "feature"}


def test_ours_everywhere(raw: Raw, repository: Repository) -> None:
    """Then the merge commit has the rows of its first parent, which DoltLite takes for nothing to commit."""
    incoming = fork(
        raw,
        ("CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)", "INSERT INTO t VALUES (1, 1)"),
        ("UPDATE t SET v = 2", "ALTER TABLE t ADD COLUMN x VARCHAR(9)"),
        ("UPDATE t SET v = 3", "ALTER TABLE t ADD COLUMN x INTEGER"),
    )
    repository.resolver.apply(incoming, plan_of(incoming, {"t": Side.OURS}, t=TablePlan(Side.OURS)))
    assert raw.rows("SELECT id, v, x FROM t") == [(1, 2, None)]
    assert set(log(raw)) == {"Merge branch 'feature' into main", "Align t with main", "ours", "theirs", "base"}


def test_a_trigger_that_both_sides_changed(raw: Raw, repository: Repository) -> None:
    """Dolt tells it by its name, DoltLite as a conflict of its table."""

    def trigger(number: int) -> str:
        body = f"SET NEW.a = {number}" if raw.dolt else f"BEGIN SELECT {number}; END"
        return f"CREATE TRIGGER filled BEFORE INSERT ON plain FOR EACH ROW {body}"

    theirs = ("DROP TRIGGER filled", trigger(3), "INSERT INTO plain VALUES (9, 3)")
    incoming = fork(raw, (*BASE, trigger(1)), ("DROP TRIGGER filled", trigger(2)), theirs)
    (conflict,) = foreseen(repository, incoming).schema
    assert (conflict.table, conflict.kind) == (
        ("filled", SchemaKind.TRIGGER) if raw.dolt else ("plain", SchemaKind.TABLE)
    )
    repository.resolver.apply(incoming, plan_of(incoming, {conflict.table: Side.THEIRS}))
    (made,) = raw.rows("SELECT fragment FROM dolt_schemas WHERE name = 'filled'")
    assert trigger(3).removeprefix("CREATE ") in str(made)
    assert raw.rows("SELECT * FROM plain ORDER BY id") == [(1, 1), (9, 3)]


def test_forced(dolt: RawDolt, opened: Open) -> None:
    """A merge commit with the two parents, in which each table is as one side has it."""
    incoming = fork(dolt, BASE, OURS, THEIRS)
    repository = opened(dolt)
    before = dolt.state()
    step = StepPlan(
        {"plain": EDITED},
        {
            "offices": SchemaDecision(Side.THEIRS, SchemaWay.FORCE),
            "gone": SchemaDecision(Side.OURS, SchemaWay.FORCE),
            "big": SchemaDecision(Side.OURS, SchemaWay.FORCE),
        },
    )
    plan = ResolutionPlan(incoming, {incoming.tip: step})
    found = repository.resolver.foresee(incoming, plan)
    assert found is not None
    assert repository.resolver.check(found, plan) == ()
    calls = [str(call) for call in repository.resolver.apply_calls(incoming, plan, found.schema)]
    assert [calls[1], calls[2], calls[-1].split(",")[0]] == [
        f"CALL dolt_checkout('{incoming.tip}', '--', 'offices')", "DELETE FROM `dolt_conflicts_dolt_schemas`",
        "CALL dolt_commit('-f'",
    ]  # fmt: skip
    assert not [call for call in calls if "dolt_conflicts_resolve" in call]
    done, undo = repository.undo.perform("main", "merge", lambda: repository.resolver.apply(incoming, plan))
    parents = dolt.scalar("SELECT parents FROM dolt_log LIMIT 1")
    assert (done.commits, parents) == (1, f"{incoming.head}, {incoming.tip}")
    assert dolt.rows("SELECT id, seats, city FROM offices ORDER BY id") == [(1, 5, None), (2, 20, "LX"), (3, 9, None)]
    assert dolt.rows("SELECT a FROM plain") == [(7,)]
    assert "gone" not in {name for (name,) in dolt.rows("SHOW TABLES")}
    assert "> 15" in str(dolt.rows("SELECT fragment FROM dolt_schemas WHERE name = 'big'"))
    assert dolt.status() == set()
    assert dolt.rows("SELECT * FROM dolt_conflicts") == dolt.rows("SELECT * FROM dolt_schema_conflicts") == []
    assert undo is not None
    repository.undo.undo(undo)
    assert dolt.state() == before
