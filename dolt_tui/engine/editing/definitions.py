"""What is known about a table whose rows are edited: columns, keys, what refers to it, what it checks."""

from __future__ import annotations

import re

from ..browsing.foreign_keys import foreign_keys
from ..core.connections import Session
from ..core.ddl import checks_of_dolt, checks_of_sqlite
from ..errors import TableNotFound
from ..model import ColumnInfo, Editable, UniqueKey

_SYSTEM = ("dolt_", "sqlite_")
_TABLE = re.compile(r"\s*CREATE\s+(?:TEMP(?:ORARY)?\s+)?TABLE\b", re.IGNORECASE)


def editable(session: Session, table: str, *, read_only: bool = False) -> Editable:
    """How the rows of a table can be edited, and why not, where they cannot. Raises `TableNotFound`.

    Some statements, whose cost grows with the number of tables.
    """
    style = session.dialect.traits.sql
    columns = session.columns(table)
    if not columns:
        raise TableNotFound(f"There is no table {table}.")
    why_not = _why_not(session, table, columns, read_only=read_only)
    if table.lower().startswith(_SYSTEM):
        return Editable(table, style, columns, why_not=why_not)
    ddl = session.dialect.ddl(session, table, None)
    if not _TABLE.match(ddl):
        return Editable(table, style, columns, why_not=f"{table} is a view")
    keys = foreign_keys(session)
    name = table.lower()
    return Editable(
        table,
        style,
        columns,
        session.by_engine(dolt=_unique_on_dolt, doltlite=_unique_on_doltlite)(session, table),
        tuple(key for key in keys if key.table == table),
        tuple(key for key in keys if key.referred.lower() == name),
        session.by_engine(dolt=checks_of_dolt, doltlite=checks_of_sqlite)(ddl),
        bool(session.scalar(session.by_engine(dolt=_TRIGGERS_OF_DOLT, doltlite=_TRIGGERS_OF_DOLTLITE), table)),
        why_not,
    )


_TRIGGERS_OF_DOLT = (
    "SELECT count(*) FROM information_schema.triggers"
    " WHERE event_object_schema = DATABASE() AND event_object_table = %s"
)
_TRIGGERS_OF_DOLTLITE = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE"


def _why_not(session: Session, table: str, columns: tuple[ColumnInfo, ...], *, read_only: bool) -> str:
    if read_only:
        return "this was opened read-only"
    if session.scalar("SELECT active_branch()") is None:
        return "this is a commit, which never changes"
    if table.lower().startswith(_SYSTEM):
        return f"{table} is a system table"
    if not any(column.primary_key for column in columns):
        return f"{table} has no primary key, so its rows cannot be told apart"
    return ""


def _unique_on_dolt(session: Session, table: str) -> tuple[UniqueKey, ...]:
    found: dict[str, list[str]] = {}
    partial = set()
    for row in session.rows(f"SHOW INDEX FROM {session.dialect.quote(table)}"):
        if row[2] != "PRIMARY" and row[1] == 0:
            found.setdefault(row[2], []).append(row[4])
            if row[7] is not None or row[4] is None:  # the beginning of a text, an expression
                partial.add(row[2])
    return tuple(UniqueKey(name, tuple(columns)) for name, columns in found.items() if name not in partial)


def _unique_on_doltlite(session: Session, table: str) -> tuple[UniqueKey, ...]:
    rows = session.rows(
        "SELECT l.name, i.name FROM pragma_index_list(?) AS l, pragma_index_info(l.name) AS i"
        " WHERE l.\"unique\" AND l.origin <> 'pk' AND NOT l.partial ORDER BY l.seq, i.seqno",
        table,
    )
    found: dict[str, list[str]] = {}
    for name, column in rows:
        found.setdefault(name, []).append(column)
    return tuple(UniqueKey(name, tuple(columns)) for name, columns in found.items() if None not in columns)
