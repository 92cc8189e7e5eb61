"""The pages of the log: all ancestors of a commit with their graph, or the commits that a filter lets through."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from dolt_tui.engine.model import Commit, LogFilter, LogPage
from dolt_tui.ui.present.graph import Graph, Lanes
from dolt_tui.ui.present.grid_rows import Column, Count, Match, PageOf, Request, Row
from dolt_tui.ui.present.lists import LOG_COLUMNS, commit_row
from dolt_tui.ui.present.text import Style, cell

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository


class LogSource:
    """The log from a commit on; the first page is there already, and the others are as long."""

    backward = False
    offsets = False
    columns: Sequence[Column] = LOG_COLUMNS

    def __init__(
        self,
        repository: Repository,
        branch: str,
        first: LogPage,
        refs: Mapping[str, Sequence[tuple[str, Style]]],
        now: Callable[[], dt.datetime],
        without: str = "",
    ) -> None:
        """Ages are told from ``now``; ``without`` leaves out the commits that this one has too."""
        self._now = now
        self.page_size = max(1, len(first.commits))
        self._repository, self._branch, self._without = repository, branch, without
        self._first, self.refs = first, refs
        self.total: int | None = None if first.frontier else len(first.commits)

    def count(self) -> Count | None:
        return None if self.total is None else Count(self.total, True)

    def fetch(self, request: Request) -> PageOf:
        history = self._repository.history
        commits: tuple[Commit, ...] = ()
        if request.after is None:
            page, start, graph = self._first, 0, Graph()
            if page.frontier and request.size > len(page.commits):  # the cursor goes back to where it was
                commits, rest = page.commits, request.size - len(page.commits)
                page = history.page(self._branch, page.frontier, rest, without=self._without)
        else:
            start, frontier, state = cast("tuple[int, tuple[str, ...], Lanes]", request.after)
            page, graph = history.page(self._branch, frontier, request.size, without=self._without), Graph(state)
        commits += page.commits
        lines = graph.extend((commit.hash, commit.parents) for commit in commits)
        moment = self._now()
        rows = tuple(
            commit_row(commit, line, self.refs.get(commit.hash, ()), self._branch, moment)
            for commit, line in zip(commits, lines, strict=True)
        )
        end = start + len(rows)
        more = bool(page.frontier)
        return PageOf(rows, start == 0, not more, (end, page.frontier, graph.state) if more else None)

    def find(self, text: str, row: Row | None, index: int, *, backward: bool) -> Match | None:
        if not self._first.commits:
            return None
        tip = self._first.commits[0].hash
        start = f"{self._without}..{tip}" if self._without else tip
        return _found(self._repository, self._branch, start, LogFilter(), text, index if row else None, backward)


class FoundSource:
    """The commits that a filter lets through; the first page is there already, and the others are as long."""

    backward = False
    offsets = False
    columns: Sequence[Column] = LOG_COLUMNS

    def __init__(
        self,
        repository: Repository,
        branch: str,
        head: str,
        wanted: LogFilter,
        first: tuple[Commit, ...],
        more: bool,
        refs: Mapping[str, Sequence[tuple[str, Style]]],
        now: Callable[[], dt.datetime],
    ) -> None:
        self._now = now
        self.page_size = max(1, len(first))
        self._repository, self._branch, self._head, self._wanted = repository, branch, head, wanted
        self._first, self._more, self.refs = first, more, refs
        self.total: int | None = None if more else len(first)

    def count(self) -> Count | None:
        return None if self.total is None else Count(self.total, True)

    def fetch(self, request: Request) -> PageOf:
        if request.after is None:
            commits, more, start = self._first, self._more, 0
        else:
            start = cast("int", request.after)
            commits, more = self._repository.history.search(
                self._branch, self._head, self._wanted, request.size, skip=start
            )
        moment = self._now()
        line = cell("○", Style.LANE0)
        rows = tuple(
            commit_row(commit, line, self.refs.get(commit.hash, ()), self._branch, moment) for commit in commits
        )
        end = start + len(rows)
        return PageOf(rows, start == 0, not more, end if more else None)

    def find(self, text: str, row: Row | None, index: int, *, backward: bool) -> Match | None:
        return _found(self._repository, self._branch, self._head, self._wanted, text, index if row else None, backward)


def _found(
    repository: Repository, branch: str, start: str, wanted: LogFilter, text: str, index: int | None, backward: bool
) -> Match | None:
    """The commit beyond a line that contains a text; without a line the first one, or the last one."""
    history = repository.history
    if backward:
        found = history.find(branch, start, text, before=-1 if index is None else index, filter=wanted)
    else:
        found = history.find(branch, start, text, after=0 if index is None else index + 1, filter=wanted)
    return None if found is None else Match((found.hash,), found.before)
