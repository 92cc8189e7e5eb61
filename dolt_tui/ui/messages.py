"""Messages to the user, one at a time: the newest, in the bottom line, where it covers nothing that is read.

What was done is told for some seconds; what could not be done stays until a key is pressed after it could be read.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from textual.app import App

from dolt_tui.ui.commands.keymap import key_of
from dolt_tui.ui.present.text import sanitise
from dolt_tui.ui.widgets.message_line import MessageLine, Said

if TYPE_CHECKING:
    from textual.timer import Timer

    from dolt_tui.ui.app import DoltApp

_SECONDS = 4.0
"""So long stands what was done; longer where it is long."""
_READ = 0.7
"""Seconds in which nobody has read a message: a key that comes sooner was typed before."""
_KEPT = 200


class Messages:
    """What is told now, and what was."""

    def __init__(self, app: DoltApp) -> None:
        self._app = app
        self.now: Said | None = None
        self.history: deque[Said] = deque(maxlen=_KEPT)
        self.number = 0
        """How many there were."""
        self._since = 0.0
        self._timer: Timer | None = None

    def say(self, text: str, severity: str = "information") -> None:
        """Tell something, in place of what stands there; but what could not be done stays until it was read."""
        said = Said(text, severity)
        self.history.append(said)
        self.number += 1
        unread = self.now if self.now is not None and self.now.severity != "information" else None
        if unread is not None and severity == "information" and time.monotonic() - self._since < _READ:
            said = Said(f"{unread.text} · {text}", unread.severity)
        self.now, self._since = said, time.monotonic()
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if said.severity == "information":
            self._timer = self._app.set_timer(max(_SECONDS, len(text) / 20), self.hush)
        self.draw()

    def pressed(self) -> None:
        """A key was pressed."""
        if self.now is not None and self._timer is None and time.monotonic() - self._since > _READ:
            self.hush()

    def hush(self) -> None:
        """Nothing is told any more."""
        if self.now is not None:
            self.now = None
            self.draw()

    def draw(self) -> None:
        """Show it on the screen in front: in its line of keys, else in lines of its own."""
        from dolt_tui.ui.pane_screen import PaneScreen

        front, said = self._app.screen, self.now
        for screen in self._app.screen_stack:
            if isinstance(screen, PaneScreen) and screen.is_running:
                screen.draw_footer()
            if screen is not front and screen.is_running:
                screen.query(MessageLine).remove()  # it stood there when the one in front was opened
        if isinstance(front, PaneScreen) and front.takes(said):
            said = None
        lines = front.query(MessageLine)
        if said is None:
            lines.remove()
            return
        line = lines.first() if lines else MessageLine()
        typed = not front.footer.display if isinstance(front, PaneScreen) else bool(front.query("#editor-footer"))
        line.show(said, above=typed)
        if not lines:
            front.mount(line)


class TellingApp(App[int]):
    """A program whose messages, Textual's own too, are told in the bottom line."""

    messages: Messages

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: str = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Tell something of Textual's own."""
        self.messages.say(sanitise(message), severity)

    def action_help_quit(self) -> None:
        """``ctrl+c``, which ends other programs."""
        self.messages.say(f"^c copies text that is selected; {key_of('copy')} copies rows, {key_of('quit')} quits")
