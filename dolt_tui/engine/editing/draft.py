"""A draft: what was edited on a branch and is not written yet, as a value. Pure.

Each operation returns another draft; the rows that nothing is done to any more are left out of it. A row is known by
its primary key as it is in the database, whatever the draft sets that to, and an added one by its `NewRow`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from ...frozen import Frozen
from ..model import DEFAULT, Edit, Editable, EditKind, NewRow, RowKey, RowValues, Value
from ..model.editing import hashable

if TYPE_CHECKING:
    from .row_statements import RowStatement

Place: TypeAlias = tuple[str, RowKey]
"""A table and the key of one of its rows."""

_NOTHING: Mapping[str, Value] = MappingProxyType({})


def same(one: Value, other: Value) -> bool:
    """Whether two values are the same in a cell: 1 is not 1.0 where the engine tells them apart."""
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return one == other
    return type(one) is type(other) and bool(one == other)


class Draft(Frozen):
    """Edits of rows, in the order in which the rows were edited first."""

    by_place: Mapping[Place, Edit] = field(default=MappingProxyType({}))
    tables: Mapping[str, Editable] = field(default=MappingProxyType({}))
    """How the tables that are edited were defined."""
    next_number: int = 1
    """The number of the next row that is added."""

    # looking

    def __len__(self) -> int:
        return len(self.by_place)

    def __bool__(self) -> bool:
        return bool(self.by_place)

    @property
    def edits(self) -> tuple[Edit, ...]:
        return tuple(self.by_place.values())

    def of(self, table: str) -> tuple[Edit, ...]:
        """The edits of a table."""
        return tuple(edit for edit in self.by_place.values() if edit.table == table)

    def added(self, table: str) -> tuple[Edit, ...]:
        """The rows that are added to a table, in their order."""
        return tuple(edit for edit in self.of(table) if edit.kind is EditKind.ADDED)

    def edit(self, table: str, key: RowKey) -> Edit | None:
        """What is done to a row; None: nothing."""
        return self.by_place.get((table, key))

    def count(self, kind: EditKind) -> int:
        """How many rows this is done to."""
        return sum(edit.kind is kind for edit in self.by_place.values())

    def statements(self) -> tuple[RowStatement, ...]:
        """What `Edits.write` runs, in this order, without its comparison of each row with what was shown.

        A statement for each edit, more where rows pass a key on to each other in a circle.
        """
        from .ordering import ordered  # what writes is not needed to hold edits
        from .row_statements import statement_for

        steps = ordered(self.edits, self.tables)
        return tuple(statement_for(self.tables[step.edit.table], step) for step in steps)

    # editing

    def set_cell(self, table: Editable, row: RowValues, column: str, value: Value) -> Draft:
        """Set a cell of a row as it was shown. A removed row is not removed any more then."""
        return self.set_cells(table, [(row, {column: value})])

    def set_cells(self, table: Editable, cells: Iterable[tuple[RowValues, RowValues]]) -> Draft:
        """Set some cells of rows as they were shown; the cost grows with the draft once, not for each row.

        Where a row is edited already, what was shown first stays what it is compared with.
        """
        found, key = dict(self.by_place), table.key
        for row, values in cells:
            place = (table.table, tuple(hashable(row[name]) for name in key))
            edit = found.get(place)
            before = edit.before if edit is not None else dict(row)
            after = {**(edit.after if edit is not None else {}), **values}
            after = {name: value for name, value in after.items() if not same(value, before.get(name))}
            if after:
                found[place] = Edit(*place, EditKind.CHANGED, before, after)
            else:
                found.pop(place, None)
        return self._with(found, table)

    def set_added(self, table: str, key: RowKey, values: RowValues) -> Draft:
        """Set cells of a row that this draft adds."""
        edit = self.by_place[table, key]
        return self._with({**self.by_place, (table, key): replace(edit, after={**edit.after, **values})})

    def add_row(self, table: Editable, values: RowValues = _NOTHING) -> tuple[Draft, RowKey]:
        """Add a row; what is not given is filled in by the database. Returns the row's key, too."""
        draft, (key,) = self.add_rows(table, [values])
        return draft, key

    def add_rows(self, table: Editable, rows: Iterable[RowValues]) -> tuple[Draft, list[RowKey]]:
        """Add several rows."""
        found, keys = dict(self.by_place), list[RowKey]()
        for number, values in enumerate(rows, self.next_number):
            key: RowKey = (NewRow(number),)
            given = {name: value for name, value in values.items() if value is not DEFAULT}
            found[table.table, key] = Edit(table.table, key, EditKind.ADDED, {}, given)
            keys.append(key)
        return replace(self._with(found, table), next_number=self.next_number + len(keys)), keys

    def duplicate(self, table: Editable, row: RowValues) -> tuple[Draft, RowKey]:
        """Add a row with the values of another one, but for what the database counts or computes."""
        from .cell_values import is_automatic

        kept = {
            column.name: row[column.name]
            for column in table.columns
            if column.name in row and not column.generated and not is_automatic(column, table.style)
        }
        return self.add_row(table, kept)

    def remove(self, table: Editable, rows: Iterable[RowValues]) -> Draft:
        """Remove rows as they were shown; what else was done to them is forgotten."""
        found = dict(self.by_place)
        for row in rows:
            place = (table.table, table.key_of(row))
            edit = found.get(place)
            found[place] = Edit(*place, EditKind.REMOVED, edit.before if edit is not None else dict(row), {})
        return self._with(found, table)

    def take_back(self, table: str, key: RowKey, column: str | None = None) -> Draft:
        """Take an edit back: of one cell, or (None) of the whole row. An added row's cell gets its default again."""
        edit = self.by_place.get((table, key))
        if edit is None:
            return self
        after = {name: value for name, value in edit.after.items() if column is not None and name != column}
        if edit.kind is EditKind.REMOVED or column is None or (not after and edit.kind is EditKind.CHANGED):
            return self._with({place: kept for place, kept in self.by_place.items() if place != (table, key)})
        return self._with({**self.by_place, (table, key): replace(edit, after=after)})

    def without(self, edits: Iterable[Edit]) -> Draft:
        """Without some edits: those that were written."""
        gone = {(edit.table, edit.key) for edit in edits}
        return self._with({place: edit for place, edit in self.by_place.items() if place not in gone})

    def without_table(self, table: str) -> Draft:
        """Without all edits of a table."""
        return self.without(self.of(table))

    def based_on(self, edit: Edit, now: RowValues | None) -> Draft:
        """Keep an edit although its row has changed: it is compared with the row as it is ``now`` from here on.

        Where the row is gone, a changed one is added again as a whole, and a removed one needs nothing any more.
        """
        place = (edit.table, edit.key)
        table = self.tables[edit.table]
        if edit.kind is EditKind.ADDED:
            return self
        if now is not None:
            if edit.kind is EditKind.REMOVED:
                return self._with({**self.by_place, place: replace(edit, before=dict(now))})
            after = {name: value for name, value in edit.after.items() if not same(value, now.get(name))}
            if not after:
                return self.without([edit])
            return self._with({**self.by_place, place: replace(edit, before=dict(now), after=after)})
        rest = self.without([edit])
        if edit.kind is EditKind.REMOVED:
            return rest
        whole = {**edit.before, **edit.after}
        return rest.add_row(table, {c.name: whole[c.name] for c in table.columns if not c.generated})[0]

    def merged(self, other: Draft) -> Draft:
        """With the edits of another draft, which win where both set the same cell."""
        draft = self
        for table, definition in other.tables.items():
            edits = other.of(table)
            changed = [(edit.before, edit.after) for edit in edits if edit.kind is EditKind.CHANGED]
            draft = draft.set_cells(definition, changed)
            draft = draft.remove(definition, [edit.before for edit in edits if edit.kind is EditKind.REMOVED])
            draft, _ = draft.add_rows(definition, [edit.after for edit in edits if edit.kind is EditKind.ADDED])
        return draft

    def _with(self, found: Mapping[Place, Edit], table: Editable | None = None) -> Draft:
        tables = self.tables if table is None else {**self.tables, table.table: table}
        used = {name for name, _ in found}
        return replace(self, by_place=found, tables={name: one for name, one in tables.items() if name in used})

    def __iter__(self) -> Iterator[Edit]:
        return iter(self.by_place.values())
