"""Waiting for the widgets of a program: faster than Textual's `Pilot`, which sends each of them a message that must
come back, and waits until the processor is idle, 20 ms at least. A program for tests of a widget or two."""

from __future__ import annotations

import asyncio
import itertools
import time
from typing import Any

from textual._queue import Queue
from textual.app import App
from textual.message_pump import MessagePump

from dolt_tui.ui.present.colours import readable_variables

SECONDS = 20.0
"""How long anything may take before a test fails."""


class Coloured(App[None]):
    """A program with the colours of ours."""

    def get_css_variables(self) -> dict[str, str]:
        self.theme_variables = readable_variables(super().get_css_variables())
        return self.theme_variables


async def all_dealt_with(app: App[Any]) -> None:
    """Wait until each widget waits for its next message."""
    deadline = time.monotonic() + SECONDS
    for turn in itertools.count():
        screens = app.screen_stack if app.is_running else []
        pumps = [app, *(node for screen in screens for node in screen.walk_children(with_self=True))]
        if all(map(_waits, pumps)) or app._exception is not None or not app.is_running:
            return
        assert time.monotonic() < deadline, [pump for pump in pumps if not _waits(pump)]
        await asyncio.sleep(0 if turn < 50 else 0.001)


def _waits(pump: MessagePump) -> bool:
    """Whether a widget has dealt with all its messages, or will not deal with any more."""
    queue: Queue[Any] = pump._message_queue
    return pump._closing or pump._closed or (queue.empty() and bool(queue.ready_event._waiters))
