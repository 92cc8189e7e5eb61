"""The rows of a source that were read, in blocks that follow one another. Pure: no Textual, no threads."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from dolt_tui.frozen import Frozen
from dolt_tui.ui.present.grid_rows import Cursor, PageOf, Row


class Shift(Frozen):
    """Everything at ``at`` and below has moved by ``by``."""

    at: int
    by: int


def followed(line: int, shifts: Iterable[Shift]) -> int:
    """Where a line is after lines have moved."""
    for shift in shifts:
        if line >= shift.at:
            line += shift.by
    return line


def followed_top(top: int, before: int, cursor: int, shifts: Sequence[Shift], height: int) -> int:
    """Where the first line on the screen goes, which ``height`` lines are below; ``before``: where the cursor was.

    A cursor that was seen stays so: the first line may be one that was only supposed, and did not move with it.
    """
    found, line = followed(top, shifts), before - top
    lost = 0 <= line < max(1, height) and not 0 <= cursor - found < max(1, height)
    return cursor - line if lost else found


@dataclass(slots=True)
class Block:
    """Rows that follow one another; their texts may be forgotten, their cursors are not."""

    start: int
    size: int
    exact: bool
    rows: tuple[Row, ...] | None
    after: Cursor | None
    before: Cursor | None
    since: Cursor | None
    """The cursor after which it was fetched."""
    first_key: Hashable
    last_key: Hashable
    last: bool
    used: int = field(default=0)

    @property
    def end(self) -> int:
        return self.start + self.size


class Blocks(list[Block]):
    """Blocks by the lines where they start; between them lines may be missing."""

    def at(self, index: int) -> int:
        """The position of the last block that starts at or above an index, or -1."""
        return bisect_right(self, index, key=lambda b: b.start) - 1

    def of(self, index: int) -> Block | None:
        """The block that has a line."""
        position = self.at(index)
        return self[position] if position >= 0 and index < self[position].end else None

    def following(self, position: int) -> Block | None:
        """The block below the one at a position."""
        return self[position + 1] if position + 1 < len(self) else None

    def after(self, position: int) -> Cursor | None:
        """The cursor from which the block at a position goes on."""
        if position > 0 and self[position - 1].end == self[position].start:
            return self[position - 1].after
        return None

    def row(self, index: int) -> Row | None:
        """The row on a line; None where it is not held."""
        position = self.at(index)
        if position < 0:
            return None
        block = self[position]
        return block.rows[index - block.start] if block.rows is not None and index < block.end else None

    def line(self, key: Hashable) -> int | None:
        """The line of the row with a key; None where it is not held."""
        for block in self:
            for offset, row in enumerate(block.rows or ()):
                if row.key == key:
                    return block.start + offset
        return None

    @property
    def held(self) -> int:
        """How many rows are kept."""
        return sum(len(b.rows) for b in self if b.rows is not None)

    def put(
        self, start: int, page: PageOf, rows: tuple[Row, ...], exact: bool, since: Cursor | None, clock: int
    ) -> None:
        """Add the ``rows`` of a page that are not there yet."""
        if not rows:
            return
        whole = len(rows) == len(page.rows)
        before = page.before if whole else None
        key, end = rows[0].key, rows[-1].key
        last = page.last
        block = Block(start, len(rows), exact, rows, page.after, before, since, key, end, last, clock)
        self.insert(self.at(start) + 1, block)

    def move(self, at: int, by: int, shifts: list[Shift], gap: int | None = None) -> None:
        """Move the blocks from ``at`` on, and with them the lines from there, or from the gap above it, on."""
        if by:
            for block in self:
                if block.start >= at:
                    block.start += by
                    block.exact = False  # unless what it turns out to follow is exact
            shifts.append(Shift(at if gap is None else gap, by))

    def drop_chain(self, position: int) -> None:
        """Drop a block and those that follow it without a gap."""
        stop = position + 1
        while stop < len(self) and self[stop].start == self[stop - 1].end:
            stop += 1
        del self[position:stop]

    def mark_exact(self) -> None:
        """What hangs together with an exact block is exact."""
        for upper, lower in pairwise(self):
            if upper.exact and upper.end == lower.start:
                lower.exact = True
        for lower, upper in zip(reversed(self), self[-2::-1], strict=False):
            if lower.exact and upper.end == lower.start:
                upper.exact = True

    def forget(self, most: int, window: tuple[int, int]) -> None:
        """Let rows go until there are at most so many, first those that have not been seen for the longest time; those
        of the lines in the ``window`` stay."""
        (low, high), held = window, self.held
        full = (b for b in self if b.rows is not None and not (b.start <= high and b.end > low))
        for block in sorted(full, key=lambda b: b.used):
            if held <= most:
                return
            held -= block.size
            block.rows = None
