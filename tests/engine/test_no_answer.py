"""A question that was cancelled, or lost with the connection, is never taken for the answer that there is nothing.

Each operation is run again and again, interrupted at its first question, at its second one and so on: it has to end
with the interruption every time.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from dolt_tui.engine.core.cancellation import Cancellation
from dolt_tui.engine.errors import Cancelled, EngineError, NotAskedAgain, ServerLost
from dolt_tui.engine.model import MergeKind
from dolt_tui.engine.repository import Repository
from dolt_tui.engine.undo.steps import UndoStep

from .conftest import Open, Raw, RawDolt
from .test_progress import dolt_sides, sides

__all__ = ["dolt_sides", "sides"]

INTERRUPTIONS = [Cancelled("Cancelled."), ServerLost("The connection broke."), NotAskedAgain("Not again.")]


class Interruption(Cancellation):
    """Lets the question number ``at`` have no answer; and none after it, where the job is cancelled."""

    def __init__(self, at: int, error: EngineError) -> None:
        super().__init__()
        self.at, self.error, self.asked = at, error, 0

    def check(self) -> None:
        if sys.exc_info()[0] is not None and not isinstance(self.error, Cancelled):
            return  # this question had an answer: an error
        self.asked += 1
        if self.asked == self.at or (self.asked > self.at and isinstance(self.error, Cancelled)):
            raise self.error


def questions(repository: Repository, work: Callable[[], object], error: EngineError) -> int:
    """Interrupt ``work`` everywhere; how many places there were."""
    for at in range(1, 1000):
        repository.pardon()
        result: object = None
        interruption = Interruption(at, error)
        with interruption:
            try:
                result = work()
            except type(error):
                continue
            except EngineError as other:
                result = other
        assert interruption.asked < at, f"taken for an answer at question {at}: {result!r}"
        return at - 1
    raise AssertionError("it never ends")


@pytest.fixture(params=INTERRUPTIONS, ids=lambda error: type(error).__name__)
def error(request: pytest.FixtureRequest) -> EngineError:
    found: EngineError = request.param
    return found


def test_the_preview_of_a_merge(sides: Raw, repository: Repository, error: EngineError) -> None:
    counts = not isinstance(error, NotAskedAgain)  # rows that are not asked for again are told to be unknown

    def work() -> None:
        preview = repository.merging.preview("main", "b", counts=counts, conflicts=True)
        assert (preview.conflicts_known, [c.table for c in preview.conflicts]) == (True, ["people"])

    assert questions(repository, work, error) > 5


def test_the_forecast_of_conflicts(sides: Raw, repository: Repository, error: EngineError) -> None:
    theirs, counts = sides.head("b"), not isinstance(error, NotAskedAgain)

    def work() -> None:
        preview = repository.rewriting.preview_pick("main", [theirs], counts=counts, conflicts=True)
        assert (preview.conflicts_known, [c.rows for c in preview.conflicts]) == (True, [1])

    assert questions(repository, work, error) > 5


def test_the_constraints_that_a_merge_breaks(people: Raw, repository: Repository, error: EngineError) -> None:
    people.run(
        "CREATE TABLE pets (id INTEGER PRIMARY KEY, owner INTEGER, FOREIGN KEY (owner) REFERENCES people (id))",
    )
    people.commit("pets")
    people.call("dolt_branch", "b")
    people.run("INSERT INTO pets VALUES (1, 3)", at="b")
    people.commit("a pet", at="b")
    people.run("DELETE FROM people WHERE id = 3")
    people.commit("no Cid")
    before = people.state()

    def work() -> None:
        repository.merging.merge("main", "b", MergeKind.COMMIT)

    assert questions(repository, work, error) > 3
    assert people.state() == before
    with pytest.raises(EngineError) as caught:
        work()
    assert "pets" in str(caught.value)


@pytest.fixture
def undone(people: Raw, repository: Repository) -> Repository:
    """With steps that moved a branch, and that lost changes which were kept; others moved the branch since."""
    head = people.head()
    people.run("DELETE FROM people WHERE id = 1")
    people.commit("without Ann")
    people.run("DELETE FROM people WHERE id = 2")
    undo, working = repository.undo, repository.working
    undo.perform("main", "discard everything", lambda: working.discard_all("main"))
    undo.perform("main", "new branch", lambda: repository.refs.create_branch("main", "b", head))
    return repository


def test_what_undoing_would_change(people: Raw, undone: Repository, error: EngineError) -> None:
    counts = not isinstance(error, NotAskedAgain)
    first, second = undone.undo.steps()[-2:]
    for step in (first, second):

        def work(step: UndoStep = step) -> None:
            preview = undone.undo.preview(step, counts=counts)
            assert not preview.blocked_by
            assert all(effect.known for effect in preview.sets)

        assert questions(undone, work, error) > 2
    assert first.sets


def test_how_another_session_moved_what_undo_is_about(people: Raw, undone: Repository, error: EngineError) -> None:
    step = undone.undo.steps()[-1]
    people.run("DELETE FROM people", at="b")
    people.commit("nobody", at="b")

    def work() -> None:
        assert "1 commit came" in undone.undo.preview(step).blocked_by

    assert questions(undone, work, error) > 3


def test_where_a_branch_would_go(people: Raw, repository: Repository, error: EngineError) -> None:
    people.run("DELETE FROM people WHERE id = 1")
    people.commit("without Ann")
    people.call("dolt_branch", "b")
    repository.undo.perform("main", "move", lambda: repository.call("b", "dolt_reset", "--hard", "HEAD~1"), also=["b"])
    step = repository.undo.steps()[-1]

    def work() -> None:
        (effect,) = repository.undo.preview(step).refs
        assert (effect.leaves, effect.comes) == (0, 1)

    assert questions(repository, work, error) > 2


def test_what_is_in_progress(dolt_sides: RawDolt, opened: Open, error: EngineError) -> None:
    repository = opened(dolt_sides)
    base, steps, _ = repository.rebasing.plan("main", "HEAD")
    repository.rebasing.interactive(
        "main", base, [type(step)(step.action.EDIT, step.hash, step.message) for step in steps]
    )

    def work() -> None:
        assert repository.progress.find("main") is not None

    assert questions(repository, work, error) > 5


def test_what_a_stash_would_take(dolt: RawDolt, opened: Open, error: EngineError) -> None:
    repository = opened(dolt)
    dolt.run("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER)")
    dolt.commit("t")
    dolt.run("ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (n)")

    def work() -> None:
        assert repository.stashes.preview("main").rekeyed == ("t",)

    assert questions(repository, work, error) > 2


def test_the_tables_that_are_compared_at_a_discard(people: Raw, repository: Repository, error: EngineError) -> None:
    def work() -> None:
        assert all(hash_ for _, hash_ in repository.working.look("main", ["people"]).tables)

    assert questions(repository, work, error) > 0
