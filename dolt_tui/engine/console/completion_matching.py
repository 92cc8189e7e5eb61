"""How well a name fits what was typed, and which of its characters were."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple


class Fit(IntEnum):
    """How what was typed is in a name, the best first."""

    PREFIX = 0
    WORD_STARTS = 1
    """At the beginnings of its words: ``fc`` or ``frocom`` in ``from_commit``."""
    INSIDE = 2
    SCATTERED = 3


class Match(NamedTuple):
    """How a name fits."""

    fit: Fit
    gaps: int
    """Characters that were left out between those that were typed."""
    positions: tuple[int, ...]
    """The characters of the name that were typed."""


@lru_cache(maxsize=64)
def scattered(typed: str) -> re.Pattern[str]:
    """What matches a name in lower case that has all the characters in their order."""
    return re.compile(".*?".join(re.escape(character) for character in typed), re.DOTALL)


def match(typed: str, name: str, lower: str) -> Match | None:
    """How ``typed``, in lower case, fits a name that is also given in lower case; None where it doesn't."""
    size = len(typed)
    if lower.startswith(typed):
        return Match(Fit.PREFIX, 0, tuple(range(size)))
    if scattered(typed).search(lower) is None:
        return None
    if (positions := _at_word_starts(typed, name, lower)) is not None:
        return Match(Fit.WORD_STARTS, positions[-1] - positions[0] + 1 - size, positions)
    at = lower.find(typed)
    if at >= 0:
        return Match(Fit.INSIDE, at, tuple(range(at, at + size)))
    positions = tuple(_first(typed, lower))
    return Match(Fit.SCATTERED, positions[-1] - positions[0] + 1 - size, positions)


def _first(typed: str, lower: str) -> Iterator[int]:
    at = -1
    for character in typed:
        at = lower.find(character, at + 1)
        yield at


def _starts(name: str) -> Iterable[int]:
    """Where the words of a name begin."""
    for at, character in enumerate(name):
        if character.isalnum() and (
            at == 0
            or not name[at - 1].isalnum()
            or (character.isupper() and name[at - 1].islower())
            or (character.isdigit() and not name[at - 1].isdigit())
        ):
            yield at


def _at_word_starts(typed: str, name: str, lower: str) -> tuple[int, ...] | None:
    """The positions where each character follows the one before it or begins a word; tried at most a few ways."""
    if len(name) != len(lower):
        return None
    starts = frozenset(_starts(name))
    tries = 200

    def place(index: int, after: int) -> tuple[int, ...] | None:
        nonlocal tries
        if index == len(typed):
            return ()
        tries -= 1
        if tries < 0:
            return None
        candidates = [after] if after < len(lower) and lower[after] == typed[index] else []
        candidates += [at for at in sorted(starts) if at > after and lower[at] == typed[index]]
        for at in candidates:
            if index == 0 and at not in starts:
                continue
            if (rest := place(index + 1, at + 1)) is not None:
                return (at, *rest)
        return None

    return place(0, 0) if len(typed) <= 40 else None
