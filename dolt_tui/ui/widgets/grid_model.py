"""The rows of a grid, its cursor, range and pages. Pure: no Textual, and no columns.

Rows come from memory or page by page from a source; the model says which page is wanted, and takes the answers. What
it knows of the screen, and what it tells, goes through a `Viewport`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace

from dolt_tui.ui.present.grid_rows import Count, Match, Overlay, PageOf, Request, Row, Source
from dolt_tui.ui.widgets.grid_blocks import Shift, followed, followed_top
from dolt_tui.ui.widgets.grid_data import MemoryRows, Rows, covered
from dolt_tui.ui.widgets.grid_pages import Pages
from dolt_tui.ui.widgets.grid_place import Place, Range
from dolt_tui.ui.widgets.grid_viewport import Viewport


class GridModel:
    """What a grid shows, and where somebody is in it."""

    def __init__(self, viewport: Viewport) -> None:
        self._viewport = viewport
        self.source: Source | None = None
        self.memory = MemoryRows()
        self.pages: Pages | None = None
        self._before_reload: Pages | None = None
        self.cursor = 0
        """The line on which the cursor is."""
        self.anchor: int | None = None
        """Where the range begins that ends at the cursor; None: there is none."""
        self.has_cursor = True
        """Whether there is a cursor that moves; else the lines scroll."""
        self.newest_first = False
        """Whether new rows come at the top: where that is seen it stays so, else `above` counts them."""
        self.above = 0
        """How many rows came above the first one since that was last seen."""
        self.failure = ""
        """Why the rows that are missing could not be read."""
        self.overlay: Overlay | None = None
        """What is shown over the rows (`cover`)."""
        self.known: Row | None = None
        """The row under the cursor, as it was when it was last there."""
        self._announced: object = self  # no row is announced yet, not even the absence of one
        self._first_seen: Hashable = None
        self._to_end = self._to_start = False
        self._goal: int | None = None
        """The line that is walked to, page by page."""
        self._outstanding: Request | None = None
        self._number = 0

    # What there is

    @property
    def rows(self) -> Rows:
        return self.memory if self.pages is None else self.pages

    def row(self, index: int) -> Row | None:
        """The row on a line; None while it is on its way."""
        row = self.rows.get(index)
        if row is None and self._before_reload is not None:
            return self._before_reload.get(index)
        return row

    @property
    def total(self) -> int:
        """How many lines there are: headings, and for a source rows that are only supposed, included."""
        return self._before_reload.total if self._before_reload is not None else self.rows.total

    @property
    def count(self) -> Count:
        """How many rows there are, as far as known, without headings."""
        return self.rows.count()

    @property
    def current(self) -> Row | None:
        """The row under the cursor; None where there is none, or while it is on its way."""
        row = self.row(self.cursor)
        return row if row is not None and row.selectable else None

    @property
    def loading(self) -> bool:
        """Whether rows are on their way."""
        return self._outstanding is not None

    @property
    def waiting(self) -> bool:
        """Whether rows that are looked at, or the end that was jumped to, are on their way."""
        if self._outstanding is None:
            return False
        top = self._viewport.top
        seen = range(top, min(top + max(1, self._viewport.height), self.total))
        return (
            self._to_end or self._goal is not None or not self.total or any(self.row(index) is None for index in seen)
        )

    def nearest(self, index: int, step: int = 1) -> int:
        """The nearest line on which the cursor may be: first in one direction, then in the other."""
        total = self.total
        index = max(0, min(index, total - 1))
        for direction in (step, -step):
            at = index
            while 0 <= at < total:
                row = self.row(at)
                if row is None or row.selectable:
                    return at
                at += direction
        return index

    # Rows from memory

    def set_rows(self, rows: Iterable[Row], *, keep: bool = True) -> None:
        """Show rows from memory; the cursor stays on the row with the same key, at the same line of the screen."""
        text = self.memory.filter_text if keep and self.pages is None else ""
        key = self.known.key if keep and self.known is not None else None
        anchor = self.row(self.anchor) if keep and self.anchor is not None else None
        self._leave_source()
        self.memory = MemoryRows(covered(rows, self.overlay))
        self.memory.set_filter(text)
        self.anchor = self.memory.index(anchor.key) if anchor is not None else None
        self._replaced(key, keep=keep)

    def set_filter(self, text: str) -> None:
        """Keep only the rows in memory that contain ``text``, upper or lower case; all of them for an empty one."""
        if self.pages is not None or text == self.memory.filter_text:
            return
        key = self.known.key if self.known is not None else None
        self.anchor = None
        self.memory.set_filter(text)
        self._replaced(key, keep=True)

    def _leave_source(self) -> None:
        self.source = self.pages = self._before_reload = self._outstanding = None
        self._to_end, self._to_start, self._goal, self.failure = False, False, None, ""

    def _replaced(self, key: Hashable | None, *, keep: bool) -> None:
        """Other rows are there: put the cursor where it was, by key or else by index."""
        line = self.cursor - self._viewport.top
        found = self.rows.index(key) if key is not None else None
        index = found if found is not None else self.cursor if keep else 0
        self._viewport.resized()
        self.cursor = self.nearest(index)
        self._viewport.scroll(self._kept_top(line) if keep else 0)
        self.settle()

    def _kept_top(self, line: int) -> int:
        """The first line to show, so that the cursor stays where it was on the screen, or the top in view."""
        top, height = self._viewport.top, self._viewport.height
        follows = self.newest_first and top == 0 and self.cursor < max(1, height)
        return 0 if follows else self.cursor - line

    # Rows from a source

    def show(self, source: Source, place: Place | None = None, *, keep: bool = False) -> None:
        """Show the rows of a source page by page: from its beginning, or where ``place`` was in the same rows; with
        ``keep`` the cursor stays on its row where the first page has that."""
        row = self.known if keep else None
        self._leave_source()
        self.memory = MemoryRows()
        self.source = source
        self.pages = Pages(source.page_size, backward=source.backward, offsets=source.offsets)
        self.cursor, self.known, self.anchor = 0, row, None
        self._first_seen, self.above = None, 0
        top = 0
        if place is not None and place.pages is not None and place.pages.started:
            self._before_reload = place.pages
            self.pages = place.pages.restart(place.top, place.top + max(1, self._viewport.height))
            self.cursor, self.known, top = place.cursor, place.row, place.top
        self.pages.overlay = self.overlay
        self.pages.set_count(source.count())
        self._viewport.resized()
        self._viewport.scroll(top)
        self.want()

    def reload(self) -> None:
        """Ask again for what is seen; the old rows stay until the new ones come, the cursor stays on its row."""
        if self.pages is None:
            return
        if self.pages.started:
            self._before_reload = self.pages
        top = self._viewport.top
        self.pages = self.pages.restart(top, top + max(1, self._viewport.height))
        self.pages.overlay = self.overlay
        self._outstanding, self.failure = None, ""
        self.want()

    def recount(self) -> None:
        """The source knows now how many rows there are."""
        if self.pages is not None and self.source is not None:
            self.pages.set_count(self.source.count())
            top = self._follow(self.pages.seat_end(), self._viewport.top)
            self._viewport.resized()
            self._viewport.scroll(top)
            self._viewport.redraw()

    def cover(self, overlay: Overlay | None) -> None:
        """Show something else over the rows; the cursor stays on its row."""
        self.overlay = overlay
        if self.pages is None:
            self.set_rows(self.memory.all)
            return
        key = self.known.key if self.known is not None else None
        anchor = self.row(self.anchor) if self.anchor is not None else None
        for pages in (self.pages, self._before_reload):
            if pages is not None:
                pages.cover(overlay)
        self.anchor = self.pages.index(anchor.key) if anchor is not None else None
        self._replaced(key, keep=True)

    def want(self) -> None:
        """Ask for the rows that are missing, one request at a time."""
        waits = self._outstanding is not None or not self._viewport.is_running  # it asks when it is
        if self.pages is None or self.source is None or waits or self.failure:
            return
        top = self._viewport.top
        going = self._to_end or (self._goal is not None and self._goal >= self.total - 1)
        wanted = self.pages.want_end() if going and self.pages.started else None
        wanted = wanted or self.pages.want(top, top + max(1, self._viewport.height) - 1)
        if wanted is not None:
            self._number += 1
            self._outstanding = replace(wanted, number=self._number)
            self._viewport.page_wanted(self.source, self._outstanding)

    def deliver(self, request: Request, page: PageOf) -> bool:
        """The answer to a request; one that nobody waits for any more is dropped. Tells whether it was taken."""
        if self._outstanding is None or request.number != self._outstanding.number or self.pages is None:
            return False
        self._outstanding = None
        assert self.source is not None
        viewport = self._viewport
        key = self.known.key if self.known is not None else None
        line = self.cursor - viewport.top
        self._before_reload = None
        self.pages.set_count(self.source.count())
        top = self._follow(self.pages.deliver(request, page), viewport.top)
        viewport.resized()
        found = self.pages.index(key) if key is not None else None
        if self._to_end:
            self.cursor = self.nearest(self.total - 1)
            self._to_end = not self.pages.end_known
            self.show_cursor()
        elif self._to_start:
            self.cursor = self.nearest(0)
            self._to_start = False
            viewport.scroll(0)
        elif found is not None and found != self.cursor:
            self.cursor = found
            viewport.scroll(self._kept_top(line))
        else:
            self.cursor = self.nearest(self.cursor)
            viewport.scroll(top)
        self.settle()
        self._walk()
        return True

    def _follow(self, shifts: Sequence[Shift], top: int) -> int:
        """Let the cursor and the range move with their lines; where the first line on the screen goes by that."""
        before, self.cursor = self.cursor, followed(self.cursor, shifts)
        self.anchor = followed(self.anchor, shifts) if self.anchor is not None else None
        return followed_top(top, before, self.cursor, shifts, self._viewport.height)

    def fail(self, request: Request, message: str) -> None:
        """The answer is an error: it is shown in place of the rows, and nothing is asked until something moves."""
        if self._outstanding is None or request.number != self._outstanding.number:
            return
        self._outstanding = self._goal = None
        self._to_end, self.failure = False, message
        self._viewport.redraw()

    def go_to(self, match: Match) -> None:
        """Put the cursor on a row that was found, wherever it is; its rows are asked for where they are not held."""
        self.anchor = None
        if any(self.move_to_key(key) for key in match.keys) or self.pages is None:
            return
        if match.request is None:
            if match.index is not None:
                self._goal = match.index
                self._walk()
            return
        # Where it is is known only where the rows can be counted off; else somewhere below the first line.
        request = replace(match.request, start=match.request.start or max(1, self.cursor))
        if self.pages.started:
            self._before_reload = self.pages
        self.pages = self.pages.begin_at(request)
        self._outstanding, self.failure, self._to_end, self._goal = None, "", False, None
        self.cursor, self.known = request.start, None
        self._viewport.scroll(self.cursor - self._viewport.height // 2)
        self.want()

    def _walk(self) -> None:
        """Go on towards the line that is wanted, as far as lines are known."""
        if self._goal is not None and self.pages is not None:
            goal, self._goal = self._goal, None
            self.move_to(goal)
            if self.row(goal) is None and not self.pages.end_known:
                self._goal = goal
                self.want()

    # After changes

    def settle(self) -> None:
        """After any change: tell about the cursor's row, ask for missing rows, draw."""
        if self.has_cursor and self.cursor == self._viewport.top:  # what came above it may belong to it
            self.show_cursor()
        self._announce()
        self._look_above()
        self.want()
        self._viewport.redraw()

    def scrolled(self) -> None:
        """Other lines are seen."""
        self.failure = ""
        self._look_above()
        self.want()

    def _announce(self) -> None:
        """Tell about the row under the cursor where it is another one; a row on its way is told when it is there."""
        row = self.current
        if not self._viewport.is_running or (row is None and self.total and self.row(self.cursor) is None):
            return
        self.known = row
        key = (row.key,) if row is not None else None
        if key != self._announced:
            self._announced = key
            self._viewport.highlighted(row)

    def _look_above(self) -> None:
        """Find out what came above the rows that are seen."""
        if not self.newest_first or self._before_reload is not None:
            return
        first, above = self.row(0), self.above
        if self._viewport.top == 0 and first is not None:
            self._first_seen, self.above = first.key, 0
        elif first is not None and self._first_seen is not None:
            self.above = self.rows.index(self._first_seen) or 0
        if self.above != above:
            self._viewport.came_above()

    def none_above(self) -> None:
        """Other rows are shown: those that are above the first line now were not added since."""
        first = self.row(0)
        self._first_seen, self.above = first.key if first is not None else None, 0

    # Moving

    def show_cursor(self) -> None:
        """Scroll as little as needed for the cursor to be seen, and a heading, or a row's old values, above it."""
        top, height = self._viewport.top, self._viewport.height
        if self.cursor < top:
            top = self.cursor
        elif height and self.cursor >= top + height:
            top = self.cursor - height + 1
        if 0 < top == self.cursor:
            above, here = self.row(self.cursor - 1), self.current
            same = above is not None and here is not None and above.value is here.value is not None
            if above is not None and (same or not above.selectable) and height > 1:
                top -= 1
        self._viewport.scroll(top)

    def move_to(self, index: int, step: int = 1) -> None:
        """Put the cursor on a line, or on the nearest row in the direction of ``step``."""
        before = self.cursor
        self._to_end, self._to_start, self._goal, self.failure = False, False, None, ""
        self.cursor = self.nearest(index, step)
        self.known = self.current
        if self.has_cursor:
            self.show_cursor()
        else:
            self._viewport.scroll(self.cursor)
        self._announce()
        low, high = sorted((before, self.cursor))
        if self.anchor is not None and high - low < self._viewport.height:
            self._viewport.redraw_lines(low, high - low + 1)
        else:
            self._viewport.redraw_lines(before)
            self._viewport.redraw_lines(self.cursor)
        self.want()

    def move_to_key(self, key: Hashable) -> bool:
        """Put the cursor on the row with this key; False where it isn't there."""
        index = self.rows.index(key)
        if index is not None:
            self.move_to(index)
        return index is not None

    def up(self) -> None:
        if not self.has_cursor:
            self._scroll_by(-1)
            return
        self.move_to(self.cursor - 1, -1)
        if self.cursor == self.nearest(0):
            self._viewport.scroll(0)  # headings above the first row

    def down(self) -> None:
        if self.has_cursor:
            self.move_to(self.cursor + 1)
        else:
            self._scroll_by(1)

    def page(self, direction: int) -> None:
        """A screenful up (-1) or down (1)."""
        step = max(1, self._viewport.height) * direction
        if not self.has_cursor:
            self._scroll_by(step)
            return
        self._viewport.scroll(self._viewport.top + step)
        self.move_to(self.cursor + step, direction)

    def _scroll_by(self, rows: int) -> None:
        self.failure = ""
        self._viewport.scroll(self._viewport.top + rows)
        self.cursor = self.nearest(self._viewport.top)

    def home(self) -> None:
        self.move_to(0)
        self._viewport.scroll(0)
        self._to_start = self._before_reload is not None  # the first row is not there yet

    def end(self) -> None:
        """To the last row; a source that doesn't know its end is asked for it."""
        self.move_to(self.total - 1, -1)
        if self.pages is not None and not self.pages.end_known:
            self._to_end = True
            self.want()

    # Ranges

    @property
    def range(self) -> tuple[int, int]:
        """The first and the last of the lines that are selected: those of the range, or that of the cursor."""
        anchor = self.cursor if self.anchor is None else self.anchor
        return min(anchor, self.cursor), max(anchor, self.cursor)

    @property
    def selected_rows(self) -> tuple[Row, ...]:
        """The rows of the range, or the cursor's row; headings and rows that are not there left out."""
        low, high = self.range
        rows = (self.row(index) for index in range(low, high + 1))
        return tuple(row for row in rows if row is not None and row.selectable)

    def far_range(self) -> Range | None:
        """How to read the selected rows from the source, for those that are not held; None where all of them are."""
        low, high = self.range
        if self.overlay is not None and self.overlay.extra:
            return None  # lines are not the source's
        if self.pages is None or self.source is None or all(self.row(i) is not None for i in range(low, high + 1)):
            return None
        reached = self.pages.reach(low)
        return Range(self.source, *reached, high - low + 1) if reached is not None else None
