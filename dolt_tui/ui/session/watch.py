"""Whether what is shown is as it is in the database: for the header."""

from __future__ import annotations

from collections.abc import Callable

from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.present.text import Style
from dolt_tui.ui.present.verbs import doing
from dolt_tui.ui.session.clock import Clock
from dolt_tui.ui.session.holds import Holds
from dolt_tui.ui.session.jobs import Jobs
from dolt_tui.ui.session.settings import Settings
from dolt_tui.ui.session.state import State


class Watch:
    """When the database was asked, and when it answered."""

    def __init__(self, jobs: Jobs, holds: Holds, state: Callable[[], State], clock: Clock, settings: Settings) -> None:
        self._jobs, self._holds, self._state, self._clock, self._settings = jobs, holds, state, clock, settings
        self._asked = 0.0
        """Since when the database has not answered, in monotonic seconds, where a poll or a reading waits for it."""
        self._seen = ""
        """The time of day at which what is shown was last seen to be true."""
        self.failed = False
        """Whether the last look for other writers failed: what is shown may be old."""
        self.stopped = False
        """Whether the server is not even started again."""
        self._lost_at = 0.0

    def asks(self) -> None:
        """Something is about to be asked; while an earlier question waits for its answer, that one counts."""
        if not self._jobs.active("poll", "panes"):
            self._asked = self._clock.monotonic()

    def answers(self) -> None:
        """An answer came, or a part of one; from any thread."""
        self._asked = self._clock.monotonic()

    def seen(self) -> None:
        """What is shown was seen to be as it is in the database."""
        self._seen, self.failed = f"{self._clock.local():%H:%M}", False

    def lost(self) -> None:
        """The server cannot be reached from now on."""
        self._lost_at = self._clock.monotonic()

    @property
    def text(self) -> tuple[str, Style]:
        """Whether what is shown is as it is in the database, and when that was last seen."""
        state, now = self._state(), self._clock.monotonic()
        if state.lost:
            if self.stopped:
                return f"✗ server stopped: {key_of('refresh')} starts it", Style.ERROR
            what = state.repository.info.traits.place
            return f"✗ {what} lost for {int(now - self._lost_at)} s, trying again", Style.ERROR
        overdue = now - self._asked
        if overdue >= self._settings.overdue_after and self._jobs.active("poll", "panes"):
            return f"✗ no answer for {int(overdue)} s", Style.ERROR
        if self.failed:
            return f"✗ not live since {self._seen}", Style.ERROR
        return f"live · {self._seen}", Style.DIM

    @property
    def running(self) -> str:
        """What takes long just now, and for how long; before all else what the keys wait for."""
        now, shown_after = self._clock.monotonic(), self._settings.shown_after
        hold = self._holds.oldest
        if hold is not None and now - hold.since >= shown_after:
            return f"{doing(hold.reason)}… {now - hold.since:.1f} s"
        running = [job for job in self._jobs.active() if job.started and job.label]
        if not running:
            return ""
        longest = min(running, key=lambda job: job.started)
        seconds = now - longest.started
        if seconds < shown_after:
            return ""
        come = longest.progress()
        return f"{doing(longest.label)}… {f'{come}, ' if come else ''}{seconds:.1f} s"
