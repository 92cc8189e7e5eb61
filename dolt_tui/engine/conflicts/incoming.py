"""What is brought into a branch, with its hashes, made of what a command knows. Reading only."""

from __future__ import annotations

from collections.abc import Sequence

from ...words import plural
from ..core.connections import Connections
from ..core.revisions import resolve
from ..model import HEAD, Commit, Stash
from ..model.conflicts import Incoming, IncomingKind
from ..model.rewriting import Action, Operation, OperationKind, RebaseStep
from ..versioning.log import History
from ..versioning.rewriting import MOST_COMMITS, short


class Incomings:
    """Makes an `Incoming` of what a command was asked for; some milliseconds each. ``branch`` is the one that changes.

    All of its methods raise `RefNotFound`.
    """

    def __init__(self, db: Connections, history: History) -> None:
        self._db = db
        self._history = history

    def merge(self, branch: str, source: str, *, tip: str = "", message: str = "", squash: bool = False) -> Incoming:
        """Merging ``source``, or the commit ``tip`` that is meant by it."""
        head, tip = self._at(branch, tip or source)
        kind = IncomingKind.SQUASH if squash else IncomingKind.MERGE
        return Incoming(kind, branch, source, head, tip, message.strip())

    def pull(self, branch: str, remote: str, name: str) -> Incoming:
        """Merging branch ``name`` of a remote, as it was last fetched."""
        message = f"Merge branch '{name}' of {remote} into {branch}"
        return self.merge(branch, f"{remote}/{name}", message=message)

    def pick(self, branch: str, commits: Sequence[str]) -> Incoming:
        """Copying ``commits`` (oldest first)."""
        return self._commits(IncomingKind.CHERRY_PICK, branch, commits)

    def revert(self, branch: str, commits: Sequence[str]) -> Incoming:
        """Reverting ``commits`` (newest first)."""
        return self._commits(IncomingKind.REVERT, branch, commits)

    def _commits(self, kind: IncomingKind, branch: str, commits: Sequence[str]) -> Incoming:
        found = [self._history.commit(branch, commit) for commit in commits]
        (head,) = self._at(branch)
        hashes = tuple(commit.hash for commit in found)
        return Incoming(kind, branch, _named(found), head, hashes[-1] if hashes else head, commits=hashes)

    def rebase(self, branch: str, upstream: str) -> Incoming:
        """Replaying the commits of ``branch`` that ``upstream`` lacks on top of it. Merge commits are left out."""
        return self._rebase(branch, upstream, upstream)

    def interactive(self, branch: str, base: str, steps: Sequence[RebaseStep]) -> Incoming:
        """Replaying ``steps``, which hold the commits since the commit ``base``, on top of it."""
        return self._rebase(branch, base[:7], base, tuple(steps))

    def _rebase(self, branch: str, source: str, ref: str, steps: tuple[RebaseStep, ...] = ()) -> Incoming:
        head, onto = self._at(branch, ref)
        with self._db.read(branch, "what is brought in") as session:
            found = session.dialect.range(session, onto, head, MOST_COMMITS)
        replayed = tuple(commit.hash for commit in reversed(found) if len(commit.parents) < 2)
        commits = tuple(step.hash for step in steps if step.action is not Action.DROP) or replayed
        return Incoming(IncomingKind.REBASE, branch, source, head, head, commits=commits, onto=onto, steps=steps)

    def stash(self, branch: str, stash: Stash, *, drop: bool = False) -> Incoming:
        """Applying a stash; ``drop``: it is dropped afterwards."""
        (head,) = self._at(branch)
        return Incoming(IncomingKind.STASH, branch, stash.title, head, stash.hash, stash=stash, drop=drop)

    def standing(self, operation: Operation) -> Incoming:
        """The conflicts that stand on a branch, of a rebase on Dolt's own one.

        On DoltLite, where none can stand, what is left of a rebase that waits for a commit to be edited.
        """
        if not self._db.dialect.traits.keeps_conflicts and operation.kind is OperationKind.REBASE:
            return self._continued(operation)
        with self._db.read(operation.on, "what is brought in") as session:
            head = resolve(session, HEAD)
            tip = session.scalar("SELECT source_commit FROM dolt_merge_status WHERE is_merging")
        source = operation.source
        if source and source == tip:
            source = str(tip)[:7]
        kind = IncomingKind.STANDING
        return Incoming(kind, operation.on, source, head, str(tip or head), standing=operation.kind)

    def _continued(self, operation: Operation) -> Incoming:
        (head,) = self._at(operation.on)
        (tip,) = self._at(operation.branch)
        commits = tuple(step.hash for step in operation.steps if step.action is not Action.DROP)
        source = plural(len(commits), "commit")
        kind = IncomingKind.REBASE
        return Incoming(kind, operation.on, source, head, tip, commits=commits, onto=head, steps=operation.steps)

    def _at(self, branch: str, *refs: str) -> tuple[str, ...]:
        """The commit that the branch is at, and those that ``refs`` name."""
        with self._db.read(branch, "what is brought in") as session:
            return tuple(resolve(session, ref) for ref in (HEAD, *refs))


def _named(commits: Sequence[Commit]) -> str:
    return short(commits[0]) if len(commits) == 1 else plural(len(commits), "commit")
