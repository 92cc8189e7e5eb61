"""The rows that conflict in an open transaction as the engine lists them there: all of a table by one statement."""

from __future__ import annotations

from collections.abc import Mapping

from ..core.connections import Connections, Session
from ..errors import NO_ANSWER, EngineError
from ..model import RowKey
from ..model.conflicts import ConflictRow, ConflictSet, IncomingKind, Side
from .reading import conflicts_of, rows_of
from .sides import Sides, columns_at

_WORTH = 4
"""Where not even one of so many rows is wanted, those are better read by their keys."""


class ListedRows:
    """What the sides have of the rows that conflict, as long as nothing is written in the session's transaction.

    What ours has of such a row is what stands in the table. Where that is not certain, nothing is told: where the
    sides define the table differently, where columns are computed, where conflicts stood before the transaction.
    """

    def __init__(self, db: Connections, session: Session, found: ConflictSet) -> None:
        self._session = session
        self._sides = Sides(db, found)
        self._found = found
        self._numbers = {count.table: count.rows for count in found.tables}
        self._known: dict[str, Mapping[RowKey, ConflictRow] | None] = {}

    def of(self, table: str, wanted: int) -> Mapping[RowKey, ConflictRow] | None:
        """The rows of a table, by their keys; None: they have to be read by their keys, or ``wanted`` are too few."""
        if table in self._known:
            return self._known[table]
        if wanted * _WORTH < self._numbers.get(table, 0):
            return None
        rows = self._known[table] = self._read(table)
        return rows

    def _read(self, table: str) -> Mapping[RowKey, ConflictRow] | None:
        found = self._found
        commits = {side: self._sides.commit(side) for side in Side}
        if found.schema or found.incoming.kind is IncomingKind.STANDING or not all(commits.values()):
            return None
        columns = found.found[table].columns
        if any(column.generated for column in columns) or table.lower().startswith("dolt_"):
            return None
        names = [column.name for column in columns]
        try:
            for side in Side:
                with self._sides.at(side) as (session, _, _):
                    if [column.name for column in columns_at(session, table, commits[side])] != names:
                        return None
            relation = conflicts_of(self._session, table, commits)
            if not relation.key or relation.counted:
                return None
            rows = {row.key: row for row in rows_of(relation)}
        except NO_ANSWER:
            raise
        except EngineError:  # values that cannot be read so
            if self._session.connection.invalidated:
                raise
            return None
        return rows if rows.keys() >= set(found.found[table].keys) else None
