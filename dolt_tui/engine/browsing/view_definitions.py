"""Views and triggers where no table holds them: which of their definitions differ between two revisions.

Dolt keeps them as rows of ``dolt_schemas``. DoltLite says by that name that they have changed, but has no such table.
See engine-facts.md#doltlite-views.
"""

from __future__ import annotations

import re

from ..core.connections import Session
from ..model import RowCounts, Traits

_DEFINITION = re.compile(r"(?i)\s*CREATE\s+(TEMP\w*\s+)?(VIEW|TRIGGER)")


def without_rows(traits: Traits, table: str) -> bool:
    """Whether the name of a changed table stands for definitions that are not rows of a table."""
    return table == "dolt_schemas" and not traits.views_in_table


def changed_definitions(session: Session, old: str, new: str) -> list[tuple[str, str]]:
    """The definitions that differ, each as it was and as it is; empty on the side that lacks it."""
    rows = session.rows(
        "SELECT from_create_statement, to_create_statement FROM dolt_schema_diff(?, ?)",
        *session.dialect.known(session, old, new),
    )
    return [(before or "", after or "") for before, after in rows if _DEFINITION.match(after or before)]


def definition_counts(session: Session, old: str, new: str) -> RowCounts:
    """How many definitions differ, as Dolt counts them: there each one is a row."""
    pairs = changed_definitions(session, old, new)
    added, removed = sum(not before for before, _ in pairs), sum(not after for _, after in pairs)
    return RowCounts(added, len(pairs) - added - removed, removed)
