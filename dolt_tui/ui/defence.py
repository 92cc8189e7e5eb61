"""The last line of defence: an error that nobody caught costs what it happened in, not the program.

Textual ends a program at the first exception that leaves a handler, with its traceback and the values of its variables
on the terminal. Here such an error is written to a crash file without data (`dolt_tui.crash`), the screen says so once
for each place in the code, and the program goes on: without what the handler, timer, worker or answer was to do. It
ends in order where it cannot go on: when its screen cannot be built, or cannot be drawn again and again.

The seam with Textual 8.2 is this module alone: `invoke`, through which its message pumps, timers and screens call
handlers and callbacks; ``Widget.render_lines``, which draws one widget; ``App._handle_exception``, where all else
arrives. tests/ui/test_defence.py throws in each kind of callback, and tells when a version of Textual differs.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import textual.message_pump
import textual.screen
import textual.timer
from textual import events
from textual._callback import invoke
from textual._context import active_app, active_message_pump
from textual.actions import SkipAction
from textual.message_pump import MessagePump
from textual.screen import ModalScreen, Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.worker import WorkerFailed

from dolt_tui.crash import CrashLog
from dolt_tui.launch import terminal_is_gone

if TYPE_CHECKING:
    from textual.geometry import Region

    from dolt_tui.ui.app import DoltApp

log = logging.getLogger(__name__)

MOST_DRAWINGS = 20
"""How often one widget may fail to draw itself before the program ends."""
MOST_FRAMES = 3
"""How often the screen as a whole may."""


class Defence:
    """What a program does about errors that nobody caught."""

    def __init__(self, app: DoltApp, crashes: CrashLog | None = None) -> None:
        self._app = app
        self.crashes = crashes or CrashLog()
        self.first: BaseException | None = None
        """The first error that was caught: for tests, which are to fail then."""
        self._ending = False
        self._restore: list[Callable[[], None]] = []

    # what cannot be reached by Textual

    def watch(self) -> None:
        """Look after threads, and after callbacks of the event loop; to be called on it."""
        loop = asyncio.get_running_loop()
        before, hook = loop.get_exception_handler(), threading.excepthook
        loop.set_exception_handler(self._in_loop)
        threading.excepthook = self._in_thread

        def restore() -> None:
            loop.set_exception_handler(before)
            threading.excepthook = hook

        self._restore.append(restore)

    def leave(self) -> None:
        """Undo `watch`."""
        while self._restore:
            self._restore.pop()()

    def _in_loop(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception):  # it is dealt with as what the program itself does: there it can be told
            self._app.call_later(self.caught, error, "in a callback of the event loop")
        elif error is None:
            log.info("the event loop says: %s", context.get("message"))
        else:
            loop.default_exception_handler(context)

    def _in_thread(self, failure: threading.ExceptHookArgs) -> None:
        name = failure.thread.name if failure.thread is not None else ""
        if failure.exc_value is None:
            return
        if self._terminal_is_gone():
            return
        if name == "textual-output":  # nothing can be shown any more, and the event loop would wait for it for ever
            self.crashes.record(failure.exc_value, "while the terminal was written to")
            self._app.abandon(1)
        else:
            self.from_thread(failure.exc_value, "in a thread")

    def _terminal_is_gone(self) -> bool:
        """Whether the terminal was hung up, which is no fault of ours: the program ends then, with a hang-up's code."""
        gone = terminal_is_gone()
        if gone:
            self._app.abandon(129)
        return gone

    def from_thread(self, error: BaseException, where: str) -> None:
        """Deal with an error on another thread than the event loop's."""
        times = self.crashes.record(error, where)
        self.first = self.first or error
        if times == 1:
            self._app.deliver(self._say)

    # what arrives here

    def handle(self, error: Exception) -> None:
        """An error that reached the application (``App._handle_exception``)."""
        if self._terminal_is_gone():
            return
        if isinstance(error, WorkerFailed) and isinstance(error.error, Exception):
            error = error.error
        caught_in = error.__traceback__.tb_frame.f_code.co_name if error.__traceback__ is not None else ""
        if caught_in in ("_compose", "_pre_process"):
            self.not_built(error, active_message_pump.get(None))
        elif caught_in in ("_process_messages_loop", "_process_messages", "app_prelude", "_run_input_thread"):
            self.record(error, "in Textual")  # what handed on messages or keys has ended
            self.end()
        else:
            self.caught(error, "in a timer, a worker or a layout")

    def caught(self, error: Exception, where: str) -> None:
        """An error in something that the program can do without."""
        times = self.record(error, where)
        if _is_drawing(error):
            self._not_drawn(times, MOST_FRAMES)
        elif self._app.can_go_on:
            self._go_on(times)
        else:
            self.end()

    def record(self, error: BaseException, where: str) -> int:
        """Record an error; returns how often it has happened in the same place."""
        self.first = self.first or error
        times = self.crashes.record(error, where)
        if times == 1:
            log.error("%s: %s", where, type(error).__qualname__)
        return times

    def not_built(self, error: Exception, node: object) -> None:
        """A widget could not be made: a dialog is left again, any other screen is needed."""
        self.record(error, "while a screen was made")
        screen = node if isinstance(node, Screen) else getattr(node, "_parent", None)
        while screen is not None and not isinstance(screen, Screen):
            screen = screen._parent
        if isinstance(screen, ModalScreen) and self._app.can_go_on:
            self._app.call_later(self._leave_dialog, screen)
        else:
            self.end()

    def _leave_dialog(self, screen: ModalScreen[Any]) -> None:
        if screen is self._app.screen:
            with contextlib.suppress(Exception):
                leave = getattr(screen, "action_leave", None)
                leave() if leave is not None else screen.dismiss(None)
            if screen is self._app.screen:  # its answer's callback failed
                self._app.pop_screen()
        self._go_on(1)

    def widget_not_drawn(self, error: Exception) -> None:
        """A widget could not draw itself: its place is left empty for this time."""
        self._not_drawn(self.record(error, "while a widget was drawn"), MOST_DRAWINGS)

    def _not_drawn(self, times: int, most: int) -> None:
        if times >= most or not self._app.can_go_on:
            self.end()
        else:
            self._go_on(times)
            if most == MOST_FRAMES:  # what was to be drawn is lost: draw all of it
                self._app.call_later(self._app.refresh, layout=True)

    def end(self) -> None:
        """End the program in order: the screen is left, and everything that was begun with it ends."""
        if not self._ending:
            self._ending = True
            self._app.end_after_fault()

    def _go_on(self, times: int) -> None:
        try:
            self._app.keys.clear()  # what was typed ahead was meant for something else
            self._app.let_go_after_fault()
            if times == 1:
                self._say()
        except Exception as error:
            self.record(error, "while a fault was told of")
            self.end()

    def _say(self) -> None:
        if not self._ending and self._app.is_running:
            text = f"Something went wrong inside dolt-tui; it goes on. {self.crashes.sentence()}"
            self._app.messages.say(text, "error")


def _is_drawing(error: BaseException) -> bool:
    """Whether an error comes from laying out or drawing the screen."""
    names = {
        (frame.f_globals.get("__name__"), frame.f_code.co_name) for frame, _ in traceback.walk_tb(error.__traceback__)
    }
    return any(module == "textual._compositor" for module, _ in names) or bool(
        names & {("textual.screen", "_refresh_layout"), ("textual.app", "_display")}
    )


def _defence() -> Defence | None:
    return getattr(active_app.get(None), "defence", None)


async def _guarded(callback: Callable[..., Any], *parameters: object) -> Any:
    """`invoke`, for which an error is no reason to end."""
    try:
        return await invoke(callback, *parameters)
    except SkipAction:
        raise
    except Exception as error:
        defence = _defence()
        if defence is None:
            raise
        message = parameters[0] if parameters else None
        node = getattr(callback, "__self__", None)
        if isinstance(message, events.Mount | events.Compose):
            defence.not_built(error, node)
        elif isinstance(message, events.Event) and isinstance(node, MessagePump):
            defence.caught(error, f"in {type(node).__qualname__}, for {type(message).__qualname__}")
        else:
            defence.caught(error, "in a callback")
        return None


_render_lines = Widget.render_lines


def _drawn(self: Widget, crop: Region) -> list[Strip]:
    """``Widget.render_lines``; a widget that cannot be drawn is empty."""
    try:
        return _render_lines(self, crop)
    except Exception as error:
        defence = getattr(self.app, "defence", None)
        if defence is None:
            raise
        defence.widget_not_drawn(error)
        return [Strip.blank(crop.width)] * crop.height


def install() -> None:
    """Stand between Textual and what it calls; other programs in this process are left alone."""
    textual.message_pump.invoke = _guarded  # type: ignore[attr-defined]
    textual.screen.invoke = _guarded  # type: ignore[attr-defined]
    textual.timer.invoke = _guarded  # type: ignore[attr-defined]
    Widget.render_lines = _drawn  # type: ignore[method-assign]


install()
