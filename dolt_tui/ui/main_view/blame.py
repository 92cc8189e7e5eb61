"""Who changed each row of a table last."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import field
from typing import TYPE_CHECKING, cast

from dolt_tui.engine.model import BlameRow, ColumnInfo, SqlStyle
from dolt_tui.ui.main_view.commit import CommitView
from dolt_tui.ui.main_view.view import FirstPageKnown, Frame, Known, Loaded, RowKey, View, revision_label
from dolt_tui.ui.present.data_rows import blame_rows, hashable
from dolt_tui.ui.present.export import Copied
from dolt_tui.ui.present.grid_rows import PAGE_SIZE, Count, PageOf, Request, Row

if TYPE_CHECKING:
    import datetime as dt

    from dolt_tui.engine.repository import Repository

BLAMED_AT_ONCE = 2000
"""Rows that are blamed at once where each page costs what the whole table does."""


def blamed_at_once(repository: Repository) -> int:
    """How many rows make a page of a blame."""
    return PAGE_SIZE if repository.info.traits.blames_by_page else BLAMED_AT_ONCE


class BlameView(View):
    """Who changed each row of a table last."""

    table: str
    revision: str = ""
    """The commit whose rows they are; empty: the current branch's last one."""
    on: str = field(default="", compare=False)
    """What that commit is called: a branch where one came by one."""
    row: RowKey = field(default=(), compare=False)
    """The row that the cursor begins on; empty: the first one."""

    @property
    def title(self) -> str:
        return f"{self.table} · blame"

    @property
    def revision_shown(self) -> tuple[str, str]:
        return self.revision, self.on

    @property
    def about(self) -> str:
        return self.table

    def load(self, repository: Repository, branch: str) -> LoadedBlame:
        where = self.revision or branch
        rows, key, more = repository.history.blame(where, self.table, blamed_at_once(repository))
        return LoadedBlame(self, where, rows, key, more=more)


class LoadedBlame(Loaded):
    """The first rows of a table's last commit, each with the commit that changed it last."""

    view: BlameView

    def __init__(
        self, view: BlameView, branch: str, rows: tuple[BlameRow, ...], key: tuple[ColumnInfo, ...], *, more: bool
    ) -> None:
        super().__init__(view, branch)
        self.rows, self.key, self.more = rows, key, more

    def present(self, known: Known, frame: Frame) -> BlamePages:
        return BlamePages(known.repository, self, frame.moment, known.copied_hashes)

    @property
    def title(self) -> str:
        return f"{self.view.title} on {self.view.on or revision_label(self.branch)}"

    @property
    def empty_text(self) -> str:
        return "The table is empty."

    @property
    def begins_on(self) -> Hashable | None:
        wanted = dict(self.view.row)
        values = [wanted.get(column.name) for column in self.key]
        return tuple(map(hashable, values)) if wanted else None

    def commit_of(self, row: Row) -> str:
        return row.value.commit if isinstance(row.value, BlameRow) else ""

    def entered(self, row: Row) -> View | None:
        commit = self.commit_of(row)
        return CommitView(commit, self.view.table, self.row_key(row) or ()) if commit else None

    def row_key(self, row: Row) -> RowKey | None:
        if not isinstance(row.value, BlameRow):
            return None
        return tuple((column.name, value) for column, value in zip(self.key, row.value.key, strict=True)) or None

    def copied(self, rows: Iterable[Row], style: SqlStyle) -> Copied:
        titles = (*(column.name for column in self.key), "commit", "author", "date", "message")
        blamed = (row.value for row in rows if isinstance(row.value, BlameRow))
        values = ((*row.key, row.commit, row.author, row.date.isoformat(sep=" "), row.message) for row in blamed)
        return Copied("blame", titles, tuple(values))


class BlamePages(FirstPageKnown):
    """The rows of a table's last commit by the key, each with the commit that changed it last."""

    def __init__(
        self, repository: Repository, loaded: LoadedBlame, moment: dt.datetime, copied: frozenset[str]
    ) -> None:
        self._history, self._loaded, self._moment, self._copied = repository.history, loaded, moment, copied
        self.page_size = blamed_at_once(repository)
        self.columns = blame_rows(loaded.rows, loaded.key, moment)[0]

    @property
    def whole(self) -> bool:
        return not self._loaded.more

    def count(self) -> Count | None:
        return Count(len(self._loaded.rows), True) if self.whole else None

    def fetch(self, request: Request) -> PageOf:
        loaded, after = self._loaded, cast("tuple[object, ...] | None", request.after)
        blamed, more = (loaded.rows, loaded.more) if after is None else ((), True)
        if more and len(blamed) < request.size:
            behind = blamed[-1].key if blamed else after
            size = request.size - len(blamed)
            further, _, more = self._history.blame(loaded.branch, loaded.view.table, size, behind)
            blamed += further
        rows = blame_rows(blamed, loaded.key, self._moment, self._copied)[1]
        return PageOf(tuple(rows), after is None, not more, blamed[-1].key if more else None)
