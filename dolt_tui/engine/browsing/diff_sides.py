"""What the definitions of a table on both sides of a diff say about it, before any of its rows is asked for.

Dolt pairs the rows of a diff by the bytes of their keys. Where the two keys differ, its answer is wrong (``int`` to
``bigint``), or the server crashes for everyone (``int`` to ``decimal``); and of a table without a key that has virtual
columns it reads values from the wrong places. Whatever reads the rows of a diff asks here first.
See engine-facts.md#keys-are-paired-by-bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...frozen import Frozen
from ..core.connections import Session
from ..errors import NO_ANSWER, BranchNotFound, EngineError, RowsNotPaired
from ..model import ColumnInfo, key_of
from .key_comparison import KeyComparison

KEY_CHANGED = "The primary key changed: rows cannot be paired."
KEYLESS_VIRTUAL = (
    "The table has virtual columns and no primary key: Dolt would read the values of its changes from wrong places."
)

REWRITTEN = "Columns moved or have other types: rows whose values stayed the same may be listed, too."


class Sides(Frozen):
    """The columns of a table on the older and on the newer side; empty where there is no such table."""

    old: tuple[ColumnInfo, ...]
    new: tuple[ColumnInfo, ...]
    old_name: str
    new_name: str
    blocked_by: str = ""
    """Why the rows of both sides cannot be compared; empty where they can."""
    note: str = ""
    """What people should know about the rows, one note on each line."""

    @property
    def columns(self) -> tuple[ColumnInfo, ...]:
        """The columns on the newer side, else on the older one."""
        return self.new or self.old

    @property
    def keys(self) -> tuple[ColumnInfo, ...]:
        """The columns of the primary key, in its order."""
        return key_of(self.columns)

    @property
    def unheld(self) -> tuple[frozenset[str], frozenset[str]]:
        """The columns whose values the diff does not hold: on the older side, and on the newer one."""
        old, new = (frozenset(column.name for column in side if column.virtual) for side in (self.old, self.new))
        return old, new

    def check(self) -> None:
        """Raise `RowsNotPaired` where the rows of both sides cannot be compared."""
        if self.blocked_by:
            raise RowsNotPaired(self.blocked_by)


def sides_of(session: Session, table: str, old: str, new: str, *, noted: bool = True) -> Sides:
    """Both sides of a diff of a table that may have another name on one of them. The answer is remembered.

    Without ``noted``, an engine that tells no definitions of other revisions is not asked for notes on them.
    """
    if not session.dialect.traits.reads_as_of:
        return _by_one_definition(session, table, old, new, noted)
    return session.recall([old, new], ("sides", table), lambda: _sides(session, table, old, new))


def _sides(session: Session, table: str, old: str, new: str) -> Sides:
    before, after = _columns(session, table, old), _columns(session, table, new)
    old_name = new_name = table
    if not (before and after):  # added, dropped, or renamed
        names, paired = _names(session, table, old, new)
        if not paired:
            return Sides(before, after, table, table, KEY_CHANGED)
        if names is not None:
            old_name, new_name = names
            before = before or (_columns(session, old_name, old) if old_name else ())
            after = after or (_columns(session, new_name, new) if new_name else ())
    blocked_by = ""
    verdict = _paired(before, after) if before and after else True
    if verdict is None:
        verdict = _names(session, table, old, new)[1]
    if not verdict:
        blocked_by = KEY_CHANGED
    elif any(not key_of(side) and any(column.virtual for column in side) for side in (before, after)):
        blocked_by = KEYLESS_VIRTUAL
    notes = [_unheld_note(before, after), REWRITTEN if before and after and _rewritten(before, after) else ""]
    return Sides(before, after, old_name, new_name, blocked_by, "\n".join(filter(None, notes)))


def relation_of(
    session: Session, sides: Sides, table: str, old: str, new: str
) -> tuple[str, tuple[str, ...], list[Any]]:
    """The rows of a diff: the table function in SQL, what it binds, and its columns as the driver describes them.

    Raises `RowsNotPaired` where the rows of both sides cannot be compared.
    """
    sides.check()
    dialect = session.dialect
    one, other = dialect.known(session, old, new)
    relation, values = dialect.diff(table), dialect.diff_values(one, other, table)

    def describe() -> list[Any]:
        return session.described(f"SELECT * FROM {relation} LIMIT 0", *values)[0]

    return relation, values, session.recall([old, new], ("diff", table), describe)


def _columns(session: Session, table: str, revision: str) -> tuple[ColumnInfo, ...]:
    try:
        return session.columns(table, revision)
    except (BranchNotFound, *NO_ANSWER):
        raise
    except EngineError:
        return ()


def _names(session: Session, table: str, old: str, new: str) -> tuple[tuple[str, str] | None, bool]:
    """The table's names on both sides (None: it does not differ), and whether Dolt says that rows can be paired."""
    try:
        row = session.first(
            f"SELECT from_table_name, to_table_name FROM dolt_diff_summary({session.dialect.placeholders(3)})",
            old,
            new,
            table,
        )
    except (BranchNotFound, *NO_ANSWER):
        raise
    except RowsNotPaired:
        return None, False
    except EngineError:
        return None, True  # the table is on neither side
    return (None if row is None else (row[0] or "", row[1] or "")), True


def _paired(old: Sequence[ColumnInfo], new: Sequence[ColumnInfo]) -> bool | None:
    """Whether Dolt pairs the rows of both sides; None: a column of the key was renamed, or replaced by another one."""
    one, other = key_of(old), key_of(new)
    if not KeyComparison(one, other).same_bytes:
        return False
    if [a.name.lower() for a in one] == [b.name.lower() for b in other]:
        return True
    before, after = ({column.name.lower() for column in side} for side in (old, new))
    for a, b in zip(one, other, strict=True):
        if a.name.lower() != b.name.lower() and (a.name.lower() in after or b.name.lower() in before):
            return False
    return None


def _rewritten(old: Sequence[ColumnInfo], new: Sequence[ColumnInfo]) -> bool:
    """Whether Dolt rewrote all rows, so that it counts them as modified."""
    before, after = ({c.name: c.type.lower() for c in side if not c.primary_key} for side in (old, new))
    common = [name for name in before if name in after]
    return common != [name for name in after if name in before] or any(before[n] != after[n] for n in common)


def _by_one_definition(session: Session, table: str, old: str, new: str, noted: bool) -> Sides:
    """DoltLite tells columns of the session's branch only; rows whose key changed are removed and added there."""
    columns = _columns(session, table, new)
    notes = [_unheld_note(columns)]
    if noted:
        names, paired = _names(session, table, *session.dialect.known(session, old, new))
        if not paired:
            notes.append("The primary key changed: rows show as removed and as added.")
        elif names is not None and names[0] and names[1] and names[0] != names[1]:
            notes.append(f"The table was {names[0]} before: all of its rows show as added.")
    return Sides(columns, columns, table, table, note="\n".join(filter(None, notes)))


def _unheld_note(*sides: Sequence[ColumnInfo]) -> str:
    names = dict.fromkeys(column.name for side in sides for column in side if column.virtual)
    if not names:
        return ""
    them = "it" if len(names) == 1 else "them"
    return f"– {', '.join(names)}: computed when the table is read; the diff does not hold {them}."
