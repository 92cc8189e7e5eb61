"""Along foreign keys: the row that a row refers to, how that is called, and the keys by which others refer to a table.

Everything is read at the revision that somebody looks at; of what is staged, the working set stands for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from ..core.binding import equal
from ..core.connections import Connections, Session
from ..core.revisions import resolve
from ..errors import TableNotFound
from ..model import ABSENT, STAGED, WORKING, ColumnInfo, ForeignKey, Found, Value
from .foreign_keys import foreign_keys, keys_of
from .query import Query
from .table_rows import TableRows
from .tables import Tables

Wanted: TypeAlias = tuple[ForeignKey, tuple[Value, ...]]
"""A foreign key, and the values that its columns have in a row, in the key's order."""

_NAME_MOST = 80
"""Characters of a row's name."""


def refers(values: Sequence[Value]) -> bool:
    """Whether the columns of a key with these values refer to a row: where one of them is NULL they do not."""
    return all(value is not None and value is not ABSENT for value in values)


class References:
    """Questions about what foreign keys connect."""

    def __init__(self, db: Connections, tables: Tables, rows: TableRows) -> None:
        self._db, self._tables, self._rows = db, tables, rows

    def of(self, branch: str, table: str, revision: str | None = None) -> tuple[ForeignKey, ...]:
        """The foreign keys of a table, by which its rows refer to others; none for a view, or where there is no table.

        Remembered while the definitions stay the same.
        """
        where, as_of = self._place(branch, revision)
        with self._db.read(where, "foreign keys") as session:
            try:
                return keys_of(session, table, as_of)
            except TableNotFound:
                return ()

    def to(self, branch: str, table: str, revision: str | None = None) -> tuple[ForeignKey, ...]:
        """The foreign keys of all tables that refer to a table, itself included. The cost grows with the tables."""
        where, as_of = self._place(branch, revision)
        if as_of is None:
            with self._db.read(where, "foreign keys") as session:
                found = _all(session)
        else:  # what Dolt tells of all tables knows no AS OF
            with self._db.read(where, "resolve") as session:
                commit = resolve(session, as_of)
            with self._db.visit(commit, "foreign keys") as session:
                found = session.recall([commit], ("foreign keys",), lambda: foreign_keys(session))
        return tuple(key for key in found if key.referred.lower() == table.lower())

    def locate(self, branch: str, wanted: Wanted, revision: str | None = None) -> Found | None:
        """The row that a row refers to, for the page of its table that begins with it; None where it is not there.

        Raises `TableNotFound` where the table or a column is not there.
        """
        key, values = wanted
        query = Query(key.referred, None if revision == STAGED else revision)
        return self._rows.locate(branch, query, list(zip(key.referred_columns, values, strict=True)))

    def names(self, branch: str, wanted: Sequence[Wanted], revision: str | None = None) -> Mapping[Wanted, str | None]:
        """What the rows are called that are referred to, by one statement: by a column of text outside of the key.
        Left out are those whose table has none or is not there; None: there is no such row.
        """
        where, as_of = self._place(branch, revision)
        parts, bound, asked = [], list[object](), list[Wanted]()
        with self._db.read(where, "names of rows") as session:
            quote, at = session.dialect.quote, f" AS OF {session.dialect.placeholder}" if as_of is not None else ""
            text = session.by_engine(dolt="CHAR", doltlite="TEXT")
            for key, values in dict.fromkeys(wanted):
                columns = _columns(session, key.referred, as_of)
                if not refers(values) or (named := _naming(session, key, columns, as_of)) is None:
                    continue
                pairs = list(zip(key.referred_columns, values, strict=True))
                try:
                    condition, meant = equal(session, columns, pairs)
                except TableNotFound:
                    continue
                name = f"substr(CAST({quote(named.name)} AS {text}), 1, {_NAME_MOST})"
                parts.append(f"SELECT {len(asked)}, {name} FROM {quote(key.referred)}{at} WHERE {condition}")
                bound += [*([as_of] if as_of is not None else []), *meant]
                asked.append((key, values))
            rows = session.rows(" UNION ALL ".join(parts), *bound) if parts else []
        called = {int(at): "" if name is None else str(name) for at, name in rows}
        return {one: called.get(at) for at, one in enumerate(asked)}

    def _place(self, branch: str, revision: str | None) -> tuple[str, str | None]:
        return self._tables.place(branch, None if revision in (STAGED, WORKING) else revision)


def _all(session: Session) -> tuple[ForeignKey, ...]:
    return session.recall([None], ("foreign keys",), lambda: foreign_keys(session))


def _columns(session: Session, table: str, as_of: str | None) -> tuple[ColumnInfo, ...]:
    """The columns of a table; none where it is not there."""
    try:
        return session.columns(table, as_of)
    except TableNotFound:
        return ()


def _naming(session: Session, key: ForeignKey, columns: Sequence[ColumnInfo], as_of: str | None) -> ColumnInfo | None:
    """The column that says who or what a row is: one that is called so, or else the first of text.

    Neither one by which the row is referred to, nor one by which it refers to others.
    """
    if not columns:
        return None
    refer = {name.lower() for one in keys_of(session, key.referred, as_of) for name in one.columns}
    refer |= {name.lower() for name in key.referred_columns}
    texts = [
        column
        for column in columns
        if _is_text(column.type) and not column.primary_key and column.name.lower() not in refer
    ]
    called = (column for column in texts if any(word in column.name.lower() for word in _CALLED))
    return next(called, texts[0] if texts else None)


_CALLED = ("name", "title", "label")


def _is_text(type_name: str) -> bool:
    return any(word in type_name.lower() for word in ("char", "text", "clob"))
