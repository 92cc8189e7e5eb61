"""Making and amending commits, and resetting a branch to one."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from ..core.compare_and_write import look, run
from ..core.connections import Connections, Session
from ..core.revisions import resolve
from ..core.soft_reset import soft_reset
from ..core.validation import compose
from ..errors import InvalidCommit
from ..model import AmendPreview, Author, Call, Expected, ResetKind, ResetPreview, Status
from .log import History
from .published import published
from .refs import refuse_while_merging
from .working_set import WorkingSet


class Commits:
    """Commits and resets on a branch."""

    def __init__(self, db: Connections, history: History, working: WorkingSet) -> None:
        self._db = db
        self._history = history
        self._working = working

    def commit(
        self,
        branch: str,
        summary: str,
        body: str = "",
        author: Author | None = None,
        date: dt.datetime | None = None,
        *,
        allow_empty: bool = False,
    ) -> str:
        """Commit what is staged; returns the new commit's hash.

        Without ``author`` it is the configured one, else the connection's user; without ``date`` it is now.
        Raises `InvalidCommit` (an empty message, an author without name or email), and `NothingToCommit` unless
        ``allow_empty``.
        """
        arguments = self._arguments(summary, body, author or self._db.author, author, date)
        if allow_empty:
            arguments.append("--allow-empty")
        row = self._db.write(branch, lambda session: session.call("dolt_commit", *arguments), "commit", retry=True)
        return str(row[0])

    def amend(
        self,
        branch: str,
        replaces: str,
        summary: str,
        body: str = "",
        author: Author | None = None,
        date: dt.datetime | None = None,
    ) -> str:
        """Put the message and what is staged into the last commit; returns the hash of what replaces it.

        ``replaces`` is the hash of the commit that is meant: where another one was made since, nothing is done.
        Without ``author`` the commit keeps its own. Raises `InvalidCommit`, `MergeInProgress`, `ChangedMeanwhile`.
        """
        before = self._history.commit(branch, replaces)
        if author is None and before.author.strip() and before.email.strip():
            author = Author(before.author, before.email)
        arguments = self._arguments(summary, body, author or self._db.author, author, date)
        amend = self._db.procedure("dolt_commit", "--amend", *arguments)

        def work(session: Session) -> str:
            refuse_while_merging(session)
            return str(run(session, [Expected(branch, replaces)], amend)[0])

        return self._db.write(branch, work, "amend", retry=True)

    @staticmethod
    def _arguments(
        summary: str, body: str, who: Author | None, given: Author | None, date: dt.datetime | None
    ) -> list[str]:
        if who is not None and not (who.name.strip() and who.email.strip()):
            raise InvalidCommit("The author needs a name and an email address.")
        arguments = ["-m", compose(summary, body)]
        if given is not None:
            arguments += ["--author", str(given)]
        if date is not None:
            arguments += ["--date", date.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")]
        return arguments

    def preview_amend(self, branch: str, *, counts: bool = True) -> AmendPreview:
        """The last commit, what it changed, and which remote branches have it. Reading only."""
        detail = self._history.detail(branch, "HEAD", counts=counts)
        return AmendPreview(detail.commit, detail.changes, self.published(branch, detail.commit.hash))

    def published(self, branch: str, hash_: str) -> tuple[str, ...]:
        """The remote branches that have a commit, such as ``origin/main``; as they were last fetched."""
        with self._db.read(branch, "remote branches") as session:
            return published(session, hash_)

    def recent_messages(self, branch: str, size: int = 30) -> tuple[str, ...]:
        """The messages of the last commits, the newest first, each once."""
        commits = self._history.page(branch, [self._history.commit(branch, "HEAD").hash], size).commits
        return tuple(dict.fromkeys(commit.message.strip() for commit in commits if commit.message.strip()))

    def preview_reset(self, branch: str, ref: str, *, counts: bool = True) -> ResetPreview:
        """What a reset of ``branch`` to ``ref`` would do. Reading only."""
        commit = self._history.commit(branch, ref)
        with self._db.read(branch, "reset preview") as session:
            seen = look(session)  # before all else: what changes from here on is found when the reset is done
            head = seen.hash
            gained, lost = session.dialect.distance(session, commit.hash, head)
        uncommitted = self._working.uncommitted(branch, counts=counts)
        status = self._working.status(branch)
        untracked = {change.table for change in status.unstaged if change.status is Status.NEW}
        return ResetPreview(
            branch,
            commit,
            lost,
            gained,
            tuple(change for change in uncommitted if change.table not in untracked),
            tuple(sorted(untracked)),
            seen,
        )

    def reset(self, branch: str, ref: str, kind: ResetKind, expected: Expected | None = None) -> None:
        """Set the branch to ``ref``: soft keeps staged and working set, mixed the working set, hard neither.

        Untracked tables survive a hard reset. ``expected`` is what `preview_reset` saw. Raises `RefNotFound`,
        `StagedTwice`, and `ChangedMeanwhile` where the commit, or what would be lost, is not what was seen.
        """
        if expected is not None and kind is not ResetKind.HARD:  # what is not lost may be something else by now
            expected = replace(expected, working="", staged=expected.staged if kind is ResetKind.MIXED else "")

        def work(session: Session) -> None:
            hash_ = resolve(session, ref)
            if kind is ResetKind.SOFT:
                soft_reset(session, hash_, expected)
            else:
                (reset,) = self.reset_calls(hash_, kind)
                run(session, [expected], reset)

        self._db.write(branch, work, f"reset --{kind}")

    def reset_calls(self, hash_: str, kind: ResetKind) -> tuple[Call, ...]:
        """What `reset` runs to get to a commit."""
        options = [] if kind is ResetKind.MIXED else [f"--{kind}"]
        return (self._db.procedure("dolt_reset", *options, hash_),)
