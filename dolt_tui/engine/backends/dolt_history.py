"""How commits are read from Dolt: pages of the log, searches, and how branches are related."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.capabilities import Feature
from ..core.dialect import Dialect
from ..core.sql_session import SqlSession
from ..model import AheadBehind, Commit, LogFilter, LogPage


class DoltHistory(Dialect):
    """The part of Dolt's dialect that is about commits."""

    @property
    def _author(self) -> str:
        """The columns of a commit's author: name and email. Before Dolt 2.0 a commit has a committer only."""
        return "author, author_email" if self.capabilities.has(Feature.AUTHORS) else "committer, email"

    @property
    def _signature(self) -> str:
        """The expression of a commit's author as ``name <email>``."""
        name, email = self._author.split(", ")
        return f"concat({name}, ' <', {email}, '>')"

    def _commits(
        self,
        session: SqlSession,
        arguments: Sequence[str],
        size: int,
        where: str = "",
        values: Sequence[object] = (),
        skip: int = 0,
    ) -> tuple[Commit, ...]:
        rows = session.rows(
            f"SELECT commit_hash, {self._author}, date, message, parents"
            f" FROM dolt_log({self.placeholders(len(arguments) + 3)}){where} LIMIT %s OFFSET %s",
            *arguments,
            "--parents",
            "--decorate",
            "no",
            *values,
            size,
            skip,
        )
        return tuple(
            Commit(
                hash_,
                author or "",
                email or "",
                self.time(date),
                message or "",
                tuple((parents or "").split(", ")) if parents else (),
            )
            for hash_, author, email, date, message, parents in rows
        )

    def log_page(self, session: SqlSession, frontier: tuple[str, ...], size: int, without: str = "") -> LogPage:
        if not frontier:
            return LogPage((), ())
        commits = self._commits(session, [*frontier, f"^{without}"] if without else frontier, size)
        shown = {commit.hash for commit in commits}
        rest = [revision for revision in frontier if revision not in shown and len(commits) == size]
        if commits and len(frontier) == 1:
            rest = []  # the start may be a branch's name: its commit is the first one
        for commit in commits:
            rest += [parent for parent in commit.parents if parent not in shown]
        return LogPage(commits, tuple(dict.fromkeys(rest)))

    def lists(self, table: str) -> bool:
        # A list of names, which has no quotes; an empty one makes the server panic: engine-facts.md#empty-list-options
        return "," not in table and not table.startswith("-") and table == table.strip() != ""

    def search(self, session: SqlSession, start: str, filter_: LogFilter, size: int, skip: int) -> tuple[Commit, ...]:
        where, values = self._filtered(filter_, self._signature)
        return self._commits(session, self._from(start, filter_), size, where, values, skip)

    def _from(self, start: str, filter_: LogFilter) -> list[str]:
        tables = ["--tables", filter_.table] if filter_.table and self.lists(filter_.table) else []
        return [start, *tables]

    def marked_commits(
        self, session: SqlSession, start: str, filter_: LogFilter, text: str, size: int, skip: int
    ) -> list[tuple[str, bool]]:
        arguments = [*self._from(start, filter_), "--decorate", "no"]
        (condition, bound), (where, values) = self._has(text, self._signature), self._filtered(filter_, self._signature)
        return session.rows(
            f"SELECT commit_hash, {condition} FROM dolt_log({self.placeholders(len(arguments))}){where}"
            " LIMIT %s OFFSET %s",
            *bound,
            *arguments,
            *values,
            size,
            skip,
        )

    def linear(self, session: SqlSession) -> bool:
        return session.first("SELECT commit_hash FROM dolt_log('--merges') LIMIT 1") is None

    def unseen(self, session: SqlSession) -> list[tuple[str, str]]:
        # Where several commits have the same parent, Dolt 2.2 compares only one of them with it.
        # engine-facts.md#siblings-are-left-out
        log = {row[0] for row in session.rows("SELECT commit_hash FROM dolt_log")}
        children: dict[str, list[str]] = {}
        for child, parent in session.rows("SELECT commit_hash, parent_hash FROM dolt_commit_ancestors"):
            if child in log and parent:
                children.setdefault(parent, []).append(child)
        return [(parent, child) for parent, found in children.items() if len(found) > 1 for child in found]

    def commits(self, session: SqlSession, hashes: Sequence[str]) -> list[Commit]:
        if not hashes:
            return []
        rows = session.rows(
            f"SELECT commit_hash, {self._author}, date, message FROM dolt_log"
            f" WHERE commit_hash IN ({self.placeholders(len(hashes))}) ORDER BY commit_order DESC, date DESC",
            *hashes,
        )
        return [Commit(row[0], row[1] or "", row[2] or "", self.time(row[3]), row[4] or "", ()) for row in rows]

    def ahead_behind(self, session: SqlSession, base: str, names: Sequence[str]) -> dict[str, AheadBehind]:
        if not self.capabilities.has(Feature.AHEAD_BEHIND):
            return {name: AheadBehind(*self.distance(session, name, base)) for name in names}
        rows = session.rows(
            "SELECT branch, commits_ahead, commits_behind"
            f" FROM dolt_branch_status({self.placeholders(len(names) + 1)})",
            base,
            *names,
        )
        return {name: AheadBehind(int(ahead), int(behind)) for name, ahead, behind in rows}

    def unmerged(self, session: SqlSession, hash_: str, others: Sequence[str]) -> int:
        arguments = [hash_, *(f"^{other}" for other in others)]
        return int(session.scalar(f"SELECT count(*) FROM dolt_log({self.placeholders(len(arguments))})", *arguments))

    def range(self, session: SqlSession, base: str, other: str, size: int) -> tuple[Commit, ...]:
        return self._commits(session, [f"{base}..{other}"], size)
