#!/usr/bin/env python3
"""Draw the house: the rooms (packages and top modules) on their floors, and which one imports which.

    python3 scripts/architecture.py [--check]

Writes docs/architecture.svg. The sentence in a room is the first one of its docstring. An arrow that follows from
others (a → c beside a → b → c) is left out; an import that runs back up is red. What counts as an import, and where the
floors come from, is told in scripts/import_graph.py.

With ``--check`` nothing is written. It fails where the picture is out of date, where an import runs back up, where
modules need each other in a circle to run, or where a room has no floor. Only the standard library is used.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.import_graph import Container, House, Room  # noqa: E402

PICTURE = ROOT / "docs" / "architecture.svg"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Draw which package imports which into docs/architecture.svg.")
    parser.add_argument(
        "--check", action="store_true", help="write nothing, fail where something is not as it should be"
    )
    options = parser.parse_args(arguments)
    house = House.of(ROOT / "pyproject.toml")
    drawn = Drawing(house).svg()
    if not options.check:
        PICTURE.write_text(drawn, "utf-8")
    faults = house.faults()
    if not PICTURE.is_file() or PICTURE.read_text("utf-8") != drawn:
        faults.append(f"{PICTURE.relative_to(ROOT)} is out of date: run python3 scripts/architecture.py")
    for fault in faults:
        print(f"architecture: {fault}", file=sys.stderr)
    return 1 if faults else 0


# the picture

WIDTH, LEFT, RIGHT = 1040, 96, 944
"""Of the picture; and where the rooms begin and end: the arrows that pass floors run beside them."""
ROOM, GAP, HEADER, FOOT = 36, 20, 46, 18
LANE, PORT, TURN, HEAD = 11, 8, 6, 6
"""Distances: of arrows beside the rooms, of arrows at one room; the radius of a turn, the length of an arrow's head."""
BETWEEN = 16
"""Between rooms on one floor."""

LIGHT = {
    "paper": "#f6f7fb", "panel": "#ffffff", "edge": "#d5dae8", "room": "#f3f5fb", "name": "#1f2335",
    "text": "#555f7d", "arrow": "#8089a8", "ui": "#2f63d6", "engine": "#3f8127", "top": "#8a5cc7", "back": "#d3264a",
}  # fmt: skip
DARK = {
    "paper": "#16161e", "panel": "#1a1b26", "edge": "#343a56", "room": "#23273a", "name": "#d5dcf7",
    "text": "#a0a9cf", "arrow": "#747eaa", "ui": "#7aa2f7", "engine": "#9ece6a", "top": "#bb9af7", "back": "#f7768e",
}  # fmt: skip


@dataclass(frozen=True)
class Box:
    """Where a room is drawn."""

    left: float
    right: float
    top: float
    row: int
    """The number of its floor, counted through all containers."""

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2

    @property
    def centre(self) -> float:
        return self.top + ROOM / 2


class Drawing:
    """The picture of a house."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._boxes: dict[str, Box] = {}
        self._panels: list[tuple[Container, float, float]] = []
        self._rows = 0
        self._bottom = self._lay(house.root, 24.0)

    def _lay(self, container: str, y: float) -> float:
        """Place the floors of a container from ``y`` on; returns where it ends."""
        for floor in self._house.containers[container].floors:
            for room in floor:
                if room.key in self._house.containers:
                    top, y = y, self._lay(room.key, y + HEADER) - GAP + FOOT
                    self._panels.append((self._house.containers[room.key], top, y))
            if all(room.key in self._house.containers for room in floor):
                y += GAP
                continue
            width = (RIGHT - LEFT - BETWEEN * (len(floor) - 1)) / len(floor)
            for number, room in enumerate(floor):
                left = LEFT + number * (width + BETWEEN)
                self._boxes[room.key] = Box(left, left + width, y, self._rows)
            self._rows += 1
            y += ROOM + GAP
        return y

    def svg(self) -> str:
        height = self._bottom + 26
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {_n(height)}" role="img"'
            ' aria-labelledby="title">',
            '<title id="title">The packages of dolt-tui on their floors; arrows tell what imports what</title>',
            f"<style>\n{_style(LIGHT)}@media (prefers-color-scheme: dark) {{\n{_style(DARK)}}}\n</style>",
            f'<rect class="paper" width="{WIDTH}" height="{_n(height)}" rx="14"/>',
            *(line for panel in sorted(self._panels, key=lambda item: item[1]) for line in self._panel(*panel)),
            *self._arrows(),
            *(line for room in self._house.rooms.values() if room.key in self._boxes for line in self._room(room)),
            f'<text class="note" x="{LEFT}" y="{_n(self._bottom + 8)}">Arrows are imports. What follows from'
            " other arrows is left out. An import that runs back up would be red.</text>",
            "</svg>",
        ]
        return "\n".join(parts) + "\n"

    def _hue(self, room: Room) -> str:
        name = room.container.rpartition(".")[2]
        return name if name in ("ui", "engine") else "top"

    def _panel(self, container: Container, top: float, bottom: float) -> Iterator[str]:
        name = container.name.rpartition(".")[2]
        yield f'<rect class="panel" x="24" y="{_n(top)}" width="{WIDTH - 48}" height="{_n(bottom - top)}" rx="12"/>'
        yield f'<text class="title {name}" x="{LEFT}" y="{_n(top + 29)}">{name}</text>'
        at = LEFT + len(name) * 10.2 + 14
        sentence = _shortened(container.sentence, 70)
        yield f'<text class="text" x="{_n(at)}" y="{_n(top + 29)}">{escape(sentence)}</text>'
        yield from _tag(container.without, RIGHT, top + 29)

    def _room(self, room: Room) -> Iterator[str]:
        box = self._boxes[room.key]
        x, y, width = box.left, box.top, box.right - box.left
        yield f'<rect class="room" x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{ROOM}" rx="7"/>'
        yield f'<rect class="{self._hue(room)}" x="{_n(x)}" y="{_n(y + 8)}" width="4" height="{ROOM - 16}" rx="2"/>'
        yield f'<text class="name" x="{_n(x + 16)}" y="{_n(y + 23)}">{room.name}</text>'
        start = max(132.0, 16 + len(room.name) * 8.5 + 14) if width > 600 else 16 + len(room.name) * 8.5 + 14
        tags = sum(len(words) * 6.2 + 12 for words in room.without)
        sentence = _shortened(room.sentence, int((width - start - tags - 14) / 6.7))
        if sentence:
            yield f'<text class="text" x="{_n(x + start)}" y="{_n(y + 23)}">{escape(sentence)}</text>'
        yield from _tag(room.without, box.right - 12, y + 23)

    # arrows

    def _arrows(self) -> Iterator[str]:
        beside: list[tuple[str, str]] = []
        for source, target in sorted(self._house.shown):
            one, other = self._boxes[source], self._boxes[target]
            kind = "back" if (source, target) in self._house.back else "arrow"
            if other.row == one.row:
                start, end = (one.right, other.left) if one.left < other.left else (one.left, other.right)
                yield from _line([(start, one.centre), (end, other.centre)], kind)
            elif other.row == one.row + 1:
                x = min(one, other, key=lambda box: (box.right - box.left, -box.row)).middle
                yield from _line([(x, one.top + ROOM), (x, other.top)], kind)
            else:
                beside.append((source, target))
        for side in ("left", "right"):
            yield from self._beside(side, [edge for edge in beside if self._side(*edge) == side])

    def _side(self, source: str, target: str) -> str:
        """On which side of the rooms an arrow passes floors: on the right between containers, else on the left."""
        boxes = self._boxes[source], self._boxes[target]
        if any(box.left > LEFT for box in boxes):
            return "right"
        if any(box.right < RIGHT for box in boxes):
            return "left"
        return "left" if self._house.rooms[source].container == self._house.rooms[target].container else "right"

    def _beside(self, side: str, edges: list[tuple[str, str]]) -> Iterator[str]:
        def span(edge: tuple[str, str]) -> tuple[int, int]:
            rows = sorted(self._boxes[name].row for name in edge)
            return rows[0], rows[1]

        lanes: dict[tuple[str, str], int] = {}
        for edge in sorted(edges, key=lambda edge: (span(edge)[1] - span(edge)[0], span(edge), edge)):
            top, bottom = span(edge)
            taken = {lane for other, lane in lanes.items() if span(other)[0] <= bottom and top <= span(other)[1]}
            lanes[edge] = next(lane for lane in range(len(edges)) if lane not in taken)
        for edge in edges:
            heights = [self._boxes[name].centre + self._port(name, edge, lanes) for name in edge]
            x, out = (LEFT, -1) if side == "left" else (RIGHT, 1)
            lane = x + out * (12 + LANE * lanes[edge])
            points = [(x, heights[0]), (lane, heights[0]), (lane, heights[1]), (x, heights[1])]
            yield from _line(points, "back" if edge in self._house.back else "arrow")

    def _port(self, name: str, edge: tuple[str, str], lanes: Mapping[tuple[str, str], int]) -> float:
        """How far from the middle of a room's side an arrow is: so that those of one room do not cross."""

        def place(item: tuple[str, str]) -> tuple[int, int]:
            other = item[1] if item[0] == name else item[0]
            below = self._boxes[other].row > self._boxes[name].row
            return (1, -lanes[item]) if below else (0, lanes[item])

        here = sorted((item for item in lanes if name in item), key=place)
        return (here.index(edge) - (len(here) - 1) / 2) * PORT


def _line(points: Sequence[tuple[float, float]], kind: str) -> Iterator[str]:
    """An arrow along these points, with rounded turns."""
    (x, y), (before_x, before_y) = points[-1], points[-2]
    across, down = _sign(x - before_x), _sign(y - before_y)
    end = (x - across * (HEAD - 1), y - down * (HEAD - 1))
    path = [f"M{_n(points[0][0])} {_n(points[0][1])}"]
    for (ax, ay), (bx, by), (cx, cy) in zip(points, points[1:], points[2:], strict=False):
        r = min(TURN, max(abs(bx - ax), abs(by - ay)) / 2, max(abs(cx - bx), abs(cy - by)) / 2)
        path.append(f"L{_n(bx - _sign(bx - ax) * r)} {_n(by - _sign(by - ay) * r)}")
        path.append(f"Q{_n(bx)} {_n(by)} {_n(bx + _sign(cx - bx) * r)} {_n(by + _sign(cy - by) * r)}")
    path.append(f"L{_n(end[0])} {_n(end[1])}")
    yield f'<path class="line {kind}-line" d="{" ".join(path)}"/>'
    base = (x - across * HEAD, y - down * HEAD)
    corners = ((x, y), (base[0] + down * 3.6, base[1] + across * 3.6), (base[0] - down * 3.6, base[1] - across * 3.6))
    yield f'<path class="{kind}" d="M{" L".join(f"{_n(px)} {_n(py)}" for px, py in corners)} Z"/>'


def _tag(words: Iterable[str], right: float, y: float) -> Iterator[str]:
    if text := " · ".join(words):
        yield f'<text class="tag" x="{_n(right)}" y="{_n(y)}">{escape(text)}</text>'


def _shortened(text: str, most: int) -> str:
    """As much of a sentence as there is room for, whole clauses only; nothing where there is too little room."""
    for mark, least in (("; ", 0), (": ", 35), (", ", 0)):
        if len(text) > most and (cut := text.rfind(mark, 0, most + 1)) > least:
            text = text[:cut]
    return text if len(text) <= most else ""


def _style(hues: Mapping[str, str]) -> str:
    sans = "-apple-system, 'Segoe UI', 'Noto Sans', 'Liberation Sans', Helvetica, Arial, sans-serif"
    mono = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'JetBrains Mono', 'Liberation Mono', monospace"
    rules = [
        f".paper {{ fill: {hues['paper']} }}",
        f".panel {{ fill: {hues['panel']}; stroke: {hues['edge']} }}",
        f".room {{ fill: {hues['room']}; stroke: {hues['edge']} }}",
        f".name {{ font: 600 14px {mono}; fill: {hues['name']} }}",
        f".title {{ font: 700 17px {mono} }}",
        f".text {{ font: 13px {sans}; fill: {hues['text']} }}",
        f".note {{ font: 12px {sans}; fill: {hues['text']} }}",
        f".tag {{ font: 11.5px {sans}; fill: {hues['text']}; text-anchor: end; font-style: italic }}",
        ".line { fill: none; stroke-width: 1.5 }",
        *(f".{name} {{ fill: {hues[name]} }}" for name in ("ui", "engine", "top", "arrow", "back")),
        *(f".{name}-line {{ stroke: {hues[name]} }}" for name in ("arrow", "back")),
    ]
    return "".join(f"{rule}\n" for rule in rules)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


if __name__ == "__main__":
    sys.exit(main())
