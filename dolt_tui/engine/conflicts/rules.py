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
from .json_keys import merge_objects
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
_Question: TypeAlias = tuple[Sequence[str], Callable[[Sequence[Any], int], "CellChoice | str"]]
"""What is selected, and the verdict that this gives for the column at a position."""


class _Ask(Frozen):
    """What a rule selects, and what it makes of that."""

    columns: tuple[ColumnInfo, ...]
    """Those whose cells it decides."""
    select: tuple[str, ...]
    """Expressions; they bind nothing."""
    verdict: Callable[[Sequence[Any], int], Verdict]
    """Of the values of these expressions, for the column at a position in ``columns``."""
    at: Mapping[str, int]
    """The positions of these columns."""


def try_rule(db: Connections, found: ConflictSet, plan: ResolutionPlan, rule: Rule) -> RuleTrial:
    """What a rule would decide of all that the plan leaves open in the tables that it is about. Nothing is written.

    A statement for 500 rows. Raises `EngineError` where no table has the rule's columns, `InvalidFilter` for an
    incomplete expression, and what the engine says to a wrong one.
    """
    return try_rules(db, found, plan, [rule])[0]


def try_rules(
    db: Connections, found: ConflictSet, plan: ResolutionPlan, rules: Sequence[Rule]
) -> tuple[RuleTrial, ...]:
    """`try_rule` for several rules, each by itself; each row is looked at once. Raises what one of them raises."""
    rows = ConflictRows(db, found)
    step = plan.step(found.commit)
    trials = [_Trial(rule) for rule in rules]
    tables = [_tables(rows, rule) for rule in rules]
    for table in rows.tables:
        here = [trial for trial, names in zip(trials, tables, strict=True) if table in names]
        if here:
            _Table(rows, table, step.table(table), here).decide()
    return tuple(trial.result for trial in trials)


class _Trial:
    """What came of a rule so far."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.decisions: dict[str, dict[RowKey, RowDecision]] = {}
        self.solved = 0
        self.of = 0
        self.left: Counter[str] = Counter()

    @property
    def result(self) -> RuleTrial:
        return RuleTrial(self.rule, self.decisions, self.solved, self.of, dict(self.left.most_common()))


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
    """Rules, tried on a table."""

    def __init__(self, rows: ConflictRows, table: str, plan: TablePlan, trials: Sequence[_Trial]) -> None:
        self._rows, self._table, self._plan, self._trials = rows, table, plan, trials
        for trial in trials:
            trial.decisions[table] = {}

    def decide(self) -> None:
        """Add what the rules decide, and what they leave, to the trials."""
        keys = [key for key in self._rows.keys(self._table) if not self._settled(key)]
        if self._rows.found.found[self._table].rows:
            for key in keys:
                self._whole(key, NO_KEY)
            return
        with self._rows.sides.joined(self._table) as joined:
            for some in batches(keys, _BATCH):
                self._some(some, joined(some))

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
        for trial in self._trials:
            trial.of += 1
            side = None if trial.rule.columns else _WHOLE.get(trial.rule.kind)
            if side is None:
                trial.left[reason] += 1
            else:
                trial.decisions[self._table][key] = RowDecision(side, by=trial.rule.title)
                trial.solved += 1

    def _some(self, keys: Sequence[RowKey], relation: Relation) -> None:
        columns = sql.common(relation)
        asks = [_ask(trial.rule, relation, _decided(trial.rule, columns)) for trial in self._trials]
        flags = sql.together(relation, [sql.open_flag(relation, column) for column in columns])
        base = f"CASE WHEN {sql.added(relation)} THEN 1 ELSE 0 END"
        key = [relation.column(Side.OURS, column) for column in relation.key]
        selected = [*key, flags, base, *(part for ask in asks for part in ask.select)]
        seen = set()
        for row in relation.session.rows(relation.select(", ".join(selected)), *relation.bound):
            here = tuple(hashable(value) for value in row[: len(key)])
            seen.add(here)
            before = self._plan.rows.get(here)
            open_ = [c.name for c, flag in zip(columns, str(row[len(key)]), strict=True) if flag == "1"]
            wanted = [name for name in open_ if before is None or name not in before.cells]
            if wanted:  # else nothing is open, or the plan has decided all of it
                at = len(key) + 2
                for trial, ask in zip(self._trials, asks, strict=True):
                    values = row[at : at + len(ask.select)]
                    at += len(ask.select)
                    self._row(trial, here, wanted, bool(row[len(key) + 1]), ask, values)
        for here in keys:
            if here not in seen:
                self._whole(here, DELETED)

    def _row(
        self, trial: _Trial, key: RowKey, wanted: Sequence[str], added: bool, ask: _Ask, values: Sequence[Any]
    ) -> None:
        trial.of += 1
        cells: dict[str, CellChoice] = {}
        reason = ""
        for name in wanted:
            if name not in ask.at:
                reason = reason or OTHERS
            elif added and trial.rule.kind not in _FOR_ADDED:
                reason = ADDED
            else:
                found = ask.verdict(values, ask.at[name])
                if isinstance(found, Edited | Side):
                    cells[name] = found
                else:
                    reason = found
        if cells:
            trial.decisions[self._table][key] = RowDecision(cells=cells, by=trial.rule.title)
        if reason:
            trial.left[reason] += 1
        else:
            trial.solved += 1


def _decided(rule: Rule, columns: Sequence[ColumnInfo]) -> list[ColumnInfo]:
    """The columns whose cells a rule decides, of those that both sides have."""
    named = {column.name: column for column in columns}
    names = rule.columns or tuple(column.name for column in columns if sql.suits(rule, column))
    return [named[name] for name in names if name in named]


_FOR_ADDED = frozenset({RuleKind.OURS, RuleKind.THEIRS, RuleKind.EXPRESSION})
"""Rows that both sides added are different things that happen to have one key: only these decide them."""
_REASONS = {sql.EQUAL: EQUAL, sql.NULL: NULL, sql.NO: BOTH}
_SIDES = {sql.OURS: Side.OURS, sql.THEIRS: Side.THEIRS}


def _ask(rule: Rule, relation: Relation, columns: Sequence[ColumnInfo]) -> _Ask:
    select, verdict = _question(rule, relation, columns)
    return _Ask(tuple(columns), tuple(select), verdict, {column.name: at for at, column in enumerate(columns)})


def _question(rule: Rule, relation: Relation, columns: Sequence[ColumnInfo]) -> _Question:
    if rule.kind in _WHOLE:
        side = _WHOLE[rule.kind]
        return [], lambda _, __: side
    if rule.kind is RuleKind.NEWER:
        return [sql.greater(relation, rule.by)], lambda row, _: _letter(row[0])
    if not columns:
        return [], lambda _, __: OTHERS
    match rule.kind:
        case RuleKind.GREATER | RuleKind.LESS:
            letters = [sql.greater(relation, c.name, less=rule.kind is RuleKind.LESS) for c in columns]
            return [sql.together(relation, letters)], lambda row, at: _letter(row[0][at])
        case RuleKind.NOT_NULL:
            letters = [sql.not_null(relation, column.name) for column in columns]
            return [sql.together(relation, letters)], lambda row, at: _letter(row[0][at])
        case RuleKind.UNION:
            return _union(relation, columns)
        case RuleKind.SUM:
            return _computed(relation, columns, [sql.total(relation, column) for column in columns], NO_NUMBER)
    value = relation.session.dialect.condition(rule.expression, "expression")
    return _computed(relation, columns, [value] * len(columns), NO_VALUE)


def _letter(letter: str) -> Verdict:
    return _SIDES.get(letter) or _REASONS[letter]


def _computed(relation: Relation, columns: Sequence[ColumnInfo], values: Sequence[str], nothing: str) -> _Question:
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

    return [*values, sql.together(relation, letters)], verdict


def _union(relation: Relation, columns: Sequence[ColumnInfo]) -> _Question:
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
        try:
            merged, _ = merge_objects(base, ours, theirs)
        except (ValueError, TypeError):  # on DoltLite a column may hold bytes, too
            return NO_OBJECT
        if merged is None:
            return KEYS
        if merged is ours or merged is theirs:
            return Side.OURS if merged is ours else Side.THEIRS
        return Edited(merged)

    return selected, verdict


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
