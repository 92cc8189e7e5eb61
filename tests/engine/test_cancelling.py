"""Cancelling for users who may not KILL: only the statement that was to end ends, on the server too."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from dolt_tui.engine.browsing.diff_sides import KEY_CHANGED, sides_of
from dolt_tui.engine.core.cancellation import Cancellation
from dolt_tui.engine.core.compare_and_write import table_hashes
from dolt_tui.engine.errors import Cancelled, ServerLost
from dolt_tui.engine.repository import Repository

from .conftest import Open, RawDolt

Until = Callable[..., Any]


class Reads:
    """Reads one after the other in a thread until it is cancelled or stopped."""

    def __init__(self, repository: Repository) -> None:
        self.cancellation = Cancellation()
        self.turns = 0
        self.error: BaseException | None = None
        self.stopped = False
        self._repository = repository
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def has_done(self, turns: int) -> bool:
        return self.turns >= turns

    def _run(self) -> None:
        try:
            with self.cancellation:
                while not self.stopped:
                    assert self._repository.working.status("main").tables in (0, 1)
                    self.turns += 1
        except BaseException as error:
            self.error = error


def test_a_cancel_breaks_no_other_connection(dolt: RawDolt, opened: Open, owner: tuple[str, str], until: Until) -> None:
    repository = opened(dolt, user=owner[0], password=owner[1])
    others = Reads(repository)
    for number in range(50):
        job = Reads(repository)
        until(partial(job.has_done, number % 3))  # at whatever moment: within a statement, or between two
        job.cancellation.cancel()
        job.thread.join(10)
        assert isinstance(job.error, Cancelled)
        assert repository.refs.fingerprint("main", refs=True).branch == "main"
    others.stopped = True
    others.thread.join(10)
    assert others.error is None
    killed = [entry for entry in repository.statements.entries() if entry.sql.startswith("KILL")]
    assert len(killed) <= 1, "that KILL is refused is learnt once"
    assert dolt.running("dolt_status") == 0
    assert dolt.connections() <= 4


def test_a_network_that_swallows_everything_is_noticed(dolt: RawDolt, opened: Open) -> None:
    with opened(dolt)._connections.read("main") as session:
        link = session.raw._sock
        for option in ("TCP_KEEPIDLE", "TCP_USER_TIMEOUT"):
            if hasattr(socket, option):  # the second one is Linux's own
                assert 0 < link.getsockopt(socket.IPPROTO_TCP, getattr(socket, option)) <= 30_000
        assert link.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1


def test_a_question_without_an_answer_says_nothing_about_a_table(dolt: RawDolt, opened: Open) -> None:
    dolt.run("CREATE TABLE t (id INT PRIMARY KEY, a INT)", "INSERT INTO t VALUES (1, 1)")
    base = dolt.commit()
    dolt.run("ALTER TABLE t MODIFY id BIGINT")
    tip = dolt.commit()
    connections = opened(dolt)._connections
    cancellation = Cancellation()
    with connections.read("main") as session, cancellation:
        cancellation.cancelled = True
        with pytest.raises(Cancelled):
            sides_of(session, "t", base, tip)
        with pytest.raises(Cancelled):
            table_hashes(session, ["t"])
    with connections.read("main") as session:
        session.raw._sock.shutdown(socket.SHUT_RDWR)
        with pytest.raises(ServerLost):
            sides_of(session, "t", base, tip)
        with pytest.raises(ServerLost):
            table_hashes(session, ["t"])
    with connections.read("main") as session:
        # What was remembered of the two above would let the rows be asked for, which ends the server for some keys.
        assert sides_of(session, "t", base, tip).blocked_by == KEY_CHANGED
