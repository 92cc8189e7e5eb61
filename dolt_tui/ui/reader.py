"""Reading the panes: all of them for a branch, or those whose scope changed; statistics behind; the poll.

One job of the lane "panes" reads one after the other on one connection's thread, and hands each answer over as it
comes. A job that is overtaken (another branch, a newer refresh) delivers nothing any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dolt_tui.engine.errors import BranchNotFound, Cancelled, EngineError, ServerLost
from dolt_tui.engine.model import WORKING as WORKING_SET
from dolt_tui.engine.model import (
    Branch,
    Changes,
    Commit,
    Comparison,
    Divergence,
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
from dolt_tui.engine.operations import Operation
from dolt_tui.ui.beside import Beside
from dolt_tui.ui.jobs import Job, Jobs
from dolt_tui.ui.panes.log import LOG_PAGE

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.panes.tab import Tab
    from dolt_tui.ui.state import Pair

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
    refs: tuple[tuple[Branch, ...], tuple[Tag, ...], tuple[Remote, ...], tuple[RemoteBranch, ...]] | None = None
    log: LogPage | None = None
    found: tuple[tuple[Commit, ...], bool] | None = None
    """Commits that the log's filter lets through, and whether more follow."""
    tables: tuple[Table, ...] | None = None
    summary: Summary | None = None
    tab: tuple[Tab, object] | None = None
    """A tab that is shown, and what it read: an `EngineError` where it could not."""


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
    database finds what it missed. The panes are about ``branch``, or about the ``pair`` that is compared.
    """
    names: list[str] | None = None
    status: Changes | None = None
    merging: tuple[MergeState | None] | None = None
    token = repository.refs.token(branch)
    if LOG in scopes and repository.undo.repair(branch):  # a program died in the middle of a snapshot
        token = repository.refs.token(branch)
    where = branch if pair is None else pair.where(branch)
    links: Beside[tuple[str, ...]] | None = None
    if SUMMARY in scopes and link is None and not repository.summaries.tutorial and _many(known_tables):
        links = Beside(lambda: repository.summaries.links(where))
    states = Beside(lambda: (repository.refs.merge_state(branch),)) if CHANGES in scopes else None
    if CHANGES in scopes:
        status = repository.working.status(branch)
        arrived(Read(changes=status))
        if pair is not None:
            arrived(Read(comparison=compare(repository, branch, pair)))
    if BRANCHES in scopes or LOG in scopes:
        branches, tags = repository.refs.branches(branch), repository.refs.tags(branch)
        remotes, remote_branches = repository.remotes.remotes(branch), repository.remotes.branches(branch)
        names = [item.name for item in branches]
        token = replace(token, refs=repository.refs.digest(branches, tags, remote_branches))
        arrived(Read(refs=(branches, tags, remotes, remote_branches)))
    if LOG in scopes and pair is not None:
        tip = token.head if pair.hash == WORKING_SET else pair.hash
        arrived(Read(log=repository.history.page(branch, [tip], LOG_PAGE, without=pair.base_hash)))
    elif LOG in scopes and log_filter is not None:
        arrived(Read(found=repository.history.search(branch, token.head, log_filter, LOG_PAGE)))
    elif LOG in scopes:
        arrived(Read(log=repository.history.page(branch, [token.head], LOG_PAGE)))
    if TABLES in scopes:
        known_tables = repository.tables.tables(where)
        arrived(Read(tables=known_tables))
    if SUMMARY in scopes:
        tables = frozenset(table.name for table in known_tables)
        found = repository.summaries.summary(where, tables, link, links=links.result if links is not None else None)
        arrived(Read(summary=found))
    if states is not None:
        merging = states.result()
        arrived(Read(merging=merging))
    if CHANGES in scopes or BRANCHES in scopes:
        operation = repository.progress.find(branch, branches=names, status=status, merging=merging)
        arrived(Read(operation=(operation,)))
    for tab in tabs:
        arrived(Read(tab=(tab, _tab(tab, repository, branch))))
    return token


def _many(tables: tuple[Table, ...]) -> bool:
    """Whether there may be so many tables that looking for link tables among them takes its time."""
    return not tables or len(tables) > _FEW_TABLES


_FEW_TABLES = 20


def compare(repository: Repository, branch: str, pair: Pair, *, counts: bool = False) -> Comparison:
    """What the engine has to say about two revisions."""
    return repository.history.compare(branch, pair.base_hash, pair.hash, counts=counts, direct=pair.direct, size=1)


def _tab(tab: Tab, repository: Repository, branch: str) -> object:
    try:
        return tab.read(repository, branch)
    except (BranchNotFound, ServerLost, Cancelled):
        raise
    except EngineError as error:  # the other panes are read all the same
        return error


def changed_scopes(before: Token | None, after: Token) -> frozenset[str]:
    """What has to be read anew when the state went from one token to the other."""
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


class Statistics:
    """What is counted after the panes stand: it may take long, and runs one at a time."""

    def __init__(self, jobs: Jobs, failed: Callable[[Exception], None]) -> None:
        self._jobs, self._failed = jobs, failed

    def comparison(self, repository: Repository, branch: str, pair: Pair, done: Callable[[Comparison], None]) -> Job:
        """The rows of each table that differs."""
        return self._jobs.run(
            "statistics", "counting rows", lambda: compare(repository, branch, pair, counts=True), done, self._failed
        )

    def changes(self, repository: Repository, branch: str, changes: Changes, done: Callable[[Changes], None]) -> Job:
        """The rows of each changed table."""
        return self._jobs.run(
            "statistics", "counting rows", lambda: repository.working.with_counts(branch, changes), done, self._failed
        )

    def divergences(
        self, repository: Repository, branch: str, names: Iterable[str], done: Callable[[dict[str, Divergence]], None]
    ) -> Job:
        """How the branches in view stand to the current one."""
        wanted = list(names)
        return self._jobs.run(
            "divergence", "ahead and behind", lambda: repository.refs.divergence(branch, wanted), done, self._failed
        )

    def standings(
        self,
        repository: Repository,
        branch: str,
        pairs: Iterable[tuple[str, str]],
        done: Callable[[dict[tuple[str, str], Divergence]], None],
    ) -> Job:
        """How commits stand to others, the branches to their upstreams among them."""
        wanted = list(pairs)
        return self._jobs.run(
            "standings", "ahead and behind", lambda: repository.refs.distances(branch, wanted), done, self._failed
        )

    def tables(
        self, repository: Repository, where: str, tables: tuple[Table, ...], done: Callable[[tuple[Table, ...]], None]
    ) -> Job | None:
        """The rows of the tables of a revision whose number the engine does not keep."""
        if all(table.is_view or table.rows is not None for table in tables):
            return None

        def work() -> tuple[Table, ...]:
            return tuple(
                table
                if table.is_view or table.rows is not None
                else Table(table.name, False, repository.tables.count(where, table.name))
                for table in tables
            )

        return self._jobs.run("table rows", "counting rows", work, done, self._failed)

    def log(self, repository: Repository, branch: str, done: Callable[[int], None]) -> Job:
        """The number of commits."""
        return self._jobs.run(
            "log count", "counting commits", lambda: repository.history.count(branch), done, self._failed
        )
