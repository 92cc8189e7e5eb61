"""Running statements in a session: what becomes of a script, and of a transaction that stays open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from dolt_tui.engine.console.console import Transaction
from dolt_tui.engine.console.scanner import split
from dolt_tui.engine.errors import CannotUndo
from dolt_tui.engine.model import SqlStyle
from dolt_tui.ui.present.runs import Ran, removed, summary
from dolt_tui.ui.session import events
from dolt_tui.ui.session.console import Runs
from dolt_tui.ui.session.run import Step

if TYPE_CHECKING:
    from tests.session.conftest import Desk


class Watcher:
    """Keeps what it is told, and answers questions about a transaction as it was told to."""

    def __init__(self, runs: Runs, answer: str = "") -> None:
        self.runs, self.answer = runs, answer
        self.asked: list[int] = []
        self.removed: list[str] = []
        self.done: list[Ran] = []

    def removing(self, step: Step, rows: int | None, go_on: Callable[[bool], None]) -> None:
        assert step.described.removal is not None
        self.removed.append(removed(step.described.removal, rows))
        go_on(self.answer == "remove")

    def pending(self, ran: Ran, transaction: Transaction, go_on: Callable[[bool], None]) -> None:
        self.asked.append(transaction.rows)
        if self.answer == "lose":
            held = self.runs._session.repository._connections.held.transaction()
            assert held is not None
            held.lose()
        if self.answer in ("commit", "lose"):
            self.runs.commit(lambda: go_on(True), lambda: go_on(False))
        elif self.answer == "roll back":
            self.runs.roll_back(lambda: go_on(False))
        else:
            go_on(False)

    def ended(self, runs: Sequence[Ran]) -> None:
        self.done += runs


def run(desk: Desk, script: str, answer: str = "", *, expect_end: bool = True) -> Watcher:
    runs = desk.session.runs
    watcher = Watcher(runs, answer)
    steps = runs.steps(split(script, SqlStyle.SQLITE).statements)
    assert runs.why_not(steps) == ""
    runs.run(steps, watcher)
    desk.settle()
    assert (runs.current is None) == expect_end
    return watcher


def names(desk: Desk) -> list[object]:
    rows = desk.repository.console.run(
        "main", split("SELECT name FROM people ORDER BY id", SqlStyle.SQLITE).statements[0]
    )
    return [row[0] for row in rows.results[0].page(0, 100)]


def test_a_script_is_one_step_of_undo_up_to_what_fails(desk: Desk) -> None:
    script = "-- only this\n; INSERT INTO people VALUES (1, 'Ann'); INSERT INTO people VALUES (2, 'Bea');"
    watcher = run(desk, script + "SELECT count(*) FROM people; INSERT INTO nobody VALUES (1); DELETE FROM people")
    assert [summary(ran) for ran in watcher.done] == ["1 row inserted", "1 row inserted", "1 row", "failed"]
    assert watcher.asked == []
    assert names(desk) == ["Ann", "Bea"]
    desk.session.writes.look()
    desk.settle()
    (step,) = desk.session.state.steps[-1:]
    assert step.label == "script of 5 statements"
    desk.repository.undo.undo(step)
    assert names(desk) == []
    found = desk.repository.statement_history.search("people")
    assert [entry.text for entry in found][:2] == [
        "SELECT count(*) FROM people",
        "INSERT INTO people VALUES (2, 'Bea')",
    ]


def test_what_is_open_is_asked_about_before_anything_else(desk: Desk) -> None:
    session, runs = desk.session, desk.session.runs
    run(desk, "INSERT INTO people VALUES (1, 'Ann'), (2, 'Bea')")
    watcher = run(desk, "UPDATE people SET name = 'X'; SELECT 1", "roll back")
    assert (watcher.asked, len(watcher.done), names(desk)) == ([2], 1, ["Ann", "Bea"])
    watcher = run(desk, "UPDATE people SET name = 'Y'; SELECT 1", "commit")
    assert (watcher.asked, len(watcher.done), names(desk)) == ([2], 2, ["Y", "Y"])
    run(desk, "UPDATE people SET name = 'Z'")
    assert runs.transaction is not None

    left: list[str] = []
    session.leaving.leave("quit", lambda: left.append("quit"))
    session.writes.write("add one", lambda repo: repo.run("main", [("INSERT INTO people VALUES (3, 'C')", ())]))
    desk.settle()
    assert [event.what for event in desk.of(events.TransactionOpen)] == ["quit", "add one"]
    assert (left, names(desk)) == ([], ["Z", "Z"])
    then = desk.of(events.TransactionOpen)[1].then
    runs.commit(then)
    desk.settle()
    assert runs.transaction is None
    assert names(desk) == ["Z", "Z", "C"]
    session.leaving.leave("quit", lambda: left.append("quit"))
    assert left == ["quit"]

    runs.autocommit = False
    watcher = run(desk, "DELETE FROM people; ROLLBACK; DELETE FROM people WHERE id = 1; COMMIT")
    assert (watcher.asked, names(desk)) == ([], ["Z", "C"])


def test_what_drops_a_table_is_asked_about_before_it_runs(desk: Desk) -> None:
    script = "CREATE TABLE t (a INT); INSERT INTO t VALUES (1), (2); DROP TABLE t; DROP TABLE IF EXISTS t; SELECT 1"
    watcher = run(desk, script)
    assert watcher.removed == ["DROP TABLE t deletes the table with its 2 rows"]
    assert [summary(ran) for ran in watcher.done] == ["done", "2 rows inserted"]
    watcher = run(desk, "SELECT 1; DROP TABLE t; DROP TABLE IF EXISTS t; SELECT 1", "remove")
    assert [len(watcher.removed), *(summary(ran) for ran in watcher.done)] == [1, "1 row", "done", "done", "1 row"]
    assert run(desk, "DROP TABLE t").done[0].error is not None, "there is nothing to be asked about"
    assert run(desk, "BEGIN; CREATE TABLE t (a INT); DROP TABLE t; ROLLBACK").removed == []
    desk.session.settings = replace(desk.session.settings, ask_above=None)
    assert run(desk, "CREATE TABLE t (a INT); DROP TABLE t; UPDATE people SET name = 'x'").removed == []


def test_a_savepoint_begins_a_transaction_on_doltlite(desk: Desk) -> None:
    runs = desk.session.runs
    run(desk, "SAVEPOINT a; INSERT INTO people VALUES (1, 'Ann')")
    assert runs.transaction is not None
    run(desk, "ROLLBACK TO a; INSERT INTO people VALUES (2, 'Bea'); RELEASE a")
    assert not desk.session.runs.transaction
    assert names(desk) == ["Bea"]
    desk.repository.undo.undo(desk.repository.undo.steps()[-1])
    assert names(desk) == []


def test_a_transaction_is_called_by_what_it_did(desk: Desk) -> None:
    run(desk, "BEGIN; INSERT INTO people VALUES (1, 'Ann'); COMMIT")
    assert desk.repository.undo.steps()[-1].label == "INSERT people"


def test_results_are_held_until_nobody_shows_them(desk: Desk) -> None:
    runs = desk.session.runs
    first, second = run(desk, "SELECT 1"), run(desk, "SELECT 2; SELECT 3")
    assert first.done[0].outcome is not None
    assert second.done[1].outcome is not None
    assert len(runs.results) == 3
    runs.close_results(second.done[1].outcome.results)
    desk.settle()
    assert runs.results == list(second.done[1].outcome.results)
    assert [summary(ran) for ran in runs.ran] == ["1 row"] * 3

    many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT * FROM n"
    for _ in range(4):
        run(desk, many)
    held = desk.repository._connections.held
    runs.close_results(runs.results[-2:])
    for shown in (runs.results[-2:], runs.results[-1:], ()):  # sooner than the first ones are closed
        runs.close_results(shown)
    desk.settle()
    assert [one for one in held._all() if one.arriving is not None] == []
    assert runs.results == []


def test_a_run_ends_where_what_is_open_cannot_be_committed(desk: Desk) -> None:
    session, runs = desk.session, desk.session.runs
    run(desk, "INSERT INTO people VALUES (1, 'Ann')")
    watcher = run(desk, "UPDATE people SET name = 'X'; SELECT 1", "lose")
    assert (watcher.asked, len(watcher.done), names(desk)) == ([1], 1, ["Ann"])
    assert [str(event.error) for event in desk.of(events.Failed)] == [
        "The connection broke while a transaction was open on main."
    ]
    run(desk, "UPDATE people SET name = 'Y'")
    session.leaving.leave("quit", lambda: None)
    (asked,) = desk.of(events.TransactionOpen)
    runs.roll_back()
    desk.settle()
    runs.commit(asked.then)  # as where it was lost while the question was open
    desk.settle()
    assert names(desk) == ["Ann"]


def test_what_cannot_be_undone_is_asked_about_and_nothing_is_run_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs, undo = desk.session.runs, desk.repository.undo
    refused = CannotUndo("nothing can be kept")
    widen, answers = undo.widen, [refused, None, refused]

    def once(branch: str, names: Iterable[str]) -> None:
        error = answers.pop(0)
        if error is not None:
            raise error
        widen(branch, names)

    monkeypatch.setattr(undo, "widen", once)
    script = "INSERT INTO people VALUES (1, 'Ann'); SELECT dolt_branch('new'); INSERT INTO people VALUES (2, 'Bea')"
    watcher = run(desk, script, expect_end=False)
    assert watcher.done == []
    desk.of(events.NoWayBack)[0].anyway()
    desk.settle()
    assert [summary(ran) for ran in watcher.done] == ["1 row inserted", "1 row", "1 row inserted"]
    assert (runs.current, names(desk)) == (None, ["Ann", "Bea"])

    watcher = run(desk, "SELECT dolt_branch('newer')", expect_end=False)
    desk.of(events.NoWayBack)[1].given_up()
    assert [ran.error for ran in watcher.done] == [refused]
    assert runs.current is None
