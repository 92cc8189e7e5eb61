"""The program itself in a pseudo-terminal: from the key until its output shows the result."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.generate import Sizes
from benchmarks.measure import Result
from dolt_tui.engine.target import ConnectArguments

ONLY = ""
"""Only the jobs whose function's name contains this are measured."""


def measure(address: ConnectArguments, sizes: Sizes, tell: Callable[[str], None]) -> list[Result]:
    """Nothing yet."""
    return []
