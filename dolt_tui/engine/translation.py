"""From the engines' messages to typed errors.

MySQL's numbers and SQLite's codes come first. Nearly every error of Dolt's own is number 1105, and DoltLite's have no
code, so those are told by their texts: here and nowhere else. Names, values and messages of triggers are parts of such
texts, so a pattern begins at the beginning, and where something of the user's stands in the middle it goes to the end.
Each entry is met by a test on a real server or on DoltLite.
"""

from __future__ import annotations

import re
from functools import cache

from .errors import (
    AccessDenied,
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
    DatabaseNotFound,
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
    ServerLost,
    StashConflict,
    StashLoss,
    StashNotFound,
    TableNotFound,
    TlsFailed,
    Unmergeable,
)

MAX_TEXT = 600
"""Longer engine messages are cut: some repeat the whole value that they refuse."""

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
        "Another session changed the same data meanwhile.",
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
            r"data conflict detected while rebasing commit ",
        ),
    ),
    (
        Conflicts,
        "There are conflicts that are not resolved.",
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
        "A rebase of this branch is in progress already.",
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
    (ChangedMeanwhile, "Another session changed the branch meanwhile.", (r"rebase aborted due to changes in branch ",)),
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
    (AlreadyExists, "A remote of that name exists already.", (r"remote already exists",)),
    (AlreadyExists, "Something of that name exists already.", (r"(?:tag )?already exists$",)),
    (
        AlreadyExists,
        "A branch of that name exists already.",
        (r"A branch named '.*' already exists\.$", r"branch already exists$"),
    ),
    (AlreadyExists, "There is a database already.", (r"database is not empty . clone into",)),
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
        "Another session works on that branch.",
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
    (InvalidCommit, "That is no date.", (r"'.*' is not in a supported format", r"could not parse --date ")),
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

_SEVERITY = re.compile(r"(?:error|fatal|dolt_\w+): ")
_PREAMBLE = re.compile(r"Committing this transaction resulted in .*?\nConstraint violations: *\n", re.DOTALL)
"""Five hundred characters about variables of Dolt's, before it tells which constraints."""


@cache
def patterns() -> tuple[tuple[re.Pattern[str], type[EngineError], str | None], ...]:
    """The entries one by one. Compiled at the first error: every start of the program would pay for it otherwise."""
    return tuple((re.compile(pattern, re.DOTALL), kind, message) for kind, message, texts in TEXTS for pattern in texts)


_BROKE = "The connection to the server broke."
_NUMBERS: dict[int, tuple[type[EngineError], str | None]] = {
    0: (ServerLost, _BROKE),
    1007: (AlreadyExists, "A database of that name exists already."),
    1044: (PermissionDenied, None),
    1045: (AccessDenied, None),
    1048: (Constraint, None),
    1049: (DatabaseNotFound, None),
    1062: (Constraint, None),
    1142: (PermissionDenied, None),
    1146: (TableNotFound, None),
    1213: (Serialization, "Another session changed the same data meanwhile."),
    1451: (Constraint, None),
    1452: (Constraint, None),
    2003: (ServerLost, None),
    2006: (ServerLost, _BROKE),
    2013: (ServerLost, _BROKE),
}
_OWN = 1105
"""The number of nearly all errors of Dolt's own."""
_SQLITE_CONSTRAINT = 19


_SECRET = re.compile(r"(\w://[^\s/:@'\"]*):[^\s/@'\"]*@")


def without_password(text: str) -> str:
    """``text`` with ``***`` in the place of the password of each URL in it."""
    return _SECRET.sub(r"\1:***@", text)


def shorten(text: str) -> str:
    """``text`` without the whitespace around it and URLs' passwords, cut at MAX_TEXT characters."""
    text = without_password(text.strip())
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


def number_and_text(error: BaseException) -> tuple[int | None, str]:
    """The error number (None on DoltLite) and the text of a driver's error, also behind SQLAlchemy's wrapping."""
    original: BaseException = getattr(error, "orig", None) or error
    arguments = original.args
    if len(arguments) >= 2 and isinstance(arguments[0], int):
        return arguments[0], str(arguments[1])
    if len(arguments) == 1 and isinstance(arguments[0], int):
        return arguments[0], ""
    return None, str(arguments[0]) if arguments else str(original)


def _tls_failure(text: str) -> TlsFailed | None:
    """What went wrong with TLS, where that is what went wrong."""
    if "SSL is required but" in text:
        return TlsFailed("The server has no TLS, which is asked for.", "Without TLS it is --ssl-mode DISABLED.")
    if found := re.search(r"certificate verify failed: (.*?)(?: \(_ssl\.c:\d+\))?\)?$", text, re.DOTALL):
        reason = found[1].strip().rstrip(".")
        if "mismatch" in reason:
            advice = "Connect to the host by a name in it; --ssl-mode VERIFY_CA accepts any name."
        else:
            advice = "Name the authority that signed it: --ssl-ca FILE."
        return TlsFailed(f"The server's certificate is not accepted: {reason}.", advice)
    if "ALERT_CERTIFICATE_REQUIRED" in text or "ALERT_BAD_CERTIFICATE" in text or "ALERT_UNKNOWN_CA" in text:
        return TlsFailed(
            "The server does not accept our certificate.", "Give one that it knows: --ssl-cert FILE --ssl-key FILE."
        )
    if found := re.search(r"\[SSL[:\]] ?([A-Z0-9_]*)", text):
        words = found[1].replace("_", " ").lower() or "the server ended it"
        return TlsFailed(f"No encrypted connection could be made: {words}.")
    return None


def translate(error: BaseException) -> EngineError:
    """The typed error for what a driver (or SQLAlchemy around it) raised."""
    if isinstance(error, EngineError):
        return error
    number, text = number_and_text(error)
    detail = shorten(_PREAMBLE.sub("", text))
    if number in (2003, 2013, 2026) and (failed := _tls_failure(text)):
        return failed
    if number in _NUMBERS:
        kind, message = _NUMBERS[number]
        if number == 1049 and "/" in text:
            kind = BranchNotFound
        return kind(message or detail, detail=detail if message else "")
    if _breaks_constraint(error):
        return Constraint(detail)
    if number not in (None, _OWN):  # the text is a trigger's, or about a value
        return EngineError(detail or type(error).__name__)
    if text.startswith("unknown error: Code: UNAVAILABLE"):
        return TlsFailed(
            "The server does not allow connections without TLS.",
            "Add --ssl-mode REQUIRED, or ?ssl-mode=REQUIRED to the URL.",
            detail,
        )
    severity = _SEVERITY.match(text)
    begin = severity.end() if severity is not None else 0
    for pattern, kind, message in patterns():
        if pattern.match(text, begin):
            return kind(message or detail, detail=detail if message else "")
    return EngineError(detail or type(error).__name__)


def _breaks_constraint(error: BaseException) -> bool:
    """Whether SQLite itself says so: its text names a constraint, or is what a trigger raised."""
    code = getattr(getattr(error, "orig", None) or error, "sqlite_errorcode", 0)
    return bool(code & 0xFF == _SQLITE_CONSTRAINT and code != _SQLITE_CONSTRAINT)
