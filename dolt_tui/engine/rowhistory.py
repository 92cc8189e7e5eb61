"""What happened to single rows: all changes of one, and the last one of each (reference: scale.md 1, dolt.md 5.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .connections import Session
from .errors import EngineError, TableNotFound
from .layout import Layout, as_declared
from .model import WORKING, BlameRow, ChangeKind, ColumnInfo, Commit, DiffColumn, EngineKind, RowVersion, Value
from .windows import beyond, key_page

_DOLTS_OWN = frozenset({"commit", "commit_date"})


def _key_of(session: Session, table: str) -> tuple[tuple[ColumnInfo, ...], list[ColumnInfo]]:
    """The columns of a table, and those of its key in the key's order. Raises what `row_versions` does."""
    columns = session.dialect.columns(session, table, None)
    if not columns:
        raise TableNotFound(f"There is no table {table}.")
    keys = sorted((column for column in columns if column.primary_key), key=lambda column: column.key_position)
    if not keys:
        raise EngineError(f"{table} has no primary key: its rows cannot be told apart.")
    return columns, keys


@dataclass(frozen=True)
class _Changes:
    """``dolt_diff_<table>``, as it is asked for the changes of single rows."""

    session: Session
    table: str
    keys: tuple[ColumnInfo, ...]
    layout: Layout
    select: str
    relation: str
    new: tuple[str, ...]
    """The key's columns on the newer side, quoted."""
    old: tuple[str, ...]
    key_at: tuple[int, ...]
    """Where the key's columns on the newer side stand."""

    @classmethod
    def of(cls, session: Session, table: str) -> _Changes:
        dialect = session.dialect
        columns, keys = _key_of(session, table)
        relation = dialect.quote(f"dolt_diff_{table}")
        description, _ = session.described(f"SELECT * FROM {relation} LIMIT 0")
        spelt = [str(item[0]) for item in description]
        names = as_declared(spelt, columns) if dialect.kind is EngineKind.DOLTLITE else spelt
        layout = Layout.of(names, [column.name for column in keys], {column.name: column.type for column in columns})
        unique = len({name.lower() for name in spelt}) == len(spelt)
        if not unique and any(column.name.lower() in _DOLTS_OWN for column in keys):
            raise EngineError(f"The key of {table} is named like a column of Dolt's own: its rows cannot be asked for.")
        new, old = (
            tuple(dialect.quote(spelt[names.index(f"{side}_{column.name}")]) for column in keys)
            for side in ("to", "from")
        )
        select = ", ".join(map(dialect.selected, description)) if unique else "*"
        key_at = tuple(names.index(f"to_{column.name}") for column in keys)
        return cls(session, table, tuple(keys), layout, select, relation, new, old, key_at)

    def equal(self, names: Sequence[str]) -> str:
        """The condition that a row has a key, which `bound` gives."""
        values = (_value(self.session, column) for column in self.keys)
        return " AND ".join(f"{name} = {value}" for name, value in zip(names, values, strict=True))

    def rows(self, condition: str, *values: object) -> list[Any]:
        return self.session.rows(f"SELECT {self.select} FROM {self.relation} WHERE {condition}", *values)

    def newest(self, key: Sequence[Value], size: int) -> list[Any]:
        """The ``size`` newest changes of a row.

        The engines give them in the order of the log only where nothing was merged: else all of them are read. Dolt
        pushes a key down for one side at a time. The newer side misses removals, which are asked for, through
        all commits, only where there has to be one: the row is not there now, or was added more than once.
        """
        dialect = self.session.dialect
        linear = dialect.linear(self.session)
        limit, bound = (f" LIMIT {dialect.mark}", [size]) if linear else ("", [])
        if dialect.kind is EngineKind.DOLTLITE:  # pushes nothing down
            rows = self.rows(f"(({self.equal(self.new)}) OR ({self.equal(self.old)})){limit}", *key, *key, *bound)
            return rows if linear else self.ordered(rows)[:size]
        rows = self.rows(self.equal(self.new) + limit, *key, *bound)
        added = sum(row[self.layout.kind_at] == ChangeKind.ADDED for row in rows)
        last_added = bool(rows) and rows[-1][self.layout.kind_at] == ChangeKind.ADDED
        if added > last_added or not ((rows and rows[0][self.layout.commit_at] == WORKING) or self._exists(key)):
            rows += self.rows(f"{self.equal(self.old)} AND diff_type = 'removed'{limit}", *key, *bound)
        return self.ordered(rows)[:size]

    def last(self, key: Sequence[Value]) -> str:
        """The last commit that changed a row."""
        return str(self.newest(key, 1)[0][self.layout.commit_at])

    def ordered(self, rows: list[Any]) -> list[Any]:
        """Changes in the order of the log."""
        at = self.layout.commit_at
        order = [WORKING, *(commit.hash for commit in _commits(self.session, [row[at] for row in rows]))]
        place = {hash_: position for position, hash_ in enumerate(order)}
        return sorted(rows, key=lambda row: place.get(row[at], len(place)))

    def _exists(self, key: Sequence[Value]) -> bool:
        quote = self.session.dialect.quote
        condition = self.equal([quote(column.name) for column in self.keys])
        return self.session.first(f"SELECT 1 FROM {quote(self.table)} WHERE {condition}", *key) is not None


def _value(session: Session, column: ColumnInfo) -> str:
    """What stands for a bound value of a column; one that was read of a FLOAT is not its value by itself."""
    mark = session.dialect.mark
    single = session.dialect.kind is EngineKind.DOLT and column.type.lower().startswith("float")
    return f"CAST({mark} AS FLOAT)" if single else mark


def row_versions(
    session: Session, table: str, key: Sequence[Value], size: int, skip: int
) -> tuple[tuple[RowVersion, ...], tuple[DiffColumn, ...], bool]:
    """See `dolt_tui.engine.history.History.row`."""
    changes = _Changes.of(session, table)
    if len(key) != len(changes.keys):
        raise EngineError(f"The primary key of {table} consists of {len(changes.keys)}, not of {len(key)}.")
    rows = changes.newest(key, skip + size + 1)[skip:]
    more, rows = len(rows) > size, rows[:size]
    at = changes.layout.commit_at
    commits = {commit.hash: commit for commit in _commits(session, [row[at] for row in rows])}
    now = dt.datetime.now(dt.UTC)
    versions = []
    for row in rows:
        commit = commits.get(row[at]) or Commit(row[at], "", "", now, "", ())
        versions.append(RowVersion(commit.hash, commit.author, commit.date, commit.message, changes.layout.change(row)))
    return tuple(versions), changes.layout.columns, more


def blame(
    session: Session, table: str, size: int, after: Sequence[Value] | None
) -> tuple[tuple[BlameRow, ...], tuple[ColumnInfo, ...], bool]:
    """See `dolt_tui.engine.history.History.blame`."""
    dialect = session.dialect
    changes = _Changes.of(session, table)
    keys = changes.keys
    if dialect.kind is EngineKind.DOLT:
        rows = _blamed(changes, size, after)
    else:
        rows = _view(session, table, keys, size, after)
        # DoltLite's view tells nothing of some rows that end in NULL.
        rows = [row if row[-1] else (*row[:-1], changes.last(row[:-1])) for row in rows]
    commits = {commit.hash: commit for commit in _commits(session, [row[-1] for row in rows[:size]])}
    result = []
    for row in rows[:size]:
        last = commits[row[-1]]
        result.append(BlameRow(tuple(row[:-1]), last.hash, last.author, last.date, last.message))
    return tuple(result), keys, len(rows) > size


def _blamed(changes: _Changes, size: int, after: Sequence[Value] | None) -> list[Any]:
    """Keys with their last commits, one more than ``size``.

    ``dolt_blame_<table>`` looks at all rows: here the statement behind it is asked for those of the page.
    """
    session, dialect = changes.session, changes.session.dialect
    names = [dialect.quote(column.name) for column in changes.keys]
    relation = dialect.quote(changes.table)
    types, _ = session.described(f"SELECT {', '.join(names)} FROM {relation} LIMIT 0")
    select = ", ".join(map(dialect.selected, types))
    rows = key_page(session, select, relation, names, after, size + 1)
    if not rows:
        return []
    last = _last(changes, rows)
    return [(*row, last.get(row) or changes.last(row)) for row in rows]


def _last(changes: _Changes, keys: Sequence[tuple[Value, ...]]) -> dict[tuple[Value, ...], str]:
    """The last commits of the rows with these neighbouring keys; not of one whose key was written otherwise before."""
    session, names = changes.session, changes.new
    dialect = session.dialect
    low, low_bound = beyond(names, keys[0], dialect.mark, ">", equal=True)
    high, bound = beyond(names, keys[-1], dialect.mark, "<", equal=True)
    bound = [*low_bound, *bound]
    among = f"FROM {changes.relation} WHERE ({low}) AND ({high})"
    last: dict[tuple[Value, ...], str] = {}
    if changes.select == "*":  # it has a column that is called like one of Dolt's own: only positions tell them apart
        at = changes.layout.commit_at
        for row in changes.ordered(session.rows(f"SELECT * {among}", *bound)):
            last.setdefault(tuple(row[position] for position in changes.key_at), row[at])
        return last
    types, _ = session.described(f"SELECT {', '.join(names)} FROM {changes.relation} LIMIT 0")
    select = ", ".join(map(dialect.selected, types))
    if dialect.linear(session):  # newest first: often enough the first versions are those looked for
        limit = 4 * len(keys)
        for row in session.rows(f"SELECT {select}, to_commit {among} LIMIT {dialect.mark}", *bound, limit):
            last.setdefault(tuple(row[:-1]), row[-1])
        if all(key in last for key in keys):
            return last
    inner = ", ".join(names)
    rows = session.rows(
        f"SELECT {select}, to_commit FROM (SELECT {inner}, to_commit,"
        f" row_number() OVER (PARTITION BY {inner} ORDER BY to_commit_date DESC) AS place {among}) AS found"
        " WHERE place = 1",
        *bound,
    )
    return {tuple(row[:-1]): row[-1] for row in rows}


def _view(
    session: Session, table: str, keys: Sequence[ColumnInfo], size: int, after: Sequence[Value] | None
) -> list[Any]:
    """Keys with their last commits, one more than ``size``, from ``dolt_blame_<table>``."""
    dialect = session.dialect
    relation = dialect.quote(f"dolt_blame_{table}")
    description, _ = session.described(f"SELECT * FROM {relation} LIMIT 0")
    # A column that is called like one of the view's own is renamed.
    named = {str(item[0]).removesuffix("_1"): item[0] for item in description[: len(keys)]}
    order = [dialect.quote(named[column.name.removesuffix("_1")]) for column in keys]
    where, bound = "", list[Any]()
    if after is not None:
        condition, bound = beyond(order, after, dialect.mark, ">")
        where = f" WHERE {condition}"
    commit = dialect.quote(description[len(keys)][0])
    names = ", ".join(order)
    return session.rows(
        f"SELECT {names}, {commit} FROM {relation}{where} ORDER BY {names} LIMIT {dialect.mark}", *bound, size + 1
    )


def _commits(session: Session, hashes: Sequence[str]) -> list[Commit]:
    """The commits of some hashes, newest first; `WORKING` is none."""
    return session.dialect.commits(session, list(dict.fromkeys(item for item in hashes if item != WORKING)))
