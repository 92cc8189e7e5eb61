"""Patterns of tables that are left out of the working set's changes: ``dolt_ignore``."""

from __future__ import annotations

from collections.abc import Iterable

from ..core.connections import Connections, Session
from ..core.wildcards import matches
from ..errors import EngineError, InvalidName
from ..model import Call, IgnorePattern


class IgnorePatterns:
    """Questions and changes about the patterns of a branch's working set."""

    def __init__(self, db: Connections) -> None:
        self._db = db

    def patterns(self, branch: str) -> tuple[IgnorePattern, ...]:
        """All patterns, in their order."""
        with self._db.read(branch, "ignored tables") as session:
            rows = session.rows("SELECT pattern, ignored FROM dolt_ignore ORDER BY pattern")
        return tuple(IgnorePattern(pattern, bool(ignored)) for pattern, ignored in rows)

    def ignore(self, branch: str, pattern: str, *, ignored: bool = True) -> None:
        """Write a pattern; one that is spelt the same is replaced.

        Only new tables are ignored, those in no commit and not staged. Raises `InvalidName` for an empty pattern.
        """
        if not pattern.strip():
            raise InvalidName("A pattern needs a name.", "For example: tmp_*")
        calls = self.ignore_calls(pattern, ignored=ignored)

        def work(session: Session) -> None:
            for call in calls:
                session.run(call)

        self._db.write(branch, work, "ignore")

    def ignore_calls(self, pattern: str, *, ignored: bool = True) -> tuple[Call, ...]:
        """What `ignore` runs."""
        insert = ("INSERT INTO dolt_ignore (pattern, ignored) VALUES (", ", ", ")")
        return (
            *self.remove_calls(pattern),
            self._db.dialect.statement(*insert, values=(pattern, int(ignored))),
        )

    def remove(self, branch: str, pattern: str) -> None:
        """Remove a pattern. Raises `EngineError` when it is gone already."""
        (delete,) = self.remove_calls(pattern)

        def work(session: Session) -> None:
            hit = session.execute(session.dialect.sql(delete), *delete.values)
            if hit == 0:
                raise EngineError(f"There is no pattern {pattern} (any more).")

        self._db.write(branch, work, "ignore no more")

    def remove_calls(self, pattern: str) -> tuple[Call, ...]:
        """What `remove` runs."""
        return (self._db.dialect.statement("DELETE FROM dolt_ignore WHERE pattern = ", "", values=(pattern,)),)

    @staticmethod
    def matching(pattern: str, tables: Iterable[str]) -> tuple[str, ...]:
        """The tables of ``tables`` that a pattern is about."""
        return tuple(table for table in tables if matches(pattern, table))
