"""The working set: what changed, staging and discarding of tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..browsing.diff_counts import changes_between, counted
from ..core.compare_and_write import expect, run, table_hashes
from ..core.connections import Connections, Session
from ..core.table_changes import summarise
from ..errors import EngineError, TableNotFound
from ..model import HEAD, STAGED, WORKING, Call, Changes, Expected, Status, TableChange
from ..model.rewriting import REBASE_BRANCH


def take_back(session: Session) -> None:
    """Set everything back to HEAD table by table: by a hard reset Dolt would forget a rebase in progress."""
    session.call("dolt_reset")
    for (name,) in session.rows("SELECT table_name FROM dolt_status"):
        for table in reversed(name.split(" -> ")):  # a renamed table by its new name, then by the old one
            session.call("dolt_checkout", "--", table)


def _renamed(session: Session, name: str, staged: bool) -> tuple[str | None, str]:
    """The old and the new name out of ``old -> new``; either may hold an arrow itself."""
    parts = name.split(" -> ")
    if len(parts) != 2:
        for change in summarise(session, *((HEAD, STAGED) if staged else (STAGED, WORKING))):
            if change.old_name is not None and f"{change.old_name} -> {change.table}" == name:
                return change.old_name, change.table
        return None, name
    return parts[0], parts[1]


def _names(changes: Iterable[TableChange]) -> list[str]:
    """The tables, each once; a renamed one by its new and its old name."""
    return list(dict.fromkeys(name for change in changes for name in (change.table, change.old_name) if name))


class WorkingSet:
    """Questions and changes about a branch's working set."""

    def __init__(self, db: Connections) -> None:
        self._db = db

    def status(self, branch: str) -> Changes:
        """The changed tables of ``branch``, without counts; the cost grows with the number of tables only."""
        with self._db.read(branch, "status") as session:
            return self.read_status(session)

    @staticmethod
    def read_status(session: Session) -> Changes:
        """The changed tables of the session's branch."""
        unstaged: list[TableChange] = []
        staged: list[TableChange] = []
        for name, is_staged, status in session.rows(
            "SELECT table_name, staged, status FROM dolt_status ORDER BY table_name"
        ):
            kind = Status(status) if status in Status._value2member_map_ else Status.OTHER
            old_name = None
            if kind is Status.RENAMED:
                old_name, name = _renamed(session, name, bool(is_staged))
            change = TableChange(name, kind, staged=bool(is_staged), old_name=old_name)
            (staged if is_staged else unstaged).append(change)
        return Changes(tuple(unstaged), tuple(staged))

    def uncommitted(self, branch: str, *, counts: bool = False) -> tuple[TableChange, ...]:
        """The tables that differ between HEAD and the working set."""
        with self._db.read(branch, "uncommitted changes") as session:
            return changes_between(session, HEAD, WORKING, counts=counts)

    def with_counts(self, branch: str, changes: Changes) -> Changes:
        """``changes`` with the rows of each table counted; may take seconds where 100,000 rows differ."""
        with self._db.read(branch, "statistics") as session:
            return Changes(
                self._counted(session, STAGED, WORKING, changes.unstaged),
                self._counted(session, HEAD, STAGED, changes.staged),
            )

    @staticmethod
    def _counted(session: Session, old: str, new: str, changes: tuple[TableChange, ...]) -> tuple[TableChange, ...]:
        if not changes:
            return ()
        found = {change.table: change for change in summarise(session, old, new)}
        known = []
        for change in changes:
            other = found.get(change.table)
            # Dolt leaves a table with a changed primary key out of its summary: its schema certainly differs.
            # engine-facts.md#summary-leaves-out-rekeyed-tables
            schema, data = (other.schema_changed, other.data_changed) if other is not None else (True, False)
            known.append(replace(change, schema_changed=schema, data_changed=data or other is None))
        # What keeps a merge from being finished is listed in addition to how its table differs.
        asked = [change for change in known if change.table in found or change.status.differs]
        numbers = {change.table: change for change in counted(session, old, new, asked)}
        result = []
        for change in known:
            number = numbers.get(change.table)
            if number is not None:
                change = replace(change, counts=number.counts, uncounted=number.uncounted)
            result.append(change)
        return tuple(result)

    # changing

    def stage(self, branch: str, tables: Iterable[str]) -> None:
        """Stage the tables whole, those that dolt_ignore names too. Raises `TableNotFound`."""
        names = list(tables)

        def work(session: Session) -> None:
            # engine-facts.md#ignored-tables-need-force
            force = ["-f"] if session.first("SELECT 1 FROM dolt_ignore LIMIT 1") is not None else []
            for name in names:
                session.call("dolt_add", *force, "--", name)

        self._db.write(branch, work, "stage", retry=True)

    def stage_calls(self, tables: Iterable[str]) -> tuple[Call, ...]:
        """What `stage` runs, with -f where dolt_ignore names something."""
        return tuple(self._db.procedure("dolt_add", "--", name) for name in tables)

    def unstage(self, branch: str, tables: Iterable[str]) -> None:
        """Take the tables out of the staged set; the working set stays."""
        names = list(tables)

        def work(session: Session) -> None:
            old_names = {change.table: change.old_name for change in self.read_status(session).staged}
            for name in names:
                # A staged renaming is undone by the old name; the new one changes nothing.
                # engine-facts.md#unstage-a-renaming
                session.call("dolt_reset", "--", old_names.get(name) or name)

        self._db.write(branch, work, "unstage", retry=True)

    def stage_all(self, branch: str) -> None:
        """Stage every changed table, new ones included."""
        (add,) = self.stage_all_calls()
        self._db.write(branch, lambda session: session.run(add), "stage all", retry=True)

    def stage_all_calls(self) -> tuple[Call, ...]:
        """What `stage_all` runs."""
        return (self._db.procedure("dolt_add", "-A"),)

    def unstage_all(self, branch: str) -> None:
        """Empty the staged set; the working set stays."""
        self._db.write(branch, lambda session: session.call("dolt_reset"), "unstage all", retry=True)

    def look(self, branch: str, tables: Iterable[str]) -> Expected:
        """These tables as they are now, to be compared when they are discarded or dropped."""
        with self._db.read(branch, "state") as session:
            return Expected(branch, tables=tuple(table_hashes(session, tables).items()))

    def discard(
        self, branch: str, *changes: TableChange, staged_too: bool = False, expected: Expected | None = None
    ) -> None:
        """Set tables back to their staged state, or with ``staged_too`` to HEAD. A new table is dropped.

        ``expected`` is how they were shown. Raises `TableNotFound` when one of the changes is gone already, and
        `ChangedMeanwhile` when a table is not what was shown: nothing is discarded then.
        """
        tables = {change.table for change in changes}

        def work(session: Session) -> None:
            expect(session, expected)
            before = self.read_status(session)
            pool = {item.table for item in ((*before.unstaged, *before.staged) if staged_too else before.unstaged)}
            for change in changes:
                if change.table not in pool:
                    raise TableNotFound(f"{change.table} no longer has such changes.")
            for reset in self._resets(changes) if staged_too else ():
                try:
                    session.run(reset)
                except EngineError:
                    if reset.values[-1] in tables:
                        raise  # only the old name of a renamed table may be unknown to the staged set
            for checkout in self._checkouts(changes):
                session.run(checkout)

        self._db.write(branch, work, "discard")

    def discard_calls(self, *changes: TableChange, staged_too: bool = False) -> tuple[Call, ...]:
        """What `discard` runs; to unstage a renamed table by its old name may fail, and does no harm then."""
        return (*(self._resets(changes) if staged_too else ()), *self._checkouts(changes))

    def _resets(self, changes: Iterable[TableChange]) -> list[Call]:
        return [self._db.procedure("dolt_reset", "--", name) for name in _names(changes)]

    def _checkouts(self, changes: Iterable[TableChange]) -> list[Call]:
        return [self._db.procedure("dolt_checkout", "--", name) for name in _names(changes)]

    def discard_all(self, branch: str, expected: Expected | None = None) -> None:
        """Set everything back to HEAD; new tables are dropped.

        ``expected`` is how the branch was shown. Raises `ChangedMeanwhile`.
        """

        def work(session: Session) -> None:
            expect(session, expected)
            if branch.startswith(REBASE_BRANCH):
                take_back(session)
                return
            reset, clean = self.discard_all_calls(branch)
            run(session, [expected and expected.ref_only], reset)
            session.run(clean)

        self._db.write(branch, work, "discard everything")

    def discard_all_calls(self, branch: str, *changes: TableChange) -> tuple[Call, ...]:
        """What `discard_all` runs; ``changes`` are all of the branch, which it names where a rebase is in progress."""
        if branch.startswith(REBASE_BRANCH):
            return (self._db.procedure("dolt_reset"), *self._checkouts(changes))
        return (self._db.procedure("dolt_reset", "--hard"), self._db.procedure("dolt_clean"))

    def drop_table(self, branch: str, table: str, *, view: bool = False, expected: Expected | None = None) -> None:
        """Drop a table or view of the working set.

        ``expected`` is how it was shown. Raises `Constraint` when another table refers to it, `TableNotFound`,
        `ChangedMeanwhile`.
        """
        (drop,) = self.drop_table_calls(table, view=view)

        def work(session: Session) -> None:
            expect(session, expected)
            session.run(drop)

        self._db.write(branch, work, "drop", retry=True)

    def drop_table_calls(self, table: str, *, view: bool = False) -> tuple[Call, ...]:
        """What `drop_table` runs."""
        dialect = self._db.dialect
        return (dialect.statement(f"DROP {'VIEW' if view else 'TABLE'} {dialect.quote(table)}"),)
