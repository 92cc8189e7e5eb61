"""DoltLite, the embedded engine, spoken to through the driver of `dolt_tui.engine.backends.embedded`."""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..core.constraint_violations import conflict_error
from ..core.ddl import STORED, VIRTUAL
from ..core.dialect import Dialect
from ..core.sql_session import SqlSession
from ..errors import AlreadyExists, Busy, Conflicts, EngineError, NotFastForward, TableNotFound
from ..errors.translation import translate
from ..model import (
    STAGED,
    WORKING,
    AheadBehind,
    Author,
    ColumnInfo,
    Commit,
    ConflictCount,
    LogFilter,
    LogPage,
    MergeKind,
    MergeResult,
    Table,
    Violation,
)
from .traits import DOLTLITE

_AUTHOR = "committer || ' <' || email || '>'"
_GENERATED = {2: VIRTUAL, 3: STORED}
"""What ``hidden`` says of a column."""
_SKIP = "+"
"""Marks an offset in a frontier: this engine's log takes one revision only, and pages by skipping."""


def _locked(path: Path) -> int | None:
    """A descriptor of the file, made where it is missing, that holds its lock; None while another one holds it."""
    try:
        file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    except PermissionError as error:
        if path.exists():  # another user's
            return None
        raise EngineError(
            f"No lock can be made in {path.parent}: {error.strerror}.",
            "The lock between programs is a file next to the database: let your user write there.",
        ) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(file).st_ino == os.stat(path).st_ino:
            return file
    except (BlockingIOError, FileNotFoundError):
        pass  # held by another one, or just removed by the one that held it
    except BaseException:
        os.close(file)
        raise
    os.close(file)
    return None


class DoltLiteDialect(Dialect):
    """What is DoltLite's own."""

    traits = DOLTLITE
    placeholder = "?"
    begin = "BEGIN"
    # Procedures are functions here: a condition that somebody typed could call one.
    # engine-facts.md#doltlite-functions
    reading = MappingProxyType({"read_only": True})

    @property
    def unavailable(self) -> tuple[tuple[str, str], ...]:
        return (
            ("stash", "DoltLite has no stash"),
            ("reflog", "DoltLite has no reflog"),
            ("upstream", "DoltLite does not track upstream branches"),
        )

    def diff(self, table: str) -> str:
        return f"{self.quote('dolt_diff_' + table)}(?, ?)"

    def diff_values(self, old: str, new: str, table: str) -> tuple[str, ...]:
        return (old, new)

    def row_numbers(
        self, session: SqlSession, old: tuple[str, str], new: tuple[str, str]
    ) -> tuple[int | None, int | None]:
        one, other = self.known(session, old[1], new[1])
        row = session.first("SELECT old_row_count, new_row_count FROM dolt_diff_stat(?, ?, ?)", one, other, new[0])
        return (row[0], row[1]) if row is not None and any(row) else (None, None)

    def place(self, branch: str, revision: str | None) -> tuple[str, str | None]:
        return revision or branch, None  # "AS OF" is a syntax error here; ``path@revision`` shows all of a revision

    def alive(self, connection: Any) -> bool:
        return True

    def is_gone(self, session: SqlSession) -> bool:
        try:
            found = session.raw.execute(
                "SELECT active_branch() IS NULL OR EXISTS (SELECT 1 FROM dolt_branches WHERE name = active_branch())"
            ).fetchone()
        except Exception:
            return False
        return found is not None and not found[0]

    def known(self, session: SqlSession, *revisions: str) -> tuple[str, ...]:
        if WORKING not in revisions:
            return revisions
        try:
            session.raw.execute("SELECT dolt_hashof_db('WORKING')").fetchone()
        except Exception:  # a new branch has no working set before something is written to it
            return tuple(STAGED if revision == WORKING else revision for revision in revisions)
        return revisions

    def on_connect(self, connection: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("SELECT doltlite_engine()")
        engine: Sequence[Any] | None = cursor.fetchone()
        if engine is None or engine[0] != "prolly":
            raise EngineError("The file is not a DoltLite database.")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    def set_author(self, session: SqlSession, author: Author | None) -> None:
        if author is not None:
            session.rows("SELECT dolt_config('user.name', ?), dolt_config('user.email', ?)", author.name, author.email)

    def commit(self, session: SqlSession) -> None:
        if session.raw.in_transaction:
            session.execute("COMMIT")

    def rollback(self, session: SqlSession) -> None:
        if session.raw.in_transaction:
            try:
                session.end("ROLLBACK")
            finally:
                if session.raw.in_transaction:
                    session.connection.invalidate()  # never give an open transaction back to the pool

    @contextmanager
    def alone(self, session: SqlSession, what: str, seconds: float) -> Iterator[None]:
        # The engine has no such locks; one on the database's own file would end its locks. The lock's file is beside
        # the database's, which every program finds: directories for temporary files may differ between programs.
        file = Path(str(session.connection.engine.url.database).removesuffix(f"@{session.revision}"))
        path = file.with_name(f".dolt-tui-{hashlib.blake2b(what.encode(), digest_size=16).hexdigest()}.lock")
        deadline = time.monotonic() + seconds
        while (lock := _locked(path)) is None:
            if time.monotonic() > deadline:
                raise Busy(
                    "Another program is taking a snapshot of this branch.",
                    f"Wait until it is done. If there is none, remove {path}: it was left behind.",
                )
            time.sleep(0.01)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)  # nothing is left behind; while it is locked nobody else takes it for theirs
            os.close(lock)

    def canceller(
        self, session: SqlSession, elsewhere: Callable[[str], None], *, may_shut: bool = True
    ) -> Callable[[], None]:
        interrupt: Callable[[], None] = session.raw.interrupt
        return interrupt

    def display(self, column: str, type_code: object) -> str:
        return column

    def differ(self, one: str, other: str, *, text: bool) -> str:
        return f"{one} IS NOT {other}"

    # history

    def log_page(self, session: SqlSession, frontier: tuple[str, ...], size: int, without: str = "") -> LogPage:
        if not frontier:
            return LogPage((), ())
        start, skip = frontier[0], 0
        if len(frontier) == 2 and frontier[1].startswith(_SKIP):
            skip = int(frontier[1][1:])
        commits = self._commits(session, f"{without}..{start}" if without else start, size + 1, skip)
        more = len(commits) > size
        return LogPage(commits[:size], (start, f"{_SKIP}{skip + size}") if more else ())

    def _commits(
        self,
        session: SqlSession,
        revision: str,
        size: int,
        skip: int = 0,
        where: str = "",
        values: Sequence[object] = (),
    ) -> tuple[Commit, ...]:
        rows = session.rows(
            f"SELECT commit_hash, committer, email, date, message FROM dolt_log(?){where} LIMIT ? OFFSET ?",
            revision,
            *values,
            size,
            skip,
        )
        parents: dict[str, list[str]] = {}
        if rows:
            edges = session.rows(
                "SELECT commit_hash, parent_hash FROM dolt_commit_ancestors"
                f" WHERE commit_hash IN ({self.placeholders(len(rows))}) ORDER BY parent_index",
                *(row[0] for row in rows),
            )
            for child, parent in edges:
                if parent:
                    parents.setdefault(child, []).append(parent)
        return tuple(
            Commit(hash_, author or "", email or "", self.time(date), message or "", tuple(parents.get(hash_, ())))
            for hash_, author, email, date, message in rows
        )

    def search(self, session: SqlSession, start: str, filter_: LogFilter, size: int, skip: int) -> tuple[Commit, ...]:
        # Only ASCII letters are the same in upper and lower case here: engine-facts.md#doltlite-case
        where, values = self._filtered(filter_, _AUTHOR)
        return self._commits(session, start, size, skip, where, values)

    def marked_commits(
        self, session: SqlSession, start: str, filter_: LogFilter, text: str, size: int, skip: int
    ) -> list[tuple[str, bool]]:
        (condition, bound), (where, values) = self._has(text, _AUTHOR), self._filtered(filter_, _AUTHOR)
        return session.rows(
            f"SELECT commit_hash, {condition} FROM dolt_log(?){where} LIMIT ? OFFSET ?",
            *bound,
            start,
            *values,
            size,
            skip,
        )

    def linear(self, session: SqlSession) -> bool:
        return session.first("SELECT 1 FROM dolt_commit_ancestors WHERE parent_index > 0 LIMIT 1") is None

    def commits(self, session: SqlSession, hashes: Sequence[str]) -> list[Commit]:
        if not hashes:
            return []
        rows = session.rows(  # the plus keeps the order of the log
            "SELECT commit_hash, committer, email, date, message FROM dolt_log"
            f" WHERE +commit_hash IN ({self.placeholders(len(hashes))})",
            *hashes,
        )
        return [Commit(row[0], row[1] or "", row[2] or "", self.time(row[3]), row[4] or "", ()) for row in rows]

    def ahead_behind(self, session: SqlSession, base: str, names: Sequence[str]) -> dict[str, AheadBehind]:
        result = {}
        for name in names:
            behind, ahead = self.distance(session, base, name)
            result[name] = AheadBehind(ahead, behind)
        return result

    def unmerged(self, session: SqlSession, hash_: str, others: Sequence[str]) -> int:
        own: set[str] | None = None
        for other in others:
            found = {row[0] for row in session.rows("SELECT commit_hash FROM dolt_log(?)", f"{other}..{hash_}")}
            own = found if own is None else own & found
            if not own:
                return 0
        if own is None:
            return int(session.scalar("SELECT count(*) FROM dolt_log(?)", hash_))
        return len(own)

    def range(self, session: SqlSession, base: str, other: str, size: int) -> tuple[Commit, ...]:
        return self._commits(session, f"{base}..{other}", size)

    # remotes

    def name_remote(self, name: str) -> tuple[str, ...]:
        return (name,)

    def push_options(self, *, force: bool = False, track: bool = False) -> tuple[str, ...]:
        return ("--force",) if force else ()

    def check_tag_to_push(self, session: SqlSession, tag: str) -> None:
        if session.scalar("SELECT count(*) FROM dolt_branches WHERE name = ?", tag):
            raise EngineError(f"There is also a branch {tag}, and DoltLite would push that.")

    def clone_arguments(self, url: str, name: str) -> tuple[str, ...]:
        return (url,)

    def clone(self, session: SqlSession, url: str, name: str, beside: str) -> None:
        from .embedded import driver

        path = Path(beside).with_name(name)
        if path.exists():
            raise AlreadyExists(f"There is already a file {name}.")
        whole = False
        try:
            with closing(driver.connect(path, create=True)) as connection:
                connection.execute("SELECT dolt_clone(?)", self.clone_arguments(url, name)).fetchall()
            whole = True
        except driver.Error as error:
            raise translate(error) from error
        finally:
            if not whole:
                path.unlink(missing_ok=True)
                path.with_name(f".{name}-lock").unlink(missing_ok=True)

    # tables

    def tables(self, session: SqlSession) -> tuple[Table, ...]:
        rows = session.rows(
            "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')"
            " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
        )
        return tuple(Table(name, kind == "view") for name, kind in rows)

    def columns(self, session: SqlSession, table: str, revision: str | None) -> tuple[ColumnInfo, ...]:
        # A revision is connected to (``path@revision``), so the session decides what is seen here.
        rows = session.rows('SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?)', table)
        return tuple(
            ColumnInfo(name, kind, not notnull and not pk, bool(pk), default, _GENERATED.get(hidden, ""), pk)
            for name, kind, notnull, default, pk, hidden in rows
            if hidden != 1
        )

    def ddl(self, session: SqlSession, table: str, revision: str | None) -> str:
        rows = session.rows(
            "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type <> 'table', name", table
        )
        if not rows:
            raise TableNotFound(f"There is no table {table}.")
        return ";\n".join(str(row[0]) for row in rows)

    # merging

    def merge_conflicts(
        self, session: SqlSession, target: str, source: str, head: str, tip: str
    ) -> tuple[tuple[ConflictCount, ...], tuple[Violation, ...] | None]:
        # There is no preview: merge in a transaction, and roll it back. It holds the write lock until then.
        # engine-facts.md#doltlite-merge-preview
        session.execute("BEGIN")
        try:
            # Without --no-commit it would commit, and end the transaction, where nothing conflicts.
            # engine-facts.md#doltlite-merge-preview
            session.call("dolt_merge", "--no-ff", "--no-commit", tip)
        except EngineError as error:
            found = conflict_error(self, session) if session.raw.in_transaction else None
            if found is None or not (found.tables or found.violations):
                raise error
            schema = {name for (name,) in session.rows("SELECT table_name FROM dolt_schema_conflicts")}
            counts = [ConflictCount(name, rows - (name in schema), int(name in schema)) for name, rows in found.tables]
            return tuple(counts), found.violations
        finally:
            self.rollback(session)
        return (), ()

    def merge_arguments(self, tip: str, kind: MergeKind, message: str) -> tuple[str, ...]:
        return {
            MergeKind.FAST_FORWARD: (tip,),
            MergeKind.COMMIT: ("--no-ff", "-m", message, tip),
            MergeKind.SQUASH: ("--squash", "--no-commit", tip),
        }[kind]

    def merge(self, session: SqlSession, tip: str, kind: MergeKind, message: str) -> MergeResult:
        head = str(session.scalar("SELECT dolt_hashof('HEAD')"))
        base = str(session.scalar("SELECT dolt_merge_base(?, ?)", head, tip) or "")
        if base == tip:
            return MergeResult(None, False, "Everything up-to-date")
        if kind is MergeKind.FAST_FORWARD and base != head:
            raise NotFastForward("A fast-forward is not possible: this branch has commits that the other one lacks.")
        try:
            answer = session.call("dolt_merge", *self.merge_arguments(tip, kind, message))[0]
        except EngineError as error:
            found = conflict_error(self, session) if session.raw.in_transaction else Conflicts("")
            if found.tables or found.violations:
                raise found from error
            raise
        if kind is MergeKind.SQUASH:
            return MergeResult(None, False, "merge successful")
        return MergeResult(str(answer), kind is MergeKind.FAST_FORWARD, "merge successful")

    def before_abort(self, session: SqlSession) -> None:
        self.rollback(session)  # conflicts in an open transaction forbid everything else

    def apply(self, session: SqlSession, procedure: str, hash_: str) -> str:
        try:
            return str(session.call(procedure, hash_)[0])
        except EngineError as error:
            found = conflict_error(self, session) if session.raw.in_transaction else Conflicts("")
            if found.tables or found.violations:
                raise found from error
            raise
