"""Rows staged where Dolt cannot: their table is set to what shall be staged, staged whole, and set back.

``UPDATE dolt_workspace_<table>`` panics at rows that hold bytes, a vector or a shape; the server is lost to the
connection, and nothing has changed. The way round stays on the server, in one transaction that nobody sees into: rows
go into a temporary table and come back. It costs what all changed rows do. See engine-facts.md#workspace-panics.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..browsing.row_halves import StagedTable, changed_keys
from ..core.connections import Session
from ..core.workspace_rows import of_keys, some_keys
from ..errors import Constraint, Lacking
from ..model import HEAD, STAGED, WORKING, RowKey

_KEPT = "_kept_rows_of_dolt_tui"


def move_by_writing(session: Session, table: StagedTable, keys: Sequence[RowKey], *, staged: bool) -> None:
    """Stage the rows of these keys, or unstage them, all of which have a change to that; the working set stays.

    Raises `Lacking` where it would not, because of triggers or unique columns: the transaction has to be rolled back.
    """
    try:
        _move(session, table, keys, staged=staged)
    except Constraint as error:
        raise Lacking(
            f"Rows of {table.table} cannot be staged apart from others.", " ", detail=error.message
        ) from error


def _move(session: Session, table: StagedTable, keys: Sequence[RowKey], *, staged: bool) -> None:
    before = _working(session)
    quote = session.dialect.quote
    name, wanted = quote(table.table), set(keys)
    columns = ", ".join(quote(column.name) for column in table.columns if not column.generated)
    others = [key for key in changed_keys(session, table, STAGED, WORKING) if key not in wanted]
    # No cascade and no check: in the end every row is what it was.
    session.execute("SET foreign_key_checks = 0")
    session.execute(f"CREATE TEMPORARY TABLE {_KEPT} LIKE {name}")
    moved = others if staged else [*others, *keys]

    def copy(target: str, source: str, of: Sequence[RowKey]) -> None:
        for some in some_keys(table.key, of):
            condition, bound = of_keys(session, table.key, some)
            session.execute(
                f"INSERT INTO {target} ({columns}) SELECT {columns} FROM {source} WHERE {condition}", *bound
            )

    def delete(of: Sequence[RowKey]) -> None:
        for some in some_keys(table.key, of):
            condition, bound = of_keys(session, table.key, some)
            session.execute(f"DELETE FROM {name} WHERE {condition}", *bound)

    copy(_KEPT, name, moved)
    delete(moved)
    if not table.untracked:
        copy(name, f"{name} AS OF '{STAGED}'", others)
    if not staged and not table.new:
        copy(name, f"{name} AS OF '{HEAD}'", keys)
    session.call("dolt_add", "--", table.table)
    delete(moved)
    session.execute(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM {_KEPT}")
    if _working(session) != before:
        raise Lacking(f"Triggers of {table.table} would change rows: only the whole table can be staged.", " ")


def _working(session: Session) -> str:
    return str(session.scalar("SELECT dolt_hashof_db('WORKING')"))
