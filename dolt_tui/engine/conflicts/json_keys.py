"""JSON objects that two sides changed, merged key by key. Pure; numbers and texts stay as they are written."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, TypeAlias

_Members: TypeAlias = dict[str, str]
"""The texts of an object's values, by key."""
_SPACE = " \t\r\n"


def merge_objects(base: str | None, ours: str, theirs: str) -> tuple[str | None, tuple[str, ...]]:
    """One object of two, and the keys that both sides changed differently: then there is none.

    What one side added, changed or removed is taken over; objects within objects are merged likewise, and their keys
    are told as ``address.city``. Without a base, or where it is no object, nothing counts as removed. Raises
    `ValueError` where a side is no object.
    """
    one, other = members(ours), members(theirs)
    try:
        before = members(base) if base is not None else {}
    except ValueError:
        before = {}
    merged, clashing = _merged(before, one, other)
    return (None, clashing) if clashing else (_written(merged), ())


def is_object(text: object) -> bool:
    """Whether a text is a JSON object."""
    if not isinstance(text, str):
        return False
    try:
        members(text)
    except ValueError:
        return False
    return True


def members(text: str) -> _Members:
    """The values of an object as they are written, by key. Raises `ValueError` for anything else."""
    if not isinstance(_value(text), dict):
        raise ValueError("This is no JSON object.")
    found: _Members = {}
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


def _merged(base: _Members, ours: _Members, theirs: _Members) -> tuple[_Members, tuple[str, ...]]:
    found: _Members = {}
    clashing: list[str] = []
    for key in dict.fromkeys([*ours, *theirs]):
        before, one, other = base.get(key), ours.get(key), theirs.get(key)
        taken: str | None
        if _same(one, other) or _same(other, before):
            taken = one
        elif _same(one, before):
            taken = other
        elif is_object(one) and is_object(other):
            assert one is not None
            assert other is not None
            inner, keys = _merged(
                members(before) if before is not None and is_object(before) else {}, members(one), members(other)
            )
            clashing += [f"{key}.{name}" for name in keys]
            taken = _written(inner)
        else:
            clashing.append(key)
            continue
        if taken is not None:
            found[key] = taken
    return found, tuple(clashing)


def _same(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return one is other
    return one == other or equal(_value(one), _value(other))


def same_json(one: str, other: str) -> bool:
    """Whether two texts hold the same, however they are written. Raises `ValueError` where one is no JSON."""
    return equal(_value(one), _value(other))


def equal(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same: ``true`` is not ``1``."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _value(text: str) -> Any:
    return json.loads(text, parse_float=Decimal)


def _written(found: _Members) -> str:
    return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {text}" for key, text in found.items()) + "}"


def _beyond(text: str, at: int) -> int:
    """The next place that is no space."""
    while text[at] in _SPACE:
        at += 1
    return at


_DECODER = json.JSONDecoder(parse_float=Decimal)
