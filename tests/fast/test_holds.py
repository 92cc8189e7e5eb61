"""Keys wait while anything holds them, and each hold is released by its owner alone."""

from __future__ import annotations

from dolt_tui.ui.session.holds import Holds


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
