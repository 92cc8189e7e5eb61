"""Whether what is shown is as it is in the database: for the header."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.present.text import Style
from dolt_tui.ui.present.verbs import doing

if TYPE_CHECKING:
    from dolt_tui.ui.workspace import Workspace

OVERDUE_AFTER = 2.0
"""An answer about the state that takes longer than this is told, with its seconds."""
SHOWN_AFTER = 0.3
"""What takes longer than this is shown in the header."""


class Liveness:
    """When the database was asked, and when it answered."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._asked = 0.0
        """Since when the database has not answered, by time.monotonic(), where a poll or a reading waits for it."""
        self._clock = ""
        self.failed = False
        """Whether the last look for other writers failed: what is shown may be old."""
        self.stopped = False
        """Whether the server is not even started again."""
        self._lost_at = 0.0

    def asks(self) -> None:
        """Something is about to be asked; while an earlier question waits for its answer, that one counts."""
        if not self._workspace.jobs.active("poll", "panes"):
            self._asked = time.monotonic()

    def answers(self) -> None:
        """An answer came, or a part of one; from any thread."""
        self._asked = time.monotonic()

    def seen(self) -> None:
        """What is shown was seen to be as it is in the database."""
        self._clock, self.failed = time.strftime("%H:%M"), False

    def lost(self) -> None:
        """The server cannot be reached from now on."""
        self._lost_at = time.monotonic()

    @property
    def text(self) -> tuple[str, Style]:
        """Whether what is shown is as it is in the database, and when that was last seen."""
        if self._workspace.state.lost:
            if self.stopped:
                return f"✗ server stopped: {key_of('refresh')} starts it", Style.ERROR
            seconds = int(time.monotonic() - self._lost_at)
            what = self._workspace.state.repository.info.traits.place
            return f"✗ {what} lost for {seconds} s, trying again", Style.ERROR
        overdue = time.monotonic() - self._asked
        if overdue >= OVERDUE_AFTER and self._workspace.jobs.active("poll", "panes"):
            return f"✗ no answer for {int(overdue)} s", Style.ERROR
        if self.failed:
            return f"✗ not live since {self._clock}", Style.ERROR
        return f"live · {self._clock}", Style.DIM

    @property
    def running(self) -> str:
        """What takes long just now, and for how long; before all else what the keys wait for."""
        now = time.monotonic()
        hold = self._workspace.session.holds.oldest
        if hold is not None and now - hold.since >= SHOWN_AFTER:
            return f"{doing(hold.reason)}… {now - hold.since:.1f} s"
        running = [job for job in self._workspace.jobs.active() if job.started and job.label]
        if not running:
            return ""
        longest = min(running, key=lambda job: job.started)
        seconds = now - longest.started
        return f"{doing(longest.label)}… {seconds:.1f} s" if seconds >= SHOWN_AFTER else ""
