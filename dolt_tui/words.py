"""Counts and durations in words, as people read them, and words that are misspelt. Pure."""

from __future__ import annotations

from collections.abc import Iterable


def count(number: int) -> str:
    """A number for people: ``1,234,567``."""
    return f"{number:,}"


def plural(number: int, one: str, many: str = "") -> str:
    """``1 row``, ``2 rows``, ``3 branches`` (the plural given where it is not made with an s)."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def lasted(seconds: float) -> str:
    """How long something has been so: ``12s``, ``1m 12s``, ``2h 5m``."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole}s"
    return f"{whole // 60}m {whole % 60}s" if whole < 3600 else f"{whole // 3600}h {whole // 60 % 60}m"


def took(seconds: float) -> str:
    """How long something took: ``41 ms``, ``3.2 s``, ``1m 12s``."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 60 else lasted(seconds)


def nearest(word: str, known: Iterable[str]) -> str:
    """``: did you mean x?`` for a word that is not known, or what there is."""
    import difflib  # only now: words are seldom misspelt

    names = list(known)
    near = difflib.get_close_matches(word, names, 1)
    if near:
        return f": did you mean {near[0]}?"
    return f": there are {', '.join(names)}" if 0 < len(names) <= 8 else ""
