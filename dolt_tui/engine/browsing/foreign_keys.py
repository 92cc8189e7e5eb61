"""Foreign keys: which there are, and what they mean for dropping a table."""

from __future__ import annotations

from itertools import groupby

from ..core import ddl
from ..core.connections import Session
from ..model import ForeignKey, key_of

_ON_DOLT = (
    "SELECT table_name, constraint_name, referenced_table_name, '', '', column_name, referenced_column_name"
    " FROM information_schema.key_column_usage"
    " WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL"
    " ORDER BY table_name, constraint_name, ordinal_position"
)
_RULES_ON_DOLT = (
    "SELECT table_name, constraint_name, delete_rule, update_rule"
    " FROM information_schema.referential_constraints WHERE constraint_schema = DATABASE()"
)
_ON_DOLTLITE = (
    'SELECT m.name, CAST(f.id AS TEXT), f."table", f.on_delete, f.on_update, f."from", f."to"'
    " FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS f"
    " WHERE m.type = 'table' ORDER BY m.name, f.id DESC, f.seq"
)
_OF_TABLE_ON_DOLTLITE = (
    'SELECT CAST(id AS TEXT), "table", "from", "to" FROM pragma_foreign_key_list(?) ORDER BY id DESC, seq'
)


def foreign_keys(session: Session, *, rules: bool = False) -> tuple[ForeignKey, ...]:
    """All foreign keys of the session's revision, in the order of the tables and of their keys.

    Dolt tells their ``rules``, what happens to rows that refer to others, apart from the rest, and takes as long again.
    """
    rows = session.rows(session.by_engine(dolt=_ON_DOLT, doltlite=_ON_DOLTLITE))
    told = {}
    if rules and rows and session.dialect.traits.server:
        told = {(row[0], row[1]): row[2:] for row in session.rows(_RULES_ON_DOLT)}
    found = []
    for (table, name, referred, *own), parts in groupby(rows, lambda row: row[:5]):
        columns, referred_columns = zip(*(row[5:] for row in parts), strict=True)
        if None in referred_columns:  # SQLite: the primary key of the table referred to
            referred_columns = tuple(column.name for column in key_of(session.columns(referred)))
        if referred_columns:
            on_delete, on_update = (action(rule) for rule in told.get((table, name), own))
            found.append(ForeignKey(table, name, columns, referred, referred_columns, on_delete, on_update))
    return tuple(found)


def keys_of(session: Session, table: str, as_of: str | None = None) -> tuple[ForeignKey, ...]:
    """The foreign keys of one table, without their rules; ``as_of`` is what stands after ``AS OF``.

    Remembered like the table's columns. Raises `TableNotFound` on Dolt.
    """
    return session.recall([as_of], ("foreign keys", table), lambda: _keys_of(session, table, as_of))


def _keys_of(session: Session, table: str, as_of: str | None) -> tuple[ForeignKey, ...]:
    if session.dialect.traits.server:
        told = ddl.foreign_keys(session.dialect.ddl(session, table, as_of))
        return tuple(ForeignKey(table, *key) for key in told)
    found = []
    for (name, referred), parts in groupby(session.rows(_OF_TABLE_ON_DOLTLITE, table), lambda row: row[:2]):
        columns, others = zip(*(row[2:] for row in parts), strict=True)
        if None in others:  # SQLite: the primary key of the table referred to
            others = tuple(column.name for column in key_of(session.columns(referred)))
        if len(others) == len(columns):
            found.append(ForeignKey(table, name, columns, referred, others))
    return tuple(found)


def action(rule: str) -> str:
    """A rule as `ForeignKey` has it."""
    return "" if rule.upper() in ("NO ACTION", "RESTRICT") else rule.upper()


def referring(session: Session, table: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tables because of whose foreign keys ``table`` cannot be dropped, and those whose rows would change."""
    return session.by_engine(dolt=_referring_on_dolt, doltlite=_referring_on_doltlite)(session, table)


def _referring_on_dolt(session: Session, table: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if not session.scalar("SELECT @@foreign_key_checks"):
        return (), ()
    name = table.lower()
    found = (key.table for key in foreign_keys(session) if key.referred.lower() == name and key.table != table)
    return tuple(dict.fromkeys(found)), ()


def _referring_on_doltlite(session: Session, table: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    # Dropping deletes all rows first: only tables with rows that refer to some of them have a say.
    # engine-facts.md#doltlite-drop
    rows = session.rows(
        'SELECT m.name, f."from", f.on_delete FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS f'
        " WHERE m.type = 'table' AND lower(f.\"table\") = lower(?) AND m.name <> ? ORDER BY m.name",
        table,
        table,
    )
    refusing, cascading = dict[str, None](), dict[str, None]()
    quote = session.dialect.quote
    for name, column, action in rows:
        if session.first(f"SELECT 1 FROM {quote(name)} WHERE {quote(column)} IS NOT NULL LIMIT 1") is not None:
            (refusing if action in ("NO ACTION", "RESTRICT") else cascading)[name] = None
    return tuple(refusing), tuple(cascading)
