"""In which order the edits of a draft are written, so that foreign and unique keys hold after each statement. Pure.

A row that gives a unique value up is written before the one that takes it; a row that others refer to is there before
them, and goes after them. Where rows pass values on in a circle, one of them steps aside first.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace

from ..core.column_types import Affinity, affinity, parsed
from ..model import DEFAULT, ColumnInfo, Edit, Editable, EditKind, SqlStyle, Value
from .row_statements import Step
from .slots import held, wanted

_BITS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "integer": 32, "bigint": 64}
_TEXTS = ("char", "varchar", "tinytext", "text", "mediumtext", "longtext")


def ordered(edits: Sequence[Edit], tables: Mapping[str, Editable]) -> list[Step]:
    """What to do, in an order that holds; otherwise in the order of the draft. The cost grows with the edits."""
    return _Ordering(edits, tables).steps()


def _step_of(edit: Edit, key: Sequence[str]) -> Step:
    """What to do for an edit by itself."""
    added = edit.kind is EditKind.ADDED
    where = {} if added else dict(zip(key, edit.key, strict=True))
    values = {name: value for name, value in edit.after.items() if not added or value is not DEFAULT}
    return Step(edit, edit.kind, values, where)


class _Ordering:
    def __init__(self, edits: Sequence[Edit], tables: Mapping[str, Editable]) -> None:
        self._tables = tables
        self._edits = edits
        keys = {name: table.key for name, table in tables.items()}
        self._steps = {number: _step_of(edit, keys[edit.table]) for number, edit in enumerate(edits)}
        """What is left to do."""
        self._after: dict[int, set[int]] = defaultdict(set)
        """For each edit, those that have to follow it because of foreign keys."""
        self._takers: dict[int, set[int]] = defaultdict(set)
        """For each edit, those that take unique values over from it."""
        self._passes: dict[int, set[tuple[str, ...]]] = defaultdict(set)
        """The columns of the unique values that an edit passes on."""
        by_table: dict[str, list[int]] = defaultdict(list)
        for number, edit in enumerate(edits):
            by_table[edit.table].append(number)
        for name, numbers in by_table.items():
            self._unique(tables[name], numbers)
            self._foreign(tables[name], numbers, by_table)
        self._waits: dict[int, int] = defaultdict(int)
        """For how many others each edit has to wait."""
        for others in (*self._after.values(), *self._takers.values()):
            for other in others:
                self._waits[other] += 1

    def _unique(self, table: Editable, numbers: list[int]) -> None:
        for columns in (table.key, *(key.columns for key in table.unique)):
            given: dict[Hashable, int] = {}
            taken: dict[Hashable, int] = {}
            for number in numbers:
                edit = self._edits[number]
                if edit.kind is EditKind.CHANGED and not any(name in edit.after for name in columns):
                    continue
                old, new = held(edit, table, columns), wanted(edit, table, columns)
                if old != new:
                    if old is not None:
                        given[old] = number
                    if new is not None:
                        taken[new] = number
            for value, number in taken.items():
                giver = given.get(value)
                if giver is not None and giver != number:
                    self._takers[giver].add(number)
                    self._passes[giver].add(columns)

    def _foreign(self, child: Editable, numbers: list[int], by_table: Mapping[str, list[int]]) -> None:
        names = {name.lower(): name for name in by_table}
        for key in child.foreign_keys:
            referred = names.get(key.referred.lower())
            if referred is None:
                continue
            parent = self._tables[referred]
            made: dict[Hashable, int] = {}
            gone: dict[Hashable, int] = {}
            for number in by_table[referred]:
                edit = self._edits[number]
                old, new = (of(edit, parent, key.referred_columns) for of in (held, wanted))
                if old != new:
                    if new is not None:
                        made[new] = number
                    if old is not None and (edit.kind is EditKind.REMOVED or not key.on_update):
                        gone[old] = number
            if not made and not gone:
                continue
            for number in numbers:
                edit = self._edits[number]
                old, new = (of(edit, child, key.columns) for of in (held, wanted))
                if made.get(new, number) != number:
                    self._after[made[new]].add(number)
                if old != new and gone.get(old, number) != number:
                    self._after[number].add(gone[old])

    def steps(self) -> list[Step]:
        ready = [number for number in self._steps if not self._waits[number]]
        found: list[Step] = []
        while self._steps:
            if ready:
                number = heapq.heappop(ready)
                found.append(self._steps.pop(number))
                freed = [*self._after.pop(number, ()), *self._takers.pop(number, ())]
            else:
                step, freed = self._break()
                found.append(step)
            for other in freed:
                self._waits[other] -= 1
                if not self._waits[other] and other in self._steps:
                    heapq.heappush(ready, other)
        return found

    def _break(self) -> tuple[Step, list[int]]:
        """Let a row of a circle step aside: what to do for that, and which edits wait for one less afterwards."""
        circle = self._circle()
        for number, other in zip(circle, (*circle[1:], circle[0]), strict=True):
            if other in self._takers.get(number, ()) and other not in self._after.get(number, ()):
                aside = self._aside(number)
                if aside is not None:
                    first, self._steps[number] = aside
                    return first, list(self._takers.pop(number))
        number = min(self._steps)  # what the database will refuse
        return self._steps.pop(number), [*self._after.pop(number, ()), *self._takers.pop(number, ())]

    def _circle(self) -> list[int]:
        """Edits of which each has to precede the next one, and the last one the first."""
        before: dict[int, int] = {}
        for number in self._steps:
            for other in (*self._after.get(number, ()), *self._takers.get(number, ())):
                before.setdefault(other, number)
        number = next(iter(self._steps))
        path: dict[int, None] = {}
        while number not in path:
            path[number] = None
            number = before[number]
        way = list(path)
        return way[way.index(number) :][::-1]

    def _aside(self, number: int) -> tuple[Step, Step] | None:
        """Two steps in the place of one: the first gives the unique values up, the second does the rest."""
        step, table = self._steps[number], self._tables[self._edits[number].table]
        if step.kind is not EditKind.CHANGED:
            return None
        values: dict[str, Value] = {}
        for columns in self._passes[number]:
            if not any(name in values for name in columns):
                found = next((pair for name in columns if (pair := elsewhere(table, name, number))), None)
                if found is None:
                    return self._replaced(step, table)
                values[found[0]] = found[1]
        rest = {name: step.edit.before[name] for name in values if name not in step.values}
        where = {name: values.get(name, value) for name, value in step.where.items()}
        return replace(step, values=values), replace(step, values={**step.values, **rest}, where=where)

    @staticmethod
    def _replaced(step: Step, table: Editable) -> tuple[Step, Step] | None:
        """The row deleted, and inserted again: only where nobody notices."""
        if table.referred_by or table.referred_by is None or table.triggers:
            return None
        whole = {**step.edit.before, **step.values}
        values = {
            column.name: whole[column.name]
            for column in table.columns
            if not column.generated and whole.get(column.name, DEFAULT) is not DEFAULT
        }
        gone, back = replace(step, kind=EditKind.REMOVED, values={}), replace(step, kind=EditKind.ADDED, where={})
        return gone, replace(back, values=values)


def elsewhere(table: Editable, name: str, number: int) -> tuple[str, Value] | None:
    """A column and what it can hold for a moment; None where there is nothing."""
    column = table.column(name)
    if column.generated:
        return None
    if column.nullable and name not in table.key:
        return name, None
    other = _unlikely(column, table.style, number)
    return None if other is None else (name, other)


def _unlikely(column: ColumnInfo, style: SqlStyle, number: int) -> Value:
    """A value that a row has for a moment, as hardly any other has it; None where there is none of that type."""
    type_ = parsed(column.type)
    text = f"~{number}"
    if style is SqlStyle.SQLITE:
        return -(2**63) + 1 + number if affinity(column.type) is Affinity.INTEGER else text
    room = (type_.numbers or (1 if type_.word in ("char", "binary") else 255,))[0]
    if type_.word in _BITS:
        bits = _BITS[type_.word]
        if number >= 2 ** (bits - 2):
            return None
        if type_.unsigned:  # a counter would go on from there
            return None if "auto_increment" in column.extra else 2**bits - 1 - number
        return -(2 ** (bits - 1)) + number
    if type_.word in _TEXTS:
        return text if len(text) <= room else None
    if type_.word in ("binary", "varbinary"):
        return text.encode() if len(text) <= room else None
    if type_.word in ("date", "datetime"):
        return dt.date(1, 1, 1) + dt.timedelta(number % 365_000)
    return None
