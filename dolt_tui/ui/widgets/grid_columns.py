"""The columns of a grid: how wide they are, and which of them fit on a line. Pure: no Textual."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from rich.cells import cell_len

from dolt_tui.frozen import Frozen
from dolt_tui.ui.present.grid_rows import Column, Row
from dolt_tui.ui.present.text import Cell

RULE: Final = " │ "
_MEASURED_CELLS: Final = 8000
"""Cells of a page that are looked at for widths; more would be felt with hundreds of columns."""
_LEAST_CUT: Final = 3
"""A column is cut at the right edge rather than left out as long as this much of it shows."""
_LEAST_FLEX: Final = 6


class Placed(Frozen):
    """A column on the line: its index, where it begins, its width, and what comes before it."""

    index: int
    x: int
    width: int
    before: str


class Layout(Frozen):
    """What fits on a line of ``width`` cells."""

    width: int
    pad: int
    """Blanks at both ends."""
    lead: int
    """Cells before the first column: the blank, and a sign where lines have one."""
    placed: tuple[Placed, ...]
    first: int
    """How many columns are scrolled away, after correction."""
    last_first: int
    """The most that makes sense."""
    right: bool
    """Whether something is hidden to the right."""

    def column_at(self, x: int) -> int | None:
        """The index of the column at a place on the line."""
        for placed in reversed(self.placed):
            if x >= placed.x - len(placed.before) // 2:
                return placed.index
        return self.placed[0].index if self.placed else None


class _Line(Frozen):
    """What a line of some width has room for: the shown columns with their gaps and widths, some of which stay."""

    pad: int
    lead: int
    room: int
    shown: list[int]
    gaps: list[str]
    widths: list[int]
    staying: frozenset[int]
    """Of the shown columns those that stay in view, by where they are among them."""

    def placed(self, first: int) -> list[int]:
        """The shown columns, by where they are among them, the ``first`` of those that move scrolled away: what stays
        is where it is, or else before all others."""
        moving = self.moving
        if first == 0 or not moving:
            return list(range(len(self.shown)))
        start = moving[min(first, len(moving) - 1)]
        return [*(k for k in range(start) if k in self.staying), *range(start, len(self.shown))]

    @property
    def moving(self) -> list[int]:
        """The shown columns that move."""
        return [k for k in range(len(self.shown)) if k not in self.staying]

    @property
    def sizes(self) -> list[int]:
        """The widths of the shown columns, with the gaps before them."""
        return [width + len(gap) for width, gap in zip(self.widths, self.gaps, strict=True)]

    def first_showing(self, k: int) -> int:
        """The least number of columns to scroll away so that the k-th shown one is seen whole, or begins the line."""
        sizes, moving, leading = self.sizes, self.moving, min(self.staying, default=len(self.shown))
        before = sum(moved < k for moved in moving)
        end = sum(sizes[: k + 1])
        for number in range(before):
            gap = self.gaps[min(leading, moving[number])] if number else ""  # none before the first one on the line
            if end - len(gap) <= self.room:
                return number
            end -= sizes[moving[number]]
        return before


def cell_width(cell: Cell) -> int:
    """The width of a cell's text on the screen."""
    return sum(len(text) if text.isascii() else cell_len(text) for text, _ in cell)


def _narrow(widths: list[int], least: dict[int, int], missing: int) -> None:
    """Take so many cells from the columns that give way down to their ``least``, always from the widest of them."""
    while missing > 0:
        able = [k for k in least if widths[k] > least[k]]
        if not able:
            return
        widest = max(widths[k] for k in able)
        for k in able:
            if widths[k] == widest and missing > 0:
                widths[k] -= 1
                missing -= 1


class Columns:
    """The columns with the widths that their cells asked for; these only grow."""

    def __init__(self, columns: Sequence[Column] = ()) -> None:
        self.all: tuple[Column, ...] = tuple(columns)
        self._wanted = [cell_width(((c.heading, ""),)) for c in self.all]
        self._set: dict[str, int] = {}
        self._hidden: set[str] = set()
        self._folded: frozenset[str] = frozenset()
        self._opened: set[str] = set()
        self._signs = False
        self._layouts: dict[tuple[int, int], Layout] = {}
        self._lines: dict[int, _Line] = {}

    def measure(self, rows: Sequence[Row]) -> bool:
        """Let columns grow to what these rows need; whether any did."""
        wanted, before = self._wanted, list(self._wanted)
        caps = [c.max_width for c in self.all]
        for row in rows[: max(20, _MEASURED_CELLS // max(1, len(caps)))]:
            if len(row.cells) == 1 and not row.selectable:
                continue  # a heading has the whole line
            for index, (cell, cap) in enumerate(zip(row.cells, caps, strict=False)):
                if wanted[index] < cap and (width := cell_width(cell)) > wanted[index]:
                    wanted[index] = width
        grown = wanted != before
        if grown:
            self._forget()
        return grown

    def remeasure(self, rows: Sequence[Row]) -> None:
        """Forget what earlier rows asked for."""
        self._wanted = [cell_width(((c.heading, ""),)) for c in self.all]
        self._forget()
        self.measure(rows)

    def resize(self, key: str, delta: int) -> bool:
        """Make a column wider or narrower for good; whether there is one."""
        for index, column in enumerate(self.all):
            if column.key == key:
                self._set[key] = max(1, self._width(index) + delta)
                self._forget()
                return True
        return False

    def hide(self, key: str) -> bool:
        """Leave a column out; not the last one that shows."""
        if key in self.hidden or len(self.shown()) < 2 or all(c.key != key for c in self.all):
            return False
        self._hidden.add(key)
        self._opened.discard(key)
        self._forget()
        return True

    def open(self, key: str) -> None:
        """Show a column whatever hides it."""
        self._hidden.discard(key)
        self._opened.add(key)
        self._forget()

    def fold(self, keys: frozenset[str]) -> bool:
        """Leave these columns out besides the hidden ones, but for those that were opened since some are; whether that
        is different."""
        before = self.hidden
        self._folded = keys
        if not keys:
            self._opened.clear()
        self._forget()
        return self.hidden != before

    def show_all(self) -> None:
        """Bring hidden columns back."""
        self._opened |= self._folded
        self._hidden.clear()
        self._forget()

    @property
    def own_hidden(self) -> frozenset[str]:
        """The columns that somebody hid one by one."""
        return frozenset(self._hidden)

    @property
    def own_widths(self) -> Mapping[str, int]:
        """The widths that somebody set, by column."""
        return self._set

    def arrange(self, hidden: Iterable[str], widths: Mapping[str, int]) -> None:
        """Hide and size columns as they were; those that are not there are left out, and the last one is not hidden."""
        known = {column.key for column in self.all}
        self._hidden, self._set = set(), {key: width for key, width in widths.items() if key in known}
        for key in hidden:
            self.hide(key)
        self._forget()

    @property
    def hidden(self) -> frozenset[str]:
        """The columns that are left out."""
        return frozenset(self._hidden) | (self._folded - self._opened)

    @property
    def signs(self) -> bool:
        """Whether lines have a sign before their first column."""
        return self._signs

    @signs.setter
    def signs(self, signs: bool) -> None:
        if signs != self._signs:
            self._signs = signs
            self._forget()

    def adopt(self, before: Columns) -> bool:
        """Where the same columns only look different now, hide and size them as before; whether they are the same."""
        same = [(c.key, c.title) for c in before.all] == [(c.key, c.title) for c in self.all]
        if same:
            self._hidden, self._set = set(before._hidden), dict(before._set)
            self._folded, self._opened = before._folded, set(before._opened)
        return same

    def shown(self) -> list[int]:
        """Indices of the columns that aren't hidden."""
        hidden = self.hidden
        return [i for i, c in enumerate(self.all) if c.key not in hidden]

    def _width(self, index: int) -> int:
        column = self.all[index]
        if column.key in self._set:
            return self._set[column.key]
        return max(1, column.min_width, min(self._wanted[index], column.max_width))

    def _gaps(self, shown: Iterable[int]) -> list[str]:
        """What comes before each column: nothing before the first one."""
        gaps, previous = [], ""
        for index in shown:
            gaps.append(previous)
            previous = RULE if self.all[index].separator else " "
        return gaps

    def _fitted(self, shown: list[int], room: int) -> list[int]:
        """Widths after flexible columns took what is left, or gave what is missing."""
        widths = [self._width(i) for i in shown]
        rest = room - sum(widths)
        flexible = [k for k, i in enumerate(shown) if self.all[i].flex and self.all[i].key not in self._set]
        if rest > 0 and flexible:
            share, more = divmod(rest, len(flexible))
            for n, k in enumerate(flexible):
                widths[k] += share + (n < more)
        elif rest < 0:
            for k in flexible:
                least = max(self.all[shown[k]].min_width, _LEAST_FLEX)
                given = max(0, min(-rest, widths[k] - least))
                widths[k] -= given
                rest += given
            giving = [k for k, i in enumerate(shown) if self.all[i].shrink and not self.all[i].flex]
            _narrow(widths, {k: max(1, self.all[shown[k]].min_width) for k in giving}, -rest)
        return widths

    def layout(self, width: int, first: int = 0) -> Layout:
        """Place the columns on a line, the first ``first`` of those that aren't frozen scrolled away."""
        if (known := self._layouts.get((width, first))) is None:
            if len(self._layouts) > 64:
                self._layouts.clear()
            known = self._layouts[width, first] = self._lay(width, first)
        return known

    def _lay(self, width: int, first: int) -> Layout:
        line = self._line(width)
        last_first = 0
        if sum(line.sizes) > line.room:
            last_first = max(0, line.first_showing(len(line.shown) - 1) if line.shown else 0)
        first = max(0, min(first, last_first))
        placed: list[Placed] = []
        x, right = 0, False
        for k in line.placed(first):
            gap, wanted = line.gaps[k] if placed else "", line.widths[k]
            left = line.room - x - len(gap)
            if left < wanted and (left < 1 or (placed and left < min(_LEAST_CUT, wanted))):
                right = True
                break
            x += len(gap)
            placed.append(Placed(line.shown[k], line.lead + x, min(wanted, left), gap))
            x += wanted
            if left < wanted:
                right = True
                break
        return Layout(width, line.pad, line.lead, tuple(placed), first, last_first, right)

    def _forget(self) -> None:
        """The columns are laid out in another way from now on."""
        self._layouts.clear()
        self._lines.clear()

    def _line(self, width: int) -> _Line:
        if (known := self._lines.get(width)) is None:
            if len(self._lines) > 8:
                self._lines.clear()
            known = self._lines[width] = self._new_line(width)
        return known

    def _new_line(self, width: int) -> _Line:
        pad = 1 if width > 3 else 0
        lead = pad + self._signs * (pad + 1)
        room = max(0, width - pad - lead)
        shown = self.shown()
        gaps = self._gaps(shown)
        widths = self._fitted(shown, room - sum(map(len, gaps)))
        staying, used = set[int](), 0
        for k, index in enumerate(shown):  # never so many that less than half the line moves
            if self.all[index].frozen and len(staying) < len(shown) - 1:
                used += widths[k] + len(gaps[k])
                if used > room // 2:
                    break
                staying.add(k)
        return _Line(pad, lead, room, shown, gaps, widths, frozenset(staying))

    def first_for(self, index: int, width: int, first: int) -> int:
        """How far to scroll sideways so that a column is seen whole."""
        layout, line = self.layout(width, first), self._line(width)
        if index not in line.shown or layout.last_first == 0:
            return layout.first
        k, moving = line.shown.index(index), line.moving
        if k in line.staying and (not moving or k < moving[min(layout.first, len(moving) - 1)]):
            return layout.first
        return min(sum(moved < k for moved in moving), max(layout.first, line.first_showing(k)))
