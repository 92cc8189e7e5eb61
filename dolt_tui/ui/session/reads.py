"""Reading the panes: all of them for a branch, or those whose scope changed; statistics behind; the poll.

One job of the lane "panes" reads one after the other on one connection's thread, and hands each answer over as it
comes. A job that is overtaken (another branch, a newer refresh) delivers nothing any more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from dolt_tui.engine.errors import BranchNotFound, Cancelled, ServerLost
from dolt_tui.engine.model import WORKING as WORKING_SET
from dolt_tui.engine.model import (
    Branch,
    Changes,
    Commit,
    Comparison,
    LogFilter,
    LogPage,
    MergeState,
    Remote,
    RemoteBranch,
    Summary,
    Table,
    Tag,
    Token,
)
from dolt_tui.engine.model.rewriting import Operation
from dolt_tui.ui.main_view.log_pages import LOG_PAGE
from dolt_tui.ui.session.side_job import Beside

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.panes.tab import Tab
    from dolt_tui.ui.session.state import Pair

T = TypeVar("T")

CHANGES, BRANCHES, LOG, TABLES, SUMMARY = "changes", "branches", "log", "tables", "summary"
ALL = frozenset({CHANGES, BRANCHES, LOG, TABLES, SUMMARY})
WORKING = frozenset({CHANGES, BRANCHES, TABLES, SUMMARY})
"""What shows the working set."""
REFS = frozenset({BRANCHES, LOG})
"""What shows branches and tags."""


@dataclass(frozen=True)
class Read:
    """One answer of a reading job; which field is set says which."""

    merging: tuple[MergeState | None] | None = None
    operation: tuple[Operation | None] | None = None
    changes: Changes | None = None
    comparison: Comparison | None = None
    branches: tuple[Branch, ...] | None = None
    tags: tuple[Tag, ...] | None = None
    remotes: tuple[tuple[Remote, ...], tuple[RemoteBranch, ...]] | None = None
    log: LogPage | None = None
    found: tuple[tuple[Commit, ...], bool] | None = None
    """Commits that the log's filter lets through, and whether more follow."""
    tables: tuple[Table, ...] | None = None
    summary: Summary | None = None
    tab: tuple[Tab, object] | None = None
    """A tab that is shown, and what it read: an exception where it could not."""
    question: str = ""
    """What was asked, one of `QUESTIONS`; empty for a tab."""
    error: Exception | None = None
    """Why there is no answer: all fields above are unset then."""


QUESTIONS = {
    "changes": ("the changes", CHANGES),
    "comparison": ("what differs", CHANGES),
    "operation": ("what is in progress", CHANGES),
    "branches": ("the branches", BRANCHES),
    "tags": ("the tags", BRANCHES),
    "remotes": ("the remotes", BRANCHES),
    "log": ("the log", LOG),
    "tables": ("the tables", TABLES),
    "summary": ("the summary", SUMMARY),
}
"""What a reading asks: each in words, and the scope with which it is asked again."""


def read(
    repository: Repository,
    branch: str,
    scopes: frozenset[str],
    known_tables: tuple[Table, ...],
    link: str | None,
    log_filter: LogFilter | None,
    pair: Pair | None,
    tabs: Sequence[Tab],
    arrived: Callable[[Read], None],
) -> Token:
    """Read the panes of ``scopes``, the most looked-at first, and the ``tabs``. Runs on a database thread.

    Answers the state that was read: a reading that is broken off leaves the old one, and the next look at the
    database finds what it missed. The panes are about ``branch``, or about the ``pair`` that is compared. A question
    that fails costs its own pane only; raises `BranchNotFound`, `ServerLost` and `Cancelled`.
    """
    with ExitStack() as besides:
        return _read(besides, repository, branch, scopes, known_tables, link, log_filter, pair, tabs, arrived)


def _read(
    besides: ExitStack,
    repository: Repository,
    branch: str,
    scopes: frozenset[str],
    known_tables: tuple[Table, ...],
    link: str | None,
    log_filter: LogFilter | None,
    pair: Pair | None,
    tabs: Sequence[Tab],
    arrived: Callable[[Read], None],
) -> Token:
    def ask(question: str, work: Callable[[], T], answer: Callable[[T], Read]) -> T | None:
        found = _ask(work)
        if isinstance(found, Exception):
            arrived(Read(question=question, error=found))
            return None
        arrived(replace(answer(found), question=question))
        return found

    status: Changes | None = None
    branches: tuple[Branch, ...] | None = None
    refs, remotes, working = repository.refs, repository.remotes, repository.working
    token = refs.token(branch)
    if LOG in scopes and _ask(lambda: repository.undo.repair(branch)) is True:
        token = refs.token(branch)  # a program died in the middle of a snapshot
    where = branch if pair is None else pair.where(branch)
    links: Beside[tuple[str, ...]] | None = None
    if SUMMARY in scopes and link is None and not repository.summaries.tutorial and _many(known_tables):
        links = besides.enter_context(Beside(lambda: repository.summaries.links(where)))
    states: Beside[tuple[MergeState | None]] | None = None
    if CHANGES in scopes:
        states = besides.enter_context(Beside(lambda: (refs.merge_state(branch),)))
    if CHANGES in scopes:
        status = ask("changes", lambda: working.status(branch), lambda found: Read(changes=found))
        if pair is not None:
            ask("comparison", lambda: compare(repository, branch, pair), lambda found: Read(comparison=found))
    if BRANCHES in scopes or LOG in scopes:
        branches = ask("branches", lambda: refs.branches(branch), lambda found: Read(branches=found))
        tags = ask("tags", lambda: refs.tags(branch), lambda found: Read(tags=found))
        remote = ask(
            "remotes",
            lambda: (remotes.remotes(branch), remotes.branches(branch)),
            lambda found: Read(remotes=found),
        )
        if branches is not None and tags is not None and remote is not None:
            token = replace(token, refs=refs.digest(branches, tags, remote[1]))
    head, history = token.head, repository.history
    if LOG in scopes and log_filter is not None and pair is None:
        ask("log", lambda: history.search(branch, head, log_filter, LOG_PAGE), lambda found: Read(found=found))
    elif LOG in scopes:
        tip = head if pair is None or pair.hash == WORKING_SET else pair.hash
        without = {} if pair is None else {"without": pair.base_hash}
        ask("log", lambda: history.page(branch, [tip], LOG_PAGE, **without), lambda found: Read(log=found))
    if TABLES in scopes:
        tables = ask("tables", lambda: repository.tables.tables(where), lambda found: Read(tables=found))
        known_tables = known_tables if tables is None else tables
    if SUMMARY in scopes:
        names = frozenset(table.name for table in known_tables)
        linked = links.result if links is not None else None
        ask(
            "summary",
            lambda: repository.summaries.summary(where, names, link, links=linked),
            lambda found: Read(summary=found),
        )
    if CHANGES in scopes or BRANCHES in scopes:

        def progress() -> tuple[tuple[MergeState | None] | None, tuple[Operation | None]]:
            merging = states.result() if states is not None else None
            found = repository.progress.find(
                branch,
                branches=None if branches is None else [item.name for item in branches],
                status=Changes() if status is None and CHANGES in scopes else status,  # not asked a second time
                merging=merging,
            )
            return merging, (found,)

        ask("operation", progress, lambda found: Read(merging=found[0], operation=found[1]))
    for tab in tabs:
        arrived(Read(tab=(tab, _ask(partial(tab.read, repository, branch)))))
    return token


def _ask(work: Callable[[], T]) -> T | Exception:
    """What ``work`` answers, or the error: the other panes are read anyway, unless it concerns all of them."""
    try:
        return work()
    except (BranchNotFound, ServerLost, Cancelled):
        raise
    except Exception as error:  # its pane says so, and the crash file has it where it is one of ours
        return error


def _many(tables: tuple[Table, ...]) -> bool:
    """Whether there may be so many tables that looking for link tables among them takes its time."""
    return not tables or len(tables) > _FEW_TABLES


_FEW_TABLES = 20


def compare(repository: Repository, branch: str, pair: Pair, *, counts: bool = False) -> Comparison:
    """What the engine has to say about two revisions."""
    return repository.history.compare(branch, pair.base_hash, pair.hash, counts=counts, direct=pair.direct, size=1)


def changed_scopes(before: Token | None, after: Token) -> frozenset[str]:
    """What has to be read again when the state went from one token to the other."""
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
