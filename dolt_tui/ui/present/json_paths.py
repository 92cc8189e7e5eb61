"""JSON as differences need it: read with its numbers as they are written, and compared by path. Pure.

A path is written ``address.zip``, ``phones[1]``, ``[0].name``; a key that is no plain word is in quotes:
``"a.b".c``. `rooted` puts SQL's ``$`` before it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any, Final, NamedTuple, NoReturn, TypeAlias

from dolt_tui.engine.conflicts.json_keys import merge_objects
from dolt_tui.ui.present.text import NULL

MOST_JSON: Final = 200_000
"""Characters of the longest text that is looked at as JSON where it is not asked for."""
_DEEPEST: Final = 100
"""Levels of the deepest document that is compared by path."""
_ALIGNED: Final = 40_000
"""Pairs of elements that are tried to find those which both lists have."""
_SHORT: Final = 18
"""Characters of a change within JSON that leave room for the old value."""
_PLAIN_KEY: Final = re.compile(r"(?!\d)[\w$-]+")
_NAMES: Final = ("id", "_id", "uuid", "key", "code", "name")
"""Keys whose values tell the objects of a list apart."""

JsonObject: TypeAlias = "dict[str, Any]"


class JsonNumber(str):
    """A number of JSON as it is written: read and written again it could lose digits. No text is equal to it."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, JsonNumber) and str(self) == str(other)

    __hash__ = str.__hash__


class _Missing:
    """Stands for a key that is not there."""


MISSING: Final = _Missing()


class Change(NamedTuple):
    """Something within JSON that differs: its path, and what it was and is; `MISSING` where it is not there."""

    path: str
    old: Any
    new: Any


# reading


def json_document(value: object, most: int = MOST_JSON) -> JsonObject | list[Any] | None:
    """The object or list that a JSON text holds; None for anything else, and for what paths cannot tell apart.

    That is a text with a key twice in one object, and one with more levels than a person could follow.
    """
    if not isinstance(value, str) or len(value) > most or value.lstrip()[:1] not in ("{", "["):
        return None
    try:
        found = json.loads(
            value, parse_float=JsonNumber, parse_int=JsonNumber, parse_constant=_refuse, object_pairs_hook=_object
        )
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict | list) and _depth(found) <= _DEEPEST else None


def json_object(value: object) -> JsonObject | None:
    """The same, of objects only."""
    if not isinstance(value, str) or not value.lstrip().startswith("{"):
        return None
    found = json_document(value)
    return found if isinstance(found, dict) else None


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _object(pairs: list[tuple[str, Any]]) -> JsonObject:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is there twice")
    return found


def _depth(found: Any) -> int:
    """How many levels there are."""
    level, depth = [found], 0
    while level and depth <= _DEEPEST:
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, dict | list)
        ]
        depth += 1
    return depth


def json_text(value: Any) -> str:
    """The text of what was read, in one line."""
    if isinstance(value, JsonNumber):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {json_text(value[key])}" for key in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(json_text, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def json_short(value: Any) -> str:
    """A value within JSON for people: texts without their quotes."""
    if value is MISSING:
        return NULL
    return str(value) if isinstance(value, str) else json_text(value)


# paths


def step(path: str, key: str | int) -> str:
    """The path of what is at a key of an object, or at a place of a list."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{_named(key)}" if path else _named(key)


@lru_cache(4096)
def _named(key: str) -> str:
    return key if _PLAIN_KEY.fullmatch(key) else json.dumps(key, ensure_ascii=False)


def rooted(path: str) -> str:
    """A path as SQL has it: ``$.address.zip``, ``$[0]``."""
    return f"${path}" if not path or path.startswith("[") else f"$.{path}"


def json_leaves(found: JsonObject, path: str = "") -> dict[str, Any]:
    """What an object holds, by path; lists and empty objects as a whole."""
    leaves: dict[str, Any] = {}
    for key, value in found.items():
        name = step(path, key)
        leaves |= json_leaves(value, name) if isinstance(value, dict) and value else {name: value}
    return leaves


def count_leaves(found: Any) -> int:
    """How many values a document has that are no objects and lists, or empty ones."""
    number, level = 0, [found]
    while level:
        item = level.pop()
        if isinstance(item, dict | list) and item:
            level.extend(item.values() if isinstance(item, dict) else item)
        else:
            number += 1
    return number


# differences


def json_changes(old: Any, new: Any, path: str = "") -> Iterator[Change]:
    """What differs between two documents, by path; of lists their elements.

    One element that comes in front of others is one change. Where a place differs from before, paths name the new one.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        for key in (*old, *(key for key in new if key not in old)):
            yield from json_changes(old.get(key, MISSING), new.get(key, MISSING), step(path, key))
    elif isinstance(old, list) and isinstance(new, list):
        for here, there in _pairs(old, new):
            if here is None or there is None:
                at = there if here is None else here
                assert at is not None
                yield Change(
                    step(path, at), MISSING if here is None else old[here], MISSING if there is None else new[there]
                )
            else:
                yield from json_changes(old[here], new[there], step(path, there))
    elif type(old) is not type(new) or old != new:
        yield Change(path, old, new)


def _pairs(old: Sequence[Any], new: Sequence[Any]) -> Iterator[tuple[int | None, int | None]]:
    """Which element became which, those that are equal left out; None where one is not there."""
    one, other = [_told(item) for item in old], [_told(item) for item in new]
    start, shorter = 0, min(len(one), len(other))
    while start < shorter and one[start] == other[start]:
        start += 1
    end = 0
    while end < shorter - start and one[-1 - end] == other[-1 - end]:
        end += 1
    first, last = one[start : len(one) - end], other[start : len(other) - end]
    for a, b, c, d in _blocks(first, last):
        yield from _within(old, new, range(start + a, start + b), range(start + c, start + d))


def _blocks(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """The blocks of two sequences that differ."""
    if len(one) * len(other) > _ALIGNED:
        yield 0, len(one), 0, len(other)
        return
    for kind, a, b, c, d in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if kind != "equal":
            yield a, b, c, d


def _within(
    old: Sequence[Any], new: Sequence[Any], here: range, there: range
) -> Iterator[tuple[int | None, int | None]]:
    """The same of a block of which no elements are equal: by what they are called, else by their places."""
    names, others = [_name(old[at]) for at in here], [_name(new[at]) for at in there]
    if len(here) != len(there) and any(names) and any(others):
        known = {name: at for name, at in zip(others, there, strict=True) if name}
        paired = {at: known.pop(name) for name, at in zip(names, here, strict=True) if name in known}
        taken = set(paired.values())
        for at in here:
            yield at, paired.get(at)
        yield from ((None, at) for at in there if at not in taken)
        return
    both = min(len(here), len(there))
    yield from zip(here[:both], there[:both], strict=True)
    yield from ((at, None) for at in here[both:])
    yield from ((None, at) for at in there[both:])


def _told(item: Any) -> str:
    """What is the same for elements that are equal, and for no others."""
    if isinstance(item, dict | list):
        return json_text(item if isinstance(item, list) else dict(sorted(item.items())))
    return f"{type(item).__name__} {item}"


def _name(item: Any) -> str:
    """What an object of a list is called by; empty where it is not called by anything."""
    if isinstance(item, dict):
        for name in _NAMES:
            if isinstance(value := item.get(name), str):
                return f"{name} {value}"
    return ""


def changes_text(changes: Sequence[Change]) -> str:
    """What changed, on one line: ``zip 4000 → 1100``, ``+vip true``, ``−fax``; of several the first, and how many more.

    There has to be one at least.
    """
    name, before, after = changes[0]
    if before is MISSING:
        said = f"+{name} {json_short(after)}"
    elif after is MISSING:
        said = f"−{name}"
    else:
        was = json_short(before)
        said = f"{name} {was} → {json_short(after)}"
        if len(said) > _SHORT:
            said = f"{name} → {json_short(after)}"
    return said + (f"  +{len(changes) - 1}" if len(changes) > 1 else "")


# merging


def merged_json(base: object, ours: object, theirs: object) -> str | None:
    """JSON with what both sides changed in it; None where they changed the same, or one of them holds no object.

    Objects that both added have no base: then all keys are changes.
    """
    if not (isinstance(ours, str) and isinstance(theirs, str)) or json_object(ours) is None:
        return None
    if json_object(theirs) is None or not (base is None or json_object(base) is not None):
        return None
    try:
        return merge_objects(str(base) if base is not None else None, ours, theirs)[0]
    except ValueError:
        return None


def same_json(one: object, other: object) -> bool:
    """Whether two texts hold the same JSON object."""
    found = json_object(one)
    return found is not None and found == json_object(other)
