"""Connections: one SQLAlchemy engine for each revision; reading, writing, cancelling.

The revision stands in the database's name (``db/branch``) or file's path (``x.db@branch``), so a connection
belongs to one branch from the handshake on and nothing ever has to be checked out, used or set on it.

What is open at the server:

=====================  =====================================================  ==========================================
for                    how many                                               until
=====================  =====================================================  ==========================================
reading a revision     one for each question at a time; at most 12 for a      another revision is asked for, 5 seconds
                       revision, of which 4 stay, and 6 revisions             after this one was last asked for
writing                one                                                    its transaction ends
a preview that writes  one                                                    it has been rolled back
the console            one for the branch that it was used on last, one for   another branch is used there, the branch
                       each with something set on it, and one for each        goes, or the database is closed
                       result that still arrives
ending a statement     one                                                    KILL is answered, at most 3 seconds
=====================  =====================================================  ==========================================
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.pool import NullPool, QueuePool

from ..connecting.endpoint import Endpoint, Fixed
from ..errors import (
    AccessDenied,
    BranchNotFound,
    Cancelled,
    EngineError,
    NotAskedAgain,
    ReadOnly,
    RowsNotPaired,
    Serialization,
    ServerLost,
)
from ..errors.translation import translate
from ..model import Author, Call
from .cancellation import current
from .connection_events import listen
from .dialect import Dialect
from .held import Held, HeldConnections
from .lru import Lru
from .schema_cache import SchemaCache
from .session import POLL, Session
from .settings import ReadSettings
from .statement_log import StatementLog
from .suspects import Suspects

__all__ = ["POLL", "Connections", "Session"]

T = TypeVar("T")

_KEPT_ENGINES = 6
_SETTLE_SECONDS = 5.0
_ELSEWHERE = {"connect_timeout": 3.0, "read_timeout": 3.0}
"""What ends a statement must not wait long itself: the server may not answer at all."""


class Connections:
    """All connections to one database."""

    def __init__(
        self,
        url: Callable[[str | None], sa.URL],
        dialect: Dialect,
        *,
        connect_arguments: Callable[[], dict[str, object]],
        read_only: bool,
        author: Author | None = None,
        endpoint: Endpoint | None = None,
        settings: ReadSettings | None = None,
    ) -> None:
        """``url`` gives the place of a revision and ``connect_arguments`` the rest, as they are now at ``endpoint``."""
        self._url = url
        self.endpoint: Endpoint = endpoint or Fixed()
        self.dialect = dialect
        self.name = url(None).database or ""
        """Which database it is, as its engine knows it: a name, or a path."""
        self._arguments = connect_arguments
        self._connect_arguments = connect_arguments()
        self.read_only = read_only
        self.author = author
        self.statements = StatementLog()
        self.settings = settings or ReadSettings()
        self.schema_cache = SchemaCache(self.settings)
        self.suspects = Suspects()
        self._engines: Lru[str | None, sa.Engine] = Lru(_KEPT_ENGINES)
        self._used: dict[str | None, float] = {}
        """When each revision was last asked for."""
        self._unpooled: Lru[str | None, sa.Engine] = Lru(_KEPT_ENGINES)
        """For writing and for ending statements: each connection is used once."""
        self.held = HeldConnections()
        """Those that somebody keeps."""
        self._lost: set[tuple[int, int]] = set()
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
            now = time.monotonic()
            idle = [
                name for name in self._engines if now - self._used[name] > self.settings.idle_after and name != revision
            ]
            stale += [old for name in idle if (old := self._engines.pop(name)) is not None]
            engine = self._engines.get(revision)
            if engine is None:
                engine = self._create(revision, QueuePool, reading=True)
                stale += self._engines.put(revision, engine)
                self._used = {name: self._used.get(name, now) for name in self._engines}
            self._used[revision] = now
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
                engine = self._create(revision, NullPool, reading=False)
                self._unpooled.put(revision, engine)
        for old in stale:
            old.dispose()
        return engine

    def _follow(self) -> list[sa.Engine]:
        """Where the endpoint has changed, forget all that belongs to the old one; returns what has to be disposed of.

        A session that is in use ends on its own: its pool is not ours any more, so its connection is closed.
        """
        generation = self.endpoint.generation
        if generation == self._generation:
            return []
        arguments = self._arguments()
        with self._lock:
            if generation == self._generation:
                return []
            self._generation, self._connect_arguments = generation, arguments
            stale = self._engines.clear()
            self._unpooled.clear()
            self.schema_cache.clear()
        return stale

    def forget(self, revision: str | None, *, goes: bool = False) -> None:
        """Close what is open to a revision and not needed any more; all of it where the branch ``goes``.

        Raises `TransactionOpen` where it goes with a transaction of ours.
        """
        if goes:
            self.held.refuse_beside(revision, whole_file=False)
        with self._lock:
            engine = self._engines.pop(revision)
        if engine is not None:
            engine.dispose()
        self.held.release(revision, all_of_it=goes)

    def close(self) -> None:
        """Close everything; later calls raise `EngineError`."""
        self.held.close()
        with self._lock:
            self._closed = True
            engines = self._engines.clear()
        for engine in engines:
            with suppress(Exception):
                engine.dispose()

    def _create(self, revision: str | None, pool: type[sa.Pool], *, reading: bool) -> sa.Engine:
        pool_options: dict[str, Any] = {}
        if pool is QueuePool:
            pool_options = {"pool_size": 4, "max_overflow": 8, "pool_use_lifo": True}
        engine = sa.create_engine(
            self._url(revision),
            isolation_level="AUTOCOMMIT",
            poolclass=pool,
            connect_args={**self._connect_arguments, **(self.dialect.reading if reading else {})},
            pool_reset_on_return=None,  # autocommit: there is nothing to roll back
            skip_autocommit_rollback=True,  # otherwise closing a connection would cost a round trip
            **pool_options,
        )
        self.dialect.prepare(engine)
        listen(engine, revision or "", self.dialect, self.statements)
        return engine

    # sessions

    def procedure(self, name: str, *arguments: str) -> Call:
        """The call of a version-control procedure, as `write` runs it."""
        return self.dialect.procedure(name, *self.dialect.signed(name, arguments, self.author))

    @contextmanager
    def read(self, revision: str | None = None, purpose: str = "") -> Iterator[Session]:
        """A session for reading ``revision``; each statement sees the newest state.

        Raises: `BranchNotFound`, `ServerLost`, `AccessDenied`, `Cancelled`.
        """
        with self._session(revision, purpose, writes=False) as session:
            yield session

    @contextmanager
    def visit(self, revision: str, purpose: str = "") -> Iterator[Session]:
        """Like `read`, but closes the connection afterwards unless the revision was open already."""
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
        """A session for trying something out: it may write, and has to roll that back itself; used once."""
        if not self.dialect.traits.server:
            self._refuse_beside_transaction(revision)
        with self._session(revision, purpose, writes=False, once=True) as session:
            yield session

    def hold(self, revision: str, purpose: str, *, writes: bool) -> Held:
        """A connection to a revision that its caller keeps, and closes. Raises what `read` does."""
        _, connection, generation = self._connect(revision, once=True, reading=not writes)

        def session(purpose: str, writes: bool = False) -> Session:
            return Session(
                connection,
                self.dialect,
                self.schema_cache,
                self.suspects,
                revision,
                purpose,
                writes,
                self.endpoint.broke,
                self.settings,
            )

        def canceller(may_shut: bool) -> Callable[[], None]:
            return self.dialect.canceller(held.session, lambda sql: self._elsewhere(sql, generation), may_shut=may_shut)

        own = session(purpose, writes=True)
        thread = self.dialect.thread(own)

        def lost() -> None:
            if thread is not None:
                self._lost.add((generation, thread))

        held = Held(own, session, canceller, lost)
        self.held.add(held)
        return held

    def _refuse_beside_transaction(self, revision: str | None) -> None:
        self.held.refuse_beside(revision, whole_file=not self.dialect.traits.server)

    def write(self, revision: str | None, work: Callable[[Session], T], purpose: str = "", *, retry: bool = False) -> T:
        """Do ``work`` in one transaction on ``revision``; with ``retry`` again, once, after a serialization failure.

        ``work`` gets a `Session` of its own that is thrown away afterwards. Whatever it raises rolls the
        transaction back, except for what a procedure or a change of a definition has committed in between: so
        ``retry`` is for work that can be done twice, because one statement of it writes, or because it writes the
        same again. Raises: `ReadOnly`, and what ``work`` raises.
        """
        if self.read_only:
            raise ReadOnly("This database is opened read-only.")
        self._refuse_beside_transaction(revision)
        try:
            return self._transact(revision, work, purpose)
        except Serialization:
            if not retry:
                raise
            return self._transact(revision, work, purpose)
        finally:
            self.schema_cache.forget(revision)

    def remembering(self, revision: str, read: Callable[[], T]) -> T:
        """What ``read`` returns; again where it failed with what is remembered of ``revision``, which may be old."""
        try:
            return read()
        except (Cancelled, ServerLost, NotAskedAgain, RowsNotPaired):
            raise
        except EngineError:
            if not self.schema_cache.forget(revision):
                raise
            return read()

    def settled(self) -> bool:
        """Whether the server has finished all writes whose answers were lost; waits some seconds for that.

        Raises `ServerLost` where it cannot be reached.
        """
        deadline = time.monotonic() + _SETTLE_SECONDS
        while lost := next(iter(tuple(self._lost)), None):  # a copy: other threads may find more, or these answered
            generation, thread = lost
            with self.read(None, POLL) as session:
                if generation == self.endpoint.generation and self.dialect.busy(session, thread):
                    if time.monotonic() > deadline:
                        return False
                    time.sleep(0.05)
                    continue
            self._lost.discard(lost)
        self.forget(None)  # engine-facts.md#idle-sessions-use-a-branch
        return True

    def _transact(self, revision: str | None, work: Callable[[Session], T], purpose: str) -> T:
        with self._session(revision, purpose, writes=True) as session:
            thread, generation = self.dialect.thread(session), self.endpoint.generation
            try:
                return self._commit(session, work)
            except ServerLost:
                if thread is not None:
                    self._lost.add((generation, thread))
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
            # engine-facts.md#end-every-transaction
            with suppress(Exception):
                self.dialect.rollback(session)
            raise
        return result

    def _connect(
        self, revision: str | None, *, once: bool, reading: bool = False
    ) -> tuple[sa.Engine, sa.Connection, int]:
        """A connection, its engine, and the endpoint's generation; tried again where the server has moved.

        ``once``: it is not given back to a pool afterwards; ``reading``: it may not write even so.
        """
        for first in (True, False):
            generation = self.endpoint.generation
            if reading:
                engine = self._create(revision, NullPool, reading=True)
            else:
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
        if not once:
            with self.held.reading(revision, purpose) as session:
                if session is not None:
                    try:
                        yield session
                    finally:
                        session.end_stream()
                    return
        engine, connection, generation = self._connect(revision, once=once)
        try:
            session = Session(
                connection,
                self.dialect,
                self.schema_cache,
                self.suspects,
                revision or "",
                purpose,
                writes,
                self.endpoint.broke,
                self.settings,
            )
            cancellation = current()
            end = None
            if cancellation is not None:
                end = self.dialect.canceller(session, lambda sql: self._elsewhere(sql, generation))
                cancellation.register(end)
            try:
                self._check(session)
                yield session
            except BranchNotFound:
                self.forget(revision)  # engine-facts.md#deleted-branch
                raise
            finally:
                session.end_stream()
                if cancellation is not None and end is not None:
                    cancellation.unregister(end)
                if session.shut and not connection.invalidated:
                    connection.invalidate()  # before anybody else gets it
                with self._lock:
                    dropped = self._engines.get(revision) is not engine
                if not once and not connection.invalidated and dropped:
                    connection.detach()  # its pool was dropped in the meantime: nobody else would close it
        finally:
            with suppress(sa.exc.DBAPIError):  # the server is lost: whatever was done before is done
                connection.close()

    def _elsewhere(self, sql: str, generation: int) -> None:
        """Run a statement on a connection of its own; on the driver alone, as SQLAlchemy would ask much before it."""
        if self.endpoint.generation != generation:
            raise ServerLost("A different server is running now.")  # its connections have the same numbers
        running = self.statements.start(sql, None, revision="", purpose="cancel", writes=False)
        try:
            engine = self._single(None)
            # Without a database: the branch may be gone.
            positional, named = engine.dialect.create_connect_args(engine.url.set(database=None))
            arguments = {**named, **self._connect_arguments, **_ELSEWHERE}
            with closing(self.dialect.connect(engine, positional, arguments)) as connection:
                with closing(connection.cursor()) as cursor:
                    cursor.execute(sql)
        except Exception as error:
            running.failed(translate(error).message)
            raise
        running.done(None)

    def _check(self, session: Session) -> None:
        if self.dialect.traits.goes_on_after_deletion and self.dialect.is_gone(session):
            session.connection.invalidate()
            raise BranchNotFound(f"There is no branch {session.revision} (any more).")
