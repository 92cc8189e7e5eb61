"""The three sides of a conflict at their commits: how each defines a table, and their rows side by side in SQL.

No merge is needed for this, and nothing is written: a commit stays readable, whichever branch it is on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, TypeAlias

from ...frozen import Frozen
from ..core.connections import Connections, Session
from ..editing.reading import among, batches
from ..errors import TableNotFound
from ..model import ColumnInfo, RowKey, RowValues, key_of
from ..model.conflicts import ConflictSet, Side
from ..model.editing import hashable
from .relation import HAS_BASE, PREFIXES, Relation, merged_names

Place: TypeAlias = tuple[Session, str, tuple[str, ...]]
"""A session that sees a side, what stands behind a table's name there, and what that binds."""
_ALIAS = {Side.BASE: "b", Side.OURS: "o", Side.THEIRS: "t"}


class SideTable(Frozen):
    """A table as one side has it; without columns where it is not there."""

    columns: tuple[ColumnInfo, ...]
    """Those that the merged table has, too, as that defines them; without those that are computed."""
    names: tuple[str, ...]
    """What they are called there."""
    key: tuple[ColumnInfo, ...]
    """The primary key there, in its order."""

    @property
    def named(self) -> dict[str, str]:
        """What the merged columns are called there."""
        return {column.name: name for column, name in zip(self.columns, self.names, strict=True)}


class Sides:
    """The sides of a `ConflictSet`; from any thread. Nothing is open between two questions."""

    def __init__(self, db: Connections, found: ConflictSet) -> None:
        self._db = db
        self.found = found
        self._tables: dict[str, Mapping[Side, SideTable]] = {}

    def commit(self, side: Side) -> str:
        """The commit at which a side is read; empty where there is none: branches may have no commit in common."""
        return {Side.BASE: self.found.base, Side.OURS: self.found.ours, Side.THEIRS: self.found.theirs}[side]

    @contextmanager
    def at(self, side: Side) -> Iterator[Place]:
        """A side, to be read."""
        place, as_of = self._db.dialect.place(self.found.incoming.branch, self.commit(side))
        with self._db.read(place, "conflicts") as session:
            yield session, "" if as_of is None else f" AS OF {session.dialect.placeholder}", (as_of,) if as_of else ()

    def tables(self, table: str) -> Mapping[Side, SideTable]:
        """A table as each side has it; read once."""
        known = self._tables.get(table)
        if known is not None:
            return known
        sides: dict[Side, tuple[ColumnInfo, ...]] = {}
        for side in Side:
            sides[side] = ()
            if self.commit(side):
                with self.at(side) as (session, _, _):
                    sides[side] = columns_at(session, table, self.commit(side))
        found = side_tables(self.found.found[table].columns, sides, lambda side: self._renames(table, side))
        self._tables[table] = found
        return found

    def _renames(self, table: str, side: Side) -> Mapping[str, str] | None:
        with self.at(side) as (session, _, _):
            return renames(session, table, self.found.base, self.commit(side))

    @contextmanager
    def joined(self, table: str) -> Iterator[Callable[[Sequence[RowKey]], Relation]]:
        """Gives, for some keys, the rows that ours and theirs both have, beside those of the base.

        Each side's rows are found by the index, so the cost is that of the rows; the keys are bound thrice.
        """
        tables = self.tables(table)
        with ExitStack() as stack:
            session, as_of, bound = stack.enter_context(self.at(Side.OURS))
            places = {Side.OURS: (session.dialect.quote(table) + as_of, bound)}
            for side in (Side.THEIRS, Side.BASE):
                if tables[side].columns:
                    places[side] = stack.enter_context(self._beside(session, table, side))
            yield lambda keys: self._relation(session, table, places, keys)

    @contextmanager
    def _beside(self, session: Session, table: str, side: Side) -> Iterator[tuple[str, tuple[str, ...]]]:
        """A table of another side in a statement of a session that reads ours, and what that binds."""
        quote, placeholder = session.dialect.quote, session.dialect.placeholder
        commit = self.commit(side)
        if session.dialect.traits.reads_as_of:
            yield f"{quote(table)} AS OF {placeholder}", (commit,)
            return
        name = f"side_{side}"
        session.execute(f"ATTACH {placeholder} AS {name}", f"{self._db.name}@{commit}")
        try:
            yield f"{name}.{quote(table)}", ()
        finally:
            try:
                session.end(f"DETACH {name}")
            except Exception:  # after a cancelled statement; nobody else must find it attached
                session.connection.invalidate()

    def _relation(
        self, session: Session, table: str, places: Mapping[Side, tuple[str, tuple[str, ...]]], keys: Sequence[RowKey]
    ) -> Relation:
        quote, tables = session.dialect.quote, self.tables(table)
        names, selected = [], []
        for side in places:
            for merged, own in tables[side].named.items():
                names.append(PREFIXES[side] + merged)
                selected.append(f"{_ALIAS[side]}.{quote(own)}")
        own_key = tables[Side.OURS].key
        sources, bound = [f"{places[Side.OURS][0]} AS {_ALIAS[Side.OURS]}"], [*places[Side.OURS][1]]
        for side in list(places)[1:]:
            pairs = zip(tables[side].key, own_key, strict=True)
            on = " AND ".join(f"{_ALIAS[side]}.{quote(one.name)} = o.{quote(other.name)}" for one, other in pairs)
            sources.append(f"{'LEFT ' if side is Side.BASE else ''}JOIN {places[side][0]} AS {_ALIAS[side]} ON {on}")
            bound += places[side][1]
        names.append(HAS_BASE)
        base = tables[Side.BASE].key if Side.BASE in places else ()
        selected.append(f"b.{quote(base[0].name)} IS NOT NULL" if base else "1 = 0")
        condition, values = among(session, own_key, keys, f"{_ALIAS[Side.OURS]}.")
        source = f"SELECT {', '.join(selected)} FROM {' '.join(sources)} WHERE {condition}"
        columns = self.found.found[table].columns
        return Relation(session, table, columns, tuple(names), source, (*bound, *values))


def columns_at(session: Session, table: str, commit: str) -> tuple[ColumnInfo, ...]:
    """The columns of a table at a commit; none where it is not there. On DoltLite those of the session."""
    try:
        return session.dialect.columns(session, table, commit if session.dialect.traits.reads_as_of else None)
    except TableNotFound:
        return ()


def renames(session: Session, table: str, base: str, commit: str) -> Mapping[str, str] | None:
    """The columns of a table that were renamed between two commits; None where the engine does not know."""
    if not session.dialect.traits.reads_as_of:
        return None
    rows = session.rows("SELECT statement FROM dolt_patch(%s, %s, %s) WHERE diff_type = 'schema'", base, commit, table)
    pairs = (_RENAME.search(str(row[0])) for row in rows)
    return {pair[1].replace("``", "`"): pair[2].replace("``", "`") for pair in pairs if pair is not None}


_RENAME = re.compile(r" RENAME COLUMN `((?:[^`]|``)+)` TO `((?:[^`]|``)+)`;$")


def side_tables(
    merged: Sequence[ColumnInfo],
    sides: Mapping[Side, Sequence[ColumnInfo]],
    told: Callable[[Side], Mapping[str, str] | None] | None = None,
) -> Mapping[Side, SideTable]:
    """A table as each side has it, by its columns there; ``told`` as for `merged_names`."""
    by_name = {column.name: column for column in merged}
    found = {}
    for side, names in merged_names(merged, sides, told).items():
        kept = [c for c in sides[side] if c.name in names and not by_name[names[c.name]].generated]
        columns = tuple(by_name[names[column.name]] for column in kept)
        found[side] = SideTable(columns, tuple(column.name for column in kept), key_of(sides[side]))
    return found


def read_rows(
    session: Session, table: str, there: SideTable, keys: Sequence[RowKey], as_of: str, bound: Sequence[object]
) -> dict[RowKey, RowValues]:
    """The rows that a side has, by their keys; ``as_of`` stands behind the table's name, and binds ``bound``."""
    found: dict[RowKey, RowValues] = {}
    if not there.columns:
        return found
    at = [there.names.index(column.name) for column in there.key]
    names = [column.name for column in there.columns]
    quote, column = session.dialect.quote, session.dialect.column
    selected = ", ".join(column(name, kept.type) for name, kept in zip(there.names, there.columns, strict=True))
    for some in batches(keys):
        condition, values = among(session, there.key, some)
        rows: list[Any] = session.rows(
            f"SELECT {selected} FROM {quote(table)}{as_of} WHERE {condition}", *bound, *values
        )
        for row in rows:
            found[tuple(hashable(row[place]) for place in at)] = dict(zip(names, row, strict=True))
    return found
