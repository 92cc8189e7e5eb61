"""How a table was defined at commits, and what it was called before a commit renamed it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from ..core.auto_increment import without_counter
from ..core.connections import Connections, Session
from ..core.table_changes import summarise
from ..errors import TableNotFound
from ..model import WORKING, ColumnInfo, Status, key_of
from .key_comparison import KeyComparison

T = TypeVar("T")

_COMPARED_ROWS = 100_000
"""The most rows that are compared to find out whether a table was renamed, where the engine does not always say."""


@dataclass(frozen=True)
class Definition:
    """The columns of a table."""

    columns: tuple[ColumnInfo, ...]

    @cached_property
    def key(self) -> tuple[ColumnInfo, ...]:
        """The columns of the primary key, in the key's order."""
        return key_of(self.columns)

    @cached_property
    def shape(self) -> tuple[tuple[str, str, int], ...]:
        """What decides how its rows are read: names, types and key."""
        return tuple((column.name, column.type.lower(), column.key_position) for column in self.columns)

    @cached_property
    def virtual(self) -> bool:
        """Whether diffs lack some of its values: they do not compute what is not stored."""
        return any(column.virtual for column in self.columns)

    def alike(self, other: Definition) -> bool:
        """Whether rows of both hold the same, but for the columns' names."""
        return [(kind, place) for _, kind, place in self.shape] == [(kind, place) for _, kind, place in other.shape]


class Definitions:
    """Definitions at commits; safe to use from any thread. What was found is kept in the connections' `SchemaCache`."""

    def __init__(self, db: Connections) -> None:
        self._db = db

    def _recall(self, commits: Sequence[str], what: tuple[Hashable, ...], find: Callable[[], T]) -> T:
        return self._db.schema_cache.recall("", commits, what, find)

    def at(self, session: Session, table: str, revision: str) -> Definition | None:
        """The definition at a commit, or (`WORKING`) in the session's working set; None where there is no table."""
        if revision == WORKING:
            return _found(session.dialect.columns(session, table, None))
        return self._recall([revision], ("definition", table), lambda: self._read(session, table, revision))

    def _read(self, session: Session, table: str, commit: str) -> Definition | None:
        if self._db.dialect.traits.reads_as_of:
            try:
                ddl = without_counter(session.dialect.ddl(session, table, commit))
                return self._by_text(table, ddl, lambda: session.dialect.columns(session, table, commit))
            except TableNotFound:
                return None
        # Connecting to each commit would take much longer than to ask for what differs from the first, empty one.
        row = session.first(
            "SELECT to_create_statement FROM dolt_schema_diff("
            "(SELECT commit_hash FROM dolt_commit_ancestors WHERE parent_hash IS NULL), ?, ?)",
            commit,
            table,
        )
        if row is None or not row[0]:
            return None

        def columns() -> Sequence[ColumnInfo]:
            with self._db.visit(commit) as there:
                return there.dialect.columns(there, table, None)

        return self._by_text(table, row[0], columns)

    def _by_text(self, table: str, ddl: str, columns: Callable[[], Sequence[ColumnInfo]]) -> Definition | None:
        """The definition that a statement makes. Most commits leave it as it was: its columns are read once."""
        return self._recall([], ("definition by its text", table, ddl), lambda: _found(columns()))

    def former_name(self, session: Session, table: str, old: str, new: str) -> str | None:
        """What ``table`` was called at ``old``, where it was renamed until ``new``, which follows it."""
        if new == WORKING:
            return self._former_name(session, table, old, new)
        return self._recall([old, new], ("former name", table), lambda: self._former_name(session, table, old, new))

    def _former_name(self, session: Session, table: str, old: str, new: str) -> str | None:
        changes = summarise(session, old, new)
        former = next((change.old_name for change in changes if change.table == table and change.old_name), None)
        if former is None and not session.dialect.traits.tells_renames:
            dropped = [change.table for change in changes if change.status is Status.DELETED]
            same = [name for name in dropped if self._same_content(session, name, old, table, new)]
            former = same[0] if len(same) == 1 else None
        return former

    def _same_content(self, session: Session, former: str, old: str, table: str, new: str) -> bool:
        before, after = self.at(session, former, old), self.at(session, table, new)
        if before is None or after is None or not before.alike(after):
            return False

        def rows(there: Session, name: str) -> list[tuple[object, ...]]:
            return there.rows(f"SELECT * FROM {there.dialect.quote(name)} LIMIT ?", _COMPARED_ROWS + 1)

        with self._db.visit(old) as there:
            ours = rows(there, former)
        if new == WORKING:
            theirs = rows(session, table)
        else:
            with self._db.visit(new) as there:
                theirs = rows(there, table)
        return len(ours) <= _COMPARED_ROWS and ours == theirs

    def pairs(self, session: Session, table: str, base: str) -> Iterator[tuple[str, str]]:
        """Commits at which the table's definition changed, newest first, each behind its parent: those below ``base``.

        That is a commit, or the session's branch, whose working set comes first. The cost grows with all commits.
        """
        if base == session.revision:
            head = str(session.scalar("SELECT dolt_hashof('HEAD')"))
            yield head, WORKING
            found = self._changed(session, table)
        else:
            with self._db.visit(base, "definitions") as there:
                found = self._changed(there, table)
        for commit in found:
            for parent in self._parents(session, commit):
                yield parent, commit

    @staticmethod
    def _changed(session: Session, table: str) -> list[str]:
        rows = session.rows(
            f"SELECT commit_hash FROM dolt_diff WHERE table_name = {session.dialect.placeholder} AND schema_change = 1",
            table,
        )
        return [str(row[0]) for row in rows if row[0] != WORKING]

    def asked_singly(self, session: Session, table: str, here: Definition) -> tuple[str, ...] | None:
        """The commits, newest first, for which alone ``dolt_diff_<table>`` may be asked; None: for all at once.

        Where the type of the key changed, it crashes the server as soon as it reaches that commit. The first answer for
        a commit costs as much as all commits do (0.1 ms each).
        """
        if not self._db.dialect.traits.diff_fails_at_other_keys:
            return None

        def kept(old: str, new: str) -> bool:
            sides = (self.at(session, table, revision) for revision in (old, new))
            return all(side is None or KeyComparison(side.key, here.key).same_types for side in sides)

        at_branch = session.scalar("SELECT active_branch()") is not None
        head = str(session.scalar("SELECT dolt_hashof('HEAD')"))

        def changed() -> tuple[tuple[str, str], ...]:
            commits = self._changed(session, table)
            return tuple((parent, commit) for commit in commits for parent in self._parents(session, commit))

        pairs = self._recall([head], ("changed definitions", table), changed)
        if all(kept(*pair) for pair in ((*pairs, (head, WORKING)) if at_branch else pairs)):
            return None
        placeholder = session.dialect.placeholder
        rows = session.rows(
            f"SELECT commit_hash FROM dolt_diff WHERE table_name = {placeholder} AND data_change = 1", table
        )
        commits = [str(row[0]) for row in rows if row[0] != WORKING]
        found = [one for one in commits if all(kept(parent, one) for parent in self._parents(session, one))]
        return (*((WORKING,) if at_branch and kept(head, WORKING) else ()), *found)

    @staticmethod
    def _parents(session: Session, commit: str) -> tuple[str, ...]:
        return session.dialect.log_page(session, (commit,), 1).commits[0].parents

    def every(self, session: Session, branch: str, table: str) -> tuple[Definition, ...]:
        """All definitions that a table had, newest first, under other names too."""
        found: dict[Definition, None] = {}
        place: tuple[str, str] | None = (branch, table)
        while place is not None:
            (base, name), place = place, None
            for old, new in self.pairs(session, name, base):
                before, after = self.at(session, name, old), self.at(session, name, new)
                if before is None and after is not None:
                    former = self.former_name(session, name, old, new)
                    place = (old, former) if former is not None else None
                found.update((each, None) for each in (after, before) if each is not None)
                if before is None:
                    break
        return tuple(found)


def _found(columns: Sequence[ColumnInfo]) -> Definition | None:
    return Definition(tuple(columns)) if columns else None
