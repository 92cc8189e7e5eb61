"""Keys one at a time: typed ahead, pasted or held down, none is lost and none hits what it was not meant for.

Textual hands a burst of keys to the widget in focus before the first of them has opened a dialog or started a
change. `KeyQueue` hands on the next key only when the last one has been dealt with: when its event went all the
way up to the application, when the dialog that it opened is there, and when the change that it began is done.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from textual import events
from textual.message_pump import MessagePump

Event = events.Key | events.Paste

_MOST = 500


class KeyQueue:
    """The keys that wait; to be used on the event loop only."""

    def __init__(
        self,
        forward: Callable[[Event], Awaitable[None]],
        path: Callable[[], list[MessagePump]],
        ready: Callable[[], bool],
        failed: Callable[[Exception], None],
    ) -> None:
        """``forward`` gives an event to Textual, ``path`` names who will see it, ``ready`` whether one may come now.

        ``failed`` is told of an error of theirs; the keys that still wait come anyway.
        """
        self._forward, self._path, self._ready, self._failed = forward, path, ready, failed
        self._waiting: deque[Event] = deque()
        self._task: asyncio.Task[None] | None = None
        self.last: events.Key | None = None
        """The key that was handed on last."""
        self._before: events.Key | None = None

    def put(self, event: Event) -> None:
        """Take a key in; more than 500 that wait are a cat on the keyboard."""
        if len(self._waiting) < _MOST:
            self._waiting.append(event)
        self.go_on()

    def go_on(self) -> None:
        """Something became ready: hand on what waits."""
        if self._waiting and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._run())

    def clear(self) -> int:
        """Forget what waits; returns how many keys that were."""
        number = len(self._waiting)
        self._waiting.clear()
        return number

    @property
    def twice(self) -> str:
        """The key that was handed on last, where it is the one before as well."""
        same = self.last is not None and self._before is not None and self.last.key == self._before.key
        return self.last.key if same and self.last is not None else ""

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is being dealt with."""
        return not self._waiting and (self._task is None or self._task.done())

    async def _run(self) -> None:
        try:
            while self._waiting and self._ready():
                event = self._waiting.popleft()
                if isinstance(event, events.Key):
                    self._before, self.last = self.last, event
                path = self._path()
                await self._forward(event)
                for node in path:
                    await _seen(node)
        except Exception as error:  # of a key's action, where that comes before the widget in focus
            self._failed(error)
            if self._waiting:
                asyncio.get_running_loop().call_soon(self.go_on)


async def _seen(node: MessagePump) -> None:
    """Wait until a node has dealt with all that is in its queue now."""
    done = asyncio.Event()
    if node.is_running and node.call_later(done.set):
        waiting = asyncio.ensure_future(done.wait())
        # A widget that was removed never replies.
        while node.is_running and not waiting.done():
            await asyncio.wait([waiting], timeout=0.05)
        waiting.cancel()
