"""Frozen values about rewriting history: previews, results, plans of a rebase, what is in progress.

Nothing here speaks to a database, so the interface may import it before the engine is loaded.
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum

from ...frozen import Frozen
from . import Commit, ConflictCount, Expected, TableChange, Violation

REBASE_BRANCH = "dolt_rebase_"
"""The prefix of Dolt's own branch for a rebase in progress; the name of the rebased branch follows."""


class Action(StrEnum):
    """What becomes of a commit in an interactive rebase, in the engine's words."""

    PICK = "pick"
    REWORD = "reword"
    SQUASH = "squash"
    FIXUP = "fixup"
    DROP = "drop"
    EDIT = "edit"


class RebaseStep(Frozen):
    """A commit in the plan of a rebase."""

    action: Action
    hash: str
    message: str

    @property
    def summary(self) -> str:
        """The first line of the message."""
        return self.message.strip().split("\n", 1)[0]


class RewritePreview(Frozen):
    """What reverting or copying commits would do to a branch; reading only."""

    branch: str
    commits: tuple[Commit, ...]
    """In the order in which they are applied."""
    changes: tuple[TableChange, ...]
    """What happens to the branch's tables, whatever is in them by now."""
    in_the_way: tuple[str, ...]
    """Tables with uncommitted changes that forbid it."""
    conflicts: tuple[ConflictCount, ...] = ()
    """What is to be expected: rows that the branch changed since, otherwise."""
    conflicts_known: bool = False
    blocked_by: str = ""
    """Why it is not possible at all."""


class Rewritten(Frozen):
    """What was done: the new HEAD, the number of new commits, and those that would have changed nothing."""

    hash: str
    commits: int
    left_out: tuple[str, ...] = ()


class RebasePreview(Frozen):
    """What a rebase of ``branch`` onto ``upstream`` would do; reading only."""

    branch: str
    upstream: str
    base: str
    """The hash of the commit onto which it goes."""
    commits: tuple[Commit, ...]
    """What is replayed, newest first."""
    merges: tuple[Commit, ...]
    """Merge commits among them, which the engine leaves out: what they merged is replayed one by one."""
    theirs: int
    """Commits of ``upstream`` that the branch lacks."""
    in_the_way: tuple[str, ...]
    """Tables with uncommitted changes: all of them forbid it, new ones too."""
    changes: tuple[TableChange, ...] = ()
    """What ``upstream`` brings in."""
    conflicts: tuple[ConflictCount, ...] = ()
    """What a merge of the two would meet: a rebase does so, too, in one of its steps."""
    conflicts_known: bool = False
    blocked_by: str = ""
    seen: tuple[Expected, ...] = ()
    """What it was made of, both sides: to be given to the rebase."""
    violations: tuple[Violation, ...] = ()
    """Constraints that a merge of the two would break, where that is known before."""
    published: tuple[str, ...] = ()
    """The remote branches, but for ``upstream``, that have commits which are replayed, as they were last fetched."""

    @property
    def nothing(self) -> bool:
        """Whether the branch is based on it already."""
        return self.theirs == 0 and not self.merges


class Rebased(Frozen):
    """How a rebase ended."""

    commits: int
    """How many commits were replayed, or are to be."""
    paused: str = ""
    """The branch on which it waits for a commit to be edited; empty when it is done."""


class OperationKind(StrEnum):
    """What is in progress."""

    MERGE = "merge"
    CHERRY_PICK = "cherry-pick"
    REVERT = "revert"
    REBASE = "rebase"
    CONFLICTS = "conflicts"
    """Conflicts without any of these, as a squash leaves them."""


class Operation(Frozen):
    """Something in progress."""

    kind: OperationKind
    branch: str
    """The branch that it changes."""
    on: str
    """The branch that it is in progress on: Dolt's own one during a rebase."""
    source: str = ""
    """What is merged, copied or reverted, as it was named; during a rebase the commit that conflicts."""
    conflicts: tuple[str, ...] = ()
    """Tables with conflicts."""
    unstaged: tuple[str, ...] = ()
    staged: tuple[str, ...] = ()
    """Tables with changes on ``on``."""
    done: int | None = None
    """How many steps of a rebase were done; None where the engine does not know."""
    steps: tuple[RebaseStep, ...] = ()
    """The plan of a rebase; on DoltLite what is left of it."""
    broken: bool = False
    """Only its branch is left, without a plan, as after a crash: it can only be aborted."""
    seen: Expected | None = field(default=None, compare=False)
    """That branch as it was when this was found out."""

    @property
    def title(self) -> str:
        """For the header: ``merging x``, ``rebasing b: 2 of 5``."""
        source = self.source[:7] if len(self.source) in (32, 40) else self.source
        if self.kind is OperationKind.REBASE:
            if self.broken:
                return f"rebase of {self.branch} interrupted"
            if self.done is not None:
                return f"rebasing {self.branch}: {self.done} of {len(self.steps)}"
            return f"rebasing {self.branch}: {len(self.steps)} to go"
        doing = {
            OperationKind.MERGE: "merging",
            OperationKind.CHERRY_PICK: "cherry-picking",
            OperationKind.REVERT: "reverting",
            OperationKind.CONFLICTS: "conflicts in",
        }[self.kind]
        return f"{doing} {source or ', '.join(self.conflicts) or '…'}"


def merge_message(source: str, branch: str) -> str:
    """The message of a merge commit, as Dolt words it."""
    return f"Merge branch '{source}' into {branch}"
