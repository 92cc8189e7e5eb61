"""A stash: the tables that it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.errors import EngineError, PermissionDenied, ReadOnly
from dolt_tui.engine.model import Stash, StashContent, TableChange
from dolt_tui.ui.main_view.diff import DiffView
from dolt_tui.ui.main_view.view import LIST_COLUMNS, Frame, Known, Listing, Loaded, View
from dolt_tui.ui.present.details import stash_content_rows

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.present.grid_rows import Row


class StashView(View):
    """A stash: the tables that it changes."""

    stash: Stash

    @property
    def title(self) -> str:
        return f"stash {self.stash.title}"

    def load(self, repository: Repository, branch: str, *, counts: bool = False) -> LoadedStash:
        try:
            return LoadedStash(self, branch, repository.stashes.contents(branch, self.stash, counts=counts))
        except (ReadOnly, PermissionDenied) as error:
            raise EngineError(
                f"Dolt shows what a stash holds only by applying it, on a branch made for that. {error.message}"
            ) from error


class LoadedStash(Loaded):
    """What a stash holds."""

    view: StashView

    def __init__(self, view: StashView, branch: str, stash: StashContent) -> None:
        super().__init__(view, branch)
        self.stash = stash

    def present(self, known: Known, frame: Frame) -> Listing:
        return Listing(stash_content_rows(self.stash), LIST_COLUMNS)

    def load_counts(self, repository: Repository) -> LoadedStash | None:
        return self.view.load(repository, self.branch, counts=True) if self.stash.changes else None

    def entered(self, row: Row) -> View | None:
        if not isinstance(row.value, TableChange):
            return None
        return DiffView(row.value.table, self.stash.base, self.stash.tip, change=row.value)
