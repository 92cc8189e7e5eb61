"""Rows of an open transaction made what was decided about them, many with one statement."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from ...frozen import Frozen
from ..core.binding import bound
from ..core.connections import Session
from ..editing.batching import batches_of, combined
from ..editing.definitions import editable
from ..editing.draft import same
from ..editing.ordering import ordered
from ..editing.reading import among, batches, rows_by_key
from ..editing.row_statements import RowStatement, statement_for
from ..errors import NO_VERDICT, EngineError, RowRefused
from ..model import DEFAULT, ColumnInfo, Edit, Editable, EditKind, RowKey, RowValues, Value
from ..model.conflicts import ConflictRow, Side
from .keyless_rows import mend_rows
from .writing_entries import write_entries

_ROWS, _VALUES, _SIZE = 1000, 20_000, 1 << 20
"""The most rows, values and bytes, about, of a statement that sets whole rows."""
_STAMP = re.compile(r"^\s*`((?:[^`]|``)+)` .*\bON UPDATE\b", re.IGNORECASE | re.MULTILINE)
_EVENTS = {EditKind.CHANGED: "UPDATE", EditKind.ADDED: "INSERT", EditKind.REMOVED: "DELETE"}
ROWID = "rowid"
"""By what DoltLite knows a row of a table without a primary key."""


class Goal(Frozen):
    """What a row is to be."""

    values: RowValues | None
    """Columns that are not named stay what they are, in a new row what the database fills in. None: there is no row."""
    row: ConflictRow | None = None
    """The row as the sides have it, where it conflicts."""
    kept: frozenset[str] = frozenset()
    """Columns that are to be as ours has them, which they are: what a column is called on our side may be a guess."""
    stands: bool = False
    """Whether what ours has in ``row`` is what stands in the table now, under the names that its columns have there."""


Goals = Mapping[RowKey, Goal]


def write_rows(session: Session, goals: Mapping[str, Goals], commits: Mapping[Side, str]) -> tuple[str, ...]:
    """Make rows what they are to be, by their keys; returns the tables of which triggers ran.

    On Dolt some cannot be kept from that: those for rows that are deleted, or do not conflict. Foreign keys must not be
    enforced meanwhile. A value that passes through the client with a loss is copied from the commit of its side. Raises
    `RowRefused` for a row that the database does not take.
    """
    tables = {name: definition(session, name) for name, rows in goals.items() if rows}
    for name in [name for name, table in tables.items() if not table.key]:
        mend_rows(session, name, {key: goal.values for key, goal in goals[name].items()})
        del tables[name]
    edits, whole = list[Edit](), list[tuple[Editable, dict[RowKey, RowValues], frozenset[str]]]()
    for name, table in tables.items():
        now = _standing(session, table, goals[name])
        fixed, stamps = _unique_columns(session, table), _stamps(session, table)
        written = [column.name for column in table.columns if not column.generated]
        groups: dict[frozenset[str], dict[RowKey, RowValues]] = defaultdict(dict)
        for key, goal in goals[name].items():
            edit = _edit(table, key, goal, now.get(key), written, stamps)
            if edit is None:
                continue
            changed = frozenset(edit.after)
            if edit.kind is EditKind.CHANGED and fixed is not None and _is_plain(edit, fixed):
                groups[changed][key] = {**edit.before, **edit.after}
            else:
                edits.append(edit)
        whole += [(table, rows, changed) for changed, rows in groups.items()]
    for name, table in tables.items():
        if table.triggers and session.dialect.traits.server:
            mine = [edit for edit in edits if edit.table == name]
            edits = [edit for edit in edits if edit.table != name] + write_entries(session, table, mine)
    # Foreign keys are looked at when all is written: here they would only forbid an order.
    apart = {name: replace(table, foreign_keys=()) for name, table in tables.items()}
    for batch in batches_of(statement_for(apart[step.edit.table], step) for step in ordered(edits, apart)):
        _run(session, batch)
    for table, rows, changed in whole:
        _write_whole(session, table, rows, changed)
    for name, table in tables.items():
        _copy(session, table, goals[name], commits)
    return tuple(name for name, table in tables.items() if table.triggers and _triggered(session, name, edits))


def _standing(session: Session, table: Editable, goals: Goals) -> dict[RowKey, RowValues]:
    """The rows as they stand in the table; those that are not known yet are read."""
    known = {key: goal.row for key, goal in goals.items() if goal.stands and goal.row is not None}
    found = rows_by_key(session, table, [key for key in goals if key not in known])
    return found | {key: row.ours for key, row in known.items() if row.ours is not None}


def _triggered(session: Session, table: str, edits: Sequence[Edit]) -> bool:
    """Whether a trigger ran for these statements; on DoltLite none does."""
    if not session.dialect.traits.server:
        return False
    ran = {_EVENTS[edit.kind] for edit in edits if edit.table == table}
    rows = session.rows(
        "SELECT DISTINCT event_manipulation FROM information_schema.triggers"
        " WHERE event_object_schema = DATABASE() AND event_object_table = %s",
        table,
    )
    return not ran.isdisjoint(str(event).upper() for (event,) in rows)


def definition(session: Session, table: str) -> Editable:
    """How a table is defined in the open transaction; one of DoltLite's without a primary key has its rowid as one."""
    found = editable(session, table)
    if found.key or session.dialect.traits.server:
        return found
    return replace(found, columns=(ColumnInfo(ROWID, "INTEGER", False, True, key_position=1), *found.columns))


def _edit(
    table: Editable,
    key: RowKey,
    goal: Goal,
    now: RowValues | None,
    written: Collection[str],
    stamps: Collection[str],
) -> Edit | None:
    """What has to be done to a row, of which these columns can be ``written``; None: it is what it is to be."""
    if goal.values is None:
        return None if now is None else Edit(table.table, key, EditKind.REMOVED, now, {})
    wanted = {name: goal.values[name] for name in written if name in goal.values}
    if now is None:
        wanted = {**dict(zip(table.key, key, strict=True)), **wanted}
        return Edit(table.table, key, EditKind.ADDED, {}, wanted)
    changed = {
        name: value for name, value in wanted.items() if name not in goal.kept and not same(value, now.get(name))
    }
    if not changed:
        return None
    # What the database sets by itself when a row is changed stays what it is if it is named.
    stays = {name: now[name] for name in stamps}
    return Edit(table.table, key, EditKind.CHANGED, now, {**stays, **changed})


def _stamps(session: Session, table: Editable) -> list[str]:
    """The columns that Dolt sets to the time when a row is changed; only the definition says which.

    See engine-facts.md#on-update.
    """
    if not session.dialect.traits.server or table.table.lower().startswith("dolt_"):
        return []
    ddl = session.dialect.ddl(session, table.table, None)
    found = {name.replace("``", "`") for name in _STAMP.findall(ddl)}
    return [column.name for column in table.columns if column.name in found]


# statements of any kind


def _run(session: Session, batch: Sequence[RowStatement]) -> None:
    sql, values = combined(batch, session.dialect.placeholder)
    try:
        session.execute(sql, *values)
    except NO_VERDICT:
        raise
    except EngineError as error:
        if len(batch) == 1:
            raise RowRefused(error, batch[0].edit) from error
        for statement in batch:
            _run(session, [statement])


# whole rows


def _unique_columns(session: Session, table: Editable) -> frozenset[str] | None:
    """The columns of which a value may be another row's, or is the key; None: rows cannot be set as a whole.

    Where nothing of them changes, an INSERT of the whole row finds that row and no other one.
    """
    # With a computed column such a statement ends Dolt's connection. engine-facts.md#computed-columns-and-merges
    if table.triggers or not table.key or ROWID in table.key or any(column.generated for column in table.columns):
        return None
    find = session.by_engine(dolt=_indexed_on_dolt, doltlite=_indexed_on_doltlite)
    found = find(session, table.table)
    return None if None in found else frozenset({*table.key, *(name for name in found if name is not None)})


def _indexed_on_dolt(session: Session, table: str) -> set[str | None]:
    """The columns of unique indexes; None stands for an expression."""
    return {row[4] for row in session.rows(f"SHOW INDEX FROM {session.dialect.quote(table)}") if row[1] == 0}


def _indexed_on_doltlite(session: Session, table: str) -> set[str | None]:
    rows = session.rows(
        'SELECT l.partial, i.name FROM pragma_index_list(?) AS l, pragma_index_info(l.name) AS i WHERE l."unique"',
        table,
    )
    return {None if partial else name for partial, name in rows}


def _is_plain(edit: Edit, fixed: frozenset[str]) -> bool:
    return fixed.isdisjoint(edit.after) and DEFAULT not in edit.after.values()


def _write_whole(session: Session, table: Editable, rows: Mapping[RowKey, RowValues], changed: frozenset[str]) -> None:
    """Set some columns of rows that are there: by one statement for a thousand of them, whatever their types."""
    dialect, style = session.dialect, table.style
    columns = table.columns
    names = ", ".join(dialect.quote(column.name) for column in columns)
    given = session.by_engine(dolt="VALUES({})", doltlite="excluded.{}")
    written = [dialect.quote(column.name) for column in columns if column.name in changed]
    sets = ", ".join(f"{name} = {given.format(name)}" for name in written)
    keys = ", ".join(dialect.quote(name) for name in table.key)
    there = session.by_engine(dolt="ON DUPLICATE KEY UPDATE", doltlite=f"ON CONFLICT ({keys}) DO UPDATE SET")
    for some in _sized(rows):
        texts, values = list[str](), list[object]()
        for row in some.values():
            parts = []
            for column in columns:
                text, value = bound(row[column.name], column.type, style, dialect.placeholder)
                parts.append(text)
                values.append(value)
            texts.append(f"({', '.join(parts)})")
        try:
            session.execute(
                f"INSERT INTO {dialect.quote(table.table)} ({names}) VALUES {', '.join(texts)} {there} {sets}", *values
            )
        except NO_VERDICT:
            raise
        except EngineError as error:
            if len(some) > 1:
                for key, row in some.items():
                    _write_whole(session, table, {key: row}, changed)
                continue
            ((key, row),) = some.items()
            after = {name: row[name] for name in changed}
            raise RowRefused(error, Edit(table.table, key, EditKind.CHANGED, row, after)) from error


def _sized(rows: Mapping[RowKey, RowValues]) -> Iterator[dict[RowKey, RowValues]]:
    batch, size = dict[RowKey, RowValues](), 0
    for key, row in rows.items():
        more = sum(len(value) if isinstance(value, str | bytes) else 20 for value in row.values())
        if batch and (len(batch) == min(_ROWS, _VALUES // len(row) + 1) or size + more > _SIZE):
            yield batch
            batch, size = {}, 0
        batch[key] = row
        size += more
    if batch:
        yield batch


# values that the client does not carry


def _copy(session: Session, table: Editable, goals: Goals, commits: Mapping[Side, str]) -> None:
    """Copy values that are read in another form from the commit that has them."""
    dialect = session.dialect
    key_columns = [table.column(name) for name in table.key]
    for column in table.columns:
        if not dialect.unread(column.type) or column.generated:
            continue
        wanted: dict[Side, list[RowKey]] = defaultdict(list)
        for key, goal in goals.items():
            if (side := _side_of(goal, column.name)) is not None:
                wanted[side].append(key)
        for side, keys in wanted.items():
            name, quoted = dialect.quote(column.name), dialect.quote(table.table)
            joined = " AND ".join(f"x.{dialect.quote(c)} = {quoted}.{dialect.quote(c)}" for c in table.key)
            source = f"SELECT x.{name} FROM {quoted} AS OF {dialect.placeholder} AS x WHERE {joined}"
            for some in batches(keys):
                condition, values = among(session, key_columns, some, f"{quoted}.")
                try:
                    session.execute(
                        f"UPDATE {quoted} SET {name} = ({source}) WHERE {condition}", commits[side], *values
                    )
                except NO_VERDICT:
                    raise
                except EngineError:  # the side calls the table or the column otherwise: the value was bound
                    break


def _side_of(goal: Goal, name: str) -> Side | None:
    """The side whose value a cell is to have, where that is not ours, which is there already."""
    row = goal.row
    if row is None or goal.values is None or name not in goal.values:
        return None
    value: Value = goal.values[name]
    for side in (Side.OURS, Side.THEIRS, Side.BASE):
        values = row.side(side)
        if values is not None and name in values and same(values[name], value):
            return side if side is not Side.OURS else None
    return None
