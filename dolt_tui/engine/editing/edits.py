"""Rows edited by hand: what can be edited, what the database will say, and writing a draft."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.connections import Connections
from ..model import Editable, Finding, RowKey, RowValues, Written
from .definitions import editable
from .draft import Draft
from .reading import rows_by_key
from .writing import write


class Edits:
    """Questions about rows that are edited, and how they are written."""

    def __init__(self, db: Connections) -> None:
        self._db = db

    def editable(self, branch: str, table: str) -> Editable:
        """How the rows of a table can be edited; ``why_not`` says why they cannot. Raises `TableNotFound`.

        Some statements, whose cost grows with the number of tables.
        """
        with self._db.read(branch, "how rows can be edited") as session:
            return editable(session, table, read_only=self._db.read_only)

    def rows(self, branch: str, table: Editable, keys: Sequence[RowKey]) -> tuple[RowValues | None, ...]:
        """The rows of these keys as they are now, all columns; None for those that are not there."""
        with self._db.read(branch, "rows by key") as session:
            found = rows_by_key(session, table, keys)
        return tuple(found.get(tuple(key)) for key in keys)

    def check(self, branch: str, draft: Draft) -> tuple[Finding, ...]:
        """What the database would say to a draft, by statements that only read."""
        return ()

    def write(self, branch: str, draft: Draft) -> Written:
        """Write a draft in one transaction; nothing of it where any row is not what was shown any more.

        What other sessions change in the same moment is never overwritten: where they changed the same cell nothing
        is written, where they changed other cells of the row the engine keeps both, which is in `Written.merged`.

        Raises `RowsChanged` with these rows, `ChangedMeanwhile` where a table is defined otherwise by now,
        `NotEditable`, `ReadOnly`, `RowRefused` with the edit that the database does not take, `Serialization`.
        """
        if not draft:
            return Written()
        return write(self._db, branch, draft)
