"""The rows that a foreign key can refer to, with what names them to people."""

from __future__ import annotations

from collections.abc import Sequence

from ..browsing.query import binary
from ..core.connections import Session
from ..core.literals import text_of
from ..errors import TableNotFound
from ..model import ColumnInfo, Editor, ForeignKey, Option, Value
from ..model.editing import hashable
from .cell_values import editor_of
from .reading import among, batches

_NAMES = ("name", "title", "label", "full_name", "display_name", "last_name", "surname", "username", "login", "email")
"""Columns that name a row, the best ones first."""


def naming_column(columns: Sequence[ColumnInfo], key: ForeignKey, session: Session) -> ColumnInfo | None:
    """The column whose values say to people which row it is; None where there is nothing like it."""
    style = session.dialect.traits.sql
    referred = {name.lower() for name in key.referred_columns}
    texts = [
        column
        for column in columns
        if editor_of(column, style) is Editor.TEXT and column.name.lower() not in referred and not column.generated
    ]
    by_name = {column.name.lower(): column for column in texts}
    best = next((by_name[name] for name in _NAMES if name in by_name), None)
    return best or next((column for column in texts if "name" in column.name.lower()), texts[0] if texts else None)


class _Parent:
    """The table that a foreign key refers to, as far as it is shown."""

    def __init__(self, session: Session, key: ForeignKey) -> None:
        columns = session.columns(key.referred)
        known = {column.name.lower(): column for column in columns}
        if not columns or any(name.lower() not in known for name in key.referred_columns):
            raise TableNotFound(f"The table {key.referred} has no columns any more that {key.table} could refer to.")
        self.columns = [known[name.lower()] for name in key.referred_columns]
        self.naming = naming_column(columns, key, session)
        shown = [*self.columns, *([self.naming] if self.naming is not None else [])]
        self.select = ", ".join(session.dialect.column(column.name, column.type) for column in shown)
        self.relation = session.dialect.quote(key.referred)

    def option(self, row: Sequence[Value]) -> Option:
        size = len(self.columns)
        values = tuple(hashable(value) for value in row[:size])
        return Option(values, text_of(row[size]) if self.naming is not None else "")


def options(session: Session, key: ForeignKey, text: str, limit: int) -> tuple[Option, ...]:
    """The first rows in the order of the columns referred to, of which these or the name contain ``text``."""
    dialect = session.dialect
    parent = _Parent(session, key)
    conditions, bound = [], list[object]()
    searched = [*parent.columns, *([parent.naming] if parent.naming is not None else [])]
    for column in searched if text else ():
        if not binary(column.type):
            condition, value = dialect.contain(f"CAST({dialect.quote(column.name)} AS CHAR)", text)
            conditions.append(condition)
            bound.append(value)
    names = [dialect.quote(column.name) for column in parent.columns]
    wanted = [f"{name} IS NOT NULL" for name in names]
    wanted += [f"({' OR '.join(conditions)})"] if conditions else []
    rows = session.rows(
        f"SELECT {parent.select} FROM {parent.relation} WHERE {' AND '.join(wanted)}"
        f" ORDER BY {', '.join(names)} LIMIT {dialect.placeholder}",
        *bound,
        limit,
    )
    found = [parent.option(row) for row in rows]
    exact = [option for option in found if any(text_of(value) == text for value in option.values)]
    return (*exact, *(option for option in found if option not in exact))


def labels(session: Session, key: ForeignKey, values: Sequence[Sequence[Value]]) -> dict[tuple[Value, ...], str]:
    """What names the rows with these values; nothing for those that are not there, or have no name."""
    parent = _Parent(session, key)
    found: dict[tuple[Value, ...], str] = {}
    if parent.naming is None:
        return found
    wanted = list(dict.fromkeys(tuple(map(hashable, each)) for each in values if None not in each))
    for some in batches(wanted):
        condition, bound = among(session, parent.columns, some)
        for row in session.rows(f"SELECT {parent.select} FROM {parent.relation} WHERE {condition}", *bound):
            option = parent.option(row)
            if option.label:
                found[option.values] = option.label
    return found
