"""A value and the one that replaced it, in cells of a grid: on one line, or on two. Pure.

What a text shows depends on the width of its column, so it is fitted when it is drawn.
"""

from __future__ import annotations

from typing import Any, Final

from rich.cells import cell_len

from dolt_tui.engine.model import ABSENT
from dolt_tui.ui.present.differences import COME, EMPTY, GONE, Sides, clipped
from dolt_tui.ui.present.json_paths import MISSING, Change, json_changes, json_document, json_short
from dolt_tui.ui.present.text import (
    ABSENT_SIGN,
    ELLIPSIS,
    LIMIT,
    NULL,
    WHOLE_BYTES,
    Cell,
    FittedCell,
    Style,
    cut_text,
    hex_text,
    raw_text,
    sanitise,
    value_cell,
)

_MOST_JSON: Final = 20_000
"""Characters of the longest text that is looked at as JSON while it is drawn."""
_LEAST_VALUES: Final = 9
"""Cells that are left for the values beside a path."""


class ChangedCell(FittedCell):
    """A text and the one that replaced it, side by side; of JSON the path of what changed, where all has no room."""

    _sides: Sides
    _texts: tuple[str, str]
    _style: str
    _behind: Cell
    _changes: list[Change] | None
    _known: tuple[int, Cell]

    def __new__(cls, old: str, new: str, style: str = COME, behind: Cell = ()) -> ChangedCell:
        """``style``: that of what is new; ``behind``: what follows it."""
        sides = Sides(old, new)
        found = super().__new__(cls, (*sides.whole(GONE, style), *behind))
        found._sides, found._texts, found._style, found._behind = sides, (old, new), style, behind
        found._changes = None
        found._known = -1, ()
        return found

    def restyled(self, style: str, behind: Cell = ()) -> ChangedCell:
        """The same with another style for what is new, and something behind it."""
        return ChangedCell(*self._texts, style, (*self._behind, *behind))

    def fitted(self, width: int) -> Cell:
        if self._known[0] != width:
            room = max(1, width - sum(cell_len(text) for text, _ in self._behind))
            found = self._by_path(room) or self._beside(room)
            if self._style != COME:
                found = tuple((text, self._style if style == COME else style) for text, style in found)
            self._known = width, (*found, *self._behind)
        return self._known[1]

    def _beside(self, room: int) -> Cell:
        old, new = self._sides.both(room)
        return (*old, (" ", ""), *new) if old else new

    def _by_path(self, room: int) -> Cell | None:
        """``zip 10008 99999  +2``: the first change, and how many more; None where the texts tell as much."""
        if self._sides.width <= room:
            return None
        if self._changes is None:
            self._changes = _changes(*self._texts)
        if not self._changes:
            return None
        path, old, new = self._changes[0]
        more = f"  +{len(self._changes) - 1}" if len(self._changes) > 1 else ""
        room -= len(more)
        sign = "+" if old is MISSING else "−" if new is MISSING else ""
        name, needed = sanitise(sign + path), _needed(old, new)
        left = room - cell_len(name) - 1
        if left < min(needed, _LEAST_VALUES):  # the last steps of a path tell more than the first ones
            size = max(1, room - 1 - min(needed, _LEAST_VALUES))
            name = _end_of(name, size)
            left = room - cell_len(name) - 1
        if left < min(needed, _LEAST_VALUES):
            return None
        values: Cell
        if old is MISSING or new is MISSING:
            values = clipped(
                ((sanitise(json_short(new if old is MISSING else old)), COME if old is MISSING else GONE),), left
            )
        else:
            one, other = Sides(json_short(old), json_short(new)).both(left)
            values = (*one, (" ", ""), *other) if one else other
        return ((f"{name} ", ""), *values, *(((more, Style.DIM),) if more else ()))


def _needed(old: object, new: object) -> int:
    sizes = [cell_len(sanitise(json_short(value)[:80])) for value in (old, new) if value is not MISSING]
    return sum(sizes) + len(sizes) - 1


def _end_of(text: str, room: int) -> str:
    """The end of a sanitised text, with an ellipsis before it."""
    if cell_len(text) <= room:
        return text
    while text and cell_len(text) > room - 1:
        text = text[1:]
    return ELLIPSIS + text.removeprefix(".")


def _changes(old: str, new: str) -> list[Change]:
    """What differs between two JSON documents; nothing for other texts."""
    one = json_document(old, _MOST_JSON)
    other = json_document(new, _MOST_JSON) if one is not None else None
    return [] if one is None or type(one) is not type(other) else list(json_changes(one, other))


class SideCell(FittedCell):
    """One side of a text that changed, on a line of its own: it begins where the other side's cell does."""

    _sides: Sides
    _at: int
    _style: str
    _known: tuple[int, Cell]

    def __new__(cls, sides: Sides, at: int, style: str) -> SideCell:
        """``at``: 0 for the old side, 1 for the new one; ``style``: that of what differs."""
        found = super().__new__(cls, (sides.whole(style, style)[2 * at],))
        found._sides, found._at, found._style = sides, at, style
        found._known = -1, ()
        return found

    def fitted(self, width: int) -> Cell:
        if self._known[0] != width:
            shown = self._sides.one(self._at, width)
            self._known = width, tuple((text, self._style if style else "") for text, style in shown)
        return self._known[1]


_LINE: Final = (Style.MINUS, Style.ADDED)
"""The styles of what differs, where a sign before the line says which side it is."""


def are_texts(old: object, new: object) -> bool:
    """Whether two values are texts that differ, and neither is empty: it can be shown where they do."""
    return isinstance(old, str) and isinstance(new, str) and bool(old) and bool(new) and old != new


def change_cell(old: Any, new: Any) -> Cell:
    """The old value struck through before the new one; of texts that have no room what differs."""
    if isinstance(old, bytes | bytearray) and isinstance(new, bytes | bytearray):
        before, after = _hex_change(bytes(old), bytes(new)), _hex_change(bytes(new), bytes(old))
        return (before, GONE), (" ", ""), (after, COME)
    if are_texts(old, new):
        return ChangedCell(old, new)
    if _is_long(old) and _is_long(new) and old != new:
        return ChangedCell(raw_text(old), raw_text(new))
    return (_shown(old), GONE), (" ", ""), (_shown(new), COME)


def side_cells(old: Any, new: Any) -> tuple[Cell, Cell]:
    """Both values, for a line each."""
    if are_texts(old, new):
        sides = Sides(old, new)
        return SideCell(sides, 0, _LINE[0]), SideCell(sides, 1, _LINE[1])
    return value_cell(old, _LINE[0]), value_cell(new, _LINE[1])


def _is_long(value: Any) -> bool:
    """Whether a value that is no text may have no room beside another one: moments, long numbers."""
    return value not in (None, ABSENT) and not isinstance(value, str) and len(raw_text(value)) > _LONG


_LONG: Final = 18
"""Characters of a value that has no room beside another one in some columns."""


def _shown(value: Any) -> str:
    if value is None or value is ABSENT:
        return NULL if value is None else ABSENT_SIGN
    return EMPTY if value == "" else cut_text(raw_text(value), LIMIT)


def _hex_change(value: bytes, other: bytes) -> str:
    """Bytes beside those that they replaced: short ones whole, of long ones those where both begin to differ."""
    if max(len(value), len(other)) <= WHOLE_BYTES // 2:
        return hex_text(value)
    shorter = min(len(value), len(other))
    low, high = 0, shorter
    while low < high:  # the longest beginning that both have
        middle = (low + high + 1) // 2
        low, high = (middle, high) if value[:middle] == other[:middle] else (low, middle - 1)
    start = 0 if low <= _BEFORE_CHANGE + 1 else low - _BEFORE_CHANGE
    shown = value[start : start + WHOLE_BYTES // 2]
    lead, more = ELLIPSIS if start else "", ELLIPSIS if start + len(shown) < len(value) else ""
    return f"0x{lead}{shown.hex()}{more} {len(value):,} B"


_BEFORE_CHANGE: Final = 3
"""Bytes before the first one that changed."""
