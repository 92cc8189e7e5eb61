"""What happened to single rows: all changes of one, and the last one of each (reference: scale.md 1, dolt.md 5.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from .connections import Session
from .errors import EngineError, TableNotFound
from .layout import Layout, as_declared
from .model import WORKING, BlameRow, ColumnInfo, Commit, DiffColumn, EngineKind, RowVersion, Value
from .windows import beyond

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


def row_versions(
    session: Session, table: str, key: Sequence[Value], size: int, skip: int
) -> tuple[tuple[RowVersion, ...], tuple[DiffColumn, ...], bool]:
    """See `dolt_tui.engine.history.History.row`."""
    dialect = session.dialect
    columns, keys = _key_of(session, table)
    if len(key) != len(keys):
        raise EngineError(f"The primary key of {table} consists of {len(keys)}, not of {len(key)}.")
    relation = dialect.quote(f"dolt_diff_{table}")
    description, _ = session.described(f"SELECT * FROM {relation} LIMIT 0")
    spelt = [str(item[0]) for item in description]
    names = as_declared(spelt, columns) if dialect.kind is EngineKind.DOLTLITE else spelt
    layout = Layout.of(names, [column.name for column in keys], {column.name: column.type for column in columns})
    unique = len({name.lower() for name in spelt}) == len(spelt)
    if not unique and any(column.name.lower() in _DOLTS_OWN for column in keys):
        raise EngineError(f"The key of {table} is named like a column of Dolt's own: its rows cannot be asked for.")
    mark = dialect.mark
    sides = [
        " AND ".join(f"{dialect.quote(spelt[names.index(f'{side}_{column.name}')])} = {mark}" for column in keys)
        for side in ("to", "from")
    ]
    rows = session.rows(
        f"SELECT {', '.join(map(dialect.selected, description)) if unique else '*'} FROM {relation}"
        f" WHERE ({sides[0]}) OR ({sides[1]}) LIMIT {mark} OFFSET {mark}",
        *key,
        *key,
        size + 1,
        skip,
    )
    more = len(rows) > size
    at = layout.commit_at
    commits = _commits(session, [row[at] for row in rows[:size]])
    versions = []
    for row in rows[:size]:
        commit = commits[row[at]]
        versions.append(RowVersion(commit.hash, commit.author, commit.date, commit.message, layout.change(row)))
    return tuple(versions), layout.columns, more


def blame(
    session: Session, table: str, size: int, after: Sequence[Value] | None
) -> tuple[tuple[BlameRow, ...], tuple[ColumnInfo, ...], bool]:
    """See `dolt_tui.engine.history.History.blame`."""
    dialect = session.dialect
    columns, keys = _key_of(session, table)
    if dialect.kind is EngineKind.DOLT and any(column.name.lower() in _DOLTS_OWN for column in columns):
        raise EngineError(f"{table} has a column that is named like one of Dolt's own: Dolt cannot blame its rows.")
    relation = dialect.quote(f"dolt_blame_{table}")
    description, _ = session.described(f"SELECT * FROM {relation} LIMIT 0")
    # DoltLite renames a column that is called like its own.
    named = {
        str(item[0]).removesuffix("_1" if index < len(keys) else ""): item for index, item in enumerate(description)
    }
    chosen = [named.get(column.name) or named[column.name.removesuffix("_1")] for column in keys]
    order = [dialect.quote(item[0]) for item in chosen]
    where, bound = "", list[Any]()
    if after is not None:
        condition, bound = beyond(order, after, dialect.mark, ">")
        where = f" WHERE {condition}"
    commit = dialect.quote(description[len(keys)][0])
    select = ", ".join(map(dialect.selected, chosen))
    rows = session.rows(
        f"SELECT {select}, {commit} FROM {relation}{where} ORDER BY {', '.join(order)} LIMIT {dialect.mark}",
        *bound,
        size + 1,
    )
    commits = _commits(session, [row[-1] for row in rows[:size]])
    found = []
    for row in rows[:size]:
        last = commits[row[-1]]
        found.append(BlameRow(tuple(row[:-1]), last.hash, last.author, last.date, last.message))
    return tuple(found), tuple(keys), len(rows) > size


def _commits(session: Session, hashes: Sequence[str]) -> dict[str, Commit]:
    """The commits of some hashes, `WORKING` among them; one that cannot be found stands with its hash only."""
    now = dt.datetime.now(dt.UTC)
    known = session.dialect.commits(session, list(dict.fromkeys(item for item in hashes if item != WORKING)))
    return {item: known.get(item) or Commit(item, "", "", now, "", ()) for item in hashes}
