"""The errors of the engine layer, with advice. `dolt_tui.engine.errors.translation` makes them of the engines' own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .remedies import Remedy

if TYPE_CHECKING:
    from ..model import Changed, Edit


class EngineError(Exception):
    """Something that could not be done: ``message`` says what, ``advice`` what one can do about it.

    Where an application has a command for that, ``remedy`` says which kind of command; ``advice`` is a neutral sentence
    then. An advice of a space: there is none.
    """

    advice = ""
    remedy: Remedy | None = None
    position: int | None = None
    """Where in the statement it is, in characters, where the engine tells that."""

    def __init__(self, message: str, advice: str = "", detail: str = "", *, remedy: Remedy | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail
        """The engine's own words where they say more than ``message``."""
        if advice or remedy is not None:
            self.advice, self.remedy = advice, remedy
        if self.remedy is not None:
            self.advice = self.remedy.value


class OpenError(EngineError):
    """The target cannot be opened."""


class NotDolt(OpenError):
    """The server answers, but it isn't Dolt."""


class TlsFailed(OpenError):
    """No encrypted connection could be made, or none without encryption."""

    advice = "See the options of ssl-mode, ssl-ca, ssl-cert and ssl-key: dolt-tui --help."


class AccessDenied(OpenError):
    """User or password are wrong."""

    advice = "Check the user and the password. A user of caching_sha2_password needs TLS: --ssl-mode REQUIRED."


class DatabaseNotFound(OpenError):
    """There is no such database."""


class BranchNotFound(OpenError):
    """There is no such branch (any more)."""

    advice = "It may have been deleted or renamed by another session. Choose another branch."


class BranchShadowed(OpenError):
    """Dolt opens another branch, whose name differs in upper and lower case only, instead of the one asked for."""

    remedy: Remedy | None = Remedy.RENAME_BRANCH

    def __init__(self, branch: str, opened: str) -> None:
        super().__init__(
            f"{branch} cannot be opened: Dolt opens {opened} instead, as it ignores case when it connects to a branch."
        )
        self.branch = branch
        self.opened = opened


class ServerLost(EngineError):
    """The server cannot be reached, or the connection broke."""

    advice = "dolt-tui reconnects as soon as the server answers."


class ServerStopped(ServerLost):
    """A private server ended, and is not restarted automatically, as it would end again."""

    remedy: Remedy | None = Remedy.START_SERVER


class TransactionLost(ServerLost):
    """The connection broke while a transaction of the console's was open: the server rolled it back."""

    advice = "Nothing of it was written. Run its statements again if they are still wanted."


class Unanswered(ServerLost):
    """The connection was lost before a command was answered; it is never repeated.

    ``done``: whether it was done; None: not known yet, and where it is not ``looked_up`` it stays unknown.
    """

    def __init__(self, label: str, done: bool | None, cause: str = "", *, looked_up: bool = True) -> None:
        told = {
            True: (f"“{label}” was done.", "Look at it before you go on."),
            False: (f"“{label}” was not done.", "Do it again if it is still wanted."),
            None: (f"Whether “{label}” was done is not known yet.", "It is looked up when the connection is back."),
        }[done]
        if done is None and not looked_up:
            told = f"Whether “{label}” was done is not known.", "Look before you do it again."
        super().__init__(f"{cause or 'The connection to the server broke.'} {told[0]}", told[1])
        self.label = label
        self.done = done


class Cancelled(EngineError):
    """The statement was ended on request."""


class ReadOnly(EngineError):
    """Writing is not allowed."""

    remedy: Remedy | None = Remedy.OPEN_FOR_WRITING


class PermissionDenied(EngineError):
    """The user may not do this."""

    advice = "Ask the server's administrator for the privilege, or connect as another user."


class InvalidFilter(EngineError):
    """A filter that cannot be asked as it was typed, or that would not mean what it seems to mean."""

    advice = "Nothing was asked: change the filter."


class TableNotFound(EngineError):
    """There is no such table (any more)."""


class Lacking(EngineError):
    """This engine, or this version of it, has no such function, procedure, table or variable."""

    advice = "It may be in another version of Dolt."


class NotChecked(EngineError):
    """What a plan breaks is not found out before it is done: it would keep everybody else waiting for too long."""


class ColumnNotFound(EngineError):
    """There is no such column."""

    advice = "Write its name as the column's title has it."

    @property
    def column(self) -> str:
        """Its name, as it was asked for; empty where the engine does not tell it."""
        match = re.match(
            r'column "(.*)" could not be|table ".*" does not have column "(.*)"|no such column: (.*)|'
            r".* has no column (.*)\.",
            self.message,
        )
        return next(filter(None, match.groups()), "").rpartition(".")[2] if match is not None else ""


class RefNotFound(EngineError):
    """There is no such commit, branch or tag."""


class InvalidName(EngineError):
    """A name that the engine does not take."""

    advice = "Branch names are ASCII, without spaces or any of : ? * [ \\ ^ ~ @{ .. and don't end in / or .lock."


class BadLine(EngineError):
    """A line of a file cannot be imported."""

    advice = "Nothing was imported. Fix the line, or change how the file is read."

    def __init__(self, file: str, line: int, reason: str) -> None:
        """``line`` counts from 1, the heading too; ``reason`` completes the sentence "line 7 of people.csv: …"."""
        super().__init__(f"Line {line:,} of {file}: {reason}.")
        self.line, self.reason = line, reason


class AlreadyExists(EngineError):
    """Something of that name is there already."""

    advice = "Choose another name."


class NotFullyMerged(EngineError):
    """The branch has commits that no other one has."""


class BranchInUse(EngineError):
    """Another session is using the branch."""

    advice = "It can be forced: what that session changes on the branch from then on is lost."


class DefaultBranch(EngineError):
    """The default branch cannot be deleted."""


class CurrentBranch(EngineError):
    """The branch that is shown cannot be deleted."""

    advice = "Switch to another branch first."


class NoUpstream(EngineError):
    """The branch follows no remote branch, or there is no remote."""

    remedy: Remedy | None = Remedy.SET_UPSTREAM


class PushRejected(EngineError):
    """The remote branch has commits that ours lacks; nothing was pushed."""

    advice = "Fetch and merge them first, or force, which removes them from the remote."


class RemoteNotFound(EngineError):
    """There is no such remote."""

    remedy: Remedy | None = Remedy.ADD_REMOTE


class RemoteUnreachable(EngineError):
    """A remote's place cannot be reached."""

    advice = "Check the remote's URL, the network, and what the server may do there."


class NoDoltData(EngineError):
    """There is nothing of Dolt's where the URL leads."""

    advice = "Check the URL."


class RemoteBranchNotFound(EngineError):
    """The remote has no such branch (any more)."""

    remedy: Remedy | None = Remedy.FETCH_AND_PRUNE


class NothingShared(EngineError):
    """Two histories have no commit in common."""

    advice = "They have no commit in common, so they cannot be merged: check that this is the right remote."


class RowsNotPaired(EngineError):
    """The rows of a table's two sides cannot be compared, so none of their differences can be shown."""

    advice = "Look at the table at each of the two commits instead."


class NotAskedAgain(EngineError):
    """The connection was lost while this was asked before, for the same state: it may have ended the server."""

    advice = "What it would tell stays unknown until the tables change."


NO_ANSWER = (Cancelled, NotAskedAgain, ServerLost)
"""These say nothing about what was asked for: who takes an error for "there is none" lets them pass."""


class NothingToCommit(EngineError):
    """There are no staged changes."""

    remedy: Remedy | None = Remedy.STAGE


class InvalidCommit(EngineError):
    """Message or author were refused."""


class IgnoreConflict(EngineError):
    """Patterns of ``dolt_ignore`` contradict each other about a table."""

    remedy: Remedy | None = Remedy.REMOVE_PATTERN


class LocalChanges(EngineError):
    """Uncommitted changes are in the way."""

    advice = "Commit, stash or discard them first."


class DoesNotFit(LocalChanges):
    """Uncommitted changes that were set aside conflict with what was brought in meanwhile; nothing was changed."""

    advice = "Commit them first: what conflicts is then decided row by row."


class ChangedMeanwhile(EngineError):
    """Another session changed what the user had looked at; nothing was done."""

    advice = "Look at it as it is now, then decide again."


class StashNotFound(ChangedMeanwhile):
    """There is no such stash (any more)."""

    advice = "Another session may have dropped or added one: the list is read again."


class StashLoss(EngineError):
    """Stashing would lose something, or there is nothing to stash."""

    advice = "Commit it instead, or discard it."


class StashConflict(LocalChanges):
    """What a stash changes was changed here too; nothing was done, and the stash is kept."""

    advice = "Commit or discard what stands in the way, or make a branch from the stash."


class Unmergeable(EngineError):
    """A table was made, dropped or changed here and there in ways that cannot be brought together."""

    advice = "Rename or drop the table on one side first."


class NotFastForward(EngineError):
    """Both branches have commits of their own."""

    advice = "Make a merge commit instead."


class MergeInProgress(EngineError):
    """A merge is not finished yet."""

    advice = "Finish or abort it first."


class RebaseInProgress(MergeInProgress):
    """The branch is being rebased, here or by another session."""

    remedy: Remedy | None = Remedy.CONTINUE_OR_ABORT


class NothingInProgress(EngineError):
    """There is nothing to continue or to abort (any more)."""


class NothingChanged(EngineError):
    """A commit would change nothing here."""

    advice = "What it does is here already, or it is an empty commit."


class NoParent(EngineError):
    """The first commit of a database has nothing before it."""

    advice = "Choose a later commit."


class MergeCommit(EngineError):
    """A merge commit is in the way."""


class InvalidPlan(EngineError):
    """The plan of an interactive rebase makes no sense."""

    advice = "Squash and fixup need a commit before them that is kept."


class Serialization(EngineError):
    """Another session changed the same rows at the same time; nothing was written."""

    advice = "Try again."


NO_VERDICT = (PermissionDenied, Serialization, *NO_ANSWER)
"""These say nothing about the rows that were to be written: who would write them in another way lets them pass."""


class CannotUndo(EngineError):
    """A step could not be undone, or cannot be. ``message`` is the reason, as a part of a sentence."""


class InvalidValue(EngineError):
    """A text that is no value of a column; the message is a sentence that says what is wanted."""


class RowsChanged(ChangedMeanwhile):
    """Rows that a draft changes are not what was shown any more; nothing was written.

    ``changed`` holds each such edit with its row as it is now.
    """

    def __init__(self, message: str, changed: tuple[Changed, ...]) -> None:
        super().__init__(message, "Look at both values, and choose for each row.")
        self.changed = changed


class NotEditable(EngineError):
    """Rows that cannot be edited; the message says why."""


class Constraint(EngineError):
    """A constraint of the database forbids it."""


class RowRefused(Constraint):
    """The database does not take an edit of a draft; nothing was written. ``edit`` is the one."""

    def __init__(self, error: EngineError, edit: Edit) -> None:
        super().__init__(error.message, error.advice, error.detail, remedy=error.remedy)
        self.edit = edit


class TransactionOpen(EngineError):
    """A transaction of the console's is open, and what was asked for would wait for it, or not be seen in it."""

    advice = "Commit or roll back the console's transaction first."

    def __init__(self, branch: str) -> None:
        super().__init__(f"A transaction is open on {branch}.")
        self.branch = branch


class Busy(EngineError):
    """Another connection holds the write lock."""

    advice = "Try again in a moment."


class Damaged(OpenError):
    """The file is damaged."""
