"""Where the rows of histories and blames come from: forward only, the first page is there already."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, cast

from dolt_tui.engine.model import EngineKind
from dolt_tui.ui.rows import PAGE_SIZE, Column, Count, PageOf, Request
from dolt_tui.ui.tabular import blame_rows, version_rows

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.views import Content

BLAMED_AT_ONCE = 2000
"""Rows that are blamed at once on DoltLite, where each page costs what the whole table does."""


def blamed_at_once(repository: Repository) -> int:
    """How many rows make a page of a blame."""
    return BLAMED_AT_ONCE if repository.info.engine is EngineKind.DOLTLITE else PAGE_SIZE


class HistorySource:
    """The changes of one row, the newest first."""

    page_size = PAGE_SIZE
    backward = False
    offsets = False

    def __init__(self, repository: Repository, content: Content, moment: dt.datetime) -> None:
        assert content.versions is not None
        self._history, self._content, self._moment = repository.history, content, moment
        self._first, self._more = content.versions, content.more
        self.columns: tuple[Column, ...] = version_rows(self._first, content.version_columns, moment)[0]

    def count(self) -> Count | None:
        return None if self._more else Count(len(self._first), True)

    def fetch(self, request: Request) -> PageOf:
        content, start = self._content, 0
        versions, columns, more = self._first, content.version_columns, self._more
        if request.after is not None:
            start, versions = cast("int", request.after), ()
        if not versions or (more and request.size > len(versions)):
            versions, columns, more = self._history.row(
                content.branch, content.table, content.row_key, request.size, start
            )
        rows = version_rows(versions, columns, self._moment, start)[1]
        return PageOf(tuple(rows), start == 0, not more, start + len(rows) if more else None)


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
