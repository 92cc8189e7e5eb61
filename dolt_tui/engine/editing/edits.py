"""Rows edited by hand: what can be edited, what the database will say, and writing a draft."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..browsing.query import Query
from ..browsing.table_rows import TableRows
from ..core.connections import Connections
from ..model import Editable, Finding, ForeignKey, NewRow, Option, RowKey, RowValues, Value, Written
from .checking import check
from .choices import labels, options
from .definitions import editable
from .draft import Draft
from .reading import rows_by_key
from .replacing import Replaced, Replacement, replaced
from .writing import write


class Edits:
    """Questions about rows that are edited, and how they are written."""

    def __init__(self, db: Connections, rows: TableRows) -> None:
        self._db, self._rows = db, rows

    def editable(self, branch: str, table: str) -> Editable:
        """How the rows of a table can be edited; ``why_not`` says why they cannot. Raises `TableNotFound`.

        Some milliseconds. Only where no value of the key's type can stand aside for another one (a key of an ENUM) its
        cost grows with the number of all tables on Dolt, which has to be asked what refers to the table.
        """
        with self._db.read(branch, "how rows can be edited") as session:
            return editable(session, table, read_only=self._db.read_only)

    def rows(self, branch: str, table: Editable, keys: Sequence[RowKey]) -> tuple[RowValues | None, ...]:
        """The rows of these keys as they are now, all columns; None for those that are not there."""
        with self._db.read(branch, "rows by key") as session:
            found = rows_by_key(session, table, keys)
        return tuple(found.get(tuple(key)) for key in keys)

    def check(self, branch: str, draft: Draft) -> tuple[Finding, ...]:
        """What the database will say to a draft: by statements that only read, some for each key of its tables, and
        for each five hundred rows. Each of them is answered by an index, where the tables have one.

        Where rows are removed, or their keys change, Dolt has to be asked for the foreign keys of all tables, and each
        table that refers to theirs for such rows.
        """
        with self._db.read(branch, "what the database will say to a draft") as session:
            return check(session, draft)

    def options(self, branch: str, key: ForeignKey, text: str, limit: int) -> tuple[Option, ...]:
        """Rows that a foreign key can refer to, in their key's order: all, or those that contain a text.

        The cost is that of ``limit`` rows, and with a text that of the rows looked at until so many were found.
        """
        with self._db.read(branch, "rows to refer to") as session:
            return options(session, key, text, limit)

    def labels(self, branch: str, key: ForeignKey, values: Sequence[Sequence[Value]]) -> dict[tuple[Value, ...], str]:
        """What names the rows that a foreign key refers to by these values, to people: a column like ``name``."""
        with self._db.read(branch, "names of rows referred to") as session:
            return labels(session, key, values)

    def replace(
        self,
        branch: str,
        draft: Draft,
        table: Editable,
        wanted: Replacement,
        query: Query,
        only: Collection[RowKey] | None = None,
    ) -> Replaced:
        """Find and replace in a column of the rows of a query, or of ``only`` some of them: nothing is written, the
        draft gets the edits. What the draft has set already is looked at as the draft has it, and so are added rows.

        The rows are counted first, and read by pages. Raises `NotEditable` where they are more than the limit,
        `InvalidValue` where something would come of it that the column does not hold; then nothing was replaced.
        """
        keys = [key for key in only or () if not any(isinstance(value, NewRow) for value in key)]
        some = [row for row in self.rows(branch, table, keys) if row is not None] if keys else []
        return replaced(self._rows, branch, draft, table, wanted, query, only, some)

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
