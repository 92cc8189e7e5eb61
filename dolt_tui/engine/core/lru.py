"""What was used last: a bounded mapping."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Lru(Generic[K, V]):
    """At most ``size`` values by key, those that were used last. Threads that share one need a lock."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[K, V] = OrderedDict()

    def __contains__(self, key: K) -> bool:
        return key in self._kept

    def __iter__(self) -> Iterator[K]:
        """The keys, the one that was not used for longest first."""
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def __getitem__(self, key: K) -> V:
        """The value, which is used by this. Raises KeyError."""
        self._kept.move_to_end(key)
        return self._kept[key]

    def get(self, key: K) -> V | None:
        """The value, which is used by this; None where there is none."""
        return self[key] if key in self._kept else None

    def put(self, key: K, value: V) -> list[V]:
        """Keep a value; returns those that had to go for it."""
        self._kept[key] = value
        self._kept.move_to_end(key)
        return [self._kept.popitem(last=False)[1] for _ in range(len(self._kept) - self._size)]

    def pop(self, key: K) -> V | None:
        """Drop a value, and return it; None where there was none."""
        return self._kept.pop(key, None)

    def clear(self) -> list[V]:
        """Drop all values, and return them."""
        dropped = list(self._kept.values())
        self._kept.clear()
        return dropped
