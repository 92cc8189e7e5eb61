"""What a view of the main pane is: a frozen description, and what came of reading it.

Each kind of view has a file of its own in this package, with two classes: a frozen `View`, equal to another one where
it shows the same, and the `Loaded` that its `load` returns, which holds what the first screen needs, gives further
rows by pages, and knows what is behind each row. Nothing here knows a screen.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol, TypeAlias

from dolt_tui.engine.errors import TableNotFound
from dolt_tui.engine.model import (
    HEAD,
    STAGED,
    WORKING,
    ChangeKind,
    ColumnInfo,
    DiffColumn,
    RowChange,
    SqlStyle,
    Value,
)
from dolt_tui.frozen import Frozen
from dolt_tui.ui.present.export import Copied
from dolt_tui.ui.present.grid_rows import PAGE_SIZE, Column, Count, Match, PageOf, Request, Row
from dolt_tui.ui.present.text import Style, plain, value_cell
from dolt_tui.words import plural

if TYPE_CHECKING:
    from dolt_tui.engine.repository import Repository
    from dolt_tui.engine.transfer.requests import Export
    from dolt_tui.ui.present.draft_rows import RowDraft
    from dolt_tui.ui.present.grid_rows import Overlay
    from dolt_tui.ui.present.staged_rows import Staged, UncommittedRow

RowKey: TypeAlias = tuple[tuple[str, object], ...]
"""Names and values of a row's primary key."""

_LABELS = {WORKING: "working", STAGED: "staged", HEAD: "HEAD"}


def revision_label(revision: str) -> str:
    """A revision for people: a short hash, or the name of a set."""
    return _LABELS.get(revision, revision[:7] if len(revision) in (32, 40) else revision)


class ReadCell(NamedTuple):
    """A cell as it was read, without what a draft makes of it."""

    column: ColumnInfo | DiffColumn
    value: Value
    side: str = ""
    """Of a diff the side that it is on, as SQL has it: ``to_`` or ``from_``."""


class Record(NamedTuple):
    """A row with all of its columns."""

    columns: Sequence[tuple[str, str]]
    """Their names and types."""
    values: tuple[Value, ...]
    old: tuple[Value, ...] | None = None
    """The values before, where it is a change of a row that was there before."""
    kind: ChangeKind | None = None
    """What happened to the row, where it is one of a diff."""
    key: frozenset[int] = frozenset()
    """The positions of the columns of the primary key."""


def change_record(change: RowChange, columns: Sequence[DiffColumn]) -> Record:
    """A change as a record: of a row that was removed the values that it had."""
    named = [(column.name, column.type) for column in columns]
    key = frozenset(at for at, column in enumerate(columns) if column.primary_key)
    if change.new is not None:
        return Record(named, change.new, change.old, change.kind, key)
    assert change.old is not None
    return Record(named, change.old, None, change.kind, key)


def rest_of_title(title: str, about: str) -> str:
    """What a title says besides the table that it is about, and that its rows are shown; empty: nothing."""
    if not about:
        return title
    rest = title.removeprefix(f"{about} · ")
    return rest.removeprefix("rows").strip() if rest == "rows" or rest.startswith("rows ") else rest


def _short(value: Value) -> str:
    """A value of a key, for a title."""
    return plain(value_cell(value, limit=_KEY_MOST))


_KEY_MOST = 40


class Known(Protocol):
    """What is known besides what a view loads; the session's state is one."""

    @property
    def repository(self) -> Repository: ...

    def refs_at(self, hash_: str) -> Sequence[tuple[str, Style]]:
        """The names of the branches and tags at a commit."""

    @property
    def copied_hashes(self) -> frozenset[str]:
        """The commits that are copied for pasting."""

    def rows_of(self, table: str) -> int | None:
        """The number of rows of a table, where it is known."""

    @property
    def row_draft(self) -> RowDraft:
        """The edits of rows of the branch that are not written yet."""

    def staged_since(self, table: str, number: int) -> Sequence[Staged]:
        """What was staged and unstaged of a table's rows after the one with this number, the oldest first."""


class Frame(Frozen):
    """How wide the pane is, and what time it is."""

    width: int
    """In cells."""
    moment: dt.datetime
    """Ages are those at this time."""
    two_lines: bool = False
    """Whether the old values of a changed row are shown on a line of their own."""


class Seen(Frozen):
    """What of the rows is seen, and where the cursor is."""

    hidden: int
    """How many of the columns are left out."""
    width: int
    """How many cells there are for what is said at the bottom."""
    row: Row | None
    """The one under the cursor."""
    line: int
    """The line on which that is, from 0."""
    two_lines: bool


class Listing(Frozen):
    """Lines of a list, which are all there."""

    rows: Sequence[Row]
    columns: Sequence[Column]
    titles: bool = False
    """Whether the titles of the columns are shown above the lines."""


LIST_COLUMNS = (
    Column("sign", separator=False),
    Column("name", shrink=True, max_width=80, separator=False),
    Column("counts", max_width=60, separator=False),
)
"""Those of a list of tables with what happened to them."""


class FirstPageKnown(ABC):
    """A `Source` (`dolt_tui.ui.present.grid_rows`) whose first page is there already."""

    page_size = PAGE_SIZE
    backward = False
    offsets = False
    columns: tuple[Column, ...] = ()

    @property
    @abstractmethod
    def whole(self) -> bool:
        """Whether there are no rows besides those of the first page."""

    @abstractmethod
    def count(self) -> Count | None: ...

    @abstractmethod
    def fetch(self, request: Request) -> PageOf: ...

    changed: frozenset[int] = frozenset()
    """Of a diff the positions of the columns in which some row differs, of those that were read so far."""

    def counted(self, loaded: Loaded) -> None:
        """Take over the counts of what it was made of: `count` may know more now."""
        return


def columns_changed(changes: Iterable[RowChange], columns: Sequence[DiffColumn] = ()) -> frozenset[int]:
    """The positions of the columns in which a row of both sides differs; of ``columns`` those of one side, too."""
    one_sided = (at for at, column in enumerate(columns) if column.in_old is not column.in_new)
    return frozenset(one_sided).union(*(change.changed for change in changes))


def columns_said(number: int, hidden: int) -> str:
    """How many columns are shown, where that is not all of them."""
    return f"{number - hidden} of {plural(number, 'column')}" if hidden else ""


class View(Frozen):
    """Something that the main pane can show: a frozen value."""

    leads_to_choices: ClassVar[bool] = False
    """Whether it leads to some rows of a table that are chosen by what it shows: ``esc`` comes back from those at once,
    and does not show all rows first."""

    @property
    def title(self) -> str:
        """What it is, for people."""
        raise NotImplementedError

    def load(self, repository: Repository, branch: str) -> Loaded:
        """All that its first screen needs. Blocks, on a database thread; raises what the engine raises."""
        raise NotImplementedError

    @property
    def about(self) -> str:
        """The table that it is about; empty where it is about none."""
        return ""

    @property
    def revision_shown(self) -> tuple[str, str]:
        """The commit that its rows are of, and what that is called; both empty for the current branch's."""
        return "", ""

    @property
    def key_place(self) -> str:
        """The place within the pane for which commands on such views are declared (`dolt_tui.ui.commands`), if any."""
        return ""

    @property
    def settings(self) -> str:
        """By which filter and in which order its rows are shown, for people; empty: all, in their own order."""
        return ""

    @property
    def way_back(self) -> str:
        """What ``esc`` does about the `settings`."""
        return "esc clears it"

    def same_rows(self, other: View) -> bool:
        """Whether the other view is of the same rows, through whatever filter and in whatever order."""
        return False

    def shares_rows(self, other: View) -> bool:
        """Whether rows of the other view may be among its own: the cursor stays on its row then."""
        return False

    def as_before(self, shown: View) -> View:
        """The same, through the filter of what is ``shown`` now where that is of the same rows."""
        return self


class Loaded(ABC):
    """What was read for a view."""

    counting = False
    """Whether `load_counts` has more to count when it is called again."""
    as_of = 0
    """How often rows had been staged or unstaged when it was read (`Known.staged_since`)."""

    def __init__(self, view: View, branch: str) -> None:
        self.view = view
        self.branch = branch

    @abstractmethod
    def present(self, known: Known, frame: Frame) -> Listing | FirstPageKnown | str:
        """Its rows: lines of a list, or pages with titles above them; a text where there is nothing but that."""

    @property
    def title(self) -> str:
        return self.view.title

    @property
    def notes(self) -> str:
        """What is said above the rows, sanitised; it may have several lines."""
        return ""

    @property
    def empty_text(self) -> str:
        """What is said where there are no rows."""
        return ""

    def subtitle(self, hidden: int) -> str:
        """What is said at the bottom, as far as it is counted; ``hidden`` of the columns are left out."""
        return ""

    def foot(self, known: Known, seen: Seen) -> str:
        """The same, where that depends on more than what was read."""
        return self.subtitle(seen.hidden)

    @property
    def changed(self) -> frozenset[int] | None:
        """The positions of the columns in which one of the first rows differs; None where the rows are no changes."""
        return None

    def load_counts(self, repository: Repository) -> Loaded | None:
        """The same with what takes longer to count; None where nothing is to be counted. Blocks like `View.load`."""
        return None

    @property
    def begins_on(self) -> Hashable | None:
        """The key of the row that the cursor begins on; None: the first one."""
        return None

    @property
    def begins_at(self) -> Match | None:
        """The same for a row that is not on the first page."""
        return None

    # A row of what is shown

    def commit_of(self, row: Row) -> str:
        """The hash of the commit that a row tells of; empty where it tells of none."""
        return ""

    def entered(self, row: Row) -> View | None:
        """What ``enter`` shows on a row; None where there is nothing behind it."""
        return None

    def row_key(self, row: Row) -> RowKey | None:
        """The primary key of the table's row that a row shows; None where it has none."""
        return None

    def record(self, row: Row) -> Record | None:
        """A row with all of its columns; None where it is not one of a table."""
        return None

    def at(self, row: Row) -> str | None:
        """At which revision a row is looked at: a commit or `HEAD`; None: the working set, also for what is staged."""
        return None

    def before(self, row: Row) -> str | None:
        """The revision of the old values of a row that changed; None: the working set."""
        return None

    @property
    def has_keys(self) -> bool:
        """Whether its records are rows of the table that it is about, whose foreign keys lead on."""
        return False

    def record_title(self, row: Row) -> str:
        """What a record of it is called: the table, the row's key, and where it is from."""
        about, rest = self.view.about, rest_of_title(self.title, self.view.about)
        key = ", ".join(f"{name} {_short(value)}" for name, value in self.row_key(row) or ())
        return " · ".join(filter(None, (about, key, rest)))

    def uncommitted(self, row: Row | None, known: Known) -> UncommittedRow | None:
        """A row with its states at HEAD, staged and in the working set; None where it has none."""
        return None

    def read_cell(self, row: Row, position: int, *, old: bool) -> ReadCell | None:
        """A cell of a table's row, by the position of its column; None where that was not read.

        Of a change that of the newer side, unless that has none, or the line is that of the ``old`` values.
        """
        return None

    # Edits that are not written yet

    def overlay(self, known: Known) -> Overlay | None:
        """What a draft, and what was staged since, show over the rows; None where they are not about these."""
        return None

    def drafted(self, known: Known) -> bool:
        """Whether a draft is about the rows: they have signs of what it does to them."""
        return False

    def shown_row(self, row: Row) -> tuple[tuple[str, Value], ...] | None:
        """Names and values of a table's row as it was read, all of its columns; None where it cannot be edited."""
        return None

    @property
    def export(self) -> Export | None:
        """What exporting it means; None where it has no rows that can be."""
        return None

    # Copying

    @property
    def table(self) -> str:
        """The table whose rows, with all of their columns, the rows are; empty where they are something else."""
        return ""

    @property
    def columns(self) -> Sequence[ColumnInfo | DiffColumn]:
        """The columns of the table's rows, or none; the grid's column ``"3"`` shows the fourth of them."""
        return ()

    def copied(self, rows: Iterable[Row], style: SqlStyle) -> Copied | None:
        """Rows as they are copied; None where nothing better is known than their text."""
        return None

    def definition(self, repository: Repository) -> Sequence[ColumnInfo]:
        """The columns of `table` as they are defined, for those who write its rows as SQL. Blocks like `View.load`."""
        return defined(repository, self.branch, self.table, (WORKING, HEAD))


def defined(repository: Repository, branch: str, table: str, revisions: Iterable[str]) -> Sequence[ColumnInfo]:
    """The columns of a table at the first of these revisions that has it. Blocks."""
    for revision in revisions:
        try:
            return repository.tables.schema(branch, table, WORKING if revision == STAGED else revision).columns
        except TableNotFound:
            continue
    return ()
