"""What the engines say, as patterns, and the typed error for each.

Names, values and messages of triggers are parts of such texts, so a pattern begins at the beginning, and where
something of the user's is in the middle it matches to the end. Each entry is met by a test on a real server or on
DoltLite, but for Dolt's failed optimistic lock, which comes by chance only.
"""

from __future__ import annotations

import re
from functools import cache

from . import (
    AlreadyExists,
    BranchInUse,
    BranchNotFound,
    Busy,
    Cancelled,
    ChangedMeanwhile,
    ColumnNotFound,
    Conflicts,
    Constraint,
    CurrentBranch,
    Damaged,
    DefaultBranch,
    EngineError,
    IgnoreConflict,
    InvalidCommit,
    InvalidName,
    InvalidPlan,
    Lacking,
    LocalChanges,
    MergeCommit,
    MergeInProgress,
    NoDoltData,
    NoParent,
    NotFastForward,
    NotFullyMerged,
    NothingChanged,
    NothingInProgress,
    NothingShared,
    NothingToCommit,
    NoUpstream,
    PermissionDenied,
    PushRejected,
    ReadOnly,
    RebaseInProgress,
    RefNotFound,
    RemoteBranchNotFound,
    RemoteNotFound,
    RemoteUnreachable,
    RowsNotPaired,
    Serialization,
    StashConflict,
    StashLoss,
    StashNotFound,
    TableNotFound,
    Unmergeable,
)

Entry = tuple[type[EngineError], str | None, tuple[str, ...]]

# Error class, message or None for the engine's own words, and patterns that match from the beginning of the text on,
# after "error: ", "fatal: " or the name of a function. Searched in order.
TEXTS: tuple[Entry, ...] = (
    (
        Cancelled,
        "Cancelled.",
        (
            r"context canceled$",
            r"interrupted$",
            r"(?:could not access dolt url|failed to get remote db|fetch failed|clone failed|unknown push error)[ ;]"
            r".*context canceled$",
        ),
    ),
    (
        BranchNotFound,
        "The branch no longer exists.",
        (r"cannot write: branch '.*' no longer exists", r"branch not found$"),
    ),
    (
        Lacking,
        None,
        (
            r"(?:table )?function: 'dolt_\w+' not found",
            r'stored procedure "dolt_\w+" does not exist',
            r"Unknown system variable '@?@?dolt_",
        ),
    ),
    (BranchNotFound, None, (r"cannot resolve default branch head", r'branch or revision ".*" not found: ')),
    (
        Serialization,
        "Another session changed the same data in the meantime.",
        (r"optimistic lock failed on database Root update", r"commit conflict: another connection committed "),
    ),
    (Busy, "Another connection is writing to this file.", (r"database is locked$", r"database is busy: ")),
    (
        Conflicts,
        "The merge conflicts.",
        (r"Merge conflict detected, @autocommit", r"cannot merge: conflicts detected, "),
    ),
    (
        Conflicts,
        "A constraint would be broken.",
        (r"Committing this transaction resulted in a working set with constraint violations, ",),
    ),
    (
        Conflicts,
        "The rebase conflicts.",
        (
            r"data conflicts from rebase, ",
            r'conflict rebasing ".*"; rebase aborted',
            r"schema conflict detected while rebasing commit ",
            r"rebase failed — cannot apply: schema conflicts detected",
            r"data conflict detected while rebasing commit ",
        ),
    ),
    (
        Conflicts,
        "There are unresolved conflicts.",
        (r"conflicts detected in tables .*; resolve conflicts ",),
    ),
    (
        Conflicts,
        None,
        (
            r"merge aborted: schema conflict",
            r"conflict: table with same name deleted and modified",
            r"cannot apply: schema conflicts detected$",
        ),
    ),
    (
        RebaseInProgress,
        "A rebase of this branch is already in progress.",
        (
            r"A branch named 'dolt_rebase_.*' already exists\.$",
            r"rebase working branch already exists: ",
            r"rebase already in progress",
        ),
    ),
    (
        NothingInProgress,
        "Nothing of that kind is in progress (any more).",
        (
            r"no rebase in progress",
            r"There is no merge to abort",
            r"no merge in progress",
            r"There is no revert in progress",
            r"There is no cherry-pick merge to ",
        ),
    ),
    (
        NothingChanged,
        "It would change nothing.",
        (
            r"no changes were made, nothing to commit",
            r"The previous cherry-pick commit is empty\.",
            r"didn't identify any commits!",
        ),
    ),
    (
        NoParent,
        "The first commit of a database has nothing before it.",
        (
            r"cannot revert commit with no parents ",
            r"cannot (?:revert|cherry-pick) the initial commit",
            r"cherry-picking a commit without parents is not supported",
        ),
    ),
    (MergeCommit, "A merge commit cannot be copied.", (r"cherry-picking a merge commit is not supported",)),
    (InvalidPlan, None, (r"invalid rebase plan: ", r"first non-drop action must be ")),
    (ChangedMeanwhile, "Another session has since changed the branch.", (r"rebase aborted due to changes in branch ",)),
    (
        InvalidName,
        "The branch's name is too long for an interactive rebase here.",
        (r"cannot start interactive rebase: current branch name exceeds ",),
    ),
    (
        InvalidName,
        None,
        (
            r"'.*' is an invalid branch name\.$",
            r"invalid (?:branch|tag) name$",
            r"not a valid user (?:tag|branch) name",
            r"Invalid dataset ID: ",
        ),
    ),
    (InvalidName, "A remote cannot have that name.", (r"remote name invalid",)),
    (AlreadyExists, "A remote of that name already exists.", (r"remote already exists",)),
    (AlreadyExists, "Something of that name already exists.", (r"(?:tag )?already exists$",)),
    (
        AlreadyExists,
        "A branch of that name already exists.",
        (r"A branch named '.*' already exists\.$", r"branch already exists$"),
    ),
    (AlreadyExists, "There is already a database.", (r"database is not empty . clone into",)),
    (RefNotFound, "There is no such tag (any more).", (r"tag not found",)),
    (
        RefNotFound,
        None,
        (
            r"branch not found: ",
            r"source branch not found",
            r"A branch named '.*' not found$",
            r"start point not found",
            r"commit not found$",
            r"invalid ref spec",
            r"invalid ancestor spec",
            r"invalid dolt_log revision: ",
            r"invalid commit hash",
            r"Invalid HEAD spec",
            r"ref not found: ",
            r"could not resolve .* argument to a commit$",
            r"'.*' is not a commit and a branch '.*' cannot be created from it$",
            r"string is not a valid branch or hash",
            r"merge source not found",
        ),
    ),
    (NoUpstream, "The branch has no upstream.", (r"The current branch .* has no upstream branch\.",)),
    (NoUpstream, "There is no remote.", (r"No configured push destination", r"no remote$")),
    (
        PushRejected,
        "The remote branch has commits that this one lacks.",
        (r"To [^\n]*\n ! \[rejected\] .*\(non-fast-forward\)", r"not a fast-forward of the remote branch"),
    ),
    (RemoteNotFound, None, (r"unknown remote[:;]", r"remote '.*' not found", r"remote not found")),
    (
        RemoteUnreachable,
        None,
        (
            r"could not access dolt url ",
            r"failed to get remote db; .* could not access dolt url ",
            r"could not connect to remote",
            r"unknown url scheme",
            r"failed to open remote",
            r"failed to create directory",
        ),
    ),
    (
        NoDoltData,
        None,
        (
            r"clone failed; remote at that url contains no Dolt data$",
            r"clone failed$",
            r"operation not valid on a file",
        ),
    ),
    (
        RemoteBranchNotFound,
        None,
        (
            r'branch ".*" not found on remote',
            r"(?:fetch failed: )?branch not found on remote",
            r"failed to delete remote; .* branch not found",
        ),
    ),
    (
        RemoteBranchNotFound,
        "The last branch of a remote cannot be deleted.",
        (r"failed to delete remote; .* cannot delete the last branch$",),
    ),
    (NothingShared, None, (r"no common ancestor", r"unknown push error; no common ancestor")),
    (RowsNotPaired, None, (r"failed to compute diff (?:summary|stat) for table .*: primary key set changed$",)),
    (NotFullyMerged, None, (r"branch '.*' is not fully merged", r"branch is not fully merged")),
    (
        BranchInUse,
        "Another session is using that branch.",
        (r"unsafe to delete or rename branches in use in other sessions",),
    ),
    (
        DefaultBranch,
        "That is the default branch.",
        (r"unable to (?:delete|rename) branch '.*', because it is the default branch ",),
    ),
    (
        CurrentBranch,
        "That branch is in use here.",
        (r"Cannot delete checked out branch ", r"cannot delete the current branch"),
    ),
    (NothingToCommit, "Nothing is staged.", (r"nothing to commit",)),
    (
        InvalidCommit,
        "The message is empty.",
        (
            r"Aborting commit due to empty commit message",
            r"Must provide commit message",
            r"dolt_commit requires a message: ",
        ),
    ),
    (InvalidCommit, "That is not a date.", (r"'.*' is not in a supported format", r"could not parse --date ")),
    (
        InvalidCommit,
        None,
        (
            r"Author not formatted correctly",
            r"Aborting commit due to empty (?:author|committer)",
        ),
    ),
    (IgnoreConflict, None, (r"the table .* matches conflicting patterns in dolt_ignore",)),
    (
        StashConflict,
        "The stash changes what was changed here too: nothing was done, and the stash is kept.",
        (r"Your local changes to the following tables would be overwritten by applying stash ",),
    ),
    (StashNotFound, "There is no such stash (any more).", (r"No stash entries found", r"log for 'stash' only has ")),
    (StashLoss, "There are no changes to stash.", (r"No local changes to save",)),
    (Unmergeable, None, (r"table with same name '.*' added in 2 commits",)),
    (
        Unmergeable,
        None,
        (
            r"(?:error: )?cannot merge because table .* has different primary keys",
            r"cannot merge: column '.*' of table '.*' was dropped on one branch",
        ),
    ),
    (Unmergeable, "The primary key of a table is not the same on both sides.", (r"could not map primary key column",)),
    (
        LocalChanges,
        None,
        (
            r"local changes would be stomped by merge",
            r"uncommitted changes would be stomped by merge",
            r"uncommitted changes . commit or reset before ",
            r"cannot (?:start|continue) a rebase with (?:uncommitted|unstaged) changes",
            r"cannot (?:cherry-pick|merge|revert) with uncommitted changes",
            r"Your local changes would be overwritten by ",
            r"branch has uncommitted changes",
        ),
    ),
    (
        MergeInProgress,
        None,
        (
            r"merging is not possible because you have not committed an active merge",
            r"the table\(s\) .* (?:are in conflict|have schema conflicts)$",
            r"unable to start rebase while a merge is in progress",
            r"cannot (?:commit|update refs): unresolved merge conflicts",
        ),
    ),
    (Constraint, None, (r"the table\(s\) .* have constraint violations$",)),
    (
        ReadOnly,
        None,
        (
            r"database server is set to read only mode",
            r"Database .* is read-only\.$",
            r"unable to reset HEAD in read-only databases",
            r"attempt to write a readonly database",
        ),
    ),
    (
        ReadOnly,
        "This is not a branch: it can only be looked at.",
        (
            r"this operation is not supported while in a detached head state",
            r"Unexpected error creating branch '.*' : this operation is not supported while in a detached head state$",
        ),
    ),
    (PermissionDenied, None, (r"command denied to user ", r"Access denied for user '.*' to (?:database|table) ")),
    (
        TableNotFound,
        None,
        (
            r"table not found: ",
            r"no such (?:branch or )?table: ",
            r"the table\(s\) .* do not exist$",
            r"tablespec '.*' did not match any table\(s\) known to dolt$",
        ),
    ),
    (
        ColumnNotFound,
        None,
        (
            r'column ".*" could not be found in any table in scope',
            r'table ".*" does not have column ".*"',
            r"no such column: ",
        ),
    ),
    (Damaged, None, (r"file is not a database$", r"database disk image is malformed")),
    (
        Constraint,
        None,
        (
            r"cannot drop table `.*` as it is referenced in foreign key `",
            r'Check constraint ".*" violated$',
        ),
    ),
    (
        NotFastForward,
        "A fast-forward is not possible: this branch has commits that the other one lacks.",
        (r"[Nn]ot possible to fast-forward",),
    ),
)


@cache
def patterns() -> tuple[tuple[re.Pattern[str], type[EngineError], str | None], ...]:
    """The entries one by one. Compiled at the first error: every start of the program would pay for it otherwise."""
    return tuple((re.compile(pattern, re.DOTALL), kind, message) for kind, message, texts in TEXTS for pattern in texts)
