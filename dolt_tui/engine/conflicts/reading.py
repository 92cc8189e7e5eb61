"""What conflicts: found by doing it in a transaction that is taken back, and read in an open one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

from ..core.connections import Connections, Session
from ..errors import NO_ANSWER, ChangedMeanwhile, EngineError, Unmergeable
from ..model import ConflictCount, RowKey, key_of
from ..model.conflicts import (
    ConflictRow,
    ConflictSet,
    Incoming,
    IncomingKind,
    Side,
    TableConflicts,
)
from ..model.editing import hashable
from .comparing import compared, conflicts_by_comparing, keys_by_comparing, refuses
from .constraints import broken_in
from .relation import REMOVED, Relation, merged_names, relation_of
from .schema import DEFINITIONS, refused, schema_conflicts_in
from .sides import columns_at, renames

_COMPUTED = (
    "Dolt fails to merge rows with stored computed columns that both sides changed. They can be decided only where all"
    " tables that both sides changed have a primary key, and the same columns on both sides."
)
_FIRST = "Make these rows, or the columns of the other tables, the same on both sides first. Nothing was changed."


def foresee(db: Connections, incoming: Incoming) -> ConflictSet | None:
    """What conflicts in a merge or squash, found by merging and taking that back; None where nothing does.

    Nobody else sees any of it; on DoltLite nobody else can write meanwhile. The cost is that of the merge, and grows
    with the rows that differ. Raises `ChangedMeanwhile` where the branch has moved, `LocalChanges`, and what else
    forbids the merge.
    """
    failed: EngineError | None = None
    with db.trial(incoming.branch, "what conflicts") as session:
        session.within_transaction()
        session.execute(session.dialect.begin)
        try:
            head = str(session.scalar("SELECT dolt_hashof('HEAD')"))
            if head != incoming.head:
                raise ChangedMeanwhile(f"Branch {incoming.branch} has moved meanwhile.")
            base = session.scalar(f"SELECT dolt_merge_base({session.dialect.placeholders(2)})", head, incoming.tip)
            base = str(base or "")
            try:
                # Dolt may say that nothing conflicts where something does: see `compared`.
                if not merge(session, incoming) and not compared(session, base, head, incoming.tip):
                    return None
                found = conflicts_in(session, incoming, base, head, incoming.tip)
            except NO_ANSWER:
                raise
            except EngineError as error:
                failed = error
        finally:
            with suppress(Exception):  # the connection is lost then, and the transaction with it
                session.dialect.rollback(session)
    if failed is not None:
        schema = refused(db, incoming.branch, failed, base, head, incoming.tip, incoming.kind)
        if not schema:
            if refuses(failed):
                with db.read(incoming.branch, "what conflicts") as session:
                    instead = conflicts_by_comparing(session, incoming, base, head, incoming.tip)
                if instead is not None:
                    return instead
                if "malformed tuple" in f"{failed.message} {failed.detail}":
                    raise Unmergeable(_COMPUTED, _FIRST, detail=failed.detail or failed.message) from failed
            raise failed
        return ConflictSet(incoming, incoming.tip, base, head, incoming.tip, schema=schema)
    return found if found.tables or found.schema or found.broken else None


def merge(session: Session, incoming: Incoming) -> bool:
    """Merge or squash within the session's transaction without a commit; whether it left something to resolve.

    DoltLite says so by an error, and keeps the transaction.
    """
    how = ("--squash",) if incoming.kind is IncomingKind.SQUASH else ("--no-ff",)
    try:
        answer = session.call("dolt_merge", *how, "--no-commit", incoming.tip)
    except NO_ANSWER:
        raise
    except EngineError:
        if session.dialect.traits.server or not session.raw.in_transaction or not _left(session):
            raise
        return True
    return session.dialect.traits.server and bool(answer[2:] and answer[2])


def _left(session: Session) -> bool:
    """Whether something conflicts in the open transaction, or breaks a constraint."""
    return any(
        session.first(f"SELECT 1 FROM {table} LIMIT 1") is not None
        for table in ("dolt_conflicts", "dolt_schema_conflicts", "dolt_constraint_violations")
    )


def conflicts_in(
    session: Session,
    incoming: Incoming,
    base: str,
    ours: str,
    theirs: str,
    *,
    commit: str = "",
    number: int = 1,
    of: int = 1,
    summary: str = "",
) -> ConflictSet:
    """What conflicts in the session's open transaction, after a merge, cherry-pick or revert that left something there.

    ``base``, ``ours`` and ``theirs`` are the commits at which the sides can be read; ``commit`` is the one that
    conflicts (the tip, if not given). The keys of all rows are read: some 30 µs each.
    """
    quote = session.dialect.quote
    listed = session.rows(f"SELECT {quote('table')}, num_conflicts FROM dolt_conflicts")
    numbers = {str(table): int(rows or 0) for table, rows in listed}  # 0: its definition conflicts
    schema = schema_conflicts_in(session, base, ours, theirs, incoming.kind, counts=numbers)
    elsewhere = {conflict.table for conflict in schema} | {DEFINITIONS}
    by_comparing = compared(session, base, ours, theirs)
    commits = {Side.BASE: base, Side.OURS: ours, Side.THEIRS: theirs}
    found: dict[str, TableConflicts] = {}
    for table in dict.fromkeys([*numbers, *by_comparing]):
        rows = numbers.get(table, 0)
        if (rows or table in by_comparing) and table not in elsewhere:
            found[table] = table_conflicts(session, table, commits, rows)
    found = {table: conflicts for table, conflicts in found.items() if conflicts.keys}
    counts = [ConflictCount(table, len(conflicts.keys)) for table, conflicts in found.items()]
    broken = broken_in(session, (base, ours, theirs))
    return ConflictSet(
        incoming,
        commit or incoming.tip,
        base,
        ours,
        theirs,
        tuple(counts),
        schema,
        broken,
        number,
        of,
        summary,
        found,
    )


def table_conflicts(session: Session, table: str, commits: Mapping[Side, str], number: int) -> TableConflicts:
    """The rows of a table that conflict in the session's open transaction; the engine says how many they are."""
    columns = session.dialect.columns(session, table, None)
    if session.dialect.traits.reads_as_of and key_of(columns) and any(column.virtual for column in columns):
        # The engine's list would hold values of other columns. engine-facts.md#computed-columns-and-merges
        return TableConflicts(columns, keys_by_comparing(session, table, columns, commits, number))
    relation = conflicts_of(session, table, commits)
    columns = relation.columns
    if relation.key:
        return TableConflicts(columns, keys_of(relation))
    rows = rows_of(relation)
    return TableConflicts(columns, tuple(row.key for row in rows), rows)


def conflicts_of(session: Session, table: str, commits: Mapping[Side, str]) -> Relation:
    """The rows of a table that conflict in the session's open transaction, as a relation."""
    columns = session.dialect.columns(session, table, None)

    @cache
    def renamed() -> Mapping[Side, Mapping[str, str]]:
        sides = {side: columns_at(session, table, commit) for side, commit in commits.items()}
        return merged_names(columns, sides, lambda side: renames(session, table, commits[Side.BASE], commits[side]))

    return relation_of(session, table, columns, renamed)


def keys_of(relation: Relation, condition: str = "") -> tuple[RowKey, ...]:
    """The keys of all rows, in the key's order."""
    sides = (Side.OURS, Side.THEIRS, Side.BASE)
    key = relation.key
    names = [relation.column(side, column) for side in sides for column in key]
    kinds = [relation.kind(Side.OURS), relation.kind(Side.THEIRS)]
    rows = relation.session.rows(relation.select(", ".join([*names, *kinds]), condition), *relation.bound)
    return tuple(_key(row, len(key)) for row in rows)


def _key(row: Sequence[Any], length: int) -> RowKey:
    """The key of the side that has the row."""
    ours, theirs = row[-2:]
    start = 0 if ours != REMOVED else length if theirs != REMOVED else 2 * length
    return tuple(hashable(value) for value in row[start : start + length])


def rows_of(relation: Relation) -> tuple[ConflictRow, ...]:
    """All rows of a table, with what they hold: of one without a key, or whose sides no commits are known to have."""
    session, sides = relation.session, {side: relation.of(side) for side in Side}
    names = [relation.column(side, column) for side, columns in sides.items() for column in columns]
    counts = [relation.count(side) for side in Side] if relation.counted else []
    kinds = [relation.id, relation.kind(Side.OURS), relation.kind(Side.THEIRS)]
    held = {side: [column.name for column in columns] for side, columns in sides.items()}
    key_names, counted = [column.name for column in relation.key], relation.counted
    found = []
    for row in session.rows(relation.select(", ".join([*names, *counts, *kinds])), *relation.bound):
        at, values = 0, dict[Side, dict[str, Any]]()
        for side, own in held.items():
            values[side] = dict(zip(own, row[at : at + len(own)], strict=True))
            at += len(own)
        *numbers, id_, our_kind, their_kind = row[at:]
        there = [our_kind != "added" or their_kind != "added", our_kind != REMOVED, their_kind != REMOVED]
        if numbers:
            there = [bool(number) for number in numbers]
        one, other, third = (values[side] if here else None for side, here in zip(Side, there, strict=True))
        text = str(id_)
        values_there = other or third or one
        if key_names and values_there is not None:
            key = tuple(hashable(values_there[name]) for name in key_names)
        else:  # DoltLite's begins with the rowid, by which it merges such tables; Dolt's stands for the row.
            key = (text if counted else int(text.partition(":")[0]),)
        found.append(ConflictRow(key, one, other, third, text, tuple(map(int, numbers)) if numbers else None))  # type: ignore[arg-type]
    return tuple(found)
