"""Branches and tags: listing, how they stand to each other, creating, deleting."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from .connections import POLL, Connections, Session
from .errors import BranchNotFound, DefaultBranch, MergeInProgress, RefNotFound
from .inputs import check_branch_name, is_hash
from .model import WORKING, Branch, BranchLoss, Changes, Divergence, MergeState, Tag, Token
from .scratch import is_scratch

_COMPARED_REFS = 200
"""With more branches and tags than these, what a deletion loses is compared with the first of them only."""


def resolve(session: Session, ref: str) -> str:
    """The hash of the commit that ``ref`` names. Raises `RefNotFound`."""
    try:
        hash_ = session.scalar(f"SELECT dolt_hashof({session.dialect.mark})", ref)
    except RefNotFound as error:
        raise RefNotFound(f"There is no commit, branch or tag {ref}.", detail=error.message) from error
    if not hash_:
        raise RefNotFound(f"There is no commit, branch or tag {ref}.")
    return str(hash_)


def refuse_while_merging(session: Session) -> None:
    """Raise `MergeInProgress` where a merge is in progress on the session's branch, whoever began it."""
    row = session.first("SELECT is_merging FROM dolt_merge_status")
    if row is not None and row[0]:
        raise MergeInProgress("A merge is in progress on this branch.")


class Refs:
    """Questions and changes about branches and tags. ``branch`` is always the branch one stands on."""

    def __init__(self, db: Connections) -> None:
        self._db = db

    def token(self, branch: str, *, refs: bool = False) -> Token:
        """The state of ``branch`` in hashes; a fraction of a millisecond, whatever the size.

        With ``refs`` the digest of all branches and tags too, which grows with their number.
        Raises `BranchNotFound` when the branch is gone.
        """
        with self._db.read(branch, POLL) as session:
            (working,) = session.dialect.known(session, WORKING)
            row = session.first(
                f"SELECT dolt_hashof_db('{working}'), dolt_hashof_db('STAGED'), dolt_hashof('HEAD'), active_branch()"
            )
            assert row is not None
            digest = self._digest(session) if refs else ""
        token = Token(row[3], row[2], row[1], row[0], digest)
        self._db.memo.see(branch, token)
        return token

    @staticmethod
    def _digest(session: Session) -> str:
        rows = session.rows("SELECT name, hash, dirty FROM dolt_branches")
        branches = [row for row in rows if not is_scratch(row[0])]
        return _digest(branches, session.rows("SELECT tag_name, tag_hash FROM dolt_tags"))

    @staticmethod
    def digest(branches: Iterable[Branch], tags: Iterable[Tag]) -> str:
        """The digest that a token of these branches and tags holds: they need not be read again for it."""
        return _digest([(b.name, b.hash, b.dirty) for b in branches], [(tag.name, tag.hash) for tag in tags])

    def branches(self, branch: str) -> tuple[Branch, ...]:
        """All branches, by name."""
        with self._db.read(branch, "branches") as session:
            return self._branches(session)

    @staticmethod
    def _branches(session: Session) -> tuple[Branch, ...]:
        rows = session.rows(
            "SELECT name, hash, dirty, latest_committer, latest_commit_date, latest_commit_message"
            " FROM dolt_branches ORDER BY name"
        )
        time = session.dialect.time
        return tuple(
            Branch(name, hash_, bool(dirty), author or "", time(date), (message or "").strip().split("\n", 1)[0])
            for name, hash_, dirty, author, date, message in rows
            if not is_scratch(name)
        )

    def tags(self, branch: str) -> tuple[Tag, ...]:
        """All tags with the commits they name."""
        with self._db.read(branch, "tags") as session:
            return tuple(Tag(name, hash_) for name, hash_ in session.rows("SELECT tag_name, tag_hash FROM dolt_tags"))

    def divergence(self, branch: str, others: Iterable[str]) -> dict[str, Divergence]:
        """How each of ``others`` stands to ``branch``; the cost grows with their number and distance.

        Standing at a commit Dolt does not tell.
        """
        names = [name for name in others if name != branch]
        if not names or is_hash(branch):
            return {}
        with self._db.read(branch, "ahead and behind") as session:
            return session.dialect.divergence(session, branch, names)

    def merge_state(self, branch: str) -> MergeState | None:
        """The merge in progress on ``branch``, or None; also at a commit, where there can be none."""
        if is_hash(branch):
            return None
        with self._db.read(branch, "merge state") as session:
            row = session.first(
                "SELECT is_merging, source, source_commit, target, unmerged_tables FROM dolt_merge_status"
            )
        if row is None or not row[0]:
            return None
        unmerged = tuple(name.strip() for name in (row[4] or "").split(",") if name.strip())
        return MergeState(row[1] or "", row[2] or "", row[3] or "", unmerged)

    def resolve(self, branch: str, ref: str) -> str:
        """The hash of the commit that a branch, tag, hash or ``HEAD~2`` names. Raises `RefNotFound`."""
        with self._db.read(branch, "resolve") as session:
            return resolve(session, ref)

    def create_branch(self, branch: str, name: str, start: str) -> None:
        """Create branch ``name`` at ``start`` (a branch, tag or hash).

        Raises `InvalidName`, `AlreadyExists`, `RefNotFound`.
        """
        check_branch_name(name)
        self._db.write(
            branch, lambda session: session.call("dolt_branch", "--", name, resolve(session, start)), "new branch"
        )

    def loss(self, branch: str, name: str, changes: Changes) -> BranchLoss:
        """What deleting branch ``name`` would lose; ``changes`` is its status. Reading only."""
        with self._db.read(branch, "what would be lost") as session:
            branches = self._branches(session)
            found = next((item for item in branches if item.name == name), None)
            if found is None:
                raise RefNotFound(f"There is no branch {name} (any more).")
            others = [item for item in branches if item.name != name]
            others.sort(key=lambda item: item.name != branch)
            tags = [row[0] for row in session.rows("SELECT tag_hash FROM dolt_tags")]
            hashes = list(dict.fromkeys([*(item.hash for item in others), *tags]))
            unmerged = 0
            if found.hash not in hashes:
                unmerged = session.dialect.unmerged(session, found.hash, hashes[:_COMPARED_REFS])
        return BranchLoss(found, unmerged, (*changes.unstaged, *changes.staged))

    def delete_branch(self, branch: str, name: str, *, force: bool = False) -> None:
        """Delete branch ``name``; ``force`` also when it has commits or changes that nothing else has.

        Raises `NotFullyMerged`, `DefaultBranch`, `CurrentBranch`, `BranchInUse`, `RefNotFound`.
        """

        def work(session: Session) -> None:
            try:
                session.call("dolt_branch", "-D" if force else "-d", "--", name)
            except BranchNotFound as error:
                raise RefNotFound(f"There is no branch {name} (any more).", detail=error.detail) from error

        self._db.forget(name)  # our own idle connections would count as another session's use
        try:
            self._db.write(branch, work, "delete branch")
        except DefaultBranch as error:
            raise DefaultBranch(f"{name} is the default branch: it cannot be deleted.", detail=error.detail) from error


def _digest(branches: Iterable[tuple[Any, ...]], tags: Iterable[tuple[Any, ...]]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    rows = [*sorted((str(name), str(hash_), bool(dirty)) for name, hash_, dirty in branches), *sorted(map(tuple, tags))]
    for row in rows:
        digest.update(repr(row).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()
