"""What the main pane can show: frozen descriptions, and what the engine answers for each.

A view is equal to another when it shows the same thing; `load` runs on a database thread and gives all that the
first screen needs, the rest comes by pages from its source.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from dolt_tui.engine.browsing.query import DiffFilter, DiffQuery, Query
from dolt_tui.engine.errors import EngineError, NotAskedAgain, PermissionDenied, ReadOnly, RowsNotPaired
from dolt_tui.engine.model import (
    HEAD,
    STAGED,
    WORKING,
    BlameRow,
    ChangeKind,
    ColumnInfo,
    CommitDetail,
    Comparison,
    DiffPage,
    Page,
    RowCounts,
    RowHistory,
    Schema,
    SchemaChange,
    Stash,
    StashContent,
    TableChange,
    key_of,
)
from dolt_tui.ui.present.grid_rows import PAGE_SIZE
from dolt_tui.ui.present.text import plural

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository

_LABELS = {WORKING: "working", STAGED: "staged", HEAD: "HEAD"}


def revision_label(revision: str) -> str:
    """A revision for people: a short hash, or the name of a set."""
    return _LABELS.get(revision, revision[:7] if len(revision) in (32, 40) else revision)


@dataclass(frozen=True, slots=True)
class DiffView:
    """The rows of a table that differ between two revisions."""

    table: str
    old: str
    new: str
    kinds: frozenset[ChangeKind] = frozenset()
    """Only rows to which one of these happened; empty: all."""
    where: str = ""
    """A condition in SQL over ``to_…`` and ``from_…`` columns."""
    column: str = ""
    """Only rows in which this column changed."""
    plain: bool = field(default=False, compare=False)
    """Whether the reflected ``dolt_diff_<table>`` is true for it."""
    change: TableChange | None = field(default=None, compare=False)

    @property
    def title(self) -> str:
        return f"{self.table} · {revision_label(self.old)} → {revision_label(self.new)}"

    @property
    def settings(self) -> str:
        """How the rows differ from all that changed, for people."""
        parts = [f"only {' and '.join(sorted(self.kinds))}"] if self.kinds else []
        parts += [f"{self.column} changed"] if self.column else []
        parts += [f"where {self.where}"] if self.where else []
        return " · ".join(parts)

    def same_rows(self, other: DiffView) -> bool:
        """Whether the other view is of the same changes, through whatever filter."""
        return (self.table, self.old, self.new) == (other.table, other.old, other.new)

    @property
    def query(self) -> DiffQuery:
        """What to ask for."""
        return DiffQuery(self.table, self.old, self.new, DiffFilter(self.kinds, self.where, self.column), self.plain)


@dataclass(frozen=True, slots=True)
class HistoryView:
    """The changes of one row, newest first."""

    table: str
    key: tuple[tuple[str, object], ...]
    """Names and values of its primary key."""

    @property
    def title(self) -> str:
        return f"{self.table} · history of {', '.join(str(value) for _, value in self.key)}"


@dataclass(frozen=True, slots=True)
class BlameView:
    """Who changed each row of a table last."""

    table: str

    @property
    def title(self) -> str:
        return f"{self.table} · who changed each row last"


@dataclass(frozen=True, slots=True)
class CommitView:
    """A commit: its message and tables."""

    hash: str

    @property
    def title(self) -> str:
        return f"commit {self.hash[:7]}"


@dataclass(frozen=True, slots=True)
class StashView:
    """A stash: the tables that it changes."""

    stash: Stash

    @property
    def title(self) -> str:
        return f"stash {self.stash.title}"


@dataclass(frozen=True, slots=True)
class CompareView:
    """What a branch adds to the current one, and lacks."""

    name: str
    hash: str
    base: str
    base_hash: str

    @property
    def title(self) -> str:
        return f"{self.name} · against {self.base}"


@dataclass(frozen=True, slots=True)
class TableView:
    """The rows of a table, or its definition."""

    table: str
    schema: bool = False
    query: Query | None = None
    """The rows that are wanted and their order, where that is not all of them by the key."""
    revision: str | None = None
    """A commit; None: the working set."""

    @property
    def title(self) -> str:
        at = f" at {revision_label(self.revision)}" if self.revision is not None else ""
        return f"{self.table} · {'definition' if self.schema else 'rows'}{at}"

    @property
    def wanted(self) -> Query:
        """What to ask for."""
        return self.query or Query(self.table, self.revision)

    @property
    def settings(self) -> str:
        """How the rows differ from all of them by the key, for people."""
        query = self.query
        if query is None or self.schema:
            return ""
        parts = [f"by {query.sort} {'↓' if query.descending else '↑'}"] if query.sort is not None else []
        parts += [str(condition) for condition in query.conditions]
        parts += [f"where {query.where}"] if query.where else []
        parts += [f"containing {query.contains}"] if query.contains else []
        return " · ".join(parts)


View = DiffView | CommitView | StashView | CompareView | TableView | HistoryView | BlameView


@dataclass(frozen=True, slots=True)
class Content:
    """What a view's `load` answers; which fields are set depends on the view."""

    view: View
    branch: str
    diff: DiffPage | None = None
    schema_change: SchemaChange | None = None
    commit: CommitDetail | None = None
    stash: StashContent | None = None
    comparison: Comparison | None = None
    page: Page | None = None
    schema: Schema | None = None
    history: RowHistory | None = None
    row_key: tuple[object, ...] = ()
    """The key of the row whose versions these are."""
    blamed: tuple[BlameRow, ...] | None = None
    blamed_key: tuple[ColumnInfo, ...] = ()
    table: str = ""
    """The table of which there are versions or blamed rows."""
    more: bool = False
    """Whether there are further versions or blamed rows than those that are here."""


COUNTED_MOST = 100_000
"""Changes that are counted at most where a filter has to be asked about each of them."""
BLAMED_AT_ONCE = 2000
"""Rows that are blamed at once where each page costs what the whole table does."""


def blamed_at_once(repository: Repository) -> int:
    """How many rows make a page of a blame."""
    return PAGE_SIZE if repository.info.traits.blames_by_page else BLAMED_AT_ONCE


def load(repository: Repository, branch: str, view: View) -> Content:
    """All that the first screen of a view needs. Blocks; raises what the engine raises."""
    empty = Content(view, branch)
    match view:
        case DiffView():
            page = repository.diffs.page(branch, view.query, PAGE_SIZE)
            changed = repository.diffs.schema(branch, view.table, view.old, view.new)
            return replace(empty, diff=page, schema_change=changed)
        case HistoryView():
            values = dict(view.key)
            key = [values.get(column.name) for column in key_of(repository.tables.schema(branch, view.table).columns)]
            history = repository.history.row(branch, view.table, key, PAGE_SIZE)
            return replace(empty, table=view.table, row_key=tuple(key), more=history.more, history=history)
        case BlameView():
            blamed, keys, more = repository.history.blame(branch, view.table, blamed_at_once(repository))
            return replace(empty, table=view.table, blamed=blamed, blamed_key=keys, more=more)
        case CommitView():
            return replace(empty, commit=repository.history.detail(branch, view.hash))
        case StashView():
            return replace(empty, stash=_stash(repository, branch, view))
        case CompareView():
            return replace(empty, comparison=repository.history.compare(branch, view.base_hash, view.hash))
        case TableView(schema=True):
            return replace(empty, schema=repository.tables.schema(branch, view.table, view.revision))
        case TableView():
            return replace(empty, page=repository.rows.page(branch, view.wanted, PAGE_SIZE))


def _stash(repository: Repository, branch: str, view: StashView, *, counts: bool = False) -> StashContent:
    try:
        return repository.stashes.contents(branch, view.stash, counts=counts)
    except (ReadOnly, PermissionDenied) as error:
        raise EngineError(
            f"Dolt tells what a stash holds only by applying it, on a branch made for that. {error.message}"
        ) from error


def load_counts(repository: Repository, content: Content) -> Content | RowCounts | int | str | None:
    """The statistics of a view, which may take long: a content with counts, those of a diff's rows, or a table's.

    A text says why they cannot be told.
    """
    view, branch = content.view, content.branch
    if isinstance(view, TableView) and content.page is not None:
        return repository.rows.count(branch, view.wanted) if content.page.more else len(content.page.rows)
    if isinstance(view, CommitView) and content.commit is not None:
        return replace(content, commit=repository.history.detail(branch, view.hash, counts=True))
    if isinstance(view, StashView) and content.stash is not None and content.stash.changes:
        return replace(content, stash=_stash(repository, branch, view, counts=True))
    if isinstance(view, CompareView) and content.comparison is not None and content.comparison.changes:
        return replace(content, comparison=repository.history.compare(branch, view.base_hash, view.hash, counts=True))
    if isinstance(view, DiffView) and view.settings:
        if content.diff is not None and not content.diff.more:
            return len(content.diff.rows)
        return repository.diffs.count(branch, view.query, COUNTED_MOST + 1)
    if isinstance(view, DiffView):
        try:
            return repository.diffs.counts(branch, view.table, view.old, view.new)
        except RowsNotPaired:
            return None  # the note in the pane says so
        except NotAskedAgain as error:
            return f"? {error.message}"
    return None


def subtitle(content: Content, counts: RowCounts | None, rows: int | None, hidden: int = 0) -> str:
    """What stands at the bottom of the pane; ``hidden`` of its columns are left out."""
    if content.diff is not None and isinstance(content.view, DiffView) and content.view.settings:
        if rows is None:
            return ""
        return f"more than {plural(COUNTED_MOST, 'change')}" if rows > COUNTED_MOST else plural(rows, "change")
    if content.diff is not None and counts is not None:
        from dolt_tui.ui.present.lists import diff_counts_text

        known = [number for number in (counts.old_rows, counts.new_rows) if number is not None]
        return diff_counts_text(counts, max(known) if known else None)
    if content.page is not None:
        number = len(content.page.columns)
        columns = plural(number, "column") if not hidden else f"{number - hidden} of {plural(number, 'column')}"
        return columns if rows is None else f"{plural(rows, 'row')} · {columns}"
    return ""
