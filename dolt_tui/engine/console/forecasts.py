"""How many rows a statement would change, asked before it is run, for as long as that is cheap."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ..core.cancellation import Cancellation, current
from ..errors import Cancelled

SECONDS = 0.3


def within(seconds: float, count: Callable[[], int | None]) -> int | None:
    """What ``count`` returns; None where that takes longer. Raises what it raises, and `Cancelled` from outside."""
    outer = current()
    inner = Cancellation()
    timer = threading.Timer(seconds, inner.cancel)
    timer.daemon = True
    if outer is not None:
        outer.register(inner.cancel)
    timer.start()
    try:
        with inner:
            return count()
    except Cancelled:
        if outer is not None:
            outer.check()
        return None
    finally:
        timer.cancel()
        if outer is not None:
            outer.unregister(inner.cancel)
