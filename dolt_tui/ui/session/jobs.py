"""Engine calls off the event loop: lanes of daemon threads, cancelled on the server too.

A lane is one thread, so at most one statement runs for each lane. In a lane of reads the latest wins: a job that is
submitted while its lane is busy replaces the one that waits there, and cancels the one that runs, so that moving on
quickly never piles statements up. In the lanes of `IN_ORDER`, which change something, every job gets its turn, first
in, first out; only `Jobs.cancel` ends one. Daemon threads never keep the program from ending.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from dolt_tui.engine.core.cancellation import Cancellation
from dolt_tui.engine.core.statement_log import step
from dolt_tui.engine.errors import Cancelled, EngineError
from dolt_tui.ui.session.clock import Clock

Deliver = Callable[[Callable[[], None]], None]

WRITE, TRANSFER = "write", "transfer"
IN_ORDER = frozenset({WRITE, TRANSFER})
"""The lanes whose jobs never replace one another."""
CONSOLE = "console"
"""The lane of statements of the console that only read."""


def _nothing() -> None:
    pass


def _silent() -> str:
    return ""


@dataclass(eq=False)
class Job:
    """One call of the engine."""

    lane: str
    label: str
    """What it does, for the header; empty for what nobody needs to see."""
    work: Callable[[], Any]
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]
    ended: Callable[[], None] = _nothing
    """Called once, on the event loop: after ``done`` or ``failed``, or when the job is dropped."""
    cancellation: Cancellation = field(default_factory=Cancellation)
    started: float = 0.0
    """By the clock's monotonic seconds; 0 while it waits."""
    dropped: bool = False
    """Its result is no longer wanted: it reports nothing, also when its thread has ended already."""

    progress: Callable[[], str] = _silent
    """How far it has come, in words; asked on the event loop."""

    cancelled: bool = False
    """It was asked to end."""

    def cancel(self) -> None:
        """End it, without waiting for that."""
        threading.Thread(target=self.cancellation.cancel, name="cancel", daemon=True).start()


class _Lane:
    """A thread and the jobs that wait for it."""

    def __init__(self, name: str, jobs: Jobs) -> None:
        self._jobs = jobs
        self._wake = threading.Condition()
        self._waiting: deque[Job] = deque()
        self._running: Job | None = None
        self._closed = False
        threading.Thread(target=self._run, name=f"database: {name}", daemon=True).start()

    def submit(self, job: Job) -> None:
        with self._wake:
            self._waiting.append(job)
            self._wake.notify()

    def end(self, job: Job) -> bool:
        """Take a job out, or cancel it while it runs; tells whether it had not begun."""
        with self._wake:
            if job in self._waiting:
                self._waiting.remove(job)
                return True
            if self._running is job:
                job.cancel()
            return False

    def close(self) -> None:
        """End the thread once it has done what it does."""
        with self._wake:
            self._closed = True
            self._wake.notify()

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._waiting:
                    if self._closed:
                        return
                    self._wake.wait()
                job = self._running = self._waiting.popleft()
                job.started = self._jobs.clock.monotonic()
            try:
                with job.cancellation, step(job.label):
                    job.cancellation.check()
                    result = job.work()
            except Exception as error:  # whatever it is, the screen has to tell of it
                if not isinstance(error, EngineError):
                    self._jobs.broken(error, "on a database thread")
                self._finish(job, partial(job.failed, error))
            else:
                self._finish(job, partial(job.done, result))

    def _finish(self, job: Job, report: Callable[[], None]) -> None:
        with self._wake:
            self._running = None
        self._jobs.finished(job, report)


class Jobs:
    """All lanes; to be used from the event loop only."""

    def __init__(
        self,
        deliver: Deliver,
        broken: Callable[[Exception, str], None] = lambda _error, _where: None,
        clock: Clock | None = None,
    ) -> None:
        """``deliver`` runs a function on the event loop, from any thread; ``broken`` is told of errors of ours."""
        self._deliver = deliver
        self.clock = clock or Clock()
        self.broken = broken
        self._lanes: dict[str, _Lane] = {}
        self._active: list[Job] = []
        self._closed = False

    def run(
        self,
        lane: str,
        label: str,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
        ended: Callable[[], None] = _nothing,
    ) -> Job:
        """Run ``work`` on the lane's thread, and then ``done`` or ``failed`` on the event loop.

        Neither is called when the job was dropped before, as every newer job of a lane of reads does. ``ended`` is
        called in any case, after them: it is the place to release a hold.
        """
        job = Job(lane, label, work, done, failed, ended)
        if lane not in self._lanes:
            self._lanes[lane] = _Lane(lane, self)
        if lane not in IN_ORDER:
            self.drop(lane)
        self._active.append(job)
        self._lanes[lane].submit(job)
        return job

    def post(self, job: Job, report: Callable[[], None]) -> None:
        """From within a job's work: tell the event loop something, unless the job is dropped by then."""
        self._deliver(lambda: None if job.dropped or self._closed else report())

    def finished(self, job: Job, report: Callable[[], None]) -> None:
        """A lane is done with a job (called on its thread)."""
        self._deliver(lambda: self._report(job, report))

    def _report(self, job: Job, report: Callable[[], None]) -> None:
        if job.dropped or self._closed:
            return
        self._active.remove(job)
        if job.cancelled and job.lane not in IN_ORDER:
            # It was too late to end it. What it wrote would be written, but what it read nobody wants.
            report = partial(job.failed, Cancelled("Cancelled."))
        try:
            report()
        finally:
            job.ended()

    def drop(self, *lanes: str) -> None:
        """Abandon what runs and waits in these lanes: it reports nothing any more."""
        self.drop_jobs(*(job for job in self._active if job.lane in lanes))

    def drop_jobs(self, *jobs: Job) -> None:
        """Abandon these jobs; what has reported already stays as it is."""
        for job in jobs:
            if job in self._active:
                self._active.remove(job)
                job.dropped = True
                self._lanes[job.lane].end(job)
                job.ended()

    def drop_all(self) -> None:
        """Abandon everything that runs or waits."""
        self.drop_jobs(*self._active)

    def active(self, *lanes: str) -> list[Job]:
        """The jobs that run or wait, oldest first; of these lanes only, where some are named."""
        return [job for job in self._active if not lanes or job.lane in lanes]

    def cancel(self, *lanes: str) -> bool:
        """End what runs and waits in these lanes, each with `Cancelled`; tells whether there was something."""
        jobs = [job for job in self._active if job.lane in lanes]
        for job in reversed(jobs):  # so that none begins because the one before it ends
            job.cancelled = True
            if self._lanes[job.lane].end(job):
                self.finished(job, partial(job.failed, Cancelled("Cancelled before it started.")))
        return bool(jobs)

    def close(self) -> None:
        """Report nothing any more, and end what runs."""
        self._closed = True
        for job in self._active:
            self._lanes[job.lane].end(job)
        for lane in self._lanes.values():
            lane.close()


def was_cancelled(error: Exception) -> bool:
    """Whether a job ended because somebody wanted it to."""
    return isinstance(error, Cancelled)
