"""A commit: its message, and the tables that it changed."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import field
from typing import TYPE_CHECKING

from dolt_tui.engine.model import CommitDetail, TableChange
from dolt_tui.engine.transfer.requests import ChangesExport, Export
from dolt_tui.ui.main_view.diff import DiffView
from dolt_tui.ui.main_view.view import LIST_COLUMNS, Frame, Known, Listing, Loaded, RowKey, View
from dolt_tui.ui.present.details import commit_detail_rows

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.present.grid_rows import Row


class CommitView(View):
    """A commit: its message and tables."""

    hash: str
    table: str = field(default="", compare=False)
    """The table that one came from: the cursor begins on it."""
    row: RowKey = field(default=(), compare=False)
    """The row of it that one came from."""

    @property
    def key_place(self) -> str:
        return "commits"

    @property
    def title(self) -> str:
        return f"commit {self.hash[:7]}"

    def load(self, repository: Repository, branch: str) -> LoadedCommit:
        return LoadedCommit(self, branch, repository.history.detail(branch, self.hash))


class LoadedCommit(Loaded):
    """A commit with its tables."""

    view: CommitView

    def __init__(self, view: CommitView, branch: str, detail: CommitDetail) -> None:
        super().__init__(view, branch)
        self.detail = detail

    def present(self, known: Known, frame: Frame) -> Listing:
        return Listing(commit_detail_rows(self.detail, known.refs_at(self.view.hash), frame.width - 3), LIST_COLUMNS)

    @property
    def begins_on(self) -> Hashable | None:
        return ("table", self.view.table) if self.view.table else None

    def commit_of(self, row: Row) -> str:
        return self.view.hash

    def load_counts(self, repository: Repository) -> LoadedCommit:
        return LoadedCommit(self.view, self.branch, repository.history.detail(self.branch, self.view.hash, counts=True))

    @property
    def export(self) -> Export | None:
        commit = self.detail.commit
        return ChangesExport(commit.parents[0], commit.hash, commit.hash[:7]) if commit.parents else None

    def entered(self, row: Row) -> View | None:
        commit, change = self.detail.commit, row.value
        if not isinstance(change, TableChange) or not commit.parents:
            return None
        view = self.view
        row_key = view.row if change.table == view.table else ()
        return DiffView(change.table, commit.parents[0], commit.hash, change=change, row=row_key)
