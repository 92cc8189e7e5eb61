"""Rows of a table at commits, by the values of some columns, within whatever transaction is open."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.connections import Session
from ..editing.reading import among, batches
from ..errors import NO_ANSWER, EngineError
from ..model import ColumnInfo, RowValues, Value
from ..model.editing import hashable


def columns_at(session: Session, table: str, commit: str) -> tuple[ColumnInfo, ...]:
    """The columns of a table at a commit, in order; none where it is not there.

    DoltLite knows the definition of the open transaction only, so its columns are those that are there on both sides.
    """
    try:
        now = session.dialect.columns(session, table, commit if session.dialect.traits.reads_as_of else None)
        if session.dialect.traits.reads_as_of or not now:
            return now
        described, _ = session.described(
            f"SELECT * FROM {session.dialect.quote('dolt_at_' + table)}(?) LIMIT 0", commit
        )
    except NO_ANSWER:
        raise
    except EngineError:
        return ()
    there = {column[0] for column in described}
    return tuple(column for column in now if column.name in there)


def rows_at(
    session: Session, table: str, commit: str, by: Sequence[str], values: Sequence[Sequence[Value]]
) -> dict[tuple[Value, ...], list[RowValues]]:
    """The rows that have one of these combinations of values in the columns ``by``, in groups by these values.

    An empty ``commit`` stands for the open transaction. Nothing where the table or one of the columns is not there.
    A statement for some hundred combinations; indexed where the columns are.
    """
    dialect = session.dialect
    try:
        columns = columns_at(session, table, commit) if commit else dialect.columns(session, table, None)
    except NO_ANSWER:
        raise
    except EngineError:
        return {}
    named = {column.name: column for column in columns}
    if not columns or not all(name in named for name in by):
        return {}
    select = ", ".join(dialect.column(column.name, column.type) for column in columns)
    source, bound = dialect.quote(table), []
    if commit:
        marks = session.by_engine(dolt=f"{source} AS OF %s", doltlite=f"{dialect.quote('dolt_at_' + table)}(?)")
        source, bound = marks, [commit]
    found: dict[tuple[Value, ...], list[RowValues]] = {}
    for some in batches([each for each in values if None not in each]):
        condition, wanted = among(session, [named[name] for name in by], some)
        for row in session.rows(f"SELECT {select} FROM {source} WHERE {condition}", *bound, *wanted):
            whole = dict(zip((column.name for column in columns), row, strict=True))
            found.setdefault(tuple(hashable(whole[name]) for name in by), []).append(whole)
    return found
