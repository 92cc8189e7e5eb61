"""JSON objects that two sides changed, merged key by key. Pure; numbers and texts stay as they are written."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

_GONE = object()
"""Stands for the value of a key that is not there."""


def merge_objects(base: str | None, ours: str, theirs: str) -> tuple[str | None, tuple[str, ...]]:
    """One object of two, and the keys that both sides changed differently: then there is none.

    What one side added, changed or removed is taken over; objects within objects are merged likewise, and their keys
    are named ``address.city``. Where the result holds what a side holds, it is that side's very text. Without a base,
    or where it is no object, nothing counts as removed. Raises `ValueError` where a side is no object, or where one has
    too many objects within objects.
    """
    try:
        return _merged(base, ours, theirs)
    except RecursionError as error:
        raise ValueError("Too many objects within objects.") from error


def _merged(base: str | None, ours: str, theirs: str) -> tuple[str | None, tuple[str, ...]]:
    one, other = _object(ours), _object(theirs)
    try:
        before = _object(base) if base is not None else {}
    except ValueError:
        before = {}
    found: dict[str, int | str] = {}
    clashing: list[str] = []
    as_ours = as_theirs = True
    for key in dict.fromkeys([*one, *other]):
        mine, yours, was = one.get(key, _GONE), other.get(key, _GONE), before.get(key, _GONE)
        if equal(mine, yours):
            found[key] = 0
        elif equal(yours, was):
            as_theirs = False
            if mine is not _GONE:
                found[key] = 0
        elif equal(mine, was):
            as_ours = False
            if yours is not _GONE:
                found[key] = 1
        elif isinstance(mine, dict) and isinstance(yours, dict):
            texts = [_written(text)[key] for text in (ours, theirs)]
            nested = _written(base)[key] if base is not None and isinstance(was, dict) else None
            merged, keys = _merged(nested, *texts)
            clashing += [f"{key}.{name}" for name in keys]
            if merged is not None:
                found[key] = merged
                as_ours, as_theirs = as_ours and merged is texts[0], as_theirs and merged is texts[1]
        else:
            clashing.append(key)
    if clashing:
        return None, tuple(clashing)
    if as_ours or as_theirs:
        return (ours if as_ours else theirs), ()
    sides = _written(ours), _written(theirs)
    parts = (
        f"{json.dumps(key, ensure_ascii=False)}: {taken if isinstance(taken, str) else sides[taken][key]}"
        for key, taken in found.items()
    )
    return f"{{{', '.join(parts)}}}", ()


def is_object(text: object) -> bool:
    """Whether a text is a JSON object."""
    if not isinstance(text, str):
        return False
    try:
        _object(text)
    except (ValueError, RecursionError):
        return False
    return True


def _written(text: str) -> dict[str, str]:
    """The values of an object as they are written, by key."""
    found: dict[str, str] = {}
    at = _beyond(text, text.index("{") + 1)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        start = _beyond(text, _beyond(text, at) + 1)
        _, end = _DECODER.raw_decode(text, start)
        found[key] = text[start:end]
        at = _beyond(text, end)
        if text[at] == ",":
            at = _beyond(text, at + 1)
    return found


def equal(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same: ``true`` is not ``1``."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _object(text: str) -> dict[str, Any]:
    found = _DECODER.decode(text)
    if not isinstance(found, dict):
        raise ValueError("This is no JSON object.")
    return found


def _beyond(text: str, at: int) -> int:
    """The next place that is no space."""
    while text[at] in " \t\r\n":
        at += 1
    return at


_DECODER = json.JSONDecoder(parse_float=Decimal)
