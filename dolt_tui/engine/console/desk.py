"""The console's connection to one branch, with what was set on it and the transaction that is open on it."""

from __future__ import annotations

import datetime as dt
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import replace

from ...frozen import Frozen
from ..core.cancellation import acquired, uncancelled
from ..core.connections import Connections
from ..core.held import Held
from ..core.session import Session
from ..errors import BranchNotFound, EngineError, TransactionLost
from ..model.rewriting import REBASE_BRANCH
from .results import ResultSet
from .secrets import without_secrets
from .sending import Answer, in_transaction, next_answer, send

_MOST_ANSWERS = 100
_PURPOSE = "console"
_LOGGED = 10_000
"""Characters of a statement that the log of statements has at most."""
_IDLE_SECONDS = 2.0
"""A connection that was used so recently is not asked whether it is still alive."""
_FORGOTTEN = "The connection was lost, and with it what was set on it: variables and temporary tables are gone."


class Transaction(Frozen):
    """An open transaction."""

    branch: str
    rows: int
    """How many rows its statements changed, each counted as often as it was changed, without what was rolled back."""
    statements: tuple[str, ...]
    since: dt.datetime
    """When it was begun, in UTC."""


class Ran(Frozen):
    """What a statement did that was run to its first answer, or to its end."""

    results: tuple[ResultSet, ...]
    rows: int | None
    warnings: int


class Desk:
    """One branch of the console's; one thread at a time runs statements here."""

    def __init__(self, db: Connections, branch: str, *, writes: bool) -> None:
        self._db = db
        self._writes = writes
        self.branch = branch
        self.lock = threading.RLock()
        self.transaction: Transaction | None = None
        self._savepoints: dict[str, int] = {}
        """How many rows had been changed at each."""
        self._held: Held | None = None
        self.notes: list[str] = []
        """What has to be told with the next outcome."""

    # the connection

    def held(self) -> Held:
        """The connection, which takes another statement.

        A result that still arrives keeps a connection on which nothing was set; else it is read on before. Raises
        `TransactionLost` where the connection was lost with an open transaction.
        """
        self.look_whether_lost()
        held = self._held
        if held is not None and held.usable and held.arriving is not None:
            with held.alone():
                rows = held.arriving
                if rows is not None and not (held.stateful or held.in_transaction):
                    rows.own()
                    held = None
                elif rows is not None:
                    rows.finish()
        if held is not None and held.usable and self._died(held):
            held.lose()
        if held is None or not held.usable:
            if held is not None and held.stateful:
                self.notes.append(_FORGOTTEN)
            held = self._held = self._db.hold(self.branch, _PURPOSE, writes=self._writes)
            if self._writes:
                held.session.author = self._db.author
                self._db.dialect.set_author(held.session, self._db.author)
        return held

    def rest(self) -> None:
        """Close the connection where nobody would miss it."""
        if self.transaction is not None or not self.lock.acquire(blocking=False):
            return
        try:
            held = self._held
            if held is None or not held.usable or not (held.stateful or held.arriving is not None):
                self.forget()
        finally:
            self.lock.release()

    def _died(self, held: Held) -> bool:
        """Whether a connection that was idle for a while cannot be used any more, and nothing is lost by that."""
        idle = time.monotonic() - held.used > _IDLE_SECONDS
        return (
            idle and not held.in_transaction and held.arriving is None and not self._db.dialect.alive(held.session.raw)
        )

    def look_whether_lost(self) -> None:
        """Raise `TransactionLost`, once, where the connection was lost with an open transaction."""
        held, transaction = self._held, self.transaction
        if transaction is not None and (held is None or not held.usable):
            self.forget()
            raise TransactionLost(f"The connection broke while a transaction was open on {transaction.branch}.")

    def forget(self) -> None:
        """There is no transaction any more, and the connection is closed."""
        held, self._held, self.transaction = self._held, None, None
        if held is not None:
            held.in_transaction = False
            held.close()

    @property
    def stateful(self) -> bool:
        """Whether the session has something that another one would not have."""
        return self._held is not None and self._held.usable and self._held.stateful

    def set_something(self) -> None:
        """The session has something from now on that another one would not have."""
        if self._held is not None:
            self._held.stateful = True

    @property
    def special(self) -> bool:
        """Whether another session would see something else than this one."""
        return self.transaction is not None or self.stateful

    def count(self, sql: str) -> int | None:
        """The number that a statement gives on this session; None while rows arrive, which come first."""
        with acquired(self.lock):
            held = self._held
            if held is None or not held.usable or held.arriving is not None:
                return None
            # It is asked while somebody types: nothing may be lost where it is cancelled.
            with held.using(may_shut=False) as session:
                return int(session.scalar(sql.replace("%", "%%") if session.dialect.placeholder == "%s" else sql))

    def come_back(self) -> str | None:
        """Go back to the branch where a statement has left it; returns the one on which it was then.

        See engine-facts.md#use-comes-back.
        """
        held = self._held
        if held is None or not held.usable:
            return None
        with held.using() as session:
            found = session.scalar("SELECT active_branch()")
            if found is None or found == self.branch:
                return None
            if self._db.dialect.traits.server:
                session.execute(f"USE {session.dialect.quote(f'{self._db.name}/{self.branch}')}")
            else:
                session.rows("SELECT dolt_connect_branch(?)", self.branch)
        return None if str(found).startswith(REBASE_BRANCH) else str(found)

    # statements

    def ask(self, sql: str, *, whole: bool, writes: bool) -> Ran:
        """Run a statement: to its first rows, or as a ``whole`` to its end, with all its answers.

        Raises `TransactionLost` where the connection was lost with an open transaction, and what the engine refuses.
        """
        shown, _ = without_secrets(sql[:_LOGGED], self._db.dialect.traits.sql)
        running = self._db.statements.start(shown, None, revision=self.branch, purpose=_PURPOSE, writes=writes)
        held: Held | None = None
        try:
            held = self.held()
            with ExitStack() as stack:
                stack.enter_context(held.using())
                while held.closed:  # just now: nobody would have missed it
                    stack.close()
                    held = self.held()
                    stack.enter_context(held.using())
                ran = self._run(held, sql, whole)
        except EngineError as error:
            running.failed(error.message)
            if held is not None:
                self._look_after(held, error)
            raise
        running.done(ran.rows)
        return ran

    def _look_after(self, held: Held, error: EngineError) -> None:
        """What an error has done to the open transaction. Raises `TransactionLost`."""
        if self.transaction is None:
            return
        if not held.usable:
            self.forget()
            raise TransactionLost(
                f"The connection broke while a transaction was open on {self.branch}.", detail=error.message
            ) from error
        if not self.open:  # engine-facts.md#doltlite-interrupts
            self.ended()
            error.message = f"{error.message} The transaction that was open on {self.branch} is rolled back by that."

    def _run(self, held: Held, sql: str, whole: bool) -> Ran:
        results: list[ResultSet] = []
        rows: int | None = None
        warnings = 0
        answer: Answer | None = send(held, sql)
        while answer is not None:
            warnings += answer.warnings
            stream = answer.stream
            if stream is None:
                rows = answer.changed if rows is None else rows + (answer.changed or 0)
                break
            result = ResultSet(stream, held)
            results.append(result)
            if whole:
                result.read_all()
            else:
                result.begin()
            if answer.changed is not None:
                rows = answer.changed
            warnings += result.warnings
            answer = next_answer(held, sql, stream) if len(results) < _MOST_ANSWERS else None
        return Ran(tuple(results), rows, warnings)

    def warnings(self, number: int) -> tuple[str, ...]:
        """The warnings of the last statement, which has so many."""
        held = self._held
        if not number or held is None or held.arriving is not None:
            return ()
        with suppress(EngineError), held.using() as session:
            return tuple(f"{level} {code}: {message}" for level, code, message in session.rows("SHOW WARNINGS"))
        return ()

    # transactions

    @property
    def open(self) -> bool:
        """Whether the engine has a transaction open here."""
        return self._held is not None and in_transaction(self._held)

    def begin(self) -> None:
        """Begin a transaction, of which nobody else sees anything as long as it is not kept open."""
        held = self.held()
        with held.using() as session:
            session.execute(self._db.dialect.begin)

    def keep_open(self, rows: int | None, *statements: str) -> Transaction:
        """The transaction stays open, after some more statements.

        What the program reads of the branch goes through the connection from now on.
        """
        if self._held is not None:
            self._held.in_transaction = True
        before = self.transaction
        if before is None:
            before = Transaction(self.branch, 0, (), dt.datetime.now(dt.UTC))
        self.transaction = Transaction(
            self.branch, before.rows + max(rows or 0, 0), (*before.statements, *statements), before.since
        )
        return self.transaction

    def at_savepoint(self, name: str, *, back: bool) -> Transaction:
        """A savepoint was made, or it was gone back to: what was changed since then is not counted any more."""
        transaction = self.keep_open(None)
        if back:
            rows = self._savepoints.get(name.lower(), transaction.rows)
            self.transaction = transaction = replace(transaction, rows=rows)
        else:
            self._savepoints[name.lower()] = transaction.rows
        return transaction

    def ended(self) -> None:
        """The transaction ended, however that was."""
        self._savepoints.clear()
        self.transaction = None
        if self._held is not None:
            self._held.in_transaction = False
        self._db.schema_cache.forget(self.branch)

    def commit(self) -> None:
        """End the transaction. Where that fails it is rolled back, and the error raised."""
        held = self._held
        if held is None:
            return
        with held.using() as session:
            try:
                if self.open:
                    self._refuse_deleted(session)
                    self._db.dialect.commit(session)
                    self._refuse_deleted(session)
            except BaseException as error:
                # Else it would stay open, and go on failing. engine-facts.md#end-every-transaction
                try:
                    with uncancelled():
                        self._db.dialect.rollback(session)
                except Exception:
                    held.lose()
                if isinstance(error, BranchNotFound):
                    held.lose()
                raise
            finally:
                self.ended()

    def _refuse_deleted(self, session: Session) -> None:
        """Raise `BranchNotFound` where the branch of a transaction that stayed open is gone: COMMIT would not tell it.

        See engine-facts.md#deleted-branch.
        """
        if self.transaction is not None and self._db.dialect.is_gone(session):
            raise BranchNotFound(
                f"{self.branch} was deleted or renamed while the transaction was open: nothing of it is written."
            )

    def roll_back(self) -> None:
        """Take back what the transaction did. Where the connection is lost, that is done already."""
        held = self._held
        if held is None:
            return
        with uncancelled(), held.using() as session:
            try:
                if self.open:
                    self._db.dialect.rollback(session)
            except Exception:
                held.lose()
            finally:
                self.ended()
