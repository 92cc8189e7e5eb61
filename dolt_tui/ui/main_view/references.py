"""The tables whose foreign keys refer to a row, each with how many of its rows do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from dolt_tui.engine.browsing.query import Condition, Operator, Query
from dolt_tui.engine.errors import BranchNotFound, Cancelled, EngineError, ServerLost
from dolt_tui.engine.model import ForeignKey, Value
from dolt_tui.frozen import Frozen
from dolt_tui.ui.main_view.table import TableView
from dolt_tui.ui.main_view.view import Frame, Known, Listing, Loaded, View, revision_label
from dolt_tui.ui.present.references import REFERENCE_COLUMNS, reference_row
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.present.grid_rows import Row


class Reference(Frozen):
    """A foreign key that refers to a table, and the values that rows have in it that refer to one row."""

    key: ForeignKey
    values: tuple[Value, ...]
    """In the key's order."""

    def query(self, revision: str | None) -> Query:
        """The rows that refer to it."""
        pairs = zip(self.key.columns, self.values, strict=True)
        conditions = tuple(Condition(column, Operator.SAME, value) for column, value in pairs)
        return Query(self.key.table, revision, conditions=conditions)


class ReferencesView(View):
    """The foreign keys that refer to a row."""

    leads_to_choices: ClassVar[bool] = True

    table: str
    called: str
    """The row, for people: ``id 7``."""
    references: tuple[Reference, ...]
    revision: str | None = None
    """A commit; None: the working set."""

    @property
    def title(self) -> str:
        at = f" at {revision_label(self.revision)}" if self.revision is not None else ""
        return f"{self.table} · what refers to {self.called}{at}"

    def load(self, repository: Repository, branch: str) -> LoadedReferences:
        return LoadedReferences(self, branch, {})


class LoadedReferences(Loaded):
    """The foreign keys, and the counts that are there by now."""

    view: ReferencesView

    def __init__(self, view: ReferencesView, branch: str, counts: dict[int, int | str]) -> None:
        """``counts``: how many rows refer to it by each of the keys, or why they could not be counted."""
        super().__init__(view, branch)
        self.counts = counts
        self.counting = len(counts) < len(view.references)

    def present(self, known: Known, frame: Frame) -> Listing:
        rows = [reference_row(at, one, one.key, self.counts.get(at)) for at, one in enumerate(self.view.references)]
        return Listing(rows, REFERENCE_COLUMNS, titles=True)

    def load_counts(self, repository: Repository) -> LoadedReferences | None:
        """The same with one more count, which is one statement."""
        at = len(self.counts)
        if at >= len(self.view.references):
            return None
        counted: int | str
        try:
            counted = repository.rows.count(self.branch, self.view.references[at].query(self.view.revision))
        except (BranchNotFound, Cancelled, ServerLost):
            raise  # nothing else can be counted either
        except EngineError as error:
            counted = error.message
        return LoadedReferences(self.view, self.branch, {**self.counts, at: counted})

    def subtitle(self, hidden: int) -> str:
        tables = len({one.key.table for one in self.view.references})
        parts = [plural(tables, "table")]
        if not self.counting:
            rows = sum(number for number in self.counts.values() if isinstance(number, int))
            parts.append(plural(rows, "row"))
        return " · ".join(parts)

    def entered(self, row: Row) -> View | None:
        if not isinstance(row.value, Reference):
            return None
        revision = self.view.revision
        return TableView(row.value.key.table, query=row.value.query(revision), revision=revision)
