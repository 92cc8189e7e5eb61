"""A model of its own of what a merge of definitions has to make of a table, from base, ours, theirs and decisions.

Of a value only its text is compared, as a column may change its type.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dolt_tui.engine.model.conflicts import ConflictRow, SchemaDecision, SchemaWay, Side

from .edited_definitions import Key, Table, text

Value = str | frozenset[str | None] | None
"""As text; a set where a side does not have the column: what it may hold then."""
Row = Mapping[str, Value]
SIDES = tuple(Side)


def same(one: Value, other: Value) -> bool:
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        return bool(one & other)
    if isinstance(other, frozenset):
        return one in other
    return other in one if isinstance(one, frozenset) else one == other


def same_row(one: Row | None, other: Row | None) -> bool:
    return one is other if one is None or other is None else all(same(one[name], other[name]) for name in one)


@dataclass
class Chosen:
    """What is decided about a row: a side (None: it is deleted), then cells."""

    row: ConflictRow
    whole: Side | None = None
    delete: bool = False
    cells: dict[str, Side | str] = field(default_factory=dict)


class Model:
    """What has to become of one table of the base, or of one that was added."""

    def __init__(
        self, called: str, sides: Mapping[Side, Table | None], decision: SchemaDecision | None,
        notes: Iterable[str], *, dolt: bool,
    ) -> None:  # fmt: skip
        self.called, self.sides, self.decision, self.dolt = called, sides, decision, dolt
        self.notes = " ".join(notes)
        base, ours, theirs = (sides[side] for side in SIDES)
        self.base = base
        self.wanted = sides[decision.side] if decision else None
        self.other = (theirs if decision.side is Side.OURS else ours) if decision else None

    def whole(self) -> dict[str, Table] | None:
        """The tables that are left just as a side has them; None where there is one, and both sides are in it."""
        base, ours, theirs = (self.sides[side] for side in SIDES)
        there = {table.name: table for table in (ours, theirs) if table}
        if self.decision:
            if not self.wanted:
                return {}
            if self.decision.way is SchemaWay.FORCE or not self.other:
                return {self.wanted.name: self.wanted}
            # DoltLite may take a table that was renamed for two.
            if f"Table {self.wanted.name} comes back" in self.notes:
                return there
            return {self.wanted.name: self.wanted} if f"Table {self.other.name} is dropped" in self.notes else None
        if base and not (ours and theirs):
            there = {name: table for name, table in there.items() if not table.is_like(base)}
            assert self.called not in there, "lost: a table that was dropped"
            return there
        return there if base and len({base.name, *there}) == 3 else None

    def name(self) -> str | None:
        """What the table is called that both sides are in; None where there is none."""
        if self.decision:
            return self.wanted.name if self.wanted else None
        names = {table.name for table in self.sides.values() if table}
        return next(iter(sorted(names - {self.called} or names)), None)

    def check(self, made: Table, chosen: Mapping[Key, Chosen]) -> None:
        """Raise AssertionError where the table is not as it has to be."""
        self._definition(made)
        views = {side: self._view(side, made) for side in SIDES}
        expected = {}
        for key in {*made.rows, *(key for rows in views.values() for key in rows), *chosen}:
            b, o, t = (views[side].get(key) for side in SIDES)
            if key in chosen:
                row = self._chosen(chosen[key], b, o, t)
            elif b and not (o and t) and self.moved:
                row = o or t
                told = not self.decision or f"In {made.name} " in self.notes
                assert told or not row, f"lost: that {key} was deleted"
            elif same_row(o, t) or same_row(t, b):
                row = o
            elif same_row(o, b):
                row = t
            elif b and not (o and t) and self._new_only(b, o or t) and key not in made.rows:
                row = None  # the engines take a value in a column that is new for no change of the row
            else:
                assert o, f"lost: nobody was asked about {key}"
                assert t, f"lost: nobody was asked about {key}"
                row = self._merged(b, o, t)
            if row is not None:
                expected[key] = row
        assert made.rows.keys() == expected.keys(), (made.rows, expected)
        for key, row in expected.items():
            assert same_row(row, made.rows[key]), (key, row, made.rows[key])

    @staticmethod
    def _new_only(base: Row, row: Row | None) -> bool:
        """Whether a row differs from the base in columns only that the base does not have."""
        assert row
        return all(isinstance(before, frozenset) or same(row[name], before) for name, before in base.items())

    def _definition(self, made: Table) -> None:
        base, ours, theirs = (self.sides[side] for side in SIDES)
        if self.decision:
            wanted, other = self.wanted, self.other
            assert wanted
            assert other
            before = base.columns if base else {}
            lost = {name for name in other.columns if f"column {name}" in self.notes}
            added = {name for name in other.columns if name not in wanted.columns and name not in before} - lost
            assert made.columns.keys() == wanted.columns.keys() | added, (made.columns, added)
            for name, what in wanted.columns.items():
                allowed = [what]
                if name in other.columns and before.get(name) == what:  # only the other side has changed it
                    allowed.append(other.columns[name])
                assert made.columns[name] in allowed, (name, made.columns[name], allowed)
            for name in added:
                assert made.columns[name] == other.columns[name]
            indexes = base.indexes if base else {}
            more = {
                name: on for name, on in other.indexes.items() if name not in indexes and name not in wanted.indexes
            }
            gone = {name for name in indexes if name not in other.indexes}
            more = {name: on for name, on in more.items() if f"index {name}" not in self.notes}
            every = {name: on for name, on in wanted.indexes.items() if name not in gone} | more
            assert made.indexes in ([every] if self.dolt and not self.fresh else [every, wanted.indexes])
            return
        there = [table for table in (ours, theirs) if table]
        for name in {name for table in [*there, *([base] if base else [])] for name in table.by_base()}:
            old = base.columns.get(name) if base else None
            kinds = [table.columns[table.by_base()[name]] if name in table.by_base() else None for table in there]
            spelt = {table.by_base()[name] for table in there if name in table.by_base()}
            if old and None in kinds:
                assert not made.columns.keys() & {*spelt, name}, f"{name} was dropped"
                continue
            assert len(spelt - {name}) < 2, f"lost: a name of {name}"
            merged = made.columns[(spelt - {name} or spelt).pop()]
            for part in (0, 1):
                values = {kind[part] for kind in kinds if kind}
                values = values - {old[part]} or values if old else values
                assert values == {merged[part]}, f"lost: a definition of {name}: {values}, {merged}"

    @property
    def fresh(self) -> bool:
        """Whether it is new to both sides, so that nothing but one side's definition is possible."""
        return not self.base or any(table and table.name != self.called for table in (self.wanted, self.other))

    @property
    def moved(self) -> bool:
        """Whether both sides have it under a new name in the end: for the engines they have added it then."""
        names = {self.wanted.name} if self.wanted else {table.name for table in self.sides.values() if table}
        if not self.decision:
            names = {table.name for side, table in self.sides.items() if table and side is not Side.BASE}
        return self.called not in names

    def _view(self, side: Side, made: Table) -> dict[Key, Row]:
        """The rows of a side, with the columns that the table has in the end."""
        table, base = self.sides[side], self.base
        if table is None:
            return {}
        spelt: dict[str, str] = {}
        """The columns of this side by those of the table."""
        back: dict[str, str] = {}
        """Columns of the base that this side has dropped, and that are there again."""
        for name in made.columns:
            if self.decision:
                also = table.by_base().get(self._told(name)) if base else None
                wanted = self.wanted is not None and name in self.wanted.columns
                own = name if name in table.columns else also if wanted and also not in made.columns else None
                spelt |= {name: own} if own is not None else {}
            elif (own := table.by_base().get(self._told(name))) is not None:
                spelt[name] = own
        if self.decision and table is self.other:
            for name in list(spelt):
                if self.dolt and "int" in made.columns[name][0] and not all(
                    row[name] is None or str(row[name]).isdigit() for row in table.rows.values()
                ):  # fmt: skip
                    assert f"Not all values of {name} in {made.name} fit" in self.notes
                    del spelt[name]
            told = {name: self._told(name) for name in made.columns if name not in spelt}
            back = {name: old for name, old in told.items() if base and old in base.columns}
        found: dict[Key, Row] = {}
        for key, row in table.rows.items():
            values: dict[str, Value] = {}
            for name, (_, default) in made.columns.items():
                if name in spelt:
                    values[name] = row[spelt[name]]
                elif name in back and base and key in base.rows:
                    values[name] = base.rows[key][back[name]]
                elif table is base and (old := self._told(name)) in row:
                    values[name] = frozenset({None, row[old]})  # a name that only the other side has for it
                else:
                    values[name] = frozenset({None, default or None})
            found[key] = values
        return found

    def _told(self, name: str) -> str:
        return next((t.was[name] for t in self.sides.values() if t and name in t.was), name)

    def _merged(self, base: Row | None, ours: Row, theirs: Row, cells: Iterable[str] = ()) -> dict[str, Value]:
        found = dict[str, Value]()
        for name, one in ours.items():
            other, before = theirs[name], base[name] if base else None
            if isinstance(one, frozenset) or (base and same(one, before) and not same(one, other)):
                found[name] = other
            else:
                settled = same(one, other) or isinstance(other, frozenset) or (base and same(other, before))
                assert settled or name in cells, f"lost: {name} of {ours} and {theirs}"
                found[name] = one
        return found

    def _chosen(self, chosen: Chosen, base: Row | None, ours: Row | None, theirs: Row | None) -> Row | None:
        sides = dict(zip(SIDES, (base, ours, theirs), strict=True))
        for side, row in sides.items():
            shown = chosen.row.side(side)
            if side is not Side.BASE or shown is not None:
                assert (shown is None) == (row is None), (side, shown, row)
            for name, value in (shown or {}).items():
                assert row is None or same(row[name], text(value)) or side is Side.BASE, (side, name, shown, row)
        if chosen.delete:
            return None
        if chosen.whole:
            whole = sides[chosen.whole]
            if whole is None or chosen.row.side(chosen.whole) is None:
                return None
            return {name: self._left(name, one, ours) for name, one in whole.items()}
        assert ours
        assert theirs
        made = self._merged(base, ours, theirs, chosen.cells)
        for name, choice in chosen.cells.items():
            taken = sides[choice] if isinstance(choice, Side) else None
            made[name] = taken[name] if taken is not None else choice
        return made

    @staticmethod
    def _left(name: str, value: Value, ours: Row | None) -> Value:
        """A column that a side does not have is left as it is."""
        mine = ours[name] if ours is not None else None
        return value | {mine} if isinstance(value, frozenset) and not isinstance(mine, frozenset) else value
