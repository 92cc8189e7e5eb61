"""Reading the panes: all of them for a branch, or those whose scope changed.

One job of the lane "panes" reads one after the other on one connection's thread, and hands over each answer as it
comes. What several panes need is a `Question`: it is asked once in each `Reading`, and its answer is kept in the state.
A job that is overtaken (another branch, a newer refresh) delivers nothing any more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar, cast

from dolt_tui.engine.errors import BranchNotFound, Cancelled, ServerLost
from dolt_tui.engine.model import WORKING as WORKING_SET
from dolt_tui.engine.model import (
    Branch,
    BranchFingerprint,
    Changes,
    Commit,
    Comparison,
    LogPage,
    MergeState,
    Remote,
    RemoteBranch,
    Summary,
    Table,
    Tag,
)
from dolt_tui.engine.model.rewriting import Operation
from dolt_tui.frozen import Frozen
from dolt_tui.ui.session.side_job import SideJob

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.session.state import Pair, State

T = TypeVar("T")

CHANGES, BRANCHES, LOG, TABLES, SUMMARY = "changes", "branches", "log", "tables", "summary"
ALL = frozenset({CHANGES, BRANCHES, LOG, TABLES, SUMMARY})
WORKING = frozenset({CHANGES, BRANCHES, TABLES, SUMMARY})
"""What shows the working set."""
REFS = frozenset({BRANCHES, LOG})
"""What shows branches and tags."""

OF_ALL = (BranchNotFound, ServerLost, Cancelled)
"""The errors that concern all panes."""
_FEW_TABLES = 20


class Reader(Protocol):
    """Something that shows what it reads of the database: a pane, to the session."""

    KIND: str
    TITLE: str
    SCOPES: frozenset[str]
    """The scopes after whose change it is read again, while it is shown."""

    @property
    def lane(self) -> str:
        """The lane of `Jobs` that reads it alone."""

    def read(self, reading: Reading) -> Any:
        """What it shows. Blocks, on a database thread; raises what the engine raises, and `NotAnswered`."""


class NotAnswered(Exception):
    """A question of the reading was not answered; its ``__cause__`` is why."""

    def __init__(self, question: Question) -> None:
        super().__init__(question.what)
        self.question = question


class Question(Frozen):
    """What a reading asks, and the state keeps."""

    name: str
    what: str
    """In words, behind "could not read"."""
    scope: str
    """With which it is asked again."""
    ask: Callable[[Reading], Any]
    keep: Callable[[State, Any], None]
    forget: Callable[[State], None] = lambda _: None
    """What the state holds when it is not answered; else what it held before."""


class Answer(Frozen):
    """What the database answered to a question, or why it did not."""

    question: Question
    found: Any = None
    error: Exception | None = None


class Part(Frozen):
    """What a pane read, or why it could not."""

    reader: Reader
    what: str = ""
    """What could not be read, in words; empty where it was."""
    found: Any = None
    error: Exception | None = None
    question: Question | None = None
    """The one that was not answered, where that is why."""


class Reading:
    """One reading of the panes, about a branch or about the pair that is compared; each question is asked once.

    It is made on the event loop. All else runs on a database thread, within ``with``: what is asked in parallel has
    ended when that is left. Raises `BranchNotFound`, `ServerLost` and `Cancelled`, which concern all panes.
    """

    def __init__(
        self, state: State, scopes: frozenset[str], page: int, arrived: Callable[[Answer | Part], None]
    ) -> None:
        """``page`` is the number of commits of a page of the log; ``arrived`` is handed each answer, on the thread."""
        self.repository: Repository = state.repository
        self.branch, self.home, self.pair, self.scopes = state.branch, state.home, state.pair, scopes
        self._link, self._log_filter, self._tables, self._page = state.link, state.log_filter, state.tables, page
        self._arrived = arrived
        self._answers: dict[str, Any] = {}
        self._failures: dict[str, NotAnswered] = {}
        self._beside = ExitStack()
        self._links: SideJob[tuple[str, ...]] | None = None
        self._merging: SideJob[MergeState | None] | None = None
        self._fingerprint: BranchFingerprint | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._beside.close()

    def read(self, readers: Sequence[Reader]) -> BranchFingerprint:
        """Read these, the first one first. Answers the state that was read.

        A reading that is broken off leaves the old one, and the next look at the database finds what it missed. What
        cannot be read costs its own pane only.
        """
        self._begin()
        for reader in readers:
            if reader.SCOPES & self.scopes:
                self._arrived(self.part(reader))
        if self.scopes & {CHANGES, BRANCHES}:
            self.attempt("operation")
        return self._end()

    def part(self, reader: Reader) -> Part:
        """What one pane reads, or why it could not."""
        try:
            return Part(reader, found=reader.read(self))
        except OF_ALL:
            raise
        except NotAnswered as failure:
            question = failure.question
            return Part(reader, question.what, error=cast("Exception", failure.__cause__), question=question)
        except Exception as error:  # its pane says so, and the crash file has it where it is one of ours
            return Part(reader, f"the {reader.TITLE.lower()}", error=error)

    def _begin(self) -> None:
        refs, summaries = self.repository.refs, self.repository.summaries
        self._fingerprint = refs.fingerprint(self.branch)
        if LOG in self.scopes:
            try:
                if self.repository.undo.repair(self.branch):  # a program died in the middle of a snapshot
                    self._fingerprint = refs.fingerprint(self.branch)
            except OF_ALL:
                raise
            except Exception:  # what it would have put right is shown as it is
                pass
        # Among many tables it takes its time to look for those that link others.
        many = not self._tables or len(self._tables) > _FEW_TABLES
        if SUMMARY in self.scopes and self._link is None and not summaries.tutorial and many:
            self._links = self._beside.enter_context(SideJob(lambda: summaries.links(self.where)))
        if CHANGES in self.scopes:
            self._merging = self._beside.enter_context(SideJob(lambda: refs.merge_state(self.branch)))

    def _end(self) -> BranchFingerprint:
        fingerprint, answers = self._fingerprint, self._answers
        assert fingerprint is not None
        if {"branches", "tags", "remotes"} <= answers.keys():
            digest = self.repository.refs.digest(answers["branches"], answers["tags"], answers["remotes"][1])
            return replace(fingerprint, refs=digest)
        return fingerprint

    # what panes share

    @property
    def where(self) -> str:
        """The branch or commit whose tables are shown."""
        return self.branch if self.pair is None else self.pair.where(self.branch)

    @property
    def head(self) -> str:
        """The last commit of the branch."""
        if self._fingerprint is None:
            self._fingerprint = self.repository.refs.fingerprint(self.branch)
        return self._fingerprint.head

    @property
    def status(self) -> Changes:
        """What is uncommitted."""
        return cast("Changes", self._ask("changes"))

    @property
    def comparison(self) -> Comparison:
        """What differs between the two that are compared."""
        return cast("Comparison", self._ask("comparison"))

    @property
    def branches(self) -> tuple[Branch, ...]:
        return cast("tuple[Branch, ...]", self._ask("branches"))

    @property
    def tags(self) -> tuple[Tag, ...]:
        return cast("tuple[Tag, ...]", self._ask("tags"))

    @property
    def remotes(self) -> tuple[tuple[Remote, ...], tuple[RemoteBranch, ...]]:
        """The remotes, and the branches of all of them."""
        return cast("tuple[tuple[Remote, ...], tuple[RemoteBranch, ...]]", self._ask("remotes"))

    @property
    def log(self) -> LogPage | Found:
        """The first page of the log."""
        return cast("LogPage | Found", self._ask("log"))

    @property
    def tables(self) -> tuple[Table, ...]:
        return cast("tuple[Table, ...]", self._ask("tables"))

    @property
    def summary(self) -> Summary:
        return cast("Summary", self._ask("summary"))

    def attempt(self, name: str) -> None:
        """Ask a question whose failure is told, and else costs nothing."""
        with suppress(NotAnswered):
            self._ask(name)

    def _ask(self, name: str) -> Any:
        if name in self._failures:
            raise self._failures[name]
        if name not in self._answers:
            question = QUESTIONS[name]
            try:
                found = question.ask(self)
            except OF_ALL:
                raise
            except Exception as error:  # its pane says so, and the crash file has it where it is one of ours
                self._arrived(Answer(question, error=error))
                self._failures[name] = failure = NotAnswered(question)
                raise failure from error
            self._answers[name] = found
            self._arrived(Answer(question, found))
        return self._answers[name]

    def ask_log(self) -> LogPage | Found:
        history, pair = self.repository.history, self.pair
        if self._log_filter is not None and pair is None:
            return Found(*history.search(self.branch, self.head, self._log_filter, self._page))
        tip = self.head if pair is None or pair.hash == WORKING_SET else pair.hash
        without = {} if pair is None else {"without": pair.base_hash}
        return history.page(self.branch, [tip], self._page, **without)

    def ask_summary(self) -> Summary:
        tables = self._answers.get("tables", self._tables)
        linked = self._links.result if self._links is not None else None
        names = frozenset(table.name for table in tables)
        return self.repository.summaries.summary(self.where, names, self._link, links=linked)

    def ask_operation(self) -> InProgress:
        """What is in progress; what was read already is not asked a second time."""
        asked = self._merging is not None
        merging = self._merging.result() if self._merging is not None else None
        branches, status = self._answers.get("branches"), self._answers.get("changes")
        operation = self.repository.progress.find(
            self.branch,
            branches=None if branches is None else [item.name for item in branches],
            status=Changes() if status is None and CHANGES in self.scopes else status,
            merging=(merging,) if asked else None,
        )
        return InProgress(operation, merging, asked)


class Found(Frozen):
    """The first commits that the log's filter lets through."""

    commits: tuple[Commit, ...]
    more: bool
    """Whether others follow."""


class InProgress(Frozen):
    """What was begun on the branch and is not finished."""

    operation: Operation | None
    merging: MergeState | None
    known: bool
    """Whether ``merging`` was looked at."""

    def keep(self, state: State) -> None:
        """Keep it in the state."""
        state.operation = self.operation
        if self.known:
            state.merging = self.merging


def _keep_remotes(state: State, found: tuple[tuple[Remote, ...], tuple[RemoteBranch, ...]]) -> None:
    state.remotes, state.remote_branches = found


def _keep_log(state: State, found: LogPage | Found) -> None:
    state.log_goes_on = found.more if isinstance(found, Found) else bool(found.frontier)


def _set(name: str) -> Callable[[State, Any], None]:
    return lambda state, found: setattr(state, name, found)


QUESTIONS = {
    question.name: question
    for question in (
        Question(
            "changes",
            "the changes",
            CHANGES,
            lambda reading: reading.repository.working.status(reading.branch),
            _set("changes"),
            lambda state: setattr(state, "changes", Changes()),
        ),
        Question(
            "comparison",
            "what differs",
            CHANGES,
            lambda reading: compare(reading.repository, reading.branch, cast("Pair", reading.pair)),
            _set("comparison"),
            lambda state: setattr(state, "comparison", None),
        ),
        Question(
            "operation",
            "what is in progress",
            CHANGES,
            Reading.ask_operation,
            lambda state, found: found.keep(state),
        ),
        Question(
            "branches",
            "the branches",
            BRANCHES,
            lambda reading: reading.repository.refs.branches(reading.branch),
            _set("branches"),
        ),
        Question(
            "tags", "the tags", BRANCHES, lambda reading: reading.repository.tags.tags(reading.branch), _set("tags")
        ),
        Question(
            "remotes",
            "the remotes",
            BRANCHES,
            lambda reading: (
                reading.repository.remotes.remotes(reading.branch),
                reading.repository.remotes.branches(reading.branch),
            ),
            _keep_remotes,
        ),
        Question("log", "the log", LOG, Reading.ask_log, _keep_log, lambda state: setattr(state, "log_goes_on", False)),
        Question(
            "tables",
            "the tables",
            TABLES,
            lambda reading: reading.repository.tables.tables(reading.where),
            _set("tables"),
        ),
        Question("summary", "the summary", SUMMARY, Reading.ask_summary, lambda _state, _found: None),
    )
}
"""Everything that a reading may ask for the state, by name."""


def compare(repository: Repository, branch: str, pair: Pair, *, counts: bool = False) -> Comparison:
    """What the engine has to say about two revisions."""
    return repository.history.compare(branch, pair.base_hash, pair.hash, counts=counts, direct=pair.direct, size=1)


def changed_scopes(before: BranchFingerprint | None, after: BranchFingerprint) -> frozenset[str]:
    """What has to be read again when the state went from one fingerprint to the other."""
    if before is None or before.branch != after.branch:
        return ALL
    scopes: frozenset[str] = frozenset()
    if before.head != after.head:
        return ALL
    if (before.working, before.staged) != (after.working, after.staged):
        scopes |= WORKING
    if before.refs and after.refs and before.refs != after.refs:
        scopes |= REFS
    return scopes
