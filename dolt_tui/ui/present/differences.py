"""What differs between two texts, as spans and cells: ``word_diff`` finds it, and this shows it. Pure.

What differs within JSON is in ``json_paths``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from decimal import Context, Decimal, localcontext
from typing import Final

from rich.cells import cell_len, chop_cells

from dolt_tui.engine.core.literals import number_text
from dolt_tui.ui.present.text import ELLIPSIS, Cell, Span, Style, is_numeric, sanitise, styles, value_text
from dolt_tui.ui.present.word_diff import clings, clusters, common_ends, is_letter, parts
from dolt_tui.words import plural

GONE: Final = Style.REMOVED
"""The style of what only the old side has."""
COME: Final = styles(Style.ADDED, Style.BOLD)
"""The style of what only the new side has."""
EMPTY: Final = "''"
"""Stands for an empty text beside the one that it replaced, or that replaced it."""
_BEFORE: Final = 8
"""Characters that are shown before the first one that differs, where no word begins nearby."""
_SAVES: Final = 4
"""Leaving out no more than this would save nothing."""
GAP: Final = "gap"
"""The style of a blank between a word that is gone and the one that came in its place: neither text has it."""
_KEPT: Final = 400
"""Characters of a part of a text that are kept for a line."""
_TOKENS: Final = re.compile(r"\s+|\S+")
_LEAST_FOLD: Final = 3
"""Lines that are folded; fewer take no more room than saying so."""


# both sides, or one text with both


def marked(old: str, new: str) -> tuple[list[Span], list[Span]]:
    """Both sides, sanitised and with their lines: with a style where they differ, without one where they do not."""
    sides: tuple[list[Span], list[Span]] = [], []
    for part in parts(old, new):
        for side, text, style in zip(sides, part, (GONE, COME), strict=True):
            if text:
                side.append((sanitise(text, one_line=False), "" if part.same else style))
    return sides


def inline(old: str, new: str) -> list[Span]:
    """One text of both, sanitised and with its lines: what is gone before what came in its place.

    Between words that were replaced as a whole stands a blank, with the style `GAP`.
    """
    spans: list[Span] = []
    found = parts(old, new)
    for at, part in enumerate(found):
        if part.same:
            spans.append((sanitise(part.new, one_line=False), ""))
            continue
        before = found[at - 1].new[-1:] if at else ""
        after = found[at + 1].new[:1] if at + 1 < len(found) else ""
        words = part.old and part.new and not (part.old[-1].isspace() or part.new[0].isspace())
        if words and not is_letter(before) and not is_letter(after):
            gone, come = (sanitise(text, one_line=False) for text in part)
            spans += [(gone, GONE), (" ", GAP), (come, COME)]
            continue
        spans += [
            (sanitise(text, one_line=False), style) for text, style in ((part.old, GONE), (part.new, COME)) if text
        ]
    return spans


def by_word(text: str, other: str, style: str) -> list[Span]:
    """A text as spans, not sanitised: with a style where ``other`` is not the same."""
    return [(part.old, "" if part.same else style) for part in parts(text, other) if part.old]


def folded(lines: Sequence[Cell], context: int = 1) -> list[Cell | range]:
    """Lines with a difference, and ``context`` lines around each; the numbers of the lines between as a range.

    Where nothing differs all lines stay.
    """
    differ = [at for at, line in enumerate(lines) if any(is_marked(style) for _, style in line)]
    if not differ:
        return list(lines)
    shown = {near for at in differ for near in range(at - context, at + context + 1)}
    found: list[Cell | range] = []
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and end not in shown:
            end += 1
        found += [range(at, end)] if end - at >= _LEAST_FOLD else lines[at:end]
        if end < len(lines):
            found.append(lines[end])
        at = end + 1
    return found


def is_marked(style: str) -> bool:
    """Whether a span with a style is a difference."""
    names = style.split()
    return Style.REMOVED in names or Style.ADDED in names


def delta(old: object, new: object) -> str:
    """By how much a number or a day changed: ``+350.00``, ``−3``, ``+3 days``; empty for other values."""
    if is_numeric(old) and is_numeric(new):
        one, other = (_decimal(value) for value in (old, new))
        if not (one.is_finite() and other.is_finite()):
            return ""
        with localcontext(Context(prec=1000)):
            found = other - one
            return _signed(number_text(abs(found)), found < 0) if found else ""
    if isinstance(old, dt.date) and isinstance(new, dt.date):
        if isinstance(old, dt.datetime) or isinstance(new, dt.datetime):
            return ""
        days = (new - old).days
        return _signed(plural(abs(days), "day"), days < 0) if days else ""
    return ""


def _decimal(value: object) -> Decimal:
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(str(value))


def _signed(text: str, negative: bool) -> str:
    return f"{'−' if negative else '+'}{text}"


# on one line


class Sides:
    """A text and the one that replaced it, for one line: made once, and fitted to any width.

    Of long texts a part is kept that is more than a line shows, from before the first difference on.
    """

    __slots__ = ("_ends", "_more", "_spans", "_start", "_texts", "_widths")

    def __init__(self, old: str, new: str) -> None:
        start, end = common_ends(old, new)
        first = max(0, start - _KEPT)
        texts = [side[first : len(side) - max(0, end - _KEPT)] for side in (old, new)]
        self._more = [end > _KEPT or len(text) > 4 * _KEPT for text in texts]
        texts = [text[: 4 * _KEPT] for text in texts]
        if first:
            texts = [ELLIPSIS + text for text in texts]
        self._texts = texts
        self._start = start - first + bool(first)
        """Where they begin to differ."""
        self._ends = [max(self._start, min(len(text), len(side) - end - first + bool(first)))
                      for text, side in zip(texts, (old, new), strict=True)]  # fmt: skip
        """Where, behind that, both are the same."""
        self._spans: tuple[list[Span], list[Span]] | None = None
        self._widths = tuple(_width(text) + more for text, more in zip(texts, self._more, strict=True))

    def whole(self, style: str = GONE, other: str = COME) -> Cell:
        """As much as is kept, each side in one style."""
        return (sanitise(self._texts[0]), style), (" ", ""), (sanitise(self._texts[1]), other)

    @property
    def width(self) -> int:
        """Of all that is kept, side by side."""
        return self._widths[0] + 1 + self._widths[1]

    def both(self, room: int) -> tuple[Cell, Cell]:
        """Each in half of the room at least, a cell between them; the old one is empty where there is none for it."""
        rooms = _shares(self._widths[0], self._widths[1], room)
        skip = self._skipped(rooms)
        old, new = (self._side(at, rooms[at], skip, _BESIDE) for at in (0, 1))
        return old, new

    def one(self, at: int, room: int) -> Cell:
        """The old (0) or the new (1) side in the room; both begin at the same place."""
        return self._side(at, room, self._skipped((room, room)))

    def _skipped(self, rooms: tuple[int, int]) -> int:
        """How many characters at the beginning are left out, so that one sees what differs."""
        short = [at for at in (0, 1) if self._widths[at] > rooms[at] > 0]
        needed = [(_width(self._texts[at][: self._ends[at]]) + 1, rooms[at]) for at in short]
        if all(need <= room for need, room in needed) or self._start == max(map(len, self._texts)):
            return 0
        least = min(rooms[at] for at in short)
        text, before = self._texts[0], min(_BEFORE, least // 3)
        skip = max(0, self._start - before)
        word = max((text.rfind(sign, max(0, self._start - 2 * before), self._start) for sign in " \n\t,"), default=-1)
        skip = word + 1 if word >= 0 else skip
        # where all that differs is seen, more of what comes before it is
        left = min(rooms[at] - 2 - _width(self._texts[at][skip : self._ends[at]]) for at in short)
        if left > 0:
            ended = any(self._ends[at] < len(self._texts[at]) for at in short)
            skip = _back(text, skip, left // 2 if ended else left)
        while skip < self._start and text[skip].isspace():
            skip += 1
        skip = min(skip, *(len(side) - 1 for side in self._texts if side))  # something of both is seen
        while skip and any(clings(side[skip : skip + 1], side[skip - 1]) for side in self._texts if skip < len(side)):
            skip -= 1
        skip = self._forward(skip, [(at, rooms[at]) for at in short])
        return skip if skip > _SAVES or self._start > least // 2 else 0

    def _forward(self, skip: int, short: Sequence[tuple[int, int]]) -> int:
        """The same place, or a later one, from which something of what differs is seen in each of the rooms: signs that
        are spelled out take several cells each."""
        last = min(self._start, *(len(side) - 1 for side in self._texts if side))  # something of both is seen
        for at, room in short:
            text, room = self._texts[at], max(1, room - 2)
            needed = min(_width(text[self._start : self._ends[at]][:room]), (room + 1) // 2)
            while skip < last and _width(text[skip : self._start]) + needed > room:
                skip += 1
                while skip < last and clings(text[skip], text[skip - 1]):
                    skip += 1
        return skip

    def _side(self, at: int, room: int, skip: int, alike: Sequence[str] = ("", "")) -> Cell:
        """One side from a place on, cut to the room."""
        if room <= 0:
            return ()
        if self._spans is None:
            self._spans = _styled_sides(self._texts)
        plain = alike[at]
        spans = self._spans[at]
        if self._widths[at] <= room:
            skip = 0
        shown: list[Span] = [(ELLIPSIS, plain)] if skip and room > _LEAST_CUT else []
        for text, style in spans:
            if skip >= len(text):
                skip -= len(text)
                continue
            piece = text[skip:]
            skip = 0
            if style and piece.isspace():
                piece = piece.replace(" ", _BLANK)
            shown.append((sanitise(piece), style or plain))
        if self._more[at]:
            shown.append((ELLIPSIS, plain))
        return clipped(shown, room)


_BESIDE: Final = (styles(Style.REMOVED, Style.DIM), "")
"""The styles of what is the same, where both sides are on one line."""
_BLANK: Final = "␣"
"""Stands for a blank where nothing but blanks differs."""
_LEAST: Final = 5
"""Cells that both sides need together to be seen both."""


_LEAST_CUT: Final = 3
"""Cells of a side that say that its beginning is cut; in fewer, only what differs is seen."""


def _styled_sides(texts: Sequence[str]) -> tuple[list[Span], list[Span]]:
    sides: tuple[list[Span], list[Span]] = [], []
    for part in parts(texts[0], texts[1]):
        for side, text, style in zip(sides, part, (GONE, COME), strict=True):
            if text:
                side.append((text, "" if part.same else style))
    return sides


def _back(text: str, at: int, cells: int) -> int:
    """The place before one in a text between which and that one are so many cells at most."""
    before = text[max(0, at - cells) : at]
    if _width(before) <= cells:
        return at - len(before)
    while at and (cells := cells - _width(text[at - 1])) >= 0:
        at -= 1
    return at


def _width(text: str) -> int:
    text = sanitise(text)
    return len(text) if text.isascii() else cell_len(text)


def _shares(old: int, new: int, room: int) -> tuple[int, int]:
    """How much of a room two sides get, of which they would have so many cells; one cell stays between them."""
    if old + new + 1 <= room:
        return old, new
    if room < _LEAST:
        return 0, room
    both = room - 1
    new_room = min(new, max(both - both // 2, both - old))
    return both - new_room, new_room


def fitted(old: str, new: str, room: int) -> tuple[Cell, Cell]:
    """Both sides for one line, sanitised and marked, in ``room`` cells with one between them.

    Each has half of it at least. What both begin or end with is cut with an ellipsis first; the new side is never cut
    away. The old one is empty where there is no room for two.
    """
    return Sides(old, new).both(room)


def _beginning(text: str, room: int) -> str:
    """As much of a text as there is room for."""
    if text.isascii():
        return text[: max(0, room)]
    piece = ""
    for sign in clusters(text[: 2 * room + 8]):
        room -= cell_len(sign)
        if room < 0:
            break
        piece += sign
    return piece


def clipped(spans: Sequence[Span], room: int) -> Cell:
    """Sanitised spans cut to a room with an ellipsis; no character loses the marks that belong to it."""
    used, shown = 0, list[Span]()
    for number, (text, style) in enumerate(spans):
        size = len(text) if text.isascii() else cell_len(text)
        if used + size < room or (used + size == room and number == len(spans) - 1):
            shown.append((text, style))
            used += size
            continue
        if used + size == room and not any(more for more, _ in spans[number + 1 :]):
            shown.append((text, style))
            break
        shown.append((_beginning(text, room - 1 - used) + ELLIPSIS, style))
        break
    return tuple(shown)


# texts


def windows(texts: Sequence[str], room: int) -> list[str]:
    """Texts from a little before where any two of them begin to differ on, where one has no ``room``.

    Each begins at the same place, at that of a word where one is near.
    """
    differ = [at for text in texts[1:] if (at := common_ends(texts[0], text)[0]) < max(len(texts[0]), len(text))]
    if not differ or max(map(len, texts)) <= room:
        return list(texts)
    first = min(differ)
    skip = max(0, first - _BEFORE)
    word = max((texts[0].rfind(sign, max(0, first - 2 * _BEFORE), first) for sign in " \n\t"), default=-1)
    skip = word + 1 if word >= 0 else skip
    if skip <= _SAVES:
        return list(texts)
    return [ELLIPSIS + text[skip:] for text in texts]


def wrapped(spans: Iterable[Span], width: int) -> list[Cell]:
    """Spans in lines of at most ``width`` cells, sanitised; words are kept whole where they fit, with the signs that
    stand right before and behind them."""
    lines: list[list[Span]] = [[]]
    used = size = 0
    word: list[Span] = []

    def put() -> None:
        """Put the word that has ended on the line, or on the next one."""
        nonlocal used, size
        if used and used + size > width:
            lines.append([])
            used = 0
        for text, style in word:
            pieces = [text] if used + cell_len(text) <= width else _chopped(text, width - used, width)
            for number, piece in enumerate(pieces):
                if number:
                    lines.append([])
                    used = 0
                if piece:
                    lines[-1].append((piece, style))
                used += cell_len(piece)
        word.clear()
        size = 0

    for text, style in spans:
        for number, part in enumerate(sanitise(text, one_line=False).split("\n")):
            if number:
                put()
                lines.append([])
                used = 0
            for token in _TOKENS.findall(part):
                if not token.isspace():
                    word.append((token, style))
                    size += cell_len(token)
                    continue
                put()
                if used + cell_len(token) > width and used:
                    lines.append([])
                    used = 0
                else:
                    lines[-1] += [(token[:width], style)]
                    used += cell_len(token[:width])
    put()
    return [tuple(line) for line in lines]


def _chopped(text: str, room: int, width: int) -> list[str]:
    """A text in pieces, the first of at most ``room`` cells, which may be none, the others of ``width``."""
    first = ""
    for character in text:
        if cell_len(first + character) > room:
            break
        first += character
    return [first, *chop_cells(text[len(first) :], width)]


def long_text(value: object, room: int) -> bool:
    """Whether a value is a text that has no ``room`` on one line."""
    return isinstance(value, str) and (len(value) > room or "\n" in value_text(value))
