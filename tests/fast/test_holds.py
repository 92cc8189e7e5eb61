"""Keys wait while anything holds them, and each hold is released by its owner alone."""

from __future__ import annotations

from collections.abc import Callable

from dolt_tui.ui.session.holds import Holds
from dolt_tui.ui.session.leaving import Guard, Leaving


def test_keys_go_on_when_the_last_hold_is_released() -> None:
    told: list[str] = []
    holds = Holds(lambda: told.append(holds.oldest.reason if holds.oldest else ""))
    reading = holds.take("reading the last commit")
    panes = holds.take("reading")
    panes.release()
    assert holds.oldest is reading, "what another one holds stays held"
    reading.release()
    assert holds.oldest is None
    assert told == ["reading the last commit", "reading the last commit", "reading the last commit", ""]


def test_the_oldest_reason_is_shown() -> None:
    holds = Holds(lambda: None)
    first, second = holds.take("first"), holds.take("second")
    assert holds.oldest is first
    first.release()
    assert holds.oldest is second
    assert second.since >= first.since


def test_releasing_twice_releases_nobody_else() -> None:
    told: list[None] = []
    holds = Holds(lambda: told.append(None))
    first = holds.take("write")
    first.release()
    other = holds.take("write")
    first.release()
    assert holds.oldest is other
    assert len(told) == 3


def test_whoever_has_something_unfinished_is_asked_before_one_leaves() -> None:
    leaving, unfinished = Leaving(), ["draft", "transaction"]
    asked: list[tuple[str, str, Callable[[], None]]] = []
    left: list[str] = []

    def guard(name: str) -> Guard:
        def ask(what: str, go: Callable[[], None]) -> bool:
            if name in unfinished:
                asked.append((name, what, go))
            return name in unfinished

        return ask

    leaving.ask_first(guard("draft"))
    leaving.ask_first(guard("transaction"))
    leaving.leave("quit", lambda: left.append("quit"))
    for name in ("draft", "transaction"):
        assert [item[:2] for item in asked] == [(name, "quit")]
        assert not left
        unfinished.remove(name)
        asked.pop()[2]()
    assert left == ["quit"]
