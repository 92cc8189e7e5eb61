"""Making commits, and resetting a branch to one."""

from __future__ import annotations

from .changes import WorkingSet
from .connections import Connections, Session
from .errors import InvalidCommit
from .history import History
from .inputs import compose
from .model import Author, ResetKind, ResetPreview, Status
from .refs import resolve


class Commits:
    """Commits and resets on a branch."""

    def __init__(self, db: Connections, history: History, working: WorkingSet) -> None:
        self._db = db
        self._history = history
        self._working = working

    def commit(self, branch: str, summary: str, body: str = "", author: Author | None = None) -> str:
        """Commit what is staged; answers the new commit's hash.

        Without ``author`` it is the configured one, else the connection's user.
        Raises `InvalidCommit` (an empty message, an author without name or email), `NothingToCommit`.
        """
        message = compose(summary, body)
        who = author or self._db.author
        if who is not None and not (who.name.strip() and who.email.strip()):
            raise InvalidCommit("The author needs a name and an email address.")
        arguments = ["-m", message]
        if author is not None:
            arguments += ["--author", str(author)]
        row = self._db.write(branch, lambda session: session.call("dolt_commit", *arguments), "commit")
        return str(row[0])

    def preview_reset(self, branch: str, ref: str, *, counts: bool = True) -> ResetPreview:
        """What a reset of ``branch`` to ``ref`` would do. Reading only."""
        commit = self._history.commit(branch, ref)
        with self._db.read(branch, "reset preview") as session:
            head = str(session.scalar("SELECT dolt_hashof('HEAD')"))
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
        )

    def reset(self, branch: str, ref: str, kind: ResetKind) -> None:
        """Set the branch to ``ref``: soft keeps staged and working set, mixed the working set, hard neither.

        Untracked tables survive a hard reset. Raises `RefNotFound`.
        """

        def work(session: Session) -> None:
            hash_ = resolve(session, ref)
            arguments = {
                ResetKind.SOFT: ("--soft", hash_),
                ResetKind.MIXED: (hash_,),
                ResetKind.HARD: ("--hard", hash_),
            }
            session.call("dolt_reset", *arguments[kind])

        self._db.write(branch, work, f"reset --{kind}")
