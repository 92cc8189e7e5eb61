"""Saved queries: Dolt's ``dolt_query_catalog``, which its own programs use as well.

DoltLite has no such table, and refuses tables of that name. There it is an ordinary table ``query_catalog`` with the
same columns, made when the first query is saved; so queries are a part of commits, diffs and merges on both.
"""

from __future__ import annotations

import uuid

from ..core.connections import Connections, Session
from ..errors import ChangedMeanwhile, ColumnNotFound, EngineError, InvalidName, TableNotFound
from ..model import Call, SavedQuery, SqlStyle

TABLES = {SqlStyle.MYSQL: "dolt_query_catalog", SqlStyle.SQLITE: "query_catalog"}
"""Where each engine keeps them."""
_COLUMNS = "id, display_order, name, query, description"
_DEFINITION = (
    "id TEXT PRIMARY KEY NOT NULL, display_order INTEGER NOT NULL, name TEXT NOT NULL, query TEXT NOT NULL, "
    "description TEXT NOT NULL"
)


class SavedQueries:
    """Questions and changes about the saved queries of a branch."""

    def __init__(self, db: Connections) -> None:
        self._db = db
        self._style = db.dialect.traits.sql
        self.table = TABLES[self._style]
        """The table that they are in."""

    def queries(self, branch: str) -> tuple[SavedQuery, ...]:
        """All of them in their order, of the working set of a branch, or of a revision; none where there is no
        catalogue."""
        try:
            with self._db.read(branch, "saved queries") as session:
                rows = session.rows(f"SELECT {_COLUMNS} FROM {self.table}")
        except (TableNotFound, ColumnNotFound):
            return ()  # on DoltLite the table may also be one of the user's
        found = [
            SavedQuery(str(id_), _text(name), _text(query), _text(description), int(order or 0))
            for id_, order, name, query, description in rows
        ]
        return tuple(sorted(found, key=lambda query: (query.order, query.name.casefold(), query.id)))

    @staticmethod
    def new(name: str, query: str, description: str = "") -> SavedQuery:
        """A query that is not saved yet. Raises `InvalidName`."""
        name = " ".join(name.split())
        if not name:
            raise InvalidName("A query needs a name.")
        return SavedQuery(str(uuid.uuid4()), name, query.strip(), description.strip())

    def add(self, branch: str, query: SavedQuery) -> None:
        """Save a new query, behind the others."""
        calls = self.add_calls(query)

        def work(session: Session) -> None:
            *made, insert = calls
            for call in made:
                session.run(call)
                session.rows(f"SELECT {_COLUMNS} FROM {self.table} LIMIT 0")  # there may be one of the user's
            session.run(insert)

        try:
            self._db.write(branch, work, "save a query")
        except ColumnNotFound as error:
            raise EngineError(
                f"There is a table {self.table} already that holds something else, so no query can be saved.",
                "Rename that table first.",
                detail=error.detail,
            ) from error

    def add_calls(self, query: SavedQuery) -> tuple[Call, ...]:
        """What `add` runs."""
        statement = self._db.dialect.statement
        made: tuple[Call, ...] = ()
        if self._style is SqlStyle.SQLITE:
            made = (statement(f"CREATE TABLE IF NOT EXISTS {self.table} ({_DEFINITION})", values=()),)
        insert = statement(
            f"INSERT INTO {self.table} ({_COLUMNS}) SELECT ",
            ", coalesce(max(display_order), 0) + 1, ",
            ", ",
            ", ",
            f" FROM {self.table}",
            values=(query.id, query.name, query.query, query.description),
        )
        return (*made, insert)

    def change(self, branch: str, before: SavedQuery, after: SavedQuery) -> None:
        """Give a query another name, text or description. Raises `ChangedMeanwhile` where it is not ``before``."""
        self._hit(branch, self.change_calls(before, after), before, "change a query")

    def change_calls(self, before: SavedQuery, after: SavedQuery) -> tuple[Call, ...]:
        """What `change` runs."""
        parts = (f"UPDATE {self.table} SET name = ", ", query = ", ", description = ", " WHERE id = ")
        values = (after.name, after.query, after.description)
        return (self._db.dialect.statement(*parts, *self._same, values=(*values, *self._shown(before))),)

    def delete(self, branch: str, query: SavedQuery) -> None:
        """Delete a query. Raises `ChangedMeanwhile` where it is not what was shown."""
        self._hit(branch, self.delete_calls(query), query, "delete a query")

    def delete_calls(self, query: SavedQuery) -> tuple[Call, ...]:
        """What `delete` runs."""
        parts = (f"DELETE FROM {self.table} WHERE id = ", *self._same)
        return (self._db.dialect.statement(*parts, values=self._shown(query)),)

    _same = (" AND name = ", " AND query = ", " AND description = ", "")

    @staticmethod
    def _shown(query: SavedQuery) -> tuple[str, ...]:
        return query.id, query.name, query.query, query.description

    def _hit(self, branch: str, calls: tuple[Call, ...], query: SavedQuery, purpose: str) -> None:
        (call,) = calls

        def work(session: Session) -> None:
            if session.execute(session.dialect.sql(call), *call.values) == 0:
                raise ChangedMeanwhile(f"The query {query.name} has changed since it was read.")

        self._db.write(branch, work, purpose)


def _text(value: object) -> str:
    """A value of the catalogue as a text; it may hold anything on DoltLite."""
    if value is None:
        return ""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
