"""Tables: which there are, their rows by pages, their definitions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .connections import Connections, Session
from .model import WORKING, ColumnInfo, EngineKind, Page, Schema, Table, Value
from .refs import resolve


class Tables:
    """Questions about tables of a branch, or of any revision."""

    def __init__(self, db: Connections) -> None:
        self._db = db

    def tables(self, branch: str) -> tuple[Table, ...]:
        """Tables and views, by name; with the numbers of rows where the engine keeps them."""
        with self._db.read(branch, "tables") as session:
            return session.dialect.tables(session)

    def place(self, branch: str, revision: str | None) -> tuple[str, str | None]:
        """Where to connect to read a table at ``revision``, and what to say ``AS OF`` there."""
        if revision == WORKING:
            revision = None
        if revision is not None and self._db.dialect.kind is EngineKind.DOLTLITE:
            # A branch's name would mean its working set there, and HEAD that of the default branch.
            with self._db.read(branch, "resolve") as session:
                revision = resolve(session, revision)
        return self._db.dialect.place(branch, revision)

    def count(self, branch: str, table: str) -> int:
        """The number of rows of a table; not free on DoltLite, nor for a view."""
        with self._db.read(branch, "number of rows") as session:
            return int(session.scalar(f"SELECT count(*) FROM {session.dialect.quote(table)}"))

    def schema(self, branch: str, table: str, revision: str | None = None) -> Schema:
        """Columns and DDL of a table, of the working set or of ``revision``. Raises `TableNotFound`."""
        where, as_of = self.place(branch, revision)
        with self._db.read(where, "schema") as session:
            columns = session.dialect.columns(session, table, as_of)
            return Schema(table, columns, session.dialect.ddl(session, table, as_of))

    def page(
        self,
        branch: str,
        table: str,
        size: int,
        after: Sequence[Value] | int | None = None,
        revision: str | None = None,
    ) -> Page:
        """``size`` rows in the order of the primary key, after the key given (None: from the first row).

        A table without a key, and a view, pages by offset: ``after`` is a number then. The cost does not grow
        with the depth where there is a key.
        """
        where, as_of = self.place(branch, revision)
        with self._db.read(where, "rows") as session:
            dialect = session.dialect
            values: tuple[object, ...] = () if as_of is None else (as_of,)
            relation = dialect.quote(table) + ("" if as_of is None else f" AS OF {dialect.mark}")
            description, _ = session.described(f"SELECT * FROM {relation} LIMIT 0", *values)
            known = {column.name: column for column in dialect.columns(session, table, as_of)}
            columns = tuple(known.get(item[0], ColumnInfo(item[0], "")) for item in description)
            keyed = [(column.key_position, position) for position, column in enumerate(columns) if column.primary_key]
            key = tuple(position for _, position in sorted(keyed))
            select = ", ".join(dialect.selected(item) for item in description)
            names = [dialect.quote(columns[position].name) for position in key]
            if key and not isinstance(after, int):
                rows = _key_page(session, select, relation, values, names, after, size + 1)
            else:
                offset = after if isinstance(after, int) else 0
                rows = session.rows(
                    f"SELECT {select} FROM {relation} LIMIT {dialect.mark} OFFSET {dialect.mark}",
                    *values,
                    size + 1,
                    offset,
                )
        more = len(rows) > size
        rows = rows[:size]
        following: Sequence[Value] | int | None = None
        if more:
            if key and not isinstance(after, int):
                following = tuple(rows[-1][position] for position in key)
            else:
                following = (after if isinstance(after, int) else 0) + size
        return Page(columns, tuple(rows), more, following, key)


def _key_page(
    session: Session,
    select: str,
    relation: str,
    values: tuple[object, ...],
    names: list[str],
    after: Sequence[Value] | None,
    size: int,
) -> list[Any]:
    """A page behind a key: one range for each prefix of it, which the key's index answers (reference: scale.md 2.2)."""
    mark = session.dialect.mark
    order = ", ".join(names)
    if after is None:
        return session.rows(f"SELECT {select} FROM {relation} ORDER BY {order} LIMIT {mark}", *values, size)
    parts, bound = [], []
    for length in range(len(names), 0, -1):
        conditions = [f"{name} = {mark}" for name in names[: length - 1]] + [f"{names[length - 1]} > {mark}"]
        parts.append(f"SELECT {select} FROM {relation} WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT {mark}")
        bound.append((*values, *after[:length], size))
    if len(parts) == 1:
        return session.rows(parts[0], *bound[0])
    rows: list[Any] = []
    for part, part_values in zip(parts, bound, strict=True):
        rows += session.rows(part, *part_values[:-1], size - len(rows))
        if len(rows) >= size:
            break
    return rows
