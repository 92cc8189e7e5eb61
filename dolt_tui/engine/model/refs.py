"""Branches, tags, remotes, and what a branch was when it was looked at."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Self

from ...frozen import Frozen
from .changes import TableChange


class BranchFingerprint(Frozen):
    """The state of one branch in a few hashes: equal fingerprints mean that nothing changed."""

    branch: str | None
    """None when the branch no longer exists, or the revision isn't a branch."""
    head: str
    staged: str
    working: str
    refs: str = ""
    """A digest of all branches and tags with their hashes; empty when it was not asked for."""


class Expected(Frozen):
    """A branch or tag as it was when it was looked at, in hashes: what must still be so when a change is written.

    What is empty is not compared.
    """

    name: str
    hash: str = ""
    """The commit."""
    staged: str = ""
    """The root hash of the staged set. Like the next two, only a session on the branch itself can compare it."""
    working: str = ""
    """The root hash of the working set."""
    tables: tuple[tuple[str, str], ...] = ()
    """Tables of the working set with their hashes; an empty hash for one that is not there."""
    tag: bool = False

    @classmethod
    def of(cls, branch: str, fingerprint: BranchFingerprint) -> Self:
        """All that a fingerprint tells of ``branch``."""
        return cls(branch, fingerprint.head, fingerprint.staged, fingerprint.working)

    @property
    def ref_only(self) -> Self:
        """The branch or tag itself, without its staged and working set."""
        return replace(self, staged="", working="", tables=())


class MergeState(Frozen):
    """A merge (or cherry-pick, or revert) in progress on the branch, whoever began it."""

    source: str
    source_commit: str
    target: str
    unmerged: tuple[str, ...] = ()


class Branch(Frozen):
    """A branch of the database."""

    name: str
    hash: str
    dirty: bool
    """Whether its working set holds uncommitted changes."""
    author: str
    date: dt.datetime
    message: str
    """The first line of its last commit's message."""
    remote: str = ""
    """The remote that its upstream belongs to; empty where it has none."""
    upstream: str = ""
    """The name of its upstream on that remote."""
    shadowed_by: str = ""
    """The branch that Dolt opens instead of this one, as it ignores case; empty where it opens this one."""
    ignored_only: bool = False
    """Whether its working set differs in nothing but ignored tables: that is nothing to commit."""

    @property
    def tracking(self) -> str:
        """Its upstream as ``origin/main``; empty where it has none."""
        return f"{self.remote}/{self.upstream}" if self.remote and self.upstream else ""


class AheadBehind(Frozen):
    """How far a branch is ahead of and behind another one, in commits."""

    ahead: int
    behind: int


class Tag(Frozen):
    """A tag and the commit it names."""

    name: str
    hash: str
    tagger: str = ""
    date: dt.datetime | None = None
    message: str = ""


class Remote(Frozen):
    """Another place where branches are kept."""

    name: str
    url: str
    """Where it is, without a password."""


class RemoteBranch(Frozen):
    """A branch of a remote, as it was when it was last fetched or pushed."""

    remote: str
    name: str
    hash: str
    author: str
    date: dt.datetime
    message: str
    """The first line of its last commit's message."""

    @property
    def tracking(self) -> str:
        """``origin/main``."""
        return f"{self.remote}/{self.name}"


class BranchLoss(Frozen):
    """What is lost when a branch is deleted."""

    branch: Branch
    unmerged: int
    """Commits that no other branch and no tag has."""
    uncommitted: tuple[TableChange, ...]
    """Uncommitted changes in its working set."""
    seen: Expected | None = None
    """What it was made of: to be given to the deletion."""
    elsewhere: bool = False
    """Whether other branches or tags have all of its commits, and the current branch does not: the engine refuses to
    delete it unless it is forced."""


class ReflogEntry(Frozen):
    """The commit that a branch was at, at some time."""

    hash: str
    date: dt.datetime
    """When the branch came there."""
    message: str
    """The first line of the commit's message."""
