"""The rows of a table with uncommitted changes, each with the sign of what is staged of it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import field
from typing import TYPE_CHECKING, cast

from dolt_tui.engine.errors import Lacking
from dolt_tui.engine.model import HEAD, STAGED, WORKING, DiffPage, Halves, Position, RowCount, RowCounts, StagedDiffPage
from dolt_tui.ui.main_view.diff import COUNTED_MOST, DiffPages, DiffView, LoadedDiff
from dolt_tui.ui.main_view.view import Known, Loaded, Seen, View, columns_said, defined
from dolt_tui.ui.present.grid_rows import PAGE_SIZE, Count, Overlay, Row
from dolt_tui.ui.present.staged_rows import (
    StagingOverlay,
    UncommittedRow,
    counted,
    counts_after,
    halves_after,
    staging_counts,
    uncommitted,
    uncommitted_rows,
)
from dolt_tui.words import count

if TYPE_CHECKING:
    from dolt_tui.engine.model import SchemaChange
    from dolt_tui.engine.repository import Repository
    from dolt_tui.ui.main_view.view import Frame


class UncommittedView(DiffView):
    """The rows of a table that are not as they are at HEAD: in the working set, or among what is staged."""

    known: Halves | None = field(default=None, compare=False)
    """Which changes the table has, where its status said so."""

    @property
    def key_place(self) -> str:
        return "uncommitted"

    @property
    def staged(self) -> bool:
        """Whether these are the rows that are staged."""
        return self.new == STAGED

    def shares_rows(self, other: View) -> bool:
        return isinstance(other, UncommittedView) and other.table == self.table

    def load(self, repository: Repository, branch: str) -> LoadedUncommitted:
        page = repository.row_staging.page(branch, self.query, PAGE_SIZE, known=self.known)
        schema = repository.diffs.schema(branch, self.table, self.old, self.new)
        return LoadedUncommitted(self, branch, page, schema, key_positions(repository, branch, page))


class LoadedUncommitted(LoadedDiff):
    """The first of them."""

    view: UncommittedView
    page: StagedDiffPage

    def __init__(
        self,
        view: UncommittedView,
        branch: str,
        page: StagedDiffPage,
        schema: SchemaChange | None,
        order: Sequence[int],
        counts: RowCounts | int | str | None = None,
        staging: RowCount | None = None,
    ) -> None:
        """``order``: the positions of the columns that tell rows apart; ``counts`` as in `LoadedDiff`; ``staging``: how
        many of the rows are staged."""
        super().__init__(view, branch, page, schema, counts)
        self.staging = staging
        self.order = order
        self._rows: tuple[UncommittedRow, ...] = ()

    def present(self, known: Known, frame: Frame) -> UncommittedPages | str:
        if not self.page.columns:
            return self.page.note or "No rows differ."
        return UncommittedPages(known.repository, self, two_lines=frame.two_lines)

    @property
    def why_not(self) -> str:
        """Why rows cannot be staged one by one; empty where they can."""
        return self.page.why_not

    def load_counts(self, repository: Repository) -> LoadedUncommitted:
        counts, staging = self._counts(repository), None
        view, few = self.view, not isinstance(counts, int) or counts <= COUNTED_MOST
        if self.page.more and few and not (view.settings and view.staged):  # that filter is about what is staged
            with suppress(Lacking):  # then the rows are shown all the same
                staging = repository.row_staging.counts(self.branch, view.table, view.filter)
                if view.staged:
                    staging = RowCount(staging.staged, staging.partly)
        found = LoadedUncommitted(self.view, self.branch, self.page, self.schema, self.order, counts, staging)
        found._rows = self.rows
        return found

    # what is staged

    def halves(self, row: Row, known: Known) -> Halves | None:
        """What is staged of a row by now; None where it is not one of the table's."""
        change = (row.base or row).value
        if not isinstance(change, UncommittedRow):
            return None
        return halves_after(change, known.staged_since(self.view.table, self.as_of), self.view.filter)

    def uncommitted(self, row: Row | None, known: Known) -> UncommittedRow | None:
        change = (row.base or row).value if row is not None else None
        if row is None or not isinstance(change, UncommittedRow) or change.states is None:
            return None
        return change.now(self.halves(row, known) or change.halves)

    def count_staged(self, known: Known) -> RowCount | None:
        """How many of the rows are staged by now; None where that is not known."""
        done = known.staged_since(self.view.table, self.as_of)
        if not self.page.more:
            return counted(halves_after(row, done, self.view.filter) for row in self.rows)
        return None if self.staging is None else counts_after(self.staging, done, self.view.filter)

    @property
    def rows(self) -> tuple[UncommittedRow, ...]:
        """Those of the first page."""
        if len(self._rows) != len(self.page.rows):
            self._rows = tuple(row_of(self.page, at, self.order) for at in range(len(self.page.rows)))
        return self._rows

    def foot(self, known: Known, seen: Seen) -> str:
        """How many rows are staged, and which one the cursor is on; before that what there is room for."""
        found = self.count_staged(known)
        if found is None or not found.total:
            row = f"row {count(here)}" if (here := self._number(seen)) else ""
            return " · ".join(filter(None, (self.subtitle(seen.hidden), row)))
        total = self._total(found)
        here = self._number(seen)
        row = f"row {count(here)} of {count(total)}" if here else f"of {count(total)}"
        said = f"{staging_counts(found)} · {row}"
        if len(said) > seen.width:
            return f"{staging_counts(found, short=True)} · {row.removeprefix('row ')}"
        columns = columns_said(len(self.page.columns), seen.hidden)
        for more in (self.subtitle(seen.hidden), columns):
            whole = " · ".join(filter(None, (more, said)))
            if len(whole) <= seen.width:
                return whole
        return said

    def _total(self, found: RowCount) -> int:
        return len(self.page.rows) if not self.page.more else found.total

    def _number(self, seen: Seen) -> int:
        """The number of the row under the cursor; 0 where it is not known."""
        row = (seen.row.base or seen.row) if seen.row is not None else None
        if row is None or not isinstance(row.value, UncommittedRow):
            return 0
        if seen.two_lines:
            if self.page.more:
                return 0
            keys = [one.row_key for one in self.rows]
            return keys.index(row.value.row_key) + 1 if row.value.row_key in keys else 0
        return seen.line + 1

    # over the rows

    def overlay(self, known: Known) -> Overlay | None:
        edits, done = super().overlay(known), known.staged_since(self.view.table, self.as_of)
        return StagingOverlay(done, self.view.filter, edits) if edits is not None or done else None


class UncommittedPages(DiffPages):
    """The pages of uncommitted rows."""

    _view: UncommittedView

    def __init__(self, repository: Repository, loaded: LoadedUncommitted, *, two_lines: bool = False) -> None:
        super().__init__(repository, loaded, two_lines=two_lines)
        self._order, self._staging, self._loaded = loaded.order, loaded.staging, loaded

    def count(self) -> Count | None:
        found, known = super().count(), self._view.known
        if self.whole or found is None or self._view.staged or (known is not None and not known.both):
            return found
        # Rows that were staged and set back differ no more, but are shown.
        every = self._staging.total if self._staging is not None and not self._two_lines else 0
        return Count(every or found.number, bool(every))

    def counted(self, loaded: Loaded) -> None:
        super().counted(loaded)
        if isinstance(loaded, LoadedUncommitted):
            self._staging = loaded.staging

    def read(self, size: int, position: Position) -> DiffPage:
        view = self._view
        return self._repository.row_staging.page(self._branch, view.query, size, position, view.known)

    def rows(self, page: DiffPage, start: int) -> list[Row]:
        staged = cast("StagedDiffPage", page)
        first = self._loaded.rows if page is self._loaded.page else None  # what is counted are the same rows
        return [
            line
            for at in range(len(page.rows))
            for line in uncommitted_rows(
                first[at] if first is not None else row_of(staged, at, self._order),
                page.columns,
                start + at,
                two_lines=self._two_lines,
            )
        ]


def key_positions(repository: Repository, branch: str, page: StagedDiffPage) -> Sequence[int]:
    """The positions of the columns that tell rows apart: of the primary key in its order, or of all of them. Blocks."""
    keys = [at for at, column in enumerate(page.columns) if column.primary_key]
    if page.order or len(keys) < 2:
        return page.order or keys or range(len(page.columns))
    positions = {one.name: one.key_position for one in defined(repository, branch, page.table, (WORKING, HEAD))}
    return sorted(keys, key=lambda at: positions.get(page.columns[at].name) or 0)


def row_of(page: StagedDiffPage, at: int, order: Sequence[int]) -> UncommittedRow:
    """A row of a page."""
    states = page.states[at] if page.states else None
    return uncommitted(page.rows[at], page.halves[at], states, order)
