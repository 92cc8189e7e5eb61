"""What a session reads, writes and tells, without any screen."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dolt_tui.engine.connecting.target import FileTarget
from dolt_tui.engine.errors import Cancelled
from dolt_tui.engine.repository import Repository
from dolt_tui.ui.session import events
from dolt_tui.ui.session.reads import BRANCHES, CHANGES, LOG, QUESTIONS, TABLES, Reading

if TYPE_CHECKING:
    from tests.session.conftest import Desk

ADD = ("INSERT INTO people VALUES (1, 'Ann')", ())


def add(repository: Repository, branch: str = "main") -> None:
    repository.run(branch, [ADD])


def test_it_can_be_used_where_there_is_no_textual() -> None:
    code = (
        "import sys, dolt_tui.ui.session.session;"
        "print([name for name in sys.modules if name in ('textual.app', 'textual.screen', 'textual.widget')])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_opening_reads_everything_and_holds_the_keys_until_it_is_there(desk: Desk) -> None:
    state = desk.session.state
    assert desk.counts() == (1, 1, 1, 1)
    assert [branch.name for branch in state.branches] == ["main", "other"]
    assert [table.name for table in state.tables] == ["people"]
    assert state.fingerprint is not None
    assert state.fingerprint.refs
    assert desk.of(events.Settled) == [events.Settled(first=True, moved=False)]
    assert [event.part.reader.KIND for event in desk.of(events.Arrived)] == ["changes", "branches", "log", "tables"]
    kinds = [type(event) for event in desk.told]
    assert kinds.index(events.HoldChanged) < kinds.index(events.Arrived)
    assert desk.session.busy == ""


def test_what_several_readers_need_is_asked_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, ask = list[str](), desk.repository.refs.branches

    def branches(branch: str) -> object:
        asked.append(branch)
        return ask(branch)

    monkeypatch.setattr(desk.repository.refs, "branches", branches)
    desk.log.ask = lambda reading: (reading.branches, reading.branches, reading.log)
    desk.session.refresh.read_scopes(frozenset({BRANCHES, LOG}))
    desk.settle()
    assert asked == ["main"]


# writes


def test_a_write_passes_its_result_on_once_what_it_changed_is_read(desk: Desk) -> None:
    seen: list[object] = []

    def work(repository: Repository) -> str:
        add(repository)
        return "the result"

    desk.session.writes.write("add Ann", work, lambda result: seen.append((result, desk.session.state.changes.tables)))
    assert desk.session.busy == "add Ann"
    desk.settle()
    assert seen == [("the result", 1)]
    assert desk.session.busy == ""
    assert desk.counts() == (2, 2, 2, 2)  # a branch that is dirty is another one to the log, too
    assert [step.label for step in desk.session.state.steps] == ["add Ann"]


def test_writes_come_one_after_the_other_and_only_esc_drops_one(desk: Desk) -> None:
    go, seen = threading.Event(), list[object]()
    desk.session.writes.write("one", lambda _: go.wait(20), lambda _: seen.append("one"), undoable=False)
    desk.session.writes.write("two", lambda _: "two", seen.append, undoable=False)
    desk.session.writes.write("three", lambda _: "three", seen.append, undoable=False)
    go.set()
    desk.settle()
    assert seen == ["one", "two", "three"]
    held = threading.Event()
    desk.session.writes.write("four", lambda _: held.wait(20), seen.append, undoable=False)
    desk.session.writes.write("five", lambda _: "five", seen.append, undoable=False)
    assert desk.jobs.cancel("write")
    held.set()
    desk.settle()
    assert "five" not in seen
    assert any("five" in text for text in desk.texts)
    assert desk.session.busy == ""


@pytest.mark.parametrize("kind", ["write", "transfer"])
def test_a_failure_is_told_unless_it_is_dealt_with(desk: Desk, kind: str) -> None:
    def fail(repository: Repository) -> None:
        repository.refs.delete_branch("main", "nowhere")

    seen: list[Exception] = []
    run = desk.session.writes.write if kind == "write" else desk.session.writes.transfer
    run("delete nowhere", fail)
    desk.settle()
    assert [event.what for event in desk.of(events.Failed)] == ["delete nowhere"]

    def deal_with(error: Exception) -> bool:
        seen.append(error)
        return True

    run("delete nowhere", fail, None, deal_with)
    desk.settle()
    assert len(desk.of(events.Failed)) == 1
    assert len(seen) == 1
    assert desk.session.busy == ""


def test_keys_do_not_wait_for_a_transfer_and_its_result_is_passed_on(desk: Desk) -> None:
    seen: list[object] = []

    def work(repository: Repository) -> int:
        repository.refs.create_branch("main", "new", "main")
        return 7

    desk.session.writes.transfer("fetch", work, seen.append)
    assert desk.session.busy == ""
    desk.settle()
    assert seen == [7]
    assert "new" in [branch.name for branch in desk.session.state.branches]


# failures


def test_a_question_that_fails_costs_its_own_reader_and_is_told_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_branch: str) -> None:
        raise ZeroDivisionError("no tables today")

    with monkeypatch.context() as patch:
        patch.setattr(desk.repository.tables, "tables", fail)
        for _ in range(2):
            desk.session.refresh.read_scopes(frozenset({TABLES, CHANGES}))
            desk.settle()
        failed = [event.part for event in desk.of(events.Arrived) if event.part.error is not None]
        assert {part.reader.KIND for part in failed} == {"tables"}
        assert {part.what for part in failed} == {"the tables"}
        assert desk.session.state.unread == {"tables": "no tables today"}
        assert [text for text in desk.texts if "no tables today" in text] == [
            "Could not read the tables: no tables today"
        ]
        assert len(desk.of(events.Fault)) == 2  # one of ours: the crash file is to have it
        for _ in range(2):
            desk.session.refresh.poll()
            desk.settle()
        assert desk.of(events.Settled)[-1].same, "nothing has to be read again because of it"
    before = desk.tables.asked
    for _ in range(2):  # it is asked again at each second poll
        desk.session.refresh.poll()
        desk.settle()
    assert desk.tables.asked == before + 1
    assert desk.session.state.unread == {}
    assert not desk.of(events.Settled)[-1].same


def test_every_question_has_words_and_a_scope(desk: Desk) -> None:
    assert {question.scope for question in QUESTIONS.values()} <= {CHANGES, BRANCHES, LOG, TABLES, "summary"}
    for name, question in QUESTIONS.items():
        assert question.name == name
        assert question.what.startswith(("the ", "what "))


def test_what_an_answer_of_before_would_say_is_never_told(desk: Desk) -> None:
    desk.changes.gate.clear()
    desk.session.refresh.read_all()
    arrived = len(desk.of(events.Arrived))
    desk.session.switch("other")
    assert desk.session.busy == "switch to other"
    desk.changes.gate.set()
    desk.settle()
    assert desk.session.state.branch == "other"
    assert len(desk.of(events.Arrived)) == arrived + 4
    assert desk.of(events.Switched) == [events.Switched("other")]
    kinds = [type(event) for event in desk.told]
    assert kinds.index(events.Left) < kinds.index(events.Switched)


# others


def test_only_what_another_session_changed_is_read_again(desk: Desk, others: Repository) -> None:
    add(others)  # the branch is dirty from now on, which the log tells as well
    desk.session.refresh.poll()
    desk.settle()
    assert desk.counts() == (2, 2, 2, 2)
    desk.session.refresh.poll()
    desk.settle()
    assert desk.counts() == (2, 2, 2, 2)
    others.run("main", [("INSERT INTO people VALUES (2, 'Bob')", ())])
    desk.session.refresh.poll()
    desk.settle()
    assert desk.counts() == (3, 3, 2, 3)
    others.refs.create_branch("main", "third", "main")
    desk.session.refresh.poll()
    desk.settle()
    assert desk.counts() == (3, 4, 3, 3)


def test_a_reading_that_replaces_another_one_owes_its_scopes(desk: Desk, others: Repository) -> None:
    add(others)
    desk.tables.gate.clear()
    desk.session.refresh.read_scopes(frozenset({TABLES}))
    desk.session.refresh.read_scopes(frozenset({LOG}))  # the first one is dropped
    desk.tables.gate.set()
    desk.settle()
    assert desk.log.asked == 2
    assert desk.tables.asked >= 2


def test_the_fingerprint_moves_only_where_nothing_else_changed(desk: Desk, others: Repository) -> None:
    known = desk.session.state.fingerprint
    add(others)
    desk.session.refresh.read_scopes(frozenset({LOG}))
    desk.settle()
    assert desk.session.state.fingerprint == known  # the tables that are shown are still those of before
    desk.session.refresh.poll()
    desk.settle()
    assert desk.session.state.fingerprint != known
    assert desk.tables.asked == 2


def test_a_branch_that_is_gone_is_asked_about_once(desk: Desk, others: Repository) -> None:
    desk.session.switch("other")
    desk.settle()
    others.refs.delete_branch("main", "other", force=True)
    for _ in range(2):
        desk.session.refresh.poll()
        desk.settle()
    (gone,) = desk.of(events.BranchGone)
    assert gone.default == "main"
    assert desk.session.state.gone
    gone.answered(True)
    desk.settle()
    assert desk.session.state.branch == "main"
    assert not desk.session.state.gone


def test_a_file_that_is_gone_for_a_while(desk: Desk, people: FileTarget, tmp_path: Path) -> None:
    away = tmp_path / "away.db"
    people.path.rename(away)
    desk.session.refresh.poll()
    desk.settle()
    assert desk.session.state.lost
    assert len(desk.of(events.ServerLost)) == 1
    desk.clock.seconds += 5
    assert desk.session.watch.text[0] == "✗ file lost for 5 s, trying again"
    read = desk.counts()
    away.rename(people.path)
    desk.until(lambda: _polled(desk), "the file being back")
    desk.settle()
    assert len(desk.of(events.ServerBack)) == 1
    assert all(after > before for before, after in zip(read, desk.counts(), strict=True))


def _polled(desk: Desk) -> bool:
    desk.session.refresh.poll()
    return not desk.session.state.lost


# time


def test_an_answer_that_is_overdue_is_told(desk: Desk) -> None:
    desk.changes.gate.clear()
    desk.session.refresh.read_scopes(frozenset({CHANGES}))
    assert desk.session.watch.text[0].startswith("live · ")
    desk.clock.seconds += 1.9
    assert desk.session.watch.text[0].startswith("live · ")
    desk.clock.seconds += 1.2
    assert desk.session.watch.text[0] == "✗ no answer for 3 s"
    desk.changes.gate.set()
    desk.settle()
    assert desk.session.watch.text[0].startswith("live · ")


def test_a_poll_that_takes_too_long_is_begun_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    go, asked, ask = threading.Event(), threading.Semaphore(0), desk.repository.refs.fingerprint

    def later(branch: str, **options: bool) -> object:
        asked.release()
        assert go.wait(20)
        return ask(branch, **options)

    monkeypatch.setattr(desk.repository.refs, "fingerprint", later)
    desk.session.refresh.poll()
    assert asked.acquire(timeout=20)
    (first,) = desk.jobs.active("poll")
    desk.clock.seconds += 14
    desk.session.refresh.poll()
    assert desk.jobs.active("poll") == [first]
    desk.clock.seconds += 2
    desk.session.refresh.poll()
    assert first.dropped
    assert len(desk.jobs.active("poll")) == 1
    go.set()
    desk.settle()


def test_the_header_tells_what_the_keys_wait_for(desk: Desk) -> None:
    first, second = desk.session.hold("read one"), desk.session.hold("read two")
    assert desk.session.watch.running == ""
    desk.clock.seconds += 0.4
    assert desk.session.watch.running == "reading one… 0.4 s"
    first.release()
    first.release()
    assert desk.session.busy == "read two"
    second.release()
    assert desk.session.busy == ""


def test_a_look_that_is_cancelled_lets_the_keys_go(desk: Desk) -> None:
    go, seen = threading.Event(), list[object]()
    desk.session.look("look at it", lambda: go.wait(20), seen.append)
    assert desk.session.busy == "look at it"
    assert desk.jobs.cancel("preview")
    go.set()
    desk.settle()
    assert desk.session.busy == ""
    assert seen == []
    assert any(str(Cancelled("Cancelled"))[:9] in text for text in desk.texts)


def test_a_reader_is_read_alone(desk: Desk) -> None:
    before = len(desk.of(events.Arrived))

    def read(reading: Reading) -> object:
        return reading.tags, reading.home

    desk.branches.ask = read
    desk.session.refresh.read_pane(desk.branches)
    desk.settle()
    (event,) = desk.of(events.Arrived)[before:]
    assert event.part.found == ((), "main")
