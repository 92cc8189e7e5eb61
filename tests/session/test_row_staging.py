"""Rows that are staged beside the keys: shown at once, in the database in order, and before whatever comes after."""

from __future__ import annotations

import pytest

from dolt_tui.engine.browsing.query import DiffQuery, Query
from dolt_tui.engine.errors import ChangedMeanwhile
from dolt_tui.engine.model import HEAD, STAGED, RowCount, RowSet, RowValues
from dolt_tui.engine.repository import Repository
from dolt_tui.ui.session import events

from .conftest import Desk


@pytest.fixture
def changed(desk: Desk, others: Repository) -> Desk:
    """A session on people with ten new rows."""
    others.run("main", [("INSERT INTO people VALUES (?, ?)", (at, f"name {at}")) for at in range(10)])
    desk.session.refresh.read_all()
    desk.settle()
    return desk


def put(desk: Desk, *keys: int, stage: bool = True, shown: RowValues | None = None) -> None:
    rows = RowSet("people", tuple((key,) for key in keys), shown={(keys[0],): shown} if shown else {})
    before = RowCount(unstaged=len(keys)) if stage else RowCount(staged=len(keys))
    desk.session.staging.put(rows, before, stage=stage)


def staged(repository: Repository) -> list[int]:
    page = repository.diffs.page("main", DiffQuery("people", HEAD, STAGED), 100)
    return [change.new[0] for change in page.rows if change.new is not None]


def test_what_piles_up_goes_in_one_step_and_before_whatever_comes_after(changed: Desk) -> None:
    session, steps = changed.session, len(changed.session.state.steps)
    for key in (1, 2, 3, 4):
        put(changed, key)
    put(changed, 2, stage=False)
    assert [one.stage for one in session.state.staged_since("people", 0)] == [True, True, True, True, False]
    assert session.busy == ""  # keys go on
    went_on: list[bool] = []
    session.staging.after("commit", lambda: went_on.append(session.staging.busy))
    assert [str(session.busy)] == ["commit"]
    put(changed, 5)
    session.writes.write("commit", lambda repo: repo.commits.commit("main", "Some of them", "", None))
    changed.settle()
    assert went_on == [False]
    assert not session.busy
    labels = [step.label for step in session.state.steps[steps:]]
    assert labels == [
        "stage 1 row of people",
        "stage 3 rows of people",
        "unstage 1 row of people",
        "stage 1 row of people",
        "commit",
    ]
    assert session.staging.flushed == 6
    assert staged(changed.repository) == []
    committed = changed.repository.rows.page("main", Query("people", HEAD), 100)
    assert [row[0] for row in committed.rows] == [1, 3, 4, 5]


def test_what_fails_is_shown_as_it_is_and_said_and_nothing_goes_on(changed: Desk, others: Repository) -> None:
    session = changed.session
    others.run("main", [("UPDATE people SET name = ? WHERE id = ?", ("changed", 3))])
    put(changed, 1)
    put(changed, 3, shown={"id": 3, "name": "name 3"})
    went_on: list[str] = []
    session.leaving.leave("quit", lambda: went_on.append("quit"))
    assert [str(session.busy)] == ["quit"]
    changed.settle()
    assert [event.what for event in changed.of(events.Failed)] == ["stage 1 row of people"]
    assert isinstance(changed.of(events.Failed)[0].error, ChangedMeanwhile)
    assert [one.keys for one in session.state.staged] == [frozenset({(1,)})]
    assert (went_on, session.busy) == ([], "")
    assert staged(changed.repository) == [1]
    session.leaving.leave("quit", lambda: went_on.append("quit"))
    assert went_on == ["quit"]
