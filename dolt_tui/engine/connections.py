"""Connections: one SQLAlchemy engine for each revision; reading, writing, cancelling.

The revision stands in the database's name (``db/branch``) or file's path (``x.db@branch``), so a connection
belongs to one branch from the handshake on and nothing ever has to be checked out, used or set on it
(reference: dolt.md 1, rules 1 to 8).
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import NullPool, QueuePool

from .cancelling import current
from .dialect import Dialect
from .endpoint import Endpoint, Fixed
from .errors import (
    AccessDenied,
    BranchNotFound,
    Cancelled,
    EngineError,
    NotAskedAgain,
    PermissionDenied,
    ReadOnly,
    RowsNotPaired,
    Serialization,
    ServerLost,
    translate,
)
from .inputs import is_hash
from .memo import Memo
from .model import HEAD, STAGED, WORKING, Author, ColumnInfo, EngineKind, Token
from .recording import mention
from .statements import StatementLog
from .suspects import Suspects

T = TypeVar("T")
Rows = Sequence[Any]

_KEPT_ENGINES = 6
_SETTLE_SECONDS = 5.0
_IDLE_SECONDS = 5.0
"""Connections to a revision that was not asked for so long are closed when another one is asked for."""
_FRESH_SECONDS = 2.0
"""A connection that was used since is not asked whether it still lives: that would cost a round trip each time."""
_BESIDE = {"connect_timeout": 3.0, "read_timeout": 3.0}
"""What ends a statement must not wait long itself: the server may not answer at all."""
POLL = "poll"
"""Statements with this purpose are left out of the log: they would drown the others."""


class Session:
    """One connection to one revision, for as long as a question or a change takes."""

    def __init__(
        self,
        connection: sa.Connection,
        dialect: Dialect,
        memo: Memo,
        suspects: Suspects,
        revision: str,
        purpose: str,
        writes: bool,
        broke: Callable[[str], None],
    ) -> None:
        self._broke = broke
        self.connection = connection
        self.dialect = dialect
        self.revision = revision
        self._memo = None if writes else memo
        self._writes = writes
        self._purpose = purpose
        self._suspects = suspects
        self._answered = False
        """Whether the connection has answered since the session began."""
        self._pinned = writes
        self.shut = False
        """Whether the connection was shut to end its statement: it must not be used by anybody afterwards."""
        self.author: Author | None = None
        """Who commits in this session, where that is configured."""
        connection.info["purpose"] = purpose
        connection.info["writes"] = writes

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
        if not self.dialect.buffered:
            return [tuple(row) for row in result]
        assert result.cursor is not None
        # The driver has them already, as tuples: SQLAlchemy would make others of them, to no purpose.
        rows = list(result.cursor.fetchall())
        result.close()
        return rows

    def first(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        """The first row, or None."""
        rows = self.rows(sql, *values)
        return rows[0] if rows else None

    def scalar(self, sql: str, *values: object) -> Any:
        """The first column of the first row; None when there is no row."""
        row = self.first(sql, *values)
        return row[0] if row else None

    def execute(self, sql: str, *values: object) -> int:
        """Run a statement that changes something; answers the number of rows that it hit."""
        return self._run(sql, values, lambda result: result.rowcount)

    def recall(self, revisions: Sequence[str | None], what: tuple[Hashable, ...], find: Callable[[], T]) -> T:
        """What ``find`` answers about definitions at these revisions, or answered before; see `Memo.recall`."""
        # DoltLite answers at once, as it is where one stands, and takes the name of a column that is gone for a text.
        if self._memo is None or self.dialect.kind is EngineKind.DOLTLITE:
            return find()
        return self._memo.recall(self.revision, revisions, what, find)

    def columns(self, table: str, revision: str | None = None) -> tuple[ColumnInfo, ...]:
        """The columns of a table, in order: of ``revision``, or (None, `WORKING`) of the working set."""
        at = None if revision == WORKING else revision
        return self.recall([at], ("columns", table), lambda: self.dialect.columns(self, table, at))

    def call(self, procedure: str, *arguments: str) -> tuple[Any, ...]:
        """Run a version-control procedure; answers its first row (empty when it gives none)."""
        arguments = self.dialect.signed(procedure, arguments, self.author)
        return self.first(self.dialect.call(procedure, *[self.dialect.mark] * len(arguments)), *arguments) or ()

    def select(self, statement: sa.Executable) -> list[Any]:
        """All rows of a statement of SQLAlchemy's expression language."""
        work: Callable[[], list[Any]] = lambda: [tuple(row) for row in self.connection.execute(statement)]  # noqa: E731
        return self._asked(str(statement), (), work)

    def end(self, sql: str) -> None:
        """Run the statement that ends a transaction: a cancelled job must get it through, too."""
        self.connection.exec_driver_sql(sql).close()

    def _run(self, sql: str, values: tuple[object, ...], read: Callable[[sa.CursorResult[Any]], T]) -> T:
        if self._writes:
            mention(self.revision, values)
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
                self._broke(sql)
            raise
        self._answered = True
        if asked is not None:
            self._suspects.answered(asked)
        return answer

    def _question(self, sql: str, values: tuple[object, ...]) -> tuple[Hashable | None, int | None]:
        """What is asked, and about which state, with the number of the connection.

        None where it may be asked whatever happened: a person wants it, there is no server, or it was lost before.
        """
        if self._memo is None or self.dialect.kind is EngineKind.DOLTLITE or self.connection.invalidated:
            return None, None
        named = {value for value in values if isinstance(value, str)}
        of_commits = not named & {HEAD, STAGED, WORKING} and any(map(is_hash, named))
        state = None if of_commits else self._memo.state(self.revision)
        return (self.revision, sql, tuple(map(repr, values)), state), self.dialect.thread(self)

    @contextmanager
    def pinned(self, *revisions: str) -> Iterator[None]:
        """Let the revisions stay what they are inside: what was found out about them is true for what is read then.

        Commits never change; for the sets of the branch it takes a transaction, and a look at its hashes.
        """
        if (
            self._pinned
            or self._memo is None
            or self.dialect.kind is EngineKind.DOLTLITE
            or all(map(is_hash, revisions))
        ):
            yield
            return
        self.execute(self.dialect.begin)
        self._pinned = True
        try:
            row = self.first(self.dialect.token(self))
            assert row is not None
            self._memo.see(self.revision, Token(row[3], row[2], row[1], row[0]))
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
            if isinstance(translated, PermissionDenied) and self.revision and self.dialect.is_gone(self):
                translated = BranchNotFound("The branch no longer exists.", detail=translated.message)
            if isinstance(translated, BranchNotFound) and not self.connection.invalidated:
                self.connection.invalidate()  # a branch of that name made later is another one
            raise translated from error
        except (UnicodeDecodeError, ValueError, OverflowError, OSError) as error:
            # The driver stopped in the middle of an answer: what is left of it would be taken for the next one's.
            self.connection.invalidate()
            if cancellation is not None:
                cancellation.check()
            raise EngineError(f"The server's answer could not be read: {error}") from error


class Connections:
    """All connections to one database."""

    def __init__(
        self,
        url: Callable[[str | None], sa.URL],
        dialect: Dialect,
        *,
        connect_arguments: dict[str, object],
        read_only: bool,
        author: Author | None = None,
        endpoint: Endpoint | None = None,
    ) -> None:
        """``url`` gives the place of a revision, as it is now at ``endpoint``."""
        self._url = url
        self.endpoint: Endpoint = endpoint or Fixed()
        self.dialect = dialect
        self.name = url(None).database or ""
        """Which database it is, as its engine knows it: a name, or a path."""
        self._connect_arguments = connect_arguments
        self.read_only = read_only
        self.author = author
        self.statements = StatementLog()
        self.memo = Memo()
        self.suspects = Suspects()
        self._engines: OrderedDict[str | None, sa.Engine] = OrderedDict()
        self._used: dict[str | None, float] = {}
        """When each revision was last asked for."""
        self._unpooled: OrderedDict[str | None, sa.Engine] = OrderedDict()
        """For writing and for ending statements: each connection is used once."""
        self._lost: list[tuple[int, int]] = []
        """Connections that broke while something was written: generation of the endpoint and thread of the server."""
        self._generation = self.endpoint.generation
        """The endpoint's, for which the engines are."""
        self._lock = threading.Lock()
        self._closed = False

    @property
    def database(self) -> str:
        """The name of the database, or the path of its file."""
        return self._url(None).database or ""

    # engines

    def engine(self, revision: str | None = None) -> sa.Engine:
        """The engine for reading ``revision`` (a branch, tag or hash; None: the default branch)."""
        stale = self._follow()
        with self._lock:
            if self._closed:
                raise EngineError("The database is closed.")
            engine = self._engines.get(revision)
            if engine is None:
                engine = self._engines[revision] = self._create(revision, QueuePool)
            self._engines.move_to_end(revision)
            self._used[revision] = now = time.monotonic()
            idle = [name for name in self._engines if now - self._used[name] > _IDLE_SECONDS and name != revision]
            if not idle and len(self._engines) > _KEPT_ENGINES:
                idle = [next(iter(self._engines))]
            stale += [self._engines.pop(name) for name in idle]
        for old in stale:
            old.dispose()
        return engine

    def _single(self, revision: str | None) -> sa.Engine:
        """The engine whose connections to ``revision`` are used once."""
        stale = self._follow()
        with self._lock:
            if self._closed:
                raise EngineError("The database is closed.")
            engine = self._unpooled.get(revision)
            if engine is None:
                engine = self._unpooled[revision] = self._create(revision, NullPool)
                if len(self._unpooled) > _KEPT_ENGINES:
                    self._unpooled.popitem(last=False)
        for old in stale:
            old.dispose()
        return engine

    def _follow(self) -> list[sa.Engine]:
        """Where the endpoint has changed, forget all that belongs to the old one; answers what has to be disposed of.

        A session that is in use ends by itself: its pool is not ours any more, so its connection is closed.
        """
        generation = self.endpoint.generation
        with self._lock:
            if generation == self._generation:
                return []
            self._generation = generation
            stale = list(self._engines.values())
            self._engines.clear()
            self._unpooled.clear()
            self.memo.clear()
        return stale

    def forget(self, revision: str | None) -> None:
        """Close what is open to a revision that was deleted or renamed, or is not needed any more."""
        with self._lock:
            engine = self._engines.pop(revision, None)
        if engine is not None:
            engine.dispose()

    def close(self) -> None:
        """Close everything; later calls raise `EngineError`."""
        with self._lock:
            self._closed = True
            engines = list(self._engines.values())
            self._engines.clear()
        for engine in engines:
            with suppress(Exception):
                engine.dispose()

    def _create(self, revision: str | None, pool: type[sa.Pool]) -> sa.Engine:
        pool_options: dict[str, Any] = {}
        if pool is QueuePool:
            pool_options = {"pool_size": 4, "max_overflow": 8, "pool_use_lifo": True}
        engine = sa.create_engine(
            self._url(revision),
            isolation_level="AUTOCOMMIT",
            poolclass=pool,
            connect_args={**self._connect_arguments, **(self.dialect.reading if pool is QueuePool else {})},
            pool_reset_on_return=None,  # autocommit: there is nothing to roll back
            skip_autocommit_rollback=True,  # by itself, closing a connection would cost a round trip
            **pool_options,
        )
        self.dialect.prepare(engine)
        self._listen(engine, revision or "")
        return engine

    def _listen(self, engine: sa.Engine, revision: str) -> None:
        @event.listens_for(engine, "do_connect")
        def _connect(_dialect: Any, _record: Any, positional: list[Any], named: dict[str, Any]) -> Any:
            return self.dialect.connect(engine, positional, named)

        @event.listens_for(engine, "connect")
        def _connected(connection: Any, record: Any) -> None:
            record.info["used"] = time.monotonic()
            try:
                if revision:
                    self.dialect.verify(connection, revision)
                self.dialect.on_connect(connection)
            except BaseException:
                connection.close()  # the pool does not know of it yet
                raise

        @event.listens_for(engine, "checkin")
        def _back(_connection: Any, record: Any) -> None:
            record.info["used"] = time.monotonic()

        @event.listens_for(engine, "checkout")
        def _out(connection: Any, record: Any, _proxy: Any) -> None:
            if time.monotonic() - record.info["used"] > _FRESH_SECONDS and not self.dialect.alive(connection):
                raise sa.exc.DisconnectionError

        @event.listens_for(engine, "before_cursor_execute")
        def _before(connection: sa.Connection, _c: Any, sql: str, values: Any, context: Any, _many: bool) -> None:
            purpose = connection.info.get("purpose", "")
            if context is not None and purpose != POLL:
                flat = values.values() if isinstance(values, dict) else values or ()
                context.dolt_tui_statement = self.statements.start(
                    sql, flat, revision=revision, purpose=purpose, writes=connection.info.get("writes", False)
                )

        @event.listens_for(engine, "after_cursor_execute")
        def _after(_connection: sa.Connection, cursor: Any, _s: str, _v: Any, context: Any, _many: bool) -> None:
            running = getattr(context, "dolt_tui_statement", None)
            if running is not None:
                running.done(cursor.rowcount if cursor.rowcount >= 0 else None)

        @event.listens_for(engine, "handle_error")
        def _failed(failure: sa.ExceptionContext) -> None:
            running = getattr(failure.execution_context, "dolt_tui_statement", None)
            if running is not None:
                running.failed(translate(failure.original_exception).message)

    # sessions

    @contextmanager
    def read(self, revision: str | None = None, purpose: str = "") -> Iterator[Session]:
        """A session for reading ``revision``; each statement sees the newest state.

        Raises: `BranchNotFound`, `ServerLost`, `AccessDenied`, `Cancelled`.
        """
        with self._session(revision, purpose, writes=False) as session:
            yield session

    @contextmanager
    def visit(self, revision: str, purpose: str = "") -> Iterator[Session]:
        """`read`, of a revision that nobody else looks at: no connection to it stays open."""
        with self._lock:
            known = revision in self._engines
        try:
            with self.read(revision, purpose) as session:
                yield session
        finally:
            if not known:
                self.forget(revision)

    @contextmanager
    def trial(self, revision: str, purpose: str = "") -> Iterator[Session]:
        """A session that may write what it takes back by itself, for looking what would happen; used once."""
        with self._session(revision, purpose, writes=False, once=True) as session:
            yield session

    def write(self, revision: str | None, work: Callable[[Session], T], purpose: str = "", *, retry: bool = False) -> T:
        """Do ``work`` in one transaction on ``revision``; with ``retry`` again, once, after a serialization failure.

        ``work`` gets a `Session` of its own that is thrown away afterwards. Whatever it raises rolls the
        transaction back, except for what a procedure or a change of a definition has committed in between: so
        ``retry`` is for work that can be done twice, because one statement of it writes, or because it writes the
        same again. Raises: `ReadOnly`, and what ``work`` raises.
        """
        if self.read_only:
            raise ReadOnly("This was opened read-only.")
        try:
            return self._transact(revision, work, purpose)
        except Serialization:
            if not retry:
                raise
            return self._transact(revision, work, purpose)
        finally:
            self.memo.forget(revision)

    def remembering(self, revision: str, read: Callable[[], T]) -> T:
        """What ``read`` answers; again where it failed with what is remembered of ``revision``, which may be old."""
        try:
            return read()
        except (Cancelled, ServerLost, NotAskedAgain, RowsNotPaired):
            raise
        except EngineError:
            if not self.memo.forget(revision):
                raise
            return read()

    def settled(self) -> bool:
        """Whether the server works on no writing any more whose answer was lost; waits some seconds for that.

        Raises `ServerLost` where it cannot be reached.
        """
        deadline = time.monotonic() + _SETTLE_SECONDS
        while self._lost:
            generation, thread = self._lost[0]
            with self.read(None, POLL) as session:
                if generation == self.endpoint.generation and self.dialect.busy(session, thread):
                    if time.monotonic() > deadline:
                        return False
                    time.sleep(0.05)
                    continue
            self._lost.remove((generation, thread))
        self.forget(None)  # an idle connection would count as a session that uses the default branch
        return True

    def _transact(self, revision: str | None, work: Callable[[Session], T], purpose: str) -> T:
        with self._session(revision, purpose, writes=True) as session:
            thread, generation = self.dialect.thread(session), self.endpoint.generation
            try:
                return self._commit(session, work)
            except ServerLost:
                if thread is not None:
                    self._lost.append((generation, thread))
                raise

    def _commit(self, session: Session, work: Callable[[Session], T]) -> T:
        session.author = self.author
        self.dialect.set_author(session, self.author)
        session.execute(self.dialect.begin)
        try:
            result = work(session)
            self.dialect.commit(session)
        except BaseException:
            # Also after a failed COMMIT: the transaction would stay open, and go on failing.
            with suppress(Exception):
                self.dialect.rollback(session)
            raise
        return result

    def _connect(self, revision: str | None, *, once: bool) -> tuple[sa.Engine, sa.Connection, int]:
        """A connection, its engine, and the endpoint's generation; tried again where the server has moved."""
        for first in (True, False):
            generation = self.endpoint.generation
            engine = self._single(revision) if once else self.engine(revision)
            try:
                return engine, engine.connect(), generation
            except (sa.exc.DBAPIError, OSError) as error:
                translated = translate(error) if isinstance(error, sa.exc.DBAPIError) else ServerLost(str(error))
                if isinstance(translated, BranchNotFound):
                    self.forget(revision)
                    raise BranchNotFound(f"There is no branch {revision} (any more).") from error
                # Another program's server may listen on the port by now, and not let us in.
                if isinstance(translated, ServerLost | AccessDenied) and first and self.endpoint.renew(generation):
                    continue
                raise translated from error
        raise AssertionError("not reached")

    @contextmanager
    def _session(self, revision: str | None, purpose: str, *, writes: bool, once: bool = False) -> Iterator[Session]:
        """``once``: on a connection that is used once, and may write, as those for writing are."""
        once = once or writes
        engine, connection, generation = self._connect(revision, once=once)
        try:
            session = Session(
                connection,
                self.dialect,
                self.memo,
                self.suspects,
                revision or "",
                purpose,
                writes,
                self.endpoint.broke,
            )
            cancellation = current()
            end = None
            if cancellation is not None:
                end = self.dialect.ender(session, lambda sql: self._beside(sql, generation))
                cancellation.register(end)
            try:
                self._check(session)
                yield session
            except BranchNotFound:
                self.forget(revision)  # idle connections to it would go on with what they know of it
                raise
            finally:
                if cancellation is not None and end is not None:
                    cancellation.unregister(end)
                if session.shut and not connection.invalidated:
                    connection.invalidate()  # before anybody else gets it
                if not once and not connection.invalidated and self._engines.get(revision) is not engine:
                    connection.detach()  # its pool was given up meanwhile: nobody else would close it
        finally:
            with suppress(sa.exc.DBAPIError):  # the server is lost: whatever was done before is done
                connection.close()

    def _beside(self, sql: str, generation: int) -> None:
        """Run a statement on a connection of its own; on the driver alone, as SQLAlchemy would ask much before it."""
        if self.endpoint.generation != generation:
            raise ServerLost("The server is another one by now.")  # its connections have the same numbers
        running = self.statements.start(sql, (), revision="", purpose="cancel", writes=False)
        try:
            engine = self._single(None)
            # Without a database: the branch may be gone.
            positional, named = engine.dialect.create_connect_args(engine.url.set(database=None))
            arguments = {**named, **self._connect_arguments, **_BESIDE}
            with closing(self.dialect.connect(engine, positional, arguments)) as connection:
                with closing(connection.cursor()) as cursor:
                    cursor.execute(sql)
        except Exception as error:
            running.failed(translate(error).message)
            raise
        running.done(None)

    def _check(self, session: Session) -> None:
        if self.dialect.checks and self.dialect.is_gone(session):
            session.connection.invalidate()
            raise BranchNotFound(f"There is no branch {session.revision} (any more).")
