"""How panes share the room."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from dolt_tui.ui.widgets.pane_layout import Edge, Focus, Lower, Mode, Showing, Sizes, arrange, cycled, dragged, edge_at

BARS = 2
"""Lines of the header and the footer."""
ROWS = 3
"""Lines of a pane of rows that are no rows: its frame, and the titles of the columns."""
ROW, DRAFT = Lower("row", folds=False, lines=9, low=7, least=16), Lower("draft", folds=False, lines=12, low=7)
RESULTS = Lower("results", folds=False, percent=45)
LOWER = (Lower(), ROW, DRAFT, RESULTS)


def at(size: str, focus: Focus, lower: Lower = LOWER[0], sizes: Sizes | None = None, front: int = 0) -> Showing:
    width, height = map(int, size.split("x"))
    return Showing(width, height - BARS, front, focus, lower, sizes or Sizes())


def test_the_pane_in_focus_has_room_where_there_is_little() -> None:
    for size, least in (("80x24", 10), ("60x18", 5)):
        for lower in (LOWER[0], ROW, DRAFT):
            found = arrange(at(size, Focus.UPPER, lower))
            assert found.upper - ROWS >= least, (size, lower)
            assert (found.titles, sum(found.frames), found.lower > 0) == (
                (1, 0, lower is DRAFT or (lower is ROW and size == "80x24"))
            )
        assert arrange(at(size, Focus.LOWER)).lower - ROWS >= least
        assert arrange(at(size, Focus.LOWER, RESULTS)).lower - ROWS >= least
    found = arrange(at("80x24", Focus.SIDE, front=2))
    assert (found.frames, found.upper, found.lower) == ((0, 0, 8, 0), 13, 0)
    assert arrange(at("60x18", Focus.SIDE)).upper - ROWS >= 5
    assert arrange(at("40x10", Focus.SIDE)).frames[0] >= 6
    assert arrange(at("100x24", Focus.UPPER)).upper - ROWS >= 10


def test_the_summary_folds_below_thirty_lines() -> None:
    for focus in (Focus.SIDE, Focus.UPPER):
        assert arrange(at("132x30", focus)).lower == 9
        assert arrange(at("132x29", focus)).lower == 1
        assert arrange(at("132x29", focus, ROW)).lower == 7
    assert arrange(at("132x29", Focus.LOWER)).lower >= 9


def test_a_large_screen_is_as_it_was() -> None:
    found = arrange(at("132x38", Focus.UPPER))
    assert (found.side, found.frames, found.upper, found.lower) == (40, (8, 7, 14, 7), 27, 9)


def test_half_and_full() -> None:
    half, full = Sizes(Mode.HALF), Sizes(Mode.FULL)
    found = arrange(at("132x38", Focus.SIDE, sizes=half, front=1))
    assert (found.side, found.frames, found.upper) == (66, (1, 33, 1, 1), 35)
    assert arrange(at("132x38", Focus.UPPER, sizes=half)).side == 26
    assert arrange(at("132x38", Focus.LOWER, sizes=half)).lower > 20
    assert arrange(at("132x38", Focus.SIDE, sizes=full, front=3)).frames == (0, 0, 0, 36)
    assert arrange(at("80x24", Focus.UPPER, sizes=full)).upper == 22


def test_the_key_steps_over_what_would_change_nothing() -> None:
    for size, focus, steps in (("132x38", Focus.SIDE, 3), ("80x24", Focus.UPPER, 2), ("80x24", Focus.SIDE, 3)):
        for by in (1, -1):
            showing, modes = at(size, focus), []
            for _ in range(steps):
                showing = replace(showing, sizes=cycled(showing, by))
                modes.append(showing.sizes.mode)
            assert modes[-1] is Mode.NORMAL
            assert Mode.FULL in modes


def test_borders_are_dragged() -> None:
    showing = at("132x38", Focus.SIDE)
    assert edge_at(showing, 60, 5) is None
    assert edge_at(showing, 40, 5) == edge_at(showing, 39, 5) == Edge("side")
    assert edge_at(showing, 60, 27) == edge_at(showing, 60, 26) == Edge("lower")
    assert edge_at(showing, 10, 14) == edge_at(showing, 10, 15) == Edge("frame", 1)
    sizes = dragged(showing, Edge("side"), 70, 5)
    sizes = dragged(replace(showing, sizes=sizes), Edge("lower"), 90, 16)
    sizes = dragged(replace(showing, sizes=sizes), Edge("frame", 1), 10, 20)
    found = arrange(replace(showing, sizes=sizes))
    assert (found.side, found.frames, found.lower) == (70, (8, 12, 9, 7), 20)
    chosen = arrange(at("132x38", Focus.UPPER, sizes=Sizes.chosen("normal", 50, 15)))
    assert (chosen.side, chosen.lower) == (66, 15)
    low = arrange(at("132x24", Focus.SIDE, sizes=sizes))
    assert low.frames[1] > low.frames[3], "they hold on another screen"
    narrow = at("80x24", Focus.SIDE)
    assert edge_at(narrow, 30, 8) == edge_at(narrow, 30, 9) == Edge("list")
    found = arrange(replace(narrow, sizes=dragged(narrow, Edge("list"), 30, 14)))
    assert (found.frames[0], found.upper) == (13, 8)
    assert edge_at(at("80x24", Focus.UPPER), 30, 9) is None, "nothing is below it"


MODES, WEIGHTS = st.sampled_from(list(Mode)), st.lists(st.integers(1, 60), min_size=1, max_size=5)


@given(
    st.integers(0, 220), st.integers(-2, 70), st.sampled_from(list(Focus)), st.sampled_from(LOWER), MODES, WEIGHTS,
    st.booleans(), st.one_of(st.none(), st.integers(0, 100)), st.integers(0, 100), st.integers(0, 230),
)  # fmt: skip
def test_it_always_fits(
    width: int, height: int, focus: Focus, lower: Lower, mode: Mode, weights: list[int], weighed: bool,
    side: int | None, percent: int, dragged_to: int,
) -> None:  # fmt: skip
    sizes = Sizes(mode, side, tuple(weights), weighed, percent, {"draft": percent})
    showing = Showing(width, height, len(weights) - 1, focus, lower, sizes)
    edges = {edge_at(showing, x, y) for x in range(0, width, 7) for y in range(max(0, height))} - {None}
    for edge in sorted((edge for edge in edges if edge is not None), key=str):
        showing = replace(showing, sizes=dragged(showing, edge, dragged_to, dragged_to // 3))
    found = arrange(showing)
    lines = max(0, height)
    assert min(found.titles, found.side, *found.frames, found.upper, found.lower) >= 0
    assert found.side <= max(width, 20)
    right, left = found.upper + found.lower, sum(found.frames)
    if found.stacked:
        assert found.titles + left + right == lines
    else:
        assert right in (lines, 0)
        assert left in (lines, 0)
    part = {Focus.SIDE: found.frames[-1], Focus.UPPER: found.upper, Focus.LOWER: found.lower}[focus]
    assert part >= min(lines, 1), "what is in focus is seen"
    if lines >= 8:
        assert part >= 3
