"""The summary: a link table joined with the tables that it links, built by reflection.

For the demonstration that is the tutorial's team summary; it keeps working while columns come and go, because
tables are reflected again when a definition changed. In any other database it is the join of a table with two
foreign keys.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.selectable import NamedFromClause

from ..core.connections import Connections, Session
from ..core.reflection import Reflection
from ..model import Summary
from .foreign_keys import foreign_keys

TEAM_TABLES = ("employees", "employees_teams", "teams")
TEAM_TITLE = "Team Summary"


class Summaries:
    """Joins along foreign keys."""

    def __init__(self, db: Connections, *, tutorial: bool = False) -> None:
        """``tutorial`` tells that this is the tutorial's database, whose tables are expected even while they are
        absent."""
        self._db = db
        self.tutorial = tutorial
        self._reflection = Reflection()

    def links(self, branch: str) -> tuple[str, ...]:
        """The tables that link two others: those with exactly two foreign keys, by name."""
        with self._db.read(branch, "link tables") as session:
            keys: dict[str, set[str]] = {}
            for key in foreign_keys(session):
                keys.setdefault(key.table, set()).add(key.name)
        return tuple(sorted(table for table, names in keys.items() if len(names) == 2))

    def summary(
        self,
        branch: str,
        tables: frozenset[str],
        link: str | None = None,
        size: int = 200,
        *,
        links: Callable[[], tuple[str, ...]] | None = None,
    ) -> Summary:
        """The join of ``link`` (None: the tutorial's, else the first one found) with what it links.

        ``tables`` are the names of the branch's tables; ``links`` gives what the method of that name does, where that
        was asked before. At most ``size`` rows; ``more`` tells that there are others.
        """
        if link is None and (self.tutorial or tables >= set(TEAM_TABLES)):
            missing = tuple(name for name in TEAM_TABLES if name not in tables)
            if missing:
                return Summary(TEAM_TITLE, (), (), (), missing=missing)
            return self._join(branch, TEAM_TITLE, TEAM_TABLES[1], size)
        if link is None:
            found = self.links(branch) if links is None else links()
            if not found:
                return Summary("Summary", (), (), ())
            link = found[0]
        return self._join(branch, "Summary", link, size)

    def _join(self, branch: str, title: str, link: str, size: int) -> Summary:
        with self._db.read(branch, "summary") as session:
            return _join(session, self._reflection, title, link, size)


def _join(session: Session, reflection: Reflection, title: str, link_name: str, size: int) -> Summary:
    link = reflection.table(session, link_name)
    constraints = sorted(
        link.foreign_key_constraints, key=lambda item: [link.c.keys().index(c.key) for c in item.columns]
    )
    if len(constraints) < 2:
        return Summary(title, (link_name,), (), (), missing=())
    item_keys, group_keys = constraints[0], constraints[1]
    item_table, group_table = item_keys.referred_table, group_keys.referred_table
    item = _beside(item_table, link)
    group = _beside(group_table, link, item)
    label = _label(group)
    columns = [column for column in item.c if not column.primary_key]
    order = [column for side in (group, item) for column in side.c if column.primary_key]
    joined = link.join(item, _on(item_keys, item)).join(group, _on(group_keys, group))
    shown = session.dialect.shown
    statement = sa.select(*(shown(column) for column in (label, *columns))).select_from(joined)
    rows = session.select(statement.order_by(*order).limit(size + 1))
    heading = "team" if title == TEAM_TITLE else str(label.name)
    return Summary(
        title,
        (item_table.name, link.name, group_table.name),
        (heading, *(str(column.name) for column in columns)),
        tuple(rows[:size]),
        len(rows) > size,
    )


def _beside(table: sa.Table, *joined: NamedFromClause) -> NamedFromClause:
    """``table`` to be joined with ``joined``: under another name where one of them has its name, as in a table that
    refers to itself, or twice to the same one."""
    taken = {other.name.casefold() for other in joined}
    if table.name.casefold() not in taken:
        return table
    number = next(number for number in itertools.count(2) if f"{table.name}_{number}".casefold() not in taken)
    return table.alias(f"{table.name}_{number}")


def _label(table: sa.FromClause) -> sa.ColumnElement[Any]:
    """The column that names a row: the first that isn't part of the key."""
    return next((column for column in table.c if not column.primary_key), next(iter(table.c)))


def _on(constraint: sa.ForeignKeyConstraint, target: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(*(element.parent == target.c[element.column.key] for element in constraint.elements))
