"""What of the header has room: its parts, from the one that goes first to the branch, which goes last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from rich.cells import cell_len

from dolt_tui.frozen import Frozen
from dolt_tui.ui.present.text import Cell, plain

_GAP = 2
"""Cells between the left side and the right side, at least."""
_LEAST = 8
"""Cells of a text that is cut: less of it would say nothing."""


class Part(Frozen):
    """A part of the header."""

    cell: Cell
    command: str = ""
    """The id of the command that it stands for."""
    shorter: Sequence[tuple[int, Cell]] = ()
    """What is shown instead, each from a step on; the steps are taken in their order while there is too little room.
    An empty cell leaves the part out."""
    cut_at: int = 0
    """The step at which its text is cut to what has room, before it is left out; 0 for none."""
    right: bool = False
    """Whether it stands at the right end."""


Shown: TypeAlias = list[tuple[Cell, str]]
"""What of some parts is shown, each with its command."""


def fitted(parts: Iterable[Part], width: int) -> tuple[Shown, Shown]:
    """What stands at the left and at the right of a header of ``width`` cells.

    Where even the last step leaves too much, the left side is cut, and with it the branch if need be.
    """
    parts = list(parts)
    shown = [part.cell for part in parts]
    steps = [(step, at, cell) for at, part in enumerate(parts) for step, cell in part.shorter]
    steps += [(part.cut_at, at, ()) for at, part in enumerate(parts) if part.cut_at]
    taken: list[tuple[int, Cell]] = []
    for step, at, cell in sorted(steps, key=lambda each: each[:2]):
        over = sum(map(_length, shown)) + _GAP - width
        if over <= 0:
            break
        taken.append((at, shown[at]))
        rest = _length(shown[at]) - over
        shown[at] = cut(shown[at], rest) if step == parts[at].cut_at and rest >= _LEAST else cell
    for at, before in reversed(taken[:-1]):  # a late step may have made more room than was needed
        if sum(map(_length, shown)) - _length(shown[at]) + _length(before) + _GAP > width:
            break  # what went before that matters less
        shown[at] = before
    sides: tuple[Shown, Shown] = ([], [])
    room = width - sum(_length(cell) for cell, part in zip(shown, parts, strict=True) if part.right)
    for cell, part in zip(shown, parts, strict=True):
        if not part.right:
            cell = cut(cell, max(0, room - (_GAP if room < width else 0)))
            room -= _length(cell)
        sides[part.right].append((cell, part.command))
    return sides


def cut(cell: Cell, width: int) -> Cell:
    """The beginning of a cell, with ``…`` at its end, in at most ``width`` cells."""
    if _length(cell) <= width:
        return cell
    if width <= 0:
        return ()
    found, room = [], width - 1
    for text, style in cell:
        kept = ""
        for sign in text:
            if (room := room - cell_len(sign)) < 0:
                break
            kept += sign
        found.append((kept if room >= 0 else f"{kept}…", style))
        if room < 0:
            break
    return tuple(found)


def _length(cell: Cell) -> int:
    return cell_len(plain(cell))
