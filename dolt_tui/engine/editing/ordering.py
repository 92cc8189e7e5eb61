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
        self._last = len(edits)
        self._after: dict[int, set[int]] = defaultdict(set)
        """For each edit, those that have to follow it because of foreign keys."""
        self._takers: dict[int, set[int]] = defaultdict(set)
        """For each edit, those that take unique values over from it."""
        self._references: dict[tuple[int, int], set[tuple[int, tuple[str, ...]]]] = defaultdict(set)
        """Because of which of the two edits, and its columns, one has to follow the other."""
        self._own: dict[int, set[str]] = defaultdict(set)
        """The columns by which a row refers to itself that is removed, or gets another key."""
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
                    self._refer(made[new], number, number, key.columns)
                if old != new and gone.get(old, number) != number:
                    self._refer(number, gone[old], number, key.columns)
                if old != new and gone.get(old) == number and _can_be_null(child, key.columns):
                    self._own[number].update(key.columns)

    def _refer(self, first: int, then: int, child: int, columns: tuple[str, ...]) -> None:
        self._after[first].add(then)
        self._references[first, then].add((child, columns))

    def steps(self) -> list[Step]:
        ready = [number for number in self._steps if not self._waits[number]]
        found: list[Step] = []
        while self._steps:
            if ready:
                number = heapq.heappop(ready)
                step = self._steps.pop(number)
                if self._tables[step.edit.table].style is SqlStyle.MYSQL:
                    found += self._let_go(number, step)  # engine-facts.md#rows-that-refer-to-themselves
                found.append(step)
                freed = [*self._after.pop(number, ()), *self._takers.pop(number, ())]
            else:
                first, freed = self._break()
                found += first
            for other in freed:
                self._waits[other] -= 1
                if not self._waits[other] and other in self._steps:
                    heapq.heappush(ready, other)
        return found

    def _let_go(self, number: int, step: Step) -> list[Step]:
        """What a row has to do before it is removed, or gets another key: it must not refer to itself any more."""
        columns = self._own.pop(number, None)
        return [replace(step, kind=EditKind.CHANGED, values=dict.fromkeys(sorted(columns)))] if columns else []

    def _break(self) -> tuple[list[Step], list[int]]:
        """Let a row of a circle step aside: what to do for that, and which edits wait for one less afterwards."""
        circle = self._circle()
        for number, other in zip(circle, (*circle[1:], circle[0]), strict=True):
            if other in self._takers.get(number, ()) and not self._referred(number):
                aside = self._aside(number)
                if aside is not None:
                    first, self._steps[number] = aside
                    return [*self._let_go(number, first), first], list(self._takers.pop(number))
        ends = [(number, other) for number, other in zip(circle, (*circle[1:], circle[0]), strict=True)]
        ends += [(child, number) for number in circle for child in self._steps]  # rows that keep one from it
        for number, other in ends:
            if other in self._after.get(number, ()):
                first_steps = self._without_reference(number, other)
                if first_steps is not None:
                    self._after[number].discard(other)
                    return first_steps, [other]
        number = min(self._steps)  # what the database will refuse
        return [self._steps.pop(number)], [*self._after.pop(number, ()), *self._takers.pop(number, ())]

    def _referred(self, number: int) -> bool:
        """Whether rows still have to be written that refer to what an edit takes away."""
        return any(
            number in self._after.get(child, ()) and any(each == child for each, _ in self._references[child, number])
            for child in self._steps
        )

    def _without_reference(self, number: int, other: int) -> list[Step] | None:
        """Let one of two edits not refer to the other's row for a while; None where it always has to.

        Returns what to do for that at once; what has to follow both is kept as a step of its own.
        """
        links = self._references[number, other]
        first, later = list[Step](), list[tuple[int, Step]]()
        for child, columns in links:
            step = self._steps[child]
            table = self._tables[step.edit.table]
            if not _can_be_null(table, columns):
                return None
            empty = dict.fromkeys(columns)
            if child == number:  # it still refers to a row that goes
                first.append(Step(step.edit, EditKind.CHANGED, empty, step.where))
                continue
            where = {name: step.values.get(name, step.where.get(name, DEFAULT)) for name in table.key}
            if DEFAULT in where.values():  # the database counts
                return None
            values = {name: step.edit.value(name) for name in columns}
            self._steps[child] = replace(step, values={**step.values, **empty})
            later.append((child, Step(step.edit, EditKind.CHANGED, values, where)))
        for child, step in later:
            last = self._last = self._last + 1
            self._steps[last] = step
            for before in (number, child):
                self._after[before].add(last)
            self._waits[last] = 2
        return first

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
        step = self._steps[number]
        table = self._tables[step.edit.table]
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


def _can_be_null(table: Editable, columns: Sequence[str]) -> bool:
    found = [table.column(name) for name in columns if name not in table.key]
    return len(found) == len(columns) and all(column.nullable and not column.generated for column in found)


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
