"""What a rule decides of the rows that are still open, and which rules are worth trying."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ..errors import EngineError
from ..model import RowKey
from ..model.conflicts import (
    ResolutionPlan,
    RowDecision,
    Rule,
    RuleKind,
    RuleTrial,
    TablePlan,
)
from . import rule_sql as sql
from .rows import ConflictRows
from .verdicts import DELETED, NO_KEY, WHOLE, OfRows, Verdicts, judged


def try_rules(verdicts: Verdicts, plan: ResolutionPlan, rules: Sequence[Rule]) -> tuple[RuleTrial, ...]:
    """What rules would decide, each by itself, of all that the plan leaves open in the tables that they are about.

    Nothing is written. Rows are looked at by the first trial of a rule only. Raises `EngineError` where no table has a
    rule's columns, `InvalidFilter` for an incomplete expression, and what the engine says to a wrong one.
    """
    rows = verdicts.rows
    step = plan.step(rows.found.commit)
    trials = [_Trial(rule) for rule in rules]
    tables = [_tables(rows, rule) for rule in rules]
    for table in rows.tables:
        here = [trial for trial, names in zip(trials, tables, strict=True) if table in names]
        if here:
            _try(verdicts, table, step.table(table), here)
    return tuple(trial.result for trial in trials)


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
        missing = f"{'column' if len(wanted) == 1 else 'columns'} {', '.join(sorted(wanted))}"
        who = f"{rule.table} lacks" if rule.table else "No table with conflicts has"
        raise EngineError(f"{who} the {missing}.")
    return tuple(having)


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

    def whole(self, table: str, key: RowKey, reason: str) -> None:
        """A row that can only be taken or left as it is."""
        self.of += 1
        side = None if self.rule.columns else WHOLE.get(self.rule.kind)
        if side is None:
            self.left[reason] += 1
        else:
            self.decisions[table][key] = RowDecision(side, by=self.rule.title)
            self.solved += 1

    def add(self, table: str, key: RowKey, decision: RowDecision | None, reason: str) -> None:
        """A row of which some cells are open."""
        self.of += 1
        if decision is not None:
            self.decisions[table][key] = decision
        if reason:
            self.left[reason] += 1
        else:
            self.solved += 1


def _try(verdicts: Verdicts, table: str, plan: TablePlan, trials: Sequence[_Trial]) -> None:
    """Add what rules decide in a table, and what they leave."""
    for trial in trials:
        trial.decisions[table] = {}
    keys = [key for key in verdicts.rows.keys(table) if not _settled(plan, key)]
    keyless = bool(verdicts.rows.found.found[table].rows)
    said: list[OfRows] = []
    if not keyless and keys:
        open_, said = verdicts.of(table, [trial.rule for trial in trials])
    for key in keys:
        before = plan.rows.get(key)
        names = None if keyless else open_.get(key)
        if names is None:
            if before is None or not before.cells:  # else it was decided by setting a cell of it
                for trial in trials:
                    trial.whole(table, key, NO_KEY if keyless else DELETED)
            continue
        wanted = [at for at, name in enumerate(names) if before is None or name not in before.cells]
        if not wanted:
            continue  # nothing is open, or the plan has decided all of it
        for trial, of_rows in zip(trials, said, strict=True):
            row = of_rows[key]
            if len(wanted) == len(names):
                trial.add(table, key, row.decision, row.reason)
            else:
                some = [names[at] for at in wanted], [row.verdicts[at] for at in wanted]
                trial.add(table, key, *judged(trial.rule.title, *some))


def _settled(plan: TablePlan, key: RowKey) -> bool:
    """Whether the plan decides a row completely, as far as that can be told without looking at it."""
    decision = plan.rows.get(key)
    if decision is None:
        return plan.whole is not None
    return decision.row is not None or decision.delete or decision.count is not None


def suggest(rows: ConflictRows, plan: ResolutionPlan) -> tuple[Rule, ...]:
    """Rules that are worth trying, by how the tables are defined: for each table of which something may be left.

    Nothing is asked.
    """
    step = plan.step(rows.found.commit)
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
