"""The pages of a source that a grid keeps: few rows, all cursors. Pure: no Textual, no threads.

Rows have indices, although a source is asked by key. Indices are exact from the beginning on, and from the
end where the exact number of rows is known; otherwise the last page gets indices that are only supposed,
and whatever is known later moves it (``Shift``) to where it belongs.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import Final

from dolt_tui.ui.present.grid_rows import Count, Cursor, Overlay, PageOf, Request, Row
from dolt_tui.ui.widgets.grid_blocks import Block, Blocks, Shift
from dolt_tui.ui.widgets.grid_data import covered

KEPT_PAGES: Final = 12
_LEAST_END: Final = 40
"""The rows of a last page, where fewer are seen."""


class Pages:
    """A page cache: ``want`` says what to ask the source for next, ``deliver`` takes the answer."""

    def __init__(self, page_size: int, *, backward: bool, offsets: bool, kept: int = KEPT_PAGES) -> None:
        self.page_size = max(1, page_size)
        self._backward = backward
        self._offsets = offsets
        self._kept = max(3, kept)
        self._blocks = Blocks()
        self._count: Count | None = None
        self.overlay: Overlay | None = None
        """What is shown over the rows."""
        self._said: Count | None = None
        """What the source says about the number of rows."""
        self._clock = 0
        self._window = (0, 0)
        """The lines that are seen or may be seen next; they are never forgotten."""
        self._lines = 0
        """How many lines are seen at once."""
        self._seed: Request | None = None
        self.started = False
        """Whether any answer has come."""

    # What is there

    def set_count(self, count: Count | None) -> None:
        """What the source says about the number of rows."""
        self._said = self._count = count
        if count is not None and count.number is not None and self.overlay is not None:
            self._count = Count(count.number + self.overlay.extra, count.exact)

    @property
    def end_known(self) -> bool:
        """Whether the last row has been seen."""
        return self._blocks[-1].last if self._blocks else self.started

    @property
    def total(self) -> int:
        """How many lines to show, those that are only supposed included."""
        if self.end_known:
            return self._blocks[-1].end if self._blocks else 0
        said = self._count.number if self._count and self._count.number else 0
        if not self._blocks:
            return said
        known = self._blocks[-1].end
        return max(said, known + 1) if said else known + self.page_size

    def count(self) -> Count:
        """The number of rows as far as known."""
        if self.end_known and (not self._blocks or self._blocks[-1].exact):
            return Count(self.total, True)
        return self._count or Count(None, False)

    def get(self, index: int) -> Row | None:
        return self._blocks.row(index)

    def index(self, key: Hashable) -> int | None:
        return self._blocks.line(key)

    @property
    def held(self) -> int:
        """How many rows are kept."""
        return self._blocks.held

    def cover(self, overlay: Overlay | None) -> None:
        """Show the rows that are held under another overlay: some lines may come or go."""
        self.overlay = overlay
        self.set_count(self._said)
        moved = end = 0
        for block in self._blocks:
            if block.start != end:
                end = -1  # who knows how many lines came or went where none is held
            block.exact = block.exact and end >= 0
            end = block.end if end >= 0 else end
            block.start += moved
            if block.rows is not None:
                block.rows = covered(block.rows, overlay, block.last)
                moved += len(block.rows) - block.size
                block.size = len(block.rows)
                if block.rows:
                    block.first_key, block.last_key = block.rows[0].key, block.rows[-1].key
        held = [block for block in self._blocks if block.size]
        if held and self._blocks[-1].last:
            held[-1].last = True
        self._blocks[:] = held
        self.seat_end()

    def seat_end(self) -> list[Shift]:
        """Let the last lines end where the exact number of rows says; tells by how much lines have moved.

        Those that follow the first line without a gap stay: what was said of their number was of another time.
        """
        held = self._blocks
        if not held or not held[-1].last or not self._count or not self._count.exact or not self._count.number:
            return []
        by, at = self._count.number - held[-1].end, len(held) - 1
        while at and held[at - 1].end == held[at].start:
            at -= 1
        start = held[at].start
        if not by or not start or start + by < (held[at - 1].end if at else 1):
            return []
        for block in held[at:]:
            block.start += by
        return [Shift(start, by)]

    # What to ask for

    def reach(self, index: int) -> tuple[Request, int] | None:
        """How to ask for the page of a line, seen before and maybe forgotten, and where in that page the line is.

        None where no cursor leads there any more.
        """
        position = self._blocks.at(index)
        if position < 0 or index >= self._blocks[position].end:
            return None
        request = self._again(position)
        return (request, index - self._blocks[position].start) if request is not None else None

    def restart(self, first: int, last: int) -> Pages:
        """An empty cache that begins by asking for the lines ``first`` to ``last`` again."""
        start, cursor = 0, None
        position = self._blocks.at(first)
        # Without a way back everything above would be out of reach; then begin at the top if that isn't far.
        if position > 0 and (self._backward or last + 1 > self._kept * self.page_size):
            block = self._blocks[position]
            cursor = block.since or self._blocks.after(position)
            start = block.start if cursor is not None else 0
        if cursor is None and last + 1 > self._kept * self.page_size:
            return self.begin_at(Request(0, self.page_size))
        return self.begin_at(Request(start, max(self.page_size, last + 1 - start), after=cursor))

    def begin_at(self, request: Request) -> Pages:
        """An empty cache that begins with a page; where that is not the first, its line is only supposed."""
        fresh = Pages(self.page_size, backward=self._backward, offsets=self._offsets, kept=self._kept)
        fresh._count, fresh._said, fresh.overlay = self._count, self._said, self.overlay
        fresh._seed = request
        return fresh

    def want_end(self) -> Request | None:
        """What to ask for to see the last rows; None when they are known."""
        if self.end_known:
            return None
        if self._backward:  # what is seen is waited for; the page above it follows
            size = min(self.page_size, max(2 * self._lines, _LEAST_END))
            return Request(max(0, self.total - size), size, from_end=True)
        return self._forward(len(self._blocks) - 1, None)

    def want(self, first: int, last: int) -> Request | None:
        """What to ask for so that these lines (and then a page above and below them) are there."""
        if not self.started:
            return self._seed or Request(0, self.page_size)
        self._clock += 1
        total = self.total
        first, last = max(0, min(first, total - 1)), min(last, total - 1)
        self._window = (first - self.page_size, last + self.page_size)
        self._lines = last - first + 1
        index = first
        while index <= last:
            block = self._blocks.of(index)
            if block is None or block.rows is None:
                return self._ask(index, first, last)
            block.used = self._clock
            index = block.end
        return self._ask_below(last, total) or self._ask_above(first)

    def _ask_below(self, last: int, total: int) -> Request | None:
        """What is missing in the page below the last line seen; only from what is seen, without jumps."""
        index = last + 1
        while index <= min(last + self.page_size, total - 1):
            position = self._blocks.at(index)
            if position < 0:
                return None
            block = self._blocks[position]
            if index >= block.end:
                return self._forward(position, self._blocks.following(position))
            if block.rows is None:
                return self._again(position)
            index = block.end
        return None

    def _ask_above(self, first: int) -> Request | None:
        """What is missing in the page above the first line seen."""
        index = first - 1
        while index >= max(0, first - self.page_size):
            position = self._blocks.at(index)
            block = self._blocks[position] if position >= 0 else None
            if block is None or index >= block.end:
                following = self._blocks.following(position)
                if following is None or not self._backward or following.before is None:
                    return None
                return self._upward(block.end if block else 0, following)
            if block.rows is None:
                return self._again(position)
            index = block.start - 1
        return None

    def _again(self, position: int) -> Request | None:
        """How to get a forgotten block's rows back."""
        block = self._blocks[position]
        following = self._blocks.following(position)
        if (cursor := self._blocks.after(position) or block.since) is not None:
            return Request(block.start, block.size, after=cursor)
        if block.start == 0 or (self._offsets and block.exact):
            return Request(block.start, block.size)
        if self._backward and following and following.start == block.end and following.before is not None:
            return Request(block.start, block.size, before=following.before)
        return None

    def _ask(self, index: int, first: int, last: int) -> Request | None:
        """How to get a line that isn't there: the first missing one of those that are seen."""
        position = self._blocks.at(index)
        if position >= 0 and index < self._blocks[position].end:
            if request := self._again(position):
                return request
            del self._blocks[position]
            position -= 1
        low = self._blocks[position].end if position >= 0 else 0
        following = self._blocks.following(position)
        high = following.start if following else self.total
        down, up = index - low, high - 1 - index
        can_go_up = following is not None and self._backward and following.before is not None
        if index > first:  # what is above it is seen, so it must follow that
            return self._forward(position, following)
        if following and can_go_up and following.start <= last:
            return self._upward(low, following)
        if following and can_go_up and up < self.page_size and up < down:
            return self._upward(low, following)
        if down < self.page_size:
            return self._forward(position, following)
        if self._offsets:
            start = max(low, min(index - self.page_size // 4, high - self.page_size))
            return Request(start, min(self.page_size, high - start))
        if following is None and self._backward and up < down:
            return self.want_end()
        if following and can_go_up and up < down:
            return self._upward(low, following)
        return self._forward(position, following)

    def _forward(self, position: int, following: Block | None) -> Request:
        """The page after the block at a position (-1: the first page)."""
        block = self._blocks[position] if position >= 0 else None
        start = block.end if block else 0
        size = self.page_size
        if following and following.exact and (block is None or block.exact):
            size = min(size, following.start - start)
        if block is not None and block.after is None and not self._offsets:
            if position == 0:
                return Request(0, self.page_size)  # nothing leads on from here: walk again from the top
            del self._blocks[position]  # the top is there already, and asked for it would change nothing
            return self._forward(position - 1, following)
        return Request(start, size, after=block.after if block else None)

    def _upward(self, low: int, following: Block) -> Request:
        """The page before a block."""
        start = max(low, following.start - self.page_size)
        if not following.exact:
            return Request(following.start - self.page_size, self.page_size, before=following.before)
        return Request(start, following.start - start, before=following.before)

    # What came

    def deliver(self, request: Request, page: PageOf) -> list[Shift]:
        """Take an answer; tells by how much lines have moved."""
        if self.overlay is not None:
            page = replace(page, rows=covered(page.rows, self.overlay, page.last))
        if not page.rows:  # an empty page would be asked for again and again
            page = PageOf((), page.first or request.before is not None, request.before is None, page.after, page.before)
        if not self.started:
            if not page.rows and request.after is not None:  # through another filter: begin at the first row instead
                self._seed = Request(0, self.page_size)
                return []
            self.started = True
            self._seed = None
        shifts: list[Shift] = []
        if request.from_end:
            self._take_end(page)
        elif request.before is not None:
            self._take_above(request, page, shifts)
        else:
            self._take_below(request, page, shifts)
        self._blocks.mark_exact()
        self._blocks.forget(self._kept * self.page_size, self._window)
        return shifts

    def _put(self, start: int, page: PageOf, rows: tuple[Row, ...], exact: bool, since: Cursor | None) -> None:
        self._blocks.put(start, page, rows, exact, since, self._clock + 1)

    @property
    def _margin(self) -> int:
        """The lines between rows of which nobody knows how far apart they are: both are never seen together."""
        return self.page_size + max(0, self._window[1] - self._window[0])

    def _take_below(self, request: Request, page: PageOf, shifts: list[Shift]) -> None:
        """Rows that follow a cursor, or that begin at an index."""
        start, rows = request.start, page.rows
        if start and not rows and request.after is None:
            self._offsets = False  # fewer rows than was said: only walking tells where they end
            return
        position = self._blocks.at(start)
        if position >= 0 and (block := self._blocks[position]).start == start:
            if block.size == len(rows) and block.after == page.after:
                block.rows, block.used = rows, self._clock + 1
                return
            self._blocks.drop_chain(position)  # others wrote in between: what followed is no longer known to follow
        position = self._blocks.at(start)
        leader = self._blocks[position] if position >= 0 else None
        exact = start == 0 or (request.after is None) or (leader is not None and leader.exact and leader.end == start)
        if page.last:
            del self._blocks[position + 1 :]
            if not rows and leader:
                leader.last = True
        elif position + 1 < len(self._blocks):
            self._meet_below(position + 1, start, page, exact, shifts)
        self._put(start, page, rows, exact, request.after)
        if page.last:
            shifts += self.seat_end()

    def _meet_below(self, position: int, start: int, page: PageOf, exact: bool, shifts: list[Shift]) -> None:
        """Make the blocks below agree with a page that comes before them, and may reach into them."""
        end = start + len(page.rows)
        keys = {row.key: offset for offset, row in enumerate(page.rows)}
        while position < len(self._blocks):
            block = self._blocks[position]
            known = next(((n, keys[r.key]) for n, r in enumerate(block.rows or ()) if r.key in keys), None)
            if known is None and block.first_key in keys:
                known = (0, keys[block.first_key])
            if known is None:
                sure = exact and block.exact
                self._blocks.move(block.start, max(0, end + (0 if sure else self._margin) - block.start), shifts)
                return
            self._blocks.move(block.start, start + known[1] - known[0] - block.start, shifts)
            covered = end - block.start
            if covered < block.size:
                block.rows = block.rows[covered:] if block.rows else None
                block.start, block.size, block.before, block.since = end, block.size - covered, None, page.after
                block.first_key = block.rows[0].key if block.rows else None
                return
            del self._blocks[position]

    def _take_above(self, request: Request, page: PageOf, shifts: list[Shift]) -> None:
        """Rows that precede a cursor."""
        end, rows = request.start + request.size, page.rows
        position = self._blocks.at(end - 1)
        if position >= 0 and (block := self._blocks[position]).end == end and block.rows is None:
            if block.size == len(rows) and block.before == page.before:
                block.rows, block.used = rows, self._clock + 1
                return
            del self._blocks[position]
            position -= 1
        follower = next((b for b in self._blocks if b.start == end), None)
        sure = follower is not None and follower.exact
        leader = self._blocks[position] if position >= 0 else None
        low = leader.end if leader else 0
        known = {leader.last_key, *(r.key for r in leader.rows or ())} if leader else set()
        met = next((n for n in range(len(rows) - 1, -1, -1) if rows[n].key in known), None)
        if page.first:
            del self._blocks[: position + 1]
            by, sure = len(rows) - end, True
        elif met is not None and leader is not None:
            rows = rows[met + 1 :]
            by, sure = leader.end + len(rows) - end, leader.exact
        else:
            room = int(not sure) if leader is None else 0 if sure and leader.exact else self._margin
            by = max(0, low + room - (end - len(rows)))
            sure = sure and not by
        self._blocks.move(end, by, shifts, gap=low)
        self._put(end + by - len(rows), PageOf(page.rows, page.first, False, page.after, page.before), rows, sure, None)

    def _take_end(self, page: PageOf) -> None:
        """The last rows."""
        rows = page.rows
        keys = {row.key: offset for offset, row in enumerate(rows)}
        for block in reversed(self._blocks):
            if block.last_key in keys:
                kept = rows[keys[block.last_key] + 1 :]
                del self._blocks[self._blocks.at(block.start) + 1 :]
                block.last = not kept
                self._put(block.end, page, kept, block.exact, block.after)
                return
        number = self._count.number if self._count else None
        low = self._blocks[-1].end if self._blocks else 0
        loose = self._margin if self._blocks and not self._blocks[-1].exact else 0
        exact = page.first or bool(self._count and self._count.exact and number is not None)
        if page.first or not rows:
            self._blocks.clear()
            start = 0
        elif exact and number is not None and number - len(rows) >= low + loose:
            start = number - len(rows)
        else:
            start, exact = max((number or 0) - len(rows), low + self._margin), False
        self._put(start, page, rows, exact, None)
