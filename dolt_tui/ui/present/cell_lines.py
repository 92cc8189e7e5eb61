"""The lines of one value that is looked at by itself: a text, or bytes. Pure.

Lines are made as they are wanted, as a value may have megabytes; each class is a `Source` of rows.
"""

from __future__ import annotations

import re
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from rich.cells import cell_len

from dolt_tui.ui.present.differences import is_marked
from dolt_tui.ui.present.grid_rows import PAGE_SIZE, Column, Count, PageOf, Request, Row
from dolt_tui.ui.present.text import Cell, Span, Style, sanitise, styles
from dolt_tui.ui.present.word_diff import clusters, words

_LONGEST: Final = 20_000
"""Characters of a line that is wrapped at once; longer ones are cut into such pieces first."""


class Lines(ABC):
    """Lines from the first one on, as far as they were wanted."""

    page_size = PAGE_SIZE
    backward = offsets = True
    columns: Sequence[Column] = (Column("text", max_width=100_000, separator=False),)

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._coming = self._make()
        self._complete = False
        self._making = threading.Lock()
        """Lines are made on the event loop, where that is quick, and on a thread."""

    @abstractmethod
    def _make(self) -> Iterator[Row]:
        """All rows."""

    @abstractmethod
    def find(self, text: str, index: int, *, backward: bool) -> Place | None:
        """The next line after the one at ``index``, or the one before it, that has the text, in upper or lower case.

        It may be among other lines, in which what was folded is not.
        """

    def change(self, index: int, *, backward: bool) -> Place | None:
        """Where the next difference begins behind the line at ``index``, or the one before it."""
        return None

    def grow(self, number: int | None) -> None:
        """Make so many lines, where there are; all of them for None. Takes as long as the text before them is."""
        while not self._complete and (number is None or len(self._rows) < number):
            with self._making:
                row = next(self._coming, None)
                if row is None:
                    self._complete = True
                else:
                    self._rows.append(row)

    def line(self, index: int) -> Row | None:
        """A line."""
        self.grow(index + 1)
        return self._rows[index] if 0 <= index < len(self._rows) else None

    def count(self) -> Count:
        return Count(len(self._rows), self._complete)

    def fetch(self, request: Request) -> PageOf:
        if request.from_end:
            self.grow(None)
        start, size = request.place(len(self._rows))
        self.grow(start + size + 1)
        rows = tuple(self._rows[start : start + size])
        last = self._complete and start + len(rows) >= len(self._rows)
        return PageOf(rows, start == 0, last, start + len(rows), start)


class Place(NamedTuple):
    """A line that was looked for: it is at ``at`` among ``lines``."""

    lines: Lines
    at: int


# texts


class TextLines(Lines):
    """A text with its styles, wrapped at ``width`` cells; with numbers of its lines where it has several."""

    def __init__(self, spans: Iterable[Span], width: int, *, numbered: bool = True) -> None:
        self._texts = list(split_lines(spans))
        last = self._texts[-1][0]
        many = numbered and last > 0
        self._digits = len(str(last + 1)) if many else 0
        self._width = max(8, width - self._digits - 1 if many else width)
        self._starts: list[tuple[int, int]] = []
        """For each line that was made: of which line of the text it is, and where in it it begins."""
        if many:
            self.columns = (Column("line", numeric=True, frozen=True, separator=False), *Lines.columns)
        super().__init__()

    def _make(self) -> Iterator[Row]:
        for number, (line, spans) in enumerate(self._texts):
            shown = [(sanitise(text, one_line=False), style) for text, style in spans]
            first = not number or self._texts[number - 1][0] != line
            for at, (start, part) in enumerate(wrap_spans(shown, self._width)):
                self._starts.append((number, start))
                label = ((str(line + 1) if first and not at else "", Style.DIM),)
                key = len(self._starts) - 1
                yield Row(key, (label, part) if self._digits else (part,), value=line)

    def find(self, text: str, index: int, *, backward: bool) -> Place | None:
        wanted = text.lower()
        self.grow(index + 2)
        number, start = self._starts[index] if 0 <= index < len(self._starts) else (-1, 0)
        following = self._starts[index + 1] if 0 <= index + 1 < len(self._starts) else (len(self._texts), 0)
        if backward:
            if number < 0:
                number, start = len(self._texts), 0
            order = [(number, 0, start), *((at, 0, None) for at in range(number - 1, -1, -1))]
        else:
            first, begin = following if number >= 0 else (0, 0)
            order = [(first, begin, None), *((at, 0, None) for at in range(first + 1, len(self._texts)))]
        for at, begin, end in order:
            if not 0 <= at < len(self._texts):
                continue
            line = "".join(sanitise(part, one_line=False) for part, _ in self._texts[at][1]).lower()
            place = line.rfind(wanted, begin, end) if backward else line.find(wanted, begin, end)
            if place >= 0:
                return Place(self, self._index(at, place))
        return None

    def change(self, index: int, *, backward: bool) -> Place | None:
        self.grow(index + 2)
        here = self._starts[index] if 0 <= index < len(self._starts) else (len(self._texts), 0)
        following = self._starts[index + 1] if index + 1 < len(self._starts) else (len(self._texts), 0)
        found = None
        for place in self._changes():
            if backward and place >= here:
                break
            if backward or place >= following:
                found = place
                if not backward:
                    break
        return Place(self, self._index(*found)) if found is not None else None

    def _changes(self) -> Iterator[tuple[int, int]]:
        """Of which line of the text each difference is, and where in it it begins."""
        within = False
        for number, (_, spans) in enumerate(self._texts):
            at = 0
            for text, style in spans:
                marked = is_marked(style)
                if marked and not within:
                    yield number, at
                within = marked
                at += len(sanitise(text, one_line=False)) if marked or len(spans) > 1 else 0

    def _index(self, number: int, place: int) -> int:
        """The line on which a place of a line of the text is."""
        while not self._complete and (not self._starts or self._starts[-1] <= (number, place)):
            self.grow(len(self._rows) + 200)
        low, high = 0, len(self._starts) - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self._starts[middle] <= (number, place) else (low, middle - 1)
        return low


def split_lines(spans: Iterable[Span]) -> Iterator[tuple[int, list[Span]]]:
    """The lines of a text with their numbers, none longer than can be wrapped quickly: such a line comes in pieces."""
    number, line, size = 0, list[Span](), 0
    for text, style in spans:
        for at, part in enumerate(text.replace("\r\n", "\n").split("\n")):
            if at:
                yield number, line
                number, line, size = number + 1, [], 0
            while size + len(part) > _LONGEST:
                cut = part.rfind(" ", 0, _LONGEST - size) + 1 or _LONGEST - size
                line.append((part[:cut], style))
                yield number, line
                line, size, part = [], 0, part[cut:]
            if part:
                line.append((part, style))
                size += len(part)
    yield number, line


def wrap_spans(spans: Sequence[Span], width: int) -> Iterator[tuple[int, Cell]]:
    """Sanitised spans without ends of lines in lines of at most ``width`` cells; with where in the text each begins.

    Words are kept whole where they fit; a blank at which a line ends is left out.
    """
    text = "".join(part for part, _ in spans)
    for start, end in _breaks(text, width):
        cell: list[Span] = []
        at = 0
        for part, style in spans:
            piece = part[max(0, start - at) : max(0, end - at)]
            if piece:
                cell.append((piece, style))
            at += len(part)
            if at >= end:
                break
        yield start, tuple(cell)


def _breaks(text: str, width: int) -> Iterator[tuple[int, int]]:
    """Where lines of a text begin and end."""
    start = 0
    if text.isascii():
        while len(text) - start > width:
            space = text.rfind(" ", start + 1, start + width + 1)
            end = space if space > start else start + width
            yield start, end
            start = end + (text[end : end + 1] == " ")
        yield start, len(text)
        return
    used = blank = 0
    for match in words().finditer(text):
        word, size = match[0], cell_len(match[0])
        if used and used + size > width:
            # A blank before the word that goes to the next line ends this one.
            yield start, blank if blank > start else match.start()
            start, used = (match.end(), 0) if word.isspace() else (match.start(), 0)
            if word.isspace():
                continue
        blank = match.start() if word.isspace() else 0
        if size > width:
            at = match.start()
            for sign in clusters(word):
                wide = cell_len(sign)
                if used + wide > width:
                    yield start, at
                    start, used = at, 0
                used += wide
                at += len(sign)
        else:
            used += size
    if start < len(text) or not text:
        yield start, len(text)


# bytes


class HexLines(Lines):
    """Bytes: the offset, sixteen of them (or eight, where it is narrow), and what they are as ASCII."""

    def __init__(self, data: bytes, width: int, other: bytes | None = None, style: str = Style.ADDED) -> None:
        """Bytes that ``other`` has not at the same place are marked with a style."""
        self._data, self._other, self._style = data, other, styles(style, Style.BOLD)
        self._each = 16 if width >= _HEX_WIDTH else 8
        super().__init__()

    def _make(self) -> Iterator[Row]:
        return iter(())  # each line is made by itself

    def grow(self, number: int | None) -> None:
        """Nothing has to be made before the others."""

    def line(self, index: int) -> Row | None:
        start = index * self._each
        if index < 0 or (start >= len(self._data) and index):
            return None
        data = self._data[start : start + self._each]
        other = data if self._other is None else self._other[start : start + self._each]
        digits: list[Span] = []
        signs: list[Span] = []
        for at in range(self._each):
            gap = "  " if at == 7 and self._each == 16 else " "
            if at >= len(data):
                digits.append(("  " + gap, ""))
                continue
            style = "" if at < len(other) and other[at] == data[at] else self._style
            value = data[at]
            digits.append((f"{value:02x}", style or (Style.DIM if not value else "")))
            digits.append((gap, ""))
            shown = 0x20 <= value < 0x7F
            signs.append((chr(value) if shown else "·", style or ("" if shown else Style.DIM)))
        return Row(index, (((f"{start:06x}  ", Style.DIM), *digits, (" ", ""), *signs),), value=start)

    def count(self) -> Count:
        return Count(max(1, -(-len(self._data) // self._each)), True)

    def fetch(self, request: Request) -> PageOf:
        total = self.count().number or 0
        start, size = request.place(total)
        rows = [row for at in range(start, min(total, start + size)) if (row := self.line(at)) is not None]
        return PageOf(tuple(rows), start == 0, start + len(rows) >= total, start + len(rows), start)

    def change(self, index: int, *, backward: bool) -> Place | None:
        other, each = self._other, self._each
        if other is None:
            return None

        def differs(line: int) -> bool:
            return self._data[line * each : (line + 1) * each] != other[line * each : (line + 1) * each]

        last = self.count().number or 0
        order = range(min(index, last) - 1, -1, -1) if backward else range(index + 1, last)
        found = next((at for at in order if differs(at) and not (at and differs(at - 1))), None)
        return Place(self, found) if found is not None else None

    def find(self, text: str, index: int, *, backward: bool) -> Place | None:
        digits = re.sub(r"\s|^0x", "", text.lower())
        wanted = [text.encode()]
        if len(digits) % 2 == 0 and re.fullmatch("[0-9a-f]+", digits):
            wanted.append(bytes.fromhex(digits))
        start, end = (index + 1) * self._each, max(0, index) * self._each
        if backward:
            whole = index < 0
            found = [at for one in wanted if (at := self._data.rfind(one, 0, len(self._data) if whole else end)) >= 0]
        else:
            found = [at for one in wanted if (at := self._data.find(one, start)) >= 0]
        return Place(self, (max(found) if backward else min(found)) // self._each) if found else None


_HEX_WIDTH: Final = 8 + 16 * 3 + 1 + 1 + 16
