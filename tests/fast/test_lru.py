"""A bounded mapping keeps what was used last."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dolt_tui.engine.core.lru import Lru


def test_what_goes_when_it_is_full() -> None:
    kept: Lru[str, int | None] = Lru(2)
    assert kept.put("a", 1) == []
    assert kept.put("b", None) == []
    assert kept["a"] == 1
    assert "b" in kept
    assert kept.get("c") is None
    assert kept.put("c", 3) == [None]  # b was not used since
    assert list(kept) == ["a", "c"]
    assert (kept.pop("a"), kept.pop("a")) == (1, None)
    assert (kept.clear(), len(kept)) == ([3], 0)


@given(size=st.integers(1, 4), keys=st.lists(st.tuples(st.booleans(), st.integers(0, 6))))
def test_the_last_used_are_kept(size: int, keys: list[tuple[bool, int]]) -> None:
    kept: Lru[int, int] = Lru(size)
    used: list[int] = []
    for puts, key in keys:
        if puts:
            gone = kept.put(key, key)
            used = [*(other for other in used if other != key), key]
            assert gone == used[: max(0, len(used) - size)]
            used = used[-size:]
        elif kept.get(key) is not None:
            used = [*(other for other in used if other != key), key]
        assert list(kept) == used
