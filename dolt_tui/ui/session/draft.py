"""A commit's message while it is written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Draft:
    """A commit's message as far as it is written; ``author`` is empty for the configured one, ``date`` for now."""

    summary: str = ""
    body: str = ""
    author: str = ""
    date: str = ""
