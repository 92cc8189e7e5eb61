"""Reading the panes: all of them for a branch, or those whose scope changed.

One job of the lane "panes" reads one after the other on one connection's thread, and hands over each answer as it
comes. What several panes need is a `Question`: it is asked once in each `Reading`, and its answer is kept in the state.
A job that is overtaken (another branch, a newer refresh) delivers nothing any more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeVar, cast, overload

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


class NotAnswered(Exception):
    """A question of the reading was not answered; its ``__cause__`` is why."""

    def __init__(self, question: Question[Any]) -> None:
        super().__init__(question.what)
        self.question = question


class Question(Generic[T]):
    """What a reading asks once, when somebody needs it first, and what the state keeps."""

    def __init__(
        self,
        ask: Callable[[Reading], T],
        what: str,
        scope: str,
        keep: Callable[[State, Any], None] | None,
        forget: Callable[[State], None],
    ) -> None:
        self.name, self.__doc__ = ask.__name__, ask.__doc__
        self.ask, self.what, self.scope, self._keep, self.forget = ask, what, scope, keep, forget

    def keep(self, state: State, found: T) -> None:
        """Keep an answer in the state."""
        if self._keep is not None:
            self._keep(state, found)
        else:
            setattr(state, self.name, found)


class _Asked(Generic[T]):
    """An attribute of `Reading`: asks the question; of the class it is the question itself."""

    def __init__(self, question: Question[T]) -> None:
        self.question = question

    @overload
    def __get__(self, reading: None, owner: type[Reading]) -> Question[T]: ...

    @overload
    def __get__(self, reading: Reading, owner: type[Reading]) -> T: ...

    def __get__(self, reading: Reading | None, owner: type[Reading]) -> Question[T] | T:
        return self.question if reading is None else reading.answer(self.question)


def question(
    what: str,
    scope: str,
    keep: Callable[[State, Any], None] | None = None,
    forget: Callable[[State], None] = lambda _: None,
) -> Callable[[Callable[[Reading], T]], _Asked[T]]:
    """Make a method of `Reading` a question.

    ``what`` is asked, in words, behind "could not read"; with ``scope`` it is asked again. ``keep`` keeps its answer,
    else the state's attribute of the same name does; ``forget`` is for when there is none, else that of before stays.
    """
    return lambda ask: _Asked(Question(ask, what, scope, keep, forget))


def _keep_operation(state: State, found: InProgress) -> None:
    state.operation = found.operation
    if found.known:
        state.merging = found.merging


def _keep_remotes(state: State, found: tuple[tuple[Remote, ...], tuple[RemoteBranch, ...]]) -> None:
    state.remotes, state.remote_branches = found


def _keep_log(state: State, found: LogPage | Found) -> None:
    state.log_goes_on = found.more if isinstance(found, Found) else bool(found.frontier)


def _no_changes(state: State) -> None:
    state.changes = Changes()


def _no_comparison(state: State) -> None:
    state.comparison = None


def _no_log(state: State) -> None:
    state.log_goes_on = False


class Answer(Frozen):
    """What the database answered to a question, or why it did not."""

    question: Question[Any]
    found: Any = None
    error: Exception | None = None


class Part(Frozen):
    """What a pane read, or why it could not."""

    reader: Reader
    what: str = ""
    """What could not be read, in words; empty where it was."""
    found: Any = None
    error: Exception | None = None
    question: Question[Any] | None = None
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
        """Read these, the first one first. Returns the state that was read.

        A reading that is broken off leaves the old one, and the next look at the database finds what it missed. What
        cannot be read costs its own pane only.
        """
        self._begin()
        for reader in readers:
            if reader.SCOPES & self.scopes:
                self._arrived(self.part(reader))
        if self.scopes & {CHANGES, BRANCHES}:
            self.attempt(Reading.operation)
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

    @question("the changes", CHANGES, forget=_no_changes)
    def changes(self) -> Changes:
        """What is uncommitted."""
        return self.repository.working.status(self.branch)

    @question("what differs", CHANGES, forget=_no_comparison)
    def comparison(self) -> Comparison:
        """What differs between the two that are compared."""
        assert self.pair is not None
        return compare(self.repository, self.branch, self.pair)

    @question("what is in progress", CHANGES, _keep_operation)
    def operation(self) -> InProgress:
        """What is in progress; what was read already is not asked a second time."""
        asked = self._merging is not None
        merging = self._merging.result() if self._merging is not None else None
        branches, changes = self._answers.get("branches"), self._answers.get("changes")
        operation = self.repository.progress.find(
            self.branch,
            branches=None if branches is None else [item.name for item in branches],
            status=Changes() if changes is None and CHANGES in self.scopes else changes,
            merging=(merging,) if asked else None,
        )
        return InProgress(operation, merging, asked)

    @question("the branches", BRANCHES)
    def branches(self) -> tuple[Branch, ...]:
        return self.repository.refs.branches(self.branch)

    @question("the tags", BRANCHES)
    def tags(self) -> tuple[Tag, ...]:
        return self.repository.tags.tags(self.branch)

    @question("the remotes", BRANCHES, _keep_remotes)
    def remotes(self) -> tuple[tuple[Remote, ...], tuple[RemoteBranch, ...]]:
        """The remotes, and the branches of all of them."""
        return self.repository.remotes.remotes(self.branch), self.repository.remotes.branches(self.branch)

    @question("the log", LOG, _keep_log, _no_log)
    def log(self) -> LogPage | Found:
        """The first page of the log."""
        history, pair = self.repository.history, self.pair
        if self._log_filter is not None and pair is None:
            return Found(*history.search(self.branch, self.head, self._log_filter, self._page))
        tip = self.head if pair is None or pair.hash == WORKING_SET else pair.hash
        without = {} if pair is None else {"without": pair.base_hash}
        return history.page(self.branch, [tip], self._page, **without)

    @question("the tables", TABLES)
    def tables(self) -> tuple[Table, ...]:
        return self.repository.tables.tables(self.where)

    @question("the summary", SUMMARY, lambda _state, _found: None)
    def summary(self) -> Summary:
        """The join of a link table; nothing but its pane needs it."""
        tables: tuple[Table, ...] = self._answers.get("tables", self._tables)
        linked = self._links.result if self._links is not None else None
        names = frozenset(table.name for table in tables)
        return self.repository.summaries.summary(self.where, names, self._link, links=linked)

    def attempt(self, question: Question[Any]) -> None:
        """Ask a question whose failure is told, and else costs nothing."""
        with suppress(NotAnswered):
            self.answer(question)

    def answer(self, question: Question[T]) -> T:
        """The answer to a question, which is asked the first time. Raises `NotAnswered`."""
        name = question.name
        if name in self._failures:
            raise self._failures[name]
        if name not in self._answers:
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
        return cast("T", self._answers[name])


QUESTIONS: dict[str, Question[Any]] = {
    name: item.question for name, item in vars(Reading).items() if isinstance(item, _Asked)
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
