"""The commit graph draws what git would."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from dolt_tui.ui.present.graph import COMMIT, MERGE, Graph
from dolt_tui.ui.present.text import plain

History = list[tuple[str, tuple[str, ...]]]


def drawn(history: Sequence[tuple[str, Sequence[str]]], max_lanes: int = 6) -> list[str]:
    return [plain(line).rstrip() for line in Graph(max_lanes=max_lanes).extend(history)]


def test_the_picture() -> None:
    history = [("m", "cl"), ("l", "f"), ("c", "f"), ("f", "a"), ("a", "d"), ("d", "")]
    assert drawn(history) == ["◉─╮", "│ ○", "○ │", "○─╯", "○", "○"]


def test_an_octopus() -> None:
    history = [("o", "abc"), ("a", "r"), ("b", "r"), ("c", "r"), ("r", "")]
    assert drawn(history) == ["◉─┬─╮", "○ │ │", "│ ○ │", "│ │ ○", "○─┴─╯"]


def test_a_criss_cross() -> None:
    history = [("x", "ab"), ("y", "ba"), ("a", "r"), ("b", "r"), ("r", "")]
    assert drawn(history) == ["◉─╮", "├─┼─◉", "○ │ │", "│ ○─╯", "○─╯"]


def test_several_roots() -> None:
    assert drawn([("a", "b"), ("x", "y"), ("b", ""), ("y", ""), ("z", "")]) == ["○", "│ ○", "○ │", "  ○", "○"]


def test_a_free_lane_to_the_left_is_used_again() -> None:
    assert drawn([("a", "b"), ("x", "y"), ("b", ""), ("y", "zw"), ("w", ""), ("z", "")])[2:] == [
        "○ │",
        "╭─◉",
        "○ │",
        "  ○",
    ]


def test_parents_that_never_come_keep_their_lanes() -> None:
    assert drawn([("a", "bq"), ("b", "c"), ("c", "")]) == ["◉─╮", "○ │", "○ │"]


def test_the_same_parent_twice_is_one() -> None:
    assert drawn([("a", "bb"), ("b", "")]) == ["○", "○"]


def test_a_page_border_changes_nothing() -> None:
    history = [("m", "cl"), ("l", "f"), ("c", "f"), ("f", "a"), ("a", "")]
    first = Graph()
    lines = first.extend(history[:2])
    assert lines + Graph(first.state).extend(history[2:]) == Graph().extend(history)


def test_too_many_lanes_are_cut() -> None:
    history = [*((f"t{i}", ("r",)) for i in range(9)), ("r", ())]
    lines = drawn(history, max_lanes=4)
    assert lines[3:6] == ["│ │ │ ○", "│ │ │ ○…", "│ │ │ ○…"]
    assert lines[-1] == "○─┴─┴─┴…"


def test_colours_belong_to_lanes() -> None:
    lines = Graph().extend([("m", "cl"), ("l", "f"), ("c", "f"), ("f", "")])
    assert lines[0] == (("◉", "lane0"), ("─╮", "lane1"))
    assert lines[1] == (("│ ", "lane0"), ("○", "lane1"))
    assert lines[3] == (("○", "lane0"), ("─╯", "lane1"))


@st.composite
def histories(draw: st.DrawFn) -> History:
    size = draw(st.integers(1, 25))
    history: History = []
    for number in range(size):
        later = st.integers(number + 1, size + 1)  # the last ones are parents that are not shown
        parents = draw(st.lists(later, max_size=4, unique=True))
        history.append((str(number), tuple(map(str, parents))))
    return history


# Which sides a character leads to: up, down, left, right.
ARMS = {
    "│": "ud", "─": "lr", "┼": "udlr", "╯": "ul", "╰": "ur", "╮": "dl", "╭": "dr",
    "┴": "ulr", "┬": "dlr", "┤": "udl", "├": "udr",
}  # fmt: skip


@given(histories())
def test_every_line_hangs_together(history: History) -> None:
    lines = drawn(history, max_lanes=99)
    waiting: dict[int, bool] = {}
    for (_, parents), line in zip(history, lines, strict=True):
        assert len(re.findall(f"[{COMMIT}{MERGE}]", line)) == 1
        assert (MERGE in line) == (len(parents) > 1)
        for at, sign in enumerate(line):
            arms = ARMS.get(sign, "")
            if sign not in COMMIT + MERGE:
                assert ("u" in arms) == waiting.get(at, False), (line, at)  # what comes from above arrives
            for side, step, back in (("l", -1, "r"), ("r", 1, "l")):
                if side in arms:
                    neighbour = line[at + step]
                    assert neighbour in COMMIT + MERGE or back in ARMS[neighbour], (line, at)
        below = {at: "d" in ARMS.get(sign, "") for at, sign in enumerate(line)}
        node = next(at for at, sign in enumerate(line) if sign in COMMIT + MERGE)
        below[node] = bool(parents)
        assert all(at < len(line) for at, there in waiting.items() if there)
        waiting = below


@given(histories(), st.integers(1, 7))
def test_the_width_is_limited(history: History, lanes: int) -> None:
    for line in drawn(history, max_lanes=lanes):
        assert len(line) <= 2 * lanes
        assert len(re.findall(f"[{COMMIT}{MERGE}]", line)) == 1
