"""A text of any size to be edited: what a key costs grows neither with the number of lines nor with their lengths.

Textual's own documents split lines at every character that Unicode calls a separator, which would change the text of a
statement, and measure all lines after each key.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate

from rich.cells import cell_len
from textual.document._document import Document, EditResult, Location
from textual.document._wrapped_document import WrappedDocument
from textual.geometry import Offset, Size

from dolt_tui.ui.present.text import marked

TAB = 4
"""Cells of a tab. There are no tab stops: what stands before a tab does not change its width."""
_CHUNK = 4096
"""Characters of a long line that are measured together."""


def shown(text: str) -> str:
    """A part of a line as the terminal gets it: control characters are marks, tabs are blanks."""
    return marked(text, tabs=True).replace("\t", " " * TAB)


def cells(text: str) -> int:
    """The width of a part of a line as it is shown."""
    if text.isascii():  # a control character is a mark of one cell
        return len(text) + text.count("\t") * (TAB - 1)
    if len(text) <= _CHUNK:
        return cell_len(shown(text))
    return sum(_chunk_cells(text[at : at + _CHUNK]) for at in range(0, len(text), _CHUNK))


@lru_cache(maxsize=4096)
def _chunk_cells(chunk: str) -> int:
    return cells(chunk)


def column_at(line: str, x: int) -> int:
    """The character of a line that is shown at cell ``x``; behind the last one, the length of the line."""
    if x <= 0:
        return 0
    if line.isascii() and "\t" not in line:
        return min(x, len(line))
    column = 0
    while column + _CHUNK < len(line) and (width := _chunk_cells(line[column : column + _CHUNK])) <= x:
        x -= width
        column += _CHUNK
    for character in line[column : column + _CHUNK]:
        x -= cells(character)
        if x < 0:
            break
        column += 1
    return column


class SqlDocument(Document):
    """Lines that end with LF and with nothing else; positions are code points."""

    def __init__(self, text: str) -> None:
        self._newline = "\n"
        self._lines = text.split("\n")
        self._widths = [cells(line) for line in self._lines]
        self._text: str | None = text
        self.version = 0
        """Grows with every change."""
        self.length = len(text)
        """Code points of the whole text."""

    @property
    def text(self) -> str:
        if self._text is None:
            self._text = "\n".join(self._lines)
        return self._text

    def get_size(self, tab_width: int) -> Size:
        return Size(max(self._widths), len(self._lines))

    def replace_range(self, start: Location, end: Location, text: str) -> EditResult:
        top, bottom = sorted((self._inside(start), self._inside(end)))
        (first, column), (last, end_column) = top, bottom
        replaced = self.get_text_range(top, bottom)
        before, after = self._lines[first][:column], self._lines[last][end_column:]
        lines = text.split("\n")
        if len(lines) == 1 and first == last and len(before) + len(after) > _CHUNK:
            widths = [max(0, self._widths[first] + cells(text) - cells(replaced))]
        else:
            widths = [cells(line) for line in lines]
            widths[0] += cells(before)
            widths[-1] += cells(after)
        lines[0] = before + lines[0]
        reached = len(lines[-1])
        lines[-1] += after
        self._lines[first : last + 1] = lines
        self._widths[first : last + 1] = widths
        self.length += len(text) - len(replaced)
        self.version += 1
        self._text = None
        return EditResult((first + len(lines) - 1, reached), replaced)

    def get_text_range(self, start: Location, end: Location) -> str:
        (first, column), (last, end_column) = sorted((self._inside(start), self._inside(end)))
        if first == last:
            return self._lines[first][column:end_column]
        middle = self._lines[first + 1 : last]
        return "\n".join([self._lines[first][column:], *middle, self._lines[last][:end_column]])

    def get_index_from_location(self, location: Location) -> int:
        row, column = self._inside(location)
        return sum(map(len, self._lines[:row])) + row + column

    def get_location_from_index(self, index: int) -> Location:
        """Where a code point of the whole text is; one that is outside of it counts as the nearest."""
        index = min(max(0, index), self.length)
        for row, end in enumerate(accumulate(len(line) + 1 for line in self._lines)):
            if index < end:
                return row, index - end + len(self._lines[row]) + 1
        return self.end

    def _inside(self, location: Location) -> Location:
        row, column = location
        if row < 0:
            return 0, 0
        if row >= len(self._lines):
            return self.end
        return row, min(max(0, column), len(self._lines[row]))


class FlatDocument(WrappedDocument):
    """A document of which each line is one line on the screen: nothing is wrapped, and nothing is kept."""

    def wrap(self, width: int, tab_width: int | None = None) -> None:
        """Nothing to be done."""

    def wrap_range(self, start: Location, old_end: Location, new_end: Location) -> None:
        """Nothing to be done."""

    @property
    def height(self) -> int:
        return self.document.line_count

    @property
    def lines(self) -> list[list[str]]:
        return [[line] for line in self.document.lines]

    def offset_to_location(self, offset: Offset) -> Location:
        row = min(max(0, offset[1]), self.document.line_count - 1)
        return row, column_at(self.document[row], offset[0])

    def location_to_offset(self, location: Location) -> Offset:
        row = min(max(0, location[0]), self.document.line_count - 1)
        return Offset(cells(self.document[row][: location[1]]), row)

    def get_target_document_column(self, line_index: int, x_offset: int, y_offset: int) -> int:
        return column_at(self.document[line_index], x_offset)

    def get_sections(self, line_index: int) -> list[str]:
        return [self.document[line_index]]

    def get_offsets(self, line_index: int) -> list[int]:
        return []

    def get_tab_widths(self, line_index: int) -> list[int]:
        return [TAB] * self.document[line_index].count("\t")
