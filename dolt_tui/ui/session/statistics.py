"""What is counted after the panes are filled: it may take long, so each kind has a lane of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.model import AheadBehind, Changes, Comparison, Table
from dolt_tui.ui.session.events import Counted, Progress
from dolt_tui.ui.session.reads import BRANCHES, CHANGES, LOG, TABLES, compare

if TYPE_CHECKING:
    from dolt_tui.ui.session.session import Session

LANES = ("statistics", "divergence", "standings", "table rows", "log count")


class Statistics:
    """Counts for a session; all methods run on the event loop."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.due = False
        """Whether something was read whose statistics are not asked for yet."""

    def count(self) -> None:
        """Count what was read again, where that is still to be done: the rows of the main pane come before."""
        if not self.due:
            return
        self.due = False
        self._count_rows()
        self._count_ahead_behind()
        self._count_upstreams()
        self._count_tables()
        self._count_commits()

    def _tell(self, scope: str, found: object) -> None:
        self._session.events.tell(Counted(scope, found))

    def _count_rows(self) -> None:
        """The rows of each changed table, or of each one that differs."""
        session, state = self._session, self._session.state
        repository, branch, changes, pair = state.repository, state.branch, state.changes, state.pair

        def counted(result: Changes) -> None:
            if state.changes == changes:
                state.changes = result
                self._tell(CHANGES, result)

        def compared(result: Comparison) -> None:
            if state.pair == pair:
                state.comparison = result
                self._tell(CHANGES, result)

        if pair is not None:
            session.quietly(
                "statistics", "count rows", lambda: compare(repository, branch, pair, counts=True), compared
            )
        elif any(item.counts is None and not item.uncounted for item in (*changes.staged, *changes.unstaged)):
            work = repository.working.with_counts
            session.quietly("statistics", "count rows", lambda: work(branch, changes), counted)

    def _count_ahead_behind(self) -> None:
        """How the branches in view stand to the current one."""
        session, state = self._session, self._session.state
        repository, branch = state.repository, state.branch
        wanted = sorted({*session.shown.branches_in_view, repository.info.default_branch})

        def diverged(result: dict[str, AheadBehind]) -> None:
            state.ahead_behind = {**state.ahead_behind, **result}
            self._show_branches()

        session.quietly(
            "divergence",
            "count what is ahead and behind",
            lambda: repository.refs.ahead_behind(branch, wanted),
            diverged,
        )

    def _count_upstreams(self) -> None:
        """How the branches in view stand to their upstreams."""
        session, state = self._session, self._session.state
        repository, branch = state.repository, state.branch
        pairs = []
        for name in dict.fromkeys((branch, *session.shown.branches_in_view)):
            found, upstream = state.branch_named(name), state.upstream_of(name)
            if (
                found is not None
                and upstream is not None
                and (found.hash, upstream.hash) not in state.ahead_behind_pairs
            ):
                pairs.append((found.hash, upstream.hash))

        def counted(result: dict[tuple[str, str], AheadBehind]) -> None:
            state.ahead_behind_pairs.update(result)
            self._show_branches()

        if pairs:
            session.quietly(
                "standings",
                "count what is ahead and behind",
                lambda: repository.refs.ahead_behind_pairs(branch, pairs),
                counted,
            )

    def _show_branches(self) -> None:
        state = self._session.state
        if "branches" not in state.unread:
            self._tell(BRANCHES, state.branches)
        self._session.events.tell(Progress())

    def _count_tables(self) -> None:
        """The rows of the tables whose number the engine does not keep."""
        state = self._session.state
        tables, count = state.tables, state.repository.tables.counted
        where = state.branch if state.pair is None else state.pair.where(state.branch)
        if "tables" in state.unread or all(item.is_view or item.rows is not None or item.uncounted for item in tables):
            return

        def counted(result: tuple[Table, ...]) -> None:
            if "tables" not in state.unread and state.tables == tables:
                state.tables = result
                self._tell(TABLES, result)

        self._session.quietly("table rows", "count rows", lambda: count(where, tables), counted)

    def _count_commits(self) -> None:
        """The number of commits."""
        state = self._session.state
        repository, branch = state.repository, state.branch

        def counted(number: int) -> None:
            if "log" not in state.unread and state.log_filter is None and state.pair is None:
                self._tell(LOG, number)

        if state.log_goes_on and state.log_filter is None and state.pair is None:
            self._session.quietly("log count", "count commits", lambda: repository.history.count(branch), counted)
