"""Branches: listing, how far they are ahead of and behind each other, creating, deleting; and a digest of all refs."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar

from ..core.compare_and_write import expect, look, run
from ..core.connections import POLL, Connections, Session
from ..core.revisions import resolve
from ..core.scratch_branch import is_scratch
from ..core.validation import can_be_followed, check_branch_name, check_opened, is_hash
from ..errors import (
    AlreadyExists,
    BranchInUse,
    BranchNotFound,
    BranchShadowed,
    Cancelled,
    DefaultBranch,
    EngineError,
    InvalidName,
    LocalChanges,
    MergeInProgress,
    NotFullyMerged,
    RefNotFound,
    ServerLost,
)
from ..model import (
    AheadBehind,
    Branch,
    BranchFingerprint,
    BranchLoss,
    Call,
    Changes,
    Expected,
    MergeState,
    RemoteBranch,
    Tag,
)
from .tags import own_tags

T = TypeVar("T")

_OWN_TRIES, _OWN_PAUSE = 6, 0.05
"""How often, and after how many seconds, a branch is tried again that connections of ours may still be using."""
_COMPARED_REFS = 200
"""With more branches and tags than these, what a deletion loses is compared with the first of them only."""


def refuse_twin(session: Session, name: str, former: str = "") -> None:
    """Raise `AlreadyExists` where a branch has this name, or one that differs in upper and lower case only.

    ``former`` is the branch that is about to get the name: it does not count.
    """
    for (found,) in session.rows("SELECT name FROM dolt_branches"):
        if found.lower() == name.lower() and found != former:
            case = "" if found == name else ", and Dolt ignores case where it opens a branch"
            raise AlreadyExists(f"There is already a branch {found}{case}.")


def refuse_while_merging(session: Session) -> None:
    """Raise `MergeInProgress` where a merge is in progress on the session's branch, whoever began it."""
    row = session.first("SELECT is_merging FROM dolt_merge_status")
    if row is not None and row[0]:
        raise MergeInProgress("A merge is in progress on this branch.")


def opened_instead(names: Iterable[str]) -> dict[str, str]:
    """Which branch Dolt opens instead of each of these that it cannot open: the first one whatever the case."""
    first: dict[str, str] = {}
    found = {}
    for name in sorted(names):
        opened = first.setdefault(name.lower(), name)
        if opened != name:
            found[name] = opened
    return found


_ASKED_FOR_STATUS = 20
"""Branches with another working set than their last commit that are asked whether that is anything to commit."""


class Refs:
    """Questions and changes about branches. ``branch`` is always the current branch."""

    def __init__(self, db: Connections) -> None:
        self._db = db

    def fingerprint(self, branch: str, *, refs: bool = False) -> BranchFingerprint:
        """The state of ``branch`` in hashes; a fraction of a millisecond, whatever the size.

        With ``refs`` the digest of all branches and tags too, which grows with their number.
        Raises `BranchNotFound` when the branch is gone.
        """
        with self._db.read(branch, POLL) as session:
            row = session.first(session.dialect.fingerprint(session))
            assert row is not None
            digest = self._digest(session) if refs else ""
        fingerprint = BranchFingerprint(row[3], row[2], row[1], row[0], digest)
        check_opened(branch, fingerprint.branch)  # a branch of that name in other case may have been made since
        self._db.schema_cache.see(branch, fingerprint)
        return fingerprint

    @staticmethod
    def _digest(session: Session) -> str:
        rows = session.rows("SELECT name, hash, dirty, remote, branch FROM dolt_branches")
        branches = [row for row in rows if not is_scratch(row[0])]
        return _digest(branches, own_tags(session), session.rows("SELECT name, hash FROM dolt_remote_branches"))

    @staticmethod
    def digest(branches: Iterable[Branch], tags: Iterable[Tag], remotes: Iterable[RemoteBranch] = ()) -> str:
        """The digest that a fingerprint of these branches and tags holds: they need not be read again for it."""
        return _digest(
            [(b.name, b.hash, b.dirty, b.remote, b.upstream) for b in branches],
            [(tag.name, tag.hash) for tag in tags],
            [(f"remotes/{item.tracking}", item.hash) for item in remotes],
        )

    def branches(self, branch: str) -> tuple[Branch, ...]:
        """All branches, by name."""
        with self._db.read(branch, "branches") as session:
            found = self._branches(session)
            asked = [item.name for item in found if item.dirty and not item.shadowed_by][:_ASKED_FOR_STATUS]
            ignored = {name for name in asked if self._clean(session, name)}
        return tuple(replace(item, ignored_only=True) if item.name in ignored else item for item in found)

    def _clean(self, session: Session, branch: str) -> bool:
        """Whether a branch has nothing to commit, although its working set differs from its last commit."""
        try:
            if session.dialect.traits.reads_other_branches:
                there = session.dialect.quote(f"{self._db.database}/{branch}")
                return session.first(f"SELECT 1 FROM {there}.dolt_status LIMIT 1") is None
            with self._db.visit(branch, "branches") as its:
                return its.first("SELECT 1 FROM dolt_status LIMIT 1") is None
        except (Cancelled, ServerLost):
            raise
        except EngineError:
            return False  # deleted since, or it cannot be read

    @staticmethod
    def _branches(session: Session) -> tuple[Branch, ...]:
        rows = session.rows(
            "SELECT name, hash, dirty, latest_committer, latest_commit_date, latest_commit_message, remote, branch"
            " FROM dolt_branches ORDER BY name"
        )
        time = session.dialect.time
        opened = opened_instead(row[0] for row in rows)
        return tuple(
            Branch(
                name,
                hash_,
                bool(dirty),
                author or "",
                time(date),
                (message or "").strip().split("\n", 1)[0],
                remote or "",
                upstream or "",
                opened.get(name, ""),
            )
            for name, hash_, dirty, author, date, message, remote, upstream in rows
            if not is_scratch(name)
        )

    def has_database(self, branch: str, name: str) -> bool:
        """Whether the server has a database of that name."""
        with self._db.read(branch, "databases") as session:
            return any(str(found).lower() == name.lower() for (found,) in session.rows("SHOW DATABASES"))

    def ahead_behind(self, branch: str, others: Iterable[str]) -> dict[str, AheadBehind]:
        """How far each of ``others`` is ahead of and behind ``branch``; the cost grows with their number and distance.

        At a commit, without a branch, Dolt does not tell.
        """
        names = [name for name in others if name != branch]
        if not names or is_hash(branch):
            return {}
        with self._db.read(branch, "ahead and behind") as session:
            return session.dialect.ahead_behind(session, branch, names)

    def ahead_behind_pairs(self, branch: str, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], AheadBehind]:
        """How far the first hash of each pair is ahead of and behind the second; the cost grows with the distances."""
        found = {}
        with self._db.read(branch, "ahead and behind") as session:
            for one, other in dict.fromkeys(pairs):
                ahead, behind = (0, 0) if one == other else session.dialect.distance(session, one, other)
                found[one, other] = AheadBehind(ahead, behind)
        return found

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

        def work(session: Session) -> None:
            (create,) = self.create_branch_calls(name, resolve(session, start))
            refuse_twin(session, name)
            session.run(create)

        self._db.write(branch, work, "new branch", retry=True)

    def create_branch_calls(self, name: str, hash_: str) -> tuple[Call, ...]:
        """What `create_branch` runs at a commit."""
        return (self._db.procedure("dolt_branch", "--", name, hash_),)

    def copy_branch(self, branch: str, source: str, name: str) -> None:
        """Create branch ``name`` at the last commit of branch ``source``; uncommitted changes are not copied.

        Raises `InvalidName`, `AlreadyExists`, `RefNotFound`.
        """
        check_branch_name(name)

        def work(session: Session) -> None:
            refuse_twin(session, name)
            session.run(copy)

        (copy,) = self.copy_branch_calls(source, name)
        self._db.write(branch, work, "copy branch", retry=True)

    def copy_branch_calls(self, source: str, name: str) -> tuple[Call, ...]:
        """What `copy_branch` runs."""
        return (self._db.procedure("dolt_branch", "-c", "--", source, name),)

    def rename_branch(
        self, branch: str, name: str, new: str, *, force: bool = False, expected: Expected | None = None
    ) -> None:
        """Rename branch ``name``; its working set and its upstream go with it.

        ``branch`` may be the one that is renamed: afterwards it is gone. ``force`` also where another session uses it;
        what that one changes from then on is lost. ``expected`` is how the branch was shown.
        Raises `InvalidName`, `AlreadyExists`, `DefaultBranch`, `BranchInUse`, `RefNotFound`, `ChangedMeanwhile`.
        """
        check_branch_name(new)
        with self._db.read(None, "default branch") as session:
            default = session.scalar("SELECT active_branch()")
        self._db.forget(None)  # engine-facts.md#idle-sessions-use-a-branch
        if name == default:
            # Dolt refuses; by force it would do it, and no connection to the database could be made any more.
            # engine-facts.md#default-branch
            raise DefaultBranch(f"{name} is the default branch: it cannot be renamed.", "New connections start on it.")

        def work(session: Session) -> Branch:
            branches = self._branches(session)
            found = next((item for item in branches if item.name == name), None)
            if found is None:
                raise RefNotFound(f"There is no branch {name} (any more).")
            refuse_twin(session, new, name)
            run(session, [expected], rename)
            return found

        (rename,) = self.rename_branch_calls(name, new, force=force)
        found = self._patiently(name, lambda: self._db.write(branch, work, "rename branch", retry=True))
        self._db.forget(name)
        if found.tracking:  # is not kept under the new name
            with suppress(RefNotFound):  # where the remote branch is not there any more
                self.set_upstream(new, new, found.remote, found.upstream)

    def rename_branch_calls(
        self, name: str, new: str, *, force: bool = False, remote: str = "", upstream: str = ""
    ) -> tuple[Call, ...]:
        """What `rename_branch` runs; ``remote`` and ``upstream`` are those of the branch, where it has them."""
        rename = self._db.procedure("dolt_branch", "-m", *(["-f"] if force else []), "--", name, new)
        return (rename, *self.set_upstream_calls(new, remote, upstream)) if remote and upstream else (rename,)

    def _patiently(self, name: str, work: Callable[[], T]) -> T:
        """Do what needs a branch that nobody uses; the server takes a moment to see that our connections ended."""
        for left in reversed(range(_OWN_TRIES)):
            self._db.forget(name, goes=True)
            try:
                return work()
            except BranchInUse:
                if not left:
                    raise
            time.sleep(_OWN_PAUSE)
        raise AssertionError("not reached")

    def set_upstream(self, branch: str, name: str, remote: str, upstream: str) -> None:
        """Let branch ``name`` follow branch ``upstream`` of a remote.

        Raises `RefNotFound` where the remote was not seen to have it, `InvalidName`, `Lacking` on DoltLite.
        """
        if not can_be_followed(upstream):
            raise InvalidName("Dolt cannot follow a branch that has a quotation mark in its name.", " ")

        def work(session: Session) -> None:
            session.dialect.require("upstream")
            if not any(item.name == name for item in self._branches(session)):
                raise RefNotFound(f"There is no branch {name} (any more).")
            session.run(follow)

        (follow,) = self.set_upstream_calls(name, remote, upstream)
        self._db.write(branch, work, "set upstream", retry=True)

    def set_upstream_calls(self, name: str, remote: str, upstream: str) -> tuple[Call, ...]:
        """What `set_upstream` runs."""
        return (self._db.procedure("dolt_branch", "-u", f"{remote}/{upstream}", "--", name),)

    # deleting

    def look(self, branch: str) -> Expected:
        """``branch`` with its sets as it is now, to be compared when it is changed."""
        with self._db.read(branch, "state") as session:
            return look(session)

    def loss(self, branch: str, name: str, changes: Changes, seen: Expected | None = None) -> BranchLoss:
        """What deleting branch ``name`` would lose; ``changes`` is its status, read after ``seen``. Reading only."""
        with self._db.read(branch, "what would be lost") as session:
            branches = self._branches(session)
            found = next((item for item in branches if item.name == name), None)
            if found is None:
                raise RefNotFound(f"There is no branch {name} (any more).")
            others = [item for item in branches if item.name != name]
            others.sort(key=lambda item: item.name != branch)
            tags = [hash_ for _, hash_ in own_tags(session)]
            hashes = list(dict.fromkeys([*(item.hash for item in others), *tags]))
            unmerged = 0
            if found.hash not in hashes:
                unmerged = session.dialect.unmerged(session, found.hash, hashes[:_COMPARED_REFS])
            here = [item.hash for item in others if item.name == branch]
            elsewhere = (
                not unmerged and found.hash not in here and bool(session.dialect.unmerged(session, found.hash, here))
            )
        return BranchLoss(found, unmerged, (*changes.unstaged, *changes.staged), seen, elsewhere)

    def delete_branch(
        self, branch: str, name: str, *, force: bool = False, in_use: bool = False, expected: Expected | None = None
    ) -> None:
        """Delete branch ``name``; ``force`` also when it has commits or changes that nothing else has.

        ``in_use`` also when another session works on it (only Dolt tells): what it changes from then on is lost.
        ``expected`` is what `loss` saw. Raises `NotFullyMerged`, `DefaultBranch`, `CurrentBranch`, `BranchInUse`,
        `BranchShadowed`, `RefNotFound`, `ChangedMeanwhile`.
        """
        ref = expected.ref_only if expected is not None else None
        (gently,) = self.delete_branch_calls(name)
        (delete,) = self.delete_branch_calls(name, force=force or in_use)

        def work(session: Session) -> None:
            if session.dialect.traits.ignores_case:
                opened = opened_instead(row[0] for row in session.rows("SELECT name FROM dolt_branches"))
                if name in opened:  # nobody can have seen what is uncommitted there, nor keep it
                    raise BranchShadowed(name, opened[name])
            if expected is not None and expected.working:
                expect(session, ref)
                with self._db.read(name, "delete branch") as own:  # its sets can be seen from itself only
                    expect(own, expected)
                self._db.forget(name, goes=True)
            try:
                if force and not in_use:
                    try:
                        run(session, [ref], gently)  # refuses what is in use before all else
                        return
                    except (NotFullyMerged, LocalChanges):
                        pass
                run(session, [ref], delete)
            except BranchNotFound as error:
                raise RefNotFound(f"There is no branch {name} (any more).", detail=error.detail) from error

        try:
            self._patiently(name, lambda: self._db.write(branch, work, "delete branch", retry=True))
        except BranchInUse as error:
            raise BranchInUse(f"Another session is using {name}.", detail=error.detail) from error
        except DefaultBranch as error:
            raise DefaultBranch(f"{name} is the default branch: it cannot be deleted.", detail=error.detail) from error

    def delete_branch_calls(self, name: str, *, force: bool = False) -> tuple[Call, ...]:
        """What `delete_branch` runs; ``force`` where something is lost, or another session works on the branch."""
        return (self._db.procedure("dolt_branch", "-D" if force else "-d", "--", name),)


def _digest(
    branches: Iterable[tuple[Any, ...]], tags: Iterable[tuple[Any, ...]], remotes: Iterable[tuple[Any, ...]]
) -> str:
    digest = hashlib.blake2b(digest_size=16)
    rows: list[tuple[Any, ...]] = [
        *sorted(
            (str(name), str(hash_), bool(dirty), str(remote or ""), str(upstream or ""))
            for name, hash_, dirty, remote, upstream in branches
        ),
        *sorted(map(tuple, tags)),
        *sorted(map(tuple, remotes)),
    ]
    for row in rows:
        digest.update(repr(row).encode("utf-8", "backslashreplace"))
    return digest.hexdigest()
