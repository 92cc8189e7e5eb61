"""The commit graph as text: one line a commit, lanes that go on across pages. Pure: no Textual."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from dolt_tui.ui.present.text import Cell

MERGE: Final = "◉"
COMMIT: Final = "○"
COLOURS: Final = 6
MAX_LANES: Final = 6

Lanes = tuple[str | None, ...]
"""The lanes between two lines: which commit each one waits for; None where it is free."""


class Graph:
    """Draws commits that come in topological order (children before parents), page by page.

    A lane runs from a commit down to its parent. Lanes that wait for the same commit run side by side and
    join on its line, as ``git log --graph`` would have them join above it.
    """

    def __init__(self, state: Lanes = (), *, max_lanes: int = MAX_LANES) -> None:
        self._lanes: list[str | None] = list(state)
        self._max = max(1, max_lanes)

    @property
    def state(self) -> Lanes:
        """What is needed to go on below the last line: give it to a new ``Graph``."""
        return tuple(self._lanes)

    def extend(self, commits: Iterable[tuple[str, Sequence[str]]]) -> list[Cell]:
        """The lines of further commits, each given by its hash and its parents' hashes."""
        return [self._line(commit, list(dict.fromkeys(parents))) for commit, parents in commits]

    def _free(self, but: set[int]) -> int:
        """The first free lane, a new one if need be; not one that ends on this line."""
        for index, waiting in enumerate(self._lanes):
            if waiting is None and index not in but:
                return index
        self._lanes.append(None)
        while len(self._lanes) - 1 in but:
            self._lanes.append(None)
        return len(self._lanes) - 1

    def _line(self, commit: str, parents: list[str]) -> Cell:
        lanes = self._lanes
        above = list(lanes)
        waiting = [i for i, hash_ in enumerate(lanes) if hash_ == commit]
        column = waiting[0] if waiting else self._free(set())
        closing = set(waiting[1:])
        for index in waiting:
            lanes[index] = None
        opening: set[int] = set()
        joining: set[int] = set()
        if parents:
            lanes[column] = parents[0]
        for parent in parents[1:]:
            known = next((i for i, hash_ in enumerate(lanes) if hash_ == parent and i != column), None)
            if known is not None:
                (opening if known in opening else joining).add(known)
            else:
                index = self._free(closing | {column})
                lanes[index] = parent
                opening.add(index)
        glyph = MERGE if len(parents) > 1 else COMMIT
        line = self._draw(above, column, glyph, closing, opening, joining)
        while lanes and lanes[-1] is None:
            lanes.pop()
        return line

    def _draw(
        self, above: list[str | None], column: int, glyph: str, closing: set[int], opening: set[int], joining: set[int]
    ) -> Cell:
        """The characters of a line with the colours of their lanes."""
        touched = closing | opening | joining | {column}
        left, right = min(touched), max(touched)
        passing = {i for i, hash_ in enumerate(above) if hash_ is not None}
        width = max(right, max(passing, default=0)) + 1
        shown = min(width, self._max)
        spans: list[tuple[str, str]] = []
        for index in range(shown):
            colour = index
            if index == column or (index == shown - 1 and column >= shown):
                sign, colour = glyph, column
            elif index in touched:
                up = index in closing or index in joining
                sign = _corner(up, index not in closing, index > left, index < right)
            elif index in passing:
                sign = "┼" if left < index < right else "│"
            else:
                sign = "─" if left < index < right else " "
                colour = _owner(index, column, touched)
            spans.append((sign, f"lane{colour % COLOURS}"))
            if index + 1 < shown:
                link = left <= index < right
                owner = _owner(index if index < column else index + 1, column, touched)
                spans.append(("─" if link else " ", f"lane{owner % COLOURS}" if link else ""))
        if width > self._max:
            spans.append(("…", "dim"))
        return _merged(spans)


def _corner(up: bool, down: bool, left: bool, right: bool) -> str:
    """The box character with these arms."""
    return {
        (True, False, True, False): "╯",
        (True, False, False, True): "╰",
        (True, False, True, True): "┴",
        (False, True, True, False): "╮",
        (False, True, False, True): "╭",
        (False, True, True, True): "┬",
        (True, True, True, False): "┤",
        (True, True, False, True): "├",
        (True, True, True, True): "┼",
    }[up, down, left, right]


def _owner(index: int, column: int, touched: set[int]) -> int:
    """The lane to which a horizontal stroke belongs: the next one outwards that it leads to."""
    if index < column:
        return max((i for i in touched if i <= index), default=column)
    return min((i for i in touched if i >= index), default=column)


def _merged(spans: list[tuple[str, str]]) -> Cell:
    """Neighbouring spans of one style as one."""
    merged: list[tuple[str, str]] = []
    for text, style in spans:
        if merged and (merged[-1][1] == style or text == " "):
            merged[-1] = (merged[-1][0] + text, merged[-1][1])
        else:
            merged.append((text, style))
    return tuple(merged)
