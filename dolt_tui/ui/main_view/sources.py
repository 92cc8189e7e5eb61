"""Where the rows of the main pane come from, page by page; the first page is there already."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, cast

from dolt_tui.engine.model import (
    FIRST,
    LAST,
    After,
    Before,
    ChangeKind,
    Cursor,
    DiffColumn,
    Position,
    RowChange,
    RowCounts,
    following,
    preceding,
)
from dolt_tui.ui.main_view.views import Content, DiffView, TableView, blamed_at_once
from dolt_tui.ui.present.data_rows import (
    blame_rows,
    change_lines,
    change_row,
    diff_columns,
    hashable,
    page_columns,
    page_rows,
    version_columns,
    version_rows,
)
from dolt_tui.ui.present.grid_rows import PAGE_SIZE, Column, Count, Match, PageOf, Request, Row, Source

if TYPE_CHECKING:
    from dolt_tui.engine.model import Found
    from dolt_tui.engine.repository import Repository


class HistorySource:
    """The changes of one row, the newest first."""

    page_size = PAGE_SIZE
    backward = False
    offsets = False

    def __init__(self, repository: Repository, content: Content, moment: dt.datetime) -> None:
        assert content.history is not None
        self._repository, self._content, self._moment = repository, content, moment
        self._first = content.history
        self.columns: tuple[Column, ...] = version_columns(self._first)

    def count(self) -> Count | None:
        return None if self._first.more else Count(len(self._first.versions), True)

    def fetch(self, request: Request) -> PageOf:
        content, start, history = self._content, 0, self._first
        if request.after is not None:
            start = cast("int", request.after)
        if start or (history.more and request.size > len(history.versions)):
            history = self._repository.history.row(content.branch, content.table, content.row_key, request.size, start)
        rows = version_rows(history, self._moment, start)
        after = start + len(history.versions) if history.more else None
        return PageOf(tuple(rows), start == 0, not history.more, after)


class BlameSource:
    """The rows of a table's last commit by the key, each with the commit that changed it last."""

    backward = False
    offsets = False

    def __init__(self, repository: Repository, content: Content, moment: dt.datetime) -> None:
        assert content.blamed is not None
        self._history, self._content, self._moment = repository.history, content, moment
        self._first, self._more = content.blamed, content.more
        self.page_size = blamed_at_once(repository)
        self.columns: tuple[Column, ...] = blame_rows(self._first, content.blamed_key, moment)[0]

    def count(self) -> Count | None:
        return None if self._more else Count(len(self._first), True)

    def fetch(self, request: Request) -> PageOf:
        content, after = self._content, cast("tuple[object, ...] | None", request.after)
        blamed, more = (self._first, self._more) if after is None else ((), True)
        if more and len(blamed) < request.size:
            behind = blamed[-1].key if blamed else after
            further, _, more = self._history.blame(content.branch, content.table, request.size - len(blamed), behind)
            blamed += further
        rows = blame_rows(blamed, content.blamed_key, self._moment)[1]
        return PageOf(tuple(rows), after is None, not more, blamed[-1].key if more else None)


def _position(request: Request) -> Position:
    """Where the rows are that a grid asks for."""
    if request.from_end:
        return LAST
    if request.after is not None:
        return After(cast("Cursor", request.after))
    if request.before is not None:
        return Before(cast("Cursor", request.before))
    return After(request.start) if request.start else FIRST


def _one_line(change: RowChange, columns: Sequence[DiffColumn], index: int) -> list[Row]:
    return [change_row(change, columns, index)]


class DiffSource:
    """The pages of a diff, the first of which is there already."""

    backward = True

    def __init__(self, repository: Repository, content: Content, two_lines: bool = False) -> None:
        """``two_lines`` shows the old values of a row above the new ones."""
        assert isinstance(content.view, DiffView)
        self._two_lines = two_lines
        assert content.diff is not None
        self._repository = repository
        self._branch, self._view, self._first = content.branch, content.view, content.diff
        self.columns: tuple[Column, ...] = diff_columns(content.diff.columns, content.diff.rows)
        self.page_size = PAGE_SIZE
        self.offsets = isinstance(content.diff.after, int) and not two_lines
        self.counts: RowCounts | None = None

    def count(self) -> Count | None:
        if not self._first.more:
            changes = self._first.rows
            pairs = sum(change.kind is ChangeKind.MODIFIED for change in changes)
            return Count(len(changes) + pairs * self._two_lines, True)
        if self.counts is None or self._view.settings:
            return None
        return Count(self.counts.total + self.counts.modified * self._two_lines, True)

    def fetch(self, request: Request) -> PageOf:
        position, page = _position(request), self._first
        if position != FIRST:
            page = self._repository.diffs.page(self._branch, self._view.query, request.size, position)
        # Rows without a key are told apart by where they stand.
        start = page.before if isinstance(page.before, int) else 0
        lines = change_lines if self._two_lines else _one_line
        rows = tuple(row for i, change in enumerate(page.rows) for row in lines(change, page.columns, start + i))
        return PageOf(rows, page.first, not page.more, page.after, page.before)

    def find(self, text: str, row: Row | None, index: int, *, backward: bool) -> Match | None:
        here: Cursor | None = None
        if row is not None and isinstance(row.value, RowChange):
            here = self._first.cursor(row.value) or (index if backward else index + 1)
        position = preceding(here) if backward else following(here)
        found = self._repository.diffs.find(self._branch, self._view.query, text, position)
        return _match(found, self.page_size, *ChangeKind)


def _match(found: Found | None, size: int, *kinds: ChangeKind) -> Match | None:
    """How to get to what the engine found; ``kinds`` begin the keys that the rows of a diff have."""
    if found is None:
        return None
    at = found.page_after
    key: Hashable = tuple(hashable(value) for value in found.key) or (at if isinstance(at, int) else 0)
    keys = tuple((kind, key) for kind in kinds) or (key,)
    if at is None:
        return Match(keys, index=0)
    if isinstance(at, int):
        return Match(keys, index=at, request=Request(at, size))
    return Match(keys, request=Request(0, size, after=at))


class TableSource:
    """The pages of a table's rows, the first of which is there already."""

    backward = True

    def __init__(self, repository: Repository, content: Content, total: int | None) -> None:
        assert isinstance(content.view, TableView)
        assert content.page is not None
        self._repository = repository
        self._branch, self._query, self._first = content.branch, content.view.wanted, content.page
        self.columns: tuple[Column, ...] = page_columns(content.page)
        self.page_size = PAGE_SIZE
        self.offsets = isinstance(content.page.after, int)
        self.total = total if content.view.query is None else None

    def count(self) -> Count | None:
        if not self._first.more:
            return Count(len(self._first.rows), True)
        return None if self.total is None else Count(self.total, True)

    def fetch(self, request: Request) -> PageOf:
        position, page = _position(request), self._first
        if position != FIRST:
            page = self._repository.rows.page(self._branch, self._query, request.size, position)
        # Rows without a key are told apart by where they stand.
        start = page.before if isinstance(page.before, int) else 0
        return PageOf(tuple(page_rows(page, start)), page.first, not page.more, page.after, page.before)

    def find(self, text: str, row: Row | None, index: int, *, backward: bool) -> Match | None:
        here: Cursor | None = None
        if row is not None and isinstance(row.value, tuple):
            here = self._first.cursor(row.value) or (index if backward else index + 1)
        position = preceding(here) if backward else following(here)
        found = self._repository.rows.find(self._branch, self._query, text, position)
        return _match(found, self.page_size)


def source_of(
    repository: Repository,
    content: Content,
    moment: dt.datetime,
    total: int | None = None,
    *,
    two_lines: bool = False,
) -> Source | None:
    """Where the rows of a content come from; None where it has no pages. Ages are those at ``moment``."""
    if content.diff is not None and content.diff.columns:
        return DiffSource(repository, content, two_lines)
    if content.page is not None:
        return TableSource(repository, content, total)
    if content.history is not None:
        return HistorySource(repository, content, moment)
    if content.blamed is not None:
        return BlameSource(repository, content, moment)
    return None
