"""How panes share the room: from what is shown, and how large the screen is, to the lines and columns of each pane.

All sizes are in cells. Below `NARROW` columns the panes stand one below the other: those that are folded share one line
of titles, and the one in focus takes the rest. Below `LOW` lines the pane in focus takes what the others can spare.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from enum import Enum

from dolt_tui.frozen import Frozen

NARROW, LOW = 90, 28
"""Columns below which the panes stand one below the other; lines of the panes below which they fold."""
SIDE, LEAST_SIDE, MOST_SIDE = 31, 36, 64
"""The usual width of the side in percent, and what it is at least and at most in cells."""
_NARROWEST, _RIGHT = 20, 30
"""What a side of any width is at least, and what it leaves for the right column."""
_HALF_SIDE = 26
"""What the usual side keeps at least while a pane beside it has half of the screen: room for a name and a number."""
_FRAME = 3
"""Lines of a pane with one line in it."""
_LIST = 40
"""Percent of the lines of a narrow screen that go to a list in focus."""


class Mode(Enum):
    """How much of the screen the pane in focus has."""

    NORMAL = "normal"
    HALF = "half"
    FULL = "full"


class Focus(Enum):
    """Where the focus is: in the frame of the side that is in front, in the main pane's place, or below that."""

    SIDE = 1
    UPPER = 2
    LOWER = 3


class Lower(Frozen):
    """How what stands below the main pane wants to be shown."""

    kind: str = "summary"
    folds: bool = True
    """Whether it folds to its title where there is little room, unless it has the focus."""
    lines: int = 9
    low: int = 9
    """Its lines where there is little room."""
    percent: int = 0
    """Its part of the lines instead of a number of them; 0 for none."""
    least: int = 0
    """The lines, its own and those of the main pane, with fewer of which it folds all the same."""


class Sizes(Frozen):
    """The sizes that people chose."""

    mode: Mode = Mode.NORMAL
    side: float | None = None
    """The width of the side in percent; None: the usual."""
    weights: tuple[int, ...] = (8, 7, 12, 7)
    """How the frames of the side share its lines."""
    weighed: bool = False
    """Whether they hold where there is little room too, as somebody has set them."""
    list_percent: int = _LIST
    """The part of a narrow screen's lines for a list in focus."""
    lower: Mapping[str, int] = field(default_factory=dict)
    """The lines of what stands below the main pane, by its kind."""

    @classmethod
    def chosen(cls, mode: str, side: int | None, summary: int | None) -> Sizes:
        """Those of a configuration."""
        return cls(Mode(mode), side, lower={} if summary is None else {Lower().kind: summary})


class Showing(Frozen):
    """What there is to show."""

    width: int
    height: int
    front: int
    """Which frame of the side is in front: the one that was in focus last."""
    focus: Focus
    lower: Lower
    sizes: Sizes


class Arrangement(Frozen):
    """How large everything is: 0 for what is not shown, 1 line for what is folded to its title."""

    stacked: bool
    titles: int
    """Lines of the titles of all panes."""
    side: int
    """Columns of the frames at the side."""
    frames: tuple[int, ...]
    """The lines of each of them."""
    upper: int
    lower: int


def arrange(showing: Showing) -> Arrangement:
    """How large everything is."""
    width, height, focus = showing.width, max(0, showing.height), showing.focus
    stacked = width < NARROW
    if showing.sizes.mode is Mode.FULL or height < 4:
        frames = _only(showing, height if focus is Focus.SIDE else 0)
        upper, lower = (height if focus is place else 0 for place in (Focus.UPPER, Focus.LOWER))
        return Arrangement(stacked, 0, width if focus is Focus.SIDE else 0, frames, upper, lower)
    if stacked:
        return _stacked(showing, height - 1)
    side, frames = _side(showing)
    upper, lower = _right(showing)
    return Arrangement(False, 0, side, frames, upper, lower)


def _only(showing: Showing, height: int) -> tuple[int, ...]:
    """The frames of the side where none but the one in front is shown."""
    return tuple(height if at == showing.front else 0 for at in range(len(showing.sizes.weights)))


def _stacked(showing: Showing, room: int) -> Arrangement:
    """One below the other; ``room`` is what the titles leave."""
    sizes, below, half = showing.sizes, showing.lower, showing.sizes.mode is Mode.HALF
    if showing.focus is Focus.SIDE:
        percent = 65 if half else sizes.list_percent
        lines = max(_FRAME + 1, min(round(room * percent / 100), room - _FRAME - 2))
        if room < 2 * _FRAME + 2:
            lines = room
        return Arrangement(True, 1, showing.width, _only(showing, lines), room - lines, 0)
    if below.folds or room < max(2 * _FRAME + 2, below.least):
        upper, lower = (room, 0) if showing.focus is Focus.UPPER else (0, room)
    else:
        upper, lower = _shared(showing, room)
    return Arrangement(True, 1, 0, _only(showing, 0), upper, lower)


def _side(showing: Showing) -> tuple[int, tuple[int, ...]]:
    """The width of the side, and the lines of its frames."""
    sizes, width, height = showing.sizes, showing.width, showing.height
    count = len(sizes.weights)
    if sizes.side is None:
        side = max(LEAST_SIDE, min(width * SIDE // 100, MOST_SIDE))
    else:
        side = max(_NARROWEST, min(round(width * sizes.side / 100), width - _RIGHT))
    if sizes.mode is Mode.HALF and showing.focus is Focus.SIDE:
        return max(side, width // 2), _in_front(showing, 1)
    if sizes.mode is Mode.HALF:
        side = min(side, max(_HALF_SIDE, side // 2))
    if height >= LOW or sizes.weighed:
        least = [_FRAME] * count
        if height >= count * _FRAME:
            return side, tuple(shares(height, sizes.weights, least))
    others = max(height // (count + 1), 4 if height >= 4 * (count + 1) else _FRAME)
    return side, _in_front(showing, others if height >= _FRAME * count + 2 else 1)


def _in_front(showing: Showing, others: int) -> tuple[int, ...]:
    """The frames of the side: the one in front has what the others, of so many lines, leave."""
    count = len(showing.sizes.weights)
    rest = showing.height - others * (count - 1)
    if rest < 2:
        return _only(showing, showing.height)
    return tuple(rest if at == showing.front else others for at in range(count))


def _right(showing: Showing) -> tuple[int, int]:
    """The lines of the main pane, and of what stands below it."""
    height, low, mode = showing.height, showing.height < LOW, showing.sizes.mode
    if height < 2 * _FRAME:
        return (height - 1, 1) if showing.focus is not Focus.LOWER else (1, height - 1)
    folds = (low or mode is Mode.HALF) if showing.lower.folds else height < showing.lower.least
    if folds and showing.focus is not Focus.LOWER:
        return height - 1, 1
    return _shared(showing, height)


def _shared(showing: Showing, room: int) -> tuple[int, int]:
    """The lines of the main pane, and of what stands below it, where both are open."""
    below, sizes, focused = showing.lower, showing.sizes, showing.focus is Focus.LOWER
    little = showing.height < LOW or showing.width < NARROW
    lower = below.low if little else below.lines
    if below.percent:
        lower = room * below.percent // 100
    if little and focused:
        lower = max(lower, room * (65 if below.percent else 50) // 100)
    if below.kind in sizes.lower:
        lower = sizes.lower[below.kind]
    if sizes.mode is Mode.HALF:
        lower = max(lower, room * 65 // 100) if focused else min(lower, room * 30 // 100)
    least = 2 * _FRAME if not focused else _FRAME
    lower = max(_FRAME, min(lower, room - least))
    return room - lower, lower


def shares(room: int, weights: Sequence[int], least: Sequence[int]) -> list[int]:
    """``room`` lines by weights, to each at least so many; the sum is ``room`` where it has room for the least."""
    spare = max(0, room - sum(least))
    whole = max(1, sum(weights))
    wanted = [room * weight / whole for weight in weights]
    more = [max(0.0, want - few) for want, few in zip(wanted, least, strict=True)]
    total = sum(more) or 1
    found = [few + int(spare * much / total) for few, much in zip(least, more, strict=True)]
    found[max(range(len(found)), key=lambda at: weights[at])] += room - sum(found)
    return found


def cycled(showing: Showing, by: int) -> Sizes:
    """The sizes in the next mode, or the one before, that shows something else than now."""
    modes, now = list(Mode), arrange(showing)
    sizes = showing.sizes
    for _ in modes:
        sizes = replace(sizes, mode=modes[(modes.index(sizes.mode) + by) % len(modes)])
        if arrange(replace(showing, sizes=sizes)) != now:
            break
    normal = replace(sizes, mode=Mode.NORMAL)
    alike = arrange(replace(showing, sizes=sizes)) == arrange(replace(showing, sizes=normal))
    return normal if alike else sizes


# borders that are dragged


class Edge(Frozen):
    """A border between two panes: of the side, below a frame of it, or above what stands below the main pane."""

    kind: str
    """``side``, ``frame`` or ``lower``."""
    frame: int = 0


def edge_at(showing: Showing, x: int, y: int) -> Edge | None:
    """The border between two panes at a place: the lines and columns of both frames that touch there."""
    if showing.sizes.mode is Mode.FULL or not (0 <= x < showing.width and 0 <= y < showing.height):
        return None
    found = arrange(showing)
    if found.stacked:
        first = found.titles + (sum(found.frames) or found.upper)
        both = (found.upper and any(found.frames)) or (found.upper and found.lower)
        kind = "list" if any(found.frames) else "lower"
        return Edge(kind) if both and y in (first - 1, first) else None
    if found.side and x in (found.side - 1, found.side):
        return Edge("side")
    if x >= found.side:
        return Edge("lower") if found.lower > 1 and y in (found.upper - 1, found.upper) else None
    end = 0
    for at, lines in enumerate(found.frames[:-1]):
        end += lines
        if y in (end - 1, end) and lines > 1 and found.frames[at + 1] > 1:
            return Edge("frame", at)
    return None


def dragged(showing: Showing, edge: Edge, x: int, y: int) -> Sizes:
    """The sizes once a border is dragged to a place: it is the first line, or column, of the pane behind it."""
    sizes, found = showing.sizes, arrange(showing)
    if edge.kind == "side":
        side = max(_NARROWEST, min(x, showing.width - _RIGHT))
        if sizes.mode is Mode.HALF:
            return sizes
        return replace(sizes, side=side * 100 / showing.width)
    if edge.kind == "list":
        room = showing.height - found.titles
        return replace(sizes, list_percent=max(10, min(90, round((y - found.titles) * 100 / max(1, room)))))
    if edge.kind == "lower":
        lines = max(_FRAME, min(showing.height - y, showing.height - _FRAME))
        return replace(sizes, lower={**sizes.lower, showing.lower.kind: lines})
    at, frames = edge.frame, list(found.frames)
    before = sum(frames[:at])
    both = frames[at] + frames[at + 1]
    frames[at] = max(_FRAME, min(y - before, both - _FRAME))
    frames[at + 1] = both - frames[at]
    return replace(sizes, weights=tuple(frames), weighed=True)
