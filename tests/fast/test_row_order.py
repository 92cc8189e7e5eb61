"""The rows of a result, kept and put in order outside of memory."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from decimal import Decimal

import pytest

from dolt_tui.engine.console.row_order import RowOrder, sort_key
from dolt_tui.engine.console.row_store import RowStore
from dolt_tui.engine.errors import Cancelled


def values(number: int) -> list[object]:
    chance = random.Random(7)
    kinds: list[Callable[[], object]] = [
        lambda: None,
        lambda: chance.randrange(100),
        lambda: chance.random(),
        lambda: str(chance.random()),
        lambda: b"x",
        lambda: Decimal("1.5"),
        lambda: dt.date(2026, 1, chance.randrange(1, 28)),
        lambda: dt.datetime(2026, 1, 2, 3, chance.randrange(60)),
        lambda: "0000-00-00",
        lambda: dt.timedelta(seconds=chance.randrange(99)),
        lambda: float("nan"),
        lambda: True,
    ]
    return [chance.choice(kinds)() for _ in range(number)]


@pytest.mark.parametrize("part", [1 << 25, 100_000])
@pytest.mark.parametrize("descending", [False, True])
def test_values_of_all_kinds_in_order(monkeypatch: pytest.MonkeyPatch, part: int, descending: bool) -> None:
    monkeypatch.setattr("dolt_tui.engine.console.row_order._PART", part)
    found = values(3000)
    order = RowOrder(found, descending=descending, check=lambda: None)
    wanted = sorted(range(3000), key=lambda number: sort_key(found[number]), reverse=descending)
    assert list(order.numbers(0, 5000)) == wanted
    assert list(order.numbers(2990, 50)) == wanted[2990:]
    assert len(order) == 3000


def test_sorting_can_be_given_up() -> None:
    def check() -> None:
        raise Cancelled("Cancelled.")

    with pytest.raises(Cancelled):
        RowOrder(range(10), descending=False, check=check)


def test_rows_of_any_size_come_back() -> None:
    store = RowStore()
    chance = random.Random(3)
    rows = [(number, "x" * chance.choice([0, 1, 10, 100_000 if number % 50 == 0 else 5])) for number in range(2000)]
    for start in range(0, 2000, 7):
        store.add(rows[start : start + 7])
        assert len(store) == min(start + 7, 2000)
    for start, size in [(0, 5), (1990, 50), (700, 900), (2000, 5), (1999, 1)]:
        assert store.rows(start, size) == rows[start : start + size]
    assert [row for _, block in store.blocks() for row in block] == rows
    assert store.bytes > 100_000
    store.close()
