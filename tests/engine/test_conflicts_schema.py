"""Definitions that both sides changed: what they are on each side, and what each way out makes of the rows."""

from __future__ import annotations

import pytest

from dolt_tui.engine.model.conflicts import (
    ConflictSet,
    Incoming,
    IncomingKind,
    ResolutionPlan,
    SchemaConflict,
    SchemaDecision,
    SchemaKind,
    SchemaWay,
    Side,
    StepPlan,
    TablePlan,
)
from dolt_tui.engine.repository import Repository

from .conftest import Raw

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


REFUSED = {
    "added twice": (
        "n",
        ("CREATE TABLE n (id INTEGER PRIMARY KEY, x INTEGER)",),
        ("CREATE TABLE n (id INTEGER PRIMARY KEY, y VARCHAR(9))",),
    ),
    "another key": (
        "plain",
        ("DROP TABLE plain", "CREATE TABLE plain (id INTEGER, a INTEGER, PRIMARY KEY (id, a))"),
        ("INSERT INTO plain VALUES (2, 2)",),
    ),
    "a column dropped here, changed there": (
        "plain", ("ALTER TABLE plain DROP COLUMN a",), ("UPDATE plain SET a = 5",)
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_engine_refuses_as_a_whole(raw: Raw, repository: Repository, case: str) -> None:
    table, ours, theirs = REFUSED[case]
    incoming = fork(raw, BASE, ours, theirs)
    found = foreseen(repository, incoming)
    if case.startswith("a column") and raw.dolt:
        assert [(count.table, count.rows) for count in found.tables] == [("plain", 1)]
        return
    (conflict,) = found.schema
    assert conflict.table == table
    assert conflict.ours != conflict.theirs
    told = ways(conflict)
    assert told["align theirs"] == ""
    wrong = "the primary key has to be that of the base: change it back on the other side"
    assert told["align ours"] == (wrong if case == "another key" else "")
    assert told[f"{SchemaWay.FORCE} {Side.OURS}"]


def plan_of(
    incoming: Incoming, sides: dict[str, Side], way: SchemaWay = SchemaWay.ALIGN, **tables: TablePlan
) -> ResolutionPlan:
    step = StepPlan(tables, {name: SchemaDecision(side, way) for name, side in sides.items()})
    return ResolutionPlan(incoming, {incoming.tip: step})


def test_what_conflicts_once_definitions_agree(raw: Raw, repository: Repository) -> None:
    incoming = fork(raw, BASE, OURS, THEIRS)
    before = raw.state()
    plan = plan_of(incoming, dict.fromkeys(("offices", "gone", "big"), Side.THEIRS))
    found = repository.resolver.foresee(incoming, plan)
    assert found is not None
    assert raw.state() == before
    assert (found.incoming, found.commit, found.schema) == (incoming, incoming.tip, ())
    rows = repository.resolver.rows(found)
    told = {table: {key: rows.row(table, key) for key in rows.keys(table)} for table in rows.tables}
    assert sorted(told) == ["offices", "plain"]
    # Our values were kept, in the column's other type; a column that was added twice makes its rows conflict.
    cities = {key: row.ours and row.ours["city"] for key, row in told["offices"].items()}
    assert cities == {(1,): "4000", (2,): None, (3,): None}
    # The other way round, where the definitions of theirs are made like ours.
    other = plan_of(incoming, dict.fromkeys(("offices", "gone", "big"), Side.OURS))
    found = repository.resolver.foresee(incoming, other)
    assert found is not None
    # LX is no number: Dolt has nothing to keep of it in our column, and that is said before anything is done.
    assert (found.schema, {each.table: each.rows for each in found.tables}) == (
        (), {"offices": 2 if raw.dolt else 3, "plain": 1}
    )  # fmt: skip
    assert [note for note in found.notes if "city" in note] == (
        ["Values of city in offices do not all fit int: those of the side that was aligned are left out."]
        if raw.dolt
        else []
    )
    branches = {name for (name,) in raw.rows("SELECT name FROM dolt_branches")}
    assert len(branches) == 4  # with those that the rows can be found on again
    repository.resolver.definitions_first.leave(incoming)
    assert {name for (name,) in raw.rows("SELECT name FROM dolt_branches")} == {"main", "feature"}
    assert raw.state() == before
