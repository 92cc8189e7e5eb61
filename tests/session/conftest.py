"""A session on a real database, without a terminal and without Textual: its event loop is a queue that a test runs."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest

from dolt_tui.engine import open_repository
from dolt_tui.engine.connecting.target import FileTarget
from dolt_tui.engine.repository import Repository
from dolt_tui.ui.commands import CommandSet, command, keymap
from dolt_tui.ui.session import events
from dolt_tui.ui.session.clock import Clock
from dolt_tui.ui.session.jobs import Jobs
from dolt_tui.ui.session.reads import BRANCHES, CHANGES, LOG, TABLES, Reading
from dolt_tui.ui.session.session import Session
from dolt_tui.ui.session.settings import Settings

E = TypeVar("E", bound=events.Event)
SECONDS = 20.0


class Named:
    """The commands whose keys the session's sentences name."""

    @command("refresh", "R", "refresh", "Read everything again")
    def refresh(self) -> None: ...

    @command("undo", "z", "undo", "Undo")
    def undo(self) -> None: ...


class TestClock(Clock):
    """How much time passes is up to the test."""

    __test__ = False

    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds


@dataclass
class Reader:
    """Reads some questions, as a pane does."""

    KIND: str
    SCOPES: frozenset[str]
    ask: Callable[[Reading], Any]
    asked: int = 0
    gate: threading.Event = field(default_factory=threading.Event)
    """It answers when this is open."""

    def __post_init__(self) -> None:
        self.TITLE = self.KIND.title()
        self.gate.set()

    @property
    def lane(self) -> str:
        return f"alone {self.KIND}"

    def read(self, reading: Reading) -> Any:
        self.asked += 1
        assert self.gate.wait(SECONDS)
        return self.ask(reading)


class Desk:
    """A session, whom it tells, and what it reads for."""

    def __init__(self, repository: Repository, settings: Settings) -> None:
        self.repository = repository
        self.clock = TestClock()
        self._queue: queue.Queue[Callable[[], None]] = queue.Queue()
        self.told: list[events.Event] = []
        self.changes = Reader("changes", frozenset({CHANGES}), lambda reading: reading.changes)
        self.branches = Reader("branches", frozenset({BRANCHES, LOG}), self._refs)
        self.log = Reader("log", frozenset({LOG}), lambda reading: reading.log)
        self.tables = Reader("tables", frozenset({TABLES}), lambda reading: reading.tables)
        self.jobs = Jobs(self._queue.put, clock=self.clock)
        self.session = Session(self.jobs, self, self.clock, settings)
        for kind in events.Event.__subclasses__():
            self.session.events.listen(kind, self.told.append)

    @staticmethod
    def _refs(reading: Reading) -> object:
        return reading.branches, reading.tags, reading.remotes

    def readers(self) -> Sequence[Reader]:
        return [self.changes, self.branches, self.log, self.tables]

    branches_in_view: Sequence[str] = ()

    def until(self, condition: Callable[[], Any], what: str = "it") -> None:
        """Run what the database threads report until something is true."""
        deadline = time.monotonic() + SECONDS
        while not condition():
            try:
                report = self._queue.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                pytest.fail(f"{what} was not true within {SECONDS:g} s; told: {self.told}")
            report()

    def settle(self) -> None:
        """Run everything that is on its way."""
        self.until(lambda: not self.jobs.active(), "all that was asked answered")

    def of(self, kind: type[E]) -> list[E]:
        """What was told of a kind."""
        return [event for event in self.told if isinstance(event, kind)]

    @property
    def texts(self) -> list[str]:
        """The messages."""
        return [event.text for event in self.of(events.Told)]

    def counts(self) -> tuple[int, ...]:
        """How often each reader was asked."""
        return tuple(reader.asked for reader in self.readers())


@pytest.fixture
def people(doltlite_file: Path) -> FileTarget:
    """A database with the table people on main, committed, and a branch other."""
    target = FileTarget(doltlite_file)
    with open_repository(target) as repository:
        repository.run("main", [("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT)", ())])
        repository.working.stage("main", ["people"])
        repository.commits.commit("main", "Make people", "", None)
        repository.refs.create_branch("main", "other", "main")
    return target


@pytest.fixture
def desk(people: FileTarget, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A session on it, open, with everything read."""
    monkeypatch.setattr(keymap, "_current", CommandSet([Named]))
    with open_repository(people) as repository:
        made = Desk(repository, Settings(retry_every=2, refs_every=1))
        made.session.open(repository)
        made.settle()
        yield made
        for reader in made.readers():
            reader.gate.set()
        made.jobs.close()


@pytest.fixture
def others(people: FileTarget) -> Iterator[Repository]:
    """Another session on the same database."""
    with open_repository(people) as repository:
        yield repository
