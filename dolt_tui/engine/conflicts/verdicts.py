"""What rules say about the cells that are open in rows, whatever is decided about them: found once for each rule.

The engine compares and computes, by a statement for 1,000 rows that several rules share.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from ...frozen import Frozen
from ..core.connections import Connections
from ..core.literals import text_of
from ..core.lru import Lru
from ..editing.cell_values import parse
from ..editing.reading import batches
from ..errors import InvalidValue
from ..model import ColumnInfo, RowKey, Value
from ..model.conflicts import CellChoice, ConflictSet, Edited, RowDecision, Rule, RuleKind, Side
from ..model.editing import hashable
from . import rule_sql as sql
from .json_keys import merge_objects
from .relation import Relation
from .rows import ConflictRows

# Each completes a sentence behind a number: "leaves 3 with NULL".
DELETED = "deleted against changed"
ADDED = "added on both sides"
EQUAL = "equal"
NULL = "with NULL"
BOTH = "with values on both sides"
KEYS = "with a JSON key that both changed"
NO_OBJECT = "without a JSON object"
NO_NUMBER = "without a number"
NO_VALUE = "where the expression is NULL"
UNFIT = "whose result does not fit the column"
OTHERS = "with other open columns"
NO_KEY = "without a primary key"
_BATCH = 1000
"""Rows for each statement."""

WHOLE = {RuleKind.OURS: Side.OURS, RuleKind.THEIRS: Side.THEIRS}
_KEPT = 40
"""Rules whose verdicts are kept, of a table."""
_MOST = 50_000
"""Of larger tables none are kept."""


class OfRow(Frozen):
    """What a rule says about a row of which cells are open."""

    verdicts: tuple[Verdict, ...]
    """For each of these cells."""
    decision: RowDecision | None
    """What it decides where the plan has decided none of them; None: nothing."""
    reason: str
    """Why it leaves something of it; empty where it decides all."""


OfRows: TypeAlias = Mapping[RowKey, OfRow]
Verdict: TypeAlias = "CellChoice | str"
"""What a cell becomes, or why it is left."""
_Question: TypeAlias = tuple[Sequence[str], Callable[[Sequence[Any], int], "CellChoice | str"]]
"""What is selected, and the verdict that this gives for the column at a position."""


class Verdicts:
    """About the rows of a `ConflictSet`; from any thread."""

    def __init__(self, db: Connections, found: ConflictSet) -> None:
        self.rows = ConflictRows(db, found)
        self._open: dict[str, Mapping[RowKey, tuple[str, ...]]] = {}
        self._kept: dict[str, Lru[Rule, OfRows]] = {}
        self._lock = threading.Lock()

    def of(self, table: str, rules: Sequence[Rule]) -> tuple[Mapping[RowKey, tuple[str, ...]], list[OfRows]]:
        """The open cells of each row that both sides have, and what each rule says about them.

        Rows that are missing were deleted on one side. Raises what the engine says to a wrong expression.
        """
        with self._lock:
            kept = self._kept.setdefault(table, Lru(_KEPT))
            known = {rule: found for rule in rules if (found := kept.get(rule)) is not None}
            open_ = self._open.get(table)
        missing = [rule for rule in dict.fromkeys(rules) if rule not in known]
        if missing or open_ is None:
            open_, read = self._read(table, missing)
            known |= read
            if len(self.rows.keys(table)) <= _MOST:
                with self._lock:
                    self._open[table] = open_
                    for rule, found in read.items():
                        kept.put(rule, found)
        return open_, [known[rule] for rule in rules]

    def _read(
        self, table: str, rules: Sequence[Rule]
    ) -> tuple[Mapping[RowKey, tuple[str, ...]], Mapping[Rule, OfRows]]:
        open_: dict[RowKey, tuple[str, ...]] = {}
        found: dict[Rule, dict[RowKey, OfRow]] = {rule: {} for rule in rules}
        alike: dict[tuple[object, ...], OfRow] = {}
        tables = self.rows.sides.tables(table)
        if not (tables[Side.OURS].columns and tables[Side.THEIRS].columns):
            return open_, found  # it has another name on one side
        with self.rows.sides.joined(table) as joined:
            for keys in batches(self.rows.keys(table), _BATCH):
                _some(joined(keys), open_, found, alike)
        return open_, found


def _some(
    relation: Relation,
    open_: dict[RowKey, tuple[str, ...]],
    found: Mapping[Rule, dict[RowKey, OfRow]],
    alike: dict[tuple[object, ...], OfRow],
) -> None:
    """Add some rows to what is known; ``alike`` holds what was said of others."""
    columns = sql.common(relation)
    asks = [(rule, rule.title, _ask(rule, relation, _decided(rule, columns))) for rule in found]
    flags = sql.together(relation, [sql.open_flag(relation, column) for column in columns])
    base = f"CASE WHEN {sql.added(relation)} THEN 1 ELSE 0 END"
    key = [relation.column(Side.OURS, column) for column in relation.key]
    open_names: dict[str, tuple[str, ...]] = {}
    selected = [*key, flags, base, *(part for *_, ask in asks for part in ask.select)]
    for row in relation.session.rows(relation.select(", ".join(selected)), *relation.bound):
        here = tuple(hashable(value) for value in row[: len(key)])
        flags_here = str(row[len(key)])
        if (names := open_names.get(flags_here)) is None:
            names = tuple(c.name for c, flag in zip(columns, flags_here, strict=True) if flag == "1")
            open_names[flags_here] = names
        open_[here] = names
        added, at = bool(row[len(key) + 1]), len(key) + 2
        for rule, title, ask in asks:
            values = row[at : at + len(ask.select)]
            at += len(ask.select)
            if names:
                said = tuple(_said(rule, ask, values, names, added=added))
                if any(isinstance(verdict, Edited) for verdict in said):
                    found[rule][here] = OfRow(said, *judged(title, names, said))
                    continue
                same = title, names, said  # of most rows: what is decided about them is one value in memory
                if (of_row := alike.get(same)) is None:
                    of_row = alike[same] = OfRow(said, *judged(title, names, said))
                found[rule][here] = of_row


def judged(title: str, names: Sequence[str], verdicts: Sequence[Verdict]) -> tuple[RowDecision | None, str]:
    """What a rule of this title decides about a row by what it says about its cells, and why it leaves something."""
    cells: dict[str, CellChoice] = {}
    reason = ""
    for name, verdict in zip(names, verdicts, strict=True):
        if isinstance(verdict, Edited | Side):
            cells[name] = verdict
        elif not reason or verdict != OTHERS:
            reason = verdict
    return RowDecision(cells=cells, by=title) if cells else None, reason


def _said(rule: Rule, ask: _Ask, values: Sequence[Any], names: Iterable[str], *, added: bool) -> Iterable[Verdict]:
    for name in names:
        if name not in ask.at:
            yield OTHERS
        elif added and rule.kind not in _FOR_ADDED:
            yield ADDED
        else:
            yield ask.verdict(values, ask.at[name])


class _Ask(Frozen):
    """What a rule selects, and what it makes of that."""

    select: tuple[str, ...]
    """Expressions; they bind nothing."""
    verdict: Callable[[Sequence[Any], int], Verdict]
    """Of the values of these expressions, for the column at a position of those that the rule decides."""
    at: Mapping[str, int]
    """The positions of these columns."""


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
    return _Ask(tuple(select), verdict, {column.name: at for at, column in enumerate(columns)})


def _question(rule: Rule, relation: Relation, columns: Sequence[ColumnInfo]) -> _Question:
    if rule.kind in WHOLE:
        side = WHOLE[rule.kind]
        return [], lambda _, __: side
    if rule.kind is RuleKind.NEWER:
        if rule.by not in {column.name for column in sql.common(relation)}:
            return [], lambda _, __: NULL
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
