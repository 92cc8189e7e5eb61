"""The changes of one row, the newest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import TYPE_CHECKING, cast

from dolt_tui.engine.model import WORKING, RowChange, RowHistory, SqlStyle, key_of
from dolt_tui.ui.main_view.commit import CommitView
from dolt_tui.ui.main_view.view import (
    FirstPageKnown,
    Frame,
    Known,
    Loaded,
    Record,
    RowKey,
    View,
    change_record,
    columns_changed,
    revision_label,
)
from dolt_tui.ui.present.data_rows import version_columns, version_rows
from dolt_tui.ui.present.export import Copied, copied_changes
from dolt_tui.ui.present.grid_rows import PAGE_SIZE, Count, PageOf, Request, Row

if TYPE_CHECKING:
    import datetime as dt

    from dolt_tui.engine.repository import Repository


class HistoryView(View):
    """The changes of one row, newest first."""

    table: str
    key: RowKey
    revision: str = ""
    """The commit up to which it is told; empty: the current branch, with what is uncommitted."""
    on: str = field(default="", compare=False)
    """What that commit is called: a branch where one came by one."""

    @property
    def title(self) -> str:
        return f"{self.table} · history of {', '.join(f'{name} {value}' for name, value in self.key)}"

    @property
    def revision_shown(self) -> tuple[str, str]:
        return self.revision, self.on

    @property
    def about(self) -> str:
        return self.table

    def load(self, repository: Repository, branch: str) -> LoadedHistory:
        values = dict(self.key)
        where = self.revision or branch
        key = [values.get(column.name) for column in key_of(repository.tables.schema(where, self.table).columns)]
        history = repository.history.row(where, self.table, key, PAGE_SIZE)
        return LoadedHistory(self, where, tuple(key), history)


class LoadedHistory(Loaded):
    """The newest changes of a row."""

    view: HistoryView

    def __init__(self, view: HistoryView, branch: str, key: tuple[object, ...], history: RowHistory) -> None:
        """``key`` has the values of the primary key in the key's own order."""
        super().__init__(view, branch)
        self.key, self.history = key, history

    def present(self, known: Known, frame: Frame) -> HistoryPages:
        return HistoryPages(known.repository, self, frame.moment, known.copied_hashes)

    @property
    def title(self) -> str:
        return f"{self.view.title} on {self.view.on or revision_label(self.branch)}"

    @property
    def empty_text(self) -> str:
        return "No commit changed this row."

    @property
    def changed(self) -> frozenset[int]:
        return columns_changed(version.change for version in self.history.versions)

    def commit_of(self, row: Row) -> str:
        commit = row.key[1] if isinstance(row.value, RowChange) and isinstance(row.key, tuple) else ""
        return "" if commit == WORKING else str(commit)

    def entered(self, row: Row) -> View | None:
        commit = self.commit_of(row)
        return CommitView(commit, self.table, self.view.key) if commit else None

    def record(self, row: Row) -> Record | None:
        if not isinstance(row.value, RowChange):
            return None
        return change_record(row.value, self.history.columns)

    def at(self, row: Row) -> str | None:
        return self.commit_of(row) or None

    def before(self, row: Row) -> str | None:
        return self.at(row)  # what it referred to is there still, as a rule

    @property
    def has_keys(self) -> bool:
        return True

    def record_title(self, row: Row) -> str:
        return f"{super().record_title(row)} · {revision_label(self.commit_of(row) or WORKING)}"

    @property
    def table(self) -> str:
        return self.view.table

    def copied(self, rows: Iterable[Row], style: SqlStyle) -> Copied:
        return copied_changes(self.table, self.history.columns, rows, style)


class HistoryPages(FirstPageKnown):
    """The changes of one row, the newest first."""

    def __init__(
        self, repository: Repository, loaded: LoadedHistory, moment: dt.datetime, copied: frozenset[str]
    ) -> None:
        self._repository, self._loaded, self._moment, self._copied = repository, loaded, moment, copied
        self._first = loaded.history
        self.columns = version_columns(self._first)

    @property
    def whole(self) -> bool:
        return not self._first.more

    def count(self) -> Count | None:
        return Count(len(self._first.versions), True) if self.whole else None

    def fetch(self, request: Request) -> PageOf:
        loaded, start, history = self._loaded, 0, self._first
        if request.after is not None:
            start = cast("int", request.after)
        if start or (history.more and request.size > len(history.versions)):
            history = self._repository.history.row(loaded.branch, loaded.table, loaded.key, request.size, start)
        self.changed |= columns_changed(version.change for version in history.versions)
        rows = version_rows(history, self._moment, start, self._copied)
        after = start + len(history.versions) if history.more else None
        return PageOf(tuple(rows), start == 0, not history.more, after)
