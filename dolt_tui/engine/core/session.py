"""One connection to one revision, for as long as a question or a change takes, with its errors translated."""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import sqlalchemy as sa

from ..errors import BranchNotFound, EngineError, PermissionDenied, ServerLost
from ..errors.translation import translate
from ..model import HEAD, STAGED, WORKING, Author, BranchFingerprint, Call, ColumnInfo, SqlStyle
from .cancellation import current
from .dialect import Dialect
from .schema_cache import SchemaCache
from .settings import ReadSettings
from .suspects import Suspects
from .validation import is_hash
from .write_tracker import note

T = TypeVar("T")

_STREAMED = 256
"""Rows of a stream that are in memory at a time."""
POLL = "poll"
"""Statements with this purpose are left out of the log: they would drown the others."""


class Session:
    """One connection to one revision, for as long as a question or a change takes."""

    def __init__(
        self,
        connection: sa.Connection,
        dialect: Dialect,
        schema_cache: SchemaCache,
        suspects: Suspects,
        revision: str,
        purpose: str,
        writes: bool,
        broke: Callable[[str], None],
        settings: ReadSettings,
    ) -> None:
        self.settings = settings
        self.broke = broke
        """Told the statement that the connection was lost over."""
        self.connection = connection
        self.dialect = dialect
        self.revision = revision
        self._schema_cache = None if writes else schema_cache
        self._writes = writes
        self._purpose = purpose
        self._suspects = suspects
        self._answered = False
        """Whether the connection has answered since the session began."""
        self._pinned = writes
        self._stream: Generator[list[Any], None, None] | None = None
        self.shut = False
        """Whether the connection was shut to end its statement: it must not be used by anybody afterwards."""
        self.author: Author | None = None
        """Who commits in this session, where that is configured."""
        connection.info["purpose"] = purpose
        connection.info["writes"] = writes

    def within_transaction(self) -> None:
        """A transaction is open that others do not see: nothing that is read is remembered, or begins another one."""
        self._schema_cache = None
        self._pinned = True

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open that somebody else ends."""
        return self._pinned

    @property
    def raw(self) -> Any:
        """The driver's own connection."""
        return self.connection.connection.driver_connection

    def rows(self, sql: str, *values: object) -> list[Any]:
        """All rows of a statement as tuples."""
        return self._run(sql, values, self._all_rows)

    def described(self, sql: str, *values: object) -> tuple[list[Any], list[Any]]:
        """The description of the columns, by the DB API, and all rows."""

        def read(result: sa.CursorResult[Any]) -> tuple[list[Any], list[Any]]:
            assert result.cursor is not None
            return list(result.cursor.description or ()), self._all_rows(result)

        return self._run(sql, values, read)

    def _all_rows(self, result: sa.CursorResult[Any]) -> list[Any]:
        if not result.returns_rows:
            return []
        if not self.dialect.traits.buffered:
            return [tuple(row) for row in result]
        assert result.cursor is not None
        # The driver has them already, as tuples: SQLAlchemy would make others of them, to no purpose.
        rows = list(result.cursor.fetchall())
        result.close()
        return rows

    def stream(self, sql: str, *values: object) -> Iterator[list[Any]]:
        """The rows of a statement as they come, some hundred at a time; nothing else runs on the session meanwhile.

        Memory does not grow with their number. The statement runs once the first ones are asked for; where not all are,
        it ends with the session, and so does the connection.
        """
        self.end_stream()
        self._stream = self._streamed(sql, values)
        return self._stream

    def end_stream(self) -> None:
        """End the statement of `stream`, if it is not through."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def _streamed(self, sql: str, values: tuple[object, ...]) -> Generator[list[Any], None, None]:
        options = {"stream_results": True}
        run = lambda: self.connection.exec_driver_sql(sql, values, execution_options=options)  # noqa: E731
        result = self._asked(sql, values, run)
        cursor, ended = result.cursor, False
        assert cursor is not None
        try:
            # SQLAlchemy has read the first row already; the others are taken from the driver, as it has tuples.
            rows = self.guard(lambda: [tuple(row) for row in result.fetchmany(_STREAMED)])
            if rows:
                yield rows
            while len(rows) == _STREAMED:
                rows = self.guard(lambda: _translated(result, lambda: list(cursor.fetchmany(_STREAMED))))
                if rows:
                    yield rows
            ended = True
        finally:
            if self.connection.invalidated:
                self.dialect.let_go(cursor)
            # A transaction that somebody has open must not go with its connection: what is left is read.
            if ended or self.connection.invalidated or self._pinned:
                with suppress(Exception):
                    result.close()
            else:
                self.dialect.abandon(self, cursor)

    def first(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        """The first row, or None."""
        rows = self.rows(sql, *values)
        return rows[0] if rows else None

    def scalar(self, sql: str, *values: object) -> Any:
        """The first column of the first row; None when there is no row."""
        row = self.first(sql, *values)
        return row[0] if row else None

    def by_engine(self, *, dolt: T, doltlite: T) -> T:
        """The one of both that this session's engine needs: a statement, or a function where that is not enough."""
        return dolt if self.dialect.traits.sql is SqlStyle.MYSQL else doltlite

    def run(self, call: Call) -> tuple[Any, ...]:
        """Run a call; returns its first row (empty when it gives none)."""
        return self.first(self.dialect.sql(call), *call.values) or ()

    def execute(self, sql: str, *values: object) -> int:
        """Run a statement that changes something; returns the number of rows that it hit."""
        return self._run(sql, values, lambda result: result.rowcount)

    def recall(self, revisions: Sequence[str | None], what: tuple[Hashable, ...], find: Callable[[], T]) -> T:
        """What ``find`` returns about definitions at these revisions, or returned before; see `SchemaCache.recall`."""
        # DoltLite takes the name of a column that is gone for a text: it has to be asked each time.
        if self._schema_cache is None or not self.dialect.traits.remembers_definitions:
            return find()
        return self._schema_cache.recall(self.revision, revisions, what, find)

    def columns(self, table: str, revision: str | None = None) -> tuple[ColumnInfo, ...]:
        """The columns of a table, in order: of ``revision``, or (None, `WORKING`) of the working set."""
        at = None if revision == WORKING else revision
        return self.recall([at], ("columns", table), lambda: self.dialect.columns(self, table, at))

    def call(self, procedure: str, *arguments: str) -> tuple[Any, ...]:
        """Run a version-control procedure; returns its first row (empty when it gives none)."""
        return self.run(self.procedure(procedure, *arguments))

    def procedure(self, name: str, *arguments: str) -> Call:
        """The call of a version-control procedure, with the author where that has to be told."""
        return self.dialect.procedure(name, *self.dialect.signed(name, arguments, self.author))

    def select(self, statement: sa.Executable) -> list[Any]:
        """All rows of a statement of SQLAlchemy's expression language."""
        work: Callable[[], list[Any]] = lambda: [tuple(row) for row in self.connection.execute(statement)]  # noqa: E731
        return self._asked(str(statement), (), work)

    def end(self, sql: str) -> None:
        """Run the statement that ends a transaction: a cancelled job must get it through, too."""
        self.end_stream()
        self.connection.exec_driver_sql(sql).close()

    def _run(self, sql: str, values: tuple[object, ...], read: Callable[[sa.CursorResult[Any]], T]) -> T:
        if self._writes:
            note(self.revision, values)
        return self._asked(sql, values, lambda: read(self.connection.exec_driver_sql(sql, values)))

    def _asked(self, sql: str, values: tuple[object, ...], work: Callable[[], T]) -> T:
        """`guard`, unless the connection was lost over this before: then `NotAskedAgain` is raised."""
        asked, number = self._question(sql, values)
        if asked is not None:
            self._suspects.check(asked, number)
        try:
            answer = self.guard(work)
        except ServerLost:
            if asked is not None:
                self._suspects.lost(asked, sql, number, answered=self._answered)
            if self._purpose != POLL:  # it asks all the time: whatever happened, it was there
                self.broke(sql)
            raise
        self._answered = True
        if asked is not None:
            self._suspects.answered(asked)
        return answer

    def _question(self, sql: str, values: tuple[object, ...]) -> tuple[Hashable | None, int | None]:
        """What is asked, and about which state, with the number of the connection.

        None where it may be asked whatever happened: a person wants it, there is no server, or it was lost before.
        """
        if self._schema_cache is None or not self.dialect.traits.server or self.connection.invalidated:
            return None, None
        named = {value for value in values if isinstance(value, str)}
        of_commits = not named & {HEAD, STAGED, WORKING} and any(map(is_hash, named))
        state = None if of_commits else self._schema_cache.state(self.revision)
        return (self.revision, sql, tuple(map(repr, values)), state), self.dialect.thread(self)

    @contextmanager
    def pinned(self, *revisions: str) -> Iterator[None]:
        """Let the revisions stay what they are inside: what was found out about them is true for what is read then.

        Commits never change; for the sets of the branch it takes a transaction, and a look at its hashes.
        """
        if (
            self._pinned
            or self._schema_cache is None
            or not self.dialect.traits.remembers_definitions
            or all(map(is_hash, revisions))
        ):
            yield
            return
        self.execute(self.dialect.begin)
        self._pinned = True
        try:
            row = self.first(self.dialect.fingerprint(self))
            assert row is not None
            self._schema_cache.see(self.revision, BranchFingerprint(row[3], row[2], row[1], row[0]))
            yield
        finally:
            self._pinned = False
            if not self.connection.invalidated:
                with suppress(Exception):  # where that fails the connection is lost, or thrown away below
                    self.end("ROLLBACK")

    def guard(self, work: Callable[[], T]) -> T:
        """Do ``work`` on the connection with its errors translated; a connection out of step is thrown away."""
        cancellation = current()
        if cancellation is not None:
            cancellation.check()
        try:
            return work()
        except sa.exc.PendingRollbackError as error:  # an earlier statement lost the connection
            if cancellation is not None:
                cancellation.check()
            raise ServerLost("The connection to the server broke.") from error
        except sa.exc.DBAPIError as error:
            if cancellation is not None:
                cancellation.check()
            translated = translate(error)
            # A deleted branch shows in many ways: some say that the user may not do this.
            # engine-facts.md#deleted-branch
            if isinstance(translated, PermissionDenied) and self.revision and self.dialect.is_gone(self):
                translated = BranchNotFound("The branch no longer exists.", detail=translated.message)
            if isinstance(translated, BranchNotFound) and not self.connection.invalidated:
                self.connection.invalidate()  # a branch of that name made later is another one
            raise translated from error
        except (UnicodeDecodeError, ValueError, OverflowError, OSError) as error:
            # The driver stopped in the middle of an answer: what is left of it would be taken for the next one's.
            # engine-facts.md#torn-answers
            self.connection.invalidate()
            if cancellation is not None:
                cancellation.check()
            raise EngineError(f"The server's answer could not be read: {error}") from error


def _translated(result: sa.CursorResult[Any], work: Callable[[], T]) -> T:
    """``work`` on the driver's cursor, with its errors as SQLAlchemy tells them elsewhere."""
    try:
        return work()
    except result.dialect.loaded_dbapi.Error as error:
        lost = result.dialect.is_disconnect(error, result.connection.connection, result.cursor)
        if lost:
            result.connection.invalidate(error)
        raise sa.exc.DBAPIError("", None, error, connection_invalidated=lost) from error
