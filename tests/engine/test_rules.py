"""Rules for conflicts: what they decide, what they leave and why, compared with what Python makes of the same rows."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from dolt_tui.engine.conflicts.comparing import keys_by_comparing
from dolt_tui.engine.conflicts.deciding import open_columns, outcome
from dolt_tui.engine.conflicts.plans import take_cells, with_trial
from dolt_tui.engine.errors import EngineError, InvalidFilter
from dolt_tui.engine.model import RowKey
from dolt_tui.engine.model.conflicts import (
    ConflictKind,
    ConflictRow,
    ConflictSet,
    Edited,
    Incoming,
    IncomingKind,
    ResolutionPlan,
    RowDecision,
    Rule,
    RuleKind,
    RuleTrial,
    Side,
)
from dolt_tui.engine.repository import Repository

from .conftest import Raw

ROWS = 120
COLUMNS = ("name", "n", "small", "price", "at", "more")


def value(random_: random.Random, column: str) -> str:
    """A literal for a column; few different ones, so that sides agree now and then."""
    number = random_.randrange(4)
    return {
        "name": f"'{'aAbä'[number]}'" if number else "NULL",
        "n": str(random_.randrange(-3, 9)) if number else "NULL",
        "small": str(random_.randrange(0, 60)),
        "price": f"{random_.randrange(0, 900)}.{random_.randrange(100):02}",
        "at": f"'2026-01-0{1 + number} 10:00:00'" if random_.randrange(9) else "NULL",
        "more": f'\'{{"a": {number}, "b": {random_.randrange(3)}, "c": {{"d": {random_.randrange(2)}}}}}\''
        if random_.randrange(9)
        else random_.choice(["NULL", "'[1]'"]),
    }[column]


def edit(raw: Raw, random_: random.Random, branch: str) -> None:
    """Change, remove and add rows at random."""
    statements = []
    for key in range(1, ROWS + 30):
        chance = random_.randrange(10)
        if key > ROWS:
            if chance < 7:
                values = ", ".join(value(random_, column) for column in COLUMNS)
                statements.append(f"INSERT INTO t VALUES ('k', {key}, {values})")
        elif chance == 0:
            statements.append(f"DELETE FROM t WHERE id = {key}")
        elif chance < 9:
            some = random_.sample(COLUMNS, random_.randrange(1, len(COLUMNS) + 1))
            changes = ", ".join(f"{column} = {value(random_, column)}" for column in some)
            statements.append(f"UPDATE t SET {changes} WHERE id = {key}")
    raw.run(*statements, at=branch)
    raw.commit(branch, at=branch)


@pytest.fixture
def conflicting(raw: Raw) -> Raw:
    random_ = random.Random(12)
    tiny = "TINYINT UNSIGNED" if raw.dolt else "INTEGER"
    rows = [f"('k', {key}, {', '.join(value(random_, column) for column in COLUMNS)})" for key in range(1, ROWS + 1)]
    raw.run(
        "CREATE TABLE t (kind VARCHAR(9) NOT NULL, id INT NOT NULL, name VARCHAR(9), n INT,"
        f" small {tiny}, price DECIMAL(6, 2), at DATETIME, more JSON, PRIMARY KEY (id, kind))",
        f"INSERT INTO t VALUES {', '.join(rows)}",
        "CREATE TABLE bag (word VARCHAR(9))",
        "INSERT INTO bag VALUES ('x')",
    )
    raw.commit("base")
    raw.call("dolt_branch", "b")
    edit(raw, random_, "b")
    edit(raw, random_, "main")
    return raw


Found = tuple[ConflictSet, dict[RowKey, ConflictRow]]


def look(raw: Raw, repository: Repository) -> Found:
    found = repository.resolver.foresee(Incoming(IncomingKind.MERGE, "main", "b", raw.head(), raw.head("b")))
    assert found is not None
    return found, {row.key: row for row in repository.resolver.rows(found).every("t")}


def newer(row: ConflictRow, _: str) -> Side | str:
    assert row.ours
    assert row.theirs
    one, other = row.ours["at"], row.theirs["at"]
    if one is None or other is None:
        return "with NULL"
    return "equal" if one == other else Side.OURS if one > other else Side.THEIRS


def ordered(row: ConflictRow, column: str, sign: int) -> Side | str:
    assert row.ours
    assert row.theirs
    one, other = row.ours[column], row.theirs[column]
    if one is None or other is None:
        return "with NULL"
    return Side.OURS if (one > other) == (sign > 0) else Side.THEIRS


def not_null(row: ConflictRow, column: str) -> Side | str:
    assert row.ours
    assert row.theirs
    if row.ours[column] is None:
        return Side.THEIRS
    return Side.OURS if row.theirs[column] is None else "with values on both sides"


def summed(row: ConflictRow, column: str) -> Any:
    assert row.base
    assert row.ours
    assert row.theirs
    values = [side[column] for side in (row.ours, row.theirs, row.base)]
    if None in values:
        return "without a number"
    total = values[0] + values[1] - values[2]
    if column == "small" and isinstance(row.base["price"], Decimal) and not 0 <= total <= 255:
        return "whose result does not fit the column"
    for side, one in zip((Side.OURS, Side.THEIRS), values, strict=False):
        if total == one:
            return side
    return total


def united(row: ConflictRow, column: str) -> Any:
    sides = [side[column] if side else None for side in (row.base, row.ours, row.theirs)]
    if sides[1] is None or sides[2] is None:
        return "with NULL"
    base, ours, theirs = (json.loads(side) if side is not None else None for side in sides)
    if not (isinstance(ours, dict) and isinstance(theirs, dict)):
        return "without a JSON object"
    try:
        found = three_ways(base if isinstance(base, dict) else {}, ours, theirs)
    except KeyError:
        return "with a JSON key that both changed"
    return Side.OURS if found == ours else Side.THEIRS if found == theirs else found


def three_ways(base: Any, ours: Any, theirs: Any) -> Any:
    """What is made of two values. Raises `KeyError` where both changed one, and not to objects."""
    if ours == theirs or theirs == base:
        return ours
    if ours == base:
        return theirs
    if not (isinstance(ours, dict) and isinstance(theirs, dict)):
        raise KeyError
    keys, base = {*ours, *theirs}, base if isinstance(base, dict) else {}
    found = {key: three_ways(*(side.get(key, ...) for side in (base, ours, theirs))) for key in keys}
    return {key: value for key, value in found.items() if value is not ...}


def expected(
    rows: Mapping[RowKey, ConflictRow], kind: RuleKind, columns: tuple[str, ...], added: bool, verdict: Any
) -> tuple[dict[RowKey, dict[str, Any]], int, int, Counter[str]]:
    """What a rule should decide, by row and column; how many rows completely, of how many; what it leaves."""
    cells: dict[RowKey, dict[str, Any]] = {}
    left: Counter[str] = Counter()
    solved = of = 0
    for key, row in rows.items():
        open_ = open_columns(row)
        if not open_:
            continue
        of += 1
        if open_ == ("",):
            left["deleted against changed"] += 1
            continue
        reason = ""
        for name in open_:
            if name not in columns:
                reason = reason or "with other open columns"
            elif row.kind is ConflictKind.ADDED and not added:
                reason = "added on both sides"
            else:
                found = verdict(row, name)
                if isinstance(found, str) and not isinstance(found, Side):
                    reason = found
                else:
                    cells.setdefault(key, {})[name] = found
        if reason:
            left[reason] += 1
        else:
            solved += 1
    return cells, solved, of, left


def value_of(cell: Side | Edited) -> Any:
    if isinstance(cell, Side):
        return cell
    return json.loads(cell.value) if isinstance(cell.value, str) and cell.value.startswith("{") else cell.value


def cells_of(trial: RuleTrial) -> dict[RowKey, dict[str, Any]]:
    return {
        key: {name: value_of(cell) for name, cell in decision.cells.items()}
        for key, decision in trial.decisions["t"].items()
    }


def test_rules_decide_what_python_decides(conflicting: Raw, repository: Repository) -> None:
    found, rows = look(conflicting, repository)
    assert len(rows) > 60
    assert {row.kind for row in rows.values()} >= {ConflictKind.ADDED, ConflictKind.DELETED_BY_US, ConflictKind.CHANGED}
    if conflicting.dolt:  # what is compared where its own list is wrong tells what that list tells
        with repository._connections.read("main") as session:
            columns = found.found["t"].columns
            sides = {Side.BASE: found.base, Side.OURS: found.ours, Side.THEIRS: found.theirs}
            listed = tuple(key for key in found.found["t"].keys if open_columns(rows[key]))  # some for no reason
            assert keys_by_comparing(session, "t", columns, sides) == listed
    plan = ResolutionPlan(found.incoming)
    numbers = ("n", "small", "price")

    def compare(rule: Rule, columns: tuple[str, ...], verdict: Any, added: bool = False) -> RuleTrial:
        trial = repository.resolver.try_rule(found, plan, rule)
        cells, solved, of, left = expected(rows, rule.kind, columns, added, verdict)
        assert cells_of(trial) == cells
        assert cells
        assert (trial.solved, trial.of, Counter(trial.left)) == (solved, of, left)
        assert all(decision.by == rule.title for decision in trial.decisions["t"].values())
        return trial

    compare(Rule(RuleKind.NEWER, "t", by="at"), COLUMNS, newer)
    compare(Rule(RuleKind.NEWER, columns=("n", "price"), by="at"), ("n", "price"), newer)
    compare(Rule(RuleKind.GREATER), (*numbers, "at"), lambda row, name: ordered(row, name, 1))
    compare(Rule(RuleKind.LESS, "t", ("price",)), ("price",), lambda row, name: ordered(row, name, -1))
    compare(Rule(RuleKind.NOT_NULL), COLUMNS, not_null)
    trial = compare(Rule(RuleKind.SUM, "t", numbers), numbers, summed)
    assert trial.left["without a number"]
    assert not conflicting.dolt or trial.left["whose result does not fit the column"]
    compare(Rule(RuleKind.UNION, "t"), ("more",), united)
    half = Decimal("0.5") if conflicting.dolt else 0.5
    compare(
        Rule(RuleKind.EXPRESSION, "t", ("price",), expression="CASE WHEN our_price > 100 THEN their_price + 0.5 END"),
        ("price",),
        lambda row, _: row.theirs["price"] + half if row.ours["price"] > 100 else "where the expression is NULL",
        added=True,
    )


def test_what_is_decided_stays_and_wrong_rules_are_refused(conflicting: Raw, repository: Repository) -> None:
    found, rows = look(conflicting, repository)
    row = next(row for row in rows.values() if set(open_columns(row)) >= {"n", "price"})
    plan = take_cells(ResolutionPlan(found.incoming), found.commit, "t", [(row.key, "n")], Side.BASE)
    trial = repository.resolver.try_rule(found, plan, Rule(RuleKind.THEIRS))
    assert trial.solved == trial.of
    assert trial.left == {}
    plan = with_trial(plan, found.commit, trial)
    decisions = plan.step(found.commit).table("t").rows
    assert decisions[row.key].cells["n"] is Side.BASE
    assert all(outcome(each, decisions.get(key, RowDecision())).decided for key, each in rows.items())
    deleted = [key for key, each in rows.items() if each.theirs is None]
    assert deleted
    assert all(decisions[key] == RowDecision(Side.THEIRS, by="theirs") for key in deleted)
    asked = len(repository.statements.entries())
    assert repository.resolver.try_rule(found, plan, Rule(RuleKind.THEIRS)).of == 0
    assert len(repository.statements.entries()) == asked  # what it says about the rows is known

    # Wrong rules, and what is suggested.
    plan, before = ResolutionPlan(found.incoming), conflicting.state()

    def try_(rule: Rule) -> RuleTrial:
        return repository.resolver.try_rule(found, plan, rule)

    outside = ("our_n) FROM conflicts --", "1; DELETE FROM t", "(our_n", "dolt_reset('--hard')", "our_n, 1", "")
    for expression in outside:
        with pytest.raises((InvalidFilter, EngineError)):
            try_(Rule(RuleKind.EXPRESSION, "t", ("n",), expression=expression))
    with pytest.raises(EngineError, match="no_such"):
        try_(Rule(RuleKind.EXPRESSION, "t", ("n",), expression="no_such + 1"))
    with pytest.raises(EngineError, match="lacks the column updated"):
        try_(Rule(RuleKind.NEWER, "t", by="updated"))
    with pytest.raises(EngineError, match="No row of people conflicts"):
        try_(Rule(RuleKind.OURS, "people"))
    assert conflicting.state() == before
    suggested = repository.resolver.suggest(found, plan)
    trials = repository.resolver.try_rules(found, plan, suggested)
    assert trials == tuple(try_(rule) for rule in suggested)
    kinds = {(rule.kind, rule.by or ", ".join(rule.columns)) for rule in suggested}
    assert kinds >= {(RuleKind.UNION, ""), (RuleKind.SUM, "price"), (RuleKind.NOT_NULL, ""), (RuleKind.THEIRS, "")}
