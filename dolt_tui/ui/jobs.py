"""Engine calls off the event loop: lanes of daemon threads, latest wins, cancelled on the server too.

A lane is one thread, so at most one statement runs for each lane. A job that is submitted while its lane is
busy takes the place of the one that waits there, and cancels the one that runs: moving on quickly never piles
statements up. Daemon threads never keep the program from ending (reference: textual.md 3.4).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from dolt_tui.engine.cancelling import Cancellation
from dolt_tui.engine.errors import Cancelled, EngineError

log = logging.getLogger(__name__)

Deliver = Callable[[Callable[[], None]], None]


@dataclass(eq=False)
class Job:
    """One call of the engine."""

    lane: str
    label: str
    """What it does, for the header; empty for what nobody needs to see."""
    work: Callable[[], Any]
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]
    cancellation: Cancellation = field(default_factory=Cancellation)
    started: float = 0.0
    """By time.monotonic(); 0 while it waits."""
    dropped: bool = False
    """Its result is no longer wanted: a newer job of its lane took its place."""

    def cancel(self) -> None:
        """End it, without waiting for that; its `failed` gets a `Cancelled` unless it was dropped."""
        threading.Thread(target=self.cancellation.cancel, name="cancel", daemon=True).start()

    def drop(self) -> None:
        """Nobody wants its result any more."""
        self.dropped = True
        self.cancel()


class _Lane:
    """A thread and the job that waits for it."""

    def __init__(self, name: str, jobs: Jobs) -> None:
        self._jobs = jobs
        self._wake = threading.Condition()
        self.waiting: Job | None = None
        self.running: Job | None = None
        self._closed = False
        threading.Thread(target=self._run, name=f"database: {name}", daemon=True).start()

    def submit(self, job: Job) -> None:
        with self._wake:
            if self.waiting is not None:
                self.waiting.dropped = True
            if self.running is not None:
                self.running.drop()
            self.waiting = job
            self._wake.notify()

    def drop(self) -> None:
        with self._wake:
            if self.waiting is not None:
                self.waiting.dropped = True
                self.waiting = None
            if self.running is not None:
                self.running.drop()

    def close(self) -> None:
        """End the thread once it has done what it does."""
        with self._wake:
            self._closed = True
            self._wake.notify()

    def _run(self) -> None:
        while True:
            with self._wake:
                while self.waiting is None:
                    if self._closed:
                        return
                    self._wake.wait()
                job = self.running = self.waiting
                self.waiting = None
            job.started = time.monotonic()
            try:
                with job.cancellation:
                    job.cancellation.check()
                    result = job.work()
            except Exception as error:  # whatever it is, the screen has to tell of it
                if not isinstance(error, EngineError):
                    log.exception("%s failed", job.label or job.lane)
                self._finish(job, partial(job.failed, error))
            else:
                self._finish(job, partial(job.done, result))

    def _finish(self, job: Job, report: Callable[[], None]) -> None:
        with self._wake:
            if self.running is job:
                self.running = None
        self._jobs.finished(job, report)


class Jobs:
    """All lanes; to be used from the event loop only."""

    def __init__(self, deliver: Deliver) -> None:
        """``deliver`` runs a function on the event loop, from any thread."""
        self._deliver = deliver
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
    ) -> Job:
        """Run ``work`` on the lane's thread, and then ``done`` or ``failed`` on the event loop.

        Neither is called when a newer job of the lane came meanwhile.
        """
        job = Job(lane, label, work, done, failed)
        if lane not in self._lanes:
            self._lanes[lane] = _Lane(lane, self)
        self._active = [other for other in self._active if not other.dropped and other.lane != lane]
        self._active.append(job)
        self._lanes[lane].submit(job)
        return job

    def post(self, job: Job, report: Callable[[], None]) -> None:
        """From within a job's work: tell the event loop something, unless the job is dropped by then."""
        self._deliver(lambda: None if job.dropped or self._closed else report())

    def finished(self, job: Job, report: Callable[[], None]) -> None:
        """A lane is done with a job (called on its thread)."""

        def on_loop() -> None:
            if job in self._active:
                self._active.remove(job)
            if not job.dropped and not self._closed:
                report()

        self._deliver(on_loop)

    def drop(self, *lanes: str) -> None:
        """Give up what runs and waits in these lanes."""
        for lane in lanes:
            if lane in self._lanes:
                self._lanes[lane].drop()
        self._active = [job for job in self._active if job.lane not in lanes]

    def drop_all(self) -> None:
        """Give up everything that runs or waits."""
        self.drop(*self._lanes)

    def active(self, *lanes: str) -> list[Job]:
        """The jobs that run or wait; of these lanes only, where some are named."""
        return [job for job in self._active if not lanes or job.lane in lanes]

    def cancel(self, *lanes: str) -> bool:
        """End what runs in these lanes; tells whether there was something."""
        jobs = self.active(*lanes)
        for job in jobs:
            job.cancel()
        return bool(jobs)

    def close(self) -> None:
        """Report nothing any more, and end what runs."""
        self._closed = True
        for job in self._active:
            job.drop()
        for lane in self._lanes.values():
            lane.close()


def was_cancelled(error: Exception) -> bool:
    """Whether a job ended because somebody wanted it to."""
    return isinstance(error, Cancelled)
