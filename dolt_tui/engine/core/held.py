"""Connections that somebody keeps: with what was set on them, an open transaction, an answer that still arrives.

While a transaction is open on one, everything that the program reads of its branch goes through it, so that it shows
what the transaction did.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Protocol, TypeVar

import sqlalchemy as sa

from ..errors import BranchNotFound, EngineError, ServerLost, TransactionOpen
from ..errors.translation import translate
from .cancellation import acquired, current
from .session import Session

T = TypeVar("T")


class Arriving(Protocol):
    """An answer that still arrives on a connection, which takes no other statement before."""

    def finish(self) -> None:
        """Read it on, or end it where that takes too long."""

    def own(self) -> None:
        """The connection is for this answer only from now on: it is closed after it."""

    def cut(self, reason: str) -> None:
        """End it: ``reason`` says why, as a sentence."""


_PATIENCE = 3
"""How often reading on is asked to stop before its statement is ended: asked alone it can go on later."""


class Held:
    """A connection to one branch that is kept; one thread at a time uses it."""

    def __init__(
        self,
        session: Session,
        reading: Callable[[str], Session],
        canceller: Callable[[bool], Callable[[], None]],
        lost: Callable[[], None],
    ) -> None:
        """``reading`` makes a session of a purpose on the same connection, ``canceller`` what ends its statement.

        The canceller is told whether it may end the connection too, where ending the statement is not allowed.
        ``lost`` is told that the connection broke while a statement ran.
        """
        self._lost = lost
        self.session = session
        self.revision = session.revision
        self.in_transaction = False
        """Whether what is read of the branch goes through this connection."""
        self.stateful = False
        """Whether something was set on the session that another connection would not have."""
        self.arriving: Arriving | None = None
        """What has not been read to its end."""
        self.closed = False
        self.used = time.monotonic()
        """When it was last of use, as far as known."""
        self._reading = reading
        self._canceller = canceller
        self._lock = threading.RLock()

    @property
    def usable(self) -> bool:
        """Whether statements can be sent: it is neither closed nor lost."""
        return not (self.closed or self.session.connection.invalidated or self.session.shut)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else uses the connection meanwhile. Raises `Cancelled` where the job is, while it waits.

        Where another thread wanted to close it meanwhile, it is closed afterwards.
        """
        try:
            with acquired(self._lock):
                yield
        finally:
            if self.closed:  # looked at without the lock: whoever closes it just now either gets that, or is seen here
                self._close_if_free()

    @contextmanager
    def using(self, *, patient: bool = False, may_shut: bool = True) -> Iterator[Session]:
        """Alone with the connection, whose statement is ended where the thread's job is cancelled.

        Where it cannot be ended on its own, the connection is, if it ``may_shut``.
        ``patient``: whoever runs looks at the cancellation often, so that the statement is ended only if that does
        not help.
        """
        with self.alone():
            cancellation = current()
            end = None
            if cancellation is not None:
                end = _later(self._canceller(may_shut)) if patient else self._canceller(may_shut)
                cancellation.register(end)
            try:
                yield self.session
            finally:
                self.used = time.monotonic()
                if cancellation is not None and end is not None:
                    cancellation.unregister(end)

    @contextmanager
    def reading(self, purpose: str) -> Iterator[Session | None]:
        """A session for a question of the program's; None where no transaction is open (any more)."""
        with self.alone():
            if not self.in_transaction or not self.usable:
                yield None
                return
            if self.arriving is not None:
                self.arriving.finish()
            info = self.session.connection.info
            before = dict(info)
            found = self._reading(purpose)
            found.within_transaction()
            try:
                with self.using(may_shut=False):
                    yield found
            finally:
                info.update(before)

    def ask(self, sql: str, work: Callable[[], T]) -> T:
        """Do something with the driver's connection, alone with it; errors are translated."""
        cancellation = current()
        if cancellation is not None:
            cancellation.check()
        connection = self.session.connection
        try:
            return work()
        except connection.dialect.loaded_dbapi.Error as error:
            translated = translate(error)
            if isinstance(translated, ServerLost | BranchNotFound):
                self.lose()
            if cancellation is not None:
                cancellation.check()
            if isinstance(translated, ServerLost):
                self._lost()
                self.session.broke(sql)
            raise translated from error
        except (ValueError, OverflowError, OSError, RuntimeError) as error:
            # The driver stopped in the middle of an answer. engine-facts.md#torn-answers
            self.lose()
            if cancellation is not None:
                cancellation.check()
            raise EngineError(f"The server's answer could not be read: {error}") from error

    def end_statement(self, *, may_shut: bool = False) -> bool:
        """End what runs on the server, from any thread; tells whether that could be tried."""
        try:
            self._canceller(may_shut)()
        except Exception:  # the server is lost, or this is closed
            return False
        return True

    def lose(self) -> None:
        """The connection cannot be used any more."""
        if not self.session.connection.invalidated:
            with suppress(Exception):
                self.session.connection.invalidate()

    def close(self) -> None:
        """Close the connection; an open transaction is rolled back by that. Idempotent.

        A statement that runs in another thread is ended, and its thread closes the connection.
        """
        self.closed = True
        if not self._close_if_free():
            self.end_statement(may_shut=True)

    def _close_if_free(self) -> bool:
        """Close the connection unless another thread uses it, which does so afterwards then; tells whether it did."""
        if not self._lock.acquire(blocking=False):
            return False
        try:
            self._close()
        finally:
            self._lock.release()
        return True

    def _close(self) -> None:
        self.in_transaction = False
        if self.arriving is not None:
            self.arriving.cut("Its connection was closed.")
        with suppress(sa.exc.DBAPIError, OSError):
            self.session.connection.close()


def _later(end: Callable[[], None]) -> Callable[[], None]:
    """``end``, but not at once: a job that looks by itself whether it is cancelled stops before."""
    asked = 0

    def patient() -> None:
        nonlocal asked
        asked += 1
        if asked > _PATIENCE:
            end()

    return patient


class HeldConnections:
    """Those of a database that somebody keeps, by their branch; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: list[Held] = []

    def add(self, held: Held) -> None:
        with self._lock:
            self._held = [one for one in self._held if not one.closed]
            self._held.append(held)

    def _all(self) -> list[Held]:
        with self._lock:
            return list(self._held)

    def transaction(self, revision: str | None = None) -> Held | None:
        """The connection on which a transaction is open: on ``revision``, or (None) on any."""
        return next(
            (held for held in self._all() if held.in_transaction and revision in (None, held.revision)),
            None,
        )

    def refuse_beside(self, revision: str | None, *, whole_file: bool) -> None:
        """Raise `TransactionOpen` where a write would wait for a transaction of ours, or not be seen in it.

        ``whole_file``: a transaction keeps others from writing to any branch.
        """
        held = self.transaction(None if whole_file else revision or "")
        if held is not None:
            raise TransactionOpen(held.revision)

    @contextmanager
    def reading(self, revision: str | None, purpose: str) -> Iterator[Session | None]:
        """A session on the connection that has a transaction open on ``revision``; None where there is none."""
        held = self.transaction(revision) if revision else None
        if held is None:
            yield None
            return
        with held.reading(purpose) as session:
            yield session

    def release(self, revision: str | None, *, all_of_it: bool = False) -> None:
        """Close what is open to ``revision`` and nobody would miss; ``all_of_it``: the branch is about to go."""
        for held in self._all():
            missed = held.in_transaction or (not all_of_it and (held.stateful or held.arriving is not None))
            if held.revision == (revision or "") and not missed:
                held.close()

    def close(self) -> None:
        """Close all."""
        for held in self._all():
            held.close()
