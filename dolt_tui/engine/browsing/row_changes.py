"""The changes of single rows of a table, as ``dolt_diff_<table>`` tells them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...frozen import Frozen
from ..core.connections import Session
from ..errors import EngineError, TableNotFound
from ..model import WORKING, ChangeKind, ColumnInfo, Commit, Value, key_of
from .diff_layout import DiffLayout, as_declared
from .table_definitions import Definition, Definitions

_DOLTS_OWN = frozenset({"commit", "commit_date"})


def _keyed(session: Session, table: str) -> tuple[tuple[ColumnInfo, ...], tuple[ColumnInfo, ...]]:
    """The columns of a table, and those of its key in the key's order. Raises `TableNotFound`, and `EngineError` where
    it has no key."""
    columns = session.dialect.columns(session, table, None)
    if not columns:
        raise TableNotFound(f"There is no table {table}.")
    keys = key_of(columns)
    if not keys:
        raise EngineError(f"{table} has no primary key: its rows cannot be told apart.")
    return columns, keys


class RowFinder(Frozen):
    """``dolt_diff_<table>``, for the changes of single rows; it reads all commits by the current definition."""

    session: Session
    table: str
    columns: tuple[ColumnInfo, ...]
    keys: tuple[ColumnInfo, ...]
    layout: DiffLayout
    select: str
    relation: str
    new: tuple[str, ...]
    """The key's columns on the newer side, quoted."""
    old: tuple[str, ...]
    key_at: tuple[int, ...]
    """The positions of the key's columns on the newer side."""
    commits: tuple[str, ...] | None
    """The commits that may be asked for, one at a time; None: all at once."""

    @classmethod
    def of(cls, session: Session, table: str, definitions: Definitions) -> RowFinder:
        dialect = session.dialect
        columns, keys = _keyed(session, table)
        relation = dialect.quote(f"dolt_diff_{table}")
        description, _ = session.described(f"SELECT * FROM {relation} LIMIT 0")
        spelt = [str(item[0]) for item in description]
        names = as_declared(spelt, columns) if dialect.traits.diff_renames_columns else spelt
        layout = DiffLayout.of(
            names, [column.name for column in keys], {column.name: column.type for column in columns}
        )
        unique = len({name.lower() for name in spelt}) == len(spelt)
        if not unique and any(column.name.lower() in _DOLTS_OWN for column in keys):
            raise EngineError(f"The key of {table} is named like a column of Dolt's own: its rows cannot be asked for.")
        new, old = (
            tuple(dialect.quote(spelt[names.index(f"{side}_{column.name}")]) for column in keys)
            for side in ("to", "from")
        )
        select = ", ".join(map(dialect.selected, description)) if unique else "*"
        key_at = tuple(names.index(f"to_{column.name}") for column in keys)
        commits = definitions.asked_singly(session, table, Definition(columns))
        return cls(session, table, columns, keys, layout, select, relation, new, old, key_at, commits)

    def _is(self, names: Sequence[str]) -> str:
        return equals(self.session, self.keys, names)

    def rows(self, condition: str, *values: object) -> list[Any]:
        select = f"SELECT {self.select} FROM {self.relation} WHERE"
        if self.commits is None:
            return self.session.rows(f"{select} {condition}", *values)
        placeholder, rows = self.session.dialect.placeholder, list[Any]()
        for commit in self.commits:
            rows += self.session.rows(f"{select} to_commit = {placeholder} AND {condition}", commit, *values)
        return rows

    def newest(self, key: Sequence[Value], size: int, *, linear: bool | None = None) -> list[Any]:
        """The ``size`` newest changes of a row.

        The engines return them in the order of the log only where nothing was merged: else all of them are read. Dolt
        pushes a key down for one side at a time. The newer side misses removals, which are asked for, through
        all commits, only where there has to be one: the row is not there now, or was added more than once.
        """
        dialect = self.session.dialect
        linear = dialect.linear(self.session) if linear is None else linear
        limit, bound = (f" LIMIT {dialect.placeholder}", [size]) if linear else ("", [])
        if not dialect.traits.diff_by_key:
            rows = self.rows(f"(({self._is(self.new)}) OR ({self._is(self.old)})){limit}", *key, *key, *bound)
            return rows if linear else self.ordered(rows)[:size]
        rows = self.rows(self._is(self.new) + limit, *key, *bound)
        added = sum(row[self.layout.kind_at] == ChangeKind.ADDED for row in rows)
        last_added = bool(rows) and rows[-1][self.layout.kind_at] == ChangeKind.ADDED
        if added > last_added or not ((rows and rows[0][self.layout.commit_at] == WORKING) or self.exists(key)):
            rows += self.rows(f"{self._is(self.old)} AND diff_type = 'removed'{limit}", *key, *bound)
        return self.ordered(rows)[:size]

    def ordered(self, rows: list[Any]) -> list[Any]:
        """Changes in the order of the log."""
        at = self.layout.commit_at
        order = [WORKING, *(commit.hash for commit in commits_of(self.session, [row[at] for row in rows]))]
        place = {hash_: position for position, hash_ in enumerate(order)}
        return sorted(rows, key=lambda row: place.get(row[at], len(place)))

    def exists(self, key: Sequence[Value]) -> bool:
        """Whether the row is there now."""
        quote = self.session.dialect.quote
        condition = self._is([quote(column.name) for column in self.keys])
        return self.session.first(f"SELECT 1 FROM {quote(self.table)} WHERE {condition}", *key) is not None


def equals(session: Session, columns: Sequence[ColumnInfo], names: Sequence[str]) -> str:
    """The condition that ``names`` (quoted) of these columns have the values that are bound."""
    return " AND ".join(f"{name} = {_value(session, column)}" for name, column in zip(names, columns, strict=True))


def _value(session: Session, column: ColumnInfo) -> str:
    """The placeholder for a value of a column; what was read of a FLOAT equals it only when it is cast."""
    placeholder = session.dialect.placeholder
    single = session.dialect.traits.single_floats and column.type.lower().startswith("float")
    return f"CAST({placeholder} AS FLOAT)" if single else placeholder


def commits_of(session: Session, hashes: Sequence[str]) -> list[Commit]:
    """The commits of some hashes, newest first; `WORKING` is none."""
    return session.dialect.commits(session, list(dict.fromkeys(item for item in hashes if item != WORKING)))
