"""What is known about a table whose rows are edited: columns, keys, what refers to it, what it checks."""

from __future__ import annotations

import re
from dataclasses import replace

from ..browsing.foreign_keys import action, foreign_keys
from ..core.connections import Session
from ..errors import EngineError, TableNotFound
from ..model import ColumnInfo, Editable, ForeignKey, UniqueKey, key_of
from .ordering import elsewhere
from .table_definitions import read_form

_SYSTEM = ("dolt_", "sqlite_")
_TABLE = re.compile(r"\s*CREATE\s+(?:TEMP(?:ORARY)?\s+)?TABLE\b", re.IGNORECASE)


def editable(session: Session, table: str, *, read_only: bool = False) -> Editable:
    """How the rows of a table can be edited, and why not, where they cannot. Raises `TableNotFound`.

    Some statements of a fraction of a millisecond each.
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
    own, checks = _constraints(session, table, ddl)
    found = Editable(
        table,
        style,
        columns,
        session.by_engine(dolt=_unique_on_dolt, doltlite=_unique_on_doltlite)(session, table),
        own,
        None,
        checks,
        bool(session.scalar(session.by_engine(dolt=_TRIGGERS_OF_DOLT, doltlite=_TRIGGERS_OF_DOLTLITE), table)),
        why_not,
    )
    keys = (found.key, *(key.columns for key in found.unique))
    if not all(any(elsewhere(found, name, 0) for name in names) for names in keys):
        return replace(found, referred_by=referring_to(session, found))
    return found


def referring_to(session: Session, table: Editable) -> tuple[ForeignKey, ...]:
    """The foreign keys of all tables that refer to a table. On Dolt the cost grows with the number of all tables."""
    if table.referred_by is not None:
        return table.referred_by
    name = table.table.lower()
    every = session.recall([None], ("foreign keys with rules",), lambda: foreign_keys(session, rules=True))
    return tuple(key for key in every if key.referred.lower() == name)


def _constraints(session: Session, table: str, ddl: str) -> tuple[tuple[ForeignKey, ...], tuple[tuple[str, str], ...]]:
    """The table's own foreign keys, and its check constraints as far as they are enforced."""
    try:
        form = read_form(ddl, session.dialect.traits.sql)
    except EngineError:  # a spelling that is not understood
        return tuple(key for key in foreign_keys(session, rules=True) if key.table == table), ()
    keys = []
    for number, key in enumerate(form.foreign_keys):
        referred = key.referred_columns or tuple(column.name for column in key_of(session.columns(key.referred)))
        if len(referred) == len(key.columns):
            rules = action(key.on_delete), action(key.on_update)
            keys.append(ForeignKey(table, key.name or f"{number}", key.columns, key.referred, referred, *rules))
    checks = ((check.name, check.expression) for check in form.checks if "NOT ENFORCED" not in check.rest.upper())
    return tuple(keys), tuple(checks)


_TRIGGERS_OF_DOLT = (
    "SELECT count(*) FROM information_schema.triggers"
    " WHERE event_object_schema = DATABASE() AND event_object_table = %s"
)
_TRIGGERS_OF_DOLTLITE = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE"


def _why_not(session: Session, table: str, columns: tuple[ColumnInfo, ...], *, read_only: bool) -> str:
    if read_only:
        return "opened read-only"
    if session.scalar("SELECT active_branch()") is None:
        return "this is a commit, which never changes"
    if table.lower().startswith(_SYSTEM):
        return f"{table} is a system table"
    if owner := session.dialect.elsewhere(session, table):
        return f"{table} belongs to {owner}"
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
