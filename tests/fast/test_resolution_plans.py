"""What becomes of a row by what is decided about it, and what is done to a resolution plan on the way there."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import product
from typing import Any

from dolt_tui.engine.conflicts import plans
from dolt_tui.engine.conflicts.deciding import decision_of, open_columns, outcome
from dolt_tui.engine.conflicts.plans import Left
from dolt_tui.engine.model.conflicts import (
    ConflictKind,
    ConflictRow,
    Edited,
    Incoming,
    IncomingKind,
    ResolutionPlan,
    RowDecision,
    Rule,
    RuleKind,
    RuleTrial,
    SchemaDecision,
    Side,
    TablePlan,
)

Values = Mapping[str, Any]
PLAN = ResolutionPlan(Incoming(IncomingKind.MERGE, "main", "feature", "h", "t"))
OURS, THEIRS, BASE = Side.OURS, Side.THEIRS, Side.BASE


def row(key: int, base: Values | None, ours: Values | None, theirs: Values | None) -> ConflictRow:
    return ConflictRow((key,), base, ours, theirs)


CHANGED = row(1, {"a": 1, "b": 1, "c": 1, "d": 1}, {"a": 2, "b": 2, "c": 1, "d": 7}, {"a": 3, "b": 1, "c": 3, "d": 7})
"""``a`` was changed on both sides, ``b`` by us, ``c`` by them, ``d`` alike."""
ADDED = row(2, None, {"a": 2, "b": 1}, {"a": 3, "b": 1})
GONE_HERE = row(3, {"a": 1}, None, {"a": 3})
GONE_THERE = row(4, {"a": 1}, {"a": 2}, None)
COUNTED = ConflictRow(("x",), {"a": 1}, {"a": 1}, {"a": 1}, counts=(1, 2, 4))


def test_what_only_one_side_changed_needs_no_decision() -> None:
    found = outcome(CHANGED)
    assert found.open == ("a",)
    assert found.values == {"a": 2, "b": 2, "c": 3, "d": 7}, "of the open cell ours is shown"
    assert found.filled == {"c"}
    for choice, value in ((OURS, 2), (THEIRS, 3), (BASE, 1), (Edited(None), None)):
        decided = outcome(CHANGED, RowDecision(cells={"a": choice}))
        assert decided.decided
        assert decided.values == {"a": value, "b": 2, "c": 3, "d": 7}
    assert outcome(CHANGED, RowDecision(THEIRS)).values == CHANGED.theirs, "a whole row loses our other cells"
    mixed = outcome(CHANGED, RowDecision(BASE, {"b": OURS, "c": Edited(9)}))
    assert mixed.values == {"a": 1, "b": 2, "c": 9, "d": 1}
    assert open_columns(ADDED) == ("a",)
    assert outcome(CHANGED, RowDecision(delete=True)).values is None


def test_a_row_that_one_side_deleted_is_decided_as_a_whole() -> None:
    for there, gone in ((GONE_HERE, OURS), (GONE_THERE, THEIRS)):
        assert outcome(there).open == ("",)
        assert outcome(there, RowDecision(gone)).values is None
        other = THEIRS if gone is OURS else OURS
        assert outcome(there, RowDecision(other)).values == there.side(other)
        assert outcome(there, RowDecision(BASE)).values == {"a": 1}
        edited = outcome(there, RowDecision(cells={"a": Edited(5)}))
        assert (edited.values, edited.decided) == ({"a": 5}, True), "what is edited stays"
    assert [there.kind for there in (CHANGED, ADDED, GONE_HERE, GONE_THERE, COUNTED)] == [
        ConflictKind.CHANGED,
        ConflictKind.ADDED,
        ConflictKind.DELETED_BY_US,
        ConflictKind.DELETED_BY_THEM,
        ConflictKind.COUNTED,
    ]


def test_equal_rows_are_decided_by_their_number() -> None:
    assert outcome(COUNTED).open == ("",)
    for decision, count in (
        (RowDecision(OURS), 2),
        (RowDecision(THEIRS), 4),
        (RowDecision(BASE), 1),
        (RowDecision(count=0), 0),
        (RowDecision(count=7), 7),
        (RowDecision(delete=True), 0),
    ):
        found = outcome(COUNTED, decision)
        assert (found.count, found.decided, found.values is None) == (count, True, not count)


def test_values_are_told_apart_as_the_engines_do() -> None:
    one, other = {"a": Decimal("1.0")}, {"a": Decimal("1.00")}
    assert not open_columns(row(1, None, one, other)), "the same number"
    for a, b in product((1, 1.0, True, "1", b"1", None), repeat=2):
        assert bool(open_columns(row(1, None, {"a": a}, {"a": b}))) is (type(a) is not type(b))


def test_a_plan_follows_what_is_decided() -> None:
    plan = plans.take(PLAN, "t", "x", (1,), THEIRS, ["a"])
    plan = plans.edit(plan, "t", "x", (1,), "b", 8)
    plan = plans.take_cells(plan, "t", "x", [((1,), "a"), ((2,), "a")], OURS)
    table = plan.step("t").table("x")
    assert table.rows == {(1,): RowDecision(cells={"a": OURS, "b": Edited(8)}), (2,): RowDecision(cells={"a": OURS})}
    assert not PLAN.steps, "a plan is a value"

    plan = plans.take_table(plan, "t", "x", THEIRS)
    assert all(outcome(r, decision_of(plan.step("t").table("x"), r)).values == r.theirs for r in (CHANGED, ADDED))
    plan = plans.edit(plan, "t", "x", (1,), "a", 5)
    table = plan.step("t").table("x")
    assert outcome(CHANGED, decision_of(table, CHANGED)).values == {**(CHANGED.theirs or {}), "a": 5}, "the rest stays"
    plan = plans.forget(plan, "t", "x", [(1,), (2,)], "a")
    table = plan.step("t").table("x")
    assert decision_of(table, CHANGED) == RowDecision(THEIRS)
    assert not outcome(ADDED, decision_of(table, ADDED)).decided, "the rest of the table stays decided"
    assert outcome(GONE_HERE, decision_of(table, GONE_HERE)).decided

    plan = plans.mend(plans.delete(plan, "t", "x", [(1,)]), "t", "y", (9,), {"p": 1})
    plan = plans.decide_schema(plan, "t", "z", SchemaDecision(OURS))
    assert plan.step("t").table("y") == TablePlan(mends={(9,): {"p": 1}})
    assert plans.forget(plan, "t", "y", [(9,)]).step("t").tables.keys() == {"x"}
    assert not plans.decide_schema(plan, "t", "z", None).step("t").schema
    assert plans.forget(plan, "t", "x").step("t").tables.keys() == {"y"}
    one = plans.take(PLAN, "t", "x", (1,), THEIRS, ["a", "b"])
    assert plans.forget(one, "t", "x", [(1,)], "c") == one
    assert plans.forget(one, "t", "x", [(1,)], "a") == plans.take(PLAN, "t", "x", (1,), THEIRS, ["b"])
    assert not plans.forget(one, "t", "x", [(1,)]).step("t").tables


def test_a_rule_decides_what_is_open() -> None:
    plan = plans.edit(plans.take_row(PLAN, "t", "x", (2,), OURS), "t", "x", (1,), "a", 5)
    decisions = {(n,): RowDecision(cells={"a": THEIRS, "b": THEIRS}, by="theirs") for n in (1, 2, 3)}
    plan = plans.with_trial(plan, "t", RuleTrial(Rule(RuleKind.THEIRS), {"x": decisions}, 3, 3))
    rows = plan.step("t").table("x").rows
    assert rows[1,] == RowDecision(cells={"a": Edited(5), "b": THEIRS}, by="theirs")
    assert rows[2,] == RowDecision(OURS)
    assert rows[3,] == decisions[3,]


def test_what_is_left_is_counted_as_the_plan_changes() -> None:
    agreed = row(5, {"a": 1}, {"a": 2}, {"a": 2})
    rows = {one.key: one for one in (CHANGED, ADDED, GONE_HERE, GONE_THERE, agreed)}
    asked: list[object] = []

    def find(table: str, key: Any) -> ConflictRow:
        asked.append(key)
        return rows[key]

    left = Left({"x": 5, "y": 2}, find)
    plan = PLAN
    assert left.of(plan.step("t")) == {"x": 5, "y": 2}
    plan = plans.edit(plan, "t", "x", (1,), "b", 5)
    assert left.of(plan.step("t"))["x"] == 5, "another cell of it is open"
    plan = plans.edit(plan, "t", "x", (1,), "a", 5)
    assert left.of(plan.step("t"))["x"] == 4
    before = plan
    plan = plans.delete(plan, "t", "x", [(2,)])
    assert left.of(plan.step("t"))["x"] == 3
    left.know("x", rows.values())
    assert left.of(plan.step("t"))["x"] == 2, "one needs no decision"
    assert left.of(before.step("t"))["x"] == 3, "taken back"
    plan = plans.take_table(plan, "t", "x", OURS)
    assert left.of(plan.step("t"))["x"] == 0
    plan = plans.forget(plan, "t", "x", [(1,), (5,)])
    assert left.of(plan.step("t"))["x"] == 1, "of the other one nothing is open"
    assert left.of(PLAN.step("t")) == {"x": 4, "y": 2}
    assert (4,) not in asked, "only what is decided is read"
