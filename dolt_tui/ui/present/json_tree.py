"""A document of JSON as a tree of lines, which fold. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from rich.cells import cell_len

from dolt_tui.ui.present.cell_lines import Lines, Place, split_lines, wrap_spans
from dolt_tui.ui.present.grid_rows import Row
from dolt_tui.ui.present.json_paths import MISSING, Change, JsonNumber, json_text, step
from dolt_tui.ui.present.text import Span, Style, sanitise, styles
from dolt_tui.words import plural

_SHOWN: Final = 2000
"""Characters of a value within JSON that are shown on its line."""


class Node(NamedTuple):
    """What a line of a tree is about."""

    path: str
    keys: tuple[str | int, ...]
    """Those that lead to it."""
    value: Any
    folds: bool


class Changes:
    """What differs between two documents; made once for all lines, as it may be a lot."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self.by_path = {change.path: change for change in changes}
        self.above = {above for path in self.by_path for above in _above(path)}
        """Paths of what has changes in it."""


class TreeLines(Lines):
    """A document of JSON as a tree, whose objects, lists and long texts can be folded."""

    def __init__(
        self,
        root: Any,
        width: int,
        *,
        large: bool,
        opened: Mapping[str, bool] | None = None,
        changes: Changes | None = None,
        old: bool = False,
    ) -> None:
        """``opened``: what was folded and unfolded by hand; ``large``: only what is at the top is open at first.

        ``changes``: what differs from the other side; ``old``: whether this is the older side.
        """
        self.root, self._width, self._large = root, width, large
        self.opened = dict(opened or {})
        self._changes, self._old = changes or Changes(()), old
        super().__init__()

    def toggled(self, node: Node) -> TreeLines:
        """The same with a node folded, or unfolded."""
        return self._with({node.path: not self._is_open(node.path, node.value)})

    def _with(self, opened: dict[str, bool]) -> TreeLines:
        return TreeLines(
            self.root,
            self._width,
            large=self._large,
            opened=self.opened | opened,
            changes=self._changes,
            old=self._old,
        )

    def _is_open(self, path: str, value: Any) -> bool:
        if path in self.opened:
            return self.opened[path]
        if not isinstance(value, dict | list):
            return False  # a long text
        return not path or not self._large or path in self._changes.above

    def _make(self) -> Iterator[Row]:
        top: list[tuple[tuple[str | int, ...], str, Any]] = [((), "", self.root)]
        stack: list[Iterator[tuple[tuple[str | int, ...], str, Any]]] = [iter(top)]
        while stack:
            found = next(stack[-1], None)
            if found is None:
                stack.pop()
                continue
            keys, path, value = found
            yield from self._rows_of(keys, path, value)
            if isinstance(value, dict | list) and value and self._is_open(path, value):
                stack.append(_children(keys, path, value))

    def _rows_of(self, keys: tuple[str | int, ...], path: str, value: Any) -> Iterator[Row]:
        key, depth = keys[-1] if keys else None, len(keys)
        indent, room = "  " * min(depth, 30), max(8, self._width - 2 * min(depth, 30) - 2)
        head: list[Span] = []
        if key is not None:
            name = f"[{key}]" if isinstance(key, int) else step("", key)
            head = [(sanitise(name), Style.DIM if isinstance(key, int) else Style.BOLD), (": ", Style.DIM)]
        container = isinstance(value, dict | list)
        body = _summary(value) if container else self._leaf(path, value)
        used = sum(cell_len(text) for text, _ in (*head, *body))
        long = not container and isinstance(value, str) and (used > room or len(value) > _SHOWN)
        folds = bool(value) if container else long
        is_open = folds and self._is_open(path, value)
        mark = ("▾ " if is_open else "▸ ") if folds else "  "
        sign: Span = (indent + mark, Style.ACCENT)
        node = Node(path, keys, value, folds)
        change = self._changes.by_path.get(path)
        if change is not None and container:
            body = [(text, _side_style(self._old)) for text, _ in body]
        if long and is_open:
            yield Row(path, ((sign, *head, (f"{len(value):,} characters", Style.DIM)),), value=node)
            style = _side_style(self._old) if change is not None else "string"
            for number, (_, spans) in enumerate(split_lines([(value, style)])):
                shown = [(sanitise(text, one_line=False), one) for text, one in spans]
                for at, (_, cell) in enumerate(wrap_spans(shown, room)):
                    yield Row((path, number, at), (((indent + "  ", ""), *cell),), value=node)
            return
        yield Row(path, ((sign, *head, *body),), value=node)

    def _leaf(self, path: str, value: Any) -> list[Span]:
        change = self._changes.by_path.get(path)
        text = sanitise(_leaf_text(value))
        if change is None:
            return [(text, _leaf_style(value))]
        other = change.new if self._old else change.old
        spans = [(text, styles(_side_style(self._old), Style.BOLD))]
        if other is not MISSING and not self._old and not isinstance(other, dict | list):
            spans = [(sanitise(_leaf_text(other)), Style.REMOVED), (" ", ""), *spans]
        return spans

    def find(self, text: str, index: int, *, backward: bool) -> Place | None:
        wanted = text.lower()
        row = self.line(index) if index >= 0 else None
        here = row.value.keys if row is not None and isinstance(row.value, Node) else None
        found: tuple[str | int, ...] | None = None
        if backward:
            for keys in _matches(self.root, wanted, None):
                if keys == here:
                    break
                found = keys
        else:
            found = next((keys for keys in _matches(self.root, wanted, here) if keys != here), None)
        if found is None:
            return None
        paths = [""]
        for key in found:
            paths.append(step(paths[-1], key))
        lines = self._with(dict.fromkeys(paths[:-1], True))
        at = 0
        while (row := lines.line(at)) is not None and row.key != paths[-1]:
            at += 1
        return Place(lines, at) if row is not None else None


def _matches(root: Any, wanted: str, here: tuple[str | int, ...] | None) -> Iterator[tuple[str | int, ...]]:
    """The keys that lead to each value that contains a text in lower case, or whose key does, from ``here`` on.

    As quick as it can be: there may be half a million of them.
    """
    value: Any = root
    keys: list[str | int] = []
    stack: list[Iterator[tuple[str | int, Any]]] = []
    for key in here or ():
        pairs = _pairs(value)
        value = next(child for one, child in pairs if one == key)
        stack.append(pairs)
        keys.append(key)
    stack.append(_pairs(value) if isinstance(value, dict | list) else iter(()))
    while stack:
        for key, child in stack[-1]:
            if isinstance(child, str):
                hit = wanted in child.lower()
            elif isinstance(child, dict | list):
                hit = False
            else:
                hit = wanted in json_text(child)
            if hit or (isinstance(key, str) and wanted in key.lower()):
                yield (*keys, key)
            if isinstance(child, dict | list) and child:
                keys.append(key)
                stack.append(_pairs(child))
                break
        else:
            stack.pop()
            if keys:
                keys.pop()


def _pairs(value: Any) -> Iterator[tuple[str | int, Any]]:
    return iter(value.items() if isinstance(value, dict) else enumerate(value))


def _children(keys: tuple[str | int, ...], path: str, value: Any) -> Iterator[tuple[tuple[str | int, ...], str, Any]]:
    return (((*keys, key), step(path, key), child) for key, child in _pairs(value))


_STEP: Final = re.compile(r'\[\d+\]|\.?"(?:[^"\\]|\\.)*"|\.?[^.\["]+')


def _above(path: str) -> list[str]:
    """The paths of everything that something is in, from the outermost on."""
    ends = [match.end() for match in _STEP.finditer(path)]
    return ["", *(path[:end] for end in ends[:-1])] if path else []


def _summary(value: Any) -> list[Span]:
    """What stands for an object or a list."""
    if isinstance(value, dict):
        return [(f"{{{plural(len(value), 'key')}}}" if value else "{}", Style.DIM)]
    return [(f"[{plural(len(value), 'element')}]" if value else "[]", Style.DIM)]


def _leaf_text(value: Any) -> str:
    if isinstance(value, str) and not isinstance(value, JsonNumber):
        return json.dumps(value if len(value) <= _SHOWN else value[:_SHOWN] + "…", ensure_ascii=False)
    return json_text(value)


def _leaf_style(value: Any) -> str:
    if isinstance(value, JsonNumber):
        return "literal"
    return "string" if isinstance(value, str) else "keyword"


def _side_style(old: bool) -> str:
    return Style.MINUS if old else Style.ADDED
