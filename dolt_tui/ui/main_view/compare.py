"""What a branch adds to another one, and lacks: its commits and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dolt_tui.engine.model import Commit, Comparison, TableChange
from dolt_tui.engine.transfer.requests import ChangesExport, Export
from dolt_tui.ui.main_view.commit import CommitView
from dolt_tui.ui.main_view.diff import DiffView
from dolt_tui.ui.main_view.view import LIST_COLUMNS, Frame, Known, Listing, Loaded, View
from dolt_tui.ui.present.details import comparison_rows

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.present.grid_rows import Row


class CompareView(View):
    """What a branch adds to the current one, and lacks."""

    name: str
    hash: str
    base: str
    base_hash: str
    direct: bool = False
    """All that differs between the two, not only what was changed since they diverged."""

    @property
    def key_place(self) -> str:
        return "commits"

    @property
    def title(self) -> str:
        return f"{self.base} → {self.name}" if self.direct else f"{self.name} · against {self.base}"

    def load(self, repository: Repository, branch: str) -> LoadedCompare:
        return LoadedCompare(self, branch, self.compared(repository, branch))

    def compared(self, repository: Repository, branch: str, *, counts: bool = False) -> Comparison:
        """What differs; with ``counts`` by how many rows, too."""
        return repository.history.compare(branch, self.base_hash, self.hash, counts=counts, direct=self.direct)


class LoadedCompare(Loaded):
    """What is different between two branches."""

    view: CompareView

    def __init__(self, view: CompareView, branch: str, comparison: Comparison) -> None:
        super().__init__(view, branch)
        self.comparison = comparison

    def present(self, known: Known, frame: Frame) -> Listing:
        rows = comparison_rows(self.comparison, self.view.name, self.view.base, frame.moment, known.copied_hashes)
        return Listing(rows, LIST_COLUMNS)

    def commit_of(self, row: Row) -> str:
        return row.value.hash if isinstance(row.value, Commit) else ""

    def load_counts(self, repository: Repository) -> LoadedCompare | None:
        if not self.comparison.changes:
            return None
        return LoadedCompare(self.view, self.branch, self.view.compared(repository, self.branch, counts=True))

    @property
    def export(self) -> Export | None:
        compared = self.comparison
        return ChangesExport(compared.old, compared.other, self.view.name) if compared.changes else None

    def entered(self, row: Row) -> View | None:
        if isinstance(row.value, Commit):
            return CommitView(row.value.hash)
        if isinstance(row.value, TableChange):
            view, compared = self.view, self.comparison
            between = f"{view.base}{' → ' if view.direct else '...'}{view.name}"
            return DiffView(
                row.value.table, compared.old, compared.other, change=row.value, between=between, newer=view.name
            )
        return None
