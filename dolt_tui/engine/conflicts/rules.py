"""What a rule decides of the rows that are still open, and which rules are worth trying."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from ...frozen import Frozen
from ..core.connections import Connections
from ..core.literals import text_of
from ..editing.cell_values import parse
from ..editing.reading import batches
from ..errors import EngineError, InvalidValue
from ..model import ColumnInfo, RowKey, Value
from ..model.conflicts import (
    CellChoice,
    ConflictSet,
    Edited,
    ResolutionPlan,
    RowDecision,
    Rule,
    RuleKind,
    RuleTrial,
    Side,
    TablePlan,
)
from ..model.editing import hashable
from . import rule_sql as sql
from .json_keys import is_object, merge_objects, same_json
from .relation import Relation
from .rows import ConflictRows

DELETED = "deleted against changed"
ADDED = "added on both sides"
EQUAL = "equal"
NULL = "NULL"
BOTH = "neither side is NULL"
KEYS = "both changed the same JSON key"
NO_OBJECT = "no JSON object"
NO_NUMBER = "no number"
NO_VALUE = "the expression gives NULL"
UNFIT = "the result does not fit the column"
OTHERS = "other columns"
NO_KEY = "no primary key"
_BATCH = 500
"""Rows for each statement."""

_WHOLE = {RuleKind.OURS: Side.OURS, RuleKind.THEIRS: Side.THEIRS}
Verdict: TypeAlias = "CellChoice | str"
"""What a cell becomes, or why it is left."""


class _Ask(Frozen):
    """What a rule selects, and what it makes of that."""

    select: tuple[str, ...]
    """Expressions; they bind nothing."""
    verdict: Callable[[Sequence[Any], int], Verdict]
    """Of the values of these expressions, for the column at a position of those that the rule decides."""


def try_rule(db: Connections, found: ConflictSet, plan: ResolutionPlan, rule: Rule) -> RuleTrial:
    """What a rule would decide of all that the plan leaves open in the tables that it is about. Nothing is written.

    Some statements for each table, and one for 500 rows. Raises `EngineError` where no table has the rule's columns,
    `InvalidFilter` for an incomplete expression, and what the engine says to a wrong one.
    """
    rows = ConflictRows(db, found)
    tables = _tables(rows, rule)
    step = plan.step(found.commit)
    decisions: dict[str, Mapping[RowKey, RowDecision]] = {}
    solved = of = 0
    left: Counter[str] = Counter()
    for table in tables:
        trial = _Table(rows, table, step.table(table), rule)
        decisions[table] = trial.decide()
        solved, of = solved + trial.solved, of + trial.of
        left += trial.left
    return RuleTrial(rule, decisions, solved, of, dict(left.most_common()))


def _tables(rows: ConflictRows, rule: Rule) -> tuple[str, ...]:
    """The tables that a rule is about."""
    wanted = {*rule.columns, *([rule.by] if rule.kind is RuleKind.NEWER else [])}
    if rule.kind is RuleKind.NEWER and not rule.by:
        raise EngineError("A rule that takes the newer side needs the column that tells the time.")
    if rule.kind is RuleKind.EXPRESSION and not rule.columns:
        raise EngineError("A rule with an expression needs the columns that it is for.")
    if rule.table and rule.table not in rows.tables:
        raise EngineError(f"No row of {rule.table} conflicts.")
    tables = [rule.table] if rule.table else list(rows.tables)
    having = [name for name in tables if wanted <= {column.name for column in rows.columns(name)}]
    if not having:
        where = rule.table or "No table with conflicts"
        missing = ", ".join(sorted(wanted))
        raise EngineError(f"{where} has {'no column' if rule.table else 'the columns'} {missing}.")
    return tuple(having)


class _Table:
    """A rule, tried on a table."""

    def __init__(self, rows: ConflictRows, table: str, plan: TablePlan, rule: Rule) -> None:
        self._rows, self._table, self._plan, self._rule = rows, table, plan, rule
        self._decisions: dict[RowKey, RowDecision] = {}
        self.solved = 0
        self.of = 0
        self.left: Counter[str] = Counter()

    def decide(self) -> Mapping[RowKey, RowDecision]:
        """What it decides, by row; counts are true afterwards."""
        keys = [key for key in self._rows.keys(self._table) if not self._settled(key)]
        if self._rows.found.found[self._table].rows:
            for key in keys:
                self._whole(key, NO_KEY)
            return self._decisions
        with self._rows.sides.joined(self._table) as joined:
            for some in batches(keys, _BATCH):
                self._some(some, joined(some))
        return self._decisions

    def _settled(self, key: RowKey) -> bool:
        """Whether the plan decides a row completely, as far as that can be told without looking at it."""
        decision = self._plan.rows.get(key)
        if decision is None:
            return self._plan.whole is not None
        return decision.row is not None or decision.delete or decision.count is not None

    def _whole(self, key: RowKey, reason: str) -> None:
        """A row that can only be taken or left as it is."""
        decision = self._plan.rows.get(key)
        if decision is not None and decision.cells:
            return  # decided by setting a cell of it
        self.of += 1
        side = None if self._rule.columns else _WHOLE.get(self._rule.kind)
        if side is None:
            self.left[reason] += 1
        else:
            self._decisions[key] = RowDecision(side, by=self._rule.title)
            self.solved += 1

    def _some(self, keys: Sequence[RowKey], relation: Relation) -> None:
        columns = sql.common(relation)
        named = {column.name: column for column in columns}
        names = self._rule.columns or tuple(c.name for c in columns if sql.suits(self._rule, c))
        decided = [named[name] for name in names if name in named]
        ask = _ask(self._rule, relation, decided)
        flags = sql.together(relation, [sql.open_flag(relation, column) for column in columns])
        base = f"CASE WHEN {sql.added(relation)} THEN 1 ELSE 0 END"
        key = [relation.column(Side.OURS, column) for column in relation.key]
        statement = relation.select(", ".join([*key, flags, base, *ask.select]))
        seen = set()
        for row in relation.session.rows(statement, *relation.bound):
            here = tuple(hashable(value) for value in row[: len(key)])
            seen.add(here)
            flags_, added, *values = row[len(key) :]
            open_ = [c.name for c, flag in zip(columns, str(flags_), strict=True) if flag == "1"]
            self._row(here, open_, bool(added), decided, ask, values)
        for here in keys:
            if here not in seen:
                self._whole(here, DELETED)

    def _row(
        self,
        key: RowKey,
        open_: Sequence[str],
        added: bool,
        decided: Sequence[ColumnInfo],
        ask: _Ask,
        values: Sequence[Any],
    ) -> None:
        before = self._plan.rows.get(key)
        wanted = [name for name in open_ if before is None or name not in before.cells]
        if not wanted:
            return  # nothing is open, or the plan has decided all of it
        self.of += 1
        cells: dict[str, CellChoice] = {}
        reason = ""
        at = {column.name: place for place, column in enumerate(decided)}
        for name in wanted:
            if name not in at:
                reason = reason or OTHERS
            elif added and self._rule.kind not in _FOR_ADDED:
                reason = ADDED
            else:
                found = ask.verdict(values, at[name])
                if isinstance(found, Edited | Side):
                    cells[name] = found
                else:
                    reason = found
        if cells:
            self._decisions[key] = RowDecision(cells=cells, by=self._rule.title)
        if reason:
            self.left[reason] += 1
        else:
            self.solved += 1


_FOR_ADDED = frozenset({RuleKind.OURS, RuleKind.THEIRS, RuleKind.EXPRESSION})
"""Rows that both sides added are different things that happen to have one key: only these decide them."""
_REASONS = {sql.EQUAL: EQUAL, sql.NULL: NULL, sql.NO: BOTH}
_SIDES = {sql.OURS: Side.OURS, sql.THEIRS: Side.THEIRS}


def _ask(rule: Rule, relation: Relation, columns: Sequence[ColumnInfo]) -> _Ask:
    if rule.kind in _WHOLE:
        side = _WHOLE[rule.kind]
        return _Ask((), lambda _, __: side)
    if rule.kind is RuleKind.NEWER:
        return _Ask((sql.greater(relation, rule.by),), lambda row, _: _letter(row[0]))
    if not columns:
        return _Ask((), lambda _, __: OTHERS)
    match rule.kind:
        case RuleKind.GREATER | RuleKind.LESS:
            letters = [sql.greater(relation, c.name, less=rule.kind is RuleKind.LESS) for c in columns]
            return _Ask((sql.together(relation, letters),), lambda row, at: _letter(row[0][at]))
        case RuleKind.NOT_NULL:
            letters = [sql.not_null(relation, column.name) for column in columns]
            return _Ask((sql.together(relation, letters),), lambda row, at: _letter(row[0][at]))
        case RuleKind.UNION:
            return _union(relation, columns)
        case RuleKind.SUM:
            return _computed(relation, columns, [sql.total(relation, column) for column in columns], NO_NUMBER)
    value = relation.session.dialect.condition(rule.expression, "expression")
    return _computed(relation, columns, [value] * len(columns), NO_VALUE)


def _letter(letter: str) -> Verdict:
    return _SIDES.get(letter) or _REASONS[letter]


def _computed(relation: Relation, columns: Sequence[ColumnInfo], values: Sequence[str], nothing: str) -> _Ask:
    """Values of expressions, one for each column; where a side has the same value, it is that side's."""
    letters = [sql.as_side(relation, value, column) for value, column in zip(values, columns, strict=True)]
    style = relation.session.dialect.traits.sql

    def verdict(row: Sequence[Any], at: int) -> Verdict:
        value, letter = row[at], row[-1][at]
        if value is None:
            return nothing
        if letter in _SIDES:
            return _SIDES[letter]
        if isinstance(value, bytes):
            return Edited(value)
        try:
            fitting: Value = parse(text_of(value), columns[at], style)
        except InvalidValue:
            return UNFIT
        return Edited(fitting)

    return _Ask((*values, sql.together(relation, letters)), verdict)


def _union(relation: Relation, columns: Sequence[ColumnInfo]) -> _Ask:
    based = relation.of(Side.BASE)
    sides = (Side.OURS, Side.THEIRS, Side.BASE)
    selected = [
        relation.column(side, column) if side is not Side.BASE or column in based else "NULL"
        for column in columns
        for side in sides
    ]

    def verdict(row: Sequence[Any], at: int) -> Verdict:
        ours, theirs, base = row[3 * at : 3 * at + 3]
        if ours is None or theirs is None:
            return NULL
        if not (is_object(ours) and is_object(theirs)):
            return NO_OBJECT
        merged, _ = merge_objects(base, ours, theirs)
        if merged is None:
            return KEYS
        for side, text in ((Side.OURS, ours), (Side.THEIRS, theirs)):
            if same_json(merged, text):
                return side
        return Edited(merged)

    return _Ask(tuple(selected), verdict)


def suggest(db: Connections, found: ConflictSet, plan: ResolutionPlan) -> tuple[Rule, ...]:
    """Rules that are worth trying, by how the tables are defined: for each table of which something may be left.

    Nothing is asked.
    """
    rows, step = ConflictRows(db, found), plan.step(found.commit)
    return tuple(rule for table in rows.tables if step.table(table).whole is None for rule in _of(rows, table))


_TIMES = ("updated", "modified", "changed", "edited", "saved", "last", "touched", "timestamp", "version", "revision")


def _of(rows: ConflictRows, table: str) -> Iterator[Rule]:
    columns = [column for column in rows.columns(table) if not column.generated and not column.primary_key]
    times = [c for c in columns if any(word in c.name.lower() for word in _TIMES) and sql.is_ordered(c)]
    for column in times[:2]:
        yield Rule(RuleKind.NEWER, table, by=column.name)
    others = [column for column in columns if column not in times]
    if any(map(sql.is_json, others)):
        yield Rule(RuleKind.UNION, table)
    if any(column.nullable for column in others):
        yield Rule(RuleKind.NOT_NULL, table)
    for column in [column for column in others if sql.is_number(column)][:3]:
        yield Rule(RuleKind.SUM, table, (column.name,))
        yield Rule(RuleKind.GREATER, table, (column.name,))
    yield Rule(RuleKind.THEIRS, table)
    yield Rule(RuleKind.OURS, table)
