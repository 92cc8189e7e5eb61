"""The changes of one row back through time: under every name that its table had, by the definition of each commit.

``dolt_diff_<table>`` finds the commits quickly, but reads all of them by the current definition: values of columns
that were renamed, dropped or given another type since are missing or wrong, and it knows nothing from before
the table was renamed or its key changed. So it only tells the commits. Rows of commits with another definition
are read as they were there, and where the name or the key changed the search goes on from the commit before.
See engine-facts.md#history-by-todays-definition.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from ...frozen import Frozen
from ..core.connections import Connections, Session
from ..errors import EngineError
from ..model import ABSENT, WORKING, ChangeKind, DiffColumn, RowChange, Value
from .diff_layout import DiffLayout
from .key_comparison import KeyComparison
from .row_changes import RowFinder, equals
from .table_definitions import Definition, Definitions

Values = dict[str, Value]


class Side(Frozen):
    """The table as it was before or after a change."""

    revision: str
    table: str
    definition: Definition | None
    """None: there was no such table."""


class LineageStep(Frozen):
    """A change of the row: its sides, and the engine's own row of the diff."""

    old: Side
    new: Side
    kind: ChangeKind
    row: Sequence[Value] | None = None
    layout: DiffLayout | None = None


@dataclass
class _Found:
    """What was found out about a row from one commit back."""

    steps: list[LineageStep] = field(default_factory=list)
    onward: list[tuple[str, str]] = field(default_factory=list)
    """Where to go on: commits, and what the table is called there."""
    ending: str = ""


class Lineage:
    """One row of a table, as seen from a branch. Used by one thread, within a ``with``."""

    def __init__(
        self, db: Connections, definitions: Definitions, branch: str, table: str, key: Sequence[Value]
    ) -> None:
        self._db, self._definitions = db, definitions
        self._branch, self._table, self._key = branch, table, tuple(key)
        self._open = ExitStack()
        self._readers: dict[object, Session] = {}

    def __enter__(self) -> Lineage:
        return self

    def __exit__(self, *_details: object) -> None:
        self._open.close()

    def steps(self, session: Session, wanted: int) -> tuple[list[LineageStep], str]:
        """The newest ``wanted`` changes, newest first, and why nothing is known from before the last of them."""
        linear = session.dialect.linear(session)
        steps: list[LineageStep] = []
        endings: list[str] = []
        seen = {(self._branch, self._table)}
        todo = [(self._branch, self._table)]
        while todo and (len(steps) < wanted or not linear):
            start, table = todo.pop(0)
            size = wanted - len(steps) if linear else sys.maxsize
            if start == self._branch:
                found = self._from(session, start, table, size, linear)
            else:
                with self._db.visit(start, "row's history") as there:
                    found = self._from(there, start, table, size, linear)
            steps += found.steps
            endings += [found.ending] if found.ending else []
            todo += [place for place in found.onward if place not in seen]
            seen.update(found.onward)
        if not linear:
            steps = self._ordered(session, steps)
        complete = not todo and len(steps) <= wanted
        return steps[:wanted], endings[0] if endings and complete else ""

    def _from(self, session: Session, start: str, table: str, size: int, linear: bool) -> _Found:
        """The changes that are found from one place, up to where the table's name or key changed."""
        finder = RowFinder.of(session, table, self._definitions)
        here = Definition(finder.columns)
        if len(self._key) != len(here.key):
            raise EngineError(f"The primary key of {table} consists of {len(here.key)}, not of {len(self._key)}.")
        found, stopped, lost = _Found(), False, False
        rows = finder.newest(self._key, size, linear=linear)
        for row in rows:
            kind = ChangeKind(row[finder.layout.kind_at])
            new = self._side(session, row[finder.layout.commit_at], table)
            old = self._side(session, row[-3], table)
            if new.definition is not None and not _same_key(new.definition, here):
                lost = True  # its key is read wrongly here: the row is found again from before the change of the key
                continue
            if old.definition is None and kind is ChangeKind.ADDED:
                former = self._former(session, old.revision, table, new.revision)
                if former is not None:
                    self._cross(session, found, self._side(session, old.revision, former), new)
                else:
                    found.steps.append(LineageStep(old, new, kind, row, finder.layout))
                stopped = True
            elif old.definition is not None and not _same_key(old.definition, here):
                self._cross(session, found, old, new)
                stopped = True
            else:
                found.steps.append(LineageStep(old, new, kind, row, finder.layout))
            if stopped and linear:
                break
        if not linear:
            known = {(row[-3], row[finder.layout.commit_at]) for row in rows}
            pairs = [pair for pair in session.dialect.unseen(session) if pair not in known]
            found.steps += self._compared(session, table, here, pairs)
        if not stopped and (lost or len(rows) < size):
            self._look_behind(session, found, start, table, finder)
        return found

    def _compared(
        self, session: Session, table: str, here: Definition, pairs: Sequence[tuple[str, str]]
    ) -> list[LineageStep]:
        """The changes between commits and their parents, found by reading the row at both."""
        steps, rows = [], dict[str, Values | None]()
        for pair in pairs:
            old, new = (self._side(session, revision, table) for revision in pair)
            if not all(side.definition is not None and _same_key(side.definition, here) for side in (old, new)):
                continue
            for side in (old, new):
                if side.revision not in rows:
                    rows[side.revision] = self._values(session, side)
            before, after = rows[old.revision], rows[new.revision]
            if before != after:
                kind = ChangeKind.ADDED if before is None else ChangeKind.REMOVED if after is None else None
                steps.append(LineageStep(old, new, kind or ChangeKind.MODIFIED))
        return steps

    def _look_behind(self, session: Session, found: _Found, start: str, table: str, finder: RowFinder) -> None:
        """Where the row was there before the oldest change that was found, find the change of the key that hides it."""
        last = found.steps[-1] if found.steps else None
        if last.kind is ChangeKind.ADDED if last is not None else not finder.exists(self._key):
            return
        base = last.old.revision if last is not None else start
        newer = last.old if last is not None else self._side(session, WORKING, table)
        for old, new in self._definitions.pairs(session, table, base):
            before, after = self._side(session, old, table), self._side(session, new, table)
            if before.definition is None or after.definition is None:
                former = self._former(session, old, table, new) if after.definition is not None else None
                if former is not None:
                    self._cross(session, found, self._side(session, old, former), after)
                    return
            elif not _same_key(before.definition, after.definition):
                self._cross(session, found, before, after)
                return
        found.ending = f"What happened to the row before {newer.revision[:7]} cannot be determined."

    def _cross(self, session: Session, found: _Found, old: Side, new: Side) -> None:
        """Go on before a change of the table's name or key; changed values are a change of their own."""
        assert old.definition is not None
        assert new.definition is not None
        if not KeyComparison(old.definition.key, new.definition.key).kept:
            where = "that is not committed" if new.revision == WORKING else f"of commit {new.revision[:7]}"
            found.ending = (
                f"The primary key of {new.table} changed with the change {where}:"
                " what happened to the row before cannot be determined."
            )
            return
        before, after = self._values(session, old), self._values(session, new)
        if before is not None and after is not None:
            if self._changed(session, old, new, before, after):
                found.steps.append(LineageStep(old, new, ChangeKind.MODIFIED))
        elif before is not None or after is not None:
            found.steps.append(LineageStep(old, new, ChangeKind.ADDED if before is None else ChangeKind.REMOVED))
        found.onward.append((old.revision, old.table))

    def _changed(self, session: Session, old: Side, new: Side, before: Values, after: Values) -> bool:
        """Whether a change of the table's name or key changed the row's values, too."""
        assert old.definition is not None
        assert new.definition is not None
        if (
            session.dialect.traits.diff_follows_renamed_columns
            and KeyComparison(old.definition.key, new.definition.key).same_types
        ):
            dialect, key = session.dialect, new.definition.key
            condition = equals(session, key, [dialect.quote(f"to_{column.name}") for column in key])
            changes = f"SELECT 1 FROM {dialect.diff(new.table)} WHERE {condition} LIMIT 1"
            values = dialect.diff_values(old.revision, new.revision, new.table)
            return session.first(changes, *values, *self._key) is not None
        if old.definition.alike(new.definition):
            return list(map(str, before.values())) != list(map(str, after.values()))
        keys = {column.name for column in (*old.definition.key, *new.definition.key)}
        return any(str(before.get(name)) != str(after.get(name)) for name in {**before, **after} if name not in keys)

    def _side(self, session: Session, revision: str | None, table: str) -> Side:
        if revision is None:
            return Side("", table, None)
        return Side(revision, table, self._definitions.at(session, table, revision))

    def _former(self, session: Session, old: str, table: str, new: str) -> str | None:
        return self._definitions.former_name(session, table, old, new) if old else None

    def _ordered(self, session: Session, steps: list[LineageStep]) -> list[LineageStep]:
        """Steps in the order of the log."""
        unique = list({(step.old.revision, step.new.revision): step for step in steps}.values())
        hashes = {step.new.revision for step in unique} - {WORKING}
        place = {WORKING: -1}
        for position, commit in enumerate(session.dialect.commits(session, list(hashes))):
            place[commit.hash] = position
        return sorted(unique, key=lambda step: place.get(step.new.revision, len(place)))

    # values

    def change(self, session: Session, step: LineageStep) -> tuple[RowChange, tuple[DiffColumn, ...]]:
        """What a step changed, in columns of its own: those of the newer side, then those that only the older had."""
        newer, older = step.new.definition, step.old.definition
        sides = [side for side in (newer, older) if side is not None]
        if step.row is not None and step.layout is not None and self._believable(step, sides):
            return step.layout.change(step.row), step.layout.columns
        new = self._values(session, step.new) if step.kind is not ChangeKind.REMOVED else None
        old = self._values(session, step.old) if step.kind is not ChangeKind.ADDED else None
        columns = merged(sides)
        change = RowChange(step.kind, _placed(old, columns), _placed(new, columns))
        return replace_changed(change), columns

    @staticmethod
    def _believable(step: LineageStep, sides: Sequence[Definition]) -> bool:
        """Whether the engine read both sides by the definition that they had."""
        assert step.layout is not None
        names = [column.name for column in step.layout.columns]
        types = [column.type.lower() for column in step.layout.columns]
        return all(
            [column.name for column in side.columns] == names
            and [column.type.lower() for column in side.columns] == types
            and not side.virtual
            for side in sides
        )

    def _values(self, session: Session, side: Side) -> Values | None:
        """The row as it was; None where it was not there."""
        definition = side.definition
        if definition is None:
            return None
        row = self._row(session, side, definition)
        return None if row is None else dict(zip((column.name for column in definition.columns), row, strict=True))

    def _row(self, session: Session, side: Side, definition: Definition) -> Sequence[Value] | None:
        dialect = session.dialect
        relation, values = dialect.quote(side.table), list[object]()
        if side.revision != WORKING and dialect.traits.reads_as_of:
            relation, values = f"{relation} AS OF {dialect.placeholder}", [side.revision]
        elif side.revision != WORKING:
            # This table function reads all commits by the definition on the current branch, but computes no column.
            # engine-facts.md#history-by-todays-definition
            place: object = side.revision if definition.virtual else (side.table, definition.shape)
            session = self._at(place, side.revision)
            if not definition.virtual:
                relation, values = f"{dialect.quote(f'dolt_at_{side.table}')}(?)", [side.revision]
        select = ", ".join(dialect.column(column.name, column.type) for column in definition.columns)
        condition = equals(session, definition.key, [dialect.quote(column.name) for column in definition.key])
        return session.first(f"SELECT {select} FROM {relation} WHERE {condition}", *values, *self._key)

    def _at(self, place: object, commit: str) -> Session:
        """A session at a commit, or at another one where the table had the same definition."""
        if place not in self._readers:
            self._readers[place] = self._open.enter_context(self._db.visit(commit, "row's history"))
        return self._readers[place]


def _same_key(one: Definition, other: Definition) -> bool:
    return KeyComparison(one.key, other.key).same


def merged(definitions: Sequence[Definition]) -> tuple[DiffColumn, ...]:
    """The columns of some definitions by name: those of the first one, then those that only others have."""
    found: dict[str, DiffColumn] = {}
    for definition in definitions:
        for column in definition.columns:
            found.setdefault(column.name, DiffColumn(column.name, primary_key=column.primary_key, type=column.type))
    return tuple(found.values())


def _placed(values: Values | None, columns: Sequence[DiffColumn]) -> tuple[Value, ...] | None:
    return None if values is None else tuple(values.get(column.name, ABSENT) for column in columns)


def replace_changed(change: RowChange) -> RowChange:
    """A change with the positions of the values that differ."""
    if change.old is None or change.new is None:
        return change
    pairs: list[tuple[Any, Any]] = list(zip(change.old, change.new, strict=True))
    return RowChange(
        change.kind, change.old, change.new, frozenset(i for i, (one, other) in enumerate(pairs) if one != other)
    )


def brought(change: RowChange, own: Sequence[DiffColumn], columns: Sequence[DiffColumn]) -> RowChange:
    """A change that has ``own`` columns in those of the whole history."""
    if own == columns:
        return change
    names = [column.name for column in own]

    def side(values: tuple[Value, ...] | None) -> tuple[Value, ...] | None:
        return _placed(None if values is None else dict(zip(names, values, strict=True)), columns)

    return replace_changed(RowChange(change.kind, side(change.old), side(change.new)))


def differences(newer: Side, older: Side) -> str:
    """How the table was defined before, for people; empty where names and types of its columns were the same."""
    parts = []
    if newer.table != older.table:
        parts.append(f"the table was called {older.table}")
    if newer.definition is not None and older.definition is not None:
        now = {column.name: column.type for column in newer.definition.columns}
        then = {column.name: column.type for column in older.definition.columns}
        gone = [name for name in then if name not in now]
        new = [name for name in now if name not in then]
        parts += [f"there was a column {name} ({then[name]})" for name in gone]
        parts += [f"there was no column {name}" for name in new]
        parts += [
            f"{name} was {then[name]}" for name in then if name in now and then[name].lower() != now[name].lower()
        ]
    if not parts:
        return ""
    *others, last = parts
    return f"Before this, {', '.join(others)} and {last}" if others else f"Before this, {last}"
