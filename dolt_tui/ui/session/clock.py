"""The time, from one place: a test or a picture brings a clock of its own."""

from __future__ import annotations

import datetime as dt
import time


class Clock:
    """The clock of this machine."""

    def monotonic(self) -> float:
        """Seconds that only ever grow, to tell how long something takes."""
        return time.monotonic()

    def now(self) -> dt.datetime:
        """The time of day, in UTC."""
        return dt.datetime.now(dt.UTC)

    def local(self) -> dt.datetime:
        """The time of day where the user is, for people to read."""
        return self.now().astimezone()
