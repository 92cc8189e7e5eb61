"""What tests of conflicts in several commits share: commits that conflict, plans about them, and what others see."""

from __future__ import annotations

import os
import signal
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import pytest

from dolt_tui.engine import open_repository
from dolt_tui.engine.conflicts import applying, commit_conflicts
from dolt_tui.engine.core.connections import Session
from dolt_tui.engine.model.conflicts import (
    Applied,
    ConflictSet,
    Edited,
    Incoming,
    ResolutionPlan,
    RowDecision,
    Side,
    StepPlan,
    TablePlan,
)
from dolt_tui.engine.repository import Repository

from .conftest import Raw

OURS, THEIRS = RowDecision(Side.OURS), RowDecision(Side.THEIRS)


def forked(raw: Raw) -> list[str]:
    """Three commits on feature, of which the first and the last conflict with main; their hashes, oldest first."""
    raw.run("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)", "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)")
    raw.commit("base")
    raw.call("dolt_branch", "feature")
    made = []
    for key in (1, 2, 3):
        raw.run(f"UPDATE t SET a = a + 10 WHERE id = {key}", at="feature")
        author = ("--author", "Ann <ann@example.com>")
        made.append(str(raw.call("dolt_commit", "-am", f"f{key}\n\nMore.", *author, at="feature")[0]))
    raw.run("UPDATE t SET a = a + 20 WHERE id IN (1, 3)")
    raw.commit("ours")
    return made


def value(number: int) -> RowDecision:
    return RowDecision(cells={"a": Edited(number)})


def decided(incoming: Incoming, **by_commit: Mapping[int, RowDecision]) -> ResolutionPlan:
    """A plan: rows of t by the hash of the commit."""
    rows = {hash_: {(key,): decision for key, decision in found.items()} for hash_, found in by_commit.items()}
    return ResolutionPlan(incoming, {hash_: StepPlan({"t": TablePlan(rows=found)}) for hash_, found in rows.items()})


def foreseen(repository: Repository, plan: ResolutionPlan) -> ConflictSet:
    found = repository.resolver.foresee(plan.incoming, plan)
    assert found is not None
    return found


def told(found: ConflictSet) -> tuple[str, int, int, list[tuple[str, int]]]:
    return found.commit, found.number, found.of, [(count.table, count.rows) for count in found.tables]


def rows(raw: Raw, at: str = "main") -> list[int]:
    return [a for (a,) in raw.rows("SELECT a FROM t ORDER BY id", at=at)]


def log(raw: Raw, at: str = "main") -> list[str]:
    return [str(message).split("\n")[0] for (message,) in raw.rows("SELECT message FROM dolt_log", at=at)]


def sides(raw: Raw, found: ConflictSet, key: int) -> list[int]:
    """The value of a row on the three sides."""
    at = "t AS OF '{}'" if raw.dolt else "dolt_at_t('{}')"
    return [
        raw.scalar(f"SELECT a FROM {at.format(commit)} WHERE id = {key}")
        for commit in (found.base, found.ours, found.theirs)
    ]


def done(repository: Repository, plan: ResolutionPlan) -> Applied:
    """The plan applied as the screen does it: as a step that can be undone."""
    branch = plan.incoming.branch
    applied, step = repository.undo.perform(branch, "resolve", lambda: repository.resolver.apply(plan.incoming, plan))
    assert step is not None
    return applied


def undone(repository: Repository) -> None:
    step = repository.undo.next()
    assert step is not None
    repository.undo.undo(step)


class Watched:
    """What another session sees of a branch after each statement that writes, in this process."""

    def __init__(self, raw: Raw, branch: str) -> None:
        self._raw, self._branch = raw, branch
        self._patch = pytest.MonkeyPatch()
        self.looks = 0
        self.states: list[tuple[object, ...]] = []
        """Without those that are as the one before."""

    def __enter__(self) -> None:
        for name in ("run", "execute"):
            self._patch.setattr(Session, name, self._watching(getattr(Session, name)))

    def __exit__(self, *error: object) -> None:
        self._patch.undo()

    def _watching(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: Any) -> Any:
            try:
                return method(*arguments)
            finally:
                self._look()

        return watched

    def _look(self) -> None:
        query = "SELECT dolt_hashof_db('WORKING'), dolt_hashof_db('STAGED'), dolt_hashof('HEAD')"
        (state,) = self._raw.rows(query, at=self._branch)
        self.looks += 1
        if self.states[-1:] != [state]:
            self.states.append(state)


class Killed:
    """Another process that does `work` on the database, and is killed with SIGKILL where it has resolved a commit."""

    def __init__(self, raw: Raw, number: int, work: Callable[[Repository], object]) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about threads, which have nothing to do with what happens here
            pid = os.fork()
        if pid == 0:
            with suppress(BaseException):
                left, settle = iter(range(number)), applying.settle

                def settled(*arguments: Any) -> tuple[str, ...]:
                    notes = settle(*arguments)
                    if next(left, None) is None:
                        os.kill(os.getpid(), signal.SIGKILL)
                    return notes

                pytest.MonkeyPatch().setattr(commit_conflicts, "settle", settled)
                with open_repository(raw.target) as repository:
                    work(repository)
            os._exit(0)
        self.signal = os.WTERMSIG(os.waitpid(pid, 0)[1])
