"""What is counted after the panes are filled: it may take long, so each kind has a lane of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from dolt_tui.engine.model import Changes, Comparison, Divergence, Table
from dolt_tui.ui.session.reads import compare

if TYPE_CHECKING:
    from dolt_tui.ui.workspace import Workspace

T = TypeVar("T")

LANES = ("statistics", "divergence", "standings", "table rows", "log count")


class Statistics:
    """Counts for a workspace; all methods run on the event loop."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.due = False
        """Whether something was read whose statistics are not asked for yet."""

    def count(self) -> None:
        """Count what was read again, where that is still to be done: the rows of the main pane come before."""
        if not self.due:
            return
        self.due = False
        self._count_rows()
        self._count_divergences()
        self._count_upstreams()
        self._count_tables()
        self._count_commits()

    def _run(self, lane: str, label: str, work: Callable[[], T], done: Callable[[T], None]) -> None:
        self._workspace.jobs.run(lane, label, work, done, self._workspace.live.fail_quietly)

    def _count_rows(self) -> None:
        """The rows of each changed table, or of each one that differs."""
        workspace, state = self._workspace, self._workspace.state
        repository, branch, changes, pair = state.repository, state.branch, state.changes, state.pair

        def counted(result: Changes) -> None:
            if state.changes == changes:
                state.changes = result
                workspace.changes.show(result)

        def compared(result: Comparison) -> None:
            if state.pair == pair:
                workspace.live.showing.show_comparison(result)

        if pair is not None:
            self._run("statistics", "count rows", lambda: compare(repository, branch, pair, counts=True), compared)
        elif any(item.counts is None and not item.uncounted for item in (*changes.staged, *changes.unstaged)):
            work = repository.working.with_counts
            self._run("statistics", "count rows", lambda: work(branch, changes), counted)

    def _count_divergences(self) -> None:
        """How the branches in view stand to the current one."""
        workspace, state = self._workspace, self._workspace.state
        repository, branch = state.repository, state.branch
        wanted = sorted({*workspace.branches.in_view, repository.info.default_branch})

        def diverged(result: dict[str, Divergence]) -> None:
            state.divergences = {**state.divergences, **result}
            workspace.live.showing.show_branches()
            workspace.draw_bars()

        self._run(
            "divergence", "count what is ahead and behind", lambda: repository.refs.divergence(branch, wanted), diverged
        )

    def _count_upstreams(self) -> None:
        """How the branches in view stand to their upstreams."""
        workspace, state = self._workspace, self._workspace.state
        repository, branch = state.repository, state.branch
        pairs = []
        for name in dict.fromkeys((branch, *workspace.branches.in_view)):
            found, upstream = state.branch_named(name), state.upstream_of(name)
            if found is not None and upstream is not None and (found.hash, upstream.hash) not in state.standings:
                pairs.append((found.hash, upstream.hash))

        def counted(result: dict[tuple[str, str], Divergence]) -> None:
            state.standings.update(result)
            workspace.live.showing.show_branches()
            workspace.draw_bars()

        if pairs:
            self._run(
                "standings", "count what is ahead and behind", lambda: repository.refs.distances(branch, pairs), counted
            )

    def _count_tables(self) -> None:
        """The rows of the tables whose number the engine does not keep."""
        workspace, state = self._workspace, self._workspace.state
        tables, count = state.tables, state.repository.tables.count
        where = state.branch if state.pair is None else state.pair.where(state.branch)
        if "tables" in state.unread or all(table.is_view or table.rows is not None for table in tables):
            return

        def work() -> tuple[Table, ...]:
            return tuple(
                table if table.is_view or table.rows is not None else Table(table.name, False, count(where, table.name))
                for table in tables
            )

        def counted(result: tuple[Table, ...]) -> None:
            if "tables" not in state.unread and state.tables == tables:
                state.tables = result
                workspace.tables.show(result)

        self._run("table rows", "count rows", work, counted)

    def _count_commits(self) -> None:
        """The number of commits."""
        pane, state = self._workspace.log_pane, self._workspace.state
        repository, branch = state.repository, state.branch

        def counted(number: int) -> None:
            if "log" not in state.unread and state.log_filter is None and state.pair is None:
                pane.set_total(number)

        if pane.grid.source is not None and state.log_filter is None and state.pair is None:
            self._run("log count", "count commits", lambda: repository.history.count(branch), counted)
