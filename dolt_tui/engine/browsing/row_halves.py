"""Which rows of a table are staged: the changes from HEAD to the staged set, and from there to the working set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ...frozen import Frozen
from ..core.auto_increment import counters
from ..core.binding import bound
from ..core.column_types import parsed
from ..core.connections import Session
from ..core.table_changes import uncommitted_changes
from ..core.workspace_rows import LOOKED_UP, of_changes, of_keys, panics, some_keys
from ..errors import RowsNotPaired
from ..model import ALL_CHANGES, HEAD, STAGED, WORKING, ColumnInfo, DiffFilter, Halves, RowKey, Status, Value, key_of
from ..model.editing import hashable
from .diff_relation import DiffRelation
from .diff_sides import KEYLESS_VIRTUAL, sides_of
from .query import DiffQuery
from .view_definitions import without_rows

_FEW = 3
"""Keys up to which DoltLite's rows are read at three revisions, where a diff would be looked at as a whole."""
_MANY = 2_000
"""Keys, or changes, of which there are many: from so many on the keys of all changes are read."""
_ORDERED = frozenset(
    {"tinyint", "smallint", "mediumint", "int", "integer", "bigint", "decimal", "numeric", "year", "time", "date"}
    | {"datetime", "timestamp", "binary", "varbinary"}
)
_TEXTS = frozenset({"char", "varchar", "tinytext", "text", "mediumtext", "longtext"})
_NO_ROWS = "Views and triggers have definitions, no rows."


class StagedTable(Frozen):
    """What is uncommitted of a table, apart from its rows."""

    table: str
    columns: tuple[ColumnInfo, ...]
    """In the working set; empty where it was dropped."""
    halves: Halves
    """Whether anything of it is staged, and whether anything is not."""
    new: bool
    """Whether HEAD does not have it."""
    untracked: bool
    """Whether what is staged does not have it either."""
    counter_moved: bool
    """Whether AUTO_INCREMENT has moved on since it was staged, as after every insertion: rows that are staged take the
    counter along."""
    why_not: str
    """Why its rows cannot be staged one by one, as a sentence; empty where they can."""
    former: str = ""
    """Its name before, where it was renamed."""
    paired: bool = True
    """Whether rows of both changes can be paired: not where the primary key is another one."""

    @property
    def key(self) -> tuple[ColumnInfo, ...]:
        """The columns of the primary key, in its order."""
        return key_of(self.columns)

    @property
    def identity(self) -> tuple[ColumnInfo, ...]:
        """The columns by which a row is found: all of them where there is no primary key."""
        return self.key or self.columns


def staged_table(session: Session, table: str) -> StagedTable:
    """What is uncommitted of a table. Remembered until its branch changes; some milliseconds, whatever its size."""
    return session.recall([HEAD, STAGED, WORKING], ("staged table", table), lambda: _staged_table(session, table))


def _staged_table(session: Session, table: str) -> StagedTable:
    if without_rows(session.dialect.traits, table):
        return StagedTable(table, (), Halves(), False, False, False, _NO_ROWS)
    try:
        staged, unstaged = uncommitted_changes(session, table)
    except RowsNotPaired:
        reason = f"The primary key of {table} changed: only the whole table can be staged."
        return StagedTable(table, session.columns(table), Halves(True, True), False, False, False, reason, paired=False)
    found = [change for change in (staged, unstaged) if change is not None]
    counter = False
    reason = ""
    for change, old, new in ((staged, HEAD, STAGED), (unstaged, STAGED, WORKING)):
        if change is None or reason:
            continue
        if change.status is Status.DELETED:
            reason = f"{table} was dropped: only the whole table can be staged."
        elif change.status is Status.RENAMED:
            reason = f"{change.old_name} was renamed to {change.table}: only the whole table can be staged."
        elif change.schema_changed and change.status is not Status.NEW:
            if not session.dialect.traits.counter_in_definition or counters(session, old, new, table) is None:
                reason = f"The definition of {table} changed: only the whole table can be staged."
            counter = counter or (change is unstaged)
    if unstaged is None and not reason and session.dialect.traits.summary_leaves_out_rekeyed:
        # engine-facts.md#summary-leaves-out-rekeyed-tables
        marks = session.dialect.placeholders(3)
        if session.first(f"SELECT 1 FROM dolt_schema_diff({marks})", HEAD, WORKING, table) and staged is None:
            reason = f"The primary key of {table} changed: only the whole table can be staged."
    columns = () if any(change.status is Status.DELETED for change in found[-1:]) else session.columns(table)
    if not reason and session.dialect.traits.server and columns and not key_of(columns):
        if any(column.virtual for column in columns):
            reason = KEYLESS_VIRTUAL
        elif panics(columns):
            reason = f"{table} has no primary key, and holds bytes or shapes: only the whole table can be staged."
    if not reason and any(map(hidden_in_diffs, key_of(columns))):
        reason = f"A column of {table}'s key is named like one of a diff: only the whole table can be staged."
    added = bool(found) and found[0].status is Status.NEW
    return StagedTable(
        table,
        columns,
        Halves(staged is not None, unstaged is not None),
        added,
        added and staged is None,
        counter,
        reason,
        former=next((change.old_name for change in found if change.old_name), ""),
    )


def hidden_in_diffs(column: ColumnInfo) -> bool:
    """Whether a diff has a column of the same name for something else. engine-facts.md#columns-named-like-dolts"""
    return column.name.lower() in ("commit", "commit_date")


def ordered(column: ColumnInfo) -> bool:
    """Whether values of a column are in the same order here as in the database."""
    word = parsed(column.type).word
    return word in _ORDERED or (word in _TEXTS and column.collation.endswith("_bin"))


def halves(
    session: Session, table: StagedTable, keys: Iterable[RowKey], *, differ: bool = False
) -> dict[RowKey, Halves]:
    """Which changes the rows of these keys have; the table has to have a primary key.

    ``differ``: all of them are known to differ between HEAD and the working set. The cost is that of the keys where the
    engine pushes them down into a diff (60 µs each, or 5 µs for each change among many of them). Else it is that of
    all changes (1 µs each), or for up to three keys, and where few rows ``differ`` on one side, that of the keys.
    """
    wanted = list(dict.fromkeys(tuple(map(hashable, one)) for one in keys))
    if not wanted:
        return {}
    if not session.dialect.traits.server:
        sides = _on_doltlite(session, table, wanted, differ)
    else:
        sides = (
            _with_change(session, table, HEAD, STAGED, wanted) if table.halves.staged else set(),
            _with_change(session, table, STAGED, WORKING, wanted) if table.halves.unstaged else set(),
        )
    if len(wanted) == 1:
        return {wanted[0]: Halves(bool(sides[0]), bool(sides[1]))}
    known = set(wanted)
    if any(side - known for side in sides):
        # A collation takes two spellings for one key, and the other change has the other one.
        return {key: found for one in wanted for key, found in halves(session, table, [one]).items()}
    return {one: Halves(one in sides[0], one in sides[1]) for one in wanted}


def _on_doltlite(
    session: Session, table: StagedTable, wanted: Sequence[RowKey], differ: bool
) -> tuple[set[RowKey], set[RowKey]]:
    """Diffs are read as a whole there: the one with fewer changes first, which may be enough."""
    if len(wanted) <= _FEW:
        return _by_sides(session, table, wanted)
    revisions = ((HEAD, STAGED), (STAGED, WORKING))
    for number, (old, new) in enumerate(revisions):
        if differ and len(changed_keys(session, table, old, new, limit=_MANY)) < _MANY:
            some = _with_change(session, table, old, new, wanted)
            both = [key for key in wanted if key in some]
            other = set(wanted) - some  # what differs and has not this change has the other one
            if both and len(both) <= _FEW:
                other |= _by_sides(session, table, both)[1 - number]
            elif both:
                other |= _with_change(session, table, *revisions[1 - number], both)
            return (some, other) if number == 0 else (other, some)
    return _with_change(session, table, *revisions[0], wanted), _with_change(session, table, *revisions[1], wanted)


def keys_with_both(session: Session, table: StagedTable) -> list[RowKey]:
    """The keys of the rows that were changed again after they were staged. The cost is that of the rows of which less
    are changed, staged ones or the others (10 µs each where the engine pushes keys down), or of all (3 µs each)."""
    sides = ((HEAD, STAGED), (STAGED, WORKING))
    for old, new in sides:
        few = changed_keys(session, table, old, new, limit=_MANY)
        if len(few) < _MANY:
            return [key for key, found in halves(session, table, few).items() if found.both]
    staged, unstaged = (set(changed_keys(session, table, old, new)) for old, new in sides)
    return list(staged & unstaged)


def changed_keys(
    session: Session,
    table: StagedTable,
    old: str,
    new: str,
    filter_: DiffFilter = ALL_CHANGES,
    limit: int | None = None,
) -> list[RowKey]:
    """The keys of the rows that differ, or of some of them, in no certain order; 3 µs each, and the filter's cost."""
    query = DiffQuery(table.table, old, new, filter_)
    relation = DiffRelation.of(session, query, sides_of(session, table.table, old, new, noted=False))
    return [tuple(map(hashable, row)) for row in relation.keys(table.identity, limit)]


def changed_count(session: Session, table: StagedTable, old: str, new: str, filter_: DiffFilter = ALL_CHANGES) -> int:
    """How many rows differ; 1 µs each, and the filter's cost."""
    sides = sides_of(session, table.table, old, new, noted=False)
    return DiffRelation.of(session, DiffQuery(table.table, old, new, filter_), sides).count()


def _with_change(session: Session, table: StagedTable, old: str, new: str, wanted: Sequence[RowKey]) -> set[RowKey]:
    """The keys of rows that differ, of those that are wanted."""
    if table.why_not:  # Dolt must not be asked for rows that cannot be paired: engine-facts.md#deadly-diff
        sides_of(session, table.table, old, new, noted=False).check()
    dialect, key = session.dialect, table.key
    one, other = dialect.known(session, old, new)
    relation, values = dialect.diff(table.table), dialect.diff_values(one, other, table.table)
    found: set[RowKey] = set()

    def read(sql: str, *bound: object) -> None:
        found.update(tuple(map(hashable, row)) for row in session.rows(sql, *bound))

    if not dialect.traits.server:
        quoted = [(dialect.quote(f"to_{column.name}"), dialect.quote(f"from_{column.name}")) for column in key]
        names = ", ".join(f"CASE diff_type WHEN 'removed' THEN {gone} ELSE {now} END" for now, gone in quoted)
        for some in some_keys(key, wanted):
            condition, bound = of_changes(session, key, some)
            read(f"SELECT {names} FROM {relation} WHERE {condition}", *values, *bound)
        return found

    def part(prefix: str, condition: str, bound: Sequence[object]) -> tuple[str, list[object]]:
        names = ", ".join(dialect.column(prefix + column.name, column.type) for column in key)
        sign = "=" if prefix == "from_" else "<>"
        return f"SELECT {names} FROM {relation} WHERE {condition} AND diff_type {sign} 'removed'", [*values, *bound]

    if len(wanted) > LOOKED_UP and (len(wanted) > _MANY or ordered(key[0])):
        for prefix in ("to_", "from_"):
            condition, bound = _from_first_to_last(session, key[0], wanted, prefix)
            sql, bound = part(prefix, condition, bound)
            read(sql, *bound)
        found.intersection_update(wanted)
        return found
    for some in some_keys(key, wanted, LOOKED_UP):
        (now, bound), (gone, more) = (part(prefix, *of_keys(session, key, some, prefix)) for prefix in ("to_", "from_"))
        read(f"{now} UNION ALL {gone}", *bound, *more)
    return found


def _from_first_to_last(
    session: Session, column: ColumnInfo, wanted: Sequence[RowKey], prefix: str
) -> tuple[str, list[object]]:
    """The condition that the first column of a key is between those of the keys that are wanted."""
    if not ordered(column):
        return "1 = 1", []
    name, values = session.dialect.quote(prefix + column.name), [key[0] for key in wanted]
    try:
        first, last = min(values), max(values)
    except TypeError:  # a zero date is a text
        return "1 = 1", []
    style, placeholder = session.dialect.traits.sql, session.dialect.placeholder
    (low, one), (high, other) = (bound(value, column.type, style, placeholder) for value in (first, last))
    return f"{name} >= {low} AND {name} <= {high}", [one, other]


def _by_sides(session: Session, table: StagedTable, wanted: Sequence[RowKey]) -> tuple[set[RowKey], set[RowKey]]:
    """The same, by the rows themselves."""
    key = table.key
    relation = session.dialect.quote(f"dolt_at_{table.table}")
    names = ", ".join(session.dialect.quote(column.name) for column in key)

    def read(revision: str) -> dict[RowKey, list[Any]]:
        found: dict[RowKey, list[Any]] = {}
        for one in wanted:  # engine-facts.md#doltlite-rows-at-a-revision
            condition, values = of_keys(session, key, [one])
            for row in session.rows(f"SELECT {names}, * FROM {relation}(?) WHERE {condition}", revision, *values):
                found[tuple(map(hashable, row[: len(key)]))] = _typed(row[len(key) :])
        return found

    head = {} if table.new else read(HEAD)
    staged = {} if table.untracked else read(STAGED)
    working = read(*session.dialect.known(session, WORKING))
    return (
        {one for one in wanted if head.get(one) != staged.get(one)},
        {one for one in wanted if staged.get(one) != working.get(one)},
    )


def _typed(values: Iterable[Value]) -> list[tuple[type, Value]]:
    """Values with their types: 1 and 1.0 are stored in different ways."""
    return [(type(value), value) for value in values]
