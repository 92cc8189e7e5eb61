"""Parts of an object that are made when they are first asked for, and imported then."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")

_LOCK = threading.RLock()
"""One for all: making a part takes some milliseconds, once."""


class Later(Generic[T]):
    """An attribute that a method makes when it is first read: once, whichever threads ask for it."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object, owner: type) -> T | Self:
        if instance is None:
            return self
        with _LOCK:
            parts = vars(instance)
            if self._name not in parts:
                parts[self._name] = self._make(instance)  # read from there from now on, without coming here
            made: T = parts[self._name]
            return made
