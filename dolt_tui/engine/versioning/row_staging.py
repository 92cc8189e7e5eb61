"""Single rows: staged, unstaged, discarded; and pages that tell which rows are staged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields

from ..browsing.diff_relation import DiffRelation
from ..browsing.diff_sides import sides_of
from ..browsing.diffs import Diffs
from ..browsing.query import DiffFilter, DiffQuery
from ..browsing.row_halves import exact, halves, present
from ..browsing.view_definitions import without_rows
from ..core.binding import among
from ..core.compare_and_write import expect
from ..core.connections import Connections, Session
from ..core.table_changes import summarise
from ..core.workspace_rows import discard, move, of_keys, some_keys
from ..errors import ChangedMeanwhile, Lacking
from ..model import (
    FIRST,
    HEAD,
    STAGED,
    UNKNOWN,
    WORKING,
    Call,
    ColumnInfo,
    DiffPage,
    Expected,
    Halves,
    Position,
    RowChange,
    RowCount,
    RowKey,
    RowSet,
    StagedDiffPage,
    Status,
    key_of,
)

NO_ROWS = "Views and triggers have definitions, no rows."


class RowStaging:
    """Questions and changes about which rows of a branch's working set are staged."""

    def __init__(self, db: Connections, diffs: Diffs) -> None:
        self._db = db
        self._diffs = diffs

    # asking

    def why_not(self, branch: str, table: str) -> str:
        """Why rows of ``table`` cannot be staged one by one, as a sentence; empty where they can."""
        if without_rows(self._db.dialect.traits, table):
            return NO_ROWS
        with self._db.read(branch, "row staging") as session:
            return session.recall([HEAD, STAGED, WORKING], ("row staging", table), lambda: _why_not(session, table))

    def page(
        self, branch: str, query: DiffQuery, size: int, position: Position = FIRST, known: Halves | None = None
    ) -> StagedDiffPage:
        """`Diffs.page` of uncommitted changes, each row with which of its changes are staged.

        The query is about `HEAD`, `STAGED` and `WORKING`; ``known`` tells which changes the table has at all, where the
        caller knows that from its status: where only one of both, no further statement is sent.
        """
        page = self._diffs.page(branch, query, size, position)
        if known is None:
            with self._db.read(branch, "row staging") as session:
                known = present(session, query.table)
        if known.both and page.rows:
            with self._db.read(branch, "row staging") as session:
                key = key_of(session.columns(query.table))
                keys = [_key(page, key, row) for row in page.rows]
                which = halves(session, query.table, key, keys, known) if exact(key) else {}
                found = [which.get(one, known) for one in keys]
        else:
            found = [known] * len(page.rows)
        states = tuple(
            (row.old, row.new if one.staged else row.old, row.new) for row, one in zip(page.rows, found, strict=True)
        )
        given = {field.name: getattr(page, field.name) for field in fields(page)}
        return StagedDiffPage(**given, halves=tuple(found), states=states, why_not=self.why_not(branch, query.table))

    def halves(self, branch: str, table: str, keys: Iterable[RowKey]) -> Mapping[RowKey, Halves]:
        """Which of their changes are staged, of the rows of these keys."""
        with self._db.read(branch, "row staging") as session, session.pinned(HEAD, STAGED, WORKING):
            return halves(session, table, _key_of(session, table), keys)

    def counts(self, branch: str, table: str) -> RowCount:
        """How many changed rows are staged, partly staged and not staged; grows with the rows that differ."""
        with self._db.read(branch, "statistics") as session, session.pinned(HEAD, STAGED, WORKING):
            known = present(session, table)
            staged = set(_changed(session, table, HEAD, STAGED)) if known.staged else set()
            unstaged = set(_changed(session, table, STAGED, WORKING)) if known.unstaged else set()
            both = len(staged & unstaged)
            return RowCount(len(staged) - both, both, len(unstaged) - both)

    # changing

    def stage(self, branch: str, rows: RowSet) -> int:
        """Stage the rows as they are in the working set; how many of them there were that were not staged.

        Raises `ChangedMeanwhile` where they are not as they were shown, `Lacking` with the reason where rows of the
        table cannot be staged.
        """
        return self._move(branch, rows, staged=True)

    def unstage(self, branch: str, rows: RowSet) -> int:
        """Take the rows out of what is staged; the working set stays. How many of them were staged."""
        return self._move(branch, rows, staged=False)

    def discard(self, branch: str, rows: RowSet, expected: Expected | None = None) -> int:
        """Set the rows back to what is staged, or to HEAD where nothing of them is; how many there were.

        A new row is deleted, a removed one comes back. ``expected`` is how the table was shown. Raises
        `ChangedMeanwhile`, `Lacking`, and `Constraint` where other rows refer to one that would go: nothing is
        discarded then.
        """

        def work(session: Session) -> int:
            expect(session, expected)
            key = self._ready(session, rows)
            keys = self._keys(session, rows, STAGED, key)
            if keys is None:
                return discard(session, rows.table, "1 = 1", ())
            return sum(discard(session, rows.table, *of_keys(session, key, some)) for some in some_keys(key, keys))

        return self._db.write(branch, work, "discard rows")

    def stage_calls(self, rows: RowSet) -> tuple[Call, ...]:
        """What `stage` runs, for people."""
        return self._shown(f"UPDATE {self._workspace(rows)} SET staged = 1 WHERE staged = 0", rows)

    def unstage_calls(self, rows: RowSet) -> tuple[Call, ...]:
        """What `unstage` runs, for people."""
        return self._shown(f"UPDATE {self._workspace(rows)} SET staged = 0 WHERE staged = 1", rows)

    def discard_calls(self, rows: RowSet) -> tuple[Call, ...]:
        """What `discard` runs, for people."""
        return self._shown(f"DELETE FROM {self._workspace(rows)} WHERE staged = 0", rows)

    def _workspace(self, rows: RowSet) -> str:
        return self._db.dialect.quote(f"dolt_workspace_{rows.table}")

    def _shown(self, statement: str, rows: RowSet) -> tuple[Call, ...]:
        what = "" if rows.all else f" AND {UNKNOWN}"
        return (self._db.dialect.statement(statement + what),)

    def _move(self, branch: str, rows: RowSet, *, staged: bool) -> int:
        def work(session: Session) -> int:
            key = self._ready(session, rows)
            keys = self._keys(session, rows, STAGED if staged else HEAD, key)
            if keys is None:
                return move(session, rows.table, "1 = 1", (), staged=staged)
            return sum(
                move(session, rows.table, *of_keys(session, key, some), staged=staged) for some in some_keys(key, keys)
            )

        return self._db.write(branch, work, "stage rows" if staged else "unstage rows")

    def _ready(self, session: Session, rows: RowSet) -> tuple[ColumnInfo, ...]:
        """The table's key, once it is certain that its rows can be found, and are what was shown."""
        reason = _why_not(session, rows.table)
        if reason:
            raise Lacking(reason, " ")
        key = _key_of(session, rows.table)
        if rows.shown:
            _compare(session, rows, key)
        return key

    def _keys(self, session: Session, rows: RowSet, old: str, key: Sequence[ColumnInfo]) -> list[RowKey] | None:
        """The keys that are meant; None: all."""
        if rows.keys is not None:
            return list(dict.fromkeys(rows.keys))
        if rows.filter.empty:
            return None
        return _changed(session, rows.table, HEAD, WORKING, rows.filter)


def _why_not(session: Session, table: str) -> str:
    for old, new in ((HEAD, WORKING), (HEAD, STAGED)):
        for change in summarise(session, old, new, table):
            if change.status is Status.DELETED:
                return f"{table} was dropped: only the whole table can be staged."
            if change.status is Status.RENAMED:
                return f"{change.old_name} was renamed to {change.table}: only the whole table can be staged."
            if change.schema_changed and change.status is not Status.NEW:
                return f"The definition of {table} changed: only the whole table can be staged."
    return ""


def _key_of(session: Session, table: str) -> tuple[ColumnInfo, ...]:
    key = key_of(session.columns(table))
    if not exact(key):
        raise Lacking(f"{table} has no primary key by which a row could be found.", " ")
    return key


def _key(page: DiffPage, key: Sequence[ColumnInfo], row: RowChange) -> RowKey:
    at = {column.name: position for position, column in enumerate(page.columns)}
    values = row.new if row.new is not None else row.old
    assert values is not None
    return tuple(values[at[column.name]] for column in key)


def _changed(session: Session, table: str, old: str, new: str, filter_: DiffFilter | None = None) -> list[RowKey]:
    """The keys of the rows that differ."""
    query = DiffQuery(table, old, new, filter_) if filter_ is not None else DiffQuery(table, old, new)
    relation = DiffRelation.of(session, query, sides_of(session, table, old, new, noted=False))
    return relation.keys([column.name for column in _key_of(session, table)])


def _compare(session: Session, rows: RowSet, key: Sequence[ColumnInfo]) -> None:
    """Raise `ChangedMeanwhile` where a row of the working set is not as it was shown."""
    columns = session.columns(rows.table)
    select = ", ".join(session.dialect.column(column.name, column.type) for column in columns)
    names = [column.name for column in columns]
    found = {}
    for some in some_keys(key, list(rows.shown)):
        condition, values = among(session, key, some)
        for row in session.rows(f"SELECT {select} FROM {session.dialect.quote(rows.table)} WHERE {condition}", *values):
            whole = dict(zip(names, row, strict=True))
            found[tuple(whole[column.name] for column in key)] = whole
    for one, shown in rows.shown.items():
        now = found.get(one)
        if (now is None) != (shown is None) or any(
            name in names and now[name] != value for name, value in (shown or {}).items() if now is not None
        ):
            raise ChangedMeanwhile(f"A row of {rows.table} was changed since then. Nothing was done.")
