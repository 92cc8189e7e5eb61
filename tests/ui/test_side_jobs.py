"""Reads that run in parallel end with the reading that began them, also where that fails."""

from __future__ import annotations

import threading

import pytest

from dolt_tui.engine import open_repository
from dolt_tui.engine.connecting.target import FileTarget
from dolt_tui.ui.session.reads import ALL, Answer, Part, Reading
from dolt_tui.ui.session.state import State


class Changes:
    """Reads what is uncommitted."""

    KIND, TITLE, SCOPES, lane = "changes", "Changes", ALL, "tab 1"

    def read(self, reading: Reading) -> object:
        return reading.changes


def test_a_reading_that_fails_midway_leaves_no_thread(demo: FileTarget, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_repository(demo) as repository:
        go, began, look = threading.Event(), threading.Event(), repository.refs.merge_state

        def slowly(branch: str) -> object:
            began.set()
            go.wait(10)
            return look(branch)

        monkeypatch.setattr(repository.refs, "merge_state", slowly)

        def arrived(part: Answer | Part) -> None:
            began.wait(10)
            threading.Timer(0.05, go.set).start()
            raise ZeroDivisionError

        reading = Reading(State(repository, "main"), ALL, 100, arrived)
        with pytest.raises(ZeroDivisionError), reading:
            reading.read([Changes()])
        assert not [thread for thread in threading.enumerate() if thread.name == "side job"]
