"""What a table looked like at commits, and what it was called before a commit renamed it.

What a hash names never changes, so answers about commits are kept as long as the database is open.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ..core.auto_increment import without_counter
from ..core.connections import Connections, Session
from ..core.table_changes import summarise
from ..errors import TableNotFound
from ..model import WORKING, ColumnInfo, Status, key_of

_KEPT = 20_000
_COMPARED_ROWS = 100_000
"""Rows that are compared at most to tell whether DoltLite renamed a table: it does not always say so."""


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
    def key_types(self) -> tuple[str, ...]:
        return tuple(column.type.lower() for column in self.key)

    @cached_property
    def virtual(self) -> bool:
        """Whether diffs lack some of its values: they do not compute what is not stored."""
        return any(column.virtual for column in self.columns)

    def alike(self, other: Definition) -> bool:
        """Whether rows of both hold the same, but for the columns' names."""
        return [(kind, place) for _, kind, place in self.shape] == [(kind, place) for _, kind, place in other.shape]

    def keeps_key(self, other: Definition) -> bool:
        """Whether rows of both have the same keys, perhaps under another name or in another type."""
        mine, theirs = self.key, other.key
        if not mine or len(mine) != len(theirs):
            return False
        return self.key_types == other.key_types or [c.name for c in mine] == [c.name for c in theirs]


class Definitions:
    """Definitions at commits; safe to use from any thread."""

    def __init__(self, db: Connections) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, Definition | str | None] = OrderedDict()
        self._same: dict[Hashable, Definition] = {}
        self._pairs: dict[Hashable, tuple[tuple[str, str], ...]] = {}

    def at(self, session: Session, table: str, revision: str) -> Definition | None:
        """The definition at a commit, or (`WORKING`) in the session's working set; None where there is no table."""
        if revision == WORKING:
            return _found(session.dialect.columns(session, table, None))
        key = ("definition", table, revision)
        with self._lock:
            if key in self._kept:
                found = self._kept[key]
                assert not isinstance(found, str)
                return found
        definition = self._read(session, table, revision)
        if definition is not None:
            definition = self._same.setdefault(definition.columns, definition)
        self._keep(key, definition)
        return definition

    def _read(self, session: Session, table: str, commit: str) -> Definition | None:
        if self._db.dialect.traits.reads_as_of:
            try:
                ddl = without_counter(session.dialect.ddl(session, table, commit))
                # Most commits leave a definition as it was: its columns are read once.
                if (known := self._same.get(("ddl", table, ddl))) is None:
                    known = _found(session.dialect.columns(session, table, commit))
                    if known is not None:
                        self._same["ddl", table, ddl] = known
                return known
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
        if (known := self._same.get(("ddl", table, row[0]))) is None:
            with self._db.visit(commit) as there:
                known = _found(there.dialect.columns(there, table, None))
            if known is not None:
                self._same["ddl", table, row[0]] = known
        return known

    def former_name(self, session: Session, table: str, old: str, new: str) -> str | None:
        """What ``table`` was called at ``old``, where it was renamed until ``new``, which follows it."""
        key = ("former", table, old, new)
        if new != WORKING:
            with self._lock:
                if key in self._kept:
                    found = self._kept[key]
                    assert not isinstance(found, Definition)
                    return found
        changes = summarise(session, old, new)
        former = next((change.old_name for change in changes if change.table == table and change.old_name), None)
        if former is None and not session.dialect.traits.tells_renames:
            dropped = [change.table for change in changes if change.status is Status.DELETED]
            same = [name for name in dropped if self._same_content(session, name, old, table, new)]
            former = same[0] if len(same) == 1 else None
        if new != WORKING:
            self._keep(key, former)
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

        Where the type of the key changed it ends the server as soon as it comes to that commit. The first answer for
        a commit costs as much as all commits do (0.1 ms each).
        """
        if not self._db.dialect.traits.diff_fails_at_other_keys:
            return None

        def kept(old: str, new: str) -> bool:
            sides = (self.at(session, table, revision) for revision in (old, new))
            return all(side is None or side.key_types == here.key_types for side in sides)

        at_branch = session.scalar("SELECT active_branch()") is not None
        head = str(session.scalar("SELECT dolt_hashof('HEAD')"))
        key = ("changed definitions", table, head)
        with self._lock:
            pairs = self._pairs.get(key)
        if pairs is None:
            pairs = tuple(
                (parent, commit)
                for commit in self._changed(session, table)
                for parent in self._parents(session, commit)
            )
            with self._lock:
                self._pairs[key] = pairs
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

    def _keep(self, key: Hashable, found: Definition | str | None) -> None:
        with self._lock:
            self._kept[key] = found
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)


def _found(columns: Sequence[ColumnInfo]) -> Definition | None:
    return Definition(tuple(columns)) if columns else None
