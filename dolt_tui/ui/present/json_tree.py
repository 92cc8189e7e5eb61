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
    value: Any
    folds: bool


class TreeLines(Lines):
    """A document of JSON as a tree, whose objects, lists and long texts can be folded."""

    def __init__(
        self,
        root: Any,
        width: int,
        *,
        large: bool,
        opened: Mapping[str, bool] | None = None,
        changes: Mapping[str, Change] | None = None,
        old: bool = False,
    ) -> None:
        """``opened``: what was folded and unfolded by hand; ``large``: only what is at the top is open at first.

        ``changes``: what differs from the other side by path; ``old``: whether this is the older side.
        """
        self.root, self._width, self._large = root, width, large
        self.opened = dict(opened or {})
        self._changes, self._old = changes or {}, old
        self._above = {above for path in self._changes for above in _above(path)}
        """Paths of what has changes in it."""
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
        return not path or not self._large or path in self._above

    def _make(self) -> Iterator[Row]:
        for path, key, value, depth in self._walk(all_=False):
            yield from self._rows_of(path, key, value, depth)

    def _walk(self, *, all_: bool) -> Iterator[tuple[str, str | int | None, Any, int]]:
        """Nodes in their order: path, key, value and depth; without those that are folded, unless all are wanted."""
        top: list[tuple[str, str | int | None, Any]] = [("", None, self.root)]
        stack = [iter(top)]
        while stack:
            found = next(stack[-1], None)
            if found is None:
                stack.pop()
                continue
            path, key, value = found
            yield path, key, value, len(stack) - 1
            if isinstance(value, dict | list) and value and (all_ or self._is_open(path, value)):
                stack.append(_children(path, value))

    def _rows_of(self, path: str, key: str | int | None, value: Any, depth: int) -> Iterator[Row]:
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
        node = Node(path, value, folds)
        change = self._changes.get(path)
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
        change = self._changes.get(path)
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
        here = row.value.path if row is not None and isinstance(row.value, Node) else None
        found: str | None = None
        passed = here is None
        for path, key, value, _ in self._walk(all_=True):
            if path == here:
                if backward:
                    break
                passed = True
                continue
            if (passed or backward) and wanted in _sought(key, value):
                found = path
                if not backward:
                    break
        if found is None:
            return None
        lines = self._with(dict.fromkeys(_above(found), True))
        at = 0
        while (row := lines.line(at)) is not None and row.key != found:
            at += 1
        return Place(lines, at) if row is not None else None


def _children(path: str, value: Any) -> Iterator[tuple[str, str | int | None, Any]]:
    pairs: Iterable[tuple[str | int, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
    return ((step(path, key), key, child) for key, child in pairs)


_STEP: Final = re.compile(r'\[\d+\]|\.?"(?:[^"\\]|\\.)*"|\.?[^.\["]+')


def _above(path: str) -> list[str]:
    """The paths of everything that something is in, from the outermost on."""
    ends = [match.end() for match in _STEP.finditer(path)]
    return ["", *(path[:end] for end in ends[:-1])] if path else []


def _sought(key: str | int | None, value: Any) -> str:
    name = "" if key is None or isinstance(key, int) else key
    return f"{name}: {'' if isinstance(value, dict | list) else _leaf_text(value, None)}".lower()


def _summary(value: Any) -> list[Span]:
    """What stands for an object or a list."""
    if isinstance(value, dict):
        return [(f"{{{plural(len(value), 'key')}}}" if value else "{}", Style.DIM)]
    return [(f"[{plural(len(value), 'element')}]" if value else "[]", Style.DIM)]


def _leaf_text(value: Any, most: int | None = _SHOWN) -> str:
    if isinstance(value, str) and not isinstance(value, JsonNumber):
        return json.dumps(value if most is None or len(value) <= most else value[:most] + "…", ensure_ascii=False)
    return json_text(value)


def _leaf_style(value: Any) -> str:
    if isinstance(value, JsonNumber):
        return "literal"
    return "string" if isinstance(value, str) else "keyword"


def _side_style(old: bool) -> str:
    return Style.MINUS if old else Style.ADDED
