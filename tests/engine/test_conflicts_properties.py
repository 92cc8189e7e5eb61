"""Two branches edited at random, and decided at random: the merge commit holds exactly what was decided.

What the rows have to be is told by a model of its own, made of the tables at base, ours and theirs. Another session
looks after every statement: it sees the branch as it was before, or as it is afterwards, and nothing in between.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from dolt_tui.engine.backends.embedded import driver
from dolt_tui.engine.conflicts import plans
from dolt_tui.engine.core.session import Session
from dolt_tui.engine.errors import ConstraintsBroken, Undecided
from dolt_tui.engine.model.conflicts import (
    ConflictSet,
    Incoming,
    IncomingKind,
    ResolutionPlan,
    RowDecision,
    Rule,
    RuleKind,
    Side,
)
from dolt_tui.engine.repository import Repository

from .conftest import Raw, RawDolt, RawLite
from .test_conflicts_applied import parents

Cell = tuple[str, Any, Any]
"""A value as a literal of SQL, as a plan has it, and as the test reads it."""
Row = Mapping[str, Any]
Rows = dict[tuple[Any, ...], Row]
SIDES = tuple(Side)
T = {n: datetime(2026, 1, n, 1, 2, 3, 456) for n in (1, 2, 3)}

DOLT: dict[str, tuple[str, str, list[Cell]]] = {
    "n": ("INT", "{}", [*((str(n), n, n) for n in (1, -2, 3, 40)), ("NULL", None, None)]),
    "s": ("VARCHAR(20)", "{}", [("''", "", ""), ("'a'", "a", "a"), ("'A'", "A", "A"), ("'ü%s?'", "ü%s?", "ü%s?")]),
    "c": ("VARCHAR(9) COLLATE utf8mb4_0900_ai_ci NOT NULL", "{}", [("'b'", "b", "b"), ("'C'", "C", "C")]),
    "d": ("DECIMAL(10,3)", "{}", [("1.5", Decimal("1.500"), Decimal("1.500")), ("NULL", None, None)]),
    "w": ("DATETIME(6)", "{}", [(f"'2026-01-0{n} 01:02:03.000456'", T[n], T[n]) for n in (1, 2, 3)]),
    "j": ("JSON", "CAST({} AS CHAR)", [("'[1, 2]'", "[1, 2]", "[1, 2]"), ("'7'", "7", "7")]),
    "x": ("BLOB", "{}", [("x'00ff'", b"\x00\xff", b"\x00\xff"), ("x''", b"", b""), ("NULL", None, None)]),
    "e": ("ENUM('a','b','c')", "{}", [(f"'{one}'", one, one) for one in "abc"]),
    "b": ("BIT(9)", "{} + 0", [("b'101'", 5, 5), ("b'111111111'", 511, 511), ("NULL", None, None)]),
    "f": ("FLOAT", "{}", [("0.1", 0.1, 0.1), ("3", 3.0, 3.0)]),
    "p": ("POINT", "ST_AsText({})", [(f"POINT({n}, 0.1)", f"POINT({n} 0.1)", f"POINT({n} 0.1)") for n in (1, 2)]),
}  # fmt: skip
LITE: dict[str, tuple[str, str, list[Cell]]] = {
    "n": ("INTEGER", "{}", [*((str(n), n, n) for n in (1, -2, 3, 40)), ("NULL", None, None)]),
    "s": ("TEXT COLLATE NOCASE", "{}", [("''", "", ""), ("'a'", "a", "a"), ("'A'", "A", "A"), ("'ü%?'", "ü%?", "ü%?")]),
    "d": ("REAL", "{}", [("1.5", 1.5, 1.5), ("NULL", None, None), ("3.0", 3.0, 3.0)]),
    "x": ("BLOB", "{}", [("x'00ff'", b"\x00\xff", b"\x00\xff"), ("x''", b"", b""), ("NULL", None, None)]),
    "any": ("", "{}", [("1", 1, 1), ("'1'", "1", "1"), ("x'31'", b"1", b"1")]),
}  # fmt: skip
U: dict[str, tuple[str, str, list[Cell]]] = {
    "code": ("INTEGER UNIQUE", "{}", [*((str(n), n, n) for n in range(6)), ("NULL", None, None)]),
    "v": ("INTEGER", "{}", [(str(n), n, n) for n in range(3)]),
}


class Table:
    """A table of the test: its key, and the values that its other columns may have."""

    def __init__(self, raw: Raw, name: str, columns: Mapping[str, tuple[str, str, list[Cell]]], key: str) -> None:
        self.raw, self.name, self.columns = raw, name, columns
        self.key = {"t": ("k2", "k1"), "u": ("id",), "k": ()}[name]
        self.keys: list[tuple[Any, ...]] = [(a, b) for a in ("", "y", "Y") for b in (1, 2, 3)]
        if name == "u":
            self.keys = [(n,) for n in range(7)]
        names = [f"{column} {kind}" for column, (kind, _, _) in columns.items()]
        first, _, last = key.partition(";")
        raw.run(f"CREATE TABLE {name} ({', '.join(filter(None, [first, *names, last]))})")

    def read(self, ref: str) -> Rows:
        select = ", ".join([*self.key, *(read.format(c) for c, (_, read, _) in self.columns.items())])
        place = f"{self.name} AS OF '{ref}'" if self.raw.dolt else f"dolt_at_{self.name}('{ref}')"
        width = len(self.key)
        rows = self.raw.rows(f"SELECT {select} FROM {place}")
        return {row[:width]: dict(zip(self.columns, row[width:], strict=True)) for row in rows}

    def edits(self, dice: random.Random, rows: Rows) -> Iterator[str]:
        """Statements that change some rows; those that a unique key forbids do nothing."""
        ignore = "IGNORE" if self.raw.dolt else "OR IGNORE"
        for key in self.keys:
            action = dice.random()
            where = " AND ".join(f"{name} = {value!r}" for name, value in zip(self.key, key, strict=True))
            if key in rows and action < 0.25:
                yield f"DELETE FROM {self.name} WHERE {where}"
            elif key in rows and action < 0.7:
                names = dice.sample(list(self.columns), dice.randrange(1, min(4, len(self.columns) + 1)))
                if "n" in self.columns and dice.random() < 0.5:
                    names = list(dict.fromkeys([*names, "n"]))
                sets = ", ".join(f"{name} = {dice.choice(self.columns[name][2])[0]}" for name in names)
                yield f"UPDATE {ignore} {self.name} SET {sets} WHERE {where}"
            elif key not in rows and action < 0.5:
                values = [*map(repr, key), *(dice.choice(cells)[0] for _, _, cells in self.columns.values())]
                names = [*self.key, *self.columns]
                yield f"INSERT {ignore} INTO {self.name} ({', '.join(names)}) VALUES ({', '.join(values)})"


def alike(one: object, other: object) -> bool:
    return type(one) is type(other) and one == other


def same_row(one: Row | None, other: Row | None) -> bool:
    if one is None or other is None:
        return one is other
    return all(alike(one[name], other[name]) for name in one)


class Model:
    """What a table has to hold after the merge, and how its conflicts are decided at random."""

    def __init__(self, table: Table, sides: Mapping[Side, Rows]) -> None:
        self.table, self.sides = table, sides
        self.result: Rows = {}
        self.conflicts: dict[tuple[Any, ...], tuple[Row | None, Row | None, Row | None]] = {}
        self.ruled: dict[tuple[Any, ...], int] = {}
        """What the rule makes of the column ``n``."""
        for key in sorted({key for rows in sides.values() for key in rows}):
            base, ours, theirs = (sides[side].get(key) for side in SIDES)
            if same_row(ours, theirs) or same_row(theirs, base):
                made = ours
            elif same_row(ours, base):
                made = theirs
            elif base and ours and theirs and not self.open(key):
                made = self.filled(base, ours, theirs)
            else:
                self.conflicts[key] = (base, ours, theirs)
                continue
            if made is not None:
                self.result[key] = made

    def open(self, key: tuple[Any, ...]) -> list[str]:
        base, ours, theirs = (self.sides[side].get(key) for side in SIDES)
        assert ours
        assert theirs
        changed = [name for name in ours if not alike(ours[name], theirs[name])]
        if base is None:
            return changed
        return [name for name in changed if not (alike(base[name], ours[name]) or alike(base[name], theirs[name]))]

    @staticmethod
    def filled(base: Row | None, ours: Row, theirs: Row) -> dict[str, Any]:
        return {name: theirs[name] if base and alike(base[name], ours[name]) else ours[name] for name in ours}

    def rule(self, repository: Repository, found: ConflictSet, plan: ResolutionPlan) -> ResolutionPlan:
        """Let a rule decide what it can: the greater number, where both sides changed one."""
        for key, (base, ours, theirs) in self.conflicts.items():
            if base and ours and theirs and "n" in self.open(key) and None not in (ours["n"], theirs["n"]):
                self.ruled[key] = max(ours["n"], theirs["n"])
        trial = repository.resolver.try_rule(found, plan, Rule(RuleKind.GREATER, self.table.name, ("n",)))
        assert trial.decisions.get(self.table.name, {}).keys() == self.ruled.keys()
        return plans.with_trial(plan, found.commit, trial)

    def decide(self, dice: random.Random, plan: ResolutionPlan, commit: str) -> ResolutionPlan:
        """Decide everything."""
        name, whole = self.table.name, None
        if dice.random() < 0.3:
            whole = dice.choice(SIDES)
            plan = plans.take_table(plan, commit, name, whole)
            self.ruled.clear()
        for key, rows in self.conflicts.items():
            side = whole
            there = dict(zip(SIDES, rows, strict=True))
            if whole is not None and dice.random() < 0.6:
                row = there[whole]
            elif dice.random() < 0.2:
                plan, row = plans.delete(plan, commit, name, [key]), None
            else:
                if dice.random() < 0.4 or (whole is None and not all(rows[1:])):
                    side = dice.choice(SIDES)
                    plan = plans.take_row(plan, commit, name, key, side)
                row = there[side] if side is not None else None
                plan, row = self._cells(dice, plan, commit, key, there, side, row)
            if row is not None:
                self.result[key] = row
        return plan

    def _cells(
        self, dice: random.Random, plan: ResolutionPlan, commit: str, key: tuple[Any, ...],
        there: Mapping[Side, Row | None], side: Side | None, row: Row | None,
    ) -> tuple[ResolutionPlan, Row | None]:  # fmt: skip
        """Decide some cells of a row, or all that are open where it was not taken from a side."""
        name, (base, ours, theirs) = self.table.name, (there[one] for one in SIDES)
        if side is None:
            assert ours
            assert theirs
            made = self.filled(base, ours, theirs)
            columns = self.open(key)
            if key in self.ruled:
                made["n"] = self.ruled[key]
                columns.remove("n")
        else:
            columns = dice.sample(list(self.table.columns), dice.randrange(3))
            made = dict(row or ours or theirs or base or {})
            if not columns:
                return plan, row
        for column in columns:
            if dice.random() < 0.3:
                _, value, read = dice.choice(self.table.columns[column][2])
                plan = plans.edit(plan, commit, name, key, column, value)
                made[column] = read
                continue
            one = dice.choice(SIDES)
            plan = plans.take(plan, commit, name, key, one, [column])
            if (values := there[one]) is not None:
                made[column] = values[column]
        return plan, made


def keyless(raw: Raw, ref: str) -> Counter[Any]:
    return Counter(raw.rows(f"SELECT x, y FROM k AS OF '{ref}'")) if raw.dolt else Counter()


def decide_counts(
    dice: random.Random, found: Any, rows: Any, plan: ResolutionPlan, sides: Sequence[Counter[Any]]
) -> tuple[ResolutionPlan, Counter[Any]]:
    """The rows of the table without a key, as many as were decided."""
    base, ours, theirs = sides
    made: Counter[Any] = Counter()
    for row in {row for side in sides for row in side}:
        b, o, t = base[row], ours[row], theirs[row]
        made[row] = o if t in (b, o) else t
    for key in rows.keys("k") if "k" in rows.tables else ():
        row = rows.row("k", key)
        values = row.ours or row.theirs or row.base
        cells = values["x"], values["y"]
        assert row.counts == (base[cells], ours[cells], theirs[cells])
        number = dice.randrange(4)
        side = dice.choice([None, *SIDES])
        decision = RowDecision(count=number) if side is None else RowDecision(side)
        plan = plans.decide(plan, found.commit, "k", {key: decision})
        made[cells] = number if side is None else row.counts[SIDES.index(side)]
    return plan, +made


STATE = "SELECT dolt_hashof_db('WORKING'), dolt_hashof_db('STAGED'), dolt_hashof('HEAD')"


@pytest.fixture
def watched(raw: Raw, monkeypatch: pytest.MonkeyPatch) -> Iterator[set[tuple[Any, ...]]]:
    """The hashes that another session saw after each statement of a merge."""
    found: set[tuple[Any, ...]] = set()
    run = Session._run
    with closing(raw.connect(f"{raw.database}/main") if isinstance(raw, RawDolt) else lite(raw)) as connection:

        def watch(self: Any, *arguments: Any) -> Any:
            answer = run(self, *arguments)
            if self._writes and self.connection.info["purpose"] in ("merge", "squash"):
                cursor = connection.cursor()
                cursor.execute(STATE)
                found.update(tuple(row) for row in cursor.fetchall())
            return answer

        monkeypatch.setattr(Session, "_run", watch)
        yield found


def lite(raw: Raw) -> driver.Connection:
    assert isinstance(raw, RawLite)
    return driver.connect(f"{raw.path}@main")


@pytest.mark.timeout(3600)
def test_what_was_decided_is_what_is_committed(
    raw: Raw, repository: Repository, watched: set[tuple[Any, ...]], pytestconfig: pytest.Config
) -> None:
    long = pytestconfig.getoption("--long")
    tables = [
        Table(raw, "t", DOLT if raw.dolt else LITE, "k1 INT, k2 VARCHAR(5);PRIMARY KEY (k2, k1)"),
        Table(raw, "u", U, "id INTEGER PRIMARY KEY"),
    ]
    if raw.dolt:
        raw.run("CREATE TABLE k (x INT, y VARCHAR(5))")
    raw.run("CREATE TABLE other (id INTEGER PRIMARY KEY)", "CREATE TABLE staged (id INTEGER PRIMARY KEY)")
    raw.commit("tables")
    totals: Counter[str] = Counter()
    for number in range(300 if long else 5):
        _round(raw, repository, tables, random.Random(number), number, watched, totals)
    assert totals["conflicts"]
    assert totals["merged"]
    assert totals["ruled"] or not long


def _round(
    raw: Raw, repository: Repository, tables: list[Table], dice: random.Random, number: int,
    watched: set[tuple[Any, ...]], totals: Counter[str],
) -> None:  # fmt: skip
    def edit(at: str) -> str:
        statements = [sql for table in tables for sql in table.edits(dice, table.read("HEAD" if at == "main" else at))]
        if raw.dolt:
            for x, y in ((1, "a"), (1, "b"), (2, "a")):
                statements += [f"INSERT INTO k VALUES ({x}, '{y}')"] * dice.choice([0, 0, 1, 2])
                statements += [f"DELETE FROM k WHERE x = {x} AND y = '{y}' LIMIT 1"] * dice.choice([0, 1])
        raw.run(*statements, at=at)
        return str(raw.call("dolt_commit", "--allow-empty", "-am", at, at=at)[0])

    base = edit("main")
    branch = f"b{number}"
    raw.call("dolt_branch", branch)
    tip, head = edit(branch), edit("main")
    raw.run(f"INSERT INTO other VALUES ({number})", f"INSERT INTO staged VALUES ({number})")
    if raw.dolt and number % 3 == 0:  # both
        raw.call("dolt_add", "staged")
    before: Any = raw.state()
    kind = IncomingKind.SQUASH if number % 4 == 3 else IncomingKind.MERGE
    incoming = Incoming(kind, "main", branch, head, tip)
    plan, resolver = ResolutionPlan(incoming), repository.resolver
    found = resolver.foresee(incoming)
    assert raw.state() == before
    models = [Model(table, {side: table.read(ref) for side, ref in zip(SIDES, (base, head, tip), strict=True)})
              for table in tables]  # fmt: skip
    told = {count.table: count.rows for count in found.tables} if found else {}
    for model in models:
        assert told.pop(model.table.name, 0) == len(model.conflicts), number
        totals["conflicts"] += len(model.conflicts)
        if found and model.conflicts and "n" in model.table.columns and dice.random() < 0.7:
            plan = model.rule(repository, found, plan)
            totals["ruled"] += len(model.ruled)
        plan = model.decide(dice, plan, tip)
    rows = resolver.rows(found) if found else None
    plan, counts = (
        decide_counts(dice, found, rows, plan, [keyless(raw, ref) for ref in (base, head, tip)])
        if rows else (plan, None)
    )  # fmt: skip
    codes = [row["code"] for row in models[1].result.values() if row["code"] is not None]
    broken = len(codes) != len(set(codes))
    if (decided := list(plan.step(tip).table("t").rows)) and not plan.step(tip).table("t").whole:
        with pytest.raises(Undecided):
            resolver.apply(incoming, plans.forget(plan, tip, "t", [dice.choice(decided)]))
        assert raw.state() == before
        totals["undecided"] += 1
    watched.clear()
    if broken:
        with pytest.raises(ConstraintsBroken):
            resolver.apply(incoming, plan)
        assert raw.state() == before
        totals["broken"] += 1
        raw.call("dolt_reset", "--hard")
        return
    applied, step = repository.undo.perform("main", "merge", lambda: resolver.apply(incoming, plan))
    after: Any = raw.state()
    aside = any(staged for _, staged, _ in before[4]) and kind is IncomingKind.MERGE
    compared = slice(0, 3, 2) if aside else slice(3)  # what is staged is put aside for a moment
    assert {one[compared] for one in watched} <= {state[compared] for state in (before, after)}, "a third state"
    for model in models:
        table = model.table
        where = "STAGED" if kind is IncomingKind.SQUASH else "HEAD"
        assert table.read(where) == table.read("WORKING") == model.result, (number, model.conflicts, plan)
    if counts is not None and raw.dolt:
        assert keyless(raw, "WORKING") == counts, number
    assert applied.hash == raw.head()
    if kind is IncomingKind.MERGE:
        assert parents(raw) == [head, tip]
    assert {name for name, staged, _ in after[4] if not staged} == {n for n, staged, _ in before[4] if not staged}
    totals["merged"] += 1
    if step is not None:
        repository.undo.undo(repository.undo.next() or step)
        assert raw.state() == before
    raw.call("dolt_reset", "--hard")
