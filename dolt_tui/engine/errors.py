"""From the engines' messages to typed errors with advice.

Nearly every Dolt error is errno 1105 and differs by its text alone, so texts are matched by prefix or
fragment here and nowhere else. Each entry is met by a test on a real server or on DoltLite.
"""

from __future__ import annotations

import re
from functools import cache

MAX_TEXT = 600
"""Longer engine messages are cut: some repeat the whole value that they refuse."""


class EngineError(Exception):
    """Something that could not be done: ``message`` says what, ``advice`` what one can do about it.

    An advice names commands of an interface by their ids, in parentheses that can be left out: ``({key:undo})``.
    """

    advice = ""

    def __init__(self, message: str, advice: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        if advice:
            self.advice = advice
        self.detail = detail
        """The engine's own words where they say more than ``message``."""


class OpenError(EngineError):
    """The target cannot be opened."""


class NotDolt(OpenError):
    """The server answers, but it isn't Dolt."""


class TlsFailed(OpenError):
    """No encrypted connection could be made, or none without encryption."""

    advice = "See the options of ssl-mode, ssl-ca, ssl-cert and ssl-key: dolt-tui --help."


class AccessDenied(OpenError):
    """User or password are wrong."""

    advice = "Check the user and the password."


class DatabaseNotFound(OpenError):
    """There is no such database."""


class BranchNotFound(OpenError):
    """There is no such branch (any more)."""

    advice = "It may have been deleted or renamed by another session. Choose another branch."


class BranchShadowed(OpenError):
    """Dolt opens another branch, whose name differs in upper and lower case only, instead of the one asked for."""

    advice = "Rename one of the two in Branches ({key:branch.rename}), from a branch that can be opened."

    def __init__(self, branch: str, opened: str) -> None:
        super().__init__(
            f"{branch} cannot be opened: Dolt opens {opened} instead, as it ignores case when it connects to a branch."
        )
        self.branch = branch
        self.opened = opened


class ServerLost(EngineError):
    """The server cannot be reached, or the connection broke."""

    advice = "The connection is made again as soon as the server answers."


class ServerStopped(ServerLost):
    """A private server ended, and is not started again by itself, as it would end again."""

    advice = "Reading everything again starts it once more."


class Unanswered(ServerLost):
    """The connection was lost before a command was answered; it is never repeated.

    ``done``: whether it was done; None: not known yet, and where it is not ``looked_up`` it stays unknown.
    """

    def __init__(self, label: str, done: bool | None, *, looked_up: bool = True) -> None:
        told = {
            True: ("It was done.", "Look at it before you go on."),
            False: ("It was not done.", "Do it again if it is still wanted."),
            None: ("Whether it was done is not known yet.", "It is looked up as soon as the server answers."),
        }[done]
        if done is None and not looked_up:
            told = "Whether it was done is not known.", "Look before you do it again."
        super().__init__(f"The connection to the server broke during “{label}”. {told[0]}", told[1])
        self.label = label
        self.done = done


class Cancelled(EngineError):
    """The statement was ended on request."""


class ReadOnly(EngineError):
    """Writing is not allowed."""

    advice = "Open the database without --read-only, and on a branch, to change it."


class PermissionDenied(EngineError):
    """The user may not do this."""

    advice = "Ask the server's administrator for the privilege, or connect as another user."


class InvalidFilter(EngineError):
    """A filter that cannot be asked as it was typed, or that would not mean what it seems to mean."""

    advice = "Nothing was asked: change the filter."


class TableNotFound(EngineError):
    """There is no such table (any more)."""


class Lacking(EngineError):
    """This version of Dolt has no such function, procedure or variable."""

    advice = "It may be in another version of Dolt."


class ColumnNotFound(EngineError):
    """There is no such column."""

    advice = "Write its name as the column's title has it."

    @property
    def column(self) -> str:
        """Its name, as it was asked for; empty where the engine does not tell it."""
        match = re.match(
            r'column "(.*)" could not be|table ".*" does not have column "(.*)"|no such column: (.*)', self.message
        )
        return next(filter(None, match.groups()), "").rpartition(".")[2] if match is not None else ""


class RefNotFound(EngineError):
    """There is no such commit, branch or tag."""


class InvalidName(EngineError):
    """A name that the engine does not take."""

    advice = "Branch names are ASCII, without spaces or any of : ? * [ \\ ^ ~ @{ .. and don't end in / or .lock."


class AlreadyExists(EngineError):
    """Something of that name is there already."""

    advice = "Choose another name."


class NotFullyMerged(EngineError):
    """The branch has commits that no other one has."""


class BranchInUse(EngineError):
    """Another session works on the branch."""

    advice = "It can be forced: what that session changes on the branch from then on is lost."


class DefaultBranch(EngineError):
    """The default branch cannot be deleted."""


class CurrentBranch(EngineError):
    """The branch that is shown cannot be deleted."""

    advice = "Switch to another branch first."


class NoUpstream(EngineError):
    """The branch follows no remote branch, or there is no remote."""

    advice = "Push it ({key:push}), or choose an upstream in Branches ({key:branch.upstream})."


class PushRejected(EngineError):
    """The remote branch has commits that ours lacks; nothing was pushed."""

    advice = "Fetch and merge them first, or force, which removes them from the remote."


class RemoteNotFound(EngineError):
    """There is no such remote."""

    advice = "The Remotes tab lists them, and adds one ({key:remotes.new})."


class RemoteUnreachable(EngineError):
    """A remote's place cannot be reached."""

    advice = "Check the remote's URL, the network, and what the server may do there."


class NoDoltData(EngineError):
    """There is nothing of Dolt's where the URL leads."""

    advice = "Check the URL."


class RemoteBranchNotFound(EngineError):
    """The remote has no such branch (any more)."""

    advice = "Fetch ({key:fetch}), and prune, to see what the remote has."


class NothingShared(EngineError):
    """Two histories have no commit in common."""

    advice = "They began apart, so they cannot be merged: check that this is the right remote."


class RowsNotPaired(EngineError):
    """The rows of a table's two sides cannot be compared, so none of their differences can be shown."""

    advice = "Look at the table at each of the two commits instead."


class NotAskedAgain(EngineError):
    """The connection was lost while this was asked before, for the same state: it may have ended the server."""

    advice = "What it would tell stays unknown until the tables change."


class NothingToCommit(EngineError):
    """There are no staged changes."""

    advice = "Stage tables with space, or all of them with a."


class InvalidCommit(EngineError):
    """Message or author were refused."""


class IgnoreConflict(EngineError):
    """Patterns of ``dolt_ignore`` contradict each other about a table."""

    advice = "Remove one of the patterns: Changes lists them ({key:ignore})."


class LocalChanges(EngineError):
    """Uncommitted changes stand in the way."""

    advice = "Commit or discard them first."


class StashNotFound(EngineError):
    """There is no such stash (any more)."""

    advice = "Another session may have dropped or added one: look at the list again."


class StashLoss(EngineError):
    """Stashing would lose something, or there is nothing to stash."""

    advice = "Commit it instead, or discard it."


class StashConflict(LocalChanges):
    """What a stash changes was changed here too; nothing was done, and the stash is kept."""

    advice = "Commit or discard what stands in the way, or make a branch from the stash."


class Unmergeable(EngineError):
    """A table was made, dropped or changed here and there in ways that cannot be brought together."""

    advice = "Rename or drop the table on one side first."


class Conflicts(EngineError):
    """The merge conflicts; nothing was changed. ``tables`` holds pairs of table and number of conflicts."""

    def __init__(
        self, message: str, tables: tuple[tuple[str, int], ...] = (), advice: str = "", detail: str = ""
    ) -> None:
        super().__init__(message, advice, detail)
        self.tables = tables


class NotFastForward(EngineError):
    """Both branches have commits of their own."""

    advice = "Make a merge commit instead."


class MergeInProgress(EngineError):
    """A merge is not finished yet."""

    advice = "Finish or abort it first."


class RebaseInProgress(MergeInProgress):
    """The branch is being rebased, here or by another session."""

    advice = "Continue or abort it first ({key:progress})."


class NothingInProgress(EngineError):
    """There is nothing to continue or to abort (any more)."""


class NothingChanged(EngineError):
    """A commit would change nothing here."""

    advice = "What it does stands here already, or it is an empty commit."


class NoParent(EngineError):
    """The first commit of a database has nothing before it."""

    advice = "Choose a later commit."


class MergeCommit(EngineError):
    """A merge commit stands in the way."""


class InvalidPlan(EngineError):
    """The plan of an interactive rebase makes no sense."""

    advice = "Squash and fixup need a commit before them that is kept."


class ChangedMeanwhile(EngineError):
    """Another session changed what the user had looked at; nothing was done."""

    advice = "Look at it as it is now, then decide again."


class Serialization(EngineError):
    """Another session changed the same rows at the same time; nothing was written."""

    advice = "Try again."


class CannotUndo(EngineError):
    """A step could not be undone, or cannot be. ``message`` is the reason, as a part of a sentence."""


class Constraint(EngineError):
    """A constraint of the database forbids it."""


class Busy(EngineError):
    """Another connection holds the write lock."""

    advice = "Try again in a moment."


class Damaged(OpenError):
    """The file is damaged."""


# (pattern on the engine's text, error class, message or None for the engine's own words). Searched in order.
_TEXTS: tuple[tuple[str, type[EngineError], str | None], ...] = (
    (
        r"^context canceled|: context canceled$|; context canceled$|^interrupted\b|^query aborted",
        Cancelled,
        "Cancelled.",
    ),
    (r"cannot write: branch '.*' no longer exists", BranchNotFound, "The branch no longer exists."),
    (
        r"""^(table )?function: 'dolt_\w+' not found|^stored procedure "dolt_\w+" does not exist|"""
        r"^Unknown system variable '@?@?dolt_",
        Lacking,
        None,
    ),
    (
        r"^serialization failure|SQLITE_BUSY_SNAPSHOT|optimistic lock failed",
        Serialization,
        "Another session changed the same data meanwhile.",
    ),
    (r"database is locked|database is busy", Busy, "Another connection is writing to this file."),
    (r"^Merge conflict detected", Conflicts, "The merge conflicts."),
    (
        r"^data conflicts from rebase|^conflict rebasing|^schema conflict detected while rebasing|"
        r"^data conflict detected while rebasing",
        Conflicts,
        "The rebase conflicts.",
    ),
    (r"^conflicts detected in tables", Conflicts, "There are conflicts that are not resolved."),
    (r"^merge aborted: schema conflict|^conflict: table with same name|schema conflicts detected$", Conflicts, None),
    (
        r"A branch named 'dolt_rebase_|^rebase working branch already exists|^rebase already in progress",
        RebaseInProgress,
        "A rebase of this branch is in progress already.",
    ),
    (
        r"^no rebase in progress|no merge to abort|^no merge in progress|no revert in progress|"
        r"no cherry-pick merge to continue",
        NothingInProgress,
        "Nothing of that kind is in progress (any more).",
    ),
    (
        r"^no changes were made|cherry-pick commit is empty|^didn't identify any commits",
        NothingChanged,
        "It would change nothing.",
    ),
    (
        r"commit with no parents|^cannot (revert|cherry-pick) the initial|commit without parents",
        NoParent,
        "The first commit of a database has nothing before it.",
    ),
    (r"cherry-picking a merge commit", MergeCommit, "A merge commit cannot be copied."),
    (r"^invalid rebase plan|^first non-drop action", InvalidPlan, None),
    (r"^rebase aborted due to changes in branch", ChangedMeanwhile, "Another session changed the branch meanwhile."),
    (r"persisted-state limit", InvalidName, "The branch's name is too long for an interactive rebase here."),
    (r"^cannot resolve default branch head", BranchNotFound, None),
    (r"^branch not found\b(?!:)", BranchNotFound, "The branch no longer exists."),
    (r'^branch or revision ".*" not found', BranchNotFound, None),
    (r"invalid (branch|tag) name", InvalidName, None),
    (r"not a valid user (tag|branch) name|Invalid dataset ID", InvalidName, None),
    (r"^remote name invalid", InvalidName, "A remote cannot have that name."),
    (r"^remote already exists", AlreadyExists, "A remote of that name exists already."),
    (r"^(tag )?already exists$", AlreadyExists, "Something of that name exists already."),
    (r"^can't create database .*; database exists", AlreadyExists, "A database of that name exists already."),
    (r"^database is not empty . clone into", AlreadyExists, "There is a database already."),
    (r"^tag not found", RefNotFound, "There is no such tag (any more)."),
    (r"has no upstream branch", NoUpstream, "The branch has no upstream."),
    (r"No configured push destination|^no remote$", NoUpstream, "There is no remote."),
    (
        r"\(non-fast-forward\)|^not a fast-forward of the remote branch",
        PushRejected,
        "The remote branch has commits that this one lacks.",
    ),
    (r"^error: unknown remote|^unknown remote;|^fatal: remote '.*' not found|^remote not found", RemoteNotFound, None),
    (
        r"could not access dolt url|^could not connect to remote|^unknown url scheme|^failed to open remote|"
        r"^failed to create directory",
        RemoteUnreachable,
        None,
    ),
    (
        r"contains no Dolt data|^clone failed$|^error: 'file://.*' is not valid|^operation not valid on a file",
        NoDoltData,
        None,
    ),
    (
        r'^branch ".*" not found on remote|branch not found on remote|^failed to delete remote; .* branch not found',
        RemoteBranchNotFound,
        None,
    ),
    (r"cannot delete the last branch", RemoteBranchNotFound, "The last branch of a remote cannot be deleted."),
    (r"no common ancestor", NothingShared, None),
    (
        r"A branch named '.*' already exists|^branch already exists",
        AlreadyExists,
        "A branch of that name exists already.",
    ),
    (r"^(tag )?already exists$", AlreadyExists, "A tag of that name exists already."),
    (r"is not fully merged", NotFullyMerged, None),
    (r"branches in use in other sessions", BranchInUse, "Another session works on that branch."),
    (
        r"^unable to (delete|rename) branch .* because it is the default branch",
        DefaultBranch,
        "That is the default branch.",
    ),
    (
        r"^Cannot delete checked out branch|^cannot delete the current branch",
        CurrentBranch,
        "That branch is in use here.",
    ),
    (r"^branch has uncommitted changes", LocalChanges, None),
    (r"^nothing to commit", NothingToCommit, "Nothing is staged."),
    (r"empty commit message|Must provide commit message|requires a message", InvalidCommit, "The message is empty."),
    (r"^error: '.*' is not in a supported format|^could not parse --date", InvalidCommit, "That is no date."),
    (r"^the table .* matches conflicting patterns in dolt_ignore", IgnoreConflict, None),
    (r"^Author not formatted correctly|empty author|empty committer", InvalidCommit, None),
    (r"local changes would be stomped|uncommitted changes would be stomped", LocalChanges, None),
    (
        r"would be overwritten by applying stash",
        StashConflict,
        "The stash changes what was changed here too: nothing was done, and the stash is kept.",
    ),
    (r"^No stash entries found|^fatal: log for 'stash' only has", StashNotFound, "There is no such stash (any more)."),
    (r"^No local changes to save", StashLoss, "There are no changes to stash."),
    (
        r"^table with same name '.*' added in 2 commits|^conflict: table with same name deleted and modified",
        Unmergeable,
        None,
    ),
    (r"^could not map primary key column", Unmergeable, "The primary key of a table is not the same on both sides."),
    (r"uncommitted changes|[Ll]ocal changes|rebase with unstaged changes", LocalChanges, None),
    (
        r"committed an active merge|unresolved merge conflicts|are in conflict|have schema conflicts|"
        r"^unable to start rebase while",
        MergeInProgress,
        None,
    ),
    (r"have constraint violations", Constraint, None),
    (r"read only mode|is read-only|in read-only databases|readonly database", ReadOnly, None),
    (r"detached head", ReadOnly, "This is not a branch: it can only be looked at."),
    (r"^command denied|^Access denied for user .* to (database|table)", PermissionDenied, None),
    (
        r"^source branch not found|^fatal: A branch named '.*' not found|"
        r"branch not found: |start point not found|commit not found|invalid ref spec|invalid dolt_log revision|"
        r"^invalid commit hash|"
        r"invalid ancestor spec|Invalid HEAD spec|ref not found: |could not resolve .* argument to a commit",
        RefNotFound,
        None,
    ),
    (
        r"is not a commit and a branch|not a valid branch or hash|merge source not found|target commit not found",
        RefNotFound,
        None,
    ),
    (
        r"^table not found|^no such (branch or )?table|the table\(s\) .* do not exist|did not match any table",
        TableNotFound,
        None,
    ),
    (r'^column ".*" could not be found|^table ".*" does not have column|^no such column: ', ColumnNotFound, None),
    (r"file is not a database|database disk image is malformed|^malformed database", Damaged, None),
    (r"foreign key constraint|FOREIGN KEY|constraint fails|duplicate primary key|UNIQUE constraint", Constraint, None),
    (
        r"[Nn]ot possible to fast-forward",
        NotFastForward,
        "A fast-forward is not possible: this branch has commits that the other one lacks.",
    ),
    (r"[Cc]annot drop table .* referenced|it is referenced in foreign key", Constraint, None),
)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], type[EngineError], str | None], ...]:
    # Compiled at the first error: every start of the program would pay for it otherwise.
    return tuple((re.compile(pattern), kind, message) for pattern, kind, message in _TEXTS)


_NUMBERS: dict[int, tuple[type[EngineError], str | None]] = {
    1044: (PermissionDenied, None),
    1045: (AccessDenied, None),
    1049: (DatabaseNotFound, None),
    1142: (PermissionDenied, None),
    1146: (TableNotFound, None),
    1213: (Serialization, "Another session changed the same data meanwhile."),
    1451: (Constraint, None),
    1452: (Constraint, None),
    2003: (ServerLost, None),
    2006: (ServerLost, "The connection to the server broke."),
    2013: (ServerLost, "The connection to the server broke."),
    0: (ServerLost, "The connection to the server broke."),
}


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
    if number == 1105 and text.startswith("unknown error: Code: UNAVAILABLE"):
        return TlsFailed(
            "The server does not allow connections without TLS.",
            "Add --ssl-mode REQUIRED, or ?ssl-mode=REQUIRED to the URL.",
            shorten(text),
        )
    if number in (2003, 2013, 2026) and (failed := _tls_failure(text)):
        return failed
    if number not in (2003, 2006, 2013):
        for pattern, kind, message in _patterns():
            if pattern.search(text):
                detail = shorten(text)
                return kind(message or detail, detail=detail if message else "")
    if number in _NUMBERS:
        kind, message = _NUMBERS[number]
        detail = shorten(text)
        if number == 1049 and "/" in text:
            kind = BranchNotFound
        return kind(message or detail, detail=detail if message else "")
    return EngineError(shorten(text) or type(error).__name__)
