"""The commit log: pages by ancestry, single commits, and what they changed."""

from __future__ import annotations

from collections.abc import Sequence

from .changes import summarise
from .connections import Connections
from .errors import RefNotFound
from .model import Commit, CommitDetail, Comparison, LogPage
from .refs import resolve


class History:
    """Questions about commits. ``branch`` is the branch one stands on."""

    def __init__(self, db: Connections) -> None:
        self._db = db

    def page(self, branch: str, frontier: Sequence[str], size: int) -> LogPage:
        """``size`` commits from the given revisions on; pass a page's own ``frontier`` to get the next.

        Start with the hash of a branch's HEAD, so that a commit made meanwhile does not shift the pages.
        The cost is that of the page, at any depth, on Dolt (reference: scale.md 2.1).
        """
        with self._db.read(branch, "log") as session:
            return session.dialect.log_page(session, tuple(frontier), size)

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

    def detail(self, branch: str, hash_: str, *, counts: bool = False) -> CommitDetail:
        """A commit with the tables that it changed against its first parent; with ``counts`` their rows too."""
        commit = self.commit(branch, hash_)
        if not commit.parents:
            return CommitDetail(commit, ())
        with self._db.read(branch, "commit's tables") as session:
            changes = summarise(session, commit.parents[0], commit.hash, counts=counts)
        return CommitDetail(commit, changes)

    def compare(self, branch: str, base: str, other: str, *, size: int = 100, counts: bool = False) -> Comparison:
        """What ``other`` has and lacks against ``base``: both hashes or names of commits."""
        with self._db.read(branch, "compare") as session:
            dialect = session.dialect
            merge_base = str(session.scalar(f"SELECT dolt_merge_base({dialect.marks(2)})", base, other) or "")
            ours, theirs = dialect.distance(session, base, other)
            commits = dialect.range(session, base, other, size) if theirs else ()
            changes = summarise(session, merge_base, other, counts=counts) if merge_base and theirs else ()
        return Comparison(base, other, merge_base, ours, theirs, commits, changes)
