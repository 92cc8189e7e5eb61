"""The statements that differ between Dolt and DoltLite and that several modules need, and nothing else.

A statement that a single module needs is there, once for each engine: see `Session.by_engine`.

Statements here are in the driver's own style: ``%s`` for PyMySQL, ``?`` for the embedded driver. Identifiers go
through `Dialect.quote`, which also doubles the percent signs where the driver wants it.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from ..errors import Lacking
from ..model import (
    WORKING,
    AheadBehind,
    Author,
    Call,
    ColumnInfo,
    Commit,
    ConflictCount,
    LogFilter,
    LogPage,
    MergeKind,
    MergeResult,
    Table,
    Traits,
    Violation,
)
from .capabilities import Capabilities
from .conditions import checked_condition
from .sql_session import SqlSession
from .wildcards import literally


class Dialect(ABC):
    """The statements and habits of one engine."""

    traits: Traits
    placeholder: str
    """The placeholder of a bound value."""
    begin: str
    reading: Mapping[str, object] = MappingProxyType({})
    """What else the driver is told where a connection is for reading only."""
    capabilities = Capabilities()
    """What the engine has, once it was asked."""

    def __init__(self, preparer: sa.sql.compiler.IdentifierPreparer) -> None:
        self._preparer = preparer

    @property
    def unavailable(self) -> tuple[tuple[str, str], ...]:
        """What cannot be done: pairs of a feature's name and the reason, for people."""
        return self.capabilities.unavailable

    def require(self, feature: str) -> None:
        """Raise `Lacking` where there is no such ``feature``, with the reason."""
        reason = dict(self.unavailable).get(feature)
        if reason is not None:
            raise Lacking(f"{reason}.", " ")

    def quote(self, name: str) -> str:
        """``name`` as a quoted identifier, whatever it holds."""
        return self._preparer.quote_identifier(name)

    def placeholders(self, number: int) -> str:
        """``number`` placeholders, separated by commas."""
        return ", ".join([self.placeholder] * number)

    def prepare(self, engine: sa.Engine) -> None:  # noqa: B027 - nothing to do is the usual case
        """Teach SQLAlchemy's dialect what it does not know of the engine."""

    def connect(self, engine: sa.Engine, positional: Sequence[Any], named: dict[str, Any]) -> Any:
        """A new driver connection."""
        return engine.dialect.connect(*positional, **named)

    @abstractmethod
    def alive(self, connection: Any) -> bool:
        """Whether a driver connection that was idle for a while can still be used."""

    def abandon(self, session: SqlSession, cursor: Any) -> None:
        """End a statement whose rows are not wanted any more; the connection need not be usable afterwards."""
        cursor.close()

    def let_go(self, cursor: Any) -> None:  # noqa: B027 - most drivers do nothing with a cursor whose connection is gone
        """Keep the driver from reading on when it closes a cursor whose connection is gone."""

    @abstractmethod
    def is_gone(self, session: SqlSession) -> bool:
        """Whether the branch that the session is connected to was deleted; not logged, never raises."""

    def verify(self, connection: Any, revision: str) -> None:  # noqa: B027 - most engines open what they are asked for
        """Raise `BranchShadowed` where a new driver connection is on another branch than the one asked for."""

    def known(self, session: SqlSession, *revisions: str) -> tuple[str, ...]:
        """``revisions``, with other names for those that the engine does not know on this branch."""
        return revisions

    def fingerprint(self, session: SqlSession) -> str:
        """The statement that gives the hashes of the branch's working and staged set, of HEAD, and its name."""
        (working,) = self.known(session, WORKING)
        return f"SELECT dolt_hashof_db('{working}'), dolt_hashof_db('STAGED'), dolt_hashof('HEAD'), active_branch()"

    def procedure(self, name: str, *arguments: str) -> Call:
        """The call of a version-control procedure."""
        if not arguments:
            return Call((f"{self.traits.procedures} {name}()",), (), self.traits.sql)
        between = [", "] * (len(arguments) - 1)
        return Call((f"{self.traits.procedures} {name}(", *between, ")"), arguments, self.traits.sql)

    def statement(self, *parts: str, values: Sequence[object] = ()) -> Call:
        """Any other statement: its SQL around the values, with names by `quote`."""
        return Call(tuple(map(self._single, parts)), tuple(values), self.traits.sql)

    def sql(self, call: Call) -> str:
        """The text of a call for the driver."""
        return self.placeholder.join(map(self._double, call.parts))

    def _single(self, text: str) -> str:
        return text.replace("%%", "%") if self.placeholder == "%s" else text

    def _double(self, text: str) -> str:
        return text.replace("%", "%%") if self.placeholder == "%s" else text

    @abstractmethod
    def diff(self, table: str) -> str:
        """The relation of a table's row changes; takes what `diff_values` gives."""

    @abstractmethod
    def diff_values(self, old: str, new: str, table: str) -> tuple[str, ...]:
        """The values that `diff` binds."""

    @abstractmethod
    def row_numbers(
        self, session: SqlSession, old: tuple[str, str], new: tuple[str, str]
    ) -> tuple[int | None, int | None]:
        """The numbers of rows of a table on both sides of a diff; None where unknown.

        The sides are given by name and revision; without a name the table is not there.
        """

    @abstractmethod
    def place(self, branch: str, revision: str | None) -> tuple[str, str | None]:
        """The revision to connect to in order to read ``revision``, and the one to put after ``AS OF``, or None."""

    @abstractmethod
    def canceller(
        self, session: SqlSession, elsewhere: Callable[[str], None], *, may_shut: bool = True
    ) -> Callable[[], None]:
        """How to cancel what runs on this session, from any thread; ``elsewhere`` runs SQL on another connection.

        Where a statement cannot be ended on its own, the connection is, if it ``may_shut``.
        """

    def thread(self, session: SqlSession) -> int | None:
        """The server's number of the session's connection; None where there is no server."""
        return None

    def busy(self, session: SqlSession, thread: int) -> bool:
        """Whether a statement runs on another connection of that number, which may be lost by now."""
        return False

    @abstractmethod
    def on_connect(self, connection: Any) -> None:
        """Prepare a new driver connection."""

    @abstractmethod
    def set_author(self, session: SqlSession, author: Author | None) -> None:
        """Let commits on this session carry ``author``."""

    def keeps_staged(self, session: SqlSession) -> bool:
        """Whether ``dolt_reset('--soft', …)`` leaves the staged set as it is."""
        return True

    def signed(self, procedure: str, arguments: tuple[str, ...], author: Author | None) -> tuple[str, ...]:
        """The arguments of a procedure, with ``author`` among them where `set_author` could not do it."""
        return arguments

    @abstractmethod
    def alone(self, session: SqlSession, what: str, seconds: float) -> AbstractContextManager[None]:
        """Hold a lock that other programs ask for too; it ends with the session's connection at the latest.

        Raises `Busy` when another one still has it after so many seconds.
        """

    def commit(self, session: SqlSession) -> None:
        """End the transaction; what a procedure already committed stays committed."""
        session.execute("COMMIT")

    def rollback(self, session: SqlSession) -> None:
        """Take back what the transaction did."""
        session.end("ROLLBACK")

    @abstractmethod
    def display(self, column: str, type_code: object) -> str:
        """The expression that selects a quoted column so that the driver reads it without loss."""

    def selected(self, described: Sequence[Any]) -> str:
        """What to select for a column that the DB API describes so, under its own name."""
        column = self.quote(described[0])
        shown = self.display(column, described[1])
        return column if shown == column else f"{shown} AS {column}"

    def column(self, name: str, type_name: str) -> str:
        """What to select for a column of a declared type, under its own name."""
        return self.quote(name)

    def condition(self, text: str, what: str = "filter") -> str:
        """A condition that a person typed, as part of a statement. Raises `InvalidFilter` where it is incomplete.

        Messages call it ``what``.
        """
        text = checked_condition(text, self.traits.sql, what)
        return f"({text.replace('%', '%%') if self.placeholder == '%s' else text})"

    @abstractmethod
    def differ(self, one: str, other: str, *, text: bool) -> str:
        """The condition that two expressions are not the same; ``text`` tells that letters are compared exactly."""

    def contain(self, expression: str, part: str) -> tuple[str, str]:
        """The condition that a text contains ``part`` in upper or lower case, and the value that it binds."""
        return f"lower({expression}) LIKE lower({self.placeholder}) ESCAPE '!'", f"%{literally(part)}%"

    def indexed(self, session: SqlSession, table: str, column: str) -> bool:
        """Whether an index on ``column`` returns equal values in the order of the key, so that ORDER BY ``column``
        is enough."""
        return False

    def unread(self, type_name: str) -> bool:
        """Whether a column of this type must be selected by `display`, or `shown`."""
        return False

    def shown(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """The expression that selects a reflected column so that the driver reads it without loss."""
        return column

    @staticmethod
    def time(value: object) -> dt.datetime:
        """A commit's date, which both engines give in UTC, as an aware datetime."""
        if isinstance(value, str):
            value = dt.datetime.fromisoformat(value)
        if not isinstance(value, dt.datetime):
            return dt.datetime.fromtimestamp(0, dt.UTC)
        return value.replace(tzinfo=dt.UTC)

    # history

    @abstractmethod
    def log_page(self, session: SqlSession, frontier: tuple[str, ...], size: int, without: str = "") -> LogPage:
        """``size`` commits from the frontier on, without those that the commit ``without`` has, too."""

    def lists(self, table: str) -> bool:
        """Whether the log itself can be asked for the commits that changed ``table``."""
        return False

    @abstractmethod
    def search(self, session: SqlSession, start: str, filter_: LogFilter, size: int, skip: int) -> tuple[Commit, ...]:
        """``size`` commits from ``start`` on that pass the filter, after the first ``skip`` ones.

        Where `lists` denies the filter's table, the session has to be at ``start``.
        """

    @abstractmethod
    def marked_commits(
        self, session: SqlSession, start: str, filter_: LogFilter, text: str, size: int, skip: int
    ) -> list[tuple[str, bool]]:
        """Of the commits that `search` gives, each one's hash and whether its hash, author or message has ``text``."""

    def _has(self, text: str, author: str) -> tuple[str, list[object]]:
        """The condition that a commit has a text, and what it binds; ``author`` is an expression."""
        tests = [self.contain(expression, text) for expression in ("commit_hash", author, "message")]
        return f"({' OR '.join(test for test, _ in tests)})", [value for _, value in tests]

    def _filtered(self, filter_: LogFilter, author: str) -> tuple[str, list[object]]:
        """A filter of commits as the WHERE of a log, and what it binds; ``author`` is an expression."""
        parts: list[str] = []
        bound: list[object] = []
        for expression, part in ((author, filter_.author), ("message", filter_.message)):
            if part:
                condition, value = self.contain(expression, part)
                parts.append(condition)
                bound.append(value)
        if filter_.table and not self.lists(filter_.table):
            parts.append(f"commit_hash IN (SELECT commit_hash FROM dolt_diff WHERE table_name = {self.placeholder})")
            bound.append(filter_.table)
        for sign, time in ((">=", filter_.since), ("<", filter_.until)):
            if time is not None:
                utc = time if time.tzinfo is None else time.astimezone(dt.UTC).replace(tzinfo=None)
                parts.append(f"date {sign} {self.placeholder}")
                bound.append(utc.isoformat(" "))
        return f" WHERE {' AND '.join(parts)}" if parts else "", bound

    @abstractmethod
    def linear(self, session: SqlSession) -> bool:
        """Whether no commit of the session's branch is a merge; 2 µs for each commit."""

    def unseen(self, session: SqlSession) -> list[tuple[str, str]]:
        """Pairs of a parent and a commit of the session's branch that ``dolt_diff_<table>`` may leave out."""
        return []

    @abstractmethod
    def commits(self, session: SqlSession, hashes: Sequence[str]) -> list[Commit]:
        """The commits of some hashes, in the order of the log, without their parents."""

    @abstractmethod
    def ahead_behind(self, session: SqlSession, base: str, names: Sequence[str]) -> dict[str, AheadBehind]:
        """How far each branch of ``names`` is ahead of and behind ``base``."""

    @abstractmethod
    def unmerged(self, session: SqlSession, hash_: str, others: Sequence[str]) -> int:
        """The number of commits below ``hash_`` that none of the other hashes has."""

    def distance(self, session: SqlSession, one: str, other: str) -> tuple[int, int]:
        """How many commits ``one`` has that ``other`` lacks, and how many the other way round."""
        count = f"SELECT count(*) FROM dolt_log({self.placeholder})"
        return int(session.scalar(count, f"{other}..{one}")), int(session.scalar(count, f"{one}..{other}"))

    @abstractmethod
    def range(self, session: SqlSession, base: str, other: str, size: int) -> tuple[Commit, ...]:
        """The newest commits of ``other`` that ``base`` lacks."""

    # remotes

    @abstractmethod
    def name_remote(self, name: str) -> tuple[str, ...]:
        """The arguments that name a remote to ``dolt_remote``, whatever it is called."""

    @abstractmethod
    def push_options(self, *, force: bool = False, track: bool = False) -> tuple[str, ...]:
        """The options of ``dolt_push``."""

    def pushed(self, answer: tuple[Any, ...]) -> bool:
        """Whether there was something to push, by the answer of ``dolt_push``."""
        return True

    def tag_to_push(self, tag: str) -> str:
        """The argument by which ``dolt_push`` knows a tag."""
        return tag

    def check_tag_to_push(self, session: SqlSession, tag: str) -> None:  # noqa: B027 - nothing to do is the usual case
        """Raise `EngineError` where something else would be pushed instead of the tag."""

    @abstractmethod
    def clone_arguments(self, url: str, name: str) -> tuple[str, ...]:
        """The arguments of ``dolt_clone``."""

    @abstractmethod
    def clone(self, session: SqlSession, url: str, name: str, beside: str) -> None:
        """Make a new database from what is at ``url``; ``beside`` is the name or path of the one that is open."""

    # tables

    @abstractmethod
    def tables(self, session: SqlSession) -> tuple[Table, ...]:
        """Tables and views by name; with numbers of rows where they cost nothing."""

    @abstractmethod
    def columns(self, session: SqlSession, table: str, revision: str | None) -> tuple[ColumnInfo, ...]:
        """The columns of a table, in order; of a revision where one is given."""

    @abstractmethod
    def ddl(self, session: SqlSession, table: str, revision: str | None) -> str:
        """The statements that create a table or view."""

    def elsewhere(self, session: SqlSession, table: str) -> str:
        """The branch, tag or commit that a table really belongs to; empty where it is the branch's own."""
        return ""

    # merging

    @abstractmethod
    def merge_conflicts(
        self, session: SqlSession, target: str, source: str, head: str, tip: str
    ) -> tuple[tuple[ConflictCount, ...], tuple[Violation, ...] | None]:
        """The conflicts that a merge would meet, and the constraints that it would break.

        Finding them leaves nothing behind. None where only merging tells whether constraints are kept.
        """

    @abstractmethod
    def merge_arguments(self, tip: str, kind: MergeKind, message: str) -> tuple[str, ...]:
        """The arguments of ``dolt_merge``."""

    @abstractmethod
    def merge(self, session: SqlSession, tip: str, kind: MergeKind, message: str) -> MergeResult:
        """Merge the commit ``tip`` within the session's transaction. Raises `Conflicts`."""

    def keep_conflicts(self, session: SqlSession, *, broken: bool = False) -> None:  # noqa: B027 - most engines do so
        """Let a rebase that conflicts stop there, so that its conflicts can be read; ``broken``: constraints, too."""

    def before_abort(self, session: SqlSession) -> None:  # noqa: B027 - nothing to do is the usual case
        """Make ready for aborting a rebase that this session began."""

    @abstractmethod
    def apply(self, session: SqlSession, procedure: str, hash_: str) -> str:
        """Cherry-pick or revert one commit within the session's transaction; the new commit's hash.

        Raises `Conflicts` with the tables, and then nothing of it must be committed.
        """
