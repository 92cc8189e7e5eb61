"""What somebody wants exported, as a value: made where something is shown, carried out later. Light to import."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from ...frozen import Frozen
from ..browsing.query import DiffQuery, Query
from ..errors import EngineError
from ..model import ColumnInfo, DiffColumn, RowChange, Value
from .formats import Format

if TYPE_CHECKING:
    from .exporting import Destination, Exported, Exports

Progress = Callable[[int, "int | None"], None]


class Export(Frozen):
    """Something that can be exported."""

    @property
    @abstractmethod
    def title(self) -> str:
        """What it is, for people."""

    @property
    @abstractmethod
    def stem(self) -> str:
        """What its file may be called, without an ending."""

    @property
    def formats(self) -> tuple[Format, ...]:
        """The formats that it can have, the usual one first."""
        return tuple(Format)

    def directory(self, format_: Format) -> bool:
        """Whether it becomes a directory with a file for each table."""
        return False

    @abstractmethod
    def write(self, exports: Exports, branch: str, to: Destination, progress: Progress | None = None) -> Exported:
        """Carry it out; see `Exports`."""


class TableExport(Export):
    """The rows of a table that a query has."""

    query: Query

    @property
    def title(self) -> str:
        return self.query.table

    @property
    def stem(self) -> str:
        return self.query.table

    def write(self, exports: Exports, branch: str, to: Destination, progress: Progress | None = None) -> Exported:
        return exports.table(branch, self.query, to, progress)


class DiffExport(Export):
    """The row changes of a table."""

    query: DiffQuery

    @property
    def title(self) -> str:
        return f"changes of {self.query.table}"

    @property
    def stem(self) -> str:
        return f"{self.query.table}-changes"

    @property
    def formats(self) -> tuple[Format, ...]:
        return tuple(format_ for format_ in Format if format_ is not Format.SQL or self.query.filter.empty)

    def write(self, exports: Exports, branch: str, to: Destination, progress: Progress | None = None) -> Exported:
        return exports.diff(branch, self.query, to, progress)


class ChangesExport(Export):
    """All that differs between two revisions."""

    old: str
    new: str
    name: str
    """What people call it."""

    @property
    def title(self) -> str:
        return f"all changes of {self.name}"

    @property
    def stem(self) -> str:
        return f"{self.name}-changes"

    @property
    def formats(self) -> tuple[Format, ...]:
        return (Format.SQL, *(format_ for format_ in Format if format_ is not Format.SQL))

    def directory(self, format_: Format) -> bool:
        return format_ is not Format.SQL

    def write(self, exports: Exports, branch: str, to: Destination, progress: Progress | None = None) -> Exported:
        return exports.changes(branch, self.old, self.new, to, progress)


class DatabaseExport(Export):
    """A whole database."""

    name: str
    revision: str | None = None

    @property
    def title(self) -> str:
        return f"the whole database {self.name}"

    @property
    def stem(self) -> str:
        return self.name

    @property
    def formats(self) -> tuple[Format, ...]:
        return (Format.SQL,)

    def write(self, exports: Exports, branch: str, to: Destination, progress: Progress | None = None) -> Exported:
        return exports.database(branch, to, self.revision, progress)


class Paged(Protocol):
    """Rows that are read by their numbers, such as a result of the console."""

    @property
    def columns(self) -> Sequence[ColumnInfo]: ...

    def page(self, start: int, size: int) -> Sequence[Sequence[Value]]:
        """The rows from ``start`` on, fewer than ``size`` only at the end."""


class PagedSource:
    """Such rows as a source."""

    number = None
    _SIZE = 1000

    def __init__(self, paged: Paged) -> None:
        self._paged = paged
        self.columns = paged.columns

    def rows(self) -> Iterator[Sequence[Value]]:
        start = 0
        while found := self._paged.page(start, self._SIZE):
            yield from found
            start += len(found)
        if reason := getattr(self._paged, "cut_short", ""):  # what is kept of a result is bounded
            raise EngineError(f"Not all rows are there: {reason}")


class PagedChanges(Protocol):
    """Row changes that are read by their numbers, such as what a query returns at two revisions."""

    @property
    def columns(self) -> Sequence[DiffColumn]: ...

    def page(self, start: int, size: int) -> Sequence[RowChange]:
        """The changes from ``start`` on, fewer than ``size`` only at the end."""


class BothSides:
    """Row changes as rows: columns ``to_…``, ``from_…`` and ``diff_type``."""

    def __init__(self, changes: PagedChanges) -> None:
        self._changes = changes
        sides = [(f"{side}_{one.name}", one.type) for side in ("to", "from") for one in changes.columns]
        self.columns = tuple(ColumnInfo(*one) for one in (*sides, ("diff_type", "")))

    def page(self, start: int, size: int) -> Sequence[Sequence[Value]]:
        """The rows from ``start`` on, fewer than ``size`` only at the end."""
        nothing = (None,) * len(self._changes.columns)
        return [
            (*(one.new or nothing), *(one.old or nothing), one.kind.value) for one in self._changes.page(start, size)
        ]


class ResultExport(Export):
    """What a statement returned."""

    result: Paged
    table: str
    """What SQL inserts the rows into."""

    @property
    def title(self) -> str:
        return "the result"

    @property
    def stem(self) -> str:
        return self.table

    def write(self, exports: Exports, branch: str, to: Destination, progress: Progress | None = None) -> Exported:
        return exports.source(PagedSource(self.result), to, self.table, progress)
