"""Single rows: staged, unstaged, discarded; and pages that show which rows are staged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ..browsing.diffs import Diffs
from ..browsing.foreign_keys import foreign_keys
from ..browsing.query import DiffQuery
from ..browsing.row_halves import StagedTable, changed_count, changed_keys, halves, keys_with_both, staged_table
from ..browsing.staged_diffs import staged_page
from ..core.binding import among
from ..core.compare_and_write import expect
from ..core.connections import Connections, Session
from ..core.literals import literal
from ..core.workspace_rows import discard, ids, move, of_changes, of_ids, panics, some_keys
from ..errors import ChangedMeanwhile, EngineError, Lacking
from ..model import (
    ABSENT,
    ALL_CHANGES,
    FIRST,
    HEAD,
    STAGED,
    UNKNOWN,
    WORKING,
    Call,
    DiffFilter,
    Expected,
    GoingAlong,
    Halves,
    Position,
    RowCount,
    RowKey,
    RowSet,
    StagedDiffPage,
)
from ..undo.steps import RowMove
from ..undo.undo import Undo
from .staging_by_writing import move_by_writing

_MOST_REMEMBERED = 1_000
"""Rows that a step of undo names; what is staged is kept by a snapshot where there are more."""


_MOST_SHOWN = 20
"""Rows that a statement names which is shown to people."""


class _KeepFirst(Exception):
    """What is staged cannot be had back by keys."""


class RowStaging:
    """Questions and changes about which rows of a branch's working set are staged.

    Staging and unstaging rows are steps of `Reach.ROWS`: undo knows them by their keys, and takes no snapshot before.
    """

    def __init__(self, db: Connections, diffs: Diffs, undo: Undo) -> None:
        self._db = db
        self._diffs = diffs
        self._undo = undo

    # asking

    def why_not(self, branch: str, table: str) -> str:
        """Why rows of ``table`` cannot be staged one by one, as a sentence; empty where they can."""
        with self._db.read(branch, "row staging") as session:
            return staged_table(session, table).why_not

    def page(
        self, branch: str, query: DiffQuery, size: int, position: Position = FIRST, known: Halves | None = None
    ) -> StagedDiffPage:
        """`Diffs.page` of uncommitted changes, each row with which of its changes are staged.

        The query is about `HEAD`, `STAGED` and `WORKING`; ``known`` says which changes the table has at all, where the
        caller knows that from its status.
        """
        return self._db.remembering(
            branch, lambda: staged_page(self._db, self._diffs, branch, query, size, position, known)
        )

    def halves(self, branch: str, table: str, keys: Iterable[RowKey]) -> Mapping[RowKey, Halves]:
        """Which of their changes are staged, of the rows of these keys. Raises `RowsNotPaired`."""
        with self._db.read(branch, "row staging") as session, session.pinned(HEAD, STAGED, WORKING):
            return halves(session, staged_table(session, table), keys)

    def counts(self, branch: str, table: str, filter_: DiffFilter = ALL_CHANGES) -> RowCount:
        """How many changed rows are staged, partly staged and not staged; grows with the rows that differ (2 µs
        each; of those that a filter lets through, 10 µs).

        With a filter these are the rows that differ from HEAD to the working set. Raises `Lacking` where the primary
        key is another one, so that rows cannot be paired.
        """
        with self._db.read(branch, "statistics") as session, session.pinned(HEAD, STAGED, WORKING):
            found = staged_table(session, table)
            if not found.paired:
                raise Lacking(found.why_not, " ")
            if found.key and found.halves.both and not filter_.empty:
                keys = changed_keys(session, found, HEAD, WORKING, filter_)
                which = Counter(halves(session, found, keys, differ=True).values())
                return RowCount(which[Halves(True)], which[Halves(True, True)], which[Halves(False, True)])
            staged, unstaged = (
                changed_count(session, found, old, new, filter_) if there else 0
                for there, old, new in ((found.halves.staged, HEAD, STAGED), (found.halves.unstaged, STAGED, WORKING))
            )
            both = len(keys_with_both(session, found)) if found.halves.both and found.key else 0
            return RowCount(staged - both, both, unstaged - both)

    def going_along(self, branch: str, table: str) -> GoingAlong:
        """Tables with rows that are deleted, or changed, when a row of ``table`` goes that they refer to."""
        with self._db.read(branch, "foreign keys") as session:
            keys = [key for key in foreign_keys(session, rules=True) if key.on_delete]
        gone, deleted, changed = [table], dict[str, None](), dict[str, None]()
        for going in gone:  # grows as it goes
            for key in keys:
                if key.referred.lower() != going.lower():
                    continue
                if key.on_delete != "CASCADE":
                    changed[key.table] = None
                elif key.table not in deleted:
                    deleted[key.table] = None
                    gone.append(key.table)
        return GoingAlong(tuple(deleted), tuple(name for name in changed if name not in deleted))

    # changing

    def stage(self, branch: str, rows: RowSet) -> int | None:
        """Stage the rows as they are in the working set; how many of them were not (None: a whole table, uncounted).

        The cost is that of one statement for some thousand rows, which looks at all changed rows of the table (1 µs
        each); of a whole table 1 ms. Raises `ChangedMeanwhile` where they are not as they were shown, `Lacking` with
        the reason where rows of the table cannot be staged.
        """
        return self._move(branch, rows, staged=True)

    def unstage(self, branch: str, rows: RowSet) -> int | None:
        """Take the rows out of what is staged; the working set stays. As `stage`."""
        return self._move(branch, rows, staged=False)

    def discard(self, branch: str, rows: RowSet, expected: Expected | None = None) -> int | None:
        """Set the rows back to what is staged, or to HEAD where nothing of them is; how many were not that.

        A new row is deleted, a removed one comes back; rows of `going_along` follow. ``expected`` is how the table was
        shown. Raises `ChangedMeanwhile`, `Lacking`, and `Constraint` where other rows refer to one that would go:
        nothing is discarded then.
        """

        def work(session: Session) -> int | None:
            expect(session, expected)
            table = _ready(session, rows)
            if table.why_not:
                raise Lacking(table.why_not, " ")
            if not table.halves.unstaged:
                return 0
            keys = _keys(session, table, rows)
            if keys is None and not table.untracked:
                session.call("dolt_checkout", "--", table.table)
                return None
            if keys is None:
                return discard(session, rows.table, "1 = 1", ())
            if not table.key:
                found = ids(session, rows.table, table.columns, keys, staged=False)
                return discard(session, rows.table, of_ids(found), ()) if found else 0
            return sum(
                discard(session, rows.table, *of_changes(session, table.key, some))
                for some in some_keys(table.key, keys)
            )

        return self._db.write(branch, work, "discard rows")

    def stage_calls(self, rows: RowSet) -> tuple[Call, ...]:
        """What `stage` runs, for people."""
        if rows.all:
            return (self._db.procedure("dolt_add", "--", rows.table),)
        return self._shown("UPDATE ", " SET staged = 1 WHERE staged = 0", rows)

    def unstage_calls(self, rows: RowSet) -> tuple[Call, ...]:
        """What `unstage` runs, for people."""
        if rows.all:
            return (self._db.procedure("dolt_reset", "--", rows.table),)
        return self._shown("UPDATE ", " SET staged = 0 WHERE staged = 1", rows)

    def discard_calls(self, rows: RowSet) -> tuple[Call, ...]:
        """What `discard` runs, for people."""
        if rows.all:
            return (self._db.procedure("dolt_checkout", "--", rows.table),)
        return self._shown("DELETE FROM ", " WHERE staged = 0", rows)

    def _shown(self, head: str, tail: str, rows: RowSet) -> tuple[Call, ...]:
        dialect = self._db.dialect
        workspace, which = dialect.quote(f"dolt_workspace_{rows.table}"), UNKNOWN
        if rows.key and rows.keys:
            listed = [
                _together(literal(value, "", dialect.traits.sql) for value in key) for key in rows.keys[:_MOST_SHOWN]
            ]
            texts = ", ".join([*listed, *([UNKNOWN] if len(rows.keys) > _MOST_SHOWN else [])])
            sides = [_together(dialect.quote(side + name) for name in rows.key) for side in ("to_", "from_")]
            which = f"({' OR '.join(f'{names} IN ({texts})' for names in sides)})"
        return (dialect.statement(f"{head}{workspace}{tail} AND {which}"),)

    def _move(self, branch: str, rows: RowSet, *, staged: bool) -> int | None:
        moves: list[RowMove] = []
        recorded = self._undo.moving(branch, moves)

        def work(session: Session) -> int | None:
            moves.clear()
            return _moved(session, rows, staged, moves if recorded else None)

        purpose = "stage rows" if staged else "unstage rows"
        try:
            return self._db.write(branch, work, purpose)
        except _KeepFirst:
            moves.clear()
            recorded = False
            self._undo.keep_staged(branch)
            return self._db.write(branch, work, purpose)


def _together(parts: Iterable[str]) -> str:
    """What makes up a key, in SQL."""
    found = list(parts)
    return found[0] if len(found) == 1 else f"({', '.join(found)})"


def _moved(session: Session, rows: RowSet, staged: bool, moves: list[RowMove] | None) -> int | None:
    """Stage or unstage rows; what undo has to know is added to ``moves``. Raises `_KeepFirst` where that is more."""
    table = _ready(session, rows)
    half = table.halves.unstaged if staged else table.halves.staged
    dropped = rows.all and not table.columns  # DoltLite does not tell that it is staged
    if not half and not dropped:
        return 0
    keys = _keys(session, table, rows)
    if moves is not None and (keys is None or len(keys) > _MOST_REMEMBERED or not table.key):
        raise _KeepFirst
    if keys is None:
        if staged:
            session.call("dolt_add", "--", table.table)
        else:  # engine-facts.md#unstage-a-renaming
            session.call("dolt_reset", "--", table.former or table.table)
        return None
    if not table.key:
        found = ids(session, table.table, table.columns, keys, staged=not staged)
        if found and not _moved_whole(session, table, len(found), staged=staged):
            move(session, table.table, of_ids(found), (), staged=staged)
        return len(found)
    return _moved_by_key(session, table, keys, staged, moves)


def _moved_whole(session: Session, table: StagedTable, number: int, *, staged: bool) -> bool:
    """Stage or unstage a table where no more than this ``number`` of rows is left to be; returns whether it was so.

    It takes a millisecond. And by rows an empty new table, or the counter of AUTO_INCREMENT, would stay staged.
    """
    if staged and table.untracked:  # it may be one that is ignored: engine-facts.md#ignored-tables-need-force
        return False
    dialect = session.dialect
    one, other = dialect.known(session, *((STAGED, WORKING) if staged else (HEAD, STAGED)))
    left = f"SELECT count(*) FROM (SELECT 1 FROM {dialect.diff(table.table)} LIMIT {number + 1}) AS found"
    if int(session.scalar(left, *dialect.diff_values(one, other, table.table))) > number:
        return False
    session.call("dolt_add" if staged else "dolt_reset", "--", table.table)
    return True


def _moved_by_key(
    session: Session, table: StagedTable, keys: Sequence[RowKey], staged: bool, moves: list[RowMove] | None
) -> int:
    which = halves(session, table, keys)
    mine = [key for key, found in which.items() if (found.unstaged if staged else found.staged)]
    if not mine:
        return 0
    by_writing = session.dialect.traits.server and panics(table.columns)
    alone = staged and not table.halves.staged
    if moves is not None:
        lost = by_writing or (table.counter_moved and not alone) or any(which[key].both for key in mine)
        if lost:
            raise _KeepFirst
        moves.append(RowMove(table.table, staged, tuple(mine), alone))
    if _moved_whole(session, table, len(mine), staged=staged):
        if moves:
            moves[-1] = replace(moves[-1], alone=alone or not staged)
        return len(mine)
    if by_writing:
        move_by_writing(session, table, mine, staged=staged)
        return len(mine)
    number = sum(
        move(session, table.table, *of_changes(session, table.key, some), staged=staged)
        for some in some_keys(table.key, mine)
    )
    if number != len(mine):
        raise EngineError(f"{len(mine)} rows of {table.table} were meant, and {number} were found. Nothing was done.")
    return number


def _ready(session: Session, rows: RowSet) -> StagedTable:
    """The table, once it is certain that its rows can be found, and are what was shown; or that all are meant."""
    table = staged_table(session, rows.table)
    if table.why_not and not rows.all:
        raise Lacking(table.why_not, " ")
    if rows.shown and table.key:
        _compare(session, rows, table)
    return table


def _keys(session: Session, table: StagedTable, rows: RowSet) -> list[RowKey] | None:
    """The keys that are meant; None: all."""
    if rows.keys is not None:
        return list(dict.fromkeys(rows.keys) if table.key else rows.keys)
    if rows.filter.empty:
        return None
    return changed_keys(session, table, HEAD, WORKING, rows.filter)


def _compare(session: Session, rows: RowSet, table: StagedTable) -> None:
    """Raise `ChangedMeanwhile` where a row of the working set is not as it was shown."""
    columns = table.columns
    select = ", ".join(session.dialect.column(column.name, column.type) for column in columns)
    names = [column.name for column in columns]
    found = {}
    for some in some_keys(table.key, list(rows.shown)):
        condition, values = among(session, table.key, some)
        for row in session.rows(f"SELECT {select} FROM {session.dialect.quote(rows.table)} WHERE {condition}", *values):
            whole = dict(zip(names, row, strict=True))
            found[tuple(whole[column.name] for column in table.key)] = whole
    for one, shown in rows.shown.items():
        now = found.get(one)
        if (now is None) != (shown is None) or any(
            name in names and value is not ABSENT and now[name] != value
            for name, value in (shown or {}).items()
            if now is not None
        ):
            raise ChangedMeanwhile(f"A row of {rows.table} has changed since it was shown. Nothing was done.")
