"""A commit's message while it is written."""

from __future__ import annotations

from dolt_tui.frozen import Frozen


class Draft(Frozen):
    """A commit's message as far as it is written; ``author`` is empty for the configured one, ``date`` for now."""

    summary: str = ""
    body: str = ""
    author: str = ""
    date: str = ""
