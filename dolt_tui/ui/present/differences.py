"""What differs between values of a cell: within long texts by word, within JSON by path. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, TypeAlias

from rich.cells import cell_len, chop_cells

from dolt_tui.engine.conflicts.json_keys import merge_objects
from dolt_tui.ui.present.text import ELLIPSIS, NULL, Cell, Span, sanitise, value_text

_MOST_JSON = 200_000
"""Longer texts are not looked at as JSON."""
_MOST_WORDS = 4000
"""Of longer texts only the beginning and the end that both have are told apart from the rest."""
_BEFORE = 8
"""Characters that are shown before the first one that differs, where no word begins nearby."""
_SAVES = 4
"""Leaving out no more than this would save nothing."""
_SHORT = 18
"""Characters of a change within JSON that leave room for the old value."""
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")

JsonObject: TypeAlias = "dict[str, Any]"


# texts


def windows(texts: Sequence[str], room: int) -> list[str]:
    """Texts from a little before where any two of them begin to differ on, where one has no ``room``.

    Each begins at the same place, at that of a word where one is near.
    """
    differ = [at for text in texts[1:] if (at := _common(texts[0], text)) < max(len(texts[0]), len(text))]
    if not differ or max(map(len, texts)) <= room:
        return list(texts)
    first = min(differ)
    skip = max(0, first - _BEFORE)
    word = max((texts[0].rfind(sign, max(0, first - 2 * _BEFORE), first) for sign in " \n\t"), default=-1)
    skip = word + 1 if word >= 0 else skip
    if skip <= _SAVES:
        return list(texts)
    return [ELLIPSIS + text[skip:] for text in texts]


def _common(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginnings."""
    low, high = 0, min(len(one), len(other))
    while low < high:  # slices are compared quickly, also of megabytes
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle - 1)
    return low


def by_word(text: str, other: str, style: str) -> list[Span]:
    """A text as spans: with a style where ``other`` has not the same words."""
    ours, theirs = _WORDS.findall(text), _WORDS.findall(other)
    if max(len(ours), len(theirs)) > _MOST_WORDS:
        start = _common(text, other)
        end = min(_common(text[start:][::-1], other[start:][::-1]), len(text) - start)
        parts = [(text[:start], ""), (text[start : len(text) - end], style), (text[len(text) - end :], "")]
        return [part for part in parts if part[0]]
    spans: list[Span] = []
    matcher = SequenceMatcher(None, theirs, ours, autojunk=False)
    for kind, _, _, start, end in matcher.get_opcodes():
        if start < end:
            spans.append(("".join(ours[start:end]), "" if kind == "equal" else style))
    return spans


def wrapped(spans: Iterable[Span], width: int) -> list[Cell]:
    """Spans in lines of at most ``width`` cells, sanitised; words are kept whole where they fit."""
    lines: list[list[Span]] = [[]]
    used = 0
    for text, style in spans:
        for number, part in enumerate(sanitise(text, one_line=False).split("\n")):
            if number:
                lines.append([])
                used = 0
            for word in _WORDS.findall(part):
                size = cell_len(word)
                if used and used + size > width:
                    lines.append([])
                    used = 0
                    if word.isspace():
                        continue
                pieces = chop_cells(word, width) if size > width else [word]
                for piece in pieces[:-1]:
                    lines[-1].append((piece, style))
                    lines.append([])
                lines[-1].append((pieces[-1], style))
                used += cell_len(pieces[-1])
    return [tuple(line) for line in lines]


# JSON


class _Number(str):
    """A number of JSON as it is written: read and written again it could lose digits. No text is equal to it."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Number) and str(self) == str(other)

    __hash__ = str.__hash__


def json_object(value: object) -> JsonObject | None:
    """The object that a JSON text holds, its numbers as they are written; None for anything else."""
    if not isinstance(value, str) or len(value) > _MOST_JSON or not value.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(value, parse_float=_Number, parse_int=_Number)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def json_text(value: Any) -> str:
    """The text of what `json_object` read."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {json_text(value[key])}" for key in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(json_text, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


class _Missing:
    """Stands for a key that is not there."""


MISSING = _Missing()
Change: TypeAlias = "tuple[str, Any, Any]"
"""The path of something within JSON, and what it was and is; `MISSING` where it is not there."""


def json_changes(old: JsonObject, new: JsonObject, path: str = "") -> Iterator[Change]:
    """What differs between two objects, by path: ``address.zip``; lists as a whole."""
    for key in (*old, *(key for key in new if key not in old)):
        before, after = old.get(key, MISSING), new.get(key, MISSING)
        name = f"{path}.{key}" if path else key
        if isinstance(before, dict) and isinstance(after, dict):
            yield from json_changes(before, after, name)
        elif before != after:
            yield name, before, after


def json_leaves(found: JsonObject, path: str = "") -> dict[str, Any]:
    """What an object holds, by path; lists and empty objects as a whole."""
    leaves: dict[str, Any] = {}
    for key, value in found.items():
        name = f"{path}.{key}" if path else key
        leaves |= json_leaves(value, name) if isinstance(value, dict) and value else {name: value}
    return leaves


def json_short(value: Any) -> str:
    """A value within JSON for people: texts without their quotes."""
    if value is MISSING:
        return NULL
    return str(value) if isinstance(value, str) else json_text(value)


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


def long_text(value: object, room: int) -> bool:
    """Whether a value is a text that has no ``room`` on one line."""
    return isinstance(value, str) and (len(value) > room or "\n" in value_text(value))
