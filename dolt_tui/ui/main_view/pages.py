"""Rows that come page by page, the first page of which was read with the view."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from dolt_tui.engine.model import FIRST, LAST, After, Before, Cursor, DiffPage, Page, Position, following, preceding
from dolt_tui.ui.main_view.view import FirstPageKnown
from dolt_tui.ui.present.data_rows import hashable
from dolt_tui.ui.present.grid_rows import PAGE_SIZE, Match, PageOf, Request, Row

if TYPE_CHECKING:
    from dolt_tui.engine.model import Found

P = TypeVar("P", DiffPage, Page)


def _position(request: Request) -> Position:
    """Where the rows are that a grid asks for."""
    if request.from_end:
        return LAST
    if request.after is not None:
        return After(cast("Cursor", request.after))
    if request.before is not None:
        return Before(cast("Cursor", request.before))
    return After(request.start) if request.start else FIRST


class KeyedPages(FirstPageKnown, Generic[P]):
    """Pages of a table or of a diff: to and fro by the primary key, or by offset where there is none."""

    backward = True

    def __init__(self, first: P) -> None:
        self.first: P = first
        self.offsets = isinstance(first.after, int)

    @property
    def whole(self) -> bool:
        return not self.first.more

    @abstractmethod
    def read(self, size: int, position: Position) -> P:
        """A page from the engine. Blocks."""

    @abstractmethod
    def rows(self, page: P, start: int) -> list[Row]:
        """The rows of a page for the grid; those without a key are told apart by where they are, from ``start`` on."""

    def fetch(self, request: Request) -> PageOf:
        position = _position(request)
        page = self.first if position == FIRST else self.read(request.size, position)
        start = page.before if isinstance(page.before, int) else 0
        return PageOf(tuple(self.rows(page, start)), page.first, not page.more, page.after, page.before)

    def beyond(self, row: Row | None, index: int, *, backward: bool) -> Position:
        """What is beyond a row at ``index``; without a row all that there is."""
        here: Cursor | None = None
        if row is not None and (row.base is not None or row.extra):
            row = row.base  # what is shown is not what the engine has
        if row is not None and row.value is not None:
            here = self.first.cursor(cast("Any", row.value)) or (index if backward else index + 1)
        return preceding(here) if backward else following(here)

    def match(self, found: Found | None, kinds: Sequence[Hashable] = ()) -> Match | None:
        """How to get to what the engine found; each of ``kinds`` may begin the key of its row."""
        return None if found is None else match_of(found, kinds, self.page_size)


def match_of(found: Found, kinds: Sequence[Hashable] = (), page_size: int = PAGE_SIZE) -> Match:
    """How to get to what the engine found; each of ``kinds`` may begin the key of its row."""
    at = found.page_after
    key: Hashable = tuple(hashable(value) for value in found.key) or (at if isinstance(at, int) else 0)
    keys = tuple((kind, key) for kind in kinds) or (key,)
    if at is None:
        return Match(keys, index=0)
    if isinstance(at, int):
        return Match(keys, index=at, request=Request(at, page_size))
    return Match(keys, request=Request(0, page_size, after=at))
