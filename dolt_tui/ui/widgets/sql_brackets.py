"""Which bracket belongs to which other one; looked for in the lines around it only, however long the text is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from textual.document._document import Location

_PARTNERS: Final = {"(": ")", "[": "]", "{": "}"}
_ANY: Final = re.compile(r"[][(){}]")
_FAR: Final = 20_000
"""Characters in which the partner of a bracket is looked for."""


def partner(lines: Sequence[str], bracket: str, place: Location) -> Location | None:
    """Where the partner of the bracket at a place is; None where there is none, or it is too far away."""
    if bracket in _PARTNERS:
        step, opening, closing = 1, _PARTNERS, set(_PARTNERS.values())
    elif bracket in _PARTNERS.values():
        step, opening, closing = -1, {end: start for start, end in _PARTNERS.items()}, set(_PARTNERS)
    else:
        return None
    expected: list[str] = []
    for sign, found in _brackets(lines, place, step):
        if sign in opening:
            expected.append(opening[sign])
        elif sign in closing:
            if not expected or expected.pop() != sign:
                return None
            if not expected:
                return found
    return None


def _brackets(lines: Sequence[str], start: Location, step: int) -> Iterator[tuple[str, Location]]:
    """The brackets from a place on, forwards or backwards."""
    row, column = start
    left = _FAR
    while 0 <= row < len(lines) and left > 0:
        line = lines[row]
        if step > 0:
            found = _ANY.finditer(line, column, column + left)
            left -= len(line) - column + 1
            column = 0
        else:
            end = len(line) if column < 0 else column + 1
            found = reversed(list(_ANY.finditer(line, max(0, end - left), end)))
            left -= end + 1
            column = -1
        for match in found:
            yield match[0], (row, match.start())
        row += step
