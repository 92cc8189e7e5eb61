"""The names that a write mentioned, to tell what it changed from what other sessions changed in the meantime."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_LONGEST = 255
"""No name of a branch or tag is longer."""

_names: ContextVar[set[str] | None] = ContextVar("names", default=None)


@contextmanager
def recording() -> Iterator[set[str]]:
    """Collect the revisions that are written to, and the texts that are bound in writing, on this thread."""
    found: set[str] = set()
    token = _names.set(found)
    try:
        yield found
    finally:
        _names.reset(token)


def note(revision: str, values: Iterable[object]) -> None:
    """Note a statement that writes."""
    found = _names.get()
    if found is not None:
        found.add(revision)
        found.update(value for value in values if isinstance(value, str) and len(value) <= _LONGEST)
