"""Asking for another try never waits."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

from dolt_tui.engine.connecting.endpoint import DirectoryServer


def test_asking_for_another_try_never_waits_for_a_server_to_start() -> None:
    """It is asked for on the event loop."""
    starts, goes_on = threading.Event(), threading.Event()
    running: Any = SimpleNamespace(connect_arguments={})

    def start() -> Any:
        starts.set()
        assert goes_on.wait(30)
        return running

    place = DirectoryServer(running, lambda: None, start)
    renewing = threading.Thread(target=place.renew, args=(place.generation,))
    renewing.start()
    try:
        assert starts.wait(30)
        allowing = threading.Thread(target=place.allow, daemon=True)
        allowing.start()
        allowing.join(10)
        assert not allowing.is_alive()
    finally:
        goes_on.set()
        renewing.join(30)
    assert place.generation == 1
