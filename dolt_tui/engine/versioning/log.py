"""The commit log: pages by ancestry, single commits, and what they changed."""

from __future__ import annotations

from collections.abc import Sequence

from ..browsing.diff_counts import changes_between
from ..browsing.row_history import blame, row_history
from ..browsing.table_definitions import Definitions
from ..browsing.text_search import scan
from ..core.connections import Connections, Session
from ..core.revisions import resolve
from ..core.validation import is_hash
from ..errors import NothingShared, RefNotFound
from ..model import (
    HEAD,
    WORKING,
    BlameRow,
    ColumnInfo,
    Commit,
    CommitDetail,
    Comparison,
    FoundCommit,
    LogFilter,
    LogPage,
    RowHistory,
    Value,
)


class History:
    """Questions about commits. ``branch`` is the current branch."""

    def __init__(self, db: Connections) -> None:
        self._db = db
        self._definitions = Definitions(db)

    def page(self, branch: str, frontier: Sequence[str], size: int, *, without: str = "") -> LogPage:
        """``size`` commits from the given revisions on; pass a page's own ``frontier`` to get the next.

        ``without``, a hash, leaves out what that commit has too (``without..frontier``).
        Start with the hash of a branch's HEAD, so that a commit made since does not shift the pages.
        The cost is that of the page, at any depth, on Dolt.
        """
        with self._db.read(branch, "log") as session:
            return session.dialect.log_page(session, tuple(frontier), size, without)

    def count(self, branch: str) -> int:
        """How many commits the branch has."""
        with self._db.read(branch, "number of commits") as session:
            return int(session.scalar("SELECT count(*) FROM dolt_log"))

    def commit(self, branch: str, ref: str) -> Commit:
        """The commit that ``ref`` names. Raises `RefNotFound`."""
        with self._db.read(branch, "commit") as session:
            commits = session.dialect.log_page(session, (resolve(session, ref),), 1).commits
        if not commits:
            raise RefNotFound(f"There is no commit {ref}.")
        return commits[0]

    def search(
        self,
        branch: str,
        start: str,
        filter: LogFilter,  # noqa: A002
        size: int,
        skip: int = 0,
    ) -> tuple[tuple[Commit, ...], bool]:
        """``size`` commits reachable from ``start`` that the filter lets through, and whether more follow.

        Newest first; the next page skips those already read. ``start`` should be a hash, so that a commit made
        since does not shift the pages. On DoltLite only ASCII letters match in upper and lower case.
        The cost grows with the commits looked at until the page is full: 2 to 5 µs each.
        Raises `RefNotFound`.
        """
        where, start = self._search_from(branch, start, filter)
        with self._db.read(where, "log") as session:
            commits = session.dialect.search(session, start, filter, size + 1, skip)
        return commits[:size], len(commits) > size

    def find(
        self,
        branch: str,
        start: str,
        text: str,
        *,
        after: int = 0,
        before: int | None = None,
        filter: LogFilter | None = None,  # noqa: A002
    ) -> FoundCommit | None:
        """The first commit whose hash, author (``name <email>``) or message contains ``text``, in upper or lower case;
        None where there is none.

        Of those that are reachable from ``start``, and that the filter lets through, in the order of the log: the
        first ``after`` so many of them, or the last one ``before`` the one that so many precede (-1: the last one of
        all). Give ``found.before + 1`` as ``after`` for the next one, ``found.before`` as ``before`` for the one
        before. The cost grows with the commits before it: 5 µs each. Raises `RefNotFound`.
        """
        wanted = filter or LogFilter()
        where, start = self._search_from(branch, start, wanted)
        hashes: dict[int, str] = {}
        with self._db.read(where, "search") as session:

            def marked(size: int, skip: int) -> list[bool]:
                rows = session.dialect.marked_commits(session, start, wanted, text, size, skip)
                hashes.clear()
                hashes.update((skip + place, row[0]) for place, row in enumerate(rows))
                return [bool(row[1]) for row in rows]

            if before is None:
                at = scan(marked, start=after)
            else:
                at = scan(marked, stop=self._length(session, start, wanted) if before < 0 else before)
        return None if at is None else FoundCommit(hashes[at], at)

    @staticmethod
    def _length(session: Session, start: str, filter_: LogFilter) -> int:
        """How many commits a search would give."""
        length, size = 0, 100_000
        while True:
            found = len(session.dialect.marked_commits(session, start, filter_, "", size, length))
            length += found
            if found < size:
                return length

    def _search_from(self, branch: str, start: str, filter_: LogFilter) -> tuple[str, str]:
        """The revision to connect to for a search, and where it starts: some filters only work from there."""
        if filter_.table and not self._db.dialect.lists(filter_.table):
            with self._db.read(branch, "resolve") as session:
                where = resolve(session, start)
            return where, where
        return branch, start

    def row(self, branch: str, table: str, key: Sequence[Value], size: int, skip: int = 0) -> RowHistory:
        """The changes of one row by its primary key, newest first, each with the values that ``AS OF`` tells.

        An uncommitted change comes first. The history continues where the table had another name, or its key another
        name or type; where the key had other columns it ends, and says so.
        The cost grows with the commits that changed the table until the page is full, 40 µs each, and with all of
        them where the row was removed; each version costs 1 ms the first time. It does not grow with the table on
        Dolt, on DoltLite with all changed rows. After a merge a change is told against each parent, as by the engine.
        Raises `TableNotFound`, `EngineError` for a table without a primary key and for a key that does not fit it.
        """
        return row_history(self._db, self._definitions, branch, table, key, size, skip)

    def blame(
        self, branch: str, table: str, size: int, after: Sequence[Value] | None = None
    ) -> tuple[tuple[BlameRow, ...], tuple[ColumnInfo, ...], bool]:
        """``size`` rows of the last commit with who changed them last, after the key given; the key's columns; more.

        In the order of the primary key. On Dolt a page costs as much as its rows have versions since the oldest of
        them was last changed (70 µs each), and 40 µs for each commit that changed the table; on DoltLite each page
        costs what the whole table does. Ask in the background, and not without being asked for.
        What came by a merge is attributed to the merge, as by the engine.
        Raises `TableNotFound`, `EngineError` for a table without a primary key.
        """
        with self._db.read(branch, "resolve") as session:
            head = resolve(session, HEAD)
        # Standing on the branch, Dolt leaves out rows with uncommitted changes: engine-facts.md#blame-is-expensive
        return blame(self._db, self._definitions, head, table, size, after)

    def detail(self, branch: str, hash_: str, *, counts: bool = False) -> CommitDetail:
        """A commit with the tables that it changed against its first parent; with ``counts`` their rows too."""
        commit = self.commit(branch, hash_)
        if not commit.parents:
            return CommitDetail(commit, ())
        with self._db.read(branch, "commit's tables") as session:
            changes = changes_between(session, commit.parents[0], commit.hash, counts=counts)
        return CommitDetail(commit, changes)

    def compare(
        self, branch: str, base: str, other: str, *, size: int = 100, counts: bool = False, direct: bool = False
    ) -> Comparison:
        """What ``other`` has and lacks against ``base``: hashes or names of commits; ``other`` may be `WORKING`.

        Its changes are those since the two diverged (three-dot), with ``direct`` all that differs between the two.
        ``merge_base`` is empty, and so are the changes since then, where they have nothing in common. The cost grows
        with the commits between them, and with ``counts`` with the rows that differ. Raises `RefNotFound`.
        """
        where: str | None = branch
        if is_hash(branch):  # where Dolt finds no merge base, and which is its own working set
            where, other = None, branch if other == WORKING else other
        with self._db.read(where, "compare") as session:
            dialect = session.dialect
            tip = resolve(session, HEAD) if other == WORKING else other
            try:
                merge_base = str(session.scalar(f"SELECT dolt_merge_base({dialect.placeholders(2)})", base, tip) or "")
            except NothingShared:
                merge_base = ""
            ours, theirs = dialect.distance(session, base, tip)
            commits = dialect.range(session, base, tip, size) if theirs else ()
            old = base if direct else merge_base
            changes = (
                changes_between(session, old, other, counts=counts)
                if old and (theirs or direct or other != tip)
                else ()
            )
        return Comparison(base, other, merge_base, ours, theirs, commits, changes, old)
