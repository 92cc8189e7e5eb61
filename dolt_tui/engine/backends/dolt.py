"""Dolt's server, spoken to through PyMySQL."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pymysql
import sqlalchemy as sa

from ..connecting.target import Secret
from ..core.capabilities import Feature
from ..core.constraint_violations import conflict_error
from ..core.ddl import generated, key_of
from ..core.sql_session import SqlSession
from ..core.validation import check_opened
from ..core.wildcards import matches
from ..errors import Busy, Lacking, PermissionDenied, TableNotFound
from ..errors.translation import translate
from ..model import (
    Author,
    ColumnInfo,
    ConflictCount,
    MergeKind,
    MergeResult,
    Table,
    Violation,
)
from .dolt_history import DoltHistory
from .dolt_values import DoltValues
from .traits import DOLT

_KILLS = 20
"""How often a statement is told to end before its connection is shut: the answer may have been lost on its way."""
_KEYLESS_COUNTED = 100
"""Tables without a primary key whose rows are counted, each by a statement of its own (1 ms)."""
_PING_SECONDS = 5
_KEEPALIVE = {"TCP_KEEPIDLE": 15, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 30_000}
"""A network that swallows what is sent (a laptop that slept, a router that forgot) is noticed within half a minute, not
within hours; a server that takes long still answers these probes."""
_SIGNED = frozenset({"dolt_commit", "dolt_merge", "dolt_revert"})
"""The procedures that make commits of their own: cherry-picking and rebasing keep the author of what they copy."""


class DoltDialect(DoltHistory, DoltValues):
    """What is Dolt's own."""

    traits = DOLT
    placeholder = "%s"
    begin = "START TRANSACTION"
    _keeps_staged: bool | None = None
    """What `keeps_staged` found out."""

    def __init__(self, preparer: sa.sql.compiler.IdentifierPreparer) -> None:
        super().__init__(preparer)
        self._may_kill = True

    def diff(self, table: str) -> str:
        return "dolt_diff(%s, %s, %s)"

    def diff_values(self, old: str, new: str, table: str) -> tuple[str, ...]:
        return (old, new, table)

    def row_numbers(
        self, session: SqlSession, old: tuple[str, str], new: tuple[str, str]
    ) -> tuple[int | None, int | None]:
        return self._number(session, *old), self._number(session, *new)

    def _number(self, session: SqlSession, table: str, revision: str) -> int:
        if not table:
            return 0
        try:
            return int(session.scalar(f"SELECT count(*) FROM {self.quote(table)} AS OF %s", revision))
        except TableNotFound:
            return 0

    def place(self, branch: str, revision: str | None) -> tuple[str, str | None]:
        return branch, revision

    def connect(self, engine: sa.Engine, positional: Sequence[Any], named: dict[str, Any]) -> Any:
        if isinstance(named.get("password"), str):
            named = {**named, "password": Secret(named["password"])}
        path = named.get("unix_socket")
        if path is None:
            connection = super().connect(engine, positional, named)
            for option, value in _KEEPALIVE.items():
                if hasattr(socket, option):
                    connection._sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
            return connection
        # PyMySQL's own socket stays open where nobody listens: engine-facts.md#pymysql-socket-leak
        with ExitStack() as stack:
            link = stack.enter_context(socket.socket(socket.AF_UNIX))
            link.settimeout(named.get("connect_timeout"))
            try:
                link.connect(path)
            except OSError as error:
                raise pymysql.OperationalError(2003, f"Can't connect to the server at {path} ({error})") from error
            connection = super().connect(engine, positional, {**named, "defer_connect": True})
            connection.connect(link)
            stack.pop_all()  # it belongs to the connection from now on
            return connection

    def alive(self, connection: Any) -> bool:
        connection._read_timeout = _PING_SECONDS  # a link that broke silently would never answer
        try:
            connection.ping(reconnect=False)
        except Exception:
            return False
        finally:
            connection._read_timeout = None
        return True

    def abandon(self, session: SqlSession, cursor: Any) -> None:
        session.shut = True  # the server ends the statement within 100 ms
        with suppress(OSError, AttributeError):
            session.raw._sock.shutdown(socket.SHUT_RDWR)
        self.let_go(cursor)

    def let_go(self, cursor: Any) -> None:
        # The driver would read all that is left before it closes a cursor, also from a connection that is gone.
        if (answer := getattr(cursor, "_result", None)) is not None:
            answer.unbuffered_active, answer.connection = False, None

    def is_gone(self, session: SqlSession) -> bool:
        try:
            with session.raw.cursor() as cursor:
                cursor.execute("SELECT active_branch()")
                return bool(cursor.fetchone() == (None,))
        except Exception:
            return False

    def on_connect(self, connection: Any) -> None:
        # The timeout guards the handshake, which PyMySQL's connect_timeout doesn't cover; statements may take longer.
        connection._read_timeout = None

    def verify(self, connection: Any, revision: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT active_branch()")
            found = cursor.fetchone()
        check_opened(revision, found[0] if found is not None else None)

    def set_author(self, session: SqlSession, author: Author | None) -> None:
        if author is not None and self.capabilities.has(Feature.AUTHOR_VARIABLES):
            session.execute(
                "SET @@dolt_author_name = %s, @@dolt_author_email = %s,"
                " @@dolt_committer_name = %s, @@dolt_committer_email = %s",
                author.name,
                author.email,
                author.name,
                author.email,
            )

    def keeps_staged(self, session: SqlSession) -> bool:
        if self._keeps_staged is None:
            # Nothing but the server's own help tells: engine-facts.md#soft-reset-unstages
            query = "SELECT arguments LIKE '%%removes all tables staged%%' FROM dolt_help WHERE name = 'dolt_reset'"
            try:
                self._keeps_staged = not session.scalar(query)
            except (Lacking, TableNotFound):
                self._keeps_staged = False
        return self._keeps_staged

    def signed(self, procedure: str, arguments: tuple[str, ...], author: Author | None) -> tuple[str, ...]:
        if author is None or procedure not in _SIGNED or self.capabilities.has(Feature.AUTHOR_VARIABLES):
            return arguments
        ends = any(argument in ("--abort", "--continue") for argument in arguments)
        return arguments if ends or "--author" in arguments else ("--author", str(author), *arguments)

    @contextmanager
    def alone(self, session: SqlSession, what: str, seconds: float) -> Iterator[None]:
        name = "dolt-tui " + hashlib.blake2b(what.encode(), digest_size=16).hexdigest()  # at most 64 characters
        if session.scalar("SELECT GET_LOCK(%s, %s)", name, seconds) != 1:
            raise Busy("Another session is taking a snapshot of this branch.")
        try:
            yield
        finally:
            with suppress(Exception):  # the connection's end gives it back, too
                session.end(f"SELECT RELEASE_LOCK('{name}')")

    def thread(self, session: SqlSession) -> int | None:
        return int(session.raw.thread_id())

    def busy(self, session: SqlSession, thread: int) -> bool:
        # Unlike SHOW PROCESSLIST this needs no privilege: engine-facts.md#processlist
        query = "SELECT count(*) FROM information_schema.processlist WHERE id = %s AND id <> connection_id()"
        return bool(session.scalar(f"{query} AND info <> ''", thread))

    def canceller(
        self, session: SqlSession, elsewhere: Callable[[str], None], *, may_shut: bool = True
    ) -> Callable[[], None]:
        raw = session.raw
        thread = self.thread(session)
        kills = 0

        def end() -> None:
            nonlocal kills
            if session.shut:
                return
            if self._may_kill and kills < _KILLS:
                kills += 1
                try:
                    elsewhere(f"KILL QUERY {thread}")
                    return
                except Exception as error:
                    # Users with grants on some databases only may not kill: they need not try again.
                    # engine-facts.md#kill-needs-privileges
                    self._may_kill = not isinstance(translate(error), PermissionDenied)
            if not may_shut:
                return
            # The server ends the statement within 100 ms.
            session.shut = True
            with suppress(OSError, AttributeError):
                raw._sock.shutdown(socket.SHUT_RDWR)

        return end

    # remotes

    def name_remote(self, name: str) -> tuple[str, ...]:
        return ("--", name)

    def push_options(self, *, force: bool = False, track: bool = False) -> tuple[str, ...]:
        return (*(["-f"] if force else []), *(["-u"] if track else []))

    def pushed(self, answer: tuple[Any, ...]) -> bool:
        return "up-to-date" not in str(answer[1] or "")

    def tag_to_push(self, tag: str) -> str:
        return f"refs/tags/{tag}"  # by its name alone a branch would come before it: engine-facts.md#push-a-tag

    def clone_arguments(self, url: str, name: str) -> tuple[str, ...]:
        return ("--", url, name)

    def clone(self, session: SqlSession, url: str, name: str, beside: str) -> None:
        session.call("dolt_clone", *self.clone_arguments(url, name))

    # tables

    def tables(self, session: SqlSession) -> tuple[Table, ...]:
        rows = session.rows(
            "SELECT table_name, table_type, table_rows FROM information_schema.tables"
            " WHERE table_schema = DATABASE() ORDER BY table_name"
        )
        elsewhere = self._non_local(session)
        counted = self._keyless_rows(session, [name for name, kind, number in rows if kind == "BASE TABLE" and number])
        return tuple(
            Table(
                name,
                "VIEW" in kind,
                None if "VIEW" in kind else counted.get(name, int(number or 0)),
                next((ref for pattern, ref in elsewhere if matches(pattern, name)), ""),
            )
            for name, kind, number in rows
            if kind != "SYSTEM VIEW"
        )

    def _keyless_rows(self, session: SqlSession, names: list[str]) -> dict[str, int | None]:
        """The rows of the tables without a primary key: ``table_rows`` has those that are equal once only."""
        keyed = {
            name
            for (name,) in session.rows(
                "SELECT table_name FROM information_schema.table_constraints"
                " WHERE table_schema = DATABASE() AND constraint_type = 'PRIMARY KEY'"
            )
        }
        keyless = [name for name in names if name not in keyed]
        found: dict[str, int | None] = dict.fromkeys(keyless)
        for name in keyless[:_KEYLESS_COUNTED]:
            with suppress(TableNotFound):  # dropped in the meantime
                found[name] = int(session.scalar(f"SELECT count(*) FROM {self.quote(name)}"))
        return found

    @staticmethod
    def _non_local(session: SqlSession) -> list[tuple[str, str]]:
        """Patterns of tables that are not the branch's own, and whose they are."""
        try:
            rows = session.rows("SELECT table_name, target_ref FROM dolt_nonlocal_tables")
        except TableNotFound:  # an older Dolt
            return []
        return [(str(pattern), str(ref or "")) for pattern, ref in rows]

    def elsewhere(self, session: SqlSession, table: str) -> str:
        return next((ref for pattern, ref in self._non_local(session) if matches(pattern, table)), "")

    def columns(self, session: SqlSession, table: str, revision: str | None) -> tuple[ColumnInfo, ...]:
        at, values = (" AS OF %s", (revision,)) if revision else ("", ())
        rows = session.rows(f"SHOW FULL COLUMNS FROM {self.quote(table)}{at}", *values)
        # Dolt's own tables have no definition to ask for, and compute nothing.
        ddl = "" if table.lower().startswith("dolt_") else self.ddl(session, table, revision)
        made = generated(ddl)
        keys = [row[0] for row in rows if row[4] == "PRI"]
        if len(keys) > 1:
            keys = key_of(ddl) or keys  # its order is told nowhere else: engine-facts.md#generated-columns
        return tuple(
            ColumnInfo(
                name,
                kind,
                null == "YES",
                key == "PRI",
                default,
                made.get(name) or extra or "",
                keys.index(name) + 1 if name in keys else 0,
                _collation(kind, collation or ""),
            )
            for name, kind, collation, null, key, default, extra, *_ in rows
        )

    def indexed(self, session: SqlSession, table: str, column: str) -> bool:
        # Naming the key as well would turn the index off: engine-facts.md#order-by-the-key-only
        rows = session.rows(f"SHOW INDEX FROM {self.quote(table)}")
        return any(row[2] != "PRIMARY" and row[3] == 1 and row[4] == column for row in rows)

    def ddl(self, session: SqlSession, table: str, revision: str | None) -> str:
        at, values = (" AS OF %s", (revision,)) if revision else ("", ())
        row = session.first(f"SHOW CREATE TABLE {self.quote(table)}{at}", *values)
        if row is None:
            raise TableNotFound(f"There is no table {table}.")
        return str(row[1])

    # merging

    def merge_conflicts(
        self, session: SqlSession, target: str, source: str, head: str, tip: str
    ) -> tuple[tuple[ConflictCount, ...], tuple[Violation, ...] | None]:
        rows = session.rows(
            "SELECT `table`, num_data_conflicts, num_schema_conflicts"
            " FROM dolt_preview_merge_conflicts_summary(%s, %s)",
            target,
            source,
        )
        return tuple(ConflictCount(table, int(data or 0), int(schema or 0)) for table, data, schema in rows), None

    def merge_arguments(self, tip: str, kind: MergeKind, message: str) -> tuple[str, ...]:
        return {
            MergeKind.FAST_FORWARD: ("--ff-only", tip),
            MergeKind.COMMIT: ("--no-ff", "-m", message, tip),
            MergeKind.SQUASH: ("--squash", "--no-commit", tip),  # --squash alone commits, unless it is a fast-forward
        }[kind]

    def merge(self, session: SqlSession, tip: str, kind: MergeKind, message: str) -> MergeResult:
        answer = session.call("dolt_merge", *self.merge_arguments(tip, kind, message))
        hash_, fast_forward, conflicts, text = answer
        if conflicts:
            raise conflict_error(self, session)
        if kind is MergeKind.SQUASH:
            return MergeResult(None, False, text or "")
        return MergeResult(hash_ or None, bool(fast_forward), text or "")

    def keep_conflicts(self, session: SqlSession, *, broken: bool = False) -> None:
        session.execute("SET @@dolt_allow_commit_conflicts = 1")
        if broken:  # engine-facts.md#rebase-violations
            session.execute("SET @@dolt_force_transaction_commit = 1")

    def apply(self, session: SqlSession, procedure: str, hash_: str) -> str:
        made, *conflicts = session.call(procedure, hash_)
        if any(conflicts):
            raise conflict_error(self, session)
        return str(made)


def _collation(kind: str, told: str) -> str:
    """The collation of a column of this type: Dolt tells another one. engine-facts.md#collations-told"""
    _, found, name = kind.rpartition(" COLLATE ")
    return name if found and name.isidentifier() else told
