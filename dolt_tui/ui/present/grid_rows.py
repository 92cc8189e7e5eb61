"""Rows for a grid, and where they come from: a list in memory, or a source that gives them page by page.

A source "knows a page by key": what it gives out as ``after`` and ``before`` are cursors that only the
source understands (a primary key, the frontier of a log …); the grid keeps them and hands them back.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Final, Protocol, TypeAlias, cast, runtime_checkable

from dolt_tui.frozen import Frozen
from dolt_tui.ui.present.text import Cell

Cursor: TypeAlias = object
PAGE_SIZE: Final = 200


class Column(Frozen):
    """A column of a grid."""

    key: str
    title: str = ""
    numeric: bool = False
    """Cells and title are aligned to the right."""
    frozen: bool = False
    """Stays in view, at the left, while the others move sideways, as long as enough of them can."""
    flex: bool = False
    """Takes the room that the others leave, however much or little; cut with ``…``."""
    shrink: bool = False
    """As wide as its cells, but gives way (down to ``min_width``) before anything is lost to the right."""
    min_width: int = 1
    max_width: int = 40
    separator: bool = True
    """Whether ``│`` follows it; a single blank otherwise."""
    order: str = ""
    """``↑`` or ``↓`` where the rows are sorted by it: it stands behind the title."""

    @property
    def heading(self) -> str:
        """What stands above its cells."""
        return f"{self.title} {self.order}" if self.order else self.title


class Row(Frozen):
    """A row of a grid; ``cells`` may be shorter than the columns. All text in it is sanitised."""

    key: Hashable
    cells: tuple[Cell, ...]
    selectable: bool = True
    """False for headings of sections: the cursor jumps over them, and their first cell takes the whole line."""
    style: str = ""
    """Names of styles for the whole line, below those of its spans."""
    value: object = None
    """Whatever the owner wants back."""
    sign: Cell = ()
    """One character before the first column, in a grid that has `signs`."""
    base: Row | None = None
    """The row as it was read, where an `Overlay` shows it otherwise."""
    extra: bool = False
    """Whether only an `Overlay` has it."""


class Overlay(Protocol):
    """What is shown over the rows that were read: changes that are not written yet."""

    @property
    def extra(self) -> int:
        """How many rows it adds to those that are read."""

    def over(self, rows: Sequence[Row], last: bool) -> tuple[Row, ...]:
        """Rows that follow one another as they are to be shown; ``last``: none follow them."""


class Count(Frozen):
    """How many rows there are, as far as known."""

    number: int | None
    exact: bool


class Request(Frozen):
    """Which rows a grid wants. The first of these that holds says which:

    ``from_end``: the last ``size`` rows; ``after``: the rows following that cursor; ``before``: the rows
    preceding it (in ascending order); otherwise the rows from index ``start`` on (0: the first ones).
    """

    start: int
    size: int
    after: Cursor | None = None
    before: Cursor | None = None
    from_end: bool = False
    number: int = 0
    """Tells answers apart; an answer to an old request is dropped."""

    def place(self, known: int) -> tuple[int, int]:
        """The number of the first row that is wanted, and how many are, where cursors are the numbers of rows.

        ``known``: how many rows there are, as far as known: all where the last ones are wanted.
        """
        if self.from_end:
            return max(0, known - self.size), self.size
        if self.after is not None:
            return cast("int", self.after), self.size
        if self.before is not None:
            end = cast("int", self.before)
            return max(0, end - self.size), min(end, self.size)
        return self.start, self.size


class PageOf(Frozen):
    """An answer. It may hold fewer rows than wanted without being the last; never none unless it is."""

    rows: tuple[Row, ...]
    first: bool
    """Nothing precedes these rows."""
    last: bool
    """Nothing follows them."""
    after: Cursor | None = None
    """To go on after the last of these rows."""
    before: Cursor | None = None
    """To go back before the first of these rows; None where the source cannot."""


class Match(Frozen):
    """A row that was looked for, and how to get there."""

    keys: tuple[Hashable, ...]
    """The keys that it may have."""
    index: int | None = None
    """Its line, where that is known."""
    request: Request | None = None
    """Asks for a page that begins with it; None where only ``index`` leads there."""


@runtime_checkable
class Searched(Protocol):
    """A source whose rows can be searched beyond what a grid holds."""

    def find(self, text: str, row: Row | None, index: int, *, backward: bool) -> Match | None:
        """The next row (or the previous one) beyond ``row``, which is at ``index``, that contains ``text``.

        Without ``row`` the first one of all, or the last one. Blocks, and runs on a database thread.
        """


@runtime_checkable
class Source(Protocol):
    """Where pages come from."""

    @property
    def columns(self) -> Sequence[Column]: ...

    @property
    def page_size(self) -> int: ...

    @property
    def backward(self) -> bool:
        """Whether it can answer ``before`` and ``from_end``."""

    @property
    def offsets(self) -> bool:
        """Whether it can answer a ``start`` in the middle without a cursor."""

    def fetch(self, request: Request) -> PageOf:
        """The wanted rows; blocks, and runs on a database thread."""

    def count(self) -> Count | None:
        """How many rows there are as far as known now; never blocks."""


class ListSource:
    """Rows in memory as a source: answers at once, by index."""

    def __init__(self, columns: Sequence[Column], rows: Iterable[Row], page_size: int = PAGE_SIZE) -> None:
        self.columns: Sequence[Column] = tuple(columns)
        self.page_size = page_size
        self.backward = True
        self.offsets = True
        self.rows = tuple(rows)

    def count(self) -> Count | None:
        return Count(len(self.rows), True)

    def fetch(self, request: Request) -> PageOf:
        end = len(self.rows)
        if request.from_end:
            start = max(0, end - request.size)
        elif isinstance(request.after, int):
            start = request.after
        elif isinstance(request.before, int):
            start, end = max(0, request.before - request.size), request.before
        else:
            start = min(request.start, end)
        stop = min(end, start + request.size)
        return PageOf(self.rows[start:stop], start == 0, stop >= len(self.rows), stop, start)
