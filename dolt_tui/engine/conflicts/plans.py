"""What is done to a resolution plan on the way to a decided one. Pure: each operation returns another plan.

All of them take the commit that conflicts by its original hash (of a merge its tip), and the table; rows are known by
their keys. The cost of each is that of copying what is decided about the table, whatever number of rows it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from ..model import RowKey, RowValues, Value
from ..model.conflicts import (
    CellChoice,
    ConflictRow,
    Edited,
    ResolutionPlan,
    RowDecision,
    RuleTrial,
    SchemaDecision,
    Side,
    StepPlan,
    TablePlan,
)
from .deciding import decision_of, open_columns, outcome

Decisions = Mapping[RowKey, RowDecision]


def take(
    plan: ResolutionPlan, commit: str, table: str, key: RowKey, side: Side, columns: Iterable[str] | None = None
) -> ResolutionPlan:
    """Some cells of a row as a side has them; None: the row as a whole."""
    if columns is None:
        return take_rows(plan, commit, table, [key], side)
    return take_cells(plan, commit, table, [(key, name) for name in columns], side)


def take_row(plan: ResolutionPlan, commit: str, table: str, key: RowKey, side: Side) -> ResolutionPlan:
    """A row as a side has it, whatever was decided about it; where the side has no such row, it is deleted."""
    return take_rows(plan, commit, table, [key], side)


def take_rows(plan: ResolutionPlan, commit: str, table: str, keys: Iterable[RowKey], side: Side) -> ResolutionPlan:
    """`take_row` for several rows."""
    return decide(plan, commit, table, dict.fromkeys(keys, RowDecision(side)))


def take_cells(
    plan: ResolutionPlan, commit: str, table: str, cells: Iterable[tuple[RowKey, str]], side: Side
) -> ResolutionPlan:
    """Cells, by the keys of their rows and the names of their columns, as a side has them."""
    return set_cells(plan, commit, table, ((key, name, side) for key, name in cells))


def take_table(plan: ResolutionPlan, commit: str, table: str, side: Side) -> ResolutionPlan:
    """All rows that conflict as a side has them; what was decided about single rows is forgotten."""
    return _with(plan, commit, table, lambda found: replace(found, whole=side, rows={}))


def edit(plan: ResolutionPlan, commit: str, table: str, key: RowKey, column: str, value: Value) -> ResolutionPlan:
    """A cell with a value of its own."""
    return set_cells(plan, commit, table, [(key, column, Edited(value))])


def delete(plan: ResolutionPlan, commit: str, table: str, keys: Iterable[RowKey]) -> ResolutionPlan:
    """Rows deleted, whatever the sides did to them."""
    return decide(plan, commit, table, dict.fromkeys(keys, RowDecision(delete=True)))


def count(plan: ResolutionPlan, commit: str, table: str, key: RowKey, number: int) -> ResolutionPlan:
    """How often a row is to be there that the sides have in different numbers."""
    return decide(plan, commit, table, {key: RowDecision(count=number)})


def set_cells(
    plan: ResolutionPlan, commit: str, table: str, cells: Iterable[tuple[RowKey, str, CellChoice]]
) -> ResolutionPlan:
    """Decide cells by hand; what else is decided about their rows stays."""

    def work(found: TablePlan) -> TablePlan:
        rows = dict(found.rows)
        for key, name, choice in cells:
            before = rows.get(key) or RowDecision(found.whole)
            rows[key] = RowDecision(before.row, {**before.cells, name: choice})
        return replace(found, rows=rows)

    return _with(plan, commit, table, work)


def decide(plan: ResolutionPlan, commit: str, table: str, decisions: Decisions) -> ResolutionPlan:
    """Put these decisions in the place of what was decided about their rows."""
    return _with(plan, commit, table, lambda found: replace(found, rows={**found.rows, **decisions}))


def mend(plan: ResolutionPlan, commit: str, table: str, key: RowKey, values: RowValues | None) -> ResolutionPlan:
    """Set a row to values after all that was decided, so that a constraint holds; None deletes it."""
    return _with(plan, commit, table, lambda found: replace(found, mends={**found.mends, key: values}))


def decide_schema(plan: ResolutionPlan, commit: str, table: str, decision: SchemaDecision | None) -> ResolutionPlan:
    """Whose definition a table gets; None forgets it."""
    step = plan.step(commit)
    schema = {name: kept for name, kept in step.schema.items() if name != table}
    if decision is not None:
        schema[table] = decision
    return plan.with_step(commit, replace(step, schema=schema))


def forget(
    plan: ResolutionPlan, commit: str, table: str, keys: Iterable[RowKey] | None = None, column: str = ""
) -> ResolutionPlan:
    """Forget what is decided about rows, or about a column of them; without ``keys`` about the whole table.

    Of a row that was taken as a whole a column cannot be forgotten by itself, but for what was decided after that.
    """
    if keys is None:
        return _with(plan, commit, table, lambda _: TablePlan())
    gone = set(keys)

    def work(found: TablePlan) -> TablePlan:
        rows = dict(found.rows)
        for key in gone:
            before = rows.pop(key, None)
            if column and before is not None and column in before.cells:
                cells = {name: choice for name, choice in before.cells.items() if name != column}
                if cells or before.row is not None:
                    rows[key] = replace(before, cells=cells)
                    continue
            if column and before is not None and before.cells and before.row is None:
                rows[key] = before  # the column was not decided
            elif found.whole is not None:
                rows[key] = RowDecision()  # decided otherwise than the rest of its table: not at all
        mends = found.mends if column else {key: found.mends[key] for key in found.mends if key not in gone}
        return TablePlan(found.whole, rows, mends)

    return _with(plan, commit, table, work)


def with_trial(plan: ResolutionPlan, commit: str, trial: RuleTrial) -> ResolutionPlan:
    """With what a rule decides. What was decided already stays: cells of a row beside those that the rule decides."""
    for table, decisions in trial.decisions.items():
        rows = plan.step(commit).table(table).rows
        found = {}
        for key, decision in decisions.items():
            before = rows.get(key)
            if before is None:
                found[key] = decision
            elif before.row is None and before.count is None and not before.delete:
                found[key] = replace(decision, cells={**decision.cells, **before.cells})
        plan = decide(plan, commit, table, found)
    return plan


def _with(plan: ResolutionPlan, commit: str, table: str, work: Callable[[TablePlan], TablePlan]) -> ResolutionPlan:
    step = plan.step(commit)
    changed = work(step.table(table))
    return plan.with_step(commit, step.with_table(table, changed))


# what is left


def is_decided(plan: TablePlan, row: ConflictRow) -> bool:
    """Whether nothing of a row is open any more."""
    return outcome(row, decision_of(plan, row)).decided


class Left:
    """How many rows of each table are still to be decided, as the plan changes.

    Of each plan only the rows are looked at that are decided otherwise than in the one before.
    """

    def __init__(self, numbers: Mapping[str, int], row: Callable[[str, RowKey], ConflictRow]) -> None:
        """``numbers``: how many rows conflict, by table; ``row`` finds one, and is asked for decided rows only."""
        self._numbers, self._row = dict(numbers), row
        self._seen: dict[str, TablePlan] = {}
        self._open: dict[str, set[RowKey]] = {}
        """Rows that are decided in part."""
        self._settled: dict[str, set[RowKey]] = {}
        """Rows that are known to need no decision."""

    def know(self, table: str, rows: Iterable[ConflictRow]) -> None:
        """These rows were read: those of which nothing has to be decided are counted as decided from now on."""
        self._settled.setdefault(table, set()).update(row.key for row in rows if not open_columns(row))

    def of(self, step: StepPlan) -> dict[str, int]:
        """How many rows are open, by table."""
        return {table: self._table(table, step.table(table)) for table in self._numbers}

    def _table(self, table: str, plan: TablePlan) -> int:
        before, open_ = self._seen.get(table, TablePlan()), self._open.setdefault(table, set())
        # In the order in which they were decided: rows are read in blocks of their order.
        keys = dict.fromkeys([*plan.rows, *before.rows]) if plan.rows is not before.rows else {}
        for key in keys:
            if key not in plan.rows:
                open_.discard(key)
            elif plan.rows[key] is not before.rows.get(key):
                (open_.discard if is_decided(plan, self._row(table, key)) else open_.add)(key)
        self._seen[table] = plan
        if plan.whole is not None:
            return len(open_)
        known = len(plan.rows.keys() | self._settled.get(table, set()))
        return max(0, self._numbers[table] - known) + len(open_)
