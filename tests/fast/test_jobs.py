"""Lanes of jobs: who reports, in which order, and who never does."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator

import pytest

from dolt_tui.engine.core.cancellation import current
from dolt_tui.engine.errors import Cancelled
from dolt_tui.ui.session.jobs import Job, Jobs, was_cancelled


class Loop:
    """An event loop that runs what was delivered when the test says so, and what the jobs reported on it."""

    def __init__(self) -> None:
        self.queue: queue.Queue[Callable[[], None]] = queue.Queue()
        self.jobs = Jobs(self.queue.put)
        self.seen: list[object] = []
        self.ended: list[str] = []
        self.gates: dict[str, threading.Event] = {}
        self.began: dict[str, threading.Event] = {}

    def run(
        self, lane: str, name: str, *, held: bool = False, firmly: bool = False, error: Exception | None = None
    ) -> Job:
        """A job that reports its name; a ``held`` one runs until its gate opens or, unless ``firmly``, is cancelled."""
        gate, began = self.gates.setdefault(name, threading.Event()), self.began.setdefault(name, threading.Event())

        def work() -> str:
            began.set()
            cancellation = current()
            assert cancellation is not None
            if held:
                if not firmly:
                    cancellation.register(gate.set)
                assert gate.wait(10)
                cancellation.unregister(gate.set)
            cancellation.check()
            if error is not None:
                raise error
            return name

        return self.jobs.run(lane, name, work, self.seen.append, self.seen.append, lambda: self.ended.append(name))

    def running(self, name: str) -> None:
        """Wait until a job runs."""
        assert self.began[name].wait(10)

    def deliver(self, number: int = 1) -> None:
        """Run so many reports, each as soon as it is there."""
        for _ in range(number):
            self.queue.get(timeout=10)()

    def queued(self) -> None:
        """Wait until a report is queued, without running it."""
        self.queue.put(self.queue.get(timeout=10))


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop()
    yield made
    for gate in made.gates.values():
        gate.set()
    made.jobs.close()


def test_a_job_reports_its_result_or_its_error_and_then_ends(loop: Loop) -> None:
    loop.run("panes", "one")
    loop.deliver()
    loop.run("panes", "two", error=ValueError("no"))
    loop.deliver()
    assert loop.seen[0] == "one"
    assert isinstance(loop.seen[1], ValueError)
    assert loop.ended == ["one", "two"]
    assert loop.jobs.active() == []


@pytest.mark.parametrize("how", ["drop", "drop_all", "drop_jobs", "newer"])
def test_a_dropped_job_whose_report_is_queued_never_reports(loop: Loop, how: str) -> None:
    job = loop.run("panes", "old")
    loop.queued()
    match how:
        case "drop":
            loop.jobs.drop("panes")
        case "drop_all":
            loop.jobs.drop_all()
        case "drop_jobs":
            loop.jobs.drop_jobs(job)
        case _:
            loop.run("panes", "new")
    assert loop.ended == ["old"], "what waits for it goes on at once"
    loop.deliver(2 if how == "newer" else 1)
    assert loop.seen == (["new"] if how == "newer" else [])
    assert loop.jobs.active() == []


def test_a_newer_read_replaces_the_one_that_runs_and_the_one_that_waits(loop: Loop) -> None:
    loop.run("main", "runs", held=True, firmly=True)
    loop.running("runs")
    loop.run("main", "waits")
    loop.run("main", "wanted")
    loop.gates["runs"].set()
    assert loop.ended == ["runs", "waits"]
    loop.deliver(2)  # of the cancelled one and of the last; the one between never ran
    assert loop.seen == ["wanted"]
    assert not loop.began["waits"].is_set()


def test_what_a_job_posts_does_not_arrive_once_it_is_dropped(loop: Loop) -> None:
    job = loop.run("panes", "old", held=True)
    loop.jobs.post(job, lambda: loop.seen.append("before"))
    loop.deliver()
    loop.jobs.post(job, lambda: loop.seen.append("after"))
    loop.jobs.drop("panes")
    loop.deliver()
    assert loop.seen == ["before"]


def test_cancelling_no_lane_cancels_nothing(loop: Loop) -> None:
    loop.run("main", "goes on", held=True)
    assert not loop.jobs.cancel()
    loop.gates["goes on"].set()
    loop.deliver()
    assert loop.seen == ["goes on"]


@pytest.mark.parametrize("lane", ["write", "transfer"])
def test_writes_run_in_order_and_none_cancels_another(loop: Loop, lane: str) -> None:
    loop.run(lane, "first", held=True)
    for name in ("second", "third"):
        loop.run(lane, name)
    loop.running("first")
    assert [job.label for job in loop.jobs.active(lane)] == ["first", "second", "third"]
    assert not loop.began["second"].is_set()
    loop.gates["first"].set()
    loop.deliver(3)
    assert loop.seen == loop.ended == ["first", "second", "third"]


def test_a_write_that_fails_does_not_take_those_behind_it_with_it(loop: Loop) -> None:
    loop.run("write", "first", error=ValueError("no"))
    loop.run("write", "second")
    loop.deliver(2)
    assert isinstance(loop.seen[0], ValueError)
    assert loop.seen[1] == "second"


def test_cancelling_ends_the_write_that_runs_and_those_that_wait(loop: Loop) -> None:
    loop.run("write", "first", held=True)
    loop.run("write", "second")
    loop.running("first")
    assert loop.jobs.cancel("write")
    loop.deliver(2)
    assert all(isinstance(error, Cancelled) and was_cancelled(error) for error in loop.seen)
    assert sorted(map(str, loop.seen)) == ["Cancelled before it started.", "Cancelled."]
    assert sorted(loop.ended) == ["first", "second"]
    assert not loop.began["second"].is_set()
    assert not loop.jobs.cancel("write")
    loop.run("write", "third")
    loop.deliver()
    assert loop.seen[-1] == "third"


def test_a_read_that_is_cancelled_when_its_answer_is_queued_reports_that_it_was_cancelled(loop: Loop) -> None:
    for lane in ("preview", "write"):
        loop.run(lane, lane)
        loop.queued()
        assert loop.jobs.cancel(lane)
        loop.deliver()
    assert isinstance(loop.seen[0], Cancelled)
    assert loop.seen[1] == "write", "what was written stays written, and is told"


def test_a_report_that_fails_ends_its_job_all_the_same(loop: Loop) -> None:
    def report(_: object) -> None:
        raise RuntimeError("in the report")

    loop.jobs.run("preview", "", lambda: None, report, report, lambda: loop.ended.append("ended"))
    with pytest.raises(RuntimeError, match="in the report"):
        loop.deliver()
    assert loop.ended == ["ended"]


def test_a_report_may_begin_the_next_job_of_its_lane(loop: Loop) -> None:
    loop.jobs.run(
        "preview", "", lambda: None, lambda _: void(loop.run("preview", "next")), lambda _: None, lambda: None
    )
    loop.deliver(2)
    assert loop.seen == loop.ended == ["next"]


def test_nothing_reports_after_the_end(loop: Loop) -> None:
    loop.run("panes", "runs", held=True)
    loop.running("runs")
    loop.run("poll", "done")
    loop.queued()
    loop.jobs.close()
    loop.deliver(2)
    assert loop.seen == []


def void(_: object) -> None:
    """For a lambda that must answer nothing."""
