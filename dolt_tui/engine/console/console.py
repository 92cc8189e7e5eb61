"""The console: runs statements as they were typed, on a connection of its own for each branch.

What is set on a connection stays, as in every console: variables, temporary tables. What changes rows runs in a
transaction, which is committed at once unless there is something to be asked before; see `Console.run`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import replace

from ...frozen import Frozen
from ..core.cancellation import acquired
from ..core.connections import Connections
from ..core.write_tracker import note
from ..errors import NO_ANSWER, EngineError, Lacking, ReadOnly, Serialization, TableNotFound, TransactionOpen
from ..undo.undo import Undo
from .desk import Desk, Ran, Transaction
from .effects import branches_named
from .error_places import place_of
from .forecasts import SECONDS, within
from .plans import plan_lines, with_plan
from .results import ResultSet
from .scanner import Statement, TokenKind, string_values, tokens
from .statements import Described, StatementKind, TransactionStep, describe

__all__ = ["Console", "Outcome", "Transaction"]

_CHANGING = (StatementKind.WRITE, StatementKind.DEFINITION, StatementKind.CALL)
_BEGINNING = (TransactionStep.BEGIN, TransactionStep.SAVEPOINT)
_CALLS = (StatementKind.CALL, StatementKind.USE)
_PURPOSE = "console"
_RESTARTING = {"DOLT_COMMIT", "DOLT_BRANCH", "DOLT_RESET", "DOLT_CHECKOUT"}
"""What ends the open transaction on DoltLite, and begins another one."""


class Outcome(Frozen):
    """What a statement did."""

    statement: Statement
    described: Described
    branch: str
    results: tuple[ResultSet, ...] = ()
    """What it returned; the rows of one that only reads may still arrive."""
    rows: int | None = None
    """How many rows it changed; None where it is not a statement that changes rows."""
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    """Until its first rows were there, or until it ended."""
    pending: Transaction | None = None
    """The transaction that is open after it."""
    goes_to: str | None = None
    """The branch, or the database, that the program shall show now: the console's connection stays where it is."""
    plan: tuple[str, ...] = ()
    """What EXPLAIN told, as the lines of a tree."""
    committed: bool = False
    """Whether it ended an open transaction by committing it."""


class Console:
    """Statements of a person's on one database."""

    def __init__(self, db: Connections, undo: Undo) -> None:
        self._db = db
        self._undo = undo
        self._style = db.dialect.traits.sql
        self._lock = threading.Lock()
        self._desks: dict[str, Desk] = {}

    # asking

    @property
    def transaction(self) -> Transaction | None:
        """The transaction that is open, on whichever branch; also where it was lost, which `look` tells."""
        desk = self._with_transaction()
        return None if desk is None else desk.transaction

    def look(self) -> None:
        """Raise `TransactionLost`, once, where an open transaction was lost with its connection. Sends nothing."""
        desk = self._with_transaction()
        if desk is not None:
            try:
                with acquired(desk.lock):
                    desk.look_whether_lost()
            finally:
                self._finish(desk)

    def _with_transaction(self) -> Desk | None:
        with self._lock:
            return next((desk for desk in self._desks.values() if desk.transaction is not None), None)

    def forecast(self, branch: str, statement: Statement) -> int | None:
        """How many rows the WHERE of a statement meets, or how many go with the tables that it drops or empties; None
        where that is not known within 0.3 seconds."""
        sql = describe(statement.text, self._style).count_sql
        try:
            return None if sql is None else self._count(branch, sql)
        except EngineError as error:
            if isinstance(error, NO_ANSWER):
                raise
            return None  # it is told when the statement is run

    def removes(self, branch: str, statement: Statement) -> tuple[bool, int | None]:
        """Whether there is something that a statement would drop or empty, and how many rows go with it, where that is
        known within 0.3 seconds. Raises what `run` raises where it refuses to run it at all."""
        described = describe(statement.text, self._style)
        self._refuse(branch, statement.text, described)
        removal = described.removal
        if removal is None or described.count_sql is None:
            return removal is not None, None
        try:
            rows = self._count(branch, described.count_sql)
        except TableNotFound:
            return len(removal.names) > 1, None
        except EngineError as error:
            if isinstance(error, NO_ANSWER):
                raise
            return True, None
        return rows != 0 or not removal.empties, rows

    def _count(self, branch: str, sql: str) -> int | None:
        with self._lock:
            desk = self._desks.get(branch)

        def count() -> int | None:
            if desk is not None and desk.special:
                return desk.count(sql)
            with self._db.read(branch, "forecast") as session:
                return int(session.scalar(sql.replace("%", "%%") if session.dialect.placeholder == "%s" else sql))

        return within(SECONDS, count)

    def _words(self, sql: str) -> list[str]:
        return [token.text.upper() for token in tokens(sql, self._style) if token.kind is TokenKind.WORD]

    def _texts(self, sql: str) -> Sequence[str]:
        return list(string_values(sql, self._style))

    # running

    def run(
        self, branch: str, statement: Statement, *, ask_above: int | None = 1000, autocommit: bool = True
    ) -> Outcome:
        """Run a statement on ``branch``.

        One that changes rows runs in a transaction, which is committed at once, unless it changes all rows of a table,
        or more than ``ask_above`` (None: nothing is asked): then it stays open (`Outcome.pending`), until `commit` or
        `roll_back`. So does every transaction that was begun by a statement, or without ``autocommit``, unless a
        statement ends it on its own, as definitions and some procedures do.

        Raises `EngineError` with its ``position`` in the statement, where the engine tells it; `ReadOnly`;
        `TransactionOpen` where a transaction is open on another branch; `TransactionLost` where the connection broke
        with an open transaction, of which nothing was written then.
        """
        described = describe(statement.text, self._style)
        self._refuse(branch, statement.text, described)
        desk = self._desk(branch)
        # Undo has a lock that others hold who wait for ours: so it is asked before.
        if described.transaction in _BEGINNING and desk.transaction is None:
            self._undo.begin(branch)
        elif described.kind in _CALLS:
            self._undo.widen(branch, self._texts(statement.text))
        elif described.kind in _CHANGING and self._db.dialect.traits.reads_other_branches:
            self._undo.widen(branch, branches_named(statement.text))
        try:
            with acquired(desk.lock):
                began = time.monotonic()
                desk.look_whether_lost()
                outcome = self._run(desk, statement, described, ask_above, autocommit)
                notes, desk.notes = desk.notes, []
        except EngineError as error:
            if error.position is None:
                error.position = place_of(error, statement.text, self._style)
            raise
        finally:
            self._finish(desk)
        return replace(outcome, seconds=time.monotonic() - began, warnings=(*notes, *outcome.warnings))

    def _desk(self, branch: str) -> Desk:
        with self._lock:
            if branch not in self._desks:
                self._desks[branch] = Desk(self._db, branch, writes=not self._db.read_only)
            desk = self._desks[branch]
            others = [other for other in self._desks.values() if other is not desk]
        for other in others:  # outside of the lock, as closing a connection may take its time
            other.rest()
        return desk

    def _refuse(self, branch: str, sql: str, described: Described) -> None:
        """Raise where a statement is not run at all."""
        words = self._words(sql[:200])
        if described.verb == "LOAD" and "LOCAL" in words[:4]:
            raise Lacking(
                "LOAD DATA LOCAL is not run: it would let the server read files of this machine.",
                "Import the file instead.",
            )
        if self._db.read_only and described.kind in _CHANGING:
            raise ReadOnly("This database is opened read-only.")
        removal = described.removal
        if removal is not None and removal.database and removal.names[0].lower() == self._db.name.lower():
            raise Lacking(
                f"{self._db.name} is not dropped: it is the database that is open here.",
                "Drop it from another database.",
            )
        opens = described.kind in _CHANGING or described.transaction in _BEGINNING
        other = self._with_transaction()
        if opens and other is not None and other.branch != branch:
            raise TransactionOpen(other.branch)

    def _run(
        self, desk: Desk, statement: Statement, described: Described, ask_above: int | None, autocommit: bool
    ) -> Outcome:
        base = Outcome(statement, described, desk.branch)
        kind = described.kind
        if kind is StatementKind.EMPTY:
            return base
        if kind is StatementKind.USE and (described.verb == "USE" or self._only_switches(statement, base)):
            return replace(base, goes_to=described.goes_to)
        if described.transaction is not None:
            return self._step(desk, base, described.transaction)
        if kind in _CHANGING or kind is StatementKind.USE:
            return self._change(desk, base, ask_above, autocommit)
        explains = self._words(statement.text[:200])[:1] == ["EXPLAIN"]
        sql = with_plan(statement.text, self._style) if explains else statement.text
        ran = desk.ask(sql, whole=explains, writes=False)
        if kind is StatementKind.SESSION:
            desk.set_something()
        outcome = replace(base, results=ran.results, rows=ran.rows, pending=desk.transaction)
        if explains and (plan := plan_lines(ran.results)):
            return replace(outcome, plan=plan, results=())
        return replace(outcome, warnings=desk.warnings(ran.warnings))

    def _only_switches(self, statement: Statement, base: Outcome) -> bool:
        """Whether a checkout does no more than to go to a branch: it may make one, or restore a table."""
        if any(text.startswith("-") for text in self._texts(statement.text)):
            return False
        with self._db.read(base.branch, _PURPOSE) as session:
            known = f"SELECT count(*) FROM dolt_branches WHERE name = {session.dialect.placeholder}"
            return bool(session.scalar(known, base.described.goes_to))

    def _change(self, desk: Desk, base: Outcome, ask_above: int | None, autocommit: bool) -> Outcome:
        """Run what changes something."""
        described, sql = base.described, base.statement.text
        if self._db.read_only:
            raise ReadOnly("This database is opened read-only.")
        words = self._words(sql[:200])
        if words[1:2] in (["TEMPORARY"], ["TEMP"]) or words[:1] in (["SET"], ["PRAGMA"]) or "GET_LOCK" in words:
            desk.held()
            desk.set_something()
        if described.kind in _CALLS:
            note(desk.branch, self._texts(sql))
        rolls_back = not described.ends_transaction and described.kind not in _CALLS
        if desk.transaction is not None or (autocommit and not rolls_back):
            ran = desk.ask(sql, whole=True, writes=True)
        else:
            return self._in_transaction(desk, base, ask_above, autocommit)
        return self._after(desk, base, ran)

    def _after(self, desk: Desk, base: Outcome, ran: Ran) -> Outcome:
        """What became of the transaction by a statement that was run without one of ours around it."""
        described = base.described
        had = desk.transaction
        calls = described.kind in _CALLS and not self._db.dialect.traits.server
        if calls and desk.open and not _RESTARTING.isdisjoint(self._words(base.statement.text)):
            desk.commit()  # it committed everything, and began another one: engine-facts.md#doltlite-commits-restart
        pending = None
        if desk.open:
            pending = desk.keep_open(ran.rows, base.statement.text)
        elif had is not None:
            desk.ended()
        outcome = replace(
            base,
            results=ran.results,
            rows=ran.rows,
            warnings=desk.warnings(ran.warnings),
            pending=pending,
            committed=had is not None and pending is None,
        )
        self._db.schema_cache.forget(desk.branch)
        return replace(outcome, goes_to=desk.come_back()) if described.kind in _CALLS else outcome

    def _in_transaction(self, desk: Desk, base: Outcome, ask_above: int | None, autocommit: bool) -> Outcome:
        """Run a statement in a transaction of its own, or as the first one of one that stays open."""
        described, sql = base.described, base.statement.text
        for again in (False, True):
            desk.begin()
            try:
                ran = desk.ask(sql, whole=True, writes=True)
                many = described.kind is not StatementKind.DEFINITION and (ran.rows or 0) > (ask_above or 0)
                asks = ask_above is not None and (many or (described.all_rows and ran.rows != 0))
                if not desk.open:  # it ended the transaction itself, which its text did not tell
                    desk.ended()
                    return self._after(desk, base, ran)
                outcome = replace(base, results=ran.results, rows=ran.rows, warnings=desk.warnings(ran.warnings))
                if asks or not autocommit:
                    return replace(outcome, pending=desk.keep_open(ran.rows, sql))
                desk.commit()
                return outcome
            except Serialization:
                desk.roll_back()
                if again:
                    raise
            except BaseException:
                desk.roll_back()
                raise
        raise AssertionError("not reached")

    def _step(self, desk: Desk, base: Outcome, step: TransactionStep) -> Outcome:
        """Run what begins or ends a transaction."""
        sql = base.statement.text
        if step is TransactionStep.COMMIT or (step is TransactionStep.AUTOCOMMIT_ON and desk.transaction is not None):
            committed = desk.transaction is not None
            self._commit(desk)
            return replace(base, committed=committed)
        if step is TransactionStep.ROLLBACK:
            desk.roll_back()
            return base
        if step in (TransactionStep.AUTOCOMMIT_ON, TransactionStep.AUTOCOMMIT_OFF):
            return base  # a transaction is begun by us, with the first statement that changes something
        if step is TransactionStep.BEGIN:
            if desk.transaction is not None:
                raise TransactionOpen(desk.branch)
            desk.begin()
            return replace(base, pending=desk.keep_open(0))
        desk.ask(sql, whole=True, writes=True)
        had = desk.transaction is not None
        if had and not desk.open:  # SQLite: the outermost savepoint was released
            desk.ended()
            return replace(base, committed=True)
        # SQLite: a savepoint begins a transaction where none is open.
        if not had and not desk.open:
            return base
        desk.keep_open(None, sql)
        named = [token for token in tokens(sql, self._style) if token.kind is not TokenKind.COMMENT]
        verb = base.described.verb
        if verb == "RELEASE":
            return replace(base, pending=desk.transaction)
        return replace(base, pending=desk.at_savepoint(named[-1].name, back=verb == "ROLLBACK"))

    # ending a transaction

    def commit(self) -> Transaction | None:
        """Commit the open transaction; returns what it was, None where there was none.

        Raises `Serialization` and what the engine refuses: it is rolled back then. Raises `TransactionLost` where the
        connection was lost before, and `ServerLost` where it broke at this: then it is not known what became of it.
        """
        desk = self._with_transaction()
        if desk is None:
            return None
        try:
            with acquired(desk.lock):
                transaction = desk.transaction
                desk.look_whether_lost()
                self._commit(desk)
        finally:
            self._finish(desk)
        return transaction

    def _commit(self, desk: Desk) -> None:
        try:
            desk.commit()
        except Serialization as error:
            raise Serialization(
                "Another session changed the same rows in the meantime: the transaction was rolled back.",
                "Run its statements again if they are still wanted.",
                error.detail or error.message,
            ) from error

    def roll_back(self) -> Transaction | None:
        """Take back what the open transaction did; returns what it was, None where there was none."""
        desk = self._with_transaction()
        if desk is None:
            return None
        try:
            with acquired(desk.lock):
                transaction = desk.transaction
                desk.look_whether_lost()
                desk.roll_back()
        finally:
            self._finish(desk)
        return transaction

    def _finish(self, desk: Desk) -> None:
        """Record what a transaction did that has ended, unless that is done around us. Without our lock."""
        if desk.transaction is None:
            self._undo.finish(desk.branch)
