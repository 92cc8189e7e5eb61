"""Two branches whose definitions and rows are edited at random, and decided at random: what is committed is what was
decided, or the program has said before that it cannot be.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from dolt_tui.engine.conflicts import plans
from dolt_tui.engine.conflicts.deciding import open_columns
from dolt_tui.engine.conflicts.schema_words import about, beside
from dolt_tui.engine.errors import EngineError, Undecided
from dolt_tui.engine.model.conflicts import (
    Applied,
    ConflictSet,
    Incoming,
    IncomingKind,
    ResolutionPlan,
    SchemaConflict,
    Side,
)
from dolt_tui.engine.repository import Repository
from dolt_tui.engine.undo.steps import UndoStep

from .conftest import Raw
from .edited_definitions import BASE, KINDS, Branch, Key, Table, read, text
from .merged_definitions import SIDES, Chosen, Model


class BlockedError(Exception):
    """The program says beforehand that there is no way."""


class Round:
    """One merge, from the edits to the undo."""

    def __init__(self, raw: Raw, repository: Repository, number: int, base: str, totals: Counter[str]) -> None:
        self.raw, self.repository, self.number, self.base, self.totals = raw, repository, number, base, totals
        self.dice = random.Random(number)
        self.chosen: dict[str, dict[Key, Chosen]] = {}
        self.notes: list[tuple[SchemaConflict, str]] = []
        self.schema: dict[str, SchemaConflict] = {}
        self.plan: ResolutionPlan

    def run(self) -> None:
        raw, dice = self.raw, self.dice
        before = read(raw, self.base)
        branch = f"b{self.number}"
        raw.call("dolt_reset", "--hard", self.base)
        raw.call("dolt_branch", branch, self.base)
        shared = [(dice.choice("aab"), dice.choice(KINDS)) for _ in range(dice.choice([1, 2]))]
        edited = []
        for at in (branch, "main"):
            edits = Branch(raw, dice, before)
            also = [(dice.choice("ab"), dice.choice(KINDS))] if dice.random() < 0.4 else []
            raw.run(*edits.statements([*(one for one in shared if dice.random() < 0.85), *also]), at=at)
            raw.call("dolt_commit", "--allow-empty", "-A", "-m", at, at=at)
            edited.append(edits)
        head, tip = raw.head(), raw.head(branch)
        raw.run(f"INSERT INTO other VALUES ({self.number})")
        state = raw.state()
        incoming = Incoming(IncomingKind.MERGE, "main", branch, head, tip)
        self.plan = ResolutionPlan(incoming)
        try:
            done = self._decided(incoming)
        finally:
            self.repository.resolver.leave(incoming)
            assert {name for name in raw.branches() if not name.startswith("b")} == {"main"}, "a temporary branch"
        if done is None:
            assert raw.state() == state
            return
        merged, step = done
        assert merged.hash == raw.head()
        self._check(before, dict(zip((Side.THEIRS, Side.OURS), edited, strict=True)), (head, tip))
        marks = [raw.scalar("SELECT dolt_merge_base(?, ?)", merged.hash, one) for one in (head, tip)]
        assert marks == [head, tip], "a parent that is not reachable"
        assert {(name, staged) for name, staged, _ in raw.status()} == {("other", False)}
        assert raw.rows("SELECT id FROM other") == [(self.number,)]
        self.totals["merged"] += 1
        assert step
        self.repository.undo.undo(step)
        assert raw.state() == state

    def _decided(self, incoming: Incoming) -> tuple[Applied, UndoStep | None] | None:
        """Decide until nothing is left, and apply that; None where there is no way, which the program has to say."""
        resolver = self.repository.resolver
        try:
            found = resolver.foresee(incoming)
            for _ in range(6):
                if found is not None:
                    if self._definitions(found):
                        found = resolver.foresee(incoming, self.plan)
                        continue
                    self._rows(found)
                try:
                    made, step = self.repository.undo.perform("main", "merge", self._apply)
                except Undecided as error:
                    self.totals["undecided"] += 1
                    found = error.found
                    continue
                self._tell(made.notes)
                return made, step
        except BlockedError as error:
            self.totals[f"blocked: {error}"] += 1
            return None
        except EngineError as error:
            words = next((words for words in KNOWN if words in f"{error} {error.detail}"), None)
            if words is None:
                raise
            self.totals[f"blocked: {words}"] += 1
            return None
        raise AssertionError("there is always something left")

    def _apply(self) -> Applied:
        return self.repository.resolver.apply(self.plan.incoming, self.plan)

    def _definitions(self, found: ConflictSet) -> bool:
        """Decide the definitions that are not decided yet; whether there were any."""
        commit, before = found.commit, self.plan
        for conflict in found.schema:
            self.schema[conflict.table] = conflict
            decided = self.plan.step(commit).schema
            if conflict.table in decided:
                continue
            ways = [way for way, why in conflict.ways if not (why or beside(conflict, way, found.schema, decided))]
            if not ways:
                raise BlockedError(conflict.ways[0][1])
            way = self.dice.choice(ways)
            self.plan = plans.decide_schema(self.plan, commit, conflict.table, way)
            self.totals[f"{way.way} {way.side}"] += 1
        self._tell(found.notes)
        return self.plan != before

    def _tell(self, notes: Iterable[str]) -> None:
        self.notes += [(one, note) for note in notes for one in self.schema.values() if about(one, note)]

    def _rows(self, found: ConflictSet) -> None:
        commit, rows, dice = found.commit, self.repository.resolver.rows(found), self.dice
        self.chosen = {}
        for table in rows.tables:
            self.plan = plans.forget(self.plan, commit, table)
            kinds = {column.name: column.type.lower() for column in rows.columns(table)}
            for key in rows.keys(table):
                chosen = Chosen(rows.row(table, key))
                self.chosen.setdefault(table, {})[tuple(map(str, key))] = chosen
                self.totals["rows"] += 1
                if dice.random() < 0.1:
                    chosen.delete = True
                    self.plan = plans.delete(self.plan, commit, table, [key])
                    continue
                if dice.random() < 0.4 or not (chosen.row.ours and chosen.row.theirs):
                    chosen.whole = dice.choice(SIDES)
                    self.plan = plans.take_row(self.plan, commit, table, key, chosen.whole)
                    continue
                for column in open_columns(chosen.row):
                    side = dice.choice([*SIDES, None])
                    if side is None:
                        value: Any = 77 if "int" in kinds[column] else "zz"
                        chosen.cells[column] = text(value) or ""
                        self.plan = plans.edit(self.plan, commit, table, key, column, value)
                    elif (there := chosen.row.side(side)) and column in there:
                        chosen.cells[column] = side
                        self.plan = plans.take(self.plan, commit, table, key, side, [column])
                    else:
                        chosen.cells[column] = Side.OURS
                        self.plan = plans.take(self.plan, commit, table, key, Side.OURS, [column])

    def _check(self, before: Mapping[str, Table], edited: Mapping[Side, Branch], ends: tuple[str, str]) -> None:
        made = read(self.raw, self.raw.head())
        there = {side: read(self.raw, end) for side, end in zip(SIDES[1:], ends, strict=True)}
        schema = dict(self.plan.step(self.plan.incoming.tip).schema)
        expected = {"other"}
        for called in (*BASE, "added"):
            sides: dict[Side, Table | None] = {Side.BASE: before.get(called)}
            for side in SIDES[1:]:
                known = edited[side].tables.get(called)
                sides[side] = replace(there[side][known.name], was=known.was) if known else None
            told = {table.name for side, table in sides.items() if table and side is not Side.BASE}
            if (new := next(iter(told), "")) in schema and len(told) == 1 and new != called:
                sides[Side.BASE] = None  # for the engines both sides have added it
            else:
                new = called
            notes = [note for conflict, note in self.notes if conflict.table == new]
            model = Model(new, sides, schema.pop(new, None), notes, dolt=self.raw.dolt)
            if (whole := model.whole()) is not None:
                for one in whole.keys() & schema.keys():  # one of two names for one table
                    if sides[schema.pop(one).side] is not whole[one]:
                        del whole[one]
                if not self.raw.dolt and len(whole) == 2:  # their indexes have one name, which is unique in a database
                    whole = {name: replace(table, indexes=made[name].indexes) for name, table in whole.items()}
                expected |= whole.keys()
                assert whole.keys() <= made.keys()
                assert all(table.is_like(made[name]) for name, table in whole.items()), (whole, made)
                continue
            if (name := model.name()) is None:
                continue
            expected.add(name)
            assert name in made, f"lost: table {name}"
            model.check(made[name], self.chosen.get(name, {}))
        assert made.keys() == expected
        assert not schema


KNOWN = (
    "conflicts even though both sides define it alike",
    "belongs to another table of that side",
    "values cannot be taken over",
    "cover the same columns of table",
    "ambiguous ancestry",
    "cannot merge a table deletion with schema modification",
    "panic computing prolly tree patches",
)
"""What the program says where there is no way, and docs/conflicts.md with it."""


ROUNDS = {True: (2, 13, 16, 50), False: (13, 36, 58, 68, 112)}
"""Those that run always: on Dolt, on DoltLite."""


def prepared(raw: Raw) -> str:
    """Make the tables that all rounds begin with; the commit."""
    for name, (columns, _) in BASE.items():
        raw.run(f"CREATE TABLE {name} ({columns})", f"CREATE INDEX by_{name} ON {name} (z)")
    for number, values in enumerate(("1, 'p', 1", "2, 'q', 2", "NULL, 'r', 3", "3, NULL, 1"), 1):
        raw.run(
            f"INSERT INTO a VALUES ({number}, {values})",
            f"INSERT INTO plain VALUES ({number}, {values})",
            f"INSERT INTO b VALUES (1, {number}, {values})",
        )
    raw.run("CREATE TABLE other (id INTEGER PRIMARY KEY)")
    return raw.commit("base")


@pytest.mark.timeout(3600)
def test_definitions_and_rows_are_what_was_decided(
    raw: Raw, repository: Repository, pytestconfig: pytest.Config
) -> None:
    base, totals = prepared(raw), Counter[str]()
    numbers = range(100) if pytestconfig.getoption("--long") else ROUNDS[raw.dolt]
    for number in numbers:
        Round(raw, repository, number, base, totals).run()
    blocked = sum(count for what, count in totals.items() if what.startswith("blocked"))
    assert totals["merged"] > (10 if raw.dolt else 2) * blocked, totals
    assert min(totals["align ours"], totals["align theirs"], totals["rows"]), totals
