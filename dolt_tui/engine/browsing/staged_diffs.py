"""Pages of a table's uncommitted changes, each row with which of its changes are staged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from ..core.connections import Connections
from ..model import HEAD, STAGED, WORKING, ColumnInfo, DiffPage, Halves, Position, RowChange, RowKey, StagedDiffPage
from .diffs import Diffs
from .query import DiffQuery
from .row_halves import halves, staged_table


def staged_page(
    db: Connections, diffs: Diffs, branch: str, query: DiffQuery, size: int, position: Position, known: Halves | None
) -> StagedDiffPage:
    """See `RowStaging.page`."""
    page = diffs.page(branch, query, size, position)
    with db.read(branch, "row staging") as session, session.pinned(HEAD, STAGED, WORKING):
        table = staged_table(session, query.table)
        known = table.halves if known is None else known
        found = [known] * len(page.rows)
        if known.both and page.rows and table.key:
            keys = [_key(page, table.key, row) for row in page.rows]
            which = halves(session, table, keys)
            found = [which[one] for one in keys]
    states = tuple(
        (row.old, row.new if one.staged else row.old, row.new) for row, one in zip(page.rows, found, strict=True)
    )
    given = {field.name: getattr(page, field.name) for field in fields(page)}
    return StagedDiffPage(**given, halves=tuple(found), states=states, why_not=table.why_not)


def _key(page: DiffPage, key: Sequence[ColumnInfo], row: RowChange) -> RowKey:
    at = {column.name: position for position, column in enumerate(page.columns)}
    values = row.new if row.new is not None else row.old
    assert values is not None
    return tuple(values[at[column.name]] for column in key)
