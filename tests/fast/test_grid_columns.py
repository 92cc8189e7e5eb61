"""Which columns of a grid are on a line: scrolled sideways, with some that stay; hidden, folded, opened again."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as some

from dolt_tui.ui.present.grid_rows import Column
from dolt_tui.ui.widgets.grid_columns import Columns

SIZES = some.lists(some.tuples(some.integers(1, 12), some.booleans(), some.booleans()), min_size=1, max_size=12)


def columns_of(sizes: list[tuple[int, bool, bool]]) -> Columns:
    """Columns of some widths, each with whether it stays and whether a line follows it."""
    return Columns(
        [
            Column(f"{at}", "x" * width, frozen=frozen, separator=separator)
            for at, (width, frozen, separator) in enumerate(sizes)
        ]
    )


@settings(max_examples=40)
@given(SIZES, some.integers(12, 50))
def test_every_column_can_be_scrolled_to(sizes: list[tuple[int, bool, bool]], width: int) -> None:
    columns, first = columns_of(sizes), 0
    for index in [*range(len(sizes)), *reversed(range(len(sizes)))]:
        first = columns.first_for(index, width, first)
        layout = columns.layout(width, first)
        assert layout.first == first
        seen = {placed.index: placed for placed in layout.placed}
        assert index in seen
        whole = seen[index].width == len("x" * sizes[index][0])
        before = [placed for placed in layout.placed if placed.index < index]
        assert whole or all(sizes[placed.index][1] for placed in before), "it is whole, or only what stays is before it"
        ends = [placed.x + placed.width for placed in layout.placed]
        assert all(end <= width for end in ends)
        assert [placed.x for placed in layout.placed] == [
            end + len(placed.before) for end, placed in zip([layout.lead, *ends], layout.placed, strict=False)
        ]


@settings(max_examples=40)
@given(SIZES, some.integers(20, 50), some.integers(0, 12))
def test_what_stays_is_in_view(sizes: list[tuple[int, bool, bool]], width: int, first: int) -> None:
    columns = columns_of(sizes)
    layout = columns.layout(width, first)
    shown = [placed.index for placed in layout.placed]
    assert shown == sorted(shown)
    staying = sum(size + 3 for size, frozen, _ in sizes if frozen)
    if staying <= (width - 2) // 2:
        start = next((index for index in shown if not sizes[index][1]), len(sizes))
        assert set(shown) >= {index for index in range(start) if sizes[index][1]}, "those before what is scrolled to"
        assert start < len(sizes) or all(frozen for _, frozen, _ in sizes), "something else is seen, too"


def test_a_key_that_is_not_the_first_column() -> None:
    columns = Columns(
        [Column("a", "aaaaaa"), Column("id", "id", frozen=True), *(Column(f"{n}", "x" * 9) for n in range(9))]
    )

    def shown(first: int) -> list[str]:
        return [columns.all[placed.index].key for placed in columns.layout(30, first).placed]

    assert [shown(first) for first in range(4)] == [
        ["a", "id", "0"],
        ["id", "0", "1"],
        ["id", "1", "2"],
        ["id", "2", "3"],
    ]


def test_hidden_folded_and_opened_columns() -> None:
    columns = Columns([Column(key, key) for key in "abcd"])

    def shown() -> str:
        return "".join(columns.all[at].key for at in columns.shown())

    assert columns.hide("b")
    assert columns.fold(frozenset("cd"))
    assert (shown(), columns.hidden, columns.own_hidden) == ("a", frozenset("bcd"), frozenset("b"))
    assert not columns.hide("a"), "the last one stays"
    columns.open("c")
    columns.open("b")
    assert not columns.fold(frozenset("cd")), "what was opened stays open as more is folded"
    assert shown() == "abc"
    columns.fold(frozenset())
    columns.fold(frozenset("cd"))
    assert shown() == "ab"
    columns.show_all()
    assert shown() == "abcd"
    columns.resize("a", 4)
    columns.arrange("axb", {"b": 7, "x": 9})
    assert (shown(), dict(columns.own_widths)) == ("cd", {"b": 7})
    columns.arrange("abcd", {})
    assert shown() == "d", "the last one is not hidden"
