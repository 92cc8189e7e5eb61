"""Random commands, all undone and all redone, and a server that is killed: by Dolt's own hashes."""

from __future__ import annotations

import random
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pymysql
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dolt_tui.engine import open_repository
from dolt_tui.engine.connecting.private_server import free_port
from dolt_tui.engine.connecting.target import ServerTarget
from dolt_tui.engine.errors import EngineError
from dolt_tui.engine.model import MergeKind, ResetKind
from dolt_tui.engine.repository import Repository
from dolt_tui.engine.undo.steps import Reach, UndoSettings

from .conftest import Raw, RawDolt
from .test_undo import make_dirty, no_marker, ours, world

Command = Callable[[Repository, str, random.Random], tuple[Callable[[], object], Reach, list[str]]]


Made = tuple[Callable[[], object], Reach, list[str]]


def _sql(*statements: str) -> Command:
    def make(repository: Repository, branch: str, dice: random.Random) -> Made:
        number = dice.randrange(1_000_000)
        found = [statement.replace("{n}", str(number)) for statement in statements]
        return lambda: repository.run(branch, [(text, ()) for text in found]), Reach.WORKING, []

    return make


def _table(verb: str) -> Command:
    """Something about one of the changed tables."""

    def make(repository: Repository, branch: str, dice: random.Random) -> Made:
        changes = repository.working.status(branch)
        group = changes.staged if verb == "unstage" else changes.unstaged
        if not group:
            return lambda: None, Reach.REFS, []
        change = dice.choice(group)
        if verb == "discard":
            return lambda: repository.working.discard(branch, change), Reach.WORKING, []
        names = [change.table] if change.old_name is None else [change.old_name, change.table]
        work = repository.working.stage if verb == "stage" else repository.working.unstage
        return lambda: work(branch, names), Reach.STAGED, []

    return make


def _call(reach: Reach, *arguments: str) -> Command:
    def make(repository: Repository, branch: str, dice: random.Random) -> Made:
        values = [argument.replace("{n}", str(dice.randrange(1_000_000))) for argument in arguments]
        return lambda: repository.call(branch, *values), reach, []

    return make


def _reset(kind: ResetKind, reach: Reach) -> Command:
    return lambda repo, branch, dice: (lambda: repo.commits.reset(branch, "HEAD~1", kind), reach, [])


def _merge(kind: MergeKind) -> Command:
    def make(repository: Repository, branch: str, dice: random.Random) -> Made:
        other = dice.choice([item.name for item in repository.refs.branches("main")])
        return lambda: repository.merging.merge(branch, other, kind), Reach.WORKING, []

    return make


def _delete(repository: Repository, branch: str, dice: random.Random) -> Made:
    names = [item.name for item in repository.refs.branches("main") if item.name not in ("main", branch)]
    if not names:
        return lambda: None, Reach.REFS, []
    name = dice.choice(names)
    return lambda: repository.refs.delete_branch(branch, name, force=True), Reach.REFS, [name]


def _rename(repository: Repository, branch: str, dice: random.Random) -> Made:
    names = [item.name for item in repository.refs.branches("main") if item.name not in ("main", branch)]
    if not names:
        return lambda: None, Reach.REFS, []
    name, new = dice.choice(names), f"r{dice.randrange(1_000_000)}"
    repository._connections.forget(name)
    return lambda: repository.call(branch, "dolt_branch", "-m", name, new), Reach.REFS, [name]


COMMANDS: list[Command] = [
    _sql("INSERT INTO people VALUES ({n}, 'new')"),
    _sql("UPDATE people SET name = 'u{n}' WHERE id < 1000"),
    _sql("DELETE FROM people WHERE id = 1"),
    _sql("CREATE TABLE t{n} (id INTEGER PRIMARY KEY)", "INSERT INTO t{n} VALUES (1), (2)"),
    _sql("DROP TABLE people", "CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(40), w{n} INTEGER)"),
    _sql("ALTER TABLE people RENAME TO x{n}", "CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(40))"),
    _sql("ALTER TABLE people ADD COLUMN c{n} INTEGER"),
    _table("stage"),
    _table("stage"),
    _table("unstage"),
    _table("discard"),
    lambda repo, branch, dice: (lambda: repo.working.stage_all(branch), Reach.STAGED, []),
    lambda repo, branch, dice: (lambda: repo.working.unstage_all(branch), Reach.STAGED, []),
    lambda repo, branch, dice: (lambda: repo.working.discard_all(branch), Reach.WORKING, []),
    lambda repo, branch, dice: (lambda: repo.commits.commit(branch, f"c{dice.random()}"), Reach.REFS, []),
    _call(Reach.WORKING, "dolt_commit", "-A", "-m", "all {n}"),
    _call(Reach.STAGED, "dolt_commit", "--amend", "-m", "amended {n}"),
    _reset(ResetKind.SOFT, Reach.REFS),
    _reset(ResetKind.MIXED, Reach.STAGED),
    _reset(ResetKind.HARD, Reach.WORKING),
    lambda repo, branch, dice: (
        lambda: repo.refs.create_branch(branch, f"b{dice.randrange(10**6)}", "HEAD"),
        Reach.REFS,
        [],
    ),
    _delete,
    _rename,
    _merge(MergeKind.COMMIT),
    _merge(MergeKind.FAST_FORWARD),
    _merge(MergeKind.SQUASH),
    _call(Reach.REFS, "dolt_tag", "-m", "why", "v{n}", "HEAD"),
]


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return iter(range(10**9))


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    plan=st.lists(st.tuples(st.integers(0, len(COMMANDS) - 1), st.integers(0, 2**30)), min_size=3, max_size=14),
    hints=st.booleans(),
)
def test_random_commands_are_all_undone_and_redone(
    people: Raw, tmp_path: Path, numbers: Iterator[int], plan: list[tuple[int, int]], hints: bool
) -> None:
    setting = UndoSettings(tmp_path / f"state{next(numbers)}")
    worlds = [world(people)]
    with open_repository(people.target, undo=setting) as repository:
        repository.undo.remove_snapshots("main")
        for which, seed in plan:
            dice = random.Random(seed)
            branch = dice.choice(["main", *people.branches()])
            with suppress(EngineError):  # much of it makes no sense where it comes
                work, reach, also = COMMANDS[which](repository, branch, dice)
                reach = reach if hints else Reach.WORKING
                repository.undo.perform(branch, f"{which}", work, reach=reach, also=also)
            if world(people) != worlds[-1]:
                worlds.append(world(people))
        steps = len(repository.undo.steps())
        assert steps == len(worlds) - 1
        assert no_marker(people)
    with open_repository(people.target, undo=setting) as repository:
        for then in reversed(worlds[:-1]):
            step = repository.undo.next()
            assert step is not None
            repository.undo.undo(step)
            assert world(people) == then
        assert repository.undo.next() is None
    with open_repository(people.target, undo=setting) as repository:
        for then in worlds[1:]:
            step = repository.undo.next(redo=True)
            assert step is not None
            repository.undo.undo(step)
            assert world(people) == then
        while (step := repository.undo.next()) is not None:
            repository.undo.undo(step)
        assert world(people) == worlds[0]
        repository.undo.remove_snapshots("main")
        assert ours(people) == []


# a server that is killed


class Killed:
    """A server of our own that can be killed and started again."""

    def __init__(self, dolt: Path, directory: Path) -> None:
        self._dolt, self._directory = dolt, directory
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [self._dolt, "sql-server", "-H", "127.0.0.1", "-P", str(self.port)],
            cwd=self._directory,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 30
        while True:
            try:
                pymysql.connect(host="127.0.0.1", port=self.port, user="root", ssl_disabled=True).close()
                return
            except pymysql.MySQLError:
                assert time.monotonic() < deadline, "the server does not answer"
                time.sleep(0.02)

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def killed(dolt_binary: Path, tmp_path: Path) -> Iterator[Killed]:
    directory = tmp_path / "data"
    directory.mkdir()
    server = Killed(dolt_binary, directory)
    server.start()
    with ExitStack() as stack:
        stack.callback(server.kill)
        yield server


@pytest.mark.parametrize("undoing", [False, True], ids=["step", "undo"])
def test_a_server_killed_at_any_moment_leaves_before_or_after(killed: Killed, tmp_path: Path, undoing: bool) -> None:
    connection = pymysql.connect(host="127.0.0.1", port=killed.port, user="root", ssl_disabled=True, autocommit=True)
    connection.cursor().execute("CREATE DATABASE d")
    connection.close()
    raw = RawDolt(ServerTarget("root", "", "127.0.0.1", killed.port, "d"))
    raw.run("CREATE TABLE people (id INT PRIMARY KEY, name VARCHAR(40))", "INSERT INTO people VALUES (1, 'Ann')")
    raw.commit("people")
    make_dirty(raw)
    before = world(raw)
    setting = UndoSettings(tmp_path / "state")
    # How long it takes, to spread the deaths over it.
    with open_repository(raw.target, undo=setting) as repository:
        began = time.monotonic()
        _, discarded = repository.undo.perform("main", "reset", lambda: repository.call("main", "dolt_reset", "--hard"))
        assert discarded is not None
        clean = world(raw)
        between = time.monotonic()
        repository.undo.undo(discarded)
        ended = time.monotonic()
        assert world(raw) == before
    seconds = ended - between if undoing else between - began
    for number in range(8):
        with open_repository(raw.target, undo=setting) as repository:
            if undoing:
                repository.undo.perform("main", "reset", lambda: repository.call("main", "dolt_reset", "--hard"))
            last = repository.undo.next()
            timer = threading.Timer(seconds * (number + 0.5) / 8, killed.kill)
            timer.start()
            with suppress(EngineError):
                if undoing:
                    assert last is not None
                    repository.undo.undo(last)
                else:
                    repository.undo.perform("main", "reset", lambda: repository.call("main", "dolt_reset", "--hard"))
            timer.join()
        killed.start()
        with open_repository(raw.target, undo=setting) as repository:
            repository.undo.repair("main")
            found = world(raw)
            assert no_marker(raw)
            assert found in (before, clean)
            while (step := repository.undo.next()) is not None:  # also a step that was not put down any more
                repository.undo.undo(step)
            assert world(raw) == before
            repository.undo.remove_snapshots("main")
