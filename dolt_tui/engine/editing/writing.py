"""A draft written in one transaction, if every row still is what was shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ...words import plural
from ..core.compare_and_write import table_hashes
from ..core.connections import Connections, Session
from ..errors import (
    NO_VERDICT,
    ChangedMeanwhile,
    EngineError,
    NotEditable,
    RowRefused,
    RowsChanged,
    TableNotFound,
)
from ..model import ABSENT, DEFAULT, Changed, Edit, Editable, EditKind, RowKey, RowValues, Written
from .batching import batches_of, combined
from .cell_values import is_automatic
from .draft import Draft, same
from .reading import rows_by_key
from .row_statements import RowStatement


def write(db: Connections, branch: str, draft: Draft) -> Written:
    """See `Edits.write`.

    In the transaction all rows are compared with what was shown, then written. DoltLite lets nobody write in between.
    Dolt does, and merges at COMMIT: it refuses where both wrote the same cell, and keeps both where they wrote others.
    So the rows are compared once more in the last moment, on another connection, which sees the newest state; and what
    was merged after that is found after the COMMIT, and told. engine-facts.md#serialization

    One thing cannot be found: that another session removed a row in this last moment whose primary key we changed. It
    lives on under its new key, as to Dolt both of us removed it under the old one.
    """
    for table in draft.tables.values():
        if table.why_not:
            raise NotEditable(f"Nothing was written: {table.why_not}.")

    def work(session: Session) -> tuple[Written, dict[str, str]]:
        server = session.dialect.traits.server
        before = table_hashes(session, draft.tables) if server else {}
        written = _write(session, draft)
        if server:
            with db.read(branch, "rows before they are committed") as newest:
                now = table_hashes(newest, draft.tables)
                if now != before or "" in now.values():  # a table whose hash is not told may be another one
                    _refuse_changed(newest, draft)
        return written, table_hashes(session, draft.tables) if server else {}

    # Done again after a serialization failure it compares again, and tells which rows are not what they were.
    written, hashes = db.write(branch, work, "write edited rows", retry=True)
    if not hashes:
        return written
    try:
        with db.read(branch, "rows as written") as session:
            now = table_hashes(session, hashes)
            same_hash = {name for name, hash_ in hashes.items() if hash_ and now[name] == hash_}
            others = [table for table in draft.tables.values() if table.table not in same_hash]
            return replace(written, merged=_merged(session, others, written)) if others else written
    except EngineError:  # cancelled, or the server is lost: it is written all the same
        return replace(written, compared=False)


def _merged(session: Session, tables: Iterable[Editable], written: Written) -> tuple[Changed, ...]:
    """Rows that are not as they were written."""
    found = []
    for table in tables:
        mine = [(edit, row) for edit, row in written.rows if edit.table == table.table]
        keys = [_key_afterwards(table, edit, row) for edit, row in mine]
        now = rows_by_key(session, table, [key for key in keys if key is not None])
        for (edit, row), key in zip(mine, keys, strict=True):
            current = now.get(key) if key is not None else None
            if not _alike(row, current):
                found.append(Changed(edit, current))
    return tuple(found)


def _key_afterwards(table: Editable, edit: Edit, row: RowValues | None) -> RowKey | None:
    if row is not None:
        return table.key_of(row)
    return None if edit.kind is EditKind.ADDED else edit.key


def _alike(one: RowValues | None, other: RowValues | None) -> bool:
    if one is None or other is None:
        return one is other
    return all(same(value, other.get(name)) for name, value in one.items() if value is not ABSENT)


def _write(session: Session, draft: Draft) -> Written:
    for table in draft.tables.values():
        _check_definition(session, table)
    _refuse_changed(session, draft)
    numbers: dict[RowKey, RowKey] = {}
    for batch in batches_of(draft.statements()):
        table = draft.tables[batch[0].edit.table]
        if not _run_together(session, table, batch, numbers):
            for statement in batch:
                _run(session, table, statement, numbers)
    rows = _rows_written(session, draft, numbers)
    counts = {kind: draft.count(kind) for kind in EditKind}
    return Written(counts[EditKind.CHANGED], counts[EditKind.ADDED], counts[EditKind.REMOVED], rows)


def _refuse_changed(session: Session, draft: Draft) -> None:
    changed = compare(session, draft)
    if changed:
        raise rows_changed(changed)


def _check_definition(session: Session, table: Editable) -> None:
    if what := redefined(session, table):
        raise ChangedMeanwhile(f"The table {table.table} {what} since its rows were edited. Nothing was written.")


def redefined(session: Session, table: Editable) -> str:
    """What became of a table's definition: ``is gone``, ``was altered``; empty where it is what it was."""
    try:
        now = session.columns(table.table)
    except TableNotFound:
        return "is gone"
    wanted = [(column.name, column.type.lower(), column.key_position) for column in table.columns]
    same = [(column.name, column.type.lower(), column.key_position) for column in now] == wanted
    return "" if same else "was altered" if now else "is gone"


def compare(session: Session, draft: Draft) -> tuple[Changed, ...]:
    """The edits whose rows are not what was shown, or gone: all columns are compared, exactly, as they are read.

    Inside a transaction nothing changes between this and what is written after it.
    """
    found = []
    for table in draft.tables.values():
        edits = [edit for edit in draft.of(table.table) if edit.kind is not EditKind.ADDED]
        now = rows_by_key(session, table, [edit.key for edit in edits])
        for edit in edits:
            current = now.get(edit.key)
            if current is None or not _alike(edit.before, current):
                found.append(Changed(edit, current))
    return tuple(found)


def rows_changed(changed: tuple[Changed, ...]) -> RowsChanged:
    """The error for rows that are not what was shown."""
    number = len(changed)
    return RowsChanged(
        f"{plural(number, 'row')} {'has' if number == 1 else 'have'} changed in the database. Nothing was written.",
        changed,
    )


def _run_together(
    session: Session, table: Editable, batch: Sequence[RowStatement], numbers: dict[RowKey, RowKey]
) -> bool:
    """Run several statements as one; False: they have to be run one by one."""
    if len(batch) == 1:
        return False
    keys = [_given_key(table, statement.edit) for statement in batch]
    if batch[0].kind is EditKind.ADDED and None in keys:
        return False
    sql, values = combined(batch, session.dialect.placeholder)
    try:
        hit = session.execute(sql, *values)
    except NO_VERDICT:
        raise
    except EngineError:
        return False
    if hit != len(batch):
        raise _not_found(table)
    if batch[0].kind is EditKind.ADDED:
        numbers |= {statement.edit.key: key for statement, key in zip(batch, keys, strict=True) if key is not None}
    return True


def _not_found(table: Editable) -> ChangedMeanwhile:
    return ChangedMeanwhile(f"A row of {table.table} could not be found any more. Nothing was written.")


def _run(session: Session, table: Editable, statement: RowStatement, numbers: dict[RowKey, RowKey]) -> None:
    sql, values = statement.bound(session.dialect.placeholder)
    try:
        hit = session.execute(sql, *values)
        if statement.edit.kind is EditKind.ADDED:
            key = _key_of_new(session, table, statement.edit)
            if key is not None:
                numbers[statement.edit.key] = key
    except NO_VERDICT:
        raise
    except EngineError as error:
        raise RowRefused(error, statement.edit) from error
    most = 1 if statement.where else 2  # a row that an INSERT finds and changes counts as two
    if statement.kind is not EditKind.ADDED and not 1 <= hit <= most:
        raise _not_found(table)


def _given_key(table: Editable, edit: Edit) -> RowKey | None:
    """The key of an added row, where it is given as a whole."""
    key = tuple(edit.after.get(name) for name in table.key)
    return None if any(value is None or value is DEFAULT for value in key) else key


def _key_of_new(session: Session, table: Editable, edit: Edit) -> RowKey | None:
    """The key of a row that was just added; None where a default gave it that cannot be asked for."""
    key = []
    for name in table.key:
        value = edit.after.get(name, DEFAULT)
        if value is DEFAULT or value is None:
            if not is_automatic(table.column(name), table.style):
                return None
            value = session.scalar(
                session.by_engine(dolt="SELECT last_insert_id()", doltlite="SELECT last_insert_rowid()")
            )
        key.append(value)
    return tuple(key)


def _rows_written(
    session: Session, draft: Draft, numbers: dict[RowKey, RowKey]
) -> tuple[tuple[Edit, RowValues | None], ...]:
    """Each edit with its row as it is by now."""
    found: dict[tuple[str, RowKey], RowValues | None] = {}
    for table in draft.tables.values():
        keys = dict(_keys_written(table, draft.of(table.table), numbers))
        now = rows_by_key(session, table, keys.values())
        found |= {(table.table, old): now.get(new) for old, new in keys.items()}
    return tuple((edit, found.get((edit.table, edit.key))) for edit in draft.edits)


def _keys_written(
    table: Editable, edits: Iterable[Edit], numbers: dict[RowKey, RowKey]
) -> Iterable[tuple[RowKey, RowKey]]:
    for edit in edits:
        if edit.kind is EditKind.ADDED:
            if edit.key in numbers:
                yield edit.key, numbers[edit.key]
        elif edit.kind is EditKind.CHANGED:
            yield edit.key, tuple(edit.value(name) for name in table.key)
