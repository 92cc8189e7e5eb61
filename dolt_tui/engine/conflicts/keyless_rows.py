"""Rows of tables without a primary key on Dolt: as often as they are to be there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..core.binding import bound
from ..core.connections import Session
from ..editing.reading import batches
from ..model import ColumnInfo, RowKey, RowValues
from ..model.conflicts import ConflictRow


def write_counts(session: Session, table: str, rows: Iterable[tuple[ConflictRow, int]]) -> None:
    """Make equal rows of a table as many as they are to be; ``rows`` has these numbers."""
    written = _Written(session, table)
    for row, number in rows:
        values = row.ours or row.theirs or row.base
        assert values is not None
        assert row.counts is not None
        more = number - row.counts[1]
        if more > 0:
            written.insert(values, more)
        elif more < 0:
            written.delete(values, -more)


def mend_rows(session: Session, table: str, mends: Mapping[RowKey, RowValues | None]) -> None:
    """Give rows other values, or delete them; they are known by the values of all columns. Of equal ones it is one."""
    written = _Written(session, table)
    for key, wanted in mends.items():
        before = dict(zip((column.name for column in written.every), key, strict=True))
        written.delete(before, 1)
        if wanted is not None:
            written.insert({**before, **wanted}, 1)


class _Written:
    """The statements for one table."""

    def __init__(self, session: Session, table: str) -> None:
        self._session, self._dialect = session, session.dialect
        self._quoted = self._dialect.quote(table)
        self.every = session.columns(table)
        self._columns = [column for column in self.every if not column.generated]

    def _texts(self, values: RowValues) -> list[tuple[ColumnInfo, str, object]]:
        style, placeholder = self._dialect.traits.sql, self._dialect.placeholder
        used = [column for column in self._columns if column.name in values]
        return [(column, *bound(values[column.name], column.type, style, placeholder)) for column in used]

    def insert(self, values: RowValues, number: int) -> None:
        """Add equal rows."""
        texts = self._texts(values)
        names = ", ".join(self._dialect.quote(column.name) for column, _, _ in texts)
        one = f"({', '.join(text for _, text, _ in texts)})"
        for some in batches(range(number)):
            listed = ", ".join([one] * len(some))
            bound_values = [value for _, _, value in texts] * len(some)
            self._session.execute(f"INSERT INTO {self._quoted} ({names}) VALUES {listed}", *bound_values)

    def delete(self, values: RowValues, number: int) -> None:
        """Delete so many of equal rows."""
        dialect, conditions, found = self._dialect, list[str](), list[object]()
        for column, text, value in self._texts(values):
            mark = f"CAST({text} AS JSON)" if column.type.lower() == "json" and value is not None else text
            is_text = isinstance(value, str | bytes) and mark == text == dialect.placeholder
            conditions.append(f"NOT {dialect.differ(dialect.quote(column.name), mark, text=is_text)}")
            found.append(value)
        self._session.execute(f"DELETE FROM {self._quoted} WHERE {' AND '.join(conditions)} LIMIT {number}", *found)
