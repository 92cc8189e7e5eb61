"""AUTO_INCREMENT: a counter in a table's definition, which every insertion moves on."""

from __future__ import annotations

import re

from ..errors import TableNotFound
from .connections import Session

_COUNTER = re.compile(r"^(\) ENGINE=\w+)( AUTO_INCREMENT=(\d+))", re.MULTILINE)


def without_counter(ddl: str) -> str:
    """A definition without the counter, whose value is no part of how the table is defined."""
    return _COUNTER.sub(r"\1", ddl)


def moved_counter(old_ddl: str, new_ddl: str) -> int | None:
    """The newer counter (0: none any more), where nothing else differs between two definitions; else None."""
    if old_ddl == new_ddl or without_counter(old_ddl) != without_counter(new_ddl):
        return None
    found = _COUNTER.search(new_ddl)
    return int(found[3]) if found else 0


def counters(session: Session, old: str, new: str, table: str) -> tuple[str, str] | None:
    """The definitions on both sides where nothing but the counter differs; None where more does, or nothing.

    ``dolt_diff_summary`` takes that for a change of the definition, ``dolt_schema_diff`` does not.
    """
    try:
        after = session.dialect.ddl(session, table, new)
        if _COUNTER.search(after) is None:
            return None
        before = session.dialect.ddl(session, table, old)
    except TableNotFound:
        return None
    return None if moved_counter(before, after) is None else (before, after)
